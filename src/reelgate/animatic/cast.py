"""Puts a storyboard's subjects on the stage: where each stands, how it moves, and how fast the camera must follow."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from reelgate.animatic.compose import Actor, Stamp
from reelgate.animatic.paint import Canvas
from reelgate.animatic.palette import mix
from reelgate.animatic.rigs import FIGURES, Figure
from reelgate.animatic.rigs.base import Pen, Pose
from reelgate.animatic.scenes.base import Backdrop
from reelgate.animatic.sheets import Sheet
from reelgate.animatic.storyboard import Storyboard, Subject

WATERY = frozenset({"sea", "beach", "harbour", "lake", "river", "waterfall"})


class Beat(msgspec.Struct, frozen=True):
    """The rhythm of a subject that travels, for its sound: one cycle lasts `seconds`."""

    kind: str
    action: str
    seconds: float


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a subject stands: its foot in pixels, its height in pixels, its distance."""

    x: float
    y: float
    size: float
    z: float


def beats_of(board: Storyboard) -> list[Beat]:
    """Return the beats of a storyboard's travelling subjects, in their order."""
    crowd = _crowd(board)
    beats = []
    for subject in board.subjects:
        figure = FIGURES[subject.kind]
        action = figure.action(subject.action)
        if figure.gaits[action].stride and not _painted_already(board, subject, crowd):
            beats.append(Beat(subject.kind, action, figure.gaits[action].seconds))
    return beats


def cast(b: Backdrop, *, follow: bool) -> float:
    """Put every subject on the stage. Returns the pixels a second that the camera follows them with.

    With `follow` the first traveller keeps its place in the frame and the world goes by; else it crosses the frame.
    """
    tracking = 0.0
    crowd = _crowd(b.board)
    follow = follow and all(map(_travels, b.board.subjects))
    index = 0
    for subject in b.board.subjects:
        if _painted_already(b.board, subject, crowd):
            continue
        figure = FIGURES[subject.kind]
        action = figure.action(subject.action)
        gait = figure.gaits[action]
        size = figure.size * b.unit * (0.84 if crowd > 2 else 1.0)
        speed = 0.0 if _launching(b, subject) else gait.stride * size / gait.seconds
        if speed and follow and not tracking and figure.home != "surface":
            tracking = speed
        for number in range(subject.count):
            mark = _mark(b, figure, subject, size, index, max(crowd, 1))
            if action == "sit" and figure.hands[0] < 0.5 and (mark.x, mark.y) != b.seat:
                _log(b, mark)
            own = tracking if tracking and figure.home in ("ground", "road", "water") else speed
            _enter(b, figure, subject, action, mark, own, follow=bool(tracking), number=number)
            index += figure.home != "fixed"
    return tracking


def _travels(subject: Subject) -> bool:
    """Tell whether a moving camera may leave a subject's spot without losing it."""
    figure = FIGURES[subject.kind]
    return figure.home == "fixed" or figure.gaits[figure.action(subject.action)].stride > 0


def _launching(b: Backdrop, subject: Subject) -> bool:
    return subject.kind == "rocket" and b.board.place == "spaceport"


def _crowd(board: Storyboard) -> int:
    return sum(subject.count for subject in board.subjects if FIGURES[subject.kind].home != "fixed")


def _painted_already(board: Storyboard, subject: Subject, crowd: int) -> bool:
    """Tell whether the place is full of them anyway."""
    return subject.kind == "flower" and board.place == "flowers" and (crowd > 0 or len(board.subjects) > 1)


def _mark(b: Backdrop, figure: Figure, subject: Subject, size: float, index: int, crowd: int) -> _Mark:
    if figure.home == "fixed":
        return _fixed_mark(b, subject, size)
    spread = min(0.66, 0.24 * (crowd - 1))
    x = b.width * (0.46 - spread / 2 + (spread * index / (crowd - 1) if crowd > 1 else 0))
    stagger = (index % 3) * 0.03 * b.unit
    if index == 0 and subject.action in ("sit", "play") and (seated := _seated(b, figure, subject, size)):
        return seated
    if figure.home == "air":
        row = b.height * (0.4 + 0.12 * (index % 3)) + size * 0.4
        return _Mark(x, b.ground - 0.24 * size if _launching(b, subject) else row, size, 0.975)
    if figure.home == "water":
        row = b.height * (0.58 + 0.13 * (index % 3 - 1)) if b.board.place == "underwater" else b.surface
        return _Mark(x, row + size * 0.5, size * (1 - 0.12 * (index % 2)), 1.0 + 0.1 * (index % 3))
    if figure.home == "surface" and b.board.place in WATERY:
        return _Mark(x, b.surface + stagger, size, 3.0)
    return _Mark(x, b.ground - stagger, size * (1 - 0.05 * (index % 3)), 0.965 + 0.008 * (index % 3))


def _fixed_mark(b: Backdrop, subject: Subject, size: float) -> _Mark:
    if subject.kind in ("piano", "guitar"):
        return _Mark(
            b.width * (0.5 if b.width > b.height else 0.56),
            b.ground - 0.02 * b.unit,
            size * (1.12 if b.width > b.height else 1.0),
            0.985,
        )
    if b.landmark and subject.kind not in ("campfire", "snowman", "flower"):
        return _Mark(*b.landmark, size, 4.6)
    if subject.kind in ("campfire", "snowman", "flower"):
        beside = 0.72 if _crowd(b.board) > 1 else 0.62
        return _Mark(b.width * beside, b.ground - 0.03 * b.unit, size, 0.985)
    if subject.kind == "lighthouse":
        return _Mark(b.width * 0.3, b.horizon + 0.2 * b.unit, size, 0.99)
    return _Mark(b.width * 0.7, max(b.horizon + 0.17 * b.unit, b.ground - 0.17 * b.unit), size, 0.99)


def _seated(b: Backdrop, figure: Figure, subject: Subject, size: float) -> _Mark | None:
    if _playing(b, subject):
        return _at_the_piano(b, figure)
    return _Mark(*b.seat, size, 0.97) if b.seat and subject.action == "sit" else None


def _playing(b: Backdrop, subject: Subject) -> bool:
    return subject.action == "play" and any(other.kind == "piano" for other in b.board.subjects)


def _at_the_piano(b: Backdrop, figure: Figure) -> _Mark:
    """Return the place at the keys of the piano, on a bench that brings the hands up to them."""
    piano = FIGURES["piano"]
    mark = _fixed_mark(b, Subject("piano"), piano.size * b.unit)
    size = max(figure.size, 0.27) * b.unit if figure.hands[0] > 0.5 else figure.size * b.unit
    key_x, key_y = mark.x - 0.2 * mark.size, mark.y - 0.64 * mark.size
    seat = _Mark(key_x - figure.hands[0] * size, key_y - figure.hands[1] * size, size, 0.97)
    _bench(
        b, seat.x - figure.hands[0] * size * 0.28, min(seat.y - figure.seat * size, b.ground - 0.04 * b.unit), mark.y
    )
    return seat


def _log(b: Backdrop, mark: _Mark) -> None:
    """Lay a log under someone who sits outdoors."""
    size, u = mark.size, b.unit
    canvas = Canvas(int(size * 0.7), int(size * 0.3))
    bark, middle = b.palette.lit((98, 68, 46)), canvas.height * 0.55
    thick = size * 0.21
    canvas.limb([(size * 0.16, middle), (size * 0.52, middle)], [thick, thick], bark)
    canvas.ellipse(size * 0.54, middle, thick * 0.34, thick * 0.5, mix(bark, (255, 220, 170), 0.45))
    canvas.ellipse(size * 0.54, middle, thick * 0.2, thick * 0.32, mix(bark, (255, 220, 170), 0.2))
    canvas.limb(
        [(size * 0.14, middle - thick * 0.2), (size * 0.4, middle - thick * 0.24)],
        [u * 0.004] * 2,
        mix(bark, (0, 0, 0), 0.3),
    )
    b.sprite(canvas.pixels, lambda t: Stamp(mark.x - size * 0.06, mark.y - size * 0.11), mark.z + 0.002)


def _bench(b: Backdrop, x: float, top: float, foot: float) -> None:
    u = b.unit
    canvas = Canvas(int(u * 0.36), int(max(foot - top, u * 0.03) + u * 0.03))
    wood, middle = b.palette.lit((58, 42, 38)), canvas.width / 2
    for side in (-0.11, 0.1):
        canvas.rect(middle + u * side, u * 0.01, u * 0.014, canvas.height, wood)
    canvas.limb(
        [(middle - u * 0.13, u * 0.016), (middle + u * 0.13, u * 0.016)],
        [u * 0.03, u * 0.03],
        mix(b.palette.lit((150, 52, 48)), wood, 0.15),
    )
    y = top + canvas.height / 2
    b.sprite(canvas.pixels, lambda t: Stamp(x, y), 0.98)


def _enter(
    b: Backdrop, figure: Figure, subject: Subject, action: str, mark: _Mark, speed: float, *, follow: bool, number: int
) -> None:
    gait = figure.gaits[action]
    poses = _Cycle(figure.poses, lambda number: b.sheet(pose_of(b, figure, subject, action, mark.size, number)))
    left, top = figure.box[:2]
    anchor = (-left * mark.size, -top * mark.size)
    start = number * 0.37
    pace = 0.0 if figure.home == "fixed" or not gait.stride else speed
    x0 = mark.x if follow or not pace else mark.x - min(0.3 * b.width, pace * b.board.seconds / 2)
    jumps = figure.home == "water" and b.board.place != "underwater"
    floats, launching = figure.home in ("air", "surface", "water"), _launching(b, subject)

    def path(t: float) -> Stamp:
        pose = int((t / gait.seconds + start) * len(poses)) if len(poses) > 1 else 0
        sway = 0.02 * b.width * math.sin(0.55 * t + 2 * number) if follow and pace else 0.0
        bob = (0.012 if figure.home == "air" else 0.006) * b.unit * math.sin(1.2 * t + 1.9 * number) if floats else 0.0
        if launching:
            bob = -0.05 * b.unit * max(0.0, t - 0.8) ** 2
        if jumps:
            bob -= max(0.0, math.sin(1.3 * t + number)) * 0.2 * b.unit - 0.12 * b.unit
        return Stamp(x0 + pace * t + sway, mark.y + bob, pose)

    span = 0.0 if not pace or (follow and figure.home != "surface") else (figure.box[2] - left) * mark.size
    b.actors.append(Actor(poses, anchor, mark.z, path, span))
    if figure.shadow and not floats and not _playing(b, subject):
        _shadow(b, figure, mark, path, span)


def _shadow(b: Backdrop, figure: Figure, mark: _Mark, path: Callable[[float], Stamp], span: float) -> None:
    wide, tall = figure.shadow * mark.size * 1.25, mark.size * 0.065
    b.actors.append(Actor([b.sheet(shadow(wide, tall))], (wide * 1.3, tall * 1.6), mark.z + 0.004, path, span))


def shadow(wide: float, tall: float) -> npt.NDArray[np.uint8]:
    """Return the soft shadow of something on the ground, `wide` and `tall` being its half axes."""
    canvas = Canvas(max(4, int(wide * 2.6)), max(4, int(tall * 3.2)))
    for share in (1.0, 0.86, 0.7, 0.5):
        canvas.ellipse(canvas.width / 2, canvas.height / 2, wide * share, tall * share, (8.0, 8.0, 24.0), 0.16)
    canvas.blur(tall * 0.22)
    return canvas.pixels


def pose_of(
    b: Backdrop, figure: Figure, subject: Subject, action: str, size: float, number: int
) -> npt.NDArray[np.uint8]:
    """Return one picture of a cycle, `size` pixels being the subject's height."""
    pen = Pen(figure.box, size)
    pose = Pose(number / figure.poses, action, figure.own_colour(subject), b.palette, b.palette.lamps)
    figure.draw(pen, pose)
    return pen.finished(b.palette, from_left=b.sun[0] < b.width / 2, rim=figure.rim)


class _Cycle:
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
