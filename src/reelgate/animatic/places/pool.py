"""A swimming pool: lanes between floats, tiles, a ladder, seats in the shade."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.sky import clouds, gradient, sky


def pool(b: Backdrop) -> None:
    """An open-air pool, seen from its side: swimmers are in it, others on the tiles before it."""
    u, p = b.unit, b.palette
    b.horizon, b.ground = b.height * 0.46, b.height * 0.93
    top, foot = b.height * 0.53, b.height * 0.83
    b.surface = top + (foot - top) * 0.6
    sky(b)
    clouds(b)
    far = b.canvas()
    _hedge(b, far)
    far.rect(0, b.horizon, b.period, top - b.horizon, p.lit(rgb("e4dccb")))
    far.rect(0, top - u * 0.02, b.period, u * 0.03, p.lit(rgb("f7f3ea")))
    for i in range(max(4, round(b.period / (u * 0.22)))):
        far.rect(u * 0.22 * i, b.horizon, u * 0.003, top - b.horizon, p.lit(rgb("bdb4a2")))
    for share in (0.12, 0.62, 1.1):
        _lounger(b, far, b.width * share, top - u * 0.014)
    b.add(far, 3.6)
    water = b.canvas()
    clear, deep = p.lit(rgb("7fe0ea")), p.lit(rgb("2aa3cc"))
    gradient(b, water, [(top, mix(clear, (255, 255, 255), 0.15)), ((top + foot) / 2, clear), (foot, deep)], top, foot)
    for row in range(4):
        y = top + (foot - top) * (0.12 + 0.26 * row)
        _floats(b, water, y, u * (0.008 + 0.004 * row))
    b.add(water, 3.1)
    _ripples(b, top, foot)
    _edge(b, foot)


def _hedge(b: Backdrop, canvas: Canvas) -> None:
    u, rng = b.unit, b.rng("hedge")
    for i in range(round(b.period / (u * 0.07))):
        leaf = mix(mix(b.palette.leaf, b.palette.land, rng.uniform(0, 0.5)), b.palette.horizon, 0.15)
        canvas.ellipse(u * 0.07 * i, b.horizon, u * rng.uniform(0.05, 0.08), u * rng.uniform(0.06, 0.13), leaf)


def _lounger(b: Backdrop, canvas: Canvas, x: float, foot: float) -> None:
    """Stand a sunshade over a bed to lie on."""
    u, lit = b.unit, b.palette.lit
    canvas.rect(x - u * 0.004, foot - u * 0.26, u * 0.008, u * 0.26, lit(rgb("b59a78")))
    for k in range(6):
        turn = [math.pi + math.pi * (k + s) / 6 for s in (0.0, 0.5, 1.0)]
        rim = [(x + u * 0.16 * math.cos(t), foot - u * 0.2 + u * 0.09 * math.sin(t)) for t in turn]
        canvas.polygon([(x, foot - u * 0.2), *rim], lit(rgb(("e2574c", "fbf4e6")[k % 2])))
    canvas.limb(
        [(x + u * 0.05, foot - u * 0.045), (x + u * 0.2, foot - u * 0.045)], [u * 0.018] * 2, lit(rgb("fdfaf2"))
    )
    canvas.limb([(x + u * 0.2, foot - u * 0.045), (x + u * 0.26, foot - u * 0.11)], [u * 0.018] * 2, lit(rgb("fdfaf2")))
    for dx in (0.07, 0.19):
        canvas.rect(x + u * dx, foot - u * 0.04, u * 0.008, u * 0.04, lit(rgb("8f7a5c")))


def _floats(b: Backdrop, canvas: Canvas, y: float, size: float) -> None:
    """Lay a rope of floats between two lanes."""
    count = 2 * max(8, round(b.period / (size * 6)))
    step = b.period / count
    for i in range(count):
        tone = b.palette.lit(rgb(("e2483e", "fbf8f0")[i % 2]))
        canvas.ellipse(step * (i + 0.5), y + size * 0.9, step * 0.5, size * 0.3, (20, 90, 130), 0.25)
        canvas.ellipse(step * (i + 0.5), y, step * 0.46, size * 0.62, tone)


def _ripples(b: Backdrop, top: float, foot: float) -> None:
    """Let the light dance on the water."""
    u, rng = b.unit, b.rng("ripples")
    for group in range(3):
        canvas = Canvas(b.width, max(4, int(foot - top)))
        for _ in range(34):
            share = rng.uniform(0.03, 0.97)
            size, x, y = u * (0.012 + 0.03 * share), rng.uniform(0, b.width), share * canvas.height
            arc = [(x - size, y), (x, y - size * 0.18), (x + size, y + size * 0.06)]
            canvas.limb(arc, [size * 0.04, size * 0.13, size * 0.04], (255, 255, 255), 0.6)

        def path(t: float, group: int = group) -> Stamp:
            twinkle = math.sin(1.9 * t + group * 2 * math.pi / 3)
            return Stamp(b.width / 2, (top + foot) / 2, opacity=max(0.0, 0.3 + 0.45 * twinkle))

        b.sprite(canvas.pixels, path, 3.05)


def _edge(b: Backdrop, foot: float) -> None:
    """Lay the near edge with its tiles, and a ladder into the water."""
    u, lit, canvas = b.unit, b.palette.lit, b.canvas()
    canvas.rect(0, foot, b.period, b.height - foot, lit(rgb("e9e0cf")))
    canvas.rect(0, foot, b.period, u * 0.028, lit(rgb("fbf8f0")))
    tiles = max(6, round(b.period / (u * 0.045)))
    for i in range(tiles):
        blue = lit(rgb(("2f86b8", "58b4d8")[i % 2]))
        canvas.rect(b.period * i / tiles, foot + u * 0.03, b.period / tiles - u * 0.003, u * 0.022, blue)
    for i in range(max(4, round(b.period / (u * 0.24)))):
        x = u * 0.24 * i
        canvas.limb([(x, foot + u * 0.056), (x - u * 0.06, b.height)], [u * 0.004] * 2, lit(rgb("c9bda6")))
    for side in (0.0, 0.11):
        x = b.width * 0.84 + u * side
        bends = ((0.0, 0.05), (0.0, -0.09), (-0.02, -0.11), (-0.045, -0.08), (-0.05, -0.005))
        canvas.limb([(x + u * dx, foot + u * dy) for dx, dy in bends], [u * 0.014] * 5, lit(rgb("c3ccd2")))
    b.add(canvas, 1.0)
