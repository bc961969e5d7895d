"""Two-legged figures seen from the side: people, a robot, an astronaut."""

from __future__ import annotations

import functools

import msgspec

from reelgate.animatic.palette import Colour, mix, rgb
from reelgate.animatic.rigs.base import Figure, Gait, Pen, Pose, joint, step

_THIGH, _SHIN, _HIP = 0.242, 0.242, -0.518
_UPPER, _FORE = 0.17, 0.165


class Outfit(msgspec.Struct, frozen=True):
    """How a figure is dressed. The prompt's colour is that of its top."""

    trousers: Colour = rgb("2f3850")
    shoes: Colour = rgb("2a2327")
    skin: Colour = rgb("e3b08a")
    hair: Colour = rgb("33262a")
    style: str = "short"
    head: float = 1.0


def _draw(outfit: Outfit, pen: Pen, pose: Pose) -> None:
    top, dark = pose.lit(pose.colour), pose.lit("1f2230")
    far_top, far_trousers = mix(top, dark, 0.35), mix(pose.lit(outfit.trousers), dark, 0.35)
    hip, chest = _spine(pose)
    _arm(pen, outfit, chest, far_top, pose, 0.5)
    _leg(pen, outfit, hip, far_trousers, pose, 0.5)
    _leg(pen, outfit, hip, pose.lit(outfit.trousers), pose, 0.0)
    _torso(pen, outfit, hip, chest, top, pose)
    _head(pen, outfit, chest, pose)
    _arm(pen, outfit, chest, mix(top, (255, 255, 255), 0.04), pose, 0.0)


def _spine(pose: Pose) -> tuple[tuple[float, float], tuple[float, float]]:
    lean = {"run": 0.075, "walk": 0.018, "dance": 0.04 * pose.swing()}.get(pose.action, 0.0)
    bob = {"run": 0.022, "walk": 0.009, "dance": 0.03}.get(pose.action, 0.003)
    down = (
        bob * pose.swing(0.0)
        if pose.action not in ("run", "walk")
        else bob * Pose(pose.phase * 2 % 1, "", pose.colour, pose.palette).swing(0.1)
    )
    drop = {"sit": 0.22, "play": 0.22, "run": 0.035, "walk": 0.016, "dance": 0.04}.get(pose.action, 0.0)
    hip = (0.0, _HIP + down + drop)
    return hip, (hip[0] + lean, hip[1] - 0.3)


def _leg(pen: Pen, outfit: Outfit, hip: tuple[float, float], colour: Colour, pose: Pose, offset: float) -> None:
    knee_sign = 1.0
    if pose.action in ("run", "walk"):
        reach, lift, stance = (0.21, 0.15, 0.38) if pose.action == "run" else (0.145, 0.06, 0.6)
        foot = step(pose.phase + offset, reach, lift, stance)
        foot = (foot[0] + (0.02 if pose.action == "run" else 0.0), foot[1] - 0.035)
    elif pose.action in ("sit", "play"):
        foot = (0.25 + 0.04 * offset, -0.035)
    elif pose.action == "dance":
        foot = (0.12 * pose.swing(offset), -0.035 - max(0.0, 0.16 * pose.swing(offset + 0.25)))
    else:
        foot = (0.035 - 0.09 * offset, -0.035)
    knee = joint(hip, foot, _THIGH, _SHIN, knee_sign)
    wide = 1.25 if outfit.style in ("robot", "helmet") else 1.0
    pen.limb([hip, knee, foot], [0.115 * wide, 0.085 * wide, 0.058 * wide], colour)
    if outfit.style == "robot":
        pen.oval(*knee, 0.045, 0.045, mix(colour, (0, 0, 0), 0.4))
    tilt = 0.045 if foot[1] < -0.06 else 0.0
    pen.limb(
        [(foot[0] - 0.012, foot[1] + 0.004), (foot[0] + 0.075, foot[1] + 0.012 + tilt)],
        [0.058 * wide, 0.04 * wide],
        pose.lit(outfit.shoes),
    )


def _arm(pen: Pen, outfit: Outfit, chest: tuple[float, float], sleeve: Colour, pose: Pose, offset: float) -> None:
    shoulder = (chest[0] - 0.005, chest[1] + 0.045)
    swing = pose.swing(offset + 0.5)
    bend = -1.0
    if pose.action == "run":
        hand = (shoulder[0] + 0.07 + 0.16 * swing, shoulder[1] + 0.17 - 0.07 * swing)
    elif pose.action == "walk":
        hand = (shoulder[0] + 0.02 + 0.13 * swing, shoulder[1] + 0.315 - 0.035 * abs(swing))
    elif pose.action == "dance":
        hand = (shoulder[0] + 0.21 * (1 if offset else -1), shoulder[1] - 0.15 + 0.11 * swing)
        bend = -1.0 if offset else 1.0
    elif pose.action == "play":
        hand = (shoulder[0] + 0.27, shoulder[1] + 0.17 + 0.02 * swing)
    elif pose.action == "sit":
        hand = (shoulder[0] + 0.19 - 0.03 * offset, shoulder[1] + 0.225 + 0.004 * swing)
    else:
        hand = (shoulder[0] + 0.03 + 0.01 * swing, shoulder[1] + 0.325)
    elbow = joint(shoulder, hand, _UPPER, _FORE, bend)
    wide = 1.25 if outfit.style in ("robot", "helmet") else 1.0
    pen.limb([shoulder, elbow, hand], [0.075 * wide, 0.06 * wide, 0.045 * wide], sleeve)
    if outfit.style == "robot":
        pen.oval(*elbow, 0.035, 0.035, mix(sleeve, (0, 0, 0), 0.4))
    hand_colour = sleeve if outfit.style in ("robot", "helmet") else pose.lit(outfit.skin)
    pen.oval(hand[0], hand[1] + 0.012, 0.027 * wide, 0.03 * wide, hand_colour)


def _torso(
    pen: Pen, outfit: Outfit, hip: tuple[float, float], chest: tuple[float, float], top: Colour, pose: Pose
) -> None:
    if outfit.style == "helmet":
        pen.limb(
            [(chest[0] - 0.1, chest[1] + 0.06), (hip[0] - 0.09, hip[1] - 0.06)],
            [0.14, 0.13],
            mix(top, (60, 70, 90), 0.35),
        )
    if outfit.style == "robot":
        x, y = chest
        pen.polygon(
            [(x - 0.12, y), (x + 0.13, y), (hip[0] + 0.085, hip[1] + 0.03), (hip[0] - 0.085, hip[1] + 0.03)], top
        )
        pen.rect(x - 0.02, y + 0.07, 0.11, 0.075, mix(top, (10, 20, 40), 0.7))
        pen.oval(x + 0.035, y + 0.107, 0.022, 0.022, rgb("59e6ff"))
        return
    pen.limb([(chest[0], chest[1] + 0.055), (hip[0], hip[1] - 0.01)], [0.165, 0.135], top)
    if outfit.style in ("long", "dress"):
        sway = 0.03 * pose.swing(0.2)
        skirt = [
            (hip[0] - 0.07, hip[1] - 0.09),
            (hip[0] + 0.075, hip[1] - 0.09),
            (hip[0] + 0.16 + sway, hip[1] + 0.2),
            (hip[0] - 0.15 + sway, hip[1] + 0.21),
        ]
        pen.polygon(skirt, mix(top, (20, 10, 30), 0.08))


def _head(pen: Pen, outfit: Outfit, chest: tuple[float, float], pose: Pose) -> None:
    skin, hair, ink = pose.lit(outfit.skin), pose.lit(outfit.hair), pose.lit("241f24")
    size = outfit.head
    x, y = chest[0] + 0.022, chest[1] - 0.095 * size
    if outfit.style == "robot":
        pen.rect(x - 0.03, y + 0.05, 0.05, 0.07, mix(pose.lit(pose.colour), (0, 0, 0), 0.5))
        pen.blob(
            [(x - 0.085, y - 0.08), (x + 0.085, y - 0.08), (x + 0.1, y + 0.06), (x - 0.085, y + 0.07)],
            pose.lit(pose.colour),
        )
        pen.limb([(x + 0.02, y - 0.01), (x + 0.085, y - 0.01)], [0.045, 0.045], ink)
        pen.limb([(x + 0.035, y - 0.01), (x + 0.08, y - 0.01)], [0.024, 0.024], rgb("59e6ff"))
        pen.limb([(x - 0.02, y - 0.09), (x - 0.03, y - 0.15)], [0.014, 0.014], ink)
        pen.oval(x - 0.03, y - 0.155, 0.018, 0.018, rgb("ff5c5c"))
        return
    if outfit.style in ("long", "dress"):
        pen.blob(
            [
                (x - 0.075 * size, y - 0.06),
                (x - 0.03, y - 0.09 * size),
                (x - 0.02, y + 0.1),
                (x - 0.1 + 0.015 * pose.swing(0.3), y + 0.2),
                (x - 0.12, y + 0.06),
            ],
            hair,
        )
    pen.limb([(chest[0] + 0.005, chest[1] + 0.02), (x - 0.005, y + 0.04)], [0.06, 0.055], mix(skin, ink, 0.15))
    pen.blob(
        [
            (x - 0.062 * size, y - 0.02),
            (x - 0.02, y - 0.078 * size),
            (x + 0.048 * size, y - 0.055 * size),
            (x + 0.058 * size, y + 0.0),
            (x + 0.078 * size, y + 0.022 * size),
            (x + 0.055 * size, y + 0.035 * size),
            (x + 0.04 * size, y + 0.078 * size),
            (x - 0.02, y + 0.06 * size),
        ],
        skin,
    )
    pen.oval(x + 0.036 * size, y - 0.004, 0.008, 0.011, ink)
    pen.limb(
        [(x + 0.04 * size, y + 0.048 * size), (x + 0.056 * size, y + 0.045 * size)],
        [0.007, 0.005],
        mix(skin, rgb("8a2f2f"), 0.6),
    )
    pen.oval(x - 0.018, y + 0.008, 0.013, 0.018, mix(skin, rgb("a0583f"), 0.3))
    if outfit.style == "helmet":
        white = pose.lit(pose.colour)
        pen.oval(x + 0.005, y + 0.005, 0.125, 0.125, white)
        pen.blob(
            [
                (x - 0.01, y - 0.07),
                (x + 0.09, y - 0.06),
                (x + 0.12, y + 0.02),
                (x + 0.07, y + 0.075),
                (x - 0.015, y + 0.06),
            ],
            pose.lit("26344f"),
        )
        pen.limb([(x + 0.02, y - 0.045), (x + 0.075, y - 0.035)], [0.018, 0.012], pose.lit("9fc4e8"))
        return
    fringe = 0.03 if outfit.style == "short" else 0.045
    pen.blob(
        [
            (x - 0.07 * size, y + 0.02),
            (x - 0.075 * size, y - 0.05 * size),
            (x - 0.015, y - 0.098 * size),
            (x + 0.052 * size, y - 0.078 * size),
            (x + 0.056 * size, y - fringe),
            (x + 0.01, y - 0.045 * size),
            (x - 0.022, y - 0.012),
            (x - 0.035, y + 0.05 * size),
        ],
        hair,
    )


_GAITS = {
    "stand": Gait(3.4, 0.0),
    "walk": Gait(1.08, 0.48),
    "run": Gait(0.68, 1.1),
    "sit": Gait(3.4, 0.0),
    "dance": Gait(1.2, 0.0),
    "play": Gait(0.5, 0.0),
}
_ALIASES = {"fly": "stand", "swim": "run", "drive": "sit"}


def _figure(size: float, colour: str, outfit: Outfit) -> Figure:
    return Figure(
        draw=functools.partial(_draw, outfit), size=size, box=(-0.42, -1.12, 0.46, 0.05), colour=rgb(colour),
        gaits=_GAITS, aliases=_ALIASES, shadow=0.22,
    )  # fmt: skip


PEOPLE = {
    "person": _figure(0.46, "3f6d9e", Outfit()),
    "woman": _figure(
        0.44, "c8505c", Outfit(hair=rgb("4a2c22"), style="dress", trousers=rgb("d8a888"), shoes=rgb("8a3540"))
    ),
    "child": _figure(0.33, "f0b53c", Outfit(head=1.35, trousers=rgb("3d7a8c"))),
    "astronaut": _figure(0.46, "eceef2", Outfit(trousers=rgb("dfe3ea"), shoes=rgb("7b8494"), style="helmet")),
    "robot": _figure(0.46, "aab4c4", Outfit(trousers=rgb("8b95a8"), shoes=rgb("525c70"), style="robot")),
}
