"""A tyrannosaur."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import Colour, mix
from reelgate.animatic.subjects.base import Pen, Pose, joint, step
from reelgate.animatic.subjects.hoppers import crawler, eye, gaits


def _tyrannosaur(pen: Pen, pose: Pose) -> None:
    """A tyrannosaur: the tail balances the great head; two legs carry both, two small arms hang."""
    skin = pose.lit(pose.colour)
    far, pale = mix(skin, pose.lit("14141e"), 0.38), mix(skin, pose.lit("e8dca8"), 0.6)
    moving = pose.action in ("walk", "run")
    bob, sway = 0.015 * math.sin(4 * math.pi * pose.phase) * moving, 0.05 * pose.swing(0.2)
    hip, chest, roar = (-0.08, -0.62 + bob), (0.3, -0.72 + bob), 0.05 + 0.05 * max(0.0, pose.swing(0.4))
    for at, shift, tone in ((0.5, 0.06, far), (0.0, 0.0, skin)):
        if not shift:
            tail = [hip, (-0.5, -0.62 + bob), (-0.95, -0.66 + sway), (-1.4, -0.62 + 1.6 * sway)]
            pen.tube(tail, [0.4, 0.26, 0.13, 0.03], skin)
            trunk = [
                (-0.3, -0.72),
                (-0.05, -0.88),
                (0.25, -0.92),
                (0.46, -0.8),
                (0.42, -0.6),
                (0.15, -0.48),
                (-0.2, -0.46),
            ]
            pen.blob([(x, y + bob) for x, y in trunk], skin)
            pen.blob(
                [(x, y + bob) for x, y in ((0.45, -0.72), (0.42, -0.59), (0.15, -0.48), (-0.1, -0.5), (0.2, -0.58))],
                pale,
            )
        dx, dy = step(pose.phase + at, 0.2, 0.12, 0.6) if moving else (0.08 if shift else -0.02, 0.0)
        foot = (hip[0] + 0.1 + dx + shift, dy - 0.03)
        heel = (foot[0] - 0.1 + 0.3 * dy, foot[1] - 0.17 + 0.2 * dy)
        knee = joint((hip[0] + shift, hip[1]), heel, 0.27, 0.26, 1)
        pen.tube([(hip[0] + shift, hip[1] + 0.02), knee, heel, foot], [0.36, 0.22, 0.1, 0.09], tone)
        pen.tube([foot, (foot[0] + 0.15, foot[1] + 0.01)], [0.09, 0.05], tone)
        arm = [
            (chest[0] + 0.1 + shift, chest[1] + 0.1),
            (chest[0] + 0.16 + shift, chest[1] + 0.2),
            (chest[0] + 0.25 + shift, chest[1] + 0.17 + sway * 0.4),
        ]
        pen.tube(arm, [0.08, 0.05, 0.035], tone)
    head = (chest[0] + 0.3, chest[1] - 0.36 + 0.012 * pose.swing(0.3))
    pen.tube([chest, (chest[0] + 0.16, chest[1] - 0.18), (head[0] - 0.05, head[1] + 0.02)], [0.36, 0.26, 0.24], skin)
    _jaws(pen, pose, head, roar, skin, far)
    for i in range(5):
        mark = (-0.3 + 0.15 * i, -0.76 - 0.06 * math.sin(math.pi * i / 4) + bob)
        pen.limb([(mark[0], mark[1] - 0.08), (mark[0] + 0.03, mark[1] + 0.08)], [0.05, 0.012], mix(skin, far, 0.6))
    eye(pen, pose, head[0] + 0.08, head[1] - 0.06, 0.032, "f0c63a")


def _jaws(pen: Pen, pose: Pose, at: tuple[float, float], roar: float, skin: Colour, far: Colour) -> None:
    """Draw the tyrannosaur's head: the lower jaw as far open as it roars, the throat, the skull, the teeth."""
    x, y = at
    pen.blob(
        [
            (x - 0.06, y + 0.06),
            (x + 0.16, y + 0.1 + roar),
            (x + 0.36, y + 0.12 + roar),
            (x + 0.34, y + 0.19 + roar),
            (x + 0.05, y + 0.2 + roar * 0.5),
        ],
        mix(skin, far, 0.4),
    )
    pen.blob(
        [(x, y + 0.08), (x + 0.33, y + 0.08), (x + 0.32, y + 0.12 + roar), (x + 0.04, y + 0.12)], pose.lit("8a3a3c")
    )
    pen.blob(
        [
            (x - 0.14, y + 0.04),
            (x - 0.04, y - 0.13),
            (x + 0.12, y - 0.14),
            (x + 0.36, y - 0.06),
            (x + 0.42, y + 0.04),
            (x + 0.34, y + 0.1),
            (x, y + 0.11),
        ],
        skin,
    )
    for i in range(7):
        tooth = x + 0.08 + 0.042 * i
        pen.polygon([(tooth, y + 0.09), (tooth + 0.03, y + 0.09), (tooth + 0.015, y + 0.135)], pose.lit("fbf8ec"))
    pen.oval(x + 0.36, y - 0.01, 0.018, 0.012, far)


TYRANNOSAUR = {
    "tyrannosaur": crawler(_tyrannosaur, 0.42, (-1.6, -1.4, 1.2, 0.05), "6f8a4a", 4.0, gaits(1.0, 2 * 0.2 / 0.6), 0.55),
}
