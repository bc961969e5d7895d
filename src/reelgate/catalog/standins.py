"""What a stand-in's order is for the model that makes it: its tier and ratio for the ordered pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator

from msgspec.structs import replace

from reelgate.catalog.loader import Catalog
from reelgate.catalog.model import Model
from reelgate.catalog.rules import ratio_counts
from reelgate.catalog.shapes import nearest_ratio, size, size_like
from reelgate.request import Mode, Order, VideoRequest

_ENLARGED = 1.06
"""By how much a video may be enlarged to the ordered size: engines round sides to multiples of 16 and more."""

_CROPPED = math.log(1.15)
"""How far a model's aspect ratio may differ from the ordered one; the difference is cropped."""


def makers(catalog: Catalog, standin: Model) -> Iterator[Model]:
    """Yield the rows of the models that stand in, in their order; the rows of one id by seller."""
    rows = list(catalog)
    for name in standin.standin.models if standin.standin else ():
        yield from (model for model in rows if model.id == name and not model.standin)


def made_with(standin: Model, maker: Model, request: VideoRequest) -> VideoRequest | None:
    """Return a stand-in's request as one to the model that makes it, None if that has no such mode or size."""
    if request.mode not in maker.modes or standin.standin is None:
        return None
    order = _order(standin, maker, request)
    shape = _shape(maker, request, order.size)
    if shape is None:
        return None
    tier, ratio = shape
    return replace(request, model=maker.id, resolution=tier, ratio=ratio, order=order)


def _order(standin: Model, maker: Model, request: VideoRequest) -> Order:
    shaped = ratio_counts(standin, request)
    wide, high = size(standin.shapes, request.resolution, request.ratio) if shaped else (0, 0)
    rule = standin.standin
    return Order(
        model=standin.id,
        sold_by=maker.dialect,
        mode=request.mode,
        resolution=request.resolution,
        ratio=request.ratio,
        seconds=request.duration,
        width=wide,
        height=high,
        as_it_came=rule is not None and rule.file == "as_it_came",
        any_picture=rule is not None and rule.picture == "fit",
    )


def _shape(maker: Model, request: VideoRequest, pixels: tuple[int, int]) -> tuple[str, str] | None:
    """Return tier and ratio of the smallest video that covers the ordered pixels; without such, the ordered tier."""
    if pixels == (0, 0):
        tiers = (request.resolution, maker.default_resolution)
        return next(tier for tier in tiers if tier in maker.resolutions), maker.ratio_in(request.mode)
    tier = tier_of(maker, request.mode, pixels)
    return None if tier is None else (tier, _made(maker, request.mode, tier, pixels)[1])


def tier_of(maker: Model, mode: Mode, pixels: tuple[int, int]) -> str | None:
    """Return the tier of the smallest video of a model that covers the pixels, None if none does."""
    sizes = {tier: _made(maker, mode, tier, pixels)[0] for tier in maker.resolutions}
    fitting = [tier for tier, made in sizes.items() if _covers(made, pixels)]
    return min(fitting, key=lambda name: math.prod(sizes[name]), default=None)


def _made(maker: Model, mode: Mode, tier: str, pixels: tuple[int, int]) -> tuple[tuple[int, int], str]:
    """Return the pixels that a model makes of an order in a tier, and the ratio to send to it."""
    ratios = [ratio for ratio in maker.ratios_in(mode) if ":" in ratio]
    if maker.modes[mode].ratio != "used" or not ratios:
        return size_like(maker.shapes, tier, *pixels), maker.ratio_in(mode)
    ratio = nearest_ratio(*pixels, ratios)
    return size(maker.shapes, tier, ratio), ratio


def _covers(made: tuple[int, int], pixels: tuple[int, int]) -> bool:
    wider, higher = pixels[0] / made[0], pixels[1] / made[1]
    return max(wider, higher) <= _ENLARGED and abs(math.log(wider / higher)) <= _CROPPED
