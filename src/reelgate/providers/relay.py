"""What resellers of videos share: gateways of one lineage, which pass jobs on to the vendors behind them.

None of them lists jobs or cancels one. Their errors come in three envelopes, and a refusal by the vendor behind stands
as JSON in the text of one of their own.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any

import msgspec

from reelgate.providers.port import Job, NotSent, OutcomeUnknown, Rejected, Running
from reelgate.providers.vendor import VendorProvider, refusal
from reelgate.providers.wire import Reply

_ACCOUNT = (
    "insufficient_user_quota",
    "insufficient_quota",
    "pre_consume_token_quota_failed",
    "invalid_api_key",
    "access_denied",
)
_MODEL = ("model_not_found", "invalid_api_platform", "model_price_error")
_BUSY = ("rate_limit_exceeded",)
_UNSURE = ("do_request_failed", "invalid_response", "server_error", "internal_error")

_UNTRIED = ("model_not_found", "build_request_failed", "parse_request_failed")
"""Codes of a 5xx with which the relay itself refuses, before it has asked anybody."""

_FORWARDED = "fail_to_fetch_task"
"""The code under which the answer of the vendor behind stands in the message, and its status is the answer's."""

_MODERATED = re.compile(r"DataInspection|sensitive|inappropriate|moderation|敏感|审核|违规", re.IGNORECASE)
"""A 403 may mean that the account has no right to the model, or that the prompt is not liked."""


class RelayProvider(VendorProvider):
    """One account at a relay. What is lost from sight there can't be looked up, and what runs can't be stopped."""

    async def cancel(self, ref: str) -> None:
        """Do nothing: relays have no such call; the job goes on and is paid for."""

    async def find(self, job: Job, *, since: int) -> str | None:
        """Return None: relays have no list of jobs."""
        return None

    async def ask(self, path: str) -> Reply:
        """Return the answer to a query. Raises OSError, also where the account is refused."""
        reply = await self._wire.read(path)
        if reply.status in (401, 402, 403):
            raise OSError(f"the provider refuses the account: {said(reply)}")
        return reply


def refused(reply: Reply) -> Rejected | NotSent | OutcomeUnknown:
    """Return what a create's answer without a reference means."""
    code, message = error_of(reply)
    if reply.status == 403 and _MODERATED.search(f"{code} {message}"):
        return Rejected(code or "moderated", message or code)
    return refusal(reply, code, message, account=_ACCOUNT, model=_MODEL, busy=_BUSY, unsure=_UNSURE)


def untried(reply: Reply) -> bool:
    """Whether a 5xx is the relay's own word that it has not passed the job on."""
    return error_of(reply)[0] in _UNTRIED


def is_gone(reply: Reply) -> bool:
    """Whether the relay says of a task that it does not exist, by whichever of its codes."""
    return reply.status in (400, 404) and error_of(reply)[0] in ("task_not_exist", "task_not_found")


def error_of(reply: Reply) -> tuple[str, str]:
    """Return an error's code and message, "" where there is none, from whichever envelope they come in."""
    where = ("error",) if isinstance(reply.at("error"), dict) else ()
    code = reply.text(*where, "code")
    message = reply.text(*where, "message") or reply.text("error") or reply.text("detail")
    if where and not code and not reply.ok:
        code = reply.text("error", "type")
    code = "" if code == "success" else code
    inner_code, inner_message = within(message)
    if code == _FORWARDED:
        code = inner_code or code
    return code, inner_message or message


def within(text: str) -> tuple[str, str]:
    """Return code and message of an error that stands as JSON in a text, "" each where there is none."""
    value: Any = None
    with contextlib.suppress(msgspec.DecodeError, RecursionError):
        value = msgspec.json.decode(text) if text.startswith("{") else None
    reply = Reply(0, value)
    where = ("error",) if isinstance(reply.at("error"), dict) else ()
    return reply.text(*where, "code"), reply.text(*where, "message")


def running(progress: Any) -> Running:
    """Return the verdict on a job that goes on, from its progress as a number or as "30%"."""
    text = progress.removesuffix("%") if isinstance(progress, str) else str(progress)
    return Running(min(99, int(text)) if text.isascii() and text.isdigit() else 0)


def said(reply: Reply) -> str:
    """Return an answer's code and message for a log, its status where it has neither."""
    return " ".join(error_of(reply)).strip() or f"HTTP {reply.status}"
