"""What a create passes before its body is read: the ceiling of the whole server, then the rates of its key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from reelgate.access.keyring import KeyRing
from reelgate.access.rate_limit import Headers, Rates
from reelgate.clock import Clock
from reelgate.errors import Unavailable
from reelgate.settings import Settings
from reelgate.tasks.projects import Key
from reelgate.tasks.store import TaskStore

COUNT_SECONDS = 5.0
"""How often the journal's open tasks are counted."""
_FULL_SECONDS = 30  # after which to come back when a gateway has too many open tasks: they end one by one


class Gate:
    """Sheds creates beyond what the server takes; queries, lists, cancels and health never pass here.

    Open tasks are counted from time to time, and by one more for each create in between.
    """

    def __init__(self, store: TaskStore, keys: KeyRing, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._keys = keys
        self._rates = Rates(clock)
        self._creates_at_once = settings.creates_at_once
        self._max_open_tasks = settings.max_open_tasks
        self._inside = 0
        self._open_tasks = 0

    async def recount(self) -> None:
        """Count the open tasks of the whole journal. Raises StoreError."""
        counts = await self._store.open_tasks()
        self._open_tasks = sum(count for states in counts.values() for count in states.values())

    @contextmanager
    def passed(self, key: Key) -> Iterator[Headers]:
        """Let a create through; yields the headers that tell its key's rate. Raises Unavailable and RateLimited."""
        self._check()
        headers = self._rates.count(key, self._keys.project(key.project_id))
        self._inside += 1
        try:
            yield headers
            self._open_tasks += 1
        finally:
            self._inside -= 1

    def _check(self) -> None:
        if self._inside >= self._creates_at_once:
            raise Unavailable("the server has as many creates under way as it takes; try again shortly")
        if self._open_tasks >= self._max_open_tasks:
            error = Unavailable("the server has as many open tasks as it takes; try again when some have ended")
            error.retry_after = _FULL_SECONDS
            raise error
