"""The sky and what is in it: gradient, sun or moon, stars, clouds, birds."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Actor, Stamp
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.drawing.sheets import Sheet
from reelgate.animatic.places.base import FAR, Backdrop
from reelgate.animatic.staging.poses import Cycle
from reelgate.animatic.subjects.aircraft import flapping

_DITHER = 256  # pixels after which the noise repeats


def gradient(
    b: Backdrop, canvas: Canvas, stops: list[tuple[float, Colour]], top: float = 0.0, bottom: float = -1.0
) -> None:
    """Fill rows `top` to `bottom` with a vertical gradient through (row, colour) stops, dithered against banding."""
    first, last = int(max(top, 0)), int(bottom if bottom >= 0 else canvas.height)
    rows = np.arange(first, min(last, canvas.height))
    if not rows.size:
        return
    at = [row for row, _ in stops]
    tile = b.rng("dither").uniform(-1.2, 1.2, (_DITHER, _DITHER)).astype(np.float32)
    colours = np.stack([np.interp(rows, at, [colour[c] for _, colour in stops]) for c in (2, 1, 0)], 1)
    for step in range(0, rows.size, _DITHER):
        band = colours[step : step + _DITHER, :, None].astype(np.float32)
        dithered = (tile[: len(band)] + band[:, channel] for channel in range(3))
        channels = [cv2.convertScaleAbs(np.maximum(samples, 0)) for samples in dithered]
        strip = cv2.merge([*channels, np.full_like(channels[0], 255)])
        whole = cv2.repeat(strip, 1, -(-canvas.width // _DITHER))
        canvas.pixels[first + step : first + step + len(band)] = whole[:, : canvas.width]


def sky(b: Backdrop, *, sun: bool = True) -> None:
    """Paint the sky with its sun or moon."""
    p, canvas = b.palette, b.flat()
    gradient(b, canvas, [(0, p.zenith), (b.horizon * 0.55, p.sky), (b.horizon, p.horizon)])
    if b.board.time == "night":
        stars(b, canvas, 130, b.horizon)
    if sun and b.board.weather not in ("rain", "storm", "cloud"):
        _sun(b, canvas)
    b.add(canvas, FAR)


def _sun(b: Backdrop, canvas: Canvas) -> None:
    p, rng = b.palette, b.rng("sun")
    sides = [rng.uniform(0.62, 0.8), rng.uniform(0.2, 0.34)]
    x = b.width * (sides[0] if b.landmark else rng.choice(sides))
    y = b.horizon - p.sun_height * min(b.horizon, b.unit * 0.62) * rng.uniform(0.85, 1.1)
    b.sun = (float(x), float(y))
    size = b.unit * (0.05 if b.board.time in ("dawn", "dusk") else 0.042)
    if b.board.time == "night":
        canvas.glow(x, y, size * 7, p.sun, 0.35)
        canvas.ellipse(x, y, size, size, p.sun)
        for dx, dy, r in ((-0.3, -0.2, 0.22), (0.25, 0.3, 0.16), (0.3, -0.35, 0.12)):
            canvas.ellipse(x + dx * size, y + dy * size, r * size, r * size, mix(p.sun, rgb("8d93a8"), 0.4), 0.6)
        return
    canvas.glow(x, y, b.unit * 0.85, mix(p.sun, p.horizon, 0.45), 0.7)
    canvas.glow(x, y, b.unit * 0.26, p.sun, 0.75)
    canvas.ellipse(x, y, size, size, p.sun)


def stars(b: Backdrop, canvas: Canvas, count: int, bottom: float) -> None:
    """Scatter stars above a row."""
    rng = b.rng("stars")
    for _ in range(count):
        x, y = rng.uniform(0, canvas.width), bottom * rng.uniform(0, 0.95) ** 1.3
        size = b.unit * 0.0016 * rng.choice([0.6, 0.8, 1.0, 1.6])
        canvas.ellipse(x, y, size, size, rgb("f4f1ff"), rng.uniform(0.35, 0.95) * (1 - 0.6 * y / bottom))


def clouds(b: Backdrop, count: int = 5, top: float = 0.05, bottom: float = 0.62) -> None:
    """Paint drifting clouds at two distances."""
    if b.unwanted("sky", "cloud") or {"aurora", "meteors"} & set(b.board.spectacles):
        return
    p, rng = b.palette, b.rng("clouds")
    heavy = b.board.weather in ("rain", "storm", "cloud", "snow")
    for z, size, share, drift in ((14.0, 0.75, 0.45, 0.004), (8.0, 1.15, 0.2, 0.008)):
        canvas = b.canvas()
        for slot in range(count + (3 if heavy else 0)):
            x = b.period * (slot + rng.uniform(0.1, 0.9)) / count
            low, scale = rng.uniform(0, 1), b.unit * size * rng.uniform(0.12, 0.24) * (1.5 if heavy else 1)
            highest = max(b.horizon * top, scale * (0.3 if heavy else 0.66))
            y = highest + max(b.horizon * bottom * (0.62 if heavy else 1) - highest, 0.05 * b.unit) * low
            if not heavy and math.hypot((x - b.sun[0]) / 1.4, y - scale * 0.3 - b.sun[1]) < scale + 0.04 * b.unit:
                continue  # a flat cloud over the disc looks like a fault
            cloud(canvas, rng, x, y, scale, mix(p.cloud, p.sky, share), mix(p.cloud, p.horizon, 0.55))
        canvas.blur(b.unit * (0.006 if heavy else 0.0016))
        b.add(canvas, z, drift=drift * b.width)


def cloud(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, colour: Colour, under: Colour
) -> None:
    """Paint one cloud on a flat base at (x, y), about `size` wide on each side."""
    puffs = [(rng.uniform(-0.8, 0.8), rng.uniform(0.2, 0.44)) for _ in range(6)] + [
        (0.0, 0.5),
        (-0.45, 0.36),
        (0.42, 0.4),
    ]
    top = _envelope(puffs)
    belly = 0.07 * np.sqrt(np.clip(1 - (top[::-1, 0] / 1.2) ** 2, 0, None))
    for drop, tone, opacity in ((0.0, colour, 0.82), (0.15, mix(colour, under, 0.45), 0.5), (0.3, under, 0.4)):
        upper = np.stack([x + top[:, 0] * size, y - np.maximum(top[:, 1] - drop, 0) * size], 1)
        lower = np.stack([x + top[::-1, 0] * size, y + belly * size], 1)
        canvas.polygon(np.concatenate([upper, lower]), tone, opacity)


def _envelope(puffs: list[tuple[float, float]]) -> npt.NDArray[np.float64]:
    x = np.linspace(-1.15, 1.15, 90)
    tops = [np.sqrt(np.clip(r * r - (x - cx) ** 2, 0, None)) for cx, r in puffs]
    top = np.max(tops, 0)
    inside = np.flatnonzero(top > 0)
    return np.stack([x, top], 1)[max(inside[0] - 1, 0) : inside[-1] + 2]


def birds(b: Backdrop, count: int, *, kind: str = "bird", low: float = 0.12, high: float = 0.6) -> None:
    """Let birds cross the sky, flapping."""
    if b.unwanted("bird", kind):
        return
    rng = b.rng(f"flock {kind}")
    body = rgb("f5f2ea") if kind == "gull" and b.board.time == "day" else rgb("39323f")
    colour = mix(b.palette.lit(body), b.palette.sky, 0.15)
    for _ in range(count):
        size = b.unit * rng.uniform(0.016, 0.034)
        x0, y0 = rng.uniform(0, b.width), b.horizon * rng.uniform(low, high)
        speed, beat, phase = (
            b.width * rng.uniform(0.02, 0.05) * rng.choice([-1, 1]),
            rng.uniform(1.6, 2.6),
            rng.uniform(0, 9),
        )

        def drawn(number: int, size: float = size) -> Sheet:
            return b.sheet(flapping(size, colour, number / 8))

        def path(
            t: float, x0: float = x0, y0: float = y0, speed: float = speed, beat: float = beat, phase: float = phase
        ) -> Stamp:
            glide = math.sin(0.5 * t + phase)
            pose = int((t * beat + phase) * 8) % 8 if glide > -0.55 else 2
            return Stamp(x0 + speed * t, y0 + 0.012 * b.unit * math.sin(0.8 * t + phase), pose)

        rows, columns = flapping(size, colour, 0.0).shape[:2]
        b.actors.append(Actor(Cycle(8, drawn), (columns / 2, rows / 2), 6.0, path, span=size * 3))
