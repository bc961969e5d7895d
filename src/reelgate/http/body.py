"""Reads what a client sent: headers, and a JSON object or a form within the limits."""

from __future__ import annotations

import asyncio
import re
from codecs import BOM_UTF8
from typing import Any

import msgspec
from starlette.types import Receive, Scope

from reelgate import limits
from reelgate.errors import BodyTooLarge, ClientError, MalformedBody
from reelgate.http.form_decoder import decode_form, is_form

_HALF_A_PAIR = re.compile(rb"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])")  # of which the decoder says "truncated"


def header(scope: Scope, name: bytes) -> str | None:
    """Return a request header's first value, without the space around it; `name` in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1").strip()
            return text
    return None


def headers(scope: Scope) -> dict[str, str]:
    """Return all request headers, names in lower case, the last of equal names."""
    return {key.decode("latin-1"): value.decode("latin-1").strip() for key, value in scope["headers"]}


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the whole body. Raises BodyTooLarge, once the client has sent it and so hears the answer."""
    declared = header(scope, b"content-length") or "0"
    fits = not declared.isdigit() or int(declared) <= limits.MAX_BODY_BYTES
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientError("the connection was closed before the body was complete")
        more = message.get("more_body", False)
        part = message.get("body", b"")
        size += len(part)
        fits = fits and size <= limits.MAX_BODY_BYTES
        if fits:
            parts.append(part)
        elif size > limits.MAX_DISCARDED_BYTES:
            break
    if not fits:
        raise BodyTooLarge(
            f"the body is over {limits.MAX_BODY_BYTES // 2**20} MiB; send large media by address instead of inline"
        )
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def read_object(scope: Scope, receive: Receive) -> dict[str, Any]:
    """Return what a create asks for, sent as a JSON object or as a form. Raises MalformedBody or BodyTooLarge.

    The Content-Type is only looked at where the body does not begin as JSON does.
    """
    body = await read_body(scope, receive)
    if body[:1] == b"{" or not is_form(content_type := header(scope, b"content-type") or ""):
        return decode(body)
    if len(body) <= limits.FORM_INLINE_BYTES:
        return decode_form(body, content_type)
    return await asyncio.to_thread(decode_form, body, content_type)


def decode(body: bytes) -> dict[str, Any]:
    """Return the JSON object. Raises MalformedBody, which says where reading stopped."""
    if not body:
        raise MalformedBody("the body is empty; send a JSON object")
    try:
        value = msgspec.json.decode(body.removeprefix(BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = "an escaped surrogate lacks its other half" if _HALF_A_PAIR.search(body) else error
        raise MalformedBody(f"the body is not valid JSON in UTF-8: {reason}") from None
    except RecursionError:
        raise MalformedBody("the body is nested too deeply") from None
    if not isinstance(value, dict):
        raise MalformedBody('the body must be a JSON object, such as {"model": "…", "prompt": "…"}')
    return value
