"""Checks before a call's body is read: the limits of the whole server and of its project, then its rates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum

from reelgate import limits
from reelgate.access.keyring import KeyRing
from reelgate.access.rate_limit import PREVIEWS, Headers, Rates
from reelgate.clock import Clock
from reelgate.errors import Crowded, Unavailable
from reelgate.settings import Settings
from reelgate.tasks.projects import Key
from reelgate.tasks.store import TaskStore

COUNT_SECONDS = 5.0
"""How often the journal's open tasks are counted."""
_FULL_SECONDS = 30  # after which to come back when a gateway has too many open tasks: they end one by one
_MB = 1024 * 1024


class Door(StrEnum):
    """What beside creates makes the server compute; each has a rate of its own."""

    QUOTES = "quotes"
    PREVIEWS = PREVIEWS
    ASSETS = "calls for assets"
    POLICIES = "upload policies"
    UPLOADS = "uploads"
    ADMIN = "calls for projects and keys"
    WEBHOOKS = "calls for webhooks"


class Passage:
    """A call that was let through: the headers that tell its key's rate, and the memory that its body takes."""

    def __init__(self, gate: LoadShedder, project_id: str, headers: Headers) -> None:
        self.headers = headers
        self._gate = gate
        self._project_id = project_id
        self._taken = 0

    def take(self, size: int) -> None:
        """Count some more bytes of the body. Raises Crowded or Unavailable if there is no room for them."""
        self._gate.take(self._project_id, size)
        self._taken += size

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for the turn of a large body: they are decoded one after another."""
        async with self._gate.decoding:
            yield

    def leave(self) -> None:
        """Give back what the body took."""
        self._gate.take(self._project_id, -self._taken)
        self._taken = 0


class LoadShedder:
    """Sheds creates beyond what the server takes; queries, lists, cancels and health never pass here.

    Open tasks are counted from time to time, and by one more for each create in between.
    """

    def __init__(self, store: TaskStore, keys: KeyRing, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._keys = keys
        self._rates = Rates(clock)
        self._creates_at_once = settings.creates_at_once
        self._max_open_tasks = settings.max_open_tasks
        self._share = -(-settings.creates_at_once // limits.CREATES_AT_ONCE_SHARE)
        self._inside = _Counts()
        self._bytes = _Counts()
        self._open_tasks = 0
        self.decoding = asyncio.Lock()
        self.full = False
        """Whether there is no space for new videos: creates are refused, other calls continue."""

    async def recount(self) -> None:
        """Count the open tasks of the whole journal. Raises StoreError."""
        counts = await self._store.open_tasks()
        self._open_tasks = sum(count for states in counts.values() for count in states.values())

    @contextmanager
    def passed(self, key: Key) -> Iterator[Passage]:
        """Let a create through. Raises Unavailable, Crowded and RateLimited."""
        self._check(key.project_id)
        headers = self._rates.count(key, self._keys.project(key.project_id))
        self._inside.add(key.project_id, 1)
        passage = Passage(self, key.project_id, headers)
        try:
            yield passage
            self._open_tasks += 1
        finally:
            passage.leave()
            self._inside.add(key.project_id, -1)

    @contextmanager
    def visited(self, key: Key, door: Door) -> Iterator[Passage]:
        """Let a call through that makes no task. Raises Crowded, Unavailable and RateLimited."""
        passage = Passage(self, key.project_id, self._rates.count(key, self._keys.project(key.project_id), door))
        try:
            yield passage
        finally:
            passage.leave()

    @property
    def creates(self) -> int:
        """How many creates are in progress."""
        return self._inside.total

    @property
    def body_bytes(self) -> int:
        """How many bytes of bodies are in memory."""
        return self._bytes.total

    def upload(self, project_id: str) -> None:
        """Count a file that a policy of that project brings, without a key. Raises RateLimited."""
        self._rates.count_of_project(self._keys.project(project_id), Door.UPLOADS)

    def take(self, project_id: str, size: int) -> None:
        """Count bytes of bodies in memory, or give them back. Raises Crowded or Unavailable for too many."""
        if size > 0:
            if self._bytes.of(project_id) + size > limits.PROJECT_BODY_BYTES_AT_ONCE:
                most = limits.PROJECT_BODY_BYTES_AT_ONCE // _MB
                raise Crowded(
                    f"this project has too many large calls under way (at most {most} MiB); send this one again shortly"
                )
            if self._bytes.total + size > limits.BODY_BYTES_AT_ONCE:
                raise Unavailable("too many large calls at once; try again shortly")
        self._bytes.add(project_id, size)

    def _check(self, project_id: str) -> None:
        if self.full:
            error = Unavailable("the server has no storage space for more videos at the moment; try again later")
            error.retry_after = _FULL_SECONDS
            raise error
        if self._inside.total >= self._creates_at_once:
            raise Unavailable("too many concurrent creates; try again shortly")
        if self._inside.of(project_id) >= self._share:
            raise Crowded(
                f"too many concurrent creates of this project (at most {self._share}); send this one again shortly"
            )
        if self._open_tasks >= self._max_open_tasks:
            error = Unavailable("too many open tasks on this server; try again when some have ended")
            error.retry_after = _FULL_SECONDS
            raise error


class _Counts:
    """Numbers by project, and their sum; what is nothing any more is forgotten."""

    def __init__(self) -> None:
        self.total = 0
        self._counts: dict[str, int] = {}

    def of(self, name: str) -> int:
        return self._counts.get(name, 0)

    def add(self, name: str, count: int) -> None:
        self.total += count
        left = self._counts.get(name, 0) + count
        if left:
            self._counts[name] = left
        else:
            self._counts.pop(name, None)
