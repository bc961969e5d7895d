"""Unpacks a body that came in gzip or deflate (RFC 9110, section 8.4.1), never more at a time than a piece."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from reelgate.errors import MalformedBody, UnknownCoding
from reelgate.limits import BODY_PIECE_BYTES

CODINGS = ("gzip", "deflate")
"""What is read beside a body as it is."""

_GZIP = 16 + zlib.MAX_WBITS
_ZLIB, _RAW = zlib.MAX_WBITS, -zlib.MAX_WBITS
_FRAME = 2  # bytes that tell a deflate body's frame


class Unpacker:
    """What a Content-Encoding header means for the bytes that follow. Raises UnknownCoding."""

    def __init__(self, coding: str) -> None:
        named = [name.strip().lower().removeprefix("x-") for name in coding.split(",")] if coding else []
        stated = [name for name in named if name not in {"", "identity"}]
        if len(stated) > 1 or not set(stated) <= set(CODINGS):
            raise UnknownCoding(
                f"a body with Content-Encoding: {coding[:60]} is not read here; "
                f"send it as it is, or in one of: {', '.join(CODINGS)}"
            )
        self._coding = stated[0] if stated else ""
        self._member: Any = None
        self._held = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more bytes hold, in pieces. Raises MalformedBody if they are not what was said."""
        if not self._coding:
            yield from (data[at : at + BODY_PIECE_BYTES] for at in range(0, len(data), BODY_PIECE_BYTES))
            return
        data, self._held = self._held + data, b""
        while data:
            if self._member is None:
                if len(data) < _FRAME:
                    self._held = data
                    return
                self._member = zlib.decompressobj(_GZIP if self._coding == "gzip" else _frame(data))
            try:
                yield from _pieces(self._member, data)
            except zlib.error as error:
                raise MalformedBody(f"the body is not {self._coding}, as its Content-Encoding says: {error}") from None
            data = b""
            if self._member.eof:  # in gzip another member may follow
                data, self._member = self._member.unused_data, None

    def finish(self) -> None:
        """Raise MalformedBody if a packed body breaks off."""
        if self._member is not None or self._held:
            raise MalformedBody(f"the body breaks off within its {self._coding} data")


def _frame(data: bytes) -> int:
    """Return how deflate data begins: in zlib's frame, as the standard says, or bare, as some send it."""
    framed = data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
    return _ZLIB if framed else _RAW


def _pieces(member: Any, data: bytes) -> Iterator[bytes]:
    while True:
        piece = member.decompress(data, BODY_PIECE_BYTES)
        if piece:
            yield piece
        data = member.unconsumed_tail
        if member.eof or (not data and len(piece) < BODY_PIECE_BYTES):
            return
