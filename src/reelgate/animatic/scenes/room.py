"""Interiors."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from reelgate.animatic.compose import Stamp
from reelgate.animatic.paint import Canvas, curve
from reelgate.animatic.palette import Colour, Palette, mix, rgb
from reelgate.animatic.particles import motes
from reelgate.animatic.scenes.base import Backdrop
from reelgate.animatic.scenes.sky import gradient

_WALLS = ("ecd6b6", "e6d3bd", "dcd8c2", "e8ccb8", "d3dcd6")


def room(b: Backdrop) -> None:
    """Paint a living room: a window with the sky in it, furniture, a floor with the light of the window on it."""
    p, rng, u = b.palette, b.rng("room"), b.unit
    floor = b.height * 0.76
    b.ground = b.height * 0.9
    wall = mix(rgb(str(rng.choice(_WALLS))), p.light, 0.12)
    dim = {"night": 0.5, "dusk": 0.22}.get(b.board.time, 0.0)
    wall = mix(wall, rgb("2b2440"), dim)
    canvas = b.canvas()
    gradient(
        b, canvas, [(0, mix(wall, (60, 40, 50), 0.16)), (floor * 0.6, wall), (floor, mix(wall, (80, 55, 50), 0.12))]
    )
    b.palette = msgspec.structs.replace(p, light=mix(p.light, (255.0, 244.0, 228.0), 0.6))
    window = (b.width * 0.66, floor - u * 0.6, u * 0.42, u * 0.42)
    if b.width < b.height:
        window = (b.width * 0.58, floor - u * 0.78, u * 0.36, u * 0.46)
    _window(b, canvas, p, window)
    _pictures(b, canvas, rng, floor, wall, window)
    _skirting(b, canvas, floor, wall)
    b.add(canvas, 2.0)
    _floor(b, floor, dim)
    _furniture(b, rng, floor, dim)
    _beam(b, window, dim)
    b.effects += motes(b.rng("motes"), b.width, b.height)


def _window(b: Backdrop, canvas: Canvas, p: Palette, box: tuple[float, float, float, float]) -> None:
    x, y, wide, tall = box
    u, frame = b.unit, mix(rgb("f7f1e6"), rgb("2b2440"), {"night": 0.5, "dusk": 0.2}.get(b.board.time, 0.0))
    canvas.glow(x + wide / 2, y + tall / 2, u * 0.62, mix(p.sun, p.horizon, 0.2), 0.0 if p.lamps else 0.55)
    canvas.rect(x - u * 0.02, y - u * 0.02, wide + u * 0.04, tall + u * 0.04, frame)
    for i in range(16):
        share = i / 15
        canvas.rect(x, y + tall * i / 16, wide, tall / 16 + 1, mix(p.zenith if p.lamps else p.sky, p.horizon, share))
    hills = np.linspace(0, wide, 24)
    crest = y + tall * (0.74 + 0.05 * np.sin(hills / wide * 7 + 1))
    canvas.polygon(
        [*np.stack([x + hills, crest], 1), (x + wide, y + tall), (x, y + tall)], mix(p.land, p.horizon, 0.25)
    )
    for share, size in ((0.2, 0.07), (0.8, 0.09)):
        canvas.ellipse(x + wide * share, y + tall * 0.76, wide * size, wide * size * 1.1, mix(p.leaf, p.horizon, 0.2))
    canvas.rect(x + wide / 2 - u * 0.006, y, u * 0.012, tall, frame)
    canvas.rect(x, y + tall * 0.4, wide, u * 0.012, frame)
    canvas.rect(x - u * 0.04, y + tall + u * 0.015, wide + u * 0.08, u * 0.022, mix(frame, (255, 255, 255), 0.3))
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


def _pictures(
    b: Backdrop,
    canvas: Canvas,
    rng: np.random.Generator,
    floor: float,
    wall: Colour,
    window: tuple[float, float, float, float],
) -> None:
    u = b.unit
    for share, drop, wide, tall in ((0.14, 0.52, 0.15, 0.2), (0.33, 0.58, 0.2, 0.14), (1.12, 0.56, 0.16, 0.2)):
        x, y = b.width * share, floor - u * drop
        if x + u * wide > window[0] - u * 0.1 and x < window[0] + window[2] + u * 0.1:
            continue
        canvas.rect(x + u * 0.008, y + u * 0.01, u * wide, u * tall, mix(wall, (40, 20, 20), 0.4), 0.5)
        canvas.rect(x, y, u * wide, u * tall, rgb("6d4c34"))
        canvas.rect(x + u * 0.012, y + u * 0.012, u * (wide - 0.024), u * (tall - 0.024), rgb("f3e8d4"))
        tint = rgb(str(rng.choice(["d98a5c", "6f9fb0", "88a56c", "c46a6a"])))
        canvas.polygon(
            [
                (x + u * 0.022, y + u * (tall - 0.024)),
                (x + u * wide * 0.4, y + u * tall * 0.4),
                (x + u * (wide - 0.022), y + u * (tall - 0.024)),
            ],
            tint,
        )
        canvas.ellipse(x + u * wide * 0.68, y + u * tall * 0.32, u * 0.016, u * 0.016, rgb("f0c257"))


def _skirting(b: Backdrop, canvas: Canvas, floor: float, wall: Colour) -> None:
    canvas.rect(0, floor - b.unit * 0.035, b.period, b.unit * 0.035, mix(wall, (255, 255, 255), 0.35))
    canvas.rect(0, floor - b.unit * 0.037, b.period, b.unit * 0.004, mix(wall, (60, 40, 40), 0.3))


def _floor(b: Backdrop, floor: float, dim: float) -> None:
    rng, canvas, u = b.rng("floor"), b.canvas(), b.unit
    wood = mix(rgb("b57f4e"), rgb("2b2440"), dim)
    canvas.rect(0, floor, b.period, b.height - floor, wood)
    rows = 7
    for row in range(rows):
        y0, y1 = (
            floor + (b.height - floor) * (row / rows) ** 1.5,
            floor + (b.height - floor) * ((row + 1) / rows) ** 1.5,
        )
        boards = max(3, round(b.period / (u * 0.42)))
        for i in range(boards):
            x = b.period * (i + 0.5 * (row % 2)) / boards
            canvas.rect(x, y0, b.period / boards, y1 - y0, mix(wood, (70, 35, 15), rng.uniform(0, 0.2)))
            canvas.rect(x, y0, u * 0.003, y1 - y0, mix(wood, (40, 20, 10), 0.5))
        canvas.rect(0, y1 - 1, b.period, max(1.0, u * 0.002), mix(wood, (40, 20, 10), 0.5))
    rug = mix(rgb("b5524a"), rgb("2b2440"), dim)
    middle, y = b.width * 0.45, floor + (b.height - floor) * 0.56
    for share, tone in (
        (1.0, rug),
        (0.9, mix(rug, rgb("f3dfc0"), 0.55)),
        (0.84, rug),
        (0.5, mix(rug, rgb("f3dfc0"), 0.3)),
    ):
        canvas.ellipse(middle, y, u * 0.6 * share, (b.height - floor) * 0.36 * share, tone)
    b.add(canvas, 1.0)


def _furniture(b: Backdrop, rng: np.random.Generator, floor: float, dim: float) -> None:
    canvas, u = b.canvas(), b.unit

    def tone(colour: str) -> Colour:
        return mix(rgb(colour), rgb("2b2440"), dim)

    # a plant
    x, foot = b.width * 0.05, floor + u * 0.05
    for i in range(9):
        turn = -0.9 + 1.8 * i / 8
        tip = (x + np.sin(turn) * u * 0.19, foot - u * 0.12 - np.cos(turn) * u * 0.26)
        canvas.limb(
            [(x, foot - u * 0.1), ((x + tip[0]) / 2, foot - u * 0.26), tip],
            [u * 0.012, u * 0.045, u * 0.006],
            tone(("4c8a52", "3d7446", "5f9c58")[i % 3]),
        )
    canvas.polygon(
        [
            (x - u * 0.06, foot - u * 0.12),
            (x + u * 0.06, foot - u * 0.12),
            (x + u * 0.045, foot),
            (x - u * 0.045, foot),
        ],
        tone("c9714a"),
    )
    # a standing lamp
    x = b.width * 1.02 if b.width > b.height else b.width * 0.94
    canvas.limb([(x, foot), (x, foot - u * 0.5)], [u * 0.01, u * 0.01], tone("5a4334"))
    canvas.ellipse(x, foot, u * 0.06, u * 0.014, tone("5a4334"))
    if b.palette.lamps or b.board.time == "dusk":
        canvas.halo(x, foot - u * 0.52, u * 0.5, rgb("ffcf86"), 0.6)
    canvas.polygon(
        [
            (x - u * 0.05, foot - u * 0.6),
            (x + u * 0.05, foot - u * 0.6),
            (x + u * 0.09, foot - u * 0.47),
            (x - u * 0.09, foot - u * 0.47),
        ],
        rgb("ffe3ae"),
    )
    if not {"piano", "guitar"} & {subject.kind for subject in b.board.subjects}:
        _sofa(canvas, b.width * 0.34, floor + u * 0.1, u, tone)
        b.seat = (b.width * 0.36, floor + u * 0.13)
    # a shelf with books, past the lamp
    x = b.width * 1.2
    canvas.rect(x, floor - u * 0.34, u * 0.3, u * 0.36, tone("7a5638"))
    for shelf in range(2):
        at = x + u * 0.02
        while at < x + u * 0.26:
            wide = u * rng.uniform(0.014, 0.03)
            canvas.rect(
                at,
                floor - u * (0.31 - 0.16 * shelf),
                wide,
                u * 0.125,
                tone(str(rng.choice(["b5524a", "3f7f8a", "d3a14c", "5c6a9c", "e5dcc8"]))),
            )
            at += wide * 1.1
    b.add(canvas, 0.995)


def _sofa(canvas: Canvas, x: float, foot: float, u: float, tone: Callable[[str], Colour]) -> None:
    cloth, shade = tone("5f8a8f"), mix(tone("5f8a8f"), (20, 20, 40), 0.25)
    for side in (-0.27, 0.27):
        canvas.rect(x + u * side - u * 0.012, foot - u * 0.04, u * 0.024, u * 0.04, tone("5a4334"))
    canvas.polygon(
        curve(
            [
                (x - u * 0.3, foot - u * 0.33),
                (x + u * 0.3, foot - u * 0.33),
                (x + u * 0.32, foot - u * 0.1),
                (x - u * 0.32, foot - u * 0.1),
            ],
            steps=6,
        ),
        cloth,
    )
    canvas.rect(x - u * 0.29, foot - u * 0.17, u * 0.58, u * 0.135, shade)
    for side in (-1, 1):
        canvas.limb(
            [(x + side * u * 0.15 - u * 0.11, foot - u * 0.16), (x + side * u * 0.15 + u * 0.11, foot - u * 0.16)],
            [u * 0.075, u * 0.075],
            mix(cloth, (255, 255, 255), 0.1),
        )
        canvas.limb(
            [(x + side * u * 0.33, foot - u * 0.19), (x + side * u * 0.33, foot - u * 0.06)],
            [u * 0.085, u * 0.085],
            cloth,
        )
    canvas.polygon(
        curve(
            [
                (x - u * 0.24, foot - u * 0.32),
                (x - u * 0.1, foot - u * 0.3),
                (x - u * 0.12, foot - u * 0.17),
                (x - u * 0.25, foot - u * 0.19),
            ],
            steps=5,
        ),
        tone("e0a24c"),
    )


def _beam(b: Backdrop, window: tuple[float, float, float, float], dim: float) -> None:
    """Let light fall from the window to the floor."""
    if b.palette.lamps:
        return
    x, y, wide, _ = window
    beam = Canvas(b.width, b.height)
    light = mix(b.palette.sun, rgb("ffe2a4"), 0.5)
    reach = b.unit * 0.62
    beam.polygon(
        [(x, y), (x + wide, y), (x + wide - reach * 0.6, b.height), (x - reach * 1.1, b.height)], light, 0.2 * (1 - dim)
    )
    beam.blur(b.unit * 0.014)
    for i in range(2):
        left = x - reach * 0.8 + i * wide * 0.52
        beam.polygon(
            [
                (left + u_, v_)
                for u_, v_ in (
                    (0, b.height * 0.87),
                    (wide * 0.44, b.height * 0.87),
                    (wide * 0.3, b.height * 0.97),
                    (-wide * 0.16, b.height * 0.97),
                )
            ],
            light,
            0.34 * (1 - dim),
        )
    beam.blur(b.unit * 0.003)

    def path(t: float) -> Stamp:
        return Stamp(b.width / 2, b.height / 2, opacity=0.85 + 0.15 * float(np.sin(0.6 * t)))

    b.sprite(beam.pixels, path, 0.9)
