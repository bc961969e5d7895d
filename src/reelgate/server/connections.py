"""All connections together: their maximum, their deadlines, and which one is closed to make room."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Iterable, Iterator

from starlette.types import ASGIApp

from reelgate import limits
from reelgate.errors import ReelgateError
from reelgate.server.connection import Connection
from reelgate.server.patience import look, worth

TEND_SECONDS = 0.5
"""How often every connection is looked at."""
LATE_SECONDS = 5.0
"""After which a look is so late that the process was stopped, or the machine asleep."""

_POOLS = (
    (b"java-http-client/", 1200.0),  # java.net.http before Java 20
    (b"reactornetty/", 1200.0),  # this and the next two know no end, and look before they send
    (b"python-requests/", 1200.0),
    (b"python-urllib3/", 1200.0),
    (b"okhttp/", 300.0),
    (b"openaiclientimpl/java", 300.0),  # this and the next four are on OkHttp, or may be
    (b"dashscope/", 300.0),
    (b"volcengine-java-sdk/", 300.0),
    (b"byteplus-java-sdk", 300.0),
    (b"ktor-client", 300.0),
    (b"apache-httpclient/", 180.0),
    (b"apache-httpasyncclient/", 180.0),
    (b"go-http-client/", 90.0),
    (b"openai/go", 90.0),
)
"""Clients by how their User-Agent begins, and how many seconds their pools keep a connection by themselves."""


class Connections:
    """What the server knows of its connections.

    `ceiling` is how many there may be. Near it the ones that have been idle the longest go first: those that never
    sent a whole request before those that were answered. Exchanges that are in progress are never broken off.
    """

    def __init__(self, *, keep_alive: float, ceiling: int, answering: Callable[[ReelgateError], ASGIApp]) -> None:
        self.keep_alive = keep_alive
        self.answering = answering
        self.stopping = False
        """Whether every answer that is begun from now on ends its connection."""
        self.admitted = 0
        """How many have been opened so far."""
        self._ceiling = ceiling
        self._looked = 0.0
        self._open: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._open))

    def keeps(self, headers: Iterable[tuple[bytes, bytes]]) -> float:
        """Return how many seconds a connection may be idle whose first request has these headers."""
        agent = next((value for name, value in headers if name == b"user-agent"), b"").lower()
        known = next((seconds for start, seconds in _POOLS if agent.startswith(start)), 0.0)
        return max(self.keep_alive, known + limits.POOL_MARGIN_SECONDS)

    def admit(self, connection: Connection) -> bool:
        """Count a new connection, and say whether there is room for it."""
        self._open.add(connection)
        self.admitted += 1
        if len(self._open) > self._ceiling:
            self._make_room(connection)
        return len(self._open) <= self._ceiling

    @property
    def overfull(self) -> bool:
        """Whether every slot is taken, also those for refusals."""
        return len(self._open) > self._ceiling + self._ceiling // 16

    def forget(self, connection: Connection) -> None:
        """Count a connection no more."""
        self._open.discard(connection)

    def _make_room(self, newest: Connection) -> None:
        """Close several at a time, so that not every newcomer has to search them all."""
        now = asyncio.get_running_loop().time()
        ranked = ((worth(one, now), one) for one in self._open if one is not newest)
        going = heapq.nsmallest(
            max(1, self._ceiling // 64),
            ((rank, id(one), one) for rank, one in ranked if rank is not None),
        )
        for _, _, one in going:
            self._open.discard(one)
            one.transport.abort()

    async def tend(self) -> None:
        """Look at every connection once."""
        self.look(asyncio.get_running_loop().time())

    def look(self, now: float) -> None:
        """Close connections that have taken too long. Time in which the server itself was blocked does not count."""
        pause = now - self._looked if self._looked else 0.0
        self._looked = now
        for connection in self:
            if pause > LATE_SECONDS:
                connection.since += pause
            else:
                look(connection, now, pause)
