"""Buildings: a lighthouse, houses, castles, pagodas, windmills."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose

_SHADOW = (20.0, 16.0, 50.0)


def _lighthouse(pen: Pen, pose: Pose) -> None:
    rock, stone, red = pose.lit("57505c"), pose.lit("f1ebe2"), pose.lit("c23a36")
    island = [
        (-0.95, 0.1),
        (-0.78, -0.04),
        (-0.5, -0.16),
        (-0.28, -0.27),
        (0.0, -0.31),
        (0.26, -0.27),
        (0.5, -0.16),
        (0.72, -0.1),
        (1.0, 0.1),
    ]
    pen.polygon([*island, (0.7, 0.15), (0.1, 0.17), (-0.6, 0.15)], rock)
    for i in range(13):
        x = -0.96 + 0.16 * i
        pen.oval(
            x,
            0.125 + 0.03 * math.sin(math.pi * (x + 1) / 2),
            0.12,
            0.016,
            mix(pose.lit("ffffff"), pose.palette.sea, 0.45),
            0.8,
        )
    pen.polygon(
        [(-0.28, -0.27), (0.0, -0.31), (0.12, -0.1), (-0.1, 0.02), (-0.4, 0.12), (-0.62, 0.12)],
        mix(rock, pose.palette.horizon, 0.14),
    )
    for i in range(5):
        y0, y1 = -0.3 - 0.12 * i, -0.42 - 0.12 * i
        w0, w1 = 0.105 - 0.008 * i, 0.097 - 0.008 * i
        tone = red if i % 2 else stone
        pen.polygon([(-w0, y0), (w0, y0), (w1, y1), (-w1, y1)], tone)
        pen.polygon([(-w0, y0), (-w0 * 0.25, y0), (-w1 * 0.25, y1), (-w1, y1)], mix(tone, (20, 16, 40), 0.26))
    pen.rect(-0.1, -0.925, 0.2, 0.03, pose.lit("3a3440"))
    pen.rect(-0.055, -1.02, 0.11, 0.1, rgb("ffe9a0"))
    for x in (-0.056, -0.018, 0.02, 0.05):
        pen.rect(x, -1.02, 0.008, 0.1, pose.lit("3a3440"))
    pen.polygon([(-0.075, -1.02), (0.075, -1.02), (0.0, -1.12)], red)
    pen.rect(0.15, -0.36, 0.2, 0.14, stone)
    pen.polygon([(0.12, -0.35), (0.38, -0.35), (0.25, -0.45)], pose.lit("6f2f34"))
    pen.rect(0.215, -0.32, 0.05, 0.06, rgb("ffd98a") if pose.lamps else pose.lit("4f6a80"))
    pen.halo(0.0, -0.97, 0.28, rgb("fff0b0"), 0.6 if pose.lamps or pose.palette.sun_height < 0.3 else 0.15)


def _house(pen: Pen, pose: Pose) -> None:
    """A cottage under a tiled roof, smoke over its chimney, flowers at its windows."""
    wall, roof, white = pose.lit(pose.colour), pose.lit("9a4a3c"), pose.lit("f4ece0")
    dark = mix(wall, _SHADOW, 0.18)
    for i in range(4):
        puff = (pose.phase + i) / 4
        x, y = 0.32 + 0.12 * puff + 0.03 * math.sin(6 * puff + i), -1.0 - 0.34 * puff
        pen.oval(x, y, 0.03 + 0.06 * puff, 0.025 + 0.05 * puff, (255.0, 255.0, 255.0), 0.34 * (1 - puff))
    pen.rect(0.25, -0.97, 0.12, 0.32, pose.lit("8a5a4c"))
    for i in range(5):
        pen.rect(0.25, -0.95 + 0.055 * i, 0.12, 0.008, pose.lit("6a4038"))
    pen.rect(0.23, -1.0, 0.16, 0.04, pose.lit("6a4038"))
    pen.rect(-0.55, -0.55, 1.1, 0.57, wall)
    pen.polygon([(0.12, -0.55), (0.55, -0.55), (0.55, 0.02), (0.12, 0.02)], dark)
    pen.rect(-0.55, -0.05, 1.1, 0.07, mix(pose.lit("8d8680"), wall, 0.2))
    pen.polygon([(-0.55, -0.54), (0.55, -0.54), (0.55, -0.45), (-0.55, -0.49)], _SHADOW, 0.16)
    pen.polygon([(-0.66, -0.53), (0.66, -0.53), (0.42, -0.88), (-0.42, -0.88)], roof)
    for row in range(6):
        y, half = -0.55 - 0.06 * row, 0.645 - 0.041 * row
        for k in range(15):
            x = -half + 2 * half * (k + 0.4 * (row % 2)) / 15.5
            pen.oval(x + half / 15, y, half / 15, 0.022, mix(roof, _SHADOW if k % 2 else (255.0, 190.0, 150.0), 0.14))
    pen.polygon([(-0.66, -0.53), (0.66, -0.53), (0.64, -0.5), (-0.64, -0.5)], mix(roof, (0, 0, 0), 0.4))
    pen.limb([(-0.42, -0.88), (0.42, -0.88)], [0.035, 0.035], mix(roof, (255.0, 200.0, 160.0), 0.25))
    pen.rect(-0.13, -0.36, 0.25, 0.38, white)
    pen.rect(-0.1, -0.33, 0.19, 0.35, pose.lit("6d4c34"))
    for x in (-0.04, 0.03):
        pen.rect(x, -0.31, 0.007, 0.32, pose.lit("4a3222"))
    pen.oval(0.06, -0.15, 0.014, 0.014, pose.lit("e8c46a"))
    for x in (-0.43, 0.24):
        _window(pen, pose, x, -0.41, 0.2, 0.2)
        for i in range(6):
            pen.oval(x + 0.01 + 0.036 * i, -0.2, 0.03, 0.024, pose.lit("4c8a4a"))
            pen.oval(x + 0.01 + 0.036 * i, -0.215, 0.016, 0.015, pose.lit(("e0506a", "f2c84a", "f4f0ea")[i % 3]))
    for x, r in ((-0.56, 0.1), (0.53, 0.12), (-0.46, 0.07)):
        pen.oval(x, -0.03, r, r * 0.7, mix(pose.palette.leaf, (0.0, 20.0, 20.0), 0.15))
        pen.oval(x - r * 0.2, -0.055, r * 0.6, r * 0.4, mix(pose.palette.leaf, (255.0, 255.0, 200.0), 0.14))


def _window(pen: Pen, pose: Pose, x: float, y: float, wide: float, tall: float) -> None:
    """Draw a window with bars, lit at night, the sky in it by day."""
    white, pane = pose.lit("f4ece0"), rgb("ffd98a") if pose.lamps else pose.lit("6fa0c0")
    pen.rect(x - 0.02, y - 0.02, wide + 0.04, tall + 0.04, white)
    pen.rect(x, y, wide, tall, pane)
    shine = [(x, y + tall * 0.7), (x + wide * 0.7, y), (x + wide * 0.95, y), (x, y + tall * 0.95)]
    pen.polygon(shine, (255.0, 255.0, 255.0), 0.22)
    pen.rect(x + wide / 2 - 0.008, y, 0.016, tall, white)
    pen.rect(x, y + tall / 2 - 0.007, wide, 0.014, white)
    if pose.lamps:
        pen.halo(x + wide / 2, y + tall / 2, wide * 1.1, rgb("ffd98a"), 0.28)


def _stones(pen: Pen, tone: Colour, x: float, top: float, wide: float, tall: float) -> None:
    """Draw a wall's courses: a stone here and there, darker or lighter than the rest."""
    rows, columns = max(2, round(tall / 0.075)), max(2, round(wide / 0.075))
    for row in range(rows):
        for k in range(columns):
            kind = (row * 7 + k * 5 + row * k) % 6
            if kind < 2:
                left = x + wide * (k + 0.1) / columns
                shade = mix(tone, _SHADOW if kind else (255.0, 250.0, 235.0), 0.11)
                pen.rect(left, top + tall * (row + 0.15) / rows, wide * 0.78 / columns, tall * 0.6 / rows, shade)


def _turret(pen: Pen, pose: Pose, x: float, wide: float, tall: float, stone: Colour) -> None:
    """Draw a round tower under a pointed roof, its flag in the wind."""
    roof, middle = pose.lit("5a5f8f"), x + wide / 2
    lit = rgb("ffd98a") if pose.lamps else pose.lit("3d4258")
    pen.rect(x, -tall, wide, tall, stone)
    _stones(pen, stone, x, -tall, wide, tall)
    for share, tone, strength in ((0.0, _SHADOW, 0.2), (0.16, _SHADOW, 0.1), (0.68, (255.0, 250.0, 230.0), 0.12)):
        pen.rect(x + wide * share, -tall, wide * 0.18, tall, tone, strength)
    pen.rect(x - 0.02, -tall - 0.01, wide + 0.04, 0.04, mix(stone, _SHADOW, 0.25))
    left, right, top = (x - 0.035, -tall), (x + wide + 0.035, -tall), (middle, -tall - 0.32)
    pen.polygon([left, right, top], roof)
    pen.polygon([left, (middle - wide * 0.1, -tall), top], mix(roof, _SHADOW, 0.3))
    pen.polygon([(middle + wide * 0.15, -tall), right, top], mix(roof, (255.0, 255.0, 255.0), 0.12))
    pen.limb([(middle, -tall - 0.3), (middle, -tall - 0.43)], [0.012, 0.008], mix(stone, _SHADOW, 0.5))
    wave = [0.014 * math.sin(2 * math.pi * (pose.phase - 0.3 * k) + x) for k in range(4)]
    cloth = [(middle + 0.045 * k, -tall - 0.43 + wave[k]) for k in range(4)]
    hem = [(middle + 0.045 * k, -tall - 0.36 + wave[k] - 0.012 * k) for k in (3, 2, 1, 0)]
    pen.polygon([*cloth, *hem], pose.lit("d8463c"))
    for y in (-tall + 0.12, -tall * 0.5):
        pen.blob(
            [
                (middle - 0.022, y + 0.09),
                (middle - 0.022, y + 0.02),
                (middle, y - 0.02),
                (middle + 0.022, y + 0.02),
                (middle + 0.022, y + 0.09),
            ],
            lit,
        )
        if pose.lamps:
            pen.halo(middle, y + 0.03, 0.1, rgb("ffd98a"), 0.4)


def _castle(pen: Pen, pose: Pose) -> None:
    stone = pose.lit(pose.colour)
    dark, lit = mix(stone, _SHADOW, 0.2), rgb("ffd98a") if pose.lamps else pose.lit("3d4258")
    _turret(pen, pose, -0.12, 0.24, 1.0, mix(stone, _SHADOW, 0.08))
    _turret(pen, pose, -0.34, 0.15, 0.66, dark)
    _turret(pen, pose, 0.24, 0.14, 0.72, dark)
    pen.rect(-0.5, -0.46, 1.0, 0.48, stone)
    for i in range(9):
        pen.rect(-0.5 + 0.115 * i, -0.53, 0.07, 0.09, stone)
    _stones(pen, stone, -0.5, -0.46, 1.0, 0.48)
    pen.rect(-0.5, -0.47, 1.0, 0.03, mix(stone, _SHADOW, 0.18))
    _turret(pen, pose, -0.62, 0.2, 0.62, stone)
    _turret(pen, pose, 0.44, 0.2, 0.58, stone)
    for wide, high, tone in ((0.17, 0.35, mix(stone, _SHADOW, 0.35)), (0.13, 0.3, pose.lit("3a2820"))):
        arch = [(0.02 - wide, 0.02), (0.02 - wide, -0.2), (0.02, -high), (0.02 + wide, -0.2), (0.02 + wide, 0.02)]
        pen.blob([*arch, (0.02, 0.02)], tone)
    for i in range(5):
        pen.rect(-0.085 + 0.052 * i, -0.26, 0.012, 0.28, pose.lit("5a4634"))
    for y in (-0.2, -0.12, -0.04):
        pen.rect(-0.11, y, 0.26, 0.012, pose.lit("5a4634"))
    for x in (-0.34, 0.3):
        pen.rect(x, -0.34, 0.05, 0.1, lit)


def _pagoda(pen: Pen, pose: Pose) -> None:
    wall, roof = pose.lit(pose.colour), pose.lit("3c4a52")
    for i in range(5):
        y, half = -0.18 * i, 0.3 - 0.045 * i
        pen.rect(-half * 0.7, y - 0.15, half * 1.4, 0.16, wall)
        pen.rect(-half * 0.12, y - 0.12, half * 0.24, 0.1, rgb("ffd98a") if pose.lamps else pose.lit("4a2c24"))
        pen.polygon(
            [
                (-half * 1.25, y - 0.12),
                (-half * 0.8, y - 0.17),
                (-half * 0.55, y - 0.2),
                (half * 0.55, y - 0.2),
                (half * 0.8, y - 0.17),
                (half * 1.25, y - 0.12),
                (half * 0.7, y - 0.135),
                (-half * 0.7, y - 0.135),
            ],
            roof,
        )
    pen.limb([(0, -0.9), (0, -1.1)], [0.03, 0.01], pose.lit("d3a14c"))


def _windmill(pen: Pen, pose: Pose) -> None:
    """A mill: its sails are lattices with cloth on one side."""
    body, wood = pose.lit(pose.colour), pose.lit("5a4334")
    pen.polygon([(-0.18, 0.02), (0.18, 0.02), (0.1, -0.62), (-0.1, -0.62)], body)
    _stones(pen, body, -0.12, -0.58, 0.24, 0.58)
    pen.polygon([(0.05, 0.02), (0.18, 0.02), (0.1, -0.62), (0.03, -0.62)], _SHADOW, 0.14)
    pen.limb([(-0.17, -0.3), (0.17, -0.3)], [0.025, 0.025], wood)
    for i in range(8):
        pen.limb([(-0.17 + 0.0486 * i, -0.3), (-0.17 + 0.0486 * i, -0.37)], [0.008, 0.008], wood)
    pen.limb([(-0.18, -0.37), (0.18, -0.37)], [0.012, 0.012], wood)
    pen.blob([(-0.13, -0.6), (-0.08, -0.72), (0.02, -0.76), (0.12, -0.7), (0.14, -0.6)], pose.lit("8a4a3c"))
    pen.rect(-0.05, -0.17, 0.1, 0.19, wood)
    _window(pen, pose, -0.035, -0.52, 0.07, 0.08)
    for blade in range(4):
        turn = math.pi / 2 * (blade + pose.phase)
        dx, dy = math.cos(turn), math.sin(turn)

        def at(along: float, aside: float, dx: float = dx, dy: float = dy) -> tuple[float, float]:
            return along * dx - aside * dy, -0.62 + along * dy + aside * dx

        pen.polygon([at(0.1, 0.0), at(0.48, 0.0), at(0.48, 0.11), at(0.1, 0.11)], pose.lit("f4ece0"), 0.92)
        for k in range(7):
            pen.limb([at(0.1 + 0.063 * k, -0.035), at(0.1 + 0.063 * k, 0.115)], [0.007, 0.007], wood)
        for aside in (-0.035, 0.055, 0.115):
            pen.limb([at(0.1, aside), at(0.48, aside)], [0.007, 0.007], wood)
        pen.limb([at(0.0, 0.0), at(0.49, 0.0)], [0.024, 0.014], wood)
    pen.oval(0, -0.62, 0.032, 0.032, pose.lit("3a3036"))


_STILL = {"stand": Gait(4.0, 0.0)}

BUILDINGS = {
    "lighthouse": Figure(
        _lighthouse, 0.54, (-1.05, -1.3, 1.1, 0.18), rgb("f1ebe2"), "fixed", _STILL, 1, rim=0.6, shadow=0.0, flat=True
    ),
    "house": Figure(
        _house, 0.3, (-0.72, -1.45, 0.72, 0.05), rgb("f0e4cf"), "fixed", {"stand": Gait(1.6, 0.0)}, 16, shadow=0.6,
        flat=True,
    ),
    "castle": Figure(
        _castle, 0.36, (-0.7, -1.48, 0.75, 0.05), rgb("c9bfae"), "fixed", {"stand": Gait(1.2, 0.0)}, 12, shadow=0.0,
        flat=True,
    ),
    "tower": Figure(
        _pagoda, 0.5, (-0.45, -1.12, 0.45, 0.05), rgb("b5433a"), "fixed", _STILL, 1, shadow=0.3, flat=True
    ),
    "windmill": Figure(
        _windmill, 0.52, (-0.6, -1.15, 0.6, 0.05), rgb("efe6d6"), "fixed", {"stand": Gait(2.4, 0.0)}, 24, shadow=0.2,
        flat=True,
    ),
}  # fmt: skip
