"""Whole pictures through a colour matrix or a soft blur, the way round that OpenCV is quick at.

A scene's first frame waits for a few dozen of each.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""A picture, shape (rows, columns) or (rows, columns, channels)."""

_BAND = 1 << 17
"""Pixels that are worked on at a time: what is made of them on the way still fits the processor's cache."""

_COARSE = 1.6
"""Blurs of more pixels than this are made of a smaller picture: what is so soft has no detail to lose."""


def weighed(pixels: Pixels, weights: npt.NDArray[np.float64]) -> Pixels:
    """Return one plane: the sum of a picture's four channels, each by its weight.

    The same as a row of `cv2.transform`, which takes twenty times as long over bytes.
    """
    out = np.empty(pixels.shape[:2], np.uint8)
    first, second, third, fourth = map(float, weights)
    for band in _bands(pixels):
        blue, green, red, alpha = cv2.split(pixels[band])
        cold = cv2.addWeighted(blue, first, green, second, 0, dtype=cv2.CV_32F)
        warm = cv2.addWeighted(red, third, alpha, fourth, 0, dtype=cv2.CV_32F)
        cv2.add(cold, warm, dst=out[band], dtype=cv2.CV_8U)
    return out


def tint(pixels: Pixels, colour: tuple[float, ...], shares: npt.NDArray[np.float32]) -> None:
    """Mix a premultiplied BGRA picture, in place, with a colour (blue, green, red), by a share for each row."""
    kept = np.rint(255 - 255 * np.multiply.outer(shares, (1, 1, 1, 0))).astype(np.uint8)
    added = np.rint(np.multiply.outer(shares, (*colour, 0))).astype(np.uint8)
    for band in _bands(pixels):
        part = pixels[band]
        cv2.multiply(part, _across(kept[band], part), dst=part, scale=1 / 255)
        cv2.add(part, cv2.multiply(most_of(part), _across(added[band], part), scale=1 / 255), dst=part)


def _across(column: Pixels, picture: Pixels) -> Pixels:
    """Return a picture of a size with one colour for each of its rows."""
    wide = np.broadcast_to(column.view(np.uint32), picture.shape[:2])
    return np.ascontiguousarray(wide).view(np.uint8).reshape(picture.shape)


def most_of(pixels: Pixels) -> Pixels:
    """Return a picture with the alpha of a BGRA picture in each of four channels: the most that each may be."""
    return np.asarray(cv2.merge([cv2.extractChannel(pixels, 3)] * 4), np.uint8)


def painted_rows(pixels: Pixels) -> slice:
    """Return the rows of a contiguous premultiplied picture from the first to the last that is not empty."""
    rows = np.flatnonzero(pixels.view(np.uint32)[..., 0].max(1))
    return slice(int(rows[0]), int(rows[-1]) + 1) if rows.size else slice(0, 0)


def _bands(pixels: Pixels) -> Iterator[slice]:
    rows = max(1, _BAND // pixels.shape[1])
    return (slice(first, min(first + rows, len(pixels))) for first in range(0, len(pixels), rows))


def softened(pixels: Pixels, sigma: float) -> Pixels:
    """Return a picture after a Gaussian blur of `sigma` pixels, beyond whose edges nothing changes."""
    if sigma < _COARSE:
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.uint8)
    step = 4 if sigma >= 5 * _COARSE else 2
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (-(-width // step), -(-height // step)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / step, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
