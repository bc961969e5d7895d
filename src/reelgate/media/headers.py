"""Facts from pictures' headers, read before a decoder takes memory and time for them.

JPEG: ITU-T T.81, B.1. WebP: RFC 9649, section 2.
"""

from __future__ import annotations

import re

_MARKER = re.compile(rb"\xff+([\xc0-\xcf\xd9-\xfe])")
"""One that begins a segment, or ends the picture; those within a scan have no length and stand for nothing."""
_END, _SCAN = 0xD9, 0xDA

WEBP_HEAD_BYTES = 30


def scans(jpeg: bytes, most: int) -> int:
    """Return how many scans a JPEG has, counting no further than one more than `most`.

    Each may go over the whole picture once more.
    """
    found, at = 0, 2
    while found <= most:
        marker = _MARKER.search(jpeg, at)
        if marker is None or marker[1][0] == _END:
            break
        found += marker[1][0] == _SCAN
        at = marker.end() + max(2, int.from_bytes(jpeg[marker.end() : marker.end() + 2]))
    return found


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Return the width and height that the first `WEBP_HEAD_BYTES` of a WebP tell; None if they don't."""
    if len(head) < WEBP_HEAD_BYTES:
        return None
    match head[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (26, 28))
            return width, height
    return None
