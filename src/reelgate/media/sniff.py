"""What a file is by its first bytes, whatever its name, its Content-Type or its data URI claims.

Files made of boxes (MP4, MOV, HEIC, AVIF) are told apart by `reelgate.media.boxes`: their first bytes are not enough.
"""

from __future__ import annotations

from reelgate.request import MediaKind

HEAD_BYTES = 32
KINDS = {
    "jpeg": MediaKind.IMAGE,
    "png": MediaKind.IMAGE,
    "webp": MediaKind.IMAGE,
    "bmp": MediaKind.IMAGE,
    "gif": MediaKind.IMAGE,
    "tiff": MediaKind.IMAGE,
    "heic": MediaKind.IMAGE,
    "avif": MediaKind.IMAGE,
    "mp4": MediaKind.VIDEO,
    "mov": MediaKind.VIDEO,
    "wav": MediaKind.AUDIO,
    "mp3": MediaKind.AUDIO,
}

_MAGIC = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),  # BigTIFF
    (b"MM\0+", "tiff"),
    (b"ID3", "mp3"),
)
_RIFF = {b"WEBP": "webp", b"WAVE": "wav"}
_DIB_HEADER_SIZES = frozenset({12, 40, 52, 56, 64, 108, 124})


class Unreadable(Exception):
    """The file can't be taken; `reason` says what is wrong with it so that a person can mend it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def sniff(head: bytes) -> str:
    """Return the format, a key of `KINDS`, that the first `HEAD_BYTES` show, "" for any other."""
    return _by_magic(head) or _by_riff(head) or _bitmap(head) or _mpeg_audio(head)


def _by_magic(head: bytes) -> str:
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


def _by_riff(head: bytes) -> str:
    return _RIFF.get(head[8:12], "") if head.startswith((b"RIFF", b"RF64", b"BW64")) else ""


def _bitmap(head: bytes) -> str:
    """Two letters alone would take in any text that begins with BM, so the header's size counts too."""
    known = head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _DIB_HEADER_SIZES
    return "bmp" if known else ""


def _mpeg_audio(head: bytes) -> str:
    """Layer III frame header: 11 sync bits, a known version, layer, bitrate and sampling rate (ISO 11172-3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return ""
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return "mp3" if version != 1 and layer == 1 and bitrate not in (0, 15) and rate != 3 else ""
