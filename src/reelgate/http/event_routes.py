"""Moves of tasks as server-sent events: of one task until it ends, and of a project while a client listens."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from reelgate import limits
from reelgate.conductor.forecast import Forecast
from reelgate.dialects.metadata import asked_metadata
from reelgate.dialects.query import text
from reelgate.dialects.reelgate import house_task, metadata_of
from reelgate.errors import InvalidField
from reelgate.events.stream import Listener, Stream, StreamedMove, told
from reelgate.http.caller import Caller
from reelgate.http.responses import encode
from reelgate.http.route import Owner, route
from reelgate.http.task_routes import NARROWED, read_states
from reelgate.tasks.feeds import MovePosition
from reelgate.tasks.projects import Key, Scope
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
"""The second keeps nginx from holding events back."""
EVENTS = "text/event-stream"
_SINCE = text("last_event_id", "The id of the last event that was seen, as in the header Last-Event-ID.")
_PAGE = 256
_Wanted = Callable[[Task], bool]


class _Asked(NamedTuple):
    """What a client listens to: its project's tasks or one of them, from where on, and whether it still may."""

    project_id: str
    task_id: str
    since: MovePosition | None
    check: Callable[[], Key]


class _Render:
    """Renders events for callers: the same for all callers of one address."""

    def __init__(self, caller: Caller, forecast: Forecast) -> None:
        self._forecast = forecast
        self._links = caller.links
        self._base = caller.base

    def __call__(self, news: StreamedMove) -> bytes:
        text = news.texts.get(self._base)
        if text is None:
            place = "" if news.place is None else f"id: {news.place}\n"
            head = f"{place}event: {news.event}\ndata: ".encode()
            task = self._forecast.shown(news.task)
            shown = house_task(task, self._links) | self._forecast.of(task)
            text = news.texts[self._base] = head + encode(shown) + b"\n\n"
        return text


class EventRoutes:
    """What a key's owner may listen to."""

    def __init__(self, *, store: TaskStore, stream: Stream, forecast: Forecast) -> None:
        self._forecast = forecast
        self._store = store
        self._stream = stream

    @route("GET", "/v1/events", Scope.READ, answers="server-sent events", gives=EVENTS, query=(*NARROWED, _SINCE))
    async def of_project(self, caller: Caller) -> Response:
        """Stream every state change of the project's tasks; `model`, `status` and `metadata` narrow it."""
        asked = _Asked(caller.project_id, "", await self._since(caller.request), caller.check)
        return await self._answer(caller, self._lines(_Render(caller, self._forecast), asked, _wanted(caller.request)))

    @route(
        "GET",
        "/v1/tasks/{id}/events",
        Scope.READ,
        owner=Owner.TASK,
        answers="server-sent events",
        gives={200: EVENTS, 204: None},
        query=(_SINCE,),
    )
    async def of_task(self, caller: Caller) -> Response:
        """Stream a task: its current state, then each change and its progress, until it has ended."""
        task = caller.task
        since = await self._since(caller.request)
        if since is not None and task.state.ended and not await self._behind(since, task):
            return Response(status_code=204)  # at which a browser's EventSource stops asking
        asked = _Asked(caller.project_id, task.id, since, caller.check)
        return await self._answer(caller, self._lines(_Render(caller, self._forecast), asked, lambda _: True))

    async def _since(self, request: Request) -> MovePosition | None:
        """Return the place that a client comes back with; one that this journal has not reached is its end."""
        given = request.headers.get("last-event-id") or request.query_params.get("last_event_id")
        if not given:
            return None
        place = MovePosition.parse(given)
        if place is None:
            raise InvalidField.out_of_range("Last-Event-ID", given, "the id of an event of this server, or none")
        return min(place, await self._store.feed.last())

    async def _behind(self, since: MovePosition, task: Task) -> bool:
        return bool(await self._store.feed.after(since, limit=1, task_id=task.id))

    async def _answer(self, caller: Caller, lines: AsyncGenerator[bytes]) -> Response:
        """Answer with a stream once there is a place for its listener. Raises Unavailable, StoreError."""
        if caller.request.method == "HEAD":
            await lines.aclose()
            return StreamingResponse(iter(()), media_type=EVENTS, headers=HEADERS)
        first = await anext(lines)
        return StreamingResponse(_all(first, lines), media_type=EVENTS, headers=HEADERS)

    async def _lines(self, render: _Render, asked: _Asked, wanted: _Wanted) -> AsyncGenerator[bytes]:
        async with self._stream.listening(asked.project_id, asked.task_id, asked.check) as listener:
            yield f"retry: {limits.EVENTS_RETRY_MS}\n\n".encode()
            async for news in self._told(listener, asked):
                if not news:
                    yield b": still here\n\n"
                elif lines := b"".join(render(one) for one in news if wanted(one.task)):
                    yield lines

    async def _told(self, listener: Listener, asked: _Asked) -> AsyncIterator[list[StreamedMove]]:
        """Yield the missed events, then new ones, all that wait at a time; nothing after a quiet interval.

        A task's end is the last.
        """
        async for missed in self._before(listener.start, asked):
            yield [missed]
            if asked.task_id and missed.final:
                return
        while True:
            try:
                heard = await listener.next(limits.EVENTS_HEARTBEAT_SECONDS)
            except StopAsyncIteration:
                return
            news = [] if heard is None else [heard, *listener.more()]
            yield news
            if asked.task_id and any(one.final for one in news):
                return

    async def _before(self, start: MovePosition, asked: _Asked) -> AsyncIterator[StreamedMove]:
        """Yield what was missed until a listener's start; to who is new, how the one task stands."""
        if asked.since is None:
            task = await self._store.get(asked.task_id) if asked.task_id else None
            if task is not None:
                yield StreamedMove(f"task.{task.state}", task, start)
            return
        place = asked.since
        while place < start:
            page = await self._store.feed.after(place, limit=_PAGE, project_id=asked.project_id, task_id=asked.task_id)
            for moved in page:
                if moved.place > start:
                    return
                place = moved.place
                yield told(moved)
            if len(page) < _PAGE:
                return


async def _all(first: bytes, lines: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    """Yield a line that was taken already, and the others."""
    async with aclosing(lines):
        yield first
        async for line in lines:
            yield line


def _wanted(request: Request) -> _Wanted:
    """Return the filter that a query string asks for. Raises InvalidField."""
    model = request.query_params.get("model")
    states = read_states(request.query_params.get("status"))
    notes = asked_metadata(request.query_params.multi_items())

    def wanted(task: Task) -> bool:
        fits = (not model or task.model == model) and (not states or task.state in states)
        return fits and (not notes or notes.items() <= metadata_of(task).items())

    return wanted
