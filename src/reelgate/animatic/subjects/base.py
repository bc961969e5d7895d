"""What every drawn subject is: a function that draws one pose, and a few facts about its size and movement."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.canvas import Canvas, Points, curve
from reelgate.animatic.drawing.palette import COLOURS, Colour, Palette, mix, rgb
from reelgate.animatic.language.binding import Subject
from reelgate.animatic.subjects.motion import MOTIONS

OVERSAMPLE = 2

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""A picture, shape (rows, columns, 4) premultiplied, or one plane of it."""


@dataclass(frozen=True, slots=True)
class Pose:
    """One moment of a subject: `phase` 0 to 1 of its cycle, what it does, its own colour, its light.

    `who` tells several of a kind apart, from 0; `dyed`: the colour is the prompt's, all of them wear it; `clothes` are
    (garment, colour) that the prompt names. Of a rider `half` is drawn: far, near, above, or all.
    `rider` draws the one who sits in or on it.
    """

    phase: float
    action: str
    colour: Colour
    palette: Palette
    lamps: bool = False
    who: int = 0
    dyed: bool = False
    clothes: tuple[tuple[str, str], ...] = ()
    half: str = ""
    rider: Callable[[Pen, float, str], None] | None = None
    """Called with a pen in the rider's own units, the phase of what they do, and the half to draw."""
    second: Callable[[Pen, float, str], None] | None = None
    """Draws who sits behind them, where two find room."""
    thing: Callable[[Pen, float, float], None] | None = None
    """Draws what they hold, its middle at a hand's place."""

    def lit(self, colour: Colour | str) -> Colour:
        """Return a colour under this light."""
        return self.palette.lit(rgb(colour) if isinstance(colour, str) else colour)

    def swing(self, offset: float = 0.0) -> float:
        """Return a sine of the cycle, -1 to 1."""
        return math.sin(2 * math.pi * (self.phase + offset))


class Pen:
    """Draws in a subject's own units: x to the right, y down, feet or keel at y = 0; lengths in its heights."""

    def __init__(self, box: tuple[float, float, float, float], size: float) -> None:
        left, top, right, bottom = box
        self.unit = size * OVERSAMPLE
        self.canvas = Canvas(_even((right - left) * self.unit), _even((bottom - top) * self.unit))
        self.origin = np.array([-left * self.unit, -top * self.unit])

    def moved(self, x: float, y: float, scale: float) -> Pen:
        """Return a pen for somebody `scale` heights tall whose foot is at (x, y), on the same canvas."""
        other = copy.copy(self)
        other.origin, other.unit = self.at([(x, y)])[0], self.unit * scale
        return other

    def at(self, points: Points) -> npt.NDArray[np.float64]:
        """Return points of the subject as pixels of the canvas."""
        return np.asarray(np.asarray(points, np.float64) * self.unit + self.origin)

    def polygon(self, points: Points, colour: Colour, opacity: float = 1.0) -> None:
        """Fill an outline."""
        self.canvas.polygon(self.at(points), colour, opacity)

    def blob(self, points: Points, colour: Colour, opacity: float = 1.0) -> None:
        """Fill a smooth closed curve through the points."""
        self.canvas.polygon(self.at(curve(points)), colour, opacity)

    def limb(self, points: Points, widths: Sequence[float], colour: Colour, opacity: float = 1.0) -> None:
        """Draw a rounded, tapering stroke."""
        self.canvas.limb(self.at(points), [width * self.unit for width in widths], colour, opacity)

    def tube(self, points: Points, widths: Sequence[float], colour: Colour, opacity: float = 1.0) -> None:
        """Draw a smooth, tapering stroke that bends at its points instead of breaking there."""
        path = curve(points, closed=False, steps=3)
        finer = np.interp(np.linspace(0, len(widths) - 1, len(path)), np.arange(len(widths)), widths)
        self.limb(path, [float(width) for width in finer], colour, opacity)

    def oval(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, opacity: float = 1.0, angle: float = 0.0
    ) -> None:
        """Fill an ellipse."""
        (px, py) = self.at([(x, y)])[0]
        self.canvas.ellipse(px, py, rx * self.unit, ry * self.unit, colour, opacity, angle)

    def rect(self, x: float, y: float, width: float, height: float, colour: Colour, opacity: float = 1.0) -> None:
        """Fill a rectangle given by its upper left corner."""
        self.polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour, opacity)

    def picture(
        self, pixels: Pixels, x: float, y: float, wide: float, tall: float, turn: float = 0.0, flip: bool = False
    ) -> None:
        """Lay a premultiplied picture with the middle of its foot at (x, y), turned about its middle by `turn`."""
        if (share := tall * self.unit / pixels.shape[0]) < 0.7:  # else what is thin is missed
            small = (max(2, round(wide * self.unit)), max(2, round(pixels.shape[0] * share)))
            pixels = np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), np.uint8)
        height, width = pixels.shape[:2]
        scale = (-1 if flip else 1) * wide * self.unit / width, tall * self.unit / height
        (px, py) = self.at([(x, y - tall / 2)])[0]
        cos, sin = math.cos(turn), math.sin(turn)
        matrix = np.array([[scale[0] * cos, -scale[1] * sin, 0.0], [scale[0] * sin, scale[1] * cos, 0.0]])
        matrix[:, 2] = np.array([px, py]) - matrix[:, :2] @ np.array([width / 2, height / 2])
        size = (self.canvas.width, self.canvas.height)
        placed = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        kept = _spread(255 - cv2.extractChannel(placed, 3))
        cv2.add(cv2.multiply(self.canvas.pixels, kept, scale=1 / 255), placed, dst=self.canvas.pixels)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Light up what is painted around a point."""
        (px, py) = self.at([(x, y)])[0]
        self.canvas.glow(px, py, radius * self.unit, colour, strength)

    def halo(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Paint a soft light in the air."""
        (px, py) = self.at([(x, y)])[0]
        self.canvas.halo(px, py, radius * self.unit, colour, strength)

    def finished(
        self, palette: Palette, *, from_left: bool, rim: float = 1.0, flat: bool = False
    ) -> npt.NDArray[np.uint8]:
        """Return the picture at its final size: round in the light unless it is `flat`, rimmed on the sun's side."""
        size = (self.canvas.width // OVERSAMPLE, self.canvas.height // OVERSAMPLE)
        final = Canvas(*size)
        cv2.resize(self.canvas.pixels, size, dst=final.pixels, interpolation=cv2.INTER_AREA)
        left, top, width, height = cv2.boundingRect(cv2.extractChannel(final.pixels, 3))
        if rim and width:
            part, unit = final.pixels[top : top + height, left : left + width], self.unit / OVERSAMPLE
            if flat:
                final.shade(0, final.height, mix(palette.zenith, (0, 0, 0), 0.4), 0.0, 0.22)
            else:
                part[:] = _rounded(part, palette, 0.05 * unit, from_left)
            part[:] = _rimmed(part, palette, rim * 0.5, 0.014 * unit, from_left)
        return final.pixels


@dataclass(frozen=True, slots=True)
class Gait:
    """One cycle of a movement: how long it takes, and how far it carries, in heights of the subject."""

    seconds: float
    stride: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A kind of subject. `size` is its height as a share of the picture's unit, `box` what it may paint, in heights.

    `home` is where it lives: ground, air, water (below the surface), surface (on it), or fixed (it doesn't travel).
    `gaits` names what it can do; an action that it lacks falls to the first. `rim` scales the light on its edge.
    """

    draw: Callable[[Pen, Pose], None]
    size: float
    box: tuple[float, float, float, float]
    colour: Colour = (200.0, 200.0, 200.0)
    home: str = "ground"
    gaits: Mapping[str, Gait] = field(default_factory=lambda: {"stand": Gait(3.0, 0.0)})
    poses: int = 16
    rim: float = 1.0
    shadow: float = 0.45
    aliases: Mapping[str, str] = field(default_factory=dict)
    hands: tuple[float, float] = (0.27, -0.37)
    """Where its hands are at the keys, from its foot."""
    seat: float = 0.235
    """How high it sits."""

    metres: float = 1.0
    """How tall it is in the world."""

    saddle: tuple[float, float] = (0.0, 0.0)
    """Where a rider sits, from its foot; (0, 0): it can't be ridden."""

    flat: bool = False
    """It is all walls and edges, which no light makes round."""

    spot: str = ""
    """Where it is put if it doesn't travel: on a table, beside the others, or on the land behind them."""

    bounce: Callable[[str, float], float] = field(default=lambda action, phase: 0.0)
    """How far its back has gone down at a phase of an action."""

    def action(self, wanted: str) -> str:
        """Return the nearest thing that it can do."""
        while wanted and wanted not in self.gaits:
            wanted = self.aliases.get(wanted, "") or (MOTIONS[wanted].alike if wanted in MOTIONS else "")
        return wanted or next(iter(self.gaits))

    def own_colour(self, subject: Subject) -> Colour:
        """Return the colour that the prompt gives it, or its own."""
        return COLOURS.get(subject.colour, self.colour)


def joint(
    hip: tuple[float, float], foot: tuple[float, float], upper: float, lower: float, bend: float
) -> tuple[float, float]:
    """Return the knee of a two-bone limb, on the side that the sign of `bend` says (positive: ahead)."""
    dx, dy = foot[0] - hip[0], foot[1] - hip[1]
    reach = min(math.hypot(dx, dy), (upper + lower) * 0.999)
    reach = max(reach, abs(upper - lower) + 1e-4)
    along = (upper * upper - lower * lower + reach * reach) / (2 * reach)
    aside = math.sqrt(max(upper * upper - along * along, 0.0)) * (1 if bend > 0 else -1)
    length = math.hypot(dx, dy) or 1e-6
    ux, uy = dx / length, dy / length
    return hip[0] + ux * along + uy * aside, hip[1] + uy * along - ux * aside


def step(phase: float, reach: float, lift: float, stance: float) -> tuple[float, float]:
    """Return a foot's place in a stride: back along the ground for `stance` of it, then forward in the air."""
    phase %= 1.0
    if phase < stance:
        return reach * (1 - 2 * phase / stance), 0.0
    swing = (phase - stance) / (1 - stance)
    eased = swing * swing * (3 - 2 * swing)
    return reach * (2 * eased - 1), -lift * math.sin(math.pi * swing)


def _rounded(pixels: Pixels, palette: Palette, depth: float, from_left: bool) -> Pixels:
    """Shade a flat shape as if it were round: light where it turns to the sun, dark where it turns away and below.

    Which way it turns is read from its outline, blurred by about `depth` pixels: a small picture is enough.
    """
    height, width = pixels.shape[:2]
    step = 4 if depth > 5 else 2
    alpha = cv2.resize(cv2.extractChannel(pixels, 3), (width // step + 2, height // step + 2))
    alpha = cv2.copyMakeBorder(alpha, 2, 2, 2, 2, cv2.BORDER_CONSTANT).astype(np.float32)
    near, far = (cv2.GaussianBlur(alpha, (0, 0), depth / step * reach) for reach in (0.7, 1.7))
    soft = cv2.addWeighted(near, 1 / 510, far, 1 / 510, 0)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=0.125)
    slope = (across * (0.55 if from_left else -0.55) + down * 0.85)[2:-2, 2:-2] * (1.6 * depth / step)
    slope += np.linspace(0.05, -0.12, len(slope), dtype=np.float32)[:, None]
    dark, light = np.clip(-slope, 0, 0.42), np.clip(slope, 0, 0.3) * 0.42
    shade = mix(palette.zenith, (0.0, 0.0, 24.0), 0.5)[::-1]
    kept = cv2.merge([*(255 - dark * (255 - channel) for channel in shade), np.full_like(dark, 255)])
    added = cv2.merge([*(light * channel for channel in palette.sun[::-1]), np.zeros_like(light)])
    kept, added = (cv2.resize(cv2.convertScaleAbs(small), (width, height)) for small in (kept, added))
    lit = cv2.add(cv2.multiply(pixels, kept, scale=1 / 255), added)
    return np.asarray(cv2.min(lit, _spread(cv2.extractChannel(pixels, 3))), np.uint8)


def _rimmed(pixels: Pixels, palette: Palette, strength: float, width: float, from_left: bool) -> Pixels:
    """Lighten the edge that faces the light."""
    alpha = cv2.extractChannel(pixels, 3)
    shift = np.array([[1, 0, width if from_left else -width], [0, 1, width]], np.float32)
    behind = cv2.warpAffine(alpha, shift, (alpha.shape[1], alpha.shape[0]))
    edge = cv2.subtract(alpha, cv2.GaussianBlur(behind, (0, 0), max(width * 0.5, 0.5)))
    weight = cv2.multiply(edge, alpha, scale=strength / 255)  # where it has weight, alpha is full
    lit = cv2.merge([*(cv2.convertScaleAbs(weight, alpha=c / 255) for c in palette.sun[::-1]), weight])
    return np.asarray(cv2.add(cv2.multiply(pixels, _spread(255 - weight), scale=1 / 255), lit), np.uint8)


def _spread(plane: npt.NDArray[Any]) -> Pixels:
    """Return one plane as all four of a picture."""
    return np.asarray(cv2.merge([plane] * 4), np.uint8)


def _even(value: float) -> int:
    return max(4, math.ceil(value / 4) * 4)
