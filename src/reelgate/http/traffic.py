"""Counts requests by dialect, route and status, and the time until their answers began."""

from __future__ import annotations

import re

from starlette.types import Scope

from reelgate.dialects import routes
from reelgate.dialects.port import HOUSE, Operation
from reelgate.meters import Times

ANSWERED = "reelgate.answered"
"""Where a scope has who answered a create or a query, and the address without a task's id."""
OTHER = "other"
"""The route of what is served nowhere, and the method of what no route takes."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STATUS = [str(status) for status in range(1000)]
_SLASHES = re.compile("//+")


class Traffic:
    """What was asked and how it was answered, since this process began."""

    def __init__(self) -> None:
        self._seconds = Times()
        first = [(route, dialects[0].name) for route, dialects in routes()]
        self._creates = {r.path: (name, r.path) for r, name in first if r.operation is Operation.CREATE}
        self._queries = {r.path: (name, r.path) for r, name in first if r.operation is Operation.QUERY}
        self._speakers = {route.path: name for route, name in first}

    def note(self, scope: Scope, status: int, seconds: float) -> None:
        """Note an answer that begins: one note and no search for the routes that are in a hurry."""
        method = scope["method"]
        speaker, route = scope.get(ANSWERED) or self._place(scope, method)
        self._seconds.note((speaker, route, method if method in _METHODS else OTHER, _STATUS[status]), seconds)

    @property
    def seconds(self) -> Times:
        """How long answers took to begin, by dialect, route as a pattern, method and status."""
        found = Times(self._seconds.bounds)
        for (speaker, route, *rest), row in list(self._seconds.by.items()):
            found.by[speaker, f"{route}{{id}}" if route in self._queries else route, *rest] = row
        return found

    def _place(self, scope: Scope, method: str) -> tuple[str, str]:
        """Return the dialect and the route of a request, which was answered on a slow one or refused."""
        matched = scope.get("route")
        if matched is not None:
            return self._speakers.get(matched.path, HOUSE), matched.path
        path = scope["path"]
        if "//" in path or path.endswith("/"):  # as it was meant, which the dispatcher tells in a scope of its own
            path = _SLASHES.sub("/", path).rstrip("/")
        found = self._creates.get(path) if method == "POST" else self._queries.get(path[: path.rfind("/") + 1])
        return found or (HOUSE, OTHER)
