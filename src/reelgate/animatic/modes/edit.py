"""An edit: the source clip's own pictures and motion in another look. It can't change what is in them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np

from reelgate.animatic.drawing.particles import Effect
from reelgate.animatic.language.instruction import STRENGTHS, LookChange, follow
from reelgate.animatic.styles.colour_grades import Grade, graded, matched
from reelgate.animatic.styles.post_effects import EffectContext
from reelgate.animatic.styles.styles import LOOKS, finish
from reelgate.render.clips import pictures
from reelgate.render.job import FPS, RenderJob
from reelgate.render.pictures import covering
from reelgate.render.planes import Planes
from reelgate.render.scene import EndOfScene, Notes, Scene, UnusableInput
from reelgate.request import MediaKind, Role

LIMITS = "the built-in engine changes the look of a clip; it can't add, remove or change what is in it"
NOT_REMOVED = "{} can't be taken out of a clip"
NOT_LYING = "snow falls over the picture; what is in it stays without snow"


def edit(job: RenderJob) -> tuple[Scene, Notes]:
    """Return the scene of an edit job, which ends with its source or after the job's frames."""
    source = next((i for i in job.inputs if i.role is Role.SOURCE and i.kind is MediaKind.VIDEO), None)
    if source is None:
        raise UnusableInput("there is no clip to edit")
    models = [covering(i, 320, 180) for i in job.inputs if i.role is Role.REFERENCE and i.kind is MediaKind.IMAGE]
    wanted = follow(job.prompt, job.negative_prompt)
    grade = reduce(Grade.then, (graded(LOOKS[look], wanted.strength) for look in wanted.looks), Grade())
    rng = np.random.default_rng([job.seed & 0xFFFFFFFF, zlib.crc32(job.prompt.encode())])
    effects = finish(wanted.looks, EffectContext(job.width, job.height, job.frames / FPS, wanted.strength, rng))
    return Edit(pictures(source, job.width, job.height), grade, models, effects), notes_of(wanted, len(models))


class Edit:
    """Pulls one picture of the source per frame; nothing is held but the current one.

    With pictures to take the colours from, the first frame settles the grade, so that it can't flicker.
    """

    def __init__(
        self, source: Iterator[Planes], grade: Grade, models: list[Planes], effects: Sequence[Effect] = ()
    ) -> None:
        self._source = source
        self._grade = grade
        self._models = models
        self._effects = effects

    def frame(self, index: int, out: Planes) -> None:
        """Draw the source's next picture; `index` says which it is."""
        picture = next(self._source, None)
        if picture is None:
            raise EndOfScene
        if index == 0 and self._models:
            self._grade = matched(picture, self._models).then(self._grade)
        self._grade.apply(picture, out)
        for effect in self._effects:
            effect.draw(out, index / FPS)


def notes_of(wanted: LookChange, models: int) -> Notes:
    """Return what an edit gives its clip and what it leaves out; `models` pictures lend it their colours."""
    names = [value for _, value in wanted.looks]
    notes: Notes = {"look": " + ".join(names) or "unchanged", "not_done": [LIMITS]}
    notes["not_done"] += [NOT_REMOVED.format(weather) for weather in wanted.unwanted_weather]
    if "snow" in names:
        notes["not_done"].append(NOT_LYING)
    if names and wanted.strength != 1:
        notes["strength"] = next(word for word, strength in STRENGTHS.items() if strength == wanted.strength)
    if models:
        notes["colours_from"] = models
    return notes
