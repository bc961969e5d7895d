"""Reads the body of an OpenAI create: JSON, or a form whose every value is text; settings in several places."""

from __future__ import annotations

from typing import Any, Self

import msgspec

from reelgate.catalog import Model
from reelgate.dialects.fields import Fields
from reelgate.dialects.openai_sizes import sizes, tier_and_ratio
from reelgate.dialects.request_builder import Draft, media, media_list
from reelgate.errors import InvalidField, MediaRefused
from reelgate.request import Media, MediaKind, Mode, Role

_HOLDERS = ("extra_body", "extra_params", "metadata")
"""Where relays and engines take further settings, beside the body itself."""

_SETTINGS = {
    "negative_prompt": ("negative_prompt",),
    "duration": ("seconds", "duration"),
    "resolution": ("resolution",),
    "ratio": ("aspect_ratio", "ratio"),
    "seed": ("seed",),
    "audio": ("audio", "generate_audio", "generate_sound"),
    "keep_audio": ("keep_audio",),
    "music": ("music",),
    "watermark": ("watermark",),
    "prompt_extend": ("prompt_extend",),
    "return_last_frame": ("return_last_frame",),
    "web_search": ("web_search",),
    "camera_fixed": ("camera_fixed",),
}
"""The names of each setting; of several that are given the first one counts."""

_FIRST_FRAMES = {Mode.IMAGE, Mode.FRAMES}


class FormFields(Fields):
    """Takes values as a form writes them: "5" for 5, "true" for true, an object as its JSON text."""

    digit_strings = True
    word_booleans = True

    def value(self, key: str) -> Any:
        """Return what is there, None when absent; the JSON text of an object as the object, in a form of a list too."""
        found = self._opened(self._find(key)[1])
        if isinstance(found, str) and found.lstrip()[:1] == "{":
            try:
                return msgspec.json.decode(found)
            except (msgspec.DecodeError, RecursionError):
                return found
        return found

    def object(self, key: str) -> Self:
        """Return the object at `key`, an empty one when absent."""
        found = self.value(key)
        return self._within({} if found in (None, "") else found, self.path(key))

    def with_extras(self) -> Self:
        """Return this body laid over the objects that further settings may stand in."""
        whole = self
        for holder in _HOLDERS:
            whole = whole.over(self.object(holder))
        return whole


def named_by_id(body: dict[str, Any]) -> str:
    """Return the id of the finished video that `video` names as `{"id": …}`, "" where it holds anything else."""
    video = FormFields(body).value("video")
    if not isinstance(video, dict) or video.keys() != {"id"}:
        return ""
    return video["id"] if isinstance(video["id"], str) else ""


def read_settings(draft: Draft, fields: FormFields, model: Model, mode: Mode) -> None:
    """Read everything but prompt and inputs. A `size` decides over a resolution and a ratio beside it."""
    for attribute, names in _SETTINGS.items():
        given = _given(fields, names)
        draft.read(fields, **{attribute: (given or names)[0]})
        draft.ignore(fields.path(name) for name in given[1:])
    stated = fields.string("size")
    if not stated:
        return
    tier, ratio = tier_and_ratio(model, mode, stated) or _by_word(model, mode, stated)
    for attribute, meaning in (("resolution", tier), ("ratio", ratio)):
        if meaning:
            draft.put(attribute, meaning, fields.path("size"))
            draft.ignore(fields.path(name) for name in _given(fields, _SETTINGS[attribute])[:1])


def _given(fields: FormFields, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if fields.has(name)]


def _by_word(model: Model, mode: Mode, stated: str) -> tuple[str, str]:
    """Return the tier or the ratio that stands where a size should. Raises InvalidField."""
    word = stated.lower()
    if word in model.resolutions:
        return word, ""
    if word in model.ratios_in(mode):
        return "", word
    raise InvalidField.not_one_of("size", stated, sizes(model, mode))


def read_references(fields: FormFields, model: Model) -> tuple[Media, ...]:
    """Return `input_reference`: a file, an address or `{"image_url": …}`, or several; `input_references` likewise.

    One picture is the first frame where the model takes one, several are references; a model that edits takes a clip.
    """
    given = fields.value("input_reference")
    meant = _meant(model, many=isinstance(given, list) and len(given) > 1)
    return _read(fields, "input_reference", *meant) + _read(fields, "input_references", MediaKind.IMAGE, Role.REFERENCE)


def _read(fields: FormFields, key: str, kind: MediaKind, role: Role) -> tuple[Media, ...]:
    given = fields.value(key)
    if isinstance(given, dict):
        return _described(fields.object(key), kind, role)
    if isinstance(given, list) and any(isinstance(item, dict) for item in given):
        return tuple(one for item in fields.objects(key) for one in _described(item, kind, role))
    if isinstance(given, list):
        return media_list(fields, key, kind, role)
    return media(fields, key, kind, role)


def _meant(model: Model, *, many: bool) -> tuple[MediaKind, Role]:
    modes = model.modes.keys()
    if Mode.EDIT in modes and not modes & _FIRST_FRAMES:
        return MediaKind.VIDEO, Role.SOURCE
    if Mode.REFERENCE in modes and (many or not modes & _FIRST_FRAMES):
        return MediaKind.IMAGE, Role.REFERENCE
    return MediaKind.IMAGE, Role.FIRST_FRAME


def _described(item: FormFields, kind: MediaKind, role: Role) -> tuple[Media, ...]:
    if item.has("file_id"):
        field = item.path("file_id")
        allowed = "the file itself in a form, or image_url"
        raise MediaRefused(field, f"{field}: there is no file store here; send {allowed}", allowed=allowed)
    if isinstance(item.value("image_url"), dict):
        item = item.object("image_url")
        item.require("url", "the picture's address")
        return media(item, "url", kind, role)
    item.require("image_url", "the picture's address, or a data: URI")
    return media(item, "image_url", kind, role)
