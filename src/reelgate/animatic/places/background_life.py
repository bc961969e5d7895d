"""Life in the background: passers-by, trees along a street, the light of a fire."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Actor, Stamp
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.language.binding import Subject
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.places import land
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.staging.poses import Cycle, SubjectPart, pose_of, shadow
from reelgate.animatic.subjects import FIGURES

_POSES = 10  # of a cycle: they are small, and each has to be drawn
_WALKERS = (("woman", 1, False), ("man", 1, True), ("woman", 2, False))
"""Kind, which of its kind, and whether they go to the left."""


def passers(b: Backdrop, count: int = 6) -> None:
    """Let people walk by behind the subjects, both ways. They share few cycles, since each pose has to be drawn."""
    if b.unwanted("person", "crowd"):
        return
    rng, size = b.rng("passers"), 0.3 * b.unit
    walkers = _WALKERS[: 2 if "staffed" in lexicon().places[b.board.place].traits else 3]
    for number, (kind, who, left) in enumerate(walkers):
        figure = FIGURES[kind]
        gait, poses = figure.gaits["walk"], _walking(b, kind, SubjectPart(who=who, turned=left), size)
        sole = b.sheet(shadow(figure.shadow * size * 1.2, size * 0.05))
        anchor = ((figure.box[2] if left else -figure.box[0]) * size, -figure.box[1] * size)
        pace = gait.stride * size / gait.seconds * (-1 if left else 1)
        for k in range(number, count, len(walkers)):
            path = _passing(
                (b.width * (k + rng.uniform(0, 1)) / count, b.ground - b.unit * (0.075 + 0.02 * (k % 3))),
                pace,
                gait.seconds,
            )
            z = 0.988 + 0.002 * (k % 3)
            b.actors.append(Actor([sole], (figure.shadow * size * 1.56, size * 0.08), z + 0.001, path, size))
            b.actors.append(Actor(poses, anchor, z, path, size))


def _walking(b: Backdrop, kind: str, part: SubjectPart, size: float) -> Cycle:
    figure, subject = replace(FIGURES[kind], poses=_POSES), Subject(kind)
    return Cycle(_POSES, lambda pose: b.sheet(pose_of(b, figure, subject, "walk", size, pose, part)))


def _passing(start: tuple[float, float], pace: float, seconds: float) -> Callable[[float], Stamp]:
    """Return the path of somebody who walks `pace` pixels a second; a cycle of their legs lasts `seconds`."""

    def path(t: float) -> Stamp:
        return Stamp(start[0] + pace * t, start[1], int((t / seconds + start[0] / 97) % 1.0 * _POSES))

    return path


def street_trees(b: Backdrop, foot: float) -> None:
    """Plant trees along a pavement, in their season."""
    canvas, rng, u = b.canvas(), b.rng("street trees"), b.unit
    kind = {"spring": "blossom", "winter": "bare"}.get(b.board.season, "bare" if b.board.weather == "snow" else "round")
    count = max(2, round(b.period / (u * 0.75)))
    for i in range(count):
        x = b.period * (i + 0.02) / count
        canvas.ellipse(x, foot, u * 0.09, u * 0.012, (20, 20, 30), 0.3)
        canvas.rect(
            x - u * 0.05, foot - u * 0.012, u * 0.1, u * 0.014, mix(b.palette.lit(rgb("6b5a4a")), (0, 0, 0), 0.2)
        )
        land.tree(canvas, b, rng, x, foot, u * rng.uniform(0.44, 0.52), kind)
    b.add(canvas, 1.28, wave=u * 0.001)


def firelight(b: Backdrop, x: float, y: float) -> None:
    """Let a fire at (x, y) light the ground, and everybody near it, unsteadily."""
    u = b.unit
    for radius, squash, strength, z in ((0.75, 1.0, 0.42, 0.955), (0.85, 0.26, 0.85, 0.9995)):
        glow = Canvas(int(u * radius * 2), int(u * radius * 2))
        glow.halo(glow.width / 2, glow.height / 2, u * radius, rgb("ff9a3c"), strength)
        tall = max(4, int(glow.height * squash))
        pixels = np.asarray(cv2.resize(glow.pixels, (glow.width, tall), interpolation=cv2.INTER_AREA), np.uint8)
        middle = y - (u * 0.12 if squash == 1 else 0.0)

        def path(t: float, middle: float = middle) -> Stamp:
            return Stamp(x, middle, opacity=0.8 + 0.12 * math.sin(7.3 * t) + 0.08 * math.sin(12.1 * t + 1))

        b.sprite(pixels, path, z)


def branch(b: Backdrop, x: float, y: float) -> None:
    """Let a branch of a tree that is out of sight on the left come in under what sits on it at (x, y)."""
    u, p, rng = b.unit, b.palette, b.rng("branch")
    canvas = Canvas(int(x + 0.6 * u), int(0.5 * u))
    bark, foot = mix(p.lit(rgb("5a4334")), (0, 0, 0), 0.1), canvas.height / 2
    at, end = canvas.width - 0.28 * u, canvas.width - 0.08 * u
    bend = [(0.0, foot + 0.07 * u), (at * 0.5, foot + 0.035 * u), (at, foot + 0.012 * u), (end, foot - 0.03 * u)]
    canvas.limb(bend, [0.07 * u, 0.045 * u, 0.026 * u, 0.01 * u], bark)
    for i in range(6):
        sx, up = at * (0.2 + 0.14 * i), (1 if i % 2 else -1) * rng.uniform(0.08, 0.15) * u
        sy, tip = foot + (0.062 - 0.05 * sx / at) * u, (sx + rng.uniform(0.07, 0.12) * u, foot + up)
        canvas.limb([(sx, sy), tip], [0.018 * u, 0.006 * u], bark)
        _leaves(canvas, b, rng, tip)
    _leaves(canvas, b, rng, (end, foot - 0.03 * u))
    b.prop(canvas.pixels, x + 0.28 * u - canvas.width / 2, y, 0.977)


def _leaves(canvas: Canvas, b: Backdrop, rng: np.random.Generator, tip: tuple[float, float]) -> None:
    if b.board.season == "winter" or "snowbound" in lexicon().places[b.board.place].traits:
        return
    leaf, u = b.palette.blossom or b.palette.leaf, b.unit
    for _ in range(5):
        x, y = tip[0] + rng.uniform(-0.05, 0.04) * u, tip[1] + rng.uniform(-0.03, 0.03) * u
        tone = mix(leaf, (0, 0, 0), rng.uniform(0.0, 0.3))
        canvas.ellipse(x, y, 0.026 * u, 0.012 * u, tone, 1.0, rng.uniform(-0.7, 0.7))
