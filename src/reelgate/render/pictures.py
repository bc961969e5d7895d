"""Still pictures as the scenes take them: upright, 8 bits, in blue, green, red (and alpha)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from reelgate.decode import pictures
from reelgate.render.job import RenderInput
from reelgate.render.planes import Bgr, Plane, Planes
from reelgate.render.scene import UnusableInput
from reelgate.request import MediaKind, Role

_SCOUT = 96  # pixels of the longer side while looking for what a picture shows
_UPPER = 0.15
_PULL = 0.5  # how strongly the usual place attracts

_LONGEST = 4.0
"""A picture so many times longer than what is wanted of it is cut before it is scaled: all of it would be huge."""

_PAPER = 255  # what shows through a transparent picture


def load(path: Path) -> Plane:
    """Return a picture as blue, green, red and straight alpha, shape (height, width, 4), upright and in sRGB.

    Raises UnusableInput when it can't be decoded.
    """
    try:
        upright = pictures.load(path)
    except MemoryError:
        raise
    except Exception as error:  # its readers raise a dozen kinds on broken files
        raise UnusableInput(f"a picture can't be decoded ({type(error).__name__})") from error
    return np.asarray(cv2.cvtColor(np.asarray(upright), cv2.COLOR_RGBA2BGRA), np.uint8)


def opaque(bgra: Plane) -> Bgr:
    """Lay a picture on white paper."""
    alpha = bgra[:, :, 3]
    if alpha.min() == 255:
        return np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2BGR), np.uint8)
    share = alpha[:, :, None].astype(np.float32) / 255
    return np.rint(bgra[:, :, :3] * share + _PAPER * (1 - share)).astype(np.uint8)


def cover(bgr: Bgr, width: int, height: int, cut: float = 0.5) -> Bgr:
    """Scale a picture until it covers width x height and cut what hangs over, the share `cut` at the left or top."""
    scale = max(width / bgr.shape[1], height / bgr.shape[0])
    if max(width / bgr.shape[1], height / bgr.shape[0]) > _LONGEST * min(width / bgr.shape[1], height / bgr.shape[0]):
        across, down = max(1, round(width / scale)), max(1, round(height / scale))
        left, top = round((bgr.shape[1] - across) * cut), round((bgr.shape[0] - down) * cut)
        bgr, scale = bgr[top : top + down, left : left + across], max(width / across, height / down)
    size = (max(width, round(bgr.shape[1] * scale)), max(height, round(bgr.shape[0] * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = bgr if scale == 1 else np.asarray(cv2.resize(bgr, size, interpolation=kind), np.uint8)
    left, top = round((size[0] - width) * cut), round((size[1] - height) * cut)
    return np.ascontiguousarray(scaled[top : top + height, left : left + width])


def picture_of(inputs: Iterable[RenderInput], *roles: Role) -> RenderInput | None:
    """Return the first picture with one of these roles, the earlier role first."""
    pictures = [item for item in inputs if item.kind is MediaKind.IMAGE]
    return next((item for role in roles for item in pictures if item.role is role), None)


def framing(bgr: Bgr, width: int, height: int) -> float:
    """Return the share of what has to be cut off at the left or top, so that what stands out stays in the picture.

    In tall pictures it is rather the upper part that counts: there are the faces.
    """
    scale = _SCOUT / max(bgr.shape[:2])
    size = (max(1, round(bgr.shape[1] * scale)), max(1, round(bgr.shape[0] * scale)))
    small = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    telling = np.abs(small - cv2.blur(small, (_SCOUT // 3, _SCOUT // 3))).sum(2)
    tall = bgr.shape[0] * width > bgr.shape[1] * height
    along = telling.sum(1) if tall else telling.sum(0)
    kept = min(along.size, max(1, round(size[0] * height / width if tall else size[1] * width / height)))
    sums = np.convolve(along, np.ones(kept), "valid") / max(1e-6, float(along.sum()))
    places = np.linspace(0, 1, sums.size) if sums.size > 1 else np.array([0.5])
    return float(places[np.argmax(sums - _PULL * (places - (_UPPER if tall else 0.5)) ** 2)])


def covering(picture: RenderInput, width: int, height: int) -> Planes:
    """Load a picture as planes of width x height."""
    bgr = opaque(load(picture.path))
    return Planes.of(cover(bgr, width, height, framing(bgr, width, height)))


def covering_alike(first: RenderInput, last: RenderInput, width: int, height: int) -> tuple[Planes, Planes]:
    """Load two pictures as planes of width x height, cut in the same place where they have the same shape."""
    pair = [opaque(load(picture.path)) for picture in (first, last)]
    cuts = [framing(bgr, width, height) for bgr in pair]
    if pair[0].shape == pair[1].shape:
        cuts[1] = cuts[0]
    start, end = (Planes.of(cover(bgr, width, height, cut)) for bgr, cut in zip(pair, cuts, strict=True))
    return start, end
