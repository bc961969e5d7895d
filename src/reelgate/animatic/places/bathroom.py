"""A bathroom: tiles, a basin under a mirror, a tub behind its curtain, a toilet."""

from __future__ import annotations

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior, plant
from reelgate.animatic.places.room import interior


def bathroom(b: Backdrop) -> None:
    """A tiled bathroom."""
    interior(b, ("e6eef0", "e9ece4", "efe6e0"), _bathroom, wood="c6ced0", view="", planks=False)


def _bathroom(inside: Interior) -> None:
    b, u, wall, floor = inside.b, inside.b.unit, inside.wall, inside.floor
    high = floor - u * 0.46
    tile, line = mix(inside.paint, inside.tone("6fb4bf"), 0.55), mix(inside.paint, (255, 255, 255), 0.6)
    wall.rect(0, high, b.period, floor - high, tile)
    columns = max(8, round(b.period / (u * 0.09)))
    for i in range(columns):
        wall.rect(b.period * i / columns, high, u * 0.004, floor - high, line)
    for row in range(6):
        wall.rect(0, high + u * 0.09 * row, b.period, u * 0.004, line)
    wall.rect(0, high - u * 0.012, b.period, u * 0.02, inside.tone("fbfcfc"))
    _basin(inside, b.width * 0.24)
    _tub(inside, b.width * 0.72)
    _toilet(inside, b.width * 0.54)
    _towels(inside, b.width * 0.43)
    plant(inside, b.width * 1.26)


def _basin(inside: Interior, x: float) -> None:
    u, wall, tone, floor = inside.b.unit, inside.wall, inside.tone, inside.floor
    y = floor - u * 0.5
    wall.ellipse(x, y, u * 0.155, u * 0.185, tone("c9a878"))
    wall.ellipse(x, y, u * 0.14, u * 0.17, tone("cfe2e8"))
    wall.polygon(
        [
            (x - u * 0.02, y - u * 0.14),
            (x + u * 0.05, y - u * 0.13),
            (x - u * 0.06, y + u * 0.14),
            (x - u * 0.1, y + u * 0.08),
        ],
        (255, 255, 255),
        0.4,
    )
    for side in (-1, 1):
        lamp = x + side * u * 0.2
        wall.glow(lamp, y - u * 0.02, u * 0.2, rgb("fff2cf"), 0.45)
        wall.limb([(lamp, y - u * 0.05), (lamp, y + u * 0.01)], [u * 0.03] * 2, rgb("fffaf0"))
    top = floor - u * 0.24
    wall.rect(x - u * 0.2, top, u * 0.4, floor - top - u * 0.02, tone("b98a5e"))
    for side in (0, 1):
        wall.rect(x - u * 0.188 + u * 0.192 * side, top + u * 0.05, u * 0.184, u * 0.16, tone("c89a6c"))
    wall.rect(x - u * 0.21, top - u * 0.022, u * 0.42, u * 0.026, tone("fbfbf9"))
    wall.polygon(
        [
            (x - u * 0.1, top - u * 0.06),
            (x + u * 0.1, top - u * 0.06),
            (x + u * 0.07, top - u * 0.02),
            (x - u * 0.07, top - u * 0.02),
        ],
        tone("f2f5f5"),
    )
    tap = [(x, top - u * 0.06), (x, top - u * 0.115), (x + u * 0.02, top - u * 0.125), (x + u * 0.034, top - u * 0.1)]
    wall.limb(tap, [u * 0.012] * 4, tone("a9b4ba"))
    for dx, colour in ((0.13, "4c9ad0"), (0.155, "e0608a")):
        wall.limb([(x + u * dx, top - u * 0.03), (x + u * (dx + 0.012), top - u * 0.1)], [u * 0.007] * 2, tone(colour))
    wall.rect(x + u * 0.12, top - u * 0.065, u * 0.05, u * 0.045, tone("e8f2f2"), 0.85)
    wall.rect(x - u * 0.17, top - u * 0.08, u * 0.034, u * 0.06, tone("f0b8a0"))
    wall.rect(x - u * 0.162, top - u * 0.098, u * 0.018, u * 0.02, tone("8d979c"))


def _tub(inside: Interior, x: float) -> None:
    u, front, wall, tone = inside.b.unit, inside.front, inside.wall, inside.tone
    foot, wide = inside.floor + u * 0.03, u * 0.72
    wall.limb([(x - u * 0.02, u * 0.08), (x + wide, u * 0.08)], [u * 0.012] * 2, tone("a9b4ba"))
    for k in range(7):
        cloth = mix(tone("f4f0e6"), tone("7fb4c4"), 0.5 * (k % 2))
        wall.rect(x + wide - u * 0.25 + u * 0.036 * k, u * 0.085, u * 0.037, inside.floor - u * 0.2, cloth)
    wall.limb(
        [(x + u * 0.06, inside.floor - u * 0.26), (x + u * 0.06, u * 0.14), (x + u * 0.12, u * 0.13)],
        [u * 0.012] * 3,
        tone("a9b4ba"),
    )
    wall.ellipse(x + u * 0.13, u * 0.145, u * 0.04, u * 0.014, tone("8d979c"))
    front.polygon(
        [
            (x, foot - u * 0.2),
            (x + wide, foot - u * 0.2),
            (x + wide - u * 0.05, foot - u * 0.02),
            (x + u * 0.05, foot - u * 0.02),
        ],
        tone("f8fafa"),
    )
    for k in range(9):
        front.ellipse(
            x + u * (0.1 + 0.062 * k), foot - u * (0.21 + 0.012 * (k % 3)), u * 0.045, u * 0.034, tone("ffffff")
        )
    front.limb([(x - u * 0.01, foot - u * 0.2), (x + wide + u * 0.01, foot - u * 0.2)], [u * 0.034] * 2, tone("fdfefe"))
    front.rect(x + u * 0.06, foot - u * 0.06, wide - u * 0.12, u * 0.03, tone("dfe6e8"), 0.7)
    for dx in (0.08, 0.62):
        front.ellipse(x + u * dx, foot - u * 0.008, u * 0.024, u * 0.018, tone("c9a24c"))
    front.ellipse(x + u * 0.5, foot - u * 0.25, u * 0.03, u * 0.022, tone("f3c33c"))
    front.ellipse(x + u * 0.524, foot - u * 0.278, u * 0.017, u * 0.017, tone("f3c33c"))
    front.limb(
        [(x + u * 0.538, foot - u * 0.276), (x + u * 0.55, foot - u * 0.276)], [u * 0.01, u * 0.004], tone("e8803a")
    )


def _toilet(inside: Interior, x: float) -> None:
    u, front, tone, foot = inside.b.unit, inside.front, inside.tone, inside.floor + inside.b.unit * 0.02
    front.rect(x - u * 0.075, foot - u * 0.27, u * 0.15, u * 0.13, tone("f4f7f7"))
    front.rect(x - u * 0.082, foot - u * 0.285, u * 0.164, u * 0.022, tone("ffffff"))
    front.ellipse(x + u * 0.05, foot - u * 0.24, u * 0.01, u * 0.008, tone("a9b4ba"))
    front.polygon(
        [(x - u * 0.07, foot - u * 0.1), (x + u * 0.07, foot - u * 0.1), (x + u * 0.045, foot), (x - u * 0.045, foot)],
        tone("e6ecec"),
    )
    front.ellipse(x, foot - u * 0.12, u * 0.088, u * 0.034, tone("ffffff"))
    front.ellipse(x, foot - u * 0.122, u * 0.06, u * 0.02, tone("c6d4d8"))


def _towels(inside: Interior, x: float) -> None:
    u, wall, tone, y = inside.b.unit, inside.wall, inside.tone, inside.floor - inside.b.unit * 0.4
    wall.limb([(x - u * 0.1, y), (x + u * 0.1, y)], [u * 0.012] * 2, tone("a9b4ba"))
    for dx, colour in ((-0.085, "e0806a"), (0.005, "f2e2b8")):
        wall.rect(x + u * dx, y, u * 0.08, u * 0.2, tone(colour))
        wall.rect(x + u * dx, y + u * 0.15, u * 0.08, u * 0.012, mix(tone(colour), (255, 255, 255), 0.5))
