"""Places a batch's orders, a limited number at a time, waits for them and saves the videos."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from reelgate.batch.book import FAILED, LEFT, ORDERED, REFUSED, SAVED, Book, Entry
from reelgate.client import (
    ApiError,
    AsyncReelgate,
    AsyncTask,
    Forbidden,
    NoFunds,
    NotFound,
    RemoteTask,
    TaskFailed,
    UnreadableAnswer,
    WrongKey,
)
from reelgate.client.media import fields_of

_HALTS = (NoFunds, WrongKey, Forbidden)
"""What is refused so is refused to all that follow too."""
_IN_DOUBT = ("unconfirmed", "answer_failed")
"""Codes of a create that may have made a task."""
_GONE = "the task is gone from the server, or is another project's; --again orders the video anew"
_USD = 1_000_000


class BatchRun:
    """One run over a book. `budget`: micros that all orders together may cost; None: no bound."""

    def __init__(
        self,
        house: AsyncReelgate,
        book: Book,
        *,
        jobs: int,
        budget: int | None,
        again: bool,
        shown: Callable[[Entry], None],
    ) -> None:
        self._house = house
        self._book = book
        self._jobs = jobs
        self._budget = budget
        self._again = again
        self._shown = shown
        self._halted = ""
        self._purse = asyncio.Lock()

    async def run(self) -> None:
        """Do the remaining work. Raises Unreachable; a later run continues."""
        places = asyncio.Semaphore(self._jobs)

        async def one(entry: Entry) -> None:
            async with places:
                await self._row(entry)

        async with asyncio.TaskGroup() as group:
            for entry in self._book.entries:
                group.create_task(one(entry))

    async def _row(self, entry: Entry) -> None:
        try:
            fields = await asyncio.to_thread(fields_of, entry.row.fields)
        except (OSError, TypeError) as error:
            self._note(entry, REFUSED, reason=str(error))
            return
        if not self._open(entry, fields):
            return
        try:
            task = await self._placed(entry, fields)
            if task is not None:
                await self._made(entry, task)
        except ApiError as error:
            if isinstance(error, _HALTS):
                self._halted = self._halted or str(error)
            self._note(entry, self._end(entry, error), reason=str(error))

    @staticmethod
    def _end(entry: Entry, error: ApiError) -> str:
        """Return a row's state after a failed call; an order that was taken, or may have been, continues."""
        in_doubt = error.status >= 500 or error.code in _IN_DOUBT or isinstance(error, UnreadableAnswer)
        if entry.task or (entry.state == ORDERED and in_doubt):
            return ORDERED
        return LEFT if isinstance(error, _HALTS) else REFUSED

    def _open(self, entry: Entry, fields: dict[str, Any]) -> bool:
        """Whether something is left to do for a row; an order that is another one now starts again."""
        if entry.order != self._book.order_name(entry, fields):
            entry.attempt = 0
        elif entry.state == SAVED and self._book.path(entry).is_file():
            return False
        elif entry.state == FAILED:
            if not self._again:
                return False
            entry.attempt += 1
        order = self._book.order_name(entry, fields)
        if order != entry.order:
            entry.begin(order)
        return True

    async def _placed(self, entry: Entry, fields: dict[str, Any]) -> AsyncTask | None:
        """Return the row's task, ordered now or before; None if it may not be ordered, or is gone."""
        if entry.task:
            return await self._known(entry)
        if self._halted:
            self._leave(entry, self._halted)
            return None
        quote_id: str | None = None
        async with self._purse:  # one at a time, or two would fit in where one does
            if self._budget is None:
                self._note(entry, ORDERED)
            else:
                quote = await self._house.quote(**fields)
                price = int(quote["price"]["amount_micros"])
                others = self._book.spent - entry.price
                if others + price > self._budget:
                    left = (self._budget - others) / _USD
                    self._leave(entry, f"it costs {price / _USD:g} USD, of the budget {left:g} is left")
                    return None
                quote_id = quote["id"]
                self._note(entry, ORDERED, price=price)
            task = await self._house.create(idempotency_key=entry.order, quote_id=quote_id, **fields)
            self._note(entry, ORDERED, task=task.id, price=task.price_micros)
        return task

    async def _known(self, entry: Entry) -> AsyncTask | None:
        """Return the task of an earlier run. One that is gone is not ordered once more: it would be paid twice."""
        try:
            return await self._house.get(entry.task)
        except NotFound:
            self._note(entry, FAILED, reason=_GONE)
            return None

    async def _made(self, entry: Entry, task: AsyncTask) -> None:
        def watch(now: RemoteTask) -> None:
            entry.progress = now.progress
            self._shown(entry)

        try:
            await task.wait(on_progress=watch)
        except TaskFailed as error:
            self._note(entry, FAILED, reason=str(error), charged=task.charged_micros or 0)
            return
        except NotFound:
            self._note(entry, FAILED, reason=_GONE)
            return
        await task.save(self._book.path(entry))
        facts = {name: task.raw.get(name) for name in ("seconds", "seed")}
        self._note(entry, SAVED, charged=task.charged_micros or 0, **facts)

    def _leave(self, entry: Entry, reason: str) -> None:
        """Order nothing for a row. What was sent without an answer may have been ordered: its price counts on."""
        self._note(entry, ORDERED if entry.state == ORDERED else LEFT, reason=reason)

    def _note(self, entry: Entry, state: str, **facts: Any) -> None:
        self._book.note(entry, state, **facts)
        self._shown(entry)
