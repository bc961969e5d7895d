"""From a first picture to a last one: along the optical flow if there is one, otherwise by a dissolve.

Frame 0 is the first picture exactly, the last frame the last one.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.ambient_effects import flat
from reelgate.animatic.drawing.mesh import Field, Flow, Mesh
from reelgate.animatic.modes.still import eased
from reelgate.render.job import FPS, RenderJob
from reelgate.render.pictures import covering_alike, picture_of
from reelgate.render.planes import Plane, Planes
from reelgate.render.scene import Notes, Scene, UnusableInput
from reelgate.request import Role

FLOW_SIDE = 480
"""The longer side at which motion is sought, in pixels."""

HOPELESS, SURE = 0.15, 0.5
"""Consistency below which pictures dissolve, and above which they only move."""

PUSH = 0.05  # how far a dissolve moves in, so that it lives
DISSOLVE_SECONDS = 2.0  # and how long it takes at most: longer, one would look at double exposures
DRIFT = 0.004  # hand-held drift between the ends, as a share of the width
_MATCHES_NEEDED = 12
_MOST_ZOOM = 8.0
"""Between two pictures. Where all features of one are like a single spot of the other, the zoom found is 0, and OpenCV
takes hours to reflect coordinates as far out as its inverse sends them."""
_SAME_LIGHT, _SAME_LEVEL = 1.3, 20.0  # contrast and brightness that differ by less are of what is shown, not of light
_SLOPES = 20.0  # pixels that even areas are blurred over
_UNSEEN = 1 / 255  # the share of a picture that changes no pixel by more than a step
_FAR = 1e3  # where a flow leads out of the picture


def morph(job: RenderJob) -> tuple[Scene, Notes]:
    """Return the scene of a job with a first and a last picture."""
    first, last = picture_of(job.inputs, Role.FIRST_FRAME), picture_of(job.inputs, Role.LAST_FRAME)
    if first is None or last is None:
        raise UnusableInput("a first and a last picture are needed")
    start, end = covering_alike(first, last, job.width, job.height)
    scene = Morph(start, end, job.frames, job.seed)
    return scene, {"motion": "morph" if scene.confidence > 0.5 else "dissolve"}


class Morph:
    """Both pictures move along the flow between them while one fades into the other.

    The flow at time t is approximated from the two end-to-end flows as in Jiang et al., Super SloMo (2018), eq. 4.
    `confidence` is 0 for a plain dissolve, 1 for motion alone.
    """

    def __init__(self, first: Planes, last: Planes, frames: int, seed: int) -> None:
        self._ends = first, last
        self._frames = frames
        self._dissolve = min(0.6, DISSOLVE_SECONDS * FPS / frames)
        self._mesh = Mesh(first.width, first.height)
        self._width = first.width
        motion = find_motion(first.y, last.y)
        self.confidence = float(np.clip((motion.consistency - HOPELESS) / (SURE - HOPELESS), 0, 1))
        self._there, self._back = (self._livened(flow, side) for flow, side in ((motion.there, 1), (motion.back, -1)))
        angle = np.random.default_rng([seed, 2]).uniform(0, 2 * np.pi)
        self._drift = DRIFT * first.width * float(np.cos(angle)), DRIFT * first.width * float(np.sin(angle))
        self._other = Planes.empty(first.width, first.height)

    def _livened(self, flow: Flow, side: int) -> tuple[Field, Field]:
        """Return both coordinates of a flow at the nodes, mixed with a slow push by lack of confidence."""
        moved = (self._mesh.over(flow[..., axis]) * np.float32(self._width / flow.shape[1]) for axis in (0, 1))
        pushes = ((nodes - nodes.mean()) * (side * PUSH) for nodes in (self._mesh.columns, self._mesh.rows))
        x, y = (
            np.asarray(self.confidence * move + (1 - self.confidence) * push, np.float32)
            for move, push in zip(moved, pushes, strict=True)
        )
        return x, y

    def frame(self, index: int, out: Planes) -> None:
        """Draw frame `index`; the ends are copies."""
        if index == 0 or index >= self._frames - 1:
            self._ends[min(index, 1)].copy_to(out)
            return
        share = eased(index / (self._frames - 1))
        weight, bump = self._weight(share), 4 * share * (1 - share)
        leaving = (-(1 - share) * share, share * share, bump)
        coming = ((1 - share) ** 2, -share * (1 - share), bump)
        if weight > 1 - _UNSEEN:
            self._warp(self._ends[1], coming, out)
            return
        self._warp(self._ends[0], leaving, out)
        if weight > _UNSEEN:
            self._warp(self._ends[1], coming, self._other)
            cv2.addWeighted(out.buffer, 1 - weight, self._other.buffer, weight, 0, dst=out.buffer)

    def _weight(self, share: float) -> float:
        """Return the last picture's part: even while things move, held back at both ends of a dissolve."""
        late = min(1.0, max(0.0, (share - 0.5) / self._dissolve + 0.5))
        return self.confidence * share + (1 - self.confidence) * late * late * (3 - 2 * late)

    def _warp(self, source: Planes, mix: tuple[float, float, float], out: Planes) -> None:
        there, back, bump = mix
        x, y = (
            np.asarray(cv2.add(nodes, cv2.addWeighted(forth, there, home, back, bump * drift)), np.float32)
            for nodes, forth, home, drift in zip(
                (self._mesh.columns, self._mesh.rows), self._there, self._back, self._drift, strict=True
            )
        )
        self._mesh.draw(source, x, y, out)


class Flows(NamedTuple):
    """Flows from the first picture to the last and back, and the share of pixels on which both agree."""

    there: Flow
    back: Flow
    consistency: float


def find_motion(first: Plane, last: Plane) -> Flows:
    """Seek the motion between two luma planes, at `FLOW_SIDE`, as they are and after a global alignment.

    The best agreeing pair wins: dense flow alone loses large turns and zooms. In even areas it finds nothing to hold on
    to; blurred, they slope towards their outlines.
    """
    scale = FLOW_SIDE / max(first.shape)
    size = (round(first.shape[1] * scale), round(first.shape[0] * scale))
    a, b = (np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8) for plane in (first, last))
    b = _exposed_as(a, b)
    none = np.array([[1, 0, 0], [0, 1, 0]], np.float64)
    with ThreadPoolExecutor(1, thread_name_prefix="motion") as beside:
        plain = beside.submit(_motion, a, b, none)
        turned = _similarity(a, b)
        found = [] if turned is None else [_motion(a, b, turned)]
        if flat(first) and flat(last):
            found.append(_motion(_sloping(a), _sloping(b), none))
        return max([plain.result(), *found], key=lambda motion: motion.consistency)


def _sloping(plane: Plane) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), _SLOPES), np.uint8)


def _exposed_as(a: Plane, b: Plane) -> Plane:
    """Return `b` with the brightness and contrast of `a` where the light has changed: flow takes it for constant."""
    gain = float(a.std()) / max(1.0, float(b.std()))
    if 1 / _SAME_LIGHT < gain < _SAME_LIGHT and abs(float(a.mean()) - float(b.mean())) < _SAME_LEVEL:
        return b
    return np.asarray(np.clip((b - b.mean()) * gain + a.mean(), 0, 255), np.uint8)


def _motion(a: Plane, b: Plane, matrix: npt.NDArray[np.float64]) -> Flows:
    inverse = cv2.invertAffineTransform(matrix)
    there, back = _flow(a, b, matrix), _flow(b, a, np.asarray(inverse))
    sure_there, sure_back = _agreement(there, back), _agreement(back, there)
    consistency = float(min(sure_there.mean(), sure_back.mean()))
    return Flows(_mended(there, sure_there), _mended(back, sure_back), consistency)


def _flow(a: Plane, b: Plane, matrix: npt.NDArray[np.float64]) -> Flow:
    """Return the flow from `a` to `b` where `matrix` takes `a`'s points roughly onto `b`'s."""
    size = (a.shape[1], a.shape[0])
    near = cv2.warpAffine(b, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT)
    rest = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(
        a, near, np.zeros((*a.shape, 2), np.float32)
    )
    grid = _grid(a.shape)
    whole = cv2.transform(grid + rest, matrix) - grid
    return np.asarray(np.clip(whole, -FLOW_SIDE, FLOW_SIDE), np.float32)  # remap crawls on far-away coordinates


def _agreement(there: Flow, back: Flow) -> npt.NDArray[np.float32]:
    """Return 0 to 1 per pixel: whether going there and back again leads home."""
    reached = _grid(there.shape) + there
    x, y = cv2.split(reached)
    home = cv2.remap(back, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(_FAR, _FAR))
    miss = _lengths(there + home)
    allowed = np.float32(1.0) + np.float32(0.03) * _lengths(there)
    return np.asarray(np.exp(-((miss / allowed) ** 2)), np.float32)


def _lengths(flow: Flow) -> Field:
    return np.asarray(cv2.magnitude(*cv2.split(flow)), np.float32)


def _mended(flow: Flow, sure: npt.NDArray[np.float32]) -> Flow:
    """Replace doubtful flow by that of its surer neighbourhood."""
    weight = sure + np.float32(1e-3)
    total, weights = (_spread(field) for field in (flow * weight[:, :, None], weight))
    around = cv2.resize(total / weights[:, :, None], (flow.shape[1], flow.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(flow * sure[:, :, None] + around * (1 - sure[:, :, None]), np.float32)


def _spread(field: Field) -> Field:
    """Return a field blurred over a 24th of its width, at a quarter of its size."""
    small = cv2.resize(field, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), small.shape[1] / 24), np.float32)


def _similarity(a: Plane, b: Plane) -> npt.NDArray[np.float64] | None:
    """Return the shift, turn and zoom (2x3) that takes most of `a`'s features onto `b`'s, None without enough."""
    sift = cv2.SIFT.create(800)
    points_a, marks_a = sift.detectAndCompute(a, None)
    points_b, marks_b = sift.detectAndCompute(b, None)
    if min(len(points_a), len(points_b)) < _MATCHES_NEEDED:
        return None
    pairs = [p for p in cv2.BFMatcher().knnMatch(marks_a, marks_b, k=2) if len(p) == 2]
    good = [best for best, second in pairs if best.distance < 0.75 * second.distance]
    if len(good) < _MATCHES_NEEDED:
        return None
    source = np.array([points_a[match.queryIdx].pt for match in good])
    target = np.array([points_b[match.trainIdx].pt for match in good])
    matrix, inliers = cv2.estimateAffinePartial2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=3)
    if int(inliers.sum()) < _MATCHES_NEEDED:
        return None
    if not 1 / _MOST_ZOOM < math.hypot(matrix[0, 0], matrix[1, 0]) < _MOST_ZOOM:
        return None
    return np.asarray(matrix, np.float64)


def _grid(shape: tuple[int, ...]) -> Flow:
    rows, columns = np.indices(shape[:2], np.float32)
    return np.dstack([columns, rows])
