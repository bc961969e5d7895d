"""Four-legged animals: one skeleton, told apart by the proportions, coats and heads of `animals.toml`."""

from __future__ import annotations

import functools
import math
import tomllib
from importlib import resources

import msgspec

from reelgate.animatic.palette import Colour, mix, rgb
from reelgate.animatic.rigs.base import Figure, Gait, Pen, Pose, joint, step
from reelgate.animatic.rigs.build import Build
from reelgate.animatic.rigs.coats import coat_marks, neck_marks
from reelgate.animatic.rigs.head import face


def _draw(build: Build, pen: Pen, pose: Pose) -> None:
    coat = pose.lit(pose.colour)
    far = mix(coat, pose.lit("20222c"), 0.32)
    sitting = pose.action in ("sit", "play")
    body = _Body(build, pose)
    limbs = pose.lit("2b2a30") if build.extra == "panda" else coat
    for leg in body.legs(far=True):
        _leg(pen, build, leg, mix(limbs, far, 0.5) if limbs != coat else far, pose)
    _tail(pen, build, body, coat, pose)
    if sitting:
        pen.oval(body.hip[0] - 0.02, body.hip[1] + 0.12, build.rump * 0.72, build.rump * 0.66, coat)
    pen.limb([body.hip, body.middle, body.shoulder], [build.rump, build.waist, build.chest], coat)
    if build.extra == "hump":
        pen.oval(body.shoulder[0] - 0.1, body.shoulder[1] - 0.1, 0.34, 0.24, coat)
    coat_marks(pen, build, (body.hip, body.shoulder), pose)
    for leg in body.legs(far=False):
        _leg(pen, build, leg, limbs, pose)
    _head(pen, build, body, coat, pose)


def _bounce(action: str, phase: float) -> float:
    depth, ahead = {"run": (-0.07, 0.1), "walk": (-0.015, 0.0)}.get(action, (0.008, 0.0))
    return depth * math.sin(2 * math.pi * (phase + ahead))


class _Body:
    """Where the joints are at this moment."""

    def __init__(self, build: Build, pose: Pose) -> None:
        self._build, self._pose = build, pose
        run, bounce = pose.action == "run", _bounce(pose.action, pose.phase)
        pitch = 0.1 * pose.swing(0.3) if run else 0.0
        half, back = build.body / 2, -(1 - build.chest * 0.45)
        self.hip = (-half, back + bounce + pitch)
        self.shoulder = (half, back + bounce - pitch)
        if pose.action in ("sit", "play"):
            self.hip = (-half * 0.62, -build.rump * 0.62)
            self.shoulder = (half * 0.42, back * 1.12 + bounce)
        if pose.action == "sleep":
            self.hip = (-half * 0.8, -build.rump * 0.5)
            self.shoulder = (half * 0.8, -build.chest * 0.52 + bounce * 0.6)
        arch = -0.05 * pose.swing(0.55) if run else 0.0
        middle_x, middle_y = (self.hip[0] + self.shoulder[0]) / 2, (self.hip[1] + self.shoulder[1]) / 2
        self.middle = (middle_x, middle_y + arch + 0.01)

    def legs(self, *, far: bool) -> list[tuple[str, tuple[float, float], tuple[float, float]]]:
        """Return (which, its root, its foot) of the hind and the fore leg on one side."""
        pose, shift = self._pose, 0.07 if far else 0.0
        if pose.action == "sleep":
            low = -self._build.leg * 0.5
            return [
                ("rest", (x + shift, low * 1.4), (x + shift + 0.3, low)) for x in (self.hip[0] - 0.06, self.shoulder[0])
            ]
        hind_root, fore_root = (self.hip[0] + shift, self.hip[1]), (self.shoulder[0] + shift, self.shoulder[1])
        if pose.action == "run":
            hind, fore = (step(pose.phase + (0.12 if far else 0.0) + at, 0.46, 0.26, 0.36) for at in (0.0, 0.52))
        elif pose.action == "walk":
            hind, fore = (step(pose.phase + (0.5 if far else 0.0) + at, 0.22, 0.11, 0.62) for at in (0.0, 0.28))
        elif pose.action == "play":
            touch = 0.07 * pose.swing(0.5 if far else 0.0)
            return [
                ("hind", (self.hip[0] + 0.06, self.hip[1]), (self.hip[0] + 0.26, 0.0)),
                ("play", fore_root, (self.shoulder[0] + 0.52, -0.62 + touch)),
            ]
        else:
            hind, fore = (0.0, 0.0), (0.0, 0.0)
            if pose.action == "sit":
                return [
                    ("hind", self.hip, (self.hip[0] + 0.3 + shift, 0.0)),
                    ("fore", fore_root, (self.shoulder[0] + 0.02 + shift, 0.0)),
                ]
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
    if which == "rest":
        pen.limb([root, foot], [thick * 1.3, thick], colour)
        return
    if which == "play":
        elbow = joint(root, foot, 0.36, 0.36, -1)
        pen.limb([root, elbow, foot], [build.chest * 0.6, thick * 1.3, thick * 1.1], colour)
        pen.oval(foot[0], foot[1], thick * 0.8, thick * 0.6, colour)
        return
    if which == "hind":
        hock = (foot[0] - 0.1 - 0.25 * lifted, foot[1] - 0.27 + 0.1 * lifted)
        knee = joint(root, hock, 0.335, 0.305, 1)
        pen.limb([root, knee], [build.rump * 0.82, thick * 2.0], colour)
        pen.limb([knee, hock, foot], [thick * 2.0, thick * 1.05, thick * 0.9], colour)
    else:
        wrist = (foot[0] + 0.02 + 0.35 * lifted, foot[1] - 0.25 + 0.15 * lifted)
        elbow = joint(root, wrist, 0.305, 0.305, -1)
        pen.limb([root, elbow], [build.chest * 0.66, thick * 1.7], colour)
        pen.limb([elbow, wrist, foot], [thick * 1.7, thick * 1.05, thick * 0.85], colour)
    tip = pose.lit(build.feet) if build.feet else colour
    pen.limb(
        [(foot[0] - 0.01, foot[1] - thick * 0.35), (foot[0] + thick * 0.6, foot[1] - thick * 0.3)],
        [thick, thick * 0.7],
        tip,
    )


def _tail(pen: Pen, build: Build, body: _Body, coat: Colour, pose: Pose) -> None:
    length, lift = build.tail
    sway = 0.12 * pose.swing(0.2)
    x, y = body.hip[0] - build.rump * 0.3, body.hip[1] - build.rump * 0.25
    if build.extra == "horse":
        hair = pose.lit(_mane(pose))
        flow = 0.25 if pose.action == "run" else 0.0
        pen.blob(
            [
                (x + 0.04, y - 0.04),
                (x - 0.22 - flow, y + 0.02 + sway * 0.5),
                (x - 0.34 - flow * 1.6, y + 0.42 - flow + sway),
                (x - 0.2 - flow, y + 0.3 - flow * 0.6 + sway),
                (x - 0.02, y + 0.12),
            ],
            hair,
        )
        return
    points = []
    for step_ in range(9):
        share = step_ / 8
        bend = lift * share + sway * share * share
        points.append(
            (
                x - length * share * math.cos(bend),
                y - length * share * math.sin(bend) * (1.2 if pose.action != "sit" else -0.2),
            )
        )
    bushy = build.extra == "bush"
    widths = [
        build.tail_width * (1 + (2.4 * math.sin(math.pi * min(i / 8 * 1.08, 1)) if bushy else -0.35 * i / 8))
        for i in range(9)
    ]
    pen.limb(points, widths, coat)
    if bushy:
        pen.limb(points[-2:], widths[-2:], pose.lit("f4ece0"))


def _mane(pose: Pose) -> Colour:
    return mix(pose.colour, rgb("3a3036"), 0.55)


def _head(pen: Pen, build: Build, body: _Body, coat: Colour, pose: Pose) -> None:
    length, angle = build.neck
    nod = 0.1 * pose.swing(0.45) if pose.action == "run" else 0.04 * pose.swing(0.25)
    angle += nod + {"sit": 0.15, "play": 0.15, "run": -0.12}.get(pose.action, 0.0)
    if pose.action == "sleep":
        length, angle = min(length, 0.3), -0.25
    sx, sy = body.shoulder
    base = (sx + build.chest * 0.05, sy - build.chest * 0.12)
    poll = (base[0] + length * math.cos(angle), base[1] - length * math.sin(angle))
    if build.extra in ("horse", "zebra"):
        _mane_hair(pen, base, poll, pose)
    pen.limb([base, poll], [build.chest * 0.86, build.neck_width], coat)
    if build.extra == "mane":
        mane = pose.lit(mix(pose.colour, rgb("5a2f16"), 0.6))
        for i in range(14):
            turn = i * 2 * math.pi / 14
            pen.oval(poll[0] + 0.2 * math.cos(turn) - 0.03, poll[1] + 0.22 * math.sin(turn) + 0.04, 0.13, 0.13, mane)
    neck_marks(pen, build, (base, poll), pose)
    face(pen, build, poll, coat, pose)


def _mane_hair(pen: Pen, base: tuple[float, float], poll: tuple[float, float], pose: Pose) -> None:
    hair = pose.lit(_mane(pose))
    for i in range(8):
        share = i / 7
        x, y = base[0] + (poll[0] - base[0]) * share, base[1] + (poll[1] - base[1]) * share
        wind = 0.1 * (1 if pose.action == "run" else 0.3) + 0.03 * pose.swing(share)
        pen.limb(
            [(x - 0.02, y - 0.12 + 0.05 * share), (x - 0.16 - wind, y - 0.06 + 0.03 * pose.swing(share * 0.7))],
            [0.15, 0.05],
            hair,
        )


_GAITS = {
    "stand": Gait(3.2, 0.0),
    "walk": Gait(1.15, 0.72),
    "run": Gait(0.52, 2.3),
    "sit": Gait(3.2, 0.0),
    "play": Gait(0.5, 0.0),
    "sleep": Gait(3.6, 0.0),
}
_ALIASES = {"dance": "run", "jump": "run", "ride": "walk", "swim": "walk", "fly": "run", "drive": "run"}


def _animal(build: Build) -> Figure:
    return Figure(
        draw=functools.partial(_draw, build),
        size=build.size,
        box=(-1.5, -1.95, 1.55, 0.12),
        colour=rgb(build.colour),
        gaits=_GAITS,
        aliases=_ALIASES,
        hands=(0.73, -0.62),
        seat=0.02,
        metres=build.metres,
        saddle=(-0.1, -(1 - build.chest * 0.45) - build.waist * 0.5) if build.metres > 1.2 else (0.0, 0.0),
        bounce=_bounce,
    )


def _animals() -> dict[str, Figure]:
    rows = tomllib.loads(resources.files(__package__).joinpath("animals.toml").read_text("utf-8"))
    return {name: _animal(build) for name, build in msgspec.convert(rows, dict[str, Build]).items()}


ANIMALS = _animals()
