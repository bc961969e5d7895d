"""Sports grounds and airfields from above."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.above.relief import meadow
from reelgate.animatic.places.base import Backdrop


def stadium(b: Backdrop) -> None:
    """Paint a stadium from above."""
    p, u = b.palette, b.unit
    canvas = meadow(b, mix(p.land, p.near, 0.4), p.land)
    x, y, w, h = 0.08 * b.width, 0.12 * b.height, 0.84 * b.width, 0.8 * b.height
    white = p.lit(rgb("f4f4f0"))
    canvas.ellipse(x + w / 2, y + h / 2, 0.56 * w, 0.58 * h, p.lit(rgb("b8b4ac")))
    canvas.ellipse(x + w / 2, y + h / 2, 0.5 * w, 0.51 * h, p.lit(rgb("c0583c")))
    for lane in (0.485, 0.465, 0.445):
        canvas.ellipse(x + w / 2, y + h / 2, lane * w, (lane + 0.01) * h, white)
        canvas.ellipse(x + w / 2, y + h / 2, lane * w - 0.003 * u, (lane + 0.01) * h - 0.003 * u, p.lit(rgb("c0583c")))
    canvas.ellipse(x + w / 2, y + h / 2, 0.42 * w, 0.42 * h, mix(p.land, p.leaf, 0.3))
    b.add(canvas, 1.0)


def airfield(b: Backdrop) -> None:
    """Paint an airfield from above."""
    p, u = b.palette, b.unit
    canvas = meadow(b, mix(p.land, p.near, 0.4), p.land)
    white = p.lit(rgb("f4f4f0"))
    canvas.rect(0, 0.56 * b.height, b.period, 0.2 * b.height, p.lit(rgb("5a5e66")))
    for left in np.arange(0, b.period, 0.16 * u):
        canvas.rect(left, 0.655 * b.height, 0.08 * u, 0.012 * u, white)
    canvas.rect(0, 0.2 * b.height, b.period, 0.16 * b.height, p.lit(rgb("9a9a98")))
    b.add(canvas, 1.0)


def pitch(b: Backdrop) -> None:
    """Paint a pitch with its lines from above."""
    p, u = b.palette, b.unit
    canvas = meadow(b, mix(p.land, p.near, 0.4), p.land)
    x, y, w, h = 0.08 * b.width, 0.12 * b.height, 0.84 * b.width, 0.8 * b.height
    white = p.lit(rgb("f4f4f0"))
    for stripe in range(8):
        tone = mix(p.land, p.leaf, 0.35 if stripe % 2 else 0.1)
        canvas.rect(x + w * stripe / 8, y, w / 8, h, tone)
    line = 0.006 * u
    outline = [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
    for a, c in pairwise(outline):
        canvas.limb([a, c], [line] * 2, white)
    canvas.limb([(x + w / 2, y), (x + w / 2, y + h)], [line] * 2, white)
    circle = [
        (x + w / 2 + 0.14 * h * math.cos(t), y + h / 2 + 0.14 * h * math.sin(t))
        for t in np.linspace(0, 2 * math.pi, 40)
    ]
    canvas.limb(circle, [line] * 40, white)
    for side in (x, x + 0.86 * w):
        box = [
            (side, y + 0.26 * h),
            (side + 0.14 * w, y + 0.26 * h),
            (side + 0.14 * w, y + 0.74 * h),
            (side, y + 0.74 * h),
            (side, y + 0.26 * h),
        ]
        canvas.limb(box, [line] * 5, white)
    b.add(canvas, 1.0)
