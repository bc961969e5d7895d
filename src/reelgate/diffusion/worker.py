"""A process that makes videos with a model: `python -m reelgate.diffusion.worker FD PARENT SETTINGS`.

It is a render process like the built-in engine's, but the model's packages and weights are loaded at the first order:
they take seconds to minutes, and a server that is never asked needs none of its memory.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from reelgate.diffusion.settings import Settings, describe
from reelgate.render.job import Rendered, RenderJob
from reelgate.render.worker import Render, serve
from reelgate.request import Codec


def prepared(settings: Settings) -> tuple[tuple[Codec, ...], Render]:
    """Return the codecs that can be encoded here, and what renders."""
    from reelgate.render.mux import encoders

    studio: list[Render] = []

    def render(job: RenderJob, out: Path, report: Callable[[int], None]) -> Rendered:
        if not studio:
            from reelgate.diffusion.render import Studio

            studio.append(Studio(settings, describe(settings.model)).render)
        return studio[0](job, out, report)

    return tuple(encoders()), render


def _main(descriptor: str, parent: str, settings: str) -> None:
    options = msgspec.json.decode(settings, type=Settings)
    serve(int(descriptor), int(parent), lambda: prepared(options), memory=0)


if __name__ == "__main__":
    _main(*sys.argv[1:])
