"""The checks of an input that need its measurements: format, sides, shape, size, length, frame rate."""

from __future__ import annotations

from collections.abc import Iterator

from reelgate.catalog.model import MediaRule, Model
from reelgate.errors import MediaRefused
from reelgate.request import Facts, Media, MediaKind, Role, VideoRequest

_MB = 1024 * 1024
_FRAMES = (Role.FIRST_FRAME, Role.LAST_FRAME)
_SLACK = 0.05
"""Seconds, and frames a second: clips cut to 15 s measure a frame more or less, and 23.976 is called 24."""


def check_media(model: Model, request: VideoRequest, media: Media) -> None:
    """Raise MediaRefused for an input that the request's mode does not take; one without facts is left alone."""
    rule = model.modes[request.mode].rule_for(media.role, media.kind)
    if rule is None or media.facts is None:
        return
    for refused, found, allowed in _findings(rule, media.facts):
        if refused:
            raise _refused(media.field, found, allowed)


def check_totals(model: Model, request: VideoRequest) -> None:
    """Raise MediaRefused where inputs, as far as measured, don't go together.

    That is at the one with which the seconds of one kind are too many in all, and at a last frame of another shape
    than the first one's.
    """
    _check_frames(model, request)
    for rule in model.modes[request.mode].media:
        seconds = 0.0
        for item in request.of(rule.role, rule.kind) if rule.total_seconds else ():
            seconds += item.facts.seconds if item.facts else 0.0
            if seconds > rule.total_seconds + _SLACK:
                found = f"{seconds:.1f} s of {rule.kind} in all"
                raise _refused(item.field, found, f"all of them together must be at most {rule.total_seconds:g} s long")


def _check_frames(model: Model, request: VideoRequest) -> None:
    most = model.modes[request.mode].frames_alike
    seen = [item for item in request.media if item.role in _FRAMES and item.facts]
    if not most or len(seen) != len(_FRAMES):
        return
    first, last = ((facts.width / facts.height) for item in seen if (facts := item.facts))
    if not 1 / most <= first / last <= most:
        found = f"width / height {first:.4g} and {last:.4g}"
        raise _refused(seen[1].field, found, f"the two frames' shapes may differ by a factor of {most:g} at most")


def _findings(rule: MediaRule, facts: Facts) -> Iterator[tuple[bool, str, str]]:
    """Yield (is it refused, what was found, what is allowed) for each limit that the rule sets."""
    if rule.formats:
        yield facts.format not in rule.formats, facts.format, f"the format must be {_either(rule.formats)}"
    if facts.kind is not MediaKind.AUDIO:
        yield from _of_shape(rule, facts)
    yield from _of_bytes(rule, facts)
    if facts.kind is not MediaKind.IMAGE:
        yield from _of_time(rule, facts)


def _of_shape(rule: MediaRule, facts: Facts) -> Iterator[tuple[bool, str, str]]:
    width, height = facts.width, facts.height
    found, pixels, ratio = f"{width} x {height} px", width * height, width / height
    if rule.min_side:
        yield min(width, height) < rule.min_side, found, f"each side must be at least {rule.min_side} px"
    if rule.max_side:
        yield max(width, height) > rule.max_side, found, f"each side must be at most {rule.max_side} px"
    if rule.min_pixels:
        yield pixels < rule.min_pixels, found, f"width x height must be at least {rule.min_pixels} px"
    if rule.max_pixels:
        yield pixels > rule.max_pixels, found, f"width x height must be at most {rule.max_pixels} px"
    if rule.max_ratio:
        allowed = f"width / height must be from {rule.min_ratio:g} to {rule.max_ratio:g}"
        yield not rule.min_ratio <= ratio <= rule.max_ratio, f"{found}, width / height {ratio:.4g}", allowed


def _of_bytes(rule: MediaRule, facts: Facts) -> Iterator[tuple[bool, str, str]]:
    found = f"{facts.bytes / _MB:.2f} MB ({facts.bytes} bytes)"
    if rule.max_mb:
        yield facts.bytes > rule.max_mb * _MB, found, f"the file must have at most {rule.max_mb} MB"
    if rule.below_mb:
        yield facts.bytes >= rule.below_mb * _MB, found, f"the file must have less than {rule.below_mb} MB"


def _of_time(rule: MediaRule, facts: Facts) -> Iterator[tuple[bool, str, str]]:
    long = f"{facts.seconds:.2f} s"
    rate = f"{facts.fps:.2f} fps"
    if rule.min_seconds:
        yield facts.seconds < rule.min_seconds - _SLACK, long, f"it must be at least {rule.min_seconds:g} s long"
    if rule.max_seconds:
        yield facts.seconds > rule.max_seconds + _SLACK, long, f"it must be at most {rule.max_seconds:g} s long"
    if rule.min_fps:
        yield facts.fps < rule.min_fps - _SLACK, rate, f"it must have at least {rule.min_fps:g} fps"
    if rule.max_fps:
        yield facts.fps > rule.max_fps + _SLACK, rate, f"it must have at most {rule.max_fps:g} fps"
    if rule.fps_above:
        yield facts.fps <= rule.fps_above, rate, f"it must have more than {rule.fps_above:g} fps"


def _either(choices: tuple[str, ...]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def _refused(field: str, found: str, allowed: str) -> MediaRefused:
    return MediaRefused(field, f"{field}: {found}; {allowed}", value=found, allowed=allowed)
