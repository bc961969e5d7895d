"""Inputs that travel in the request itself: `data:` URIs (RFC 2397) and raw Base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from reelgate.limits import BODY_PIECE_BYTES
from reelgate.media.sniff import Unreadable

_DATA_URI = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SCHEME_CHARS = 64  # more than any address begins with
_MB = 1024 * 1024


def is_inline(url: str) -> bool:
    """Whether the text carries the file itself: a data URI, or Base64 without any address scheme."""
    return not _ADDRESS.match(url[:_SCHEME_CHARS]) or url[:5].lower() == "data:"


def inline_pieces(url: str, max_bytes: int) -> Iterator[bytes]:
    """Yield the bytes of a data URI or of raw Base64, line breaks allowed; a piece at a time, others come in between.

    The declared type counts for nothing. Raise Unreadable when it is not Base64 or is larger than `max_bytes`.
    """
    start = _DATA_URI.match(url)
    if url[:5].lower() == "data:" and not start:
        raise Unreadable("the data URI is not Base64; send data:<type>;base64,<data>")
    begin = start.end() if start else 0
    if (len(url) - begin) * 3 // 4 > max_bytes + max_bytes // 16:  # an early end, with room for line breaks and padding
        raise _too_large(max_bytes)
    size = 0
    for piece in _decoded(url, begin):
        size += len(piece)
        if size > max_bytes:
            raise _too_large(max_bytes)
        yield piece


def _decoded(text: str, begin: int) -> Iterator[bytes]:
    left, padded = "", False
    try:
        for at in range(begin, len(text), BODY_PIECE_BYTES):
            found = left + "".join(text[at : at + BODY_PIECE_BYTES].split())
            cut = len(found) - len(found) % 4
            left = found[cut:]
            if cut:
                if padded:
                    raise _no_base64()
                padded = found[cut - 1] == "="
                yield base64.b64decode(found[:cut], validate=True)
        yield base64.b64decode(left, validate=True)
    except (binascii.Error, ValueError):
        raise _no_base64() from None
    if padded and left:
        raise _no_base64()


def _no_base64() -> Unreadable:
    return Unreadable("it is neither an http(s) address nor valid Base64")


def _too_large(max_bytes: int) -> Unreadable:
    return Unreadable(f"it is larger than {max_bytes / _MB:g} MB")
