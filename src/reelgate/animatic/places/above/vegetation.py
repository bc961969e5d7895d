"""Grassland, forests, flowers, fields and terraces from above."""

from __future__ import annotations

import cv2
import numpy as np

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.above.buildings import houses
from reelgate.animatic.places.above.relief import (
    blend,
    clear_of,
    crowns,
    fields,
    laid_out,
    lit_by_height,
    meadow,
    noise,
    winding,
)
from reelgate.animatic.places.above.roads import road_on
from reelgate.animatic.places.above.waters import river_on
from reelgate.animatic.places.base import Backdrop


def grass(b: Backdrop) -> None:
    """Paint grassland from above."""
    p, u = b.palette, b.unit
    b.add(meadow(b, mix(p.land, p.near, 0.55), mix(p.land, (255, 255, 200), 0.08)), 1.0)
    crowns(b, "trees", 46, 0.035 * u, p.leaf)


def flowers(b: Backdrop) -> None:
    """Paint beds of flowers from above."""
    p, u = b.palette, b.unit
    canvas, rng = meadow(b, mix(p.land, p.near, 0.5), p.land), b.rng("beds")
    for number in range(11):  # beds in rows, as they are planted
        tone = p.lit(rgb(str(rng.choice(["d8486a", "f0c445", "b070d0", "f6f0ea", "e8783c"]))))
        y = b.height * (number + 0.5) / 11
        for _ in range(90):
            x = rng.uniform(0, b.period)
            canvas.ellipse(x, y + rng.normal(0, 0.012) * u, 0.006 * u, 0.005 * u, tone)
    b.add(canvas, 1.0)
    crowns(b, "trees", 16, 0.035 * u, p.leaf)


def _woods(b: Backdrop, tone: Colour) -> None:
    p, u = b.palette, b.unit
    canvas, free = meadow(b, mix(p.near, (0, 0, 0), 0.3), p.near), None
    if b.far("river", "lake", "waterfall"):
        row = winding(b, "river", 0.6 * b.height, 0.12 * b.height)
        river_on(b, canvas, row, 0.16)
        free = clear_of(b, row, 0.1)
        b.surface = row(0.46 * b.width)
    elif b.far("road", "street"):
        free = clear_of(b, road_on(b, canvas), 0.13)
    b.add(canvas, 1.0)
    crowns(b, "trees", 330, 0.05 * u, tone, free)


def forest(b: Backdrop) -> None:
    """Paint a forest from above."""
    _woods(b, mix(b.palette.leaf, b.palette.near, 0.2))


def bamboo(b: Backdrop) -> None:
    """Paint a bamboo grove from above."""
    p = b.palette
    _woods(b, mix(p.leaf, p.lit(rgb("9ccf62")), 0.4))


def farm(b: Backdrop) -> None:
    """Paint a farm from above."""
    p, u = b.palette, b.unit
    canvas = fields(b)
    if b.far("road", "street", "railway"):
        road_on(b, canvas)
    b.add(canvas, 1.0)
    crowns(b, "trees", 26, 0.026 * u, p.leaf)
    houses(b, 4)


def terraces(b: Backdrop) -> None:
    """Paint terraced fields from above."""
    p = b.palette
    heights = noise(b, "hills", 2, 2)
    steps = np.floor(heights * 16) / 16
    water = b.rng("water").random() < 0.6
    low, high = (mix(p.sea, p.land, 0.4), mix(p.land, p.leaf, 0.3)) if water else (p.near, p.land)
    away = np.abs(heights * 16 - np.round(heights * 16))
    edge = cv2.GaussianBlur(np.clip(1 - away / 0.16, 0, 1), (0, 0), 0.9)
    picture = blend(np.asarray(steps, np.float32), low, high) * lit_by_height(heights, 5.0)[..., None]
    b.add(laid_out(b, picture * (1 - 0.45 * edge[..., None])), 1.0)
    crowns(b, "trees", 14, 0.026 * b.unit, p.leaf)
