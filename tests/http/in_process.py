"""A server in the test's own process, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from reelgate.server.compose import open_server
from reelgate.settings import Settings


@asynccontextmanager
async def client_of(folder: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """Open a server that renders nothing, with its data below `folder`; yield a client that has its key."""
    async with (
        open_server(Settings(data=folder / "data", workers=0, vendors=False)) as server,
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=server.app),
            base_url="http://gw",
            headers={"Authorization": f"Bearer {server.key}"},
        ) as client,
    ):
        yield client
