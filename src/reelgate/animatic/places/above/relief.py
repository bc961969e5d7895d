"""What grounds seen from above are made of: heights and their light, bands across the frame, tree tops."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.base import Backdrop

Field = npt.NDArray[np.float32]

Row = Callable[[float], float]
"""A line across the frame: the row at each column."""

Free = Callable[[float, float], bool]
"""Tells whether a spot (x, y) may be built on."""

NEAR = 0.975
"""The distance of crowns and roofs: the ground is at 1."""

SHADOW = (18.0, 24.0, 40.0)
HALF = 2
"""Fields of colour are computed at this fraction of their size: they are soft."""


def noise(b: Backdrop, name: str, cells: int, octaves: int = 3) -> Field:
    """Return smooth heights from 0 to 1 that close sideways, `cells` bumps to a frame's height."""
    rng, wide, tall = b.rng(name), b.period // HALF, b.height // HALF
    total, weight = np.zeros((tall, wide), np.float32), 0.0
    for octave in range(octaves):
        rows = max(2, cells * 2**octave)
        columns = max(3, round(rows * wide / tall))
        seeds = rng.random((rows + 3, columns)).astype(np.float32)
        closed = np.concatenate([seeds[:, -2:], seeds, seeds[:, :2]], 1)
        size = (round(wide * (columns + 4) / columns), round(tall * (rows + 3) / rows))
        full = cv2.resize(closed, size, interpolation=cv2.INTER_CUBIC)
        left = round(2 * wide / columns)
        total += full[:tall, left : left + wide] * 0.5**octave
        weight += 0.5**octave
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / max(high - low, 1e-6), np.float32)


def lit_by_height(heights: Field, strength: float) -> Field:
    """Return how light each point of a height field is, about 1, with the sun at the upper left."""
    beside = np.roll(heights, 1, 1)
    above = np.vstack([heights[:1], heights[:-1]])
    return np.asarray(np.clip(1 + strength * ((heights - beside) + (heights - above)), 0.45, 1.5), np.float32)


def blend(share: Field, low: Colour, high: Colour) -> npt.NDArray[np.float32]:
    """Return a picture (rows, columns, BGR) that goes from one colour to another with a field."""
    first, last = (np.array(colour[::-1], np.float32) for colour in (low, high))
    return np.asarray(first + (last - first) * share[..., None], np.float32)


def laid_out(b: Backdrop, picture: npt.NDArray[np.float32]) -> Canvas:
    """Return a full canvas of a picture at a fraction of its size."""
    canvas = b.canvas()
    small = np.clip(picture, 0, 255).astype(np.uint8)
    canvas.pixels[..., :3] = cv2.resize(small, (canvas.width, canvas.height), interpolation=cv2.INTER_LINEAR)
    canvas.pixels[..., 3] = 255
    return canvas


def winding(b: Backdrop, name: str, middle: float, reach: float) -> Row:
    """Return a line across the frame that closes on itself: the row at each column."""
    rng = b.rng(name)
    turns = [(k, rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 1.0) / k) for k in (1, 2, 3)]

    def row(x: float) -> float:
        return middle + reach * sum(w * math.sin(2 * math.pi * k * x / b.period + p) for k, p, w in turns)

    return row


def band(canvas: Canvas, row: Row, thick: float, colour: Colour) -> None:
    """Draw a strip along a line across the canvas, its ends beyond the sides."""
    step = max(8.0, canvas.width / 60)
    points = [(x, row(x)) for x in np.arange(-step, canvas.width + 1.5 * step, step)]
    upper = [(x, y - thick / 2) for x, y in points]
    lower = [(x, y + thick / 2) for x, y in reversed(points)]
    flat = Canvas(1, 1)
    flat.pixels, flat.width, flat.height = canvas.pixels, canvas.width, canvas.height
    flat.polygon([*upper, *lower], colour)


def beside(row: Row, aside: float) -> Row:
    """Return the line beside a line."""
    return lambda x: row(x) + aside


def fill_above(canvas: Canvas, row: Row, colour: Colour) -> None:
    """Fill everything above a line."""
    points = [(x, row(x)) for x in np.linspace(0, canvas.width, 80)]
    flat = Canvas(1, 1)
    flat.pixels, flat.width, flat.height = canvas.pixels, canvas.width, canvas.height
    flat.polygon([*points, (canvas.width + 2, -2), (-2, -2)], colour)


def crowns(b: Backdrop, name: str, count: int, size: float, tone: Colour, free: Free | None = None) -> None:
    """Scatter tree tops with their shadows, the farther ones first."""
    rng, ground, tops = b.rng(name), b.canvas(), b.canvas()
    spots = sorted(
        ((rng.uniform(0, b.period), rng.uniform(-0.02, 1.04) * b.height) for _ in range(count)), key=lambda one: one[1]
    )
    for x, y in spots:
        r, shade = size * rng.uniform(0.7, 1.3), float(rng.uniform(-0.16, 0.2))
        if (free and not free(x, y)) or (b.board.subjects and _stage(b, x, y)):
            continue
        leaf = mix(tone, (255, 255, 210), shade) if shade > 0 else mix(tone, (0, 20, 20), -shade)
        ground.ellipse(x + 0.55 * r, y + 0.5 * r, 1.1 * r, 0.7 * r, SHADOW, 0.35)
        for dx, dy, part, light in ((0, 0, 1.0, -0.3), (-0.12, -0.14, 0.86, 0.0), (-0.28, -0.32, 0.5, 0.2)):
            towards = (255.0, 255.0, 220.0) if light > 0 else (0.0, 16.0, 16.0)
            tops.ellipse(x + dx * r, y + dy * r, part * r, part * r * 0.88, mix(leaf, towards, abs(light)))
    b.add(ground, 1.0)
    b.add(tops, NEAR)


def _stage(b: Backdrop, x: float, y: float) -> bool:
    """Tell whether a spot is kept free for who is shown."""
    return abs(x - 0.46 * b.width) < 0.22 * b.width and -0.16 < (y - b.ground) / b.height < 0.07


def clear_of(b: Backdrop, row: Row, wide: float) -> Free:
    """Return what keeps a way free on both sides, in shares of the unit."""
    return lambda x, y: abs(y - row(x)) > wide * b.unit


def meadow(b: Backdrop, low: Colour, high: Colour, cells: int = 4, strength: float = 2.0) -> Canvas:
    """Return rolling ground between two colours."""
    heights = noise(b, "ground", cells)
    return laid_out(b, blend(heights, low, high) * lit_by_height(heights, strength)[..., None])


def fields(b: Backdrop) -> Canvas:
    """Return a patchwork of ploughed and growing fields."""
    p, u, rng = b.palette, b.unit, b.rng("fields")
    canvas = meadow(b, mix(p.land, p.near, 0.4), p.land)
    rows, columns = 5, 8
    tones = [p.land, mix(p.land, p.near, 0.5), p.lit(rgb("d8b85a")), p.lit(rgb("a8824e")), mix(p.leaf, p.land, 0.4)]
    if b.board.season == "winter" or b.board.weather == "snow":
        tones = [p.land, mix(p.land, p.near, 0.4)]
    for row in range(-1, rows + 1):
        for column in range(columns):
            x, y = b.period * (column + 0.3 * (row % 2)) / columns, b.height * (row + 0.5) / rows
            wide, tall = b.period / columns - 0.016 * u, b.height / rows - 0.016 * u
            lean = 0.12 * tall
            tone = tones[int(rng.integers(len(tones)))]
            corners = [(x + lean, y), (x + wide + lean, y), (x + wide - lean, y + tall), (x - lean, y + tall)]
            canvas.polygon(corners, tone)
            across = bool(rng.random() < 0.5)
            for furrow in range(1, 9):
                share = furrow / 9
                ends = (
                    [
                        (x + lean * (1 - 2 * share), y + tall * share),
                        (x + wide + lean * (1 - 2 * share), y + tall * share),
                    ]
                    if across
                    else [(x + lean + wide * share, y), (x - lean + wide * share, y + tall)]
                )
                canvas.limb(ends, [0.004 * u] * 2, mix(tone, (0, 0, 0), 0.14))
    return canvas
