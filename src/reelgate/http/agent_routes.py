"""`/mcp`: the tools for agents, by the Model Context Protocol over HTTP."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from reelgate.http.caller import Caller
from reelgate.http.route import Pass, route

_GIVES = {200: ("application/json", "text/event-stream"), 202: None}


class AgentRoutes:
    """The route. What a call may do is what its key may do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    @route("POST", "/mcp", Pass.ANY_KEY, answers="what the protocol says", gives=_GIVES, takes="application/json")
    async def message(self, _: Caller) -> Response:
        """Take an agent's message (Model Context Protocol, streamable HTTP, without sessions)."""
        return _Passed(self._app)


class _Passed(Response):
    """Hands the request on."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
