"""Which fields of a create count at a model, by the inputs that are given: taken, ignored for a reason, or absent."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import StrEnum

import msgspec

from reelgate.catalog.model import Model
from reelgate.request import Mode, Role

_DECIDERS = (Role.SOURCE, Role.FIRST_CLIP, Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE)
"""The inputs that may decide a shape, the first of those that are there does."""


class FieldState(StrEnum):
    """How a field is treated."""

    TAKEN = "taken"
    IGNORED = "ignored"
    """It makes no difference: something else decides it."""
    ABSENT = "absent"
    """The model has no such field."""


class Decider(StrEnum):
    """What decides an ignored field."""

    SOURCE = "source"
    FIRST_CLIP = "first_clip"
    FIRST_FRAME = "first_frame"
    LAST_FRAME = "last_frame"
    REFERENCE = "reference"
    MODEL = "model"

    @property
    def reason(self) -> str:
        """Why the field is ignored, as text for people."""
        return _REASONS[self]


_REASONS = {
    Decider.SOURCE: "the clip to edit decides it",
    Decider.FIRST_CLIP: "the clip to extend decides it",
    Decider.FIRST_FRAME: "the first frame decides it",
    Decider.LAST_FRAME: "the last frame decides it",
    Decider.REFERENCE: "the first reference decides it",
    Decider.MODEL: "this model makes no other",
}


class FieldRule(msgspec.Struct, frozen=True):
    """What becomes of a field; what decides one that is ignored, and the value that it then has, where one is known."""

    state: FieldState
    decided_by: Decider | None = None
    value: str = ""


TAKEN, ABSENT = FieldRule(FieldState.TAKEN), FieldRule(FieldState.ABSENT)


def shape_decider(model: Model, mode: Mode, roles: AbstractSet[Role]) -> Role | None:
    """Return the input that shapes the video instead of the requested ratio, None if the ratio counts.

    A first frame that is given with references decides too.
    """
    rule = model.modes[mode]
    if mode is Mode.REFERENCE and Role.FIRST_FRAME in roles:
        return Role.FIRST_FRAME
    if rule.ratio == "used":
        return None
    wanted = roles or {media.role for media in rule.media if media.min} or {media.role for media in rule.media}
    return next((role for role in _DECIDERS if role in wanted), Role.FIRST_FRAME)


def fields_in(model: Model, mode: Mode, roles: AbstractSet[Role] = frozenset()) -> dict[str, FieldRule]:
    """Return what becomes of each of `FIELDS` in a mode of the model.

    `roles` are what the inputs that are given are for; where none are told, those count that the mode needs.
    """
    return {
        "prompt": TAKEN,
        "negative_prompt": TAKEN if model.negative_prompt_max else ABSENT,
        "duration": _length(model, mode),
        "resolution": _one_of(model.resolutions),
        "ratio": _ratio(model, mode, roles),
        "seed": TAKEN,
        "keep_audio": TAKEN if mode is Mode.EDIT else ABSENT,
    }


def _length(model: Model, mode: Mode) -> FieldRule:
    rule = model.duration_in(mode)
    if rule.from_source:
        return FieldRule(FieldState.IGNORED, Decider.SOURCE)
    return _one_of(tuple(map(str, rule.lengths)) or (str(rule.min), str(rule.max)) if not rule.auto else ())


def _ratio(model: Model, mode: Mode, roles: AbstractSet[Role]) -> FieldRule:
    decider = shape_decider(model, mode, roles)
    if decider is not None:
        return FieldRule(FieldState.IGNORED, Decider(decider))
    ratios = model.ratios_in(mode)
    if not ratios or all(":" not in ratio for ratio in ratios):  # `adaptive` alone
        pictures = [role for role in _DECIDERS if any(media.role is role for media in model.modes[mode].media)]
        return FieldRule(FieldState.IGNORED, Decider(pictures[0]) if pictures else Decider.MODEL)
    return _one_of(ratios)


def _one_of(values: tuple[str, ...]) -> FieldRule:
    """Return the rule of a field that has these values: one alone decides it."""
    alone = set(values)
    return FieldRule(FieldState.IGNORED, Decider.MODEL, alone.pop()) if len(alone) == 1 else TAKEN
