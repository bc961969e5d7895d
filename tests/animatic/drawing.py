"""Small renders for the tests of the staged scenes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from reelgate.animatic.staging.scene_builder import build
from reelgate.render.job import RenderInput, RenderJob
from reelgate.render.planes import Planes
from reelgate.render.scene import Notes
from reelgate.request import Mode

Picture = npt.NDArray[np.uint8]


def job_of(
    prompt: str,
    size: tuple[int, int] = (320, 180),
    *,
    seed: int = 7,
    frames: int = 48,
    negative: str = "",
    inputs: tuple[RenderInput, ...] = (),
    camera_fixed: bool = False,
) -> RenderJob:
    return RenderJob(
        mode=Mode.REFERENCE if inputs else Mode.TEXT,
        prompt=prompt,
        width=size[0],
        height=size[1],
        frames=frames,
        seed=seed,
        negative_prompt=negative,
        inputs=inputs,
        camera_fixed=camera_fixed,
    )


def drawn(job: RenderJob, at: Sequence[int] = (0, 24, 47)) -> tuple[list[Picture], Notes]:
    """Return the wanted frames as BGR, and the scene's notes. The planes start grey, so that a hole would show."""
    scene, notes = build(job)
    out = Planes.empty(job.width, job.height)
    out.buffer.fill(99)
    pictures = []
    for index in at:
        scene.frame(index, out)
        pictures.append(out.bgr())
    return pictures, notes


def difference(a: Picture, b: Picture) -> float:
    """Return the mean difference of two pictures, 0 to 255."""
    return float(np.abs(a.astype(np.int16) - b.astype(np.int16)).mean())
