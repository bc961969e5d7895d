"""A clip's frames as pictures: upright, in BT.709, of the size that is wanted."""

from __future__ import annotations

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.stream import VideoStream

from reelgate.decode.colours import Converter
from reelgate.decode.sight import Samples, sight_of

_LONGEST = 4.0
"""A frame so many times longer than what is wanted of it is cut before it is scaled: all of it would be huge."""


class Screen:
    """Shows the frames of one track."""

    def __init__(self, stream: VideoStream) -> None:
        self._stream = stream
        self._converter = Converter()

    def covering(self, frame: VideoFrame, width: int, height: int) -> list[Samples]:
        """Return the planes (I420, BT.709, limited range) of a frame that covers width x height, both even.

        What hangs over is cut off, as much on either side. The planes may be views of something larger. Raises
        FFmpegError for a frame that can't be converted.
        """
        sight = sight_of(self._stream, frame)
        wide, tall = sight.shown(frame.width, frame.height)
        scale = max(width / wide, height / tall)
        if max(width / wide, height / tall) > _LONGEST * min(width / wide, height / tall):
            return self._cut(frame, width, height)
        size = max(width, round(wide * scale / 2) * 2), max(height, round(tall * scale / 2) * 2)
        whole = self._converter.converted(frame, *(size[::-1] if sight.transposed else size), "yuv420p")
        planes = [sight.upright(_samples(plane)) for plane in whole.planes]
        return [_middle(plane, width // part, height // part) for plane, part in zip(planes, (1, 2, 2), strict=True)]

    def fitting(self, frame: VideoFrame, side: int) -> Samples:
        """Return a frame whole, as red, green, blue of shape (rows, columns, 3), no side longer than `side`.

        Raises FFmpegError for a frame that can't be converted.
        """
        sight = sight_of(self._stream, frame)
        wide, tall = sight.shown(frame.width, frame.height)
        scale = min(1.0, side / max(wide, tall))
        size = max(1, round(wide * scale)), max(1, round(tall * scale))
        whole = self._converter.converted(frame, *(size[::-1] if sight.transposed else size), "rgb24")
        return np.ascontiguousarray(sight.upright(np.asarray(whole.to_ndarray(), np.uint8)))

    def _cut(self, frame: VideoFrame, width: int, height: int) -> list[Samples]:
        sight = sight_of(self._stream, frame)
        even = (max(2, frame.width // 2 * 2), max(2, frame.height // 2 * 2))
        whole = self._converter.converted(frame, *even, "yuv420p")
        wide, tall = sight.shown(frame.width, frame.height)
        scale = max(width / wide, height / tall)
        shares = width / (wide * scale), height / (tall * scale)
        planes: list[Samples] = []
        for plane, part in zip(whole.planes, (1, 2, 2), strict=True):
            samples = sight.upright(_samples(plane))
            rows, columns = samples.shape
            kept = _middle(samples, max(1, round(columns * shares[0])), max(1, round(rows * shares[1])))
            size = (width // part, height // part)
            scaled = cv2.resize(np.ascontiguousarray(kept), size, interpolation=cv2.INTER_LINEAR)
            planes.append(np.asarray(scaled, np.uint8))
        return planes


def _samples(plane: VideoPlane) -> Samples:
    whole = np.frombuffer(memoryview(plane), np.uint8)  # which keeps the frame, of which it is a view
    return whole.reshape(plane.height, plane.line_size)[:, : plane.width]


def _middle(samples: Samples, width: int, height: int) -> Samples:
    left, top = (samples.shape[1] - width) // 2, (samples.shape[0] - height) // 2
    return samples[top : top + height, left : left + width]
