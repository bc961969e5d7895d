"""An old town in Europe."""

from __future__ import annotations

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places import land, streetscape
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.sky import birds, clouds, sky

_WALLS = ("f0d9a8", "e8b48c", "f2e6d0", "c9d6c0", "e3a890", "d8c3dc", "f4cf8a")
_ROOFS = ("a8503a", "8f4436", "b86a44", "7a4a4a")
_SHUTTERS = ("3f6f62", "3f5f8a", "8a3f3c", "5f6f3c")


def old_town(b: Backdrop) -> None:
    """Gabled houses with shutters and flower boxes on a cobbled square, a church tower over their roofs."""
    u, foot = b.unit, b.height * 0.7
    b.horizon, b.ground = foot - u * 0.1, b.height * 0.88
    sky(b)
    clouds(b, 4, bottom=0.4)
    far = b.canvas()
    _row(far, b, "far", foot - u * 0.06, 0.7, 0.34)
    for share in (0.34, 1.2):
        _steeple(far, b, b.width * share, foot - u * 0.05)
    b.add(far, 3.2)
    near = b.canvas()
    _row(near, b, "near", foot, 1.0, 0.0)
    b.add(near, 1.7)
    _cobbles(b, foot)
    streetscape.lamp_posts(b, foot + u * 0.03)
    birds(b, 3, high=0.4)


def _row(canvas: Canvas, b: Backdrop, name: str, foot: float, size: float, depth: float) -> None:
    u, rng, x = b.unit, b.rng(f"gables {name}"), 0.0
    while x < b.period - u * 0.1:
        wide = min(u * size * rng.uniform(0.24, 0.36), b.period - x)
        if b.period - x - wide < u * 0.16:
            wide = b.period - x
        _house(canvas, b, rng, (x, foot, wide, u * size * rng.uniform(0.34, 0.5)), depth)
        x += wide


def _house(
    canvas: Canvas, b: Backdrop, rng: np.random.Generator, box: tuple[float, float, float, float], depth: float
) -> None:
    (x, foot, wide, tall), p, u = box, b.palette, b.unit
    wall, roof, shutter = (p.lit(rgb(str(rng.choice(names))), depth) for names in (_WALLS, _ROOFS, _SHUTTERS))
    if land.snowy(b):
        roof = p.lit(rgb("eef2f6"), depth)
    lit, peak = p.lamps or b.board.time == "dusk", tall * rng.uniform(0.34, 0.5)
    top, middle = foot - tall, x + wide / 2
    canvas.rect(x, top, wide + 1, tall, wall)
    canvas.polygon([(x, top + 1), (x + wide, top + 1), (middle, top - peak)], wall)
    canvas.polygon(
        [
            (middle, top - peak),
            (x + wide, top + 1),
            (x + wide, foot),
            (middle + wide * 0.3, foot),
            (middle + wide * 0.3, top),
        ],
        mix(wall, (60, 40, 80), 0.1),
    )
    for side in (-1, 1):
        canvas.limb(
            [(middle, top - peak - u * 0.01), (middle + side * (wide / 2 + u * 0.012), top + u * 0.012)],
            [u * 0.026] * 2,
            roof,
        )
    if rng.random() < 0.45:
        _timber(canvas, (x, foot, wide, tall), peak, mix(p.lit(rgb("5a3a2a"), depth), wall, 0.1), u)
    for floor in range(max(1, int((tall - u * 0.16) / (u * 0.14)))):
        y = top + u * (0.03 + 0.14 * floor)
        for k in range(2 if wide < u * 0.3 else 3):
            count = 2 if wide < u * 0.3 else 3
            _shuttered(canvas, b, rng, (x + wide * (k + 0.5) / count, y), shutter, lit=bool(lit and rng.random() < 0.6))
    glow = rgb("ffd592") if lit else mix(p.sky, (255, 255, 255), 0.2)
    canvas.rect(x + wide * 0.1, foot - u * 0.13, wide * 0.44, u * 0.11, mix(shutter, (0, 0, 0), 0.2))
    canvas.rect(x + wide * 0.13, foot - u * 0.12, wide * 0.38, u * 0.09, mix(glow, wall, 0.15))
    canvas.rect(x + wide * 0.66, foot - u * 0.15, wide * 0.2, u * 0.15, shutter)
    canvas.ellipse(x + wide * 0.76, foot - u * 0.15, wide * 0.1, u * 0.03, shutter)


def _timber(canvas: Canvas, box: tuple[float, float, float, float], peak: float, wood: Colour, u: float) -> None:
    """Lay the beams of a half-timbered front."""
    x, foot, wide, tall = box
    top = foot - tall
    for y in (top, top + u * 0.14, top + u * 0.28):
        if y < foot - u * 0.12:
            canvas.rect(x, y - u * 0.006, wide, u * 0.012, wood)
    for share in (0.0, 0.34, 0.66, 1.0):
        canvas.rect(x + (wide - u * 0.012) * share, top, u * 0.012, max(tall - u * 0.15, u * 0.05), wood)
    for side in (-1, 1):
        canvas.limb([(x + wide / 2, top - peak * 0.6), (x + wide / 2 + side * wide * 0.25, top)], [u * 0.01] * 2, wood)


def _shuttered(
    canvas: Canvas, b: Backdrop, rng: np.random.Generator, spot: tuple[float, float], shutter: Colour, *, lit: bool
) -> None:
    (x, y), p, u = spot, b.palette, b.unit
    pane = rgb("ffd27a") if lit else mix(p.sky, p.zenith, 0.4)
    canvas.rect(x - u * 0.024, y - u * 0.004, u * 0.048, u * 0.078, p.lit(rgb("f4efe4")))
    canvas.rect(x - u * 0.02, y, u * 0.04, u * 0.07, pane)
    canvas.rect(x - u * 0.002, y, u * 0.004, u * 0.07, p.lit(rgb("f4efe4")))
    for side in (-1, 1):
        canvas.rect(x + side * u * 0.034 - u * 0.01, y - u * 0.002, u * 0.02, u * 0.074, shutter)
    canvas.rect(x - u * 0.03, y + u * 0.074, u * 0.06, u * 0.012, p.lit(rgb("7a4a30")))
    if b.board.season != "winter":
        for k in range(5):
            tone = p.lit(rgb(str(rng.choice(["e8506a", "f2b632", "f4f0fa", "4c8a42"]))))
            canvas.ellipse(x + u * (-0.025 + 0.0125 * k), y + u * 0.07, u * 0.008, u * 0.008, tone)


def _steeple(canvas: Canvas, b: Backdrop, x: float, foot: float) -> None:
    p, u = b.palette, b.unit
    stone, roof = p.lit(rgb("c9b79c"), 0.28), p.lit(rgb("4f6f78"), 0.28)
    canvas.rect(x - u * 0.06, foot - u * 0.56, u * 0.12, u * 0.56, stone)
    canvas.rect(x + u * 0.02, foot - u * 0.56, u * 0.04, u * 0.56, mix(stone, (60, 40, 80), 0.15))
    canvas.polygon([(x - u * 0.075, foot - u * 0.555), (x + u * 0.075, foot - u * 0.555), (x, foot - u * 0.82)], roof)
    canvas.ellipse(x, foot - u * 0.48, u * 0.032, u * 0.032, p.lit(rgb("f6f0de"), 0.15))
    canvas.limb([(x, foot - u * 0.505), (x, foot - u * 0.48), (x + u * 0.016, foot - u * 0.474)], [u * 0.004] * 3, roof)
    canvas.rect(x - u * 0.016, foot - u * 0.4, u * 0.032, u * 0.07, mix(stone, (20, 10, 30), 0.6))


def _cobbles(b: Backdrop, top: float) -> None:
    p, u, rng = b.palette, b.unit, b.rng("cobbles")
    stone = p.lit(rgb("e6ecf4" if land.snowy(b) else "b8a894"))
    canvas = land.ground_gradient(b, top - u * 0.005, mix(stone, p.horizon, 0.2), mix(stone, (40, 30, 44), 0.3), 1.0)
    for _ in range(int(300 * b.period / (2 * u))):
        near = rng.uniform(0, 1) ** 0.7
        x, y, size = rng.uniform(0, b.period), top + (b.height - top) * near, u * (0.007 + 0.024 * near)
        canvas.ellipse(x, y, size, size * 0.32, mix(stone, (60, 44, 50), rng.uniform(0.1, 0.34)), 0.6)
    b.add(canvas, 1.0)
