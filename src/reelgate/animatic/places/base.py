"""What a place is painted on: the frame's measures, the palette, and the layers, actors and effects painted so far."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Actor, Layer, Player, Stamp
from reelgate.animatic.drawing.palette import Palette, palette_of
from reelgate.animatic.drawing.particles import Effect
from reelgate.animatic.drawing.pixels import softened
from reelgate.animatic.drawing.sheets import Sheet
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.storyboard import Storyboard
from reelgate.animatic.styles.paint_styles import Brushed
from reelgate.animatic.styles.styles import grade, margin, treated

FAR = float("inf")
"""The distance of what never moves sideways."""

_FOCUS = 0.96
"""The distance of a face that the camera is close to."""

_AHEAD = 2
"""Canvases that are waited with until they are layers."""


@dataclass
class Backdrop:
    """A place being painted, in pixels.

    `unit` scales things: the frame's height, less in tall frames. `horizon` and `ground` are rows: where the sky
    ends and where subjects stand. `surface` is the row of a water line for boats, `spots` are places kept for
    subjects that do not travel.
    """

    board: Storyboard
    width: int
    height: int
    palette: Palette = field(init=False)
    unit: float = field(init=False)
    horizon: float = field(init=False)
    ground: float = field(init=False)
    surface: float = field(init=False)
    period: int = field(init=False)
    actors: list[Player] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    sun: tuple[float, float] = (0.0, 0.0)
    landmark: tuple[float, float] | None = None
    """Where a building stands, as (x, y) pixels of its foot; None: on the land behind the subjects."""

    soft: float = 0.0
    """How far what is not before the camera is out of focus, in pixels; what is nearer than that is left out."""

    rise: Callable[[float], float] | None = None
    """How much higher than `ground` those on foot are at a column, in pixels; None: the ground is level."""

    seat: tuple[float, float] | None = None
    """The foot of someone who sits on the furniture, as (x, y) pixels."""

    def __post_init__(self) -> None:
        self.palette = palette_of(self.board)
        self.unit = min(self.height, 1.15 * self.width)
        self.horizon = self.height * 0.56
        self.ground = self.height * 0.87
        self.surface = self.height * 0.72
        self.period = 2 * round(max(self.width * 0.7, self.unit * 1.1))
        self._grade = grade(self.board.styles)
        self._finishing: list[Future[Layer | None]] = []
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="layers")

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the generator for one purpose."""
        return self.board.rng(purpose)

    @property
    def above(self) -> bool:
        """Tell whether the place is seen from above: nothing is farther off than the rest."""
        return self.board.view == "above" and not lexicon().places[self.board.place].groundless

    def far(self, *places: str) -> bool:
        """Tell whether one of these places is seen in the distance."""
        return any(place in self.board.behind for place in places)

    def unwanted(self, *kinds: str) -> bool:
        """Tell whether one of these is to be kept out of the picture."""
        return any(kind in self.board.without for kind in kinds)

    def canvas(self) -> Canvas:
        """Return a canvas that repeats sideways."""
        return Canvas(self.period, self.height, wrap=True)

    def add(self, canvas: Canvas, z: float, *, drift: float = 0.0, wave: float = 0.0, phase: float = 0.0) -> None:
        """Keep a painted canvas, which must not change any more, as a layer at distance `z`.

        Another thread makes the layer of it while the next one is painted, this one where that is behind.
        """

        def finish() -> Layer | None:
            if self.soft and z < _FOCUS:
                return None
            canvas.blur(self.soft)
            pixels = treated(canvas.pixels, self.board.styles, Brushed(self.unit, z, wrap=canvas.width == self.period))
            layer = Layer.of(pixels, self._grade, z, 0 if z == FAR and not drift else self.period, self.width)
            if layer:
                layer.drift, layer.wave, layer.phase = drift, wave, phase
            return layer

        behind = sum(not future.done() for future in self._finishing) >= _AHEAD  # a canvas is large: few may wait
        self._finishing.append(_finished(finish()) if behind else self._beside.submit(finish))

    def layers(self) -> list[Layer]:
        """Return the layers, in the order in which they were painted. Nothing can be added afterwards."""
        with self._beside:
            return [layer for future in self._finishing if (layer := future.result())]

    def sheet(self, pixels: npt.NDArray[np.uint8]) -> Sheet:
        """Return the sheet of a premultiplied picture in this scene's style, trimmed."""
        beside = margin(self.board.styles, self.unit)
        wide = np.asarray(cv2.copyMakeBorder(pixels, beside, beside, beside, beside, cv2.BORDER_CONSTANT), np.uint8)
        done = Sheet.trimmed(treated(wide, self.board.styles, Brushed(self.unit, 1.0, wrap=False)), self._grade)
        return replace(done, left=done.left - beside, top=done.top - beside)

    def sprite(
        self, pixels: npt.NDArray[np.uint8], path: Callable[[float], Stamp], z: float, *, span: float = 0.0
    ) -> None:
        """Keep a small picture, anchored at its middle, that moves along a path."""
        if self.soft and z < _FOCUS:
            return
        if self.soft:
            pad = math.ceil(3 * self.soft)
            wide = cv2.copyMakeBorder(pixels, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
            pixels = softened(np.asarray(wide, np.uint8), self.soft)
        anchor = (pixels.shape[1] / 2, pixels.shape[0] / 2)
        self.actors.append(Actor([self.sheet(pixels)], anchor, z, path, span))

    def prop(self, pixels: npt.NDArray[np.uint8], x: float, y: float, z: float) -> None:
        """Keep a small picture that stands still with its middle at (x, y)."""
        self.sprite(pixels, lambda t: Stamp(x, y), z)

    def flat(self) -> Canvas:
        """Return a canvas of the frame's own width, for what never moves sideways."""
        return Canvas(self.width, self.height)


def _finished(layer: Layer | None) -> Future[Layer | None]:
    future: Future[Layer | None] = Future()
    future.set_result(layer)
    return future
