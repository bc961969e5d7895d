"""Vidu's four creates: the address says what is made, and how many pictures belong there."""

from __future__ import annotations

from msgspec.structs import replace

from reelgate.catalog import Catalog, Model
from reelgate.dialects.callbacks import read_callback
from reelgate.dialects.fields import Fields
from reelgate.dialects.port import Call, Parsed
from reelgate.dialects.request_builder import Draft, find_model, media_list
from reelgate.errors import InvalidField, ItemCount, UnknownModel
from reelgate.limits import MAX_CLIENT_REF_CHARS
from reelgate.request import AUTO_DURATION, Media, MediaKind, Mode, Role

CREATES = {
    "/ent/v2/text2video": Mode.TEXT,
    "/ent/v2/img2video": Mode.IMAGE,
    "/ent/v2/start-end2video": Mode.FRAMES,
    "/ent/v2/reference2video": Mode.REFERENCE,
}
_PROMPT = "a red fox runs through snow"
_FIRST, _LAST = "https://example.com/first.png", "https://example.com/last.png"
EXAMPLES = {
    "/ent/v2/text2video": ({"model": "viduq3-pro", "prompt": _PROMPT, "duration": 5, "resolution": "720p"},),
    "/ent/v2/img2video": ({"model": "viduq3-pro", "prompt": _PROMPT, "images": [_FIRST], "duration": 5},),
    "/ent/v2/start-end2video": ({"model": "viduq3-pro", "prompt": _PROMPT, "images": [_FIRST, _LAST], "duration": 5},),
    "/ent/v2/reference2video": ({"model": "viduq3", "prompt": _PROMPT, "images": [_FIRST], "duration": 5},),
}

_PICTURES = {Mode.TEXT: (), Mode.IMAGE: (Role.FIRST_FRAME,), Mode.FRAMES: (Role.FIRST_FRAME, Role.LAST_FRAME)}
"""What the pictures are for, by their place alone."""

_MOST_SUBJECTS = 7
_MOST_SUBJECT_PICTURES = 3
_MOST_BESIDE_CLIPS = 4
_POSITIONS = 4
_ANY_SEED = 0
_STYLES = ("general", "anime")
_AMPLITUDES = ("auto", "small", "medium", "large")
_AUDIO_TYPES = ("all", "speech_only", "sound_effect_only", "sound-effect_only")
_TEXTS_WITHOUT_EFFECT = ("voice_id", "wm_url", "meta_data")
_FLAGS_WITHOUT_EFFECT = ("is_rec", "auto_subjects")


def parse(call: Call, catalog: Catalog) -> Parsed:
    """Read a create call. Raises ClientError."""
    mode = CREATES[call.path]
    fields = Fields(call.body)
    model = _model(fields, catalog, mode)
    draft = Draft(model)
    draft.read(
        fields,
        prompt="prompt",
        resolution="resolution",
        audio="audio",
        watermark="watermark",
        duration="duration",
        ratio="aspect_ratio",
    )
    _read_length(draft, fields, model, mode)
    if fields.integer("seed") != _ANY_SEED:
        draft.read(fields, seed="seed")
    _read_terms(draft, fields, model)
    _note_without_effect(draft, fields, model)
    inputs = _references(draft, fields, model) if mode is Mode.REFERENCE else _frames(draft, fields, mode)
    return draft.parsed(mode, inputs, fields)


def _model(fields: Fields, catalog: Catalog, mode: Mode) -> Model:
    """Return the model's row. Whether it is unknown or serves other addresses only: the vendor says it alike."""
    try:
        model = find_model(fields, catalog, "vidu")
    except UnknownModel as error:
        raise InvalidField("model", f"model is not supported: {error.message}", value=error.model) from None
    if mode not in model.modes:
        here = ", ".join(path.rpartition("/")[2] for path, one in CREATES.items() if one in model.modes)
        text = f"model is not supported at this address; {model.id} is served at {here}"
        raise InvalidField("model", text, value=model.id, allowed=here)
    return model


def _read_length(draft: Draft, fields: Fields, model: Model, mode: Mode) -> None:
    """With a length of 0, models that can choose the length do so; -1, the request's value, is not valid at Vidu."""
    seconds, rule = fields.integer("duration"), model.duration_in(mode)
    if seconds == AUTO_DURATION:
        raise InvalidField.out_of_range("duration", seconds, f"whole seconds from {rule.min} to {rule.max}")
    if seconds == 0 and rule.auto:
        draft.put("duration", AUTO_DURATION, "duration")


def _read_terms(draft: Draft, fields: Fields, model: Model) -> None:
    """Read the client's own fields of the task: its note, and whether it may wait."""
    payload = fields.string("payload")
    if len(payload) > MAX_CLIENT_REF_CHARS:
        text = f"payload has {len(payload)} characters; allowed: at most {MAX_CLIENT_REF_CHARS}"
        raise InvalidField("payload", text, allowed=f"at most {MAX_CLIENT_REF_CHARS}")
    draft.put("client_ref", payload, "payload")
    if not fields.boolean("off_peak"):
        return
    audio = fields.boolean("audio")
    sounds = model.audio_default if audio is None else audio
    wanted = {f"off_peak_{word}_audio": word == "with" for word in ("with", "without")}
    offered = [sound for option, sound in wanted.items() if option in model.options]
    if not offered:
        raise InvalidField("off_peak", f"off_peak is not supported by {model.id}", value=True, allowed="false")
    if sounds not in offered:
        allowed = f"audio {str(offered[0]).lower()}"
        raise InvalidField("off_peak", f"off_peak: {model.id} is made off-peak with {allowed} only", allowed=allowed)
    draft.put("offpeak", value=True, field="off_peak")


def _note_without_effect(draft: Draft, fields: Fields, model: Model) -> None:
    """Check what has no effect here, and report it: on Q2 and Q3 most of it has none at the vendor either."""
    stated = {
        "style": fields.choice("style", _STYLES) not in ("", "general"),
        "movement_amplitude": fields.choice("movement_amplitude", _AMPLITUDES) not in ("", "auto"),
        "audio_type": fields.choice("audio_type", _AUDIO_TYPES) not in ("", "all"),
        "wm_position": fields.integer("wm_position") not in (None, 3),
        **{name: fields.string(name) != "" for name in _TEXTS_WITHOUT_EFFECT},
        **{name: bool(fields.boolean(name)) for name in _FLAGS_WITHOUT_EFFECT},
    }
    position = fields.integer("wm_position")
    if position is not None and not 1 <= position <= _POSITIONS:
        raise InvalidField.out_of_range("wm_position", position, f"1 to {_POSITIONS}")
    if "bgm" in model.options:
        draft.read(fields, music="bgm")
    else:
        stated["bgm"] = bool(fields.boolean("bgm"))
    draft.ignore(name for name, is_stated in stated.items() if is_stated)
    read_callback(draft, fields)


def _frames(draft: Draft, fields: Fields, mode: Mode) -> tuple[Media, ...]:
    """Return the frames; their order in `images` is the only thing that says which is first."""
    roles = _PICTURES[mode]
    given = media_list(fields, "images", MediaKind.IMAGE, Role.FIRST_FRAME, may_be_empty=True)
    if roles:
        fields.require("images", "the pictures that the video is to begin and end with")
    for name, stated in (("videos", fields.strings("videos")), ("subjects", fields.objects("subjects"))):
        if stated:
            raise InvalidField(name, f"{name} are taken at reference2video only")
    if len(given) != len(roles):
        allowed = f"exactly {len(roles)}" if roles else "none, only a prompt"
        text = f"images holds {len(given)} pictures; allowed here: {allowed}"
        raise ItemCount("images", text, value=len(given), allowed=allowed)
    draft.name(media="images")
    return tuple(replace(item, role=role) for item, role in zip(given, roles, strict=True))


def _references(draft: Draft, fields: Fields, model: Model) -> tuple[Media, ...]:
    """Return the references: plain pictures and clips, or the pictures of subjects that the prompt calls by name."""
    subjects = fields.objects("subjects")
    draft.name(media="subjects" if subjects else "images")
    if not subjects:
        fields.require("images", "the reference pictures")
        pictures = media_list(fields, "images", MediaKind.IMAGE, Role.REFERENCE)
        clips = media_list(fields, "videos", MediaKind.VIDEO, Role.REFERENCE, may_be_empty=True)
        if clips and len(pictures) > _MOST_BESIDE_CLIPS:
            raise _too_many("images", len(pictures), _MOST_BESIDE_CLIPS)
        return pictures + clips
    if "subjects" not in model.options:
        raise InvalidField("subjects", f"subjects are not supported by {model.id}; send images")
    if fields.strings("images") or fields.strings("videos"):
        raise InvalidField("subjects", "subjects can't be combined with images or videos: each subject has its own")
    if len(subjects) > _MOST_SUBJECTS:
        raise _too_many("subjects", len(subjects), _MOST_SUBJECTS)
    return tuple(item for subject in subjects for item in _subject(draft, subject))


def _subject(draft: Draft, subject: Fields) -> tuple[Media, ...]:
    if not subject.string("name"):
        key = "id" if subject.string("id") else "name"  # Q2's older form, which clients in use still send
        subject.require(key, "what the prompt calls it, without @")
    name = (subject.string("name") or subject.string("id")).removeprefix("@")
    subject.require("images", f"1 to {_MOST_SUBJECT_PICTURES} pictures")
    pictures = media_list(subject, "images", MediaKind.IMAGE, Role.REFERENCE)
    if len(pictures) > _MOST_SUBJECT_PICTURES:
        raise _too_many(subject.path("images"), len(pictures), _MOST_SUBJECT_PICTURES)
    draft.ignore(subject.path(key) for key in ("voice_id", "server_id") if subject.string(key))
    clips = media_list(subject, "videos", MediaKind.VIDEO, Role.REFERENCE, may_be_empty=True)
    return tuple(replace(item, name=name) for item in pictures + clips)


def _too_many(field: str, count: int, most: int) -> ItemCount:
    return ItemCount(field, f"{field} holds {count} items; allowed: 1 to {most}", value=count, allowed=f"1 to {most}")
