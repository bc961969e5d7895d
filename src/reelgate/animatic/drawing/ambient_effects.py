"""What moves over a picture that stands still: light that passes, and what the prompt or the picture has in its air.

All of it begins with nothing, so that a clip's first frame is the picture itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import PLAIN, rgb
from reelgate.animatic.drawing.particles import Effect, Lightning, bubbles, rain, snow
from reelgate.animatic.drawing.sheets import Sheet, lay
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.shots import shots_of
from reelgate.animatic.language.storyboard import read
from reelgate.render.job import RenderJob
from reelgate.render.planes import Plane, Planes

RISE_SECONDS = 1.5
"""How long it takes until all of it is there."""

_MOTES = 34
_LEAVES = {
    "leaves": ("d9772b", "c94f2c", "e0b040"),
    "petals": ("f6b8cc", "f9d3de", "ee9db8"),
}
_ONE_TONE, _EVEN = 0.6, 0.75
"""The shares of one tone, or of even areas, from which on a picture is a page, a chart or a logo: light would show in
bands, and nothing comes over it unasked."""

_WHITE = 235
_UNIT = 200  # what stands for "as it is" in the table of the light's strengths


def air(job: RenderJob, picture: Planes) -> list[Effect]:
    """Return what moves over a picture: what the prompt names falls or rises, else motes float in the light."""
    rng, size = np.random.default_rng([job.seed, 3]), (picture.width, picture.height)
    named = {(term.slot, term.value) for term in read(job.prompt, job.negative_prompt).terms}
    plain = flat(picture.y)
    light: list[Effect] = [] if plain else [Sweep(rng, *size)]
    if ("weather", "storm") in named:  # as the sound has it
        board = shots_of(job).shots[0].board
        flashes = Lightning(board.rng("lightning"), board.seconds)
        return [*light, Rising([*rain(rng, *size, heavy=True), flashes], size)]
    if ("weather", "rain") in named:
        return [*light, Rising(rain(rng, *size), size)]
    if ("weather", "snow") in named:
        return [*light, Rising(snow(rng, *size), size)]
    places = lexicon().places
    if any(slot == "place" and places[value].submerged for slot, value in named):
        return [*light, Rising(bubbles(rng, *size), size)]
    if kinds := [kind for kind in _LEAVES if ("spectacle", kind) in named]:
        return [*light, *(falling(rng, size, kind) for kind in kinds)]
    return light if plain else [*light, _motes(rng, size, picture.y)]


def flat(luma: Plane) -> bool:
    """Tell whether a picture is drawn in even areas or mostly of one tone, as a page is, a chart or a logo."""
    tones = np.bincount(np.ascontiguousarray(luma[::8, ::8]).reshape(-1), minlength=256)
    near = np.convolve(tones, np.ones(5), "same")
    here = luma[:-8:4, :-8:4]
    even = (here == luma[8::4, :-8:4]) & (here == luma[:-8:4, 8::4])
    return bool(near.max() > _ONE_TONE * tones.sum() or even.mean() > _EVEN)


class Sweep:
    """Broad bands of light that pass over the picture, as where clouds move before the sun."""

    DEPTH = 0.1
    """How far it is darkened at most; it gets brighter by half of that."""

    SECONDS = 9.0  # from band to band

    def __init__(self, rng: np.random.Generator, width: int, height: int) -> None:
        side = float(rng.choice([-1.0, 1.0]))
        columns = np.linspace(0, 1, max(2, width // 16), dtype=np.float32)[None, :]
        rows = np.linspace(0, 1, max(2, height // 16), dtype=np.float32)[:, None]
        self._wide = np.float32(5.0) * (side * columns + np.float32(0.35) * rows)
        self._fine = np.float32(8.0) * (side * columns - np.float32(0.25) * rows)
        self._phases = rng.uniform(0, 2 * np.pi, 2)
        self._gain: Plane = np.empty((height, width), np.uint8)

    def draw(self, out: Planes, t: float) -> None:
        """Light this picture."""
        turn = 2 * math.pi * t / self.SECONDS
        wide, fine = (np.float32(phase - speed * turn) for phase, speed in zip(self._phases, (1.0, 1.7), strict=True))
        lit = 0.65 * np.sin(self._wide + wide) + 0.35 * np.sin(self._fine + fine)
        gain = 1 + self.DEPTH * _risen(t) * (0.75 * lit - 0.25)
        small = np.asarray(np.rint(_UNIT * gain), np.uint8)
        cv2.resize(small, (out.width, out.height), dst=self._gain, interpolation=cv2.INTER_LINEAR)
        cv2.multiply(out.y, self._gain, dst=out.y, scale=1 / _UNIT)
        np.minimum(out.y, _WHITE, out=out.y)


class Rising:
    """Effects that come up softly."""

    def __init__(self, effects: Sequence[Effect], size: tuple[int, int]) -> None:
        self._effects = effects
        self._before = Planes.empty(*size)

    def draw(self, out: Planes, t: float) -> None:
        """Draw this moment, or so much of it as there is yet."""
        share = _risen(t)
        if share < 1:
            out.copy_to(self._before)
        for effect in self._effects:
            effect.draw(out, t)
        if share < 1:
            cv2.addWeighted(out.buffer, share, self._before.buffer, 1 - share, 0, dst=out.buffer)


class Fleck(NamedTuple):
    """One thing that drifts: what lays it at (left, top) so opaque, its size, where it begins and how fast it moves
    (all in pixels), how it sways, and how much it comes and goes.
    """

    lay: Callable[[Planes, float, float, float], None]
    side: int
    begins: tuple[float, float]
    speed: tuple[float, float]
    sway: float
    phase: float
    twinkle: float


class Drift:
    """A few things that float through a picture and come back on the other side."""

    def __init__(self, flecks: Sequence[Fleck], size: tuple[int, int]) -> None:
        self._flecks = flecks
        self._size = size

    def draw(self, out: Planes, t: float) -> None:
        """Draw each of them where it is now."""
        risen = _risen(t)
        for fleck in self._flecks:
            swung = fleck.sway * math.sin(1.3 * t + fleck.phase)
            x, y = (
                (begin + speed * t + add) % (side + 2 * fleck.side) - 1.5 * fleck.side
                for begin, speed, side, add in zip(fleck.begins, fleck.speed, self._size, (swung, 0.0), strict=True)
            )
            shown = 1 - fleck.twinkle * (0.5 + 0.5 * math.sin(1.9 * t + 5 * fleck.phase))
            fleck.lay(out, x, y, risen * shown)


def _motes(rng: np.random.Generator, size: tuple[int, int], luma: Plane) -> Effect:
    """Return dust in the light: soft specks that brighten what is behind them, fainter over a dark picture."""
    unit = min(size)
    light = float(np.interp(luma.mean(), (30, 100, 170), (36, 60, 26)))
    flecks = []
    for _ in range(_MOTES):
        near = float(rng.uniform(0, 1)) ** 2
        glow = GlowSprite(unit * (0.0022 + 0.0075 * near), light * (1 - 0.55 * near) * float(rng.uniform(0.6, 1)))
        x, y, drift, phase = (float(rng.uniform(*span)) for span in ((0, size[0]), (0, size[1]), (-1, 1), (0, 6)))
        speed = (unit * (0.008 + 0.02 * near) * drift, -unit * (0.006 + 0.018 * near))
        flecks.append(Fleck(glow.lay, glow.side, (x, y), speed, unit * 0.012, phase, 0.7))
    return Drift(flecks, size)


class GlowSprite:
    """A soft round light that hides nothing, at quarters of a pixel."""

    def __init__(self, radius: float, light: float) -> None:
        half = math.ceil(2 * radius) + 1
        self.side = 2 * half
        at = np.arange(self.side)[None, :] + 0.5 - half - np.arange(4)[:, None] / 4
        away = np.hypot(at[:, None, :, None], at[None, :, None, :]) / (2 * radius)  # by the quarters down and right
        self._tiles = np.asarray(np.rint(light * np.clip(1 - away, 0, 1) ** 1.5), np.uint8)

    def lay(self, out: Planes, left: float, top: float, share: float) -> None:
        """Brighten a picture by a share of it; what would hang over the edge is left out."""
        (x, right), (y, down) = divmod(round(4 * left), 4), divmod(round(4 * top), 4)
        if 0 <= x <= out.width - self.side and 0 <= y <= out.height - self.side:
            spot = out.y[y : y + self.side, x : x + self.side]
            cv2.addWeighted(spot, 1, self._tiles[down, right], share, 0, dst=spot)


def falling(rng: np.random.Generator, size: tuple[int, int], kind: str) -> Effect:
    """Return falling "leaves" or "petals"."""
    unit, colours = min(size), [rgb(colour) for colour in _LEAVES[kind]]
    flecks = []
    for number in range(22):
        radius = unit * float(rng.uniform(0.008, 0.017))
        canvas = Canvas(max(8, int(radius * 3)), max(8, int(radius * 3)))
        middle, turn = canvas.width / 2, float(rng.uniform(0, 3))
        canvas.ellipse(middle, middle, radius * 1.15, radius * 0.6, colours[number % len(colours)], angle=turn)
        x, y, phase = (float(rng.uniform(0, end)) for end in (*size, 6))
        fall = unit * float(rng.uniform(0.1, 0.18))
        leaf = _laying(Sheet.of(canvas.pixels, PLAIN))
        flecks.append(Fleck(leaf, canvas.height, (x, y), (-0.35 * fall, fall), unit * 0.04, phase, 0.0))
    return Drift(flecks, size)


def _laying(sheet: Sheet) -> Callable[[Planes, float, float, float], None]:
    return lambda out, left, top, share: lay(out, sheet, left, top, opacity=share)


def _risen(t: float) -> float:
    share = min(1.0, t / RISE_SECONDS)
    return share * share * (3 - 2 * share)
