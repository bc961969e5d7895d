"""How a clip's frames are meant to be seen: mirrored, rotated, with non-square pixels.

The one place that says it: what a clip measures, what it is cut to and what is drawn of it can't differ.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

Samples = npt.NDArray[np.uint8]
"""A plane or a picture: its first two axes are rows and columns."""

_WIDEST_PIXEL = 8.0
"""A pixel that is wider or taller than so many times its other side is a writing error: it counts as a square."""


class Sight(NamedTuple):
    """What is done to a decoded frame before it is shown, in this order; `pixel` is a pixel's width by its height."""

    transposed: bool = False
    mirrored: bool = False
    flipped: bool = False
    pixel: float = 1.0

    def shown(self, width: int, height: int) -> tuple[int, int]:
        """Return the size at which a frame of so many samples is seen: no side has fewer pixels than samples."""
        wide, tall = max(1.0, self.pixel), max(1.0, 1 / self.pixel)
        size = max(1, round(width * wide)), max(1, round(height * tall))
        return size[::-1] if self.transposed else size

    def upright(self, samples: Samples) -> Samples:
        """Return a view of a plane or a picture as it is seen."""
        if self.transposed:
            samples = samples.swapaxes(0, 1)
        return samples[:: -1 if self.flipped else 1, :: -1 if self.mirrored else 1]


def sight_of(stream: VideoStream, frame: VideoFrame) -> Sight:
    """Return how a frame of a track is meant to be seen."""
    ratio = stream.sample_aspect_ratio
    pixel = float(ratio) if ratio else 1.0
    if not 1 / _WIDEST_PIXEL <= pixel <= _WIDEST_PIXEL:
        pixel = 1.0
    return _turned(_matrix(frame))._replace(pixel=pixel)


def _matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Return the display matrix's a, b, c, d (ISO/IEC 14496-12, 8.3.2): x' = ax + cy, y' = bx + dy, y downwards."""
    data = frame.side_data.get(Type.DISPLAYMATRIX.name)
    if data is None:
        return 1, 0, 0, 1
    values = np.frombuffer(bytes(cast(SideData, data)), np.int32)
    return int(values[0]), int(values[1]), int(values[3]), int(values[4])


def _turned(matrix: tuple[int, int, int, int]) -> Sight:
    """Return the nearest of the eight ways to turn and mirror a picture; none for a matrix that maps it to a line."""
    a, b, c, d = matrix
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Sight(mirrored=a < 0, flipped=d < 0) if a and d else Sight()
    return Sight(transposed=True, mirrored=c < 0, flipped=b < 0) if b and c else Sight()
