"""Pixel sizes: the vendors' fixed ones by table, and an input's own shape at a tier's area. Sides are always even."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

_Sizes = Mapping[str, tuple[int, int]]

_RATIO = re.compile("[1-9][0-9]?:[1-9][0-9]?")
_LEAST_SIDE = 16

Shapes = str | dict[str, dict[str, tuple[int, int]]]
"""The name of a table of pixel sizes, or a row's own table: by tier, then by ratio."""


def size(table: Shapes, tier: str, ratio: str) -> tuple[int, int]:
    """Return width and height for a fixed ratio (`W:H`): the vendor's own size, else one of the tier's area.

    Raises KeyError for a table or tier that does not exist.
    """
    sizes = _table(table)[tier]
    wide, high = _parts(ratio)
    if ratio in sizes:
        return sizes[ratio]
    if (mirrored := f"{high}:{wide}") in sizes:
        return sizes[mirrored][1], sizes[mirrored][0]
    return size_like(table, tier, wide, high)


def size_like(table: Shapes, tier: str, width: int, height: int) -> tuple[int, int]:
    """Return the size of the tier's area that keeps a picture's shape: both sides times sqrt(area / (w * h))."""
    wide, high = _measure(_table(table)[tier])
    scale = math.sqrt(wide * high / (width * height))
    return _even(width * scale), _even(height * scale)


def nearest_ratio(width: int, height: int, ratios: Sequence[str]) -> str:
    """Return the `W:H` of `ratios` closest to a picture's shape, by the factor between the two."""

    def distance(ratio: str) -> float:
        wide, high = _parts(ratio)
        return abs(math.log(width * high / (height * wide)))

    return min((ratio for ratio in ratios if ":" in ratio), key=distance)


def tiers(table: Shapes) -> Collection[str]:
    """Return the tiers that a table has sizes for; none for an unknown table."""
    return table.keys() if isinstance(table, dict) else _tables().get(table, {}).keys()


def faults(table: Shapes) -> Iterator[str]:
    """Yield what is wrong with a row's own table."""
    for tier, sizes in table.items() if isinstance(table, dict) else ():
        if not sizes:
            yield f"{tier} has no size"
        for ratio, sides in sizes.items():
            if not _RATIO.fullmatch(ratio):
                yield f"{tier}: {ratio!r} is not a ratio such as 16:9"
            if min(sides) < _LEAST_SIDE or any(side % 2 for side in sides):
                yield f"{tier}: {sides[0]}x{sides[1]}: sides are even and at least {_LEAST_SIDE} px"


def _table(table: Shapes) -> Mapping[str, _Sizes]:
    return table if isinstance(table, dict) else _tables()[table]


def _measure(sizes: _Sizes) -> tuple[int, int]:
    """Return the size by whose area a tier's other shapes are computed: that of 16:9, else the first one."""
    return sizes.get("16:9") or next(iter(sizes.values()))


@cache
def _tables() -> Mapping[str, Mapping[str, _Sizes]]:
    read = tomllib.loads(Path(__file__).with_name("shapes.toml").read_text(encoding="utf-8"))
    return {
        table: {tier: {ratio: (w, h) for ratio, (w, h) in sizes.items()} for tier, sizes in by_tier.items()}
        for table, by_tier in read.items()
    }


def _parts(ratio: str) -> tuple[int, int]:
    wide, high = ratio.split(":")
    return int(wide), int(high)


def _even(side: float) -> int:
    return max(2, 2 * round(side / 2))
