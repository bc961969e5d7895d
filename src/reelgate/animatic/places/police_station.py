"""A police station: a desk under a badge, a board with wanted persons, the bars of a cell."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior
from reelgate.animatic.places.room import interior


def police_station(b: Backdrop) -> None:
    """The front room of a police station, in blue and white."""
    interior(b, ("e3e8ee", "dfe3e6", "e8e6df"), _station, wood="98a3ae", view="", planks=False)


def _station(inside: Interior) -> None:
    b, u, wall, tone, floor = inside.b, inside.b.unit, inside.wall, inside.tone, inside.floor
    wall.rect(0, floor - u * 0.2, b.period, u * 0.2, tone("2f5590"))
    wall.rect(0, floor - u * 0.212, b.period, u * 0.012, tone("f4f6f8"))
    for share in (0.3, 1.02):
        _badge(inside, b.width * share, floor - u * 0.49, u * 0.15)
        _desk(inside, b.width * share)
    for share in (0.04, 0.6):
        _wanted(inside, b.width * share)
    _cell(inside, b.width * 0.77)
    lamps = max(2, round(b.period / (u * 0.7)))
    for i in range(lamps):
        x = b.period * (i + 0.5) / lamps
        wall.glow(x, u * 0.03, u * 0.36, rgb("f4f8ff"), 0.35)
        wall.rect(x - u * 0.14, u * 0.018, u * 0.28, u * 0.022, rgb("fbfdff"))


def _star(x: float, y: float, size: float, points: int = 5) -> list[tuple[float, float]]:
    """Return the outline of a star."""
    turns = [math.pi * k / points - math.pi / 2 for k in range(2 * points)]
    return [
        (x + size * (1, 0.42)[k % 2] * math.cos(turn), y + size * (1, 0.42)[k % 2] * math.sin(turn))
        for k, turn in enumerate(turns)
    ]


def _badge(inside: Interior, x: float, y: float, size: float) -> None:
    canvas, colour = inside.wall, inside.tone
    shield = [
        (0.0, -1.0), (0.3, -0.84), (0.74, -0.86), (0.82, -0.2), (0.62, 0.46), (0.0, 1.0),
        (-0.62, 0.46), (-0.82, -0.2), (-0.74, -0.86), (-0.3, -0.84),
    ]  # fmt: skip
    layers: tuple[tuple[float, Colour], ...] = (
        (1.0, colour("b58a34")), (0.93, colour("f0c95c")), (0.8, colour("24457c")), (0.76, colour("2f5aa0")),
    )  # fmt: skip
    for grow, paint in layers:
        canvas.polygon([(x + size * grow * dx, y + size * grow * dy) for dx, dy in shield], paint)
    canvas.polygon(_star(x, y - size * 0.1, size * 0.44), colour("f6d469"))
    canvas.ellipse(x, y - size * 0.1, size * 0.12, size * 0.12, colour("2f5aa0"))
    canvas.limb(
        [(x - size * 0.36, y + size * 0.36), (x, y + size * 0.5), (x + size * 0.36, y + size * 0.36)],
        [size * 0.08] * 3,
        colour("f0c95c"),
    )


def _desk(inside: Interior, x: float) -> None:
    """Stand a high desk on the floor, with a screen, a telephone and a blue lamp."""
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.03
    left, wide, top = x - u * 0.36, u * 0.72, foot - u * 0.26
    front.rect(left, top, wide, u * 0.26, tone("6b5440"))
    for k in range(4):
        front.rect(left + u * (0.02 + 0.174 * k), top + u * 0.045, u * 0.158, u * 0.19, tone("7d6450"))
    front.rect(left - u * 0.015, top - u * 0.016, wide + u * 0.03, u * 0.032, tone("c9b08c"))
    front.rect(x - u * 0.27, top - u * 0.146, u * 0.17, u * 0.115, tone("2c333b"))
    front.rect(x - u * 0.19, top - u * 0.034, u * 0.02, u * 0.02, tone("2c333b"))
    front.rect(x + u * 0.02, top - u * 0.04, u * 0.1, u * 0.026, tone("3a3f48"))
    front.limb([(x + u * 0.025, top - u * 0.052), (x + u * 0.115, top - u * 0.052)], [u * 0.024] * 2, tone("2a2e35"))
    front.halo(x + u * 0.25, top - u * 0.07, u * 0.12, rgb("5a9bff"), 0.45)
    front.rect(x + u * 0.215, top - u * 0.03, u * 0.07, u * 0.016, tone("c9ced4"))
    front.polygon(
        [(x + u * dx, top + u * dy) for dx, dy in ((0.222, -0.03), (0.278, -0.03), (0.268, -0.1), (0.232, -0.1))],
        rgb("3f86ff"),
    )
    front.rect(x + u * 0.236, top - u * 0.09, u * 0.01, u * 0.05, rgb("b8d6ff"))


def _wanted(inside: Interior, x: float) -> None:
    """Hang a cork board with pictures of wanted persons and red threads between them."""
    u, wall, tone, y = inside.b.unit, inside.wall, inside.tone, inside.floor - inside.b.unit * 0.58
    rng = inside.b.rng(f"wanted {x:.0f}")
    wall.rect(x - u * 0.17, y, u * 0.34, u * 0.3, tone("6d4c34"))
    wall.rect(x - u * 0.156, y + u * 0.014, u * 0.312, u * 0.272, tone("c79a68"))
    pins = []
    for k in range(6):
        left, top = x - u * 0.146 + u * 0.1 * (k % 3), y + u * (0.03 + 0.13 * (k // 3)) + u * rng.uniform(0, 0.016)
        wall.rect(left, top, u * 0.082, u * 0.1, tone("f6f1e2"))
        middle, face = left + u * 0.041, mix(tone("e2b48c"), (90, 60, 40), rng.uniform(0, 0.3))
        wall.rect(left + u * 0.012, top + u * 0.012, u * 0.058, u * 0.056, tone("b9c4cc"))
        wall.ellipse(middle, top + u * 0.034, u * 0.017, u * 0.018, tone("3a2c26"))
        wall.ellipse(middle, top + u * 0.042, u * 0.014, u * 0.017, face)
        wall.rect(middle - u * 0.024, top + u * 0.058, u * 0.048, u * 0.01, tone(("3f5a6a", "6a3f3f")[k % 2]))
        for line in range(2):
            wall.rect(left + u * 0.012, top + u * (0.076 + 0.01 * line), u * 0.058, u * 0.004, tone("4a4a4a"))
        pins.append((middle, top + u * 0.005))
    for one, other in ((0, 4), (4, 2), (1, 3)):
        wall.limb([pins[one], pins[other]], [u * 0.003] * 2, tone("c8302c"))
    for pin in pins:
        wall.ellipse(*pin, u * 0.006, u * 0.006, tone("c8302c"))


def _cell(inside: Interior, x: float) -> None:
    u, wall, tone, floor = inside.b.unit, inside.wall, inside.tone, inside.floor
    top, wide = floor - u * 0.56, u * 0.36
    wall.rect(x, top, wide, u * 0.56, tone("575d64"))
    wall.rect(x + u * 0.02, floor - u * 0.16, wide - u * 0.04, u * 0.03, tone("8a7458"))
    wall.rect(x + u * 0.02, top + u * 0.02, wide - u * 0.04, u * 0.54, (20, 22, 30), 0.25)
    for k in range(8):
        left = x + (wide - u * 0.014) * k / 7
        wall.rect(left, top, u * 0.014, u * 0.56, tone("b4bcc4"))
        wall.rect(left + u * 0.009, top, u * 0.005, u * 0.56, tone("7c858d"))
    for y in (top, floor - u * 0.3, floor - u * 0.02):
        wall.rect(x - u * 0.012, y, wide + u * 0.024, u * 0.022, tone("9aa3ab"))
    wall.rect(x + wide * 0.43 - u * 0.02, floor - u * 0.32, u * 0.055, u * 0.07, tone("5b646b"))
