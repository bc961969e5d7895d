"""DashScope's create call: `model`, `input`, `parameters`, for Wan, HappyHorse and the Vidu models that it hosts."""

from __future__ import annotations

import math
import re

from reelgate.catalog import Catalog, Model
from reelgate.catalog.shapes import size
from reelgate.dialects.dashscope_body import mode_of, read_media, type_of
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Parsed
from reelgate.dialects.request_builder import Draft, find_model, media
from reelgate.errors import InvalidField
from reelgate.request import Media, MediaKind, Mode, Role

_VIDU = "vidu"

_SETTINGS = ("ratio", "duration", "prompt_extend", "audio", "watermark", "seed")
_NOT_TAKEN = {"wan": ("audio",), "happyhorse": ("prompt_extend", "audio"), _VIDU: ("ratio", "prompt_extend")}
"""Settings without effect on a family's models; a ratio that an input decides is the catalog's to find."""

_OLDER = (
    ("img_url", MediaKind.IMAGE, Role.FIRST_FRAME),
    ("first_frame_url", MediaKind.IMAGE, Role.FIRST_FRAME),
    ("last_frame_url", MediaKind.IMAGE, Role.LAST_FRAME),
    ("audio_url", MediaKind.AUDIO, Role.VOICE),
)
"""Inputs as fields of their own. The vendor's client still writes them, a sound for a text always so."""

_SIZE = re.compile("([1-9][0-9]{1,4})[*xX]([1-9][0-9]{1,4})")
_NEAR = math.log(1.1)  # how far a side may be from what is made


def parse(fields: Fields, catalog: Catalog, dialect: str) -> Parsed:
    """Read a create body. Raises ClientError."""
    model = find_model(fields, catalog, dialect)
    draft = Draft(model)
    inner, options = fields.object("input"), fields.object("parameters")
    draft.ignore(inner.path(key) for key in ("extend_prompt", "function") if inner.has(key))  # every call of the client
    _read_texts(draft, inner, model)
    _read_settings(draft, options, model)
    draft.name(media="input.media")
    inputs = _inputs(inner, model)
    return draft.parsed(mode_of(model, inputs), inputs, fields)


def _read_texts(draft: Draft, inner: Fields, model: Model) -> None:
    """Read prompts; what is beyond a model's limit is cut off, as the vendor does, and named as ignored."""
    for key, most in (("prompt", model.prompt_max), ("negative_prompt", model.negative_prompt_max)):
        draft.read(inner, **{key: key})
        text = inner.string(key)
        if 0 < most < len(text):
            draft.put(key, text[:most], inner.path(key))
            draft.ignore((f"{inner.path(key)}[{most}:]",))


def _read_settings(draft: Draft, options: Fields, model: Model) -> None:
    _read_resolution(draft, options, model)
    unused = _unused(model)
    draft.ignore(options.path(key) for key in unused if options.has(key))
    if "prompt_extend" not in unused:
        draft.put("prompt_extend", value=True, field=options.path("prompt_extend"))
    draft.read(options, **{key: key for key in _SETTINGS if key not in unused})
    if Mode.EDIT in model.modes and (setting := options.choice("audio_setting", ("auto", "origin"))):
        draft.put("keep_audio", setting == "origin", options.path("audio_setting"))
    if model.family == _VIDU and model.ratios:
        _read_size(draft, options, model)


def _unused(model: Model) -> tuple[str, ...]:
    unused = _NOT_TAKEN.get(model.family, ())
    if model.family == "happyhorse" and model.duration.from_source:
        return (*unused, "duration")
    return unused if model.ratios or model.family != _VIDU else (*unused, "size")


def _read_resolution(draft: Draft, options: Fields, model: Model) -> None:
    """Read the tier, which is written in capitals here."""
    draft.read(options, resolution="resolution")
    tier = options.string("resolution")
    if tier and tier.lower() not in model.resolutions:
        raise InvalidField.not_one_of(options.path("resolution"), tier, [t.upper() for t in model.resolutions])


def _read_size(draft: Draft, options: Fields, model: Model) -> None:
    """Read `size`, which goes before the tier: the tier and ratio that come nearest to it. Raises InvalidField."""
    text, field = options.string("size"), options.path("size")
    if not text:
        return
    made = {(t, r): size(model.shapes, t, r) for t in model.resolutions for r in model.ratios}
    asked = _SIZE.fullmatch(text)
    sides = (int(asked[1]), int(asked[2])) if asked else (1, 1)
    tier, ratio = min(made, key=lambda key: _distance(made[key], sides))
    if _distance(made[tier, ratio], sides) > _NEAR:
        raise InvalidField.not_one_of(field, text, [f"{width}*{height}" for width, height in made.values()])
    draft.put("resolution", tier, field)
    draft.put("ratio", ratio, field)


def _distance(made: tuple[int, int], asked: tuple[int, int]) -> float:
    return max(abs(math.log(one / other)) for one, other in zip(made, asked, strict=True))


def _inputs(inner: Fields, model: Model) -> tuple[Media, ...]:
    listed = _hosted_media(inner, model) if model.family == _VIDU else read_media(inner, model)
    older = tuple(item for key, kind, role in _OLDER for item in media(inner, key, kind, role))
    voice = media(inner, "reference_voice", MediaKind.AUDIO, Role.VOICE)
    first = next((at for at, item in enumerate(listed, 1) if item.role is Role.REFERENCE), len(listed))
    return (*listed[:first], *voice, *listed[first:], *older)  # a voice stands behind the reference that it belongs to


def _hosted_media(inner: Fields, model: Model) -> tuple[Media, ...]:
    """Return the inputs of a hosted Vidu model, whose items say only what they are; their order says what for."""
    kinds = {rule.kind for mode in model.modes.values() for rule in mode.media}
    taken = tuple(kind.value for kind in MediaKind if kind in kinds)
    found: list[Media] = []
    for item in inner.objects("media"):
        kind = MediaKind(type_of(item, taken, model))
        found += media(item, "url", kind, _hosted_role(model, is_first=not found))
    return tuple(found)


def _hosted_role(model: Model, *, is_first: bool) -> Role:
    if Mode.REFERENCE in model.modes:
        return Role.REFERENCE
    return Role.FIRST_FRAME if is_first or Mode.FRAMES not in model.modes else Role.LAST_FRAME
