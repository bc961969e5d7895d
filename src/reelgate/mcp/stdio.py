"""Serves one client on stdin and stdout, which started this process."""

from __future__ import annotations

from mcp.server.stdio import stdio_server

from reelgate.client import AsyncReelgate
from reelgate.mcp.service import service

_RETRY_SECONDS = 60.0


async def serve(url: str, key: str, *, ask_above: float) -> None:
    """Serve until the client goes."""

    def connect(_: object) -> AsyncReelgate:
        return AsyncReelgate(url, key=key, retry_seconds=_RETRY_SECONDS)

    tools = service(connect, local=True, ask_above=ask_above)
    async with stdio_server() as (read, write):
        await tools.run(read, write, tools.create_initialization_options())
