"""The billed quantities: what a request can use at most, and what a finished video used."""

from __future__ import annotations

import math

import msgspec

from reelgate.billing.terms import Measure
from reelgate.catalog import MediaRule, Model
from reelgate.catalog.rules import ratio_counts
from reelgate.catalog.shapes import size
from reelgate.request import AUTO_DURATION, FPS, Media, MediaKind, Output, VideoRequest

_PIXELS_PER_TOKEN = 1024

SHORT_SECONDS = 0.5
"""How much a video may differ in length from what was asked for and still be that length."""


class Bounds(msgspec.Struct, frozen=True):
    """The most that a request can cost. `known`: it costs exactly that."""

    measure: Measure
    agreed_seconds: int
    known: bool


def expected(model: Model, request: VideoRequest, default_seconds: int, *, tokens: bool) -> Bounds:
    """Measure a request before anything is made of it."""
    agreed = 0 if request.duration == AUTO_DURATION else request.duration or default_seconds
    seconds = agreed or _most_seconds(model, request)
    if not tokens:
        return Bounds(Measure(seconds), agreed, bool(agreed))
    pixels, shaped = _pixels(model, request)
    clips, measured = _clip_frames(model, request)
    counted = _tokens(pixels, clips + (request.frames or FPS * seconds + 1))
    return Bounds(Measure(seconds, counted), agreed, bool(agreed) and shaped and measured)


def counted_seconds(request: VideoRequest, measured: float) -> int:
    """Return the whole seconds that a film of `measured` seconds counts as.

    They are the requested ones where it has them, half a second more or less: what is asked for as 5 seconds comes as
    121 frames or 119. Any other length is rounded, half a second up, and is 1 at least.
    """
    if request.order is not None and request.order.parts:
        wanted = request.total_seconds
        return wanted if abs(measured - wanted) <= SHORT_SECONDS else max(1, math.floor(measured + 0.5))
    if request.duration > 0 and abs(measured - request.seconds) <= SHORT_SECONDS:
        return request.duration
    return max(1, math.floor(measured + 0.5))


def delivered(request: VideoRequest, output: Output, agreed_seconds: int, *, tokens: bool) -> Measure:
    """Measure a finished video: what its file holds, and of seconds that were agreed on no more than those."""
    seconds = min(agreed_seconds, output.duration) if agreed_seconds else output.duration
    if not tokens:
        return Measure(seconds)
    frames = request.frames if request.frames and agreed_seconds == seconds else FPS * seconds + 1
    clips = sum(_frames(item.facts.seconds) for item in _clips(request) if item.facts)
    return Measure(seconds, _tokens(output.width * output.height, clips + frames))


def _most_seconds(model: Model, request: VideoRequest) -> int:
    rule = model.duration_in(request.mode)
    return rule.source_max if rule.from_source else rule.max


def _tokens(pixels: int, frames: int) -> int:
    return -(-pixels * frames // _PIXELS_PER_TOKEN)


def _pixels(model: Model, request: VideoRequest) -> tuple[int, bool]:
    """Return the pixels of a frame, and whether they are certain: where an input shapes the video, the most."""
    if ratio_counts(model, request) and ":" in request.ratio:
        return math.prod(size(model.shapes, request.resolution, request.ratio)), True
    shapes = {"16:9", *(ratio for ratio in model.ratios if ":" in ratio)}
    return max(math.prod(size(model.shapes, request.resolution, ratio)) for ratio in shapes), False


def _clip_frames(model: Model, request: VideoRequest) -> tuple[int, bool]:
    """Return the frames of the clips that are given, and whether they are certain: of unmeasured ones, the most."""
    clips = _clips(request)
    measured = all(item.facts is not None for item in clips)
    if measured:
        return sum(_frames(item.facts.seconds) for item in clips if item.facts), True
    rules = [rule for rule in model.modes[request.mode].media if rule.kind is MediaKind.VIDEO]
    return sum(_frames(_most_of(rule, len(request.of(rule.role, rule.kind)))) for rule in rules), False


def _most_of(rule: MediaRule, count: int) -> float:
    each = count * rule.max_seconds
    return min(each, rule.total_seconds) if rule.total_seconds and each else each


def _clips(request: VideoRequest) -> list[Media]:
    return [item for item in request.media if item.kind is MediaKind.VIDEO]


def _frames(seconds: float) -> int:
    """Return the frames that a clip's seconds count as; its length is a measurement, no amount of money."""
    return math.ceil(seconds * FPS)
