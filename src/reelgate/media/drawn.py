"""The pictures of a film that is encoded again: upright, of one size, in BT.709, whatever the source's frames are."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame

from reelgate import limits
from reelgate.decode.screen import Screen

_CLOCK = 90_000  # ticks a second: fine enough for any rate
_BT709 = 1  # in FFmpeg's lists of matrices, primaries and transfer curves alike
_LIMITED = 1


class DrawnTrack:
    """A track of pictures in a file that is being written, each shown from its own time on."""

    def __init__(
        self, made: OutputContainer, rate: Fraction | int, size: tuple[int, int], options: Mapping[str, str]
    ) -> None:
        """`size` is the width and height, both even."""
        self._made = made
        self._stream = made.add_stream("libx264", rate=rate, options=dict(options))
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        context = self._stream.codec_context
        context.time_base = Fraction(1, _CLOCK)
        context.thread_count = limits.REMAKE_THREADS
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = _LIMITED
        self._last = -1

    def draw(self, screen: Screen, frame: VideoFrame, at: Fraction) -> None:
        """Show a frame, which covers the size, from a second on; one that comes no later than the last is left out."""
        ticks = max(0, round(at * _CLOCK))
        if ticks <= self._last:
            return
        self._last = ticks
        planes = screen.covering(frame, self._stream.width, self._stream.height)
        drawn = VideoFrame.from_dlpack([np.array(plane, order="C") for plane in planes], format="yuv420p")
        drawn.pts, drawn.time_base = ticks, Fraction(1, _CLOCK)
        self._made.mux(self._stream.encode(drawn))

    def end(self) -> None:
        """Write what is held back. Raises ValueError if nothing was drawn."""
        if self._last < 0:
            raise ValueError("none of its frames can be decoded")
        self._made.mux(self._stream.encode(None))
