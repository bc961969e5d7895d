"""A living room, and the walls, floor and light that every room has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.drawing.particles import motes
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import NIGHT, Interior, books, pictures, plant, sofa, standing_lamp
from reelgate.animatic.places.sky import gradient
from reelgate.animatic.places.windows import pane

_WALLS = ("ecd6b6", "e6d3bd", "dcd8c2", "e8ccb8", "d3dcd6")


def room(b: Backdrop) -> None:
    """Paint a living room: a window with the sky in it, furniture, a floor with the light of the window on it."""
    interior(b, _WALLS, _living)


def interior(
    b: Backdrop,
    walls: Sequence[str],
    furnish: Callable[[Interior], None],
    *,
    wood: str = "b57f4e",
    rug: str = "b5524a",
    view: str = "hills",
    planks: bool = True,
) -> None:
    """Paint a room, its walls in one of the given colours, and let `furnish` fill it.

    `view` is what its window shows: hills, between curtains; a city, through a wide pane; nothing when there is none.
    """
    p, rng, u = b.palette, b.rng("room"), b.unit
    floor = b.height * 0.76
    b.ground = b.height * 0.9
    wall = mix(rgb(str(rng.choice(walls))), p.light, 0.12)
    dim = {"night": 0.5, "dusk": 0.22}.get(b.board.time, 0.0)
    wall = mix(wall, NIGHT, dim)
    canvas = b.canvas()
    pale_wall(b, canvas, floor, wall)
    b.palette = msgspec.structs.replace(p, light=mix(p.light, (255.0, 244.0, 228.0), 0.6))
    window = (b.width * 0.66, floor - u * 0.6, u * 0.42, u * 0.42)
    if b.width < b.height:
        window = (b.width * 0.58, floor - u * 0.78, u * 0.36, u * 0.46)
    if view == "city":
        window = (window[0] - u * 0.06, window[1] - u * 0.08, u * 0.6, u * 0.38)
    if view:
        pane(b, canvas, p, window, view)
    inside = Interior(b, canvas, b.canvas(), wall, window, floor, dim)
    furnish(inside)
    _skirting(b, canvas, floor, wall)
    b.add(canvas, 2.0)
    _floor(b, floor, dim, wood, rug) if planks else _polished(b, floor, mix(rgb(wood), NIGHT, dim))
    b.add(inside.front, 0.995)
    if view:
        _beam(b, window, dim)
    b.effects += motes(b.rng("motes"), b.width, b.height)


def pale_wall(b: Backdrop, canvas: Canvas, floor: float, wall: Colour) -> None:
    """Paint a wall down to row `floor`, darker above and below."""
    gradient(
        b, canvas, [(0, mix(wall, (60, 40, 50), 0.16)), (floor * 0.6, wall), (floor, mix(wall, (80, 55, 50), 0.12))]
    )


def _skirting(b: Backdrop, canvas: Canvas, floor: float, wall: Colour) -> None:
    canvas.rect(0, floor - b.unit * 0.035, b.period, b.unit * 0.035, mix(wall, (255, 255, 255), 0.35))
    canvas.rect(0, floor - b.unit * 0.037, b.period, b.unit * 0.004, mix(wall, (60, 40, 40), 0.3))


def _floor(b: Backdrop, floor: float, dim: float, boards_colour: str, rug_colour: str) -> None:
    rng, canvas, u = b.rng("floor"), b.canvas(), b.unit
    wood = mix(rgb(boards_colour), NIGHT, dim)
    canvas.rect(0, floor, b.period, b.height - floor, wood)
    rows = 7
    for row in range(rows):
        y0, y1 = (
            floor + (b.height - floor) * (row / rows) ** 1.5,
            floor + (b.height - floor) * ((row + 1) / rows) ** 1.5,
        )
        boards = max(3, round(b.period / (u * 0.42)))
        for i in range(boards):
            x = b.period * (i + 0.5 * (row % 2)) / boards
            canvas.rect(x, y0, b.period / boards, y1 - y0, mix(wood, (70, 35, 15), rng.uniform(0, 0.2)))
            canvas.rect(x, y0, u * 0.003, y1 - y0, mix(wood, (40, 20, 10), 0.5))
        canvas.rect(0, y1 - 1, b.period, max(1.0, u * 0.002), mix(wood, (40, 20, 10), 0.5))
    if rug_colour:
        _rug(b, canvas, floor, mix(rgb(rug_colour), NIGHT, dim))
    b.add(canvas, 1.0)


def _polished(b: Backdrop, floor: float, stone: Colour) -> None:
    """Paint large smooth slabs that the light of the wall lies on."""
    canvas, u = b.canvas(), b.unit
    gradient(b, canvas, [(floor, mix(stone, (255, 255, 255), 0.28)), (b.height, mix(stone, (20, 20, 40), 0.22))], floor)
    slabs = max(4, round(b.period / (u * 0.3)))
    for i in range(slabs):
        x = b.period * i / slabs
        canvas.polygon(
            [(x, floor), (x + u * 0.003, floor), (x - u * 0.1, b.height), (x - u * 0.107, b.height)],
            mix(stone, (20, 20, 40), 0.4),
            0.5,
        )
        canvas.ellipse(x + u * 0.13, floor + u * 0.07, u * 0.1, u * 0.05, (255, 255, 255), 0.12)
    for share in (0.18, 0.48):
        canvas.rect(0, floor + (b.height - floor) * share, b.period, u * 0.0025, mix(stone, (20, 20, 40), 0.4), 0.5)
    b.add(canvas, 1.0)


def _rug(b: Backdrop, canvas: Canvas, floor: float, rug: Colour) -> None:
    middle, y = b.width * 0.45, floor + (b.height - floor) * 0.56
    for share, tone in (
        (1.0, rug),
        (0.9, mix(rug, rgb("f3dfc0"), 0.55)),
        (0.84, rug),
        (0.5, mix(rug, rgb("f3dfc0"), 0.3)),
    ):
        canvas.ellipse(middle, y, b.unit * 0.6 * share, (b.height - floor) * 0.36 * share, tone)


def _living(inside: Interior) -> None:
    b, canvas, u, floor, tone = inside.b, inside.front, inside.b.unit, inside.floor, inside.tone
    pictures(inside)
    plant(inside, b.width * 0.05)
    standing_lamp(inside, b.width * (1.02 if b.width > b.height else 0.94))
    if not {"piano", "guitar"} & {subject.kind for subject in b.board.subjects}:
        sofa(canvas, b.width * 0.34, floor + u * 0.1, u, tone)
        b.seat = (b.width * 0.36, floor + u * 0.13)
    x = b.width * 1.2
    canvas.rect(x, floor - u * 0.34, u * 0.3, u * 0.36, tone("7a5638"))
    for shelf in range(2):
        books(inside, canvas, (x + u * 0.02, floor - u * (0.31 - 0.16 * shelf), u * 0.26, u * 0.125))


def _beam(b: Backdrop, window: tuple[float, float, float, float], dim: float) -> None:
    """Let light fall from the window to the floor."""
    if b.palette.lamps or b.board.weather in ("rain", "storm", "snow", "cloud"):
        return
    x, y, wide, _ = window
    beam = Canvas(b.width, b.height)
    light = mix(b.palette.sun, rgb("ffe2a4"), 0.5)
    reach = b.unit * 0.62
    beam.polygon(
        [(x, y), (x + wide, y), (x + wide - reach * 0.6, b.height), (x - reach * 1.1, b.height)], light, 0.2 * (1 - dim)
    )
    beam.blur(b.unit * 0.014)
    for i in range(2):
        left = x - reach * 0.8 + i * wide * 0.52
        beam.polygon(
            [
                (left + u_, v_)
                for u_, v_ in (
                    (0, b.height * 0.87),
                    (wide * 0.44, b.height * 0.87),
                    (wide * 0.3, b.height * 0.97),
                    (-wide * 0.16, b.height * 0.97),
                )
            ],
            light,
            0.34 * (1 - dim),
        )
    beam.blur(b.unit * 0.003)

    def path(t: float) -> Stamp:
        return Stamp(b.width / 2, b.height / 2, opacity=0.85 + 0.15 * float(np.sin(0.6 * t)))

    b.sprite(beam.pixels, path, 0.9)
