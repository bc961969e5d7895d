"""Measures a picture with Pillow. Runs in the probe's child process."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image

from reelgate.limits import MAX_IMAGE_PIXELS, MAX_JPEG_SCANS, MAX_WEBP_PIXELS
from reelgate.media.headers import WEBP_HEAD_BYTES, scans, webp_size
from reelgate.media.sniff import Unreadable
from reelgate.request import Facts, MediaKind
from reelgate.sandbox import descriptors

_ORIENTATION = 0x0112  # EXIF tag
_TURNED = (5, 6, 7, 8)  # orientations that swap width and height


def measure_picture(path: Path, name: str) -> Facts:
    """Return a picture's facts, with width and height as it is seen (EXIF orientation applied).

    Raise Unreadable when it is too large; any other exception means that it is damaged. Of an animation only the
    first frame is read.
    """
    if name == "heic":
        raise Unreadable("HEIC and HEIF pictures can't be read here; send it as jpeg, png or webp")
    # The size is checked below, before any pixel is decoded.
    Image.MAX_IMAGE_PIXELS = None
    # A warning about a doubtful tag is for the picture's maker, not for this process's output.
    warnings.simplefilter("ignore")
    if name == "png":
        with _opened(path, name) as picture:
            picture.verify()  # load() fills up what is missing at the end; this reads every chunk with its checksum
    with _opened(path, name) as picture:
        if name == "jpeg":
            _check_scans(path)
        picture.load()
        width, height = picture.size
        if picture.getexif().get(_ORIENTATION) in _TURNED:
            width, height = height, width
    return Facts(
        kind=MediaKind.IMAGE, format=name, bytes=descriptors.size_of(path), width=width, height=height, frames=1
    )


def _check_scans(path: Path) -> None:
    with descriptors.opened(path) as file:
        found = scans(file.read(), MAX_JPEG_SCANS)
    if found > MAX_JPEG_SCANS:
        raise Unreadable(f"it has more than {MAX_JPEG_SCANS} scans; save it again, as a baseline or progressive JPEG")


def _opened(path: Path, name: str) -> Image.Image:
    """Open with that one format's reader only: with a free choice Pillow would start Ghostscript for an EPS file."""
    file = descriptors.opened(path)
    if name == "webp":  # its reader takes the memory for all pixels at once
        size = webp_size(file.read(WEBP_HEAD_BYTES))
        if size is not None and size[0] * size[1] > MAX_WEBP_PIXELS:
            advice = f"at most {MAX_WEBP_PIXELS:,} pixels of a webp are read; send it as jpeg or png"
            raise Unreadable(f"it is {size[0]}x{size[1]} pixels; {advice}")
        file.seek(0)
    picture = Image.open(file, formats=(name.upper(),))
    width, height = picture.size
    if width * height > MAX_IMAGE_PIXELS:
        picture.close()
        raise Unreadable(f"it is {width}x{height} pixels; at most {MAX_IMAGE_PIXELS:,} pixels are read")
    return picture
