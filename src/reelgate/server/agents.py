"""Serves agents: the protocol's server is loaded with the first call, and calls this server's own API by its key.

So budgets, limits and scopes hold for an agent as for everybody, and it can do nothing that the API does not do.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx2
import structlog
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from reelgate import limits
from reelgate.access.keyring import SCHEMES
from reelgate.client import AsyncReelgate
from reelgate.http.body import credential

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

log = structlog.get_logger()

_RETRY_SECONDS = 5.0


class AgentDoor:
    """An ASGI application for `/mcp`. `run` has to run beside it; `api` is set once there is one."""

    def __init__(self, *, public_url: str, ask_above: float, leaving: Callable[[], bool]) -> None:
        """`leaving`: whether the server is about to stop: what waits is answered then."""
        self._leaving = leaving
        self.api: ASGIApp | None = None
        self._public = httpx2.URL(public_url) if public_url else None
        self._ask_above = ask_above
        self._wanted = asyncio.Event()
        self._opened: asyncio.Future[StreamableHTTPSessionManager] = asyncio.Future()

    @property
    def installed(self) -> bool:
        """Whether the extra is there."""
        return importlib.util.find_spec("mcp") is not None

    async def run(self) -> None:
        """Open for calls after the first one, until this is cancelled."""
        await self._wanted.wait()
        try:
            manager = await asyncio.to_thread(self._manager)
            async with manager.run():
                self._opened.set_result(manager)
                await asyncio.Event().wait()
        except Exception as error:
            if not self._opened.done():
                self._opened.set_exception(error)
            log.exception("agents")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one message."""
        if not self.installed:
            told = "this server has no tools for agents; its operator can add them with: pip install 'reelgate[mcp]'"
            await Response(told, 501, media_type="text/plain")(scope, receive, send)
            return
        self._wanted.set()
        manager = await asyncio.shield(self._opened)
        await manager.handle_request(scope, receive, send)

    def _manager(self) -> StreamableHTTPSessionManager:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from reelgate.mcp.service import service

        tools = service(self._connect, local=False, ask_above=self._ask_above, leaving=self._leaving)
        return StreamableHTTPSessionManager(tools, stateless=True, max_request_body_size=limits.AGENT_BODY_BYTES)

    def _connect(self, context: Any) -> AsyncReelgate:
        """Return a client with the key of a call, at the address that it came to."""
        scope: Scope = context.request.scope
        said = credential(scope) or ""
        scheme, _, rest = said.partition(" ")
        key = rest if rest and scheme.lower() in SCHEMES else said
        base = f"{scope['scheme']}://{context.request.headers.get('host', 'localhost')}"
        if self.api is None:
            raise RuntimeError("agents are served before the API is")
        inside = _Inside(self.api, httpx2.URL(base), self._public, scope.get("client") or ("", 0))
        return AsyncReelgate(base, key=key, retry_seconds=_RETRY_SECONDS, through=inside)


class _Inside(httpx2.AsyncBaseTransport):
    """Takes calls to the API in this process, and out only a file's link that leads elsewhere, as to a bucket.

    Whatever carries a key stays inside: where it goes to is read from a header that the caller wrote.
    """

    def __init__(self, api: ASGIApp, base: httpx2.URL, public: httpx2.URL | None, client: tuple[str, int]) -> None:
        self._api = httpx2.ASGITransport(api, client=client)
        self._base = base
        self._public = public
        self._out: httpx2.AsyncHTTPTransport | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Make a call."""
        if "authorization" in request.headers or request.url.netloc == self._base.netloc:
            return await self._api.handle_async_request(request)
        if self._public is not None and request.url.netloc == self._public.netloc:
            path = request.url.raw_path.decode().removeprefix(self._public.path.rstrip("/"))
            request.url = request.url.copy_with(raw_path=path.encode())
            return await self._api.handle_async_request(request)
        self._out = self._out or httpx2.AsyncHTTPTransport()
        return await self._out.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what went out."""
        if self._out is not None:
            with contextlib.suppress(httpx2.TransportError):
                await self._out.aclose()
