"""Roads and railways from above."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.above.relief import Row, band, beside, clear_of, crowns, fields, meadow, winding
from reelgate.animatic.places.above.waters import coast
from reelgate.animatic.places.base import Backdrop


def _strip(b: Backdrop, canvas: Canvas, colour: str) -> Row:
    """Lay a strip across the land, with its verges; return its rows."""
    p, u = b.palette, b.unit
    row = winding(b, "road", 0.68 * b.height, 0.03 * b.height)
    bed = p.lit(rgb(colour))
    band(canvas, row, 0.19 * u, mix(bed, p.land, 0.5))
    band(canvas, row, 0.165 * u, bed)
    return row


def road_on(b: Backdrop, canvas: Canvas) -> Row:
    """Lay a road across the land; return its rows."""
    p, u = b.palette, b.unit
    row = _strip(b, canvas, "5c6068")
    for aside in (-0.076, 0.076):
        band(canvas, beside(row, aside * u), 0.004 * u, p.lit(rgb("e8e4d8")))
    for x in np.arange(0, b.period, 0.08 * u):
        canvas.limb([(x, row(x)), (x + 0.035 * u, row(x + 0.035 * u))], [0.005 * u] * 2, p.lit(rgb("f0e0a0")))
    return row


def _rails_on(b: Backdrop, canvas: Canvas) -> Row:
    """Lay a railway across the land; return its rows."""
    p, u = b.palette, b.unit
    row = _strip(b, canvas, "8d8478")
    for x in np.arange(0, b.period, 0.035 * u):
        canvas.limb(
            [(x, row(x) - 0.055 * u), (x - 0.01 * u, row(x) + 0.055 * u)], [0.012 * u] * 2, p.lit(rgb("5a4634"))
        )
    for aside in (-0.04, 0.04):
        band(canvas, beside(row, aside * u), 0.008 * u, p.lit(rgb("c8ccd2")))
    return row


def _landscape(b: Backdrop) -> Canvas:
    """Return what a way leads through."""
    p = b.palette
    if b.far("sea", "beach"):
        canvas, _ = coast(b, p.lit(rgb("e8d4a4")), mix(p.land, p.near, 0.3))
        canvas.pixels[:] = canvas.pixels[::-1].copy()  # the sea is beyond the road
    elif b.far("farm", "terraces", "village", "grassland"):
        canvas = fields(b)
    elif b.far("desert"):
        canvas = meadow(b, p.lit(rgb("c8985c")), p.lit(rgb("e8c48a")))
    else:
        canvas = meadow(b, mix(p.land, p.near, 0.5), p.land)
    return canvas


def _way(b: Backdrop, lay: Callable[[Backdrop, Canvas], Row]) -> None:
    """Lay a way through its landscape, with trees beside it."""
    p, u, canvas = b.palette, b.unit, _landscape(b)
    row = lay(b, canvas)
    b.add(canvas, 1.0)
    dense = b.far("forest", "mountains")
    if not b.far("sea", "beach", "desert"):
        crowns(b, "trees", 220 if dense else 60, 0.036 * u, p.leaf, clear_of(b, row, 0.15))
    b.ground = row(0.46 * b.width) + 0.03 * u


def road(b: Backdrop) -> None:
    """Paint a road from above."""
    _way(b, road_on)


def railway(b: Backdrop) -> None:
    """Paint a railway from above."""
    _way(b, _rails_on)
