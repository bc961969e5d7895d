"""What people hold, sit at or stand on while they do something."""

from __future__ import annotations

import math
from collections.abc import Callable

from reelgate.animatic.drawing.palette import Colour, mix
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.hand_props import IN_HAND, KIT
from reelgate.animatic.subjects.motion import MOTIONS
from reelgate.animatic.subjects.plucked_strings import STRINGS
from reelgate.animatic.subjects.set_props import BALLS, GEAR, bed
from reelgate.animatic.subjects.skeleton import Joint, Skeleton

Prop = Callable[[Pen, Skeleton, Pose], None]
_WOOD, _DARK, _PAPER = "9a6a42", "2a2a32", "f8f4ea"


def behind(pen: Pen, body: Skeleton, pose: Pose) -> None:
    """Draw what lies behind somebody: the bed that they sleep in."""
    if MOTIONS[pose.action].holds == "bed":
        bed(pen, pose)


def before(pen: Pen, body: Skeleton, pose: Pose) -> None:
    """Draw what is before a body, and behind its near arm."""
    draw = _HELD.get(MOTIONS[pose.action].holds)
    if draw:
        draw(pen, body, pose)


def in_hand(pen: Pen, body: Skeleton, pose: Pose) -> None:
    """Draw what the near hand has closed about, before its arm."""
    if pose.thing:
        pose.thing(pen, *body.near_arm.joints[2])
        return
    draw = _IN_HAND.get(MOTIONS[pose.action].holds)
    if draw:
        draw(pen, body, pose)


def _hands(body: Skeleton) -> tuple[Joint, Joint]:
    return body.near_arm.joints[2], body.far_arm.joints[2]


def _light(colour: Colour, share: float = 0.35) -> Colour:
    return mix(colour, (255.0, 255.0, 255.0), share)


def _guitar(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (fx, fy), wood, dark = _hands(body)[1], pose.lit("c98a4a"), pose.lit("4a2f20")
    pen.limb([(0.1, -0.41), (fx + 0.01, fy)], [0.034, 0.028], dark)
    pen.limb([(fx, fy), (fx + 0.075, fy - 0.04)], [0.032, 0.042], dark)
    pen.blob([(-0.08, -0.4), (-0.03, -0.47), (0.08, -0.46), (0.15, -0.48), (0.2, -0.42), (0.17, -0.35), (0.08, -0.34),
              (-0.02, -0.28), (-0.09, -0.32)], wood)  # fmt: skip
    pen.oval(0.09, -0.405, 0.033, 0.031, dark)
    pen.limb([(-0.04, -0.36), (0.0, -0.35)], [0.012, 0.012], dark)
    pen.limb([(-0.03, -0.36), (fx + 0.05, fy - 0.03)], [0.006, 0.004], pose.lit("f1ead8"), 0.8)


def _book(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (fx, fy) = _hands(body)
    x, y, turn = (nx + fx) / 2 + 0.01, min(ny, fy) - 0.03, 0.3 * max(pose.swing(0.1), 0.6) - 0.18
    cover, page = pose.lit("a8443a"), pose.lit(_PAPER)
    pen.polygon([(x - 0.1, y - 0.062), (x, y - 0.03), (x + 0.1, y - 0.072), (x + 0.1, y + 0.048), (x, y + 0.09),
                 (x - 0.1, y + 0.058)], cover)  # fmt: skip
    pen.polygon([(x - 0.088, y - 0.066), (x, y - 0.036), (x, y + 0.076), (x - 0.088, y + 0.046)], page)
    pen.polygon([(x, y - 0.036), (x + 0.088, y - 0.076), (x + 0.088, y + 0.036), (x, y + 0.076)], mix(page, cover, 0.1))
    for line in range(4):
        row = y - 0.03 + 0.022 * line
        pen.limb([(x - 0.07, row - 0.012), (x - 0.016, row + 0.008)], [0.005] * 2, mix(page, pose.lit(_DARK), 0.4))
    pen.polygon([(x, y - 0.036), (x + 0.06 * turn / 0.12, y - 0.09), (x + 0.06 * turn / 0.12, y + 0.02), (x, y + 0.07)],
                _light(page, 0.5))  # fmt: skip


def _bowl(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (x, y) = _hands(body)
    china = pose.lit("e8ecf2")
    _steam(pen, pose, x + 0.03, y - 0.08)
    pen.oval(x + 0.02, y - 0.05, 0.07, 0.02, pose.lit("f2d9a0"))
    pen.blob([(x - 0.055, y - 0.05), (x + 0.095, y - 0.05), (x + 0.06, y + 0.014), (x - 0.02, y + 0.014)], china)
    pen.limb([(x - 0.04, y - 0.035), (x + 0.078, y - 0.035)], [0.008, 0.008], pose.lit("3f6fb0"))
    for aside in (0.0, 0.014):
        pen.limb([(nx, ny), (nx + 0.05, ny - 0.075 + aside)], [0.007, 0.005], pose.lit("8a4a2f"))


def _steam(pen: Pen, pose: Pose, x: float, y: float) -> None:
    for i, aside in enumerate((-0.025, 0.025)):
        sway = 0.02 * pose.swing(0.3 * i)
        rise = [(x + aside, y), (x + aside + sway, y - 0.06), (x + aside - sway, y - 0.12)]
        pen.tube(rise, [0.012, 0.022, 0.006], (255.0, 255.0, 255.0), 0.35)


def _cup(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (x, y), china = _hands(body)[0], pose.lit("f6f1e6")
    _steam(pen, pose, x + 0.02, y - 0.06)
    pen.polygon([(x - 0.012, y - 0.05), (x + 0.058, y - 0.05), (x + 0.05, y + 0.022), (x - 0.004, y + 0.022)], china)
    pen.limb([(x - 0.006, y - 0.03), (x + 0.053, y - 0.03)], [0.01, 0.01], pose.lit("c9714a"))


def _pan(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (x, y), iron = *_hands(body), pose.lit(_DARK)
    pen.limb([(x, y), (x + 0.12, y + 0.01)], [0.024, 0.018], pose.lit("5a3a26"))
    for i, tone in enumerate(("e0a23c", "6fa04a", "d2463c", "f0d080")):
        hop = 0.05 * max(0.0, pose.swing(0.2 * i))
        pen.oval(x + 0.13 + 0.045 * i, y - 0.018 - hop, 0.026, 0.018, pose.lit(tone))
    pen.blob([(x + 0.09, y - 0.018), (x + 0.31, y - 0.018), (x + 0.28, y + 0.035), (x + 0.12, y + 0.035)], iron)
    pen.limb([(x + 0.1, y - 0.014), (x + 0.3, y - 0.014)], [0.008, 0.008], _light(iron, 0.3))
    _steam(pen, pose, x + 0.2, y - 0.06)
    pen.limb([(nx - 0.03, ny - 0.04), (x + 0.18 + 0.02 * pose.swing(), y)], [0.014, 0.018], pose.lit(_WOOD))


def _microphone(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (x, y), dark = _hands(body)[0], pose.lit(_DARK)
    pen.limb([(x - 0.004, y + 0.045), (x + 0.018, y - 0.035)], [0.022, 0.028], dark)
    pen.oval(x + 0.022, y - 0.048, 0.024, 0.024, pose.lit("8d95a3"))


def _phone(pen: Pen, body: Skeleton, pose: Pose) -> None:
    x, y = _hands(body)[0]
    pen.limb([(x - 0.012, y - 0.045), (x + 0.022, y + 0.05)], [0.03, 0.03], pose.lit(_DARK))


def _rod(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (x, y), tip, cane = _hands(body)[0], (0.58, -1.0 + 0.012 * pose.swing()), pose.lit("6a4a2c")
    pen.tube([(x - 0.07, y + 0.05), ((x + tip[0]) / 2, (y + tip[1]) / 2 - 0.03), tip], [0.018, 0.012, 0.005], cane)
    pen.tube([tip, (0.6, -0.5), (0.605 + 0.008 * pose.swing(), 0.0)], [0.004, 0.004, 0.004], pose.lit(_PAPER), 0.8)
    pen.oval(0.605 + 0.008 * pose.swing(), 0.01, 0.014, 0.018, pose.lit("d2322d"))


def _sword(pen: Pen, body: Skeleton, pose: Pose) -> None:
    elbow, (x, y) = body.near_arm.joints[1:]
    turn = math.atan2(y - elbow[1], x - elbow[0]) - 0.75
    dx, dy = math.cos(turn), math.sin(turn)
    blade = pose.lit("dfe6ee")
    pen.limb([(x - dx * 0.07, y - dy * 0.07), (x + dx * 0.03, y + dy * 0.03)], [0.022, 0.02], pose.lit("3a2430"))
    bent = (x + dx * 0.26 - dy * 0.012, y + dy * 0.26 + dx * 0.012)
    pen.tube([(x + dx * 0.04, y + dy * 0.04), bent, (x + dx * 0.46, y + dy * 0.46)], [0.022, 0.02, 0.004], blade)
    guard = [(x + dx * 0.035 - dy * 0.03, y + dy * 0.035 + dx * 0.03),
             (x + dx * 0.035 + dy * 0.03, y + dy * 0.035 - dx * 0.03)]  # fmt: skip
    pen.limb(guard, [0.014, 0.014], pose.lit("c9a24a"))


def _umbrella(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (x, y), cloth = _hands(body)[0], pose.lit("c8404a")
    top = body.neck[1] - 0.36
    pen.limb([(x, y + 0.05), (x + 0.01, top)], [0.012, 0.012], pose.lit(_DARK))
    rim = [(x - 0.36, top + 0.16), (x - 0.28, top + 0.05), (x - 0.13, top - 0.015), (x + 0.01, top - 0.03),
           (x + 0.16, top - 0.015), (x + 0.3, top + 0.05), (x + 0.38, top + 0.16)]  # fmt: skip
    scallops = [(x + 0.38 - 0.74 * (i + 0.5 * half) / 4, top + 0.16 - 0.03 * half) for i in range(4) for half in (0, 1)]
    pen.polygon([*rim, *scallops], cloth)
    for share in (-0.5, 0.5):
        pen.limb([(x + 0.01, top - 0.025), (x + 0.01 + 0.36 * share, top + 0.15)], [0.006, 0.006],
                 mix(cloth, (0, 0, 0), 0.25))  # fmt: skip
    pen.limb([(x + 0.01, top - 0.03), (x + 0.01, top - 0.06)], [0.014, 0.008], pose.lit(_DARK))


def _oar(pen: Pen, body: Skeleton, pose: Pose) -> None:
    x, y = _hands(body)[0]
    blade = (0.22 - (x - 0.2) * 2.2, -0.03 - 0.04 * pose.swing(0.25))
    pen.limb([(x, y), blade], [0.018, 0.018], pose.lit(_WOOD))
    pen.limb([blade, (blade[0] * 1.3 - 0.06, blade[1] + 0.03)], [0.03, 0.05], pose.lit(_WOOD))


def _camera(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (x, y), dark = _hands(body)[0], pose.lit(_DARK)
    pen.polygon([(x - 0.04, y - 0.05), (x + 0.06, y - 0.05), (x + 0.06, y + 0.02), (x - 0.04, y + 0.02)], dark)
    pen.limb([(x + 0.06, y - 0.015), (x + 0.1, y - 0.015)], [0.046, 0.05], mix(dark, (120, 130, 150), 0.4))


def _violin(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (fx, fy) = _hands(body)
    wood, start = pose.lit("a8562c"), (body.neck[0] + 0.05, body.neck[1] + 0.015)
    pen.limb([start, (fx + 0.03, fy - 0.012)], [0.03, 0.022], pose.lit(_DARK))
    for share, wide in ((0.16, 0.09), (0.34, 0.06), (0.5, 0.076)):
        pen.oval(start[0] + (fx - start[0]) * share, start[1] + (fy - start[1]) * share, 0.045, wide / 2, wood)
    pen.limb([(nx, ny), (nx + 0.12, ny - 0.16)], [0.01, 0.006], pose.lit("5a3a26"))
    pen.limb([(nx - 0.02, ny + 0.02), (nx + 0.2, ny - 0.14)], [0.008, 0.006], pose.lit("5a3a26"))


def _flute(pen: Pen, body: Skeleton, pose: Pose) -> None:
    mouth, (fx, fy) = (body.neck[0] + 0.045, body.neck[1] - 0.045), _hands(body)[1]
    pen.limb([mouth, (fx + 0.06, fy + 0.0)], [0.02, 0.02], pose.lit("c9a24a"))


def _reins(pen: Pen, body: Skeleton, pose: Pose) -> None:
    if not pose.half:
        return  # on no animal
    (x, y), leather = _hands(body)[0], pose.lit("4a2f20")
    pen.tube([(x, y), (x + 0.12, y + 0.03), (x + 0.3, y - 0.06)], [0.012, 0.01, 0.008], leather)


def _knife(pen: Pen, body: Skeleton, pose: Pose) -> None:
    x, y = _hands(body)[0]
    pen.limb([(x - 0.02, y - 0.01), (x + 0.03, y + 0.01)], [0.02, 0.02], pose.lit(_WOOD))
    pen.polygon(
        [(x + 0.03, y - 0.012), (x + 0.15, y + 0.0), (x + 0.14, y + 0.03), (x + 0.03, y + 0.03)], pose.lit("dfe6ee")
    )


def _ladle(pen: Pen, body: Skeleton, pose: Pose) -> None:
    x, y = _hands(body)[0]
    pen.limb([(x - 0.02, y - 0.06), (x + 0.06, y + 0.12)], [0.012, 0.014], pose.lit(_WOOD))
    pen.oval(x + 0.065, y + 0.13, 0.03, 0.022, pose.lit(_WOOD))


def _broom(pen: Pen, body: Skeleton, pose: Pose) -> None:
    (nx, ny), (fx, fy) = _hands(body)
    foot = (nx + (nx - fx) * 1.4 + 0.12, -0.05)
    pen.limb([(fx, fy - 0.08), (nx, ny), foot], [0.014, 0.014, 0.014], pose.lit(_WOOD))
    straw = pose.lit("d8b04a")
    pen.polygon([(foot[0] - 0.03, -0.09), (foot[0] + 0.03, -0.09), (foot[0] + 0.09, 0.0), (foot[0] - 0.07, 0.0)], straw)


def _staff(pen: Pen, body: Skeleton, pose: Pose) -> None:
    """Draw a hiker's stick, and the pack on their back."""
    (x, y), pack = _hands(body)[0], pose.lit("c8703c")
    pen.limb([(x - 0.02, y - 0.12), (x + 0.06, 0.0)], [0.016, 0.014], pose.lit(_WOOD))
    pen.blob(body.round([(-0.07, 0.98), (-0.19, 0.92), (-0.22, 0.5), (-0.17, 0.2), (-0.07, 0.24)]), pack)
    pen.blob(body.round([(-0.15, 0.5), (-0.215, 0.48), (-0.205, 0.24), (-0.14, 0.24)]), mix(pack, (0, 0, 0), 0.16))
    strap = body.round([(-0.09, 0.98), (-0.01, 0.9), (-0.02, 0.5), (-0.08, 0.34)])
    pen.tube(strap, [0.02] * 4, mix(pack, (0, 0, 0), 0.4))


_HELD: dict[str, Prop] = {
    "guitar": _guitar, "book": _book, "bowl": _bowl, "pan": _pan, "umbrella": _umbrella, "violin": _violin,
    "staff": _staff, "reins": _reins, **GEAR, **KIT, **STRINGS,
}  # fmt: skip
_IN_HAND: dict[str, Prop] = {
    "cup": _cup, "microphone": _microphone, "phone": _phone, "rod": _rod, "sword": _sword, "oar": _oar,
    "camera": _camera, "flute": _flute, "knife": _knife, "ladle": _ladle, "broom": _broom, **BALLS, **IN_HAND,
}  # fmt: skip
