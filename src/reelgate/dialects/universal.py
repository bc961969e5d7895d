"""new-api's universal shape, which its kin and OpenAI's clients send: one vocabulary for every model."""

from __future__ import annotations

import re
from typing import TypeVar

from reelgate.catalog import Model
from reelgate.dialects.dashscope_body import older, read_media, voices
from reelgate.dialects.fields import Fields, LooseFields
from reelgate.dialects.inputs import NAMES, mode_of, read_universal
from reelgate.dialects.openai_fields import read_references
from reelgate.dialects.port import Parsed
from reelgate.dialects.request_builder import Draft
from reelgate.dialects.seedance import read_content
from reelgate.dialects.sizes import asked, refuse_empty
from reelgate.errors import InvalidField, shown
from reelgate.request import FPS, Mode

_F = TypeVar("_F", bound=Fields)

_HOLDERS = ("extra_body", "extra_params", "metadata")
"""Where relays and engines take further settings, beside the body itself."""

_NATIVE = ("parameters", "input")
"""Objects of the vendor's own form, which new-api lays over it from `metadata`."""

_LENGTHS = ("seconds", "duration")
_TIERS = ("resolution",)
_RATIOS = ("aspect_ratio", "ratio")
_OTHERS = {
    "negative_prompt": ("negative_prompt",),
    "seed": ("seed",),
    "audio": ("audio", "generate_audio", "generate_sound"),
    "keep_audio": ("keep_audio",),
    "music": ("music", "bgm"),
    "watermark": ("watermark",),
    "prompt_extend": ("prompt_extend",),
    "return_last_frame": ("return_last_frame",),
    "web_search": ("web_search",),
    "camera_fixed": ("camera_fixed",),
}
"""The names of each setting; of several that are given the first one counts."""

_OPEN = frozenset({"", "adaptive", "auto"})
"""Shapes that leave it to what else is said."""

_NAME = re.compile(r"[.\[]")
_FRAMES = ("num_frames", "frames")
_RATES = ("fps", "frame_rate")
_OF_STANDINS = {"first_frame": "input_reference", "reference": "characters"}
"""The fields that a program of the API knows whose names stand-ins have."""


def parse_universal(body: LooseFields, model: Model, remixed_from: str = "") -> Parsed:
    """Read a create for any model: the inputs that are given decide the mode. Raises ClientError."""
    fields = layered(body)
    references = read_references(fields, model)
    metadata = body.object("metadata")
    content = read_content(metadata) if metadata.has("content") else None
    inputs = references + read_universal(fields, model) + (content.inputs if content else ())
    if isinstance(metadata.value("input"), dict):
        inner = metadata.object("input")
        inputs += read_media(inner, model) + voices(inner) + older(inner)
    mode = mode_of(inputs)
    draft = Draft(model)
    draft.name(
        **NAMES
        | (_OF_STANDINS if model.standin else {})
        | {item.role.value: _NAME.split(item.field)[0] for item in references}
    )
    if remixed_from:
        draft.put("remixed_from", remixed_from, "video.id")
    draft.read(fields, prompt="prompt")
    if content and content.prompt and not draft.states("prompt"):
        draft.put("prompt", content.prompt, content.field)
    read_settings(draft, fields, model, mode)
    return draft.parsed(mode, inputs, body)


def layered(fields: _F, *holders: str) -> _F:
    """Return a body laid over the objects that further settings can be in; `holders` come first."""
    whole = fields
    for holder in dict.fromkeys((*holders, *_HOLDERS)):
        if fields.lacks((holder,)):
            continue
        inner = fields.object(holder)
        whole = whole.over(inner, at_home=True)
        if holder == "metadata":
            for name in _NATIVE:
                whole = whole.over(inner.object(name), at_home=True) if isinstance(inner.value(name), dict) else whole
    return whole


def read_settings(draft: Draft, fields: Fields, model: Model, mode: Mode) -> None:
    """Read everything but prompt and inputs. Raises InvalidField."""
    read_length(draft, fields)
    for attribute, names in _OTHERS.items():
        _read_first(draft, fields, attribute, names)
    read_shape(draft, fields, model, mode)


def read_length(draft: Draft, fields: Fields, names: tuple[str, ...] = _LENGTHS) -> None:
    """Read the length under any of its names, in seconds or in frames. Raises InvalidField, also where they differ."""
    said = [one for name in names for one in fields.integers(name)]
    said += [one for name in _FRAMES for one in _in_seconds(fields, name)]
    if not said:
        draft.read(fields, duration=names[0])
        return
    _agree(said)
    draft.put("duration", said[0][1], said[0][0])
    draft.ignore(path for path, _ in said[1:])


def read_shape(
    draft: Draft,
    fields: Fields,
    model: Model,
    mode: Mode,
    *,
    tiers: tuple[str, ...] = _TIERS,
    ratios: tuple[str, ...] = _RATIOS,
) -> None:
    """Read tier and ratio, or a size, or a width and a height. Raises InvalidField if they differ."""
    sizes = (*fields.texts("size"), *_sides(fields))
    refuse_empty(model, mode, sizes)
    sized = [(path, text, asked(model, mode, text, path)) for path, text in sizes if text]
    for attribute, at, names in (("resolution", 0, tiers), ("ratio", 1, ratios)):
        meant = [(path, text, meaning[at]) for path, text, meaning in sized if meaning[at]]
        named = [(path, text, text.lower()) for name in names for path, text in fields.texts(name) if text not in _OPEN]
        _agree_on_shape(meant + named)
        for path, _, meaning in meant[:1]:
            draft.put(attribute, meaning, path)
            draft.ignore(other for other, _, _ in named)
        if not meant:
            _read_first(draft, fields, attribute, names)


def _read_first(draft: Draft, fields: Fields, attribute: str, names: tuple[str, ...]) -> None:
    """Read an attribute under the first of its names that is given; the others are reported as without effect."""
    given = [name for name in names if fields.has(name)]
    draft.read(fields, **{attribute: (given or names)[0]})
    draft.ignore(fields.path(name) for name in given[1:])


def _in_seconds(fields: Fields, name: str) -> tuple[tuple[str, int], ...]:
    """Return the whole seconds that a number of frames stands for, itself or with one frame more."""
    found = fields.integers(name)
    rate = next((rate for key in _RATES for _, rate in fields.integers(key) if rate > 0), FPS) if found else FPS
    for path, frames in found:
        if frames < rate or frames % rate > 1:
            raise InvalidField.out_of_range(path, frames, f"whole seconds at {rate} frames a second; or seconds")
    return tuple((path, frames // rate) for path, frames in found)


def _agree(said: list[tuple[str, int]]) -> None:
    """Raise InvalidField if one thing is said in two ways."""
    path, value = said[0]
    for other, number in said[1:]:
        if number != value:
            text = f"{other} says {number} s and {path} says {value} s: send one of them, or the same in both"
            raise InvalidField(other, text, value=number, allowed=str(value))


def _agree_on_shape(said: list[tuple[str, str, str]]) -> None:
    for other, text, meaning in said[1:]:
        path, first, wanted = said[0]
        if meaning != wanted:
            message = f"{other} is {shown(text)} and {path} is {shown(first)}: send one of them, or the same in both"
            raise InvalidField(other, message, value=text, allowed=wanted)


def _sides(fields: Fields) -> tuple[tuple[str, str], ...]:
    """Return `WxH` where the width and the height are given, with the name of the width; one alone stays unread."""
    if not (fields.holds("width") and fields.holds("height")):
        return ()
    return ((fields.path("width"), f"{fields.integer('width')}x{fields.integer('height')}"),)
