"""Water: the sea with its glitter and waves, a lake that mirrors, the world below the surface."""

from __future__ import annotations

import math

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.drawing.particles import bubbles
from reelgate.animatic.language.storyboard import Storyboard
from reelgate.animatic.places.base import FAR, Backdrop
from reelgate.animatic.places.corals import reef
from reelgate.animatic.places.sky import gradient


def sea(b: Backdrop, *, bottom: float | None = None, waves: int = 6) -> None:
    """Paint the sea from the horizon down to `bottom`, with the sun's road on it and wave after wave."""
    p, foot = b.palette, float(b.height) if bottom is None else bottom
    canvas = b.flat()
    gradient(
        b,
        canvas,
        [(b.horizon, mix(p.sea, p.horizon, 0.35)), (b.horizon + 0.3 * (foot - b.horizon), p.sea), (foot, p.deep)],
        b.horizon,
    )
    if b.sun != (0.0, 0.0):
        for i in range(10):
            share = (i + 0.5) / 10
            y = b.horizon + (foot - b.horizon) * share
            canvas.ellipse(
                b.sun[0], y, b.unit * (0.05 + 0.16 * share), (foot - b.horizon) * 0.09, mix(p.sun, p.sea, 0.5), 0.10
            )
    b.add(canvas, FAR)
    glitter(b, foot)
    rough = roughness(b.board)
    for i in range(waves):
        _wave(b, i, waves, foot, rough)


def roughness(board: Storyboard) -> float:
    """Return how high the sea goes: 1 on an ordinary day."""
    weather = {"storm": 3.0, "gale": 2.4, "wind": 1.4, "rain": 1.2, "mist": 0.6}.get(board.weather, 1.0)
    return 0.45 if "calm" in board.styles and weather <= 1 else weather


def glitter(b: Backdrop, foot: float) -> None:
    """Let light dance on the water, under the sun or moon or all over."""
    rng, p = b.rng("glitter"), b.palette
    deep, bright = foot - b.horizon, b.sun != (0.0, 0.0)
    wide = b.unit * 0.5 if bright else b.width * 0.9
    colour = mix(p.sun, p.horizon, 0.25) if bright else mix(p.sea, (255, 255, 255), 0.4)
    for group in range(4):
        canvas = Canvas(int(wide), int(deep))
        for _ in range(26 if bright else 22):
            y = rng.uniform(0.01, 1) ** 1.25 * deep
            spread = (0.1 + 0.9 * y / deep) * wide / 2 * (0.55 if bright else 1)
            x = wide / 2 + np.clip(rng.normal(0, 0.5), -1, 1) * spread
            size = b.unit * (0.008 + 0.03 * y / deep)
            canvas.ellipse(x, y, size, max(size * 0.09, 0.7), colour, 0.85 if bright else 0.45)

        def path(t: float, group: int = group) -> Stamp:
            twinkle = math.sin(2.2 * t + group * math.pi / 2)
            return Stamp(
                b.sun[0] if bright else b.width / 2, b.horizon + deep / 2, opacity=max(0.0, 0.15 + 0.75 * twinkle)
            )

        b.sprite(canvas.pixels, path, 1e6)


def _wave(b: Backdrop, i: int, count: int, foot: float, rough: float) -> None:
    """Paint one row of scalloped crests; the nearer, the larger."""
    p, rng, canvas = b.palette, b.rng(f"wave {i}"), b.canvas()
    near = ((i + 1) / count) ** 1.5
    y = b.horizon + (foot - b.horizon) * (0.1 + 0.86 * near)
    tall = b.unit * (0.008 + 0.03 * near) * rough
    arcs = max(3, round(b.period / (b.unit * (0.1 + 0.2 * near) * max(1.0, rough**0.6))))
    x = np.linspace(0, b.period, arcs * 16 + 1)
    swell = 0.72 + 0.28 * np.sin(x / b.period * 2 * math.pi * 3 + rng.uniform(0, 6))
    turn = np.abs(
        np.sin(x / b.period * math.pi * arcs + (0.5 * np.sin(x / b.period * 4 * math.pi) if rough > 2 else 0))
    )
    crest = y - (np.sqrt(turn) if rough <= 2 else (1 - turn) ** 1.3) * tall * swell
    body = mix(mix(p.sea, p.deep, 0.1 + 0.4 * near), (255, 255, 255), 0.02)
    foam = mix(p.lit(rgb("ffffff")), p.sea, 0.42 - 0.2 * near)
    lower = np.stack([x, crest], 1)
    depth = tall * 3.2
    canvas.polygon(np.concatenate([lower, [(b.period, y + depth), (0, y + depth)]]), body)
    foaming = tall * 0.1 + 0.8
    if rough > 2:  # white only where a wave breaks
        foaming = 0.6 + 0.4 * tall * (np.clip(y - crest, 0, None) / (tall * swell)) ** 3
    line = np.concatenate([lower, np.stack([x, crest + foaming], 1)[::-1]])
    canvas.polygon(line, foam, 0.85)
    canvas.fade(y, y + depth, 0.9, 0.0)
    b.add(
        canvas,
        7.0 - 5.4 * near,
        drift=b.unit * 0.012 * (1 if i % 2 else -1) * rough,
        wave=b.unit * 0.01 * (0.4 + near) * rough,
        phase=i * 1.3,
    )


def lake(b: Backdrop, top: float, bottom: float, *, peaks: int = 16, current: float = 0.006) -> None:
    """Paint water that mirrors the sky and, as so many peaks, the far shore; it runs `current` units a second."""
    p, canvas = b.palette, b.flat()
    gradient(
        b,
        canvas,
        [(top, mix(p.horizon, p.sea, 0.45)), ((top + bottom) / 2, mix(p.sky, p.sea, 0.55)), (bottom, p.deep)],
        top,
    )
    b.add(canvas, FAR)
    mirror, rng = b.canvas(), b.rng("mirror")
    for _ in range(peaks):
        x, wide = rng.uniform(0, b.period), b.unit * rng.uniform(0.1, 0.3)
        mirror.polygon(
            [(x - wide, top), (x, top + b.unit * rng.uniform(0.06, 0.17)), (x + wide, top)],
            mix(p.far, p.sea, 0.35),
            0.5,
        )
    mirror.blur(b.unit * 0.004)
    b.add(mirror, 7.0, wave=b.unit * 0.002)
    ripples = b.canvas()
    for _ in range(80):
        y = top + (bottom - top) * rng.uniform(0.02, 1) ** 1.4
        near = (y - top) / (bottom - top)
        size = b.unit * (0.03 + 0.09 * near)
        ripples.ellipse(
            rng.uniform(0, b.period), y, size, max(size * 0.025, 0.7), mix(p.horizon, (255, 255, 255), 0.3), 0.3
        )
    b.add(ripples, 2.5, wave=b.unit * 0.008, drift=b.unit * current)
    glitter(b, bottom)


def depths(b: Backdrop) -> None:
    """Paint the world under water: rays of light, far rocks, a reef with weed, and specks that rise."""
    bright = {"night": 0.35, "dusk": 0.65, "dawn": 0.8}.get(b.board.time, 1.0)
    top, deep = mix(rgb("04182f"), rgb("43c4d8"), bright), mix(rgb("020a1a"), rgb("0b3a6b"), bright)
    canvas = b.flat()
    gradient(b, canvas, [(0, mix(top, (255, 255, 255), 0.18 * bright)), (b.height * 0.25, top), (b.height, deep)])
    canvas.glow(b.width * 0.55, -b.height * 0.1, b.height * 0.9, (220, 255, 250), 0.4 * bright)
    b.add(canvas, FAR)
    rng = b.rng("rays")
    for i in range(4):
        ray = Canvas(int(b.unit * 0.5), b.height)
        lean, wide = ray.width * rng.uniform(0.15, 0.3), ray.width * rng.uniform(0.1, 0.2)
        ray.polygon(
            [(ray.width * 0.6, 0), (ray.width * 0.6 + wide, 0), (wide * 2 + lean * 0.3, ray.height), (0, ray.height)],
            (215, 250, 255),
            0.16 * bright,
        )
        ray.blur(b.unit * 0.012)
        ray.fade(0, ray.height * 0.85, 1.0, 0.0)
        x = b.width * (0.1 + 0.26 * i)

        def path(t: float, x: float = x, i: int = i) -> Stamp:
            return Stamp(
                x + 0.03 * b.unit * math.sin(0.4 * t + i), b.height / 2, opacity=0.6 + 0.4 * math.sin(0.7 * t + 2 * i)
            )

        b.sprite(ray.pixels, path, 1e5)
    reef(b, bright, mix(top, deep, 0.6))
    b.effects += bubbles(b.rng("bubbles"), b.width, b.height)
