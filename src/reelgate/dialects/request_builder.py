"""Shared parts of the dialects' parsers: finding the model, reading inputs, building a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from reelgate.catalog import Catalog, Model
from reelgate.dialects import leftovers
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Parsed
from reelgate.errors import InvalidField, MediaRefused, UnknownModel
from reelgate.request import Media, MediaKind, Mode, Role, Trait, VideoRequest

_ADDRESSES = "an http:// or https:// address, a data: URI, or an asset's asset:// or oss:// name"
_SCHEMES = ("http://", "https://", "data:", "asset://", "oss://")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{60}")
_OPEN_SEED = -1

_READERS: dict[str, Callable[[Fields, str], Any]] = {
    "prompt": Fields.string,
    "negative_prompt": Fields.string,
    "resolution": Fields.string,
    "ratio": Fields.string,
    "duration": Fields.integer,
    "seed": Fields.integer,
    "audio": Fields.boolean,
    "keep_audio": Fields.boolean,
    "music": Fields.boolean,
    "watermark": Fields.boolean,
    "prompt_extend": Fields.boolean,
    "return_last_frame": Fields.boolean,
    "web_search": Fields.boolean,
    "camera_fixed": Fields.boolean,
}
"""How each attribute of a VideoRequest is read, whatever a dialect calls it."""


def find_model(fields: Fields, catalog: Catalog, *dialects: str) -> Model:
    """Return the row of the model that the field `model` names. Raises InvalidField or UnknownModel."""
    fields.require("model", "a model id; GET /v1/models lists them")
    name = fields.string("model")
    model = catalog.find(name, *dialects)
    if model is None:
        elsewhere = catalog.find(name)
        raise UnknownModel(name, elsewhere.dialect if elsewhere else "")
    return model


def media(fields: Fields, key: str, kind: MediaKind, role: Role) -> tuple[Media, ...]:
    """Return the input whose address is the string at `key`, none when absent. Raises InvalidField for an empty one."""
    url = fields.string(key)
    if not url and fields.has(key):
        raise _empty(fields.path(key), kind)
    return (an_input(fields.path(key), url, kind, role),) if url else ()


def media_list(
    fields: Fields, key: str, kind: MediaKind, role: Role, *, may_be_empty: bool = False
) -> tuple[Media, ...]:
    """Return the inputs whose addresses are the array of strings at `key`, none when absent.

    Raises InvalidField for an empty array, unless the call says elsewhere what it wants.
    """
    urls = fields.strings(key)
    if not urls and fields.has(key) and not may_be_empty:
        raise _empty(fields.path(key), kind)
    return tuple(an_input(f"{fields.path(key)}[{at}]", url, kind, role) for at, url in enumerate(urls))


def an_input(field: str, url: str, kind: MediaKind, role: Role) -> Media:
    """Return an input by its address, or by itself in Base64. Raises MediaRefused for any other text."""
    if url[:16].lower().startswith(_SCHEMES):
        return Media(kind=kind, role=role, field=field, url=url)
    if _BASE64.match(url):
        return Media(kind=kind, role=role, field=field, url=f"data:;base64,{url}")
    refused = MediaRefused(field, f"{field} must be {_ADDRESSES}", value=url, allowed=_ADDRESSES)
    raise refused.about(Trait.ADDRESS)


def _empty(field: str, kind: MediaKind) -> InvalidField:
    what = {MediaKind.IMAGE: "picture", MediaKind.VIDEO: "clip", MediaKind.AUDIO: "sound"}[kind]
    return InvalidField.missing(field, f"it is empty; send the {what}'s address, or leave {field} out")


class Draft:
    """A VideoRequest in the making: what the client stated, and the client's name for each attribute."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._stated: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._ignored: tuple[str, ...] = ()

    def read(self, fields: Fields, **keys: str) -> None:
        """Read attributes from `fields`: `ratio="aspect_ratio"` reads `ratio` from the field `aspect_ratio`."""
        for attribute, key in keys.items():
            self._names[attribute] = fields.path(key)
            value = _READERS[attribute](fields, key)
            if value == "" and attribute == "resolution" and len(self._model.resolutions) > 1:
                if fields.has(key):  # else the dearer tier is made of an empty text
                    raise InvalidField.not_one_of(fields.path(key), value, self._model.resolutions)
            elif value not in (None, ""):
                self._stated[attribute] = value
        if not 0 <= self._stated.get("seed", 0) <= self._model.seed_max:  # the record's -1 must not come from outside
            allowed = f"a whole number from 0 to {self._model.seed_max}"
            raise InvalidField.out_of_range(self._names["seed"], self._stated["seed"], allowed)

    def put(self, attribute: str, value: Any, field: str) -> None:
        """State an attribute that the dialect worked out from the client's `field`."""
        self._stated[attribute] = value
        self._names[attribute] = field

    def name(self, **fields: str) -> None:
        """Say what the client calls attributes, or inputs of a role (`first_frame="image"`), that were not read."""
        self._names |= fields

    def ignore(self, fields: Iterable[str]) -> None:
        """Report fields of the client's that were understood and have no effect."""
        self._ignored += tuple(fields)

    def states(self, attribute: str) -> bool:
        """Whether the client has said something of an attribute."""
        return attribute in self._stated

    def stated(self, attribute: str) -> Any:
        """Return the client's value of an attribute, None if it gave none."""
        return self._stated.get(attribute)

    def parsed(self, mode: Mode, inputs: Iterable[Media], fields: Fields) -> Parsed:
        """Return the parsed call, with the model's defaults for what the client left open.

        `fields` is the whole body: a field that no parser has read by now is unknown, and is refused if it would have
        changed the video. Raises InvalidField.
        """
        values: dict[str, Any] = {
            "prompt": "",
            "resolution": self._model.default_resolution,
            "ratio": self._model.ratio_in(mode),
            "duration": self._model.duration_in(mode).default,
            "seed": _OPEN_SEED,
            "audio": self._model.audio_default,
            "watermark": self._model.watermark.default,
        } | self._stated
        if values["resolution"].lower() in self._model.resolutions:  # any case is taken; a refusal shows what was sent
            values["resolution"] = values["resolution"].lower()
        request = VideoRequest(model=self._model.id, mode=mode, media=tuple(inputs), ignored=self._ignored, **values)
        unread = dict(fields.unread())
        leftovers.refuse(unread, self._model, request, self._names)
        return Parsed(self._model, request, self._names, tuple(unread))
