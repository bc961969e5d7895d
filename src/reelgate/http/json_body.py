"""Reads a JSON object while it arrives, so that no body delays other calls, however large or unusual it is.

A decoder does not pause and blocks all other calls: a second for 60 MB of brackets, a tenth for one string of
that length. Large bodies are large because of Base64, so what is nothing else (with the escapes that encoders put into
it, `\\/` and `\\u002B` among them) is taken out piece by piece on the way in. A name stands in its place; what is left
is bounded, decoded in one go, and the texts are put back where their names stand.
"""

from __future__ import annotations

import re
import secrets
from codecs import BOM_UTF8
from typing import Any

import msgspec

from reelgate.errors import BodyTooLarge, MalformedBody
from reelgate.limits import BODY_PIECE_BYTES, MAX_BODY_TEXT_BYTES, MAX_BODY_VALUES

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_%\\"
_HALF = re.compile(rb"\\u[dD]")  # of a character that two escapes make together
_HALF_A_PAIR = re.compile(rb"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])")  # of which the decoder says "truncated"
_ESCAPE = 6  # bytes of the longest one
_MARKS = (b",", b":", b"[", b"{")
_decode_text = msgspec.json.Decoder(str).decode


class JsonBody:
    """A JSON object in the making."""

    def __init__(self) -> None:
        self._left = b""
        self._rest: list[bytes] = []
        self._rest_bytes = 0
        self._marks = 0
        self._name = ""  # drawn with the first text
        self._texts: list[list[str]] = []
        self._inside = False

    def feed(self, data: bytes) -> None:
        """Read on. Raises BodyTooLarge for too many values, or too much beside Base64; MalformedBody."""
        data = self._left + data
        at = 0
        while len(data) - at >= BODY_PIECE_BYTES:
            piece = data[at : at + BODY_PIECE_BYTES]
            piece = piece[: _whole_escapes(piece)]
            at += len(piece)
            self._take(piece)
        self._left = data[at:]

    def finish(self) -> dict[str, Any]:
        """Return the object. Raises MalformedBody, and BodyTooLarge."""
        self._keep(self._left)
        body = decode(b"".join(self._rest))
        return self._filled(body) if self._texts else body

    @property
    def large(self) -> bool:
        """Whether `finish` has enough work for a thread."""
        return bool(self._texts) or self._rest_bytes > BODY_PIECE_BYTES

    def _take(self, piece: bytes) -> None:
        if piece.translate(None, _BASE64) or _HALF.search(piece):
            self._inside = False
            self._keep(piece)
            return
        try:
            text = _decode_text(b'"' + piece + b'"')
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise MalformedBody(f"the body is not valid JSON in UTF-8: {error}") from None
        if not self._inside:
            self._inside = True
            self._name = self._name or f"text-{secrets.token_hex(16)}-"
            self._keep(f"{self._name}{len(self._texts)};".encode())
            self._texts.append([])
        self._texts[-1].append(text)

    def _keep(self, piece: bytes) -> None:
        self._rest.append(piece)
        self._rest_bytes += len(piece)
        self._marks += sum(piece.count(mark) for mark in _MARKS)
        if self._marks > MAX_BODY_VALUES:
            raise BodyTooLarge(
                f"the body holds more than {MAX_BODY_VALUES} commas, colons, brackets and braces; no call needs as many"
            )
        if self._rest_bytes > MAX_BODY_TEXT_BYTES:
            raise BodyTooLarge(
                f"the body holds more than {MAX_BODY_TEXT_BYTES // 2**20} MiB of text beside Base64; "
                "send large media by address, as Base64 or as files in a form"
            )

    def _filled(self, body: dict[str, Any]) -> dict[str, Any]:
        """Put the texts where their names stand."""
        open_: list[dict[str, Any] | list[Any]] = [body]
        while open_:
            values = open_.pop()
            for at, value in values.items() if isinstance(values, dict) else enumerate(values):
                if isinstance(value, dict | list):
                    open_.append(value)
                elif isinstance(value, str) and self._name in value:
                    values[at] = self._whole(value)  # type: ignore[index]
        return body

    def _whole(self, text: str) -> str:
        first, *others = text.split(self._name)
        whole = first
        for other in others:
            number, _, behind = other.partition(";")
            for piece in self._texts[int(number)]:
                whole += piece  # grows where it stands; a join would copy it all in one go
            whole += behind
        return whole


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


def _whole_escapes(piece: bytes) -> int:
    """Return where to cut a piece so that none of JSON's escapes is cut through: at its end, or a little before."""
    at = piece.rfind(b"\\", len(piece) - _ESCAPE)
    if at < 0:
        return len(piece)
    head = piece[: at + 1]
    if (len(head) - len(head.rstrip(b"\\"))) % 2 == 0:  # the second of two backslashes, which stand for one
        return len(piece)
    length = _ESCAPE if piece[at + 1 : at + 2] == b"u" else 2
    return len(piece) if at + length <= len(piece) else at
