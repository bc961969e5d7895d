"""A corridor with doors and seats."""

from __future__ import annotations

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior
from reelgate.animatic.places.room import interior
from reelgate.animatic.places.streetscape import glyph


def corridor(b: Backdrop) -> None:
    """Doors along a bright corridor with a shining floor."""
    interior(b, ("e2ebe8", "e6e9f0", "ece8de"), _corridor, wood="b7c4c8", view="", planks=False)


def _corridor(inside: Interior) -> None:
    b, u, wall, tone, floor = inside.b, inside.b.unit, inside.wall, inside.tone, inside.floor
    wall.rect(0, 0, b.period, u * 0.05, tone("f4f6f6"))
    lamps = max(2, round(b.period / (u * 0.6)))
    for i in range(lamps):
        x = b.period * (i + 0.5) / lamps
        wall.glow(x, u * 0.05, u * 0.4, rgb("fffdf0"), 0.35)
        wall.rect(x - u * 0.13, u * 0.03, u * 0.26, u * 0.028, rgb("fffef4"))
    wall.rect(0, floor - u * 0.22, b.period, u * 0.2, mix(tone("5f9f98"), inside.paint, 0.35))
    wall.rect(0, floor - u * 0.235, b.period, u * 0.022, tone("3f7f7a"))
    doors = max(2, round(b.period / (u * 0.72)))
    for i in range(doors):
        _door(inside, b.period * (i + 0.42) / doors, i)
    for share in (0.1, 0.62, 1.14):
        _row_of_seats(inside, b.width * share)


def _door(inside: Interior, x: float, number: int) -> None:
    u, wall, tone, floor = inside.b.unit, inside.wall, inside.tone, inside.floor
    wall.rect(x - u * 0.14, floor - u * 0.53, u * 0.28, u * 0.53, tone("8fa3a6"))
    for side in (-1, 1):
        left = x + (0 if side > 0 else -u * 0.125) + side * u * 0.002
        wall.rect(left, floor - u * 0.515, u * 0.123, u * 0.51, tone("d8e4e2"))
        wall.rect(left + u * 0.03, floor - u * 0.44, u * 0.062, u * 0.15, tone("9fc4cf"))
        wall.rect(left + u * 0.012, floor - u * 0.2, u * 0.1, u * 0.03, tone("b4c4c4"))
    wall.rect(x - u * 0.07, floor - u * 0.6, u * 0.14, u * 0.05, tone(("3f7fae", "c8504a", "4c9a6a")[number % 3]))
    if number % 3 == 1:
        wall.rect(x - u * 0.006, floor - u * 0.592, u * 0.012, u * 0.034, rgb("ffffff"))
        wall.rect(x - u * 0.017, floor - u * 0.581, u * 0.034, u * 0.012, rgb("ffffff"))
    else:
        for k in range(4):
            glyph(
                wall,
                inside.b.rng(f"door {number} {k}"),
                x - u * 0.05 + u * 0.026 * k,
                floor - u * 0.586,
                u * 0.018,
                rgb("ffffff"),
            )


def _row_of_seats(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.035
    front.rect(x - u * 0.17, foot - u * 0.075, u * 0.34, u * 0.012, tone("6a7478"))
    for dx in (-0.14, 0.14):
        front.rect(x + u * dx, foot - u * 0.07, u * 0.014, u * 0.07, tone("6a7478"))
    for k in range(3):
        left = x - u * 0.16 + u * 0.112 * k
        front.rect(left, foot - u * 0.22, u * 0.096, u * 0.1, tone("4f8fae"))
        front.rect(left, foot - u * 0.1, u * 0.096, u * 0.026, tone("3f7896"))
