"""Vehicles: cars, trains, bicycles."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.canvas import curve
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose

_SPOKES = 4


def rolling(seconds: float, radius: float, quarters: int) -> Gait:
    """Return the gait of what rolls without sliding: its wheels make so many quarter turns in a cycle."""
    return Gait(seconds, 2 * math.pi * radius * quarters / _SPOKES)


def wheel(pen: Pen, pose: Pose, x: float, y: float, radius: float, quarters: int = 5) -> None:
    """Draw a wheel, which makes so many quarter turns in a cycle of driving."""
    rim, rolled = pose.lit("c3c9d2"), pose.phase * quarters if pose.action != "stand" else 0.0
    pen.oval(x, y, radius, radius, pose.lit("1e1f26"))
    pen.oval(x, y, radius * 0.66, radius * 0.66, rim)
    pen.oval(x, y, radius * 0.58, radius * 0.58, pose.lit("3c414c"))
    for spoke in range(_SPOKES):
        turn = 2 * math.pi * (spoke + rolled) / _SPOKES
        tip = (x + math.cos(turn) * radius * 0.6, y + math.sin(turn) * radius * 0.6)
        pen.limb([(x, y), tip], [radius * 0.3, radius * 0.16], rim)
    pen.oval(x, y, radius * 0.18, radius * 0.18, pose.lit("e4e8ee"))


def slab(pen: Pen, x: float, y: float, wide: float, tall: float, colour: Colour, corner: float) -> None:
    """Fill a rectangle with round corners, given by its upper left one."""
    corner = min(corner, wide / 2, tall / 2)
    points = []
    for i, (cx, cy) in enumerate(((wide, 0.0), (wide, tall), (0.0, tall), (0.0, 0.0))):
        ox, oy = x + min(max(cx, corner), wide - corner), y + min(max(cy, corner), tall - corner)
        turns = [math.pi / 2 * (i - 1 + k / 5) for k in range(6)]
        points += [(ox + corner * math.cos(turn), oy + corner * math.sin(turn)) for turn in turns]
    pen.polygon(points, colour)


def lamps(pen: Pen, pose: Pose, front: tuple[float, float], back: tuple[float, float]) -> None:
    """Draw the front and the back lamp, the front one's beam at night."""
    pen.limb(
        [front, (front[0] - 0.07, front[1] - 0.01)], [0.07, 0.05], rgb("fff3c4") if pose.lamps else pose.lit("f4f0e0")
    )
    pen.limb([back, (back[0], back[1] + 0.06)], [0.05, 0.05], rgb("ff4030") if pose.lamps else pose.lit("c03028"))
    if pose.lamps:
        for i in range(18):
            far = front[0] + 0.95 * (i + 1) / 18
            cone = [front, (far, front[1] + 0.04 * (i + 1) / 18), (far, front[1] + 0.3 * (i + 1) / 18)]
            pen.polygon(cone, rgb("ffe9a8"), 0.022)
        pen.halo(*front, 0.22, rgb("fff3c4"), 0.6)


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
        pose.rider(pen.moved(0.07, -0.25 + bob, 0.82), pose.phase, "above")
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
    lamps(pen, pose, (1.4, -0.45 + bob), (-1.4, -0.53 + bob))
    for x in (-0.85, 0.88):
        pen.oval(x, -0.22, 0.27, 0.27, pose.lit("17181e"))
        wheel(pen, pose, x, -0.21, 0.22)


def _train(pen: Pen, pose: Pose) -> None:
    paint, glass = pose.lit(pose.colour), rgb("ffe3a0") if pose.lamps else pose.lit("33485f")
    pen.rect(-3.4, -0.04, 6.8, 0.03, pose.lit("6b6470"))
    stripe, shade = pose.lit("d8463c"), mix(paint, pose.lit("14121e"), 0.25)
    for car in range(3):
        x = -3.3 + 2.02 * car
        pen.rect(x - 0.06, -0.3, 2.02, 0.12, pose.lit("2b2c34"))
        if car < 2:
            slab(pen, x, -0.86, 1.94, 0.64, paint, 0.07)
            slab(pen, x, -0.34, 1.94, 0.12, shade, 0.05)
        else:
            nose = [(2.1, -0.86), (2.6, -0.66), (2.94, -0.4), (2.92, -0.25), (2.7, -0.22)]
            bend = curve([(x + 1.0, -0.86), *nose], closed=False)
            pen.polygon([(x, -0.22), (x, -0.86), *bend.tolist()], paint)
            pen.polygon([(x, -0.22), (x, -0.32), (2.92, -0.32), (2.92, -0.25), (2.7, -0.22)], shade)
            pen.oval(2.84, -0.38, 0.06, 0.035, rgb("fff3c4") if pose.lamps else pose.lit("f4f0e0"), angle=0.5)
        pen.rect(x, -0.42, 1.94 if car < 2 else 2.0, 0.05, stripe)
        for i in range(5 if car < 2 else 3):
            slab(pen, x + 0.14 + 0.36 * i, -0.76, 0.27, 0.24, glass, 0.04)
        for axle in (0.3, 0.6, 1.35, 1.65):
            wheel(pen, pose, x + axle, -0.13, 0.1, 11)
    pen.polygon([(2.1, -0.72), (2.34, -0.68), (2.62, -0.54), (2.2, -0.52)], pose.lit("33485f"))
    if pose.lamps:
        pen.halo(2.9, -0.38, 0.5, rgb("ffe9a8"), 0.5)


def _cab(pen: Pen, pose: Pose) -> None:
    """A taxi: a car with a lit sign and a chequered side."""
    _car(pen, pose)
    bob = 0.008 * pose.swing(0.2)
    slab(pen, -0.28, -1.1 + bob, 0.34, 0.12, rgb("fff0b4"), 0.03)
    for i in range(16):
        tone = pose.lit("23242c" if i % 2 else "f4f0e6")
        pen.rect(-1.06 + 0.12 * i, -0.46 + 0.05 * (i % 2) + bob, 0.12, 0.05, tone)


def _patrol(pen: Pen, pose: Pose) -> None:
    """A police car: white doors, and lights that flash in turn."""
    _car(pen, pose)
    bob, white = 0.008 * pose.swing(0.2), pose.lit("f4f5f6")
    pen.polygon([(x, y + bob) for x, y in ((-0.62, -0.62), (0.56, -0.6), (0.6, -0.34), (-0.66, -0.34))], white)
    pen.limb([(-0.12, -0.62 + bob), (-0.12, -0.35 + bob)], [0.012, 0.012], mix(white, (0, 0, 0), 0.3))
    for i, colour in enumerate(("ff3a30", "2f6cff")):
        x, on = -0.24 + 0.16 * i, pose.swing(0.5 * i) > 0
        slab(pen, x, -1.08 + bob, 0.15, 0.1, rgb(colour) if on else mix(rgb(colour), (0, 0, 0), 0.45), 0.03)
        if on:
            pen.halo(x + 0.07, -1.03 + bob, 0.4, rgb(colour), 0.5)


def _bicycle(pen: Pen, pose: Pose) -> None:
    paint, dark = pose.lit(pose.colour), pose.lit("23242c")
    rider = pen.moved(-0.12, -0.34, 1.0) if pose.rider else None
    if pose.rider and rider:
        pose.rider(rider, pose.phase, "far")
    for x in (-0.42, 0.42):
        for spoke in range(8):
            turn = 2 * math.pi * (spoke + 4 * pose.phase) / 8
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


_DRIVE = {"drive": rolling(0.5, 0.22, 5), "stand": Gait(1.0, 0.0)}
_BOX = (-1.75, -1.15, 2.45, 0.06)

VEHICLES = {
    "car": Figure(
        _car, 0.23, _BOX, rgb("c8382f"), "road", _DRIVE, 12, shadow=0.75, aliases={"run": "drive"}, metres=1.5
    ),
    "taxi": Figure(
        _cab, 0.24, _BOX, rgb("f2c230"), "road", _DRIVE, 12, shadow=0.75, aliases={"run": "drive"}, metres=1.5
    ),
    "police_car": Figure(
        _patrol,
        0.24,
        (-1.75, -1.5, 2.45, 0.06),
        rgb("26376a"),
        "road",
        _DRIVE,
        12,
        shadow=0.75,
        aliases={"run": "drive"},
        metres=1.5,
    ),
    "train": Figure(
        _train,
        0.27,
        (-3.5, -1.0, 3.1, 0.05),
        rgb("e9ecf0"),
        "road",
        {"drive": rolling(0.5, 0.1, 11)},
        12,
        shadow=0.0,
        metres=3.5,
    ),
    "bicycle": Figure(
        _bicycle,
        0.4,
        (-0.75, -1.2, 0.75, 0.03),
        rgb("3f8f7a"),
        "road",
        {"drive": rolling(1.0, 0.27, 2)},
        12,
        shadow=0.4,
        metres=1.7,
    ),
}
