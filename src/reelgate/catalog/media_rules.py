"""The checks of an input that need its measurements: format, sides, shape, size, length, frame rate."""

from __future__ import annotations

from collections.abc import Iterator

from reelgate.catalog.model import MediaRule, Model
from reelgate.errors import MediaRefused
from reelgate.limits import MAX_EXTENDED_SECONDS
from reelgate.request import Facts, Media, MediaKind, Order, Role, Trait, VideoRequest

_MB = 1024 * 1024
_FRAMES = (Role.FIRST_FRAME, Role.LAST_FRAME)
_Finding = tuple[Trait, bool, str, str]
"""What it is about, whether it is refused, what was found, what is allowed."""
SLACK_SECONDS = 0.5
"""Of a clip that is extended: it may be half a second longer than its whole seconds."""

_SLACK = 0.05
"""Seconds, and frames a second: clips cut to 15 s measure a frame more or less, and 23.976 is called 24."""


def check_media(model: Model, request: VideoRequest, media: Media) -> None:
    """Raise MediaRefused for an input that the request's mode does not take; one without facts is left alone."""
    rule = model.modes[request.mode].rule_for(media.role, media.kind)
    if rule is None or media.facts is None:
        return
    if _is_extended(request, media):
        _check_extended(request, media, media.facts)
        return
    for trait, refused, found, allowed in _findings(rule, media.facts):
        if refused:
            raise _refused(media.field, found, allowed).about(trait)
    _check_ordered(request.order, media, media.facts)


def _is_extended(request: VideoRequest, media: Media) -> bool:
    """Whether an input is the clip to extend; the model gets only its tail."""
    order = request.order
    return order is not None and order.extends and not order.made and media.role is Role.FIRST_CLIP


def _check_extended(request: VideoRequest, media: Media, facts: Facts) -> None:
    new = request.order.seconds if request.order else 0
    if facts.seconds + new > MAX_EXTENDED_SECONDS + SLACK_SECONDS:
        found = f"{facts.seconds:.1f} s, with {new} new ones"
        raise _refused(media.field, found, f"at most {MAX_EXTENDED_SECONDS} s in all").about(Trait.LENGTH)


def _check_ordered(order: Order | None, media: Media, facts: Facts) -> None:
    """Raise MediaRefused, in the words that Sora's clients know, for a first frame that has not the ordered size."""
    if order is None or order.any_picture or media.role is not Role.FIRST_FRAME or not order.width:
        return
    if (facts.width, facts.height) != order.size:
        found, allowed = f"{facts.width}x{facts.height}", f"{order.width}x{order.height}, as in size"
        text = "Inpaint image must match the requested width and height"
        message = f"{text}: {media.field} is {found}; allowed: {allowed}"
        raise MediaRefused(media.field, message, value=found, allowed=allowed).about(Trait.SHAPE)


def check_totals(model: Model, request: VideoRequest) -> None:
    """Raise MediaRefused if inputs, as far as measured, don't go together.

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
                allowed = f"all of them together must be at most {rule.total_seconds:g} s long"
                raise _refused(item.field, found, allowed).about(Trait.LENGTH)


def _check_frames(model: Model, request: VideoRequest) -> None:
    most = model.modes[request.mode].frames_alike
    seen = [item for item in request.media if item.role in _FRAMES and item.facts]
    if not most or len(seen) != len(_FRAMES):
        return
    first, last = ((facts.width / facts.height) for item in seen if (facts := item.facts))
    if not 1 / most <= first / last <= most:
        found = f"width / height {first:.4g} and {last:.4g}"
        allowed = f"the two frames' shapes may differ by a factor of {most:g} at most"
        raise _refused(seen[1].field, found, allowed).about(Trait.SHAPE)


def _findings(rule: MediaRule, facts: Facts) -> Iterator[_Finding]:
    """Yield what is found at each limit that the rule sets."""
    if rule.formats:
        yield (
            Trait.FORMAT,
            facts.format not in rule.formats,
            facts.format,
            f"the format must be {_either(rule.formats)}",
        )
    if facts.kind is not MediaKind.AUDIO:
        yield from _of_shape(rule, facts)
    yield from _of_bytes(rule, facts)
    if facts.kind is not MediaKind.IMAGE:
        yield from _of_time(rule, facts)


def _of_shape(rule: MediaRule, facts: Facts) -> Iterator[_Finding]:
    width, height = facts.width, facts.height
    found, pixels, ratio = f"{width} x {height} px", width * height, width / height
    if rule.min_side:
        yield Trait.SIDES, min(width, height) < rule.min_side, found, f"each side must be at least {rule.min_side} px"
    if rule.max_side:
        yield Trait.SIDES, max(width, height) > rule.max_side, found, f"each side must be at most {rule.max_side} px"
    if rule.min_pixels:
        yield Trait.SIDES, pixels < rule.min_pixels, found, f"width x height must be at least {rule.min_pixels} px"
    if rule.max_pixels:
        yield Trait.SIDES, pixels > rule.max_pixels, found, f"width x height must be at most {rule.max_pixels} px"
    if rule.max_ratio:
        allowed = f"width / height must be from {rule.min_ratio:g} to {rule.max_ratio:g}"
        yield (
            Trait.SHAPE,
            not rule.min_ratio <= ratio <= rule.max_ratio,
            f"{found}, width / height {ratio:.4g}",
            allowed,
        )


def _of_bytes(rule: MediaRule, facts: Facts) -> Iterator[_Finding]:
    found = f"{facts.bytes / _MB:.2f} MB ({facts.bytes} bytes)"
    if rule.max_mb:
        yield Trait.BYTES, facts.bytes > rule.max_mb * _MB, found, f"the file must have at most {rule.max_mb} MB"
    if rule.below_mb:
        yield Trait.BYTES, facts.bytes >= rule.below_mb * _MB, found, f"the file must have less than {rule.below_mb} MB"


def _of_time(rule: MediaRule, facts: Facts) -> Iterator[_Finding]:
    seconds, long = facts.seconds, f"{facts.seconds:.2f} s"
    fps, rate = facts.fps, f"{facts.fps:.2f} fps"
    if rule.min_seconds:
        yield (
            Trait.LENGTH,
            seconds < rule.min_seconds - _SLACK,
            long,
            f"it must be at least {rule.min_seconds:g} s long",
        )
    if rule.max_seconds:
        yield Trait.LENGTH, seconds > rule.max_seconds + _SLACK, long, f"it must be at most {rule.max_seconds:g} s long"
    if rule.min_fps:
        yield Trait.RATE, fps < rule.min_fps - _SLACK, rate, f"it must have at least {rule.min_fps:g} fps"
    if rule.max_fps:
        yield Trait.RATE, fps > rule.max_fps + _SLACK, rate, f"it must have at most {rule.max_fps:g} fps"
    if rule.fps_above:
        yield Trait.RATE, fps <= rule.fps_above, rate, f"it must have more than {rule.fps_above:g} fps"


def _either(choices: tuple[str, ...]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def _refused(field: str, found: str, allowed: str) -> MediaRefused:
    return MediaRefused(field, f"{field}: {found}; {allowed}", value=found, allowed=allowed)
