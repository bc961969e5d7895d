"""What swims, and what floats."""

from __future__ import annotations

import functools
from collections.abc import Callable

from reelgate.animatic.palette import Colour, mix, rgb
from reelgate.animatic.rigs.base import Figure, Gait, Pen, Pose


def _fish(pen: Pen, pose: Pose, *, striped: bool = True) -> None:
    body, dark = pose.lit(pose.colour), mix(pose.lit(pose.colour), pose.lit("10304a"), 0.4)
    flick = 0.16 * pose.swing()
    fin = mix(body, (255, 240, 200), 0.25)
    pen.blob([(-0.5, -0.5), (-0.95, -0.85 + flick), (-0.82, -0.5 + flick * 0.6), (-0.95, -0.14 + flick)], fin)
    pen.blob([(-0.3, -0.72), (-0.05, -1.0), (0.28, -0.78)], fin)
    pen.blob([(-0.15, -0.25), (-0.2, -0.02), (0.14, -0.24)], fin)
    pen.blob([(0.72, -0.48), (0.35, -0.78), (-0.15, -0.8), (-0.62, -0.52), (-0.15, -0.22), (0.35, -0.22)], body)
    if striped:
        for x in (0.27, -0.12):
            pen.limb([(x, -0.74 + abs(x) * 0.1), (x + 0.05, -0.5), (x, -0.26)], [0.06, 0.1, 0.06], (246, 246, 240))
    pen.limb([(0.05, -0.46), (-0.12, -0.36 + 0.05 * pose.swing(0.3))], [0.1, 0.17], dark)
    pen.oval(0.48, -0.57, 0.072, 0.075, (250, 250, 250))
    pen.oval(0.5, -0.57, 0.042, 0.045, (20, 20, 30))
    pen.limb([(0.66, -0.43), (0.56, -0.41)], [0.02, 0.015], dark)


def _long(pen: Pen, pose: Pose, *, kind: str) -> None:
    """Sharks, whales and dolphins: a spindle with a beating tail."""
    body, belly = pose.lit(pose.colour), mix(pose.lit(pose.colour), (240, 246, 250), 0.62)
    beat = pose.swing()
    thick = {"whale": 0.5, "shark": 0.34, "dolphin": 0.32}[kind]
    bend = 0.1 * beat if kind != "shark" else 0.03 * beat
    top = [
        (1.15, -0.5),
        (0.7, -0.5 - thick * 0.62),
        (0.0, -0.5 - thick * 0.72),
        (-0.7, -0.5 - thick * 0.32 + bend * 0.5),
        (-1.2, -0.48 + bend),
    ]
    low = [
        (-1.2, -0.42 + bend),
        (-0.6, -0.5 + thick * 0.3 + bend * 0.4),
        (0.1, -0.5 + thick * 0.6),
        (0.8, -0.5 + thick * 0.4),
    ]
    if kind == "shark":
        pen.polygon([(-1.1, -0.48), (-1.52, -0.95), (-1.36, -0.46), (-1.46, -0.14)], body)
    else:
        pen.blob(
            [
                (-1.12, -0.46 + bend),
                (-1.5, -0.62 + bend * 2.4),
                (-1.34, -0.45 + bend * 1.6),
                (-1.52, -0.34 + bend * 2.4),
            ],
            body,
        )
    if kind != "whale":
        pen.blob([(0.2, -0.5 - thick * 0.6), (-0.12, -0.5 - thick * 1.65), (-0.22, -0.5 - thick * 0.55)], body)
    pen.blob([*top, *low], body)
    pen.blob(
        [
            (1.05, -0.46),
            (0.4, -0.46),
            (-0.5, -0.44 + bend * 0.4),
            (0.1, -0.5 + thick * 0.56),
            (0.75, -0.5 + thick * 0.4),
        ],
        belly,
    )
    if kind == "dolphin":
        pen.limb([(1.05, -0.47), (1.36, -0.43)], [0.17, 0.07], body)
    pen.blob([(0.3, -0.36), (0.02, 0.02 + 0.05 * beat), (0.1, -0.34)], mix(body, (0, 10, 30), 0.2))
    pen.oval(0.84, -0.53, 0.03, 0.032, (16, 18, 26))
    if kind == "whale":
        for i in range(4):
            pen.limb([(1.0, -0.4 + 0.045 * i), (0.25, -0.36 + 0.06 * i)], [0.01, 0.006], mix(belly, body, 0.5))
    if kind == "shark":
        for i in range(3):
            pen.limb([(0.52 - 0.07 * i, -0.58), (0.5 - 0.07 * i, -0.44)], [0.014, 0.014], mix(body, (0, 0, 0), 0.35))
        pen.limb([(1.02, -0.36), (0.82, -0.35)], [0.014, 0.014], mix(body, (0, 0, 0), 0.5))


def _turtle(pen: Pen, pose: Pose) -> None:
    skin, shell = pose.lit("7fa86a"), pose.lit(pose.colour)
    beat = pose.swing()
    pen.limb([(-0.45, -0.4), (-0.8, -0.3 - 0.08 * beat)], [0.18, 0.1], skin)
    pen.blob(
        [(0.35, -0.4), (0.3, -0.1 - 0.35 * beat), (-0.1, 0.02 - 0.45 * beat), (0.05, -0.3)], mix(skin, (0, 30, 30), 0.2)
    )
    pen.limb([(0.5, -0.45), (0.86, -0.56)], [0.2, 0.24], skin)
    pen.blob([(0.62, -0.4), (0.3, -0.76), (-0.25, -0.76), (-0.66, -0.38), (0.0, -0.24)], shell)
    for x, y in ((-0.25, -0.52), (0.05, -0.58), (0.32, -0.53), (-0.05, -0.4)):
        pen.oval(x, y, 0.11, 0.085, mix(shell, (230, 210, 150), 0.3))
    pen.oval(0.9, -0.6, 0.028, 0.03, (18, 22, 26))


def _sailboat(pen: Pen, pose: Pose) -> None:
    hull, sail = pose.lit(pose.colour), pose.lit("f8f3e6")
    pen.limb([(0.02, -0.2), (0.02, -1.02)], [0.03, 0.02], pose.lit("6d4c34"))
    pen.blob([(0.05, -0.98), (0.2, -0.6), (0.46, -0.27), (0.05, -0.25)], sail)
    pen.blob([(-0.01, -0.9), (-0.2, -0.55), (-0.36, -0.27), (-0.01, -0.25)], mix(sail, pose.lit("c8b8a0"), 0.35))
    if pose.rider:
        pose.rider(pen.moved(-0.3, 0.02, 0.62), pose.phase, "")
    pen.polygon([(-0.5, -0.2), (0.55, -0.22), (0.4, 0.04), (-0.36, 0.04)], hull)
    pen.polygon([(-0.5, -0.2), (0.55, -0.22), (0.535, -0.17), (-0.475, -0.15)], mix(hull, (255, 255, 255), 0.6))


def _ship(pen: Pen, pose: Pose) -> None:
    hull, white = pose.lit(pose.colour), pose.lit("f4f4f0")
    for i, (x, w) in enumerate(((-0.75, 1.5), (-0.62, 1.2), (-0.45, 0.85))):
        pen.rect(x, -0.52 - 0.17 * i, w, 0.2, mix(white, (120, 130, 150), 0.08 * i))
        for k in range(int(w / 0.11)):
            pen.rect(
                x + 0.04 + 0.11 * k, -0.46 - 0.17 * i, 0.06, 0.06, rgb("ffd98a") if pose.lamps else pose.lit("4a6080")
            )
    pen.polygon([(-0.2, -0.86), (0.02, -0.86), (-0.02, -1.1), (-0.2, -1.1)], pose.lit("d8463c"))
    pen.polygon([(-1.1, -0.36), (1.25, -0.4), (1.0, 0.06), (-1.0, 0.06)], hull)
    pen.polygon([(-1.02, -0.08), (1.09, -0.08), (1.0, 0.06), (-1.0, 0.06)], pose.lit("a83a34"))


def _swimmer(
    draw: Callable[[Pen, Pose], None], size: float, colour: Colour, seconds: float = 0.9, stride: float = 0.7
) -> Figure:
    return Figure(draw, size, (-1.65, -1.15, 1.5, 0.2), colour, "water", {"swim": Gait(seconds, stride)})


SWIMMERS = {
    "fish": _swimmer(_fish, 0.17, rgb("f58a2c"), 0.6, 0.5),
    "shark": _swimmer(functools.partial(_long, kind="shark"), 0.3, rgb("6d8296"), 1.4, 0.8),
    "whale": _swimmer(functools.partial(_long, kind="whale"), 0.36, rgb("4a6c94"), 2.4, 0.7),
    "dolphin": _swimmer(functools.partial(_long, kind="dolphin"), 0.28, rgb("6c93b5"), 1.0, 1.0),
    "turtle": _swimmer(_turtle, 0.24, rgb("7a5f3a"), 1.8, 0.5),
}

FLOATERS = {
    "boat": Figure(_sailboat, 0.3, (-0.7, -1.1, 0.75, 0.1), rgb("a8543c"), "surface", {"drive": Gait(5.0, 0.3)}, 1),
    "ship": Figure(_ship, 0.24, (-1.2, -1.2, 1.35, 0.1), rgb("2f4462"), "surface", {"drive": Gait(6.0, 0.4)}, 1),
}
