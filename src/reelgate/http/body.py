"""Reads what a client sent: headers, and a JSON object or a form within the limits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Protocol

from starlette.types import Receive, Scope

from reelgate import limits
from reelgate.access.keyring import SCHEMES
from reelgate.errors import BodyTooLarge, ClientError, MalformedBody, ReelgateError
from reelgate.http.encoded import Unpacker
from reelgate.http.form_decoder import FormReader, UrlencodedReader, is_form, is_multipart, is_urlencoded
from reelgate.http.json_body import JsonBody, decode

_Take = Callable[[bytes], Awaitable[None] | None]
_BLANK = b" \t\r\n\xef\xbb\xbf"


class BodyRoom(Protocol):
    """What bodies take from the memory that they may have together; see `reelgate.access.load_shedding`."""

    def take(self, size: int) -> None:
        """Count some more bytes. Raises Crowded or Unavailable if there is no room for them."""
        ...

    def turn(self) -> AbstractAsyncContextManager[object]:
        """Wait for the turn of a large body; they are decoded one after another."""
        ...


class _Reader(Protocol):
    """A kind of body in the making."""

    @property
    def large(self) -> bool: ...

    def feed(self, data: bytes) -> None: ...

    def finish(self) -> dict[str, Any]: ...


def header(scope: Scope, name: bytes) -> str | None:
    """Return a request header's first value, without the space around it; `name` in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1").strip()
            return text
    return None


def credential(scope: Scope) -> str | None:
    """Return what a client sent as its API key: `Authorization`, with or without Bearer, or `X-API-KEY`, `API-KEY`.

    An Authorization of another scheme, as a proxy may have wanted it, counts only where there is nothing else.
    """
    said = header(scope, b"authorization")
    if said and (said.partition(" ")[0].lower() in SCHEMES) == (" " in said):
        return said
    return header(scope, b"x-api-key") or header(scope, b"api-key") or said


def headers(scope: Scope) -> dict[str, str]:
    """Return all request headers, names in lower case, the last of equal names."""
    return {key.decode("latin-1"): value.decode("latin-1").strip() for key, value in scope["headers"]}


async def read_body(scope: Scope, receive: Receive, room: BodyRoom | None = None) -> bytes:
    """Return the whole of a body that needs no media. Raises ClientError, once the client has sent it."""
    parts: list[bytes] = []
    size = 0

    def keep(piece: bytes) -> None:
        nonlocal size
        size += len(piece)
        if size > limits.MAX_SMALL_BODY_BYTES:
            raise BodyTooLarge(
                f"the body is over {limits.MAX_SMALL_BODY_BYTES // 2**20} MiB; no request of this route needs as much"
            )
        parts.append(piece)

    await read_pieces(scope, receive, room, keep)
    return b"".join(parts)


async def read_small(scope: Scope, receive: Receive, room: BodyRoom | None = None) -> dict[str, Any]:
    """Return a JSON object that holds no media. Raises MalformedBody, BodyTooLarge and what `room` raises."""
    reader = JsonBody()
    reader.feed(await read_body(scope, receive, room))
    return reader.finish()


async def read_object(scope: Scope, receive: Receive, room: BodyRoom | None = None) -> dict[str, Any]:
    """Return what a create asks for, sent as a JSON object or as a form.

    Raises MalformedBody, BodyTooLarge, UnknownCoding and what `room` raises, once the client has sent it all and so
    gets the answer. The Content-Type is only looked at where the body does not begin as JSON does.
    """
    content_type = header(scope, b"content-type") or ""
    reader: _Reader | None = None
    size = 0

    async def take(piece: bytes) -> None:
        nonlocal reader, size
        size += len(piece)
        if size > limits.MAX_BODY_BYTES:
            raise BodyTooLarge(
                f"the body is over {limits.MAX_BODY_BYTES // 2**20} MiB; send large media by address instead of inline"
            )
        if reader is None:
            reader = _reader(piece, content_type)
        if isinstance(reader, FormReader) and (len(piece) > limits.INLINE_BODY_BYTES or reader.large):
            await asyncio.to_thread(reader.feed, piece)
        else:
            reader.feed(piece)

    await read_pieces(scope, receive, room, take)
    if reader is None:
        return decode(b"")
    if not reader.large:
        return reader.finish()
    async with room.turn() if room is not None else nullcontext():
        return await asyncio.to_thread(reader.finish)


def _reader(begin: bytes, content_type: str) -> _Reader:
    """Return what reads a body that begins so. Raises MalformedBody for a form of another kind."""
    if begin.lstrip(_BLANK)[:1] == b"{":
        return JsonBody()
    if is_urlencoded(content_type):
        return UrlencodedReader()
    if is_form(content_type):
        return FormReader(content_type)
    if is_multipart(content_type):
        raise MalformedBody(
            f"the Content-Type is {content_type.partition(';')[0][:60]}; "
            "send a form as multipart/form-data, or a JSON object as application/json"
        )
    return JsonBody()


async def read_pieces(scope: Scope, receive: Receive, room: BodyRoom | None, take: _Take) -> None:
    """Hand the body to `take`, unpacked, piece by piece; after a refusal read on, so that its sender gets it."""
    refusal: ReelgateError | None = None
    unpacker: Unpacker | None = None
    came = 0
    try:
        unpacker = Unpacker(header(scope, b"content-encoding") or "")
    except ClientError as error:
        refusal = error
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientError("the connection was closed before the body was complete")
        more = message.get("more_body", False)
        data = message.get("body", b"")
        came += len(data)
        if refusal is None and unpacker is not None:
            try:
                await _hand(unpacker, data, room, take)
            except ReelgateError as error:
                refusal = error
        elif came > limits.MAX_DISCARDED_BYTES:
            break
    if refusal is not None:
        raise refusal
    if unpacker is not None:
        unpacker.finish()


async def _hand(unpacker: Unpacker, data: bytes, room: BodyRoom | None, take: _Take) -> None:
    size = 0
    for piece in unpacker.feed(data):
        if size:
            await asyncio.sleep(0)  # between two pieces others have their turn
        size += len(piece)
        if room is not None:
            room.take(len(piece))  # unpacked, as it is in memory: packed it may have a thousandth of these bytes
        waiting = take(piece)
        if waiting is not None:
            await waiting
