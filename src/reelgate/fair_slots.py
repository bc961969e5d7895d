"""Slots for slow work, shared fairly: a caller with much work in progress does not delay the others."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Keys = tuple[str, ...]


class FairSlots:
    """`total` slots, of which each key can have at most as many as its ceiling.

    Work has one key for each ceiling; the first key is its project. Waiting projects get free slots in turn. Within a
    project the call that has waited longest, and whose ceilings allow it, is next. Use it on one event loop only.
    """

    def __init__(self, total: int, *ceilings: int) -> None:
        self._free = total
        self._ceilings = ceilings
        self._held: tuple[Counter[str], ...] = tuple(Counter() for _ in ceilings)
        self._waiting: dict[str, dict[Keys, deque[asyncio.Future[None]]]] = {}

    @asynccontextmanager
    async def held(self, *keys: str) -> AsyncIterator[None]:
        """Wait for a slot and hold it while the context is open."""
        await self.take(*keys)
        try:
            yield
        finally:
            self.give(*keys)

    async def take(self, *keys: str) -> None:
        """Wait for a slot and take it; `give` it back with the same keys."""
        if self._fits(keys):
            self._occupy(keys)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line = self._waiting.setdefault(keys[0], {}).setdefault(keys, deque())
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(*keys)  # it was ours already
            elif turn in line:
                line.remove(turn)
                self._forget(keys)
            raise

    def give(self, *keys: str) -> None:
        """Give a slot back."""
        self._free += 1
        for held, key in zip(self._held, keys, strict=True):
            held[key] -= 1
            if not held[key]:
                del held[key]
        while self._next():
            pass

    def _fits(self, keys: Keys) -> bool:
        each = zip(self._held, keys, self._ceilings, strict=True)
        return self._free > 0 and all(held[key] < ceiling for held, key, ceiling in each)

    def _occupy(self, keys: Keys) -> None:
        self._free -= 1
        for held, key in zip(self._held, keys, strict=True):
            held[key] += 1

    def _next(self) -> bool:
        """Give a slot to the first that may have one; its project then goes behind the others."""
        for project, lines in self._waiting.items():
            for keys, line in lines.items():
                if not self._fits(keys):
                    continue
                turn = line.popleft()
                self._forget(keys)
                if turn.done():  # this waiter has just given up
                    return True
                turn.set_result(None)
                self._occupy(keys)
                if project in self._waiting:
                    self._waiting[project] = self._waiting.pop(project)
                return True
        return False

    def _forget(self, keys: Keys) -> None:
        """Drop an empty queue, so that it takes no memory."""
        lines = self._waiting.get(keys[0], {})
        if not lines.get(keys, True):
            del lines[keys]
        if not lines:
            self._waiting.pop(keys[0], None)
