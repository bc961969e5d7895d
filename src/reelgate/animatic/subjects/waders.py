"""Birds on long legs: flamingos, peacocks, ostriches."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose, joint, step


@dataclass(frozen=True, slots=True)
class _Shape:
    """Proportions in heights: how high the hip is, the trunk's half axes, the neck's length, thickness and bend."""

    hip: float
    trunk: tuple[float, float]
    neck: float
    thick: float
    bend: float
    legs: str
    bill: str
    neck_colour: str = ""
    tail: str = ""
    hooked: bool = False


_REACH, _STANCE = 0.16, 0.62


def _draw(shape: _Shape, pen: Pen, pose: Pose) -> None:
    coat = pose.lit(pose.colour)
    dark = mix(coat, pose.lit("241f38"), 0.3)
    moving = pose.action in ("walk", "run")
    y = -shape.hip + (0.012 if moving else 0.005) * pose.swing(0.1) * (2 if moving else 1)
    if shape.tail == "fan":
        _fan(pen, pose, (-0.04, y - 0.02))
    _leg(pen, shape, pose, y, 0.5, mix(pose.lit(shape.legs), dark, 0.4))
    long, deep = shape.trunk
    if shape.tail == "plume":
        for i in range(5):
            turn = 0.5 - 0.28 * i + 0.05 * pose.swing(0.1 * i)
            end = (-long - 0.16 * math.cos(turn), y - 0.06 - 0.16 * math.sin(turn))
            pen.tube([(-long * 0.6, y - 0.02), end], [0.13, 0.09], mix(pose.lit("f4f1ea"), dark, 0.08 * i))
    _leg(pen, shape, pose, y, 0.0, pose.lit(shape.legs))
    body = [
        (-long * 1.25, y + 0.02), (-long * 0.5, y - deep * 0.95), (long * 0.45, y - deep), (long, y - deep * 0.25),
        (long * 0.75, y + deep * 0.75), (-long * 0.2, y + deep * 0.95),
    ]  # fmt: skip
    pen.blob(body, coat)
    wing = [
        (-long * 1.2, y + 0.03),
        (-long * 0.3, y - deep * 0.6),
        (long * 0.5, y - deep * 0.4),
        (long * 0.2, y + deep * 0.4),
    ]
    pen.blob(wing, dark if shape.tail != "fan" else mix(coat, pose.lit("8a6a4a"), 0.55))
    pen.blob([(x * 0.8 + 0.02, (py - y) * 0.6 + y - 0.02) for x, py in wing], mix(dark, coat, 0.55))
    _head(pen, shape, pose, (long * 0.7, y - deep * 0.3), coat)


def _leg(pen: Pen, shape: _Shape, pose: Pose, y: float, at: float, tone: Colour) -> None:
    """Draw a leg whose ankle bends backwards."""
    moving = pose.action in ("walk", "run")
    dx, dy = step(pose.phase + at, _REACH, 0.1, _STANCE) if moving else (0.05 * (at > 0), 0.0)
    root, foot = (0.02 + 0.04 * (at > 0), y + shape.trunk[1] * 0.5), (0.06 + dx, dy - 0.015)
    half = shape.hip * 0.46
    ankle = joint(root, foot, half, half, -1)
    pen.tube([root, ankle, foot], [0.07, 0.034, 0.026], tone)
    pen.oval(*ankle, 0.024, 0.024, tone)
    droop = 0.5 if dy < -0.02 else 0.0
    for turn in (-0.1, 0.25):
        pen.limb(
            [foot, (foot[0] + 0.085 * math.cos(turn + droop), foot[1] + 0.06 * math.sin(turn + droop))],
            [0.024, 0.012],
            tone,
        )


def _head(pen: Pen, shape: _Shape, pose: Pose, root: tuple[float, float], coat: Colour) -> None:
    nod = (0.03 if pose.action == "walk" else 0.012) * math.sin(4 * math.pi * pose.phase)
    tone = pose.lit(shape.neck_colour) if shape.neck_colour and not pose.dyed else coat
    (x, y), tall, bend = root, shape.neck, shape.bend
    head = (x + 0.12 + nod, y - tall)
    neck = [root, (x + 0.1 + bend, y - tall * 0.2), (x + 0.02 - bend, y - tall * 0.66), head]
    pen.tube(neck, [shape.thick * 2.2, shape.thick * 1.2, shape.thick, shape.thick * 1.05], tone)
    hx, hy = head
    pen.oval(hx + 0.02, hy, 0.062, 0.05, tone)
    bill = pose.lit(shape.bill)
    if shape.hooked:
        pen.tube([(hx + 0.06, hy), (hx + 0.13, hy + 0.03), (hx + 0.14, hy + 0.1)], [0.06, 0.055, 0.015], bill)
        pen.tube([(hx + 0.135, hy + 0.05), (hx + 0.14, hy + 0.1)], [0.045, 0.015], pose.lit("26222a"))
    else:
        pen.polygon([(hx + 0.06, hy - 0.03), (hx + 0.19, hy + 0.012), (hx + 0.06, hy + 0.03)], bill)
    pen.oval(hx + 0.03, hy - 0.012, 0.014, 0.015, pose.lit("16161c"))
    pen.oval(hx + 0.034, hy - 0.018, 0.005, 0.005, (255.0, 255.0, 255.0))
    if shape.tail == "fan":
        for i in range(4):
            tip = (hx - 0.03 + 0.025 * i, hy - 0.13 + 0.008 * abs(i - 1.5))
            pen.limb([(hx + 0.01, hy - 0.04), tip], [0.006, 0.006], tone)
            pen.oval(*tip, 0.014, 0.014, pose.lit("4fc0d8"))


def _fan(pen: Pen, pose: Pose, root: tuple[float, float]) -> None:
    """Draw a peacock's tail, spread behind it, shivering."""
    x, y = root
    green, gold, blue = pose.lit("2f8f5c"), pose.lit("d8b648"), pose.lit("2f4fb0")
    for ring, count in ((1.0, 19), (0.8, 15), (0.6, 11)):
        for i in range(count):
            turn = math.pi * (0.03 + 0.94 * i / (count - 1)) + 0.012 * pose.swing(i * 0.37)
            tip = (x - 0.88 * ring * math.cos(turn), y - 0.82 * ring * math.sin(turn))
            pen.limb([root, tip], [0.03, 0.1 * ring], mix(green, pose.lit("184a3a"), 0.5 * (1 - ring) + 0.15 * (i % 2)))
            pen.oval(*tip, 0.062 * ring, 0.06 * ring, gold)
            pen.oval(*tip, 0.042 * ring, 0.041 * ring, pose.lit("3fb0b8"))
            pen.oval(tip[0], tip[1] + 0.006, 0.024 * ring, 0.024 * ring, blue)


_FLAMINGO = _Shape(0.5, (0.18, 0.12), 0.42, 0.045, 0.09, "e88a9a", "f2d8d0", hooked=True)
_PEACOCK = _Shape(0.34, (0.19, 0.13), 0.36, 0.07, 0.03, "9a8a7a", "c8c0b0", neck_colour="2a5cc8", tail="fan")
_OSTRICH = _Shape(0.5, (0.23, 0.17), 0.5, 0.05, 0.04, "d8a890", "d8b08c", neck_colour="d8b4a0", tail="plume")


def _wader(shape: _Shape, size: float, colour: str, metres: float, box: tuple[float, float, float, float]) -> Figure:
    stride = 2 * _REACH / _STANCE
    gaits = {"stand": Gait(2.4, 0.0), "walk": Gait(1.0, stride), "run": Gait(0.5, stride)}
    aliases = {"fly": "run", "swim": "walk", "jump": "run", "dance": "walk"}
    draw = functools.partial(_draw, shape)
    return Figure(draw, size, box, rgb(colour), gaits=gaits, poses=24, aliases=aliases, shadow=0.24, metres=metres)


WADERS = {
    "flamingo": _wader(_FLAMINGO, 0.36, "f58fa4", 1.3, (-0.45, -1.2, 0.6, 0.05)),
    "peacock": _wader(_PEACOCK, 0.4, "2a5cc8", 1.1, (-1.05, -1.35, 1.05, 0.05)),
    "ostrich": _wader(_OSTRICH, 0.4, "33303a", 2.2, (-0.6, -1.3, 0.65, 0.05)),
}
