"""The sea, its shores, lakes, and the world below."""

from __future__ import annotations

import math

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, ridge
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places import land, peaks, streetscape, water
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.canals import mirrored
from reelgate.animatic.places.sky import birds, clouds, sky
from reelgate.animatic.subjects import FIGURES
from reelgate.animatic.subjects.base import Pen, Pose


def sea(b: Backdrop) -> None:
    """The open sea."""
    b.horizon = b.height * 0.55
    b.surface = b.horizon + (b.height - b.horizon) * 0.42
    b.ground = b.horizon + (b.height - b.horizon) * 0.72
    b.landmark = (b.width * (0.3 if b.width > b.height else 0.34), b.horizon + (b.height - b.horizon) * 0.44)
    sky(b)
    clouds(b)
    if b.far("city"):
        streetscape.skyline(b, b.horizon + 2, height=0.2, rows=2)
    else:
        peaks.mountains(b, height=0.1, base=b.horizon + 2, snow=False, rows=1)
    water.sea(b)
    birds(b, 5, kind="gull")


def beach(b: Backdrop) -> None:
    """Sand before the sea, palms if it is warm."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.5
    shore = b.horizon + (b.height - b.horizon) * 0.5
    b.surface = b.horizon + (b.height - b.horizon) * 0.22
    b.landmark = (b.width * 0.26, b.horizon + (b.height - b.horizon) * 0.34)
    sky(b)
    clouds(b)
    peaks.mountains(b, height=0.09, base=b.horizon + 2, snow=False, rows=1)
    water.sea(b, bottom=shore + u * 0.08, waves=5)
    sand = p.lit(rgb("ecd2a0"))
    for i, (z, drop, tone) in enumerate(
        ((1.3, -0.012, mix(p.lit(rgb("ffffff")), p.sea, 0.25)), (1.25, 0.0, mix(sand, p.deep, 0.3)), (1.0, 0.035, sand))
    ):
        rng, canvas = b.rng(f"shore {0 if i < 2 else i}"), b.canvas()
        edge = shore + u * drop - (ridge(rng, b.period, 2) - 0.5) * u * 0.035
        x = np.arange(b.period, dtype=float)
        canvas.polygon(np.concatenate([np.stack([x, edge], 1), [(b.period, b.height), (0, b.height)]]), tone)
        if i == 2:
            canvas.shade(shore, b.height, p.lit(rgb("c79a62")), 0.0, 0.6)
            for _ in range(170):
                y = shore + u * 0.05 + (b.height - shore) * rng.uniform(0, 1)
                canvas.ellipse(
                    rng.uniform(0, b.period),
                    y,
                    u * rng.uniform(0.004, 0.03),
                    u * 0.0025,
                    mix(sand, p.lit(rgb("8a6238")), 0.45),
                    0.4,
                )
        b.add(canvas, z, wave=0 if i else u * 0.016)
    _palms(b, shore)
    _washed_up(b, shore)
    birds(b, 4, kind="gull")


def _palms(b: Backdrop, shore: float) -> None:
    if b.board.season == "winter" or any(subject.kind == "lighthouse" for subject in b.board.subjects):
        return
    canvas, rng = b.canvas(), b.rng("palms")
    for share, size in ((0.02, 0.62), (0.1, 0.48), (1.25, 0.6)):
        land.tree(canvas, b, rng, b.width * share + b.unit * 0.02, shore + b.unit * 0.09, b.unit * size, "palm")
    b.add(canvas, 0.99)


def _washed_up(b: Backdrop, shore: float) -> None:
    """Leave shells and stars on the sand, and on a bright day a sunshade with a towel."""
    p, u, rng, canvas = b.palette, b.unit, b.rng("washed up"), b.canvas()
    for _ in range(int(12 * b.period / (2 * u))):
        x, y, size = (
            rng.uniform(0, b.period),
            rng.uniform(shore + u * 0.1, b.height * 0.98),
            u * rng.uniform(0.006, 0.013),
        )
        tone = p.lit(rgb(str(rng.choice(["f6ece0", "e8a890", "d9765c", "f2d8b8"]))))
        if rng.random() < 0.4:
            for turn in np.arange(5) * 2 * math.pi / 5 - 0.4:
                tip = (x + math.cos(turn) * size * 1.6, y + math.sin(turn) * size * 0.8)
                canvas.limb([(x, y), tip], [size * 0.8, size * 0.3], p.lit(rgb("e0805a")))
        else:
            canvas.ellipse(x, y + size * 0.2, size * 1.1, size * 0.4, p.lit(rgb("a57a4c")), 0.5)
            canvas.ellipse(x, y, size, size * 0.6, tone)
            canvas.limb(
                [(x - size * 0.5, y), (x + size * 0.4, y - size * 0.2)], [size * 0.2] * 2, mix(tone, (120, 70, 50), 0.3)
            )
    told = any(subject.kind == "umbrella" for subject in b.board.subjects)
    if b.board.weather in ("clear", "wind") and b.board.season == "summer" and b.board.time == "day" and not told:
        _sunshade(canvas, b, b.width * 0.86, shore + u * 0.12)
    b.add(canvas, 0.9995)


def _sunshade(canvas: Canvas, b: Backdrop, x: float, foot: float) -> None:
    p, u = b.palette, b.unit
    red, white = p.lit(rgb("e0524a")), p.lit(rgb("f8f2e6"))
    canvas.ellipse(x + u * 0.06, foot + u * 0.004, u * 0.2, u * 0.02, (60, 40, 30), 0.25)
    towel = [
        (x - u * 0.2, foot + u * 0.035),
        (x + u * 0.06, foot + u * 0.035),
        (x + u * 0.02, foot + u * 0.075),
        (x - u * 0.25, foot + u * 0.075),
    ]
    canvas.polygon(towel, p.lit(rgb("4f9fc4")))
    canvas.polygon(
        [
            (x - u * 0.1, foot + u * 0.035),
            (x - u * 0.05, foot + u * 0.035),
            (x - u * 0.095, foot + u * 0.075),
            (x - u * 0.147, foot + u * 0.075),
        ],
        white,
    )
    canvas.limb([(x, foot), (x + u * 0.03, foot - u * 0.3)], [u * 0.009] * 2, white)
    top = (x + u * 0.034, foot - u * 0.33)
    rim = [(top[0] + u * (0.08 * i - 0.2), foot - u * (0.19 + 0.012 * i)) for i in range(6)]
    for i in range(5):
        bulge = ((rim[i][0] + top[0]) / 2 - u * 0.03 * (2 - i) / 2, (rim[i][1] + top[1]) / 2 - u * 0.03)
        other = ((rim[i + 1][0] + top[0]) / 2 - u * 0.03 * (1 - i) / 2, (rim[i + 1][1] + top[1]) / 2 - u * 0.03)
        canvas.polygon([rim[i], bulge, top, other, rim[i + 1]], white if i % 2 else red)


def harbour(b: Backdrop) -> None:
    """A city by the sea."""
    b.horizon = b.height * 0.58
    b.surface = b.horizon + (b.height - b.horizon) * 0.3
    b.ground = b.horizon + (b.height - b.horizon) * 0.75
    b.landmark = (b.width * 0.2, b.horizon + (b.height - b.horizon) * 0.2)
    sky(b)
    clouds(b)
    peaks.mountains(b, height=0.22, snow=False, rows=1)
    streetscape.skyline(b, b.horizon + b.unit * 0.01, height=0.4 if "future" in b.board.styles else 0.34)
    water.sea(b)
    mirrored(b, b.horizon, 7.2)
    birds(b, 5, kind="gull")


def lake(b: Backdrop) -> None:
    """A lake under mountains."""
    p, u = b.palette, b.unit
    shore = b.horizon + u * 0.02
    b.surface = shore + (b.height - shore) * 0.34
    sky(b)
    clouds(b)
    peaks.mountains(b, height=0.4, base=shore)
    b.landmark = (b.width * 0.7, shore + u * 0.015)
    land.hill(b, "shore", shore - u * 0.012, u * 0.02, mix(p.leaf, p.far, 0.4), 6.0, trees="pine", bottom=shore + 2)
    water.lake(b, shore, float(b.height))
    land.foreground(b, mix(p.near, (0, 0, 0), 0.3), tall=0.15)
    near = b.canvas()
    bank = b.height * 0.9 - (ridge(b.rng("bank"), b.period, 2) - 0.5) * u * 0.05
    near.polygon(
        np.concatenate([np.stack([np.arange(b.period, dtype=float), bank], 1), [(b.period, b.height), (0, b.height)]]),
        mix(p.near, p.land, 0.3),
    )
    b.add(near, 1.0)
    b.ground = b.height * 0.93
    birds(b, 3)


def lotus_pond(b: Backdrop) -> None:
    """A lake full of lotus: round leaves on the water, stems with leaves and flowers above it."""
    lake(b)
    p, u, far = b.palette, b.unit, b.horizon + b.unit * 0.05
    for row, z in enumerate((2.4, 1.6, 1.02)):
        rng, canvas = b.rng(f"lotus {row}"), b.canvas()
        low, high = far + (b.height * 0.9 - far) * row / 3, far + (b.height * 0.92 - far) * (row + 1) / 3
        size = u * (0.022 + 0.022 * row)
        spots = sorted((rng.uniform(low, high), rng.uniform(0, b.period)) for _ in range(22 - 4 * row))
        for y, x in spots:
            green = mix(mix(p.leaf, p.lit(rgb("5fae6a")), 0.5), p.horizon, 0.3 - 0.13 * row)
            r = size * rng.uniform(0.8, 1.4)
            canvas.ellipse(x, y + r * 0.06, r, r * 0.3, mix(green, p.deep, 0.55), 0.7)
            canvas.ellipse(x, y, r, r * 0.28, green)
            canvas.polygon([(x, y), (x + r * 0.5, y + r * 0.26), (x + r * 0.75, y + r * 0.2)], mix(green, p.deep, 0.5))
            for turn in np.linspace(0.4, 6.0, 7):
                tip = (x + math.cos(turn) * r * 0.85, y + math.sin(turn) * r * 0.22)
                canvas.limb([(x, y), tip], [r * 0.03, r * 0.012], mix(green, (255, 255, 255), 0.25))
            if rng.random() < 0.42:
                _lotus(canvas, b, (x + r * 0.3, y), r * rng.uniform(0.7, 1.0), bloom=bool(rng.random() < 0.7))
        b.add(canvas, z, wave=u * 0.003, phase=row)


def _lotus(canvas: Canvas, b: Backdrop, foot: tuple[float, float], size: float, *, bloom: bool) -> None:
    """Raise a flower, or a leaf, on its stem above the water."""
    (x, y), p = foot, b.palette
    head = (x + size * 0.12, y - size * 1.5)
    canvas.limb([(x, y), head], [size * 0.07, size * 0.06], mix(p.leaf, p.near, 0.3))
    if not bloom:
        canvas.ellipse(*head, size * 0.8, size * 0.26, mix(p.leaf, p.lit(rgb("6fc07a")), 0.5), angle=-0.15)
        return
    for turn, tone in ((-1.05, "e77fa6"), (1.05, "e77fa6"), (-0.55, "f29fbd"), (0.55, "f29fbd"), (0.0, "f9c3d6")):
        tip = (head[0] + math.sin(turn) * size * 0.6, head[1] - math.cos(turn) * size * 0.62)
        middle = ((head[0] * 0.45 + tip[0] * 0.55), (head[1] * 0.45 + tip[1] * 0.55))
        canvas.limb([head, middle, tip], [size * 0.1, size * 0.3, size * 0.04], p.lit(rgb(tone)))


def underwater(b: Backdrop) -> None:
    """Below the surface."""
    b.horizon = b.height * 0.1
    b.ground = b.height * 0.95
    water.depths(b)
    if not b.unwanted("fish"):
        _shoal(b)


def _shoal(b: Backdrop) -> None:
    """Let a few small fish swim by in the distance."""
    rng, figure = b.rng("shoal"), FIGURES["fish"]
    size = 0.05 * b.unit
    blue = mix(b.palette.lit(rgb("f2c46a")), b.palette.sea, 0.55)
    pose = Pen(figure.box, size)
    figure.draw(pose, Pose(0.1, "swim", blue, b.palette))
    fish = pose.finished(b.palette, from_left=True, rim=0.4)
    x0, y0 = b.width * rng.uniform(0.1, 0.5), b.height * rng.uniform(0.26, 0.4)
    for i in range(9):
        dx, dy = b.unit * rng.uniform(-0.22, 0.22), b.unit * rng.uniform(-0.09, 0.09)
        phase = rng.uniform(0, 6)

        def path(t: float, dx: float = dx, dy: float = dy, phase: float = phase, i: int = i) -> Stamp:
            drift = 0.045 * b.width * t
            return Stamp(x0 + dx + drift, y0 + dy + 0.008 * b.unit * math.sin(1.7 * t + phase), scale=0.8 + 0.03 * i)

        b.sprite(fish, path, 5.0, span=size * 3)
