"""A village, a farm."""

from __future__ import annotations

import math

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places import land
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.nature import country
from reelgate.animatic.places.sky import birds

_WALLS = ("f0e4cf", "e3cfae", "d9dccf", "ecd0bd", "cfd8dc")
_ROOFS = ("9a4a3c", "7a4a38", "6b5560", "b0603c", "4f5f6f")


def village(b: Backdrop) -> None:
    """Cottages on both sides of a lane, smoke over their roofs."""
    p, u = b.palette, b.unit
    country(b)
    land.hill(b, "far", b.horizon, u * 0.08, mix(p.land, p.far, 0.45), 5.0, trees="round")
    for row, (z, drop, size, count) in enumerate(((3.2, 0.07, 0.16, 7), (1.8, 0.15, 0.26, 5))):
        foot = b.horizon + u * drop
        land.hill(b, f"lane {row}", foot - u * 0.015, u * 0.02, mix(p.land, p.near, 0.1 + 0.2 * row), z + 0.05)
        _cottages(b, row, z, foot, size * u, count)
    land.meadow(b, "green", b.horizon + u * 0.17, mix(p.land, p.near, 0.3), p.near)
    _lane(b, b.ground - u * 0.05, b.ground + u * 0.055)
    _fence(b, b.horizon + u * 0.21)
    land.foreground(b, mix(p.near, (0, 0, 0), 0.3), tall=0.07, flowers=not land.snowy(b))
    birds(b, 2)


def _cottages(b: Backdrop, row: int, z: float, foot: float, size: float, count: int) -> None:
    rng, canvas = b.rng(f"cottages {row}"), b.canvas()
    depth = 0.3 - 0.18 * row
    for i in range(count):
        x = b.period * (i + rng.uniform(0.25, 0.75)) / count
        if rng.random() < 0.7:
            side = rng.choice([-1, 1])
            land.tree(canvas, b, rng, x + side * size * 0.95, foot, size * rng.uniform(0.8, 1.2), "round", depth=depth)
        _cottage(canvas, b, rng, (x, foot), size * rng.uniform(0.85, 1.1), depth)
        if row and i % 2:
            _smoke(b, x + size * 0.24, foot - size * 0.98, size, z)
    b.add(canvas, z)


def _cottage(
    canvas: Canvas, b: Backdrop, rng: np.random.Generator, spot: tuple[float, float], size: float, depth: float
) -> None:
    (x, foot), p = spot, b.palette
    wall = p.lit(rgb(str(rng.choice(_WALLS))), depth)
    roof = p.lit(rgb("eef2f6" if land.snowy(b) else str(rng.choice(_ROOFS))), depth)
    pane = rgb("ffd27a") if p.lamps or b.board.time == "dusk" else p.lit(rgb("6f9fc0"), depth)
    half = size * 0.5
    canvas.rect(x + half * 0.4, foot - size * 0.98, size * 0.1, size * 0.3, mix(wall, (90, 60, 50), 0.4))
    canvas.rect(x - half, foot - size * 0.52, size, size * 0.54, wall)
    canvas.rect(x + half * 0.3, foot - size * 0.52, half * 0.7, size * 0.54, mix(wall, (30, 20, 60), 0.12))
    canvas.polygon(
        [(x + half * dx, foot - size * dy) for dx, dy in ((-1.16, 0.48), (1.16, 0.48), (0.8, 0.92), (-0.8, 0.92))],
        roof,
    )  # fmt: skip
    for i in range(1, 4):
        y = foot - size * (0.48 + 0.11 * i)
        canvas.rect(
            x - half * 1.1 + half * 0.09 * i, y, half * (2.2 - 0.18 * i), size * 0.012, mix(roof, (0, 0, 0), 0.2)
        )
    canvas.rect(x - size * 0.07, foot - size * 0.32, size * 0.15, size * 0.34, p.lit(rgb("6b4630"), depth))
    for dx in (-0.36, 0.2):
        canvas.rect(
            x + size * dx - size * 0.012, foot - size * 0.4, size * 0.184, size * 0.184, mix(wall, (255, 255, 255), 0.5)
        )
        canvas.rect(x + size * dx, foot - size * 0.388, size * 0.16, size * 0.16, pane)
        canvas.rect(
            x + size * (dx + 0.073), foot - size * 0.388, size * 0.014, size * 0.16, mix(wall, (255, 255, 255), 0.5)
        )


def _smoke(b: Backdrop, x: float, y: float, size: float, z: float) -> None:
    """Let puffs rise from a chimney, one after the other."""
    colour = mix(b.palette.cloud, b.palette.sky, 0.4)
    for i in range(5):
        puff = Canvas(max(8, int(size * 0.5)), max(8, int(size * 0.5)))
        puff.ellipse(puff.width / 2, puff.height / 2, puff.width * 0.3, puff.height * 0.24, colour, 0.7)
        puff.blur(size * 0.035)

        def path(t: float, i: int = i) -> Stamp:
            share = (t * 0.16 + i / 5) % 1.0
            away = size * (0.5 * share * share + 0.04 * math.sin(6 * share + i))
            return Stamp(
                x + away, y - size * 0.75 * share, scale=0.35 + 0.8 * share, opacity=0.75 * math.sin(math.pi * share)
            )

        b.sprite(puff.pixels, path, z - 0.01)


def _lane(b: Backdrop, top: float, bottom: float) -> None:
    p, rng, canvas = b.palette, b.rng("lane"), b.canvas()
    sand = p.lit(rgb("cfd6e0" if land.snowy(b) else "cdb088"))
    x = np.arange(b.period, dtype=float)
    sway = np.sin(x / b.period * 4 * np.pi) * b.unit * 0.012
    upper, lower = np.stack([x, top + sway], 1), np.stack([x, bottom + sway * 1.5], 1)[::-1]
    canvas.polygon(np.concatenate([upper, lower]), sand)
    for _ in range(60):
        at, y = rng.uniform(0, b.period), rng.uniform(top + b.unit * 0.02, bottom - b.unit * 0.015)
        canvas.ellipse(at, y, b.unit * rng.uniform(0.01, 0.05), b.unit * 0.003, mix(sand, (70, 50, 30), 0.3), 0.5)
    b.add(canvas, 0.9999)


def _fence(b: Backdrop, foot: float) -> None:
    canvas, u = b.canvas(), b.unit
    wood = b.palette.lit(rgb("e6ddcc"))
    count = max(8, round(b.period / (u * 0.11)))
    for y in (0.022, 0.045):
        canvas.rect(0, foot - u * y, b.period, u * 0.006, mix(wood, (0, 0, 0), 0.12))
    for i in range(count):
        canvas.rect(b.period * i / count, foot - u * 0.06, u * 0.011, u * 0.065, wood)
    b.add(canvas, 1.3)


def farm(b: Backdrop) -> None:
    """Ripe fields, a red barn with its silo, bales of hay."""
    p, u = b.palette, b.unit
    country(b)
    wheat = p.lit(rgb("e0b24f")) if b.board.season != "winter" else p.land
    land.hill(b, "far", b.horizon, u * 0.08, mix(p.land, p.far, 0.4), 5.0, trees="round")
    land.hill(b, "mid", b.horizon + u * 0.07, u * 0.03, mix(wheat, p.land, 0.3), 3.0)
    _barns(b, b.horizon + u * 0.1)
    _rows(b, b.horizon + u * 0.12, wheat)
    land.meadow(b, "near", b.ground - u * 0.09, mix(p.land, wheat, 0.25), mix(p.near, p.land, 0.2))
    _bales(b, b.ground - u * 0.1)
    if b.board.season == "winter":
        land.foreground(b, mix(mix(p.near, wheat, 0.3), (0, 0, 0), 0.3), tall=0.09)
    else:
        _ears(b, mix(wheat, p.near, 0.2))
    birds(b, 3)


def _barns(b: Backdrop, foot: float) -> None:
    p, u, canvas = b.palette, b.unit, b.canvas()
    red, white = p.lit(rgb("a83a32"), 0.1), p.lit(rgb("efe8dc"), 0.1)
    for share in (0.16, 0.62):
        x, size = b.period * share, u * 0.24
        canvas.limb(
            [(x + size * 0.85, foot - size * 0.05), (x + size * 0.85, foot - size * 0.95)],
            [size * 0.3, size * 0.3],
            p.lit(rgb("b9c0c6"), 0.12),
        )
        roof = [(-0.6, -0.55), (-0.38, -0.86), (0.0, -1.0), (0.38, -0.86), (0.6, -0.55)]
        canvas.polygon([(x + dx * size, foot + dy * size) for dx, dy in [(-0.55, 0), *roof, (0.55, 0)]], red)
        canvas.limb(
            [(x + dx * size, foot + dy * size) for dx, dy in roof], [size * 0.05] * 5, p.lit(rgb("5f4a48"), 0.1)
        )
        canvas.rect(x - size * 0.2, foot - size * 0.42, size * 0.4, size * 0.42, white)
        canvas.rect(x - size * 0.17, foot - size * 0.39, size * 0.34, size * 0.39, mix(red, (0, 0, 0), 0.25))
        for a, c in ((-1, 1), (1, -1)):
            canvas.limb(
                [(x + a * size * 0.17, foot - size * 0.39), (x + c * size * 0.17, foot)], [size * 0.03] * 2, white
            )
        canvas.rect(x - size * 0.08, foot - size * 0.76, size * 0.16, size * 0.16, rgb("ffd27a") if p.lamps else white)
    b.add(canvas, 2.6)


def _rows(b: Backdrop, top: float, wheat: Colour) -> None:
    """Paint rows of ripe corn, denser far away."""
    rng, canvas, u = b.rng("rows"), b.canvas(), b.unit
    canvas.rect(0, top, b.period, b.height - top, mix(wheat, b.palette.near, 0.15))
    for row in range(9):
        y, near = top + u * 0.3 * (row / 9) ** 1.5, row / 8
        for _ in range(90):
            x, tall = rng.uniform(0, b.period), u * (0.008 + 0.03 * near) * rng.uniform(0.7, 1.2)
            lean = tall * rng.uniform(-0.3, 0.4)
            tone = mix(wheat, (255, 240, 180) if rng.random() < 0.4 else (120, 80, 20), rng.uniform(0.05, 0.3))
            canvas.limb([(x, y + tall), (x + lean, y)], [u * 0.002 + tall * 0.06, u * 0.003 + tall * 0.12], tone)
    b.add(canvas, 1.6, wave=u * 0.003)


def _ears(b: Backdrop, wheat: Colour) -> None:
    """Let ripe ears stand close to the camera, swaying."""
    u = b.unit
    for row, z in ((0, 0.8), (1, 0.62)):
        rng, canvas = b.rng(f"ears {row}"), b.canvas()
        for x in rng.uniform(0, b.period, int(90 * b.period / (2 * u))):
            tall, y = u * rng.uniform(0.07, 0.15) * (0.8 + 0.3 * row), b.height + u * 0.01
            lean = tall * rng.uniform(-0.2, 0.35)
            tone = mix(wheat, (60, 36, 10), rng.uniform(0, 0.4))
            tip = (x + lean, y - tall)
            canvas.limb([(x, y), (x + lean * 0.4, y - tall * 0.6), tip], [u * 0.005, u * 0.004, u * 0.003], tone)
            head = [tip, (tip[0] + lean * 0.12, tip[1] - u * 0.016), (tip[0] + lean * 0.3, tip[1] - u * 0.036)]
            canvas.limb(head, [u * 0.006, u * 0.013, u * 0.004], mix(tone, (255, 236, 170), 0.25))
        b.add(canvas, z, wave=u * 0.006, phase=row * 1.7)


def _bales(b: Backdrop, foot: float) -> None:
    rng, canvas, u = b.rng("bales"), b.canvas(), b.unit
    hay = b.palette.lit(rgb("d9b25a"))
    for i in range(4):
        x, r = b.period * (i + rng.uniform(0.2, 0.8)) / 4, u * rng.uniform(0.045, 0.06)
        canvas.ellipse(x + r * 0.3, foot + r * 0.9, r * 1.7, r * 0.22, (20, 24, 10), 0.3)
        canvas.limb([(x, foot), (x + r * 0.9, foot)], [r * 2, r * 2], mix(hay, (90, 60, 20), 0.25))
        for share, tone in (
            (1.0, hay),
            (0.7, mix(hay, (110, 80, 30), 0.3)),
            (0.55, hay),
            (0.2, mix(hay, (110, 80, 30), 0.4)),
        ):
            canvas.ellipse(x, foot, r * share, r * share, tone)
    b.add(canvas, 1.02)
