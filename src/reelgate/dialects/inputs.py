"""Inputs under the names of the normalised request and of new-api, in every form that clients use."""

from __future__ import annotations

from collections.abc import Collection, Set

from msgspec.structs import replace

from reelgate.catalog import Model
from reelgate.dialects.fields import Fields
from reelgate.dialects.request_builder import media, media_list
from reelgate.errors import MediaRefused
from reelgate.request import Media, MediaKind, Mode, Role

NAMES = {
    "source": "video",
    "first_clip": "first_clip",
    "first_frame": "image",
    "last_frame": "last_image",
    "reference": "images",
    "voice": "audios",
}
"""The field for each role."""

_UNIVERSAL = frozenset(NAMES.values()) | {"image_tail", "reference_image_urls", "videos"}
_FIRST_FRAMES = {Mode.IMAGE, Mode.FRAMES}
_UNIALL = "uniall"
_HOLDERS = ("image_url", "video_url", "audio_url", "url", "image", "video", "audio")
"""The keys of an object under which its address may stand, itself or as `{"url": …}`."""

_LISTS = frozenset({"images", "reference_image_urls", "input_references", "videos", "audios"})
_NOUNS = {MediaKind.IMAGE: "picture", MediaKind.VIDEO: "clip", MediaKind.AUDIO: "sound"}


def read_inputs(fields: Fields) -> tuple[Media, ...]:
    """Return the inputs that the fields of `NAMES`, and `videos` for reference clips, hold. Raises InvalidField."""
    return (
        *media(fields, "video", MediaKind.VIDEO, Role.SOURCE),
        *media(fields, "first_clip", MediaKind.VIDEO, Role.FIRST_CLIP),
        *media(fields, "image", MediaKind.IMAGE, Role.FIRST_FRAME),
        *media(fields, "last_image", MediaKind.IMAGE, Role.LAST_FRAME),
        *media_list(fields, "images", MediaKind.IMAGE, Role.REFERENCE),
        *media_list(fields, "videos", MediaKind.VIDEO, Role.REFERENCE),
        *media_list(fields, "audios", MediaKind.AUDIO, Role.VOICE),
    )


def read_universal(fields: Fields, model: Model) -> tuple[Media, ...]:
    """Return the inputs of a call in new-api's shape: `image`, `images`, and the other names of the normalised request.

    What `images` are for follows from how many there are and what the model takes, as new-api's adaptors have it: one
    is the first frame, two are both frames, more are references. Raises InvalidField.
    """
    if fields.lacks(_UNIVERSAL):
        return ()
    last = read_any(fields, "last_image", MediaKind.IMAGE, Role.LAST_FRAME)
    last += read_any(fields, "image_tail", MediaKind.IMAGE, Role.LAST_FRAME)
    return (
        *read_any(fields, "video", MediaKind.VIDEO, Role.SOURCE),
        *read_any(fields, "first_clip", MediaKind.VIDEO, Role.FIRST_CLIP),
        *_pictures(fields, model, has_last=bool(last)),
        *last,
        *read_any(fields, "reference_image_urls", MediaKind.IMAGE, Role.REFERENCE),
        *read_any(fields, "videos", MediaKind.VIDEO, Role.REFERENCE),
        *read_any(fields, "audios", MediaKind.AUDIO, Role.VOICE),
    )


def _pictures(fields: Fields, model: Model, *, has_last: bool) -> tuple[Media, ...]:
    single = read_any(fields, "image", MediaKind.IMAGE, Role.FIRST_FRAME)
    listed = read_any(fields, "images", MediaKind.IMAGE, Role.REFERENCE)
    if model.dialect == _UNIALL:  # who sells `image` and `images` as two things
        return single + (listed if Mode.REFERENCE in model.modes or Mode.EDIT in model.modes else _framed(listed))
    if not listed:
        return placed(model, single, has_last=has_last)
    several = {item.url for item in listed}
    single = tuple(item for item in single if item.url not in several)
    if single and not _takes_both(model):
        return placed(model, single + listed, has_last=has_last)
    return single + (listed if single else placed(model, listed, has_last=has_last))


def _takes_both(model: Model) -> bool:
    """Whether a first frame may be given together with references."""
    rule = model.modes.get(Mode.REFERENCE)
    return rule is not None and rule.rule_for(Role.FIRST_FRAME, MediaKind.IMAGE) is not None


def placed(model: Model, pictures: tuple[Media, ...], *, has_last: bool = False) -> tuple[Media, ...]:
    """Return pictures with the roles that their number gives them at a model."""
    modes = model.modes.keys()
    if len(pictures) == 1 and modes & _FIRST_FRAMES:
        return _framed(pictures)
    if len(pictures) == 2 and Mode.FRAMES in modes and not has_last:
        return _framed(pictures[:1]) + tuple(replace(item, role=Role.LAST_FRAME) for item in pictures[1:])
    if modes & {Mode.REFERENCE, Mode.EDIT}:
        return tuple(replace(item, role=Role.REFERENCE) for item in pictures)
    return _framed(pictures)


def _framed(pictures: tuple[Media, ...]) -> tuple[Media, ...]:
    return tuple(replace(item, role=Role.FIRST_FRAME) for item in pictures)


def read_any(fields: Fields, key: str, kind: MediaKind, role: Role) -> tuple[Media, ...]:
    """Return the inputs at `key`, whatever they are written as: an address, an object that holds one, several of each.

    Raises InvalidField.
    """
    given = fields.value(key)
    if given is None:
        return ()
    if isinstance(given, dict):
        return _described(fields.object(key), kind, role)
    if isinstance(given, list) and any(isinstance(item, dict) for item in given):
        return tuple(one for item in fields.objects(key) for one in _described(item, kind, role))
    if isinstance(given, list) or key in _LISTS:
        return media_list(fields, key, kind, role)
    return media(fields, key, kind, role)


def _described(item: Fields, kind: MediaKind, role: Role) -> tuple[Media, ...]:
    if item.has("file_id"):
        field, name = item.path("file_id"), item.string("file_id")
        if not name:
            allowed = "the id of a file of POST /v1/files"
            raise MediaRefused(field, f"{field}: it is empty; send {allowed}", allowed=allowed)
        return (Media(kind=kind, role=role, field=field, url=f"asset://{name}"),)
    wanted = f"the {_NOUNS[kind]}'s address, or a data: URI"
    key = next((key for key in _HOLDERS if item.has(key)), _HOLDERS[0])
    if isinstance(item.value(key), dict):
        item, key = item.object(key), "url"
        item.require("url", wanted)
    item.require(key, wanted)
    return media(item, key, kind, role)


def mode_of(inputs: Collection[Media]) -> Mode:
    """Return what these inputs ask for."""
    return mode_for({item.role for item in inputs})


def mode_for(roles: Set[Role]) -> Mode:
    """Return what inputs for these ends ask for; a sound beside a first frame is still that frame's."""
    if Role.SOURCE in roles:
        return Mode.EDIT
    if Role.FIRST_CLIP in roles:
        return Mode.EXTEND
    if Role.REFERENCE in roles:
        return Mode.REFERENCE
    if Role.LAST_FRAME in roles:
        return Mode.FRAMES
    if Role.FIRST_FRAME in roles:
        return Mode.IMAGE
    return Mode.REFERENCE if roles else Mode.TEXT
