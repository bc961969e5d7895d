"""An edit: the source clip's own pictures and motion under a new grade. It can't change what is in them."""

from __future__ import annotations

from collections.abc import Iterator

from reelgate.animatic.clips import pictures
from reelgate.animatic.job import RenderJob
from reelgate.animatic.looks import Grade, graded, look_for, matched
from reelgate.animatic.pictures import covering
from reelgate.animatic.planes import Planes
from reelgate.animatic.scene import EndOfScene, Notes, Scene, UnusableInput
from reelgate.request import MediaKind, Role

LIMITS = "the built-in engine grades the colours of a clip; it can't add, remove or change what is in it"


def edit(job: RenderJob) -> tuple[Scene, Notes]:
    """Return the scene of an edit job, which ends with its source or after the job's frames."""
    source = next((i for i in job.inputs if i.role is Role.SOURCE and i.kind is MediaKind.VIDEO), None)
    if source is None:
        raise UnusableInput("there is no clip to edit")
    models = [covering(i, 320, 180) for i in job.inputs if i.role is Role.REFERENCE and i.kind is MediaKind.IMAGE]
    look = look_for(job.prompt)
    notes: Notes = {"look": look[0] if look else "unchanged", "not_done": [LIMITS]}
    if models:
        notes["colours_from"] = len(models)
    grade = graded(look[1]) if look else Grade()
    return Edit(pictures(source, job.width, job.height), grade, models), notes


class Edit:
    """Pulls one picture of the source per frame; nothing is held but the current one.

    With pictures to take the colours from, the first frame settles the grade, so that it can't flicker.
    """

    def __init__(self, source: Iterator[Planes], grade: Grade, models: list[Planes]) -> None:
        self._source = source
        self._grade = grade
        self._models = models

    def frame(self, index: int, out: Planes) -> None:
        """Draw the source's next picture; `index` only says which it is."""
        picture = next(self._source, None)
        if picture is None:
            raise EndOfScene
        if index == 0 and self._models:
            self._grade = matched(picture, self._models).then(self._grade)
        self._grade.apply(picture, out)
