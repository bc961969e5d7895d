"""What an engine of another distribution must be: something that makes clips in a render process on this machine."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from reelgate.plugins import ENGINES, brought
from reelgate.render.worker import Render
from reelgate.request import Mode


class Engine(Protocol):
    """An entry point in the group `reelgate.engines` names one.

    `name` is the kind of the accounts that use it, `modes` is what it makes. `mark` is drawn if a watermark is
    ordered and the model has none of its own; it must not claim anything untrue about the pictures.
    """

    name: str
    modes: Collection[Mode]
    mark: str

    def check(self, options: Mapping[str, str]) -> None:
        """Raise ValueError with a sentence where an account's options mean nothing. Called in the server."""
        ...

    def load(self, options: Mapping[str, str]) -> Render:
        """Return what makes clips, with all that it needs loaded.

        Called once in each render process. After that the process has no network, starts no program, reads installed
        files and its inputs alone and writes into its own folder. `reelgate.render.film` films a scene.
        """
        ...


def engine_called(name: str) -> Engine:
    """Return the installed engine of a name. Raises KeyError, or ValueError where one can't be imported."""
    engines: dict[str, Engine] = {engine.name: engine for engine in brought(ENGINES)}
    return engines[name]
