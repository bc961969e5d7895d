"""An example of an engine in a distribution of its own: it makes videos in render processes on the server's machine.

It films colour bars that move, with the prompt at the top left. A real engine would load a model in `load`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from reelgate.render.film import film, metadata_of
from reelgate.render.job import Rendered, RenderJob
from reelgate.render.planes import Bgr, Planes
from reelgate.render.worker import Render
from reelgate.request import Mode

COLOURS = ((191, 191, 191), (0, 191, 191), (191, 191, 0), (0, 191, 0), (191, 0, 191), (0, 0, 191), (191, 0, 0))
"""Blue, green and red of each bar, from left to right."""
SPEEDS = {"still": 0, "slow": 1, "fast": 8}
"""Pixels that the bars move to the left with each frame."""


class Bars:
    """Colour bars for a text."""

    name = "bars"
    modes = (Mode.TEXT,)
    mark = "TEST"

    def check(self, options: Mapping[str, str]) -> None:
        """Raise ValueError with a sentence where an account's options mean nothing."""
        unknown = options.keys() - {"speed"}
        if unknown:
            raise ValueError(f"options: there is no {min(unknown)}; there is: speed")
        if (speed := options.get("speed", "slow")) not in SPEEDS:
            raise ValueError(f"options: speed is {speed!r}; allowed: {', '.join(SPEEDS)}")

    def load(self, options: Mapping[str, str]) -> Render:
        """Return what makes clips in this process."""
        step = SPEEDS[options.get("speed", "slow")]

        def render(job: RenderJob, out: Path, report: Callable[[int], None]) -> Rendered:
            scene = _Scene(job.width, job.height, step)
            said = metadata_of(job, "bars", "Bars by")
            rendered = film(replace(job, label=job.prompt), scene, out, report, said)
            not_done = ["sound: this engine makes pictures only"] if job.audio else []
            return replace(rendered, notes={"bars": len(COLOURS), "not_done": not_done})

        return render


class _Scene:
    """Bars that move; frames are asked for in order."""

    def __init__(self, width: int, height: int, step: int) -> None:
        row = np.repeat(np.array(COLOURS, np.uint8), -(-width // len(COLOURS)), axis=0)[:width]
        self._picture: Bgr = np.ascontiguousarray(np.broadcast_to(row, (height, width, 3)))
        self._step = step

    def frame(self, index: int, out: Planes) -> None:
        """Draw frame `index` over the whole of `out`."""
        out.draw(np.ascontiguousarray(np.roll(self._picture, -index * self._step, axis=1)))


ENGINE = Bars()
