"""Answers that wait until a task has changed or ended, as `reelgate.http.waiting` reads from a call."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from msgspec.structs import replace

from reelgate.catalog import Catalog
from reelgate.conductor.forecast import Forecast
from reelgate.dialects.port import HOUSE, Answer
from reelgate.errors import StoreError
from reelgate.events.stream import Stream
from reelgate.http.body import header
from reelgate.http.creates import CreateExchange
from reelgate.http.links import LinkMaker
from reelgate.tasks.record import Task

log = structlog.get_logger()


class Holding:
    """Holds answers to creates and queries."""

    def __init__(self, *, stream: Stream, catalog: Catalog, forecast: Forecast, links: LinkMaker) -> None:
        self._stream = stream
        self._catalog = catalog
        self._forecast = forecast
        self._links = links

    async def changed(self, task: Task, seconds: float) -> Task:
        """Return a task once it is another one, or as it is after that many seconds."""
        return await self._stream.changed(task, seconds) if seconds and not task.state.ended else task

    async def ended(self, exchange: CreateExchange, answer: Answer, seconds: float) -> Answer:
        """Return the answer to a create once its task has ended, or as things stand after that many seconds.

        Never raises: the task exists, however the wait ends.
        """
        if not seconds or exchange.made is None:
            return answer
        try:
            return await self._held(exchange, exchange.made, answer, seconds)
        except Exception:
            log.exception("gateway.held", path=exchange.path)
            return answer

    async def _held(self, exchange: CreateExchange, task: Task, answer: Answer, seconds: float) -> Answer:
        end = asyncio.get_running_loop().time() + seconds
        with contextlib.suppress(StoreError):
            while not task.state.ended and (left := end - asyncio.get_running_loop().time()) > 0:
                before, task = task, await self._stream.changed(task, left)
                if task is before:  # the server stops, or has as many listeners as it takes
                    break
        task = self._forecast.shown(task)
        model = self._catalog.of(task.made_with, task.sold_by, or_like=True)
        if exchange.speaker.name != HOUSE:
            return replace(answer, body=exchange.speaker.render_created(task, model).body)
        links = self._links.under(exchange.scope["scheme"], header(exchange.scope, b"host") or "")
        shown = exchange.speaker.render(task, model, links)
        return replace(answer, body={**shown.body, **self._forecast.of(task)})
