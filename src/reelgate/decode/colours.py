"""Converts a decoded frame of any pixel format, matrix, range and brightness to BT.709 with 8 bits.

HDR (PQ, HLG) is brought down by a curve that leaves what is darker than paper as it is and lets what is brighter run
out towards white; wide gamuts (BT.2020, P3) are converted, and what BT.709 can't show is clipped.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

Floats = npt.NDArray[np.float32]

_RGB = 0
_KNOWN_MATRICES = frozenset({1, 4, 5, 6, 7, 9})
_BT2020_CONSTANT = 10  # all but the same numbers as BT2020_NCL, which alone swscale knows
_BT2020 = 9

_HD = (1280, 576)
"""A clip that names no matrix is BT.709 if it is as wide or taller than this, else BT.601, as players hold it."""

_PQ, _HLG = 16, 18
_WIDE = {
    9: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    11: ((1.1574, -0.1549, -0.0025), (-0.0415, 1.0456, -0.0041), (-0.0181, -0.0786, 1.0967)),
    12: ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),
}
"""From BT.2020, DCI-P3 and Display P3, in linear light, to BT.709."""

_WHITE_NITS = 203.0  # of white paper in HDR, ITU-R BT.2408
_HLG_NITS = 1000.0
_LUMA_2020: Floats = np.array([[0.2627, 0.6780, 0.0593]], np.float32)
_KNEE = 0.5  # of paper white: what is darker stays as it is
_GAMMA = 2.4  # of a screen, ITU-R BT.1886
_STEPS = 1 << 16  # of the tables: one for each signal
_BRIGHTEST = 64.0  # paper whites: 12,992 nits


class Standard(NamedTuple):
    """Which numbers a frame's samples are meant as, in FFmpeg's lists."""

    matrix: int
    full_range: bool
    transfer: int
    primaries: int

    @property
    def is_wide(self) -> bool:
        """Whether it needs more than another matrix to be shown."""
        return self.transfer in (_PQ, _HLG) or self.primaries in _WIDE


def standard_of(frame: VideoFrame) -> Standard:
    """Return a frame's colour properties, or players' defaults for those that it does not state."""
    matrix = int(frame.colorspace)
    if matrix == _BT2020_CONSTANT:
        matrix = _BT2020
    if matrix not in _KNOWN_MATRICES:
        large = frame.width >= _HD[0] or frame.height > _HD[1]
        matrix = _BT2020 if frame.color_primaries == _BT2020 else 1 if large else 5
    full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    return Standard(matrix, full, int(frame.color_trc), int(frame.color_primaries))


class Converter:
    """Scales frames and brings them to BT.709. One for each clip: it keeps what it worked out for the last frame."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()
        self._encoder = VideoReformatter()

    def converted(self, frame: VideoFrame, width: int, height: int, format: str) -> VideoFrame:  # noqa: A002
        """Return a frame of that size and pixel format (`yuv420p` in limited range, or `rgb24`)."""
        standard = standard_of(frame)
        frame.colorspace = standard.matrix if frame.colorspace != _RGB else frame.colorspace
        if not frame.format.is_rgb:
            frame.color_range = ColorRange.JPEG if standard.full_range else ColorRange.MPEG
        if not standard.is_wide:
            return _reformat(self._scaler, frame, width, height, format)
        light = _reformat(self._scaler, frame, width, height, "rgb48le").to_ndarray()
        narrow = VideoFrame.from_ndarray(narrowed(np.asarray(light, np.uint16), standard), format="rgb24")
        return narrow if format == "rgb24" else _reformat(self._encoder, narrow, width, height, format)


def _reformat(scaler: VideoReformatter, frame: VideoFrame, width: int, height: int, format: str) -> VideoFrame:  # noqa: A002
    return scaler.reformat(
        frame,
        width=width,
        height=height,
        format=format,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.JPEG if format.startswith("rgb") else ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC,
        threads=1,
    )


def narrowed(signal: npt.NDArray[np.uint16], standard: Standard) -> npt.NDArray[np.uint8]:
    """Return what a screen of BT.709 shows of RGB in 16 bits, shape (rows, columns, 3). Pictures in sRGB look alike."""
    light = _looked_up(signal, _to_light(standard.transfer))
    if standard.transfer == _HLG:
        light *= _looked_up(_root(np.asarray(cv2.transform(light, _LUMA_2020), np.float32)), _bent_scene())[..., None]
    if standard.transfer in (_PQ, _HLG):
        red, green, blue = cv2.split(light)
        most = np.asarray(cv2.max(cv2.max(red, green), blue), np.float32)
        light *= _looked_up(_root(most / np.float32(_BRIGHTEST)), _shares())[..., None]
    if standard.primaries in _WIDE:
        light = np.asarray(cv2.transform(light, np.array(_WIDE[standard.primaries], np.float32)), np.float32)
    return np.asarray(cv2.LUT(_root(light), _to_signal()), np.uint8)


def _looked_up(places: npt.NDArray[np.uint16], table: Floats) -> Floats:
    return np.asarray(cv2.LUT(places, table), np.float32)


def _root(light: Floats) -> npt.NDArray[np.uint16]:
    """Return the place of each value from 0 to 1 in a table that is finer where it is darker."""
    root = np.asarray(cv2.sqrt(np.clip(light, 0, 1)), np.float32)
    root *= _STEPS - 1
    return root.astype(np.uint16)


@cache
def _to_light(transfer: int) -> Floats:
    """Return linear light for each signal of 16 bits: 1 is paper white; in HLG the scene's light from 0 to 1."""
    signal = np.linspace(0, 1, _STEPS)
    if transfer == _PQ:  # SMPTE ST 2084
        root = signal ** (1 / 78.84375)
        nits = 10_000 * (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
        light = nits / _WHITE_NITS
    elif transfer == _HLG:  # ITU-R BT.2100
        bright = (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
        light = np.where(signal <= 0.5, signal**2 / 3, bright)
    else:
        light = signal**_GAMMA
    return np.asarray(light[None], np.float32)


@cache
def _bent_scene() -> Floats:
    """Return by what a scene's light is multiplied on an HLG screen, for each luma at the square of its place."""
    luma = np.maximum(np.linspace(0, 1, _STEPS) ** 2, 1e-6)
    return np.asarray((luma**0.2 * _HLG_NITS / _WHITE_NITS)[None], np.float32)


@cache
def _shares() -> Floats:
    """Return what is left of light whose brightest part is `_BRIGHTEST` times the square of an entry's place."""
    most = np.maximum(np.linspace(0, 1, _STEPS) ** 2 * _BRIGHTEST, 1e-9)
    bent = _KNEE + (1 - _KNEE) * (1 - np.exp(-(most - _KNEE) / (1 - _KNEE)))
    return np.asarray((np.where(most <= _KNEE, most, bent) / most)[None], np.float32)


@cache
def _to_signal() -> npt.NDArray[np.uint8]:
    return np.rint(255 * np.linspace(0, 1, _STEPS) ** (2 / _GAMMA)).astype(np.uint8)[None]
