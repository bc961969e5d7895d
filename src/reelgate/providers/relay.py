"""What resellers of videos share: gateways of one lineage, which pass jobs on to the vendors behind them.

None of them lists jobs or cancels one. Their errors come in three envelopes, and a refusal by the vendor behind stands
as JSON in the text of one of their own.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

import msgspec

from reelgate import limits
from reelgate.clock import Clock
from reelgate.providers.account import Account
from reelgate.providers.answers import Said, error_in, id_in, said
from reelgate.providers.codes import MINIMAX, PASSED_ON, RELAY, Codes
from reelgate.providers.port import Job, NotFound, NotSent, OutcomeUnknown, Rejected, Verdict
from reelgate.providers.reading import AnswerReading
from reelgate.providers.reply import Reply
from reelgate.providers.vendor import VendorProvider, refusal

_UNTRIED = ("model_not_found", "build_request_failed", "parse_request_failed")
"""Codes of a 5xx with which the relay itself refuses, before it has asked anybody."""

_FORWARDED = ("fail_to_fetch_task", "ali_api_error")
"""Codes whose message has the answer of the vendor behind, with that answer's status."""

_NAMED = re.compile(r"([A-Z][\w.]+): (.*)", re.DOTALL)
"""An error of the vendor behind, passed on as `Code: text`."""

_HAILUO = "hailuo api error"
"""How the text of a refusal begins whose code is one of MiniMax's numbers."""

_MODERATED = re.compile(r"DataInspection|sensitive|inappropriate|moderation|敏感|审核|违规", re.IGNORECASE)
"""A 403 may mean that the account has no right to the model, or that the prompt is not liked."""


class RelayProvider(VendorProvider):
    """One account at a relay. What is lost from sight there can't be looked up, and what runs can't be stopped.

    So an answer to a submission is waited for longer than elsewhere.
    """

    create_seconds: float = limits.VENDOR_RELAY_CREATE_SECONDS
    headers: ClassVar[Mapping[str, str]] = {}
    """What goes with every call beside the key."""
    create_headers: ClassVar[Mapping[str, str]] = {}
    """What goes with a create beside that."""
    creates: ClassVar[str]
    """Where jobs are submitted."""
    tasks: ClassVar[str]
    """Where they are asked about, each under its id."""
    reading: ClassVar[AnswerReading]
    """How an answer to a query is read."""

    def __init__(self, account: Account, clock: Clock | None = None, *, seconds: float | None = None) -> None:
        """Speak for `account`; a call may take `seconds`."""
        headers = {"Authorization": f"Bearer {account.key}", **self.headers}
        super().__init__(account, headers, clock, seconds=seconds)

    def ref_in(self, reply: Reply) -> str:
        """Return the id of a new job; its status may be empty, the id alone shows that it was taken."""
        return id_in(reply, ("id",), ("task_id",))

    async def send(self, job: Job, body: dict[str, Any]) -> str:
        """Submit the body and return the job's id. Raises Rejected, NotSent or OutcomeUnknown."""
        reply = await self._wire.submit(self.creates, json=body, headers=self.create_headers, believed=untried)
        ref = self.ref_in(reply)
        if reply.ok and ref:
            return ref
        raise refused(reply)

    async def look(self, ref: str) -> Verdict:
        """Ask how a job stands. Raises OSError."""
        reply = await self.ask(f"{self.tasks}/{quote(ref, safe='')}")
        return NotFound() if is_gone(reply) else self.reading.verdict(reply, ref)

    async def cancel(self, ref: str) -> None:
        """Do nothing: relays have no such call; the job continues and is paid for."""

    async def search(self, job: Job, *, since: int) -> str | None:
        """Return None: relays have no list of jobs."""
        return None

    async def ask(self, path: str) -> Reply:
        """Return the answer to a query. Raises OSError, also where the account is refused."""
        reply = await self._wire.read(path)
        if reply.status in (401, 402, 403):
            raise OSError(f"the provider refuses the account: {said(reply)}")
        return reply


def refused(reply: Reply) -> Rejected | NotSent | OutcomeUnknown:
    """Return what a create's answer without a reference means; what the vendor behind said counts as its own."""
    code, message = error_of(reply)
    if (reply.status == 403 or code == "403") and _MODERATED.search(f"{code} {message}"):
        return Rejected(code or "moderated", message or code)
    codes = RELAY + PASSED_ON + (MINIMAX if message.startswith(_HAILUO) else Codes())
    return refusal(reply, code, message, codes)


def untried(reply: Reply) -> bool:
    """Whether a 5xx is the relay's own word that it has not passed the job on."""
    return error_of(reply).code in _UNTRIED


def is_gone(reply: Reply) -> bool:
    """Whether the relay says, by any of its codes, that a task does not exist."""
    return reply.status in (400, 404) and error_of(reply).code in ("task_not_exist", "task_not_found")


def error_of(reply: Reply) -> Said:
    """Return an error's code and message, "" if there is none, from whichever envelope they come in."""
    code, message = error_in(reply)
    inner = within(message)
    if code in _FORWARDED:
        named = _NAMED.fullmatch(message)
        inner = inner if inner.code or named is None else Said(*named.groups())
        code = inner.code or code
    return Said(code, inner.message or message)


def within(text: str) -> Said:
    """Return code and message of an error that stands as JSON in a text, "" each if there is none."""
    value: Any = None
    with contextlib.suppress(msgspec.DecodeError, RecursionError):
        value = msgspec.json.decode(text) if text.startswith("{") else None
    reply = Reply(0, value)
    told = error_in(reply)
    return Said(reply.text("reason") or reply.text("error", "reason") or told.code, told.message)
