"""The Great Wall."""

from __future__ import annotations

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, ridge
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places import land, peaks
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.old_china import flagstones
from reelgate.animatic.places.sky import birds, clouds, sky


def great_wall(b: Backdrop) -> None:
    """On top of the Great Wall, which winds over ridge after ridge."""
    p, u = b.palette, b.unit
    b.horizon, b.ground = b.height * 0.58, b.height * 0.92
    sky(b)
    clouds(b, 4, bottom=0.4)
    peaks.mountains(b, height=0.34, rows=2, snow=b.board.season == "winter")
    for row, (z, drop, swell, size) in enumerate(
        ((6.0, -0.02, 0.2, 0.022), (3.6, 0.1, 0.24, 0.042), (2.0, 0.24, 0.26, 0.075))
    ):
        rng, canvas = b.rng(f"ridge {row}"), b.canvas()
        crest = b.horizon + u * (drop - swell * (ridge(rng, b.period, 3) - 0.5))
        slope = mix(mix(p.leaf, p.land, 0.5), p.horizon, 0.5 - 0.2 * row)
        for x in rng.uniform(0, b.period, 16):
            land.tree(canvas, b, rng, x, crest[int(x)] + u * size, u * size * 1.3, "round", depth=0.45 - 0.18 * row)
        land.slope(canvas, crest, slope)
        _wall_along(canvas, b, crest, u * size, 0.42 - 0.17 * row)
        canvas.shade(float(crest.min()), b.height * 0.95, mix(slope, p.near, 0.6), 0.0, 0.7)
        b.add(canvas, z)
    _rampart(b)
    birds(b, 3, high=0.4)


def _wall_along(canvas: Canvas, b: Backdrop, crest: np.ndarray, size: float, depth: float) -> None:
    """Paint the wall on a crest, `size` pixels high, with a watchtower on each height."""
    stone = b.palette.lit(rgb("b3a48c"), depth)
    x = np.arange(len(crest), dtype=float)
    step = max(4.0, size * 0.36)
    teeth = np.where(np.floor(x / step) % 2 == 0, size * 0.2, 0.0)
    canvas.polygon(
        np.concatenate([np.stack([x, crest - size - teeth], 1), np.stack([x, crest + size * 0.3], 1)[::-1]]), stone
    )
    canvas.polygon(
        np.concatenate([np.stack([x, crest - size * 0.3], 1), np.stack([x, crest + size * 0.3], 1)[::-1]]),
        mix(stone, (60, 40, 40), 0.2),
    )
    for at in peaks.summits(crest, len(crest) // 7):
        _watchtower(canvas, (at, float(crest[at]) + size * 0.3), size * 1.5, stone)


def _watchtower(canvas: Canvas, foot: tuple[float, float], size: float, stone: Colour) -> None:
    x, y = foot
    canvas.polygon(
        [
            (x - size * 0.62, y),
            (x + size * 0.62, y),
            (x + size * 0.54, y - size * 1.5),
            (x - size * 0.54, y - size * 1.5),
        ],
        stone,
    )
    canvas.polygon(
        [
            (x + size * 0.16, y),
            (x + size * 0.62, y),
            (x + size * 0.54, y - size * 1.5),
            (x + size * 0.16, y - size * 1.5),
        ],
        mix(stone, (30, 20, 50), 0.2),
    )
    canvas.rect(x - size * 0.64, y - size * 1.56, size * 1.28, size * 0.12, mix(stone, (255, 255, 255), 0.16))
    for k in range(5):
        canvas.rect(x - size * 0.62 + size * 0.26 * k, y - size * 1.74, size * 0.17, size * 0.2, stone)
    for dx in (-0.3, 0.0, 0.3):
        canvas.rect(x + size * (dx - 0.07), y - size * 1.2, size * 0.14, size * 0.28, mix(stone, (20, 10, 20), 0.6))


def _rampart(b: Backdrop) -> None:
    """Pave the top of the wall that subjects stand on, its parapet behind them."""
    p, u, canvas = b.palette, b.unit, b.canvas()
    stone, top = p.lit(rgb("a89a84")), b.height * 0.84
    tooth = b.period / max(6, round(b.period / (u * 0.17)))
    for i in range(round(b.period / tooth)):
        canvas.rect(i * tooth, top - u * 0.13, tooth * 0.58, u * 0.06, stone)
        canvas.rect(i * tooth + tooth * 0.22, top - u * 0.045, tooth * 0.12, u * 0.03, mix(stone, (20, 10, 20), 0.5))
        canvas.rect(i * tooth, top - u * 0.134, tooth * 0.58, u * 0.012, mix(stone, (255, 255, 255), 0.22))
    canvas.rect(0, top - u * 0.075, b.period, u * 0.085, stone)
    for row in range(4):
        y = top - u * 0.075 + u * 0.021 * row
        canvas.rect(0, y, b.period, u * 0.002, mix(stone, (30, 20, 20), 0.35))
        for i in range(round(b.period / tooth) * 2):
            canvas.rect((i + 0.5 * (row % 2)) * tooth / 2, y, u * 0.002, u * 0.021, mix(stone, (30, 20, 20), 0.35))
    b.add(canvas, 1.06)
    flagstones(b, top)
