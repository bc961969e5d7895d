"""A supermarket: shelves full of goods, signs over the aisles, crates of fruit."""

from __future__ import annotations

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Box, Interior
from reelgate.animatic.places.room import interior
from reelgate.animatic.places.streetscape import glyph

_GOODS = ("d8433a", "f0b93a", "3f86c4", "4c9a52", "e8823a", "8a5aa8", "f4efe2", "e05a8a", "3fb0a8")
_SIGNS = ("3a8a4c", "d2463c", "2f6fb0")


def shop(b: Backdrop) -> None:
    """Aisles of a bright shop."""
    interior(b, ("f2f1ea", "eef2f2", "f4eee2"), _shop, wood="d3d6d6", view="", planks=False)


def _shop(inside: Interior) -> None:
    b, u, wall, tone, floor = inside.b, inside.b.unit, inside.wall, inside.tone, inside.floor
    bays = max(3, round(b.period / (u * 0.62)))
    wide = b.period / bays
    for i in range(bays):
        left = wide * i
        if i % 4 == 2:
            _fridge(inside, (left + u * 0.02, floor - u * 0.55, wide - u * 0.04, u * 0.55))
        else:
            _shelves(inside, (left + u * 0.02, floor - u * 0.55, wide - u * 0.04, u * 0.55), i)
        _sign(inside, left + wide / 2, _SIGNS[i % len(_SIGNS)])
    lamps = bays * 2
    for i in range(lamps):
        x = b.period * (i + 0.5) / lamps
        wall.glow(x, u * 0.02, u * 0.3, rgb("fffdf4"), 0.35)
        wall.rect(x - u * 0.1, u * 0.012, u * 0.2, u * 0.016, rgb("ffffff"))
    for share in (0.06, 0.9):
        _crates(inside, b.width * share)
    wall.rect(0, floor - u * 0.012, b.period, u * 0.012, tone("8d959a"))


def _shelves(inside: Interior, box: Box, number: int) -> None:
    x, y, wide, tall = box
    u, wall, tone, rng = inside.b.unit, inside.wall, inside.tone, inside.b.rng(f"goods {number}")
    wall.rect(x, y, wide, tall, tone("aeb6ba"))
    wall.rect(x + u * 0.008, y + u * 0.008, wide - u * 0.016, tall - u * 0.016, tone("6f777d"))
    rows = 4
    for row in range(rows):
        foot = y + tall * (row + 1) / rows - u * 0.022
        room, at = tall / rows - u * 0.034, x + u * 0.014
        while at < x + wide - u * 0.06:
            kind, colour = int(rng.integers(3)), tone(str(rng.choice(_GOODS)))
            broad, high = u * rng.uniform(0.034, 0.056), room * rng.uniform(0.62, 0.98)
            for _ in range(int(rng.integers(2, 4))):
                if at + broad > x + wide - u * 0.01:
                    break
                _ware(inside, (at, foot - high, broad * 0.92, high), kind, colour)
                at += broad
        wall.rect(x, foot, wide, u * 0.024, tone("eef0f0"))
        for tag in range(int(wide / (u * 0.11))):
            wall.rect(x + u * (0.02 + 0.11 * tag), foot + u * 0.004, u * 0.044, u * 0.016, tone("f3cf3f"))


def _ware(inside: Interior, box: Box, kind: int, colour: tuple[float, float, float]) -> None:
    """Paint a box, a bottle or a tin with its label."""
    x, y, wide, tall = box
    wall, pale = inside.wall, mix(colour, (255, 255, 255), 0.62)
    if kind == 1:
        wall.rect(x + wide * 0.34, y, wide * 0.32, tall * 0.3, mix(colour, (0, 0, 0), 0.25))
        wall.rect(x + wide * 0.1, y + tall * 0.26, wide * 0.8, tall * 0.74, colour)
        wall.rect(x + wide * 0.1, y + tall * 0.48, wide * 0.8, tall * 0.26, pale)
        return
    wall.rect(x, y + (tall * 0.3 if kind == 2 else 0), wide, tall * (0.7 if kind == 2 else 1), colour)
    if kind == 2:
        wall.rect(x, y + tall * 0.3, wide, tall * 0.07, inside.tone("d9dde0"))
        wall.rect(x, y + tall * 0.56, wide, tall * 0.22, pale)
        return
    wall.rect(x + wide * 0.14, y + tall * 0.16, wide * 0.72, tall * 0.3, pale)
    wall.ellipse(x + wide / 2, y + tall * 0.7, wide * 0.26, wide * 0.26, pale)


def _fridge(inside: Interior, box: Box) -> None:
    """Stand a lit cooler with drinks behind glass doors."""
    x, y, wide, tall = box
    u, wall, tone, rng = inside.b.unit, inside.wall, inside.tone, inside.b.rng("cooler")
    wall.rect(x, y, wide, tall, tone("3f5f78"))
    wall.rect(x + u * 0.014, y + u * 0.07, wide - u * 0.028, tall - u * 0.09, mix(tone("dff2f8"), (255, 255, 255), 0.3))
    wall.glow(x + wide / 2, y + tall / 2, wide * 0.7, rgb("e8faff"), 0.25)
    for row in range(4):
        foot = y + u * 0.07 + (tall - u * 0.1) * (row + 1) / 4
        for k in range(int((wide - u * 0.05) / (u * 0.042))):
            bottle = (x + u * (0.026 + 0.042 * k), foot - u * 0.088, u * 0.034, u * 0.088)
            _ware(inside, bottle, 1, tone(_GOODS[(row * 3 + k // 3 + int(rng.integers(2))) % len(_GOODS)]))
        wall.rect(x + u * 0.014, foot, wide - u * 0.028, u * 0.008, tone("9fb4be"))
    for k in range(3):
        left = x + (wide - u * 0.014) * k / 2
        wall.rect(left, y + u * 0.06, u * 0.014, tall - u * 0.06, tone("3f5f78"))
    for side in (-1, 1):
        wall.rect(x + wide / 2 + side * u * 0.02 - u * 0.004, y + tall * 0.4, u * 0.008, u * 0.12, tone("dfe6ea"))


def _sign(inside: Interior, x: float, colour: str) -> None:
    """Hang a sign over an aisle."""
    u, wall, rng, y = inside.b.unit, inside.wall, inside.b.rng(f"sign {x:.0f}"), inside.floor - inside.b.unit * 0.68
    for side in (-0.1, 0.1):
        wall.rect(x + u * side, 0, u * 0.004, y, inside.tone("8d959a"))
    wall.rect(x - u * 0.15, y, u * 0.3, u * 0.085, inside.tone(colour))
    wall.ellipse(x - u * 0.105, y + u * 0.042, u * 0.028, u * 0.028, rgb("ffffff"))
    for k in range(4):
        glyph(wall, rng, x - u * 0.05 + u * 0.046 * k, y + u * 0.022, u * 0.036, rgb("ffffff"))


def _crates(inside: Interior, x: float) -> None:
    """Stand crates of apples, oranges and greens on the floor."""
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.04
    rng = inside.b.rng(f"crates {x:.0f}")
    for k, colour in enumerate(("d2382f", "f09a2c", "6fae3f")):
        left, top = x + u * 0.17 * k, foot - u * 0.13
        for row in range(3):
            for fruit in range(5 - row):
                at = left + u * (0.024 + 0.026 * fruit + 0.013 * row)
                shade = mix(tone(colour), (60, 30, 20), rng.uniform(0, 0.2))
                front.ellipse(at, top - u * 0.016 * row, u * 0.018, u * 0.018, shade)
                front.ellipse(
                    at - u * 0.005, top - u * (0.016 * row + 0.006), u * 0.005, u * 0.005, (255, 255, 255), 0.5
                )
        front.rect(left, top, u * 0.16, u * 0.13, tone("a9774a"))
        for slat in range(3):
            front.rect(left, top + u * (0.012 + 0.042 * slat), u * 0.16, u * 0.028, tone("c9945e"))
        front.rect(left + u * 0.05, top + u * 0.03, u * 0.06, u * 0.04, tone("fbf8ec"))
