"""Sends answers: one place where bodies are encoded and headers written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.responses import Response
from starlette.types import Send

from reelgate.dialects.port import Answer
from reelgate.errors import MethodNotAllowed, RangeNotSatisfiable, RateLimited, ReelgateError
from reelgate.limits import MAX_UNKNOWN_FIELDS_NAMED

_JSON = (b"content-type", b"application/json; charset=utf-8")
_NO_STORE = (b"cache-control", b"no-store")
encode = msgspec.json.Encoder().encode
"""How every JSON answer is written."""
_NAMED_CHARS = 60


async def send_answer(send: Send, answer: Answer) -> None:
    """Send a JSON answer."""
    body = encode(answer.body)
    start = [_JSON, (b"content-length", b"%d" % len(body)), _NO_STORE]
    if answer.headers:
        start += [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": start})
    await send({"type": "http.response.body", "body": body})


def error_headers(error: ReelgateError) -> tuple[tuple[str, str], ...]:
    """Return the headers that go with an error in every dialect."""
    found = []
    if error.retry_after is not None:
        found.append(("retry-after", str(error.retry_after)))
    if not error.may_repeat:
        found.append(("x-should-retry", "false"))
    if error.status == 401:
        found.append(("www-authenticate", "Bearer"))
    if isinstance(error, RateLimited):
        found += error.headers
    if isinstance(error, RangeNotSatisfiable):
        found.append(("content-range", f"bytes */{error.size}"))
    if isinstance(error, MethodNotAllowed):
        found.append(("allow", ", ".join(error.allowed)))
    return tuple(found)


def fault(method: str) -> ReelgateError:
    """Return what a client is told of a mistake in the server; a POST may have made a task before it."""
    error = ReelgateError("the server made a mistake; it has been written to its log")
    error.may_repeat = method != "POST"
    return error


def field_headers(unknown: tuple[str, ...], ignored: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return the headers that name fields which were not used: unknown ones, and known ones without effect."""
    named = (("x-reelgate-unknown-fields", unknown), ("x-reelgate-ignored-fields", ignored))
    return tuple((name, ", ".join(map(_short, fields[:MAX_UNKNOWN_FIELDS_NAMED]))) for name, fields in named if fields)


def _short(field: str) -> str:
    """Return a field's name as it may stand in a header, which clients and proxies bound to a few KiB."""
    return quote(field[:_NAMED_CHARS], safe="[]._-")


class JsonResponse(Response):
    """A JSON answer on a Starlette route."""

    media_type = "application/json"

    def __init__(self, body: Any, *, status_code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(encode(body), status_code, {"cache-control": "no-store", **(headers or {})})
