"""Hints between servers that share a journal on PostgreSQL: something has moved, look now.

They are sent and heard on a connection of their own, at most some in a second, after what they speak of was committed.
Nothing depends on them: a server that gets none finds every move in the journal, by looking again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from reelgate import ids, limits
from reelgate.fault_log import FaultLog
from reelgate.tasks.postgres import DRIVER_ERRORS, NO_SETTINGS
from reelgate.tasks.postgres_address import read_address

log = structlog.get_logger()

_SECONDS = 10.0  # that a statement may take


class _Pooled(Exception):
    """A pooler is in front of the database: its connections receive nothing between two transactions."""


class Hints:
    """Tells other servers that this one has written a move, and calls `heard` when one of them has."""

    def __init__(
        self, url: str, heard: Callable[[], None], *, again_seconds: float = limits.HINTS_AGAIN_SECONDS
    ) -> None:
        """`url` is the journal's address. Raises ValueError for an invalid one."""
        self._address = read_address(url)
        self._heard = heard
        self._again = again_seconds
        self._me = ids.uuid7(0)
        self._news = asyncio.Event()
        self._faults = FaultLog()
        self.listening = asyncio.Event()
        """Set while hints are heard."""

    def tell(self) -> None:
        """Let the others know soon."""
        self._news.set()

    async def run(self) -> None:
        """Send and receive until cancelled, also after lost connections; return if a pooler makes that impossible."""
        if self._address.pooled:
            return
        while True:
            try:
                await self._session()
            except _Pooled:
                return
            except DRIVER_ERRORS as error:
                self._faults.warning("hints.away", about="hints", reason=str(error) or type(error).__name__)
            finally:
                self.listening.clear()
            await asyncio.sleep(self._again)

    async def _session(self) -> None:
        connection = await self._connected()
        lost = asyncio.Event()

        def end(_: object) -> None:
            lost.set()
            self._news.set()

        connection.add_termination_listener(end)
        try:
            channel = "reelgate_" + str(await connection.fetchval("SELECT current_schema()", timeout=_SECONDS))[:50]
            await connection.add_listener(channel, self._hear)
            self.listening.set()
            self._heard()  # what was told while nobody listened
            self._news.set()  # what could not be told
            while not lost.is_set():
                await self._tell(connection, channel)
        finally:
            with suppress(*DRIVER_ERRORS):
                connection.terminate()

    async def _connected(self) -> Any:
        tls: dict[str, Any] = {"direct_tls": True} if self._address.direct_tls else {}
        try:
            return await asyncpg.connect(
                self._address.url,
                timeout=self._address.connect_seconds,
                statement_cache_size=0,
                server_settings={"plan_cache_mode": "force_generic_plan"},  # which poolers refuse
                **tls,
            )
        except asyncpg.PostgresError as error:
            if NO_SETTINGS not in str(error).lower():
                raise
            log.info("hints.pooled", effect="what other servers wrote is found by looking again")
            raise _Pooled from error

    async def _tell(self, connection: Any, channel: str) -> None:
        """Send a hint when there is something to tell; else see from time to time whether the connection lives."""
        try:
            async with asyncio.timeout(limits.HINTS_CHECK_SECONDS):
                await self._news.wait()
        except TimeoutError:
            await connection.execute("SELECT 1", timeout=_SECONDS)
            return
        self._news.clear()
        if connection.is_closed():
            return
        await connection.execute("SELECT pg_notify($1, $2)", channel, self._me, timeout=_SECONDS)
        await asyncio.sleep(limits.HINTS_SECONDS)

    def _hear(self, _connection: Any, _pid: int, _channel: str, sender: str) -> None:
        if sender != self._me:
            self._heard()
