"""A small picture of a clip that somebody else made. Runs in the probe's child process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import av
from PIL import Image

from reelgate.decode.containers import frames_of, opened, pictures_in
from reelgate.decode.screen import Screen
from reelgate.limits import POSTER_SIDE
from reelgate.media.sniff import Unreadable
from reelgate.sandbox import descriptors

_QUALITY = 82  # of 100, in WebP's own scale


def poster(path: Path) -> bytes:
    """Return a picture from the middle of an MP4 or MOV as WebP, its longer side at most `POSTER_SIDE` pixels.

    Raise Unreadable where it has none; any other exception means that it is damaged.
    """
    for middle in (True, False):
        for picture in _pictures(path, middle=middle):
            return _webp(picture)
    raise Unreadable("none of its frames can be decoded")


def _pictures(path: Path, *, middle: bool) -> Iterator[Image.Image]:
    """Yield a clip's pictures, from the middle on or from the beginning."""
    with descriptors.opened(path) as file, opened(file, "mov") as container:
        stream = pictures_in(container)
        if stream is None:
            raise Unreadable("it has no video track")
        if middle and container.duration:
            with contextlib.suppress(av.FFmpegError):
                container.seek(container.duration // 2)  # to the key frame before the middle
        screen = Screen(stream)
        for frame in frames_of(container, stream):
            with contextlib.suppress(av.FFmpegError):
                yield Image.fromarray(screen.fitting(frame, POSTER_SIDE))


def _webp(picture: Image.Image) -> bytes:
    kept = BytesIO()
    picture.save(kept, "WEBP", quality=_QUALITY)
    return kept.getvalue()
