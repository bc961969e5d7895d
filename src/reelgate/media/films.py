"""The containers in which a result can arrive, recognised by their first bytes, and whether the file is complete."""

from __future__ import annotations

from pathlib import Path

from reelgate.sandbox import descriptors

HEAD_BYTES = 4096
_TS_PACKET = 188
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_STILLS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})
_QUICKTIME_STARTS = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
_MAGIC = ((_EBML, "matroska"), (b"FLV\x01", "flv"), (b"OggS", "ogg"), (b"\0\0\x01\xba", "mpeg"))


def demuxer(path: Path) -> str:
    """Return the name of the FFmpeg demuxer for a film, "" for other files. Raises OSError."""
    with descriptors.opened(path) as file:
        head = file.read(HEAD_BYTES)
    if head[4:8] in _QUICKTIME_STARTS:
        return "" if head[8:12] in _STILLS else "mov"
    if head.startswith(b"RIFF"):
        return "avi" if head[8:12] == b"AVI " else ""
    if len(head) > 2 * _TS_PACKET and all(head[n * _TS_PACKET] == 0x47 for n in range(3)):
        return "mpegts"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


def is_cut_off(path: Path) -> bool:
    """Whether a film claims to be longer than its file; False if its container has no such claim.

    A part of a film must not be taken, and paid for, as a shorter one. Raises OSError.
    """
    size = descriptors.size_of(path)
    with descriptors.opened(path) as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"RIFF"):
        return int.from_bytes(head[4:8], "little") + 8 > size
    at = head.find(_SEGMENT) if head.startswith(_EBML) else -1
    if at < 0:
        return False
    start = at + len(_SEGMENT)
    length, width = _vint(head[start : start + 8])
    return length is not None and start + width + length > size


def _vint(raw: bytes) -> tuple[int | None, int]:
    """Return an EBML size and the bytes that it takes; None for one that is left open (RFC 8794, section 4)."""
    first = raw[0] if raw else 0
    width = 9 - first.bit_length()
    if not first or len(raw) < width:
        return None, 1
    value = int.from_bytes(raw[:width]) & ((1 << 7 * width) - 1)
    return (None if value == (1 << 7 * width) - 1 else value), width
