"""The sea, its shores, lakes, rivers and bridges from above."""

from __future__ import annotations

import math

import cv2
import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.places.above.buildings import blocks
from reelgate.animatic.places.above.relief import (
    HALF,
    SHADOW,
    Field,
    Row,
    band,
    blend,
    clear_of,
    crowns,
    fields,
    fill_above,
    laid_out,
    lit_by_height,
    meadow,
    noise,
    winding,
)
from reelgate.animatic.places.base import Backdrop


def _water(b: Backdrop, low: Colour, high: Colour) -> Canvas:
    """Return open water with its swell and the glint of crests."""
    heights = noise(b, "swell", 7, 3)
    canvas = laid_out(b, blend(heights, low, high) * lit_by_height(heights, 3.0)[..., None])
    rng, u = b.rng("crests"), b.unit
    for _ in range(110):
        x, y, long = rng.uniform(0, b.period), rng.uniform(0, b.height), rng.uniform(0.01, 0.035) * u
        arc = [(x - long, y), (x, y - 0.18 * long), (x + long, y)]
        canvas.limb(arc, [0.001 * u, 0.0035 * u, 0.001 * u], mix(high, (255, 255, 255), 0.5), 0.7)
    return canvas


def sea(b: Backdrop) -> None:
    """Paint the open sea from above."""
    p = b.palette
    canvas = _water(b, p.deep, mix(p.sea, p.deep, 0.4))
    if b.far("bridge"):
        _bridge_on(b, canvas)
    b.add(canvas, 1.0)


def coast(b: Backdrop, shore: Colour, inland: Colour) -> tuple[Canvas, Row]:
    """Return water below a winding shore with its foam, and the shore's rows."""
    p, u = b.palette, b.unit
    canvas = _water(b, mix(p.deep, p.sea, 0.35), mix(p.sea, p.lit(rgb("7fd4c8")), 0.3))
    row = winding(b, "shore", 0.44 * b.height, 0.1 * b.height)
    for below, tone, share in ((0.16, p.lit(rgb("7fd8cc")), 0.3), (0.09, p.lit(rgb("a8e6d8")), 0.4)):
        rows = np.clip(np.array([row(x) for x in range(canvas.width)]) + below * u, 0, b.height)
        mask = np.arange(b.height)[:, None] < rows[None, :]
        canvas.pixels[mask, :3] = (canvas.pixels[mask, :3] * (1 - share) + np.array(tone[::-1]) * share).astype(
            np.uint8
        )
    fill_above(canvas, lambda x: row(x) + 0.03 * u, mix(p.lit(rgb("ffffff")), p.sea, 0.15))
    fill_above(canvas, lambda x: row(x) + 0.018 * u, mix(shore, p.sea, 0.3))
    fill_above(canvas, row, shore)
    fill_above(canvas, lambda x: row(x) - 0.13 * b.height, inland)
    return canvas, row


def _behind_the_shore(b: Backdrop, canvas: Canvas, row: Row) -> None:
    """Keep a shore, with trees inland, and set where its subjects are."""
    b.add(canvas, 1.0)
    crowns(b, "trees", 90, 0.036 * b.unit, b.palette.leaf, lambda x, y: y < row(x) - 0.15 * b.height)
    b.ground = min(row(0.46 * b.width) - 0.02 * b.height, 0.5 * b.height)
    b.surface = 0.78 * b.height


def beach(b: Backdrop) -> None:
    """Paint a beach from above."""
    p, u = b.palette, b.unit
    canvas, row = coast(b, p.lit(rgb("f0d9a4")), mix(p.land, p.near, 0.3))
    rng = b.rng("things")
    for _ in range(14):
        x = rng.uniform(0, b.period)
        y = row(x) + rng.uniform(-0.1, -0.03) * b.height
        tone = p.lit(rgb(str(rng.choice(["d8483c", "f0c445", "3f8fd0", "f4f0e8"]))))
        canvas.ellipse(x + 0.008 * u, y + 0.008 * u, 0.016 * u, 0.012 * u, SHADOW, 0.3)
        canvas.ellipse(x, y, 0.016 * u, 0.014 * u, tone)
        canvas.ellipse(x, y, 0.006 * u, 0.005 * u, mix(tone, (255, 255, 255), 0.5))
    _behind_the_shore(b, canvas, row)


def cliffs(b: Backdrop) -> None:
    """Paint a rocky coast from above."""
    p, u = b.palette, b.unit
    canvas, row = coast(b, p.lit(rgb("9a8f84")), mix(p.land, p.near, 0.3))
    rng = b.rng("things")
    for _ in range(70):
        x = rng.uniform(0, b.period)
        y = row(x) + rng.uniform(-0.1, 0.05) * b.height
        r = rng.uniform(0.008, 0.026) * u
        canvas.ellipse(x + 0.4 * r, y + 0.4 * r, r, 0.8 * r, SHADOW, 0.4)
        canvas.ellipse(x, y, r, 0.85 * r, mix(p.lit(rgb("7d766e")), (255, 255, 255), rng.uniform(0, 0.2)))
    _behind_the_shore(b, canvas, row)


def harbour(b: Backdrop) -> None:
    """Paint a harbour from above."""
    p = b.palette
    canvas, row = coast(b, p.lit(rgb("b4aea4")), p.lit(rgb("9c978f")))
    u, rng = b.unit, b.rng("piers")
    for k in range(7):
        x = b.period * (k + 0.3) / 7
        y = row(x)
        canvas.rect(x, y - 0.02 * u, 0.022 * u, 0.17 * u, p.lit(rgb("a08862")))
        for side in (-1, 1):
            if rng.random() < 0.7:
                canvas.ellipse(
                    x + 0.011 * u + side * 0.034 * u, y + 0.1 * u, 0.012 * u, 0.034 * u, p.lit(rgb("f4f4f0"))
                )
    b.add(canvas, 1.0)
    blocks(b, lambda x: row(x) - 0.14 * b.height)
    b.surface = 0.8 * b.height
    b.landmark = (b.width * 0.56, b.height * 0.45)


def _shape_of_lake(b: Backdrop) -> tuple[Canvas, Field]:
    """Return a lake in its meadow, and how deep each point lies below its shore, in no unit."""
    p = b.palette
    canvas = meadow(b, mix(p.land, p.near, 0.5), p.land)
    water = _water(b, p.deep, p.sea).pixels
    heights = noise(b, "shape", 2, 2)
    tall, wide = heights.shape
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    away = np.hypot((columns - 0.5 * b.width / HALF) / (0.62 * b.width / HALF), (rows - 0.6 * tall) / (0.42 * tall))
    depth = cv2.resize(1.05 - away + 0.5 * (heights - 0.5), (canvas.width, canvas.height))
    bank = np.array(p.lit(rgb("d8c89a"))[::-1])
    canvas.pixels[depth > -0.03, :3] = bank
    canvas.pixels[depth > 0] = water[depth > 0]
    rim = (depth > 0) & (depth < 0.06)
    canvas.pixels[rim, :3] = (canvas.pixels[rim, :3] * 0.6 + np.array(p.lit(rgb("9fdccc"))[::-1]) * 0.4).astype(
        np.uint8
    )
    return canvas, np.asarray(depth, np.float32)


def _wooded_shore(b: Backdrop, depth: Field) -> None:
    """Scatter trees outside the water."""
    height = b.height

    def free(x: float, y: float) -> bool:
        return bool(depth[min(max(int(y), 0), height - 1), int(x)] < -0.08)

    crowns(b, "trees", 130, 0.036 * b.unit, b.palette.leaf, free)


def lake(b: Backdrop) -> None:
    """Paint a lake from above."""
    canvas, depth = _shape_of_lake(b)
    b.add(canvas, 1.0)
    _wooded_shore(b, depth)


def lotus_pond(b: Backdrop) -> None:
    """Paint a lotus pond from above."""
    p, u = b.palette, b.unit
    canvas, depth = _shape_of_lake(b)
    rng = b.rng("pads")
    for _ in range(120):
        x, y = rng.uniform(0, b.width), rng.uniform(0.3, 0.95) * b.height
        if depth[int(y), int(x)] > 0.08:
            r = rng.uniform(0.012, 0.026) * u
            canvas.ellipse(x, y, r, 0.8 * r, mix(p.leaf, (255, 255, 255), rng.uniform(0, 0.15)))
            if rng.random() < 0.25:
                canvas.ellipse(x, y - 0.3 * r, 0.4 * r, 0.35 * r, p.lit(rgb("f0a0c0")))
    b.add(canvas, 1.0)
    _wooded_shore(b, depth)


def pool(b: Backdrop) -> None:
    """Paint a swimming pool from above: its lanes, and the tiles about it."""
    p, u, canvas = b.palette, b.unit, b.canvas()
    canvas.fill(p.lit(rgb("e9e0cf")))
    top, foot = 0.2 * b.height, 0.8 * b.height
    for i in range(max(6, round(b.period / (0.16 * u)))):
        canvas.rect(0.16 * u * i, 0, 0.004 * u, b.height, p.lit(rgb("cfc4ae")))
    for y in (0.08, 0.92):
        canvas.rect(0, y * b.height, b.period, 0.004 * u, p.lit(rgb("cfc4ae")))
    canvas.rect(0, top - 0.024 * u, b.period, foot - top + 0.048 * u, p.lit(rgb("fbf8f0")))
    canvas.rect(0, top, b.period, foot - top, p.lit(rgb("4cc4dc")))
    rng, lanes = b.rng("glint"), 5
    for _ in range(90):
        x, y, long = rng.uniform(0, b.period), rng.uniform(top, foot), rng.uniform(0.02, 0.06) * u
        arc = [(x - long, y), (x, y - 0.2 * long), (x + long, y)]
        canvas.limb(arc, [0.001 * u, 0.004 * u, 0.001 * u], p.lit(rgb("c8f4f8")), 0.6)
    beads = 2 * max(10, round(b.period / (0.07 * u)))
    for lane in range(1, lanes):
        y = top + (foot - top) * lane / lanes
        for i in range(beads):
            tone = p.lit(rgb(("e2483e", "fbf8f0")[i % 2]))
            canvas.ellipse(b.period * (i + 0.5) / beads, y, 0.014 * u, 0.007 * u, tone)
    b.surface = b.ground = 0.56 * b.height
    b.add(canvas, 1.0)


def _banks(b: Backdrop) -> tuple[Canvas, Row]:
    """Return the land that a river flows through, and the river's rows."""
    p = b.palette
    canvas = fields(b) if b.far("farm", "terraces", "village") else meadow(b, mix(p.land, p.near, 0.5), p.land)
    return canvas, winding(b, "river", 0.66 * b.height, 0.12 * b.height)


def _wooded_banks(b: Backdrop, row: Row) -> None:
    """Scatter trees beside a river, and set where its subjects are."""
    crowns(b, "trees", 190 if b.far("forest") else 80, 0.034 * b.unit, b.palette.leaf, clear_of(b, row, 0.14))
    b.surface = b.ground = row(0.46 * b.width) + 0.02 * b.unit


def river(b: Backdrop) -> None:
    """Paint a river from above."""
    canvas, row = _banks(b)
    river_on(b, canvas, row, 0.2)
    b.add(canvas, 1.0)
    _wooded_banks(b, row)


def bridge(b: Backdrop) -> None:
    """Paint a bridge, along its way where something drives over it from above."""
    canvas, row = _banks(b)
    if any(lexicon().kinds[who.kind].sort == "vehicle" for who in b.board.subjects):
        _crossed(b, canvas)
        return
    river_on(b, canvas, row, 0.2)
    _bridge_on(b, canvas)
    b.add(canvas, 1.0)
    _wooded_banks(b, row)


def _crossed(b: Backdrop, canvas: Canvas) -> None:
    """Lay a long bridge along the way of what drives over it, a broad river running beneath."""
    p, u = b.palette, b.unit
    water, deck, y = _water(b, p.deep, mix(p.sea, p.deep, 0.3)), p.lit(rgb("a85a44")), 0.66 * b.height
    left, right = 0.12 * b.period, 0.78 * b.period
    for row in range(b.height):
        bend = int(0.06 * b.period * math.sin(5.0 * row / b.height))
        a, e = int(left) + bend, int(right) + bend
        canvas.pixels[row, a - int(0.02 * u) : e + int(0.02 * u), :3] = p.lit(rgb("d8c89a"))[::-1]
        canvas.pixels[row, a:e] = water.pixels[row, a:e]
    canvas.rect(0, y + 0.09 * u, b.period, 0.08 * u, SHADOW, 0.3)
    canvas.rect(0, y - 0.08 * u, b.period, 0.14 * u, deck)
    canvas.rect(0, y - 0.065 * u, b.period, 0.11 * u, p.lit(rgb("6a6a70")))
    for x in np.arange(0, b.period, 0.12 * u):
        canvas.rect(x, y + 0.06 * u, 0.03 * u, 0.08 * u, mix(deck, (0, 0, 0), 0.3))
        canvas.rect(x, y - 0.012 * u, 0.06 * u, 0.006 * u, p.lit(rgb("f0e0a0")))
    b.add(canvas, 1.0)
    b.ground = b.surface = y + 0.03 * u


def river_on(b: Backdrop, canvas: Canvas, row: Row, wide: float) -> None:
    """Lay a river across the land."""
    p, u = b.palette, b.unit
    for thick, tone in (
        (wide + 0.03, p.lit(rgb("d8c89a"))),
        (wide, mix(p.sea, p.deep, 0.3)),
        (wide * 0.6, mix(p.sea, p.deep, 0.55)),
    ):
        band(canvas, row, thick * u, tone)
    rng = b.rng("ripples")
    for _ in range(60):
        x = rng.uniform(0, b.period)
        y, long = row(x) + rng.uniform(-0.4, 0.4) * wide * u, rng.uniform(0.01, 0.04) * u
        canvas.limb([(x - long, y), (x + long, row(x + long) - row(x) + y)], [0.001 * u, 0.003 * u],
                    mix(p.sea, (255, 255, 255), 0.4), 0.6)  # fmt: skip


def _bridge_on(b: Backdrop, canvas: Canvas) -> None:
    """Lay a bridge across the water, from the top of the frame to its foot."""
    p, u = b.palette, b.unit
    x, lean, deck = 0.62 * b.width, 0.16 * b.width, p.lit(rgb("c05a3c"))
    top, foot = (x + lean, -0.05 * b.height), (x - lean, 1.05 * b.height)
    canvas.limb([(top[0] + 0.05 * u, top[1]), (foot[0] + 0.05 * u, foot[1])], [0.075 * u] * 2, SHADOW, 0.3)
    canvas.limb([top, foot], [0.085 * u] * 2, deck)
    canvas.limb([top, foot], [0.062 * u] * 2, p.lit(rgb("6a6a70")))
    for share in np.linspace(0, 1, 24):
        at = (top[0] + (foot[0] - top[0]) * share, top[1] + (foot[1] - top[1]) * share)
        canvas.limb([at, (at[0] - 0.008 * u, at[1] + 0.022 * u)], [0.004 * u] * 2, p.lit(rgb("f0e8d0")))
    for share in (0.32, 0.68):
        at = (top[0] + (foot[0] - top[0]) * share, top[1] + (foot[1] - top[1]) * share)
        for side in (-1, 1):
            canvas.rect(
                at[0] + side * 0.05 * u - 0.012 * u, at[1] - 0.12 * u, 0.024 * u, 0.14 * u, mix(deck, (0, 0, 0), 0.15)
            )
        canvas.rect(at[0] - 0.062 * u, at[1] - 0.125 * u, 0.124 * u, 0.02 * u, deck)
