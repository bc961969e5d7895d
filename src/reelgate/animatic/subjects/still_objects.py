"""Things that stay where they are: trees, flowers, instruments, fires."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose


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


def _umbrella(pen: Pen, pose: Pose) -> None:
    """An open umbrella that leans on the ground."""
    cloth, dark = pose.lit(pose.colour), pose.lit("2a2a32")
    top, turn = (0.06, -0.98), 0.16 + 0.012 * pose.swing()
    cos, sin = math.cos(turn), math.sin(turn)

    def at(x: float, y: float) -> tuple[float, float]:
        return top[0] + x * cos - y * sin, top[1] + x * sin + y * cos

    pen.limb([at(0.0, -0.07), at(0.0, 0.9)], [0.02, 0.026], dark)
    pen.tube(
        [at(0.0, 0.88), at(0.01, 0.98), at(0.07, 0.99), at(0.08, 0.92)], [0.04, 0.04, 0.04, 0.036], pose.lit("8a5a34")
    )
    rim = [(-0.68 + 0.34 * i, 0.36) for i in range(5)]
    for i in (0, 3, 1, 2):
        (x, y), (far, _) = rim[i], rim[i + 1]
        hem = ((x + far) / 2, y - 0.05)
        bows = [(far * 0.82, 0.15), (0.0, 0.0), (x * 0.82, 0.15)]
        pen.blob(
            [at(*spot) for spot in ((x, y), hem, (far, y), *bows)], mix(cloth, (0, 0, 0), 0.0 if i in (1, 3) else 0.14)
        )
    for x, y in rim[1:4]:
        pen.tube([at(0.0, 0.0), at(x * 0.82, 0.16), at(x, y - 0.01)], [0.01] * 3, mix(cloth, (0, 0, 0), 0.35))


_STILL = {"stand": Gait(4.0, 0.0)}

THINGS = {
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
    "umbrella": Figure(
        _umbrella, 0.4, (-0.8, -1.2, 0.85, 0.05), rgb("c8404a"), "fixed", _STILL, 12, shadow=0.4, spot="beside"
    ),
    "snowman": Figure(
        _snowman, 0.34, (-0.5, -1.18, 0.5, 0.05), rgb("f4f8fc"), "fixed", _STILL, 1, shadow=0.3, spot="beside"
    ),
}
