"""The render process of an engine of another distribution:
`python -m reelgate.render.engine_worker FD PARENT FOLDER NAME OPTIONS`, the options as JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from reelgate import sandbox
from reelgate.limits import RENDER_DESCRIPTORS, RENDER_MEMORY_BYTES
from reelgate.render.engines import engine_called
from reelgate.render.messages import ProcessReady
from reelgate.render.worker import Prepared, serve


def prepared(name: str, options: Mapping[str, str], folder: Path) -> Prepared:
    """Return the report to the pool, and what renders into `folder`; nothing else can be written from then on."""
    from reelgate.render.film import film  # noqa: F401 - imported while files can still be read everywhere
    from reelgate.render.mux import encoders

    render = engine_called(name).load(options)
    unconfined = sandbox.confine(write=folder, descriptors=RENDER_DESCRIPTORS)
    return ProcessReady(tuple(encoders()), unconfined), render


def _main(descriptor: str, parent: str, folder: str, name: str, options: str) -> None:
    given = msgspec.json.decode(options, type=dict[str, str])
    serve(int(descriptor), int(parent), Path(folder), lambda own: prepared(name, given, own), RENDER_MEMORY_BYTES)


if __name__ == "__main__":
    _main(*sys.argv[1:])
