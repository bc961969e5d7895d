"""What a request's video is expected to be before it is made: its pixels and its length, by what is known so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from reelgate.catalog.model import Model
from reelgate.catalog.rules import ratio_counts
from reelgate.catalog.shapes import nearest_ratio, size, size_like
from reelgate.request import Facts, MediaKind, Mode, Role, VideoRequest

_USUAL_RATIO = "16:9"
_USUAL_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4")
_USUAL_SECONDS = 5
_DECIDING = {Role.SOURCE: 0, Role.FIRST_CLIP: 0, Role.FIRST_FRAME: 1, Role.LAST_FRAME: 2}


class KnownInput(Protocol):
    """An input whose kind and role are known."""

    @property
    def kind(self) -> MediaKind:
        """What it is."""
        ...

    @property
    def role(self) -> Role:
        """What it is for."""
        ...


_Input = TypeVar("_Input", bound=KnownInput)


def leading(inputs: Iterable[_Input]) -> _Input | None:
    """Return the input that decides the shape: the source clip, the first frame, else the first reference."""
    seen = [item for item in inputs if item.kind is not MediaKind.AUDIO]
    return min(seen, key=lambda item: _DECIDING.get(item.role, 3), default=None)


def fixed_ratios(model: Model) -> tuple[str, ...]:
    """Return the ratios of the form `W:H` that a model's videos may have."""
    return tuple(ratio for ratio in model.ratios if ":" in ratio) or _USUAL_RATIOS


def expected_size(model: Model, request: VideoRequest) -> tuple[int, int]:
    """Return width and height: as ordered, as the known input shapes them, else the usual ones of the tier.

    Raises KeyError if the catalog has no such tier any more.
    """
    order = request.order
    if order is not None and order.width:
        return order.size
    if order is not None and order.extends and (clips := order.made or request.of(Role.FIRST_CLIP)) and clips[0].facts:
        return clips[0].facts.width // 2 * 2, clips[0].facts.height // 2 * 2
    first = leading(request.media)
    facts = first.facts if first is not None else None
    known = request.mode in model.modes
    if known and facts is not None and facts.width and not ratio_counts(model, request):
        return size_like(model.shapes, request.resolution, facts.width, facts.height)
    if ":" in request.ratio and known and ratio_counts(model, request):
        return size(model.shapes, request.resolution, request.ratio)
    if facts is not None and facts.width:
        ratio = nearest_ratio(facts.width, facts.height, fixed_ratios(model))
        return size(model.shapes, request.resolution, ratio)
    return size(model.shapes, request.resolution, _USUAL_RATIO)


def expected_seconds(model: Model, request: VideoRequest) -> int:
    """Return whole seconds, at least 1: the source's for an edit, the ordered ones, else the usual ones."""
    source = next(iter(request.of(Role.SOURCE)), None)
    if request.mode is Mode.EDIT and source is not None and source.facts is not None:
        return _whole(source.facts, model.duration_in(request.mode).source_max)
    if request.duration > 0:
        return request.duration
    return model.duration_in(request.mode).default or _USUAL_SECONDS


def _whole(facts: Facts, most: int) -> int:
    return max(1, round(min(facts.seconds, most)))
