"""A living still: one picture under a slow camera, its near parts moving more than its far ones."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from reelgate.animatic.job import FPS, RenderJob
from reelgate.animatic.lexicon import lexicon
from reelgate.animatic.mesh import Field, Mesh
from reelgate.animatic.pictures import covering, picture_of
from reelgate.animatic.planes import Plane, Planes
from reelgate.animatic.scene import Notes, Scene, UnusableInput
from reelgate.request import Role

PUSH = 0.12
"""How much of the way to the point it moves towards the camera goes by the end, at full depth."""

SWAY = 0.010
"""Sideways drift of the nearest parts against the farthest, as a share of the width."""

_FLAT = 0.65  # the share of the push that even the farthest parts take part in: less would bend upright lines
_DEPTH_SCALE = 8  # the depth guess is made at an eighth of the size
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
    "handheld": Move(push=0.08, sway=0.016),
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
    scene = Still(covering(picture, job.width, job.height), job.frames, job.seed, move)
    return scene, {"camera": name, "motion": "parallax"}


class Still:
    """Parallax without a model: nearer parts, by a guess of the depth, move more, and everything sways a little.

    A push begins with the picture itself. Every pixel is sampled inside the picture, so that no edge shows.
    """

    def __init__(self, picture: Planes, frames: int, seed: int, move: Move = MOVES["push"]) -> None:
        self._picture = picture
        self._frames = frames
        self._move = move
        random = np.random.default_rng([seed, 1])
        self._side = float(random.choice([-1.0, 1.0]))
        self._phase = float(random.uniform(0, 2 * np.pi))
        self._mesh = mesh = Mesh(picture.width, picture.height)
        near = mesh.over(guess_depth(picture.y))
        strength: Field = np.asarray(_FLAT + (1 - _FLAT) * near, np.float32)
        self._pull_x = (np.float32(move.x * (picture.width - 1)) - mesh.columns) * strength
        self._pull_y = (np.float32(move.y * (picture.height - 1)) - mesh.rows) * strength
        self._drift = (near - np.float32(0.5)) * np.float32(picture.width)

    def frame(self, index: int, out: Planes) -> None:
        """Draw frame `index` of the move."""
        done = eased(index / max(1, self._frames - 1))
        progress = 1 - done if self._move.back else done
        if progress == 0:
            self._picture.copy_to(out)
            return
        push = self._move.push * progress
        swing = (self._side + 0.5 * np.sin(index / FPS * 0.9 + self._phase)) / 1.5
        sway = self._move.sway * progress * float(swing)
        x = self._mesh.columns + np.float32(push) * self._pull_x + np.float32(sway) * self._drift
        y = self._mesh.rows + np.float32(push) * self._pull_y
        self._mesh.draw(self._picture, x, y, out)


def camera_in(prompt: str) -> str:
    """Return the camera move that a prompt names, a push when it names none."""
    return next((term.value for term in lexicon().find(prompt) if term.slot == "camera"), "push")


def _paced(move: Move, prompt: str) -> Move:
    paces = [_PACES[term.value] for term in lexicon().find(prompt) if term.slot == "pace"]
    return move._replace(push=min(0.25, move.push * paces[0])) if paces else move


def guess_depth(luma: Plane) -> Field:
    """Guess how near each part of a picture is, 0 (far) to 1 (near), at an eighth of its size.

    What is low in the picture, near its middle or rich in detail tends to be near.
    """
    height, width = max(2, luma.shape[0] // _DEPTH_SCALE), max(2, luma.shape[1] // _DEPTH_SCALE)
    small = cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    detail = cv2.GaussianBlur(np.abs(cv2.Laplacian(small, cv2.CV_32F)), (0, 0), width / 24)
    rows, columns = np.indices((height, width), np.float32)
    low, across = rows / height, (columns - width / 2) / width
    middle = np.exp(-(across**2 + (low - 0.55) ** 2) / (2 * 0.22**2))
    depth = 0.45 * low + 0.35 * middle + 0.35 * detail / max(1.0, float(detail.max()))
    depth = cv2.GaussianBlur(depth.astype(np.float32), (0, 0), width / 20)
    return np.asarray((depth - depth.min()) / max(1e-6, float(np.ptp(depth))), np.float32)


def eased(share: float) -> float:
    """Start and stop softly: half of a smooth step mixed with even motion."""
    return 0.5 * share + 0.5 * share * share * (3 - 2 * share)
