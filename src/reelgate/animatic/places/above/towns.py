"""Cities, villages, palaces and markets from above."""

from __future__ import annotations

import numpy as np

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.above.buildings import COTTAGES, HALLS, WINGS, Houses, blocks, houses
from reelgate.animatic.places.above.relief import NEAR, SHADOW, band, crowns, fields, meadow, winding
from reelgate.animatic.places.above.waters import river_on
from reelgate.animatic.places.base import Backdrop


def _blocks_of_streets(b: Backdrop, tall: float) -> None:
    """Lay a grid of streets with their traffic, and stand buildings between them, `tall` times as high as usual."""
    p, u = b.palette, b.unit
    canvas = b.canvas()
    asphalt = p.lit(rgb("6a6c72"))
    canvas.fill(asphalt)
    rows, columns, rng = 6, 10, b.rng("traffic")
    for row in range(rows + 1):
        y = b.height * (row + 0.02) / rows + 0.03 * u
        for x in np.arange(0, b.period, 0.06 * u):
            canvas.limb([(x, y), (x + 0.025 * u, y)], [0.003 * u] * 2, p.lit(rgb("d8d4c8")))
        for _ in range(9):
            x = rng.uniform(0, b.period)
            tone = p.lit(rgb(str(rng.choice(["d2322d", "f4f4f0", "2b2a30", "f0c445", "3568c4"]))))
            canvas.rect(x, y - 0.014 * u, 0.026 * u, 0.011 * u, tone)
            if p.lamps:
                canvas.ellipse(x + 0.028 * u, y - 0.008 * u, 0.008 * u, 0.004 * u, rgb("fff0c0"), 0.8)
    for column in range(columns):
        x = b.period * (column + 0.12) / columns
        canvas.rect(x - 0.006 * u, 0, b.period / columns * 0.7 + 0.012 * u, 0, asphalt)
    for row in range(-1, rows + 1):
        for column in range(columns):
            x, y = b.period * (column + 0.1) / columns, b.height * (row + 0.42) / rows
            square = row in (3, 4) and 2 <= column <= 3
            tone = mix(p.land, p.leaf, 0.3) if square or rng.random() < 0.12 else p.lit(rgb("a8a49c"))
            canvas.rect(x, y, b.period / columns * 0.74, b.height / rows * 0.52, tone)
    b.add(canvas, 1.0)
    blocks(b, tall=tall)


def city(b: Backdrop) -> None:
    """Paint a city from above."""
    _blocks_of_streets(b, 1.35)


def street(b: Backdrop) -> None:
    """Paint streets with lower houses from above."""
    _blocks_of_streets(b, 0.7)


def _settlement(b: Backdrop, look: Houses, *, town: bool = True, water: bool = False) -> None:
    """Lay lanes and stand houses beside them, paved or in fields; `water`: the middle lane is a canal."""
    p, u = b.palette, b.unit
    canvas = meadow(b, p.lit(rgb("b4a890")), p.lit(rgb("c8bca4"))) if town else fields(b)
    rows = [winding(b, f"lane{k}", (0.2 + 0.3 * k) * b.height, 0.03 * b.height) for k in range(3)]
    for k, row in enumerate(rows):
        if water and k == 1:
            river_on(b, canvas, row, 0.12)
        else:
            band(canvas, row, 0.05 * u, p.lit(rgb("d8cbb0")))
    b.add(canvas, 1.0)

    def free(x: float, y: float) -> bool:
        away = [abs(y - 0.03 * u - row(x)) > (0.1 if water and k == 1 else 0.06) * u for k, row in enumerate(rows)]
        return all(away) and not (0.3 * b.width < x < 0.66 * b.width and 0.56 < y / b.height < 0.8)

    houses(b, 90 if town else 46, free, look)
    crowns(b, "trees", 40, 0.026 * u, p.leaf, free)
    if water:
        b.surface = rows[1](0.46 * b.width) + 0.02 * u


def village(b: Backdrop) -> None:
    """Paint a village in fields from above."""
    _settlement(b, COTTAGES, town=False)


def old_town(b: Backdrop) -> None:
    """Paint an old town from above."""
    _settlement(b, COTTAGES)


def courtyard(b: Backdrop) -> None:
    """Paint courtyards from above."""
    _settlement(b, WINGS)


def palace(b: Backdrop) -> None:
    """Paint a palace from above."""
    _settlement(b, HALLS)


def water_town(b: Backdrop) -> None:
    """Paint a town on a canal from above."""
    _settlement(b, WINGS, water=True)


def market(b: Backdrop) -> None:
    """Paint a market from above."""
    p, u, rng = b.palette, b.unit, b.rng("awnings")
    canvas = meadow(b, p.lit(rgb("a89c8a")), p.lit(rgb("bcb09c")), 6, 0.6)
    b.add(canvas, 1.0)
    ground, tops = b.canvas(), b.canvas()
    for row, y in enumerate((0.16, 0.36, 0.98)):
        for column in range(9):
            x, w = b.period * (column + 0.3 * (row % 2)) / 9, b.period / 11
            tone = p.lit(rgb(str(rng.choice(["d8483c", "3f8fd0", "f0c445", "4c9a52", "e8783c"]))))
            ground.rect(x + 0.04 * u, y * b.height - 0.06 * u, w, 0.1 * u, SHADOW, 0.3)
            for stripe in range(6):
                colour = tone if stripe % 2 else p.lit(rgb("f4f0e6"))
                tops.rect(x + w * stripe / 6, y * b.height - 0.15 * u, w / 6 + 1, 0.12 * u, colour)
            tops.rect(x, y * b.height - 0.03 * u, w, 0.02 * u, mix(tone, (0, 0, 0), 0.3))
            for item in range(7):
                fruit = p.lit(rgb(str(rng.choice(["d2322d", "f0c445", "4c9a52", "e58a35"]))))
                ground.ellipse(x + w * (item + 0.5) / 7, y * b.height + 0.012 * u, 0.014 * u, 0.011 * u, fruit)
    b.add(ground, 1.0)
    b.add(tops, NEAR)
    heads = b.canvas()
    for _ in range(60 if not b.unwanted("person", "crowd") else 0):
        x, y = rng.uniform(0, b.period), rng.uniform(0.44, 0.8) * b.height
        coat = p.lit(rgb(str(rng.choice(["3568c4", "d2322d", "2b2a30", "8d9199", "f1eee8", "4c9a52"]))))
        heads.ellipse(x + 0.012 * u, y + 0.01 * u, 0.018 * u, 0.012 * u, SHADOW, 0.3)
        heads.ellipse(x, y, 0.017 * u, 0.013 * u, coat)
        heads.ellipse(x, y - 0.006 * u, 0.008 * u, 0.008 * u, p.lit(rgb("4a3428")))
    b.add(heads, 0.999)
