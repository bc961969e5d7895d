"""What grows on the ground of the sea."""

from __future__ import annotations

import math

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, ridge
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places import land
from reelgate.animatic.places.base import Backdrop

_TINTS = ("f2708c", "f59a4c", "b56ad0", "f2c14e", "e8566a", "5fc8b0")


def reef(b: Backdrop, bright: float, veil: Colour) -> None:
    """Paint rocks and corals at three distances under water of the colour `veil`, sand, and a dark frame close by."""
    for row, (z, height, share) in enumerate(((5.0, 0.3, 0.86), (2.6, 0.24, 0.56), (1.3, 0.17, 0.22))):
        rng, canvas = b.rng(f"reef {row}"), b.canvas()
        foot = b.height * (0.9 + 0.035 * row)
        top = foot - (ridge(rng, b.period, 3, sharp=0.2) ** 1.5) * b.unit * height * 0.75
        rock = mix(mix(rgb("3d4a63"), (0, 0, 0), 0.5 * (1 - bright)), veil, share)
        land.slope(canvas, top, rock)
        canvas.shade(float(top.min()), foot, mix(rock, rgb("0a1a30"), 0.5), 0.0, 0.6)
        for x in rng.uniform(0, b.period, int((7 + 5 * row) * b.period / (2 * b.unit))):
            tint = mix(mix(rgb(str(rng.choice(_TINTS))), (0, 0, 10), 0.55 * (1 - bright)), veil, share)
            grow = _CORALS[int(rng.integers(len(_CORALS)))]
            grow(
                canvas,
                rng,
                (x, float(top[int(x)]) + b.unit * 0.012),
                b.unit * rng.uniform(0.04, 0.075 + 0.02 * row),
                tint,
            )
        for x in rng.uniform(0, b.period, int((3 + 3 * row) * b.period / (2 * b.unit))):
            weed = mix(mix(rgb("2f9f62"), (0, 0, 10), 0.5 * (1 - bright)), veil, share)
            _weed(canvas, rng, (x, float(top[int(x)]) + b.unit * 0.02), b.unit * rng.uniform(0.1, 0.24), weed)
        b.add(canvas, z, wave=b.unit * 0.003, phase=row)
    _sand(b, bright, veil)
    _frame(b, veil)


def _fan(canvas: Canvas, rng: np.random.Generator, foot: tuple[float, float], size: float, tint: Colour) -> None:
    for turn in np.linspace(-0.85, 0.85, 7) + rng.uniform(-0.08, 0.08, 7):
        long = size * rng.uniform(0.8, 1.15)
        middle = (foot[0] + math.sin(turn * 0.6) * long * 0.5, foot[1] - math.cos(turn * 0.6) * long * 0.5)
        tip = (foot[0] + math.sin(turn) * long, foot[1] - math.cos(turn) * long)
        canvas.limb([foot, middle, tip], [size * 0.15, size * 0.13, size * 0.1], tint)
        canvas.ellipse(*tip, size * 0.07, size * 0.07, mix(tint, (255, 255, 255), 0.3))


def _dome(canvas: Canvas, rng: np.random.Generator, foot: tuple[float, float], size: float, tint: Colour) -> None:
    x, y = foot
    canvas.ellipse(x, y, size * 0.9, size * 0.62, mix(tint, (0, 0, 20), 0.25))
    canvas.ellipse(x - size * 0.06, y - size * 0.06, size * 0.8, size * 0.52, tint)
    for k in range(5):
        at = np.linspace(-0.7, 0.7, 9)
        rise = y - size * (0.1 + 0.1 * k) + 0.06 * size * np.sin(at * 9 + k)
        keep = np.abs(at) < 0.72 - 0.1 * k
        line = np.stack([x + at * size, rise], 1)[keep]
        if len(line) > 1:
            canvas.limb(line, [size * 0.03] * len(line), mix(tint, (0, 0, 20), 0.3))


def _tubes(canvas: Canvas, rng: np.random.Generator, foot: tuple[float, float], size: float, tint: Colour) -> None:
    for dx in (-0.3, -0.06, 0.2, 0.4):
        long, lean = size * rng.uniform(0.7, 1.3), dx * 0.35
        tip = (foot[0] + size * dx + lean * long, foot[1] - long)
        canvas.limb([(foot[0] + size * dx, foot[1]), tip], [size * 0.2, size * 0.26], tint)
        canvas.ellipse(*tip, size * 0.11, size * 0.05, mix(tint, (0, 0, 20), 0.55))


def _anemone(canvas: Canvas, rng: np.random.Generator, foot: tuple[float, float], size: float, tint: Colour) -> None:
    for turn in np.linspace(-1.25, 1.25, 9):
        long = size * rng.uniform(0.55, 0.8)
        bend = turn + rng.uniform(-0.2, 0.2)
        middle = (foot[0] + math.sin(turn) * long * 0.55, foot[1] - math.cos(turn) * long * 0.55)
        tip = (middle[0] + math.sin(bend) * long * 0.4, middle[1] - math.cos(bend) * long * 0.45)
        canvas.limb([foot, middle, tip], [size * 0.11, size * 0.08, size * 0.06], tint)
        canvas.ellipse(*tip, size * 0.05, size * 0.05, mix(tint, (255, 255, 255), 0.45))


_CORALS = (_fan, _dome, _tubes, _anemone, _fan)


def _weed(canvas: Canvas, rng: np.random.Generator, foot: tuple[float, float], size: float, tint: Colour) -> None:
    for k in range(3):
        sway, long = rng.uniform(0, 6), size * rng.uniform(0.6, 1.1)
        spine = [
            (foot[0] + size * 0.09 * (k - 1) + 0.1 * size * math.sin(i * 1.3 + sway), foot[1] - long * i / 5)
            for i in range(6)
        ]
        canvas.limb(spine, [size * w for w in (0.05, 0.075, 0.07, 0.06, 0.04, 0.01)], mix(tint, (0, 20, 20), 0.12 * k))


def _sand(b: Backdrop, bright: float, veil: Colour) -> None:
    rng, canvas, u = b.rng("sea sand"), b.canvas(), b.unit
    sand = mix(mix(rgb("d8c9a0"), (0, 0, 20), 0.6 * (1 - bright)), veil, 0.42)
    top = b.height * 0.955 - (ridge(rng, b.period, 3) - 0.5) * u * 0.035
    land.slope(canvas, top, sand)
    canvas.shade(b.height * 0.94, b.height, mix(sand, rgb("08203c"), 0.6), 0.0, 0.7)
    for x in rng.uniform(0, b.period, int(50 * b.period / (2 * u))):
        y = b.height * rng.uniform(0.95, 1.0)
        canvas.ellipse(x, y, u * rng.uniform(0.01, 0.05), u * 0.0022, mix(sand, (255, 255, 255), 0.3), 0.5)
    b.add(canvas, 1.05)


def _frame(b: Backdrop, veil: Colour) -> None:
    """Let dark rock and weed stand in the lower corners, close to the camera."""
    rng, canvas, u = b.rng("sea frame"), b.canvas(), b.unit
    tone = mix(veil, rgb("04101f"), 0.72)
    for share in (-0.02, 1.0):
        x = b.width * share
        for _ in range(5):
            wide = u * rng.uniform(0.06, 0.12)
            canvas.ellipse(x + u * rng.uniform(-0.14, 0.14), b.height * 1.01, wide, u * rng.uniform(0.04, 0.1), tone)
        for _ in range(6):
            _weed(canvas, rng, (x + u * rng.uniform(-0.2, 0.2), b.height * 0.98), u * rng.uniform(0.12, 0.26), tone)
    b.add(canvas, 0.7, wave=u * 0.006)
