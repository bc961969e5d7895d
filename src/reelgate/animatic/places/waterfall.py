"""A waterfall."""

from __future__ import annotations

import math

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, ridge
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places import land, peaks, water
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.rivers import rocks
from reelgate.animatic.places.sky import birds, clouds, sky


def waterfall(b: Backdrop) -> None:
    """A fall between cliffs, its pool, spray, and leaves all around."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.64
    b.surface = b.height * 0.74
    middle, lip, pool = b.width * 0.56, b.height * 0.14, b.horizon + u * 0.03
    sky(b)
    clouds(b, 3, bottom=0.3)
    peaks.mountains(b, height=0.5, rows=1)
    _cliff(b, middle, lip, pool)
    _fall(b, middle, lip, pool)
    water.lake(b, pool, float(b.height), peaks=0)
    _spray(b, middle, pool)
    rocks(b, middle, pool)
    bank = b.canvas()
    top = b.height * 0.9 - (ridge(b.rng("bank"), b.period, 2) - 0.5) * u * 0.06
    outline = np.concatenate(
        [np.stack([np.arange(b.period, dtype=float), top], 1), [(b.period, b.height), (0, b.height)]]
    )
    bank.polygon(outline, mix(p.near, p.land, 0.35))
    b.add(bank, 1.0)
    b.ground = b.height * 0.93
    land.foreground(b, mix(p.near, (0, 0, 0), 0.35), tall=0.16)
    birds(b, 3)


_CLIFF = 4.0


def _cliff(b: Backdrop, middle: float, lip: float, pool: float) -> None:
    """Paint a wall of rock with a notch for the water, trees on its top."""
    p, u, rng, canvas = b.palette, b.unit, b.rng("cliff"), b.canvas()
    rock = mix(p.lit(rgb("6f6a66")), p.horizon, 0.12)
    x = np.arange(b.period, dtype=float)
    away = np.abs((x - middle + b.period / 2) % b.period - b.period / 2)
    top = (
        lip - u * 0.05 + (ridge(rng, b.period, 5, sharp=0.5) - 0.5) * u * 0.12 - np.clip(u * 0.04 - away * 0.1, 0, None)
    )
    top = np.where(away < u * 0.1, lip, top)
    for i in range(0, b.period, max(1, int(u * 0.08))):
        if away[i] > u * 0.16:
            land.tree(
                canvas, b, rng, float(i), float(top[i]) + u * 0.02, u * rng.uniform(0.1, 0.17), "round", depth=0.2
            )
    canvas.polygon(np.concatenate([np.stack([x, top], 1), [(b.period, pool + 4), (0, pool + 4)]]), rock)
    for _ in range(int(34 * b.period / u)):
        cx, start = rng.uniform(0, b.period), rng.uniform(0, 0.7)
        cy = float(top[int(cx) % b.period]) * (1 - start) + pool * start
        wide, long = u * rng.uniform(0.02, 0.06), (pool - lip) * rng.uniform(0.15, 0.4)
        tone = (255.0, 246.0, 226.0) if rng.random() < 0.4 else (16.0, 14.0, 28.0)
        buttress = [(cx, cy), (cx + wide * 0.6, cy + long * 0.12), (cx + wide, cy + long), (cx - wide * 0.3, cy + long)]
        canvas.polygon(buttress, mix(rock, tone, rng.uniform(0.06, 0.2)))
    for ledge in (0.22, 0.45, 0.7):
        _ledge(canvas, b, away, lip + (pool - lip) * ledge)
    _hanging(canvas, b, top, away)
    canvas.shade(lip, pool, p.deep, 0.0, 0.25)
    b.add(canvas, _CLIFF)


def _ledge(canvas: Canvas, b: Backdrop, away: np.ndarray, row: float) -> None:
    """Grow bushes along a ledge of the rock, away from the water."""
    p, u, rng = b.palette, b.unit, b.rng(f"ledge {row:.0f}")
    for x in rng.uniform(0, b.period, int(26 * b.period / (2 * u))):
        if away[int(x)] > u * 0.15:
            size, y = u * rng.uniform(0.018, 0.05), row + u * rng.uniform(-0.025, 0.025)
            green = mix(p.leaf, (10, 24, 20), rng.uniform(0, 0.4))
            canvas.ellipse(x, y + size * 0.3, size * 1.1, size * 0.5, mix(green, (0, 0, 0), 0.3))
            canvas.ellipse(x, y, size, size * 0.55, green)
            canvas.ellipse(x - size * 0.2, y - size * 0.12, size * 0.55, size * 0.3, mix(green, p.sun, 0.16))


def _hanging(canvas: Canvas, b: Backdrop, top: np.ndarray, away: np.ndarray) -> None:
    """Let creepers hang from the top of the rock."""
    p, u, rng = b.palette, b.unit, b.rng("creepers")
    for x in rng.uniform(0, b.period, int(60 * b.period / (2 * u))):
        if away[int(x)] > u * 0.12:
            y, long = float(top[int(x)]), u * rng.uniform(0.04, 0.2)
            sway = u * rng.uniform(-0.015, 0.015)
            line = [(x, y - u * 0.01), (x + sway, y + long * 0.5), (x + sway * 1.6, y + long)]
            canvas.limb(line, [u * 0.02, u * 0.012, u * 0.003], mix(p.leaf, (10, 24, 20), rng.uniform(0.05, 0.45)))


def _fall(b: Backdrop, middle: float, lip: float, pool: float) -> None:
    """Paint the falling water: a pale sheet, and streaks that run down it without end."""
    p, u = b.palette, b.unit
    wide, tall = u * 0.2, pool - lip
    white = mix(p.lit(rgb("f4faff")), p.sky, 0.15)
    sheet = Canvas(int(wide * 1.4), int(tall) + 4)
    centre = sheet.width / 2
    edge = [
        (centre + side * wide * (0.42 + 0.1 * y), y * tall)
        for side, y in ((-1, 0), (-1, 0.5), (-1, 1), (1, 1), (1, 0.5), (1, 0))
    ]
    sheet.polygon(edge, mix(white, p.sea, 0.3), 0.96)
    rng = b.rng("fall")
    for _ in range(26):
        x = centre + wide * rng.uniform(-0.42, 0.42)
        sheet.limb(
            [(x, 0), (x + wide * rng.uniform(-0.06, 0.06), tall)],
            [u * 0.004, u * 0.012],
            mix(white, p.sea, rng.uniform(0, 0.5)),
            0.5,
        )
    sheet.blur(u * 0.002)
    z = _CLIFF - 0.01
    b.sprite(sheet.pixels, lambda t: Stamp(middle, lip + tall / 2), z)
    for _ in range(22):
        streak = Canvas(max(6, int(u * 0.024)), max(8, int(tall * 0.3)))
        streak.ellipse(
            streak.width / 2, streak.height / 2, streak.width * 0.3, streak.height * 0.46, (255, 255, 255), 0.75
        )
        streak.blur(u * 0.003)
        dx, start, speed = wide * rng.uniform(-0.4, 0.4), rng.uniform(0, 1), rng.uniform(0.5, 0.75)

        def path(t: float, dx: float = dx, start: float = start, speed: float = speed) -> Stamp:
            share = (start + speed * t) % 1.0
            y = lip + tall * (0.14 + 0.72 * share**1.3)
            return Stamp(middle + dx * (1 + 0.2 * share), y, opacity=0.8 * math.sin(math.pi * share))

        b.sprite(streak.pixels, path, z - 0.01)


def _spray(b: Backdrop, middle: float, pool: float) -> None:
    u, white = b.unit, mix(b.palette.lit(rgb("ffffff")), b.palette.horizon, 0.2)
    for i in range(8):
        puff = Canvas(int(u * 0.3), int(u * 0.16))
        puff.ellipse(puff.width / 2, puff.height / 2, puff.width * 0.3, puff.height * 0.26, white, 0.6)
        puff.blur(u * 0.014)

        def path(t: float, i: int = i) -> Stamp:
            share = (0.35 * t + i / 8) % 1.0
            x = middle + u * (0.2 * (i / 7 - 0.5) + 0.06 * (i - 3.5) / 3.5 * share)
            return Stamp(
                x, pool + u * 0.02 - u * 0.1 * share, scale=0.7 + 0.6 * share, opacity=math.sin(math.pi * share)
            )

        b.sprite(puff.pixels, path, _CLIFF - 0.1)
