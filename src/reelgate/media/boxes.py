"""Files made of boxes, read without a decoder: which of MP4, MOV, HEIC and AVIF one is, and a film's tracks.

FFmpeg decodes pictures while it opens a file, so a hostile frame size must be found before it sees the file.
Layout: ISO/IEC 14496-12, 4.2 (boxes) and 8.5.2 (sample descriptions); ISO/IEC 23008-12 (pictures).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from reelgate.limits import MAX_BOXES
from reelgate.media.sniff import Unreadable

_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_OUTER = frozenset(
    {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"mfra", b"meta", b"free", b"skip", b"wide", b"pnot", b"uuid",
     b"sidx", b"ssix", b"prft", b"emsg", b"pdin", b"imda", b"mpvd", b"junk"}
)  # fmt: skip
"""The boxes of a file. A file that begins otherwise has none; one that ends otherwise ends in a maker's note."""

_TELLING = frozenset({b"ftyp", b"moov", b"meta"})

_FILM = frozenset({b"moov", b"moof", b"mdat"})
_BRANDS_BYTES = 512
_ABOUT_BYTES = 1 << 20  # of what a file says of itself: a picture of thousands of tiles has less
_QUICKTIME = frozenset({b"", b"qt  ", b"mqt "})
_STILL = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})


class SampleDescription(NamedTuple):
    """One sample description: its codec tag, and its picture's size in pixels (0 x 0 for anything but video)."""

    codec: str
    width: int
    height: int


class _Box(NamedTuple):
    kind: bytes
    start: int
    stop: int


def recognise(file: BinaryIO, size: int) -> str:
    """Return `mp4`, `mov`, `heic` or `avif` for a file of `size` bytes made of boxes, "" for any other.

    The contents of a file decide. Its brands, which differ from maker to maker, only tell MOV from MP4 and, if
    nothing else does, one codec of pictures from another.
    """
    about: dict[bytes, bytes] = {}
    for box in islice(_outer(file, size), MAX_BOXES):
        if not about and box.kind not in _OUTER:
            return ""
        if box.kind not in about:
            file.seek(box.start)
            about[box.kind] = file.read(min(box.stop - box.start, _ABOUT_BYTES)) if box.kind in _TELLING else b""
    brands = about.get(b"ftyp", b"")[:_BRANDS_BYTES]
    shown = _handlers(about.get(b"moov", b""))
    is_film = b"vide" in shown or b"pict" not in shown
    if b"pict" in _handlers(about.get(b"meta", b"")) and (b"moov" not in about or not is_film):
        return "avif" if _is_av1(about[b"meta"], brands) else "heic"
    if not is_film or (brands[:4] in _STILL and not about.keys() & _FILM):
        return "avif" if _is_av1(b"", brands) else "heic"
    if not about.keys() & {*_FILM, b"ftyp"}:
        return ""
    return "mov" if brands[:4] in _QUICKTIME else "mp4"


def _handlers(contents: bytes) -> set[bytes]:
    """Return what the tracks or items of a box are for: `vide`, `soun`, `pict`, …"""
    return {contents[m.end() + 8 : m.end() + 12] for m in re.finditer(b"hdlr", contents)}


def _is_av1(meta: bytes, brands: bytes) -> bool:
    """Whether a picture's items are AV1; its brands count where none is named."""
    return b"av01" in meta or (b"hvc1" not in meta and brands[:4] in (b"avif", b"avis"))


def _outer(file: BinaryIO, size: int) -> Iterator[_Box]:
    """Yield the outermost boxes, the last one also if it is cut off, and nothing that is not a box."""
    start = 0
    while start + 8 <= size:
        box = _box(file, start, size)
        if box is None:
            return
        yield box._replace(stop=min(box.stop, size))
        start = box.stop


def tracks(file: BinaryIO, size: int) -> list[SampleDescription]:
    """Return every sample description of a file of `size` bytes; raise Unreadable if its boxes make no sense.

    Bytes that some programs write after the last box are ignored.
    """
    found: list[SampleDescription] = []
    for box in _walk(file, size):
        if box.kind == b"stsd":
            found += _descriptions(file, box)
    if not found:
        raise Unreadable("it has no track table (moov); it is probably cut off: send the whole file")
    return found


def _walk(file: BinaryIO, size: int) -> Iterator[_Box]:
    """Yield the boxes of the file and of its containers, at most `MAX_BOXES`."""
    pending, seen = [(0, size)], 0
    while pending:
        start, stop = pending.pop(0)
        for box in _boxes(file, start, stop, outer=start == 0):
            seen += 1
            if seen > MAX_BOXES:
                raise Unreadable(f"it has more than {MAX_BOXES} boxes; save it again as one plain MP4")
            if box.kind in _CONTAINERS:
                pending.append((box.start, box.stop))
            yield box


def _boxes(file: BinaryIO, start: int, stop: int, *, outer: bool = False) -> Iterator[_Box]:
    """Yield the boxes between two offsets; of the outermost ones as many as there are."""
    while start + 8 <= stop:
        box = _box(file, start, stop)
        if outer and start and (box is None or box.kind not in _OUTER):
            return
        if box is None or box.stop > stop:
            raise Unreadable("it is damaged or cut off (a box reaches past the end of the file); send the whole file")
        yield box
        start = box.stop


def _box(file: BinaryIO, start: int, stop: int) -> _Box | None:
    """Return the box at an offset, its contents from `start` up to `stop`; None for a size that no box has."""
    file.seek(start)
    head = file.read(16)
    size, kind, header = int.from_bytes(head[:4]), head[4:8], 8
    if size == 1:
        size, header = int.from_bytes(head[8:16]), 16
    elif size == 0:  # to the end
        size = stop - start
    return _Box(kind, start + header, start + size) if size >= header else None


def _descriptions(file: BinaryIO, stsd: _Box) -> Iterator[SampleDescription]:
    """Yield the entries after stsd's version, flags and count; a video entry has its size at bytes 24 to 28."""
    for entry in _boxes(file, stsd.start + 8, stsd.stop):
        file.seek(entry.start)
        fields = file.read(min(28, entry.stop - entry.start))
        yield SampleDescription(
            entry.kind.decode("latin-1"), int.from_bytes(fields[24:26]), int.from_bytes(fields[26:28])
        )
