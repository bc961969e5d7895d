"""Old China: a courtyard, a palace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places import land, peaks
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.sky import birds, clouds, sky


@dataclass(frozen=True, slots=True)
class _Trim:
    """The colours of tiles, of the wall around, and of the stone that halls stand on."""

    tiles: str
    wall: str
    stone: str


ROYAL = _Trim("d8a136", "b0392c", "e6dfd2")
PLAIN = _Trim("4f6470", "f1ece0", "c9c2b4")


def courtyard(b: Backdrop) -> None:
    """A hall with swung roofs behind a white wall, its gate round as the moon; flagstones, lanterns, a tree."""
    _yard(b, PLAIN)


def palace(b: Backdrop) -> None:
    """A palace under golden roofs, behind red walls."""
    _yard(b, ROYAL)


def _yard(b: Backdrop, trim: _Trim) -> None:
    u, foot = b.unit, b.height * 0.74
    b.horizon, b.ground = foot - u * 0.06, b.height * 0.9
    sky(b)
    clouds(b, 3, bottom=0.4)
    peaks.mountains(b, height=0.24, rows=2)
    canvas = b.canvas()
    for share, wide in ((0.3, 0.3), (0.98, 0.34)):
        _hall(canvas, b, (b.width * share, foot - u * 0.1), u * wide, trim, far=0.3)
    b.add(canvas, 3.2)
    wall = b.canvas()
    _garden_wall(wall, b, foot, trim)
    _hall(wall, b, (b.width * 0.62, foot), u * 0.4, trim)
    b.add(wall, 1.7)
    flagstones(b, foot - u * 0.005)
    near = b.canvas()
    for share in (0.12, 0.9, 1.3):
        _stone_lantern(near, b, b.width * share, foot + u * 0.07)
    kind = "blossom" if b.board.season == "spring" else "bare" if land.snowy(b) else "round"
    land.tree(near, b, b.rng("tree"), b.width * 0.02, foot + u * 0.1, u * 0.74, kind)
    b.add(near, 0.995)
    birds(b, 2, high=0.35)


def roof(canvas: Canvas, b: Backdrop, eaves: tuple[float, float], half: float, tall: float, tiles: Colour) -> None:
    """Paint a swung roof with its tiles; `eaves` is the middle of its lower edge, `half` its half width."""
    (x, y), share = eaves, np.linspace(0, 1, 14)
    out = half * (1 - 0.42 * share)
    up = tall * (share**1.5 + 0.22 * np.exp(-9 * share))
    right = np.stack([x + out, y - up], 1)
    left = np.stack([x - out, y - up], 1)
    low = [(x + half * 0.86, y), (x - half * 0.86, y)]
    canvas.polygon(np.concatenate([left, right[::-1], low]), tiles)
    for i in range(-9, 10):
        at = i / 10
        ribs = np.stack([x + out[1:-1] * at, y - (tall * share**1.5)[1:-1]], 1)
        canvas.limb(ribs, [half * 0.012] * len(ribs), mix(tiles, (0, 0, 0), 0.25), 0.6)
    canvas.polygon(
        [
            (x - half * 0.9, y),
            (x + half * 0.9, y),
            (x + half * 0.84, y + tall * 0.09),
            (x - half * 0.84, y + tall * 0.09),
        ],
        mix(tiles, (20, 10, 20), 0.55),
    )
    top = y - tall * 1.02
    crest = [
        (x - half * 0.66, top - tall * 0.14),
        (x - half * 0.56, top),
        (x + half * 0.56, top),
        (x + half * 0.66, top - tall * 0.14),
    ]
    canvas.limb(crest, [tall * 0.05, tall * 0.13, tall * 0.13, tall * 0.05], mix(tiles, (0, 0, 0), 0.3))


def lantern(canvas: Canvas, b: Backdrop, x: float, y: float, size: float) -> None:
    """Hang a red lantern below (x, y), lit when it is dark."""
    red = rgb("e8402f") if b.palette.lamps or b.board.time == "dusk" else b.palette.lit(rgb("cf3529"))
    canvas.limb([(x, y), (x, y + size * 0.5)], [size * 0.1] * 2, b.palette.lit(rgb("3a2a24")))
    if b.palette.lamps or b.board.time == "dusk":
        canvas.halo(x, y + size, size * 3.2, rgb("ff8a3c"), 0.6)
    canvas.ellipse(x, y + size, size * 0.62, size * 0.5, red)
    canvas.ellipse(x, y + size, size * 0.26, size * 0.5, mix(red, rgb("ffd27a"), 0.45))
    for dy in (0.52, 1.46):
        canvas.rect(x - size * 0.26, y + size * dy, size * 0.52, size * 0.1, b.palette.lit(rgb("d9a23c")))
    canvas.limb([(x, y + size * 1.55), (x, y + size * 2.1)], [size * 0.12, size * 0.05], b.palette.lit(rgb("d9a23c")))


def _hall(canvas: Canvas, b: Backdrop, spot: tuple[float, float], half: float, trim: _Trim, far: float = 0.0) -> None:
    """Paint a hall of `half` its width: a platform with steps, red columns, lattice, a roof over a roof."""
    (x, foot), p, u = spot, b.palette, half * 2
    red, stone, tiles = (p.lit(rgb(c), far) for c in ("a83a2c", trim.stone, trim.tiles))
    glow = rgb("ffd08a") if p.lamps or b.board.time == "dusk" else p.lit(rgb("e8d3a4"), far)
    base, tall = foot - u * 0.07, u * 0.3
    canvas.rect(x - half * 1.04, base, half * 2.08, u * 0.075, stone)
    canvas.rect(x - half * 1.07, base, half * 2.14, u * 0.014, mix(stone, (255, 255, 255), 0.3))
    canvas.rect(x - half * 0.86, base - tall, half * 1.72, tall, mix(red, (30, 10, 10), 0.45))
    for i in range(7):
        left = x - half * 0.8 + half * 1.6 * i / 7 + half * 0.03
        wide = half * 1.6 / 7 - half * 0.06
        canvas.rect(left, base - tall * 0.8, wide, tall * 0.5, glow)
        canvas.rect(left, base - tall * 0.26, wide, tall * 0.24, mix(red, (0, 0, 0), 0.15))
        for k in range(1, 4):
            canvas.rect(left + wide * k / 4, base - tall * 0.8, u * 0.0035, tall * 0.5, mix(red, (0, 0, 0), 0.35))
            canvas.rect(left, base - tall * (0.8 - 0.125 * k), wide, u * 0.0035, mix(red, (0, 0, 0), 0.35))
    for i in range(8):
        at = x - half * 0.8 + half * 1.6 * i / 7
        canvas.limb([(at, base), (at, base - tall)], [u * 0.019, u * 0.017], red)
        canvas.ellipse(at, base, u * 0.014, u * 0.006, mix(stone, (0, 0, 0), 0.2))
    canvas.rect(x - half * 0.9, base - tall * 1.04, half * 1.8, tall * 0.13, p.lit(rgb("3f7a78"), far))
    canvas.rect(x - half * 0.9, base - tall * 0.93, half * 1.8, u * 0.006, p.lit(rgb("d9a23c"), far))
    canvas.rect(x - half * 0.62, base - tall * 1.76, half * 1.24, tall * 0.6, mix(red, (30, 10, 10), 0.3))
    roof(canvas, b, (x, base - tall * 0.98), half * 1.2, tall * 0.62, tiles)
    roof(canvas, b, (x, base - tall * 1.76), half * 0.86, tall * 0.56, tiles)
    for i in range(4):
        step = base + u * 0.075 * i / 4
        canvas.rect(
            x - half * (0.2 + 0.03 * i),
            step,
            half * (0.4 + 0.06 * i),
            u * 0.02,
            mix(stone, (255, 255, 255), 0.3 - 0.12 * i),
        )
    if not far:
        for at in (-0.57, -0.34, 0.34, 0.57):
            lantern(canvas, b, x + half * at, base - tall * 0.9, u * 0.026)


def _garden_wall(canvas: Canvas, b: Backdrop, foot: float, trim: _Trim) -> None:
    """Paint the wall under its tiles, with lattice windows and round gates."""
    p, u = b.palette, b.unit
    white, tiles, top = p.lit(rgb(trim.wall)), mix(p.lit(rgb(trim.tiles)), (0, 0, 0), 0.2), foot - u * 0.26
    canvas.rect(0, top, b.period, u * 0.26, white)
    canvas.shade(top, foot, p.lit(rgb("8f8a86")), 0.0, 0.35)
    canvas.rect(0, foot - u * 0.02, b.period, u * 0.02, p.lit(rgb("8d8a86")))
    count = max(20, round(b.period / (u * 0.028)))
    canvas.rect(0, top - u * 0.012, b.period, u * 0.03, tiles)
    for i in range(count):
        canvas.ellipse(
            b.period * (i + 0.5) / count, top + u * 0.014, u * 0.009, u * 0.008, mix(tiles, (255, 255, 255), 0.16)
        )
    canvas.limb([(0, top - u * 0.014), (b.period, top - u * 0.014)], [u * 0.014] * 2, mix(tiles, (0, 0, 0), 0.3))
    for share in (0.2, 1.12):
        x, r = b.width * share, u * 0.105
        canvas.ellipse(x, foot - r * 1.02, r * 1.14, r * 1.14, p.lit(rgb("8d8a86")))
        canvas.ellipse(x, foot - r * 1.02, r, r, mix(p.land, p.far, 0.3))
        canvas.ellipse(x, foot - r * 1.3, r * 0.82, r * 0.6, mix(p.sky, p.horizon, 0.5))
        land.tree(canvas, b, b.rng("moon gate"), x + r * 0.2, foot - r * 0.3, r * 1.4, "round", depth=0.2)
        canvas.rect(x - r * 0.45, foot - r * 0.3, r * 0.9, r * 0.3, p.lit(rgb("b9b2a4")))


def _stone_lantern(canvas: Canvas, b: Backdrop, x: float, foot: float) -> None:
    p, u = b.palette, b.unit
    stone = p.lit(rgb("8f8c88"))
    canvas.polygon(
        [
            (x - u * 0.04, foot),
            (x + u * 0.04, foot),
            (x + u * 0.018, foot - u * 0.05),
            (x - u * 0.018, foot - u * 0.05),
        ],
        stone,
    )
    canvas.rect(x - u * 0.012, foot - u * 0.12, u * 0.024, u * 0.08, mix(stone, (0, 0, 0), 0.12))
    canvas.rect(x - u * 0.032, foot - u * 0.175, u * 0.064, u * 0.055, stone)
    lit = p.lamps or b.board.time == "dusk"
    if lit:
        canvas.halo(x, foot - u * 0.15, u * 0.12, rgb("ffb45a"), 0.6)
    canvas.rect(
        x - u * 0.018, foot - u * 0.165, u * 0.036, u * 0.036, rgb("ffd890") if lit else mix(stone, (0, 0, 0), 0.5)
    )
    canvas.polygon(
        [
            (x - u * 0.055, foot - u * 0.172),
            (x + u * 0.055, foot - u * 0.172),
            (x + u * 0.01, foot - u * 0.215),
            (x - u * 0.01, foot - u * 0.215),
        ],
        mix(stone, (0, 0, 0), 0.2),
    )
    canvas.ellipse(x, foot - u * 0.22, u * 0.011, u * 0.013, stone)


def flagstones(b: Backdrop, top: float) -> None:
    """Pave the ground from row `top` down."""
    p, u, rng = b.palette, b.unit, b.rng("flags")
    stone = p.lit(rgb("e9eef4" if land.snowy(b) else "b3aa9c"))
    canvas = land.ground_gradient(b, top, mix(stone, p.horizon, 0.2), mix(stone, (40, 34, 44), 0.28), 1.0)
    rows = 7
    for row in range(rows):
        y0, y1 = (top + (b.height - top) * (k / rows) ** 1.6 for k in (row, row + 1))
        canvas.rect(0, y0, b.period, u * 0.003, mix(stone, (0, 0, 0), 0.3), 0.6)
        count = max(4, round(b.period / (u * (0.12 + 0.05 * row))))
        for i in range(count):
            x = b.period * (i + 0.5 * (row % 2)) / count
            lean = u * 0.008 * (row + 1)
            canvas.polygon(
                [(x, y0), (x + u * 0.004, y0), (x + u * 0.004 - lean, y1), (x - lean, y1)],
                mix(stone, (0, 0, 0), 0.3),
                0.5,
            )
            if rng.random() < 0.3:
                wide = b.period / count
                canvas.polygon(
                    [(x, y0), (x + wide, y0), (x + wide - lean, y1), (x - lean, y1)], mix(stone, (50, 40, 40), 0.3), 0.3
                )
    b.add(canvas, 1.0)
