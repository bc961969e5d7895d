"""Animals' coats: stripes, spots, patches, wool and humps on the trunk and the neck."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

from reelgate.animatic.drawing.palette import mix
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.proportions import Build

Line: TypeAlias = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
"""From the hip by the back's middle to the shoulder, or from the shoulder by the neck's middle to the poll."""

UNDER_LIMBS = frozenset({"panda", "camel", "scutes"})
"""Marks that the near legs are drawn over."""

_DARK, _RUST = "2b2a30", "8a4f24"


def coat_marks(pen: Pen, build: Build, trunk: Line, pose: Pose) -> None:
    """Paint what marks the trunk."""
    marks = _MARKS.get(build.extra)
    if marks:
        marks(pen, trunk, pose)


def neck_marks(pen: Pen, build: Build, neck: Line, pose: Pose) -> None:
    """Paint the part of the coat along the neck."""
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
    (ax, ay), (mx, my), (bx, by) = line
    x, y = ax + (bx - ax) * share, ay + (by - ay) * share
    bent = 4 * share * (1 - share)
    return x + (mx - (ax + bx) / 2) * bent, y + (my - (ay + by) / 2) * bent + dy


def _stripes(pen: Pen, trunk: Line, pose: Pose) -> None:
    tone = mix(pose.lit(_DARK), pose.lit(pose.colour), 0.15)
    for i in range(9):
        x, y = _along(trunk, -0.1 + i / 7)
        long = 0.12 + 0.05 * (i % 2)
        pen.tube([(x - 0.01, y - 0.16), (x + 0.04, y - 0.03), (x - 0.01, y + long)], [0.03, 0.04, 0.006], tone)


def _zebra(pen: Pen, trunk: Line, pose: Pose) -> None:
    for i in range(13):
        x, y = _along(trunk, -0.14 + i / 10.5)
        lean = 0.05 * (i - 6) / 6
        pen.tube([(x - lean, y - 0.17), (x + 0.03, y), (x + lean, y + 0.17)], [0.035, 0.04, 0.012], pose.lit(_DARK))


def _spots(pen: Pen, trunk: Line, pose: Pose) -> None:
    dark, tone = mix(pose.lit(_DARK), pose.lit(pose.colour), 0.15), mix(pose.lit(pose.colour), pose.lit(_RUST), 0.55)
    for i in range(12):
        for row, dy in enumerate((-0.11, -0.02, 0.07, 0.16)):
            x, y = _along(trunk, -0.05 + (i + 0.5 * (row % 2)) / 11, dy)
            pen.oval(x, y, 0.034, 0.028, dark)
            pen.oval(x + 0.006, y, 0.017, 0.013, tone)


def _mosaic(pen: Pen, trunk: Line, pose: Pose) -> None:
    tone = pose.lit(_RUST)
    for i in range(7):
        for row, dy in enumerate((-0.1, 0.03, 0.15)):
            x, y = _along(trunk, -0.14 + (i + 0.5 * (row % 2)) / 5, dy)
            pen.blob([(x - 0.07, y), (x - 0.02, y - 0.06), (x + 0.06, y - 0.03), (x + 0.04, y + 0.06)], tone)


def _patches(pen: Pen, trunk: Line, pose: Pose) -> None:
    for share, dy, size in ((-0.05, -0.06, 0.2), (0.42, 0.08, 0.2), (0.6, -0.12, 0.17), (0.98, 0.0, 0.16)):
        x, y = _along(trunk, share, dy)
        patch = [(x - size, y), (x - size * 0.2, y - size * 0.7), (x + size, y - 0.02), (x, y + size * 0.7)]
        pen.blob(patch, pose.lit(_DARK))


def _wool(pen: Pen, trunk: Line, pose: Pose) -> None:
    wool = pose.lit(pose.colour)
    for row, dy in enumerate((0.2, 0.06, -0.08, -0.2)):
        for i in range(9):
            x, y = _along(trunk, -0.2 + (i + 0.5 * (row % 2)) / 6.2, dy)
            pen.oval(x, y + 0.02, 0.135, 0.12, mix(wool, pose.lit("8a86a0"), 0.28))
            pen.oval(x, y, 0.13, 0.112, wool)


def _panda(pen: Pen, trunk: Line, pose: Pose) -> None:
    x, y = trunk[2]
    pen.limb([(x - 0.02, y - 0.14), (x + 0.02, y + 0.2)], [0.26, 0.3], pose.lit(_DARK))


def _camel(pen: Pen, trunk: Line, pose: Pose) -> None:
    for share in (0.3, 0.68):
        x, y = _along(trunk, share, -0.12)
        hump = [(x - 0.2, y + 0.04), (x - 0.05, y - 0.3), (x + 0.08, y - 0.28), (x + 0.2, y + 0.04)]
        pen.blob(hump, pose.lit(pose.colour))


def _tabby(pen: Pen, trunk: Line, pose: Pose) -> None:
    """Draw stripes that fade down the flanks."""
    tone = mix(pose.lit(pose.colour), pose.lit("6a3a1c"), 0.34)
    for i in range(6):
        x, y = _along(trunk, 0.02 + i / 5.4, -0.03)
        pen.tube([(x, y - 0.13), (x + 0.04, y - 0.05), (x + 0.02, y + 0.04)], [0.03, 0.035, 0.006], tone)


def _spines(pen: Pen, trunk: Line, pose: Pose) -> None:
    """Draw a dome of spines, the hindmost ones first."""
    (x, y), dark = _along(trunk, 0.45, 0.04), mix(pose.lit(pose.colour), pose.lit("20161a"), 0.4)
    pen.oval(x, y, 0.66, 0.5, dark)
    for ring in range(5):
        for i in range(17):
            turn = math.pi * (0.06 + 0.055 * (i + 0.5 * (ring % 2))) + 0.02 * pose.swing(i / 17)
            far, dx, dy = 1.0 - 0.17 * ring, -math.cos(turn), -math.sin(turn)
            foot, tip = (x + 0.62 * far * dx, y + 0.46 * far * dy), (x + 0.8 * far * dx - 0.06, y + 0.66 * far * dy)
            tone = mix(pose.lit(pose.colour), pose.lit("f0dcb8"), 0.15 + 0.2 * ((i + ring) % 3))
            pen.limb([foot, tip], [0.055, 0.008], tone)


def _scutes(pen: Pen, trunk: Line, pose: Pose) -> None:
    tone = mix(pose.lit(pose.colour), pose.lit(_DARK), 0.35)
    for i in range(15):
        x, y = _along(trunk, -0.1 + i / 12.5, -0.3)
        pen.polygon([(x - 0.08, y + 0.05), (x - 0.01, y - 0.08), (x + 0.07, y + 0.05)], tone)
        if i % 2:
            pen.oval(x, y + 0.22, 0.07, 0.035, tone, 0.5)


_MARKS: dict[str, Callable[[Pen, Line, Pose], None]] = {
    "stripes": _stripes, "zebra": _zebra, "spots": _spots, "mosaic": _mosaic, "patches": _patches, "wool": _wool,
    "panda": _panda, "camel": _camel, "tabby": _tabby, "spines": _spines, "scutes": _scutes,
}  # fmt: skip
