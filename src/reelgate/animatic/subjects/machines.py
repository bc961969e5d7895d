"""Machines with one or two people in them: a motorcycle, a helicopter, a flying saucer, a submarine, a tractor."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose
from reelgate.animatic.subjects.vehicles import rolling, wheel


def _motorcycle(pen: Pen, pose: Pose) -> None:
    paint, dark, steel = pose.lit(pose.colour), pose.lit("1e1f26"), pose.lit("aab2be")
    rider = pen.moved(-0.15, -0.3, 1.0) if pose.rider else None
    if pose.rider and rider:
        pose.rider(rider, pose.phase, "far")
    for x in (-0.48, 0.5):
        pen.oval(x, -0.23, 0.25, 0.25, dark)
        wheel(pen, pose, x, -0.23, 0.2)
    pen.limb([(-0.48, -0.23), (0.0, -0.26)], [0.07, 0.1], steel)
    pen.limb([(0.5, -0.23), (0.3, -0.68)], [0.045, 0.05], steel)
    pen.blob([(-0.16, -0.18), (0.2, -0.18), (0.24, -0.4), (-0.12, -0.42)], dark)
    pen.blob([(-0.06, -0.44), (0.0, -0.58), (0.26, -0.62), (0.34, -0.5), (0.2, -0.4)], paint)
    pen.tube([(-0.62, -0.5), (-0.36, -0.46), (-0.06, -0.46)], [0.06, 0.1, 0.08], dark)
    pen.limb([(0.24, -0.72), (0.36, -0.76)], [0.035, 0.03], dark)
    pen.oval(0.42, -0.6, 0.06, 0.07, rgb("fff3c4") if pose.lamps else steel)
    pen.tube([(-0.7, -0.2), (-0.2, -0.16), (0.06, -0.2)], [0.07, 0.06, 0.04], steel)
    if pose.rider and rider:
        pose.rider(rider, pose.phase, "near")


def _helicopter(pen: Pen, pose: Pose) -> None:
    hull, glass, dark = pose.lit(pose.colour), pose.lit("9fcbe6"), pose.lit("2a2c36")
    pen.tube([(-0.2, -0.56), (-0.8, -0.6), (-1.3, -0.66)], [0.26, 0.12, 0.07], hull)
    pen.polygon([(-1.24, -0.66), (-1.42, -0.92), (-1.32, -0.92), (-1.14, -0.66)], hull)
    spin = abs(pose.swing(0.1))
    pen.oval(-1.34, -0.68, 0.03 + 0.14 * spin, 0.15, mix(dark, (255, 255, 255), 0.4), 0.5)
    pen.blob(
        [(-0.4, -0.62), (-0.1, -0.8), (0.32, -0.8), (0.66, -0.54), (0.6, -0.32), (0.1, -0.22), (-0.3, -0.32)], hull
    )
    pen.blob([(0.2, -0.74), (0.36, -0.74), (0.58, -0.52), (0.5, -0.44), (0.2, -0.46)], glass)
    pen.blob([(-0.06, -0.72), (0.12, -0.72), (0.12, -0.5), (-0.1, -0.5)], glass)
    pen.limb([(-0.1, -0.36), (0.5, -0.36)], [0.03, 0.03], mix(hull, (255, 255, 255), 0.6))
    for x in (-0.06, 0.3):
        pen.limb([(x, -0.26), (x + 0.02, -0.1)], [0.03, 0.03], dark)
    pen.tube([(-0.32, -0.09), (0.2, -0.08), (0.56, -0.12)], [0.035, 0.035, 0.03], dark)
    pen.limb([(0.1, -0.8), (0.1, -0.92)], [0.08, 0.05], dark)
    pen.oval(0.1, -0.93, 0.35 + 0.65 * abs(pose.swing()), 0.022, mix(dark, (255, 255, 255), 0.25), 0.75)


def _saucer(pen: Pen, pose: Pose) -> None:
    hull, light = pose.lit(pose.colour), rgb("8ff2d8")
    for i in range(5):
        wide = 0.12 + 0.1 * i
        pen.polygon(
            [(-wide * 0.6, -0.24), (wide * 0.6, -0.24), (wide, 0.06 + 0.05 * i), (-wide, 0.06 + 0.05 * i)], light, 0.07
        )
    pen.oval(0, -0.52, 0.34, 0.3, pose.lit("9fd8ea"))
    pen.oval(-0.1, -0.62, 0.1, 0.09, (255.0, 255.0, 255.0), 0.5)
    pen.oval(0, -0.38, 0.92, 0.18, hull)
    pen.oval(0, -0.41, 0.8, 0.11, mix(hull, (255, 255, 255), 0.3))
    for i in range(6):
        x = -0.62 + 0.25 * i
        pen.oval(x, -0.3, 0.045, 0.035, light if (i + int(pose.phase * 6)) % 2 else pose.lit("f2c84a"))


def _submarine(pen: Pen, pose: Pose) -> None:
    hull, dark = pose.lit(pose.colour), pose.lit("26303f")
    spin = 0.16 * abs(pose.swing())
    pen.oval(-1.08, -0.4, 0.05, 0.05 + spin, pose.lit("b9a25a"))
    pen.polygon([(-0.8, -0.44), (-1.02, -0.7), (-0.94, -0.4), (-1.02, -0.12), (-0.8, -0.34)], mix(hull, dark, 0.3))
    pen.tube([(-0.95, -0.4), (-0.4, -0.4), (0.6, -0.4), (0.95, -0.4)], [0.2, 0.52, 0.54, 0.3], hull)
    pen.blob([(-0.2, -0.62), (-0.14, -0.88), (0.26, -0.88), (0.34, -0.62)], hull)
    pen.tube([(0.08, -0.86), (0.08, -1.04), (0.2, -1.06)], [0.04, 0.04, 0.05], dark)
    for x in (-0.4, 0.0, 0.4):
        pen.oval(x, -0.42, 0.1, 0.1, dark)
        pen.oval(x, -0.42, 0.075, 0.075, rgb("ffe9a0"))
    pen.limb([(-0.8, -0.24), (0.8, -0.24)], [0.03, 0.03], mix(hull, (255, 255, 255), 0.5))


def _tractor(pen: Pen, pose: Pose) -> None:
    paint, dark, bob = pose.lit(pose.colour), pose.lit("23242c"), 0.01 * pose.swing(0.2)
    pen.blob([(-0.1, -0.62 + bob), (0.86, -0.6 + bob), (0.92, -0.3 + bob), (-0.1, -0.26 + bob)], paint)
    for i in range(3):
        pen.limb([(0.5 + 0.1 * i, -0.54 + bob), (0.5 + 0.1 * i, -0.38 + bob)], [0.03, 0.03], mix(paint, dark, 0.5))
    pen.limb([(0.5, -0.6 + bob), (0.5, -0.92 + bob)], [0.05, 0.05], dark)
    pen.polygon([(-0.58, -0.5 + bob), (-0.52, -1.04 + bob), (0.04, -1.04 + bob), (0.1, -0.5 + bob)], pose.lit("9fc4dc"))
    pen.limb([(-0.6, -1.06 + bob), (0.1, -1.06 + bob)], [0.07, 0.07], paint)
    if pose.rider:
        pose.rider(pen.moved(-0.3, -0.28 + bob, 0.76), pose.phase, "")
        pen.polygon([(-0.58, -0.5 + bob), (0.86, -0.5 + bob), (0.92, -0.3 + bob), (-0.5, -0.26 + bob)], paint)
    for x, radius, quarters in ((-0.4, 0.36, 2), (0.68, 0.22, 3)):
        pen.oval(x, -radius, radius, radius, dark)
        for lug in range(16):
            turn = math.pi / 8 * lug + 2 * math.pi * quarters / 4 * pose.phase * (pose.action != "stand")
            spot = (x + radius * math.cos(turn), -radius + radius * math.sin(turn))
            pen.limb(
                [spot, (x + radius * 0.86 * math.cos(turn + 0.2), -radius + radius * 0.86 * math.sin(turn + 0.2))],
                [0.05, 0.05],
                mix(dark, (0, 0, 0), 0.4),
            )
        wheel(pen, pose, x, -radius, radius * 0.66, quarters)


_RIDE = {"drive": rolling(0.5, 0.25, 5), "stand": Gait(1.0, 0.0)}

CRAFT = {
    "motorcycle": Figure(
        _motorcycle, 0.34, (-0.85, -1.25, 0.85, 0.05), rgb("c8382f"), "road", _RIDE, 12, shadow=0.45, metres=1.6,
        aliases={"run": "drive", "ride": "drive"},
    ),
    "tractor": Figure(
        _tractor, 0.3, (-0.9, -1.15, 1.05, 0.05), rgb("c8402f"), "road",
        {"drive": rolling(1.0, 0.36, 2), "stand": Gait(1.0, 0.0)}, 24, shadow=0.5, metres=2.6,
    ),
    "helicopter": Figure(
        _helicopter, 0.26, (-1.55, -1.05, 1.15, 0.05), rgb("d8463c"), "air", {"fly": Gait(0.3, 0.35)}, 8,
    ),
    "ufo": Figure(_saucer, 0.26, (-1.0, -0.9, 1.0, 0.35), rgb("aab4c4"), "air", {"fly": Gait(1.2, 0.4)}, 12),
    "submarine": Figure(
        _submarine, 0.3, (-1.25, -1.1, 1.15, 0.1), rgb("e0b23c"), "water", {"swim": Gait(1.0, 0.5)}, 8,
    ),
}  # fmt: skip
