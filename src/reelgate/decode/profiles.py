"""Colour profiles (ICC.1): what an embedded one is for, and those that a picture names without embedding them."""

from __future__ import annotations

import struct
from io import BytesIO

from PIL import ImageCms


def profile_of(data: bytes) -> tuple[ImageCms.ImageCmsProfile, str] | None:
    """Return a profile and the colour space of its pictures (`RGB`, `GRAY`, `CMYK`, `Lab`), None for a broken one."""
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(data))
        return profile, str(profile.profile.xcolor_space).strip()
    except (OSError, ImageCms.PyCMSError, TypeError, ValueError):
        return None


def matrix_profile(primaries: tuple[tuple[float, float, float], ...], gamma: float) -> bytes:
    """Return a profile of red, green and blue, as XYZ under D50, with one gamma for all three."""
    name = b"Reelgate\0"
    tags = [
        (b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78)),
        (b"cprt", b"text\0\0\0\0none\0"),
        (b"wtpt", _xyz((0.9642, 1.0, 0.8249))),
        *zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, primaries), strict=True),
        *((tag, b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))) for tag in (b"rTRC", b"gTRC", b"bTRC")),
    ]
    table, contents, start = b"", b"", 132 + 12 * len(tags)
    for tag, content in tags:
        table += tag + struct.pack(">II", start + len(contents), len(content))
        contents += content + bytes(-len(content) % 4)
    head = struct.pack(">I4s4s4s4s4s6H4s", start + len(contents), bytes(4), b"\2\x40\0\0", b"mntr", b"RGB ", b"XYZ ",
                       2020, 1, 1, 0, 0, 0, b"acsp")  # fmt: skip
    head += bytes(68 - len(head)) + _xyz((0.9642, 1.0, 0.8249))[8:]
    return head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) + table + contents


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(part * 65536) for part in value))


ADOBE_RGB = matrix_profile(((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)), 2.2)
"""The space that cameras mean by the interoperability index R03 (DCF 2.0)."""
