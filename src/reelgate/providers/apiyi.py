"""APIYI as a vendor: DashScope's create, passed on, and a query of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from reelgate.providers.account import Kind
from reelgate.providers.answers import Said, address_in, id_in
from reelgate.providers.dashscope_body import body_of
from reelgate.providers.port import Job, Succeeded, Verdict
from reelgate.providers.reading import AnswerReading
from reelgate.providers.relay import RelayProvider, error_of
from reelgate.providers.reply import Reply
from reelgate.providers.words import JobStatus

_CREATE = "/wan/api/v1/services/aigc/video-generation/video-synthesis"
_TASKS = "/v1/tasks"
_FAMILIES = ("wan", "happyhorse")

_BRACKETED = re.compile(r"\s*\[([\w.]+)\]\s*(.*)", re.DOTALL)
"""A failure's text begins with the code of the vendor behind."""


def _made(reply: Reply) -> Verdict:
    return Succeeded(url=address_in(reply, ("result_url",)) or None)


def _failed(reply: Reply) -> Said:
    """Return code and text; the text may begin with the code of the vendor behind."""
    told = error_of(reply)
    text = reply.text("fail_reason") if not told.message or told.message == told.code else told.message
    found = _BRACKETED.fullmatch(text)
    return Said(*found.groups()) if found else Said("", text)


_READING = AnswerReading(
    states=(("status",),),
    ids=(("id",), ("task_id",)),
    made=_made,
    failed=_failed,
    words={"unknown": JobStatus.GONE},
)


class ApiyiProvider(RelayProvider):
    """One account at APIYI."""

    kind = "apiyi"
    create_headers: ClassVar[Mapping[str, str]] = {"X-DashScope-Async": "enable"}
    creates = _CREATE
    tasks = _TASKS
    reading = _READING
    bears_polls_after = 3.5
    headers: ClassVar[Mapping[str, str]] = {"Accept-Encoding": "identity"}  # answers are marked as compressed else

    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's JSON, DashScope's. Raises Rejected or NotSent; blocks while it reads inputs."""
        return body_of(job, "apiyi")

    def ref_in(self, reply: Reply) -> str:
        """Return the id of a new job."""
        return id_in(reply, ("output", "task_id"), calls_named=True)


KIND = Kind(
    name="apiyi",
    key_env="APIYI_API_KEY",
    url_env="APIYI_BASE_URL",
    base_url="https://api.apiyi.com",
    make=ApiyiProvider,
    able=lambda _account, model, _mode: model.family in _FAMILIES,
)
