"""Addresses and keys as they go into a call: checked before it, since no retry would mend them."""

from __future__ import annotations

from urllib.parse import quote

import httpx2

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


def server_address(text: str) -> str:
    """Return a server's address, without a slash at its end. Raises ValueError for anything else."""
    found = text.strip().rstrip("/")
    try:
        url = httpx2.URL(found)
        right = url.scheme in ("http", "https") and bool(url.host)
    except httpx2.InvalidURL:
        right = False
    if not right:
        raise ValueError(f"the server's address is {text!r}; allowed: one such as http://127.0.0.1:8000")
    return found


def key_header(scheme: str, key: str) -> dict[str, str]:
    """Return the header by which a key is sent, none without a key. Raises ValueError, which does not show the key."""
    found = key.strip()
    if not (found.isascii() and found.isprintable() and " " not in found):
        raise ValueError("the API key contains a space or another wrong character; give it as it was printed")
    return {"authorization": f"{scheme} {found}"} if found else {}
