"""Four-legged animals: one skeleton, told apart by proportions, coat and head."""

from __future__ import annotations

import functools
import math

import msgspec

from reelgate.animatic.palette import Colour, mix, rgb
from reelgate.animatic.rigs.base import Figure, Gait, Pen, Pose, joint, step


class Build(msgspec.Struct, frozen=True):
    """Proportions in shoulder heights. `neck` is (length, radians above level), `head` (length, depth)."""

    body: float = 1.05
    chest: float = 0.42
    waist: float = 0.34
    rump: float = 0.4
    leg: float = 0.1
    neck: tuple[float, float] = (0.3, 0.7)
    neck_width: float = 0.24
    head: tuple[float, float] = (0.3, 0.26)
    muzzle: float = 0.6
    ears: str = "point"
    tail: tuple[float, float] = (0.7, 0.6)
    tail_width: float = 0.09
    extra: str = ""
    feet: Colour | None = None


def _draw(build: Build, pen: Pen, pose: Pose) -> None:
    coat = pose.lit(pose.colour)
    far = mix(coat, pose.lit("20222c"), 0.32)
    sitting = pose.action in ("sit", "play")
    body = _Body(build, pose)
    for leg in body.legs(far=True):
        _leg(pen, build, leg, far, pose)
    _tail(pen, build, body, coat, pose)
    if sitting:
        pen.oval(body.hip[0] - 0.02, body.hip[1] + 0.12, build.rump * 0.72, build.rump * 0.66, coat)
    pen.limb([body.hip, body.middle, body.shoulder], [build.rump, build.waist, build.chest], coat)
    if build.extra == "hump":
        pen.oval(body.shoulder[0] - 0.1, body.shoulder[1] - 0.1, 0.34, 0.24, coat)
    _coat(pen, build, body, pose)
    for leg in body.legs(far=False):
        _leg(pen, build, leg, coat, pose)
    _head(pen, build, body, coat, pose)


class _Body:
    """Where the joints are at this moment."""

    def __init__(self, build: Build, pose: Pose) -> None:
        self._build, self._pose = build, pose
        run, walk = pose.action == "run", pose.action == "walk"
        bounce = -0.07 * pose.swing(0.1) if run else -0.015 * pose.swing() if walk else 0.008 * pose.swing()
        pitch = 0.1 * pose.swing(0.3) if run else 0.0
        half, back = build.body / 2, -(1 - build.chest * 0.45)
        self.hip = (-half, back + bounce + pitch)
        self.shoulder = (half, back + bounce - pitch)
        if pose.action in ("sit", "play"):
            self.hip = (-half * 0.62, -build.rump * 0.62)
            self.shoulder = (half * 0.42, back * 1.12 + bounce)
        arch = -0.05 * pose.swing(0.55) if run else 0.0
        middle_x, middle_y = (self.hip[0] + self.shoulder[0]) / 2, (self.hip[1] + self.shoulder[1]) / 2
        self.middle = (middle_x, middle_y + arch + 0.01)

    def legs(self, *, far: bool) -> list[tuple[str, tuple[float, float], tuple[float, float]]]:
        """Return (which, its root, its foot) of the hind and the fore leg on one side."""
        pose, shift = self._pose, 0.07 if far else 0.0
        hind_root, fore_root = (self.hip[0] + shift, self.hip[1]), (self.shoulder[0] + shift, self.shoulder[1])
        if pose.action == "run":
            hind, fore = (step(pose.phase + (0.12 if far else 0.0) + at, 0.46, 0.26, 0.36) for at in (0.0, 0.52))
        elif pose.action == "walk":
            hind, fore = (step(pose.phase + (0.5 if far else 0.0) + at, 0.22, 0.11, 0.62) for at in (0.0, 0.28))
        elif pose.action == "play":
            touch = 0.07 * pose.swing(0.5 if far else 0.0)
            return [("hind", (self.hip[0] + 0.06, self.hip[1]), (self.hip[0] + 0.26, 0.0)), ("play", fore_root, (self.shoulder[0] + 0.52, -0.62 + touch))]
        else:
            hind, fore = (0.0, 0.0), (0.0, 0.0)
            if pose.action == "sit":
                return [("hind", self.hip, (self.hip[0] + 0.3 + shift, 0.0)), ("fore", fore_root, (self.shoulder[0] + 0.02 + shift, 0.0))]
        drop = 0.03 if pose.action == "run" else 0.0
        return [
            ("hind", hind_root, (hind_root[0] - 0.03 + hind[0], hind[1] + drop)),
            ("fore", fore_root, (fore_root[0] + 0.02 + fore[0], fore[1] + drop)),
        ]


def _leg(
    pen: Pen, build: Build, leg: tuple[str, tuple[float, float], tuple[float, float]], colour: Colour, pose: Pose
) -> None:
    which, root, foot = leg
    foot = (foot[0], min(foot[1], 0.0))
    thick, lifted = build.leg, -foot[1]
    if which == "play":
        elbow = joint(root, foot, 0.36, 0.36, -1)
        pen.limb([root, elbow, foot], [build.chest * 0.6, thick * 1.3, thick * 1.1], colour)
        pen.oval(foot[0], foot[1], thick * 0.8, thick * 0.6, colour)
        return
    if which == "hind":
        hock = (foot[0] - 0.1 - 0.25 * lifted, foot[1] - 0.27 + 0.1 * lifted)
        knee = joint(root, hock, 0.36, 0.33, 1)
        pen.limb([root, knee], [build.rump * 0.82, thick * 2.0], colour)
        pen.limb([knee, hock, foot], [thick * 2.0, thick * 1.05, thick * 0.9], colour)
    else:
        wrist = (foot[0] + 0.02 + 0.35 * lifted, foot[1] - 0.25 + 0.15 * lifted)
        elbow = joint(root, wrist, 0.34, 0.34, -1)
        pen.limb([root, elbow], [build.chest * 0.66, thick * 1.7], colour)
        pen.limb([elbow, wrist, foot], [thick * 1.7, thick * 1.05, thick * 0.85], colour)
    tip = pose.lit(build.feet) if build.feet else colour
    pen.limb([(foot[0] - 0.01, foot[1] - thick * 0.35), (foot[0] + thick * 0.6, foot[1] - thick * 0.3)], [thick, thick * 0.7], tip)


def _tail(pen: Pen, build: Build, body: _Body, coat: Colour, pose: Pose) -> None:
    length, lift = build.tail
    sway = 0.12 * pose.swing(0.2)
    x, y = body.hip[0] - build.rump * 0.3, body.hip[1] - build.rump * 0.25
    if build.extra == "horse":
        hair = pose.lit(_mane(pose))
        flow = 0.25 if pose.action == "run" else 0.0
        pen.blob([(x + 0.04, y - 0.04), (x - 0.22 - flow, y + 0.02 + sway * 0.5), (x - 0.34 - flow * 1.6, y + 0.42 - flow + sway), (x - 0.2 - flow, y + 0.3 - flow * 0.6 + sway), (x - 0.02, y + 0.12)], hair)
        return
    points = []
    for step_ in range(9):
        share = step_ / 8
        bend = lift * share + sway * share * share
        points.append((x - length * share * math.cos(bend), y - length * share * math.sin(bend) * (1.2 if pose.action != "sit" else -0.2)))
    bushy = build.extra == "bush"
    widths = [build.tail_width * (1 + (2.4 * math.sin(math.pi * min(i / 8 * 1.08, 1)) if bushy else -0.35 * i / 8)) for i in range(9)]
    pen.limb(points, widths, coat)
    if bushy:
        pen.limb(points[-2:], widths[-2:], pose.lit("f4ece0"))


def _coat(pen: Pen, build: Build, body: _Body, pose: Pose) -> None:
    """Markings on the trunk."""
    (hx, hy), (sx, sy) = body.hip, body.shoulder
    if build.extra == "stripes":
        dark = mix(pose.lit("2a211c"), pose.lit(pose.colour), 0.25)
        for i in range(7):
            share = (i + 0.5) / 7
            x, y = hx + (sx - hx) * share, hy + (sy - hy) * share
            pen.limb([(x, y - 0.18), (x + 0.03, y - 0.02), (x - 0.01, y + 0.08)], [0.045, 0.035, 0.01], dark)
    if build.extra == "patches":
        for share, size in ((0.1, 0.13), (0.55, 0.16), (0.92, 0.1)):
            pen.oval(hx + (sx - hx) * share, hy + (sy - hy) * share - 0.03, size, size * 0.8, pose.lit("2b2a30"))
    if build.extra == "wool":
        for i in range(9):
            share = i / 8
            for dy in (-0.17, -0.02, 0.13):
                pen.oval(hx + (sx - hx) * share, hy + (sy - hy) * share + dy, 0.15, 0.13, pose.lit(pose.colour))
    if build.extra == "panda":
        pen.limb([(sx - 0.02, sy - 0.14), (sx + 0.02, sy + 0.2)], [0.26, 0.3], pose.lit("2b2a30"))


def _mane(pose: Pose) -> Colour:
    return mix(pose.colour, rgb("3a3036"), 0.55)


def _head(pen: Pen, build: Build, body: _Body, coat: Colour, pose: Pose) -> None:
    length, angle = build.neck
    nod = 0.1 * pose.swing(0.45) if pose.action == "run" else 0.04 * pose.swing(0.25)
    angle += nod + (0.15 if pose.action in ("sit", "play") else -0.12 if pose.action == "run" else 0.0)
    sx, sy = body.shoulder
    base = (sx + build.chest * 0.05, sy - build.chest * 0.12)
    poll = (base[0] + length * math.cos(angle), base[1] - length * math.sin(angle))
    if build.extra == "horse":
        _mane_hair(pen, base, poll, pose)
    pen.limb([base, poll], [build.chest * 0.86, build.neck_width], coat)
    if build.extra == "mane":
        mane = pose.lit(mix(pose.colour, rgb("5a2f16"), 0.6))
        for i in range(14):
            turn = i * 2 * math.pi / 14
            pen.oval(poll[0] + 0.2 * math.cos(turn) - 0.03, poll[1] + 0.22 * math.sin(turn) + 0.04, 0.13, 0.13, mane)
    _face(pen, build, poll, coat, pose)


def _mane_hair(pen: Pen, base: tuple[float, float], poll: tuple[float, float], pose: Pose) -> None:
    hair = pose.lit(_mane(pose))
    for i in range(8):
        share = i / 7
        x, y = base[0] + (poll[0] - base[0]) * share, base[1] + (poll[1] - base[1]) * share
        wind = 0.1 * (1 if pose.action == "run" else 0.3) + 0.03 * pose.swing(share)
        pen.limb([(x - 0.02, y - 0.12 + 0.05 * share), (x - 0.16 - wind, y - 0.06 + 0.03 * pose.swing(share * 0.7))], [0.15, 0.05], hair)


def _face(pen: Pen, build: Build, poll: tuple[float, float], coat: Colour, pose: Pose) -> None:
    long, deep = build.head
    x, y = poll
    dark = pose.lit("241f24")
    inner = mix(coat, pose.lit("d98f8f"), 0.5)
    ear = deep * 0.5
    if build.ears == "round":
        ink = pose.lit("2b2a30") if build.extra == "panda" else mix(coat, dark, 0.25)
        pen.oval(x - deep * 0.18, y - deep * 0.52, deep * 0.22, deep * 0.22, ink)
        pen.oval(x + deep * 0.3, y - deep * 0.5, deep * 0.2, deep * 0.2, ink)
    if build.extra in ("antlers",):
        horn = pose.lit("8a6a48")
        for lean in (-0.1, 0.08):
            pen.limb([(x, y - 0.1), (x + lean - 0.06, y - 0.36), (x + lean + 0.02, y - 0.56)], [0.045, 0.035, 0.02], horn)
            pen.limb([(x + lean - 0.06, y - 0.34), (x + lean + 0.12, y - 0.46)], [0.03, 0.018], horn)
    jaw = (x + long * math.cos(0.5 if build.extra in ("horse", "antlers") else 0.2), y + long * math.sin(0.75 if build.extra in ("horse", "antlers") else 0.22))
    pen.oval(x + deep * 0.08, y, deep * 0.56, deep * 0.52, coat)
    pen.limb([(x + deep * 0.1, y + deep * 0.04), jaw], [deep * 0.9, deep * build.muzzle * 0.75], coat)
    if build.ears in ("point", "long"):
        tall = ear * (2.6 if build.ears == "long" else 0.85)
        for dx, shade in ((-deep * 0.3, mix(coat, dark, 0.18)), (deep * 0.12, coat)):
            pen.polygon([(x + dx - ear * 0.42, y - deep * 0.28), (x + dx - ear * 0.1, y - deep * 0.35 - tall), (x + dx + ear * 0.55, y - deep * 0.3)], shade)
        pen.polygon([(x + deep * 0.1, y - deep * 0.34), (x + deep * 0.1, y - deep * 0.3 - tall * 0.7), (x + deep * 0.26, y - deep * 0.34)], inner)
    if build.ears == "flop":
        pen.limb([(x - deep * 0.1, y - deep * 0.35), (x - deep * 0.32, y + deep * 0.25)], [deep * 0.3, deep * 0.26], mix(coat, dark, 0.3))
    if build.ears == "fan":
        pen.oval(x - deep * 0.35, y + deep * 0.05, deep * 0.42, deep * 0.62, mix(coat, dark, 0.16))
        pen.limb([(x + deep * 0.4, y + deep * 0.2), (x + deep * 0.72, y + deep * 0.75), (x + deep * 0.68, y + deep * 1.5), (x + deep * 0.85, y + deep * 1.75)], [deep * 0.36, deep * 0.26, deep * 0.18, deep * 0.14], coat)
        pen.limb([(x + deep * 0.4, y + deep * 0.45), (x + deep * 0.85, y + deep * 0.75)], [deep * 0.1, deep * 0.05], pose.lit("f2ecdc"))
    eye = (x + deep * 0.28, y - deep * 0.08)
    if build.extra == "panda":
        pen.oval(eye[0], eye[1] + 0.01, deep * 0.15, deep * 0.18, pose.lit("2b2a30"))
        pen.oval(eye[0] + 0.005, eye[1], deep * 0.05, deep * 0.06, pose.lit("ffffff"))
    else:
        pen.oval(eye[0], eye[1], deep * 0.085, deep * 0.1, dark)
        pen.oval(eye[0] + deep * 0.025, eye[1] - deep * 0.03, deep * 0.028, deep * 0.028, pose.lit("ffffff"))
    if build.extra != "horse" and build.ears != "fan":
        pen.oval(jaw[0] + deep * build.muzzle * 0.26, jaw[1] - deep * 0.1, deep * 0.09, deep * 0.075, dark)
        pen.limb([(jaw[0] - deep * 0.1, jaw[1] + deep * 0.14), (jaw[0] + deep * 0.16, jaw[1] + deep * 0.1)], [0.012, 0.012], mix(coat, dark, 0.6))
    else:
        pen.oval(jaw[0] + deep * 0.12, jaw[1] - deep * 0.02, deep * 0.05, deep * 0.045, mix(coat, dark, 0.6))


_GAITS = {"stand": Gait(3.2, 0.0), "walk": Gait(1.15, 0.72), "run": Gait(0.52, 2.3), "sit": Gait(3.2, 0.0), "play": Gait(0.5, 0.0)}
_ALIASES = {"dance": "run", "swim": "walk", "fly": "run", "drive": "run"}


def _animal(size: float, colour: str, build: Build) -> Figure:
    return Figure(
        draw=functools.partial(_draw, build), size=size, box=(-1.5, -1.95, 1.55, 0.12), colour=rgb(colour),
        gaits=_GAITS, aliases=_ALIASES, hands=(0.73, -0.62), seat=0.02,
    )  # fmt: skip


HORSE = Build(body=1.0, chest=0.42, waist=0.35, rump=0.42, leg=0.085, neck=(0.56, 0.88), neck_width=0.22, head=(0.44, 0.25), muzzle=0.62, ears="point", extra="horse", feet=rgb("3a3036"))
CAT = Build(body=1.0, chest=0.42, waist=0.38, rump=0.43, leg=0.115, neck=(0.2, 0.75), neck_width=0.34, head=(0.15, 0.5), muzzle=0.62, tail=(0.95, 0.75), tail_width=0.11, feet=rgb("f6efe6"))
DOG = Build(body=1.0, chest=0.4, waist=0.3, rump=0.36, leg=0.1, neck=(0.3, 0.8), neck_width=0.26, head=(0.32, 0.34), muzzle=0.7, ears="flop", tail=(0.6, 0.9), tail_width=0.1, feet=rgb("f4e8d6"))

ANIMALS = {
    "horse": _animal(0.27, "7a4a2c", HORSE),
    "cat": _animal(0.21, "e29445", CAT),
    "dog": _animal(0.22, "b9824f", DOG),
    "fox": _animal(0.19, "d9672c", Build(body=1.0, chest=0.33, waist=0.28, rump=0.33, leg=0.085, neck=(0.24, 0.7), head=(0.36, 0.33), muzzle=0.42, tail=(0.85, 0.15), tail_width=0.1, extra="bush", feet=rgb("3a2a28"))),
    "wolf": _animal(0.22, "7d828c", Build(body=1.02, chest=0.42, waist=0.32, rump=0.36, leg=0.1, neck=(0.3, 0.55), neck_width=0.3, head=(0.38, 0.33), muzzle=0.52, tail=(0.7, -0.3), tail_width=0.11, extra="bush")),
    "deer": _animal(0.25, "a8703c", Build(body=0.95, chest=0.36, waist=0.29, rump=0.35, leg=0.065, neck=(0.52, 1.05), neck_width=0.17, head=(0.32, 0.22), muzzle=0.55, tail=(0.2, 0.4), extra="antlers")),
    "rabbit": _animal(0.15, "d8cfc4", Build(body=0.75, chest=0.42, waist=0.5, rump=0.58, leg=0.11, neck=(0.22, 0.8), neck_width=0.34, head=(0.24, 0.46), muzzle=0.6, ears="long", tail=(0.12, 0.5), tail_width=0.22)),
    "bear": _animal(0.25, "6b4a34", Build(body=1.05, chest=0.6, waist=0.62, rump=0.62, leg=0.18, neck=(0.26, 0.35), neck_width=0.46, head=(0.36, 0.46), muzzle=0.6, ears="round", tail=(0.08, 0.3), tail_width=0.12, extra="hump")),
    "panda": _animal(0.23, "f1eee8", Build(body=0.95, chest=0.6, waist=0.64, rump=0.62, leg=0.18, neck=(0.26, 0.45), neck_width=0.48, head=(0.3, 0.52), muzzle=0.6, ears="round", tail=(0.08, 0.3), tail_width=0.12, extra="panda", feet=rgb("2b2a30"))),
    "lion": _animal(0.25, "d3a158", Build(body=1.08, chest=0.44, waist=0.36, rump=0.4, leg=0.12, neck=(0.26, 0.55), neck_width=0.36, head=(0.32, 0.42), muzzle=0.66, ears="round", tail=(0.9, 0.1), tail_width=0.06, extra="mane")),
    "tiger": _animal(0.24, "e08a35", Build(body=1.12, chest=0.44, waist=0.38, rump=0.42, leg=0.13, neck=(0.24, 0.5), neck_width=0.36, head=(0.3, 0.42), muzzle=0.66, ears="round", tail=(0.95, 0.2), tail_width=0.08, extra="stripes")),
    "elephant": _animal(0.33, "8b8c94", Build(body=1.0, chest=0.66, waist=0.7, rump=0.64, leg=0.2, neck=(0.24, 0.3), neck_width=0.46, head=(0.2, 0.52), muzzle=0.5, ears="fan", tail=(0.4, -1.0), tail_width=0.05)),
    "cow": _animal(0.25, "f1eee8", Build(body=1.15, chest=0.5, waist=0.52, rump=0.5, leg=0.11, neck=(0.3, 0.5), neck_width=0.32, head=(0.4, 0.32), muzzle=0.75, ears="flop", tail=(0.6, -1.2), tail_width=0.05, extra="patches", feet=rgb("3a3036"))),
    "sheep": _animal(0.17, "f1ece0", Build(body=0.85, chest=0.5, waist=0.56, rump=0.52, leg=0.09, neck=(0.26, 0.5), neck_width=0.3, head=(0.3, 0.3), muzzle=0.6, ears="flop", tail=(0.12, 0.2), extra="wool", feet=rgb("3a3036"))),
}  # fmt: skip
