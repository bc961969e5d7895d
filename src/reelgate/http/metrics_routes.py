"""`/metrics`: numbers for Prometheus, for their own token or an admin's key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from reelgate.http.caller import Visitor
from reelgate.http.route import route
from reelgate.tasks.projects import Scope

CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"


class MetricsRoutes:
    """The route."""

    def __init__(self, page: Callable[[], Awaitable[bytes]]) -> None:
        self._page = page

    @route("GET", "/metrics", Scope.ADMIN, answers="Prometheus's text format", token=True, gives="text/plain")
    async def show(self, _: Visitor) -> Response:
        """Show the server's metrics."""
        return Response(await self._page(), headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})
