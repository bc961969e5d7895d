"""A small picture of a clip that somebody else made. Runs in the probe's child process."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import av
from PIL import Image

from reelgate.limits import POSTER_SIDE
from reelgate.media.clips import opened
from reelgate.media.sniff import Unreadable

_QUALITY = 82  # of 100, in WebP's own scale


def poster(path: Path) -> bytes:
    """Return a picture from the middle of an MP4 or MOV as WebP, its longer side at most `POSTER_SIDE` pixels.

    Raise Unreadable where it has none; any other exception means that it is damaged.
    """
    with path.open("rb") as file, opened(file, "mov") as container:
        stream = container.streams.video[0]
        if container.duration:
            container.seek(container.duration // 2)  # to the key frame before the middle
        frame = next(iter(container.decode(stream)), None)
        if frame is None:
            raise Unreadable("none of its frames can be decoded")
        return _webp(frame)


def _webp(frame: av.VideoFrame) -> bytes:
    picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
    picture.thumbnail((POSTER_SIDE, POSTER_SIDE))
    kept = BytesIO()
    picture.rotate(frame.rotation, expand=True).save(kept, "WEBP", quality=_QUALITY)
    return kept.getvalue()
