"""Colour grades: one table of 256 values for each plane of a picture."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.render.planes import Plane, Planes

Curve = npt.NDArray[np.float64]
"""256 output values for the input values 0 to 255, not yet rounded."""

_STRONGEST_GAIN = 2.0


class Look(NamedTuple):
    """A grade. `gamma` above 1 darkens the middle tones; `lift` raises black and `dim` lowers white (shares of the
    range); `contrast` and `saturation` are gains; `blue` and `red` shift the colour, in steps of the chroma planes.
    """

    gamma: float = 1.0
    contrast: float = 1.0
    lift: float = 0.0
    dim: float = 0.0
    saturation: float = 1.0
    blue: float = 0.0
    red: float = 0.0


MOODS: dict[tuple[str, str], Look] = {
    ("texture", "grain"): Look(),
    ("tone", "brighter"): Look(gamma=0.75),
    ("tone", "darker"): Look(gamma=1.35, dim=0.08),
    ("tone", "contrast"): Look(contrast=1.35, saturation=1.08),
    ("tone", "vivid"): Look(contrast=1.05, saturation=1.55),
    ("tone", "muted"): Look(contrast=0.95, lift=0.03, saturation=0.5),
    ("time", "dawn"): Look(gamma=0.92, contrast=0.9, lift=0.05, saturation=0.95, blue=-5, red=7),
    ("time", "day"): Look(gamma=0.82, contrast=1.05, saturation=1.15),
    ("time", "dusk"): Look(gamma=1.15, contrast=1.05, saturation=1.15, blue=-14, red=13),
    ("time", "night"): Look(gamma=1.55, contrast=1.1, dim=0.28, saturation=0.6, blue=11, red=-7),
    ("weather", "rain"): Look(gamma=1.15, contrast=0.9, dim=0.1, saturation=0.6, blue=6, red=-4),
    ("weather", "storm"): Look(gamma=1.35, contrast=1.1, dim=0.15, saturation=0.5, blue=7, red=-5),
    ("weather", "snow"): Look(contrast=0.88, lift=0.05, dim=0.1, saturation=0.5, blue=7, red=-4),
    ("weather", "mist"): Look(gamma=0.95, contrast=0.8, lift=0.05, saturation=0.7),
    ("weather", "cloud"): Look(gamma=1.08, contrast=0.88, saturation=0.7, blue=3),
    ("spectacle", "leaves"): Look(gamma=0.98, saturation=1.04, blue=-4, red=3),
    ("spectacle", "petals"): Look(gamma=0.94, saturation=1.05, red=2),
    ("season", "spring"): Look(gamma=0.9, saturation=1.2, blue=-4, red=2),
    ("season", "summer"): Look(gamma=0.92, contrast=1.08, saturation=1.25, blue=-6),
    ("season", "autumn"): Look(gamma=1.02, saturation=1.1, blue=-16, red=11),
    ("season", "winter"): Look(gamma=0.9, contrast=0.95, saturation=0.6, blue=9, red=-5),
}
"""Grades that belong to no style: tones, times, weathers and seasons."""

UNDER_WATER = Look(gamma=1.12, contrast=0.88, dim=0.12, saturation=0.6, blue=15, red=-17)


class Grade:
    """Three curves that are applied to a picture's planes."""

    def __init__(self, curves: tuple[Curve, Curve, Curve] | None = None) -> None:
        identity = np.arange(256, dtype=np.float64)
        self.curves = curves or (identity, identity, identity)
        self._tables = [_table(curve, top) for curve, top in zip(self.curves, (235, 240, 240), strict=True)]

    def then(self, other: Grade) -> Grade:
        """Return this grade followed by another."""
        y, u, v = (_chained(first, second) for first, second in zip(self.curves, other.curves, strict=True))
        return Grade((y, u, v))

    def apply(self, source: Planes, out: Planes) -> None:
        """Grade one picture into another of the same size."""
        for plane, table, target in zip(source.each(), self._tables, out.each(), strict=True):
            cv2.LUT(plane, table, dst=target)


def graded(look: Look, strength: float = 1.0) -> Grade:
    """Return the grade of a look; at `strength` 0 it changes nothing, above 1 it overdoes."""
    tone: Curve = np.clip((np.arange(256) - 16) / 219, 0, 1) ** look.gamma
    tone = np.clip((tone - 0.5) * look.contrast + 0.5, 0, 1)
    tone = look.lift + tone * (1 - look.lift - look.dim)
    chroma = (np.arange(256) - 128.0) * look.saturation + 128
    blue, red = np.asarray(chroma + look.blue), np.asarray(chroma + look.red)
    unchanged = np.arange(256)
    y, u, v = (unchanged + strength * (curve - unchanged) for curve in (16 + 219 * tone, blue, red))
    return Grade((np.asarray(y), np.asarray(u), np.asarray(v)))


def matched(source: Planes, wanted: list[Planes], strength: float = 0.8) -> Grade:
    """Return the grade that gives a picture the colour mood of others: equal mean and spread in each plane.

    After Reinhard et al., Color Transfer between Images (2001), in Y'CbCr; gains are bounded.
    """
    y, u, v = (
        _match(mine, np.concatenate([plane.reshape(-1) for plane in theirs]), strength)
        for mine, theirs in zip(source.each(), zip(*(w.each() for w in wanted), strict=True), strict=True)
    )
    return Grade((y, u, v))


def _match(mine: Plane, theirs: Plane, strength: float) -> Curve:
    values = np.arange(256, dtype=np.float64)
    gain = float(np.clip(theirs.std() / max(1.0, float(mine.std())), 1 / _STRONGEST_GAIN, _STRONGEST_GAIN))
    return np.asarray(values + strength * ((values - mine.mean()) * gain + theirs.mean() - values))


def _chained(first: Curve, second: Curve) -> Curve:
    return np.asarray(np.interp(first, np.arange(256), second))


def _table(curve: Curve, top: int) -> Plane:
    return np.asarray(np.rint(np.clip(curve, 16, top)), np.uint8)
