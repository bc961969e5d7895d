"""Among trees."""

from __future__ import annotations

import math

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places import land
from reelgate.animatic.places.base import FAR, Backdrop
from reelgate.animatic.places.sky import gradient, stars
from reelgate.animatic.places.sky_spectacles import SPECTACLES


def forest(b: Backdrop) -> None:
    """Among trees: rows of trunks, the far ones pale, light on the path."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.62
    glowing = mix(p.horizon, p.leaf, 0.25)
    canvas = b.flat()
    gradient(
        b,
        canvas,
        [(0, mix(p.sky, p.leaf, 0.25)), (b.horizon, mix(glowing, (255, 250, 220), 0.25 if not p.lamps else 0.0))],
    )
    if p.lamps:
        stars(b, canvas, 60, b.horizon * 0.7)
    canvas.glow(b.width * 0.55, b.horizon * 0.55, u * 0.7, p.sun, 0.6 if not p.lamps else 0.15)
    b.add(canvas, FAR)
    for row, (z, share, size, count) in enumerate(((7.0, 0.62, 0.42, 22), (4.0, 0.42, 0.6, 14), (2.2, 0.2, 0.85, 9))):
        rng, trees = b.rng(f"wood {row}"), b.canvas()
        foot = b.horizon + u * 0.045 * row
        for i in range(count):
            x = b.period * (i + rng.uniform(0.1, 0.9)) / count
            kind = (
                "pine"
                if b.board.season != "autumn" and rng.random() < 0.4
                else "blossom"
                if b.board.season == "spring" and row == 2
                else "round"
            )
            land.tree(
                trees, b, rng, x, foot + rng.uniform(0, 0.02) * u, u * size * rng.uniform(0.8, 1.15), kind, depth=share
            )
        b.add(trees, z)
        floor = mix(mix(p.land, p.near, 0.25 + 0.2 * row), p.horizon, share * 0.6)
        land.hill(b, f"floor {row}", foot + u * 0.012, u * 0.02, floor, z - 0.05)
    land.meadow(b, "floor", b.horizon + u * 0.12, mix(p.land, p.near, 0.55), mix(p.near, (0, 0, 0), 0.1))
    _shafts(b)
    _trunks(b)
    land.foreground(b, mix(p.near, (0, 0, 0), 0.45), tall=0.08)
    shed = {"autumn": "leaves", "spring": "petals"}.get(b.board.season)
    if shed and shed not in b.board.spectacles:
        SPECTACLES[shed](b)
    if b.board.weather == "mist":
        land.mist(b, (b.horizon, b.horizon + u * 0.1))


def _shafts(b: Backdrop) -> None:
    """Let the sun fall through the crowns in shafts, or the moon."""
    if b.board.weather in ("rain", "storm", "cloud", "snow"):
        return
    u, strength = b.unit, 0.1 if b.palette.lamps else 0.22
    light = mix(b.palette.sun, (255, 250, 220), 0.4)
    for i, (share, wide) in enumerate(((0.34, 0.06), (0.56, 0.1))):
        shaft = Canvas(int(u * 0.46), int(b.height * 0.85))
        left, far = shaft.width * 0.66, u * wide
        shaft.polygon([(left, 0), (left + far, 0), (far * 1.8, shaft.height), (0, shaft.height)], light, strength)
        shaft.blur(u * 0.012)
        shaft.fade(0, shaft.height, 1.0, 0.0)

        def path(t: float, share: float = share, i: int = i) -> Stamp:
            return Stamp(b.width * share, b.height * 0.45, opacity=0.75 + 0.25 * math.sin(0.6 * t + 2 * i))

        b.sprite(shaft.pixels, path, 1.6)


def bamboo(b: Backdrop) -> None:
    """Among bamboo: green stems with their rings, the far ones pale, leaves above."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.64
    canvas = b.flat()
    light = mix(mix(p.horizon, p.leaf, 0.3), (255, 252, 214), 0.0 if p.lamps else 0.35)
    gradient(b, canvas, [(0, mix(p.sky, p.leaf, 0.4)), (b.horizon * 0.7, light), (b.horizon, mix(light, p.leaf, 0.25))])
    canvas.glow(b.width * 0.6, b.horizon * 0.5, u * 0.6, p.sun, 0.15 if p.lamps else 0.6)
    b.add(canvas, FAR)
    for row, (z, pale, wide, count) in enumerate(((6.0, 0.6, 0.016, 34), (3.4, 0.36, 0.026, 18), (1.8, 0.1, 0.04, 9))):
        rng, stems = b.rng(f"bamboo {row}"), b.canvas()
        foot = b.horizon + u * 0.05 * row
        for i in range(count):
            x = b.period * (i + rng.uniform(0.1, 0.9)) / count
            _stem(stems, b, rng, (x, foot + u * 0.02), u * wide * rng.uniform(0.8, 1.2), pale)
        b.add(stems, z, wave=u * 0.002 * row, phase=row)
        floor = mix(mix(p.land, p.near, 0.2 + 0.2 * row), p.horizon, pale * 0.6)
        land.hill(b, f"floor {row}", foot + u * 0.012, u * 0.02, floor, z - 0.05)
    land.meadow(b, "floor", b.horizon + u * 0.12, mix(p.land, p.near, 0.5), mix(p.near, (0, 0, 0), 0.1))
    land.foreground(b, mix(p.near, (0, 0, 0), 0.45), tall=0.08)
    if b.board.weather == "mist":
        land.mist(b, (b.horizon, b.horizon + u * 0.1))


def _stem(
    canvas: Canvas, b: Backdrop, rng: np.random.Generator, foot: tuple[float, float], wide: float, pale: float
) -> None:
    p, (x, y) = b.palette, foot
    green = mix(mix(p.leaf, p.lit(rgb("9cc45a")), rng.uniform(0.2, 0.6)), p.horizon, pale)
    lean = wide * rng.uniform(-1.5, 1.5)
    canvas.limb([(x, y), (x + lean, -wide)], [wide, wide * 0.8], green)
    canvas.limb([(x - wide * 0.22, y), (x + lean - wide * 0.2, -wide)], [wide * 0.2] * 2, mix(green, p.sun, 0.25))
    for ring in np.arange(y - wide * 2, 0, -wide * 5.5):
        at = x + lean * (y - ring) / y
        canvas.limb([(at - wide * 0.5, ring), (at + wide * 0.5, ring)], [wide * 0.22] * 2, mix(green, p.near, 0.45))
    for _ in range(5):
        at, high = x + lean, rng.uniform(0, y * 0.55)
        side = rng.choice([-1.0, 1.0])
        for blade in range(3):
            tip = (at + side * wide * (2.6 + blade), high + wide * (0.6 + 1.1 * blade))
            canvas.limb(
                [(at, high), ((at + tip[0]) / 2, (high + tip[1]) / 2 - wide * 0.2), tip],
                [wide * 0.14, wide * 0.5, wide * 0.05],
                mix(green, p.leaf, 0.5),
            )


def _trunks(b: Backdrop) -> None:
    """A few large trunks just behind the people there, and the crowns above."""
    p, u, rng, canvas = b.palette, b.unit, b.rng("trunks"), b.canvas()
    bark = mix(p.lit(rgb("4a3a30")), (0, 0, 0), 0.25)
    count = max(2, round(b.period / (u * 0.9)))
    for i in range(count):
        x, wide = b.period * (i + rng.uniform(0.02, 0.24)) / count, u * rng.uniform(0.045, 0.075)
        canvas.limb(
            [(x, b.height * 0.76), (x + wide * 0.2, b.height * 0.36), (x - wide * 0.2, -u * 0.05)],
            [wide * 1.5, wide, wide * 0.8],
            bark,
        )
        canvas.polygon(
            [(x - wide * 1.4, b.height * 0.805), (x, b.height * 0.7), (x + wide * 1.4, b.height * 0.805)], bark
        )
        for _ in range(7):
            leaf = p.leaf if b.board.season != "autumn" else p.lit(rgb(str(rng.choice(["d9772b", "c4502a", "e3a536"]))))
            canvas.ellipse(
                x + u * rng.uniform(-0.3, 0.3),
                u * rng.uniform(-0.06, 0.07),
                u * 0.13,
                u * 0.085,
                mix(leaf, (0, 0, 0), rng.uniform(0.15, 0.4)),
            )
    b.add(canvas, 0.992, wave=u * 0.0015)
