"""Four-legged animals: one skeleton, told apart by the proportions, coats and heads of `animals.toml`."""

from __future__ import annotations

import functools
import math
import tomllib
from dataclasses import replace
from importlib import resources

import msgspec

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose
from reelgate.animatic.subjects.coats import UNDER_LIMBS, coat_marks, neck_marks
from reelgate.animatic.subjects.head import face
from reelgate.animatic.subjects.legs import REACH, STANCE, WALKING, Spot, draw_leg, leap, legs
from reelgate.animatic.subjects.proportions import Build
from reelgate.animatic.subjects.tails import crest_hair, draw_tail

_TOGETHER = 0.86
"""When in a gallop all four feet are under the trunk."""


def _draw(build: Build, pen: Pen, pose: Pose) -> None:
    if pose.action == "jump":
        pose = replace(pose, action="run")
    coat = pose.lit(pose.colour)
    body = _Body(build, pose)
    limbs = pose.lit("2b2a30") if build.extra == "panda" else coat
    shaded = mix(limbs, pose.lit("241f38"), 0.34)
    for leg in legs(build, pose, body.hip, body.shoulder, far=True):
        draw_leg(pen, build, leg, shaded, pose)
    draw_tail(pen, build, body.on(0, -0.4, 0.3), coat, pose)
    if pose.action in ("sit", "play"):
        pen.oval(body.hip[0] - 0.02, -build.rump * 0.62, build.rump * 0.74, build.rump * 0.68, coat)
    pen.blob(body.outline(), coat)
    if build.extra == "hump":
        pen.oval(*body.on(2, -0.25, 0.3), 0.34, 0.22, coat)
    _belly(pen, build, body, coat, pose)
    trunk = (body.hip, body.middle, body.shoulder)
    if build.extra in UNDER_LIMBS:
        coat_marks(pen, build, trunk, pose)
    for leg in legs(build, pose, body.hip, body.shoulder, far=False):
        draw_leg(pen, build, leg, limbs, pose)
    if build.extra not in UNDER_LIMBS:
        coat_marks(pen, build, trunk, pose)
    _neck(pen, build, body, coat, pose)


def _belly(pen: Pen, build: Build, body: _Body, coat: Colour, pose: Pose) -> None:
    if build.belly and not pose.dyed and pose.action not in ("sit", "play"):
        tone = mix(coat, pose.lit(build.belly), 0.8)
        places = [
            (2, 0.4, 0.02),
            (2, 0.0, -0.26),
            (1, 0.0, -0.26),
            (0, 0.4, -0.4),
            (1, -0.05, -0.56),
            (2, -0.3, -0.55),
            (2, 0.15, -0.5),
        ]
        pen.blob([body.on(*place) for place in places], tone)


def _bounce(build: Build, action: str, phase: float) -> float:
    """Return how far the back has gone down at a phase of an action."""
    if build.gait == "hop" and action in ("run", "walk"):
        return leap(build, action, phase)
    depth, ahead = {"run": (-0.06, 0.1), "walk": (-0.014, 0.0)}.get(action, (0.008, 0.0))
    wave = math.sin(2 * math.pi * ((2 if action == "walk" else 1) * phase + ahead))
    return (depth if build.gait != "amble" else depth * 0.4) * wave


class _Body:
    """Where the trunk is at this moment: hip, middle of the back and shoulder."""

    def __init__(self, build: Build, pose: Pose) -> None:
        self._build = build
        run = pose.action == "run" and build.gait != "amble"
        bounce = _bounce(build, pose.action, pose.phase)
        pitch = {"gallop": 0.085 * pose.swing(0.3), "hop": 0.14 * pose.swing(0.15)}[build.gait] if run else 0.0
        together = math.cos(2 * math.pi * (pose.phase - _TOGETHER)) if run else 0.0
        half, back = build.body / 2, -(1 - build.chest * 0.45)
        drawn = build.supple * together
        self.hip = (-half + 0.7 * drawn, back + bounce + pitch)
        self.shoulder = (half - 0.35 * drawn, back + bounce - pitch)
        if pose.action in ("sit", "play"):
            self.hip = (-half * 0.62, -build.rump * 0.62)
            self.shoulder = (half * 0.42, back * 1.12 + bounce)
        if pose.action == "sleep":
            self.hip = (-half * 0.8, -build.rump * 0.5)
            self.shoulder = (half * 0.8, -build.chest * 0.52 + bounce * 0.6)
        middle_x, middle_y = (self.hip[0] + self.shoulder[0]) / 2, (self.hip[1] + self.shoulder[1]) / 2
        self.middle = (middle_x, middle_y + 0.012 - drawn * 0.9)
        dx, dy = self.shoulder[0] - self.hip[0], self.shoulder[1] - self.hip[1]
        length = math.hypot(dx, dy) or 1.0
        self._along, self._up = (dx / length, dy / length), (dy / length, -dx / length)

    def on(self, part: int, along: float, up: float) -> Spot:
        """Return a spot about the hip (0), the middle (1) or the shoulder (2), in widths of the trunk there."""
        x, y = (self.hip, self.middle, self.shoulder)[part]
        wide = (self._build.rump, self._build.waist, self._build.chest)[part]
        a, u = along * wide, up * wide
        return x + a * self._along[0] + u * self._up[0], y + a * self._along[1] + u * self._up[1]

    def outline(self) -> list[Spot]:
        """Return the trunk: croup, loin, withers, breast, girth, belly, flank and buttock."""
        places = [
            (0, -0.46, 0.12), (0, -0.22, 0.44), (0, 0.15, 0.5), (1, 0.0, 0.5), (2, -0.45, 0.5), (2, -0.1, 0.55),
            (2, 0.34, 0.34), (2, 0.52, 0.0), (2, 0.38, -0.36), (2, 0.0, -0.54), (2, -0.45, -0.52), (1, -0.05, -0.55),
            (0, 0.42, -0.42), (0, 0.0, -0.5), (0, -0.42, -0.28),
        ]  # fmt: skip
        return [self.on(*place) for place in places]


def _neck(pen: Pen, build: Build, body: _Body, coat: Colour, pose: Pose) -> None:
    """Draw the neck and what is on its end."""
    length, angle = build.neck
    nod = 0.09 * pose.swing(0.42) if pose.action == "run" else 0.035 * pose.swing(0.25)
    angle += nod + {"sit": 0.15, "play": 0.15, "run": -0.14}.get(pose.action, 0.0)
    if pose.action == "sleep":
        length, angle = min(length, 0.3), -0.25
    if pose.action == "eat":
        length, angle = max(length, 0.42), -0.95 + 0.09 * pose.swing()
    (sx, sy), chest, wide = body.shoulder, build.chest, build.neck_width
    base = (sx + chest * 0.05, sy - chest * 0.12)
    poll = (base[0] + length * math.cos(angle), base[1] - length * math.sin(angle))
    up = (-math.sin(angle), -math.cos(angle))
    crest = [
        body.on(2, -0.4, 0.46),
        (
            base[0] + (poll[0] - base[0]) * 0.5 + up[0] * (wide * 0.62),
            base[1] + (poll[1] - base[1]) * 0.5 + up[1] * wide * 0.62,
        ),
        (poll[0] + up[0] * wide * 0.5, poll[1] + up[1] * wide * 0.5),
    ]
    throat = (poll[0] - up[0] * wide * 0.5, poll[1] - up[1] * wide * 0.5)
    under = (
        base[0] + (poll[0] - base[0]) * 0.45 - up[0] * wide * 0.62,
        base[1] + (poll[1] - base[1]) * 0.45 - up[1] * wide * 0.62,
    )
    outline = [*crest, (poll[0] + 0.02, poll[1]), throat, under, body.on(2, 0.5, -0.08), body.on(2, 0.1, -0.3)]
    pen.blob(outline, coat)
    if build.belly and not pose.dyed:
        bib = [throat, under, body.on(2, 0.5, -0.08), body.on(2, 0.32, -0.26), _between(under, poll, 0.3)]
        pen.blob(bib, mix(coat, pose.lit(build.belly), 0.8))
    neck_marks(pen, build, (base, _between(base, poll, 0.5), poll), pose)
    if build.extra == "mane":
        _ruff(pen, poll, pose)
    face(pen, build, poll, coat, pose)
    if build.extra in ("horse", "zebra"):
        locks = [_bent(crest, (i + 0.6) / 8) for i in range(8)]
        crest_hair(pen, locks, pose, bristly=build.extra == "zebra")


def _between(a: Spot, b: Spot, share: float) -> Spot:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _bent(crest: list[Spot], share: float) -> Spot:
    """Return a spot along the top of the neck."""
    first, middle, last = crest
    return _between(first, middle, share * 2) if share < 0.5 else _between(middle, last, share * 2 - 1)


def _ruff(pen: Pen, poll: Spot, pose: Pose) -> None:
    """Draw a lion's mane, tufts in two tones."""
    for radius, share in ((0.24, 0.72), (0.15, 0.5)):
        tone = pose.lit(mix(pose.colour, rgb("5a2f16"), share))
        for i in range(14):
            turn = i * 2 * math.pi / 14 + radius
            sway = 0.012 * pose.swing(i / 14)
            x, y = poll[0] - 0.04 + (radius + sway) * math.cos(turn), poll[1] + 0.05 + (radius + sway) * math.sin(turn)
            pen.oval(x, y, 0.13, 0.11, tone, angle=turn)


_ALIASES = {"dance": "run", "drink": "eat", "ride": "walk", "swim": "walk", "fly": "run", "drive": "run"}


_POSES = 24
"""A walk lasts as many frames and a run half as many: each frame has a pose of its own, in which no foot slides."""


def _gaits(build: Build) -> dict[str, Gait]:
    """Return its movements; a stride is as long as keeps the feet where they stand."""
    reach, stance = WALKING
    run = Gait(0.5, 2 * REACH[build.gait] / STANCE[build.gait])
    walk = Gait(1.0, 0.6 * run.stride if build.gait == "hop" else 2 * reach / stance)
    still = {"sit": Gait(3.2, 0.0), "play": Gait(0.5, 0.0), "sleep": Gait(3.6, 0.0), "eat": Gait(1.4, 0.0)}
    jump = Gait(0.8, 0.7 * run.stride)
    return {"stand": Gait(3.2, 0.0), "walk": walk, "run": run, "jump": jump, **still}


def _animal(name: str, build: Build) -> Figure:
    length, lift = build.neck
    tail = 0.95 if build.extra == "horse" else build.tail[0] + 0.15
    left, right = build.body / 2 + build.rump * 0.5 + tail, build.body / 2 + max(length, 0.2) + build.head[0] + 0.5
    top = (
        1.25 + length * max(0.0, math.sin(min(lift + 0.2, 1.5))) + build.head[1] * (1.6 if build.ears == "long" else 1)
    )
    above = (0.5 if build.extra == "antlers" else 0.0) + (0.45 if build.gait == "hop" else 0.0)
    return Figure(
        draw=functools.partial(_draw, build),
        size=build.size,
        box=(-left, -max(top, 0.6 + build.tail[0]) - above, right, 0.12),
        colour=rgb(build.colour),
        gaits=_gaits(build),
        poses=_POSES,
        aliases=_ALIASES,
        hands=(0.73, -0.62),
        seat=0.02,
        metres=build.metres,
        saddle=(-0.1, -(1 - build.chest * 0.45) - build.waist * 0.5) if lexicon().kinds[name].rideable else (0.0, 0.0),
        bounce=functools.partial(_bounce, build),
    )


def _animals() -> dict[str, Figure]:
    rows = tomllib.loads(resources.files(__package__).joinpath("animals.toml").read_text("utf-8"))
    return {name: _animal(name, build) for name, build in msgspec.convert(rows, dict[str, Build]).items()}


ANIMALS = _animals()
