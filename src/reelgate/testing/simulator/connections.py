"""HTTP connections that can be closed in the middle of an answer, as those to a vendor in trouble are."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Address = tuple[str, int]


class Connections:
    """Every open connection by the client's address."""

    def __init__(self) -> None:
        self._open: dict[Address, asyncio.Transport] = {}

    def close(self, client: Address) -> None:
        """Close a connection once what was written to it has gone out."""
        transport = self._open.get(client)
        if transport is not None:
            transport.close()

    def protocol(self) -> type[HttpToolsProtocol]:
        """Return the protocol that keeps this list."""
        opened = self._open

        class Listed(HttpToolsProtocol):
            def connection_made(self, transport: Any) -> None:
                super().connection_made(transport)
                if self.client:
                    opened[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client:
                    opened.pop(self.client, None)
                super().connection_lost(exc)

        return Listed
