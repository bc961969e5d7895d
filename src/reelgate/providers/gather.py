"""Polls that fall due together, asked in one question where a vendor can list jobs by their ids."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from reelgate import limits
from reelgate.providers.reply import Reply

Many = Callable[[Sequence[str]], Awaitable[Mapping[str, Reply]]]
"""Polls many jobs in one request; returns those that the vendor reported. Raises OSError."""
One = Callable[[str], Awaitable[Reply]]
"""Asks for one job. Raises OSError."""


class Gather:
    """Waits a moment for others to ask, then asks for all. What is missing in the answer is asked for singly."""

    def __init__(self, many: Many, one: One, *, seconds: float = limits.GATHER_SECONDS) -> None:
        self._many = many
        self._one = one
        self._seconds = seconds
        self._refs: list[str] = []
        self._question: asyncio.Task[Mapping[str, Reply]] | None = None

    async def get(self, ref: str) -> Reply:
        """Return the report about a job. Raises OSError."""
        told = await asyncio.shield(self._joined(ref))
        return told[ref] if ref in told else await self._one(ref)

    def _joined(self, ref: str) -> asyncio.Task[Mapping[str, Reply]]:
        if self._question is None or len(self._refs) >= limits.GATHER_MOST:
            self._refs = []
            self._question = asyncio.create_task(self._ask(self._refs), name="gather")
        self._refs.append(ref)
        return self._question

    async def _ask(self, refs: list[str]) -> Mapping[str, Reply]:
        await asyncio.sleep(self._seconds)
        if refs is self._refs:
            self._question = None
        different = list(dict.fromkeys(refs))
        return await self._many(different) if len(different) > 1 else {}
