"""Drinks in clear glass, in their own colour: wine in a goblet, tea in a cup, the rest in a tumbler."""

from __future__ import annotations

from reelgate.animatic.drawing.palette import mix
from reelgate.animatic.subjects.base import Pen, Pose

_CLEAR = "e4f1f6"


def goblet(pen: Pen, pose: Pose) -> None:
    """Paint a glass of wine on its stem."""
    glass, wine = pose.lit(_CLEAR), pose.lit(pose.colour)
    pen.oval(0.0, -0.02, 0.2, 0.028, glass)
    pen.limb([(0.0, -0.03), (0.0, -0.46)], [0.05, 0.035], glass)
    bowl = [(-0.2, -1.0), (-0.27, -0.72), (-0.2, -0.52), (0.0, -0.43), (0.2, -0.52), (0.27, -0.72), (0.2, -1.0)]
    pen.polygon(bowl, mix(glass, (120.0, 150.0, 170.0), 0.12))
    full = [
        (-0.255, -0.77),
        (-0.25, -0.68),
        (-0.18, -0.535),
        (0.0, -0.455),
        (0.18, -0.535),
        (0.25, -0.68),
        (0.255, -0.77),
    ]
    pen.polygon(full, wine)
    pen.oval(0.0, -0.77, 0.255, 0.035, mix(wine, (255.0, 255.0, 255.0), 0.22))
    pen.oval(0.0, -1.0, 0.2, 0.022, mix(glass, (255.0, 255.0, 255.0), 0.6))
    pen.limb([(-0.17, -0.9), (-0.2, -0.72), (-0.15, -0.58)], [0.02, 0.034, 0.016], (255.0, 255.0, 255.0), 0.6)


def tumbler(pen: Pen, pose: Pose) -> None:
    """Paint a full straight glass with two cubes of ice."""
    glass, drink = pose.lit(_CLEAR), pose.lit(pose.colour)
    pen.polygon([(-0.3, -1.0), (0.3, -1.0), (0.24, 0.0), (-0.24, 0.0)], mix(glass, (120.0, 150.0, 170.0), 0.12))
    pen.polygon([(-0.275, -0.82), (0.275, -0.82), (0.225, -0.06), (-0.225, -0.06)], drink)
    for x, y in ((-0.13, -0.8), (0.07, -0.74)):
        pen.polygon(
            [(x, y - 0.07), (x + 0.15, y - 0.04), (x + 0.12, y + 0.12), (x - 0.02, y + 0.09)], mix(drink, glass, 0.6)
        )
    pen.oval(0.0, -0.82, 0.275, 0.03, mix(drink, (255.0, 255.0, 255.0), 0.3), 0.7)
    pen.oval(0.0, -1.0, 0.3, 0.026, mix(glass, (255.0, 255.0, 255.0), 0.6))
    pen.limb([(-0.21, -0.72), (-0.175, -0.16)], [0.045, 0.035], (255.0, 255.0, 255.0), 0.45)


def teacup(pen: Pen, pose: Pose) -> None:
    """Paint a cup of clear glass on its saucer, in which the tea is seen."""
    glass, tea = pose.lit(_CLEAR), pose.lit(pose.colour)
    pen.oval(0.0, -0.04, 0.72, 0.06, mix(glass, (120.0, 150.0, 170.0), 0.3))
    pen.oval(0.0, -0.06, 0.7, 0.045, glass)
    pen.tube([(0.4, -0.74), (0.7, -0.68), (0.62, -0.4), (0.36, -0.32)], [0.08, 0.09, 0.08, 0.07], glass)
    bowl = [(-0.5, -0.95), (0.5, -0.95), (0.42, -0.4), (0.22, -0.1), (-0.22, -0.1), (-0.42, -0.4)]
    pen.polygon(bowl, mix(glass, (120.0, 150.0, 170.0), 0.12))
    pen.polygon([(-0.475, -0.8), (0.475, -0.8), (0.4, -0.41), (0.2, -0.14), (-0.2, -0.14), (-0.4, -0.41)], tea)
    pen.oval(0.0, -0.8, 0.475, 0.07, mix(tea, (255.0, 255.0, 255.0), 0.28))
    pen.oval(0.0, -0.95, 0.5, 0.06, mix(glass, (255.0, 255.0, 255.0), 0.6), 0.7)
    pen.limb([(-0.34, -0.7), (-0.28, -0.4)], [0.07, 0.04], (255.0, 255.0, 255.0), 0.45)
