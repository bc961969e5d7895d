"""Under the earth."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, ridge
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.drawing.particles import motes
from reelgate.animatic.places import land
from reelgate.animatic.places.base import FAR, Backdrop
from reelgate.animatic.places.sky import gradient

_CRYSTALS = ("5fe0ff", "9d7bff", "5dffc0", "ff7ad0")


def cave(b: Backdrop) -> None:
    """A hall of rock: stone hangs from above and stands below, crystals glow, light falls in from its mouth."""
    u, rng = b.unit, b.rng("cave")
    b.palette = msgspec.structs.replace(b.palette, light=(150.0, 170.0, 205.0), lamps=True, horizon=rgb("2f4a63"))
    b.horizon, b.ground = b.height * 0.66, b.height * 0.89
    b.sun = (b.width * 0.55, b.height * 0.2)
    back = b.flat()
    gradient(b, back, [(0, rgb("0f1a2a")), (b.height * 0.5, rgb("35566e")), (b.height, rgb("16222f"))])
    back.glow(b.width * 0.55, b.height * 0.36, u * 0.75, rgb("bfe6ff"), 0.75)
    b.add(back, FAR)
    for row, z in enumerate((6.0, 3.4, 1.9)):
        _walls(b, row, z)
    _daylight(b)
    floor = b.canvas()
    top = b.height * 0.76 - (ridge(b.rng("cave floor"), b.period, 4) - 0.5) * u * 0.04
    land.slope(floor, top, rgb("33404f"))
    floor.shade(b.height * 0.76, b.height, rgb("0c121c"), 0.0, 0.7)
    for x in rng.uniform(0, b.period, 30):
        y, wide = b.height * rng.uniform(0.8, 0.99), u * rng.uniform(0.02, 0.1)
        floor.ellipse(x, y, wide, wide * 0.1, rgb("4a5a6c"), 0.4)
    b.add(floor, 1.0)
    for i in range(7):
        _cluster(b, rng, b.period * (i + rng.uniform(0.2, 0.8)) / 7, i)
    b.effects += motes(b.rng("motes"), b.width, b.height)


def _walls(b: Backdrop, row: int, z: float) -> None:
    """Paint one arch of rock with what hangs from it and stands below it."""
    u, rng, canvas = b.unit, b.rng(f"cave {row}"), b.canvas()
    rock = mix(rgb("1a2432"), rgb("4a6a82"), 0.62 - 0.28 * row)
    x = np.arange(b.period, dtype=float)
    roof = b.height * (0.2 - 0.05 * row) - (ridge(rng, b.period, 4, sharp=0.3) - 0.5) * u * 0.16
    canvas.polygon(np.concatenate([np.stack([x, roof], 1), [(b.period, 0), (0, 0)]]), rock)
    foot = b.height * (0.7 + 0.03 * row) - (ridge(rng, b.period, 4, sharp=0.3) - 0.5) * u * 0.12
    land.slope(canvas, foot, rock)
    for at in rng.uniform(0, b.period, 16):
        long, wide = u * rng.uniform(0.05, 0.26) * (0.7 + 0.3 * row), u * rng.uniform(0.014, 0.036)
        y = float(roof[int(at)]) - u * 0.02
        canvas.polygon(
            [(at - wide, y), (at + wide, y), (at + wide * 0.15, y + long), (at - wide * 0.1, y + long)], rock
        )
        canvas.polygon([(at, y), (at + wide, y), (at + wide * 0.15, y + long)], mix(rock, (0, 0, 10), 0.25))
        if rng.random() < 0.6:
            y, high = float(foot[int(at)]) + u * 0.02, long * 0.7
            canvas.polygon([(at - wide * 1.3, y), (at + wide * 1.3, y), (at + wide * 0.1, y - high)], rock)
            canvas.polygon([(at, y), (at + wide * 1.3, y), (at + wide * 0.1, y - high)], mix(rock, (0, 0, 10), 0.25))
    b.add(canvas, z)


def _daylight(b: Backdrop) -> None:
    u = b.unit
    shaft = Canvas(int(u * 0.6), int(b.height * 0.8))
    shaft.polygon([(u * 0.3, 0), (u * 0.42, 0), (u * 0.5, shaft.height), (u * 0.06, shaft.height)], rgb("d8f0ff"), 0.3)
    shaft.blur(u * 0.012)
    shaft.fade(0, shaft.height, 1.0, 0.15)
    b.sprite(
        shaft.pixels,
        lambda t: Stamp(b.width * 0.55, b.height * 0.4, opacity=0.8 + 0.2 * math.sin(0.7 * t)),
        2.6,
    )


def _cluster(b: Backdrop, rng: np.random.Generator, x: float, number: int) -> None:
    """Grow glowing crystals from the ground; their light comes and goes."""
    u, glow = b.unit, rgb(_CRYSTALS[number % len(_CRYSTALS)])
    size, foot = u * rng.uniform(0.06, 0.12), b.height * rng.uniform(0.77, 0.83)
    canvas = Canvas(int(size * 6), int(size * 5))
    middle, low = canvas.width / 2, canvas.height * 0.72
    canvas.halo(middle, low - size * 0.5, size * 2.3, glow, 0.55)
    for lean, long in ((-0.6, 0.8), (0.65, 0.9), (-0.25, 1.25), (0.3, 1.1), (0.02, 1.6)):
        _crystal(
            canvas,
            (middle + lean * size * 0.6, low),
            (lean * 0.5, long * size * rng.uniform(0.8, 1.1)),
            size * 0.2,
            glow,
        )

    def path(t: float) -> Stamp:
        return Stamp(x, foot - size * 1.1 + size * 0.02, opacity=0.9 + 0.1 * math.sin(1.3 * t + number))

    b.sprite(canvas.pixels, path, 0.997, span=size * 3)


def _crystal(canvas: Canvas, foot: tuple[float, float], grown: tuple[float, float], wide: float, glow: Colour) -> None:
    (x, y), (lean, long) = foot, grown
    tip, shoulder = (x + lean * long, y - long), (x + lean * long * 0.78, y - long * 0.78)
    body = [
        (x - wide, y),
        (x + wide, y),
        (shoulder[0] + wide * 0.9, shoulder[1]),
        tip,
        (shoulder[0] - wide * 0.9, shoulder[1]),
    ]
    canvas.polygon(body, mix(glow, rgb("20304a"), 0.25))
    canvas.polygon(
        [(x - wide, y), (x - wide * 0.1, y), (shoulder[0], shoulder[1] + wide * 0.3), tip, body[4]],
        mix(glow, (255, 255, 255), 0.45),
    )
