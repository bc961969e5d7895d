"""A living still: one picture under a slow camera, its near parts moving more than its far ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from reelgate.animatic.drawing.ambient_effects import air, flat
from reelgate.animatic.drawing.mesh import Field, Flow, Mesh
from reelgate.animatic.drawing.particles import Effect
from reelgate.animatic.language.lexicon import lexicon
from reelgate.render.job import FPS, RenderJob
from reelgate.render.pictures import covering, picture_of
from reelgate.render.planes import Plane, Planes
from reelgate.render.scene import Notes, Scene, UnusableInput
from reelgate.request import Role

PUSH = 0.12
"""How much of the way to the point it moves towards the camera goes by the end, at full depth."""

SWAY = 0.010
"""Sideways drift of the nearest parts against the farthest, as a share of the width."""

RUN_OUT = 0.86
"""What is left of a motion from frame to frame when the clip that brought it has ended."""

_FARTHEST = 0.02  # of the width, that anything goes on in running out
_RELIEF = 0.35  # the share of the push that the farthest parts do not take part in: more would bend upright lines
_DEPTH_SCALE = 8  # the depth guess is made at an eighth of the size
_EDGE = np.float32(0.004)  # the variance of brightness from which on there is an edge
_PACES = {"slow": 0.6, "fast": 1.6}


class Move(NamedTuple):
    """A camera move over a still picture: a push towards a point (shares of width and height), or back from it.

    A picture has nothing beyond its edges, so that a pan or a tilt, too, is a push, towards a side.
    """

    x: float = 0.5
    y: float = 0.5
    push: float = PUSH
    sway: float = SWAY
    back: bool = False
    shake: float = 0.0
    """How far a hand lets it tremble, as a share of the shorter side."""


MOVES = {
    "push": Move(),
    "pull": Move(back=True),
    "pan_right": Move(x=0.97, push=0.2),
    "pan_left": Move(x=0.03, push=0.2),
    "truck": Move(x=0.8, push=0.18, sway=0.02),
    "tilt_up": Move(y=0.03, push=0.2),
    "tilt_down": Move(y=0.97, push=0.2),
    "crane": Move(y=0.25, push=0.18),
    "orbit": Move(sway=0.025),
    "handheld": Move(push=0.1, shake=0.007),
    "aerial": Move(y=0.35, push=0.2),
    "static": Move(push=0.025, sway=0.004),
}
"""By the lexicon's names; whatever stands still keeps breathing a little, for a frozen picture looks broken."""


def still(job: RenderJob) -> tuple[Scene, Notes]:
    """Return the scene of an image job: its first-frame picture, else its first reference."""
    picture = picture_of(job.inputs, Role.FIRST_FRAME, Role.REFERENCE, Role.LAST_FRAME)
    if picture is None:
        raise UnusableInput("there is no picture to begin with")
    name = "static" if job.camera_fixed else camera_in(job.prompt)
    move = _paced(MOVES[name], job.prompt)
    planes = covering(picture, job.width, job.height)
    scene = Still(planes, job.frames, job.seed, move, air(job, planes))
    return scene, {"camera": name, "motion": "parallax"}


class Still:
    """Parallax without a model: nearer parts, by a guess of the depth, move more, and everything sways a little.

    A push begins with the picture itself. Every pixel is sampled inside the picture, so that no edge shows. Where the
    picture is a clip's last, `coming` leads from its pixels to where they were a frame before: their motion runs out.
    """

    def __init__(
        self,
        picture: Planes,
        frames: int,
        seed: int,
        move: Move = MOVES["push"],
        effects: Sequence[Effect] = (),
        *,
        coming: Flow | None = None,
    ) -> None:
        self._picture = picture
        self._frames = frames
        self._move = move
        self._effects = effects
        random = np.random.default_rng([seed, 1])
        self._side = float(random.choice([-1.0, 1.0]))
        self._phase = float(random.uniform(0, 2 * np.pi))
        self._mesh = mesh = Mesh(picture.width, picture.height)
        near = mesh.over(guess_depth(picture.y))
        if flat(picture.y):  # a page's lines have to stay straight
            near[:] = 0.5
        relief = _RELIEF / max(1.0, 2 * max(move.x, 1 - move.x))  # what is farther from the centre moves more anyway
        strength: Field = np.asarray(1 + relief * (near - 1), np.float32)
        self._pull_x = (np.float32(move.x * (picture.width - 1)) - mesh.columns) * strength
        self._pull_y = (np.float32(move.y * (picture.height - 1)) - mesh.rows) * strength
        self._run_out = None if coming is None else self._running_out(coming)
        self._drift = (near - np.float32(0.5)) * np.float32(picture.width)

    def frame(self, index: int, out: Planes) -> None:
        """Draw frame `index` of the move."""
        self._move_to(index, out)
        for effect in self._effects:
            effect.draw(out, index / FPS)

    def _move_to(self, index: int, out: Planes) -> None:
        done = eased(index / max(1, self._frames - 1))
        progress = 1 - done if self._move.back else done
        if progress == 0:
            self._picture.copy_to(out)
            return
        push = self._move.push * progress
        swing = (self._side + 0.5 * np.sin(index / FPS * 0.9 + self._phase)) / 1.5
        sway = self._move.sway * progress * float(swing)
        right, down = self._tremble(index / FPS, progress)
        x = self._mesh.columns + np.float32(push) * self._pull_x + np.float32(sway) * self._drift + np.float32(right)
        y = self._mesh.rows + np.float32(push) * self._pull_y + np.float32(down)
        if self._run_out is not None:
            far = np.float32((1 - RUN_OUT**index) / (1 - RUN_OUT))
            x, y = x + far * self._run_out[0], y + far * self._run_out[1]
        self._mesh.draw(self._picture, x, y, out)

    def _running_out(self, coming: Flow) -> tuple[Field, Field]:
        """Return the way back along a motion at the nodes, a frame's worth, so bounded that nothing is torn."""
        scale, most = self._picture.width / coming.shape[1], _FARTHEST * self._picture.width * (1 - RUN_OUT)
        x, y = (self._mesh.over(coming[..., axis]) * np.float32(scale) for axis in (0, 1))
        shorten = np.minimum(1, most / np.maximum(np.hypot(x, y), 1e-3)).astype(np.float32)
        x, y = (cv2.GaussianBlur(part * shorten, (0, 0), 3) for part in (x, y))
        return np.asarray(x, np.float32), np.asarray(y, np.float32)

    def _tremble(self, t: float, progress: float) -> tuple[float, float]:
        """Return how far a hand is off, in pixels: no farther than the push has made room for."""
        reach = self._move.shake * min(self._picture.width, self._picture.height) * min(1.0, 3 * progress)
        across = math.sin(2.1 * t + self._phase) + 0.5 * math.sin(5.3 * t + 1)
        along = math.sin(1.7 * t + 2) + 0.5 * math.sin(4.7 * t + self._phase)
        return reach * across / 1.5, reach * along / 1.5


def camera_in(prompt: str) -> str:
    """Return the camera move that a prompt names, a push when it names none."""
    return next((term.value for term in lexicon().find(prompt) if term.slot == "camera"), "push")


def _paced(move: Move, prompt: str) -> Move:
    paces = [_PACES[term.value] for term in lexicon().find(prompt) if term.slot == "pace"]
    return move._replace(push=min(0.25, move.push * paces[0])) if paces else move


def guess_depth(luma: Plane) -> Field:
    """Guess how near each part of a picture is, 0 (far) to 1 (near), at an eighth of its size.

    What is low in the picture, near its middle or rich in detail tends to be near; it ends where something ends.
    """
    height, width = max(2, luma.shape[0] // _DEPTH_SCALE), max(2, luma.shape[1] // _DEPTH_SCALE)
    small = cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    detail = cv2.GaussianBlur(np.abs(cv2.Laplacian(small, cv2.CV_32F)), (0, 0), width / 24)
    rows, columns = np.indices((height, width), np.float32)
    low, across = rows / height, (columns - width / 2) / width
    middle = np.exp(-(across**2 + (low - 0.55) ** 2) / (2 * 0.22**2))
    depth = 0.45 * low + 0.35 * middle + 0.35 * detail / max(1.0, float(detail.max()))
    depth = cv2.GaussianBlur(depth.astype(np.float32), (0, 0), width / 20)
    depth = _along_edges(depth, small / np.float32(255), width // 13)
    return np.asarray((depth - depth.min()) / max(1e-6, float(np.ptp(depth))), np.float32)


def _along_edges(field: Field, guide: Field, reach: int) -> Field:
    """Return a field smoothed up to the edges of a picture and not over them.

    After He et al., Guided Image Filtering (2010): what is of one piece gets one depth, and moves as one.
    """
    size = (2 * reach + 1, 2 * reach + 1)
    mean, level = cv2.blur(guide, size), cv2.blur(field, size)
    slope = (cv2.blur(guide * field, size) - mean * level) / (cv2.blur(guide * guide, size) - mean * mean + _EDGE)
    return np.asarray(cv2.blur(slope, size) * guide + cv2.blur(level - slope * mean, size), np.float32)


def eased(share: float) -> float:
    """Start and stop softly: half of a smooth step mixed with even motion."""
    return 0.5 * share + 0.5 * share * share * (3 - 2 * share)
