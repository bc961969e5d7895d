"""Places seen from high above: the ground fills the frame, and what stands on it shows its top and one side.

Each kind of ground is a sheet that closes on itself sideways; roofs and crowns lie on a sheet of their own a little
nearer to the camera, so that they move against the ground as the camera flies over it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.places.base import Backdrop

Field = npt.NDArray[np.float32]

_NEAR = 0.975
"""The distance of crowns and roofs: the ground is at 1."""

_SHADOW = (18.0, 24.0, 40.0)
_HALF = 2
"""Fields of colour are computed at this fraction of their size: they are soft."""


def seen_from_above(b: Backdrop, *, flat: bool) -> None:
    """Paint a place from above, and set where its subjects stand; `flat`: all that is shown lies on a table top."""
    b.horizon, b.ground, b.surface = b.height * 0.2, b.height * 0.68, b.height * 0.64
    b.landmark = (b.width * 0.56, b.height * 0.7)
    b.palette = msgspec.structs.replace(b.palette, horizon=mix(b.palette.horizon, b.palette.land, 0.5))
    if flat:
        b.ground = 0.62 * b.height
        _boards(b, flat=True)
    else:
        GROUNDS[b.board.place](b)


def _noise(b: Backdrop, name: str, cells: int, octaves: int = 3) -> Field:
    """Return smooth heights from 0 to 1 that close sideways, `cells` bumps to a frame's height."""
    rng, wide, tall = b.rng(name), b.period // _HALF, b.height // _HALF
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


def _relief(heights: Field, strength: float) -> Field:
    """Return how light each point of a height field is, about 1, with the sun at the upper left."""
    beside = np.roll(heights, 1, 1)
    above = np.vstack([heights[:1], heights[:-1]])
    return np.asarray(np.clip(1 + strength * ((heights - beside) + (heights - above)), 0.45, 1.5), np.float32)


def _blend(share: Field, low: Colour, high: Colour) -> npt.NDArray[np.float32]:
    """Return a picture (rows, columns, BGR) that goes from one colour to another with a field."""
    first, last = (np.array(colour[::-1], np.float32) for colour in (low, high))
    return np.asarray(first + (last - first) * share[..., None], np.float32)


def _lay(b: Backdrop, picture: npt.NDArray[np.float32]) -> Canvas:
    """Return a full canvas of a picture at a fraction of its size."""
    canvas = b.canvas()
    small = np.clip(picture, 0, 255).astype(np.uint8)
    canvas.pixels[..., :3] = cv2.resize(small, (canvas.width, canvas.height), interpolation=cv2.INTER_LINEAR)
    canvas.pixels[..., 3] = 255
    return canvas


def _wave(b: Backdrop, name: str, middle: float, reach: float) -> Callable[[float], float]:
    """Return a line across the frame that closes on itself: the row at each column."""
    rng = b.rng(name)
    turns = [(k, rng.uniform(0, 2 * math.pi), rng.uniform(0.4, 1.0) / k) for k in (1, 2, 3)]

    def row(x: float) -> float:
        return middle + reach * sum(w * math.sin(2 * math.pi * k * x / b.period + p) for k, p, w in turns)

    return row


def _band(canvas: Canvas, row: Callable[[float], float], thick: float, colour: Colour) -> None:
    """Draw a strip along a line across the canvas, its ends beyond the sides."""
    step = max(8.0, canvas.width / 60)
    points = [(x, row(x)) for x in np.arange(-step, canvas.width + 1.5 * step, step)]
    upper = [(x, y - thick / 2) for x, y in points]
    lower = [(x, y + thick / 2) for x, y in reversed(points)]
    flat = Canvas(1, 1)
    flat.pixels, flat.width, flat.height = canvas.pixels, canvas.width, canvas.height
    flat.polygon([*upper, *lower], colour)


def _crowns(
    b: Backdrop, name: str, count: int, size: float, tone: Colour, free: Callable[[float, float], bool] | None = None
) -> None:
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
        ground.ellipse(x + 0.55 * r, y + 0.5 * r, 1.1 * r, 0.7 * r, _SHADOW, 0.35)
        for dx, dy, part, light in ((0, 0, 1.0, -0.3), (-0.12, -0.14, 0.86, 0.0), (-0.28, -0.32, 0.5, 0.2)):
            towards = (255.0, 255.0, 220.0) if light > 0 else (0.0, 16.0, 16.0)
            tops.ellipse(x + dx * r, y + dy * r, part * r, part * r * 0.88, mix(leaf, towards, abs(light)))
    b.add(ground, 1.0)
    b.add(tops, _NEAR)


def _stage(b: Backdrop, x: float, y: float) -> bool:
    """Tell whether a spot is kept free for who is shown."""
    return abs(x - 0.46 * b.width) < 0.22 * b.width and -0.16 < (y - b.ground) / b.height < 0.07


def _meadow(b: Backdrop, low: Colour, high: Colour, cells: int = 4, strength: float = 2.0) -> Canvas:
    heights = _noise(b, "ground", cells)
    return _lay(b, _blend(heights, low, high) * _relief(heights, strength)[..., None])


def _grass(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    b.add(_meadow(b, mix(p.land, p.near, 0.55), mix(p.land, (255, 255, 200), 0.08)), 1.0)
    _crowns(b, "trees", 46, 0.035 * u, p.leaf)


def _flowers(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    canvas, rng = _meadow(b, mix(p.land, p.near, 0.5), p.land), b.rng("beds")
    for number in range(11):  # beds in rows, as they are planted
        tone = p.lit(rgb(str(rng.choice(["d8486a", "f0c445", "b070d0", "f6f0ea", "e8783c"]))))
        y = b.height * (number + 0.5) / 11
        for _ in range(90):
            x = rng.uniform(0, b.period)
            canvas.ellipse(x, y + rng.normal(0, 0.012) * u, 0.006 * u, 0.005 * u, tone)
    b.add(canvas, 1.0)
    _crowns(b, "trees", 16, 0.035 * u, p.leaf)


def _forest(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    canvas, free = _meadow(b, mix(p.near, (0, 0, 0), 0.3), p.near), None
    if b.far("river", "lake", "waterfall"):
        row = _wave(b, "river", 0.6 * b.height, 0.12 * b.height)
        _river_on(b, canvas, row, 0.16)
        free = _clear_of(b, row, 0.1)
        b.surface = row(0.46 * b.width)
    elif b.far("road", "street"):
        free = _clear_of(b, _road_on(b, canvas), 0.13)
    b.add(canvas, 1.0)
    tone = mix(p.leaf, p.near, 0.2) if b.board.place != "bamboo" else mix(p.leaf, p.lit(rgb("9ccf62")), 0.4)
    _crowns(b, "trees", 330, 0.05 * u, tone, free)


def _fields(b: Backdrop) -> Canvas:
    """Return a patchwork of ploughed and growing fields."""
    p, u, rng = b.palette, b.unit, b.rng("fields")
    canvas = _meadow(b, mix(p.land, p.near, 0.4), p.land)
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


def _farm(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    canvas = _fields(b)
    if b.far("road", "street", "railway"):
        _road_on(b, canvas)
    b.add(canvas, 1.0)
    _crowns(b, "trees", 26, 0.026 * u, p.leaf)
    _houses(b, 4)


def _terraces(b: Backdrop) -> None:
    p = b.palette
    heights = _noise(b, "hills", 2, 2)
    steps = np.floor(heights * 16) / 16
    water = b.rng("water").random() < 0.6
    low, high = (mix(p.sea, p.land, 0.4), mix(p.land, p.leaf, 0.3)) if water else (p.near, p.land)
    away = np.abs(heights * 16 - np.round(heights * 16))
    edge = cv2.GaussianBlur(np.clip(1 - away / 0.16, 0, 1), (0, 0), 0.9)
    picture = _blend(np.asarray(steps, np.float32), low, high) * _relief(heights, 5.0)[..., None]
    b.add(_lay(b, picture * (1 - 0.45 * edge[..., None])), 1.0)
    _crowns(b, "trees", 14, 0.026 * b.unit, p.leaf)


def _sand(b: Backdrop) -> None:
    p = b.palette
    tone = p.lit(rgb("e0b070"))
    heights = _noise(b, "dunes", 3, 2)
    rows = np.linspace(0, 9.0, heights.shape[0], dtype=np.float32)[:, None]
    crests = np.asarray(((heights * 5 + rows) % 1.0) ** 2, np.float32)  # a long slope and a steep one
    light = np.clip(1.06 - 0.34 * cv2.blur(crests, (5, 5)), 0.7, 1.1)
    picture = _blend(heights, mix(tone, (150, 80, 30), 0.18), mix(tone, (255, 245, 215), 0.25))
    b.add(_lay(b, picture * light[..., None]), 1.0)


def _snow(b: Backdrop) -> None:
    p = b.palette
    white, blue = p.lit(rgb("f4f7fa")), p.lit(rgb("b4c6dc"))
    heights = _noise(b, "drifts", 3)
    b.add(_lay(b, _blend(heights, blue, white) * _relief(heights, 5.0)[..., None]), 1.0)
    _crowns(b, "trees", 30, 0.032 * b.unit, mix(p.lit(rgb("4f6a62")), white, 0.35))


def _ridges(b: Backdrop) -> Field:
    creased = 1 - np.abs(2 * _noise(b, "ridges", 3, 4) - 1)
    return np.asarray(0.5 * creased + 0.5 * _noise(b, "massif", 2, 3), np.float32)


def _mountains(b: Backdrop) -> None:
    p = b.palette
    heights = _ridges(b)
    rock, grass, snow = mix(p.lit(rgb("8d8a86")), p.far, 0.2), mix(p.land, p.near, 0.5), p.lit(rgb("f2f5f8"))
    picture = _blend(np.clip(heights * 1.6 - 0.3, 0, 1), grass, rock)
    line = 0.5 if b.board.season == "winter" or b.board.weather == "snow" else 0.66
    covered = np.clip((heights - line) * 6, 0, 1)[..., None]
    picture = picture * (1 - covered) + np.array(snow[::-1], np.float32) * covered
    b.add(_lay(b, picture * _relief(heights, 10.0)[..., None]), 1.0)


def _volcano(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    heights = _noise(b, "slopes", 3, 4)
    tall, wide = heights.shape
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    away = np.hypot((columns - 0.5 * b.width / _HALF) / tall, (rows - 0.42 * tall) / tall * 1.15)
    cone = np.clip(1 - away * 1.3, 0, 1) + 0.22 * heights - 1.6 * np.clip(0.14 - away, 0, 1)
    rock = p.lit(rgb("5a4a46"))
    picture = _blend(np.clip(heights, 0, 1), mix(rock, (0, 0, 0), 0.3), mix(rock, p.land, 0.25))
    canvas = _lay(b, picture * _relief(np.asarray(cone, np.float32), 14.0)[..., None])
    x, y, rng = 0.5 * b.width, 0.42 * b.height, b.rng("lava")
    for turn in rng.uniform(0, 2 * math.pi, 5):
        path = [
            (
                x + math.cos(turn + 0.12 * s) * (0.08 + 0.07 * s) * u,
                y + math.sin(turn + 0.12 * s) * (0.07 + 0.06 * s) * u,
            )
            for s in range(6)
        ]
        canvas.limb(path, [0.022 * u, 0.018 * u, 0.015 * u, 0.012 * u, 0.008 * u, 0.003 * u], rgb("e8502c"))
    canvas.ellipse(x, y, 0.1 * u, 0.085 * u, mix(rock, (0, 0, 0), 0.5))
    canvas.ellipse(x, y, 0.08 * u, 0.066 * u, rgb("f07a2c"))
    canvas.ellipse(x, y, 0.05 * u, 0.04 * u, rgb("ffd860"))
    canvas.glow(x, y, 0.4 * u, rgb("ff7a30"), 0.7)
    b.add(canvas, 1.0)


def _water(b: Backdrop, low: Colour, high: Colour) -> Canvas:
    """Return open water with its swell and the glint of crests."""
    heights = _noise(b, "swell", 7, 3)
    canvas = _lay(b, _blend(heights, low, high) * _relief(heights, 3.0)[..., None])
    rng, u = b.rng("crests"), b.unit
    for _ in range(110):
        x, y, long = rng.uniform(0, b.period), rng.uniform(0, b.height), rng.uniform(0.01, 0.035) * u
        arc = [(x - long, y), (x, y - 0.18 * long), (x + long, y)]
        canvas.limb(arc, [0.001 * u, 0.0035 * u, 0.001 * u], mix(high, (255, 255, 255), 0.5), 0.7)
    return canvas


def _sea(b: Backdrop) -> None:
    p = b.palette
    canvas = _water(b, p.deep, mix(p.sea, p.deep, 0.4))
    if b.far("bridge"):
        _bridge_on(b, canvas)
    b.add(canvas, 1.0)


def _coast(b: Backdrop, shore: Colour, inland: Colour) -> tuple[Canvas, Callable[[float], float]]:
    """Return water below a winding shore with its foam, and the shore's rows."""
    p, u = b.palette, b.unit
    canvas = _water(b, mix(p.deep, p.sea, 0.35), mix(p.sea, p.lit(rgb("7fd4c8")), 0.3))
    row = _wave(b, "shore", 0.44 * b.height, 0.1 * b.height)
    for below, tone, share in ((0.16, p.lit(rgb("7fd8cc")), 0.3), (0.09, p.lit(rgb("a8e6d8")), 0.4)):
        rows = np.clip(np.array([row(x) for x in range(canvas.width)]) + below * u, 0, b.height)
        mask = np.arange(b.height)[:, None] < rows[None, :]
        canvas.pixels[mask, :3] = (canvas.pixels[mask, :3] * (1 - share) + np.array(tone[::-1]) * share).astype(
            np.uint8
        )
    _above(canvas, lambda x: row(x) + 0.03 * u, mix(p.lit(rgb("ffffff")), p.sea, 0.15))
    _above(canvas, lambda x: row(x) + 0.018 * u, mix(shore, p.sea, 0.3))
    _above(canvas, row, shore)
    _above(canvas, lambda x: row(x) - 0.13 * b.height, inland)
    return canvas, row


def _above(canvas: Canvas, row: Callable[[float], float], colour: Colour) -> None:
    """Fill everything above a line."""
    points = [(x, row(x)) for x in np.linspace(0, canvas.width, 80)]
    flat = Canvas(1, 1)
    flat.pixels, flat.width, flat.height = canvas.pixels, canvas.width, canvas.height
    flat.polygon([*points, (canvas.width + 2, -2), (-2, -2)], colour)


def _beach(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    rocky = b.board.place == "cliffs"
    shore = p.lit(rgb("9a8f84" if rocky else "f0d9a4"))
    canvas, row = _coast(b, shore, mix(p.land, p.near, 0.3))
    rng = b.rng("things")
    for _ in range(70 if rocky else 14):
        x = rng.uniform(0, b.period)
        y = row(x) + rng.uniform(-0.1, 0.05 if rocky else -0.03) * b.height
        if rocky:
            r = rng.uniform(0.008, 0.026) * u
            canvas.ellipse(x + 0.4 * r, y + 0.4 * r, r, 0.8 * r, _SHADOW, 0.4)
            canvas.ellipse(x, y, r, 0.85 * r, mix(p.lit(rgb("7d766e")), (255, 255, 255), rng.uniform(0, 0.2)))
        else:
            tone = p.lit(rgb(str(rng.choice(["d8483c", "f0c445", "3f8fd0", "f4f0e8"]))))
            canvas.ellipse(x + 0.008 * u, y + 0.008 * u, 0.016 * u, 0.012 * u, _SHADOW, 0.3)
            canvas.ellipse(x, y, 0.016 * u, 0.014 * u, tone)
            canvas.ellipse(x, y, 0.006 * u, 0.005 * u, mix(tone, (255, 255, 255), 0.5))
    b.add(canvas, 1.0)
    _crowns(b, "trees", 90, 0.036 * u, p.leaf, lambda x, y: y < row(x) - 0.15 * b.height)
    b.ground = min(row(0.46 * b.width) - 0.02 * b.height, 0.5 * b.height)
    b.surface = 0.78 * b.height


def _harbour(b: Backdrop) -> None:
    p = b.palette
    canvas, row = _coast(b, p.lit(rgb("b4aea4")), p.lit(rgb("9c978f")))
    u, rng = b.unit, b.rng("piers")
    for k in range(7):
        x = b.period * (k + 0.3) / 7
        y = row(x)
        canvas.rect(x, y - 0.02 * u, 0.022 * u, 0.17 * u, p.lit(rgb("a08862")))
        for side in (-1, 1):
            if rng.random() < 0.7:
                canvas.ellipse(
                    x + 0.011 * u + side * 0.034 * u, y + 0.1 * u, 0.012 * u, 0.034 * u, p.lit(rgb("f4f4f0"))
                )
    b.add(canvas, 1.0)
    _blocks(b, lambda x: row(x) - 0.14 * b.height)
    b.surface = 0.8 * b.height
    b.landmark = (b.width * 0.56, b.height * 0.45)


def _lake(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    canvas = _meadow(b, mix(p.land, p.near, 0.5), p.land)
    water = _water(b, p.deep, p.sea).pixels
    heights = _noise(b, "shape", 2, 2)
    tall, wide = heights.shape
    rows, columns = np.mgrid[0:tall, 0:wide].astype(np.float32)
    away = np.hypot((columns - 0.5 * b.width / _HALF) / (0.62 * b.width / _HALF), (rows - 0.6 * tall) / (0.42 * tall))
    depth = cv2.resize(1.05 - away + 0.5 * (heights - 0.5), (canvas.width, canvas.height))
    bank = np.array(p.lit(rgb("d8c89a"))[::-1])
    canvas.pixels[depth > -0.03, :3] = bank
    canvas.pixels[depth > 0] = water[depth > 0]
    rim = (depth > 0) & (depth < 0.06)
    canvas.pixels[rim, :3] = (canvas.pixels[rim, :3] * 0.6 + np.array(p.lit(rgb("9fdccc"))[::-1]) * 0.4).astype(
        np.uint8
    )
    if b.board.place == "lotuspond":
        rng = b.rng("pads")
        for _ in range(120):
            x, y = rng.uniform(0, b.width), rng.uniform(0.3, 0.95) * b.height
            if depth[int(y), int(x)] > 0.08:
                r = rng.uniform(0.012, 0.026) * u
                canvas.ellipse(x, y, r, 0.8 * r, mix(p.leaf, (255, 255, 255), rng.uniform(0, 0.15)))
                if rng.random() < 0.25:
                    canvas.ellipse(x, y - 0.3 * r, 0.4 * r, 0.35 * r, p.lit(rgb("f0a0c0")))
    b.add(canvas, 1.0)
    _crowns(b, "trees", 130, 0.036 * u, p.leaf, lambda x, y: depth[min(max(int(y), 0), b.height - 1), int(x)] < -0.08)


def _river(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    canvas = _fields(b) if b.far("farm", "terraces", "village") else _meadow(b, mix(p.land, p.near, 0.5), p.land)
    row = _wave(b, "river", 0.66 * b.height, 0.12 * b.height)
    if b.board.place == "bridge" and any(lexicon().kinds[who.kind].sort == "vehicle" for who in b.board.subjects):
        _crossed(b, canvas)
        return
    _river_on(b, canvas, row, 0.2)
    if b.board.place == "bridge":
        _bridge_on(b, canvas)
    b.add(canvas, 1.0)
    free = _clear_of(b, row, 0.14)
    _crowns(b, "trees", 190 if b.far("forest") else 80, 0.034 * u, p.leaf, free)
    b.surface = b.ground = row(0.46 * b.width) + 0.02 * u


def _crossed(b: Backdrop, canvas: Canvas) -> None:
    """Lay a long bridge along the way of what drives over it, a broad river running beneath."""
    p, u = b.palette, b.unit
    water, deck, y = _water(b, p.deep, mix(p.sea, p.deep, 0.3)), p.lit(rgb("a85a44")), 0.66 * b.height
    left, right = 0.12 * b.period, 0.78 * b.period
    for row in range(b.height):
        bend = int(0.06 * b.period * math.sin(5.0 * row / b.height))
        a, e = int(left) + bend, int(right) + bend
        canvas.pixels[row, a - int(0.02 * u) : e + int(0.02 * u), :3] = p.lit(rgb("d8c89a"))[::-1]
        canvas.pixels[row, a:e] = water.pixels[row, a:e]
    canvas.rect(0, y + 0.09 * u, b.period, 0.08 * u, _SHADOW, 0.3)
    canvas.rect(0, y - 0.08 * u, b.period, 0.14 * u, deck)
    canvas.rect(0, y - 0.065 * u, b.period, 0.11 * u, p.lit(rgb("6a6a70")))
    for x in np.arange(0, b.period, 0.12 * u):
        canvas.rect(x, y + 0.06 * u, 0.03 * u, 0.08 * u, mix(deck, (0, 0, 0), 0.3))
        canvas.rect(x, y - 0.012 * u, 0.06 * u, 0.006 * u, p.lit(rgb("f0e0a0")))
    b.add(canvas, 1.0)
    b.ground = b.surface = y + 0.03 * u


def _clear_of(b: Backdrop, row: Callable[[float], float], wide: float) -> Callable[[float, float], bool]:
    return lambda x, y: abs(y - row(x)) > wide * b.unit


def _river_on(b: Backdrop, canvas: Canvas, row: Callable[[float], float], wide: float) -> None:
    p, u = b.palette, b.unit
    for thick, tone in (
        (wide + 0.03, p.lit(rgb("d8c89a"))),
        (wide, mix(p.sea, p.deep, 0.3)),
        (wide * 0.6, mix(p.sea, p.deep, 0.55)),
    ):
        _band(canvas, row, thick * u, tone)
    rng = b.rng("ripples")
    for _ in range(60):
        x = rng.uniform(0, b.period)
        y, long = row(x) + rng.uniform(-0.4, 0.4) * wide * u, rng.uniform(0.01, 0.04) * u
        canvas.limb([(x - long, y), (x + long, row(x + long) - row(x) + y)], [0.001 * u, 0.003 * u],
                    mix(p.sea, (255, 255, 255), 0.4), 0.6)  # fmt: skip


def _bridge_on(b: Backdrop, canvas: Canvas) -> None:
    """Lay a bridge across the water, from the top of the frame to its foot."""
    p, u = b.palette, b.unit
    x, lean, deck = 0.62 * b.width, 0.16 * b.width, p.lit(rgb("c05a3c"))
    top, foot = (x + lean, -0.05 * b.height), (x - lean, 1.05 * b.height)
    canvas.limb([(top[0] + 0.05 * u, top[1]), (foot[0] + 0.05 * u, foot[1])], [0.075 * u] * 2, _SHADOW, 0.3)
    canvas.limb([top, foot], [0.085 * u] * 2, deck)
    canvas.limb([top, foot], [0.062 * u] * 2, p.lit(rgb("6a6a70")))
    for share in np.linspace(0, 1, 24):
        at = (top[0] + (foot[0] - top[0]) * share, top[1] + (foot[1] - top[1]) * share)
        canvas.limb([at, (at[0] - 0.008 * u, at[1] + 0.022 * u)], [0.004 * u] * 2, p.lit(rgb("f0e8d0")))
    for share in (0.32, 0.68):
        at = (top[0] + (foot[0] - top[0]) * share, top[1] + (foot[1] - top[1]) * share)
        for side in (-1, 1):
            canvas.rect(
                at[0] + side * 0.05 * u - 0.012 * u, at[1] - 0.12 * u, 0.024 * u, 0.14 * u, mix(deck, (0, 0, 0), 0.15)
            )
        canvas.rect(at[0] - 0.062 * u, at[1] - 0.125 * u, 0.124 * u, 0.02 * u, deck)


def _beside(row: Callable[[float], float], aside: float) -> Callable[[float], float]:
    return lambda x: row(x) + aside


def _road_on(b: Backdrop, canvas: Canvas) -> Callable[[float], float]:
    p, u = b.palette, b.unit
    row = _wave(b, "road", 0.68 * b.height, 0.03 * b.height)
    rails = b.board.place == "railway"
    asphalt = p.lit(rgb("8d8478" if rails else "5c6068"))
    _band(canvas, row, 0.19 * u, mix(asphalt, p.land, 0.5))
    _band(canvas, row, 0.165 * u, asphalt)
    if rails:
        for x in np.arange(0, b.period, 0.035 * u):
            canvas.limb(
                [(x, row(x) - 0.055 * u), (x - 0.01 * u, row(x) + 0.055 * u)], [0.012 * u] * 2, p.lit(rgb("5a4634"))
            )
        for aside in (-0.04, 0.04):
            _band(canvas, _beside(row, aside * u), 0.008 * u, p.lit(rgb("c8ccd2")))
        return row
    for aside in (-0.076, 0.076):
        _band(canvas, _beside(row, aside * u), 0.004 * u, p.lit(rgb("e8e4d8")))
    for x in np.arange(0, b.period, 0.08 * u):
        canvas.limb([(x, row(x)), (x + 0.035 * u, row(x + 0.035 * u))], [0.005 * u] * 2, p.lit(rgb("f0e0a0")))
    return row


def _road(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    if b.far("sea", "beach"):
        canvas, _ = _coast(b, p.lit(rgb("e8d4a4")), mix(p.land, p.near, 0.3))
        canvas.pixels[:] = canvas.pixels[::-1].copy()  # the sea is beyond the road
    elif b.far("farm", "terraces", "village", "grassland"):
        canvas = _fields(b)
    elif b.far("desert"):
        canvas = _meadow(b, p.lit(rgb("c8985c")), p.lit(rgb("e8c48a")))
    else:
        canvas = _meadow(b, mix(p.land, p.near, 0.5), p.land)
    row = _road_on(b, canvas)
    b.add(canvas, 1.0)
    dense = b.far("forest", "mountains")
    if not b.far("sea", "beach", "desert"):
        _crowns(b, "trees", 220 if dense else 60, 0.036 * u, p.leaf, _clear_of(b, row, 0.15))
    b.ground = row(0.46 * b.width) + 0.03 * u


def _blocks(b: Backdrop, below: Callable[[float], float] | None = None, tall: float = 1.0) -> None:
    """Stand blocks of buildings in a grid of streets: roofs, and the side that faces the camera."""
    p, u, rng = b.palette, b.unit, b.rng("blocks")
    ground, tops = b.canvas(), b.canvas()
    rows, columns = 6, 10
    tones = [p.lit(rgb(tone)) for tone in ("c8c0b4", "a8b0ba", "b89a84", "d8d0c0", "8f9aa8", "c4a48c")]
    for row in range(-1, rows + 1):
        for column in range(columns):
            x = b.period * (column + 0.12) / columns
            y = b.height * (row + 0.9) / rows
            if below and y > below(x):
                continue
            wide, deep = b.period / columns * 0.7, b.height / rows * 0.42
            if not below and row in (3, 4) and 2 <= column <= 3:
                continue  # a square, for who is in the city
            high = tall * u * (0.05 + 0.16 * rng.random() ** 2.2)
            wall = tones[int(rng.integers(len(tones)))]
            cast = x + wide + 0.7 * high
            shade = [(x + wide, y), (cast, y + 0.2 * high), (cast, y - deep * 0.6), (x + wide, y - deep)]
            ground.polygon(shade, _SHADOW, 0.32)
            tops.rect(x, y - high, wide, high, mix(wall, (0, 0, 0), 0.28))
            tops.rect(x, y - high - deep, wide, deep, mix(wall, (255, 255, 255), 0.12))
            tops.rect(x + 0.06 * wide, y - high - 0.92 * deep, 0.88 * wide, 0.84 * deep, wall)
            tops.rect(
                x + wide * rng.uniform(0.15, 0.5),
                y - high - deep * 0.7,
                0.25 * wide,
                0.3 * deep,
                mix(wall, (0, 0, 0), 0.2),
            )
            _windows(b, tops, (x, y, wide, high), wall, rng)
    b.add(ground, 1.0)
    b.add(tops, _NEAR)


def _windows(
    b: Backdrop, tops: Canvas, box: tuple[float, float, float, float], wall: Colour, rng: np.random.Generator
) -> None:
    x, y, wide, high = box
    u, lamps = b.unit, b.palette.lamps
    glass = mix(wall, (40, 60, 90), 0.6)
    lit = rgb("ffd98a")
    for floor in range(max(1, int(high / (0.02 * u)))):
        for pane in range(5):
            tone = lit if lamps and rng.random() < 0.55 else glass
            tops.rect(
                x + wide * (0.08 + 0.18 * pane), y - high + 0.006 * u + 0.02 * u * floor, 0.11 * wide, 0.011 * u, tone
            )


def _city(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    canvas = b.canvas()
    asphalt = p.lit(rgb("6a6c72"))
    canvas.fill(asphalt)
    rows, columns, rng = 6, 10, b.rng("traffic")
    for row in range(rows + 1):
        y = b.height * (row + 0.02) / rows + 0.03 * u
        for x in np.arange(0, b.period, 0.06 * u):
            canvas.limb([(x, y), (x + 0.025 * u, y)], [0.003 * u] * 2, p.lit(rgb("d8d4c8")))
        for _ in range(9):
            x = rng.uniform(0, b.period)
            tone = p.lit(rgb(str(rng.choice(["d2322d", "f4f4f0", "2b2a30", "f0c445", "3568c4"]))))
            canvas.rect(x, y - 0.014 * u, 0.026 * u, 0.011 * u, tone)
            if p.lamps:
                canvas.ellipse(x + 0.028 * u, y - 0.008 * u, 0.008 * u, 0.004 * u, rgb("fff0c0"), 0.8)
    for column in range(columns):
        x = b.period * (column + 0.12) / columns
        canvas.rect(x - 0.006 * u, 0, b.period / columns * 0.7 + 0.012 * u, 0, asphalt)
    for row in range(-1, rows + 1):
        for column in range(columns):
            x, y = b.period * (column + 0.1) / columns, b.height * (row + 0.42) / rows
            square = row in (3, 4) and 2 <= column <= 3
            tone = mix(p.land, p.leaf, 0.3) if square or rng.random() < 0.12 else p.lit(rgb("a8a49c"))
            canvas.rect(x, y, b.period / columns * 0.74, b.height / rows * 0.52, tone)
    b.add(canvas, 1.0)
    _blocks(b, tall=1.35 if b.board.place == "city" else 0.7)


def _houses(b: Backdrop, count: int, free: Callable[[float, float], bool] | None = None) -> None:
    """Stand houses with gabled roofs, the farther ones first."""
    p, u, rng = b.palette, b.unit, b.rng("houses")
    ground, tops = b.canvas(), b.canvas()
    old = b.board.place in ("courtyard", "palace", "watertown")
    roofs = ("5a6068", "4a5058") if old else ("b8543c", "c8703c", "9a4a3c", "8a8f98")
    if b.board.place == "palace":
        roofs = ("d8a03c", "c8902c")
    if old:  # wings about courtyards, in rows
        spots = [(b.period * (k + 0.5 * (row % 2)) / 16, b.height * row / 8) for row in range(1, 10) for k in range(16)]
    else:
        spots = [(rng.uniform(0, b.period), rng.uniform(0.08, 1.05) * b.height) for _ in range(count)]
    spots.sort(key=lambda spot: spot[1])
    for x, y in spots:
        if free and not free(x, y):
            continue
        w, d, h = rng.uniform(0.09, 0.13) * u, 0.05 * u, 0.035 * u
        roof, wall = p.lit(rgb(str(rng.choice(roofs)))), p.lit(rgb("a83c30" if b.board.place == "palace" else "efe6d6"))
        ground.polygon(
            [(x + w, y), (x + 1.35 * w, y - 0.1 * d), (x + 1.35 * w, y - d), (x + w, y - d - h)], _SHADOW, 0.35
        )
        tops.rect(x, y - h, w, h, wall)
        for pane in (0.18, 0.62):
            tops.rect(
                x + pane * w,
                y - 0.72 * h,
                0.16 * w,
                0.4 * h,
                rgb("ffd98a") if p.lamps else mix(wall, (40, 50, 70), 0.6),
            )
        e = 0.1 * w
        eaves, crest = y - h, y - h - 0.55 * d
        tops.polygon([(x - e, eaves), (x + w + e, eaves), (x + w, crest), (x, crest)], roof)
        behind = [(x, crest), (x + w, crest), (x + w + 0.4 * e, y - h - d), (x - 0.4 * e, y - h - d)]
        tops.polygon(behind, mix(roof, (0, 0, 0), 0.25))
        for line in np.linspace(0.1, 0.9, 7):
            tops.limb(
                [(x + line * w, y - h - 0.55 * d), (x + (line * 1.2 - 0.1) * w, y - h)],
                [0.002 * u] * 2,
                mix(roof, (0, 0, 0), 0.2),
            )
    b.add(ground, 1.0)
    b.add(tops, _NEAR)


def _village(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    town = b.board.place != "village"
    canvas = _meadow(b, p.lit(rgb("b4a890")), p.lit(rgb("c8bca4"))) if town else _fields(b)
    rows = [_wave(b, f"lane{k}", (0.2 + 0.3 * k) * b.height, 0.03 * b.height) for k in range(3)]
    water = b.board.place == "watertown"
    for k, row in enumerate(rows):
        if water and k == 1:
            _river_on(b, canvas, row, 0.12)
        else:
            _band(canvas, row, 0.05 * u, p.lit(rgb("d8cbb0")))
    b.add(canvas, 1.0)

    def free(x: float, y: float) -> bool:
        away = [abs(y - 0.03 * u - row(x)) > (0.1 if water and k == 1 else 0.06) * u for k, row in enumerate(rows)]
        return all(away) and not (0.3 * b.width < x < 0.66 * b.width and 0.56 < y / b.height < 0.8)

    _houses(b, 90 if town else 46, free)
    _crowns(b, "trees", 40, 0.026 * u, p.leaf, free)
    if water:
        b.surface = rows[1](0.46 * b.width) + 0.02 * u


def _court(b: Backdrop) -> None:
    """A sports ground or a square with its lines."""
    p, u = b.palette, b.unit
    place = b.board.place
    canvas = _meadow(b, mix(p.land, p.near, 0.4), p.land)
    x, y, w, h = 0.08 * b.width, 0.12 * b.height, 0.84 * b.width, 0.8 * b.height
    white = p.lit(rgb("f4f4f0"))
    if place == "stadium":
        canvas.ellipse(x + w / 2, y + h / 2, 0.56 * w, 0.58 * h, p.lit(rgb("b8b4ac")))
        canvas.ellipse(x + w / 2, y + h / 2, 0.5 * w, 0.51 * h, p.lit(rgb("c0583c")))
        for lane in (0.485, 0.465, 0.445):
            canvas.ellipse(x + w / 2, y + h / 2, lane * w, (lane + 0.01) * h, white)
            canvas.ellipse(
                x + w / 2, y + h / 2, lane * w - 0.003 * u, (lane + 0.01) * h - 0.003 * u, p.lit(rgb("c0583c"))
            )
        canvas.ellipse(x + w / 2, y + h / 2, 0.42 * w, 0.42 * h, mix(p.land, p.leaf, 0.3))
    elif place in ("airport", "spaceport"):
        canvas.rect(0, 0.56 * b.height, b.period, 0.2 * b.height, p.lit(rgb("5a5e66")))
        for left in np.arange(0, b.period, 0.16 * u):
            canvas.rect(left, 0.655 * b.height, 0.08 * u, 0.012 * u, white)
        canvas.rect(0, 0.2 * b.height, b.period, 0.16 * b.height, p.lit(rgb("9a9a98")))
    else:
        for stripe in range(8):
            tone = mix(p.land, p.leaf, 0.35 if stripe % 2 else 0.1)
            canvas.rect(x + w * stripe / 8, y, w / 8, h, tone)
        line = 0.006 * u
        outline = [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
        for a, c in pairwise(outline):
            canvas.limb([a, c], [line] * 2, white)
        canvas.limb([(x + w / 2, y), (x + w / 2, y + h)], [line] * 2, white)
        circle = [
            (x + w / 2 + 0.14 * h * math.cos(t), y + h / 2 + 0.14 * h * math.sin(t))
            for t in np.linspace(0, 2 * math.pi, 40)
        ]
        canvas.limb(circle, [line] * 40, white)
        for side in (x, x + 0.86 * w):
            box = [
                (side, y + 0.26 * h),
                (side + 0.14 * w, y + 0.26 * h),
                (side + 0.14 * w, y + 0.74 * h),
                (side, y + 0.74 * h),
                (side, y + 0.26 * h),
            ]
            canvas.limb(box, [line] * 5, white)
    b.add(canvas, 1.0)


def _wall(b: Backdrop) -> None:
    """A wall that winds along the ridges."""
    p, u = b.palette, b.unit
    heights = _ridges(b)
    picture = _blend(heights, mix(p.near, p.land, 0.3), mix(p.land, p.leaf, 0.3)) * _relief(heights, 8.0)[..., None]
    canvas = _lay(b, picture)
    row = _wave(b, "wall", 0.62 * b.height, 0.14 * b.height)
    stone = p.lit(rgb("c0aa88"))
    _band(canvas, lambda x: row(x) + 0.035 * u, 0.05 * u, mix(stone, (0, 0, 0), 0.45))
    _band(canvas, row, 0.06 * u, stone)
    _band(canvas, row, 0.036 * u, mix(stone, (0, 0, 0), 0.12))
    for x in np.arange(0, b.period, 0.016 * u):
        for side in (-0.027, 0.027):
            canvas.rect(x, row(x) + side * u - 0.004 * u, 0.008 * u, 0.008 * u, mix(stone, (255, 255, 255), 0.25))
    b.add(canvas, 1.0)
    tops = b.canvas()
    for k in range(4):
        x = b.period * (k + 0.15) / 4
        y = row(x)
        tops.rect(x - 0.05 * u, y - 0.05 * u, 0.1 * u, 0.09 * u, mix(stone, (0, 0, 0), 0.3))
        tops.rect(x - 0.05 * u, y - 0.11 * u, 0.1 * u, 0.07 * u, mix(stone, (255, 255, 255), 0.15))
    b.add(tops, _NEAR)
    b.ground = row(0.46 * b.width) + 0.01 * u


def _cascade(b: Backdrop) -> None:
    p, u = b.palette, b.unit
    _mountain = _ridges(b)
    picture = _blend(_mountain, p.near, mix(p.land, p.leaf, 0.3)) * _relief(_mountain, 7.0)[..., None]
    canvas = _lay(b, picture)
    x = 0.5 * b.width
    canvas.polygon(
        [(x - 0.12 * u, -2), (x + 0.12 * u, -2), (x + 0.16 * u, 0.4 * b.height), (x - 0.16 * u, 0.4 * b.height)], p.sea
    )
    canvas.polygon([(x - 0.17 * u, 0.38 * b.height), (x + 0.17 * u, 0.38 * b.height), (x + 0.2 * u, 0.6 * b.height),
                    (x - 0.2 * u, 0.6 * b.height)], p.lit(rgb("f4f8fa")))  # fmt: skip
    for share in np.linspace(-0.9, 0.9, 13):
        canvas.limb(
            [(x + share * 0.17 * u, 0.39 * b.height), (x + share * 0.2 * u, 0.58 * b.height)],
            [0.004 * u] * 2,
            p.sea,
            0.6,
        )
    canvas.ellipse(x, 0.72 * b.height, 0.36 * u, 0.16 * u, mix(p.sea, p.deep, 0.3))
    canvas.halo(x, 0.61 * b.height, 0.26 * u, p.lit(rgb("ffffff")), 0.8)
    b.add(canvas, 1.0)
    _crowns(b, "trees", 150, 0.036 * u, p.leaf, lambda a, y: abs(a - x) > 0.42 * u)


def _floor(b: Backdrop) -> None:
    _boards(b, flat=False)


def _boards(b: Backdrop, *, flat: bool) -> None:
    """A floor or a table top of boards, as it is seen by who stands over it."""
    p, u, rng = b.palette, b.unit, b.rng("boards")
    place = b.board.place
    tiled = not flat and place in (
        "kitchen",
        "corridor",
        "subway",
        "airport",
        "cockpit",
        "office",
        "classroom",
        "studio",
    )
    base = p.lit(rgb({"studio": "e4e2de", "corridor": "dfe4e8", "subway": "c4c6ca", "concert": "4a4450",
                      "cockpit": "6a7484"}.get(place, "d8d2c6" if tiled else "b07c4c")))  # fmt: skip
    canvas = b.canvas()
    canvas.fill(base)
    if tiled and place != "studio":
        side = b.period / round(b.period / (0.17 * u))
        for x in np.arange(0, b.period, side):
            canvas.limb([(x, 0), (x, b.height)], [0.004 * u] * 2, mix(base, (0, 0, 0), 0.16))
        for y in np.arange(0.05 * u, b.height, side):
            canvas.rect(0, y, b.period, 0.004 * u, mix(base, (0, 0, 0), 0.16))
    elif not tiled:
        wide = b.height / 8
        for row in range(8):
            tone = mix(base, (0, 0, 0) if rng.random() < 0.5 else (255, 220, 170), rng.uniform(0.02, 0.14))
            canvas.rect(0, row * wide, b.period, wide - 0.004 * u, tone)
            for _ in range(14):
                x, y, long = (
                    rng.uniform(0, b.period),
                    row * wide + rng.uniform(0.1, 0.9) * wide,
                    rng.uniform(0.05, 0.25) * u,
                )
                canvas.limb(
                    [(x, y), (x + long, y + rng.uniform(-0.004, 0.004) * u)],
                    [0.0015 * u] * 2,
                    mix(tone, (0, 0, 0), 0.18),
                    0.6,
                )
            canvas.rect(0, (row + 1) * wide - 0.004 * u, b.period, 0.004 * u, mix(base, (0, 0, 0), 0.4))
    if not flat and not tiled:
        x, y = 0.46 * b.width, 0.66 * b.height
        for grow, wool in ((1.0, "8a3c3c"), (0.92, "d8c09a"), (0.86, "a84c48")):
            canvas.ellipse(x, y, 0.5 * grow * u, 0.3 * grow * u, p.lit(rgb(wool)))
    canvas.shade(0, b.height * 0.5, (0.0, 0.0, 0.0), 0.16, 0.0)
    b.add(canvas, 1.0)


def _market(b: Backdrop) -> None:
    p, u, rng = b.palette, b.unit, b.rng("awnings")
    canvas = _meadow(b, p.lit(rgb("a89c8a")), p.lit(rgb("bcb09c")), 6, 0.6)
    b.add(canvas, 1.0)
    ground, tops = b.canvas(), b.canvas()
    for row, y in enumerate((0.16, 0.36, 0.98)):
        for column in range(9):
            x, w = b.period * (column + 0.3 * (row % 2)) / 9, b.period / 11
            tone = p.lit(rgb(str(rng.choice(["d8483c", "3f8fd0", "f0c445", "4c9a52", "e8783c"]))))
            ground.rect(x + 0.04 * u, y * b.height - 0.06 * u, w, 0.1 * u, _SHADOW, 0.3)
            for stripe in range(6):
                colour = tone if stripe % 2 else p.lit(rgb("f4f0e6"))
                tops.rect(x + w * stripe / 6, y * b.height - 0.15 * u, w / 6 + 1, 0.12 * u, colour)
            tops.rect(x, y * b.height - 0.03 * u, w, 0.02 * u, mix(tone, (0, 0, 0), 0.3))
            for item in range(7):
                fruit = p.lit(rgb(str(rng.choice(["d2322d", "f0c445", "4c9a52", "e58a35"]))))
                ground.ellipse(x + w * (item + 0.5) / 7, y * b.height + 0.012 * u, 0.014 * u, 0.011 * u, fruit)
    b.add(ground, 1.0)
    b.add(tops, _NEAR)
    heads = b.canvas()
    for _ in range(60 if not b.unwanted("person", "crowd") else 0):
        x, y = rng.uniform(0, b.period), rng.uniform(0.44, 0.8) * b.height
        coat = p.lit(rgb(str(rng.choice(["3568c4", "d2322d", "2b2a30", "8d9199", "f1eee8", "4c9a52"]))))
        heads.ellipse(x + 0.012 * u, y + 0.01 * u, 0.018 * u, 0.012 * u, _SHADOW, 0.3)
        heads.ellipse(x, y, 0.017 * u, 0.013 * u, coat)
        heads.ellipse(x, y - 0.006 * u, 0.008 * u, 0.008 * u, p.lit(rgb("4a3428")))
    b.add(heads, 0.999)


GROUNDS: dict[str, Callable[[Backdrop], None]] = {
    "grassland": _grass, "flowers": _flowers, "forest": _forest, "bamboo": _forest, "mountains": _mountains,
    "terraces": _terraces, "snowfield": _snow, "desert": _sand, "volcano": _volcano, "farm": _farm, "sea": _sea,
    "beach": _beach, "cliffs": _beach, "harbour": _harbour, "lake": _lake, "lotuspond": _lake, "river": _river,
    "bridge": _river, "waterfall": _cascade, "village": _village, "oldtown": _village, "courtyard": _village,
    "palace": _village, "watertown": _village, "city": _city, "street": _city, "market": _market, "road": _road,
    "railway": _road, "airport": _court, "spaceport": _court, "stadium": _court, "pitch": _court, "greatwall": _wall,
    **dict.fromkeys(("room", "bedroom", "kitchen", "cafe", "office", "classroom", "library", "corridor", "concert",
                     "studio", "subway"), _floor),
}  # fmt: skip
"""What each place is from above; what is missing here has no ground: the sky, space, a cave, the depths."""
