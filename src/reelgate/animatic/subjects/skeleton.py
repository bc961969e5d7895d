"""How two-legged figures move: where their joints are at each moment of what they do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelgate.animatic.subjects.base import Gait, Pose, joint, step
from reelgate.animatic.subjects.motion import MOTIONS, STANCES, Motion, Stance, angle_at, point_at

_THIGH, _SHIN, _ANKLE = 0.244, 0.244, -0.04
_UPPER, _FORE = 0.165, 0.15
_SPINE = 0.31
_PEDAL = 0.07
WATERLINE = 0.66
"""How deep a swimmer is in the water."""

GAITS = {action: Gait(motion.seconds, motion.stride) for action, motion in MOTIONS.items()}
ALIASES = {"drive": "sit"}
RUNS = frozenset({"run", "dribble"})
"""What is done at a run."""

Joint = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Limb:
    """Root, middle and end of an arm or a leg; `tilt` turns the foot, in radians, toes down."""

    joints: tuple[Joint, Joint, Joint]
    tilt: float = 0.0


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A body that faces right, in its own heights, its feet at y = 0. The head is turned by `nod` radians, chin in."""

    hip: Joint
    neck: Joint
    nod: float
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
    motion = MOTIONS[pose.action]
    stance = STANCES[motion.stance]
    hip, lean = _hips(pose, motion, stance)
    neck = (hip[0] + _SPINE * math.sin(lean), hip[1] - _SPINE * math.cos(lean))
    lying = stance.lean if abs(stance.lean) > 1 else 0.0
    return Skeleton(
        hip=hip, neck=neck, nod=lying + angle_at(motion.nod, pose.phase),
        near_arm=_arm(neck, pose, motion, lying, far=False), far_arm=_arm(neck, pose, motion, lying, far=True),
        near_leg=_leg((hip[0] - 0.026, hip[1]), pose, motion, far=False),
        far_leg=_leg((hip[0] + 0.026, hip[1]), pose, motion, far=True),
    )  # fmt: skip


def _walks(motion: Motion) -> bool:
    return bool(motion.stride) and motion.stance == "stand" and not motion.near_foot


def _hips(pose: Pose, motion: Motion, stance: Stance) -> tuple[Joint, float]:
    """Return the hips and how far the trunk leans ahead, in radians."""
    (x, y), lean = stance.hip, stance.lean + angle_at(motion.lean, pose.phase)
    if pose.action in RUNS:
        return (0.0, y + 0.037 + 0.026 * math.cos(4 * math.pi * (pose.phase - 0.2))), lean
    if _walks(motion):
        return (0.0, y + 0.008 + 0.011 * math.cos(4 * math.pi * pose.phase)), lean
    dx, dy = point_at(motion.hip, pose.phase) or (0.0, 0.0)
    return (x + dx, y + dy), lean


def _leg(root: Joint, pose: Pose, motion: Motion, *, far: bool) -> Limb:
    stance = STANCES[motion.stance]
    resting = stance.far if far else stance.near
    if len(resting) == 4:
        return Limb((root, (resting[0], resting[1]), (resting[2], resting[3])), stance.tilt)
    ankle, tilt = _ankle(resting, pose, motion, far=far)
    return Limb((root, joint(root, ankle, _THIGH, _SHIN, 1.0), ankle), tilt)


def _ankle(resting: Sequence[float], pose: Pose, motion: Motion, *, far: bool) -> tuple[Joint, float]:
    tilt = STANCES[motion.stance].tilt
    if pose.action in RUNS or _walks(motion):
        return _stride(pose, (pose.phase + 0.5 * far) % 1.0)
    if pose.action == "cycle":
        turn = 2 * math.pi * (pose.phase + 0.5 * far)
        return (0.07 + _PEDAL * math.cos(turn), 0.1 + _PEDAL * math.sin(turn)), 0.25 + 0.2 * math.sin(turn)
    dx, dy = point_at(motion.far_foot if far else motion.near_foot, pose.phase) or (0.0, 0.0)
    lifted = max(0.0, -dy) if motion.stance in ("stand", "low") and motion.holds != "skateboard" else 0.0
    return (resting[0] + dx, resting[1] + dy), tilt + 3.4 * lifted


def _stride(pose: Pose, phase: float) -> tuple[Joint, float]:
    """Return a foot that walks or runs."""
    running = pose.action in RUNS
    reach, lift, stance = (0.25, 0.2, 0.38) if running else (MOTIONS[pose.action].stride * 0.31, 0.052, 0.6)
    x, y = step(phase, reach, lift, stance)
    if running and phase > stance:
        # A runner's heel comes up behind before the knee drives ahead.
        swing = (phase - stance) / (1 - stance)
        y = -lift * (math.sin(math.pi * swing**0.75) + 0.5 * math.sin(math.pi * min(swing * 2, 1.0)))
    return (x, y + _ANKLE), _roll(phase, stance)


def _roll(phase: float, stance: float) -> float:
    """Return the foot's tilt in a stride: toes up as it lands, heel up as it leaves, level between."""
    if phase < stance:
        down = phase / stance
        return -0.3 * max(0.0, 1 - down * 5) + 0.75 * max(0.0, (down - 0.7) / 0.3) ** 2
    swing = (phase - stance) / (1 - stance)
    return 0.85 * math.sqrt(1 - swing) * (1 - swing) - 0.3 * swing * swing


def _arm(neck: Joint, pose: Pose, motion: Motion, lying: float, *, far: bool) -> Limb:
    aside = 0.062 if far else -0.058
    shoulder = (neck[0] + aside * math.cos(lying) - 0.046 * math.sin(lying),
                neck[1] + 0.046 * math.cos(lying) + aside * math.sin(lying))  # fmt: skip
    hand = point_at(motion.far_hand if far else motion.near_hand, pose.phase)
    if hand:
        target = _within((neck[0] + hand[0], neck[1] + hand[1]), shoulder)
        outward = 1.0 if not far and hand[1] < 0.04 and hand[0] < 0.02 else -1.0  # a raised elbow leaves the face free
        return Limb((shoulder, joint(shoulder, target, _UPPER, _FORE, outward), target))
    upper, bend = _turns(pose, pose.swing(0.25 + 0.5 * far), far=far)
    elbow = (shoulder[0] + _UPPER * math.sin(upper), shoulder[1] + _UPPER * math.cos(upper))
    fore = upper + bend
    return Limb((shoulder, elbow, (elbow[0] + _FORE * math.sin(fore), elbow[1] + _FORE * math.cos(fore))))


def _within(target: Joint, shoulder: Joint) -> Joint:
    """Return a hand's place, drawn in to where the arm reaches."""
    dx, dy = target[0] - shoulder[0], target[1] - shoulder[1]
    share = min(1.0, 0.995 * (_UPPER + _FORE) / max(math.hypot(dx, dy), 1e-6))
    return shoulder[0] + dx * share, shoulder[1] + dy * share


def _turns(pose: Pose, swing: float, *, far: bool) -> tuple[float, float]:
    """Return how far the upper arm is turned ahead from hanging down, and the elbow from straight."""
    if pose.action == "swim":
        return 0.5 - 2 * math.pi * (pose.phase + 0.5 * far), 0.35
    if pose.action in RUNS:
        return -0.12 - 0.85 * swing, 1.65 - 0.25 * swing
    if _walks(MOTIONS[pose.action]):
        # Arms swing against the legs: the near arm is behind when the near foot is ahead.
        return 0.02 - 0.42 * swing, 0.16 + 0.16 * max(0.0, -swing)
    return (0.13 if far else -0.1) + 0.02 * pose.swing(0.3), 0.18
