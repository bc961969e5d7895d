"""What stands and hangs in rooms, and the room that takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, curve
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.base import Backdrop

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, width, height in pixels."""

NIGHT = rgb("2b2440")
"""What a room's colours fade to when it is dark outside."""


@dataclass(frozen=True, slots=True)
class Interior:
    """An empty room to be furnished: `wall` is hung on, `front` stands on the floor before it, both repeat sideways."""

    b: Backdrop
    wall: Canvas
    front: Canvas
    paint: Colour
    window: Box
    floor: float
    dim: float

    def tone(self, colour: str) -> Colour:
        """Return a colour in this room's light."""
        return mix(rgb(colour), NIGHT, self.dim)


def pictures(inside: Interior) -> None:
    """Hang framed pictures where the window leaves room."""
    b, canvas, floor, wall, window = inside.b, inside.wall, inside.floor, inside.paint, inside.window
    rng = b.rng("pictures")
    u = b.unit
    for share, drop, wide, tall in ((0.14, 0.52, 0.15, 0.2), (0.33, 0.58, 0.2, 0.14), (1.12, 0.56, 0.16, 0.2)):
        x, y = b.width * share, floor - u * drop
        if x + u * wide > window[0] - u * 0.1 and x < window[0] + window[2] + u * 0.1:
            continue
        canvas.rect(x + u * 0.008, y + u * 0.01, u * wide, u * tall, mix(wall, (40, 20, 20), 0.4), 0.5)
        canvas.rect(x, y, u * wide, u * tall, rgb("6d4c34"))
        canvas.rect(x + u * 0.012, y + u * 0.012, u * (wide - 0.024), u * (tall - 0.024), rgb("f3e8d4"))
        tint = rgb(str(rng.choice(["d98a5c", "6f9fb0", "88a56c", "c46a6a"])))
        canvas.polygon(
            [
                (x + u * 0.022, y + u * (tall - 0.024)),
                (x + u * wide * 0.4, y + u * tall * 0.4),
                (x + u * (wide - 0.022), y + u * (tall - 0.024)),
            ],
            tint,
        )
        canvas.ellipse(x + u * wide * 0.68, y + u * tall * 0.32, u * 0.016, u * 0.016, rgb("f0c257"))


def plant(inside: Interior, x: float) -> None:
    """Stand a plant in a pot on the floor at column `x`."""
    canvas, u, tone, foot = inside.front, inside.b.unit, inside.tone, inside.floor + inside.b.unit * 0.05
    for i in range(9):
        turn = -0.9 + 1.8 * i / 8
        tip = (x + np.sin(turn) * u * 0.19, foot - u * 0.12 - np.cos(turn) * u * 0.26)
        canvas.limb(
            [(x, foot - u * 0.1), ((x + tip[0]) / 2, foot - u * 0.26), tip],
            [u * 0.012, u * 0.045, u * 0.006],
            tone(("4c8a52", "3d7446", "5f9c58")[i % 3]),
        )
    canvas.polygon(
        [
            (x - u * 0.06, foot - u * 0.12),
            (x + u * 0.06, foot - u * 0.12),
            (x + u * 0.045, foot),
            (x - u * 0.045, foot),
        ],
        tone("c9714a"),
    )


def standing_lamp(inside: Interior, x: float) -> None:
    """Stand a lamp on the floor at column `x`, lit when it is dark."""
    b, canvas, u, tone = inside.b, inside.front, inside.b.unit, inside.tone
    foot = inside.floor + u * 0.05
    canvas.limb([(x, foot), (x, foot - u * 0.5)], [u * 0.01, u * 0.01], tone("5a4334"))
    canvas.ellipse(x, foot, u * 0.06, u * 0.014, tone("5a4334"))
    if b.palette.lamps or b.board.time == "dusk":
        canvas.halo(x, foot - u * 0.52, u * 0.5, rgb("ffcf86"), 0.6)
    shade = [(-0.05, -0.6), (0.05, -0.6), (0.09, -0.47), (-0.09, -0.47)]
    canvas.polygon([(x + u * dx, foot + u * dy) for dx, dy in shade], rgb("ffe3ae"))


def books(inside: Interior, canvas: Canvas, box: Box) -> None:
    """Fill a shelf, whose inner box is given, with books."""
    x, y, wide, tall = box
    rng, u, at = inside.b.rng(f"books {x:.0f} {y:.0f}"), inside.b.unit, box[0]
    while at < x + wide - u * 0.014:
        thick, high = min(u * rng.uniform(0.014, 0.03), x + wide - at), tall * rng.uniform(0.72, 1.0)
        cover = inside.tone(str(rng.choice(["b5524a", "3f7f8a", "d3a14c", "5c6a9c", "e5dcc8", "6b8a5a", "8a5a7a"])))
        canvas.rect(at, y + tall - high, thick * 0.92, high, cover)
        canvas.rect(at, y + tall - high * 0.8, thick * 0.92, high * 0.08, mix(cover, (255, 240, 200), 0.4))
        at += thick


def sofa(canvas: Canvas, x: float, foot: float, u: float, tone: Callable[[str], Colour]) -> None:
    """Paint a sofa with its middle at column `x`."""
    cloth, shade = tone("5f8a8f"), mix(tone("5f8a8f"), (20, 20, 40), 0.25)
    for side in (-0.27, 0.27):
        canvas.rect(x + u * side - u * 0.012, foot - u * 0.04, u * 0.024, u * 0.04, tone("5a4334"))
    canvas.polygon(
        curve(
            [
                (x - u * 0.3, foot - u * 0.33),
                (x + u * 0.3, foot - u * 0.33),
                (x + u * 0.32, foot - u * 0.1),
                (x - u * 0.32, foot - u * 0.1),
            ],
            steps=6,
        ),
        cloth,
    )
    canvas.rect(x - u * 0.29, foot - u * 0.17, u * 0.58, u * 0.135, shade)
    for side in (-1, 1):
        canvas.limb(
            [(x + side * u * 0.15 - u * 0.11, foot - u * 0.16), (x + side * u * 0.15 + u * 0.11, foot - u * 0.16)],
            [u * 0.075, u * 0.075],
            mix(cloth, (255, 255, 255), 0.1),
        )
        canvas.limb(
            [(x + side * u * 0.33, foot - u * 0.19), (x + side * u * 0.33, foot - u * 0.06)],
            [u * 0.085, u * 0.085],
            cloth,
        )
    canvas.polygon(
        curve(
            [
                (x - u * 0.24, foot - u * 0.32),
                (x - u * 0.1, foot - u * 0.3),
                (x - u * 0.12, foot - u * 0.17),
                (x - u * 0.25, foot - u * 0.19),
            ],
            steps=5,
        ),
        tone("e0a24c"),
    )
