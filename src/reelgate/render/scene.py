"""What every mode boils down to: something that can draw its frames one after another."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from reelgate.render.planes import Planes

SAMPLE_RATE = 48_000

Track = npt.NDArray[np.float32]
"""Stereo sound of shape (2, samples) at `SAMPLE_RATE`, full scale ±1, exactly as long as its clip."""

Notes = dict[str, Any]
"""What was understood and what could not be honoured, as plain JSON values."""


class UnusableInput(Exception):
    """An input can't be drawn from (no picture in it, cut short, undecodable); the text is fit for the client."""


class EndOfScene(Exception):
    """The frame does not exist: a scene that follows a source clip ended before it."""


class Scene(Protocol):
    """A clip that draws itself. `frame` is called from one thread, with 0, 1, 2 … in order."""

    def frame(self, index: int, out: Planes) -> None:
        """Draw frame `index` over the whole of `out`. Raises EndOfScene past the end of a source clip."""
        ...
