"""A gym: a mirrored wall, racks of dumbbells, treadmills, a bench with its bar."""

from __future__ import annotations

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior
from reelgate.animatic.places.room import interior


def gym(b: Backdrop) -> None:
    """A room to train in, with a window on the city."""
    interior(b, ("d5d9dc", "cfd2d6", "dcd6cc"), _gym, wood="4a4f56", view="city", planks=False)


def _gym(inside: Interior) -> None:
    b, u, wall, tone, floor = inside.b, inside.b.unit, inside.wall, inside.tone, inside.floor
    left, right = -0.02 * b.width, inside.window[0] - u * 0.1
    wall.rect(0, floor - u * 0.66, b.period, u * 0.04, tone("e0522f"))
    wall.rect(left, floor - u * 0.58, right - left, u * 0.5, tone("8d979e"))
    panels = max(2, round((right - left) / (u * 0.32)))
    for i in range(panels):
        x, wide = left + (right - left) * i / panels, (right - left) / panels
        wall.rect(x + u * 0.006, floor - u * 0.574, wide - u * 0.012, u * 0.488, mix(tone("bfd3dc"), inside.paint, 0.3))
        for dx, share in ((0.2, 0.5), (0.46, 0.3)):
            streak = [(dx, 0.0), (dx + 0.16, 0.0), (dx - 0.06, 1.0), (dx - 0.22, 1.0)]
            points = [(x + wide * min(max(a, 0.03), 0.97), floor - u * (0.57 - 0.48 * d)) for a, d in streak]
            wall.polygon(points, (255, 255, 255), 0.3 * share)
    _rack(inside, b.width * 0.03)
    _treadmill(inside, b.width * 0.82)
    _treadmill(inside, b.width * 1.08)
    _balls(inside, b.width * 0.6)
    _bench(inside, b.width * 1.3)


def _rack(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.05
    for dx in (0.0, 0.54):
        front.polygon(
            [(x + u * dx, foot), (x + u * (dx + 0.03), foot), (x + u * (dx + 0.04), foot - u * 0.27),
             (x + u * (dx + 0.02), foot - u * 0.27)],
            tone("2c3036"),
        )  # fmt: skip
    for row in range(2):
        y = foot - u * (0.1 + 0.13 * row)
        front.rect(x - u * 0.01, y, u * 0.6, u * 0.016, tone("3d434b"))
        for k in range(4 + row):
            size, at = u * (0.036 - 0.008 * row), x + u * (0.05 + (0.13 - 0.025 * row) * k)
            front.rect(at, y - size * 0.75, size * 1.6, size * 0.3, tone("c9ced2"))
            for side in (-0.25, 1.35):
                front.rect(at + size * side, y - size * 1.3, size * 0.5, size * 1.3, tone("20242a"))
                front.rect(at + size * side, y - size * 0.8, size * 0.5, size * 0.2, tone("e0522f"))


def _treadmill(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.05
    front.polygon(
        [(x - u * 0.2, foot), (x + u * 0.17, foot), (x + u * 0.17, foot - u * 0.055), (x - u * 0.2, foot - u * 0.03)],
        tone("2c3036"),
    )
    front.polygon(
        [(x - u * 0.19, foot - u * 0.032), (x + u * 0.13, foot - u * 0.054), (x + u * 0.13, foot - u * 0.064),
         (x - u * 0.19, foot - u * 0.042)],
        tone("5b636b"),
    )  # fmt: skip
    front.limb(
        [(x + u * 0.14, foot - u * 0.04), (x + u * 0.17, foot - u * 0.34)], [u * 0.026, u * 0.022], tone("8d979e")
    )
    front.limb([(x + u * 0.16, foot - u * 0.24), (x + u * 0.03, foot - u * 0.22)], [u * 0.016] * 2, tone("3a4048"))
    front.polygon(
        [(x + u * dx, foot - u * dy) for dx, dy in ((0.11, 0.33), (0.2, 0.35), (0.22, 0.44), (0.14, 0.42))],
        tone("23272d"),
    )
    front.polygon(
        [(x + u * dx, foot - u * dy) for dx, dy in ((0.125, 0.345), (0.187, 0.36), (0.203, 0.425), (0.148, 0.41))],
        rgb("6fd8f0") if inside.dim else tone("8fdcec"),
    )


def _balls(inside: Interior, x: float) -> None:
    """Leave a ball and two kettlebells on the floor."""
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.04
    front.ellipse(x, foot - u * 0.085, u * 0.085, u * 0.085, tone("3f8fc4"))
    front.ellipse(x - u * 0.025, foot - u * 0.115, u * 0.026, u * 0.02, (255, 255, 255), 0.4)
    for dx, size in ((0.13, 0.034), (0.21, 0.028)):
        front.ellipse(x + u * dx, foot - u * size * 2.1, u * size * 0.85, u * size * 0.95, tone("20242a"))
        front.ellipse(
            x + u * dx, foot - u * size * 2.1, u * size * 0.5, u * size * 0.6, mix(inside.paint, (60, 60, 70), 0.3)
        )
        front.ellipse(x + u * dx, foot - u * size, u * size, u * size, tone("2c3036"))
        front.ellipse(x + u * dx, foot - u * size, u * size * 0.42, u * size * 0.42, tone("e0522f"))


def _bench(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.05
    for dx in (-0.14, 0.1):
        front.rect(x + u * dx, foot - u * 0.12, u * 0.02, u * 0.12, tone("3a4048"))
    front.rect(x - u * 0.18, foot - u * 0.15, u * 0.36, u * 0.036, tone("b8352c"))
    front.rect(x + u * 0.13, foot - u * 0.32, u * 0.018, u * 0.32, tone("8d979e"))
    front.rect(x - u * 0.07, foot - u * 0.328, u * 0.42, u * 0.012, tone("c9ced2"))
    for dx in (-0.06, -0.04, 0.32, 0.34):
        front.rect(x + u * dx, foot - u * 0.39, u * 0.016, u * 0.136, tone("20242a"))
