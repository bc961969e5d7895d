"""Group commit: writes that arrive while one group is being written form the next group."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

GROUP_SIZE = 512  # keeps a group's transaction short


class Batcher(Generic[Item, Result]):
    """Hands waiting items to `write_group` in groups, one group at a time, in the order they came in.

    `write_group` returns one result or exception for each item; what it raises goes to every item of the group.
    """

    def __init__(self, write_group: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]]) -> None:
        self._write_group = write_group
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, item: Item) -> Result:
        """Return the item's result once its group is written. A caller that gives up does not unwrite it."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return await future

    async def drain(self) -> None:
        """Wait until nothing is waiting."""
        if self._writer is not None:
            await self._writer

    async def _write_all(self) -> None:
        while group := self._waiting[:GROUP_SIZE]:
            del self._waiting[:GROUP_SIZE]
            (outcome,) = await asyncio.gather(
                self._write_group([item for item, _future in group]), return_exceptions=True
            )
            outcomes = [outcome] * len(group) if isinstance(outcome, BaseException) else outcome
            for (_item, future), result in zip(group, outcomes, strict=True):
                _settle(future, result)


def _settle(future: asyncio.Future[Result], result: Result | BaseException) -> None:
    if future.done():  # its caller was cancelled
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)
