"""The engine's render process: `python -m reelgate.animatic.worker FD PARENT FOLDER`, FD its end of the socket."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from reelgate import sandbox
from reelgate.limits import RENDER_DESCRIPTORS, RENDER_MEMORY_BYTES
from reelgate.render.job import RenderJob
from reelgate.render.messages import ProcessReady
from reelgate.render.worker import Prepared, on_idle_threads, serve

SWITCH_SECONDS = 0.0005
"""How long a thread that computes in Python keeps others waiting; they mostly want to start the next long step."""


def _prepared(folder: Path) -> Prepared:
    import cv2

    from reelgate.animatic.render import render
    from reelgate.animatic.staging.scene_builder import build
    from reelgate.render.mux import encoders
    from reelgate.render.planes import Planes
    from reelgate.render.text import drawable
    from reelgate.request import Mode

    cv2.setNumThreads(1)  # one process per core already
    sys.setswitchinterval(SWITCH_SECONDS)
    # What is slow when it is used first, the words, the font and the painter, is used now, not while a job waits.
    drawable("预")
    build(RenderJob(Mode.TEXT, "", 64, 64, 1, seed=0))[0].frame(0, Planes.empty(64, 64))
    unconfined = sandbox.confine(write=folder, descriptors=RENDER_DESCRIPTORS)
    return ProcessReady(tuple(encoders()), unconfined), partial(on_idle_threads, render)


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), _prepared, RENDER_MEMORY_BYTES)
