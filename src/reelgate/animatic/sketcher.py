"""A process that sketches for previews: `python -m reelgate.animatic.sketcher FD PARENT FOLDER`, FD its socket's end.

It opens untrusted pictures as a render process does, and is confined in the same way. People wait for it, so it does
not yield to renders.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from reelgate import sandbox
from reelgate.limits import PREVIEW_MEMORY_BYTES, RENDER_DESCRIPTORS
from reelgate.render.job import FPS, RenderJob
from reelgate.render.messages import Asked, ProcessReady, Seen, SketchOrder
from reelgate.render.worker import Answer, answer


def _prepared(folder: Path) -> tuple[ProcessReady, Answer]:
    import cv2

    from reelgate.animatic.sketch import drawn, size_of, told
    from reelgate.request import Mode

    def seen(asked: Asked, tell: Callable[[int], None]) -> Seen:
        if not isinstance(asked, SketchOrder):
            raise TypeError("a process for previews makes no clips")
        width, height = size_of(asked.job)
        if asked.still >= 0:
            return Seen(width, height, still=drawn(asked.job, asked.still))
        found = told(asked.job)
        moments = tuple((moment.shot + 1, round(moment.frame / FPS, 3)) for moment in found.moments)
        return Seen(width, height, found.notes, moments)

    cv2.setNumThreads(1)
    for mode in (Mode.TEXT, Mode.EDIT):  # what is slow when it is used first is used now
        told(RenderJob(mode, "a pie, 馅饼", 64, 64, 1, seed=0))
    drawn(RenderJob(Mode.TEXT, "", 64, 64, 1, seed=0), 0)
    return ProcessReady((), sandbox.confine(write=folder, descriptors=RENDER_DESCRIPTORS)), seen


if __name__ == "__main__":
    answer(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), _prepared, PREVIEW_MEMORY_BYTES, last=False)
