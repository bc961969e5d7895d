"""A bank: tellers behind glass, the round door of a vault, a queue's ropes."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior
from reelgate.animatic.places.room import interior

_TELLERS = (("2f3f5c", "3a2a22"), ("6a3444", "5a3a26"), ("31544a", "26211f"))


def bank(b: Backdrop) -> None:
    """A marble hall with a row of counters and a vault."""
    interior(b, ("e9e2d2", "e2e3df", "eadfcd"), _bank, wood="cfc6b4", view="", planks=False)


def _bank(inside: Interior) -> None:
    b, u, wall, tone, floor = inside.b, inside.b.unit, inside.wall, inside.tone, inside.floor
    wall.rect(0, floor - u * 0.66, b.period, u * 0.07, tone("24476a"))
    wall.rect(0, floor - u * 0.592, b.period, u * 0.01, tone("d9b45c"))
    bays = max(3, round(b.period / (u * 0.56)))
    vaults = {bays - 1} if bays < 6 else {2, bays - 1}
    for i in range(bays):
        x = b.period * (i + 0.5) / bays
        if i in vaults:
            _vault(inside, x)
        else:
            _teller(inside, x, i)
    for i in range(bays):
        x = b.period * i / bays
        wall.rect(x - u * 0.03, floor - u * 0.59, u * 0.06, u * 0.59, tone("f6f1e4"))
        wall.rect(x + u * 0.012, floor - u * 0.59, u * 0.018, u * 0.59, tone("ddd4c0"))
        wall.rect(x - u * 0.042, floor - u * 0.03, u * 0.084, u * 0.03, tone("e6dcc6"))
    _ropes(inside, b.width * 0.66)
    _ropes(inside, b.width * 1.22)


def _coin(canvas: Canvas, x: float, y: float, size: float, gold: Colour) -> None:
    """Paint a gold coin with the sign of the yuan."""
    canvas.ellipse(x, y, size, size, mix(gold, (90, 50, 0), 0.4))
    canvas.ellipse(x, y, size * 0.86, size * 0.86, gold)
    dark = mix(gold, (80, 40, 0), 0.65)
    for side in (-1, 1):
        canvas.limb([(x + side * size * 0.4, y - size * 0.52), (x, y - size * 0.02)], [size * 0.15] * 2, dark)
    canvas.limb([(x, y - size * 0.02), (x, y + size * 0.56)], [size * 0.15] * 2, dark)
    for down in (0.06, 0.3):
        canvas.rect(x - size * 0.36, y + size * down - size * 0.05, size * 0.72, size * 0.11, dark)


def _teller(inside: Interior, x: float, number: int) -> None:
    u, wall, tone, floor = inside.b.unit, inside.wall, inside.tone, inside.floor
    left, wide, desk = x - u * 0.24, u * 0.48, floor - u * 0.25
    wall.rect(left, floor - u * 0.57, wide, u * 0.32, tone("5f6d78"))
    jacket, hair = (tone(colour) for colour in _TELLERS[number % len(_TELLERS)])
    wall.polygon(
        [(x - u * 0.1, desk), (x - u * 0.075, desk - u * 0.1), (x + u * 0.075, desk - u * 0.1), (x + u * 0.1, desk)],
        jacket,
    )
    wall.polygon(
        [(x - u * 0.026, desk - u * 0.1), (x + u * 0.026, desk - u * 0.1), (x, desk - u * 0.03)], tone("ffffff")
    )
    wall.ellipse(x, desk - u * 0.165, u * 0.05, u * 0.056, hair)
    wall.ellipse(x, desk - u * 0.145, u * 0.04, u * 0.046, tone("efc9a4"))
    wall.ellipse(x, desk - u * 0.192, u * 0.044, u * 0.022, hair)
    wall.rect(left, floor - u * 0.57, wide, u * 0.32, rgb("d6eef5"), 0.2)
    wall.polygon(
        [
            (left + u * 0.05, floor - u * 0.57),
            (left + u * 0.12, floor - u * 0.57),
            (left + u * 0.03, desk),
            (left, desk),
        ],
        (255, 255, 255),
        0.18,
    )
    for post in (0.0, wide - u * 0.012):
        wall.rect(left + post, floor - u * 0.57, u * 0.012, u * 0.32, tone("c9a24c"))
    wall.rect(x - u * 0.05, desk - u * 0.03, u * 0.1, u * 0.03, tone("2a3038"))
    wall.rect(left - u * 0.01, desk, wide + u * 0.02, u * 0.03, tone("f4efe6"))
    wall.rect(left, desk + u * 0.03, wide, u * 0.22, tone("7a4e34"))
    for k in range(2):
        wall.rect(left + u * (0.02 + 0.23 * k), desk + u * 0.055, u * 0.21, u * 0.165, tone("8f6044"))
    _coin(wall, x, floor - u * 0.625, u * 0.026, tone("f0c64e"))


def _vault(inside: Interior, x: float) -> None:
    u, wall, tone, y = inside.b.unit, inside.wall, inside.tone, inside.floor - inside.b.unit * 0.29
    steel = tone("aab2b8")
    for size, colour in ((0.255, "6c757c"), (0.235, "c3cacf"), (0.2, "8f989f"), (0.185, "b4bcc2")):
        wall.ellipse(x, y, u * size, u * size, tone(colour))
    for k in range(12):
        turn = math.pi * k / 6
        wall.ellipse(
            x + u * 0.217 * math.cos(turn), y + u * 0.217 * math.sin(turn), u * 0.009, u * 0.009, tone("6c757c")
        )
    for k in range(5):
        turn = 2 * math.pi * k / 5 - math.pi / 2
        tip = (x + u * 0.115 * math.cos(turn), y + u * 0.115 * math.sin(turn))
        wall.limb([(x, y), tip], [u * 0.02, u * 0.016], tone("5b646b"))
        wall.ellipse(*tip, u * 0.017, u * 0.017, tone("d9b45c"))
    wall.ellipse(x, y, u * 0.045, u * 0.045, tone("5b646b"))
    wall.ellipse(x, y, u * 0.03, u * 0.03, mix(steel, (255, 255, 255), 0.4))
    for side in (-0.1, 0.1):
        wall.rect(x + u * 0.22, y + u * side - u * 0.025, u * 0.05, u * 0.05, tone("59626a"))


def _ropes(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.05
    posts = [x + u * 0.2 * k for k in range(4)]
    for left in posts[:-1]:
        hang = [(left + u * 0.2 * s / 8, foot - u * (0.17 - 0.05 * math.sin(math.pi * s / 8))) for s in range(9)]
        front.limb(hang, [u * 0.014] * 9, tone("9c2f3a"))
    for post in posts:
        front.ellipse(post, foot, u * 0.03, u * 0.008, tone("b8923e"))
        front.rect(post - u * 0.006, foot - u * 0.19, u * 0.012, u * 0.19, tone("d9b45c"))
        front.ellipse(post, foot - u * 0.195, u * 0.013, u * 0.013, tone("eccb74"))
