"""Small pictures of a finished clip: the thumbnail and the contact sheet, taken from the frames as they are drawn."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from reelgate.render.planes import Bgr, Plane, Planes

SIDE = 640
"""The most pixels of the thumbnail's longer side."""

ROWS = COLUMNS = 3
GAP = 4
QUALITY = 82  # of 100, in WebP's own scale
_EFFORT = 2  # of 6: a third of the default's time for 3 % more bytes

_COUNT = ROWS * COLUMNS
_TABLE = 24  # the grey between a sheet's pictures


class Stills:
    """Keeps nine small copies, evenly spread over a clip of `frames` pictures, first and last among them.

    A clip that ends early has fewer; one of fewer than nine pictures repeats some.
    """

    def __init__(self, frames: int) -> None:
        self._wanted = [round(step * (frames - 1) / (_COUNT - 1)) for step in range(_COUNT)]
        self._kept: list[Planes] = []

    def see(self, index: int, picture: Planes) -> None:
        """Keep a small copy of frame `index` if it is one of the nine."""
        if times := self._wanted.count(index):
            self._kept += [_smaller(picture, SIDE)] * times

    def write(self, thumbnail: Path, sheet: Path) -> None:
        """Write the middle picture and the sheet as WebP. ValueError when nothing was seen."""
        if not self._kept:
            raise ValueError("no picture was seen")
        pictures = [still.bgr() for still in self._kept]
        _write(pictures[len(pictures) // 2], thumbnail)
        _write(_sheet(pictures), sheet)


def _smaller(picture: Planes, side: int) -> Planes:
    """Return a copy whose longer side is at most `side`, the sides even."""
    scale = min(1.0, side / max(picture.width, picture.height))
    small = Planes.empty(*(max(2, round(pixels * scale / 2) * 2) for pixels in (picture.width, picture.height)))
    for plane, out in zip(picture.each(), small.each(), strict=True):
        cv2.resize(plane, (out.shape[1], out.shape[0]), dst=out, interpolation=cv2.INTER_AREA)
    return small


def _sheet(pictures: list[Bgr]) -> Plane:
    """Return the pictures in rows, read like a page, each of half its size."""
    height, width = (max(1, pixels // 2) for pixels in pictures[0].shape[:2])
    page = np.full((ROWS * (height + GAP) + GAP, COLUMNS * (width + GAP) + GAP, 3), _TABLE, np.uint8)
    for place, picture in enumerate(pictures):
        top, left = (GAP + at * (size + GAP) for at, size in zip(divmod(place, COLUMNS), (height, width), strict=True))
        page[top : top + height, left : left + width] = cv2.resize(
            picture, (width, height), interpolation=cv2.INTER_AREA
        )
    return page


def _write(picture: Bgr, path: Path) -> None:
    rgb = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    Image.fromarray(rgb).save(path, "WEBP", quality=QUALITY, method=_EFFORT)
