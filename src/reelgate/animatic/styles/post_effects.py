"""What a look does beyond its colours: drawn styles, glow, grain and weather, straight on a picture's planes.

Everything is deterministic. Except for grain and weather it depends on the one picture alone, so that still things
don't swim in the clip. Smoothing is done at half size: a quarter of the work, and what it blurs is meant to be.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.render.planes import Plane, Planes

_BLACK, _WHITE, _GREY = 16, 235, 128
_COARSE = 480  # rows from which on oil paint is laid on broadly
_MOMENTS = 97  # places of the grain before they come again


class EffectContext(NamedTuple):
    """What an effect is made for: the clip's measures, how strong it should be (1: as designed), its randomness."""

    width: int
    height: int
    seconds: float
    strength: float
    rng: np.random.Generator


class Toon:
    """Flat tones with dark outlines. The outlines are where a picture is darker than its surroundings."""

    def __init__(self, canvas: EffectContext) -> None:
        self._small = _half(canvas)
        self._around, self._line = np.empty_like(self._small), np.empty_like(self._small)
        self._tones = _steps(7, min(1.0, 0.7 * canvas.strength))
        over = np.arange(256) - 4.0  # what is a little darker than around it is noise
        self._ink = _bytes(255 - np.clip(over * 14 * canvas.strength, 0, 215))
        self._reach = max(3, canvas.height // 160) | 1

    def draw(self, out: Planes, t: float) -> None:
        """Draw over one picture."""
        small = _shrunk(out.y, self._small)
        for _ in range(2):  # keeps an eye, and costs a quarter of one that is twice as wide
            cv2.medianBlur(small, 3, dst=small)
        cv2.boxFilter(small, -1, (self._reach, self._reach), dst=self._around)
        cv2.subtract(self._around, small, dst=self._line)
        cv2.LUT(self._line, self._ink, dst=self._line)
        cv2.LUT(small, self._tones, dst=small)
        cv2.multiply(small, self._line, dst=small, scale=1 / 255)
        np.maximum(small, _BLACK, out=small)
        _grown(small, out.y)
        for plane in (out.u, out.v):
            cv2.medianBlur(plane, 3, dst=plane)


class Sketch:
    """Pencil on paper: each point as bright as it is against its blurred surroundings (a colour dodge)."""

    def __init__(self, canvas: EffectContext) -> None:
        self._small = _half(canvas)
        self._around = np.empty_like(self._small)
        self._reach = max(5, canvas.height // 80) | 1
        share = np.clip((np.arange(256) - _BLACK) / (_WHITE - _BLACK), 0, 1)
        self._press = _bytes(_BLACK + (_WHITE - _BLACK) * share ** (4.5 * canvas.strength))
        self._paper = _texture(canvas, 0.06)
        self._mix = min(1.0, 0.25 + 0.75 * canvas.strength)
        self._plain = np.empty((canvas.height, canvas.width), np.uint8)

    def draw(self, out: Planes, t: float) -> None:
        """Draw over one picture."""
        cv2.GaussianBlur(_shrunk(out.y, self._small), (3, 3), 0, dst=self._small)
        cv2.blur(self._small, (self._reach, self._reach), dst=self._around)
        cv2.divide(self._small, self._around, dst=self._small, scale=_WHITE)
        cv2.LUT(self._small, self._press, dst=self._small)
        cv2.addWeighted(self._small, 0.8, self._around, 0.2, 0, dst=self._small)  # some of the shade stays
        _grown(self._small, self._plain)
        cv2.multiply(self._plain, self._paper, dst=self._plain, scale=1 / 255)
        cv2.addWeighted(self._plain, self._mix, out.y, 1 - self._mix, 0, dst=out.y)
        for plane, paper in ((out.u, _GREY - 4), (out.v, _GREY + 2)):
            cv2.convertScaleAbs(plane, dst=plane, alpha=1 - self._mix, beta=paper * self._mix)


class Watercolour:
    """Patches of even colour that run a little into each other, and the grain of the paper beneath."""

    def __init__(self, canvas: EffectContext) -> None:
        self._small = _half(canvas)
        self._paper = _texture(canvas, 0.12)
        self._tones = _steps(14, 0.35)

    def draw(self, out: Planes, t: float) -> None:
        """Draw over one picture."""
        small = _shrunk(out.y, self._small)
        for _ in range(2):
            cv2.medianBlur(small, 5, dst=small)
        cv2.LUT(small, self._tones, dst=small)
        _grown(small, out.y)
        for plane in (out.u, out.v):
            cv2.medianBlur(plane, 3, dst=plane)
        cv2.multiply(out.y, self._paper, dst=out.y, scale=1 / 255)


class Oil:
    """Paint laid on with a knife: broad dabs of one tone, with light on their upper left edges and shade below."""

    RELIEF = 0.42

    def __init__(self, canvas: EffectContext) -> None:
        self._half = _half(canvas)
        shrink = 3 if canvas.height >= _COARSE else 2  # in a small picture such dabs would hide what it shows
        self._small = np.empty((canvas.height // shrink, canvas.width // shrink), np.uint8)
        self._tones = _steps(12, min(1.0, 0.5 * canvas.strength))
        edge = self.RELIEF * min(1.5, canvas.strength)
        self._lit = np.array([[-edge, -edge / 2, 0], [-edge / 2, 1, edge / 2], [0, edge / 2, edge]], np.float32)

    def draw(self, out: Planes, t: float) -> None:
        """Draw over one picture."""
        small = self._small
        half = _shrunk(out.y, self._half)  # to a third in one step takes five times as long
        cv2.resize(half, small.shape[::-1], dst=small, interpolation=cv2.INTER_LINEAR)
        for _ in range(2):
            cv2.medianBlur(small, 5, dst=small)
        cv2.LUT(small, self._tones, dst=small)
        cv2.filter2D(small, -1, self._lit, dst=small)
        np.clip(small, _BLACK, _WHITE, out=small)
        _grown(small, out.y)
        for plane in (out.u, out.v):
            cv2.medianBlur(plane, 3, dst=plane)


class Mosaic:
    """Large square dots, as many to a picture of any size, each of a whole even number of pixels: that is how the
    encoder cuts a picture too.
    """

    def __init__(self, canvas: EffectContext) -> None:
        self._dot = max(2, 2 * round(canvas.height * canvas.strength / 180))
        self._size = (-(-canvas.width // self._dot), -(-canvas.height // self._dot))
        self._tones = _steps(10, 0.8)

    def draw(self, out: Planes, t: float) -> None:
        """Draw over one picture."""
        for plane in out.each():
            dots = cv2.resize(plane, self._size, interpolation=cv2.INTER_AREA)
            if plane is out.y:
                dots = cv2.LUT(dots, self._tones)
            side = self._dot * plane.shape[0] // out.height
            large = cv2.resize(dots, None, fx=side, fy=side, interpolation=cv2.INTER_NEAREST)
            np.copyto(plane, large[: plane.shape[0], : plane.shape[1]])


class Glow:
    """Light that spills over from what is bright."""

    def __init__(self, canvas: EffectContext) -> None:
        self._size = (max(1, canvas.width // 4), max(1, canvas.height // 4))
        self._lights = _bytes(np.clip(np.arange(256) - 120.0, 0, 115) * 0.35 * canvas.strength)
        self._spill = np.empty((canvas.height, canvas.width), np.uint8)
        self._reach = canvas.height // 60 * 2 + 1

    def draw(self, out: Planes, t: float) -> None:
        """Draw over one picture."""
        small = cv2.LUT(cv2.resize(out.y, self._size, interpolation=cv2.INTER_AREA), self._lights)
        for _ in range(2):
            cv2.blur(small, (self._reach, self._reach), dst=small)
        _grown(np.asarray(small, np.uint8), self._spill)
        cv2.add(out.y, self._spill, dst=out.y)


class Grain:
    """Film grain: one field of noise, laid elsewhere a few times a second.

    Encoding it is what costs time, so it is drawn only where it is asked for.
    """

    CHANGES = 6  # a second

    def __init__(self, canvas: EffectContext) -> None:
        self._size = (canvas.height, canvas.width)
        field = canvas.rng.normal(0, 1, (canvas.height + 64, canvas.width + 64)).astype(np.float32)
        field = np.asarray(cv2.GaussianBlur(field, (0, 0), max(0.7, canvas.height / 720)))
        self._field = _bytes(_GREY + field / field.std() * 2.4 * canvas.strength)
        self._places = canvas.rng.integers(0, 64, (_MOMENTS, 2))

    def draw(self, out: Planes, t: float) -> None:
        """Draw over one picture."""
        top, left = self._places[int(t * self.CHANGES + 1e-6) % _MOMENTS]
        field = self._field[top : top + self._size[0], left : left + self._size[1]]
        cv2.addWeighted(out.y, 1, field, 1, -_GREY, dst=out.y)


class Fog:
    """Banks of fog that drift sideways, thickest at the height where distance usually lies."""

    LIGHT = 196
    BANKS_A_CLIP = 0.25
    """How much of the picture's width they move in five seconds."""

    def __init__(self, canvas: EffectContext) -> None:
        width, height = canvas.width, canvas.height
        noise = canvas.rng.uniform(-1, 1, (6, 8)).astype(np.float32)
        noise = np.hstack([noise, noise, noise[:, :1]])  # twice the width, so that it comes round
        noise = np.asarray(cv2.resize(noise, (2 * width, height), interpolation=cv2.INTER_CUBIC))
        rows = np.linspace(0, 1, height)[:, None]
        depth = 0.5 + 0.5 * np.exp(-(((rows - 0.45) / 0.3) ** 2))
        share = np.clip((0.55 + 0.2 * noise) * depth * canvas.strength, 0, 0.92)
        thin = np.asarray(cv2.resize(share, (width, height // 2), interpolation=cv2.INTER_AREA), np.float64)
        self._layers = [(_bytes(255 * (1 - s)), _bytes(light * s)) for s, light in ((share, self.LIGHT), (thin, _GREY))]
        self._speed = self.BANKS_A_CLIP * width / 5

    def draw(self, out: Planes, t: float) -> None:
        """Draw over one picture."""
        for plane, (keep, add) in zip(out.each(), (self._layers[0], self._layers[1], self._layers[1]), strict=True):
            width = plane.shape[1]
            left = int(self._speed * t * width / out.width) % width
            cv2.multiply(plane, keep[:, left : left + width], dst=plane, scale=1 / 255)
            cv2.add(plane, add[:, left : left + width], dst=plane)


def _half(canvas: EffectContext) -> Plane:
    return np.empty((canvas.height // 2, canvas.width // 2), np.uint8)


def _shrunk(plane: Plane, out: Plane) -> Plane:
    cv2.resize(plane, out.shape[::-1], dst=out, interpolation=cv2.INTER_AREA)
    return out


def _grown(small: Plane, out: Plane) -> None:
    cv2.resize(small, out.shape[::-1], dst=out, interpolation=cv2.INTER_LINEAR)


def _steps(count: int, firmness: float) -> Plane:
    """Return the table that gathers tones around `count` values; at `firmness` 1 nothing is left between them."""
    values = np.arange(256.0)
    width = (_WHITE - _BLACK) / count
    gathered = _BLACK + (np.floor((values - _BLACK) / width) + 0.5) * width
    return _bytes(np.clip(values + firmness * (gathered - values), _BLACK, _WHITE))


def _texture(canvas: EffectContext, depth: float) -> Plane:
    """Return the brightness of rough paper, at least 1 - `depth` of white, as shares of 255."""
    coarse = canvas.rng.uniform(0, 1, (canvas.height // 2, canvas.width // 2)).astype(np.float32)
    grain = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), 1.4), (canvas.width, canvas.height))
    grain = (grain - grain.min()) / (grain.max() - grain.min())
    return _bytes(255 * (1 - depth * grain))


def _bytes(values: npt.NDArray[np.floating]) -> Plane:
    return np.asarray(np.rint(np.clip(values, 0, 255)), np.uint8)
