"""Animals' heads: ears, horns, muzzle, eyes."""

from __future__ import annotations

import math
from typing import TypeAlias

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.proportions import Build

Spot: TypeAlias = tuple[float, float]

_LONG_FACES = frozenset({"horse", "zebra", "antlers", "mosaic", "camel", "patches", "ass", "goat"})
_TWO_EYED = frozenset({"tabby", "panda", "hump", "stripes", "spots", "mane", "ape"})
"""Whose faces are turned a little towards us."""

_INK = "241f24"


def face(pen: Pen, build: Build, poll: Spot, coat: Colour, pose: Pose) -> None:
    """Draw a head that hangs from its poll, the top of the neck."""
    if build.extra == "antlers":
        _antlers(pen, *poll, pose.lit("8a6a48"))
    if build.extra in _LONG_FACES:
        _long_face(pen, build, poll, coat, pose)
    else:
        _short_face(pen, build, poll, coat, pose)
    _horns(pen, build, poll, coat, pose)


def _long_face(pen: Pen, build: Build, poll: Spot, coat: Colour, pose: Pose) -> None:
    """Draw a horse's, a deer's or a cow's head in profile: forehead, nose, lips, jaw and cheek."""
    lean = {"run": 0.55, "sleep": 0.5}.get(pose.action, 0.8)
    (long, deep), (ax, ay) = build.head, (math.cos(lean), math.sin(lean))

    def at(along: float, up: float) -> Spot:
        return poll[0] + ax * along * long + ay * up * deep, poll[1] + ay * along * long - ax * up * deep

    blunt = build.muzzle / 0.62
    ink, lip = pose.lit(_INK), mix(coat, pose.lit("4a3c44"), 0.42)
    _EARS[build.ears](pen, poll, deep, coat, pose)
    head = [
        at(-0.04, 0.42), at(0.2, 0.5), at(0.58, 0.33), at(0.88, 0.27 * blunt), at(1.03, 0.08), at(0.98, -0.2 * blunt),
        at(0.76, -0.24 * blunt), at(0.42, -0.46), at(0.12, -0.6), at(-0.12, -0.3),
    ]  # fmt: skip
    pen.blob(head, coat)
    if build.extra == "patches":
        lip = pose.lit("e8a3a0")
    nose = [at(0.84, 0.26 * blunt), at(1.03, 0.08), at(0.98, -0.2 * blunt), at(0.78, -0.2 * blunt)]
    pen.blob(nose, lip, 1.0 if build.extra == "patches" else 0.7)
    pen.tube([at(0.99, -0.06), at(0.86, -0.09)], [0.012, 0.008], mix(lip, ink, 0.6))
    pen.oval(*at(0.95, 0.1), deep * 0.05, deep * 0.065, mix(lip, ink, 0.75), angle=lean)
    pen.tube([at(0.14, -0.5), at(0.34, -0.3), at(0.3, -0.05)], [0.006, 0.014, 0.006], mix(coat, ink, 0.22))
    if build.extra == "antlers":
        pen.oval(*at(1.0, 0.08), deep * 0.13, deep * 0.12, ink)
    _eye(pen, build, at(0.27, 0.2), deep * 0.95, pose)


def _short_face(pen: Pen, build: Build, poll: Spot, coat: Colour, pose: Pose) -> None:
    """Draw a head with a round skull and a muzzle before it."""
    (long, deep), (x, y) = build.head, poll
    jaw = (x + long * 0.98, y + long * 0.22)
    if build.ears == "round":
        _round_ears(pen, build, poll, coat, pose)
    if build.extra == "collar":
        pen.limb(
            [(x - deep * 0.5, y + deep * 0.1), (x - deep * 0.04, y + deep * 0.56)], [deep * 0.2] * 2, rgb("c83c36")
        )
    pen.oval(x + deep * 0.08, y, deep * 0.56, deep * 0.52, coat)
    nose_bridge = [(x + deep * 0.1, y + deep * 0.04), ((x + jaw[0]) / 2 + deep * 0.04, (y + jaw[1]) / 2), jaw]
    pen.tube(nose_bridge, [deep * 0.9, deep * (0.4 + build.muzzle * 0.46), deep * build.muzzle * 0.75], coat)
    if build.extra == "tabby":
        _tabby(pen, poll, deep, coat, pose)
    if build.extra == "mask":
        pen.tube([(x - deep * 0.1, y), (x + deep * 0.2, y - deep * 0.08), jaw], [deep * 0.3] * 3, pose.lit("2b2a30"))
    if build.extra == "ape":
        pen.oval(x + deep * 0.24, y + deep * 0.06, deep * 0.34, deep * 0.38, mix(coat, pose.lit("f0cfa8"), 0.75))
    if build.ears in _EARS:
        _EARS[build.ears](pen, poll, deep, coat, pose)
    _muzzle(pen, build, jaw, coat, pose)
    if build.extra in _TWO_EYED:
        _eye(pen, build, (x + deep * 0.43, y - deep * 0.1), deep * 0.76, pose)
    _eye(pen, build, (x + deep * (0.14 if build.extra in _TWO_EYED else 0.2), y - deep * 0.1), deep, pose)


def _tabby(pen: Pen, poll: Spot, deep: float, coat: Colour, pose: Pose) -> None:
    """Draw a cat's cheeks and the stripes of its forehead."""
    x, y = poll
    tone = mix(coat, pose.lit("6a3a1c"), 0.42)
    for dx, dy in ((-0.3, 0.3), (-0.16, 0.44), (0.0, 0.5)):
        pen.polygon(
            [
                (x + deep * (dx + 0.2), y + deep * (dy - 0.24)),
                (x + deep * (dx - 0.08), y + deep * (dy + 0.06)),
                (x + deep * (dx + 0.26), y + deep * (dy - 0.02)),
            ],
            coat,
        )
    for dx in (0.04, 0.17, 0.3):
        pen.limb(
            [(x + deep * dx, y - deep * 0.46), (x + deep * (dx + 0.03), y - deep * 0.27)],
            [deep * 0.07, deep * 0.02],
            tone,
        )


def _horns(pen: Pen, build: Build, poll: Spot, coat: Colour, pose: Pose) -> None:
    (x, y), deep = poll, build.head[1]
    if build.horn and build.extra == "horse":
        pen.limb(
            [(x + deep * 0.6, y - deep * 0.1), (x + deep * 1.35, y - deep * 1.5)],
            [deep * 0.2, deep * 0.03],
            pose.lit(build.horn),
        )
    elif build.horn:  # on the nose
        tip = (x + build.head[0] * 1.02, y + build.head[0] * 0.1)
        pen.tube(
            [(tip[0] - 0.1, tip[1] + 0.02), (tip[0] + 0.02, tip[1] - 0.12), (tip[0] + 0.06, tip[1] - 0.3)],
            [0.13, 0.09, 0.015],
            pose.lit(build.horn),
        )
    if build.extra in ("patches", "goat"):
        back = -0.7 if build.extra == "goat" else 0.55
        curl = [
            (x + deep * 0.1, y - deep * 0.4),
            (x + deep * (0.1 + back * 0.4), y - deep * 0.85),
            (x + deep * (0.1 + back), y - deep * 0.92),
        ]
        pen.tube(curl, [deep * 0.18, deep * 0.13, deep * 0.04], pose.lit("e6d8b8"))
    if build.extra == "mosaic":
        for lean in (0.0, 0.22):
            stalk = [(x + deep * lean, y - deep * 0.35), (x + deep * (lean - 0.05), y - deep * 1.05)]
            pen.limb(stalk, [deep * 0.14, deep * 0.1], coat)
            pen.oval(*stalk[1], deep * 0.12, deep * 0.12, pose.lit("4a3020"))


def _antlers(pen: Pen, x: float, y: float, horn: Colour) -> None:
    for lean in (-0.1, 0.08):
        beam = [(x, y - 0.1), (x + lean - 0.06, y - 0.36), (x + lean + 0.02, y - 0.56)]
        pen.limb(beam, [0.045, 0.035, 0.02], horn)
        pen.limb([(x + lean - 0.06, y - 0.34), (x + lean + 0.12, y - 0.46)], [0.03, 0.018], horn)


def _round_ears(pen: Pen, build: Build, poll: Spot, coat: Colour, pose: Pose) -> None:
    (x, y), deep = poll, build.head[1]
    tone = pose.lit("2b2a30") if build.extra == "panda" else mix(coat, pose.lit(_INK), 0.25)
    pen.oval(x - deep * 0.18, y - deep * 0.52, deep * 0.22, deep * 0.22, tone)
    pen.oval(x + deep * 0.3, y - deep * 0.5, deep * 0.2, deep * 0.2, tone)


def _pointed(pen: Pen, poll: Spot, deep: float, coat: Colour, pose: Pose, reach: float = 0.43) -> None:
    (x, y), tall = poll, deep * reach
    for dx, tone in ((-0.3, mix(coat, pose.lit(_INK), 0.18)), (0.12, coat)):
        root = x + deep * dx
        tip = (root - deep * 0.05, y - deep * 0.35 - tall)
        pen.polygon([(root - deep * 0.21, y - deep * 0.28), tip, (root + deep * 0.28, y - deep * 0.3)], tone)
    inner = mix(coat, pose.lit("d98f8f"), 0.5)
    tip = (x + deep * 0.1, y - deep * 0.3 - tall * 0.7)
    pen.polygon([(x + deep * 0.1, y - deep * 0.34), tip, (x + deep * 0.26, y - deep * 0.34)], inner)


def _long_eared(pen: Pen, poll: Spot, deep: float, coat: Colour, pose: Pose) -> None:
    x, y = poll
    for root, lean, tone in ((-0.22, -0.5, mix(coat, pose.lit(_INK), 0.2)), (0.08, -0.22, coat)):
        ear = [(x + deep * root, y - deep * 0.3), (x + deep * (root + lean * 0.4), y - deep * 1.0)]
        ear.append((x + deep * (root + lean), y - deep * 1.6))
        pen.tube(ear, [deep * 0.26, deep * 0.36, deep * 0.16], tone)
    pen.tube([(a + deep * 0.02, b) for a, b in ear], [deep * 0.1, deep * 0.18, deep * 0.05], pose.lit("e2a0a0"))


def _flopping(pen: Pen, poll: Spot, deep: float, coat: Colour, pose: Pose) -> None:
    x, y = poll
    ear = [(x - deep * 0.1, y - deep * 0.35), (x - deep * 0.32, y + deep * 0.25)]
    pen.limb(ear, [deep * 0.3, deep * 0.26], mix(coat, pose.lit(_INK), 0.3))


def _sideways(pen: Pen, poll: Spot, deep: float, coat: Colour, pose: Pose) -> None:
    x, y = poll
    ear = [(x - deep * 0.05, y - deep * 0.3), (x - deep * 0.3, y - deep * 0.36), (x - deep * 0.55, y - deep * 0.2)]
    pen.tube(ear, [deep * 0.18, deep * 0.28, deep * 0.08], mix(coat, pose.lit(_INK), 0.25))


def _fanned(pen: Pen, poll: Spot, deep: float, coat: Colour, pose: Pose) -> None:
    """Draw an elephant's ear, trunk and tusk."""
    x, y = poll
    flap, curl = 0.06 * pose.swing(0.1), 0.16 * pose.swing(0.3)
    trunk = [(0.3, 0.1), (0.66, 0.5), (0.78, 1.1), (0.74 + 0.4 * curl, 1.6), (0.98 + curl, 1.84)]
    widths = [deep * 0.6, deep * 0.4, deep * 0.28, deep * 0.2, deep * 0.15]
    pen.tube([(x + deep * dx, y + deep * dy) for dx, dy in trunk], widths, coat)
    for i in range(4):
        ring = [
            (x + deep * (0.62 + 0.04 * i), y + deep * (0.66 + 0.17 * i)),
            (x + deep * (0.76 + 0.04 * i), y + deep * (0.62 + 0.17 * i)),
        ]
        pen.limb(ring, [0.008, 0.008], mix(coat, pose.lit(_INK), 0.25))
    tusk = [(x + deep * 0.42, y + deep * 0.5), (x + deep * 0.72, y + deep * 0.84), (x + deep * 1.12, y + deep * 0.86)]
    pen.tube(tusk, [deep * 0.12, deep * 0.1, deep * 0.03], pose.lit("f2ecdc"))
    ear = [
        (0.02, -0.42),
        (-0.3, -0.62),
        (-0.8 - flap, -0.4),
        (-0.86 - flap, 0.3),
        (-0.5 - flap, 0.86),
        (-0.14, 0.5),
        (0.02, 0.1),
    ]
    for grow, tone in ((1.0, mix(coat, pose.lit(_INK), 0.24)), (0.86, mix(coat, pose.lit("c99a98"), 0.16))):
        pen.blob([(x + deep * dx * grow, y + deep * dy * grow) for dx, dy in ear], tone)


def _none(pen: Pen, poll: Spot, deep: float, coat: Colour, pose: Pose) -> None:
    """Draw no ears."""


_EARS = {"none": _none, "point": _pointed, "long": _long_eared, "flop": _flopping, "side": _sideways, "fan": _fanned}


def _eye(pen: Pen, build: Build, spot: Spot, deep: float, pose: Pose) -> None:
    x, y = spot
    if build.extra == "panda":
        pen.oval(x, y + 0.01, deep * 0.13, deep * 0.17, pose.lit("2b2a30"), angle=0.4)
    if pose.action == "sleep":
        lid = [(x - deep * 0.1, y), (x, y + deep * 0.05), (x + deep * 0.1, y)]
        pen.tube(lid, [deep * 0.04, deep * 0.05, deep * 0.04], pose.lit(_INK))
        return
    iris = _IRIS.get(build.extra)
    if iris:
        pen.oval(x, y, deep * 0.1, deep * 0.105, pose.lit(_INK))
        pen.oval(x + deep * 0.006, y + deep * 0.008, deep * 0.078, deep * 0.082, pose.lit(iris))
        pen.oval(x + deep * 0.018, y, deep * 0.046, deep * 0.074, pose.lit(_INK))
    else:
        pen.oval(x, y, deep * 0.085, deep * 0.1, pose.lit(_INK))
    pen.oval(x + deep * 0.03, y - deep * 0.04, deep * 0.028, deep * 0.028, pose.lit("ffffff"))


_IRIS = {"tabby": "9cc95c", "stripes": "e8c04a", "spots": "d8b648", "mane": "d8a63c"}


def _muzzle(pen: Pen, build: Build, jaw: Spot, coat: Colour, pose: Pose) -> None:
    (x, y), deep, dark = jaw, build.head[1], mix(coat, pose.lit(_INK), 0.6)
    if build.extra == "snout":
        pen.oval(x + deep * 0.1, y, deep * 0.24, deep * 0.26, pose.lit("e8a3a0"))
        pen.oval(x + deep * 0.2, y - deep * 0.04, deep * 0.05, deep * 0.06, dark)
    elif build.ears == "fan" or build.extra in ("hide", "scutes"):
        _bare_muzzle(pen, build, jaw, dark, pose)
    else:
        _furry_muzzle(pen, build, jaw, coat, pose)


def _bare_muzzle(pen: Pen, build: Build, jaw: Spot, dark: Colour, pose: Pose) -> None:
    (x, y), deep = jaw, build.head[1]
    pen.oval(x + deep * 0.12, y - deep * 0.06, deep * 0.05, deep * 0.04, dark)
    if build.ears == "fan":
        return
    pen.limb([(x + deep * 0.1, y + deep * 0.06), (x - build.head[0] * 0.6, y + deep * 0.02)], [0.014, 0.008], dark)
    for i in range(7 if build.extra == "scutes" else 0):
        tooth, low = x - 0.07 * i, y + deep * (0.06 - 0.008 * i)
        pen.polygon([(tooth, low), (tooth + 0.045, low), (tooth + 0.02, low + 0.06)], pose.lit("f8f4e4"))


def _furry_muzzle(pen: Pen, build: Build, jaw: Spot, coat: Colour, pose: Pose) -> None:
    (x, y), deep, dark = jaw, build.head[1], mix(coat, pose.lit(_INK), 0.6)
    pale = mix(coat, pose.lit(build.belly or "fff6ea"), 0.8)
    if build.extra in _IRIS:
        for dx, dy in ((-0.08, 0.08), (0.1, 0.07)):
            pen.oval(x + deep * dx, y + deep * dy, deep * 0.17, deep * 0.14, pale)
    elif build.belly or build.ears == "point":
        lower = [(x - build.head[0] * 0.45, y + deep * 0.16), (x + deep * 0.06, y + deep * 0.09)]
        pen.limb(lower, [deep * 0.16, deep * build.muzzle * 0.5], pale)
    if build.extra == "collar" and pose.action == "run":
        tongue = [(x - deep * 0.08, y + deep * 0.14), (x - deep * 0.14, y + deep * (0.4 + 0.05 * pose.swing()))]
        pen.limb(tongue, [deep * 0.14, deep * 0.17], pose.lit("e87a86"))
    nose = pose.lit("d9807c" if build.extra == "tabby" and not pose.dyed else _INK)
    pen.oval(x + deep * build.muzzle * 0.24, y - deep * 0.06, deep * 0.09, deep * 0.068, nose)
    smile = [(x - deep * 0.1, y + deep * 0.12), (x + deep * 0.02, y + deep * 0.18), (x + deep * 0.13, y + deep * 0.09)]
    pen.tube(smile, [deep * 0.03, deep * 0.035, deep * 0.03], dark)
    for dy in (-0.02, 0.06, 0.14) if build.extra == "tabby" else ():
        for root, tip in ((-0.08, (-0.36, 0.02 + dy * 1.6)), (0.16, (0.46, dy))):
            whisker = [(x + deep * root, y + deep * 0.06), (x + deep * tip[0], y + deep * tip[1])]
            pen.limb(whisker, [0.008, 0.004], pose.lit("ffffff"), 0.75)
