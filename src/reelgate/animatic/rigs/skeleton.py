"""How two-legged figures move: where their joints are at each moment of what they do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelgate.animatic.rigs.base import Gait, Pose, joint, step

_THIGH, _SHIN, _ANKLE = 0.244, 0.244, -0.04
_UPPER, _FORE = 0.165, 0.15
_SPINE = 0.31
WATERLINE = 0.66
"""How deep a swimmer is in the water."""

_SEAT = -0.285
"""How high the hips of someone who sits are."""

GAITS = {
    "stand": Gait(3.4, 0.0),
    "walk": Gait(1.08, 0.52),
    "run": Gait(0.66, 1.3),
    "sit": Gait(3.4, 0.0),
    "dance": Gait(1.2, 0.0),
    "jump": Gait(0.9, 0.0),
    "wave": Gait(1.1, 0.0),
    "ride": Gait(0.55, 0.0),
    "play": Gait(0.5, 0.0),
    "strum": Gait(0.8, 0.0),
    "swim": Gait(1.4, 0.3),
}
ALIASES = {"fly": "jump", "drive": "sit", "sleep": "sit"}

_LEANS = {"sit": -0.04, "play": 0.1, "strum": 0.04, "ride": 0.06}

Joint = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Limb:
    """Root, middle and end of an arm or a leg; `tilt` turns the foot, in radians, toes down."""

    joints: tuple[Joint, Joint, Joint]
    tilt: float = 0.0


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A body that faces right, in its own heights, its feet at y = 0."""

    hip: Joint
    neck: Joint
    near_arm: Limb
    far_arm: Limb
    near_leg: Limb
    far_leg: Limb

    def round(self, outline: Sequence[Joint]) -> list[Joint]:
        """Return points of the trunk: x ahead of the spine, y the share of the way from the hips up to the neck."""
        hip, neck = np.array(self.hip), np.array(self.neck)
        spine = neck - hip
        ahead = np.array([-spine[1], spine[0]]) / float(np.hypot(*spine))
        points = [hip + spine * up + ahead * x for x, up in outline]
        return [(float(x), float(y)) for x, y in points]


def skeleton(pose: Pose) -> Skeleton:
    """Return where the joints are."""
    hip, lean = _hips(pose)
    neck = (hip[0] + _SPINE * math.sin(lean), hip[1] - _SPINE * math.cos(lean))
    return Skeleton(
        hip=hip, neck=neck,
        near_arm=_arm(neck, -0.05, pose, 0.0), far_arm=_arm(neck, 0.055, pose, 0.5),
        near_leg=_leg((hip[0] - 0.022, hip[1]), pose, 0.0), far_leg=_leg((hip[0] + 0.022, hip[1]), pose, 0.5),
    )  # fmt: skip


def _hips(pose: Pose) -> tuple[Joint, float]:
    """Return the hips and how far the trunk leans ahead, in radians."""
    twice, straight = math.cos(4 * math.pi * pose.phase), _ANKLE - _THIGH - _SHIN
    x, y, lean = 0.006 * pose.swing(0.25), straight + 0.003 + 0.002 * pose.swing(), -0.01
    match pose.action:
        case "walk":
            x, y, lean = 0.0, straight + 0.011 + 0.011 * twice, 0.04
        case "run":
            x, y, lean = 0.0, straight + 0.04 + 0.026 * math.cos(4 * math.pi * (pose.phase - 0.2)), 0.2
        case "sit" | "play" | "strum" | "ride":
            rise = 0.012 if pose.action == "ride" else 0.004
            x, y, lean = 0.0, _SEAT + rise * pose.swing(), _LEANS[pose.action] + 0.02 * pose.swing(0.1)
        case "swim":
            x, y, lean = -0.1, straight + 0.02 + 0.02 * pose.swing(), 0.5
        case "dance":
            x, y, lean = 0.035 * pose.swing(), straight + 0.035 + 0.022 * twice, 0.07 * pose.swing(0.1)
        case "jump":
            x, y, lean = 0.0, straight + 0.06 - 0.16 * max(pose.swing(), -0.25), 0.03
    return (x, y), lean


def _leg(root: Joint, pose: Pose, offset: float) -> Limb:
    ankle, tilt = _ankle(root, pose, offset)
    return Limb((root, joint(root, ankle, _THIGH, _SHIN, 1.0), ankle), tilt)


def _ankle(root: Joint, pose: Pose, offset: float) -> tuple[Joint, float]:
    phase = (pose.phase + offset) % 1.0
    if pose.action in ("walk", "run"):
        reach, lift, stance = (0.25, 0.2, 0.38) if pose.action == "run" else (0.16, 0.065, 0.6)
        x, y = step(phase, reach, lift, stance)
        if pose.action == "run" and phase > stance:
            # A runner's heel comes up behind before the knee drives ahead.
            swing = (phase - stance) / (1 - stance)
            y = -lift * (math.sin(math.pi * swing**0.75) + 0.5 * math.sin(math.pi * min(swing * 2, 1.0)))
        return (x, y + _ANKLE), _roll(phase, stance)
    if pose.action in ("sit", "play", "strum"):
        return (root[0] + 0.26 + 0.05 * (offset - 0.25), _ANKLE), 0.0
    if pose.action == "ride":
        return (root[0] + 0.13 + 0.012 * offset, root[1] + 0.36), 0.1
    if pose.action == "dance":
        lifted = max(0.0, pose.swing(offset))
        side = 0.085 if offset else -0.085
        return (side + 0.05 * lifted * (1 if offset else -1), _ANKLE - 0.15 * lifted), 0.7 * lifted
    if pose.action == "jump":
        up = max(pose.swing(), 0.0)
        return (-0.03 + 0.06 * offset - 0.1 * up * (1 - 2 * offset), _ANKLE - 0.22 * up), 0.6 * up
    return (root[0] + (0.03 if offset else -0.014), _ANKLE - (0.012 if offset else 0.0)), 0.0


def _roll(phase: float, stance: float) -> float:
    """Return the foot's tilt in a stride: toes up as it lands, heel up as it leaves, level between."""
    if phase < stance:
        down = phase / stance
        return -0.3 * max(0.0, 1 - down * 5) + 0.75 * max(0.0, (down - 0.7) / 0.3) ** 2
    swing = (phase - stance) / (1 - stance)
    return 0.85 * math.sqrt(1 - swing) * (1 - swing) - 0.3 * swing * swing


def _arm(neck: Joint, aside: float, pose: Pose, offset: float) -> Limb:
    shoulder = (neck[0] + aside, neck[1] + 0.042)
    target = _hand(neck, pose, offset)
    if target:
        return Limb((shoulder, joint(shoulder, target, _UPPER, _FORE, -1.0), target))
    swing = pose.swing(offset + 0.25)
    upper, bend = _turns(pose, swing, offset)
    elbow = (shoulder[0] + _UPPER * math.sin(upper), shoulder[1] + _UPPER * math.cos(upper))
    fore = upper + bend
    return Limb((shoulder, elbow, (elbow[0] + _FORE * math.sin(fore), elbow[1] + _FORE * math.cos(fore))))


def _hand(neck: Joint, pose: Pose, offset: float) -> Joint | None:
    """Return where a hand is that rests on something."""
    if pose.action == "play":
        return 0.275, -0.365 + 0.022 * pose.swing(offset)
    if pose.action == "sit":
        return 0.19 + 0.03 * offset, _SEAT - 0.055
    if pose.action == "strum":
        return (0.3, -0.53) if offset else (0.1 + 0.015 * pose.swing(), -0.41 + 0.03 * pose.swing())
    if pose.action == "ride":
        return neck[0] + 0.22, neck[1] + 0.2 + 0.012 * pose.swing(offset)
    return None


def _turns(pose: Pose, swing: float, offset: float) -> tuple[float, float]:
    """Return how far the upper arm is turned ahead from hanging down, and the elbow from straight."""
    upper, bend = (0.14 if offset else -0.12) + 0.02 * pose.swing(0.3), 0.2
    match pose.action:
        case "swim":
            upper, bend = 0.5 - 2 * math.pi * (pose.phase + offset), 0.35
        case "walk":
            # Arms swing against the legs: the near arm is behind when the near foot is ahead.
            upper, bend = 0.02 - 0.42 * swing, 0.16 + 0.16 * max(0.0, -swing)
        case "run":
            upper, bend = -0.12 - 0.85 * swing, 1.65 - 0.25 * swing
        case "dance":
            upper, bend = (2.5 + 0.35 * pose.swing(), 0.5) if offset else (-2.2 + 0.4 * pose.swing(0.1), -0.7)
        case "jump":
            up = max(pose.swing(), -0.2)
            upper, bend = (1.0 + 1.6 * up, 0.4) if offset else (-0.9 - 1.5 * up, -0.3)
        case "wave" if offset:
            upper, bend = 2.3, 0.5 + 0.4 * pose.swing()
    return upper, bend
