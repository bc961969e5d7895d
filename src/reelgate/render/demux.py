"""Opening strangers' clips and sounds: the demuxer is forced by what the probe found, and sizes are bounded.

FFmpeg guesses a playlist or a concatenation from a file's content and would follow the paths in it; a forced
demuxer can't.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import av
from av.container import InputContainer

from reelgate.limits import MAX_VIDEO_PIXELS
from reelgate.render.job import Input
from reelgate.render.scene import UnusableInput

_DEMUXERS = {
    **dict.fromkeys(("mp4", "mov", "m4a", "m4v", "3gp"), "mov"),
    **dict.fromkeys(("webm", "mkv", "matroska"), "matroska"),
    **{name: name for name in ("wav", "mp3", "flac", "ogg", "aac", "avi")},
}


@contextmanager
def opened(source: Input) -> Iterator[InputContainer]:
    """Open a clip or a sound. Raises UnusableInput for a format that is not taken or a file that can't be decoded."""
    demuxer = _DEMUXERS.get(source.facts.format)
    if demuxer is None:
        raise UnusableInput(f"{source.kind} files of the format {source.facts.format} can't be decoded here")
    try:
        with av.open(str(source.path), format=demuxer, options={"max_pixels": str(MAX_VIDEO_PIXELS)}) as container:
            yield container
    except av.FFmpegError as error:
        raise UnusableInput(f"the {source.role} {source.kind} can't be decoded: {error.strerror}") from error
