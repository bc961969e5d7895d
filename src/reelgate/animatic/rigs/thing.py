"""What stays where it is: buildings, trees, instruments."""

from __future__ import annotations

import math

from reelgate.animatic.palette import mix, rgb
from reelgate.animatic.rigs.base import Figure, Gait, Pen, Pose


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
    wall, roof, lit = pose.lit(pose.colour), pose.lit("9a4a3c"), rgb("ffd98a") if pose.lamps else pose.lit("6fa0c0")
    pen.rect(0.24, -0.95, 0.11, 0.3, pose.lit("7a5a50"))
    pen.rect(-0.55, -0.55, 1.1, 0.57, wall)
    pen.rect(0.12, -0.55, 0.43, 0.57, mix(wall, (20, 20, 50), 0.14))
    pen.polygon([(-0.66, -0.53), (0.66, -0.53), (0.42, -0.88), (-0.42, -0.88)], roof)
    pen.polygon([(-0.66, -0.53), (0.66, -0.53), (0.64, -0.5), (-0.64, -0.5)], mix(roof, (0, 0, 0), 0.3))
    pen.rect(-0.1, -0.33, 0.19, 0.35, pose.lit("6d4c34"))
    pen.oval(0.06, -0.15, 0.014, 0.014, pose.lit("e8c46a"))
    for x in (-0.43, 0.24):
        pen.rect(x - 0.02, -0.43, 0.24, 0.24, pose.lit("f4ece0"))
        pen.rect(x, -0.41, 0.2, 0.2, lit)
        pen.rect(x + 0.092, -0.41, 0.016, 0.2, pose.lit("f4ece0"))


def _castle(pen: Pen, pose: Pose) -> None:
    stone, roof = pose.lit(pose.colour), pose.lit("5a5f8f")
    dark, lit = mix(stone, (20, 16, 50), 0.2), rgb("ffd98a") if pose.lamps else pose.lit("3d4258")
    for x, wide, tall in ((-0.55, 0.2, 0.78), (0.4, 0.2, 0.72), (-0.1, 0.24, 1.0)):
        pen.rect(x, -tall, wide, tall, dark if x < -0.2 else stone)
        pen.polygon([(x - 0.03, -tall), (x + wide + 0.03, -tall), (x + wide / 2, -tall - 0.3)], roof)
        pen.rect(x + wide / 2 - 0.02, -tall + 0.1, 0.04, 0.09, lit)
        pen.limb([(x + wide / 2, -tall - 0.28), (x + wide / 2, -tall - 0.4)], [0.01, 0.008], dark)
        pen.polygon(
            [(x + wide / 2, -tall - 0.4), (x + wide / 2 + 0.11, -tall - 0.37), (x + wide / 2, -tall - 0.34)],
            pose.lit("d8463c"),
        )
    pen.rect(-0.5, -0.46, 1.0, 0.48, stone)
    for i in range(9):
        pen.rect(-0.5 + 0.115 * i, -0.53, 0.07, 0.08, stone)
    pen.blob([(-0.1, 0.02), (-0.1, -0.2), (0.02, -0.29), (0.14, -0.2), (0.14, 0.02)], pose.lit("4a3428"))
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
    body = pose.lit(pose.colour)
    pen.polygon([(-0.17, 0.02), (0.17, 0.02), (0.1, -0.62), (-0.1, -0.62)], body)
    pen.polygon([(0.03, 0.02), (0.17, 0.02), (0.1, -0.62), (0.02, -0.62)], mix(body, (20, 16, 50), 0.16))
    pen.blob([(-0.12, -0.6), (0, -0.75), (0.12, -0.6)], pose.lit("8a4a3c"))
    pen.rect(-0.045, -0.15, 0.09, 0.17, pose.lit("5a4334"))
    for blade in range(4):
        turn = math.pi / 2 * (blade + pose.phase)
        dx, dy = math.cos(turn), math.sin(turn)
        pen.limb([(0, -0.62), (0.46 * dx, -0.62 + 0.46 * dy)], [0.02, 0.012], pose.lit("5a4334"))
        pen.polygon(
            [
                (0.1 * dx, -0.62 + 0.1 * dy),
                (0.45 * dx, -0.62 + 0.45 * dy),
                (0.45 * dx - 0.1 * dy, -0.62 + 0.45 * dy + 0.1 * dx),
                (0.1 * dx - 0.1 * dy, -0.62 + 0.1 * dy + 0.1 * dx),
            ],
            pose.lit("f4ece0"),
            0.9,
        )
    pen.oval(0, -0.62, 0.03, 0.03, pose.lit("3a3036"))


def _tree(pen: Pen, pose: Pose) -> None:
    leaf, trunk = pose.palette.blossom or pose.palette.leaf, pose.lit("5a4334")
    sway = 0.01 * pose.swing()
    pen.limb([(0.0, 0.02), (0.01, -0.3), (sway, -0.55)], [0.13, 0.09, 0.06], trunk)
    for tip in ((-0.2, -0.52), (0.2, -0.55)):
        pen.limb([(0.0, -0.3), tip], [0.055, 0.03], trunk)
    puffs = [(0, 0.72, 0.3), (-0.24, 0.6, 0.22), (0.25, 0.62, 0.22), (-0.12, 0.86, 0.2), (0.14, 0.86, 0.19)]
    for scale, lift, tone in (
        (1.0, 0.0, mix(leaf, (0, 0, 0), 0.25)),
        (0.85, 0.04, leaf),
        (0.5, 0.08, mix(leaf, (255, 250, 210), 0.16)),
    ):
        for x, y, r in puffs:
            pen.oval(x + sway * y - 0.04 * lift * 10 * 0.1, -y - lift, r * scale, r * scale * 0.9, tone)


def _flower(pen: Pen, pose: Pose) -> None:
    sway, petal = 0.03 * pose.swing(), pose.lit(pose.colour)
    pen.limb([(0, 0.02), (0.03, -0.35), (sway, -0.72)], [0.035, 0.035, 0.03], pose.lit("4c8a52"))
    pen.blob([(0.02, -0.3), (0.24, -0.46), (0.1, -0.26)], pose.lit("5f9c58"))
    pen.blob([(0.02, -0.22), (-0.2, -0.36), (-0.08, -0.18)], pose.lit("4c8a52"))
    for ring, radius, tone in ((0.17, 0.11, mix(petal, (60, 0, 20), 0.15)), (0.1, 0.1, petal)):
        for i in range(8):
            turn = i * math.pi / 4 + ring
            pen.oval(
                sway + ring * math.cos(turn), -0.78 + ring * math.sin(turn), radius, radius * 0.7, tone, angle=turn
            )
    pen.oval(sway, -0.78, 0.085, 0.085, pose.lit("f2c23c"))


def _guitar(pen: Pen, pose: Pose) -> None:
    wood = pose.lit(pose.colour)
    pen.limb([(0.0, -0.5), (0.0, -0.98)], [0.06, 0.05], pose.lit("4a2f20"))
    pen.rect(-0.05, -1.06, 0.1, 0.12, pose.lit("4a2f20"))
    pen.oval(0, -0.2, 0.21, 0.2, wood)
    pen.oval(0, -0.44, 0.15, 0.14, wood)
    pen.oval(0, -0.36, 0.065, 0.065, pose.lit("2a1c16"))
    pen.rect(-0.07, -0.15, 0.14, 0.025, pose.lit("4a2f20"))
    for x in (-0.015, 0.0, 0.015):
        pen.limb([(x, -0.14), (x, -1.0)], [0.004, 0.004], pose.lit("f1ead8"))


def _campfire(pen: Pen, pose: Pose) -> None:
    pen.halo(0, -0.4, 0.9, rgb("ff9a3c"), 0.35)
    for side in (-1, 1):
        pen.limb([(side * 0.42, -0.02), (-side * 0.3, -0.18)], [0.13, 0.12], pose.lit("5a3c28"))
    for scale, tone in ((1.0, "ff6a2c"), (0.68, "ffa63c"), (0.38, "fff0a8")):
        f, g = 0.06 * pose.swing(scale), 0.06 * pose.swing(0.4 + scale)
        pen.blob(
            [
                (0.28 * scale, -0.12),
                (0.2 * scale + g, -0.45 * scale),
                (f, -0.95 * scale - 0.05),
                (-0.2 * scale + g, -0.45 * scale),
                (-0.28 * scale, -0.12),
            ],
            rgb(tone),
        )


def _snowman(pen: Pen, pose: Pose) -> None:
    snow, coal = pose.lit("f4f8fc"), pose.lit("22232b")
    for y, r in ((-0.22, 0.27), (-0.56, 0.2), (-0.83, 0.145)):
        pen.oval(0, y, r, r * 0.95, snow)
    pen.limb([(0.18, -0.58), (0.42, -0.75)], [0.02, 0.015], pose.lit("5a4334"))
    pen.limb([(-0.18, -0.58), (-0.4, -0.5)], [0.02, 0.015], pose.lit("5a4334"))
    pen.limb([(-0.14, -0.71), (0.0, -0.68), (0.14, -0.71)], [0.06, 0.07, 0.06], pose.lit("d2322d"))
    pen.polygon([(0.02, -0.84), (0.2, -0.8), (0.02, -0.79)], rgb("f08a34"))
    for x, y in ((-0.05, -0.87), (0.06, -0.87), (0, -0.55), (0, -0.46), (0, -0.27)):
        pen.oval(x, y, 0.018, 0.02, coal)
    pen.rect(-0.15, -0.97, 0.3, 0.03, coal)
    pen.rect(-0.095, -1.13, 0.19, 0.17, coal)


_STILL = {"stand": Gait(4.0, 0.0)}

THINGS = {
    "lighthouse": Figure(
        _lighthouse, 0.54, (-1.05, -1.3, 1.1, 0.18), rgb("f1ebe2"), "fixed", _STILL, 1, rim=0.6, shadow=0.0
    ),
    "house": Figure(_house, 0.3, (-0.72, -1.0, 0.72, 0.05), rgb("f0e4cf"), "fixed", _STILL, 1, shadow=0.6),
    "castle": Figure(_castle, 0.36, (-0.7, -1.45, 0.75, 0.05), rgb("c9bfae"), "fixed", _STILL, 1, shadow=0.0),
    "tower": Figure(_pagoda, 0.5, (-0.45, -1.12, 0.45, 0.05), rgb("b5433a"), "fixed", _STILL, 1, shadow=0.3),
    "windmill": Figure(
        _windmill, 0.52, (-0.6, -1.15, 0.6, 0.05), rgb("efe6d6"), "fixed", {"stand": Gait(2.4, 0.0)}, 24, shadow=0.2
    ),
    "tree": Figure(_tree, 0.5, (-0.6, -1.15, 0.6, 0.05), rgb("4f8a3c"), "fixed", _STILL, 12, shadow=0.4),
    "flower": Figure(
        _flower, 0.34, (-0.35, -1.1, 0.35, 0.05), rgb("e8506a"), "fixed", _STILL, 12, shadow=0.1, spot="beside"
    ),
    "guitar": Figure(_guitar, 0.34, (-0.3, -1.1, 0.3, 0.03), rgb("c98a4a"), "fixed", _STILL, 1, shadow=0.2),
    "campfire": Figure(
        _campfire,
        0.2,
        (-1.0, -1.4, 1.0, 0.55),
        rgb("ff8a3c"),
        "fixed",
        {"stand": Gait(0.7, 0.0)},
        10,
        rim=0.0,
        shadow=0.0,
        spot="beside",
    ),
    "snowman": Figure(
        _snowman, 0.34, (-0.5, -1.18, 0.5, 0.05), rgb("f4f8fc"), "fixed", _STILL, 1, shadow=0.3, spot="beside"
    ),
}
