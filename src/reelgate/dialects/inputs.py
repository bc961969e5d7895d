"""Inputs under the names of the normalised request, which the dialects that take every model read alike."""

from __future__ import annotations

from reelgate.dialects.fields import Fields
from reelgate.dialects.request_builder import media, media_list
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


def mode_of(inputs: tuple[Media, ...]) -> Mode:
    """Return what these inputs ask for; a sound beside a first frame is still that frame's."""
    roles = {item.role for item in inputs}
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
