"""Every style: one record each, of what it does to a thing, to its colours, to the finished frame and to a clip."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.ambient_effects import falling
from reelgate.animatic.drawing.palette import saturated, to_planes
from reelgate.animatic.drawing.particles import Effect, Lightning, Vignette, bubbles, rain, snow
from reelgate.animatic.drawing.pixels import painted_rows
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.styles import paint_styles
from reelgate.animatic.styles.colour_grades import MOODS, UNDER_WATER, Look
from reelgate.animatic.styles.paint_styles import Brushed, Pixels
from reelgate.animatic.styles.post_effects import (
    EffectContext,
    Fog,
    Glow,
    Grain,
    Mosaic,
    Oil,
    Sketch,
    Toon,
    Watercolour,
)

Matrix = npt.NDArray[np.float64]
Made = Callable[[EffectContext], list[Effect]]


@dataclass(frozen=True, slots=True)
class Style:
    """A style. None where it does nothing of the kind; no fact has a default, so that none is forgotten.

    Of a scene that is drawn: `paint` treats each sheet, and where it `spreads` paints beyond its edge; `colours` is a
    matrix from BGR to BGR with a constant; `corners` says how much darker the corners are; `on_paper`: the frame shows
    the paper instead. Of a clip that is edited: `look` is its grade, `redraws` is drawn over the picture before any
    weather, `film` after it.
    """

    paint: Callable[[Pixels, Brushed], Pixels] | None
    spreads: bool
    colours: tuple[Matrix, tuple[float, float, float]] | None
    corners: float
    on_paper: bool
    look: Look | None
    redraws: Made | None
    film: Made | None


def _vignette(canvas: EffectContext, strength: float) -> Effect:
    return Vignette(canvas.width, canvas.height, min(0.8, strength * canvas.strength))


STYLES: dict[str, Style] = {
    "cartoon": Style(
        paint=paint_styles.cartoon,
        spreads=True,
        colours=(saturated(1.35), (0, 0, 0)),
        corners=0.3,
        on_paper=False,
        look=Look(gamma=0.9, contrast=1.25, saturation=1.6),
        redraws=lambda canvas: [Toon(canvas)],
        film=None,
    ),
    "sketch": Style(
        paint=None,
        spreads=False,
        colours=None,
        corners=0.3,
        on_paper=False,
        look=Look(contrast=1.1),
        redraws=lambda canvas: [Sketch(canvas)],
        film=None,
    ),
    "watercolour": Style(
        paint=paint_styles.watercolour,
        spreads=True,
        colours=(saturated(0.95) * 0.86, (34, 36, 37)),
        corners=0.3,
        on_paper=True,
        look=Look(gamma=0.82, contrast=0.85, lift=0.12, saturation=0.75),
        redraws=lambda canvas: [Watercolour(canvas)],
        film=None,
    ),
    "oil": Style(
        paint=None,
        spreads=False,
        colours=None,
        corners=0.3,
        on_paper=False,
        look=Look(gamma=0.95, contrast=1.15, saturation=1.4),
        redraws=lambda canvas: [Oil(canvas)],
        film=None,
    ),
    "pixel": Style(
        paint=None,
        spreads=False,
        colours=None,
        corners=0.3,
        on_paper=False,
        look=Look(contrast=1.15, saturation=1.35),
        redraws=lambda canvas: [Mosaic(canvas)],
        film=None,
    ),
    "neon": Style(
        paint=paint_styles.neon,
        spreads=True,
        colours=(np.array([[1.1, 0, 0.08], [0, 0.84, 0], [0.1, 0, 1.0]]), (6, -6, 2)),
        corners=0.4,
        on_paper=False,
        look=Look(gamma=1.2, contrast=1.2, saturation=1.5, blue=14, red=8),
        redraws=None,
        film=lambda canvas: [Glow(canvas), _vignette(canvas, 0.25)],
    ),
    "cinematic": Style(
        paint=paint_styles.cinematic,
        spreads=False,
        colours=(saturated(1.06), (0, 0, 0)),
        corners=0.4,
        on_paper=False,
        look=Look(gamma=1.08, contrast=1.15, saturation=0.9, blue=-3, red=2),
        redraws=None,
        film=lambda canvas: [_vignette(canvas, 0.25)],
    ),
    "noir": Style(
        paint=paint_styles.noir,
        spreads=False,
        colours=(saturated(0.0) * 1.1, (-6, -6, -6)),
        corners=0.62,
        on_paper=False,
        look=Look(gamma=1.15, contrast=1.4, saturation=0.0),
        redraws=None,
        film=lambda canvas: [_vignette(canvas, 0.4)],
    ),
    "vintage": Style(
        paint=None,
        spreads=False,
        colours=(saturated(0.45) @ np.diag([0.78, 0.94, 1.04]), (10, 12, 16)),
        corners=0.5,
        on_paper=False,
        look=Look(gamma=0.95, contrast=0.98, lift=0.06, dim=0.05, saturation=0.6, blue=-12, red=7),
        redraws=None,
        film=lambda canvas: [_vignette(canvas, 0.4)],
    ),
    "ink": Style(
        paint=paint_styles.ink,
        spreads=False,
        colours=None,
        corners=0.3,
        on_paper=True,
        look=None,
        redraws=None,
        film=None,
    ),
    "paper": Style(
        paint=paint_styles.paper,
        spreads=True,
        colours=(saturated(1.1) * 0.94, (10, 12, 14)),
        corners=0.3,
        on_paper=False,
        look=None,
        redraws=None,
        film=None,
    ),
    "eerie": Style(
        paint=None,
        spreads=False,
        colours=(saturated(0.55) @ np.diag([0.78, 0.92, 0.74]), (4, 2, -2)),
        corners=0.62,
        on_paper=False,
        look=None,
        redraws=None,
        film=None,
    ),
    "joyful": Style(
        paint=None,
        spreads=False,
        colours=(saturated(1.28) * 1.03, (4, 6, 8)),
        corners=0.3,
        on_paper=False,
        look=None,
        redraws=None,
        film=None,
    ),
    "calm": Style(
        paint=None,
        spreads=False,
        colours=(saturated(0.9) @ np.diag([0.98, 0.93, 0.9]), (12, 13, 12)),
        corners=0.3,
        on_paper=False,
        look=None,
        redraws=None,
        film=None,
    ),
    "cold": Style(
        paint=None,
        spreads=False,
        colours=(saturated(0.75) @ np.diag([1.1, 1.0, 0.88]), (4, 0, 0)),
        corners=0.3,
        on_paper=False,
        look=Look(contrast=1.05, saturation=0.7, blue=12, red=-9),
        redraws=None,
        film=None,
    ),
    "warm": Style(
        paint=None,
        spreads=False,
        colours=(np.diag([0.86, 0.98, 1.06]), (0, 2, 6)),
        corners=0.3,
        on_paper=False,
        look=Look(gamma=0.95, saturation=1.1, blue=-11, red=9),
        redraws=None,
        film=None,
    ),
    "ancient": Style(
        paint=None,
        spreads=False,
        colours=None,
        corners=0.3,
        on_paper=False,
        look=None,
        redraws=None,
        film=None,
    ),
    "future": Style(
        paint=None,
        spreads=False,
        colours=None,
        corners=0.3,
        on_paper=False,
        look=Look(gamma=1.05, contrast=1.15, saturation=0.85, blue=11, red=-8),
        redraws=None,
        film=None,
    ),
}
"""By name, in the order in which several are drawn over a clip."""

_SUBMERGED = tuple(("place", name) for name, place in lexicon().places.items() if place.submerged)

LOOKS: dict[tuple[str, str], Look] = {
    **{("style", name): style.look for name, style in STYLES.items() if style.look},
    **MOODS,
    **dict.fromkeys(_SUBMERGED, UNDER_WATER),
}
"""What an edit can give a clip, by (slot, value)."""


def _snow(canvas: EffectContext) -> list[Effect]:
    layers = 3 if canvas.strength > 1 else 1 if canvas.strength < 1 else 2
    return [effect for _ in range(layers) for effect in snow(canvas.rng, canvas.width, canvas.height)]


def _storm(canvas: EffectContext) -> list[Effect]:
    drops = rain(canvas.rng, canvas.width, canvas.height, heavy=True)
    return [*drops, Lightning(canvas.rng, canvas.seconds)]


def _submerged(canvas: EffectContext) -> list[Effect]:
    return [*bubbles(canvas.rng, *canvas[:2]), _vignette(canvas, 0.35)]


EFFECTS: list[tuple[tuple[str, str], Made]] = [
    *((("style", name), style.redraws) for name, style in STYLES.items() if style.redraws),
    (("weather", "mist"), lambda canvas: [Fog(canvas)]),
    (("weather", "snow"), _snow),
    (("weather", "rain"), lambda canvas: rain(canvas.rng, *canvas[:2], heavy=canvas.strength > 1)),
    (("weather", "storm"), _storm),
    *((place, _submerged) for place in _SUBMERGED),
    (("spectacle", "leaves"), lambda canvas: [falling(canvas.rng, canvas[:2], "leaves")]),
    (("spectacle", "petals"), lambda canvas: [falling(canvas.rng, canvas[:2], "petals")]),
    *((("style", name), style.film) for name, style in STYLES.items() if style.film),
    (("time", "night"), lambda canvas: [_vignette(canvas, 0.35)]),
    (("texture", "grain"), lambda canvas: [Grain(canvas)]),
]
"""What is drawn over a clip, in this order: styles change the picture, weather falls before it, film comes last."""

if unknown := lexicon().styles.keys() - STYLES.keys():
    raise LookupError(f"no record in STYLES for {sorted(unknown)}, which `words/style.toml` names")


def finish(looks: tuple[tuple[str, str], ...], canvas: EffectContext) -> list[Effect]:
    """Return what is drawn over a picture for these looks, in the order of `EFFECTS`."""
    return [effect for look, made in EFFECTS if look in looks for effect in made(canvas)]


def margin(styles: Sequence[str], unit: float) -> int:
    """Return how many pixels, an even number, the styles paint around a thing: outlines, glows and shadows."""
    return 2 * math.ceil(0.025 * unit) if any(STYLES[style].spreads for style in styles) else 0


def treated(pixels: Pixels, styles: Sequence[str], sheet: Brushed) -> Pixels:
    """Return a painted picture under the styles that have a treatment."""
    wanted = [paint for style in styles if (paint := STYLES[style].paint)]
    if not wanted:
        return pixels
    rows = painted_rows(pixels)
    if rows.stop == 0:
        return pixels
    beside = margin(styles, sheet.unit)
    part = slice(max(rows.start - beside, 0), rows.stop + beside)
    out = pixels.copy()
    for paint in wanted:
        out[part] = paint(out[part], sheet)
    return out


@functools.lru_cache(maxsize=64)
def grade(styles: tuple[str, ...]) -> Matrix:
    """Return the 4x4 matrix from premultiplied BGRA to premultiplied Y, U, V, A under the styles."""
    colours = np.eye(4)
    for matrix, offset in (found for style in styles if (found := STYLES[style].colours)):
        step = np.eye(4)
        step[:3, :3], step[:3, 3] = matrix, np.array(offset) / 255
        colours = step @ colours
    return to_planes(colours)
