"""Stairs: a flight with its rail, along which those who are in the scene go up and down."""

from __future__ import annotations

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior
from reelgate.animatic.places.room import interior

_FOOT, _TOP, _SLOPE = 0.14, 0.96, 0.4
"""Where the flight begins and ends, in widths of the frame, and how steep it is."""


def stairs(b: Backdrop) -> None:
    """A stairwell whose flight rises to the right."""
    interior(b, ("e4ddcf", "d9dfe1", "e6dccb"), _stairs, wood="b9b2a6", view="", planks=False)
    left, right = b.width * _FOOT, b.width * _TOP

    def rise(x: float) -> float:
        return _SLOPE * (min(max(x, left), right) - left)

    b.rise = rise


def _stairs(inside: Interior) -> None:
    b, u, wall, tone = inside.b, inside.b.unit, inside.wall, inside.tone
    for share in (0.32, 1.22):
        _window(inside, b.width * share)
    wall.rect(0, inside.floor - u * 0.16, b.period, u * 0.16, mix(inside.paint, tone("7f8f86"), 0.5))
    _flight(inside)


def _window(inside: Interior, x: float) -> None:
    u, wall, p = inside.b.unit, inside.wall, inside.b.palette
    y, wide, tall = u * 0.06, u * 0.26, u * 0.24
    wall.rect(x - u * 0.02, y - u * 0.02, wide + u * 0.04, tall + u * 0.04, inside.tone("f7f2e8"))
    for i in range(8):
        band = mix(p.zenith if p.lamps else p.sky, p.horizon, i / 7)
        wall.rect(x, y + tall * i / 8, wide, tall / 8 + 1, band)
    wall.rect(x + wide / 2 - u * 0.006, y, u * 0.012, tall, inside.tone("f7f2e8"))
    wall.rect(x, y + tall / 2, wide, u * 0.012, inside.tone("f7f2e8"))
    if not p.lamps:
        wall.glow(x + wide / 2, y + tall / 2, u * 0.4, mix(p.sun, (255, 255, 255), 0.4), 0.25)


def _flight(inside: Interior) -> None:
    b, u, front, tone = inside.b, inside.b.unit, inside.front, inside.tone
    left, right, foot = b.width * _FOOT, b.width * _TOP, b.ground + b.unit * 0.045
    count = max(6, round((right - left) / (u * 0.09)))
    deep = (right - left) / count
    high, stone = deep * _SLOPE, tone("d8cfbf")
    end = left + b.period
    for i in range(count):
        x, y = left + deep * i, foot - high * (i + 0.5)
        wide = right + u * 0.3 - x
        front.rect(x, y, wide, b.height - y, mix(stone, (70, 60, 60), 0.16 + 0.04 * (i % 2)))
        front.rect(x, y, u * 0.006, high, mix(stone, (60, 50, 50), 0.42))
        front.rect(x - u * 0.008, y - u * 0.004, deep + u * 0.016, u * 0.018, mix(stone, (255, 255, 255), 0.35))
    top = foot - high * count
    front.rect(right, top, u * 0.3, u * 0.018, mix(stone, (255, 255, 255), 0.35))
    front.polygon(
        [(left + u * 0.1, foot + u * 0.1), (right, top + u * 0.17), (right + u * 0.3, top + u * 0.17),
         (right + u * 0.3, b.height), (left + u * 0.1, b.height)],
        mix(inside.paint, (60, 60, 70), 0.2),
    )  # fmt: skip
    rail, post = tone("6a4632"), tone("4a4f55")
    for i in range(count + 1):
        x = left + deep * (i + 0.5)
        y = foot - high * (min(i, count) + 0.5)
        front.rect(x - u * 0.005, y - u * 0.2, u * 0.01, u * 0.2, post)
    up = [(left - u * 0.02, foot - u * 0.19), (right + deep * 0.5, top - u * 0.2 - high * 0.5)]
    front.limb([*up, (min(right + u * 0.3, end), up[1][1])], [u * 0.024] * 3, rail)
    front.limb([(up[0][0], up[0][1]), (up[0][0], foot)], [u * 0.026, u * 0.03], rail)
    front.ellipse(up[0][0], up[0][1] - u * 0.012, u * 0.024, u * 0.024, mix(rail, rgb("ffffff"), 0.25))
