"""The checks of a request that need no file: mode, counts of inputs, texts, ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from reelgate.catalog.model import MediaRule, Model, ModeRule
from reelgate.catalog.taken import shape_decider
from reelgate.errors import InvalidField, ItemCount
from reelgate.limits import MAX_PROMPT_CHARS
from reelgate.request import AUTO_DURATION, Media, MediaKind, Mode, Role, VideoRequest

Names = Mapping[str, str]


def check(model: Model, request: VideoRequest, names: Names) -> VideoRequest:
    """Return the request, with what has no effect in its mode set back to its neutral value and named in `ignored`.

    `names` gives the client's own names for attributes of the request, and for inputs by role (`first_frame`) or, for
    all of them, by `media`. Raises InvalidField with the client's name, the value and what is allowed.
    """
    mode = _mode(model, request, names)
    _check_inputs(model, mode, request, names)
    _check_texts(model, mode, request, names)
    if request.resolution not in model.resolutions:
        raise InvalidField.not_one_of(_name(names, "resolution"), request.resolution, model.resolutions)
    ratios = model.ratios_in(request.mode)
    if ratios and request.ratio not in ratios:
        raise InvalidField.not_one_of(_name(names, "ratio"), request.ratio, ratios)
    _check_duration(model, request, names)
    if request.offpeak and not model.sold_offpeak(request.mode):
        field = _name(names, "offpeak")
        raise InvalidField(field, f"{field}: {model.id} is not sold off-peak", value=True, allowed="false")
    if not -1 <= request.seed <= model.seed_max:
        raise InvalidField.out_of_range(_name(names, "seed"), request.seed, f"whole numbers from 0 to {model.seed_max}")
    return _settled(model, request, names)


def ratio_counts(model: Model, request: VideoRequest) -> bool:
    """Tell whether the requested ratio shapes the video; else an input does."""
    return shape_decider(model, request.mode, {item.role for item in request.media}) is None


def _mode(model: Model, request: VideoRequest, names: Names) -> ModeRule:
    mode = model.modes.get(request.mode)
    if mode is not None:
        return mode
    for item in request.media:
        if not any(rule.rule_for(item.role, item.kind) for rule in model.modes.values()):
            raise _not_taken(model, item)
    _check_inputs(model, next(iter(model.modes.values())), request, names)
    raise InvalidField.not_one_of(_name(names, "mode"), request.mode, tuple(model.modes))


def _check_inputs(model: Model, mode: ModeRule, request: VideoRequest, names: Names) -> None:
    for item in request.media:
        if mode.rule_for(item.role, item.kind) is None:
            raise _not_taken(model, item)
    for rule in mode.media:
        given = request.of(rule.role, rule.kind)
        if len(given) < rule.min:
            raise _too_few(names, rule.role, f"{_count(rule)} {_noun(rule)}{'s' if rule.max > 1 else ''}")
        if len(given) > rule.max:
            raise _too_many(given, rule.max, _count(rule), _noun(rule))
    _check_references(mode, request, names)


def _check_references(mode: ModeRule, request: VideoRequest, names: Names) -> None:
    references = tuple(item for item in request.of(Role.REFERENCE) if item.kind is not MediaKind.AUDIO)
    if len(references) < mode.min_references:
        raise _too_few(names, Role.REFERENCE, f"at least {mode.min_references} reference image or video")
    if mode.max_references and len(references) > mode.max_references:
        most = mode.max_references
        raise _too_many(references, most, f"at most {most} in all", "reference input")


def _check_texts(model: Model, mode: ModeRule, request: VideoRequest, names: Names) -> None:
    most = model.prompt_max or MAX_PROMPT_CHARS
    if mode.prompt == "required" and not request.prompt.strip():
        raise InvalidField.missing(_name(names, "prompt"), f"a text of 1 to {most} characters")
    _check_length(_name(names, "prompt"), request.prompt, most)
    if model.negative_prompt_max:
        _check_length(_name(names, "negative_prompt"), request.negative_prompt, model.negative_prompt_max)


def _check_length(field: str, text: str, most: int) -> None:
    if len(text) > most:
        allowed = f"at most {most}"
        raise InvalidField(
            field, f"{field} has {len(text)} characters; allowed: {allowed}", value=text, allowed=allowed
        )


def _check_duration(model: Model, request: VideoRequest, names: Names) -> None:
    rule, seconds = model.duration_in(request.mode), request.duration
    if seconds == AUTO_DURATION and rule.auto:
        return
    if seconds == 0 and rule.from_source:
        return
    most = rule.max
    if rule.with_video_max is not None and request.of(Role.REFERENCE, MediaKind.VIDEO):
        most = rule.with_video_max
    if not (rule.takes(seconds) and seconds <= most):
        allowed = f"whole seconds from {rule.min} to {most}"
        if rule.lengths:
            allowed = ", ".join(str(length) for length in rule.lengths if length <= most) + " seconds"
        allowed += " with a reference video" if most != rule.max else ""
        allowed += f", or {AUTO_DURATION}" if rule.auto else ""
        raise InvalidField.out_of_range(_name(names, "duration"), seconds, allowed)


def _settled(model: Model, request: VideoRequest, names: Names) -> VideoRequest:
    neutral: dict[str, Any] = {}
    if not ratio_counts(model, request):
        neutral["ratio"] = model.ratio_in(request.mode)
    if not model.negative_prompt_max:
        neutral["negative_prompt"] = ""
    if request.mode is not Mode.TEXT:
        neutral["web_search"] = False
    if request.mode is not Mode.EDIT:
        neutral["keep_audio"] = False
    changed = {attribute: value for attribute, value in neutral.items() if getattr(request, attribute) != value}
    ignored = tuple(_name(names, attribute) for attribute in changed)
    return replace(request, **changed, ignored=request.ignored + ignored)


def combinations(model: Model) -> str:
    """Return in words what inputs a model takes, mode by mode."""
    return ", or ".join(" + ".join(_noun(rule) for rule in mode.media) or "text" for mode in model.modes.values())


def _not_taken(model: Model, item: Media) -> InvalidField:
    allowed = combinations(model)
    given = "sound" if item.role is Role.VOICE else f"{item.role.replace('_', ' ')} {item.kind}"
    return InvalidField(
        item.field,
        f"{item.field}: {model.id} takes no {given} in this combination; allowed: {allowed}",
        value=given,
        allowed=allowed,
    )


def _too_few(names: Names, role: Role, wanted: str) -> InvalidField:
    """Build the refusal for an input that is missing: as a field of its own, or in the list that holds all inputs."""
    if role in names or "media" not in names:
        return InvalidField.missing(_name(names, role), wanted)
    return ItemCount(names["media"], f"{names['media']} must hold {wanted}", allowed=wanted)


def _too_many(given: tuple[Media, ...], most: int, allowed: str, noun: str) -> InvalidField:
    field = given[most].field
    return ItemCount(
        field, f"{field}: {len(given)} {noun}s are given; allowed: {allowed}", value=len(given), allowed=allowed
    )


def _name(names: Names, attribute: str) -> str:
    return names.get(attribute, attribute)


def _noun(rule: MediaRule) -> str:
    return "sound" if rule.role is Role.VOICE else f"{rule.role.replace('_', ' ')} {rule.kind}"


def _count(rule: MediaRule) -> str:
    if rule.min == rule.max:
        return f"exactly {rule.max}"
    return f"{rule.min} to {rule.max}" if rule.min else f"at most {rule.max}"
