"""A staged scene that has to begin with a given picture."""

from __future__ import annotations

import cv2

from reelgate.animatic.modes.still import Still
from reelgate.render.job import FPS, RenderJob
from reelgate.render.pictures import covering, picture_of
from reelgate.render.planes import Planes
from reelgate.render.scene import Notes, Scene
from reelgate.request import Role

HOLD_SECONDS = 1.0
DISSOLVE_SECONDS = 0.75


def opened(job: RenderJob, scene: Scene, notes: Notes) -> tuple[Scene, Notes]:
    """Let a scene begin with the job's first-frame picture, where there is one, and dissolve into the scene."""
    picture = picture_of(job.inputs, Role.FIRST_FRAME)
    if picture is None:
        return scene, notes
    opening = Still(covering(picture, job.width, job.height), job.frames, job.seed)
    return Opening(opening, scene, job), {**notes, "opens_with": "first_frame"}


class Opening:
    """One scene for a moment, then a dissolve into another that has been running unseen."""

    def __init__(self, first: Scene, then: Scene, job: RenderJob) -> None:
        self._first, self._then = first, then
        self._hold = min(round(HOLD_SECONDS * FPS), job.frames // 4)
        self._dissolve = min(round(DISSOLVE_SECONDS * FPS), job.frames // 4)
        self._other = Planes.empty(job.width, job.height)

    def frame(self, index: int, out: Planes) -> None:
        """Draw whichever shows, or both."""
        share = min(1.0, max(0.0, (index - self._hold + 1) / (self._dissolve + 1)))
        if share == 0:
            self._first.frame(index, out)
            return
        self._then.frame(index, out)
        if share < 1:
            self._first.frame(index, self._other)
            cv2.addWeighted(out.buffer, share, self._other.buffer, 1 - share, 0, dst=out.buffer)
