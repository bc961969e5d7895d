"""Weather over the finished picture: tiles of drops, flakes and bubbles that scroll without end, and the vignette."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np

from reelgate.render.planes import Plane, Planes

_CRAWLING = 0.16  # heights of the frame a second


class Effect(Protocol):
    """Something drawn over the finished picture."""

    def draw(self, out: Planes, t: float) -> None:
        """Draw the moment `t` seconds into the clip."""
        ...


class Scroll:
    """A tile of light marks as large as the frame, moving at (`vx`, `vy`) pixels a second, swaying by `sway` pixels.

    Where it is lighter than the picture, it is seen (`add`: it brightens the picture instead). `white` marks take the
    colour of what is behind them away. What is slow moves in
    half pixels: it would be seen to hop.
    """

    def __init__(
        self, tile: Plane, vx: float, vy: float, *, sway: float = 0.0, add: bool = False, white: bool = False
    ) -> None:
        slow = abs(vx) + abs(vy) < _CRAWLING * tile.shape[0]
        self._tiles = [[tile, _midway(tile, 1)] if slow else [tile]]
        if slow:
            self._tiles.append([_midway(plane, 0) for plane in self._tiles[0]])
        self._velocity = (vx, vy)
        self._sway = sway
        self._merge = cv2.add if add else cv2.max
        size = (tile.shape[1] // 2, tile.shape[0] // 2)
        half = np.asarray(cv2.resize(tile, size, interpolation=cv2.INTER_AREA), np.uint8)
        greyed = np.asarray(cv2.convertScaleAbs(half, alpha=128 / 255), np.uint8)
        self._greys: list[tuple[Plane, Callable[..., object]]] = (
            [(255 - half, _dim), (greyed, cv2.add)] if white else []
        )

    def draw(self, out: Planes, t: float) -> None:
        """Draw the tile and its neighbours where they meet inside the frame."""
        height, width = self._tiles[0][0].shape
        steps = len(self._tiles)
        x, right = divmod(round((self._velocity[0] * t + self._sway * math.sin(0.9 * t)) * steps), steps)
        y, down = divmod(round(self._velocity[1] * t * steps), steps)
        tile, x, y = self._tiles[down][right], x % width, y % height
        _scrolled(out.y, tile, (x, y), self._merge)
        for part, merge in self._greys:
            for plane in (out.u, out.v):
                _scrolled(plane, part, (x // 2, y // 2), merge)


class Vignette:
    """Darkens the corners by up to `strength`."""

    def __init__(self, width: int, height: int, strength: float) -> None:
        x, y = (np.linspace(-1, 1, side // 4, dtype=np.float32) for side in (width, height))
        away = cv2.pow(np.add.outer(y * y, x * x) / 2, 1.6)
        self._keep = cv2.convertScaleAbs(cv2.resize(away, (width, height)), alpha=-255 * strength, beta=255)

    def draw(self, out: Planes, t: float) -> None:
        """Darken this picture."""
        cv2.multiply(out.y, self._keep, dst=out.y, scale=1 / 255)


class Paper:
    """Lays grained paper under the picture: the colour fades out towards the edges of the sheet."""

    def __init__(self, rng: np.random.Generator, width: int, height: int) -> None:
        x = np.abs(np.linspace(-1, 1, width))[None, :]
        y = np.abs(np.linspace(-1, 1, height))[:, None]
        ragged = cv2.resize(
            rng.uniform(-1, 1, (24, 40)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        edge = np.clip((np.maximum(x, y) + 0.035 * ragged - 0.93) / 0.06, 0, 1)
        keep = 1 - edge * 0.92
        grain = cv2.GaussianBlur(rng.uniform(0, 1, (height, width)).astype(np.float32), (0, 0), max(height / 500, 0.7))
        grain = 1 - 0.07 * np.clip(np.abs(grain - 0.5) * 4, 0, 1)
        self._keep = np.round(255 * keep * grain).astype(np.uint8)
        self._light = np.round(226 * (1 - keep) * grain).astype(np.uint8)
        small = cv2.resize(keep.astype(np.float32), (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        self._tint = np.round(255 * small).astype(np.uint8)
        self._grey = np.round(128 * (1 - small)).astype(np.uint8)

    def draw(self, out: Planes, t: float) -> None:
        """Lay this picture on the paper."""
        cv2.multiply(out.y, self._keep, dst=out.y, scale=1 / 255)
        cv2.add(out.y, self._light, dst=out.y)
        for plane in (out.u, out.v):
            cv2.multiply(plane, self._tint, dst=plane, scale=1 / 255)
            cv2.add(plane, self._grey, dst=plane)


class Lightning:
    """Brightens everything for a few frames, now and then."""

    def __init__(self, rng: np.random.Generator, seconds: float) -> None:
        count = max(1, round(seconds / 4))
        self.strokes = np.sort(rng.uniform(0.15, 0.9, count) * seconds)

    def draw(self, out: Planes, t: float) -> None:
        """Flash twice within a third of a second after each stroke."""
        since = t - self.strokes[self.strokes <= t][-1:]
        if since.size and since[0] < 0.35:
            flash = 70 * math.exp(-8 * since[0]) * (1 if since[0] < 0.08 or since[0] > 0.14 else 0.2)
            cv2.convertScaleAbs(out.y, dst=out.y, beta=flash)


def rain(rng: np.random.Generator, width: int, height: int, *, heavy: bool = False) -> list[Effect]:
    """Return falling drops at two distances."""
    drops: list[Effect] = []
    for count, length, light, speed in ((150, 0.05, 26, 1.5), (60, 0.1, 46, 2.3)):
        tile = np.zeros((height, width), np.uint8)
        for _ in range(count * (2 if heavy else 1)):
            x, y = rng.uniform(0, width), rng.uniform(0, height)
            reach = length * height * rng.uniform(0.6, 1.2)
            _stroke(tile, (x, y), (x - 0.12 * reach, y + reach), int(light * rng.uniform(0.5, 1)), max(height / 540, 1))
        drops.append(Scroll(tile, -0.12 * speed * height, speed * height, add=True))
    return drops


def snow(rng: np.random.Generator, width: int, height: int) -> list[Effect]:
    """Return drifting flakes at three distances."""
    flakes: list[Effect] = []
    for count, size, light, speed in ((200, 0.0022, 190, 0.07), (90, 0.004, 215, 0.12), (28, 0.0075, 230, 0.2)):
        tile = _dots(rng, width, height, count, size * height, light)
        flakes.append(Scroll(tile, 0.02 * height, speed * height, sway=0.03 * height, white=size > 0.003))
    return flakes


def bubbles(rng: np.random.Generator, width: int, height: int) -> list[Effect]:
    """Return specks that rise through water."""
    return [
        Scroll(_dots(rng, width, height, count, size * height, light), 0, -speed * height, sway=0.02 * height)
        for count, size, light, speed in ((70, 0.0016, 150, 0.03), (18, 0.004, 185, 0.09))
    ]


def motes(rng: np.random.Generator, width: int, height: int) -> list[Effect]:
    """Return dust floating in a beam of light."""
    tile = _dots(rng, width, height, 46, 0.0022 * height, 210)
    return [Scroll(tile, 0.008 * height, -0.012 * height, sway=0.02 * height)]


def _dots(rng: np.random.Generator, width: int, height: int, count: int, radius: float, light: int) -> Plane:
    tile = np.zeros((height, width), np.uint8)
    for _ in range(count):
        centre = (int(rng.uniform(0, width) * 16), int(rng.uniform(0, height) * 16))
        r = int(max(radius * rng.uniform(0.6, 1.3), 0.6) * 16)
        cv2.circle(tile, centre, r, (int(light * rng.uniform(0.75, 1)),), -1, cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(tile, (0, 0), max(radius * 0.35, 0.4)), np.uint8)


def _scrolled(plane: Plane, tile: Plane, by: tuple[int, int], merge: Callable[..., object]) -> None:
    """Merge a tile as large as a plane into it, moved by (x, y) samples: it and its neighbours meet inside."""
    height, width = plane.shape
    for rows, tile_rows in _halves(by[1], height):
        for columns, tile_columns in _halves(by[0], width):
            region = plane[rows, columns]
            if region.size:
                merge(region, tile[tile_rows, tile_columns], dst=region)


def _dim(plane: Plane, keep: Plane, dst: Plane) -> None:
    cv2.multiply(plane, keep, dst=dst, scale=1 / 255)


def _midway(tile: Plane, axis: int) -> Plane:
    """Return a tile moved on by half a pixel."""
    return np.asarray(cv2.addWeighted(tile, 0.5, np.roll(tile, 1, axis), 0.5, 0), np.uint8)


def _stroke(tile: Plane, a: tuple[float, float], b: tuple[float, float], light: int, thickness: float) -> None:
    ends = [(round(x * 16), round(y * 16)) for x, y in (a, b)]
    for dy in (0, -tile.shape[0] * 16):  # what leaves at the bottom goes on at the top
        shifted = [(x, y + dy) for x, y in ends]
        cv2.line(tile, shifted[0], shifted[1], (light,), int(thickness), cv2.LINE_AA, 4)


def _halves(shift: int, size: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return where the two parts of a tile lie that was moved by `shift`, and which parts they are."""
    return (slice(shift, size), slice(0, size - shift)), (slice(0, shift), slice(size - shift, size))
