"""Inputs for renders, and what can be measured of a rendered file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import av
import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.render import render
from reelgate.render.job import Rendered, RenderInput, RenderJob
from reelgate.render.pictures import covering
from reelgate.render.planes import Planes
from reelgate.request import Facts, MediaKind, Mode, Role

WIDTH, HEIGHT, FRAMES = 320, 180, 24

Image = npt.NDArray[np.uint8]


class Clip(NamedTuple):
    """A decoded file: pictures as I420 arrays, sound as (channels, samples) at its own rate."""

    pictures: list[Planes]
    sound: npt.NDArray[np.float32] | None
    rate: int
    fps: float
    pixel_format: str
    metadata: dict[str, str]


def job(mode: Mode, *inputs: RenderInput, **fields: Any) -> RenderJob:
    """Return a small job of one second without sound, with `fields` changed."""
    small: dict[str, Any] = {
        "prompt": "", "width": WIDTH, "height": HEIGHT, "frames": FRAMES, "seed": 7, "audio": False,
    }  # fmt: skip
    return RenderJob(mode=mode, inputs=inputs, **(small | fields))


def rendered(wanted: RenderJob, out: Path) -> Rendered:
    """Render without looking at the progress."""
    return render(wanted, out, lambda frames: None)


def textured(seed: int, width: int = 400, height: int = 300) -> Image:
    """Return a picture with structure at several scales, as photographs have."""
    random = np.random.default_rng(seed)
    layers = [
        cv2.resize(random.uniform(0, 255, (height // step, width // step, 3)), (width, height)) for step in (60, 20, 6)
    ]
    return np.asarray(0.5 * layers[0] + 0.3 * layers[1] + 0.2 * layers[2], np.uint8)


def picture(path: Path, image: Image, role: Role = Role.FIRST_FRAME) -> RenderInput:
    """Write a picture and return it as an input."""
    assert cv2.imwrite(str(path), image)
    size = {"width": image.shape[1], "height": image.shape[0]}
    return RenderInput(MediaKind.IMAGE, role, path, Facts(kind=MediaKind.IMAGE, format="png", bytes=1, **size))


def source(path: Path, seconds: float, role: Role = Role.SOURCE, *, has_audio: bool = False) -> RenderInput:
    """Return a clip as an input."""
    facts = Facts(kind=MediaKind.VIDEO, format=path.suffix[1:], bytes=1, seconds=seconds, has_audio=has_audio)
    return RenderInput(MediaKind.VIDEO, role, path, facts)


def heard(path: Path, role: Role = Role.VOICE) -> RenderInput:
    """Return a sound as an input."""
    return RenderInput(MediaKind.AUDIO, role, path, Facts(kind=MediaKind.AUDIO, format=path.suffix[1:], bytes=1))


def planes(item: RenderInput) -> Planes:
    """Return what an input picture should look like in the file."""
    return covering(item, WIDTH, HEIGHT)


def decode(path: Path) -> Clip:
    """Decode a file whole."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        fps, pixel_format, metadata = float(stream.average_rate or 0), str(stream.pix_fmt), dict(file.metadata)
        pictures = [Planes.around(np.asarray(frame.to_ndarray(), np.uint8)) for frame in file.decode(stream)]
    with av.open(str(path)) as file:
        if not file.streams.audio:
            return Clip(pictures, None, 0, fps, pixel_format, metadata)
        chunks = [np.asarray(frame.to_ndarray(), np.float32) for frame in file.decode(file.streams.audio[0])]
        return Clip(pictures, np.hstack(chunks), file.streams.audio[0].rate, fps, pixel_format, metadata)


def psnr(a: Image, b: Image) -> float:
    """Return the peak signal-to-noise ratio of two planes in dB, at most 99."""
    error = float(np.mean((a.astype(float) - b) ** 2))
    return 99.0 if error == 0 else min(99.0, 10 * float(np.log10(255**2 / error)))


def difference(a: Planes, b: Planes) -> float:
    """Return the mean absolute difference of two pictures' luma."""
    return float(np.mean(cv2.absdiff(a.y, b.y)))
