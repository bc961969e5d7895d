"""A process that makes videos with a model: `python -m reelgate.diffusion.worker FD PARENT FOLDER SETTINGS`.

It is a render process like the built-in engine's, but the model's packages and weights are loaded at the first order:
they take seconds to minutes, and a server that is never asked needs none of its memory. What they and the card's driver
need can't be listed, so of the files only the server's data folder is out of reach, and the network only once the model
is loaded, which is before the first picture is opened.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from reelgate import sandbox
from reelgate.diffusion.settings import DiffusionSettings, describe
from reelgate.render.job import Rendered, RenderJob
from reelgate.render.messages import ProcessReady
from reelgate.render.worker import Prepared, Render, serve

_CACHES = ("~/.cache", "~/.nv", "~/.triton", "~/.config")
_CACHE_VARIABLES = (
    "HF_HOME",
    "HF_HUB_CACHE",
    "HUGGINGFACE_HUB_CACHE",
    "XDG_CACHE_HOME",
    "TORCH_HOME",
    "CUDA_CACHE_PATH",
)


def prepared(settings: DiffusionSettings, folder: Path) -> Prepared:
    """Return the pool's report, and the function that renders into `folder`."""
    from reelgate.render.mux import encoders

    unconfined: tuple[str, ...] = ("its account says confined = false",)
    if settings.confined:
        unconfined = sandbox.confine_files(_reachable(settings, folder), network=True)
    studio: list[Render] = []

    def render(job: RenderJob, out: Path, report: Callable[[int], None]) -> Rendered:
        if not studio:
            from reelgate.diffusion.render import DiffusionRenderer

            made = DiffusionRenderer(settings, describe(settings.model))
            report(0)
            made.load()
            if settings.confined:
                for words in sandbox.confine_calls():
                    sys.stderr.write(f"the process of {settings.model}: {words}\n")
            studio.append(made.render)
        return studio[0](job, out, report)

    return ProcessReady(tuple(encoders()), unconfined), render


def _reachable(settings: DiffusionSettings, folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield the rules for files: all but the server's data folder, of which `folder` is two levels below."""
    data = folder.parent.parent
    for path in sandbox.all_but(data):
        yield path, sandbox.RUN
    yield folder, sandbox.WRITE
    yield Path(settings.model), sandbox.READ
    yield Path("/dev"), sandbox.EVERYTHING
    yield Path("/proc/self"), sandbox.EVERYTHING
    caches = [*map(os.path.expanduser, _CACHES), *(os.environ.get(name, "") for name in _CACHE_VARIABLES)]
    for cache in (*caches, tempfile.gettempdir()):
        if cache and not data.resolve().is_relative_to(Path(cache).resolve()):
            yield Path(cache), sandbox.EVERYTHING


def _main(descriptor: str, parent: str, folder: str, settings: str) -> None:
    options = msgspec.json.decode(settings, type=DiffusionSettings)
    serve(int(descriptor), int(parent), Path(folder), lambda own: prepared(options, own), memory=0)


if __name__ == "__main__":
    _main(*sys.argv[1:])
