"""A coffee shop."""

from __future__ import annotations

from reelgate.animatic.drawing.palette import rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior, plant
from reelgate.animatic.places.room import interior
from reelgate.animatic.places.streetscape import glyph


def cafe(b: Backdrop) -> None:
    """A counter with its machine under hanging lamps, shelves of cups, a table by the shop window."""
    interior(b, ("3f6a66", "6b4a3c", "4a5a74"), _cafe, wood="9a6a42", rug="", view="city")


def _cafe(inside: Interior) -> None:
    b, u, wall, tone, floor = inside.b, inside.b.unit, inside.wall, inside.tone, inside.floor
    left, right = -0.06 * b.width, inside.window[0] - u * 0.16
    wall.rect(0, floor - u * 0.3, b.period, u * 0.3, tone("5a3d2a"))
    for i in range(round(b.period / (u * 0.09))):
        wall.rect(u * 0.09 * i, floor - u * 0.3, u * 0.004, u * 0.3, tone("452d1f"))
    for row in range(2):
        y = floor - u * (0.5 + 0.14 * row)
        wall.rect(left, y, (right - left) * 0.48, u * 0.014, tone("8a5c38"))
        for k in range(7):
            x = left + u * (0.03 + 0.055 * k)
            if (k + row) % 3:
                wall.rect(x, y - u * 0.034, u * 0.03, u * 0.034, tone(("f1e8d8", "d9836a", "e8c87a")[k % 3]))
                wall.ellipse(x + u * 0.033, y - u * 0.018, u * 0.01, u * 0.01, tone("cfc4b2"))
            else:
                wall.rect(x, y - u * 0.075, u * 0.022, u * 0.075, tone("6f8f7a"))
                wall.rect(x + u * 0.006, y - u * 0.095, u * 0.01, u * 0.025, tone("4a5f52"))
    _menu(inside, left + (right - left) * 0.56, floor - u * 0.72)
    _counter(inside, left, right)
    for share in (0.1, 0.3, 0.5):
        _pendant(inside, b.width * share, floor - u * 0.5)
    _round_table(inside, b.width * 0.78)
    b.seat = (b.width * 0.665, floor + u * 0.12)
    plant(inside, b.width * 1.16)


def _menu(inside: Interior, x: float, y: float) -> None:
    u, wall, rng = inside.b.unit, inside.wall, inside.b.rng("menu")
    wall.rect(x, y, u * 0.34, u * 0.3, inside.tone("8a5c38"))
    wall.rect(x + u * 0.012, y + u * 0.012, u * 0.316, u * 0.276, inside.tone("26302e"))
    for row in range(6):
        for k in range(5 if row else 8):
            size = u * (0.013 if row else 0.02)
            glyph(wall, rng, x + u * 0.04 + size * 1.3 * k, y + u * (0.04 + 0.04 * row), size, inside.tone("e8e2d0"))
        if row:
            wall.rect(x + u * 0.25, y + u * (0.044 + 0.04 * row), u * 0.04, u * 0.006, inside.tone("e0b24c"))


def _counter(inside: Interior, left: float, right: float) -> None:
    """Stand the counter on the floor, the coffee machine and a glass case of cakes on it."""
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.03
    wide, top = (right - left) * 0.86, foot - u * 0.27
    front.rect(left, top, wide, u * 0.27, tone("7a5236"))
    for i in range(int(wide / (u * 0.12))):
        front.rect(left + u * (0.02 + 0.12 * i), top + u * 0.045, u * 0.1, u * 0.19, tone("8e6244"))
    front.rect(left - u * 0.01, top - u * 0.012, wide + u * 0.02, u * 0.032, tone("d8c6ac"))
    x, y = left + wide * 0.2, top - u * 0.012
    front.rect(x, y - u * 0.15, u * 0.26, u * 0.045, tone("b9c0c4"))
    front.rect(x + u * 0.01, y - u * 0.11, u * 0.24, u * 0.06, tone("8c9499"))
    front.rect(x, y - u * 0.02, u * 0.26, u * 0.02, tone("b9c0c4"))
    front.rect(x + u * 0.01, y - u * 0.055, u * 0.024, u * 0.04, tone("5a6268"))
    front.rect(x + u * 0.226, y - u * 0.055, u * 0.024, u * 0.04, tone("5a6268"))
    for k in range(2):
        front.rect(x + u * (0.065 + 0.09 * k), y - u * 0.055, u * 0.035, u * 0.012, tone("3a3f44"))
        front.rect(x + u * (0.068 + 0.09 * k), y - u * 0.032, u * 0.028, u * 0.022, tone("f4efe6"))
    case = left + wide * 0.62
    front.rect(case, y - u * 0.13, u * 0.3, u * 0.13, tone("cfe3e6"), 0.5)
    for k, cake in enumerate(("d9836a", "f0d9a8", "7a4a3a", "e8a0b4")):
        front.rect(case + u * (0.02 + 0.07 * k), y - u * 0.035, u * 0.052, u * 0.035, tone(cake))
        front.ellipse(case + u * (0.046 + 0.07 * k), y - u * 0.037, u * 0.024, u * 0.012, tone("fbf4ea"))
    front.rect(case, y - u * 0.135, u * 0.3, u * 0.008, tone("8c9499"))


def _pendant(inside: Interior, x: float, y: float) -> None:
    u, wall = inside.b.unit, inside.wall
    wall.limb([(x, 0), (x, y)], [u * 0.005, u * 0.005], inside.tone("2f2a2a"))
    wall.halo(x, y + u * 0.05, u * (0.34 if inside.dim else 0.22), rgb("ffd590"), 0.6 if inside.dim else 0.35)
    wall.polygon(
        [(x - u * 0.014, y), (x + u * 0.014, y), (x + u * 0.06, y + u * 0.06), (x - u * 0.06, y + u * 0.06)],
        rgb("c98a3c"),
    )
    wall.ellipse(x, y + u * 0.061, u * 0.034, u * 0.012, rgb("fff3cf"))


def _round_table(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.12
    front.limb([(x, foot), (x, foot - u * 0.2)], [u * 0.02, u * 0.016], tone("3a3030"))
    front.ellipse(x, foot, u * 0.07, u * 0.016, tone("3a3030"))
    front.ellipse(x, foot - u * 0.2, u * 0.13, u * 0.026, tone("a8774a"))
    front.ellipse(x, foot - u * 0.206, u * 0.125, u * 0.021, tone("c08d5c"))
    front.rect(x + u * 0.02, foot - u * 0.245, u * 0.034, u * 0.036, tone("f4efe6"))
    front.ellipse(x + u * 0.056, foot - u * 0.228, u * 0.01, u * 0.012, tone("f4efe6"))
    for side in (-1, 1):
        seat = x + side * u * 0.19
        for dx in (-0.035, 0.035):
            front.limb(
                [(seat + u * dx * 0.8, foot - u * 0.12), (seat + u * dx * 1.2, foot)],
                [u * 0.012, u * 0.01],
                tone("3a3030"),
            )
        front.rect(seat - u * 0.055, foot - u * 0.13, u * 0.11, u * 0.022, tone("8a4a3c"))
        back = seat + side * u * 0.05
        front.limb(
            [(back, foot - u * 0.12), (back + side * u * 0.02, foot - u * 0.27)], [u * 0.016, u * 0.022], tone("8a4a3c")
        )
