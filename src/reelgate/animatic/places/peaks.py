"""Mountain ranges, lit from the side that the sun is on."""

from __future__ import annotations

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, ridge
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.land import slope


def mountains(
    b: Backdrop, *, height: float = 0.34, base: float | None = None, snow: bool = True, rows: int = 2
) -> None:
    """Paint mountain ranges, the far ones paler, with snow on their tops."""
    p, foot = b.palette, b.horizon if base is None else base
    for row in range(rows):
        rng, canvas = b.rng(f"range {row}"), b.canvas()
        tall = b.unit * height * (1 - 0.34 * row)
        heights = ridge(rng, b.period, 6, sharp=0.6) ** 1.15 * tall + 0.1 * tall
        x = np.arange(b.period, dtype=float)
        tint = mix(p.far, p.horizon, 0.5 - 0.35 * row)
        slope(canvas, foot - heights, tint, foot + (2 if base else 0.3 * b.unit))
        if snow and row == 0:
            _snow(canvas, x, foot - heights, foot - tall * 0.62, rng, mix(p.lit(rgb("f7f8fc")), p.horizon, 0.25), tall)
        _facets(canvas, rng, foot - heights, (foot, tall), mix(p.far, p.zenith, 0.55), from_left=b.sun[0] < b.width / 2)
        canvas.shade(foot - tall, foot, p.horizon, 0.0, 0.6 - 0.2 * row)
        b.add(canvas, 9.0 - 3 * row)


def _facets(
    canvas: Canvas,
    rng: np.random.Generator,
    tops: np.ndarray,
    base: tuple[float, float],
    colour: Colour,
    *,
    from_left: bool,
) -> None:
    """Lay the far side of every peak in shade, from its crest to a ragged line below its top.

    `base` is the row of the range's foot and its height.
    """
    (foot, tall), width = base, len(tops)
    heading = 1 if from_left else -1
    peaks = summits(tops, max(8, width // 28))
    for number, peak in enumerate(peaks[::heading]):
        following = peaks[::heading][(number + 1) % len(peaks)]
        between = np.arange(peak, peak + heading * ((following - peak) * heading % width or width), heading)
        valley = int(np.argmax(tops[between % width]))
        if valley < 3 or foot - tops[peak] < 0.25 * tall:
            continue
        crest = np.stack([between[: valley + 1], tops[between[: valley + 1] % width]], 1)
        rows = np.linspace(float(tops[peak]), max(float(crest[-1, 1]), foot - 0.1 * tall), 7)
        ragged = peak + heading * valley * rng.uniform(0.0, 0.34, 7) * np.linspace(0, 1, 7)
        ragged[0] = peak
        canvas.polygon(np.concatenate([crest, np.stack([ragged, rows], 1)[::-1]]), colour, 0.4)


def summits(tops: np.ndarray, reach: int) -> list[int]:
    """Return the columns that are higher than all within reach, in their order; there is always one."""
    steps = range(max(1, reach // 6), reach + 1, max(1, reach // 6))
    highest = np.ones(len(tops), bool)
    for step in steps:
        highest &= (tops <= np.roll(tops, step)) & (tops <= np.roll(tops, -step))
    found: list[int] = []
    for column in np.flatnonzero(highest).tolist() or [int(np.argmin(tops))]:
        if found and column - found[-1] < reach:
            found[-1] = min(found[-1], column, key=lambda at: float(tops[at]))
        else:
            found.append(column)
    return found


def _snow(
    canvas: Canvas, x: np.ndarray, tops: np.ndarray, line: float, rng: np.random.Generator, colour: Colour, tall: float
) -> None:
    """Cover what is above a ragged line."""
    ragged = line + (ridge(rng, len(x), 7, sharp=0.9) - 0.5) * tall * 0.3
    below = tops < ragged
    edges = np.flatnonzero(np.diff(np.concatenate([[0], below.astype(int), [0]])))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if last - first > 3:
            upper, lower = np.stack([x, tops], 1)[first:last], np.stack([x, ragged], 1)[first:last][::-1]
            canvas.polygon(np.concatenate([upper, lower]), colour)
