"""A ballroom: tall windows between pilasters, drapes, chandeliers, parquet."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior
from reelgate.animatic.places.room import interior


def ballroom(b: Backdrop) -> None:
    """A hall in ivory and gold, lit by chandeliers, with room to dance."""
    interior(b, ("efe3c8", "e6dcd6", "dfe0d2"), _ballroom, wood="b8824c", rug="", view="")


def _ballroom(inside: Interior) -> None:
    b, u, wall, tone, floor = inside.b, inside.b.unit, inside.wall, inside.tone, inside.floor
    top = floor - u * 0.74
    wall.rect(0, 0, b.period, top, mix(inside.paint, rgb("fff8e8"), 0.35))
    wall.rect(0, floor - u * 0.12, b.period, u * 0.008, tone("d9b45c"))
    bays = max(3, round(b.period / (u * 0.56)))
    for i in range(bays):
        _window(inside, b.period * (i + 0.5) / bays)
    for i in range(bays):
        _pilaster(inside, b.period * i / bays, top)
    for share, tall in ((0.0, 0.04), (0.055, 0.012)):
        wall.rect(0, top + u * share, b.period, u * tall, tone("d9b45c"))
    for i in range(max(2, bays - 1)):
        _chandelier(inside, b.period * (i + 0.5) / max(2, bays - 1), top)


def _window(inside: Interior, x: float) -> None:
    b, u, wall, tone, p = inside.b, inside.b.unit, inside.wall, inside.tone, inside.b.palette
    half, foot, spring = u * 0.105, inside.floor - u * 0.12, inside.floor - u * 0.5
    for grow, colour in ((u * 0.018, tone("d9b45c")), (0.0, mix(p.zenith if p.lamps else p.sky, p.horizon, 0.35))):
        turns = [math.pi + math.pi * step / 24 for step in range(25)]
        arch = [(x + (half + grow) * math.cos(turn), spring + (half + grow) * math.sin(turn)) for turn in turns]
        wall.polygon([(x - half - grow, foot), *arch, (x + half + grow, foot)], colour)
    wall.polygon(
        [
            (x - half, foot),
            (x - half, foot - u * 0.09),
            (x, foot - u * 0.13),
            (x + half, foot - u * 0.07),
            (x + half, foot),
        ],
        mix(p.land, p.horizon, 0.4),
    )
    wall.rect(x - u * 0.005, spring - half, u * 0.01, foot - spring + half, tone("fbf4e4"))
    for row in range(3):
        wall.rect(x - half, spring + (foot - spring) * row / 3, half * 2, u * 0.008, tone("fbf4e4"))
    cloth = tone("8f2f3c")
    for side in (-1, 1):
        edge = x + side * (half + u * 0.035)
        wall.polygon(
            [
                (edge, spring - half - u * 0.03),
                (x + side * u * 0.02, spring - half - u * 0.03),
                (edge - side * u * 0.055, spring + u * 0.12),
                (edge - side * u * 0.06, inside.floor - u * 0.03),
                (edge + side * u * 0.012, inside.floor - u * 0.03),
            ],
            cloth,
        )
        wall.rect(
            edge - (u * 0.062 if side > 0 else -u * 0.002), spring + u * 0.115, u * 0.06, u * 0.014, tone("e6c06a")
        )
    wall.rect(
        x - half - u * 0.05, spring - half - u * 0.045, 2 * half + u * 0.1, u * 0.03, mix(cloth, (40, 0, 10), 0.25)
    )
    if p.lamps or b.board.time == "dusk":
        return
    wall.glow(x, (spring + foot) / 2, u * 0.3, mix(p.sun, (255, 255, 255), 0.5), 0.25)


def _pilaster(inside: Interior, x: float, top: float) -> None:
    u, wall, tone, floor = inside.b.unit, inside.wall, inside.tone, inside.floor
    wall.rect(x - u * 0.035, top, u * 0.07, floor - top, tone("fbf5e8"))
    for groove in (-0.016, 0.004, 0.022):
        wall.rect(x + u * groove, top + u * 0.09, u * 0.005, floor - top - u * 0.15, tone("e0d3b8"))
    wall.rect(x - u * 0.048, top + u * 0.05, u * 0.096, u * 0.03, tone("d9b45c"))
    wall.rect(x - u * 0.048, floor - u * 0.06, u * 0.096, u * 0.06, tone("efe4cc"))


def _chandelier(inside: Interior, x: float, top: float) -> None:
    u, wall, tone = inside.b.unit, inside.wall, inside.tone
    y = max(top + u * 0.16, u * 0.14)
    wall.limb([(x, 0), (x, y - u * 0.04)], [u * 0.004, u * 0.004], tone("c9a24c"))
    wall.glow(x, y, u * 0.36, rgb("ffe3a4"), 0.5)
    for wide, down in ((0.13, 0.0), (0.08, -0.04)):
        wall.ellipse(x, y + u * down, u * wide, u * 0.014, tone("d9b45c"))
        lights = 7 if wide > 0.1 else 5
        for k in range(lights):
            at = x + u * wide * (2 * k / (lights - 1) - 1) * 0.94
            wall.rect(at - u * 0.005, y + u * (down - 0.032), u * 0.01, u * 0.026, rgb("fffaf0"))
            wall.ellipse(at, y + u * (down - 0.04), u * 0.006, u * 0.011, rgb("fff0b8"))
            wall.ellipse(at, y + u * (down + 0.024), u * 0.005, u * 0.011, mix(tone("ffffff"), rgb("cfe6f0"), 0.4), 0.8)
    wall.ellipse(x, y + u * 0.03, u * 0.02, u * 0.026, mix(tone("ffffff"), rgb("cfe6f0"), 0.4), 0.85)
