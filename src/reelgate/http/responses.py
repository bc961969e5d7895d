"""Sends answers: one place where bodies are encoded and headers written."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Raw
from starlette.responses import Response
from starlette.types import Send

from reelgate.dialects.port import Answer
from reelgate.errors import (
    InDoubt,
    MethodNotAllowed,
    RangeNotSatisfiable,
    RateLimited,
    ReelgateError,
    StoreError,
    UnknownCoding,
)
from reelgate.http.encoded import CODINGS
from reelgate.limits import MAX_UNKNOWN_FIELDS_NAMED, SLOW_503_SECONDS
from reelgate.tasks.record import Task

REQUEST_ID = "x-request-id"
UNKNOWN_FIELDS = "x-reelgate-unknown-fields"
"""The header that names what of a call was not known."""

Headers = tuple[tuple[str, str], ...]

_JSON = (b"content-type", b"application/json; charset=utf-8")
_NO_STORE = (b"cache-control", b"no-store")
encode = msgspec.json.Encoder().encode
"""How every JSON answer is written."""
_NAMED_CHARS = 60
_WAIT_SECONDS = 5
_LOOKS = 2
MADE_WITH = "x-reelgate-made-with"
REPLAYED = ("x-reelgate-replayed", "true")
"""The header of an answer that was given before."""
T = TypeVar("T")


async def send_answer(send: Send, answer: Answer, more: Headers = ()) -> None:
    """Send a JSON answer with its own headers, and with further ones of other names."""
    body = encode(answer.body)
    start = [_JSON, (b"content-length", b"%d" % len(body)), _NO_STORE]
    if answer.headers:
        start += [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
    for name, value in more:
        named = name.encode()
        if all(other != named for other, _ in start):
            start.append((named, value.encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": start})
    await send({"type": "http.response.body", "body": body})


def error_headers(error: ReelgateError) -> Headers:
    """Return the headers that go with an error in every dialect."""
    found = _repeat_headers(error)
    if isinstance(error, InDoubt):
        found.append(("x-reelgate-task-id", error.task_id))
    if isinstance(error, UnknownCoding):
        found.append(("accept-encoding", ", ".join(CODINGS)))
    if error.status == 401:
        found.append(("www-authenticate", "Bearer"))
    if isinstance(error, RateLimited):
        found += error.headers
    if isinstance(error, RangeNotSatisfiable):
        found.append(("content-range", f"bytes */{error.size}"))
    if isinstance(error, MethodNotAllowed):
        found.append(("allow", ", ".join(error.allowed)))
    return tuple(found)


def _repeat_headers(error: ReelgateError) -> list[tuple[str, str]]:
    """Return what says whether the call may be sent again, and when: always so for a 429 and a 503."""
    passing = error.status in (429, 503)
    if not error.may_repeat:
        return [("x-should-retry", "false")]
    wait = error.retry_after or (_WAIT_SECONDS if passing else None)
    found = [] if wait is None else [("retry-after", str(wait))]
    return [*found, ("x-should-retry", "true")] if passing else found


def fault(method: str) -> ReelgateError:
    """Return the error for a fault of the server's own; a POST may have had an effect before it."""
    error = ReelgateError("internal server error; the server's log has the details")
    error.may_repeat = method != "POST"
    return error


def created(answer: Answer, task: Task, unknown: tuple[str, ...], *, again: bool) -> Answer:
    """Return the answer to a create, written out, with the headers that go with it in every dialect."""
    named = field_headers(unknown, task.request.ignored)
    told = (*answer.headers, *named, *stood_in(task))
    headers = (*told, *((REPLAYED,) if again else ()), (REQUEST_ID, task.request_id))
    return Answer(answer.status, Raw(encode(answer.body)), headers)


def stood_in(task: Task) -> Headers:
    """Return the header that names the model which makes a video in another one's place."""
    return ((MADE_WITH, task.makers),) if task.request.order else ()


async def patiently(look: Callable[[], Awaitable[T]]) -> T:
    """Return what `look` reads from the journal, where that is away for a moment only; else raise StoreError, slowly.

    Some clients ask again at once, without a pause and without an end.
    """
    for _ in range(_LOOKS):
        try:
            return await look()
        except StoreError as error:
            if error.hung:  # and has taken its time already
                raise
            await asyncio.sleep(SLOW_503_SECONDS / _LOOKS)
    return await look()


def field_headers(unknown: tuple[str, ...], ignored: tuple[str, ...]) -> Headers:
    """Return the headers that name fields which were not used: unknown ones, and known ones without effect."""
    named = (
        (UNKNOWN_FIELDS, unknown),
        ("x-reelgate-ignored-fields", ignored),
    )
    return tuple((name, ", ".join(map(_short, fields[:MAX_UNKNOWN_FIELDS_NAMED]))) for name, fields in named if fields)


def _short(field: str) -> str:
    """Return a field's name as it can be in a header, which clients and proxies bound to a few KiB."""
    return quote(field[:_NAMED_CHARS], safe="[]._-")


class JsonResponse(Response):
    """A JSON answer on a Starlette route."""

    media_type = "application/json"

    def __init__(self, body: Any, *, status_code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(encode(body), status_code, {"cache-control": "no-store", **(headers or {})})
