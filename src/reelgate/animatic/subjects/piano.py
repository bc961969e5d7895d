"""A piano, seen from the side of its keys, the player at its left."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose

KEYS = (-0.2, -0.575)
"""Where hands are at its keys, from its foot, in its heights."""

_WHITE = (255.0, 255.0, 255.0)


def _piano(pen: Pen, pose: Pose) -> None:
    wood = pose.lit(pose.colour)
    dark, shine = mix(wood, (0.0, 0.0, 0.0), 0.35), mix(wood, _WHITE, 0.3)
    pen.polygon([(0.02, -0.98), (0.66, -0.98), (0.64, -0.03), (0.02, -0.03)], wood)
    pen.polygon([(0.02, -0.98), (0.1, -0.98), (0.12, -0.03), (0.02, -0.03)], mix(wood, _WHITE, 0.1))
    pen.limb([(-0.01, -1.0), (0.69, -1.0)], [0.05, 0.05], wood)
    pen.limb([(0.0, -1.015), (0.68, -1.015)], [0.012, 0.012], shine)
    for top, low in ((-0.9, -0.62), (-0.5, -0.12)):
        pen.polygon([(0.19, top), (0.58, top), (0.58, low), (0.19, low)], mix(wood, _WHITE, 0.07))
        pen.polygon([(0.2, top + 0.012), (0.57, top + 0.012), (0.57, low), (0.2, low)], mix(wood, dark, 0.35))
        pen.polygon([(0.24, top + 0.02), (0.34, top + 0.02), (0.27, low), (0.21, low)], _WHITE, 0.05)
    _keyboard(pen, pose, wood, shine)
    pen.limb([(-0.02, -0.025), (0.68, -0.025)], [0.05, 0.05], dark)
    for x in (-0.05, -0.1):
        pen.limb([(0.02, -0.05), (x, -0.035)], [0.018, 0.022], pose.lit("d9b255"))
    _music(pen, pose)
    _flowers(pen, pose)


def _keyboard(pen: Pen, pose: Pose, wood: Colour, shine: Colour) -> None:
    """Draw the shelf with the keys, on a turned leg."""
    ivory, ebony = pose.lit("f8f3e6"), pose.lit("17161c")
    pen.tube([(-0.31, -0.48), (-0.29, -0.34), (-0.315, -0.2), (-0.3, 0.0)], [0.05, 0.032, 0.046, 0.03],
             mix(wood, _WHITE, 0.06))  # fmt: skip
    pen.polygon([(-0.36, -0.55), (0.03, -0.57), (0.03, -0.44), (-0.34, -0.47)], wood)
    pen.polygon([(-0.35, -0.578), (0.03, -0.602), (0.03, -0.57), (-0.355, -0.55)], ivory)
    for i in range(14):
        x = -0.34 + 0.027 * i
        pen.limb([(x, -0.577), (x + 0.003, -0.553)], [0.004, 0.004], mix(ivory, ebony, 0.45))
        if i % 7 not in (2, 6):
            pen.limb([(x + 0.022, -0.592), (x + 0.023, -0.578)], [0.016, 0.014], ebony)
    pen.limb([(-0.355, -0.565), (-0.355, -0.47)], [0.024, 0.024], shine)
    pen.limb([(-0.35, -0.475), (0.02, -0.45)], [0.012, 0.012], shine, 0.6)


def _music(pen: Pen, pose: Pose) -> None:
    """Draw the open sheets on their rest, notes and all."""
    paper, ink = pose.lit("fbf7ec"), pose.lit("3a3440")
    pen.limb([(-0.05, -0.655), (0.05, -0.665)], [0.018, 0.018], pose.lit("8a6a3c"))
    pen.polygon([(-0.045, -0.67), (-0.005, -0.9), (0.028, -0.905), (0.03, -0.68)], paper)
    for i in range(4):
        y = -0.7 - 0.05 * i
        pen.limb([(-0.03 + 0.009 * i, y), (0.024, y - 0.004)], [0.004, 0.004], mix(paper, ink, 0.5))
        pen.oval(0.0 + 0.006 * (i % 2), y - 0.012, 0.007, 0.006, ink)


def _flowers(pen: Pen, pose: Pose) -> None:
    """Stand a vase of flowers on the lid."""
    glass, leaf = pose.lit("8fb8c8"), pose.lit("5f9c58")
    for turn in (-0.62, -0.25, 0.12, 0.5):
        tip = (0.42 + 0.19 * math.sin(turn), -1.13 - 0.17 * math.cos(turn))
        pen.tube([(0.42, -1.08), ((0.42 + tip[0]) / 2, -1.18), tip], [0.014, 0.012, 0.01], leaf)
    pen.blob([(0.38, -1.17), (0.46, -1.17), (0.475, -1.08), (0.45, -1.02), (0.39, -1.02), (0.365, -1.08)], glass)
    pen.oval(0.395, -1.09, 0.01, 0.035, _WHITE, 0.5)
    for turn, tone in ((-0.62, "f0b53c"), (-0.25, "e8607a"), (0.12, "f4efe4"), (0.5, "e88a9c")):
        x, y = 0.42 + 0.19 * math.sin(turn), -1.13 - 0.17 * math.cos(turn)
        for petal in range(6):
            angle = petal * math.pi / 3
            pen.oval(x + 0.026 * math.cos(angle), y + 0.026 * math.sin(angle), 0.022, 0.022, pose.lit(tone))
        pen.oval(x, y, 0.016, 0.016, pose.lit("d9a03c"))


PIANO = {
    "piano": Figure(
        _piano, 0.36, (-0.42, -1.42, 0.74, 0.03), rgb("6a3a26"), "fixed", {"stand": Gait(4.0, 0.0)}, 1, rim=0.4,
        shadow=0.42,
    ),
}  # fmt: skip
