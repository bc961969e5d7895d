"""What a player would see in a downloaded file."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float64]


class Video(NamedTuple):
    """A decoded file: its streams' facts, and its first and last picture as RGB."""

    width: int
    height: int
    frames: int
    fps: float
    seconds: float
    codec: str
    pixels: str
    audio: str
    first: Picture
    last: Picture


def look_at(path: Path) -> Video:
    """Decode a whole file."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoded = container.decode(stream)
        first = next(decoded)
        newest = deque(enumerate(decoded, 2), maxlen=1)  # only one is kept: a whole clip would fill the memory
        frames, last = newest[0] if newest else (1, first)
        sounds = container.streams.audio
        return Video(
            width=stream.width,
            height=stream.height,
            frames=frames,
            fps=float(stream.average_rate or 0),
            seconds=frames / float(stream.average_rate or 1),
            codec=stream.codec_context.name,
            pixels=stream.codec_context.pix_fmt or "",
            audio=sounds[0].codec_context.name if sounds else "",
            first=first.to_ndarray(format="rgb24").astype(float),
            last=last.to_ndarray(format="rgb24").astype(float),
        )


def psnr(seen: Picture, wanted: Picture) -> float:
    """Return the peak signal-to-noise ratio of two pictures in dB."""
    error = float(np.mean((seen - wanted) ** 2))
    return 99.0 if error == 0 else 10 * float(np.log10(255.0**2 / error))
