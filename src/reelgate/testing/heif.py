"""HEIC pictures, put together box by box around HEVC from PyAV's encoder: no package that we need writes any."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from reelgate.testing.films import Pixels, Standard, film


def box(kind: bytes, *contents: bytes) -> bytes:
    """Return a box (ISO/IEC 14496-12, 4.2)."""
    body = b"".join(contents)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind: bytes, *contents: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Return a box with a version and flags in front."""
    return box(kind, struct.pack(">I", version << 24 | flags), *contents)


def heic(path: Path, pixels: Pixels, *, turns: int = 0, profile: bytes = b"", brand: bytes = b"heic") -> Path:
    """Write a picture of one HEVC frame; `turns` are quarters to the left (`irot`), `profile` is embedded."""
    height, width = pixels.shape[:2]
    even = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), "edge")
    coded = film(path.with_suffix(".mp4"), [even], codec="libx265", standard=Standard(5, full=True), crf="6")
    data = coded.read_bytes()
    coded.unlink()
    at = data.index(b"hvcC") - 4
    config = data[at : at + int.from_bytes(data[at : at + 4])]
    at = data.index(b"mdat") - 4
    sample = data[at + 8 : at + int.from_bytes(data[at : at + 4])]
    properties = [config, full(b"ispe", struct.pack(">II", *even.shape[1::-1]))]
    if profile:
        properties.append(box(b"colr", b"prof", profile))
    if turns:
        properties.append(box(b"irot", bytes([turns])))
    places = bytes((0x80 if place == 1 else 0) | place for place in range(1, len(properties) + 1))
    first = box(b"ftyp", brand, bytes(4), b"mif1heic")

    def described(offset: int) -> bytes:
        location = struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, offset, len(sample))
        return full(
            b"meta",
            full(b"hdlr", bytes(4), b"pict", bytes(13)),
            full(b"pitm", struct.pack(">H", 1)),
            full(b"iinf", struct.pack(">H", 1), full(b"infe", struct.pack(">HH", 1, 0), b"hvc1\0", version=2)),
            box(
                b"iprp",
                box(b"ipco", *properties),
                full(b"ipma", struct.pack(">IHB", 1, 1, len(places)), places),
            ),
            full(b"iloc", location),
        )

    start = len(first) + len(described(0)) + 8
    path.write_bytes(first + described(start) + box(b"mdat", sample))
    return path
