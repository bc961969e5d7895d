"""Inputs that travel in the request itself: `data:` URIs (RFC 2397) and raw Base64."""

from __future__ import annotations

import base64
import binascii
import re

from reelgate.media.sniff import Unreadable

_DATA_URI = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_MB = 1024 * 1024


def is_inline(url: str) -> bool:
    """Whether the text carries the file itself: a data URI, or Base64 without any address scheme."""
    return not _ADDRESS.match(url) or url[:5].lower() == "data:"


def decode_inline(url: str, max_bytes: int) -> bytes:
    """Return the bytes of a data URI or of raw Base64, line breaks allowed.

    The declared type counts for nothing. Raise Unreadable when it is no Base64 or larger than `max_bytes`.
    """
    start = _DATA_URI.match(url)
    if url[:5].lower() == "data:" and not start:
        raise Unreadable("the data URI is not Base64; send data:<type>;base64,<data>")
    encoded = url[start.end() :] if start else url
    if len(encoded) * 3 // 4 > max_bytes + max_bytes // 16:  # an early end, with room for line breaks and padding
        raise _too_large(max_bytes)
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("it is neither an http(s) address nor valid Base64") from None
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    return data


def _too_large(max_bytes: int) -> Unreadable:
    return Unreadable(f"it is larger than {max_bytes / _MB:g} MB")
