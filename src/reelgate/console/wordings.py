"""One request in the form of every API. Each form is read back by that API's own parser before it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from reelgate.catalog import Catalog, Model
from reelgate.catalog.rules import check, ratio_counts
from reelgate.catalog.shapes import size
from reelgate.catalog.taken import FieldState, fields_in
from reelgate.client.speakers import SellerCall, speaker
from reelgate.console.fields import INPUTS, LISTS
from reelgate.dialects import all_dialects, dialect_for_create
from reelgate.dialects.port import HOUSE, UNIVERSAL, Call, Operation
from reelgate.errors import ClientError
from reelgate.request import Media, VideoRequest
from reelgate.tasks.record import Task

Json = dict[str, Any]

TITLES = {
    HOUSE: "Reelgate",
    "openai": "OpenAI",
    UNIVERSAL: "new-api",
    "anyfast": "AnyFast",
    "uniall": "UniAll",
    "apiyi": "APIYI",
    "dashscope": "DashScope",
    "ark": "Ark",
    "vidu": "Vidu",
}
"""The APIs that a request can be shown in, and what people call them."""

OPENAI = "openai"
YOUR_FILE = "asset://your-file"
"""What stands for an input that was given as a file."""

_LONGEST_ADDRESS = 2000
_PLAIN = ("prompt", "negative_prompt", "duration", "resolution", "ratio", "seed")
_FLAGS = (
    "audio", "keep_audio", "music", "watermark", "prompt_extend", "return_last_frame", "web_search", "camera_fixed",
)  # fmt: skip
_EXTRAS = frozenset({"return_last_frame", "prompt_extend", "watermark", "music"})
"""What is left out, and named, where an API has no word for it; without anything else it is not the same request."""

_COMPARED = (*_PLAIN, *_FLAGS, "mode", "frames", "offpeak")


class Wording(msgspec.Struct, frozen=True):
    """A request as one API takes it, or why it can't be said there."""

    dialect: str
    path: str = ""
    headers: Mapping[str, str] = {}
    body: Json = {}
    fields: Json = {}
    """What our own client is given."""
    scheme: str = "Bearer"
    left_out: tuple[str, ...] = ()
    """Settings that the API has no word for."""
    why_not: str = ""
    """A note for people; `names` are the fields that it is about."""
    names: tuple[str, ...] = ()
    files: bool = False
    """`YOUR_FILE` stands for an input."""

    @property
    def title(self) -> str:
        """What people call the API."""
        return TITLES[self.dialect]


NOT_SOLD = "This API has no model of that name."
READ_OTHERWISE = "At its address the model is read in the words of"
REFUSED = "This API would refuse it"
UNSAID = "This API has no fields for"


def worded(dialect: str, request: VideoRequest, model: Model, catalog: Catalog) -> Wording:
    """Return a request in an API's words. Raises KeyError for an API that is not in `TITLES`."""
    if any((item.role, item.kind) not in INPUTS for item in request.media):
        return Wording(dialect, why_not=UNSAID, names=("inputs",))
    asked = replace(request, media=tuple(map(_shown, request.media)))
    files = any(item.url == YOUR_FILE for item in asked.media)
    fields = house_fields(asked, model)
    told = _said(dialect, fields, asked, model)
    reader = dialect_for_create(told.path, model.id, catalog)
    if dialect not in _OWN and catalog.find(model.id, dialect) is None:
        return Wording(dialect, why_not=NOT_SOLD)
    if reader.name != dialect:
        return Wording(dialect, why_not=READ_OTHERWISE, names=(TITLES.get(reader.name, reader.name),))
    missing: tuple[str, ...] = ()
    for _ in range(2):
        try:
            missing = _missing(told, asked, model, catalog)
        except ClientError as error:
            return Wording(dialect, why_not=REFUSED, names=(error.message,))
        if not missing:
            break
        fields |= {name: getattr(asked, name) for name in missing if name in (*_PLAIN, *_FLAGS)}
        told = _said(dialect, fields, asked, model)
    if set(missing) - _EXTRAS:
        return Wording(dialect, why_not=UNSAID, names=missing)
    known = speaker(dialect) if dialect not in _OWN else None
    return Wording(
        dialect, told.path, told.headers, told.body or {}, fields, known.scheme if known else "Bearer", missing,
        files=files,
    )  # fmt: skip


def of_task(task: Task, dialect: str, catalog: Catalog) -> Wording:
    """Return the request of a task in an API's words. Raises KeyError for an API that is not in `TITLES`."""
    asked = task.request.ordered
    model = catalog.find(asked.model, task.dialect) or catalog.find(asked.model)
    if model is None or asked.mode not in model.modes:
        return Wording(dialect, why_not=NOT_SOLD)
    return worded(dialect, asked, model, catalog)


def house_fields(request: VideoRequest, model: Model) -> Json:
    """Return the house's body for a request: what is not as it would be anyway, and nothing that is ignored."""
    rules = fields_in(model, request.mode, {item.role for item in request.media}) if request.mode in model.modes else {}
    usual = {"audio": model.audio_default, "watermark": model.watermark.default, "seed": -1, "negative_prompt": ""}
    if model.duration_in(request.mode).from_source:
        usual["duration"] = 0
    fields: Json = {"model": model.id}
    for name in (*_PLAIN, *_FLAGS):
        value = getattr(request, name)
        counts = name not in rules or rules[name].state is FieldState.TAKEN
        if counts and value != usual.get(name, False if name in _FLAGS else None):
            fields[name] = value
    for item in request.media:
        name = INPUTS[item.role, item.kind][0]
        fields[name] = [*fields.get(name, ()), item.url] if name in LISTS else item.url
    return fields


def _said(dialect: str, fields: Json, request: VideoRequest, model: Model) -> SellerCall:
    if dialect in _OWN:
        return _OWN[dialect](fields, request, model)
    known = speaker(dialect)
    if known is None:
        raise KeyError(dialect)
    return known.create(fields)


def _house(fields: Json, request: VideoRequest, model: Model) -> SellerCall:
    return SellerCall("/v1/tasks", fields)


def _universal(fields: Json, request: VideoRequest, model: Model) -> SellerCall:
    return SellerCall("/v1/video/generations", _renamed(fields, ratio="aspect_ratio", images="reference_image_urls"))


def _openai(fields: Json, request: VideoRequest, model: Model) -> SellerCall:
    """`seconds` and `size` as OpenAI's clients send them, next to fields that its API never had."""
    body = _renamed(fields, duration="seconds", images="reference_image_urls")
    if "seconds" in body:
        body["seconds"] = str(body["seconds"])
    if ":" in str(body.get("ratio", "")):
        width, height = size(model.shapes, body.pop("resolution", request.resolution), body.pop("ratio"))
        body["size"] = f"{width}x{height}"
    if "image" in body and "reference_image_urls" not in body and "last_image" not in body:
        body["input_reference"] = {"image_url": body.pop("image")}
    first = {name: body[name] for name in ("model", "prompt", "seconds", "size") if name in body}
    return SellerCall("/v1/videos", first | body)


_OWN: dict[str, Callable[[Json, VideoRequest, Model], SellerCall]] = {
    HOUSE: _house,
    UNIVERSAL: _universal,
    OPENAI: _openai,
}


def _renamed(fields: Json, **names: str) -> Json:
    return {names.get(name, name): value for name, value in fields.items()}


def _missing(told: SellerCall, asked: VideoRequest, model: Model, catalog: Catalog) -> tuple[str, ...]:
    """Return what an API's parser reads otherwise than it was asked for. Raises ClientError."""
    reader = dialect_for_create(told.path, model.id, catalog)
    headers = {"content-type": "application/json", **told.headers}
    parsed = reader.parse(Call(told.path, headers, msgspec.json.decode(msgspec.json.encode(told.body))), catalog)
    found = check(parsed.model, parsed.request, parsed.names)
    shaped = ratio_counts(model, asked)
    compared = [name for name in _COMPARED if shaped or name != "ratio"]
    differs = [name for name in compared if getattr(found, name) != getattr(asked, name)]
    inputs = [[(item.kind, item.role, item.url) for item in one.media] for one in (found, asked)]
    if sorted(inputs[0]) != sorted(inputs[1]):
        differs.append("inputs")
    return tuple(differs)


def _shown(item: Media) -> Media:
    by_address = item.url[:8].lower().startswith(("http://", "https://", "asset:/", "oss://"))
    kept = by_address and len(item.url) <= _LONGEST_ADDRESS
    return replace(item, url=item.url if kept else YOUR_FILE, blob="", facts=None)


def sayable() -> tuple[str, ...]:
    """Return the APIs of `TITLES` that are served here, in its order."""
    served = {one.name for one in all_dialects() if any(route.operation is Operation.CREATE for route in one.routes)}
    return tuple(name for name in TITLES if name in served)
