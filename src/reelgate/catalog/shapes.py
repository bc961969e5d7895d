"""Pixel sizes: the vendors' fixed ones by table, and an input's own shape at a tier's area. Sides are always even."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path

_Sizes = Mapping[str, tuple[int, int]]


def size(table: str, tier: str, ratio: str) -> tuple[int, int]:
    """Return width and height for a fixed ratio (`W:H`): the vendor's own size, else one of the tier's area.

    Raises KeyError for a table or tier that does not exist.
    """
    sizes = _tables()[table][tier]
    wide, high = _parts(ratio)
    if ratio in sizes:
        return sizes[ratio]
    if (mirrored := f"{high}:{wide}") in sizes:
        return sizes[mirrored][1], sizes[mirrored][0]
    return size_like(table, tier, wide, high)


def size_like(table: str, tier: str, width: int, height: int) -> tuple[int, int]:
    """Return the size of the tier's area that keeps a picture's shape: both sides times sqrt(area / (w * h))."""
    wide, high = _tables()[table][tier]["16:9"]
    scale = math.sqrt(wide * high / (width * height))
    return _even(width * scale), _even(height * scale)


def nearest_ratio(width: int, height: int, ratios: Sequence[str]) -> str:
    """Return the `W:H` of `ratios` closest to a picture's shape, by the factor between the two."""

    def distance(ratio: str) -> float:
        wide, high = _parts(ratio)
        return abs(math.log(width * high / (height * wide)))

    return min((ratio for ratio in ratios if ":" in ratio), key=distance)


def tiers(table: str) -> Collection[str]:
    """Return the tiers that a table has sizes for; none for an unknown table."""
    return _tables().get(table, {}).keys()


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
