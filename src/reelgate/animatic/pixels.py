"""Whole pictures through a colour matrix or a soft blur, the way round that OpenCV is quick at.

A scene's first frame waits for a few dozen of each.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""A picture, shape (rows, columns) or (rows, columns, channels)."""

_BAND = 1 << 17
"""Pixels that are recoloured at a time: as floats they still fit the processor's cache."""

_COARSE = 6.0
"""Blurs of more pixels than this are made of a smaller picture: what is so soft has no detail to lose."""


def recoloured(pixels: Pixels, matrix: npt.NDArray[np.float64]) -> Pixels:
    """Return a picture of four channels under a 4x4 colour matrix, or 4x5 with what is added last.

    The same as `cv2.transform`, which takes eight times as long over four bytes as over four floats.
    """
    square, added = np.ascontiguousarray(matrix[:, :4]), matrix[:, 4:]
    out = np.empty_like(pixels)
    rows = max(1, _BAND // pixels.shape[1])
    for first in range(0, pixels.shape[0], rows):
        band = np.asarray(cv2.transform(pixels[first : first + rows].astype(np.float32), square), np.float32)
        if added.size:
            band += added[:, 0].astype(np.float32)
        np.maximum(band, 0, out=band)
        cv2.convertScaleAbs(band, dst=out[first : first + rows])
    return out


def tint(pixels: Pixels, colour: tuple[float, ...], shares: npt.NDArray[np.float32]) -> None:
    """Mix a premultiplied BGRA picture, in place, with a colour (blue, green, red), by a share for each row."""
    rows = max(1, _BAND // pixels.shape[1])
    for first in range(0, pixels.shape[0], rows):
        band = pixels[first : first + rows]
        share = shares[first : first + rows, None]
        *channels, alpha = cv2.split(band)
        towards = alpha * (share / np.float32(255))
        mixed = (channel * (1 - share) + towards * np.float32(c) for channel, c in zip(channels, colour, strict=True))
        band[:] = cv2.merge([*map(cv2.convertScaleAbs, mixed), alpha])


def softened(pixels: Pixels, sigma: float) -> Pixels:
    """Return a picture after a Gaussian blur of `sigma` pixels, beyond whose edges nothing changes."""
    if sigma < _COARSE:
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.uint8)
    step = 4 if sigma >= 2 * _COARSE else 2
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (-(-width // step), -(-height // step)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / step, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
