"""A museum: paintings under lamps, a bench, things on plinths."""

from __future__ import annotations

from collections.abc import Callable

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Box, Interior
from reelgate.animatic.places.room import interior

_SIZES = ((0.3, 0.22), (0.2, 0.27), (0.26, 0.26), (0.34, 0.2))
_FRAMES = ("b58a3c", "4a3626", "d8b45c", "2f2a2a")


def museum(b: Backdrop) -> None:
    """Framed paintings on a quiet wall, and what is shown on plinths before it."""
    interior(b, ("ece7dc", "d9dcd6", "c8cfd6", "d8c4b4"), _museum, wood="a9784c", rug="", view="")


def _museum(inside: Interior) -> None:
    b, u, wall, floor = inside.b, inside.b.unit, inside.wall, inside.floor
    rng = b.rng("paintings")
    first = int(rng.integers(len(_PAINTED)))
    count = max(3, round(b.period / (u * 0.52)))
    wall.rect(0, floor - u * 0.72, b.period, u * 0.014, inside.tone("3a3a40"))
    for i in range(count):
        x = b.period * (i + 0.5) / count
        wide, tall = (u * side for side in _SIZES[(i + first) % len(_SIZES)])
        _lamp(inside, x)
        box = (x - wide / 2, floor - u * 0.4 - tall / 2, wide, tall)
        _framed(inside, box, _FRAMES[(i + first) % len(_FRAMES)], _PAINTED[(i + first) % len(_PAINTED)])
        wall.rect(x - u * 0.02, floor - u * 0.2, u * 0.04, u * 0.024, inside.tone("fbf8f0"))
    _bench(inside, b.width * 0.14)
    _plinth(inside, b.width * 0.86, _vase)
    _plinth(inside, b.width * 1.2, _bust)


def _lamp(inside: Interior, x: float) -> None:
    u, wall, y = inside.b.unit, inside.wall, inside.floor - inside.b.unit * 0.7
    wall.rect(x - u * 0.012, y, u * 0.024, u * 0.034, inside.tone("3a3a40"))
    wall.glow(x, inside.floor - u * 0.44, u * 0.34, rgb("fff3d0"), 0.45)


def _framed(inside: Interior, box: Box, frame: str, painted: Callable[[Interior, Box], None]) -> None:
    x, y, wide, tall = box
    u, wall, wood = inside.b.unit, inside.wall, inside.tone(frame)
    wall.rect(x + u * 0.008, y + u * 0.014, wide, tall, mix(inside.paint, (30, 20, 20), 0.45), 0.5)
    wall.rect(x, y, wide, tall, wood)
    wall.rect(x + u * 0.006, y + u * 0.006, wide - u * 0.012, tall - u * 0.012, mix(wood, (255, 244, 210), 0.35))
    edge = u * 0.017
    painted(inside, (x + edge, y + edge, wide - 2 * edge, tall - 2 * edge))


def _landscape(inside: Interior, box: Box) -> None:
    x, y, wide, tall = box
    wall, tone = inside.wall, inside.tone
    wall.rect(x, y, wide, tall, tone("b9d3dc"))
    wall.ellipse(x + wide * 0.72, y + tall * 0.28, tall * 0.1, tall * 0.1, tone("f6dc9a"))
    peaks = [(0.0, 0.62), (0.25, 0.34), (0.45, 0.56), (0.66, 0.4), (1.0, 0.66), (1.0, 0.8), (0.0, 0.8)]
    wall.polygon(_within(box, peaks), tone("7f8fa6"))
    wall.rect(x, y + tall * 0.68, wide, tall * 0.32, tone("7d9a5c"))
    wall.polygon(_within(box, [(0.4, 1.0), (0.5, 0.7), (0.54, 0.7), (0.62, 1.0)]), tone("d9c79a"))


def _portrait(inside: Interior, box: Box) -> None:
    x, y, wide, tall = box
    wall, tone, middle = inside.wall, inside.tone, x + wide / 2
    wall.rect(x, y, wide, tall, tone("4d3b33"))
    wall.polygon(_within(box, [(0.16, 1.0), (0.26, 0.72), (0.5, 0.62), (0.74, 0.72), (0.84, 1.0)]), tone("7a2f35"))
    wall.ellipse(middle, y + tall * 0.42, tall * 0.155, tall * 0.2, tone("3a271c"))
    wall.ellipse(middle, y + tall * 0.46, tall * 0.115, tall * 0.155, tone("e6bd98"))
    wall.polygon(_within(box, [(0.42, 0.7), (0.58, 0.7), (0.5, 0.84)]), tone("f4ece0"))


def _abstract(inside: Interior, box: Box) -> None:
    x, y, wide, tall = box
    wall, tone = inside.wall, inside.tone
    wall.rect(x, y, wide, tall, tone("f3ecdc"))
    wall.rect(x + wide * 0.06, y + tall * 0.08, wide * 0.36, tall * 0.5, tone("c8453c"))
    wall.rect(x + wide * 0.48, y + tall * 0.5, wide * 0.44, tall * 0.42, tone("2f5f9c"))
    wall.ellipse(x + wide * 0.68, y + tall * 0.28, tall * 0.16, tall * 0.16, tone("e9b63c"))
    wall.rect(x + wide * 0.06, y + tall * 0.68, wide * 0.34, tall * 0.05, tone("232323"))
    wall.rect(x + wide * 0.44, y + tall * 0.06, wide * 0.02, tall * 0.88, tone("232323"))


def _seascape(inside: Interior, box: Box) -> None:
    x, y, wide, tall = box
    wall, tone = inside.wall, inside.tone
    wall.rect(x, y, wide, tall, tone("e9c79c"))
    wall.rect(x, y + tall * 0.58, wide, tall * 0.42, tone("3f7486"))
    wall.rect(x + wide * 0.2, y + tall * 0.66, wide * 0.6, tall * 0.02, tone("a9c8c8"))
    wall.polygon(_within(box, [(0.36, 0.62), (0.68, 0.62), (0.62, 0.72), (0.42, 0.72)]), tone("5a3626"))
    wall.polygon(_within(box, [(0.51, 0.2), (0.66, 0.58), (0.51, 0.58)]), tone("fbf2dc"))
    wall.polygon(_within(box, [(0.49, 0.26), (0.49, 0.58), (0.39, 0.58)]), tone("f0dfc0"))


_PAINTED = (_landscape, _portrait, _abstract, _seascape)


def _within(box: Box, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    x, y, wide, tall = box
    return [(x + wide * across, y + tall * down) for across, down in points]


def _bench(inside: Interior, x: float) -> None:
    u, front, tone = inside.b.unit, inside.front, inside.tone
    foot = inside.floor + u * 0.1
    for side in (-1, 1):
        front.rect(x + side * u * 0.14 - u * 0.012, foot - u * 0.08, u * 0.024, u * 0.08, tone("4a4a50"))
    front.rect(x - u * 0.2, foot - u * 0.11, u * 0.4, u * 0.036, tone("6a4632"))
    front.rect(x - u * 0.2, foot - u * 0.11, u * 0.4, u * 0.01, tone("8a6248"))
    inside.b.seat = (x, foot - u * 0.005)


def _plinth(inside: Interior, x: float, shown: Callable[[Canvas, float, float, float, Colour], None]) -> None:
    u, front, tone = inside.b.unit, inside.front, inside.tone
    foot, top = inside.floor + u * 0.06, inside.floor - u * 0.16
    front.ellipse(x, foot, u * 0.1, u * 0.014, (30, 20, 20), 0.25)
    front.rect(x - u * 0.065, top, u * 0.13, foot - top, tone("f2efe8"))
    front.rect(x + u * 0.02, top, u * 0.045, foot - top, tone("dcd8ce"))
    front.rect(x - u * 0.08, top - u * 0.016, u * 0.16, u * 0.02, tone("fbf9f4"))
    shown(front, x, top - u * 0.016, u, tone("3f7f8a" if shown is _vase else "e8e4da"))
    front.rect(x - u * 0.074, top - u * 0.24, u * 0.148, u * 0.224, rgb("dff1f4"), 0.16)


def _vase(canvas: Canvas, x: float, foot: float, u: float, colour: Colour) -> None:
    canvas.ellipse(x, foot - u * 0.075, u * 0.05, u * 0.062, colour)
    canvas.rect(x - u * 0.018, foot - u * 0.165, u * 0.036, u * 0.05, colour)
    canvas.ellipse(x, foot - u * 0.165, u * 0.03, u * 0.009, mix(colour, (255, 255, 255), 0.4))
    canvas.rect(x - u * 0.028, foot - u * 0.016, u * 0.056, u * 0.016, mix(colour, (0, 0, 0), 0.2))
    canvas.rect(x - u * 0.047, foot - u * 0.085, u * 0.094, u * 0.012, mix(colour, (255, 246, 220), 0.7))


def _bust(canvas: Canvas, x: float, foot: float, u: float, colour: Colour) -> None:
    shade = mix(colour, (70, 60, 70), 0.22)
    canvas.polygon([(x - u * 0.06, foot), (x - u * 0.045, foot - u * 0.06), (x, foot - u * 0.085)], shade)
    canvas.polygon(
        [
            (x - u * 0.06, foot),
            (x - u * 0.04, foot - u * 0.065),
            (x + u * 0.04, foot - u * 0.065),
            (x + u * 0.06, foot),
        ],
        colour,
    )
    canvas.rect(x - u * 0.018, foot - u * 0.1, u * 0.036, u * 0.05, shade)
    canvas.ellipse(x, foot - u * 0.135, u * 0.038, u * 0.05, colour)
    canvas.ellipse(x - u * 0.006, foot - u * 0.165, u * 0.038, u * 0.026, shade)
