"""A canvas for flat, anti-aliased painting: premultiplied BGRA, optionally closing on itself from right to left."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.palette import Colour
from reelgate.animatic.drawing.pixels import most_of, painted_rows, softened, tint

Points: TypeAlias = Sequence[tuple[float, float]] | npt.NDArray[np.floating]
_SUBPIXEL_BITS = 4
_ARC = np.linspace(0, 1, 9)
_SPOT = 128  # half the side of the table that lights are enlarged from


class Canvas:
    """A `height` x `width` picture, transparent at first. With `wrap`, what leaves one side comes in at the other."""

    def __init__(self, width: int, height: int, *, wrap: bool = False) -> None:
        self.width = width
        self.height = height
        self.pixels = np.zeros((height, width, 4), np.uint8)
        self._wrap = wrap

    def fill(self, colour: Colour) -> None:
        """Cover everything."""
        self.pixels[:] = _bgra(colour)

    def polygon(self, points: Points, colour: Colour, opacity: float = 1.0) -> None:
        """Fill a closed outline of (x, y) pixels."""
        self.polygons(np.asarray(points, np.float64).reshape(1, -1, 2), colour, opacity)

    def polygons(self, outlines: npt.NDArray[np.float64], colour: Colour, opacity: float = 1.0) -> None:
        """Fill outlines that lie apart, shape (outlines, points, 2): far quicker than one after the other."""
        if outlines.size:
            points = outlines.reshape(-1, 2)
            low, high = points.min(0), points.max(0)
            for shift in self._shifts(low[0], high[0]):
                self._polygons(outlines, (low, high), np.array([shift, 0.0]), colour, opacity)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, opacity: float = 1.0, angle: float = 0.0
    ) -> None:
        """Fill an ellipse about (x, y), turned clockwise by `angle` radians."""
        self.polygon(oval(x, y, rx, ry, angle), colour, opacity)

    def rect(self, x: float, y: float, width: float, height: float, colour: Colour, opacity: float = 1.0) -> None:
        """Fill a rectangle given by its upper left corner."""
        self.polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour, opacity)

    def limb(self, points: Points, widths: Sequence[float], colour: Colour, opacity: float = 1.0) -> None:
        """Draw a rounded, tapering stroke through the points; `widths` are diameters, one for each point."""
        outlines = capsules(np.asarray(points, np.float64), np.asarray(widths, np.float64) / 2)
        if opacity < 1:
            for outline in outlines:
                self.polygon(outline, colour, opacity)
            return
        across, paint = outlines[..., 0], _bgra(colour)
        for shift in self._shifts(float(across.min()), float(across.max())):
            for outline in _fixed(outlines + np.array([shift, 0.0])):
                cv2.fillConvexPoly(self.pixels, outline, paint, cv2.LINE_AA, _SUBPIXEL_BITS)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Brighten a round region towards a colour, softly (a screen blend weighted by what is there)."""
        shares = [strength * channel / 255 for channel in (*_bgra(colour)[:3], 0.0)]
        missing = cv2.merge([cv2.convertScaleAbs(_spotlight(), alpha=-255 * share, beta=255) for share in shares])
        for region, matrix in self._spots(x, y, radius):
            most = most_of(region)
            dark = cv2.subtract(most, region)
            cv2.multiply(dark, _placed(missing, matrix, region, 255), dst=dark, scale=1 / 255)
            cv2.subtract(most, dark, dst=region)

    def halo(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Paint a soft round light, also where nothing is painted yet."""
        for region, matrix in self._spots(x, y, radius):
            weight = _placed(_spotlight(), matrix, region, 0) * np.float32(strength)
            cv2.blendLinear(region, np.full_like(region, np.rint(_bgra(colour))), 1 - weight, weight, dst=region)

    def shade(self, top: float, bottom: float, colour: Colour, above: float, below: float) -> None:
        """Tint what is painted towards a colour, by `above` at row `top` changing to `below` at row `bottom`."""
        shares = self._shares(top, bottom, above, below)
        painted = painted_rows(self.pixels)
        rows = painted.start + np.flatnonzero(shares[painted])
        if rows.size:
            tint(self.pixels[rows[0] : rows[-1] + 1], _bgra(colour)[:3], shares[rows[0] : rows[-1] + 1])

    def fade(self, top: float, bottom: float, above: float, below: float) -> None:
        """Thin what is painted, keeping a share that goes from `above` at row `top` to `below` at row `bottom`."""
        for rows, lost in self._bands(top, bottom, 1 - above, 1 - below):
            cv2.convertScaleAbs(self.pixels[rows], dst=self.pixels[rows], alpha=1 - lost)

    def blur(self, sigma: float) -> None:
        """Soften everything."""
        if sigma > 0.3:
            border = cv2.BORDER_WRAP if self._wrap else cv2.BORDER_REPLICATE
            pad = int(sigma * 3) + 1
            painted = painted_rows(self.pixels)
            rows = self.pixels[max(painted.start - pad, 0) : painted.stop + pad]
            padded = cv2.copyMakeBorder(rows, 0, 0, pad, pad, border)
            rows[:] = softened(np.asarray(padded, np.uint8), sigma)[:, pad : pad + self.width]

    def _shifts(self, left: float, right: float) -> list[float]:
        if not self._wrap:
            return [0.0]
        return [0.0, *([self.width] if left < 0 else []), *([-self.width] if right > self.width else [])]

    def _polygons(
        self,
        outlines: npt.NDArray[np.float64],
        box: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
        shift: npt.NDArray[np.float64],
        colour: Colour,
        opacity: float,
    ) -> None:
        if opacity >= 1:
            cv2.fillPoly(self.pixels, list(_fixed(outlines + shift)), _bgra(colour), cv2.LINE_AA, _SUBPIXEL_BITS)
            return
        (left, top), (right, bottom) = (edge + shift for edge in box)
        x0, y0 = max(math.floor(left) - 1, 0), max(math.floor(top) - 1, 0)
        region = self.pixels[y0 : max(math.ceil(bottom) + 2, 0), x0 : max(math.ceil(right) + 2, 0)]
        if region.size:
            covered = region.copy()
            corner = np.array([x0 - shift[0], y0])
            cv2.fillPoly(covered, list(_fixed(outlines - corner)), _bgra(colour), cv2.LINE_AA, _SUBPIXEL_BITS)
            cv2.addWeighted(covered, opacity, region, 1 - opacity, 0, dst=region)

    def _spots(
        self, x: float, y: float, radius: float
    ) -> Iterator[tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]]:
        """Yield the parts of the picture within `radius`, with the matrix from each to the table of a spotlight."""
        scale = _SPOT / radius
        for shift in self._shifts(x - radius, x + radius):
            x0, y0 = max(int(x + shift - radius), 0), max(int(y - radius), 0)
            region = self.pixels[y0 : max(int(y + radius) + 1, 0), x0 : max(int(x + shift + radius) + 1, 0)]
            if region.size:
                across, down = _SPOT - (x + shift - x0) * scale, _SPOT - (y - y0) * scale
                yield region, np.array([[scale, 0, across], [0, scale, down]])

    def _shares(self, top: float, bottom: float, above: float, below: float) -> npt.NDArray[np.float32]:
        """Return for every row a share that goes from `above` at row `top` to `below` at row `bottom`."""
        shares = np.interp(np.arange(self.height), [top, max(bottom, top + 1)], [above, below])
        return np.asarray(shares, np.float32)

    def _bands(self, top: float, bottom: float, above: float, below: float) -> Iterator[tuple[slice, float]]:
        """Yield the painted rows in bands, with a share above 0 that goes from `above` to `below` in steps of 1/255."""
        shares = np.rint(255 * self._shares(top, bottom, above, below))
        painted = painted_rows(self.pixels)
        ends = np.flatnonzero(np.diff(shares)) + 1
        marks = [painted.start, *ends[(ends > painted.start) & (ends < painted.stop)].tolist(), painted.stop]
        for first, last in pairwise(marks):
            if last > first and shares[first] > 0:
                yield slice(first, last), float(shares[first]) / 255


def oval(x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> npt.NDArray[np.float64]:
    """Return the outline of an ellipse."""
    turns = np.linspace(0, 2 * np.pi, max(12, min(72, int(max(rx, ry)) + 12)), endpoint=False)
    dx, dy = rx * np.cos(turns), ry * np.sin(turns)
    return np.stack([x + dx * np.cos(angle) - dy * np.sin(angle), y + dx * np.sin(angle) + dy * np.cos(angle)], 1)


def capsules(path: npt.NDArray[np.float64], radii: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the outlines (n - 1, 18, 2) of the strokes between a path's points: hulls of two circles each."""
    along, narrower = np.diff(path, axis=0), radii[:-1] - radii[1:]
    heading = np.arctan2(along[:, 1], along[:, 0])[:, None]
    touch = np.arccos(np.clip(narrower / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6), -1, 1))[:, None]
    turns = np.concatenate([heading + touch + 2 * (np.pi - touch) * _ARC, heading - touch + 2 * touch * _ARC], 1)
    ends = np.repeat(np.stack([radii[:-1], radii[1:]], 1), _ARC.size, axis=1)[..., None]
    middles = np.repeat(np.stack([path[:-1], path[1:]], 1), _ARC.size, axis=1)
    return np.asarray(middles + ends * np.stack([np.cos(turns), np.sin(turns)], 2))


def curve(points: Points, *, closed: bool = True, steps: int = 8) -> npt.NDArray[np.float64]:
    """Return a smooth line through the points: a uniform Catmull-Rom spline, closed into a ring unless told not to."""
    p = np.asarray(points, np.float64)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([p[:1], p, p[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    a, b, c, d = (p[i : len(p) - 3 + i, None] for i in range(4))
    pieces = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    line = pieces.reshape(-1, 2)
    return line if closed else np.concatenate([line, p[-1:]])


def ridge(rng: np.random.Generator, width: int, octaves: int, sharp: float = 0.0) -> npt.NDArray[np.float64]:
    """Return heights 0 to 1 for each column of a periodic skyline: octaves of random phase, creased by `sharp`."""
    x = np.linspace(0, 2 * np.pi, width, endpoint=False)
    total = np.zeros(width)
    for octave in range(octaves):
        for _ in range(2):
            wave = np.sin(x * int(rng.integers(2**octave, 2 ** (octave + 1) + 1)) + rng.uniform(0, 2 * np.pi))
            total += (wave * (1 - sharp) + sharp * (1 - 2 * np.abs(wave))) * 0.5**octave
    low, high = total.min(), total.max()
    return np.asarray((total - low) / max(high - low, 1e-6))


def _fixed(outline: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    return np.asarray(np.rint(outline.clip(-30000, 30000) * (1 << _SUBPIXEL_BITS)), np.int32)


@functools.cache
def _spotlight() -> npt.NDArray[np.float32]:
    """Return (1 - distance)^2 around the middle of a square, 0 at its sides."""
    across = np.linspace(-1, 1, 2 * _SPOT + 1, dtype=np.float32)
    return np.asarray(np.clip(1 - np.hypot(across, across[:, None]), 0, 1) ** 2, np.float32)


def _placed(
    table: npt.NDArray[Any], matrix: npt.NDArray[np.float64], region: npt.NDArray[np.uint8], beyond: float
) -> npt.NDArray[Any]:
    """Return a table as a picture of a region's size, `beyond` being what lies outside it."""
    size, flags = (region.shape[1], region.shape[0]), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(table, matrix, size, flags=flags, borderValue=(beyond,) * 4)


def _bgra(colour: Colour) -> tuple[float, float, float, float]:
    r, g, b = (min(max(channel, 0.0), 255.0) for channel in colour)
    return b, g, r, 255.0
