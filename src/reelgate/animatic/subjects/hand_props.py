"""Hand props of what people do: a bat, a bow, a shovel, a drum, weights, an ironing board, balls in the air."""

from __future__ import annotations

import math
from collections.abc import Callable

from reelgate.animatic.drawing.palette import mix
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.skeleton import Joint, Skeleton

_WOOD, _DARK, _STEEL, _BRASS, _PAPER = "9a6a42", "2a2a32", "b4bcc8", "d8a83c", "f8f4ea"


def _hands(body: Skeleton) -> tuple[Joint, Joint]:
    return body.near_arm.joints[2], body.far_arm.joints[2]


def _ahead(body: Skeleton, turn: float = 0.0) -> tuple[float, float]:
    """Return the direction in which the near forearm points, turned by some radians."""
    (ex, ey), (x, y) = body.near_arm.joints[1:]
    angle = math.atan2(y - ey, x - ex) + turn
    return math.cos(angle), math.sin(angle)


def _cigarette(pen: Pen, body: Skeleton, pose: Pose) -> None:
    x, y = _hands(body)[0]
    pen.limb([(x + 0.01, y - 0.012), (x + 0.055, y - 0.022)], [0.011, 0.011], pose.lit(_PAPER))
    pen.oval(x + 0.058, y - 0.023, 0.007, 0.007, pose.lit("e8703c"))
    drift = 0.02 * pose.swing()
    smoke = [(x + 0.06, y - 0.04), (x + 0.08 + drift, y - 0.1), (x + 0.06 - drift, y - 0.17)]
    pen.tube(smoke, [0.008, 0.02, 0.03], (255.0, 255.0, 255.0), 0.3)


def _barbell(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (fx, fy) = _hands(body)
    x, y, steel, disc = (nx + fx) / 2, (ny + fy) / 2 - 0.02, pose.lit(_STEEL), pose.lit(_DARK)
    for aside in (-0.27, 0.27):  # seen slanting, so that both its ends show
        pen.oval(x + aside, y - 0.1 * aside, 0.05, 0.1, mix(disc, steel, 0.2 if aside < 0 else 0.0))
        pen.oval(x + aside * 0.88, y - 0.088 * aside, 0.035, 0.07, mix(disc, steel, 0.3))
    pen.limb([(x - 0.32, y + 0.032), (x + 0.32, y - 0.032)], [0.018, 0.018], steel)


def _drum(pen: Pen, body: Skeleton, pose: Pose) -> None:
    red, skin, top = pose.lit("b83a32"), pose.lit(_PAPER), -0.4
    for foot in (0.2, 0.46):
        pen.limb([(0.33, top + 0.12), (foot, 0.0)], [0.018, 0.014], pose.lit(_STEEL))
    pen.polygon([(0.18, top), (0.5, top), (0.48, top + 0.17), (0.2, top + 0.17)], red)
    for row in (0.0, 0.16):
        pen.limb([(0.18 + row * 0.1, top + row), (0.5 - row * 0.1, top + row)], [0.018, 0.018], pose.lit(_BRASS))
    pen.oval(0.34, top, 0.16, 0.035, skin)
    for hand, down in zip(_hands(body), (0.03, 0.04), strict=True):
        pen.limb([hand, (hand[0] + 0.1, min(hand[1] + down, top))], [0.012, 0.009], pose.lit(_WOOD))


def _shovel(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (fx, fy) = _hands(body)
    length = math.hypot(nx - fx, ny - fy) or 1e-6
    dx, dy = (nx - fx) / length, (ny - fy) / length
    foot = (nx + 0.24 * dx, min(ny + 0.24 * dy, -0.02))
    pen.limb([(fx - 0.06 * dx, fy - 0.06 * dy), (nx, ny), foot], [0.018] * 3, pose.lit(_WOOD))
    steel, (x, y) = pose.lit(_STEEL), foot
    tip = (x + 0.12 * dx, min(y + 0.12 * dy, 0.02))
    blade = [(x - 0.045 * dy, y + 0.045 * dx), tip, (x + 0.045 * dy, y - 0.045 * dx)]
    pen.blob([*blade, (x - 0.02 * dx, y - 0.02 * dy)], steel)


def _bat(pen: Pen, body: Skeleton, pose: Pose) -> None:
    x, y = _hands(body)[0]
    dx, dy = _ahead(body, -0.5)
    reach = (x + 0.2 * dx, y + 0.2 * dy)
    pen.limb([(x - 0.03 * dx, y - 0.03 * dy), reach], [0.018, 0.016], pose.lit(_DARK))
    head = (x + 0.29 * dx, y + 0.29 * dy)
    pen.oval(*head, 0.1, 0.075, pose.lit("c8403c"), angle=math.atan2(dy, dx))
    pen.oval(*head, 0.082, 0.058, mix(pose.lit(_PAPER), pose.lit("9fb4c8"), 0.3), angle=math.atan2(dy, dx))
    along = pose.phase if pose.phase > 0.5 else 1.0 - pose.phase
    pen.oval(0.3 + 0.3 * (along - 0.5) * 2, -0.86 - 0.12 * math.sin(math.pi * along), 0.024, 0.024, pose.lit("e8e04a"))


def _volleyball(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (fx, _) = _hands(body)
    x, y = (nx + fx) / 2 + 0.03, min(ny, -0.9) - 0.12 - 0.2 * abs(math.sin(math.pi * pose.phase))
    pen.oval(x, y, 0.075, 0.075, pose.lit(_PAPER))
    pen.tube([(x - 0.06, y + 0.02), (x, y - 0.01), (x + 0.06, y + 0.03)], [0.012] * 3, pose.lit("3568c4"))
    pen.tube([(x - 0.02, y - 0.07), (x + 0.02, y), (x, y + 0.07)], [0.012] * 3, pose.lit("f0c445"))


def _bow(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (fx, fy) = _hands(body)
    wood, drawn = pose.lit("7a4a26"), pose.phase < 0.7
    x, y = fx + 0.02, fy
    curve = [(x - 0.09, y - 0.34), (x + 0.01, y - 0.2), (x + 0.03, y), (x + 0.01, y + 0.2), (x - 0.09, y + 0.34)]
    pen.tube(curve, [0.01, 0.022, 0.026, 0.022, 0.01], wood)
    nock = (nx, ny) if drawn else (x - 0.08, y)
    pen.tube([curve[0], nock, curve[-1]], [0.006] * 3, pose.lit(_PAPER))
    if drawn:
        pen.limb([(nx, ny), (x + 0.1, y)], [0.009, 0.007], pose.lit(_WOOD))
        pen.polygon([(x + 0.14, y), (x + 0.09, y - 0.022), (x + 0.09, y + 0.022)], pose.lit(_STEEL))


def _knitting(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (fx, fy) = _hands(body)
    x, y, wool = (nx + fx) / 2, (ny + fy) / 2, pose.lit("d8607a")
    pen.blob([(x - 0.05, y), (x + 0.09, y), (x + 0.1, y + 0.16), (x, y + 0.2), (x - 0.06, y + 0.15)], wool)
    for row in (0.05, 0.1, 0.15):
        pen.limb([(x - 0.045, y + row), (x + 0.085, y + row)], [0.006] * 2, mix(wool, (0, 0, 0), 0.2))
    for hand, lean in (((nx, ny), 0.1), ((fx, fy), -0.1)):
        pen.limb([hand, (hand[0] + lean, hand[1] - 0.1)], [0.008, 0.005], pose.lit(_STEEL))
    pen.oval(0.4, -0.045, 0.05, 0.05, wool)
    pen.tube([(0.36, -0.04), (0.3, -0.2), (x + 0.06, y + 0.16)], [0.005] * 3, wool)


def _board(pen: Pen, body: Skeleton, pose: Pose) -> None:
    top, steel = body.neck[1] + 0.29, pose.lit(_STEEL)
    for a, b in ((0.16, 0.48), (0.48, 0.16)):
        pen.limb([(a, top), (b, 0.0)], [0.016, 0.016], steel)
    pen.blob([(0.06, top - 0.012), (0.5, top - 0.02), (0.62, top), (0.5, top + 0.02), (0.06, top + 0.02)],
             pose.lit("7fa8d0"))  # fmt: skip
    pen.blob([(0.2, top - 0.03), (0.46, top - 0.034), (0.5, top + 0.05), (0.36, top + 0.09), (0.2, top + 0.05)],
             pose.lit(_PAPER))  # fmt: skip
    x, y = _hands(body)[0]
    pen.polygon([(x - 0.05, y + 0.05), (x + 0.09, y + 0.05), (x + 0.06, y + 0.01), (x - 0.04, y)], pose.lit("c8404a"))


def _trumpet(pen: Pen, body: Skeleton, pose: Pose) -> None:
    brass, mouth = pose.lit(_BRASS), (body.neck[0] + 0.06, body.neck[1] - 0.05)
    x, y = _hands(body)[1]
    bell = (x + 0.16, y - 0.03)
    pen.limb([mouth, bell], [0.012, 0.022], brass)
    bx, by = bell
    horn = [(bx - 0.03, by - 0.012), (bx + 0.07, by - 0.065), (bx + 0.07, by + 0.065), (bx - 0.03, by + 0.012)]
    pen.polygon(horn, brass)
    pen.oval(bell[0] + 0.07, bell[1], 0.014, 0.065, mix(brass, (0, 0, 0), 0.35))
    for valve in (0.0, 0.03, 0.06):
        pen.limb([(x - 0.04 + valve, y - 0.03), (x - 0.04 + valve, y + 0.04)], [0.014] * 2, mix(brass, (0, 0, 0), 0.15))


def _juggling(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (fx, _) = _hands(body)
    for number, tone in enumerate(("d2322d", "f0c445", "3568c4")):
        along = (pose.phase + number / 3) % 1.0
        x = nx + (fx - nx + 0.06) * along
        pen.oval(x, ny - 0.05 - 0.5 * math.sin(math.pi * along), 0.032, 0.032, pose.lit(tone))


def _baton(pen: Pen, body: Skeleton, pose: Pose) -> None:
    x, y = _hands(body)[0]
    dx, dy = _ahead(body, -0.4)
    pen.limb([(x, y), (x + 0.18 * dx, y + 0.18 * dy)], [0.01, 0.005], pose.lit(_PAPER))


KIT: dict[str, Callable[[Pen, Skeleton, Pose], None]] = {
    "barbell": _barbell, "drum": _drum, "bow": _bow, "knitting": _knitting, "board": _board, "volleyball": _volleyball,
    "juggling": _juggling,
}  # fmt: skip
"""Drawn before the body, behind its near arm."""

IN_HAND = {"cigarette": _cigarette, "shovel": _shovel, "bat": _bat, "trumpet": _trumpet, "baton": _baton}
