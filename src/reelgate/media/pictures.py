"""Measures a picture. Runs in the probe's child process."""

from __future__ import annotations

from pathlib import Path

from reelgate.decode.pictures import TooLarge, size_of
from reelgate.limits import MAX_JPEG_SCANS, MAX_WEBP_PIXELS
from reelgate.media.headers import WEBP_HEAD_BYTES, scans, webp_size
from reelgate.media.sniff import Unreadable
from reelgate.request import Facts, MediaKind
from reelgate.sandbox import descriptors


def measure_picture(path: Path, name: str) -> Facts:
    """Return a picture's facts, with width and height as it is seen.

    Raise Unreadable when it is too large or would take too long; any other exception means that it is damaged.
    """
    match name:
        case "jpeg":
            _check_scans(path)
        case "webp":
            _check_webp(path)
    try:
        width, height = size_of(path)
    except TooLarge as error:
        raise Unreadable(str(error)) from None
    size = descriptors.size_of(path)
    return Facts(kind=MediaKind.IMAGE, format=name, bytes=size, width=width, height=height, frames=1)


def _check_scans(path: Path) -> None:
    with descriptors.opened(path) as file:
        found = scans(file.read(), MAX_JPEG_SCANS)
    if found > MAX_JPEG_SCANS:
        raise Unreadable(f"it has more than {MAX_JPEG_SCANS} scans; save it again, as a baseline or progressive JPEG")


def _check_webp(path: Path) -> None:
    """Refuse a WebP whose reader would take the memory for all pixels at once."""
    with descriptors.opened(path) as file:
        size = webp_size(file.read(WEBP_HEAD_BYTES))
    if size is not None and size[0] * size[1] > MAX_WEBP_PIXELS:
        advice = f"at most {MAX_WEBP_PIXELS:,} pixels of a webp are read; send it as jpeg or png"
        raise Unreadable(f"it is {size[0]}x{size[1]} pixels; {advice}")
