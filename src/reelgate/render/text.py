"""Text drawn over every frame: rasterised once, blended as a small patch per plane.

The font is the one built into OpenCV 5 (WenQuanYi Micro Hei, Apache-2.0): Latin, Greek, Cyrillic, Chinese, Japanese
and Korean. What it has no glyph for (emoji, rare Han) is left out rather than shown as a question mark.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.render.planes import Plane, Planes

WIDEST = 0.6
"""The share of the picture's width that a text may take; a longer one is set smaller, then shortened."""

SMALLEST = 9
"""Pixels; nor does a long text get smaller than `LEAST` of the usual size."""

LEAST = 0.6

_WHITE, _BLACK, _GREY = 235.0, 16.0, 128.0
_INK, _HALO = 0.92, 0.62  # opacity of the letters and of the darkness around them


class _Patch(NamedTuple):
    """`plane = plane * keep / 255 + add` over one rectangle."""

    rows: slice
    columns: slice
    keep: Plane
    add: Plane


class TextMark:
    """A text at the bottom right of every frame, light with a dark halo so that it reads on anything."""

    SIZE = 0.036
    """Letter size as a share of the picture's shorter side."""

    def __init__(self, text: str, width: int, height: int) -> None:
        ink = _ink(drawable(text), width, height, self.SIZE)
        self._patches = [] if ink is None else _patches(ink, *self._place(ink, width, height))

    def _place(self, ink: Plane, width: int, height: int) -> tuple[slice, slice]:
        """Return the rows and columns of the text's box, half its margin from the corner."""
        gap = min(height, width) // 64
        bottom, right = _even(height - gap), _even(width - gap)
        return slice(max(0, bottom - ink.shape[0]), bottom), slice(max(0, right - ink.shape[1]), right)

    def draw(self, out: Planes) -> None:
        """Blend the text over a frame; without a text, do nothing."""
        for plane, patch in zip(out.each(), self._patches, strict=False):
            area = plane[patch.rows, patch.columns]
            cv2.multiply(area, patch.keep, dst=area, scale=1 / 255)
            cv2.add(area, patch.add, dst=area)


class Label(TextMark):
    """A smaller text at the top left."""

    SIZE = 0.025

    def _place(self, ink: Plane, width: int, height: int) -> tuple[slice, slice]:
        gap = _even(min(height, width) // 64)
        return slice(gap, gap + ink.shape[0]), slice(gap, gap + ink.shape[1])


def drawable(text: str) -> str:
    """Return the text in one line without the characters that the font has no glyph for."""
    kept = "".join(c for c in text if c.isspace() or (_has_glyph(c) if ord(c) > 126 else c.isprintable()))
    return " ".join(kept.split())


@cache
def _font() -> cv2.FontFace:
    return cv2.FontFace("uni")


def _has_glyph(character: str) -> bool:
    return character.isprintable() and not np.array_equal(_raster(character, 24), _raster("?", 24))


def _raster(text: str, size: int) -> Plane:
    """Return the coverage of a text set at `size` pixels, cropped to its box with a margin of half of it."""
    x, y, width, height = cv2.getTextSize((0, 0), text, (0, 0), _font(), size)
    margin = size // 2
    image = np.zeros((height + 2 * margin, width + 2 * margin), np.uint8)
    cv2.putText(image, text, (margin - x, margin - y), (255, 255, 255), _font(), size)
    return image


def _ink(text: str, width: int, height: int, share: float) -> Plane | None:
    """Return the letters' coverage with even sides, None for no text. `share` is the size of the shorter side's."""
    size = max(SMALLEST, round(min(width, height) * share))
    smallest = max(SMALLEST, round(size * LEAST))
    room = round(width * WIDEST)
    while text and (ink := _raster(text, size)).shape[1] - size > room:
        if size > smallest:
            size = max(smallest, min(size - 1, size * room // ink.shape[1]))
        else:
            text = text[:-2] + "…" if len(text) > 2 else ""
    if not text:
        return None
    return np.asarray(np.pad(ink, ((0, ink.shape[0] % 2), (0, ink.shape[1] % 2))), np.uint8)


def _patches(ink: Plane, rows: slice, columns: slice) -> list[_Patch]:
    """Prepare the three planes of a text in its box."""
    spread = max(3, min(ink.shape) // 6) | 1
    halo = cv2.GaussianBlur(cv2.dilate(ink, np.ones((3, 3), np.uint8)), (spread, spread), 0)
    light, dark = ink * (_INK / 255), np.minimum(halo * (1.6 * _HALO / 255), _HALO)
    keep = (1 - light) * (1 - dark)
    luma = _BLACK * dark * (1 - light) + _WHITE * light
    half = (ink.shape[1] // 2, ink.shape[0] // 2)
    thin = cv2.resize(keep, half, interpolation=cv2.INTER_AREA)
    chroma = _Patch(_halved(rows), _halved(columns), _bytes(thin * 255), _bytes(_GREY * (1 - thin)))
    return [_Patch(rows, columns, _bytes(keep * 255), _bytes(luma)), chroma, chroma]


def _even(number: int) -> int:
    return number - number % 2


def _halved(span: slice) -> slice:
    return slice(span.start // 2, span.stop // 2)


def _bytes(values: npt.NDArray[np.floating]) -> Plane:
    return np.asarray(np.rint(values), np.uint8)
