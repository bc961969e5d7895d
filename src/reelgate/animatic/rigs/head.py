"""Animals' heads: ears, horns, muzzle, eyes."""

from __future__ import annotations

import math

from reelgate.animatic.palette import Colour, mix
from reelgate.animatic.rigs.base import Pen, Pose
from reelgate.animatic.rigs.build import Build

_LONG_FACES = frozenset({"horse", "zebra", "antlers", "mosaic", "camel", "patches"})
_EQUINE = frozenset({"horse", "zebra"})
_INK = "241f24"


def face(pen: Pen, build: Build, poll: tuple[float, float], coat: Colour, pose: Pose) -> None:
    """Draw a head that hangs from its poll, the top of the neck."""
    long, deep = build.head
    x, y = poll
    lean, drop = (0.5, 0.75) if build.extra in _LONG_FACES else (0.2, 0.22)
    jaw = (x + long * math.cos(lean), y + long * math.sin(drop))
    if build.extra == "antlers":
        _antlers(pen, x, y, pose.lit("8a6a48"))
    if build.ears == "round":
        _round_ears(pen, build, poll, coat, pose)
    pen.oval(x + deep * 0.08, y, deep * 0.56, deep * 0.52, coat)
    pen.limb([(x + deep * 0.1, y + deep * 0.04), jaw], [deep * 0.9, deep * build.muzzle * 0.75], coat)
    if build.extra == "ape":
        pen.oval(x + deep * 0.24, y + deep * 0.06, deep * 0.34, deep * 0.38, mix(coat, pose.lit("f0cfa8"), 0.75))
    if build.ears in _EARS:
        _EARS[build.ears](pen, poll, deep, coat, pose)
    if build.horn:
        horn = [(x + deep * 0.5, y - deep * 0.3), (x + deep * 1.15, y - deep * 1.75)]
        pen.limb(horn, [deep * 0.2, deep * 0.03], pose.lit(build.horn))
    if build.extra == "patches":
        curl = [(x + deep * 0.1, y - deep * 0.4), (x + deep * 0.3, y - deep * 0.75), (x + deep * 0.55, y - deep * 0.82)]
        pen.tube(curl, [deep * 0.18, deep * 0.13, deep * 0.04], pose.lit("e6d8b8"))
    if build.extra == "mosaic":
        for lean in (0.0, 0.22):
            stalk = [(x + deep * lean, y - deep * 0.35), (x + deep * (lean - 0.05), y - deep * 1.05)]
            pen.limb(stalk, [deep * 0.14, deep * 0.1], coat)
            pen.oval(*stalk[1], deep * 0.12, deep * 0.12, pose.lit("4a3020"))
    _muzzle(pen, build, jaw, coat, pose)
    _eye(pen, build, poll, pose)


def _antlers(pen: Pen, x: float, y: float, horn: Colour) -> None:
    for lean in (-0.1, 0.08):
        beam = [(x, y - 0.1), (x + lean - 0.06, y - 0.36), (x + lean + 0.02, y - 0.56)]
        pen.limb(beam, [0.045, 0.035, 0.02], horn)
        pen.limb([(x + lean - 0.06, y - 0.34), (x + lean + 0.12, y - 0.46)], [0.03, 0.018], horn)


def _round_ears(pen: Pen, build: Build, poll: tuple[float, float], coat: Colour, pose: Pose) -> None:
    (x, y), deep = poll, build.head[1]
    tone = pose.lit("2b2a30") if build.extra == "panda" else mix(coat, pose.lit(_INK), 0.25)
    pen.oval(x - deep * 0.18, y - deep * 0.52, deep * 0.22, deep * 0.22, tone)
    pen.oval(x + deep * 0.3, y - deep * 0.5, deep * 0.2, deep * 0.2, tone)


def _pointed(pen: Pen, poll: tuple[float, float], deep: float, coat: Colour, pose: Pose, reach: float = 0.43) -> None:
    (x, y), tall = poll, deep * reach
    for dx, tone in ((-0.3, mix(coat, pose.lit(_INK), 0.18)), (0.12, coat)):
        root = x + deep * dx
        tip = (root - deep * 0.05, y - deep * 0.35 - tall)
        pen.polygon([(root - deep * 0.21, y - deep * 0.28), tip, (root + deep * 0.28, y - deep * 0.3)], tone)
    inner = mix(coat, pose.lit("d98f8f"), 0.5)
    tip = (x + deep * 0.1, y - deep * 0.3 - tall * 0.7)
    pen.polygon([(x + deep * 0.1, y - deep * 0.34), tip, (x + deep * 0.26, y - deep * 0.34)], inner)


def _long_eared(pen: Pen, poll: tuple[float, float], deep: float, coat: Colour, pose: Pose) -> None:
    x, y = poll
    for root, lean, tone in ((-0.22, -0.5, mix(coat, pose.lit(_INK), 0.2)), (0.08, -0.22, coat)):
        ear = [(x + deep * root, y - deep * 0.3), (x + deep * (root + lean * 0.4), y - deep * 1.0)]
        ear.append((x + deep * (root + lean), y - deep * 1.6))
        pen.tube(ear, [deep * 0.26, deep * 0.36, deep * 0.16], tone)
    pen.tube([(a + deep * 0.02, b) for a, b in ear], [deep * 0.1, deep * 0.18, deep * 0.05], pose.lit("e2a0a0"))


def _flopping(pen: Pen, poll: tuple[float, float], deep: float, coat: Colour, pose: Pose) -> None:
    x, y = poll
    ear = [(x - deep * 0.1, y - deep * 0.35), (x - deep * 0.32, y + deep * 0.25)]
    pen.limb(ear, [deep * 0.3, deep * 0.26], mix(coat, pose.lit(_INK), 0.3))


def _sideways(pen: Pen, poll: tuple[float, float], deep: float, coat: Colour, pose: Pose) -> None:
    x, y = poll
    ear = [(x - deep * 0.05, y - deep * 0.3), (x - deep * 0.3, y - deep * 0.36), (x - deep * 0.55, y - deep * 0.2)]
    pen.tube(ear, [deep * 0.18, deep * 0.28, deep * 0.08], mix(coat, pose.lit(_INK), 0.25))


def _fanned(pen: Pen, poll: tuple[float, float], deep: float, coat: Colour, pose: Pose) -> None:
    """Draw an elephant's ear, trunk and tusk."""
    x, y = poll
    pen.oval(x - deep * 0.35, y + deep * 0.05, deep * 0.42, deep * 0.62, mix(coat, pose.lit(_INK), 0.16))
    trunk = [(0.4, 0.2), (0.72, 0.75), (0.68, 1.5), (0.85, 1.75)]
    widths = [deep * 0.36, deep * 0.26, deep * 0.18, deep * 0.14]
    pen.limb([(x + deep * dx, y + deep * dy) for dx, dy in trunk], widths, coat)
    tusk = [(x + deep * 0.4, y + deep * 0.45), (x + deep * 0.85, y + deep * 0.75)]
    pen.limb(tusk, [deep * 0.1, deep * 0.05], pose.lit("f2ecdc"))


_EARS = {"point": _pointed, "long": _long_eared, "flop": _flopping, "side": _sideways, "fan": _fanned}


def _eye(pen: Pen, build: Build, poll: tuple[float, float], pose: Pose) -> None:
    deep = build.head[1]
    x, y = poll[0] + deep * (0.28 if build.extra in _EQUINE else 0.2), poll[1] - deep * 0.1
    if build.extra == "panda":
        pen.oval(x, y + 0.01, deep * 0.15, deep * 0.18, pose.lit("2b2a30"))
        pen.oval(x + 0.005, y, deep * 0.05, deep * 0.06, pose.lit("ffffff"))
        return
    if pose.action == "sleep":
        lid = [(x - deep * 0.1, y), (x, y + deep * 0.05), (x + deep * 0.1, y)]
        pen.tube(lid, [deep * 0.04, deep * 0.05, deep * 0.04], pose.lit(_INK))
        return
    pen.oval(x, y, deep * 0.085, deep * 0.1, pose.lit(_INK))
    pen.oval(x + deep * 0.025, y - deep * 0.03, deep * 0.028, deep * 0.028, pose.lit("ffffff"))


def _muzzle(pen: Pen, build: Build, jaw: tuple[float, float], coat: Colour, pose: Pose) -> None:
    (x, y), deep, dark = jaw, build.head[1], mix(coat, pose.lit(_INK), 0.6)
    if build.extra in ("patches", "snout"):
        pen.oval(x + deep * 0.1, y, deep * 0.24, deep * 0.26, pose.lit("e8a3a0"))
        pen.oval(x + deep * 0.2, y - deep * 0.04, deep * 0.05, deep * 0.06, dark)
        return
    if build.extra in _EQUINE or build.ears == "fan":
        pen.oval(x + deep * 0.12, y - deep * 0.02, deep * 0.05, deep * 0.045, dark)
        return
    if build.ears == "point":
        pen.oval(x + deep * 0.06, y + deep * 0.08, deep * 0.24, deep * 0.17, mix(coat, pose.lit("fff6ea"), 0.75))
    pen.oval(x + deep * build.muzzle * 0.26, y - deep * 0.06, deep * 0.08, deep * 0.06, pose.lit(_INK))
    smile = [(x - deep * 0.06, y + deep * 0.1), (x + deep * 0.04, y + deep * 0.16), (x + deep * 0.15, y + deep * 0.1)]
    pen.limb(smile, [0.012, 0.014, 0.012], dark)
