"""The fields of a model in the Studio: those that count with the given inputs, with ranges and defaults."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from reelgate import limits
from reelgate.catalog import Catalog, Model
from reelgate.catalog.taken import ABSENT, FieldRule, FieldState, fields_in
from reelgate.dialects.inputs import mode_for
from reelgate.request import MediaKind, Mode, Role

INPUTS = {
    (Role.FIRST_FRAME, MediaKind.IMAGE): ("image", "First frame"),
    (Role.LAST_FRAME, MediaKind.IMAGE): ("last_image", "Last frame"),
    (Role.REFERENCE, MediaKind.IMAGE): ("images", "Reference pictures"),
    (Role.REFERENCE, MediaKind.VIDEO): ("videos", "Reference clips"),
    (Role.SOURCE, MediaKind.VIDEO): ("video", "Clip to edit"),
    (Role.FIRST_CLIP, MediaKind.VIDEO): ("first_clip", "Clip to extend"),
    (Role.VOICE, MediaKind.AUDIO): ("audios", "Sounds"),
}
"""By what an input is for and its kind: the field's name in the house's bodies, and its word for people."""
LISTS = frozenset({"images", "videos", "audios"})
_ROLES = {name: role for (role, _), (name, _) in INPUTS.items()}


class ModelInput(msgspec.Struct, frozen=True):
    """A picture, clip or sound that a model takes: how many at most, and what may be chosen."""

    name: str
    word: str
    kind: str
    most: int


class ModelFields(msgspec.Struct, frozen=True):
    """The fields of one model with certain inputs."""

    model: str
    title: str
    mode: Mode
    needs_input: bool
    inputs: tuple[ModelInput, ...]
    rules: Mapping[str, FieldRule]
    lengths: tuple[int, int, int]
    """The shortest, the longest and the usual length, in seconds; -1 is usual where the maker chooses."""
    resolutions: tuple[str, ...]
    resolution: str
    ratios: tuple[str, ...]
    ratio: str
    seed_max: int
    prompt_max: int

    def rule(self, name: str) -> FieldRule:
        """Return how a field is treated."""
        return self.rules.get(name, ABSENT)


def fields_of(model: Model, given: Collection[str] = ()) -> ModelFields:
    """Return the fields of a model; `given` names the inputs of the call, as `INPUTS` does."""
    inputs = inputs_of(model)
    taken = {one.name for one in inputs} & set(given)
    roles = {_ROLES[name] for name in taken}
    mode = mode_for(roles)
    if mode not in model.modes:  # not yet possible, or not at all, which the preview says
        mode, roles = next(iter(model.modes)), set()
    rule = model.duration_in(mode)
    most = rule.with_video_max if rule.with_video_max and "videos" in taken else rule.max
    return ModelFields(
        model=model.id,
        title=model.title,
        mode=mode,
        needs_input=Mode.TEXT not in model.modes,
        inputs=inputs,
        rules=fields_in(model, mode, roles),
        lengths=(rule.min, most, rule.default),
        resolutions=tuple(model.resolutions),
        resolution=model.default_resolution,
        ratios=model.ratios_in(mode),
        ratio=model.ratio_in(mode),
        seed_max=model.seed_max,
        prompt_max=model.prompt_max,
    )


def inputs_of(model: Model) -> tuple[ModelInput, ...]:
    """Return what may be given in any mode of a model, in the order of `INPUTS`."""
    most: dict[str, int] = {}
    for rule in (rule for mode in model.modes.values() for rule in mode.media):
        if (rule.role, rule.kind) in INPUTS:
            name = INPUTS[rule.role, rule.kind][0]
            most[name] = max(most.get(name, 0), rule.max or limits.CONSOLE_INPUTS)
    found = ((name, word, kind) for (_, kind), (name, word) in INPUTS.items() if name in most)
    return tuple(ModelInput(name, word, kind.value, most[name] if name in LISTS else 1) for name, word, kind in found)


def offered(catalog: Catalog) -> dict[str, Model]:
    """Return the models that the Studio can fill in, by id: all that people may name."""
    return {model.id: model for model in catalog}


def body_of(form: Mapping[str, str], fields: ModelFields, inputs: Mapping[str, Sequence[str]] = {}) -> dict[str, Any]:
    """Return the create that a form asks for, in the house dialect.

    A text that is not a number stays as it was typed. Fields that these inputs make ineffective are left out.
    """
    counts = {name for name in fields.rules if fields.rule(name).state is FieldState.TAKEN}
    body: dict[str, Any] = {"model": fields.model, "prompt": form.get("prompt", ""), "return_last_frame": True}
    for name in ("duration", "seed"):
        text = form.get(name, "").strip()
        if text and name in counts:
            body[name] = int(text) if text.removeprefix("-").isdecimal() and len(text) < 12 else text
    for name in ("resolution", "ratio", "negative_prompt"):
        if form.get(name, "").strip() and name in counts:
            body[name] = form[name].strip()
    if "keep_audio" in form and "keep_audio" in counts:
        body["keep_audio"] = form["keep_audio"] == "on"
    for name, given in inputs.items():
        if given:
            body[name] = list(given) if name in LISTS else given[0]
    return body
