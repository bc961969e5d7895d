"""An elevator: steel doors under a display, buttons, a handrail along panelled walls."""

from __future__ import annotations

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior
from reelgate.animatic.places.room import interior

_SEGMENTS = {"1": "br", "2": "tbmes", "3": "tbmrs", "5": "tlmrs", "7": "tbr", "8": "tblmers"}
"""The lit bars of a digit: top, left, b (upper right), middle, e (lower left), r (lower right), s (lowest)."""

_BARS = {
    "t": (0.0, 0.0, 1.0, 0.16), "l": (0.0, 0.0, 0.16, 1.0), "b": (0.84, 0.0, 0.16, 1.0), "m": (0.0, 0.92, 1.0, 0.16),
    "e": (0.0, 1.0, 0.16, 1.0), "r": (0.84, 1.0, 0.16, 1.0), "s": (0.0, 1.84, 1.0, 0.16),
}  # fmt: skip


def elevator(b: Backdrop) -> None:
    """The car of an elevator with its doors closed."""
    interior(b, ("b4babf", "bdb8ae", "aeb6ba"), _elevator, wood="5c6168", view="", planks=False)


def _elevator(inside: Interior) -> None:
    b, u, wall, tone, floor = inside.b, inside.b.unit, inside.wall, inside.tone, inside.floor
    cars = max(1, round(b.period / (u * 1.5)))
    panels = cars * 6
    for i in range(panels):
        x = b.period * i / panels
        wall.rect(x, 0, u * 0.005, floor, mix(inside.paint, (30, 34, 44), 0.45))
        wall.rect(x + u * 0.03, 0, u * 0.05, floor, mix(inside.paint, (255, 255, 255), 0.28), 0.6)
    for y, thick in ((0.28, 0.024), (0.286, 0.008)):
        wall.rect(0, floor - u * y, b.period, u * thick, tone("d9dde0" if thick > 0.01 else "f6f8f8"))
    for i in range(cars):
        x = (0.4 * b.width + b.period * i / cars) % b.period
        _doors(inside, x)
        _buttons(inside, x + u * 0.42)
    wall.rect(0, 0, b.period, u * 0.03, tone("8a9096"))
    for i in range(cars * 3):
        x = b.period * (i + 0.5) / (cars * 3)
        wall.glow(x, u * 0.03, u * 0.34, rgb("fff6dc"), 0.4)
        wall.rect(x - u * 0.12, u * 0.012, u * 0.24, u * 0.014, rgb("fffdf2"))


def _doors(inside: Interior, x: float) -> None:
    u, wall, tone, floor = inside.b.unit, inside.wall, inside.tone, inside.floor
    top = floor - u * 0.56
    wall.rect(x - u * 0.31, top - u * 0.03, u * 0.62, floor - top + u * 0.03, tone("6f767d"))
    for side in (-1, 1):
        left = x - u * 0.28 if side < 0 else x + u * 0.003
        wall.rect(left, top, u * 0.277, floor - top, tone("cdd2d6"))
        for share, light in ((0.12, 0.45), (0.2, 0.7), (0.3, 0.35), (0.72, 0.3)):
            wall.rect(left + u * 0.277 * share, top, u * 0.02, floor - top, mix(tone("cdd2d6"), (255, 255, 255), light))
        edge = x - u * 0.014 if side < 0 else x + u * 0.004
        wall.rect(edge, top, u * 0.01, floor - top, tone("8d949a"))
    wall.rect(x - u * 0.003, top, u * 0.006, floor - top, tone("2b2f34"))
    wall.rect(x - u * 0.1, top - u * 0.125, u * 0.2, u * 0.08, tone("22262b"))
    lit = rgb("ff7a4a")
    wall.halo(x, top - u * 0.085, u * 0.11, lit, 0.22)
    _digit(wall, "7", (x + u * 0.012, top - u * 0.112), u * 0.026, lit)
    arrow = [(-0.062, -0.07), (-0.034, -0.07), (-0.048, -0.108)]
    wall.polygon([(x + u * dx, top + u * dy) for dx, dy in arrow], lit)
    wall.rect(x - u * 0.28, floor - u * 0.012, u * 0.56, u * 0.012, tone("3a3f45"))


def _digit(canvas: Canvas, digit: str, corner: tuple[float, float], size: float, colour: Colour) -> None:
    for bar in _SEGMENTS[digit]:
        x, y, wide, tall = _BARS[bar]
        canvas.rect(corner[0] + size * x, corner[1] + size * y, size * wide, size * tall, colour)


def _buttons(inside: Interior, x: float) -> None:
    u, wall, tone, top = inside.b.unit, inside.wall, inside.tone, inside.floor - inside.b.unit * 0.54
    wall.rect(x - u * 0.058, top - u * 0.006, u * 0.128, u * 0.346, mix(inside.paint, (20, 20, 30), 0.4), 0.6)
    wall.rect(x - u * 0.06, top - u * 0.01, u * 0.12, u * 0.34, tone("e3e6e8"))
    wall.rect(x - u * 0.042, top + u * 0.008, u * 0.084, u * 0.046, tone("22262b"))
    _digit(wall, "7", (x - u * 0.008, top + u * 0.016), u * 0.015, rgb("ff7a4a"))
    for row in range(5):
        for side in (-1, 1):
            at, y = x + side * u * 0.026, top + u * (0.085 + 0.048 * row)
            chosen = (row, side) == (1, 1)
            if chosen:
                wall.halo(at, y, u * 0.05, rgb("ffb04a"), 0.7)
            wall.ellipse(at, y, u * 0.018, u * 0.018, tone("8f979d"))
            wall.ellipse(at, y, u * 0.014, u * 0.014, rgb("ffd08a") if chosen else tone("f8f9f9"))
