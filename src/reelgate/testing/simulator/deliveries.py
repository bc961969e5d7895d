"""What simulated vendors deliver in place of a film, or beside what they say of one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from reelgate.testing.samples import clip, picture, sound
from reelgate.testing.simulator.faults import Fault
from reelgate.testing.simulator.jobs import Reason, Shot, State, VendorJob

Make = Callable[[Path, Shot, tuple[int, int]], None]

TOLD_DONE = 2
"""Queries that are answered with done for a job that fails afterwards."""

_LENGTHS = ("duration", "output_video_duration")
_SAID: dict[Fault, Callable[[Shot], Any]] = {
    Fault.SAYS_LONGER: lambda shot: 3 * shot.seconds,
    Fault.SAYS_NEGATIVE: lambda shot: -shot.seconds,
    Fault.SAYS_HUGE: lambda _: 4_294_967_295,
    Fault.SAYS_TEXT: lambda _: "a while",
}


def _film(container: str, codec: str, pixels: str = "yuv420p") -> Make:
    def make(path: Path, shot: Shot, size: tuple[int, int]) -> None:
        options = {"x265-params": "log-level=none", "preset": "ultrafast"} if codec == "libx265" else {}
        options |= {"deadline": "realtime", "cpu-used": "8"} if codec.startswith("libvpx") else {}
        with av.open(path, "w", format=container) as film:
            stream = film.add_stream(codec, rate=24, options=options)
            if not isinstance(stream, VideoStream):
                raise TypeError(codec)
            stream.width, stream.height, stream.pix_fmt = *size, pixels
            for number in range(24 * shot.seconds):
                pixel = np.full((size[1], size[0], 3), 5 * number % 256, np.uint8)
                film.mux(stream.encode(VideoFrame.from_ndarray(pixel, format="rgb24")))
            film.mux(stream.encode(None))

    return make


def _sound_alone(path: Path, shot: Shot, size: tuple[int, int]) -> None:
    del size
    with tempfile.TemporaryDirectory() as folder:
        tone = sound(Path(folder, "tone.wav"), shot.seconds)
        with av.open(tone) as heard, av.open(path, "w", format="mp4") as film:
            stream = film.add_stream("aac", rate=44_100, layout="mono")
            for frame in heard.decode(audio=0):
                film.mux(stream.encode(frame))
            film.mux(stream.encode(None))


MAKERS: dict[Fault, Make] = {
    Fault.DELIVERS_PNG: lambda path, _, size: _void(picture(path, *size)),
    Fault.DELIVERS_JPEG: lambda path, _, size: _void(picture(path, *size, "jpeg")),
    Fault.DELIVERS_GIF: lambda path, _, size: _void(picture(path, *size, "gif")),
    Fault.DELIVERS_WAV: lambda path, shot, _: _void(sound(path, shot.seconds)),
    Fault.DELIVERS_PAGE: lambda path, _, __: _void(path.write_bytes(b"<html><body>Not ready</body></html>")),
    Fault.DELIVERS_ONE_FRAME: lambda path, _, size: _void(clip(path.with_suffix(".mp4"), *size, 1 / 24).rename(path)),
    Fault.DELIVERS_SOUND_ALONE: _sound_alone,
    Fault.DELIVERS_MOV: _film("mov", "libx264"),
    Fault.DELIVERS_WEBM: _film("webm", "libvpx-vp9"),
    Fault.DELIVERS_VP8: _film("webm", "libvpx"),
    Fault.DELIVERS_MKV: _film("matroska", "libx264"),
    Fault.DELIVERS_HEVC: _film("matroska", "libx265"),
}
"""What the link serves instead of the film, each with the film's Content-Type."""

HABITS = frozenset({*MAKERS, *_SAID, Fault.NO_LINK, Fault.EMPTY_FIRST, Fault.FAILED_AFTER_DONE})
"""What stays with a job that was created so."""


def made(fault: Fault, shot: Shot, size: tuple[int, int]) -> bytes:
    """Return what a fault delivers. Blocks while it is made."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "film")
        MAKERS[fault](path, shot, size)
        return path.read_bytes()


def asked(job: VendorJob, reason: Reason, now: int) -> None:
    """Note a query for a job: some are done only until their vendor has checked the result."""
    if job.habit == Fault.FAILED_AFTER_DONE and job.state(now) is State.SUCCEEDED:
        job.told_done += 1
        if job.told_done > TOLD_DONE:
            job.reason = reason


def retold(value: Any, fault: Fault, shot: Shot, files: str) -> Any:
    """Return the answer to a query with a vendor's habit: another length, no link, an empty creation first."""
    if isinstance(value, dict):
        return {name: _field(name, retold(inner, fault, shot, files), fault, shot) for name, inner in value.items()}
    if isinstance(value, list):
        return [retold(inner, fault, shot, files) for inner in value]
    return "" if fault is Fault.NO_LINK and isinstance(value, str) and value.startswith(files) else value


def _field(name: str, value: Any, fault: Fault, shot: Shot) -> Any:
    if fault in _SAID and name in _LENGTHS and isinstance(value, int | float):
        return _SAID[fault](shot)
    if fault is Fault.EMPTY_FIRST and name in ("creations", "outputs", "urls") and isinstance(value, list) and value:
        return [{"id": "0", "url": ""} if isinstance(value[0], dict) else "", *value]
    return value


def _void(_: object) -> None:
    """Take what a maker returns and need it no more."""
