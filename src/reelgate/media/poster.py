"""Thumbnails of clips that were made elsewhere. Runs in the probe's child process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import av
from PIL import Image

from reelgate.decode.containers import frames_of, opened, pictures_in
from reelgate.decode.screen import Screen
from reelgate.limits import POSTER_SIDE, SHEET_PICTURES, SHEET_SIDE
from reelgate.media.sniff import Unreadable
from reelgate.sandbox import descriptors

_COLUMNS = 4
_JPEG_QUALITY = 85
_QUALITY = 82  # of 100, in WebP's own scale
_METHOD = 2  # of 6: a third of the usual one's time, and a file as small


def poster(path: Path) -> bytes:
    """Return a picture from the middle of an MP4 or MOV as WebP, its longer side at most `POSTER_SIDE` pixels.

    Raise Unreadable if it has none; any other exception means that it is damaged.
    """
    for middle in (True, False):
        for picture in _pictures(path, middle=middle):
            return _webp(picture)
    raise Unreadable("none of its frames can be decoded")


def sheet(path: Path) -> bytes:
    """Return pictures of an MP4 or MOV from its beginning to its end, side by side, as JPEG.

    Raise Unreadable if it has none; any other exception means that it is damaged.
    """
    with descriptors.opened(path) as file, opened(file, "mov") as container:
        stream = pictures_in(container)
        if stream is None:
            raise Unreadable("it has no video track")
        seconds = (container.duration or 0) / av.time_base
        screen, found = Screen(stream), list[Image.Image]()
        for frame in frames_of(container, stream):
            if (frame.time or 0.0) >= len(found) * seconds / SHEET_PICTURES:
                found.append(Image.fromarray(screen.fitting(frame, SHEET_SIDE)))
            if len(found) == SHEET_PICTURES:
                break
    if not found:
        raise Unreadable("none of its frames can be decoded")
    return _jpeg(found)


def _jpeg(pictures: Sequence[Image.Image]) -> bytes:
    wide, high = pictures[0].size
    rows = -(-len(pictures) // _COLUMNS)
    whole = Image.new("RGB", (wide * min(_COLUMNS, len(pictures)), high * rows))
    for number, picture in enumerate(pictures):
        whole.paste(picture.convert("RGB"), (number % _COLUMNS * wide, number // _COLUMNS * high))
    kept = BytesIO()
    whole.save(kept, "JPEG", quality=_JPEG_QUALITY)
    return kept.getvalue()


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
    picture.save(kept, "WEBP", quality=_QUALITY, method=_METHOD)
    return kept.getvalue()
