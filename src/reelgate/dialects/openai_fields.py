"""Reads the fields of an OpenAI create besides new-api's universal ones: references, and a video named by its id."""

from __future__ import annotations

from typing import Any

from reelgate.catalog import Model
from reelgate.dialects.fields import Fields, decoded
from reelgate.dialects.inputs import read_any
from reelgate.errors import InvalidField
from reelgate.request import Media, MediaKind, Mode, Role

REFERENCES = ("input_reference", "image_reference", "reference_url")
"""OpenAI's name for an input, and those of engines that speak its API."""

_SEVERAL = "input_references"
CHARACTER = "char_"
FILE_ID = "file-"
"""How the ids of characters and of files begin."""

_FIRST_FRAMES = {Mode.IMAGE, Mode.FRAMES}


def named_by_id(body: dict[str, Any]) -> str:
    """Return the id of the finished video that `video` names as `{"id": …}`, "" where it holds anything else."""
    video = body.get("video")
    if isinstance(video, str) and video.lstrip()[:1] == "{":
        video = decoded(video)
    if not isinstance(video, dict) or video.keys() != {"id"}:
        return ""
    return video["id"] if isinstance(video["id"], str) else ""


def read_references(fields: Fields, model: Model) -> tuple[Media, ...]:
    """Return `input_reference` or `input_references`: a file, an address or `{"image_url": …}`, or several.

    One picture is the first frame where the model takes one, several are references; a model that edits takes a clip.
    """
    found: tuple[Media, ...] = ()
    if fields.lacks((*REFERENCES, _SEVERAL, "characters")):
        return found
    for name in REFERENCES:
        given = fields.value(name)
        found += read_any(fields, name, *_meant(model, many=isinstance(given, list) and len(given) > 1))
    return found + read_any(fields, _SEVERAL, MediaKind.IMAGE, Role.REFERENCE) + _characters(fields)


def _characters(fields: Fields) -> tuple[Media, ...]:
    """Return `characters`: ids, or objects with one, each a clip that was kept as a character. Raises InvalidField."""
    given = fields.value("characters")
    if given in (None, "", []):
        return ()
    listed = given if isinstance(given, list) else [given]
    found = []
    for at, one in enumerate(listed):
        field = f"{fields.path('characters')}[{at}].id"
        name = one.get("id") if isinstance(one, dict) else one
        if not isinstance(name, str) or not name.startswith(CHARACTER):
            raise InvalidField.out_of_range(field, name, f"the id of a character ({CHARACTER}…)")
        found.append(Media(kind=MediaKind.VIDEO, role=Role.REFERENCE, field=field, url=f"asset://{name}"))
    return tuple(found)


def _meant(model: Model, *, many: bool) -> tuple[MediaKind, Role]:
    modes = model.modes.keys()
    if Mode.EDIT in modes and not modes & _FIRST_FRAMES:
        return MediaKind.VIDEO, Role.SOURCE
    if Mode.REFERENCE in modes and (many or not modes & _FIRST_FRAMES):
        return MediaKind.IMAGE, Role.REFERENCE
    return MediaKind.IMAGE, Role.FIRST_FRAME
