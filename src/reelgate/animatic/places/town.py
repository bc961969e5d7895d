"""Towns and roads."""

from __future__ import annotations

import math

import msgspec

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places import land, streetscape
from reelgate.animatic.places.background_life import street_trees
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.nature import country
from reelgate.animatic.places.sky import birds, clouds, sky


def city(b: Backdrop) -> None:
    """A skyline over a park."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.7
    sky(b)
    clouds(b)
    streetscape.skyline(b, b.horizon + u * 0.02, height=0.56)
    land.hill(b, "park", b.horizon + u * 0.03, u * 0.03, mix(p.near, p.leaf, 0.4), 1.8, trees="round")
    land.meadow(b, "park", b.horizon + u * 0.08, mix(p.land, p.near, 0.5), p.near)
    _promenade(b, b.height * 0.9)
    birds(b, 4)


def _promenade(b: Backdrop, middle: float) -> None:
    """Lay a path through the park, with benches and lamps beside it."""
    p, u, path = b.palette, b.unit, b.canvas()
    stone = p.lit(rgb("c9bda6"))
    path.rect(0, middle - u * 0.055, b.period, u * 0.12, stone)
    path.rect(0, middle - u * 0.058, b.period, u * 0.008, mix(stone, (255, 255, 255), 0.3))
    slabs = max(6, round(b.period / (u * 0.13)))
    for i in range(slabs):
        x = b.period * i / slabs
        path.polygon(
            [
                (x, middle - u * 0.05),
                (x + u * 0.003, middle - u * 0.05),
                (x - u * 0.02, middle + u * 0.065),
                (x - u * 0.024, middle + u * 0.065),
            ],
            mix(stone, (40, 30, 40), 0.35),
        )
    b.add(path, 0.9999)
    b.ground = middle
    things, wood = b.canvas(), p.lit(rgb("8a5c3a"))
    for i in range(max(1, round(b.period / (u * 1.1)))):
        x, foot = u * (0.3 + 1.1 * i), middle - u * 0.05
        for dx in (-0.09, 0.08):
            things.rect(x + u * dx, foot - u * 0.06, u * 0.012, u * 0.06, p.lit(rgb("33363f")))
        for dy in (0.12, 0.095, 0.062):
            things.rect(x - u * 0.12, foot - u * dy, u * 0.24, u * 0.016, mix(wood, (0, 0, 0), 0.1 * (dy < 0.07)))
    b.add(things, 1.02)
    streetscape.lamp_posts(b, middle - u * 0.045, 1.03)


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
    streetscape.skyline(b, foot, height=0.8, rows=2)
    streetscape.street_front(b, foot)
    streetscape.pavement(b, foot, wet=wet or (b.palette.lamps and b.board.weather != "snow"))
    streetscape.lamp_posts(b, foot + u * 0.03)
    if "neon" not in b.board.styles:
        street_trees(b, foot + u * 0.035)
    if wet or (b.palette.lamps and b.board.weather != "snow"):
        _shimmer(b, foot)


def road(b: Backdrop) -> None:
    """A road through open country, or along the sea."""
    p, u = b.palette, b.unit
    b.ground = b.height * 0.87
    country(b)
    coast = b.far("sea", "beach")
    if not coast:
        land.hill(b, "far", b.horizon + u * 0.01, u * 0.08, mix(p.land, p.far, 0.4), 5.0, trees="round")
        land.hill(b, "mid", b.horizon + u * 0.09, u * 0.06, mix(p.land, p.near, 0.25), 2.6, trees="pine")
    land.meadow(b, "verge", b.ground - u * 0.15 if coast else b.horizon + u * 0.15, mix(p.land, p.near, 0.3), p.near)
    streetscape.road(b, b.ground - u * 0.09, b.ground + u * 0.09)
    land.foreground(b, mix(p.near, (0, 0, 0), 0.3), tall=0.06)
    birds(b, 2, kind="gull" if coast else "bird")


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
            rgb(str(rng.choice(streetscape.NEON))),
            0.3,
        )
        canvas.blur(b.unit * 0.012)
        x = b.width * rng.uniform(0, 1)

        def path(t: float, x: float = x, i: int = i) -> Stamp:
            return Stamp(x, foot + (b.height - foot) / 2, opacity=0.5 + 0.5 * math.sin((1.1 + 0.5 * i) * t + i))

        b.sprite(canvas.pixels, path, 0.99, span=b.unit * 0.2)
