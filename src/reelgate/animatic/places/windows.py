"""Windows: the sky and the land or the city in them, curtains beside them, and rain that runs down the glass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import Colour, Palette, mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import NIGHT, Box
from reelgate.animatic.places.sky import gradient


def pane(b: Backdrop, canvas: Canvas, p: Palette, box: Box, view: str) -> None:
    """Paint a window on a wall at distance 2: `view` is "hills", between curtains, or "city"."""
    x, y, wide, tall = box
    u, frame = b.unit, mix(rgb("f7f1e6"), NIGHT, {"night": 0.5, "dusk": 0.2}.get(b.board.time, 0.0))
    if view == "city":
        frame = mix(frame, rgb("3a3f48"), 0.8)
    canvas.glow(x + wide / 2, y + tall / 2, u * 0.62, mix(p.sun, p.horizon, 0.2), 0.0 if p.lamps else 0.55)
    canvas.rect(x - u * 0.02, y - u * 0.02, wide + u * 0.04, tall + u * 0.04, frame)
    for i in range(16):
        share = i / 15
        canvas.rect(x, y + tall * i / 16, wide, tall / 16 + 1, mix(p.zenith if p.lamps else p.sky, p.horizon, share))
    (_towers if view == "city" else _hills)(b, canvas, p, box)
    if b.board.weather in ("rain", "storm"):
        _streaked(b, canvas, box)
    for share in (0.33, 0.66) if view == "city" else (0.5,):
        canvas.rect(x + wide * share - u * 0.006, y, u * 0.012, tall, frame)
    if view == "city":
        return
    canvas.rect(x, y + tall * 0.4, wide, u * 0.012, frame)
    canvas.rect(x - u * 0.04, y + tall + u * 0.015, wide + u * 0.08, u * 0.022, mix(frame, (255, 255, 255), 0.3))
    _curtains(canvas, u, box, frame)


def glass(b: Backdrop) -> None:
    """Close behind a window: the world outside out of focus, rain running down the pane."""
    u, p, rng = b.unit, b.palette, b.rng("glass")
    b.horizon, b.ground = b.height * 0.7, b.height * 0.95
    wet, lit = b.board.weather in ("rain", "storm"), p.lamps or b.board.time == "dusk"
    outside = b.canvas()
    gradient(b, outside, [(0, p.zenith), (b.height * 0.5, p.sky), (b.height, mix(p.horizon, p.near, 0.45))])
    if b.far("city", "street") or lit:
        _towers(b, outside, p, (0.0, b.height * 0.1, float(b.period), b.height * 0.75))
    else:
        _hills(b, outside, p, (0.0, b.height * 0.05, float(b.period), b.height * 0.85))
        for _ in range(14):
            x, size = rng.uniform(0, b.period), u * rng.uniform(0.07, 0.16)
            leaf = mix(mix(p.leaf, p.land, rng.uniform(0, 0.7)), p.horizon, rng.uniform(0, 0.3))
            outside.ellipse(x, b.height * rng.uniform(0.7, 0.86), size, size * rng.uniform(0.8, 1.3), leaf)
    outside.blur(u * 0.014)
    b.add(outside, 5.0)
    lights = b.canvas()
    for _ in range(54 if lit else 16):
        spot = (rng.uniform(0, b.period), b.height * rng.uniform(0.28, 0.88))
        tone = (
            rgb(str(rng.choice(["ffd08a", "ffb060", "ff7a6a", "7fd6ff", "ffe6b8"]))) if lit else mix(p.sun, p.leaf, 0.4)
        )
        size = u * rng.uniform(0.012, 0.036)
        lights.ellipse(*spot, size, size, tone, 0.55 if lit else 0.25)
    lights.blur(u * 0.0025)
    b.add(lights, 3.2)
    frame, wood = b.canvas(), mix(p.lit(rgb("4a3a32")), NIGHT, 0.25)
    if wet:
        _streaked(b, frame, (0.0, 0.0, float(b.width), b.height * 0.9))
    for share in (0.34, 1.1):
        frame.rect(b.width * share - u * 0.018, 0, u * 0.036, b.height, wood)
        frame.rect(b.width * share - u * 0.018, 0, u * 0.008, b.height, mix(wood, p.horizon, 0.4))
    frame.rect(0, b.height * 0.32, b.period, u * 0.022, wood)
    frame.rect(0, b.height * 0.88, b.period, b.height * 0.12, mix(wood, (0, 0, 0), 0.2))
    frame.rect(0, b.height * 0.88, b.period, u * 0.012, mix(wood, p.horizon, 0.45))
    b.add(frame, 2.0)
    sill = b.canvas()
    if not b.board.subjects:
        _mug(b, sill, b.width * 0.72, b.height * 0.93)
        _plant(b, sill, b.width * 0.13, b.height * 0.94)
    b.add(sill, 1.0)


def _mug(b: Backdrop, canvas: Canvas, x: float, foot: float) -> None:
    u, white = b.unit, mix(b.palette.lit(rgb("f2e8dc")), (255, 255, 255), 0.2)
    canvas.ellipse(x + u * 0.01, foot, u * 0.11, u * 0.014, (10, 8, 20), 0.4)
    canvas.limb(
        [(x + u * 0.06, foot - u * 0.1), (x + u * 0.1, foot - u * 0.075), (x + u * 0.06, foot - u * 0.04)],
        [u * 0.016] * 3,
        white,
    )
    canvas.polygon(
        [
            (x - u * 0.065, foot - u * 0.13),
            (x + u * 0.065, foot - u * 0.13),
            (x + u * 0.055, foot),
            (x - u * 0.055, foot),
        ],
        white,
    )
    canvas.rect(x - u * 0.062, foot - u * 0.08, u * 0.124, u * 0.03, b.palette.lit(rgb("d9836a")))
    canvas.ellipse(x, foot - u * 0.13, u * 0.065, u * 0.014, mix(white, (60, 40, 30), 0.3))
    canvas.ellipse(x, foot - u * 0.128, u * 0.054, u * 0.01, rgb("5a3826"))
    for i in range(3):
        puff = Canvas(int(u * 0.12), int(u * 0.16))
        puff.limb(
            [(u * 0.06, u * 0.13), (u * 0.045, u * 0.085), (u * 0.07, u * 0.03)],
            [u * 0.012, u * 0.024, u * 0.008],
            (255, 255, 255),
            0.4,
        )
        puff.blur(u * 0.008)

        def path(t: float, i: int = i) -> Stamp:
            share = (0.3 * t + i / 3) % 1.0
            sway = u * 0.012 * float(np.sin(5 * share + 2 * i))
            return Stamp(x + sway, foot - u * (0.18 + 0.12 * share), opacity=0.7 * float(np.sin(np.pi * share)))

        b.sprite(puff.pixels, path, 0.99)


def _plant(b: Backdrop, canvas: Canvas, x: float, foot: float) -> None:
    """Stand a small plant on the sill."""
    u = b.unit
    for i in range(9):
        turn = -1.1 + 2.2 * i / 8
        tip = (x + u * 0.13 * float(np.sin(turn)), foot - u * (0.11 + 0.16 * float(np.cos(turn))))
        canvas.limb(
            [(x, foot - u * 0.08), ((x + tip[0]) / 2, tip[1] + u * 0.06), tip],
            [u * 0.008, u * 0.034, u * 0.005],
            b.palette.lit(rgb(("4c8a52", "3d7446", "5f9c58")[i % 3])),
        )
    canvas.polygon(
        [
            (x - u * 0.055, foot - u * 0.09),
            (x + u * 0.055, foot - u * 0.09),
            (x + u * 0.04, foot),
            (x - u * 0.04, foot),
        ],
        b.palette.lit(rgb("b5694c")),
    )


def _hills(b: Backdrop, canvas: Canvas, p: Palette, box: Box) -> None:
    x, y, wide, tall = box
    hills = np.linspace(0, wide, 24)
    crest = y + tall * (0.74 + 0.05 * np.sin(hills / wide * 7 + 1))
    canvas.polygon(
        [*np.stack([x + hills, crest], 1), (x + wide, y + tall), (x, y + tall)], mix(p.land, p.horizon, 0.25)
    )
    for share, size in ((0.2, 0.07), (0.8, 0.09)):
        canvas.ellipse(x + wide * share, y + tall * 0.76, wide * size, wide * size * 1.1, mix(p.leaf, p.horizon, 0.2))


def _towers(b: Backdrop, canvas: Canvas, p: Palette, box: Box) -> None:
    x, y, wide, tall = box
    rng, u = b.rng("view"), b.unit
    for row, count in enumerate((9, 7)):
        for i in range(count):
            left, broad = x + wide * i / count, wide / count * rng.uniform(0.7, 1.0)
            high = tall * rng.uniform(0.35, 0.8) * (1 - 0.3 * row)
            wall = mix(p.lit(rgb("6d7f96")), p.horizon, 0.55 - 0.3 * row)
            canvas.rect(left, y + tall - high, broad, high, wall)
            for floor in range(1, int(high / (u * 0.028))):
                for k in range(max(1, int(broad / (u * 0.022)))):
                    lit = (p.lamps or b.board.time == "dusk") and rng.random() < 0.45
                    tone = rgb("ffd98a") if lit else mix(wall, (255, 255, 255), 0.22)
                    spot = (left + u * (0.006 + 0.022 * k), y + tall - high + u * 0.028 * floor)
                    if spot[0] + u * 0.01 < left + broad:
                        canvas.rect(*spot, u * 0.01, u * 0.014, tone, 0.9 if lit else 0.6)


def _curtains(canvas: Canvas, u: float, box: Box, frame: Colour) -> None:
    x, y, wide, tall = box
    cloth = mix(rgb("e8b48c"), frame, 0.25)
    for side in (-1, 1):
        edge = x + wide / 2 + side * (wide / 2 + u * 0.06)
        inner = edge - side * u * 0.13
        canvas.polygon(
            [
                (edge, y - u * 0.05),
                (inner, y - u * 0.05),
                (inner + side * u * 0.05, y + tall * 0.7),
                (inner + side * u * 0.035, y + tall + u * 0.12),
                (edge + side * u * 0.012, y + tall + u * 0.12),
            ],
            cloth,
        )
        for fold in (0.3, 0.62):
            fx = edge - side * u * 0.11 * fold
            canvas.limb(
                [(fx, y - u * 0.04), (fx + side * u * 0.01, y + tall + u * 0.11)],
                [u * 0.006, u * 0.01],
                mix(cloth, (90, 50, 40), 0.25),
            )
    canvas.limb(
        [(x - u * 0.1, y - u * 0.055), (x + wide + u * 0.1, y - u * 0.055)], [u * 0.014, u * 0.014], rgb("8a6242")
    )


def _streaked(b: Backdrop, canvas: Canvas, box: Box) -> None:
    """Let rain run down a pane: still drops all over it, and some that slide."""
    x, y, wide, tall = box
    rng, u = b.rng("panes"), b.unit
    light = mix(b.palette.horizon, (255, 255, 255), 0.55)
    canvas.rect(x, y, wide, tall, mix(b.palette.horizon, (40, 50, 70), 0.5), 0.25)
    for _ in range(46):
        at, low, long = x + wide * rng.uniform(0, 1), y + tall * rng.uniform(0, 0.9), tall * rng.uniform(0.01, 0.1)
        canvas.limb([(at, low), (at, min(low + long, y + tall))], [u * 0.0015, u * 0.004], light, 0.5)
    for _ in range(9):
        at, start, speed = x + wide * rng.uniform(0.03, 0.97), rng.uniform(0, 1), rng.uniform(0.16, 0.4)
        b.sprite(
            drop(u * rng.uniform(0.005, 0.008), tall * 0.1, light),
            sliding(at, (y, y + tall * 0.9), start, speed),
            1.999,
        )


def drop(size: float, trail: float, light: Colour) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return the picture of a drop of half width `size` with the wet trail above it."""
    canvas = Canvas(max(6, int(size * 4)), max(8, int(trail + size * 4)))
    middle, foot = canvas.width / 2, canvas.height - size * 1.8
    canvas.limb([(middle, 1), (middle, foot)], [size * 0.3, size * 1.1], light, 0.3)
    canvas.ellipse(middle, foot, size, size * 1.35, light, 0.75)
    canvas.ellipse(middle - size * 0.3, foot - size * 0.4, size * 0.3, size * 0.4, (255, 255, 255), 0.9)
    return canvas.pixels


def sliding(x: float, rows: tuple[float, float], start: float, speed: float) -> Callable[[float], Stamp]:
    """Return the path of a drop that slides from one row to the other in 1 / `speed` seconds, halting on its way."""

    def path(t: float) -> Stamp:
        share = (start + speed * t) % 1.0
        halting = share + 0.05 * np.sin(share * 19)
        return Stamp(
            x, rows[0] + (rows[1] - rows[0]) * float(halting), opacity=float(min(1.0, 8 * share, 8 * (1 - share)))
        )

    return path
