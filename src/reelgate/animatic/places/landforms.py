"""Unusual landforms: a volcano, terraced fields, a coast of cliffs."""

from __future__ import annotations

import math

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, ridge
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places import land, peaks, water
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.sky import birds, clouds, sky

_LAVA = rgb("ff6a24")


def volcano(b: Backdrop) -> None:
    """A cone that throws fire and smoke, lava down its side, black land before it."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.68
    sky(b)
    clouds(b, 3, bottom=0.3)
    peaks.mountains(b, height=0.22, rows=1, snow=False)
    x, top, half = b.width * 0.56, b.horizon - u * 0.44, u * 0.66
    _smoke(b, x, top)
    canvas = b.canvas()
    canvas.halo(x, top, u * 0.42, rgb("ff7a30"), 0.75)
    rock = mix(p.lit(rgb("4a3f45")), p.horizon, 0.12)
    at = np.linspace(-1, 1, 80)
    rough = (ridge(b.rng("cone"), 80, 4, sharp=0.4) - 0.5) * u * 0.02
    side = top + (b.horizon + u * 0.06 - top) * np.clip((np.abs(at) - 0.12) / 0.88, 0, 1) ** 0.72 + rough
    crater = np.where(np.abs(at) < 0.12, top + u * 0.018 * (1 - (np.abs(at) / 0.12) ** 2), side)
    outline = np.stack([x + at * half, crater], 1)
    canvas.polygon(np.concatenate([outline, [(x + half, b.horizon + u * 0.1), (x - half, b.horizon + u * 0.1)]]), rock)
    dark = at > 0 if b.sun[0] < b.width / 2 else at < 0
    canvas.polygon(np.concatenate([outline[dark], [(x, b.horizon + u * 0.1)]]), mix(rock, (8, 4, 20), 0.35), 0.7)
    canvas.ellipse(x, top + u * 0.006, half * 0.12, u * 0.014, _LAVA)
    _lava(canvas, b, x, top)
    b.add(canvas, 4.5)
    _fountain(b, x, top)
    for i, (z, drop) in enumerate(((2.6, 0.02), (1.6, 0.1))):
        land.hill(
            b, f"ash {i}", b.horizon + u * drop, u * 0.08, mix(p.lit(rgb("3a3338")), p.horizon, 0.16 - 0.1 * i), z
        )
    land.meadow(b, "ash", b.horizon + u * 0.18, p.lit(rgb("3f373a")), p.lit(rgb("1f1a1f")))
    cracks, rng = b.canvas(), b.rng("cracks")
    for _ in range(9):
        cx, cy = rng.uniform(0, b.period), b.horizon + u * rng.uniform(0.2, 0.3)
        line = [(cx + u * 0.05 * k, cy + u * rng.uniform(-0.012, 0.012)) for k in range(4)]
        cracks.halo(cx + u * 0.08, cy, u * 0.1, _LAVA, 0.3)
        cracks.limb(line, [u * 0.003, u * 0.009, u * 0.007, u * 0.002], rgb("ff9a3c"))
    b.add(cracks, 0.9995)


def _lava(canvas: Canvas, b: Backdrop, x: float, top: float) -> None:
    """Let streams of lava run down from the crater."""
    u, rng = b.unit, b.rng("lava")
    for start, reach in ((-0.05, 0.34), (0.01, 0.46), (0.06, 0.28)):
        steps = np.linspace(0, 1, 7)
        line = np.stack(
            [
                x + u * (start + (start * 3.2) * steps + 0.02 * np.sin(steps * 9 + rng.uniform(0, 6))),
                top + u * 0.012 + u * reach * steps,
            ],
            1,
        )
        wide = u * (0.012 + 0.018 * steps)
        canvas.limb(line, (wide * 2.2).tolist(), rgb("b8321c"), 0.75)
        canvas.limb(line, wide.tolist(), _LAVA)
        canvas.limb(line, (wide * 0.4).tolist(), rgb("ffd36a"))


def _fountain(b: Backdrop, x: float, top: float) -> None:
    """Throw glowing clots out of the crater, one after the other."""
    u, rng = b.unit, b.rng("clots")
    for i in range(16):
        size = u * rng.uniform(0.006, 0.013)
        clot = Canvas(max(8, int(size * 7)), max(8, int(size * 7)))
        clot.halo(size * 3.5, size * 3.5, size * 3.4, _LAVA, 0.7)
        clot.ellipse(size * 3.5, size * 3.5, size, size, rgb("ffdc84"))
        dx, high, start = u * rng.uniform(-0.2, 0.2), u * rng.uniform(0.12, 0.3), i / 16

        def path(t: float, dx: float = dx, high: float = high, start: float = start) -> Stamp:
            share = (0.55 * t + start) % 1.0
            y = top - high * 4 * share * (1 - share) + 0.08 * u * share * share
            return Stamp(x + dx * share, y, opacity=min(1.0, 5 * (1 - share)))

        b.sprite(clot.pixels, path, 4.45)


def _smoke(b: Backdrop, x: float, top: float) -> None:
    u, p = b.unit, b.palette
    for i in range(9):
        puff = Canvas(int(u * 0.3), int(u * 0.26))
        tone = mix(mix(rgb("5a4f58"), p.sky, 0.35), _LAVA, 0.16 * (i % 2))
        for dx, dy, r in ((0, 0, 0.3), (-0.16, 0.06, 0.22), (0.17, 0.04, 0.23), (0.02, -0.13, 0.22)):
            puff.ellipse(
                puff.width * (0.5 + dx), puff.height * (0.5 + dy), puff.width * r, puff.width * r * 0.8, tone, 0.8
            )
        puff.blur(u * 0.008)

        def path(t: float, i: int = i) -> Stamp:
            share = (0.09 * t + i / 9) % 1.0
            away = u * (0.26 * share**1.4 + 0.02 * math.sin(7 * share + i))
            return Stamp(
                x + away,
                top - u * 0.36 * share,
                scale=0.4 + 1.1 * share,
                opacity=min(1.0, 6 * share) * (1 - share) ** 0.6,
            )

        b.sprite(puff.pixels, path, 5.0)


def terraces(b: Backdrop) -> None:
    """Fields in steps up a slope, some under water that holds the sky."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.44
    sky(b)
    clouds(b, 4, bottom=0.5)
    peaks.mountains(b, height=0.26, rows=2, snow=False)
    steps = 9
    for step in range(steps):
        near = step / (steps - 1)
        rng, canvas = b.rng(f"terrace {step}"), b.canvas()
        top = b.horizon + u * (0.01 + 0.42 * near**1.25)
        swell = u * (0.03 + 0.07 * near)
        crest = top - (ridge(rng, b.period, 2) - 0.5) * swell
        lip = u * (0.007 + 0.02 * near)
        wet = step % 3 != 1
        green = mix(mix(p.land, p.leaf, 0.25 + 0.4 * (step % 2)), p.horizon, 0.4 * (1 - near))
        fill = mix(mix(p.horizon, p.sky, 0.35 + 0.3 * near), green, 0.12) if wet else green
        land.slope(canvas, crest - lip, mix(green, p.near, 0.3))
        land.slope(canvas, crest, mix(p.lit(rgb("7a5f3f")), green, 0.45))
        land.slope(canvas, crest + lip, fill)
        if wet:
            for _ in range(20):
                at = int(rng.uniform(0, b.period))
                canvas.ellipse(
                    at,
                    crest[at % b.period] + lip * rng.uniform(1.5, 4),
                    u * 0.05,
                    u * 0.002,
                    mix(fill, (255, 255, 255), 0.5),
                    0.6,
                )
        _seedlings(canvas, b, rng, crest + lip, near, mix(green, p.near, 0.35))
        b.add(canvas, 6.0 - 4.6 * near)
    land.meadow(b, "bank", b.height * 0.83, mix(p.land, p.near, 0.35), p.near)
    land.foreground(b, mix(p.near, (0, 0, 0), 0.3), tall=0.09)
    if b.board.weather == "mist":
        land.mist(b, (b.horizon + u * 0.04, b.horizon + u * 0.16))
    birds(b, 3, high=0.6)


def _seedlings(
    canvas: Canvas, b: Backdrop, rng: np.random.Generator, crest: np.ndarray, near: float, colour: Colour
) -> None:
    u = b.unit
    count = int(90 * b.period / (2 * u))
    for x in rng.uniform(0, b.period, count):
        y, size = crest[int(x) % b.period] + u * rng.uniform(0.004, 0.014 + 0.04 * near), u * (0.005 + 0.014 * near)
        canvas.limb([(x, y), (x + size * rng.uniform(-0.4, 0.4), y - size)], [size * 0.3, size * 0.1], colour)


def cliffs(b: Backdrop) -> None:
    """A rocky coast: headland behind headland, surf at their feet, the sea below."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.42
    b.surface = b.horizon + (b.height - b.horizon) * 0.4
    sky(b)
    clouds(b, 4, bottom=0.6)
    water.sea(b, waves=5)
    for row, (z, left, reach, drop, tall) in enumerate(
        ((6.0, 0.62, 0.62, 0.03, 0.13), (3.6, 0.76, 0.56, 0.15, 0.25), (2.2, 0.92, 0.5, 0.32, 0.4))
    ):
        _headland(b, row, z, (b.width * left, b.horizon + u * drop), (u * reach, u * tall))
    _stacks(b, b.horizon + u * 0.2)
    near = b.canvas()
    top = b.height * 0.86 - (ridge(b.rng("edge"), b.period, 3) - 0.5) * u * 0.06
    land.slope(near, top, mix(p.near, p.land, 0.45))
    land.slope(near, top + u * 0.02, mix(p.near, p.land, 0.15))
    b.add(near, 1.0)
    b.ground = b.height * 0.93
    land.foreground(b, mix(p.near, (0, 0, 0), 0.3), tall=0.08, flowers=b.board.season in ("spring", "summer"))
    birds(b, 5, kind="gull")


def _headland(b: Backdrop, row: int, z: float, foot: tuple[float, float], size: tuple[float, float]) -> None:
    """Paint a wall of rock that falls from right to left into the sea."""
    p, u, rng, canvas = b.palette, b.unit, b.rng(f"headland {row}"), b.canvas()
    (x, y), (half, tall) = foot, size
    rock = mix(p.lit(rgb("8d7a6a")), p.horizon, 0.42 - 0.17 * row)
    at = np.linspace(0, 2 * half, 60)
    rise = np.clip(at / (half * 0.5), 0, 1) ** 0.35 * np.clip((2 * half - at) / (half * 0.3), 0, 1) ** 0.4
    top = y - tall * rise * (0.86 + 0.14 * ridge(rng, 60, 3))
    outline = np.concatenate([np.stack([x + at, top], 1), [(x + 2 * half, y), (x, y)]])
    canvas.ellipse(
        x + half, y + u * 0.006, half * 1.08, u * (0.01 + 0.008 * row), mix(p.lit(rgb("ffffff")), p.sea, 0.3), 0.8
    )
    canvas.polygon(outline, rock)
    for k in rng.integers(3, 56, 16):
        long = float(y - top[k])
        block = [
            (x + at[k], top[k] + long * 0.06),
            (x + at[k] + half * 0.05, top[k] + long * 0.1),
            (x + at[k] + half * 0.03, y),
            (x + at[k] - half * 0.06, y),
        ]
        tone = (255.0, 246.0, 230.0) if rng.random() < 0.4 else (24.0, 16.0, 40.0)
        canvas.polygon(block, mix(rock, tone, rng.uniform(0.1, 0.24)))
    turf = np.concatenate([np.stack([x + at, top], 1), np.stack([x + at, top + u * 0.012 + 0.1 * (y - top)], 1)[::-1]])
    canvas.polygon(turf, mix(p.leaf, p.horizon, 0.38 - 0.16 * row))
    canvas.shade(y - tall, y, p.deep, 0.0, 0.3)
    b.add(canvas, z)


def _stacks(b: Backdrop, y: float) -> None:
    """Stand rocks in the surf, foam about them."""
    p, u, rng, canvas = b.palette, b.unit, b.rng("stacks"), b.canvas()
    for share, size in ((0.16, 0.07), (0.26, 0.12), (0.36, 0.05), (1.2, 0.09)):
        x, foot, tall = b.width * share, y + u * rng.uniform(0, 0.06), u * size
        rock = mix(p.lit(rgb("7d6c60")), p.horizon, 0.2)
        canvas.ellipse(x, foot + u * 0.003, tall * 0.85, tall * 0.11, mix(p.lit(rgb("ffffff")), p.sea, 0.2), 0.85)
        points = [(-0.6, 0), (-0.44, -0.7), (-0.2, -1.3), (0.08, -1.45), (0.3, -0.9), (0.5, -0.5), (0.6, 0)]
        canvas.polygon([(x + dx * tall, foot + dy * tall) for dx, dy in points], rock)
        shade = [(0.08, -1.45), (0.3, -0.9), (0.5, -0.5), (0.6, 0), (0.1, 0)]
        canvas.polygon([(x + dx * tall, foot + dy * tall) for dx, dy in shade], mix(rock, (20, 12, 40), 0.28))
    b.add(canvas, 3.0)
