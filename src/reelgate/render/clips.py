"""A source clip as pictures of one size at 24 a second, decoded as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
from av.video.frame import VideoFrame

from reelgate.decode.containers import frames_of, pictures_in
from reelgate.decode.screen import Screen
from reelgate.render.demux import opened
from reelgate.render.job import FPS, RenderInput
from reelgate.render.planes import Planes
from reelgate.render.scene import UnusableInput


def pictures(source: RenderInput, width: int, height: int) -> Iterator[Planes]:
    """Yield the clip's pictures, covering width x height, in its own speed. The yielded planes are used again.

    What is damaged is skipped, and the picture before it stands for longer. Raises UnusableInput when nothing of the
    file can be read.
    """
    out = Planes.empty(width, height)
    with opened(source) as container:
        stream = pictures_in(container)
        if stream is None:
            raise UnusableInput(f"the {source.role} clip holds no pictures")
        screen, drawn = Screen(stream), False
        for frame, times in _paced(frames_of(container, stream), source.facts.seconds):
            drawn = (times > 0 and _draw(screen, frame, out)) or drawn
            for _ in range(times if drawn else 0):
                yield out


def _draw(screen: Screen, frame: VideoFrame, out: Planes) -> bool:
    """Draw a frame; return whether that can be done."""
    try:
        planes = screen.covering(frame, out.width, out.height)
    except av.FFmpegError:
        return False
    for samples, target in zip(planes, out.each(), strict=True):
        np.copyto(target, samples)
    return True


def _paced(frames: Iterator[VideoFrame], seconds: float) -> Iterator[tuple[VideoFrame, int]]:
    """Say how many of the output's frames each source frame stands for: none, one or several.

    The last one stands until the clip's `seconds` are over.
    """
    shown = 0
    for frame, ends in _timed(frames, seconds):
        until = round(ends * FPS)
        yield frame, max(0, until - shown)
        shown = max(shown, until)


def _timed(frames: Iterator[VideoFrame], seconds: float) -> Iterator[tuple[VideoFrame, float]]:
    """Yield each frame with the second, counted from the first frame, at which the next one takes over."""
    held: VideoFrame | None = None
    began = 0.0
    for frame in frames:
        if frame.time is None:
            continue
        if held is None:
            began = frame.time
        else:
            yield held, frame.time - began
        held = frame
    if held is not None:
        yield held, max((held.time or 0.0) - began + _lasts(held), seconds)


def _lasts(frame: VideoFrame) -> float:
    if frame.duration and frame.time_base:
        return float(frame.duration * frame.time_base)
    return 1 / FPS
