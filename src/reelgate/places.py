"""Places for work that takes a while, shared fairly: a caller with much work under way does not hold up the others."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Keys = tuple[str, ...]


class Places:
    """`total` places, and of them at most so many for each key as its ceiling says.

    Work comes with as many keys as there are ceilings, the first of them its project: free places go to the projects
    that wait by turns, within a project to the one that waits longest and may have one. One event loop's alone.
    """

    def __init__(self, total: int, *ceilings: int) -> None:
        self._free = total
        self._ceilings = ceilings
        self._held: tuple[Counter[str], ...] = tuple(Counter() for _ in ceilings)
        self._waiting: dict[str, dict[Keys, deque[asyncio.Future[None]]]] = {}

    @asynccontextmanager
    async def held(self, *keys: str) -> AsyncIterator[None]:
        """Hold a place while the context is open; wait for it first."""
        await self.take(*keys)
        try:
            yield
        finally:
            self.give(*keys)

    async def take(self, *keys: str) -> None:
        """Wait for a place and take it; `give` it back with the same keys."""
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
        """Give a place back."""
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
        """Give a place to the first that may have one; its project then stands behind the others."""
        for project, lines in self._waiting.items():
            for keys, line in lines.items():
                if not self._fits(keys):
                    continue
                turn = line.popleft()
                self._forget(keys)
                if turn.done():  # who stood there has just given up
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
