"""DashScope's own request form, which several resellers pass on: `input.media[]` of typed items."""

from __future__ import annotations

from msgspec.structs import replace

from reelgate.catalog import Model
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Call
from reelgate.dialects.request_builder import Draft, media
from reelgate.dialects.sizes import asked, refuse_empty
from reelgate.errors import InvalidField, SynchronousCall
from reelgate.request import Media, MediaKind, Mode, Role

TYPES = {
    "first_frame": (MediaKind.IMAGE, Role.FIRST_FRAME),
    "last_frame": (MediaKind.IMAGE, Role.LAST_FRAME),
    "reference_image": (MediaKind.IMAGE, Role.REFERENCE),
    "reference_video": (MediaKind.VIDEO, Role.REFERENCE),
    "first_clip": (MediaKind.VIDEO, Role.FIRST_CLIP),
    "video": (MediaKind.VIDEO, Role.SOURCE),
    "driving_audio": (MediaKind.AUDIO, Role.VOICE),
}
"""The `type` of an item: what it is, and what for."""

_REFERENCES = ("reference_image", "reference_video")
_VOICES = ("reference_voice", "referenceVoice")
_DESCRIPTIONS = ("reference_description", "referenceDescription")
"""A reference's own settings, as the vendor's pages name them and as its Java client sends them."""

OLDER = (
    ("img_url", MediaKind.IMAGE, Role.FIRST_FRAME),
    ("first_frame_url", MediaKind.IMAGE, Role.FIRST_FRAME),
    ("last_frame_url", MediaKind.IMAGE, Role.LAST_FRAME),
    ("audio_url", MediaKind.AUDIO, Role.VOICE),
)
"""Inputs as fields of their own. The vendor's client still writes them, a sound for a text always so."""

_OLDER = frozenset(key for key, _, _ in OLDER)


def check_asynchronous(call: Call) -> None:
    """Raise SynchronousCall unless a create asks for an asynchronous task."""
    if call.headers.get("x-dashscope-async", "").lower() != "enable":
        raise SynchronousCall


def read_media(inputs: Fields, model: Model) -> tuple[Media, ...]:
    """Return the inputs of `input.media`, in the client's order; a reference's voice follows it.

    Raises InvalidField for a type that the model has no use for.
    """
    if inputs.lacks(("media",)):
        return ()
    taken = _types_of(model)
    found: list[Media] = []
    for item in inputs.objects("media"):
        name = type_of(item, taken, model)
        kind, role = TYPES[name]
        found += (
            _described(media(item, "url", kind, role), item) if name in _REFERENCES else media(item, "url", kind, role)
        )
        if name in _REFERENCES:
            found += voices(item)
    return tuple(found)


def voices(item: Fields) -> tuple[Media, ...]:
    """Return the voice that a reference is to have, under whichever of its names."""
    if item.lacks(_VOICES):
        return ()
    return tuple(voice for key in _VOICES for voice in media(item, key, MediaKind.AUDIO, Role.VOICE))


def with_others(listed: tuple[Media, ...], inner: Fields) -> tuple[Media, ...]:
    """Return the inputs of `input.media` and those beside it; a voice stands behind the reference it belongs to."""
    first = next((at for at, item in enumerate(listed, 1) if item.role is Role.REFERENCE), len(listed))
    return (*listed[:first], *voices(inner), *listed[first:], *older(inner))


def read_size(draft: Draft, options: Fields, model: Model, mode: Mode, *, decides: bool = False) -> None:
    """Read `size`: the tier and ratio that come nearest to it. Raises InvalidField if nothing is near.

    It is the older way to say a shape, and says what `resolution` and `ratio` leave open, unless it `decides`.
    """
    text, field = options.string("size"), options.path("size")
    refuse_empty(model, mode, options.texts("size"))
    said = () if decides else tuple(name for name in ("resolution", "ratio") if options.string(name))
    shaped = mode in model.modes and model.modes[mode].ratio == "used"
    if not text or said == ("resolution", "ratio") or (said == ("resolution",) and not shaped):
        draft.ignore([field] if text else [])
        return
    for name, meant in zip(("resolution", "ratio"), asked(model, mode, text, field, times="*"), strict=True):
        if meant and name not in said:
            draft.put(name, meant, field)


def older(inner: Fields) -> tuple[Media, ...]:
    """Return the inputs that are fields of `input`."""
    if inner.lacks(_OLDER):
        return ()
    return tuple(item for key, kind, role in OLDER for item in media(inner, key, kind, role))


def _described(found: tuple[Media, ...], item: Fields) -> tuple[Media, ...]:
    text = next((text for key in _DESCRIPTIONS if (text := item.string(key))), "")
    return tuple(replace(one, description=text) for one in found)


def type_of(item: Fields, taken: tuple[str, ...], model: Model) -> str:
    """Return the type of an item of `input.media`. Raises InvalidField unless it is one of `taken`, with an address."""
    if not taken:
        raise InvalidField(item.path("type"), f"{item.path('type')}: {model.id} takes no media, only a prompt")
    item.require("type", f"one of {', '.join(taken)}")
    item.require("url", "the input's address")
    return item.choice("type", taken)


def mode_of(model: Model, inputs: tuple[Media, ...]) -> Mode:
    """Return the mode that a model made for one purpose is in; a clip to extend or a last frame changes it."""
    roles = {item.role for item in inputs}
    for mode, role in ((Mode.EXTEND, Role.FIRST_CLIP), (Mode.FRAMES, Role.LAST_FRAME)):
        if mode in model.modes and role in roles:
            return mode
    return next(iter(model.modes))


def _types_of(model: Model) -> tuple[str, ...]:
    """Return the types that the model takes. A sound for a text or a reference is a field, not a type."""
    rules = [(mode, rule) for mode, modes_rule in model.modes.items() for rule in modes_rule.media]
    wanted = {
        (rule.kind, rule.role)
        for mode, rule in rules
        if rule.role is not Role.VOICE or mode not in (Mode.TEXT, Mode.REFERENCE)
    }
    return tuple(name for name, meaning in TYPES.items() if meaning in wanted)
