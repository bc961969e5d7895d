"""A market: stalls under striped awnings, people between them."""

from __future__ import annotations

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places import land, streetscape
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.sky import clouds, sky

_PEOPLE = ("3f6d9e", "c8505c", "5c8a5a", "d8a04a", "7d5fa0", "4a5262")
_FRUIT = ("d2322d", "e58a35", "f0c445", "6f9f3c", "8a4a9a", "e8d9b0")
_AWNINGS = ("d2463c", "3a7f6a", "e0a23a", "3f6fae", "b0508a")


def market(b: Backdrop) -> None:
    """Stalls under striped awnings, people between them, lanterns or bunting above."""
    p, u = b.palette, b.unit
    foot = b.height * 0.7
    b.horizon, b.ground = foot - u * 0.12, b.height * 0.9
    sky(b)
    clouds(b, 4, bottom=0.35)
    streetscape.street_front(b, foot)
    stone = p.lit(rgb("c4b49a"))
    canvas = land.ground_gradient(b, foot - u * 0.01, mix(stone, p.horizon, 0.2), mix(stone, (40, 30, 40), 0.3), 1.0)
    rng = b.rng("cobbles")
    for _ in range(260):
        near = rng.uniform(0, 1) ** 0.7
        x, y, size = rng.uniform(0, b.period), foot + (b.height - foot) * near, u * (0.008 + 0.026 * near)
        canvas.ellipse(x, y, size, size * 0.3, mix(stone, (60, 50, 50), rng.uniform(0.1, 0.35)), 0.6)
    b.add(canvas, 1.45)
    _shoppers(b, foot + u * 0.05)
    _stalls(b, foot + u * 0.1)
    _bunting(b, foot - u * 0.44)


def _shoppers(b: Backdrop, foot: float) -> None:
    """Let people stand behind the stalls."""
    if b.unwanted("person"):
        return
    p, u = b.palette, b.unit
    for row, z in enumerate((1.42, 1.38)):
        rng, canvas = b.rng(f"shoppers {row}"), b.canvas()
        for i in range(7):
            x, tall = b.period * (i + rng.uniform(0.1, 0.9)) / 7, u * rng.uniform(0.26, 0.31)
            coat = mix(p.lit(rgb(str(rng.choice(_PEOPLE)))), p.horizon, 0.18)
            skin, hair = p.lit(rgb("d9a682")), p.lit(rgb(str(rng.choice(["33262a", "5a4030", "8a6a4a"]))))
            canvas.limb(
                [(x - tall * 0.04, foot), (x - tall * 0.02, foot - tall * 0.45)],
                [tall * 0.07, tall * 0.1],
                mix(coat, (20, 20, 40), 0.5),
            )
            canvas.limb(
                [(x + tall * 0.05, foot), (x + tall * 0.02, foot - tall * 0.45)],
                [tall * 0.07, tall * 0.1],
                mix(coat, (20, 20, 40), 0.55),
            )
            canvas.limb([(x, foot - tall * 0.42), (x, foot - tall * 0.74)], [tall * 0.2, tall * 0.18], coat)
            canvas.ellipse(x, foot - tall * 0.92, tall * 0.065, tall * 0.078, skin)
            canvas.ellipse(x - tall * 0.01, foot - tall * 0.96, tall * 0.072, tall * 0.055, hair)
        b.add(canvas, z, wave=u * 0.003, phase=row)


def _stalls(b: Backdrop, foot: float) -> None:
    p, u, rng, canvas = b.palette, b.unit, b.rng("stalls"), b.canvas()
    wood = p.lit(rgb("8a5f3c"))
    count = max(3, round(b.period / (u * 0.62)))
    for i in range(count):
        x, wide = b.period * (i + 0.1) / count, u * 0.42
        for dx in (0.01, 0.39):
            canvas.rect(x + u * dx, foot - u * 0.42, u * 0.014, u * 0.42, mix(wood, (0, 0, 0), 0.2))
        canvas.rect(x - u * 0.01, foot - u * 0.16, wide + u * 0.02, u * 0.17, wood)
        for plank in range(1, 5):
            canvas.rect(x + wide * plank / 5, foot - u * 0.155, u * 0.004, u * 0.16, mix(wood, (0, 0, 0), 0.25))
        _goods(canvas, b, rng, x, foot - u * 0.165, wide)
        _awning(
            canvas,
            p.lit(rgb(_AWNINGS[i % len(_AWNINGS)])),
            p.lit(rgb("f6efe2")),
            (x - u * 0.03, foot - u * 0.46),
            wide + u * 0.06,
            u,
        )
        if p.lamps or b.board.time == "dusk":
            canvas.halo(x + wide / 2, foot - u * 0.3, u * 0.24, rgb("ffd08a"), 0.4)
    b.add(canvas, 1.2)


def _goods(canvas: Canvas, b: Backdrop, rng: np.random.Generator, x: float, y: float, wide: float) -> None:
    u, p = b.unit, b.palette
    for crate in range(4):
        left, colour = x + wide * crate / 4, p.lit(rgb(str(rng.choice(_FRUIT))))
        for row in range(3):
            for k in range(4 - row):
                cx = left + u * (0.018 + 0.011 * row + 0.022 * k)
                canvas.ellipse(
                    cx, y - u * 0.016 * row - u * 0.008, u * 0.0125, u * 0.0125, mix(colour, (255, 255, 255), 0.1 * row)
                )


def _awning(canvas: Canvas, colour: Colour, white: Colour, corner: tuple[float, float], wide: float, u: float) -> None:
    (x, y), stripes = corner, 8
    for i in range(stripes):
        a, c = x + wide * i / stripes, x + wide * (i + 1) / stripes
        slant = [u * 0.04 * (1 - 2 * edge / stripes) for edge in (i, i + 1)]
        tone = colour if i % 2 else white
        canvas.polygon([(a, y + u * 0.1), (c, y + u * 0.1), (c + slant[1], y), (a + slant[0], y)], tone)
        canvas.ellipse((a + c) / 2, y + u * 0.1, (c - a) / 2, u * 0.022, mix(tone, (0, 0, 0), 0.08))


def _bunting(b: Backdrop, y: float) -> None:
    p, u, canvas = b.palette, b.unit, b.canvas()
    spans = max(2, round(b.period / (u * 0.9)))
    lit = p.lamps or b.board.time == "dusk"
    for i in range(spans * 10):
        share = i % 10 / 10
        x, dip = b.period * i / (spans * 10), y + u * 0.1 * (1 - (2 * share - 1) ** 2)
        if lit:
            canvas.halo(x, dip + u * 0.03, u * 0.05, rgb("ff9a4a"), 0.6)
            canvas.ellipse(x, dip + u * 0.03, u * 0.018, u * 0.022, rgb("ff7a4a"))
        else:
            flag = [(x, dip), (x + u * 0.035, dip + u * 0.004), (x + u * 0.016, dip + u * 0.045)]
            canvas.polygon(flag, p.lit(rgb(_AWNINGS[i % len(_AWNINGS)])))
    at = np.linspace(0, b.period, spans * 40 + 1)
    line = np.stack([at, y + u * 0.1 * (1 - (2 * (at / b.period * spans % 1) - 1) ** 2)], 1)
    canvas.limb(line, [u * 0.004] * len(line), p.lit(rgb("4a4040")))
    b.add(canvas, 1.15, wave=u * 0.004)
