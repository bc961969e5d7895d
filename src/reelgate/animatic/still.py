"""A living still: one picture under a slow camera, its near parts moving more than its far ones."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.job import RenderJob
from reelgate.animatic.pictures import covering, picture_of
from reelgate.animatic.planes import Plane, Planes
from reelgate.animatic.scene import Notes, Scene, UnusableInput
from reelgate.request import Role

Field = npt.NDArray[np.float32]
"""One number per pixel, shape (rows, columns)."""

PUSH = 0.11
"""How much of the distance to the centre the camera gains by the end, at full depth."""

FIXED_PUSH = 0.025
SWAY = 0.010
"""Sideways drift of the nearest parts against the farthest, as a share of the width."""

_FLAT = 0.45  # the share of the push that even the farthest parts take part in
_DEPTH_SCALE = 8  # the depth guess is made at an eighth of the size


def still(job: RenderJob) -> tuple[Scene, Notes]:
    """Return the scene of an image job: its first-frame picture, else its first reference."""
    picture = picture_of(job.inputs, Role.FIRST_FRAME, Role.REFERENCE, Role.LAST_FRAME)
    if picture is None:
        raise UnusableInput("there is no picture to begin with")
    push = FIXED_PUSH if job.camera_fixed else PUSH
    scene = Still(covering(picture, job.width, job.height), job.frames, job.seed, push)
    return scene, {"camera": "fixed" if job.camera_fixed else "push_in", "motion": "parallax"}


class Still:
    """Parallax without a model. Frame 0 is the picture itself; later ones sample inside it, so no edge shows.

    Every pixel is taken from nearer the centre, the more so the nearer it is guessed to be, and swayed a little.
    """

    def __init__(self, picture: Planes, frames: int, seed: int, push: float = PUSH) -> None:
        self._picture = picture
        self._frames = frames
        self._push = push
        random = np.random.default_rng([seed, 1])
        self._side = float(random.choice([-1.0, 1.0]))
        self._phase = float(random.uniform(0, 2 * np.pi))
        depth = guess_depth(picture.y)
        self._luma = _Warp.of(picture.width, picture.height, depth, picture.width)
        self._chroma = _Warp.of(picture.width // 2, picture.height // 2, depth, picture.width // 2)

    def frame(self, index: int, out: Planes) -> None:
        """Draw frame `index` of the push."""
        if index == 0:
            self._picture.copy_to(out)
            return
        progress = eased(index / max(1, self._frames - 1))
        seconds = index / 24
        sway = SWAY * progress * (self._side + 0.5 * np.sin(seconds * 0.9 + self._phase)) / 1.5
        for warp, planes in ((self._luma, (0,)), (self._chroma, (1, 2))):
            columns, rows = warp.maps(self._push * progress, sway)
            for number in planes:
                source, target = self._picture.each()[number], out.each()[number]
                cv2.remap(source, columns, rows, cv2.INTER_LINEAR, dst=target, borderMode=cv2.BORDER_REFLECT_101)


class _Warp(NamedTuple):
    """The parts that a frame's sampling map is mixed from, for one size of plane."""

    columns: Field
    rows: Field
    pull_x: Field
    pull_y: Field
    drift: Field
    out_x: Field
    out_y: Field

    @classmethod
    def of(cls, width: int, height: int, depth: Field, unit: float) -> _Warp:
        rows, columns = np.indices((height, width), np.float32)
        near = np.asarray(cv2.resize(depth, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
        strength = _FLAT + (1 - _FLAT) * near
        pull_x = ((width - 1) / 2 - columns) * strength
        pull_y = ((height - 1) / 2 - rows) * strength
        drift = (near - 0.5) * np.float32(unit)
        return cls(columns, rows, pull_x, pull_y, drift, np.empty_like(columns), np.empty_like(rows))

    def maps(self, push: float, sway: float) -> tuple[Field, Field]:
        """Return where each pixel is sampled: grid + push * pull (+ sway * drift sideways)."""
        cv2.scaleAdd(self.pull_x, push, self.columns, dst=self.out_x)
        cv2.scaleAdd(self.drift, sway, self.out_x, dst=self.out_x)
        cv2.scaleAdd(self.pull_y, push, self.rows, dst=self.out_y)
        return self.out_x, self.out_y


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
    return np.asarray(cv2.normalize(depth, None, 0, 1, cv2.NORM_MINMAX), np.float32)


def eased(share: float) -> float:
    """Start and stop softly: half of a smooth step mixed with even motion."""
    return 0.5 * share + 0.5 * share * share * (3 - 2 * share)
