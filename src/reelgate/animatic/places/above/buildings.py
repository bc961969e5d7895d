"""Blocks of buildings and houses from above: roofs, and the side that faces the camera."""

from __future__ import annotations

import msgspec
import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.above.relief import NEAR, SHADOW, Free, Row
from reelgate.animatic.places.base import Backdrop


class Houses(msgspec.Struct, frozen=True):
    """What houses look like: the colours of their roofs and walls; `in_rows`, as wings about courtyards."""

    roofs: tuple[str, ...]
    wall: str = "efe6d6"
    in_rows: bool = False


COTTAGES = Houses(("b8543c", "c8703c", "9a4a3c", "8a8f98"))
WINGS = Houses(("5a6068", "4a5058"), in_rows=True)
HALLS = Houses(("d8a03c", "c8902c"), wall="a83c30", in_rows=True)


def blocks(b: Backdrop, below: Row | None = None, tall: float = 1.0) -> None:
    """Stand blocks of buildings in a grid of streets: roofs, and the side that faces the camera."""
    p, u, rng = b.palette, b.unit, b.rng("blocks")
    ground, tops = b.canvas(), b.canvas()
    rows, columns = 6, 10
    tones = [p.lit(rgb(tone)) for tone in ("c8c0b4", "a8b0ba", "b89a84", "d8d0c0", "8f9aa8", "c4a48c")]
    for row in range(-1, rows + 1):
        for column in range(columns):
            x = b.period * (column + 0.12) / columns
            y = b.height * (row + 0.9) / rows
            if below and y > below(x):
                continue
            wide, deep = b.period / columns * 0.7, b.height / rows * 0.42
            if not below and row in (3, 4) and 2 <= column <= 3:
                continue  # a square, for who is in the city
            high = tall * u * (0.05 + 0.16 * rng.random() ** 2.2)
            wall = tones[int(rng.integers(len(tones)))]
            cast = x + wide + 0.7 * high
            shade = [(x + wide, y), (cast, y + 0.2 * high), (cast, y - deep * 0.6), (x + wide, y - deep)]
            ground.polygon(shade, SHADOW, 0.32)
            tops.rect(x, y - high, wide, high, mix(wall, (0, 0, 0), 0.28))
            tops.rect(x, y - high - deep, wide, deep, mix(wall, (255, 255, 255), 0.12))
            tops.rect(x + 0.06 * wide, y - high - 0.92 * deep, 0.88 * wide, 0.84 * deep, wall)
            tops.rect(
                x + wide * rng.uniform(0.15, 0.5),
                y - high - deep * 0.7,
                0.25 * wide,
                0.3 * deep,
                mix(wall, (0, 0, 0), 0.2),
            )
            _windows(b, tops, (x, y, wide, high), wall, rng)
    b.add(ground, 1.0)
    b.add(tops, NEAR)


def _windows(
    b: Backdrop, tops: Canvas, box: tuple[float, float, float, float], wall: Colour, rng: np.random.Generator
) -> None:
    x, y, wide, high = box
    u, lamps = b.unit, b.palette.lamps
    glass = mix(wall, (40, 60, 90), 0.6)
    lit = rgb("ffd98a")
    for floor in range(max(1, int(high / (0.02 * u)))):
        for pane in range(5):
            tone = lit if lamps and rng.random() < 0.55 else glass
            tops.rect(
                x + wide * (0.08 + 0.18 * pane), y - high + 0.006 * u + 0.02 * u * floor, 0.11 * wide, 0.011 * u, tone
            )


def houses(b: Backdrop, count: int, free: Free | None = None, look: Houses = COTTAGES) -> None:
    """Stand houses with gabled roofs, the farther ones first."""
    p, u, rng = b.palette, b.unit, b.rng("houses")
    ground, tops = b.canvas(), b.canvas()
    if look.in_rows:  # wings about courtyards, in rows
        spots = [(b.period * (k + 0.5 * (row % 2)) / 16, b.height * row / 8) for row in range(1, 10) for k in range(16)]
    else:
        spots = [(rng.uniform(0, b.period), rng.uniform(0.08, 1.05) * b.height) for _ in range(count)]
    spots.sort(key=lambda spot: spot[1])
    for x, y in spots:
        if free and not free(x, y):
            continue
        w, d, h = rng.uniform(0.09, 0.13) * u, 0.05 * u, 0.035 * u
        roof, wall = p.lit(rgb(str(rng.choice(look.roofs)))), p.lit(rgb(look.wall))
        ground.polygon(
            [(x + w, y), (x + 1.35 * w, y - 0.1 * d), (x + 1.35 * w, y - d), (x + w, y - d - h)], SHADOW, 0.35
        )
        tops.rect(x, y - h, w, h, wall)
        for pane in (0.18, 0.62):
            tops.rect(
                x + pane * w,
                y - 0.72 * h,
                0.16 * w,
                0.4 * h,
                rgb("ffd98a") if p.lamps else mix(wall, (40, 50, 70), 0.6),
            )
        e = 0.1 * w
        eaves, crest = y - h, y - h - 0.55 * d
        tops.polygon([(x - e, eaves), (x + w + e, eaves), (x + w, crest), (x, crest)], roof)
        behind = [(x, crest), (x + w, crest), (x + w + 0.4 * e, y - h - d), (x - 0.4 * e, y - h - d)]
        tops.polygon(behind, mix(roof, (0, 0, 0), 0.25))
        for line in np.linspace(0.1, 0.9, 7):
            tops.limb(
                [(x + line * w, y - h - 0.55 * d), (x + (line * 1.2 - 0.1) * w, y - h)],
                [0.002 * u] * 2,
                mix(roof, (0, 0, 0), 0.2),
            )
    b.add(ground, 1.0)
    b.add(tops, NEAR)
