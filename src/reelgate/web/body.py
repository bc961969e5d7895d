"""Reads what a client sent: headers, and a JSON object within the limits."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.types import Receive, Scope

from reelgate import limits
from reelgate.errors import BodyTooLarge, ClientError, MalformedBody


def header(scope: Scope, name: bytes) -> str | None:
    """Return a request header's first value; `name` in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


def headers(scope: Scope) -> dict[str, str]:
    """Return all request headers, names in lower case, the last of equal names."""
    return {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the whole body. Raises BodyTooLarge as soon as it is known to be over the limit."""
    declared = header(scope, b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > limits.MAX_BODY_BYTES:
        raise _too_large()
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return _within(body)
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientError("the connection was closed before the body was complete")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limits.MAX_BODY_BYTES:
            raise _too_large()
    return b"".join(parts)


def decode(body: bytes) -> dict[str, Any]:
    """Return the JSON object. Raises MalformedBody, which says where reading stopped."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedBody(f"the body is not valid JSON: {error}") from None
    except RecursionError:
        raise MalformedBody("the body is nested too deeply") from None
    if not isinstance(value, dict):
        raise MalformedBody('the body must be a JSON object, such as {"model": "…", "prompt": "…"}')
    return value


def _within(body: bytes) -> bytes:
    if len(body) > limits.MAX_BODY_BYTES:
        raise _too_large()
    return body


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(
        f"the body is over {limits.MAX_BODY_BYTES // 2**20} MiB; send large media by address instead of inline"
    )
