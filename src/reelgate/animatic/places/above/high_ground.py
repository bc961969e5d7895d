"""Sand, snow, mountains, a volcano, a wall along the ridges, a waterfall from above."""

from __future__ import annotations

import math

import cv2
import numpy as np

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.above.relief import (
    HALF,
    NEAR,
    Field,
    band,
    blend,
    crowns,
    laid_out,
    lit_by_height,
    noise,
    winding,
)
from reelgate.animatic.places.base import Backdrop


def sand(b: Backdrop) -> None:
    """Paint dunes from above."""
    p = b.palette
    tone = p.lit(rgb("e0b070"))
    heights = noise(b, "dunes", 3, 2)
    rows = np.linspace(0, 9.0, heights.shape[0], dtype=np.float32)[:, None]
    crests = np.asarray(((heights * 5 + rows) % 1.0) ** 2, np.float32)  # a long slope and a steep one
    light = np.clip(1.06 - 0.34 * cv2.blur(crests, (5, 5)), 0.7, 1.1)
    picture = blend(heights, mix(tone, (150, 80, 30), 0.18), mix(tone, (255, 245, 215), 0.25))
    b.add(laid_out(b, picture * light[..., None]), 1.0)


def snow(b: Backdrop) -> None:
    """Paint a snowfield from above."""
    p = b.palette
    white, blue = p.lit(rgb("f4f7fa")), p.lit(rgb("b4c6dc"))
    heights = noise(b, "drifts", 3)
    b.add(laid_out(b, blend(heights, blue, white) * lit_by_height(heights, 5.0)[..., None]), 1.0)
    crowns(b, "trees", 30, 0.032 * b.unit, mix(p.lit(rgb("4f6a62")), white, 0.35))


def _ridges(b: Backdrop) -> Field:
    """Return heights that are creased as mountains are."""
    creased = 1 - np.abs(2 * noise(b, "ridges", 3, 4) - 1)
    return np.asarray(0.5 * creased + 0.5 * noise(b, "massif", 2, 3), np.float32)


def mountains(b: Backdrop) -> None:
    """Paint mountains from above."""
    p = b.palette
    heights = _ridges(b)
    rock, grass, snow = mix(p.lit(rgb("8d8a86")), p.far, 0.2), mix(p.land, p.near, 0.5), p.lit(rgb("f2f5f8"))
    picture = blend(np.clip(heights * 1.6 - 0.3, 0, 1), grass, rock)
    line = 0.5 if b.board.season == "winter" or b.board.weather == "snow" else 0.66
    covered = np.clip((heights - line) * 6, 0, 1)[..., None]
    picture = picture * (1 - covered) + np.array(snow[::-1], np.float32) * covered
    b.add(laid_out(b, picture * lit_by_height(heights, 10.0)[..., None]), 1.0)


def volcano(b: Backdrop) -> None:
    """Paint a volcano from above."""
    p, u = b.palette, b.unit
    heights = noise(b, "slopes", 3, 4)
    tall, wide = heights.shape
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    away = np.hypot((columns - 0.5 * b.width / HALF) / tall, (rows - 0.42 * tall) / tall * 1.15)
    cone = np.clip(1 - away * 1.3, 0, 1) + 0.22 * heights - 1.6 * np.clip(0.14 - away, 0, 1)
    rock = p.lit(rgb("5a4a46"))
    picture = blend(np.clip(heights, 0, 1), mix(rock, (0, 0, 0), 0.3), mix(rock, p.land, 0.25))
    canvas = laid_out(b, picture * lit_by_height(np.asarray(cone, np.float32), 14.0)[..., None])
    x, y, rng = 0.5 * b.width, 0.42 * b.height, b.rng("lava")
    for turn in rng.uniform(0, 2 * math.pi, 5):
        path = [
            (
                x + math.cos(turn + 0.12 * s) * (0.08 + 0.07 * s) * u,
                y + math.sin(turn + 0.12 * s) * (0.07 + 0.06 * s) * u,
            )
            for s in range(6)
        ]
        canvas.limb(path, [0.022 * u, 0.018 * u, 0.015 * u, 0.012 * u, 0.008 * u, 0.003 * u], rgb("e8502c"))
    canvas.ellipse(x, y, 0.1 * u, 0.085 * u, mix(rock, (0, 0, 0), 0.5))
    canvas.ellipse(x, y, 0.08 * u, 0.066 * u, rgb("f07a2c"))
    canvas.ellipse(x, y, 0.05 * u, 0.04 * u, rgb("ffd860"))
    canvas.glow(x, y, 0.4 * u, rgb("ff7a30"), 0.7)
    b.add(canvas, 1.0)


def wall(b: Backdrop) -> None:
    """Paint a wall that winds along the ridges from above."""
    p, u = b.palette, b.unit
    heights = _ridges(b)
    slopes = blend(heights, mix(p.near, p.land, 0.3), mix(p.land, p.leaf, 0.3))
    canvas = laid_out(b, slopes * lit_by_height(heights, 8.0)[..., None])
    row = winding(b, "wall", 0.62 * b.height, 0.14 * b.height)
    stone = p.lit(rgb("c0aa88"))
    band(canvas, lambda x: row(x) + 0.035 * u, 0.05 * u, mix(stone, (0, 0, 0), 0.45))
    band(canvas, row, 0.06 * u, stone)
    band(canvas, row, 0.036 * u, mix(stone, (0, 0, 0), 0.12))
    for x in np.arange(0, b.period, 0.016 * u):
        for side in (-0.027, 0.027):
            canvas.rect(x, row(x) + side * u - 0.004 * u, 0.008 * u, 0.008 * u, mix(stone, (255, 255, 255), 0.25))
    b.add(canvas, 1.0)
    tops = b.canvas()
    for k in range(4):
        x = b.period * (k + 0.15) / 4
        y = row(x)
        tops.rect(x - 0.05 * u, y - 0.05 * u, 0.1 * u, 0.09 * u, mix(stone, (0, 0, 0), 0.3))
        tops.rect(x - 0.05 * u, y - 0.11 * u, 0.1 * u, 0.07 * u, mix(stone, (255, 255, 255), 0.15))
    b.add(tops, NEAR)
    b.ground = row(0.46 * b.width) + 0.01 * u


def cascade(b: Backdrop) -> None:
    """Paint a waterfall from above."""
    p, u = b.palette, b.unit
    _mountain = _ridges(b)
    picture = blend(_mountain, p.near, mix(p.land, p.leaf, 0.3)) * lit_by_height(_mountain, 7.0)[..., None]
    canvas = laid_out(b, picture)
    x = 0.5 * b.width
    canvas.polygon(
        [(x - 0.12 * u, -2), (x + 0.12 * u, -2), (x + 0.16 * u, 0.4 * b.height), (x - 0.16 * u, 0.4 * b.height)], p.sea
    )
    canvas.polygon([(x - 0.17 * u, 0.38 * b.height), (x + 0.17 * u, 0.38 * b.height), (x + 0.2 * u, 0.6 * b.height),
                    (x - 0.2 * u, 0.6 * b.height)], p.lit(rgb("f4f8fa")))  # fmt: skip
    for share in np.linspace(-0.9, 0.9, 13):
        canvas.limb(
            [(x + share * 0.17 * u, 0.39 * b.height), (x + share * 0.2 * u, 0.58 * b.height)],
            [0.004 * u] * 2,
            p.sea,
            0.6,
        )
    canvas.ellipse(x, 0.72 * b.height, 0.36 * u, 0.16 * u, mix(p.sea, p.deep, 0.3))
    canvas.halo(x, 0.61 * b.height, 0.26 * u, p.lit(rgb("ffffff")), 0.8)
    b.add(canvas, 1.0)
    crowns(b, "trees", 150, 0.036 * u, p.leaf, lambda a, y: abs(a - x) > 0.42 * u)
