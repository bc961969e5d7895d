"""Floors and table tops, as they are seen by who stands over them."""

from __future__ import annotations

import numpy as np

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.places.base import Backdrop

_USUAL = {"boards": "b07c4c", "tiles": "d8d2c6", "seamless": "d8d2c6"}
"""The colour of a floor whose place names none."""


def floor(b: Backdrop) -> None:
    """Paint a floor with what lies on it from above."""
    _boards(b, flat=False)


def table_top(b: Backdrop) -> None:
    """Paint a table top that fills the frame, and set where things lie on it."""
    b.ground = 0.62 * b.height
    _boards(b, flat=True)


def _boards(b: Backdrop, *, flat: bool) -> None:
    """A floor or a table top of boards, as it is seen by who stands over it."""
    p, u, rng = b.palette, b.unit, b.rng("boards")
    place = lexicon().places[b.board.place]
    laid = "boards" if flat else place.floor
    base = p.lit(rgb(place.floor_colour or _USUAL[laid]))
    canvas = b.canvas()
    canvas.fill(base)
    if laid == "tiles":
        side = b.period / round(b.period / (0.17 * u))
        for x in np.arange(0, b.period, side):
            canvas.limb([(x, 0), (x, b.height)], [0.004 * u] * 2, mix(base, (0, 0, 0), 0.16))
        for y in np.arange(0.05 * u, b.height, side):
            canvas.rect(0, y, b.period, 0.004 * u, mix(base, (0, 0, 0), 0.16))
    elif laid == "boards":
        wide = b.height / 8
        for row in range(8):
            tone = mix(base, (0, 0, 0) if rng.random() < 0.5 else (255, 220, 170), rng.uniform(0.02, 0.14))
            canvas.rect(0, row * wide, b.period, wide - 0.004 * u, tone)
            for _ in range(14):
                x, y, long = (
                    rng.uniform(0, b.period),
                    row * wide + rng.uniform(0.1, 0.9) * wide,
                    rng.uniform(0.05, 0.25) * u,
                )
                canvas.limb(
                    [(x, y), (x + long, y + rng.uniform(-0.004, 0.004) * u)],
                    [0.0015 * u] * 2,
                    mix(tone, (0, 0, 0), 0.18),
                    0.6,
                )
            canvas.rect(0, (row + 1) * wide - 0.004 * u, b.period, 0.004 * u, mix(base, (0, 0, 0), 0.4))
    if not flat and laid == "boards":
        x, y = 0.46 * b.width, 0.66 * b.height
        for grow, wool in ((1.0, "8a3c3c"), (0.92, "d8c09a"), (0.86, "a84c48")):
            canvas.ellipse(x, y, 0.5 * grow * u, 0.3 * grow * u, p.lit(rgb(wool)))
    canvas.shade(0, b.height * 0.5, (0.0, 0.0, 0.0), 0.16, 0.0)
    b.add(canvas, 1.0)
