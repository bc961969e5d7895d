"""A source clip as pictures of one size at 24 a second, decoded as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from reelgate.render.demux import opened
from reelgate.render.job import FPS, Input
from reelgate.render.planes import Planes
from reelgate.render.scene import UnusableInput

HD_ROWS = 720
"""From this height on, a clip that names no colour matrix is BT.709; below it BT.601, as players hold it."""

_UNSPECIFIED_MATRIX, _UNSPECIFIED_RANGE = 2, 0


def pictures(source: Input, width: int, height: int) -> Iterator[Planes]:
    """Yield the clip's pictures, covering width x height, in its own speed. The yielded planes are used again.

    Raises UnusableInput when the clip can't be decoded.
    """
    out = Planes.empty(width, height)
    scaler = _Scaler(width, height)
    with opened(source) as container:
        if not container.streams.video:
            raise UnusableInput(f"the {source.role} clip holds no pictures")
        container.streams.video[0].thread_count = 1  # the other cores have renders of their own
        for frame, times in _paced(container.decode(container.streams.video[0])):
            if times:
                scaler.draw(frame, out)
            for _ in range(times):
                yield out


def _paced(frames: Iterator[av.VideoFrame]) -> Iterator[tuple[av.VideoFrame, int]]:
    """Say how many of the output's frames each source frame stands for: none, one or several."""
    shown = 0
    for frame, ends in _timed(frames):
        until = round(ends * FPS)
        yield frame, max(0, until - shown)
        shown = max(shown, until)


def _timed(frames: Iterator[av.VideoFrame]) -> Iterator[tuple[av.VideoFrame, float]]:
    """Yield each frame with the second, counted from the first frame, at which the next one takes over."""
    held: av.VideoFrame | None = None
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
        yield held, (held.time or 0.0) - began + _lasts(held)


def _lasts(frame: av.VideoFrame) -> float:
    if frame.duration and frame.time_base:
        return float(frame.duration * frame.time_base)
    return 1 / FPS


class _Scaler:
    """Brings decoded frames of any format, matrix and orientation to the planes of one size."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._height = height
        self._reformatter = VideoReformatter()

    def draw(self, frame: av.VideoFrame, out: Planes) -> None:
        turns = round(frame.rotation / 90) % 4
        width, height = (self._height, self._width) if turns % 2 else (self._width, self._height)
        scaled = self._scaled(frame, *_covering(frame.width, frame.height, width, height))
        whole = Planes.around(np.asarray(scaled.to_ndarray(), np.uint8))
        for source, target in zip(whole.each(), out.each(), strict=True):
            plane = np.rot90(source, turns)
            left, top = (plane.shape[1] - target.shape[1]) // 2, (plane.shape[0] - target.shape[0]) // 2
            np.copyto(target, plane[top : top + target.shape[0], left : left + target.shape[1]])

    def _scaled(self, frame: av.VideoFrame, width: int, height: int) -> av.VideoFrame:
        if frame.colorspace == _UNSPECIFIED_MATRIX:
            frame.colorspace = Colorspace.ITU709 if frame.height >= HD_ROWS else Colorspace.ITU601
        if frame.color_range == _UNSPECIFIED_RANGE:
            frame.color_range = ColorRange.MPEG
        return self._reformatter.reformat(
            frame,
            width=width,
            height=height,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC,
            threads=1,
        )


def _covering(width: int, height: int, target_width: int, target_height: int) -> tuple[int, int]:
    """Return even sides in the source's shape that cover the target; what is over is cut off."""
    scale = max(target_width / width, target_height / height)
    return max(target_width, round(width * scale / 2) * 2), max(target_height, round(height * scale / 2) * 2)
