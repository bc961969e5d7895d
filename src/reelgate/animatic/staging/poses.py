"""Pictures of a subject: each pose of its cycle, drawn when it is first seen, and its shadow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.sheets import Sheet
from reelgate.animatic.language.binding import Subject
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.subjects import FIGURES, Figure
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.table import BARE, TOP


def shadow(wide: float, tall: float) -> npt.NDArray[np.uint8]:
    """Return the soft shadow of something on the ground, `wide` and `tall` being its half axes."""
    canvas = Canvas(max(4, int(wide * 2.6)), max(4, int(tall * 3.2)))
    for share in (1.0, 0.86, 0.7, 0.5):
        canvas.ellipse(canvas.width / 2, canvas.height / 2, wide * share, tall * share, (8.0, 8.0, 24.0), 0.16)
    canvas.blur(tall * 0.22)
    return canvas.pixels


_IN_HAND = 0.2
"""How tall a thing is that is held, in heights of who holds it."""


@dataclass(frozen=True, slots=True)
class SubjectPart:
    """What is drawn of a subject: the `who`th of its kind, who else is in it, which half, and which way round."""

    who: int = 0
    rider: Subject | None = None
    half: str = ""
    turned: bool = False


def pose_of(
    b: Backdrop,
    figure: Figure,
    subject: Subject,
    action: str,
    size: float,
    number: int,
    part: SubjectPart = SubjectPart(),
) -> npt.NDArray[np.uint8]:
    """Return one picture of a cycle, `size` pixels being the height of the subject."""
    pen = Pen(figure.box, size)
    pose = _pose(b, figure, subject, action, number / figure.poses, part)
    figure.draw(pen, pose)
    from_left = (b.sun[0] < b.width / 2) != part.turned
    pixels = pen.finished(b.palette, from_left=from_left, rim=figure.rim, flat=figure.flat)
    return np.ascontiguousarray(pixels[:, ::-1]) if part.turned else pixels


def _pose(b: Backdrop, figure: Figure, subject: Subject, action: str, phase: float, part: SubjectPart) -> Pose:
    return Pose(
        phase, action, figure.own_colour(subject), b.palette, b.palette.lamps, part.who, bool(subject.colour),
        tuple((garment.kind, garment.colour) for garment in subject.clothes), part.half, _rider(b, part, 0),
        _rider(b, part, 1), _held(b, subject) if subject.holds else None,
    )  # fmt: skip


def _held(b: Backdrop, subject: Subject) -> Callable[[Pen, float, float], None]:
    """Return what draws the thing in somebody's hand, no larger than a hand can hold."""
    thing = next((who for who in b.board.subjects if who.kind == subject.holds), Subject(subject.holds))
    figure = FIGURES[thing.kind]
    on_table = figure.spot == "table"
    tall = _IN_HAND * (figure.size / 0.42 if on_table else min(max(1.8 * figure.metres, 0.8), 1.8))
    scale = tall / 0.42 if on_table else tall

    def draw(pen: Pen, x: float, y: float) -> None:
        foot = y + 0.45 * tall - (TOP * scale if on_table else 0.0)
        small = pen.moved(x + 0.04, foot, scale)
        figure.draw(small, _pose(b, figure, thing, "stand", 0.0, SubjectPart(half=BARE)))

    return draw


def _rider(b: Backdrop, part: SubjectPart, seat: int) -> Callable[[Pen, float, str], None] | None:
    """Return what draws those aboard, or sits behind them while two share each of what carries them."""
    if not part.rider or (seat and part.rider.count <= 2 * part.who + 1):
        return None
    rider, figure = part.rider, FIGURES[part.rider.kind]

    def draw(pen: Pen, phase: float, half: str) -> None:
        figure.draw(pen, _pose(b, figure, rider, rider.action, phase, SubjectPart(2 * part.who + seat, half=half)))

    return draw


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
