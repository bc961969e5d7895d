"""Clips as cameras, phones and programs write them: turned, mirrored, stretched, damaged, in every kind of colour."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, cast

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from reelgate.sandbox.scheduling import class_kept

Pixels = npt.NDArray[np.uint8]
"""A picture in red, green, blue, of shape (rows, columns, 3)."""

COLOURS = {"R": (220, 30, 30), "G": (30, 180, 40), "B": (30, 60, 220), "Y": (240, 220, 30)}


class Standard(NamedTuple):
    """How a film's colours are coded, in FFmpeg's numbers."""

    matrix: int = 2
    full: bool = False
    primaries: int = 2
    transfer: int = 2
    format: str = "yuv420p"


def quarters(width: int = 320, height: int = 180) -> Pixels:
    """Return red and green over blue and yellow: it shows how a picture stands."""
    pixels = np.empty((height, width, 3), np.uint8)
    half, middle = height // 2, width // 2
    pixels[:half, :middle], pixels[:half, middle:] = COLOURS["R"], COLOURS["G"]
    pixels[half:, :middle], pixels[half:, middle:] = COLOURS["B"], COLOURS["Y"]
    return pixels


def stands(pixels: npt.NDArray[np.uint8]) -> str:
    """Return the colours of a picture's corners: RGBY when it stands upright."""
    rows, columns = pixels.shape[:2]
    places = [(y, x) for y in (0.15, 0.85) for x in (0.15, 0.85)]
    seen = [pixels[int(rows * y), int(columns * x)].astype(int) for y, x in places]
    return "".join(min(COLOURS, key=lambda name: int(np.abs(colour - COLOURS[name]).sum())) for colour in seen)


def film(
    path: Path,
    pictures: Sequence[Pixels],
    *,
    times: Sequence[int] | None = None,
    rate: int = 24,
    codec: str = "libx264",
    standard: Standard | None = None,
    pixel: tuple[int, int] = (1, 1),
    **options: str,
) -> Path:
    """Write a film; `times` are the pictures' places in ticks of 1/1000 s, else they follow at `rate`."""
    standard = standard or Standard()
    height, width = pictures[0].shape[:2]
    base = Fraction(1, 1000) if times else Fraction(1, rate)
    layout = {"movflags": options.pop("movflags", "")}
    with av.open(str(path), "w", options={name: value for name, value in layout.items() if value}) as container:
        quick = {"preset": "ultrafast"} if codec in ("libx264", "libx265") else {}
        if codec == "libx265":
            quick["x265-params"] = "log-level=0" + (":bframes=0" if len(pictures) == 1 else "")  # else it has no time
        stream = cast(VideoStream, container.add_stream(codec, rate=rate, options=quick | options))
        stream.width, stream.height, stream.pix_fmt = width, height, standard.format
        context = stream.codec_context
        context.time_base, context.thread_count = base, 1
        context.sample_aspect_ratio = Fraction(*pixel)
        context.colorspace, context.color_range = standard.matrix, ColorRange.JPEG if standard.full else ColorRange.MPEG
        context.color_primaries, context.color_trc = standard.primaries, standard.transfer
        for index, pixels in enumerate(pictures):
            frame = coded(pixels, standard)
            frame.pts, frame.time_base = times[index] if times else index, base
            with class_kept() if not index else nullcontext():  # the first one opens the encoder
                packets = stream.encode(frame)
            container.mux(packets)
        container.mux(stream.encode(None))
    return path


def coded(pixels: Pixels, standard: Standard) -> VideoFrame:
    """Return a picture in the samples of a standard."""
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24").reformat(
        format=standard.format,
        dst_colorspace={1: Colorspace.ITU709, 9: Colorspace.BT2020}.get(standard.matrix, Colorspace.ITU601),
        dst_color_range=ColorRange.JPEG if standard.full else ColorRange.MPEG,
    )
    frame.colorspace, frame.color_range = standard.matrix, ColorRange.JPEG if standard.full else ColorRange.MPEG
    frame.color_primaries, frame.color_trc = standard.primaries, standard.transfer
    return frame


def turned(path: Path, a: float, b: float, c: float, d: float) -> Path:
    """Write a matrix into the first track of a film (ISO/IEC 14496-12, 8.3.2)."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4
    at += 40 if data[at] == 0 else 52
    numbers = [round(value * 65536) for value in (a, b, 0, c, d, 0, 0, 0)]
    data[at : at + 36] = struct.pack(">8i", *numbers) + struct.pack(">i", 1 << 30)
    path.write_bytes(data)
    return path


def damaged(path: Path, share: float, count: int = 200) -> Path:
    """Overwrite some bytes, so far into a film's pictures."""
    data = bytearray(path.read_bytes())
    begin = data.index(b"mdat") + 4
    length = int.from_bytes(data[begin - 8 : begin - 4]) - 8
    at = begin + int(length * share)
    data[at : at + count] = b"\xff" * count
    path.write_bytes(data)
    return path
