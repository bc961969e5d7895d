"""Animals' coats: stripes, spots, patches, wool and humps on the trunk and the neck."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from reelgate.animatic.palette import mix
from reelgate.animatic.rigs.base import Pen, Pose
from reelgate.animatic.rigs.build import Build

Line: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
"""From the hip to the shoulder, or from the shoulder to the poll."""

_DARK, _RUST = "2b2a30", "8a4f24"


def coat_marks(pen: Pen, build: Build, trunk: Line, pose: Pose) -> None:
    """Paint what marks the trunk."""
    marks = _MARKS.get(build.extra)
    if marks:
        marks(pen, trunk, pose)


def neck_marks(pen: Pen, build: Build, neck: Line, pose: Pose) -> None:
    """Paint what goes on along the neck."""
    if build.extra not in ("zebra", "mosaic"):
        return
    wide, tone = build.neck_width, pose.lit(_RUST if build.extra == "mosaic" else _DARK)
    for i in range(6):
        x, y = _along(neck, (i + 0.6) / 6.5)
        if build.extra == "zebra":
            pen.limb([(x - wide * 0.4, y - wide * 0.2), (x + wide * 0.35, y + wide * 0.3)], [0.03, 0.018], tone)
        else:
            pen.oval(x + wide * (0.2 if i % 2 else -0.2), y, wide * 0.26, wide * 0.24, tone)


def _along(line: Line, share: float, dy: float = 0.0) -> tuple[float, float]:
    (ax, ay), (bx, by) = line
    return ax + (bx - ax) * share, ay + (by - ay) * share + dy


def _stripes(pen: Pen, trunk: Line, pose: Pose, count: int = 7, fade: float = 0.25) -> None:
    tone = mix(pose.lit(_DARK), pose.lit(pose.colour), fade)
    for i in range(count):
        x, y = _along(trunk, (i + 0.5) / count)
        pen.limb([(x, y - 0.18), (x + 0.03, y - 0.02), (x - 0.01, y + 0.1)], [0.045, 0.035, 0.01], tone)


def _zebra(pen: Pen, trunk: Line, pose: Pose) -> None:
    _stripes(pen, trunk, pose, 11, 0.0)


def _spots(pen: Pen, trunk: Line, pose: Pose) -> None:
    tone = mix(pose.lit(_DARK), pose.lit(pose.colour), 0.15)
    for i in range(10):
        for row, dy in enumerate((-0.13, -0.03, 0.08)):
            x, y = _along(trunk, (i + 0.5 * (row % 2)) / 9.5 - 0.02, dy)
            pen.oval(x, y, 0.03, 0.025, tone)


def _mosaic(pen: Pen, trunk: Line, pose: Pose) -> None:
    tone = pose.lit(_RUST)
    for i in range(5):
        for row, dy in enumerate((-0.1, 0.05)):
            x, y = _along(trunk, (i + 0.5 * row) / 4.5, dy)
            pen.blob([(x - 0.07, y), (x - 0.02, y - 0.06), (x + 0.06, y - 0.03), (x + 0.04, y + 0.06)], tone)


def _patches(pen: Pen, trunk: Line, pose: Pose) -> None:
    for share, dy, size in ((0.05, -0.08, 0.15), (0.5, 0.04, 0.17), (0.62, -0.1, 0.14), (0.95, 0.02, 0.12)):
        x, y = _along(trunk, share, dy)
        patch = [(x - size, y), (x - size * 0.2, y - size * 0.7), (x + size, y - 0.02), (x, y + size * 0.7)]
        pen.blob(patch, pose.lit(_DARK))


def _wool(pen: Pen, trunk: Line, pose: Pose) -> None:
    for i in range(9):
        for dy in (-0.17, -0.02, 0.13):
            x, y = _along(trunk, i / 8, dy)
            pen.oval(x, y, 0.15, 0.13, pose.lit(pose.colour))


def _panda(pen: Pen, trunk: Line, pose: Pose) -> None:
    x, y = trunk[1]
    pen.limb([(x - 0.02, y - 0.14), (x + 0.02, y + 0.2)], [0.26, 0.3], pose.lit(_DARK))


def _camel(pen: Pen, trunk: Line, pose: Pose) -> None:
    for share in (0.3, 0.68):
        x, y = _along(trunk, share, -0.12)
        hump = [(x - 0.2, y + 0.04), (x - 0.05, y - 0.3), (x + 0.08, y - 0.28), (x + 0.2, y + 0.04)]
        pen.blob(hump, pose.lit(pose.colour))


_MARKS: dict[str, Callable[[Pen, Line, Pose], None]] = {
    "stripes": _stripes, "zebra": _zebra, "spots": _spots, "mosaic": _mosaic, "patches": _patches, "wool": _wool,
    "panda": _panda, "camel": _camel,
}  # fmt: skip
