"""Plucked instruments of China: the zither on its stand, and the pipa, held upright on the lap."""

from __future__ import annotations

from collections.abc import Callable

from reelgate.animatic.drawing.palette import mix
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.skeleton import Skeleton

_WHITE, _BLACK = (255.0, 255.0, 255.0), (0.0, 0.0, 0.0)


def _zither(pen: Pen, body: Skeleton, pose: Pose) -> None:
    wood, top = pose.lit("7a4226"), body.neck[1] + 0.225
    dark, pale = mix(wood, _BLACK, 0.4), pose.lit("f4ead2")
    for x in (-0.08, 0.5):
        pen.limb([(x - 0.035, -0.01), (x + 0.03, top + 0.04)], [0.022, 0.022], dark)
        pen.limb([(x + 0.045, -0.01), (x - 0.02, top + 0.04)], [0.022, 0.022], dark)
    pen.polygon([(-0.18, top), (0.6, top), (0.58, top + 0.055), (-0.16, top + 0.055)], mix(wood, _BLACK, 0.22))
    pen.polygon([(-0.18, top + 0.004), (-0.15, top - 0.06), (0.63, top - 0.06), (0.6, top + 0.004)],
                pose.lit("b98452"))  # fmt: skip
    for x in (-0.16, 0.555):
        edge = [(x - 0.02, top + 0.004), (x + 0.01, top - 0.06), (x + 0.055, top - 0.06), (x + 0.025, top + 0.004)]
        pen.polygon(edge, wood)
    for i in range(6):
        y = top - 0.052 + 0.01 * i
        pen.limb([(-0.13 - 0.005 * i, y), (0.58 - 0.005 * i, y)], [0.003, 0.003], pale, 0.8)
        pen.polygon([(0.3 + 0.03 * i, y + 0.008), (0.31 + 0.03 * i, y - 0.018), (0.32 + 0.03 * i, y + 0.008)], pale)
    pen.limb([(-0.12, top + 0.028), (0.54, top + 0.028)], [0.008, 0.008], pose.lit("d8b45a"))


def _pipa(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (x, y), (fx, fy) = body.hip, body.far_arm.joints[2]
    wood, dark, pale = pose.lit("d09a58"), pose.lit("4a2a1c"), pose.lit("f4ead2")
    foot, head = (x + 0.13, y - 0.04), (fx + 0.03, fy - 0.2)
    pen.tube([(fx, fy + 0.05), (fx + 0.012, fy - 0.08), head, (head[0] - 0.045, head[1] - 0.03)],
             [0.05, 0.034, 0.034, 0.02], dark)  # fmt: skip
    for i in range(4):
        pen.limb([(head[0] - 0.05, head[1] + 0.03 + 0.022 * i), (head[0] + 0.05, head[1] + 0.02 + 0.022 * i)],
                 [0.012, 0.012], pale)  # fmt: skip
    shape = [
        (fx, fy), (fx + 0.03, fy + 0.08), (foot[0] + 0.115, foot[1] - 0.09), (foot[0] + 0.09, foot[1]), foot,
        (foot[0] - 0.08, foot[1] - 0.03), (foot[0] - 0.07, foot[1] - 0.13), (fx - 0.035, fy + 0.07),
    ]  # fmt: skip
    pen.blob([(px + 0.016, py + 0.006) for px, py in shape], dark)
    pen.blob(shape, wood)
    for i in range(5):
        pen.limb([(fx - 0.025, fy + 0.02 + 0.022 * i), (fx + 0.022, fy + 0.025 + 0.022 * i)], [0.006, 0.006], dark)
    pen.limb([(foot[0] - 0.035, foot[1] - 0.045), (foot[0] + 0.05, foot[1] - 0.035)], [0.016, 0.016], dark)
    for aside in (-0.012, 0.0, 0.012):
        pen.limb([(head[0] + aside, head[1]), (foot[0] + 0.008 + aside * 2, foot[1] - 0.04)], [0.003, 0.003], pale, 0.8)
    for i in range(3):
        pen.oval(fx + 0.018, fy + 0.012 * i, 0.02, 0.009, pose.lit("efc4a2"))


STRINGS: dict[str, Callable[[Pen, Skeleton, Pose], None]] = {"zither": _zither, "pipa": _pipa}
"""Drawn before the body, behind its near arm."""
