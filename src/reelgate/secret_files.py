"""Secrets by file: if the environment has no `X` but an `X_FILE`, that file's text is used as `X`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path

_END = "_FILE"
_OURS = "REELGATE_"


class UnreadableSecret(OSError):
    """A file that stands for a variable can't be read; the text says which."""


class WithFiles(Mapping[str, str]):
    """An environment that also has what its `X_FILE` variables name; looking one up may raise UnreadableSecret.

    Only the variables that are looked up are read: other programs have variables with that ending too.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        found = self._environment.get(name)
        if found is not None:
            return found
        file = self._environment.get(f"{name}{_END}") if name else None
        if not file:
            raise KeyError(name)
        return _read(f"{name}{_END}", file)

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)


def fill(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set our own options that are given by file. Raises UnreadableSecret if one can't be read."""
    for name, file in list(environment.items()):
        if name.startswith(_OURS) and name.endswith(_END) and name.removesuffix(_END) not in environment and file:
            environment[name.removesuffix(_END)] = _read(name, file)


def _read(name: str, file: str) -> str:
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise UnreadableSecret(f"{name}: {file} can't be read: {error.strerror}") from None
