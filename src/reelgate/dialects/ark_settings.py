"""The settings of a create at Ark, next to its content. Each version of Seedance takes some of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace

from reelgate.catalog import Model
from reelgate.dialects.callbacks import read_callback
from reelgate.dialects.fields import Fields
from reelgate.dialects.request_builder import Draft
from reelgate.dialects.seedance import Content
from reelgate.errors import InvalidField, MissingField
from reelgate.request import AUTO_DURATION, Media, MediaKind, Mode, Role

_EXPIRY = (3600, 259_200)
_FRAMES = (29, 289)
_FRAME_STEP = (25, 4)
_FPS = 24
_MOST_PRIORITY = 9
_LONGEST_IDENTIFIER = 64
_TIERS = ("default", "flex")
_DRAFT_TIER = "480p"


class _Option(NamedTuple):
    """A setting that not every model takes: how it is read, and the value that asks for nothing."""

    read: Callable[[Fields, str], Any]
    neutral: Any


_OPTIONS = {
    "generate_audio": _Option(Fields.boolean, neutral=False),
    "camera_fixed": _Option(Fields.boolean, neutral=False),
    "draft": _Option(Fields.boolean, neutral=False),
    "frames": _Option(Fields.integer, neutral=None),
    "priority": _Option(Fields.integer, neutral=0),
    "tools": _Option(Fields.has, neutral=False),
    "output_format": _Option(Fields.string, neutral="mp4"),
    "omni_reference_task_type": _Option(Fields.string, neutral="auto"),
}

_TASKS = {"edit": (Mode.EDIT, Role.SOURCE), "extend": (Mode.EXTEND, Role.FIRST_CLIP)}
"""What 2.5 does with the first clip if the request says so."""


def check_options(fields: Fields, model: Model) -> None:
    """Raise InvalidField for a setting that the model does not take, unless it asks for nothing."""
    for name, option in _OPTIONS.items():
        value = option.read(fields, name)
        if name not in model.options and value not in (None, "", option.neutral):
            raise InvalidField(fields.path(name), f"{name} is not supported by {model.id}", value=value)
    tier = fields.choice("service_tier", _TIERS)
    if not tier and fields.has("service_tier"):  # the dearer one would be made of an empty text
        raise InvalidField.not_one_of(fields.path("service_tier"), tier, _TIERS)
    if tier == "flex" and "flex" not in model.options:
        text = f"service_tier flex is not supported by {model.id}; allowed: default"
        raise InvalidField(fields.path("service_tier"), text, value=tier, allowed="default")


def read_own(draft: Draft, fields: Fields, model: Model) -> None:
    """Read what Ark alone takes. Raises InvalidField."""
    if (seconds := _within(fields, "execution_expires_after", *_EXPIRY)) is not None:
        draft.put("expires_after", seconds, "execution_expires_after")
    if fields.string("service_tier") == "flex":
        draft.put("offpeak", value=True, field="service_tier")
    identifier = fields.string("safety_identifier")
    if len(identifier) > _LONGEST_IDENTIFIER:
        raise InvalidField.out_of_range(
            "safety_identifier", identifier, f"a text of at most {_LONGEST_IDENTIFIER} characters"
        )
    draft.put("client_ref", identifier, "safety_identifier")
    if fields.choice("output_format", ("mp4", "mov")) == "mov":
        raise InvalidField.out_of_range("output_format", "mov", "mp4, which is all that is made here")
    _read_frames(draft, fields, model)
    _read_draft(draft, fields)
    if _within(fields, "priority", 0, _MOST_PRIORITY) is not None:
        draft.ignore(["priority"])
    read_callback(draft, fields)


def task_of(fields: Fields, content: Content) -> tuple[Mode, tuple[Media, ...]]:
    """Return mode and inputs; an edit or an extension begins with the first clip that is given."""
    kind = fields.choice("omni_reference_task_type", ("auto", "reference", *_TASKS))
    if kind not in _TASKS:
        return content.mode, content.inputs
    mode, role = _TASKS[kind]
    clip = next((item for item in content.inputs if item.kind is MediaKind.VIDEO), None)
    if clip is None:
        raise MissingField("content", f"content must hold the reference_video to {kind}", allowed="a reference_video")
    if mode is Mode.EDIT and fields.integer("duration") not in (None, AUTO_DURATION):
        raise InvalidField.out_of_range("duration", fields.integer("duration"), f"{AUTO_DURATION} for an edit")
    inputs = tuple(replace(item, role=role) if item is clip else item for item in content.inputs)
    return mode, inputs


def check_camera(fields: Fields, mode: Mode) -> None:
    """Raise InvalidField for a fixed camera beside reference pictures."""
    if fields.boolean("camera_fixed") and mode is Mode.REFERENCE:
        text = "camera_fixed is not supported with reference images"
        raise InvalidField("camera_fixed", text, value=True, allowed="false")


def _read_frames(draft: Draft, fields: Fields, model: Model) -> None:
    """Read the exact length; what is billed are its seconds, as far as the model's range goes."""
    frames = fields.integer("frames")
    if frames is None:
        return
    (least, most), (offset, step) = _FRAMES, _FRAME_STEP
    if not least <= frames <= most or (frames - offset) % step:
        raise InvalidField.out_of_range("frames", frames, f"{least} to {most} of the form {offset} + {step}n")
    seconds = -(-frames // _FPS)
    draft.put("frames", frames, "frames")
    draft.put("duration", min(max(seconds, model.duration.min), model.duration.max), "frames")


def _read_draft(draft: Draft, fields: Fields) -> None:
    if not fields.boolean("draft"):
        return
    clashes = {
        "resolution": fields.string("resolution").lower() not in ("", _DRAFT_TIER),
        "return_last_frame": fields.boolean("return_last_frame"),
        "service_tier": fields.string("service_tier") == "flex",
    }
    for name, clashing in clashes.items():
        if clashing:
            allowed = _DRAFT_TIER if name == "resolution" else "its default"
            raise InvalidField(name, f"{name}: a draft allows {allowed} only", allowed=allowed)
    draft.put("draft", value=True, field="draft")
    draft.put("resolution", _DRAFT_TIER, "draft")


def _within(fields: Fields, name: str, low: int, high: int) -> int | None:
    value = fields.integer(name)
    if value is not None and not low <= value <= high:
        raise InvalidField.out_of_range(fields.path(name), value, f"a whole number from {low} to {high}")
    return value
