"""Animals' legs: where each foot is in a stride, and the joints between it and the trunk."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reelgate.animatic.drawing.palette import Colour, mix
from reelgate.animatic.subjects.base import Pen, Pose, joint, step
from reelgate.animatic.subjects.proportions import Build

Spot = tuple[float, float]

_RUNS = {"gallop": ((0.0, 0.12), (0.52, 0.66)), "hop": ((0.0, 0.03), (0.5, 0.56)), "amble": ((0.0, 0.5), (0.28, 0.78))}
"""When in a cycle the hind and the fore feet touch the ground, the near one and the far one."""

REACH = {"gallop": 0.44, "hop": 0.36, "amble": 0.26}
"""How far ahead of its root a foot touches the ground, running."""

STANCE = {"gallop": 0.36, "hop": 0.26, "amble": 0.5}
"""For which share of a cycle it stays there."""

WALKING = (0.22, 0.62)
"""The same of a walk: reach and share."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg at one moment: which it is (hind, fore, rest or play), its root in the trunk, and its foot."""

    which: str
    root: Spot
    foot: Spot
    far: bool


def legs(build: Build, pose: Pose, hip: Spot, shoulder: Spot, *, far: bool) -> tuple[Leg, Leg]:
    """Return the hind and the fore leg of one side."""
    shift = 0.075 if far else 0.0
    hind_root, fore_root = (hip[0] + shift, hip[1]), (shoulder[0] + shift - 0.02, shoulder[1])
    still = _AT_REST.get(pose.action)
    if still:
        return still(build, pose, hind_root, fore_root, far)
    hind, fore = _strides(build, pose, far)
    at_ease = build.body / 2  # not the root, which moves to and fro: what stands on the ground stays there
    return (
        Leg("hind", hind_root, (shift - at_ease - 0.05 + hind[0], min(hind[1], 0.0)), far),
        Leg("fore", fore_root, (shift + at_ease + 0.01 + fore[0], min(fore[1], 0.0)), far),
    )


def _strides(build: Build, pose: Pose, far: bool) -> tuple[Spot, Spot]:
    """Return how far the hind and the fore foot are from their places at rest."""
    if pose.action in ("stand", "eat"):
        return (0.0, 0.0), (0.0, 0.0)
    if pose.action == "walk" and build.gait != "hop":
        reach, stance = WALKING
        starts, lift = _RUNS["amble"], 0.11
    else:
        starts, lift = _RUNS[build.gait], {"gallop": 0.27, "hop": 0.3, "amble": 0.12}[build.gait]
        reach, stance = REACH[build.gait], STANCE[build.gait]
        if pose.action == "walk":
            reach, lift = reach * 0.6, lift * 0.6
    hind, fore = (step(pose.phase + start[far], reach, lift, stance) for start in starts)
    rise = leap(build, pose.action, pose.phase) * 0.8
    return (hind[0], hind[1] + rise * (hind[1] < 0)), (fore[0], fore[1] + rise * (fore[1] < 0))


def leap(build: Build, action: str, phase: float) -> float:
    """Return how far a hopping animal's trunk is above the ground's reach, as a negative height."""
    if build.gait != "hop" or action not in ("run", "walk"):
        return 0.0
    return -(0.4 if action == "run" else 0.2) * max(0.0, math.sin(math.pi * (phase - 0.14) / 0.5))


def _sitting(build: Build, pose: Pose, hind: Spot, fore: Spot, far: bool) -> tuple[Leg, Leg]:
    return Leg("hind", hind, (hind[0] + 0.3, 0.0), far), Leg("fore", fore, (fore[0] + 0.06, 0.0), far)


def _sleeping(build: Build, pose: Pose, hind: Spot, fore: Spot, far: bool) -> tuple[Leg, Leg]:
    low = -build.leg * 0.5
    behind, ahead = hind[0] - 0.02, fore[0] + 0.06
    return Leg("rest", (behind, low * 1.4), (behind + 0.34, low), far), Leg(
        "rest", (ahead, low * 1.4), (ahead + 0.3, low), far
    )


def _playing(build: Build, pose: Pose, hind: Spot, fore: Spot, far: bool) -> tuple[Leg, Leg]:
    touch = 0.07 * pose.swing(0.5 if far else 0.0)
    return (
        Leg("hind", (hind[0] + 0.06, hind[1]), (hind[0] + 0.26, 0.0), far),
        Leg("play", fore, (fore[0] + 0.54, -0.62 + touch), far),
    )


_AT_REST = {"sit": _sitting, "sleep": _sleeping, "play": _playing}


def draw_leg(pen: Pen, build: Build, leg: Leg, colour: Colour, pose: Pose) -> None:
    """Draw a leg with its foot; a near one stands out from the trunk by a crease of shade."""
    thick = build.leg
    if leg.which == "rest":
        pen.tube([leg.root, leg.foot], [thick * 1.5, thick * 1.1], colour)
        _paw(pen, build, leg.foot, leg.foot, pose, colour)
        return
    points, widths = _JOINTS[leg.which](build, leg)
    if not leg.far and pose.action not in _AT_REST:
        shade = mix(colour, pose.palette.lit((32.0, 26.0, 48.0)), 0.15)
        pen.tube([(x + 0.02, y + 0.006) for x, y in points], widths, shade)
    pen.tube(points, widths, colour)
    if build.extra == "zebra" and len(points) > 4:
        for share in (0.1, 0.4, 0.7):
            x, y = (a + (b - a) * share for a, b in zip(points[2], points[3], strict=True))
            pen.limb([(x - thick * 0.45, y), (x + thick * 0.45, y + 0.02)], [0.022, 0.022], pose.lit("2b2a30"))
    _paw(pen, build, points[-1], points[-2], pose, colour)


def _hind(build: Build, leg: Leg) -> tuple[list[Spot], list[float]]:
    (rx, ry), (fx, fy), thick = leg.root, leg.foot, build.leg
    lifted, behind = -fy, rx - fx
    hock = (fx - 0.09 - 0.3 * lifted + 0.28 * behind, fy - 0.27 + 0.12 * lifted)
    long = math.hypot(0.14, ry + 0.27) * 0.545
    knee = joint((rx, ry), hock, long, long, 1)
    ankle = _ankle(build, (fx, fy), hock, lifted)
    points = [(rx - 0.02, ry), knee, hock, ankle, (fx, fy - thick * 0.3)]
    return points, [build.rump * 0.86, max(thick * 2.1, build.rump * 0.42), thick * 1.02, thick * 0.82, thick * 0.9]


def _fore(build: Build, leg: Leg) -> tuple[list[Spot], list[float]]:
    (rx, ry), (fx, fy), thick = leg.root, leg.foot, build.leg
    lifted, behind = -fy, rx - fx
    wrist = (fx + 0.02 + 0.65 * lifted + 0.36 * behind, fy - 0.27 + 0.2 * lifted)
    long = math.hypot(0.03, ry + 0.27) * 0.53
    elbow = joint((rx, ry), wrist, long, long, -1)
    ankle = _ankle(build, (fx, fy), wrist, lifted)
    points = [(rx, ry), elbow, wrist, ankle, (fx, fy - thick * 0.3)]
    return points, [build.chest * 0.72, max(thick * 1.7, build.chest * 0.36), thick * 1.05, thick * 0.8, thick * 0.88]


def _play(build: Build, leg: Leg) -> tuple[list[Spot], list[float]]:
    elbow = joint(leg.root, leg.foot, 0.36, 0.36, -1)
    return [leg.root, elbow, leg.foot], [build.chest * 0.6, build.leg * 1.4, build.leg * 1.1]


def _ankle(build: Build, foot: Spot, above: Spot, lifted: float) -> Spot:
    """Return the joint over a foot: slanting as it stands, folded as it swings."""
    fold = min(1.0, lifted / 0.12)
    return (
        foot[0] + (above[0] - foot[0]) * 0.24 - 0.03 * (1 - fold) + 0.02 * fold,
        foot[1] + (above[1] - foot[1]) * 0.3,
    )


_JOINTS = {"hind": _hind, "fore": _fore, "play": _play}


def _paw(pen: Pen, build: Build, foot: Spot, above: Spot, pose: Pose, colour: Colour) -> None:
    """Draw a paw, or a hoof that is cut off flat below."""
    thick, tone = build.leg, pose.lit(build.feet) if build.feet else mix(colour, pose.lit("20222c"), 0.12)
    x, y = foot
    tip = min(max((x - above[0]) * 0.5, -0.4 * thick), 0.4 * thick)
    if build.hoofed:
        low = y + thick * 0.3
        hoof = [(x - thick * 0.42, low - thick * 0.75), (x + thick * 0.38, low - thick * 0.8)]
        pen.polygon([*hoof, (x + thick * 0.72 + tip, low), (x - thick * 0.5 + tip, low)], tone)
        return
    pen.limb([(x - 0.01, y - thick * 0.1), (x + thick * 0.62, y - thick * 0.02)], [thick * 1.02, thick * 0.78], tone)
