"""Towns and roads."""

from __future__ import annotations

import math

import msgspec

from reelgate.animatic.compose import Stamp
from reelgate.animatic.paint import Canvas
from reelgate.animatic.palette import mix, rgb
from reelgate.animatic.scenes import built, land
from reelgate.animatic.scenes.base import Backdrop
from reelgate.animatic.scenes.nature import country
from reelgate.animatic.scenes.sky import birds, clouds, sky


def city(b: Backdrop) -> None:
    """A skyline over a park."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.7
    sky(b)
    clouds(b)
    built.skyline(b, b.horizon + u * 0.02, height=0.56)
    land.hill(b, "park", b.horizon + u * 0.03, u * 0.03, mix(p.near, p.leaf, 0.4), 1.8, trees="round")
    land.meadow(b, "park", b.horizon + u * 0.08, mix(p.land, p.near, 0.5), p.near)
    birds(b, 4)


def street(b: Backdrop) -> None:
    """A street in town; wet and full of neon when it rains at night."""
    u = b.unit
    foot = b.height * 0.72
    b.horizon = foot - u * 0.1
    b.ground = b.height * 0.86
    b.palette = msgspec.structs.replace(b.palette, light=mix(b.palette.light, (255.0, 240.0, 235.0), 0.3))
    wet = b.board.weather in ("rain", "storm")
    sky(b)
    clouds(b, 4, bottom=0.4)
    built.skyline(b, foot, height=0.8, rows=2)
    built.street_front(b, foot)
    built.pavement(b, foot, wet=wet or b.palette.lamps)
    built.lamp_posts(b, foot + u * 0.03)
    if wet or b.palette.lamps:
        _shimmer(b, foot)


def road(b: Backdrop) -> None:
    """A road through open country, or along the sea."""
    p, u = b.palette, b.unit
    b.ground = b.height * 0.87
    country(b)
    land.hill(b, "far", b.horizon + u * 0.01, u * 0.08, mix(p.land, p.far, 0.4), 5.0, trees="round")
    land.hill(b, "mid", b.horizon + u * 0.09, u * 0.06, mix(p.land, p.near, 0.25), 2.6, trees="pine")
    land.meadow(b, "verge", b.horizon + u * 0.15, mix(p.land, p.near, 0.3), p.near)
    built.road(b, b.ground - u * 0.09, b.ground + u * 0.09)
    land.foreground(b, mix(p.near, (0, 0, 0), 0.3), tall=0.06)
    birds(b, 2)


def _shimmer(b: Backdrop, foot: float) -> None:
    """Let a few neon reflections on the ground breathe."""
    rng = b.rng("flicker")
    for i in range(5):
        canvas = Canvas(int(b.unit * 0.2), max(8, int(b.height - foot)))
        canvas.ellipse(
            canvas.width / 2,
            canvas.height * 0.3,
            canvas.width * 0.42,
            canvas.height * 0.28,
            rgb(str(rng.choice(built.NEON))),
            0.3,
        )
        canvas.blur(b.unit * 0.012)
        x = b.width * rng.uniform(0, 1)

        def path(t: float, x: float = x, i: int = i) -> Stamp:
            return Stamp(x, foot + (b.height - foot) / 2, opacity=0.5 + 0.5 * math.sin((1.1 + 0.5 * i) * t + i))

        b.sprite(canvas.pixels, path, 0.99, span=b.unit * 0.2)
