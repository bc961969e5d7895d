"""Fish and other swimmers, and boats."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from reelgate.animatic.drawing.canvas import curve
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose
from reelgate.animatic.subjects.hoppers import eye


def _fish(pen: Pen, pose: Pose) -> None:
    body, dark = pose.lit(pose.colour), mix(pose.lit(pose.colour), pose.lit("10304a"), 0.4)
    flick, wave = 0.16 * pose.swing(), 0.05 * pose.swing(0.2)
    fin = mix(body, (255, 240, 200), 0.25)
    for outline in (
        [(-0.5, -0.5), (-0.98, -0.88 + flick), (-0.82, -0.5 + flick * 0.6), (-0.98, -0.12 + flick)],
        [(-0.36, -0.7), (-0.2, -0.98 + wave), (0.0, -1.02), (0.3, -0.78)],
        [(-0.15, -0.25), (-0.26, -0.02 - wave), (0.14, -0.24)],
    ):
        pen.blob(outline, fin)
    for share in (-0.28, 0.0, 0.28):
        tip = (-0.9, -0.5 + share * 1.1 + flick)
        pen.limb([(-0.6, -0.5 + share * 0.3), tip], [0.02, 0.008], mix(fin, dark, 0.35))
    pen.blob([(0.72, -0.48), (0.35, -0.78), (-0.15, -0.8), (-0.62, -0.52), (-0.15, -0.22), (0.35, -0.22)], body)
    for x in (0.27, -0.12):
        pen.tube([(x, -0.75 + abs(x) * 0.1), (x + 0.06, -0.5), (x, -0.26)], [0.06, 0.11, 0.06], (246, 246, 240))
    pen.tube([(0.4, -0.64), (0.33, -0.5), (0.4, -0.36)], [0.012, 0.02, 0.012], mix(body, dark, 0.5))
    pen.blob([(0.1, -0.48), (-0.16, -0.4 + wave), (-0.14, -0.26 + wave * 2), (0.06, -0.38)], mix(fin, dark, 0.15))
    eye(pen, pose, 0.5, -0.57, 0.075)
    pen.limb([(0.66, -0.43), (0.56, -0.41)], [0.02, 0.015], dark)


@dataclass(frozen=True, slots=True)
class _Long:
    """What tells a whale, a shark and a dolphin apart: how thick they are, and how their tails stand and beat."""

    thick: float
    beat: float
    snout: float
    upright: bool
    grooves: bool = False


_LONG = {
    "whale": _Long(0.5, 0.1, 0.0, upright=False, grooves=True),
    "shark": _Long(0.34, 0.02, 0.0, upright=True),
    "dolphin": _Long(0.37, 0.12, 0.2, upright=False),
}


def _long(pen: Pen, pose: Pose, *, kind: str) -> None:
    """Sharks, whales and dolphins: a spindle with a beating tail."""
    shape, body = _LONG[kind], pose.lit(pose.colour)
    belly, shade = mix(body, (240, 246, 250), 0.66), mix(body, (0, 10, 30), 0.22)
    thick, bend, nod = shape.thick, shape.beat * pose.swing(), 0.3 * shape.beat * pose.swing(0.4)

    def at(x: float, up: float) -> tuple[float, float]:
        """Return a spot of the body, `up` from its axis, which waves from the head to the tail."""
        share = (1.15 - x) / 2.35
        return x, -0.5 - up * thick + bend * share * share + nod * (1 - share)

    _flukes(pen, shape, pose, at(-1.14, 0.0), body)
    if kind != "whale":
        pen.blob([at(0.3, 0.55), at(0.04, 1.24), at(-0.2, 1.62), at(-0.16, 1.02), at(-0.34, 0.5)], body)
    back = [at(1.16, 0.0), at(0.92, 0.42), at(0.5, 0.7), at(0.0, 0.74), at(-0.6, 0.42), at(-1.18, 0.1)]
    front = [at(-1.18, -0.1), at(-0.6, -0.3), at(0.1, -0.6), at(0.7, -0.52), at(1.04, -0.26)]
    if shape.snout:
        tip = at(1.15, 0.0)
        pen.tube(
            [at(1.0, -0.05), (tip[0] + 0.16, tip[1] + 0.05), (tip[0] + shape.snout, tip[1] + 0.07)],
            [0.2, 0.12, 0.065],
            body,
        )
    pen.blob([*back, *front], body)
    under = [
        at(1.1, -0.12),
        at(0.6, -0.06),
        at(0.0, -0.16),
        at(-0.8, -0.1),
        at(-0.6, -0.29),
        at(0.1, -0.58),
        at(0.7, -0.5),
    ]
    pen.blob([*under, at(1.0, -0.28)], belly)
    for i in range(5 if shape.grooves else 0):
        pen.tube(
            [at(0.98, -0.2 - 0.05 * i), at(0.6, -0.22 - 0.07 * i), at(0.16, -0.26 - 0.06 * i)],
            [0.008, 0.012, 0.006],
            mix(belly, body, 0.5),
        )
    root = at(0.34, -0.26)
    pen.blob(
        [
            root,
            (root[0] - 0.16, root[1] + 0.28),
            (root[0] - 0.34, root[1] + 0.4 + 0.08 * pose.swing(0.2)),
            (root[0] - 0.3, root[1] + 0.2),
            at(0.06, -0.3),
        ],
        shade,
    )
    _gills_and_face(pen, at, kind, shade)


def _gills_and_face(pen: Pen, at: Callable[[float, float], tuple[float, float]], kind: str, shade: Colour) -> None:
    """Draw a shark's gills, and the mouth and the eye of any; `at` tells where a spot of the body is."""
    if kind == "shark":
        for i in range(3):
            pen.tube(
                [at(0.54 - 0.07 * i, 0.2), at(0.51 - 0.07 * i, 0.0), at(0.54 - 0.07 * i, -0.16)],
                [0.012, 0.016, 0.012],
                shade,
            )
    mouth = [at(1.08, -0.14), at(0.96, -0.17), at(0.8, -0.12 if kind == "shark" else -0.2)]
    pen.tube(mouth, [0.012, 0.018, 0.012], mix(shade, (0, 0, 0), 0.3))
    pen.oval(*at(0.82, 0.1), 0.034, 0.036, (16, 18, 26))
    x, y = at(0.83, 0.13)
    pen.oval(x, y, 0.01, 0.01, (255, 255, 255))


def _flukes(pen: Pen, shape: _Long, pose: Pose, root: tuple[float, float], body: Colour) -> None:
    """Draw a tail fin: a shark's stands upright and sweeps sideways, a whale's lies flat and beats up and down."""
    x, y = root
    if shape.upright:
        sweep = 0.16 * pose.swing()
        pen.polygon(
            [
                (x + 0.12, y - 0.05),
                (x - 0.36 + sweep, y - 0.52),
                (x - 0.2 + sweep * 0.4, y),
                (x - 0.26 + sweep, y + 0.34),
                (x + 0.12, y + 0.05),
            ],
            body,
        )
        return
    beat = 0.2 * pose.swing(-0.12)
    pen.blob(
        [
            (x + 0.1, y - 0.03),
            (x - 0.16, y - 0.1 + beat * 0.5),
            (x - 0.42, y - 0.14 + beat),
            (x - 0.24, y + beat * 0.6),
            (x - 0.44, y + 0.1 + beat),
            (x - 0.16, y + 0.07 + beat * 0.5),
        ],
        body,
    )


def _turtle(pen: Pen, pose: Pose) -> None:
    """A sea turtle: its long fore flippers row, the hind ones steer."""
    skin, shell = pose.lit("7fa86a"), pose.lit(pose.colour)
    far, beat = mix(skin, (0, 30, 40), 0.35), pose.swing()
    rim = mix(shell, pose.lit("e0c890"), 0.35)
    for shift, tone, lag in ((0.1, far, 0.06), (0.0, skin, 0.0)):
        stroke = pose.swing(-lag)
        pen.blob(
            [(-0.42 + shift, -0.42), (-0.66, -0.34), (-0.86 + shift, -0.2 - 0.08 * stroke), (-0.6 + shift, -0.26)], tone
        )
        if shift:
            pen.blob([(0.5, -0.44), (0.46, -0.6 - 0.2 * stroke), (0.1, -0.5 - 0.62 * stroke), (0.3, -0.4)], tone)
    pen.tube([(0.48, -0.46), (0.7, -0.52 + 0.01 * beat), (0.86, -0.56 + 0.02 * beat)], [0.22, 0.18, 0.2], skin)
    pen.oval(0.88, -0.57 + 0.02 * beat, 0.13, 0.11, skin)
    pen.blob([(0.66, -0.38), (0.5, -0.6), (0.14, -0.8), (-0.26, -0.76), (-0.68, -0.38), (0.0, -0.22)], rim)
    pen.blob([(0.6, -0.42), (0.46, -0.6), (0.14, -0.78), (-0.24, -0.74), (-0.6, -0.42), (0.0, -0.32)], shell)
    for x, y, r in (
        (-0.3, -0.54, 0.13),
        (-0.02, -0.62, 0.15),
        (0.28, -0.56, 0.13),
        (-0.16, -0.42, 0.1),
        (0.14, -0.43, 0.1),
        (-0.44, -0.44, 0.07),
    ):
        pen.oval(x, y, r, r * 0.74, mix(shell, pose.lit("2a1c10"), 0.3))
        pen.oval(x, y - 0.008, r * 0.84, r * 0.6, mix(shell, (230, 210, 150), 0.28))
    pen.blob(
        [
            (0.5, -0.4),
            (0.5, -0.22 - 0.3 * beat),
            (0.2, 0.08 - 0.62 * beat),
            (-0.02, 0.1 - 0.66 * beat),
            (0.2, -0.16 - 0.22 * beat),
            (0.24, -0.34),
        ],
        skin,
    )
    for share in (0.3, 0.5, 0.7):
        pen.oval(0.42 - 0.4 * share, -0.34 + (0.4 - 0.62 * beat) * share, 0.035, 0.025, mix(skin, (0, 40, 30), 0.35))
    eye(pen, pose, 0.91, -0.6 + 0.02 * beat, 0.03, "16161c")
    pen.limb([(0.99, -0.54 + 0.02 * beat), (0.92, -0.52 + 0.02 * beat)], [0.01, 0.008], far)


def _rowing_boat(pen: Pen, pose: Pose) -> None:
    """A boat without a sail, and who is in it."""
    hull, dark = pose.lit(pose.colour), mix(pose.lit(pose.colour), pose.lit("1c1018"), 0.4)
    pen.blob([(-0.62, -0.26), (0.64, -0.28), (0.5, -0.18), (-0.5, -0.16)], dark)
    if pose.rider:
        pose.rider(pen.moved(0.05 if pose.second else -0.1, 0.03, 0.95), pose.phase, "")
    if pose.second:
        pose.second(pen.moved(-0.36, 0.03, 0.95), pose.phase, "")
    side = [(-0.66, -0.27), (0.0, -0.2), (0.7, -0.29), (0.56, -0.02), (0.4, 0.05), (-0.4, 0.05), (-0.54, -0.02)]
    pen.polygon(curve(side, steps=4).tolist(), hull)
    pen.tube([(-0.66, -0.26), (0.0, -0.19), (0.7, -0.28)], [0.035] * 3, mix(hull, (255, 255, 255), 0.5))
    pen.tube([(-0.56, -0.1), (0.0, -0.05), (0.6, -0.11)], [0.014] * 3, dark)


def _sailboat(pen: Pen, pose: Pose) -> None:
    if pose.rider:
        _rowing_boat(pen, pose)
        return
    hull, sail = pose.lit(pose.colour), pose.lit("f8f3e6")
    pen.limb([(0.02, -0.2), (0.02, -1.02)], [0.03, 0.02], pose.lit("6d4c34"))
    pen.blob([(0.05, -0.98), (0.2, -0.6), (0.46, -0.27), (0.05, -0.25)], sail)
    pen.blob([(-0.01, -0.9), (-0.2, -0.55), (-0.36, -0.27), (-0.01, -0.25)], mix(sail, pose.lit("c8b8a0"), 0.35))
    pen.polygon([(-0.5, -0.2), (0.55, -0.22), (0.4, 0.04), (-0.36, 0.04)], hull)
    pen.polygon([(-0.5, -0.2), (0.55, -0.22), (0.535, -0.17), (-0.475, -0.15)], mix(hull, (255, 255, 255), 0.6))
    wave = 0.02 * pose.swing()
    pen.polygon([(0.02, -1.02), (0.02, -1.1), (-0.12, -1.08 + wave), (-0.22, -1.04 - wave)], pose.lit("d8463c"))
    for y in (-0.62, -0.44):
        pen.tube([(0.05, y), (0.2, y + 0.02), (0.32, y + 0.05)], [0.008] * 3, mix(sail, pose.lit("a89880"), 0.5))
    _foam(pen, -0.38, 0.4)


def _foam(pen: Pen, left: float, right: float) -> None:
    """Draw the white water along a hull, and the wave at its bow."""
    pen.tube(
        [(left - 0.16, 0.03), ((left + right) / 2, 0.06), (right + 0.06, 0.02)],
        [0.01, 0.035, 0.02],
        (255, 255, 255),
        0.55,
    )
    pen.tube(
        [(right - 0.1, 0.04), (right + 0.04, 0.0), (right + 0.12, 0.045)], [0.02, 0.04, 0.01], (255, 255, 255), 0.7
    )


def _ship(pen: Pen, pose: Pose) -> None:
    hull, white = pose.lit(pose.colour), pose.lit("f4f4f0")
    if pose.rider:  # on the foredeck
        pose.rider(pen.moved(0.94, -0.35, 0.44), pose.phase, "")
    for i, (x, w) in enumerate(((-0.75, 1.5), (-0.62, 1.2), (-0.45, 0.85))):
        pen.rect(x, -0.52 - 0.17 * i, w, 0.2, mix(white, (120, 130, 150), 0.08 * i))
        for k in range(int(w / 0.11)):
            pen.rect(
                x + 0.04 + 0.11 * k, -0.46 - 0.17 * i, 0.06, 0.06, rgb("ffd98a") if pose.lamps else pose.lit("4a6080")
            )
    pen.polygon([(-0.2, -0.86), (0.02, -0.86), (-0.02, -1.1), (-0.2, -1.1)], pose.lit("d8463c"))
    pen.polygon([(-1.1, -0.36), (1.25, -0.4), (1.0, 0.06), (-1.0, 0.06)], hull)
    pen.polygon([(-1.02, -0.08), (1.09, -0.08), (1.0, 0.06), (-1.0, 0.06)], pose.lit("a83a34"))
    for i in range(13):
        pen.oval(-0.9 + 0.15 * i, -0.24, 0.022, 0.022, rgb("ffd98a") if pose.lamps else mix(hull, (255, 255, 255), 0.5))
    pen.limb([(-1.08, -0.35), (1.22, -0.39)], [0.02, 0.02], mix(hull, (255, 255, 255), 0.6))
    pen.limb([(0.5, -0.86), (0.5, -1.14)], [0.016, 0.01], white)
    for i in range(3):
        rise = (pose.phase + i) / 3
        pen.oval(
            -0.14 - 0.3 * rise,
            -1.12 - 0.06 * rise,
            0.03 + 0.06 * rise,
            0.02 + 0.04 * rise,
            (235, 235, 240),
            0.5 * (1 - rise),
        )
    _foam(pen, -1.0, 1.0)


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
    "boat": Figure(_sailboat, 0.3, (-0.7, -1.1, 0.8, 0.1), rgb("a8543c"), "surface", {"drive": Gait(1.5, 0.09)}, 12),
    "rowboat": Figure(
        _rowing_boat, 0.3, (-0.7, -1.1, 0.8, 0.1), rgb("9a6238"), "surface", {"drive": Gait(1.5, 0.09)}, 12
    ),
    "ship": Figure(_ship, 0.24, (-1.25, -1.3, 1.35, 0.12), rgb("2f4462"), "surface", {"drive": Gait(1.5, 0.1)}, 12),
}
