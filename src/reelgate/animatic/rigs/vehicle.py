"""What rolls: cars, trucks, buses, trains, bicycles."""

from __future__ import annotations

import math

from reelgate.animatic.palette import Colour, mix, rgb
from reelgate.animatic.rigs.base import Figure, Gait, Pen, Pose


def wheel(pen: Pen, pose: Pose, x: float, y: float, radius: float) -> None:
    """Draw a turning wheel."""
    pen.oval(x, y, radius, radius, pose.lit("1e1f26"))
    pen.oval(x, y, radius * 0.62, radius * 0.62, pose.lit("b9c0ca"))
    for spoke in range(5):
        turn = 2 * math.pi * (spoke / 5 + pose.phase / 5)
        pen.limb(
            [(x, y), (x + math.cos(turn) * radius * 0.55, y + math.sin(turn) * radius * 0.55)],
            [radius * 0.2, radius * 0.14],
            pose.lit("5c626e"),
        )
    pen.oval(x, y, radius * 0.16, radius * 0.16, pose.lit("e4e8ee"))


def _lamps(pen: Pen, pose: Pose, front: tuple[float, float], back: tuple[float, float]) -> None:
    pen.limb(
        [front, (front[0] - 0.07, front[1] - 0.01)], [0.07, 0.05], rgb("fff3c4") if pose.lamps else pose.lit("f4f0e0")
    )
    pen.limb([back, (back[0], back[1] + 0.06)], [0.05, 0.05], rgb("ff4030") if pose.lamps else pose.lit("c03028"))
    if pose.lamps:
        for i in range(8):
            far = front[0] + 0.9 * (i + 1) / 8
            pen.polygon([front, (far, front[1] + 0.05), (far, front[1] + 0.3 * (i + 1) / 8)], rgb("ffe9a8"), 0.035)


def _car(pen: Pen, pose: Pose) -> None:
    paint, glass = pose.lit(pose.colour), pose.lit("31465c")
    shade, bob = mix(paint, (10, 8, 20), 0.35), 0.008 * pose.swing(0.2)
    pen.limb([(-1.2, -0.24), (1.2, -0.24)], [0.2, 0.2], pose.lit("23242c"))
    roof = [(-0.98, -0.6), (-0.62, -0.94), (-0.1, -1.0), (0.3, -0.93), (0.72, -0.62), (0.5, -0.55), (-0.7, -0.55)]
    pen.blob([(x, y + bob) for x, y in roof], paint)
    body = [
        (-1.42, -0.62),
        (-1.1, -0.68),
        (0.0, -0.69),
        (0.72, -0.66),
        (1.28, -0.56),
        (1.45, -0.42),
        (1.44, -0.24),
        (1.2, -0.18),
        (-1.2, -0.18),
        (-1.44, -0.26),
    ]
    pen.polygon([(x, y + bob) for x, y in ((-0.78, -0.66), (-0.5, -0.88), (-0.16, -0.925), (-0.16, -0.665))], glass)
    pen.polygon([(x, y + bob) for x, y in ((-0.08, -0.665), (-0.08, -0.925), (0.26, -0.87), (0.56, -0.655))], glass)
    if pose.rider:  # behind the door, seen through the window from the shoulders up
        pose.rider(pen.moved(0.06, -0.12 + bob, 0.96), pose.phase, "")
    pen.blob([(x, y + bob) for x, y in body], paint)
    pen.polygon([(x, y + bob) for x, y in ((-1.43, -0.32), (1.44, -0.32), (1.36, -0.19), (-1.36, -0.19))], shade)
    for x in (-0.66, 0.0):
        pen.polygon(
            [(x, -0.68 + bob), (x + 0.16, -0.86 + bob), (x + 0.25, -0.88 + bob), (x + 0.08, -0.68 + bob)],
            mix(glass, (255, 255, 255), 0.45),
            0.6,
        )
    pen.limb(
        [(-1.3, -0.55 + bob), (0.0, -0.59 + bob), (1.2, -0.5 + bob)],
        [0.02, 0.025, 0.015],
        mix(paint, (255, 255, 255), 0.5),
        0.8,
    )
    pen.limb([(-0.12, -0.64 + bob), (-0.12, -0.22 + bob)], [0.012, 0.012], shade)
    pen.limb([(-0.28, -0.52 + bob), (-0.19, -0.52 + bob)], [0.025, 0.025], mix(paint, (255, 255, 255), 0.6))
    _lamps(pen, pose, (1.4, -0.45 + bob), (-1.4, -0.53 + bob))
    for x in (-0.85, 0.88):
        pen.oval(x, -0.22, 0.27, 0.27, pose.lit("17181e"))
        wheel(pen, pose, x, -0.21, 0.22)


def _box(pen: Pen, pose: Pose, *, windows: bool) -> None:
    paint, glass = pose.lit(pose.colour), pose.lit("3a5068")
    lit = rgb("ffe3a0") if pose.lamps else glass
    pen.limb([(-1.4, -0.2), (1.4, -0.2)], [0.16, 0.16], pose.lit("23242c"))
    if windows:
        pen.blob([(-1.55, -1.0), (1.5, -1.0), (1.58, -0.85), (1.58, -0.2), (-1.58, -0.2), (-1.6, -0.9)], paint)
        for i in range(6):
            pen.rect(-1.42 + 0.44 * i, -0.9, 0.36, 0.32, lit)
        pen.rect(1.25, -0.9, 0.27, 0.5, lit)
        pen.rect(-1.56, -0.42, 3.12, 0.06, mix(paint, (255, 255, 255), 0.7))
    else:
        pen.rect(-1.55, -1.05, 2.05, 0.82, pose.lit("e9e6df"))
        pen.rect(-1.55, -0.5, 2.05, 0.05, paint)
        pen.blob([(0.55, -0.85), (1.1, -0.85), (1.35, -0.5), (1.52, -0.42), (1.52, -0.18), (0.55, -0.18)], paint)
        pen.polygon([(0.78, -0.78), (1.06, -0.78), (1.26, -0.52), (0.78, -0.52)], lit)
    _lamps(pen, pose, (1.5, -0.36), (-1.54, -0.4))
    for x in (-1.05, -0.62, 1.0) if not windows else (-0.95, 1.0):
        wheel(pen, pose, x, -0.19, 0.2)


def _bus(pen: Pen, pose: Pose) -> None:
    _box(pen, pose, windows=True)


def _truck(pen: Pen, pose: Pose) -> None:
    _box(pen, pose, windows=False)


def _train(pen: Pen, pose: Pose) -> None:
    paint, glass = pose.lit(pose.colour), rgb("ffe3a0") if pose.lamps else pose.lit("33485f")
    pen.rect(-3.4, -0.04, 6.8, 0.03, pose.lit("6b6470"))
    for car in range(3):
        x = -3.3 + 2.02 * car
        pen.rect(x - 0.04, -0.3, 2.02, 0.1, pose.lit("2b2c34"))
        if car < 2:
            pen.rect(x, -0.85, 1.94, 0.62, paint)
        else:
            pen.blob(
                [(x, -0.85), (x + 1.3, -0.85), (x + 1.95, -0.6), (x + 2.3, -0.3), (x + 2.1, -0.22), (x, -0.23)], paint
            )
        pen.rect(x, -0.42, 1.9, 0.05, pose.lit("d8463c"))
        for i in range(5 if car < 2 else 3):
            pen.rect(x + 0.14 + 0.36 * i, -0.74, 0.25, 0.22, glass)
        for axle in (0.3, 0.6, 1.35, 1.65):
            wheel(pen, pose, x + axle, -0.13, 0.1)
    pen.polygon([(2.15, -0.66), (2.5, -0.58), (2.75, -0.46), (2.2, -0.48)], pose.lit("33485f"))


def _bicycle(pen: Pen, pose: Pose) -> None:
    paint, dark = pose.lit(pose.colour), pose.lit("23242c")
    rider = pen.moved(-0.165, -0.34, 1.0) if pose.rider else None
    if pose.rider and rider:
        pose.rider(rider, pose.phase, "far")
    for x in (-0.42, 0.42):
        for spoke in range(8):
            turn = 2 * math.pi * (spoke + pose.phase) / 8
            pen.limb(
                [(x, -0.27), (x + math.cos(turn) * 0.25, -0.27 + math.sin(turn) * 0.25)],
                [0.008, 0.008],
                pose.lit("9aa2ae"),
            )
        _ring(pen, x, -0.27, 0.26, dark)
    bar = (0.28, -0.68)
    _pedal(pen, pose, 0.5)
    for a, b in (
        ((-0.42, -0.27), (-0.05, -0.24)),
        ((-0.42, -0.27), (-0.14, -0.5)),
        ((-0.14, -0.5), (-0.05, -0.24)),
        ((-0.05, -0.24), (0.27, -0.52)),
        ((-0.14, -0.5), (0.27, -0.55)),
        ((0.42, -0.27), bar),
    ):
        pen.limb([a, b], [0.03, 0.03], paint)
    pen.limb([(-0.24, -0.55), (-0.1, -0.55)], [0.05, 0.03], dark)
    pen.limb([bar, (0.37, -0.7)], [0.03, 0.03], dark)
    _pedal(pen, pose, 0.0)
    if pose.rider and rider:
        pose.rider(rider, pose.phase, "near")


def _pedal(pen: Pen, pose: Pose, offset: float) -> None:
    turn = 2 * math.pi * (pose.phase + offset)
    foot = (-0.05 + 0.07 * math.cos(turn), -0.24 + 0.07 * math.sin(turn))
    pen.limb([(-0.05, -0.24), foot], [0.02, 0.02], pose.lit("8d95a3"))
    pen.limb([(foot[0] - 0.03, foot[1]), (foot[0] + 0.03, foot[1])], [0.02, 0.02], pose.lit("23242c"))


def _ring(pen: Pen, x: float, y: float, radius: float, colour: Colour) -> None:
    points = [(x + radius * math.cos(i * math.pi / 12), y + radius * math.sin(i * math.pi / 12)) for i in range(25)]
    pen.limb(points, [0.035] * 25, colour)


_DRIVE = {"drive": Gait(0.5, 1.7), "stand": Gait(1.0, 0.0)}
_BOX = (-1.75, -1.15, 2.45, 0.06)

VEHICLES = {
    "car": Figure(
        _car, 0.23, _BOX, rgb("c8382f"), "road", _DRIVE, 10, shadow=0.75, aliases={"run": "drive"}, metres=1.5
    ),
    "truck": Figure(_truck, 0.3, _BOX, rgb("3a6fb0"), "road", _DRIVE, 10, shadow=0.8, metres=3.0),
    "bus": Figure(_bus, 0.3, _BOX, rgb("d8a032"), "road", _DRIVE, 10, shadow=0.8, metres=3.0),
    "train": Figure(
        _train,
        0.27,
        (-3.5, -1.0, 3.1, 0.05),
        rgb("e9ecf0"),
        "road",
        {"drive": Gait(0.4, 1.6)},
        8,
        shadow=0.0,
        metres=3.5,
    ),
    "bicycle": Figure(
        _bicycle,
        0.4,
        (-0.75, -1.2, 0.75, 0.03),
        rgb("3f8f7a"),
        "road",
        {"drive": Gait(1.0, 0.9)},
        12,
        shadow=0.4,
        metres=1.7,
    ),
}
