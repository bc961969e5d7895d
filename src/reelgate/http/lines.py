"""Finds the connection of a request, if the server below provides it."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import Scope

from reelgate.admission.delivery import ClientConnection

EXTENSION = "reelgate.line"
"""Under which name a request's scope has its connection, among the extensions."""
_PROXY = ("x-forwarded-for", "forwarded", "via", "x-real-ip")


def line_of(scope: Scope, headers: Mapping[str, str]) -> ClientConnection | None:
    """Return the connection, after noting whether it is a proxy's; None for an unknown connection."""
    line: ClientConnection | None = scope.get("extensions", {}).get(EXTENSION)
    if line is not None:
        line.proxied = any(name in headers for name in _PROXY)
    return line
