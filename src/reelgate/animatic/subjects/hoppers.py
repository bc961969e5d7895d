"""What hops: frogs and kangaroos."""

from __future__ import annotations

import math
from collections.abc import Callable

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose, joint

_ALIASES = {"jump": "run", "dance": "run", "swim": "walk", "fly": "run", "drive": "walk"}


def gaits(seconds: float, stride: float) -> dict[str, Gait]:
    """Return standing, walking, and running in half of the time: 1, 0.5 or 0.25 s have a pose for each frame."""
    return {"stand": Gait(3.0, 0.0), "walk": Gait(seconds, stride), "run": Gait(seconds / 2, stride)}


def crawler(
    draw: Callable[[Pen, Pose], None], size: float, box: tuple[float, float, float, float], colour: str, metres: float,
    movements: dict[str, Gait], shadow: float = 0.6,
) -> Figure:  # fmt: skip
    """Return the figure of a small animal that moves on the ground."""
    return Figure(
        draw, size, box, rgb(colour), gaits=movements, poses=24, aliases=_ALIASES, shadow=shadow, metres=metres
    )


def eye(pen: Pen, pose: Pose, x: float, y: float, radius: float, iris: str = "f6f4ea") -> None:
    """Draw a round eye that looks ahead."""
    pen.oval(x, y, radius, radius * 1.05, pose.lit(iris))
    pen.oval(x + radius * 0.2, y, radius * 0.58, radius * 0.66, pose.lit("16161c"))
    pen.oval(x + radius * 0.4, y - radius * 0.35, radius * 0.2, radius * 0.2, (255.0, 255.0, 255.0))


def _hop(pose: Pose, high: float, start: float = 0.2) -> tuple[float, float]:
    """Return how high a leap has carried, as a negative height, and how far through it is, 0 to 1; 0 on the ground."""
    if pose.action not in ("run", "walk") or pose.phase < start:
        return 0.0, 0.0
    share = (pose.phase - start) / (1 - start)
    return -high * 4 * share * (1 - share), share


_LEAP, _BOUND = 2.2, 1.3
"""How far a frog's and a kangaroo's leaps carry, in heights."""


def _frog(pen: Pen, pose: Pose) -> None:
    """A frog: it crouches, leaps with its legs stretched behind it, and lands on its arms."""
    skin, belly = pose.lit(pose.colour), pose.lit("e6ecb4")
    far = mix(skin, pose.lit("12301c"), 0.35)
    y, share = _hop(pose, 0.75)
    stretch = math.sin(math.pi * min(share * 1.25, 1.0)) if share else 0.0
    breath = 0.02 * pose.swing() * (not share)
    tilt = 0.22 * math.cos(math.pi * share) * (share > 0)
    moving = pose.action in ("run", "walk")
    back = _LEAP * (0.1 - 0.2 * share if share else pose.phase - 0.1) * moving  # it stays where it sits, and catches up
    hip, chest = (-0.34 - back, y - 0.3 + tilt * 0.7), (0.22 - back, y - 0.5 - tilt * 0.7)
    for shift, tone in ((0.08, far), (0.0, skin)):
        ground = min(0.0, y * 0.86 + 0.12 * stretch) if share else 0.0
        foot = (hip[0] + 0.2 - 0.85 * stretch + shift, ground + (0.1 * stretch if share else 0.0) - 0.04)
        knee = joint((hip[0] + shift, hip[1]), foot, 0.5, 0.5, 1)
        pen.tube([(hip[0] + shift, hip[1]), knee, foot], [0.34, 0.22, 0.09], tone)
        pen.tube([foot, (foot[0] + 0.24 - 0.3 * stretch, foot[1] + 0.02 + 0.03 * stretch)], [0.08, 0.06], tone)
        hand = (chest[0] + 0.14 + 0.14 * stretch + shift, (y + 0.1 * stretch if share else 0.0) - 0.03)
        if shift:
            pen.tube(
                [chest, ((chest[0] + hand[0]) / 2 + 0.05, (chest[1] + hand[1]) / 2), hand], [0.16, 0.1, 0.07], tone
            )
    body = [
        (hip[0] - 0.2, hip[1] + 0.02), (hip[0] + 0.1, hip[1] - 0.25), (chest[0] + 0.05, chest[1] - 0.24),
        (chest[0] + 0.42, chest[1] - 0.14), (chest[0] + 0.5, chest[1] + 0.02), (chest[0] + 0.2, chest[1] + 0.24),
        (0.0, (hip[1] + chest[1]) / 2 + 0.26 + breath), (hip[0], hip[1] + 0.2),
    ]  # fmt: skip
    pen.blob(body, skin)
    pen.blob(
        [body[4], body[5], body[6], (0.05, body[6][1] - 0.13), (chest[0] + 0.2, chest[1] + 0.08)],
        mix(skin, belly, 0.85),
    )
    knee = joint(hip, foot, 0.5, 0.5, 1)
    pen.tube([hip, knee, foot], [0.34, 0.22, 0.09], mix(skin, pose.lit("12301c"), 0.08))
    pen.tube([foot, (foot[0] + 0.24 - 0.3 * stretch, foot[1] + 0.02 + 0.03 * stretch)], [0.08, 0.06], skin)
    pen.tube(
        [(chest[0], chest[1] + 0.08), ((chest[0] + hand[0]) / 2 + 0.05, (chest[1] + hand[1]) / 2), hand],
        [0.16, 0.1, 0.08],
        skin,
    )
    for dx in (0.16, 0.0):
        pen.oval(chest[0] + 0.14 + dx, chest[1] - 0.2, 0.13, 0.13, skin)
        eye(pen, pose, chest[0] + 0.16 + dx, chest[1] - 0.22, 0.088, "f2d75a")
    pen.tube(
        [(chest[0] + 0.5, chest[1] - 0.0), (chest[0] + 0.34, chest[1] + 0.05), (chest[0] + 0.12, chest[1] + 0.02)],
        [0.016, 0.02, 0.012],
        far,
    )
    for share, up in ((0.25, -0.12), (0.5, -0.02), (0.6, -0.16), (0.1, 0.0)):
        x, height = hip[0] + (chest[0] - hip[0]) * share, hip[1] + (chest[1] - hip[1]) * share
        pen.oval(x, height + up, 0.05, 0.035, mix(skin, far, 0.6))


def _kangaroo(pen: Pen, pose: Pose) -> None:
    """A kangaroo: long feet push off together, the tail beats down as the body rises."""
    coat, pale = pose.lit(pose.colour), pose.lit("ecd9bc")
    far = mix(coat, pose.lit("241f38"), 0.34)
    y, share = _hop(pose, 0.34, 0.3)
    push = math.sin(math.pi * share) if share else 0.0
    crouch = (
        0.06 * math.sin(math.pi * min(pose.phase / 0.3, 1.0)) if pose.action in ("run", "walk") and not share else 0.0
    )
    lean = 0.12 if pose.action in ("run", "walk") else 0.0
    hip, breast = (-0.12, y - 0.44 + crouch), (0.1 + lean, y - 0.8 + crouch * 1.3 + 0.3 * lean)
    beat = 0.12 * math.cos(2 * math.pi * pose.phase) * (lean > 0)
    tail = [
        hip,
        (hip[0] - 0.3, hip[1] + 0.14),
        (hip[0] - 0.6, min(hip[1] + 0.34 - beat, -0.03)),
        (hip[0] - 0.95, min(hip[1] + 0.4 - beat * 2, -0.02)),
    ]
    swing = -0.19 + 0.49 * share if share else 0.3 - pose.phase * _BOUND / 0.8 if lean else 0.1
    foot = (hip[0] + 0.16 + swing * 0.8, (y * 0.7 if share else 0.0) - 0.03)
    heel = (foot[0] - 0.24, foot[1] - 0.02 - 0.26 * push * (1 - share))
    for shift, tone in ((0.07, far), (0.0, coat)):
        knee = joint((hip[0] + shift, hip[1]), (heel[0] + shift, heel[1]), 0.27, 0.27, 1)
        if not shift:
            pen.tube(tail, [0.26, 0.18, 0.11, 0.05], coat)
            _trunk(pen, hip, breast, coat, pale)
        pen.tube([(hip[0] + shift, hip[1]), knee, (heel[0] + shift, heel[1])], [0.3, 0.16, 0.07], tone)
        pen.tube(
            [(heel[0] + shift, heel[1]), (foot[0] + shift, foot[1]), (foot[0] + shift + 0.1, foot[1] + 0.005)],
            [0.07, 0.06, 0.04],
            tone,
        )
    paw = 0.05 * pose.swing(0.2)
    pen.tube(
        [
            (breast[0] + 0.02, breast[1] + 0.06),
            (breast[0] + 0.16, breast[1] + 0.18),
            (breast[0] + 0.26, breast[1] + 0.12 + paw),
        ],
        [0.09, 0.055, 0.05],
        mix(coat, far, 0.3),
    )
    head = (breast[0] + 0.16, breast[1] - 0.27)
    pen.tube([breast, (breast[0] + 0.08, breast[1] - 0.14), head], [0.22, 0.14, 0.13], coat)
    _ears_and_face(pen, pose, head, coat, far)


def _trunk(pen: Pen, hip: tuple[float, float], breast: tuple[float, float], coat: Colour, pale: Colour) -> None:
    """Draw a kangaroo's body between hip and breast, and its belly."""
    pen.blob(
        [
            (hip[0] - 0.22, hip[1] + 0.02),
            (hip[0] - 0.1, hip[1] - 0.2),
            (breast[0] - 0.13, breast[1] - 0.02),
            (breast[0] + 0.02, breast[1] - 0.1),
            (breast[0] + 0.12, breast[1] + 0.03),
            (hip[0] + 0.26, hip[1] - 0.06),
            (hip[0] + 0.14, hip[1] + 0.17),
        ],
        coat,
    )
    pen.blob(
        [
            (breast[0] + 0.1, breast[1] + 0.02),
            (hip[0] + 0.25, hip[1] - 0.08),
            (hip[0] + 0.16, hip[1] + 0.12),
            (hip[0] + 0.08, hip[1] - 0.06),
        ],
        mix(coat, pale, 0.85),
    )


def _ears_and_face(pen: Pen, pose: Pose, head: tuple[float, float], coat: Colour, far: Colour) -> None:
    """Draw a kangaroo's two ears, the muzzle and the eye."""
    for dx, tone in ((-0.07, far), (0.0, coat)):
        pen.tube(
            [
                (head[0] + dx, head[1] - 0.04),
                (head[0] + dx - 0.05, head[1] - 0.15),
                (head[0] + dx - 0.06, head[1] - 0.24),
            ],
            [0.05, 0.08, 0.02],
            tone,
        )
    pen.tube(
        [(head[0] - 0.01, head[1]), (head[0] + 0.1, head[1] + 0.035), (head[0] + 0.2, head[1] + 0.07)],
        [0.15, 0.12, 0.08],
        coat,
    )
    pen.oval(head[0] + 0.22, head[1] + 0.055, 0.03, 0.025, pose.lit("241f24"))
    eye(pen, pose, head[0] + 0.045, head[1] - 0.015, 0.024, "241f24")


HOPPERS = {
    "frog": crawler(_frog, 0.17, (-1.5, -1.75, 1.25, 0.06), "5aa83c", 0.1, gaits(1.0, _LEAP)),
    "kangaroo": crawler(_kangaroo, 0.34, (-1.25, -1.6, 0.75, 0.05), "b07a4a", 1.5, gaits(1.0, _BOUND), 0.34),
}
