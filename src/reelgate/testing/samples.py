"""Small pictures, clips and sounds for tests, made on the spot."""

from __future__ import annotations

import math
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.video.frame import VideoFrame
from PIL import Image

_RATE = 44_100  # samples a second


def picture(path: Path, width: int = 640, height: int = 360, format: str = "png", *, orientation: int = 1) -> Path:  # noqa: A002 (as Pillow calls it)
    """Write a colour gradient as a picture file; `orientation` is the EXIF value."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(path, format=format.upper(), **({"exif": exif} if orientation != 1 else {}))
    return path


def clip(
    path: Path, width: int = 320, height: int = 180, seconds: float = 1.0, fps: int = 24, *, audio: bool = False
) -> Path:
    """Write an H.264 clip of a moving gradient; the suffix of `path` (.mp4, .mov) names the container."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        tone = container.add_stream("aac", rate=_RATE, layout="mono") if audio else None
        ramp = np.linspace(0, 255, width, dtype=np.uint8)
        for n in range(round(seconds * fps)):
            pixels = np.repeat(np.tile(np.roll(ramp, 4 * n), (height, 1))[..., None], 3, axis=2)
            container.mux(stream.encode(VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
        if tone is not None:
            _write_tone(container, tone, seconds)
    return path


def sound(path: Path, seconds: float = 1.0, format: str = "wav") -> Path:  # noqa: A002 (as Pillow calls it)
    """Write a 440 Hz tone as `wav` or `mp3`."""
    if format == "wav":
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(_RATE)
            file.writeframes(_tone(seconds).tobytes())
    else:
        with av.open(path, "w", format=format) as container:
            _write_tone(container, container.add_stream("libmp3lame", rate=_RATE, layout="mono"), seconds)
    return path


def _tone(seconds: float) -> npt.NDArray[np.int16]:
    at = np.arange(round(seconds * _RATE)) * (2 * math.pi * 440 / _RATE)
    tone: npt.NDArray[np.int16] = (np.sin(at) * 8000).astype(np.int16)
    return tone


def _write_tone(container: OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    samples = _tone(seconds)
    resampler = av.AudioResampler(format=stream.format, layout="mono", rate=_RATE, frame_size=stream.frame_size)
    for start in range(0, len(samples), _RATE):
        frame = AudioFrame.from_ndarray(samples[None, start : start + _RATE], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = _RATE, start, Fraction(1, _RATE)
        for piece in resampler.resample(frame):
            container.mux(stream.encode(piece))
    for piece in resampler.resample(None):
        container.mux(stream.encode(piece))
    container.mux(stream.encode(None))
