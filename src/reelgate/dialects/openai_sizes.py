"""`size` in pixels, as OpenAI's clients state it, and the tier and ratio that it means for a model."""

from __future__ import annotations

import math
import re

from reelgate.catalog import Model
from reelgate.catalog.shapes import size
from reelgate.request import Mode

_SIZE = re.compile("([0-9]{2,5})[x*×]([0-9]{2,5})")
_SHAPES = ("16:9", "9:16", "1:1", "4:3", "3:4")
"""The ratios by which a model is asked for a tier whose inputs alone decide its shape."""

_USUAL = {
    (854, 480): ("480p", "16:9"),
    (960, 540): ("540p", "16:9"),
    (1024, 1024): ("720p", "1:1"),
    (1280, 720): ("720p", "16:9"),
    (1792, 1024): ("1080p", "16:9"),
    (1920, 1080): ("1080p", "16:9"),
    (3840, 2160): ("4k", "16:9"),
}
"""Sizes that clients send whatever the model's own are, landscape; portrait ones mirror these."""

_LIKE = 0.05
"""By how much an area may differ: engines round sides to multiples of 16 and more."""


def tier_and_ratio(model: Model, mode: Mode, text: str) -> tuple[str, str] | None:
    """Return the tier and the ratio of a size such as `1280x720`, None where the mode has none of that size.

    Where an input decides the shape, a size of about a tier's area means that tier, and its ratio is "".
    """
    parsed = _SIZE.fullmatch(text)
    if parsed is None:
        return None
    wide, high = int(parsed[1]), int(parsed[2])
    tier, ratio = _usual(wide, high)
    if tier in model.resolutions and ratio in _ratios(model, mode):
        return tier, ratio
    exact = next(((tier, ratio) for found, tier, ratio in _own(model, mode) if found == (wide, high)), None)
    return exact or _by_area(model, mode, wide * high)


def sizes(model: Model, mode: Mode) -> tuple[str, ...]:
    """Return the model's own sizes in a mode, as a client writes them."""
    return tuple(f"{wide}x{high}" for (wide, high), _, _ in _own(model, mode))


def _by_area(model: Model, mode: Mode, area: int) -> tuple[str, str] | None:
    rule = model.modes.get(mode)
    if rule is None or rule.ratio == "used":
        return None
    areas = {tier: math.prod(size(model.shapes, tier, "16:9")) for tier in model.resolutions}
    return next(((tier, "") for tier, own in areas.items() if abs(area / own - 1) <= _LIKE), None)


def _own(model: Model, mode: Mode) -> list[tuple[tuple[int, int], str, str]]:
    ratios = _ratios(model, mode)
    return [(size(model.shapes, tier, ratio), tier, ratio) for tier in model.resolutions for ratio in ratios]


def _ratios(model: Model, mode: Mode) -> tuple[str, ...]:
    return tuple(ratio for ratio in model.ratios_in(mode) if ":" in ratio) or _SHAPES


def _usual(wide: int, high: int) -> tuple[str, str]:
    if (wide, high) in _USUAL:
        return _USUAL[wide, high]
    tier, ratio = _USUAL.get((high, wide), ("", ":"))
    across, down = ratio.split(":")
    return tier, f"{down}:{across}"
