"""`size` in pixels, as many clients state it, and the tier and ratio that it means for a model."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from reelgate.catalog import Model
from reelgate.catalog.shapes import size
from reelgate.errors import InvalidField
from reelgate.request import Mode

_SIZE = re.compile("([0-9]{1,5})[x*×X]([0-9]{1,5})")
_LINES = re.compile("[0-9]{3,4}")
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

_NEAR = math.log(1.1)
"""How far a side, or an area, may be from what is made: engines round sides to multiples of 16 and more."""


def asked(model: Model, mode: Mode, text: str, field: str, *, times: str = "x") -> tuple[str, str]:
    """Return the tier and the ratio that a size means, "" for the one it leaves open.

    It is pixels (`1280x720`, `1280*720`), a tier (`720p`, `720`) or a ratio (`16:9`). Raises InvalidField if the
    mode makes nothing near it.
    """
    meant = tier_and_ratio(model, mode, text) or _by_word(model, mode, text)
    if meant is None:
        made = model.resolutions if model.tier_fixed and not _SIZE.fullmatch(text) else sizes(model, mode, times=times)
        raise InvalidField.not_one_of(field, text, made)
    return meant


def refuse_empty(model: Model, mode: Mode, stated: Iterable[tuple[str, str]]) -> None:
    """Raise InvalidField for a size that is an empty text, where there is more than one tier to make."""
    for field, text in stated:
        if not text and len(model.resolutions) > 1:
            raise InvalidField.not_one_of(field, text, sizes(model, mode))


def tier_and_ratio(model: Model, mode: Mode, text: str) -> tuple[str, str] | None:
    """Return the tier and the ratio of a size in pixels, None if the mode has none near it.

    Where an input decides the shape, a size of about a tier's area means that tier, and its ratio is "".
    """
    pixels = _SIZE.fullmatch(text)
    if pixels is None:
        return None
    sides = int(pixels[1]), int(pixels[2])
    if 0 in sides:
        return None
    own = _own(model, mode) if _is_shaped(model, mode) else {}
    if sides in own or model.standin:  # whose videos have the ordered pixels and no others
        return own.get(sides)
    tier, ratio = _usual(*sides)
    if tier in model.resolutions and ratio in _ratios(model, mode):
        return tier, ratio if _is_shaped(model, mode) else ""
    if not _is_shaped(model, mode):
        return _by_area(model, math.prod(sides))
    return _nearest(model, mode, sides)


def sizes(model: Model, mode: Mode, *, times: str = "x") -> tuple[str, ...]:
    """Return the model's own sizes in a mode, as a client writes them."""
    return tuple(f"{wide}{times}{high}" for wide, high in _own(model, mode))


def _nearest(model: Model, mode: Mode, sides: tuple[int, int]) -> tuple[str, str] | None:
    own = _own(model, mode)
    near = min(own, key=lambda made: _distance(made, sides), default=(1, 1))
    return own[near] if near in own and _distance(near, sides) <= _NEAR else None


def _distance(made: tuple[int, int], sides: tuple[int, int]) -> float:
    return max(abs(math.log(one / other)) for one, other in zip(made, sides, strict=True))


def _is_shaped(model: Model, mode: Mode) -> bool:
    """Whether a ratio, and not an input, decides the shape."""
    return mode not in model.modes or model.modes[mode].ratio == "used"


def _by_area(model: Model, area: int) -> tuple[str, str] | None:
    areas = {tier: math.prod(size(model.shapes, tier, "16:9")) for tier in model.resolutions}
    tier = min(areas, key=lambda name: abs(math.log(area / areas[name])))
    return (tier, "") if abs(math.log(area / areas[tier])) <= _NEAR else None


def _by_word(model: Model, mode: Mode, text: str) -> tuple[str, str] | None:
    """Return the tier or the ratio that stands where a size should."""
    word = f"{text}p" if _LINES.fullmatch(text) else text.lower()
    if word in model.resolutions:
        return word, ""
    return ("", word) if word in model.ratios_in(mode) else None


def _own(model: Model, mode: Mode) -> dict[tuple[int, int], tuple[str, str]]:
    return {
        size(model.shapes, tier, ratio): (tier, ratio) for tier in model.resolutions for ratio in _ratios(model, mode)
    }


def _ratios(model: Model, mode: Mode) -> tuple[str, ...]:
    return tuple(ratio for ratio in model.ratios_in(mode) if ":" in ratio) or _SHAPES


def _usual(wide: int, high: int) -> tuple[str, str]:
    if (wide, high) in _USUAL:
        return _USUAL[wide, high]
    tier, ratio = _USUAL.get((high, wide), ("", ":"))
    across, down = ratio.split(":")
    return tier, f"{down}:{across}"
