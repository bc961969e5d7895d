"""Still pictures as the scenes take them: upright, 8 bits, in blue, green, red (and alpha)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from reelgate.animatic.job import Input
from reelgate.animatic.planes import Bgr, Plane, Planes
from reelgate.animatic.scene import UnusableInput
from reelgate.request import MediaKind, Role

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
"""What Pillow may open: its other readers (EPS would run Ghostscript) stay out of reach."""

_PAPER = 255  # what shows through a transparent picture


def load(path: Path) -> Plane:
    """Return a picture as blue, green, red and straight alpha, shape (height, width, 4), turned upright by its EXIF.

    Raises UnusableInput when it can't be decoded.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            upright = ImageOps.exif_transpose(_eight_bits(image)).convert("RGBA")
    except Exception as error:  # Pillow raises a dozen kinds on broken files
        raise UnusableInput(f"a picture can't be decoded ({type(error).__name__})") from error
    return np.asarray(cv2.cvtColor(np.asarray(upright), cv2.COLOR_RGBA2BGRA), np.uint8)


def opaque(bgra: Plane) -> Bgr:
    """Lay a picture on white paper."""
    alpha = bgra[:, :, 3]
    if alpha.min() == 255:
        return np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2BGR), np.uint8)
    share = alpha[:, :, None].astype(np.float32) / 255
    return np.rint(bgra[:, :, :3] * share + _PAPER * (1 - share)).astype(np.uint8)


def cover(bgr: Bgr, width: int, height: int) -> Bgr:
    """Scale a picture until it covers width x height and cut what hangs over, evenly on both sides."""
    scale = max(width / bgr.shape[1], height / bgr.shape[0])
    size = (max(width, round(bgr.shape[1] * scale)), max(height, round(bgr.shape[0] * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = bgr if scale == 1 else np.asarray(cv2.resize(bgr, size, interpolation=kind), np.uint8)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width])


def picture_of(inputs: Iterable[Input], *roles: Role) -> Input | None:
    """Return the first picture with one of these roles, the earlier role first."""
    pictures = [item for item in inputs if item.kind is MediaKind.IMAGE]
    return next((item for role in roles for item in pictures if item.role is role), None)


def covering(picture: Input, width: int, height: int) -> Planes:
    """Load a picture as planes of width x height."""
    return Planes.of(cover(opaque(load(picture.path)), width, height))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return a 16-bit grey picture in 8 bits: Pillow's own conversion would clip it to white."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))
