"""What of a model's row the Studio asks for: only the fields that it takes, with its ranges and defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from reelgate import limits
from reelgate.catalog import Catalog, Model
from reelgate.request import MediaKind, Mode, Role

INPUTS = {
    (Role.FIRST_FRAME, MediaKind.IMAGE): ("image", "First frame"),
    (Role.LAST_FRAME, MediaKind.IMAGE): ("last_image", "Last frame"),
    (Role.REFERENCE, MediaKind.IMAGE): ("images", "Reference pictures"),
    (Role.REFERENCE, MediaKind.VIDEO): ("videos", "Reference clips"),
    (Role.SOURCE, MediaKind.VIDEO): ("video", "Clip to edit"),
    (Role.FIRST_CLIP, MediaKind.VIDEO): ("first_clip", "Clip to go on from"),
    (Role.VOICE, MediaKind.AUDIO): ("audios", "Sounds"),
}
"""By what an input is for and its kind: the field's name in the house's bodies, and its word for people."""
LISTS = frozenset({"images", "videos", "audios"})
SHAPING = ("image", "last_image", "video", "first_clip")
"""Inputs that decide the ratio."""


class Input(msgspec.Struct, frozen=True):
    """A picture, clip or sound that a model takes: how many at most, and what may be chosen."""

    name: str
    word: str
    kind: str
    most: int


class Fields(msgspec.Struct, frozen=True):
    """The fields of one model."""

    model: str
    title: str
    needs_input: bool
    inputs: tuple[Input, ...]
    lengths: tuple[int, int, int]
    """The shortest, the longest and the usual length, in seconds."""
    resolutions: tuple[str, ...]
    resolution: str
    ratios: tuple[str, ...]
    ratio: str
    negative: bool
    seed_max: int
    prompt_max: int


def fields_of(model: Model) -> Fields:
    """Return the fields of a model."""
    mode = Mode.TEXT if Mode.TEXT in model.modes else next(iter(model.modes))
    rule = model.duration_in(mode)
    return Fields(
        model=model.id,
        title=model.title,
        needs_input=Mode.TEXT not in model.modes,
        inputs=inputs_of(model),
        lengths=(rule.min, rule.max, rule.default),
        resolutions=tuple(model.resolutions),
        resolution=model.default_resolution,
        ratios=tuple(ratio for ratio in model.ratios_in(mode) if ":" in ratio),
        ratio=model.ratio_in(mode),
        negative=bool(model.negative_prompt_max),
        seed_max=model.seed_max,
        prompt_max=model.prompt_max,
    )


def inputs_of(model: Model) -> tuple[Input, ...]:
    """Return what may come along in any mode of a model, in the order of `INPUTS`."""
    most: dict[str, int] = {}
    for rule in (rule for mode in model.modes.values() for rule in mode.media):
        if (rule.role, rule.kind) in INPUTS:
            name = INPUTS[rule.role, rule.kind][0]
            most[name] = max(most.get(name, 0), rule.max or limits.CONSOLE_INPUTS)
    found = ((name, word, kind) for (_, kind), (name, word) in INPUTS.items() if name in most)
    return tuple(Input(name, word, kind.value, most[name] if name in LISTS else 1) for name, word, kind in found)


def offered(catalog: Catalog) -> dict[str, Model]:
    """Return the models that the Studio can fill in, by id: all that people may name."""
    return {model.id: model for model in catalog}


def body_of(form: Mapping[str, str], fields: Fields, inputs: Mapping[str, Sequence[str]] = {}) -> dict[str, Any]:
    """Return the create that a form asks for, in the house dialect; a number that is none stays as it was typed."""
    body: dict[str, Any] = {"model": fields.model, "prompt": form.get("prompt", "")}
    for name in ("duration", "seed"):
        text = form.get(name, "").strip()
        if text:
            body[name] = int(text) if text.lstrip("-").isdecimal() and len(text) < 12 else text
    for name in ("resolution", "ratio", "negative_prompt"):
        if form.get(name, "").strip():
            body[name] = form[name].strip()
    if "audio" in form:
        body["audio"] = form["audio"] == "on"
    for name, given in inputs.items():
        if given:
            body[name] = list(given) if name in LISTS else given[0]
    if any(name in body for name in SHAPING):
        body.pop("ratio", None)  # the input decides it
    return body
