"""A steam train: a locomotive that puffs, its coupled wheels, its tender and two coaches."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.subjects.base import Figure, Pen, Pose
from reelgate.animatic.subjects.vehicles import rolling, slab, wheel

_DRIVING = (0.95, 1.37, 1.79)
_RADIUS, _CRANK = 0.2, 0.1
"""The size of the driving wheels, which turn once in a cycle, and how far off the middle their rod is held."""

_PUFFS = 9


def _steam_train(pen: Pen, pose: Pose) -> None:
    _smoke(pen, pose)
    pen.rect(-3.3, -0.04, 6.0, 0.03, pose.lit("6b6470"))
    for x in (-3.26, -1.72):
        _coach(pen, pose, x)
    _tender(pen, pose)
    _engine(pen, pose)
    _wheels(pen, pose)


def _smoke(pen: Pen, pose: Pose) -> None:
    """Draw the puffs, one a cycle: each rises, grows and is left behind by the train."""
    for i in reversed(range(_PUFFS)):
        age = (i + pose.phase) / _PUFFS
        x, y, radius = 2.2 - 2.9 * age**1.2, -1.06 - 0.4 * math.sqrt(age), 0.07 + 0.17 * age
        tone = pose.lit(mix(rgb("c9ccd2"), rgb("f6f7f8"), min(1.0, age * 2)))
        for dx, dy, share in ((0.0, 0.0, 1.0), (-0.8, 0.3, 0.8), (0.7, 0.25, 0.7), (0.1, -0.5, 0.7)):
            pen.oval(x + dx * radius, y + dy * radius, radius * share, radius * share * 0.9, tone, 0.55 * (1 - age))


def _coach(pen: Pen, pose: Pose, x: float) -> None:
    wood, dark = pose.lit("7d3328"), pose.lit("23242c")
    glass = rgb("ffe3a0") if pose.lamps else pose.lit("33485f")
    pen.rect(x - 0.06, -0.27, 1.54, 0.08, dark)
    slab(pen, x, -0.8, 1.46, 0.56, wood, 0.03)
    pen.rect(x, -0.44, 1.46, 0.03, pose.lit("d8b45a"))
    for i in range(5):
        slab(pen, x + 0.1 + 0.265 * i, -0.71, 0.2, 0.22, glass, 0.03)
    slab(pen, x - 0.04, -0.87, 1.54, 0.09, dark, 0.04)
    for axle in (0.24, 0.48, 0.98, 1.22):
        wheel(pen, pose, x + axle, -0.13, 0.1, 8)


def _tender(pen: Pen, pose: Pose) -> None:
    coal, paint = pose.lit("1c1c22"), pose.lit(pose.colour)
    pen.blob([(-0.14, -0.66), (0.02, -0.76), (0.2, -0.84), (0.38, -0.78), (0.5, -0.64)], coal)
    pen.rect(-0.28, -0.28, 0.9, 0.08, pose.lit("23242c"))
    slab(pen, -0.18, -0.68, 0.7, 0.42, paint, 0.03)
    pen.rect(-0.13, -0.62, 0.6, 0.02, pose.lit("d8b45a"))
    for axle in (-0.04, 0.18, 0.4):
        wheel(pen, pose, axle, -0.13, 0.1, 8)


def _engine(pen: Pen, pose: Pose) -> None:
    paint, dark, brass = pose.lit(pose.colour), pose.lit("23242c"), pose.lit("d8b45a")
    pen.polygon([(2.1, -0.7), (2.12, -0.94), (2.07, -1.05), (2.33, -1.05), (2.28, -0.94), (2.3, -0.7)], dark)
    pen.limb([(2.08, -1.05), (2.32, -1.05)], [0.035, 0.035], brass)
    pen.blob([(1.52, -0.74), (1.55, -0.88), (1.64, -0.93), (1.73, -0.88), (1.76, -0.74)], brass)
    pen.blob([(1.24, -0.74), (1.27, -0.84), (1.34, -0.87), (1.41, -0.84), (1.44, -0.74)], paint)
    pen.rect(0.58, -0.36, 1.9, 0.09, dark)
    slab(pen, 0.98, -0.78, 1.4, 0.42, paint, 0.05)
    slab(pen, 2.08, -0.8, 0.36, 0.46, dark, 0.06)
    for x in (1.2, 1.62, 2.04):
        pen.rect(x, -0.78, 0.025, 0.42, brass)
    pen.rect(0.6, -0.94, 0.46, 0.62, paint)
    slab(pen, 0.68, -0.84, 0.28, 0.22, rgb("ffb45a") if pose.lamps else pose.lit("33485f"), 0.04)
    slab(pen, 0.5, -1.01, 0.64, 0.09, dark, 0.04)
    pen.polygon([(2.4, -0.26), (2.68, -0.06), (2.34, -0.06)], pose.lit("b8342c"))
    pen.rect(2.4, -0.38, 0.08, 0.13, pose.lit("b8342c"))
    pen.oval(2.47, -0.62, 0.06, 0.07, rgb("fff3c4") if pose.lamps else pose.lit("f4f0e0"))
    if pose.lamps:
        pen.halo(2.47, -0.62, 0.5, rgb("ffe9a8"), 0.5)
        pen.halo(0.82, -0.72, 0.4, rgb("ff9a3c"), 0.4)


def _wheels(pen: Pen, pose: Pose) -> None:
    """Draw the wheels of the engine, the rod that couples them, and the one that the piston drives them with."""
    red, steel, dark = pose.lit("b8342c"), pose.lit("c3c9d2"), pose.lit("1e1f26")
    turn = 2 * math.pi * pose.phase
    for x in (2.1, 2.34):
        wheel(pen, pose, x, -0.12, 0.1, 8)
    for x in _DRIVING:
        pen.oval(x, -_RADIUS, _RADIUS, _RADIUS, dark)
        pen.oval(x, -_RADIUS, _RADIUS * 0.8, _RADIUS * 0.8, mix(dark, red, 0.25))
        for spoke in range(8):
            angle = turn + math.pi / 4 * spoke
            tip = (x + _RADIUS * 0.85 * math.cos(angle), _RADIUS * (0.85 * math.sin(angle) - 1))
            pen.limb([(x, -_RADIUS), tip], [0.035, 0.03], red)
        pen.oval(x, -_RADIUS, 0.05, 0.05, red)
    slab(pen, 1.98, -0.34, 0.34, 0.17, dark, 0.04)
    dx, dy = _CRANK * math.cos(turn), _CRANK * math.sin(turn)
    pins = [(x + dx, dy - _RADIUS) for x in _DRIVING]
    pen.limb([(1.98 + dx, -0.25), (2.05, -0.25)], [0.03, 0.03], steel)
    pen.limb([pins[1], (1.98 + dx, -0.25)], [0.035, 0.03], mix(steel, dark, 0.25))
    pen.limb(pins, [0.045] * 3, steel)
    for x, y in pins:
        pen.oval(x, y, 0.03, 0.03, mix(steel, dark, 0.4))


STEAM = {
    "steam_train": Figure(
        _steam_train, 0.28, (-3.35, -1.8, 3.0, 0.05), rgb("2f5a46"), "road",
        {"drive": rolling(0.6, _RADIUS, 4)}, 12, shadow=0.0, metres=3.5,
    ),
}  # fmt: skip
