"""A canvas for flat, anti-aliased painting: premultiplied BGRA, optionally closing on itself from right to left."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.palette import Colour

Points: TypeAlias = Sequence[tuple[float, float]] | npt.NDArray[np.floating]
_SUBPIXEL_BITS = 4


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
        outline = np.asarray(points, np.float64).reshape(-1, 2)
        left, right = outline[:, 0].min(), outline[:, 0].max()
        for shift in self._shifts(left, right):
            self._polygon(outline + np.array([shift, 0.0]), colour, opacity)

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
        path = np.asarray(points, np.float64)
        radii = np.asarray(widths, np.float64) / 2
        for (a, b), (ra, rb) in zip(pairwise(path), pairwise(radii), strict=True):
            self.polygon(capsule(a, b, ra, rb), colour, opacity)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Brighten a round region towards a colour, softly (a screen blend weighted by what is there)."""
        for shift in self._shifts(x - radius, x + radius):
            x0, y0 = max(int(x + shift - radius), 0), max(int(y - radius), 0)
            region = self.pixels[y0 : int(y + radius) + 1, x0 : max(int(x + shift + radius) + 1, 0)]
            if region.size:
                rows, columns = np.ogrid[: region.shape[0], : region.shape[1]]
                distance = np.hypot(columns + x0 - x - shift, rows + y0 - y) / radius
                weight = (strength * np.clip(1 - distance, 0, 1) ** 2)[..., None]
                light = np.asarray(_bgra(colour)[:3], np.float64) * weight
                before = region[..., :3].astype(np.float64)
                cover = region[..., 3:] / 255
                region[..., :3] = before + light * (cover - before / 255)

    def halo(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Paint a soft round light, also where nothing is painted yet."""
        for shift in self._shifts(x - radius, x + radius):
            x0, y0 = max(int(x + shift - radius), 0), max(int(y - radius), 0)
            region = self.pixels[y0 : max(int(y + radius) + 1, 0), x0 : max(int(x + shift + radius) + 1, 0)]
            if region.size:
                rows, columns = np.ogrid[: region.shape[0], : region.shape[1]]
                distance = np.hypot(columns + x0 - x - shift, rows + y0 - y) / radius
                weight = (strength * np.clip(1 - distance, 0, 1) ** 2)[..., None]
                region[:] = region * (1 - weight) + np.asarray(_bgra(colour)) * weight + 0.5

    def shade(self, top: float, bottom: float, colour: Colour, above: float, below: float) -> None:
        """Tint what is painted towards a colour, by `above` at row `top` changing to `below` at row `bottom`."""
        share = np.interp(np.arange(self.height), [top, max(bottom, top + 1)], [above, below])[:, None, None]
        painted = np.flatnonzero(self.pixels[..., 3].any(1) & (share[:, 0, 0] > 0))
        if not painted.size:
            return
        rows = slice(painted[0], painted[-1] + 1)
        part, share = self.pixels[rows], share[rows].astype(np.float32)
        target = np.float32(1 / 255) * part[..., 3:] * np.asarray(_bgra(colour)[:3], np.float32)
        part[..., :3] = part[..., :3] * (1 - share) + target * share

    def fade(self, top: float, bottom: float, above: float, below: float) -> None:
        """Thin what is painted, keeping a share that goes from `above` at row `top` to `below` at row `bottom`."""
        keep = np.interp(np.arange(self.height), [top, max(bottom, top + 1)], [above, below])
        self.pixels[:] = self.pixels * keep[:, None, None].astype(np.float32) + np.float32(0.5)

    def blur(self, sigma: float) -> None:
        """Soften everything."""
        if sigma > 0.3:
            border = cv2.BORDER_WRAP if self._wrap else cv2.BORDER_REPLICATE
            pad = int(sigma * 3) + 1
            padded = cv2.copyMakeBorder(self.pixels, 0, 0, pad, pad, border)
            self.pixels[:] = cv2.GaussianBlur(padded, (0, 0), sigma)[:, pad : pad + self.width]

    def _shifts(self, left: float, right: float) -> list[float]:
        if not self._wrap:
            return [0.0]
        return [0.0, *([self.width] if left < 0 else []), *([-self.width] if right > self.width else [])]

    def _polygon(self, outline: npt.NDArray[np.float64], colour: Colour, opacity: float) -> None:
        if opacity >= 1:
            cv2.fillPoly(self.pixels, [_fixed(outline)], _bgra(colour), cv2.LINE_AA, _SUBPIXEL_BITS)
            return
        low = np.maximum(np.floor(outline.min(0)).astype(int) - 1, 0)
        high = np.minimum(np.ceil(outline.max(0)).astype(int) + 2, [self.width, self.height])
        if (high <= low).any():
            return
        mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        cv2.fillPoly(mask, [_fixed(outline - low)], (255,), cv2.LINE_AA, _SUBPIXEL_BITS)
        region = self.pixels[low[1] : high[1], low[0] : high[0]]
        weight = mask[..., None] * np.float32(opacity / 255)
        region[:] = region * (1 - weight) + np.asarray(_bgra(colour), np.float32) * weight + np.float32(0.5)


def oval(x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> npt.NDArray[np.float64]:
    """Return the outline of an ellipse."""
    turns = np.linspace(0, 2 * np.pi, max(12, min(72, int(max(rx, ry)) + 12)), endpoint=False)
    dx, dy = rx * np.cos(turns), ry * np.sin(turns)
    return np.stack([x + dx * np.cos(angle) - dy * np.sin(angle), y + dx * np.sin(angle) + dy * np.cos(angle)], 1)


def capsule(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], ra: float, rb: float) -> npt.NDArray[np.float64]:
    """Return the outline of a stroke from `a` (radius `ra`) to `b` (radius `rb`) with round ends."""
    heading = np.arctan2(b[1] - a[1], b[0] - a[0])
    first = heading + np.linspace(np.pi / 2, 3 * np.pi / 2, 9)
    last = heading + np.linspace(-np.pi / 2, np.pi / 2, 9)
    ends = [a + ra * np.stack([np.cos(first), np.sin(first)], 1), b + rb * np.stack([np.cos(last), np.sin(last)], 1)]
    return np.concatenate(ends)


def curve(points: Points, *, closed: bool = True, steps: int = 8) -> npt.NDArray[np.float64]:
    """Return a smooth line through the points: a uniform Catmull-Rom spline, closed into a ring unless told not to."""
    p = np.asarray(points, np.float64)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([p[:1], p, p[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.concatenate(pieces if closed else [*pieces, p[-1:]])


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
    return np.round(np.clip(outline, -30000, 30000) * (1 << _SUBPIXEL_BITS)).astype(np.int32)


def _bgra(colour: Colour) -> tuple[float, float, float, float]:
    r, g, b = (min(max(channel, 0.0), 255.0) for channel in colour)
    return b, g, r, 255.0
