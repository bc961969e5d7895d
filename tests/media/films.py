"""Films as vendors and relays deliver them, and files that are not films."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

_SAMPLES = 48_000  # a second


class Form(NamedTuple):
    """A container as FFmpeg calls it, its video codec, its audio codec and the pixels that the codec takes."""

    container: str
    pictures: str
    sound: str = ""
    pixels: str = "yuv420p"


def film(path: Path, form: Form, *, seconds: int = 1, rate: int = 24, size: tuple[int, int] = (64, 36)) -> Path:
    """Write a film of that form."""
    with av.open(path, "w", format=form.container) as container:
        options = {"x265-params": "log-level=none"} if form.pictures == "libx265" else {}
        stream = container.add_stream(form.pictures, rate=rate, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, form.pixels
        tone = container.add_stream(form.sound, rate=_SAMPLES, layout="stereo") if form.sound else None
        for n in range(seconds * rate):
            pixels = np.full((size[1], size[0], 3), n * 5 % 255, np.uint8)
            container.mux(stream.encode(VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
        if tone is not None:
            _be_silent(container, tone, seconds)
    return path


def sound_alone(path: Path, container: str, codec: str) -> Path:
    """Write a sound in a film's container."""
    with av.open(path, "w", format=container) as made:
        _be_silent(made, made.add_stream(codec, rate=_SAMPLES, layout="stereo"), 1)
    return path


def _be_silent(container: OutputContainer, tone: Stream, seconds: int) -> None:
    assert isinstance(tone, AudioStream)
    silence = AudioFrame.from_ndarray(np.zeros((1, 2 * _SAMPLES * seconds), np.int16), "s16", "stereo")
    silence.rate, silence.pts = _SAMPLES, 0
    resampler = av.AudioResampler(tone.format, "stereo", _SAMPLES, frame_size=tone.frame_size or 1024)
    for piece in [*resampler.resample(silence), *resampler.resample(None)]:
        container.mux(tone.encode(piece))
    container.mux(tone.encode(None))
