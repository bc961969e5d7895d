"""Stages: a photographer's studio, a concert stage."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import COLOURS, Colour, mix, rgb
from reelgate.animatic.drawing.particles import motes
from reelgate.animatic.places.base import FAR, Backdrop
from reelgate.animatic.places.furniture import sofa
from reelgate.animatic.places.sky import gradient

_PAPERS = (("f3d9cf", "d9826b"), ("cfe0ea", "5f8fb0"), ("e4dcef", "8a72b8"), ("dde8d6", "7fa06a"), ("f2e3c4", "cf9a48"))
_BACKDROPS = {
    "white": "白", "black": "黑", "grey": "灰", "gray": "灰", "red": "红", "orange": "橙", "yellow": "黄",
    "green": "绿", "blue": "蓝", "purple": "紫", "pink": "粉", "brown": "棕",
}  # fmt: skip
"""The colours that a background can be told to have, in both languages."""

_BOTTLED = frozenset({"perfume", "skincare", "cosmetics", "香水", "护肤品", "化妆品"})
_NIGHT_PAPER = ("2f3340", "c9a15a")
_BEAMS = ("ff4fa3", "38a1ff", "ffd24a", "9d6bff", "4dffd0")


def studio(b: Backdrop) -> None:
    """Seamless paper under soft light, a podium, an arch: something is presented. A background whose colour is told is
    plain.
    """
    u, rng = b.unit, b.rng("studio")
    paper, accent = (rgb(c) for c in (_NIGHT_PAPER if b.palette.lamps else _PAPERS[int(rng.integers(len(_PAPERS)))]))
    told = _background(b)
    paper = told or paper
    b.palette = msgspec.structs.replace(b.palette, light=(250.0, 246.0, 240.0), horizon=paper, lamps=False)
    floor = b.height * 0.7
    b.horizon, b.ground, b.sun = floor, b.height * 0.86, (b.width * 0.2, b.height * 0.1)
    back = b.flat()
    low = mix(paper, (255, 255, 255), 0.25)
    gradient(
        b,
        back,
        [
            (0, mix(paper, (30, 20, 40), 0.1 if told else 0.22)),
            (floor * 0.75, paper),
            (floor, paper if told else low),
            (b.height, mix(paper, (30, 20, 40), 0.08) if told else mix(paper, accent, 0.3)),
        ],
    )
    back.glow(b.width * 0.3, b.height * 0.2, u * 0.9, (255.0, 252.0, 244.0), 0.2 if told else 0.5)
    b.add(back, FAR)
    if told:
        _presented(b, b.canvas(), floor, (paper, mix(accent, (255, 255, 255), 0.2)))
    else:
        _furnished(b, floor, (paper, accent))
        _sprig(b, accent)
    b.effects += motes(b.rng("motes"), b.width, b.height)


def _furnished(b: Backdrop, floor: float, colours: tuple[Colour, Colour]) -> None:
    """Stand an arch and cylinders before the paper."""
    u, (paper, accent) = b.unit, colours
    shapes, middle = b.canvas(), b.width / 2
    _arch(shapes, middle + u * 0.16, floor + u * 0.06, (u * 0.26, u * 0.58), mix(accent, paper, 0.35))
    shapes.ellipse(middle - u * 0.34, floor - u * 0.3, u * 0.17, u * 0.17, mix(accent, paper, 0.62))
    b.add(shapes, 2.2)
    stands = b.canvas()
    for dx, wide, tall, depth in ((-0.4, 0.11, 0.16, 0.02), (0.46, 0.09, 0.28, 0.0), (0.62, 0.07, 0.12, 0.05)):
        _cylinder(
            stands, middle + u * dx, floor + u * (0.06 + depth), (u * wide, u * tall), mix(paper, (255, 255, 255), 0.4)
        )
    stands.ellipse(middle - u * 0.4, floor - u * 0.125, u * 0.055, u * 0.055, accent)
    stands.ellipse(middle - u * 0.418, floor - u * 0.145, u * 0.018, u * 0.016, mix(accent, (255, 255, 255), 0.6))
    _presented(b, stands, floor, colours)


def _presented(b: Backdrop, stands: Canvas, floor: float, colours: tuple[Colour, Colour]) -> None:
    """Show a product, or the sofa of a room, where the prompt names nothing that is drawn."""
    u, middle, (paper, accent) = b.unit, b.width / 2, colours
    if not b.board.subjects and b.far("room"):
        sofa(stands, middle, floor + u * 0.2, u * 1.2, rgb)
    elif not b.board.subjects:
        _cylinder(stands, middle, floor + u * 0.14, (u * 0.24, u * 0.09), mix(paper, (255, 255, 255), 0.55))
        show = _flacon if _BOTTLED & set(b.board.understood) else _carton
        show(stands, middle, floor + u * 0.048, u * 0.34, accent)
    b.add(stands, 1.0)


def _background(b: Backdrop) -> Colour | None:
    """Return the colour that the prompt gives the background."""
    for phrase in b.board.understood:
        for english, chinese in _BACKDROPS.items():
            if phrase in (f"{english} background", f"{english} screen") or (chinese in phrase and "背景" in phrase):
                return COLOURS["grey" if english == "gray" else english]
    return None


def _arch(canvas: Canvas, x: float, foot: float, size: tuple[float, float], colour: Colour) -> None:
    half, tall = size
    for inset, tone in ((0.0, colour), (0.16, mix(colour, (60, 40, 60), 0.18))):
        r = half * (1 - inset)
        turns = np.linspace(math.pi, 2 * math.pi, 40)
        top = [(x + r * math.cos(t), foot - tall + half + r * math.sin(t)) for t in turns]
        canvas.polygon([(x - r, foot), *top, (x + r, foot)], tone)


def _cylinder(canvas: Canvas, x: float, foot: float, size: tuple[float, float], colour: Colour) -> None:
    half, tall = size
    flat = half * 0.2
    canvas.ellipse(x + half * 0.5, foot + flat * 0.5, half * 1.5, flat * 1.15, (40, 25, 40), 0.16)
    canvas.rect(x - half, foot - tall, half * 2, tall, mix(colour, (80, 60, 80), 0.12))
    canvas.ellipse(x, foot, half, flat, mix(colour, (80, 60, 80), 0.12))
    for k in range(6):
        left = x + half * (0.1 + 0.15 * k)
        canvas.rect(
            left,
            foot - tall,
            x + half - left,
            tall + flat * math.sqrt(1 - (0.1 + 0.15 * k) ** 2) * 0.9,
            (60, 40, 70),
            0.07,
        )
    canvas.ellipse(x, foot - tall, half, flat, mix(colour, (255, 255, 255), 0.35))


def _carton(canvas: Canvas, x: float, foot: float, tall: float, accent: Colour) -> None:
    """Paint a carton: what is presented when no word says what."""
    half, high = tall * 0.36, tall * 0.72
    light, dark, deep = mix(accent, (255, 255, 255), 0.2), mix(accent, (40, 20, 40), 0.3), half * 0.62
    canvas.ellipse(x + half * 0.5, foot, half * 1.7, tall * 0.04, (40, 25, 40), 0.25)
    left, right, top = x - half * 1.1, x + half * 0.7, foot - high
    canvas.rect(left, top, right - left, high, light)
    side = [(right, foot), (right + deep, foot - deep * 0.4), (right + deep, top - deep * 0.4), (right, top)]
    canvas.polygon(side, dark)
    lid = [(left, top), (right, top), (right + deep, top - deep * 0.4), (left + deep, top - deep * 0.4)]
    canvas.polygon(lid, mix(accent, (255, 255, 255), 0.5))
    canvas.rect(left, top, half * 0.12, high, mix(light, (255, 255, 255), 0.4), 0.7)
    band = (left + right) / 2
    canvas.rect(band - half * 0.1, top, half * 0.2, high, (250, 244, 232))
    canvas.ellipse(band, foot - high * 0.5, half * 0.42, half * 0.42, (250, 244, 232))
    canvas.ellipse(band, foot - high * 0.5, half * 0.3, half * 0.3, accent)
    across = [(band - half * 0.1, top), (band + half * 0.1, top)]
    canvas.polygon([*across, *((px + deep, py - deep * 0.4) for px, py in across[::-1])], (250, 244, 232))


def _flacon(canvas: Canvas, x: float, foot: float, tall: float, accent: Colour) -> None:
    """Paint a bottle of glass."""
    half, body = tall * 0.27, tall * 0.66
    glass, dark = mix(accent, (255, 255, 255), 0.25), mix(accent, (40, 20, 40), 0.25)
    canvas.ellipse(x + half * 0.5, foot, half * 1.6, tall * 0.035, (40, 25, 40), 0.25)
    canvas.limb(
        [(x - half * 0.72, foot - half * 0.28), (x + half * 0.72, foot - half * 0.28)], [half * 0.56] * 2, glass
    )
    canvas.rect(x - half, foot - body, half * 2, body - half * 0.28, glass)
    canvas.limb([(x - half * 0.7, foot - body), (x + half * 0.7, foot - body)], [half * 0.6] * 2, glass)
    canvas.rect(x - half * 0.86, foot - body * 0.72, half * 1.72, body * 0.62, mix(accent, dark, 0.35), 0.75)
    canvas.rect(x - half * 0.8, foot - body * 1.0, half * 0.2, body * 0.9, (255, 255, 255), 0.5)
    canvas.rect(x + half * 0.62, foot - body * 0.95, half * 0.28, body * 0.85, dark, 0.35)
    canvas.rect(x - half * 0.5, foot - body * 0.52, half, body * 0.26, (252, 248, 240))
    canvas.rect(x - half * 0.32, foot - body * 0.43, half * 0.64, body * 0.03, dark)
    canvas.rect(x - half * 0.2, foot - body * 0.36, half * 0.4, body * 0.02, dark)
    canvas.rect(x - half * 0.3, foot - body * 1.24, half * 0.6, body * 0.14, (226, 196, 128))
    canvas.rect(x - half * 0.42, foot - tall, half * 0.84, tall * 0.2, (60, 50, 60))
    canvas.rect(x - half * 0.34, foot - tall, half * 0.16, tall * 0.2, (160, 150, 160))


def _sprig(b: Backdrop, accent: Colour) -> None:
    """Let leaves hang out of focus into a corner."""
    u, canvas = b.unit, b.canvas()
    leaf = mix(mix(rgb("5f8a5c"), accent, 0.35), (30, 30, 40), 0.2)
    for k in range(8):
        turn = 0.25 + 0.17 * k
        tip = (-u * 0.05 + u * (0.42 - 0.02 * k) * math.cos(turn), -u * 0.04 + u * 0.4 * math.sin(turn))
        canvas.limb(
            [(-u * 0.05, -u * 0.04), (tip[0] * 0.6, tip[1] * 0.62), tip], [u * 0.012, u * 0.06, u * 0.006], leaf
        )
    canvas.blur(u * 0.008)
    b.add(canvas, 0.7, wave=u * 0.006)


def concert(b: Backdrop) -> None:
    """A stage under beams of light, a screen behind it, a crowd before it."""
    u, rng = b.unit, b.rng("concert")
    floor = b.height * 0.66
    b.horizon, b.ground = floor, b.height * 0.74
    b.palette = msgspec.structs.replace(b.palette, light=(200.0, 190.0, 235.0), lamps=True, horizon=rgb("3a2a66"))
    back = b.canvas()
    gradient(b, back, [(0, rgb("0c0a1e")), (floor * 0.7, rgb("241a4a")), (floor, rgb("3a2560"))])
    b.add(back, 4.0)
    _screen(b, rng, floor)
    stage = b.canvas()
    stage.rect(0, floor, b.period, b.height, rgb("1a1630"))
    gradient(b, stage, [(floor, rgb("4a3a7a")), (floor + u * 0.14, rgb("1f1a38"))], floor, floor + u * 0.14)
    stage.rect(0, floor + u * 0.14, b.period, u * 0.012, rgb("7f6fd0"))
    for i in range(max(4, round(b.period / (u * 0.3)))):
        x = u * 0.3 * i
        stage.glow(x, floor + u * 0.1, u * 0.16, rgb(_BEAMS[i % len(_BEAMS)]), 0.5)
    b.add(stage, 1.0)
    _speakers(b, floor)
    _truss(b)
    for i in range(5):
        _beam(b, b.width * (i + 0.5) / 5, rgb(_BEAMS[i % len(_BEAMS)]), i)
    if not b.unwanted("person", "crowd"):
        for row in range(3):
            _crowd(b, row)


def _screen(b: Backdrop, rng: np.random.Generator, floor: float) -> None:
    u, canvas = b.unit, b.canvas()
    x, wide, top, tall = b.width * 0.5 - u * 0.5, u * 1.0, b.height * 0.16, floor - b.height * 0.24
    canvas.halo(x + wide / 2, top + tall / 2, u * 0.8, rgb("6a4fd0"), 0.55)
    canvas.rect(x, top, wide, tall, rgb("1b1440"))
    for ring in range(6, 0, -1):
        tone = mix(rgb("ff4fa3"), rgb("38a1ff"), ring / 6)
        canvas.ellipse(
            x + wide / 2,
            top + tall * 0.55,
            wide * 0.08 * ring,
            tall * 0.085 * ring,
            mix(tone, rgb("1b1440"), 0.25 + 0.09 * (ring % 2)),
        )
    for i in range(25):
        high = tall * rng.uniform(0.06, 0.34)
        canvas.rect(x + wide * i / 25 + u * 0.004, top + tall - high, wide / 25 - u * 0.008, high, rgb("7fe9ff"), 0.7)
    canvas.glow(x + wide / 2, top + tall * 0.5, wide * 0.4, rgb("ffd0ff"), 0.4)
    b.add(canvas, 2.0)


def _speakers(b: Backdrop, floor: float) -> None:
    u, canvas = b.unit, b.canvas()
    for share in (0.08, 0.92, 1.4):
        x = b.width * share
        for k in range(3):
            y = floor - u * (0.17 + 0.175 * k)
            canvas.rect(x - u * 0.075, y, u * 0.15, u * 0.17, rgb("14121f"))
            canvas.rect(x - u * 0.07, y + u * 0.005, u * 0.14, u * 0.16, rgb("262238"))
            for r, tone in ((0.055, "0f0d18"), (0.042, "3a3552"), (0.018, "15121f")):
                canvas.ellipse(x, y + u * 0.085, u * r, u * r, rgb(tone))
        canvas.rect(x - u * 0.08, floor - u * 0.004, u * 0.16, u * 0.03, rgb("0f0d18"))
    b.add(canvas, 1.1)


def _truss(b: Backdrop) -> None:
    u, canvas, y = b.unit, b.canvas(), b.height * 0.07
    steel = rgb("5a5478")
    for dy in (0.0, 0.05):
        canvas.rect(0, y + u * dy, b.period, u * 0.008, steel)
    for i in range(max(8, round(b.period / (u * 0.07)))):
        x = u * 0.07 * i
        canvas.limb([(x, y), (x + u * 0.035, y + u * 0.052), (x + u * 0.07, y)], [u * 0.005] * 3, steel)
    for i in range(max(3, round(b.period / (u * 0.26)))):
        x = u * 0.26 * i + u * 0.1
        canvas.rect(x - u * 0.02, y + u * 0.05, u * 0.04, u * 0.045, rgb("1c1930"))
        canvas.halo(x, y + u * 0.1, u * 0.07, rgb(_BEAMS[i % len(_BEAMS)]), 0.8)
        canvas.ellipse(x, y + u * 0.096, u * 0.018, u * 0.012, rgb("ffffff"))
    b.add(canvas, 1.3)


def _beam(b: Backdrop, x: float, colour: Colour, number: int) -> None:
    """Let a beam swing and breathe."""
    u, tall = b.unit, b.height * 0.62
    canvas = Canvas(int(u * 0.5), int(tall))
    lean = canvas.width * (0.36 if number % 2 else -0.36)
    top, foot = canvas.width / 2 - lean * 0.8, canvas.width / 2 + lean * 0.6
    canvas.polygon(
        [(top - u * 0.01, 0), (top + u * 0.01, 0), (foot + u * 0.1, tall), (foot - u * 0.1, tall)], colour, 0.34
    )
    canvas.blur(u * 0.006)
    canvas.fade(0, tall, 1.0, 0.0)

    def path(t: float) -> Stamp:
        swing = 0.05 * b.width * math.sin(0.9 * t + 1.7 * number)
        return Stamp(x + swing, b.height * 0.1 + tall / 2, opacity=0.55 + 0.45 * math.sin(1.6 * t + 2.1 * number))

    b.sprite(canvas.pixels, path, 1.25)


def _crowd(b: Backdrop, row: int) -> None:
    """Paint a row of heads and raised hands against the light."""
    u, rng, canvas = b.unit, b.rng(f"crowd {row}"), b.canvas()
    size = u * (0.034 + 0.014 * row)
    foot = b.height * (0.87 + 0.055 * row)
    tone = mix(rgb("3a2a5e"), rgb("0c0a18"), 0.3 + 0.32 * row)
    count = max(6, round(b.period / (size * 3.1)))
    for i in range(count):
        x, y = b.period * (i + rng.uniform(0.2, 0.8)) / count, foot + size * rng.uniform(-0.5, 0.5)
        canvas.ellipse(x, y, size * 0.62, size * 0.78, tone)
        canvas.limb([(x, y + size * 1.4), (x, y + size * 5)], [size * 2.0, size * 2.6], tone)
        if rng.random() < 0.45:
            side = rng.choice([-1.0, 1.0])
            hand = (x + side * size * 1.3, y - size * rng.uniform(1.0, 2.0))
            canvas.limb(
                [(x + side * size * 0.8, y + size * 1.3), (x + side * size * 1.3, y + size * 0.2), hand],
                [size * 0.5, size * 0.42, size * 0.34],
                tone,
            )
            canvas.ellipse(*hand, size * 0.26, size * 0.3, tone)
    b.add(canvas, 0.9 - 0.08 * row, wave=u * 0.006, phase=1.9 * row)
