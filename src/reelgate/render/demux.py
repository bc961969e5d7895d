"""Opening a job's clips and sounds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import av
from av.container import InputContainer

from reelgate.decode import containers
from reelgate.render.job import RenderInput
from reelgate.render.scene import UnusableInput


@contextmanager
def opened(source: RenderInput) -> Iterator[InputContainer]:
    """Open a clip or a sound. Raises UnusableInput for a format that is not taken or a file that can't be decoded."""
    what = f"the {source.role} {source.kind}"
    try:
        with containers.opened(source.path, source.facts.format) as container:
            yield container
    except containers.Undecodable as error:
        raise UnusableInput(f"{what} can't be decoded: {error}") from error
    except av.FFmpegError as error:
        raise UnusableInput(f"{what} can't be decoded: {error.strerror}") from error
