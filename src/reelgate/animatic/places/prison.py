"""A prison cell: brick, a barred window, a bunk, the bars of its front."""

from __future__ import annotations

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior
from reelgate.animatic.places.room import interior


def prison(b: Backdrop) -> None:
    """Grey brick under a bare bulb, and light from one small window."""
    interior(b, ("a9aaa6", "a3a8ad", "b0a79b"), _prison, wood="8f9296", view="", planks=False)


def _prison(inside: Interior) -> None:
    b, u = inside.b, inside.b.unit
    _bricks(inside)
    cells = max(2, round(b.period / (u * 1.15)))
    for i in range(cells):
        x = b.period * (i + 0.36) / cells
        _window(inside, x)
        _bunk(inside, x + u * 0.44)
        _bars(inside, b.period * i / cells - u * 0.2)
    inside.b.seat = (b.period * 0.36 / cells + u * 0.44, inside.floor + u * 0.06)


def _bricks(inside: Interior) -> None:
    b, u, wall, floor = inside.b, inside.b.unit, inside.wall, inside.floor
    rng, rows = b.rng("bricks"), max(6, round(floor / (u * 0.07)))
    tall, columns = floor / rows, max(6, round(b.period / (u * 0.17)))
    long = b.period / columns
    for row in range(rows):
        wall.rect(0, tall * row, b.period, u * 0.004, mix(inside.paint, (30, 30, 40), 0.3))
        for column in range(columns):
            x = long * (column + 0.5 * (row % 2))
            shade = mix(inside.paint, (40, 38, 50), rng.uniform(0, 0.13))
            wall.rect(x + u * 0.004, tall * row + u * 0.004, long - u * 0.004, tall - u * 0.004, shade)


def _window(inside: Interior, x: float) -> None:
    u, wall, tone, p = inside.b.unit, inside.wall, inside.tone, inside.b.palette
    y, wide, tall = inside.floor - u * 0.6, u * 0.2, u * 0.19
    wall.rect(x - wide / 2 - u * 0.02, y - u * 0.02, wide + u * 0.04, tall + u * 0.04, tone("6c7074"))
    for i in range(8):
        band = mix(p.zenith if p.lamps else p.sky, p.horizon, i / 7)
        wall.rect(x - wide / 2, y + tall * i / 8, wide, tall / 8 + 1, band)
    for i in range(1, 5):
        wall.rect(x - wide / 2 + wide * i / 5 - u * 0.006, y, u * 0.012, tall, tone("34383c"))
    wall.rect(x - wide / 2, y + tall * 0.5, wide, u * 0.01, tone("34383c"))
    if not p.lamps:
        wall.glow(x, y + tall / 2, u * 0.34, mix(p.sun, (255, 255, 255), 0.4), 0.3)


def _bunk(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.06
    for side in (-1, 1):
        front.rect(x + side * u * 0.24 - u * 0.01, foot - u * 0.46, u * 0.02, u * 0.46, tone("4a5056"))
    for level in (0.12, 0.38):
        front.rect(x - u * 0.25, foot - u * level, u * 0.5, u * 0.022, tone("4a5056"))
        front.rect(x - u * 0.23, foot - u * (level + 0.05), u * 0.46, u * 0.05, tone("c9c6ba"))
        front.rect(x - u * 0.05, foot - u * (level + 0.054), u * 0.28, u * 0.056, tone("6f7f5c"))
        front.ellipse(x - u * 0.17, foot - u * (level + 0.058), u * 0.06, u * 0.022, tone("ece9de"))


def _bars(inside: Interior, x: float) -> None:
    """Stand a stretch of the cell's front, with room to see beside it."""
    u, front, tone = inside.b.unit, inside.front, inside.tone
    foot = inside.floor + u * 0.11
    steel, shine = tone("3c4146"), mix(tone("3c4146"), rgb("ffffff"), 0.3)
    for i in range(5):
        left = x + u * 0.085 * i
        front.rect(left, 0, u * 0.018, foot, steel)
        front.rect(left + u * 0.004, 0, u * 0.004, foot, shine)
    for y in (inside.floor - u * 0.6, inside.floor - u * 0.26, foot - u * 0.014):
        front.rect(x - u * 0.012, y, u * 0.385, u * 0.024, steel)
