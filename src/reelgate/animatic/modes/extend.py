"""Extends a clip: its own pictures first, then its last one kept alive, or carried over to a given last frame."""

from __future__ import annotations

from collections.abc import Iterator

from reelgate.animatic.modes.morph import HOPELESS, Morph, find_motion
from reelgate.animatic.modes.still import Still
from reelgate.render.clips import pictures
from reelgate.render.job import RenderInput, RenderJob
from reelgate.render.pictures import covering, picture_of
from reelgate.render.planes import Plane, Planes
from reelgate.render.scene import Notes, Scene, UnusableInput
from reelgate.request import MediaKind, Role

LIMITS = "the built-in engine keeps a clip's last picture moving; it can't play on what happens in it"


def extend(job: RenderJob) -> tuple[Scene, Notes]:
    """Return the scene of an extension: the whole of it, the clip included, is as long as the job."""
    clip = first_clip(job)
    if clip is None:
        raise UnusableInput("the job has no clip to extend; give it one")
    end = picture_of(job.inputs, Role.LAST_FRAME)
    last = covering(end, job.width, job.height) if end else None
    notes: Notes = {"goes_on_to": "last_frame" if last else "living still", "not_done": [LIMITS]}
    return Extension(pictures(clip, job.width, job.height), last, job.frames, job.seed), notes


def first_clip(job: RenderJob) -> RenderInput | None:
    """Return the clip that the job extends."""
    return next((i for i in job.inputs if i.role is Role.FIRST_CLIP and i.kind is MediaKind.VIDEO), None)


class Extension:
    """Plays a clip and, once it has ended, what follows from its last picture. `last` is the very last frame."""

    def __init__(self, clip: Iterator[Planes], last: Planes | None, frames: int, seed: int) -> None:
        self._clip = clip
        self._last = last
        self._frames = frames
        self._seed = seed
        self._ended_at = 0
        self._rest: Scene | None = None
        self._shown: Planes | None = None
        self._before: Plane | None = None

    def frame(self, index: int, out: Planes) -> None:
        """Draw the clip's next picture or one of the rest; a clip as long as the job leaves only `last` to draw."""
        if self._last is not None and index == self._frames - 1:
            self._last.copy_to(out)
            return
        if self._rest is None:
            before = None if self._shown is None else self._shown.y.copy()
            following = next(self._clip, None)
            self._shown, self._before = following or self._ended(index), before if following else self._before
        if self._rest is None and self._shown is not None:
            self._shown.copy_to(out)
        elif self._rest is not None:
            self._rest.frame(index - self._ended_at, out)

    def _ended(self, index: int) -> Planes:
        """Paint what follows; its first picture is the clip's last."""
        if self._shown is None:
            raise UnusableInput("the clip holds no picture that can be decoded")
        held = Planes.empty(self._shown.width, self._shown.height)
        self._shown.copy_to(held)
        self._ended_at, left = index - 1, self._frames - index + 1
        self._rest = Morph(held, self._last, left, self._seed) if self._last else self._alive(held, left)
        return held

    def _alive(self, held: Planes, left: int) -> Still:
        """Return the last picture as a living still, in which what moved comes to rest: it would be seen to freeze."""
        motion = None if self._before is None else find_motion(self._before, held.y)
        moves = motion is not None and motion.consistency > HOPELESS
        return Still(held, left, self._seed, coming=motion.back if motion and moves else None)
