"""APIYI as a vendor: DashScope's create, passed on, and a query of its own."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from reelgate import limits
from reelgate.clock import Clock
from reelgate.providers.account import Account, Kind
from reelgate.providers.dashscope_body import body_of
from reelgate.providers.port import Failed, Job, NotFound, Running, Succeeded, Unrecognized, Verdict
from reelgate.providers.relay import RelayProvider, error_of, is_gone, refused, running, said, untried
from reelgate.providers.told import first_address, of_another
from reelgate.providers.wire import Reply

_CREATE = "/wan/api/v1/services/aigc/video-generation/video-synthesis"
_TASKS = "/v1/tasks"
_FAMILIES = ("wan", "happyhorse")

_BRACKETED = re.compile(r"\s*\[([\w.]+)\]\s*(.*)", re.DOTALL)
"""A failure's text begins with the code of the vendor behind."""


class ApiyiProvider(RelayProvider):
    """One account at APIYI."""

    kind = "apiyi"

    def __init__(
        self, account: Account, clock: Clock | None = None, *, seconds: float = limits.VENDOR_CALL_SECONDS
    ) -> None:
        """Speak for `account`; a call may take `seconds`.

        The vendor marks answers as compressed that are not, unless it is asked for plain ones.
        """
        headers = {"Authorization": f"Bearer {account.key}", "Accept-Encoding": "identity"}
        super().__init__(account, headers, clock, seconds=seconds)

    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's JSON, DashScope's. Raises Rejected or NotSent; blocks while it reads inputs."""
        return body_of(job, "apiyi")

    async def send(self, job: Job, body: dict[str, Any]) -> str:
        """Submit the body and return the task's id. Raises Rejected, NotSent or OutcomeUnknown."""
        headers = {"X-DashScope-Async": "enable"}
        reply = await self._wire.submit(_CREATE, json=body, headers=headers, believed=untried)
        ref = reply.text("output", "task_id")
        if reply.ok and ref:
            return ref
        raise refused(reply)

    async def look(self, ref: str) -> Verdict:
        """Ask how a task stands. Raises OSError."""
        reply = await self.ask(f"{_TASKS}/{quote(ref, safe='')}")
        return of_another(ref, reply.at("id"), reply.at("task_id")) or _verdict(reply)


KIND = Kind(
    name="apiyi",
    key_env="APIYI_API_KEY",
    url_env="APIYI_BASE_URL",
    base_url="https://api.apiyi.com",
    make=ApiyiProvider,
    able=lambda _account, model, _mode: model.family in _FAMILIES,
)


def _verdict(reply: Reply) -> Verdict:
    word = reply.text("status").lower()
    if word == "unknown" or is_gone(reply):
        return NotFound()
    if word == "submitted":
        return Running(0)
    if word == "in_progress":
        return running(reply.at("progress"))
    if word == "completed":
        return Succeeded(url=first_address([reply.at("result_url")]) or None)
    if word == "failed":
        return _broken(reply)
    return Unrecognized(f"status {word}" if word else f"no status: {said(reply)}")


def _broken(reply: Reply) -> Failed:
    text = error_of(reply)[1] or reply.text("fail_reason")
    found = _BRACKETED.fullmatch(text)
    code, message = found.groups() if found else ("failed", text)
    return Failed(code, message or "the provider ended the task as failed")
