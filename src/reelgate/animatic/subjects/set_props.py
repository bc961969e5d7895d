"""Set props, which stand about people or carry them: desk, easel, ladder and bed, skis, boards and balls."""

from __future__ import annotations

import math
from collections.abc import Callable

from reelgate.animatic.drawing.palette import mix
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.skeleton import Joint, Skeleton

_WOOD, _DARK, _STEEL, _PAPER = "9a6a42", "2a2a32", "b4bcc8", "f8f4ea"


def _hands(body: Skeleton) -> tuple[Joint, Joint]:
    return body.near_arm.joints[2], body.far_arm.joints[2]


def _desk(pen: Pen, body: Skeleton, pose: Pose) -> None:
    wood, top = pose.lit(_WOOD), body.neck[1] + 0.235
    for x in (0.25, 0.52):
        pen.limb([(x, top), (x + 0.01, 0.0)], [0.03, 0.024], mix(wood, (0, 0, 0), 0.3))
    pen.limb([(0.12, top), (0.56, top)], [0.034, 0.034], wood)
    pen.polygon([(0.18, top - 0.02), (0.34, top - 0.02), (0.37, top - 0.032), (0.22, top - 0.032)], pose.lit(_PAPER))


def _laptop(pen: Pen, body: Skeleton, pose: Pose) -> None:
    _desk(pen, body, pose)
    top, steel = body.neck[1] + 0.22, pose.lit("9aa2ae")
    pen.limb([(0.2, top), (0.37, top)], [0.016, 0.016], steel)
    pen.polygon([(0.365, top), (0.44, top - 0.17), (0.455, top - 0.165), (0.38, top + 0.004)], steel)
    pen.polygon([(0.36, top - 0.01), (0.432, top - 0.165), (0.44, top - 0.165), (0.37, top - 0.01)], pose.lit("9fd8f4"))
    pen.halo(0.33, top - 0.1, 0.2, pose.lit("9fd8f4"), 0.16)


def _easel(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (fx, fy) = _hands(body)
    wood = pose.lit(_WOOD)
    for foot in (0.33, 0.58):
        pen.limb([(0.46, -1.02), (foot, 0.0)], [0.018, 0.02], wood)
    pen.polygon([(0.34, -0.93), (0.6, -0.97), (0.6, -0.5), (0.34, -0.46)], pose.lit(_PAPER))
    pen.polygon([(0.36, -0.9), (0.58, -0.935), (0.58, -0.66), (0.36, -0.63)], pose.lit("8fc4e4"))
    pen.polygon([(0.36, -0.7), (0.43, -0.8), (0.5, -0.71), (0.54, -0.76), (0.58, -0.7), (0.58, -0.66), (0.36, -0.63)],
                pose.lit("6f8fa8"))  # fmt: skip
    pen.polygon([(0.36, -0.63), (0.58, -0.66), (0.58, -0.53), (0.36, -0.5)], pose.lit("8fb85a"))
    pen.oval(0.53, -0.86, 0.022, 0.022, pose.lit("f6c84a"))
    pen.limb([(0.32, -0.47), (0.61, -0.5)], [0.02, 0.02], wood)
    pen.oval(fx + 0.03, fy - 0.02, 0.075, 0.045, pose.lit("b8834f"), angle=-0.2)
    for i, tone in enumerate(("d2322d", "3568c4", "f0c445", "f8f4ea")):
        pen.oval(fx - 0.01 + 0.026 * i, fy - 0.03 + 0.012 * (i % 2), 0.011, 0.009, pose.lit(tone))
    pen.limb([(nx - 0.03, ny + 0.03), (nx + 0.065, ny - 0.05)], [0.009, 0.012], pose.lit("5a3a26"))


def _ladder(pen: Pen, body: Skeleton, pose: Pose) -> None:
    wood = pose.lit(_WOOD)
    for foot in (0.13, 0.23):
        pen.limb([(foot, 0.03), (foot + 0.06, -1.2)], [0.026, 0.024], mix(wood, (0, 0, 0), 0.15))
    for rung in range(9):
        up = (rung + pose.phase * 2) % 9 / 9 * 1.16
        pen.limb([(0.125 + 0.05 * up, -up), (0.235 + 0.05 * up, -up - 0.012)], [0.02, 0.02], wood)


def _soles(body: Skeleton) -> list[Joint]:
    return [(x, y + 0.04) for x, y in (body.far_leg.joints[2], body.near_leg.joints[2])]


def _skis(pen: Pen, body: Skeleton, pose: Pose) -> None:
    for (x, y), tone in zip(_soles(body), ("a8323a", "d8444a"), strict=True):
        pen.tube([(x - 0.3, y + 0.002), (x + 0.26, y), (x + 0.34, y - 0.035)], [0.016, 0.02, 0.012], pose.lit(tone))
    for x, y in _hands(body):
        pen.limb([(x + 0.02, y - 0.05), (x - 0.2, min(y + 0.44, 0.02))], [0.012, 0.009], pose.lit(_DARK))
    for i in range(4):
        pen.oval(-0.36 - 0.05 * i, 0.0 - 0.012 * i, 0.05, 0.022 + 0.006 * i, pose.lit("ffffff"), 0.5)


def _skates(pen: Pen, body: Skeleton, pose: Pose) -> None:
    for x, y in _soles(body):
        pen.limb([(x - 0.05, y + 0.014), (x + 0.1, y + 0.014)], [0.014, 0.012], pose.lit(_STEEL))


def _skateboard(pen: Pen, body: Skeleton, pose: Pose) -> None:
    pen.tube([(-0.29, -0.1), (-0.2, -0.075), (0.22, -0.075), (0.31, -0.1)], [0.02, 0.028, 0.028, 0.02],
             pose.lit("c8823c"))  # fmt: skip
    for x in (-0.18, 0.2):
        pen.oval(x, -0.032, 0.032, 0.032, pose.lit(_DARK))
        pen.oval(x, -0.032, 0.014, 0.014, pose.lit(_STEEL))


def _surfboard(pen: Pen, body: Skeleton, pose: Pose) -> None:
    pen.blob([(-0.46, 0.0), (-0.3, -0.026), (0.3, -0.03), (0.5, -0.075), (0.36, 0.018), (-0.3, 0.026)],
             pose.lit("f4e8c8"))  # fmt: skip
    pen.limb([(-0.4, 0.0), (0.4, -0.022)], [0.01, 0.012], pose.lit("e0603c"))
    for i in range(6):
        spread = 0.05 + 0.018 * i + 0.012 * pose.swing(0.17 * i)
        pen.oval(-0.3 - 0.05 * i, 0.035 - 0.02 * (i % 3), spread, 0.026, pose.lit("f6fbfd"), 0.75)
    pen.tube([(-0.5, 0.045), (0.0, 0.04), (0.46, 0.03)], [0.03, 0.022, 0.01], pose.lit("f6fbfd"), 0.85)


def _football(pen: Pen, body: Skeleton, pose: Pose) -> None:
    rolling = 0.3 + 0.12 * math.cos(2 * math.pi * (pose.phase - 0.62))
    _ball(pen, pose, rolling, -0.06 - 0.05 * max(0.0, math.cos(2 * math.pi * (pose.phase - 0.7))), 0.06, "f6f6f4")
    turn = 4 * math.pi * pose.phase
    for i in range(3):
        x, y = rolling + 0.032 * math.cos(turn + 2.1 * i), -0.06 + 0.032 * math.sin(turn + 2.1 * i)
        pen.oval(x, y - 0.05 * max(0.0, math.cos(2 * math.pi * (pose.phase - 0.7))), 0.014, 0.014, pose.lit(_DARK))


def _basketball(pen: Pen, body: Skeleton, pose: Pose) -> None:
    x, high = _hands(body)[0][0] + 0.03, abs(math.cos(math.pi * pose.phase))
    y = -0.065 - (-_hands(body)[0][1] - 0.13) * high
    _ball(pen, pose, x, y, 0.065, "d9772b")
    pen.limb([(x - 0.06, y), (x + 0.06, y)], [0.007, 0.007], pose.lit("5a3018"))
    pen.limb([(x, y - 0.06), (x, y + 0.06)], [0.007, 0.007], pose.lit("5a3018"))


def _ball(pen: Pen, pose: Pose, x: float, y: float, radius: float, tone: str) -> None:
    pen.oval(x, y, radius, radius, pose.lit(tone))
    pen.oval(x - radius * 0.3, y - radius * 0.35, radius * 0.4, radius * 0.35, (255.0, 255.0, 255.0), 0.3)


def bed(pen: Pen, pose: Pose) -> None:
    """Draw a bed with its pillow, without what lies over the sleeper."""
    wood, sheet = pose.lit("7a5236"), pose.lit("f2ede2")
    pen.limb([(-0.6, -0.3), (-0.6, 0.24)], [0.05, 0.05], wood)
    pen.limb([(0.6, -0.02), (0.6, 0.24)], [0.05, 0.05], wood)
    pen.limb([(-0.58, 0.12), (0.58, 0.12)], [0.09, 0.09], mix(wood, (0, 0, 0), 0.2))
    pen.limb([(-0.54, 0.045), (0.54, 0.045)], [0.13, 0.13], sheet)
    pen.blob([(-0.54, -0.05), (-0.48, -0.11), (-0.32, -0.09), (-0.28, -0.02), (-0.34, 0.02), (-0.52, 0.02)],
             pose.lit("ffffff"))  # fmt: skip


def _blanket(pen: Pen, body: Skeleton, pose: Pose) -> None:
    cloth, breath = pose.lit("5f86b8"), 0.008 * pose.swing()
    pen.blob([(-0.16, -0.05), (-0.1, -0.15 - breath), (0.05, -0.16 - breath), (0.3, -0.14), (0.5, -0.15),
              (0.575, -0.06), (0.58, 0.1), (0.2, 0.115), (-0.16, 0.1)], cloth)  # fmt: skip
    pen.tube([(-0.14, -0.08), (-0.155, 0.0), (-0.14, 0.09)], [0.05, 0.06, 0.05], pose.lit("f2ede2"))
    for x in (0.08, 0.3, 0.46):
        pen.tube([(x, -0.1), (x + 0.03, 0.0), (x + 0.01, 0.09)], [0.006, 0.012, 0.006], mix(cloth, (0, 0, 0), 0.2))


GEAR: dict[str, Callable[[Pen, Skeleton, Pose], None]] = {
    "desk": _desk, "laptop": _laptop, "easel": _easel, "ladder": _ladder, "skis": _skis, "skates": _skates,
    "skateboard": _skateboard, "surfboard": _surfboard, "football": _football, "bed": _blanket,
}  # fmt: skip
"""Drawn before the body, behind its near arm."""

BALLS = {"basketball": _basketball}
