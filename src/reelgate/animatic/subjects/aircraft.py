"""Aircraft: planes, balloons, rockets, drones."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose


def flapping(size: float, colour: Colour, phase: float) -> npt.NDArray[np.uint8]:
    """Return a far bird, a pair of wings `size` pixels to a side, as a premultiplied picture."""
    canvas = Canvas(max(8, int(size * 5)), max(8, int(size * 4)))
    x, y = canvas.width / 2, canvas.height / 2
    beat, s = math.sin(2 * math.pi * phase), size * 2
    for side in (-1, 1):
        elbow, tip = (
            (x + side * s * 0.42, y - s * (0.1 + 0.26 * beat)),
            (x + side * s * 1.0, y - s * (0.02 + 0.5 * beat) + s * 0.1),
        )
        canvas.limb([(x, y), elbow, tip], [s * 0.16, s * 0.11, s * 0.02], colour)
    canvas.ellipse(x, y + s * 0.03, s * 0.1, s * 0.13, colour)
    return np.asarray(
        cv2.resize(canvas.pixels, (canvas.width // 2, canvas.height // 2), interpolation=cv2.INTER_AREA), np.uint8
    )


def _plane(pen: Pen, pose: Pose) -> None:
    hull, blue = pose.lit(pose.colour), pose.lit("3f6fae")
    pen.polygon([(-0.1, -0.5), (-0.55, -0.86), (-0.75, -0.86), (-0.45, -0.48)], mix(hull, (40, 50, 80), 0.25))
    pen.polygon([(-1.2, -0.55), (-1.5, -0.98), (-1.32, -0.98), (-0.98, -0.58)], blue)
    pen.limb([(-1.3, -0.5), (-0.6, -0.46), (1.0, -0.42)], [0.1, 0.26, 0.26], hull)
    pen.limb([(1.0, -0.42), (1.24, -0.37)], [0.25, 0.1], hull)
    for i in range(11):
        pen.oval(-0.65 + 0.14 * i, -0.47, 0.03, 0.035, pose.lit("2d3e5c"))
    pen.polygon([(1.05, -0.5), (1.2, -0.45), (1.06, -0.43)], pose.lit("2d3e5c"))
    pen.polygon([(0.15, -0.4), (-0.55, 0.0), (-0.8, 0.0), (-0.3, -0.38)], mix(hull, (40, 50, 80), 0.12))
    pen.limb([(-0.3, -0.16), (-0.05, -0.16)], [0.12, 0.13], blue)


def _balloon(pen: Pen, pose: Pose) -> None:
    base = pose.lit(pose.colour)
    light = pose.lit("f7ead2")
    for i in range(7):
        share = i - 3
        pen.oval(share * 0.048, -0.66, 0.33 * (1 - abs(share) * 0.12), 0.34, base if i % 2 else light)
    for i in (5, 4, 3, 2, 1):
        pen.oval(0, -0.66, 0.33 * i / 5, 0.34, base if i % 2 else light)
    pen.polygon([(-0.25, -0.45), (0.25, -0.45), (0.075, -0.2), (-0.075, -0.2)], mix(base, (0, 0, 0), 0.15))
    for side in (-1, 1):
        pen.limb([(side * 0.07, -0.2), (side * 0.05, -0.1)], [0.008, 0.008], pose.lit("5a4334"))
    pen.rect(-0.06, -0.11, 0.12, 0.1, pose.lit("8a5a34"))


def _rocket(pen: Pen, pose: Pose) -> None:
    hull, red = pose.lit(pose.colour), pose.lit("d8463c")
    flame = 0.08 * pose.swing()
    pen.blob(
        [(-0.09, -0.1), (0.09, -0.1), (0.03, 0.16 + flame), (0, 0.28 + flame), (-0.03, 0.16 + flame)], rgb("ff9a3c")
    )
    pen.blob([(-0.05, -0.1), (0.05, -0.1), (0, 0.12 + flame)], rgb("fff0b0"))
    for side in (-1, 1):
        pen.polygon([(side * 0.12, -0.4), (side * 0.27, -0.12), (side * 0.24, -0.02), (side * 0.1, -0.14)], red)
    pen.blob([(0, -1.02), (0.1, -0.85), (0.15, -0.5), (0.11, -0.1), (-0.11, -0.1), (-0.15, -0.5), (-0.1, -0.85)], hull)
    pen.blob([(0, -1.02), (0.09, -0.86), (0.1, -0.8), (-0.1, -0.8), (-0.09, -0.86)], red)
    pen.oval(0, -0.58, 0.065, 0.065, mix(red, (40, 40, 40), 0.3))
    pen.oval(0, -0.58, 0.045, 0.045, rgb("8fd6f2"))


def _drone(pen: Pen, pose: Pose) -> None:
    body = pose.lit(pose.colour)
    pen.limb([(-0.5, -0.3), (0.5, -0.3)], [0.07, 0.07], body)
    pen.blob([(-0.22, -0.42), (0.22, -0.42), (0.26, -0.25), (0, -0.16), (-0.26, -0.25)], body)
    for side in (-1, 1):
        spin = 0.3 * (0.4 + 0.6 * abs(pose.swing(0.1 * side)))
        pen.oval(side * 0.5, -0.42, spin, 0.025, mix(body, (255, 255, 255), 0.4), 0.7)
        pen.limb([(side * 0.5, -0.3), (side * 0.5, -0.42)], [0.04, 0.03], body)
    pen.oval(0.1, -0.26, 0.05, 0.05, rgb("59e6ff"))


_GLIDE = {"fly": Gait(4.0, 2.0)}

FLYERS = {
    "plane": Figure(_plane, 0.2, (-1.65, -1.1, 1.4, 0.15), rgb("eef1f5"), "air", _GLIDE, 1),
    "balloon": Figure(_balloon, 0.42, (-0.42, -1.05, 0.42, 0.05), rgb("d8463c"), "air", {"fly": Gait(6.0, 0.12)}, 1),
    "rocket": Figure(_rocket, 0.44, (-0.35, -1.1, 0.35, 0.42), rgb("eceef2"), "air", {"fly": Gait(0.3, 0.05)}, 6),
    "drone": Figure(_drone, 0.16, (-0.95, -0.6, 0.95, 0.0), rgb("4a5262"), "air", {"fly": Gait(0.3, 0.2)}, 6),
}
