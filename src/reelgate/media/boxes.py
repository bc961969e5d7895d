"""The track descriptions of an MP4 or MOV file, read without a decoder.

FFmpeg decodes pictures while it opens a file, so a hostile frame size must be found before it sees the file.
Layout: ISO/IEC 14496-12, 4.2 (boxes) and 8.5.2 (sample descriptions).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from reelgate.limits import MAX_BOXES
from reelgate.media.sniff import Unreadable

_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})


class Track(NamedTuple):
    """One sample description: its codec tag, and its picture's size in pixels (0 x 0 for anything but video)."""

    codec: str
    width: int
    height: int


class _Box(NamedTuple):
    kind: bytes
    start: int
    stop: int


def tracks(file: BinaryIO, size: int) -> list[Track]:
    """Return every sample description of a file of `size` bytes; raise Unreadable if its boxes make no sense."""
    found: list[Track] = []
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
        for box in _boxes(file, *pending.pop(0)):
            seen += 1
            if seen > MAX_BOXES:
                raise Unreadable(f"it has more than {MAX_BOXES} boxes; save it again as one plain MP4")
            if box.kind in _CONTAINERS:
                pending.append((box.start, box.stop))
            yield box


def _boxes(file: BinaryIO, start: int, stop: int) -> Iterator[_Box]:
    """Yield the boxes between two offsets."""
    while start + 8 <= stop:
        file.seek(start)
        head = file.read(16)
        size, kind, header = int.from_bytes(head[:4]), head[4:8], 8
        if size == 1:
            size, header = int.from_bytes(head[8:16]), 16
        elif size == 0:  # to the end
            size = stop - start
        if size < header or start + size > stop:
            raise Unreadable("it is damaged or cut off (a box reaches past the end of the file); send the whole file")
        yield _Box(kind, start + header, start + size)
        start += size


def _descriptions(file: BinaryIO, stsd: _Box) -> Iterator[Track]:
    """Yield the entries after stsd's version, flags and count; a video entry has its size at bytes 24 to 28."""
    for entry in _boxes(file, stsd.start + 8, stsd.stop):
        file.seek(entry.start)
        fields = file.read(min(28, entry.stop - entry.start))
        yield Track(entry.kind.decode("latin-1"), int.from_bytes(fields[24:26]), int.from_bytes(fields[26:28]))
