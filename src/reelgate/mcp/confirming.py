"""Asks the user to confirm a price above the limit.

A client of the newer revision is answered with the question, and repeats its call with the answer; an older one is
asked on its connection, where there is one. If the client can't ask, the agent has to state the price in `max_price`,
which the user sees among the call's arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp_types import (
    CallToolResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
    InputResponse,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from reelgate.mcp.answers import money, refused

_QUESTION = "price"


class Answered:
    """What the user has said to a price, if anything; `quote_id` is the one that was put to them."""

    def __init__(self, responses: Mapping[str, InputResponse] | None, state: str | None) -> None:
        found = (responses or {}).get(_QUESTION)
        self.quote_id = state or ""
        self.given = isinstance(found, ElicitResult) and bool(self.quote_id)
        self.agreed = self.given and _agrees(found)


def _agrees(found: object) -> bool:
    return isinstance(found, ElicitResult) and found.action == "accept" and (found.content or {}).get("agree") is True


def can_be_asked(context: ServerRequestContext[Any, Any]) -> bool:
    """Whether the user can be asked by this client."""
    able = context.session.client_capabilities
    if able is None or able.elicitation is None:
        return False
    return context.protocol_version in MODERN_PROTOCOL_VERSIONS or context.session.can_send_request


async def ask(
    context: ServerRequestContext[Any, Any], quote: Mapping[str, Any], model: str
) -> InputRequiredResult | CallToolResult | None:
    """Put a quote to the user. Return the answer to give now; None if the user has agreed."""
    micros = quote["price"]["amount_micros"]
    message = f"This video by {model} costs {money(micros)} ({quote['sum']}). Order it?"
    form = {
        "type": "object",
        "properties": {"agree": {"type": "boolean", "title": f"Order it for {money(micros)}"}},
        "required": ["agree"],
    }
    if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
        question = ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=form))
        return InputRequiredResult(input_requests={_QUESTION: question}, request_state=quote["id"])
    answered = await context.session.elicit_form(message, form, context.request_id)
    return None if _agrees(answered) else declined(micros)


def declined(micros: int) -> CallToolResult:
    """Say that the user did not agree."""
    return refused(f"the user did not confirm {money(micros)}; nothing was ordered")


def unasked(micros: int, limit: int) -> CallToolResult:
    """Report that the user could not be asked."""
    return refused(
        f"this video costs {money(micros)}, more than {money(limit)}, and your client can't ask the user; ask them, "
        f"then call again with max_price {micros / 1_000_000:g} or more. Nothing was ordered",
        {"price_micros": micros, "limit_micros": limit},
    )
