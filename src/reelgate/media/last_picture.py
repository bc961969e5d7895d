"""The last picture of a film, with which another one begins. Runs in the remaker's child process."""

from __future__ import annotations

import contextlib
from collections import deque
from pathlib import Path

import av
import cv2
from av.video.frame import VideoFrame

from reelgate.decode.containers import frames_of, opened, pictures_in
from reelgate.decode.screen import Screen
from reelgate.sandbox import descriptors

_LONGEST_SIDE = 16_384


def write_last_picture(source: Path, target: Path) -> None:
    """Write the last picture of an MP4 as a PNG, whole and as players show it.

    Raises ValueError where none can be decoded; any other exception means that the file is damaged.
    """
    if not (_written(source, target, near_end=True) or _written(source, target, near_end=False)):
        raise ValueError("none of its frames can be decoded")


def _written(source: Path, target: Path, *, near_end: bool) -> bool:
    """Decode a film from its last key frame on, or from its beginning, and write what comes last."""
    with descriptors.opened(source) as file, opened(file, "mov") as container:
        stream = pictures_in(container)
        if stream is None:
            raise ValueError("it has no video track")
        if near_end:
            with contextlib.suppress(av.FFmpegError):
                container.seek((container.start_time or 0) + (container.duration or 0))
        last: deque[VideoFrame] = deque(frames_of(container, stream), maxlen=1)
        if not last:
            return False
        samples = Screen(stream).fitting(last[0], _LONGEST_SIDE)
    _, data = cv2.imencode(".png", samples[:, :, ::-1])  # OpenCV has blue first
    target.write_bytes(data.tobytes())
    return True
