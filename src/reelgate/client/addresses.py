"""Ids as segments of a path."""

from __future__ import annotations

from urllib.parse import quote

from reelgate.client.errors import NotFound

_STEPS = ("", ".", "..")
"""What an address reads as a step, and not as a name."""


def path_segment(name: str) -> str:
    """Return a task's, file's or webhook's id as a part of an address, whatever is in it.

    Raises NotFound for what can't be the name of anything.
    """
    if name in _STEPS:
        raise NotFound(404, f"nothing is called {name!r}")
    return quote(name, safe="")
