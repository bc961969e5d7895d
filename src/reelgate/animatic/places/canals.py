"""A town on a canal."""

from __future__ import annotations

import math

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places import peaks, water
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.old_china import lantern
from reelgate.animatic.places.sky import birds, clouds, sky


def water_town(b: Backdrop) -> None:
    """White houses with black roofs along a canal, an arched bridge, willows, lanterns in the water."""
    p, u = b.palette, b.unit
    shore = b.height * 0.6
    b.horizon = shore - u * 0.06
    b.surface = shore + (b.height - shore) * 0.42
    b.landmark = (b.width * 0.72, shore + u * 0.02)
    sky(b)
    clouds(b, 3, bottom=0.4)
    peaks.mountains(b, height=0.2, rows=1, snow=False)
    for row, (z, size) in enumerate(((5.0, 0.16), (3.4, 0.25))):
        canvas, rng, x = b.canvas(), b.rng(f"houses {row}"), 0.0
        while x < b.period - u * 0.08:
            wide = min(u * size * rng.uniform(0.9, 1.6), b.period - x)
            _white_house(
                canvas, b, rng, (x, shore + u * 0.012, wide, u * size * rng.uniform(0.75, 1.15)), 0.34 - 0.22 * row
            )
            x += wide + u * rng.uniform(0.0, 0.05)
        canvas.rect(0, shore - u * 0.006, b.period, u * 0.024, p.lit(rgb("8d8a86"), 0.2))
        b.add(canvas, z)
    water.lake(b, shore, float(b.height), peaks=0)
    mirrored(b, shore)
    canvas = b.canvas()
    _hump_bridge(canvas, b, b.width * 0.32, shore + u * 0.075)
    b.add(canvas, 2.6)
    near = b.canvas()
    near.rect(0, b.height * 0.92, b.period, b.height * 0.1, p.lit(rgb("9a958e")))
    near.rect(0, b.height * 0.92, b.period, u * 0.012, p.lit(rgb("c9c4ba")))
    for i in range(max(4, round(b.period / (u * 0.24)))):
        near.rect(u * 0.24 * i, b.height * 0.92, u * 0.004, b.height * 0.1, p.lit(rgb("6f6b68")))
    b.add(near, 1.0)
    b.ground = b.height * 0.955
    _willows(b)
    birds(b, 3, high=0.4)


def _white_house(
    canvas: Canvas, b: Backdrop, rng: np.random.Generator, box: tuple[float, float, float, float], depth: float
) -> None:
    x, foot, wide, tall = box
    p, u = b.palette, b.unit
    white, tiles, wood = (p.lit(rgb(c), depth) for c in ("f0ebe0", "40474f", "6a4636"))
    pane = rgb("ffce80") if p.lamps or b.board.time == "dusk" else mix(wood, (0, 0, 0), 0.35)
    canvas.rect(x, foot - tall, wide, tall, white)
    canvas.rect(x + wide * 0.7, foot - tall, wide * 0.3, tall, mix(white, p.zenith, 0.14))
    roof_at = foot - tall
    canvas.polygon(
        [
            (x - u * 0.012, roof_at + u * 0.012),
            (x + wide + u * 0.012, roof_at + u * 0.012),
            (x + wide - u * 0.01, roof_at - u * 0.045),
            (x + u * 0.01, roof_at - u * 0.045),
        ],
        tiles,
    )
    canvas.limb(
        [
            (x, roof_at - u * 0.06),
            (x + u * 0.02, roof_at - u * 0.046),
            (x + wide - u * 0.02, roof_at - u * 0.046),
            (x + wide, roof_at - u * 0.06),
        ],
        [u * 0.008, u * 0.012, u * 0.012, u * 0.008],
        mix(tiles, (0, 0, 0), 0.3),
    )
    for edge in (x, x + wide - u * 0.03) if rng.random() < 0.6 else ():
        for k in range(3):
            step = roof_at - u * (0.075 - 0.022 * k)
            at = edge + u * 0.013 * (k if edge == x else -k)
            canvas.rect(at, step, u * 0.03, u * 0.08, white)
            canvas.rect(at - u * 0.006, step - u * 0.007, u * 0.042, u * 0.011, tiles)
    floors = max(1, int(tall / (u * 0.11)))
    for floor in range(floors):
        y = foot - tall + u * 0.03 + (tall - u * 0.03) * floor / floors
        for k in range(max(1, int(wide / (u * 0.1)))):
            at = x + u * 0.03 + k * u * 0.1
            if at + u * 0.05 < x + wide and rng.random() < 0.8:
                canvas.rect(at, y, u * 0.05, u * 0.055, wood)
                canvas.rect(at + u * 0.005, y + u * 0.005, u * 0.018, u * 0.045, pane)
                canvas.rect(at + u * 0.027, y + u * 0.005, u * 0.018, u * 0.045, pane)
    if rng.random() < 0.7 and depth < 0.3:
        for k in range(2):
            lantern(canvas, b, x + wide * (0.3 + 0.35 * k), roof_at + u * 0.015, u * 0.016)


def mirrored(b: Backdrop, shore: float, z: float = 3.4) -> None:
    """Lay the pale reflection of houses on the water below row `shore`."""
    p, u, canvas, rng = b.palette, b.unit, b.canvas(), b.rng("mirrored")
    for _ in range(int(14 * b.period / u)):
        x, wide = rng.uniform(0, b.period), u * rng.uniform(0.02, 0.08)
        lit = (p.lamps or b.board.time == "dusk") and rng.random() < 0.4
        tone = rgb("ffb060") if lit else mix(p.lit(rgb("eee8dc")), p.sea, 0.4)
        canvas.rect(x, shore + u * 0.012, wide, u * rng.uniform(0.04, 0.2), tone, 0.35 if lit else 0.22)
    canvas.blur(u * 0.006)
    canvas.fade(shore, shore + u * 0.22, 1.0, 0.15)
    b.add(canvas, z, wave=u * 0.003)


def _hump_bridge(canvas: Canvas, b: Backdrop, x: float, foot: float) -> None:
    """Paint a high arch of stone and its mirror image."""
    p, u = b.palette, b.unit
    stone, half, rise = p.lit(rgb("a39c90"), 0.06), u * 0.36, u * 0.19
    for flip, opacity, squash in ((1, 0.32, 0.7), (-1, 1.0, 1.0)):
        at = np.linspace(-1, 1, 40)
        deck = foot + flip * squash * (rise * np.cos(at * math.pi / 2) ** 1.2 + u * 0.03)
        turns = np.linspace(0, math.pi, 24)
        arch = [
            (x + math.cos(turn) * half * 0.4, foot + flip * squash * math.sin(turn) * rise * 0.72) for turn in turns
        ]
        outline = [*np.stack([x + at * half, deck], 1).tolist(), (x + half, foot), *arch, (x - half, foot)]
        canvas.polygon(outline, stone if flip < 0 else mix(stone, p.deep, 0.5), opacity)
    ring = [(x + math.cos(t) * half * 0.42, foot - math.sin(t) * rise * 0.75) for t in np.linspace(0, math.pi, 24)]
    canvas.limb(ring, [u * 0.012] * len(ring), mix(stone, (60, 50, 50), 0.3))
    rail = np.stack([x + at * half, deck], 1)
    canvas.limb(rail, [u * 0.014] * len(rail), mix(stone, (255, 255, 255), 0.25))
    for k in range(2, 38, 5):
        canvas.limb([rail[k], rail[k] - (0, u * 0.045)], [u * 0.011] * 2, mix(stone, (255, 255, 255), 0.18))
    canvas.limb(rail - (0, u * 0.04), [u * 0.008] * len(rail), mix(stone, (255, 255, 255), 0.1))


def _willows(b: Backdrop) -> None:
    """Let the twigs of a willow hang into the picture."""
    p, u, rng, canvas = b.palette, b.unit, b.rng("willow"), b.canvas()
    bark, leaf = p.lit(rgb("4f4238")), mix(p.leaf, p.lit(rgb("9cc25a")), 0.35)
    for share in (0.96, 1.5):
        x, foot = b.width * share, b.height * 0.95
        canvas.limb(
            [(x, foot), (x - u * 0.02, foot - u * 0.4), (x - u * 0.14, foot - u * 0.7)],
            [u * 0.07, u * 0.045, u * 0.02],
            bark,
        )
        for _ in range(70):
            left, top = x + u * rng.uniform(-0.42, 0.24), foot - u * rng.uniform(0.62, 0.86)
            long, sway = u * rng.uniform(0.14, 0.4), u * rng.uniform(-0.03, 0.03)
            twig = [(left, top), (left + sway, top + long * 0.5), (left + sway * 2.2, top + long)]
            canvas.limb(twig, [u * 0.006, u * 0.008, u * 0.0015], mix(leaf, (10, 30, 10), rng.uniform(0, 0.35)), 0.9)
    b.add(canvas, 0.985, wave=u * 0.004)
