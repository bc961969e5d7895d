"""Rooms with a purpose: a kitchen, an office, a classroom, a library."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior, books, plant, standing_lamp
from reelgate.animatic.places.room import interior
from reelgate.animatic.places.streetscape import glyph


def kitchen(b: Backdrop) -> None:
    """Cupboards, a stove and a table under a lamp."""
    interior(b, ("e7ddc6", "d6e2d8", "e9d6c4"), _kitchen, wood="c9a277", rug="")


def office(b: Backdrop) -> None:
    """Desks with screens, a whiteboard, a clock."""
    interior(b, ("dde3e8", "e4e2da", "d5dee2"), _office, wood="9aa3ad", view="city", planks=False)


def classroom(b: Backdrop) -> None:
    """A blackboard and rows of desks."""
    interior(b, ("efe3c4", "dde6d2", "e8dcc8"), _classroom, wood="c08d58", rug="")


def library(b: Backdrop) -> None:
    """Shelves to the ceiling, a reading table, a ladder."""
    interior(b, ("8a6a4e", "7a5f4c"), _library, wood="8a5c38", rug="3f5f4f")


def _kitchen(inside: Interior) -> None:
    b, u, tone, floor = inside.b, inside.b.unit, inside.tone, inside.floor
    left, right, top = -0.02 * b.width, inside.window[0] - u * 0.14, floor - u * 0.24
    inside.wall.rect(left, top - u * 0.16, right - left, u * 0.16, tone("f2efe6"))
    for column in range(int((right - left) / (u * 0.055))):
        inside.wall.rect(left + u * 0.055 * column, top - u * 0.16, u * 0.003, u * 0.16, tone("cfd3cc"))
    for row in range(3):
        inside.wall.rect(left, top - u * 0.053 * (row + 1), right - left, u * 0.003, tone("cfd3cc"))
    _cupboards(inside, (left, top - u * 0.46, right - left, u * 0.24), u * 0.16)
    _cupboards(inside, (left, top, right - left, floor - top - u * 0.02), u * 0.17)
    inside.wall.rect(left, top - u * 0.018, right - left + u * 0.02, u * 0.026, tone("6f5a4c"))
    _stove(inside, left + (right - left) * 0.58, top)
    for i, colour in enumerate(("c9714a", "e0b24c", "7f9f5a")):
        inside.wall.ellipse(left + u * (0.2 + 0.05 * i), top - u * 0.035, u * 0.018, u * 0.026, tone(colour))
    _fridge(inside, b.width * 1.12)
    _table(inside, b.width * 0.36, u * 0.5)
    b.seat = (b.width * 0.2, floor + u * 0.12)
    _stool(inside, b.seat[0], u * 0.02)
    _hanging_lamp(inside, b.width * 0.36, floor - u * 0.52)


def _cupboards(inside: Interior, box: tuple[float, float, float, float], door: float) -> None:
    x, y, wide, tall = box
    u, wood = inside.b.unit, inside.tone("7fa39a")
    inside.wall.rect(x, y, wide, tall, mix(wood, (0, 0, 0), 0.12))
    count = max(1, round(wide / door))
    for i in range(count):
        left = x + wide * i / count
        inside.wall.rect(left + u * 0.006, y + u * 0.008, wide / count - u * 0.012, tall - u * 0.016, wood)
        inside.wall.rect(
            left + u * 0.02, y + u * 0.024, wide / count - u * 0.04, tall - u * 0.048, mix(wood, (255, 255, 255), 0.12)
        )
        inside.wall.ellipse(left + wide / count - u * 0.022, y + tall / 2, u * 0.006, u * 0.006, inside.tone("d9b25a"))


def _stove(inside: Interior, x: float, top: float) -> None:
    u, wall, tone = inside.b.unit, inside.wall, inside.tone
    wall.rect(x, top - u * 0.024, u * 0.26, inside.floor - top, tone("d9dbdd"))
    wall.rect(x + u * 0.03, top + u * 0.05, u * 0.2, u * 0.1, tone("2f3640"))
    for i in range(4):
        wall.ellipse(x + u * (0.045 + 0.056 * i), top + u * 0.02, u * 0.01, u * 0.01, tone("4a5058"))
    wall.rect(x + u * 0.05, top - u * 0.09, u * 0.11, u * 0.066, tone("c24a3c"))
    wall.limb([(x + u * 0.16, top - u * 0.07), (x + u * 0.21, top - u * 0.075)], [u * 0.012, u * 0.01], tone("3a3436"))
    wall.polygon(
        [(x + u * dx, top - u * dy) for dx, dy in ((-0.02, 0.4), (0.28, 0.4), (0.2, 0.5), (0.06, 0.5))],
        tone("b9bdc1"),
    )  # fmt: skip


def _fridge(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.03
    front.rect(x, foot - u * 0.6, u * 0.26, u * 0.6, tone("e6e9ea"))
    front.rect(x, foot - u * 0.4, u * 0.26, u * 0.006, tone("a9b0b4"))
    for y in (0.54, 0.36):
        front.rect(x + u * 0.025, foot - u * y, u * 0.012, u * 0.1, tone("8c9499"))


def _table(inside: Interior, middle: float, wide: float) -> None:
    u, front, foot = inside.b.unit, inside.front, inside.floor + inside.b.unit * 0.12
    wood = inside.tone("a26a3e")
    for side in (-0.42, 0.4):
        front.rect(middle + wide * side, foot - u * 0.2, u * 0.024, u * 0.2, mix(wood, (0, 0, 0), 0.25))
    front.rect(middle - wide / 2, foot - u * 0.225, wide, u * 0.032, wood)
    front.ellipse(middle, foot - u * 0.24, u * 0.08, u * 0.02, inside.tone("f0e8da"))
    for dx, colour in ((-0.03, "d2463c"), (0.02, "e8a33a"), (0.0, "7f9f4a")):
        front.ellipse(middle + u * dx, foot - u * 0.262, u * 0.024, u * 0.024, inside.tone(colour))


def _stool(inside: Interior, x: float, lift: float) -> None:
    u, front, foot = inside.b.unit, inside.front, inside.floor + inside.b.unit * 0.12
    wood = inside.tone("7a4e30")
    for side in (-0.05, 0.05):
        front.limb([(x + u * side * 0.7, foot - u * 0.1), (x + u * side, foot)], [u * 0.014, u * 0.012], wood)
    front.rect(x - u * 0.07, foot - u * 0.11 - lift, u * 0.14, u * 0.024, mix(wood, (255, 255, 255), 0.12))


def _hanging_lamp(inside: Interior, x: float, y: float) -> None:
    u, wall = inside.b.unit, inside.wall
    wall.limb([(x, 0), (x, y)], [u * 0.005, u * 0.005], inside.tone("4a4040"))
    if inside.dim:
        wall.halo(x, y + u * 0.05, u * 0.42, rgb("ffd590"), 0.55)
    wall.polygon(
        [(x - u * 0.03, y), (x + u * 0.03, y), (x + u * 0.1, y + u * 0.07), (x - u * 0.1, y + u * 0.07)], rgb("e2b45a")
    )
    wall.ellipse(x, y + u * 0.072, u * 0.05, u * 0.012, rgb("fff3cf"))


def _clock(inside: Interior, x: float, y: float) -> None:
    u, wall = inside.b.unit, inside.wall
    wall.ellipse(x, y, u * 0.055, u * 0.055, inside.tone("3a3f48"))
    wall.ellipse(x, y, u * 0.047, u * 0.047, inside.tone("f7f5ee"))
    for turn, reach in ((-0.6, 0.036), (1.2, 0.027)):
        tip = (x + math.sin(turn) * u * reach, y - math.cos(turn) * u * reach)
        wall.limb([(x, y), tip], [u * 0.006, u * 0.004], inside.tone("3a3f48"))


def _office(inside: Interior) -> None:
    b, u, tone, floor = inside.b, inside.b.unit, inside.tone, inside.floor
    x, y = b.width * 0.16, floor - u * 0.56
    inside.wall.rect(x, y, u * 0.46, u * 0.27, tone("aeb6bd"))
    inside.wall.rect(x + u * 0.012, y + u * 0.012, u * 0.436, u * 0.246, tone("fbfcfc"))
    for i, colour in enumerate(("d2463c", "3a6fb0", "4c9a52")):
        inside.wall.rect(
            x + u * (0.05 + 0.06 * i), y + u * (0.2 - 0.05 * i), u * 0.04, u * (0.03 + 0.05 * i), tone(colour)
        )
    line = [(x + u * (0.26 + 0.05 * i), y + u * (0.16 - 0.03 * i + 0.04 * (i % 2))) for i in range(4)]
    inside.wall.limb(line, [u * 0.006] * 4, tone("3a6fb0"))
    _clock(inside, x + u * 0.58 if x + u * 0.64 < inside.window[0] - u * 0.1 else x - u * 0.09, y + u * 0.06)
    for share in (0.2, 1.16):
        _desk(inside, b.width * share)
    plant(inside, b.width * 0.02)
    b.seat = (b.width * 0.52, floor + u * 0.12)
    _swivel(inside, b.seat[0])


def _desk(inside: Interior, x: float) -> None:
    b, u, front, tone, foot = inside.b, inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.09
    front.rect(x, foot - u * 0.2, u * 0.5, u * 0.026, tone("c79a6a"))
    front.rect(x + u * 0.02, foot - u * 0.18, u * 0.02, u * 0.18, tone("6d737c"))
    front.rect(x + u * 0.36, foot - u * 0.175, u * 0.12, u * 0.165, tone("7d848e"))
    for i in range(3):
        front.rect(x + u * 0.37, foot - u * (0.165 - 0.05 * i), u * 0.1, u * 0.04, tone("949ba5"))
    for dx in (0.06, 0.24):
        front.rect(x + u * (dx + 0.055), foot - u * 0.25, u * 0.02, u * 0.05, tone("3a3f48"))
        front.rect(x + u * dx, foot - u * 0.35, u * 0.15, u * 0.11, tone("2f343c"))
        screen = rgb("8fd6f2") if inside.dim else tone("bfe0ee")
        front.rect(x + u * (dx + 0.008), foot - u * 0.342, u * 0.134, u * 0.094, screen)
        for line in range(4):
            wide = b.rng(f"screen {x:.0f} {dx} {line}").uniform(0.04, 0.11)
            front.rect(
                x + u * (dx + 0.016),
                foot - u * (0.33 - 0.02 * line),
                u * wide,
                u * 0.008,
                mix(screen, rgb("2f5f8f"), 0.6),
            )
        if inside.dim:
            front.halo(x + u * (dx + 0.075), foot - u * 0.3, u * 0.16, rgb("9fdcf5"), 0.3)


def _swivel(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.12
    front.limb(
        [(x - u * 0.01, foot - u * 0.1), (x - u * 0.01, foot - u * 0.02)], [u * 0.016, u * 0.016], tone("3a3f48")
    )
    front.limb(
        [(x - u * 0.08, foot), (x - u * 0.01, foot - u * 0.025), (x + u * 0.06, foot)], [u * 0.014] * 3, tone("3a3f48")
    )
    front.limb([(x - u * 0.06, foot - u * 0.11), (x + u * 0.05, foot - u * 0.11)], [u * 0.03, u * 0.03], tone("3f5f8a"))
    front.limb([(x - u * 0.085, foot - u * 0.13), (x - u * 0.1, foot - u * 0.3)], [u * 0.03, u * 0.045], tone("3f5f8a"))


def _classroom(inside: Interior) -> None:
    b, u, tone, floor = inside.b, inside.b.unit, inside.tone, inside.floor
    x, y, wide = b.width * 0.08, floor - u * 0.56, min(u * 0.72, inside.window[0] - u * 0.16 - b.width * 0.08)
    inside.wall.rect(x - u * 0.016, y - u * 0.016, wide + u * 0.032, u * 0.332, tone("9a6a3e"))
    inside.wall.rect(x, y, wide, u * 0.3, tone("2f5548"))
    rng = b.rng("chalk")
    for row in range(3):
        for i in range(int(wide / (u * 0.05)) - 2 - 3 * row):
            glyph(inside.wall, rng, x + u * (0.04 + 0.05 * i), y + u * (0.05 + 0.08 * row), u * 0.032, tone("e6efe6"))
    inside.wall.rect(x, y + u * 0.31, wide, u * 0.014, tone("b98a58"))
    _clock(inside, x + wide / 2, max(y - u * 0.1, u * 0.09))
    for share in (0.06, 0.34, 0.9, 1.2):
        _school_desk(inside, b.width * share)
    b.seat = (b.width * 0.46, floor + u * 0.1)
    _stool(inside, b.seat[0], 0.0)


def _school_desk(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.07
    for dx in (0.02, 0.2):
        front.limb([(x + u * dx, foot - u * 0.15), (x + u * (dx - 0.01), foot)], [u * 0.012, u * 0.01], tone("4f5660"))
    front.polygon(
        [(x + u * dx, foot - u * dy) for dx, dy in ((-0.01, 0.15), (0.24, 0.15), (0.22, 0.185), (0.02, 0.185))],
        tone("c98f52"),
    )  # fmt: skip
    front.rect(x - u * 0.01, foot - u * 0.15, u * 0.25, u * 0.02, tone("a06a38"))
    front.rect(x + u * 0.06, foot - u * 0.195, u * 0.07, u * 0.014, tone("d2463c"))


def _library(inside: Interior) -> None:
    b, u, floor = inside.b, inside.b.unit, inside.floor
    case = u * 0.42
    count = max(2, round(b.period / case))
    case = b.period / count
    for i in range(count):
        x = i * case
        if x + case > inside.window[0] - u * 0.1 and x < inside.window[0] + inside.window[2] + u * 0.1:
            continue
        _bookcase(inside, (x, floor - u * 0.72, case, u * 0.7))
    _ladder(inside.front, b.width * 0.12, floor + u * 0.03, u, inside)
    standing_lamp(inside, b.width * 0.56)
    _armchair(inside, b.width * 0.36)
    b.seat = (b.width * 0.37, floor + u * 0.13)


def _bookcase(inside: Interior, box: tuple[float, float, float, float]) -> None:
    x, y, wide, tall = box
    u, wood = inside.b.unit, inside.tone("5a3d28")
    inside.wall.rect(x, y, wide, tall, wood)
    rows = 5
    for row in range(rows):
        top, high = y + u * 0.02 + (tall - u * 0.03) * row / rows, (tall - u * 0.03) / rows - u * 0.018
        inside.wall.rect(x + u * 0.016, top, wide - u * 0.032, high, mix(wood, (0, 0, 0), 0.45))
        books(inside, inside.wall, (x + u * 0.02, top + u * 0.008, wide - u * 0.04, high - u * 0.008))


def _ladder(canvas: Canvas, x: float, foot: float, u: float, inside: Interior) -> None:
    wood = inside.tone("b98a58")
    for dx in (0.0, 0.11):
        canvas.limb([(x + u * dx, foot), (x + u * (dx + 0.05), foot - u * 0.66)], [u * 0.014, u * 0.012], wood)
    for i in range(1, 8):
        y = foot - u * 0.08 * i
        canvas.limb([(x + u * 0.006 * i, y), (x + u * (0.11 + 0.006 * i), y)], [u * 0.01, u * 0.01], wood)


def _armchair(inside: Interior, x: float) -> None:
    u, front, foot = inside.b.unit, inside.front, inside.floor + inside.b.unit * 0.11
    cloth = inside.tone("8a3f3c")
    front.limb(
        [(x - u * 0.13, foot - u * 0.3), (x - u * 0.11, foot - u * 0.08)],
        [u * 0.09, u * 0.12],
        mix(cloth, (0, 0, 0), 0.15),
    )
    front.rect(x - u * 0.15, foot - u * 0.15, u * 0.32, u * 0.12, cloth)
    front.limb(
        [(x - u * 0.06, foot - u * 0.165), (x + u * 0.14, foot - u * 0.165)],
        [u * 0.05, u * 0.05],
        mix(cloth, (255, 255, 255), 0.1),
    )
    for dx in (-0.13, 0.14):
        front.rect(x + u * dx, foot - u * 0.03, u * 0.02, u * 0.03, inside.tone("3a2a22"))
