"""Pictures of a subject: each pose of its cycle, drawn when it is first seen, and its shadow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from reelgate.animatic.paint import Canvas
from reelgate.animatic.rigs import Figure
from reelgate.animatic.rigs.base import Pen, Pose
from reelgate.animatic.scenes.base import Backdrop
from reelgate.animatic.sheets import Sheet
from reelgate.animatic.storyboard import Subject


def shadow(wide: float, tall: float) -> npt.NDArray[np.uint8]:
    """Return the soft shadow of something on the ground, `wide` and `tall` being its half axes."""
    canvas = Canvas(max(4, int(wide * 2.6)), max(4, int(tall * 3.2)))
    for share in (1.0, 0.86, 0.7, 0.5):
        canvas.ellipse(canvas.width / 2, canvas.height / 2, wide * share, tall * share, (8.0, 8.0, 24.0), 0.16)
    canvas.blur(tall * 0.22)
    return canvas.pixels


def pose_of(
    b: Backdrop, figure: Figure, subject: Subject, action: str, size: float, number: int, who: int = 0
) -> npt.NDArray[np.uint8]:
    """Return one picture of a cycle, `size` pixels being the height of the subject, the `who`th of its kind."""
    pen, dyed = Pen(figure.box, size), bool(subject.colour)
    pose = Pose(number / figure.poses, action, figure.own_colour(subject), b.palette, b.palette.lamps, who, dyed)
    figure.draw(pen, pose)
    return pen.finished(b.palette, from_left=b.sun[0] < b.width / 2, rim=figure.rim)


class Cycle:
    """Poses that are drawn when they are first seen: the encoder is at work by then, and has the longer way."""

    def __init__(self, count: int, draw: Callable[[int], Sheet]) -> None:
        self._count = count
        self._draw = draw
        self._drawn: dict[int, Sheet] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int, /) -> Sheet:
        if number not in self._drawn:
            self._drawn[number] = self._draw(number)
        return self._drawn[number]
