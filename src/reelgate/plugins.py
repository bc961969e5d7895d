"""What other distributions bring: dialects, providers and engines, found by their entry points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import Any

DIALECTS, PROVIDERS, ENGINES = "reelgate.dialects", "reelgate.providers", "reelgate.engines"
"""The groups of entry points. They name a `Dialect`, a `Kind` of provider and an `Engine`."""


def brought(group: str) -> list[Any]:
    """Return what the installed distributions name in a group, in the order of the names.

    Raises ValueError with the distribution's name where that can't be imported.
    """
    loaded = []
    for found in sorted(entry_points(group=group), key=lambda found: found.name):
        try:
            loaded.append(found.load())
        except Exception as error:
            owner = found.dist.name if found.dist else "a distribution"
            raise ValueError(
                f"{owner}: its entry point {found.name} in {group} can't be loaded: {type(error).__name__}: {error}; "
                "repair or uninstall it"
            ) from error
    return loaded


def check_names(what: str, names: Iterable[str]) -> None:
    """Raise ValueError if two of a kind have one name."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"two {what} are called {twice[0]}; uninstall one of the distributions that bring them")
