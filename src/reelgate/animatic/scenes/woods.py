"""Among trees."""

from __future__ import annotations

import math

from reelgate.animatic.compose import Stamp
from reelgate.animatic.paint import Canvas
from reelgate.animatic.palette import mix, rgb
from reelgate.animatic.scenes import land
from reelgate.animatic.scenes.base import FAR, Backdrop
from reelgate.animatic.scenes.sky import gradient, stars


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
    _trunks(b)
    land.foreground(b, mix(p.near, (0, 0, 0), 0.45), tall=0.08)
    falling(b, autumn=b.board.season == "autumn")
    if b.board.weather == "mist":
        land.mist(b, (b.horizon, b.horizon + u * 0.1))


def _trunks(b: Backdrop) -> None:
    """A few large trunks close by, and the crowns above."""
    p, u, rng, canvas = b.palette, b.unit, b.rng("trunks"), b.canvas()
    bark = mix(p.lit(rgb("4a3a30")), (0, 0, 0), 0.25)
    count = max(2, round(b.period / (u * 0.9)))
    for i in range(count):
        x, wide = b.period * (i + rng.uniform(0.02, 0.24)) / count, u * rng.uniform(0.045, 0.075)
        canvas.limb(
            [(x, b.height * 0.95), (x + wide * 0.2, b.height * 0.4), (x - wide * 0.2, -u * 0.05)],
            [wide * 1.5, wide, wide * 0.8],
            bark,
        )
        canvas.polygon(
            [(x - wide * 1.4, b.height * 0.965), (x, b.height * 0.86), (x + wide * 1.4, b.height * 0.965)], bark
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


def falling(b: Backdrop, *, autumn: bool) -> None:
    """Let leaves or petals fall."""
    if not autumn and b.board.season != "spring":
        return
    rng, u = b.rng("falling"), b.unit
    tints = ["d9772b", "c4502a", "e3a536"] if autumn else ["f6bccd", "f3a6bd", "ffe0e8"]
    for i in range(22):
        canvas = Canvas(max(6, int(u * 0.03)), max(6, int(u * 0.03)))
        half = canvas.width / 2
        canvas.ellipse(half, half, half * 0.8, half * 0.34, b.palette.lit(rgb(tints[i % 3])), angle=rng.uniform(0, 3))
        x0, y0, fall, sway = (
            rng.uniform(0, b.width),
            rng.uniform(0, b.height),
            u * rng.uniform(0.06, 0.14),
            rng.uniform(0.7, 1.6),
        )

        def path(t: float, x0: float = x0, y0: float = y0, fall: float = fall, sway: float = sway) -> Stamp:
            y = (y0 + fall * t) % (b.height * 1.1) - b.height * 0.05
            return Stamp(
                x0 + u * 0.05 * math.sin(sway * t + x0) - u * 0.02 * t, y, scale=0.7 + 0.3 * math.sin(2 * sway * t)
            )

        b.sprite(canvas.pixels, path, 0.9, span=u * 0.05)
