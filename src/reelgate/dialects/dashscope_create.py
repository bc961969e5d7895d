"""DashScope's create call: `model`, `input`, `parameters`, for Wan, HappyHorse and the Vidu models that it hosts."""

from __future__ import annotations

from reelgate.catalog import Catalog, Model
from reelgate.dialects.dashscope_body import mode_of, read_media, read_size, type_of, with_others
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Parsed
from reelgate.dialects.request_builder import Draft, find_model, media
from reelgate.errors import InvalidField
from reelgate.request import Media, MediaKind, Mode, Role

_VIDU = "vidu"

_SETTINGS = ("ratio", "duration", "prompt_extend", "audio", "watermark", "seed")
_NOT_TAKEN = {"wan": ("audio",), "happyhorse": ("prompt_extend", "audio"), _VIDU: ("ratio", "prompt_extend")}
"""Settings without effect on a family's models; a ratio that an input decides is the catalog's to find."""


def parse(fields: Fields, catalog: Catalog, dialect: str) -> Parsed:
    """Read a create body. Raises ClientError."""
    model = find_model(fields, catalog, dialect)
    draft = Draft(model)
    inner, options = fields.object("input"), fields.object("parameters")
    draft.ignore(inner.path(key) for key in ("extend_prompt", "function") if inner.has(key))  # every call of the client
    _read_texts(draft, inner, model)
    draft.name(media="input.media")
    inputs = _inputs(inner, model)
    mode = mode_of(model, inputs)
    _read_settings(draft, options, model, mode)
    return draft.parsed(mode, inputs, fields)


def _read_texts(draft: Draft, inner: Fields, model: Model) -> None:
    """Read prompts; what is beyond a model's limit is cut off, as the vendor does, and named as ignored."""
    for key, most in (("prompt", model.prompt_max), ("negative_prompt", model.negative_prompt_max)):
        draft.read(inner, **{key: key})
        text = inner.string(key)
        if 0 < most < len(text):
            draft.put(key, text[:most], inner.path(key))
            draft.ignore((f"{inner.path(key)}[{most}:]",))


def _read_settings(draft: Draft, options: Fields, model: Model, mode: Mode) -> None:
    _read_resolution(draft, options, model)
    unused = _unused(model)
    draft.ignore(options.path(key) for key in unused if options.has(key))
    if "prompt_extend" not in unused:
        draft.put("prompt_extend", value=True, field=options.path("prompt_extend"))
    draft.read(options, **{key: key for key in _SETTINGS if key not in unused})
    if Mode.EDIT in model.modes and (setting := options.choice("audio_setting", ("auto", "origin"))):
        draft.put("keep_audio", setting == "origin", options.path("audio_setting"))
    decides = model.family == _VIDU and bool(model.ratios)  # which knows its ratio by nothing else
    read_size(draft, options, model, mode, decides=decides)


def _unused(model: Model) -> tuple[str, ...]:
    unused = _NOT_TAKEN.get(model.family, ())
    if model.family == "happyhorse" and model.duration.from_source:
        return (*unused, "duration")
    return unused


def _read_resolution(draft: Draft, options: Fields, model: Model) -> None:
    """Read the tier, which is written in capitals here."""
    draft.read(options, resolution="resolution")
    tier = options.string("resolution")
    if tier and tier.lower() not in model.resolutions:
        raise InvalidField.not_one_of(options.path("resolution"), tier, [t.upper() for t in model.resolutions])


def _inputs(inner: Fields, model: Model) -> tuple[Media, ...]:
    listed = _hosted_media(inner, model) if model.family == _VIDU else read_media(inner, model)
    return with_others(listed, inner)


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
