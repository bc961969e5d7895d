"""One reader of the journal's feed that passes every move to any number of listeners.

The journal is the truth: moves are read from it in order, and a listener that fell behind or comes back reads on from
the place of the last move that it saw. What this process wrote itself, or learns that another one wrote, is only a hint
to look at once; what nobody hinted at is found by looking again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

from reelgate import limits
from reelgate.errors import ReelgateError, StoreError, Unavailable
from reelgate.tasks.feeds import Moved, MovePosition
from reelgate.tasks.record import Task
from reelgate.tasks.states import ENDS
from reelgate.tasks.store import TaskStore

LOOK_SECONDS = 0.5
"""Seconds between two reads of the feed while there are listeners and no hint of a move."""
_PAGE = 256
_ENDS = frozenset(f"task.{state}" for state in ENDS)


@dataclass(frozen=True, slots=True)
class StreamedMove:
    """What listeners get: a task as it is, what happened (`task.succeeded`, …), and the place of the move.

    Progress is not a move: it has no place. `texts` is what it was rendered to, by address: a thousand listeners get
    the same, so it is rendered once.
    """

    event: str
    task: Task
    place: MovePosition | None
    texts: dict[str, bytes] = field(default_factory=dict, compare=False)

    @property
    def final(self) -> bool:
        """Whether nothing follows of this task."""
        return self.event in _ENDS


class Listener:
    """Moves of one project, or of one task of it, in order, from `start` on."""

    def __init__(self, start: MovePosition, may_listen: Callable[[], object]) -> None:
        self.start = start
        """Moves behind this place come through here; those before it are in the journal."""
        self.may_listen = may_listen
        self._told: asyncio.Queue[StreamedMove | None] = asyncio.Queue(limits.EVENTS_AHEAD)
        self._open = True

    def tell(self, told: StreamedMove) -> None:
        """Hand something on; a listener that is too far behind ends, and reads on from the journal when it returns."""
        try:
            self._told.put_nowait(told)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """End the listener after it has received the waiting events."""
        if self._open:
            self._open = False
            with contextlib.suppress(asyncio.QueueFull):
                self._told.put_nowait(None)

    def more(self) -> list[StreamedMove]:
        """Return the further events that are ready, without waiting."""
        found: list[StreamedMove] = []
        while not self._told.empty():
            told = self._told.get_nowait()
            if told is None:
                self._told.put_nowait(None)  # for `next`
                break
            found.append(told)
        return found

    async def next(self, seconds: float) -> StreamedMove | None:
        """Return what happened next, None if nothing did for that long. Raises StopAsyncIteration at the end."""
        if not self._open and self._told.empty():
            raise StopAsyncIteration
        try:
            told = await asyncio.wait_for(self._told.get(), seconds)
        except TimeoutError:
            return None
        if told is None:
            raise StopAsyncIteration
        return told


class Stream:
    """Who listens at this server, and the loop that reads for them."""

    def __init__(self, store: TaskStore, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._store = store
        self._look_seconds = look_seconds
        self._place = MovePosition(0, 0)
        self._projects: defaultdict[str, set[Listener]] = defaultdict(set)
        self._tasks: defaultdict[str, set[Listener]] = defaultdict(set)
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._news = asyncio.Event()
        self._joining = asyncio.Lock()
        self._progress: dict[str, int] = {}
        self._closed = False

    @property
    def listeners(self) -> int:
        """How many listen."""
        return sum(self._counts.values())

    def hint(self, task: Task, *, moved: bool) -> None:
        """Take in that this process wrote of a task; never raises, and costs next to nothing if nobody listens."""
        if not self._counts:
            return
        if moved:
            self._news.set()
        elif (listeners := self._listeners(task)) and self._progress.get(task.id) != task.progress:
            self._progress[task.id] = task.progress
            self._tell(listeners, StreamedMove("task.progress", task, None))

    def look(self) -> None:
        """Take in that another server may have written of a task."""
        if self._counts:
            self._news.set()

    @contextlib.asynccontextmanager
    async def listening(
        self, project_id: str, task_id: str = "", may_listen: Callable[[], object] = lambda: None
    ) -> AsyncIterator[Listener]:
        """Listen while the context is open; `may_listen` raises once that is over. Raises Unavailable, StoreError."""
        if self._closed or self.listeners >= limits.LISTENERS:
            raise Unavailable("too many listeners on this server; try again shortly, or query the task instead")
        if self._counts[project_id] >= limits.PROJECT_LISTENERS:
            raise Unavailable(f"the project has {limits.PROJECT_LISTENERS} listeners already; close one and try again")
        self._counts[project_id] += 1
        try:
            async with self._joining:
                if not self._listening:
                    self._place = await self._store.feed.last()
                listener = Listener(self._place, may_listen)
                among = self._tasks[task_id] if task_id else self._projects[project_id]
                among.add(listener)
            self._news.set()
            try:
                yield listener
            finally:
                among.discard(listener)
                self._tidy(project_id, task_id)
        finally:
            self._counts[project_id] -= 1
            if not self._counts[project_id]:
                del self._counts[project_id]

    async def changed(self, task: Task, seconds: float) -> Task:
        """Return the task once its state or progress is another one, or as it is after that many seconds."""
        deadline = asyncio.get_running_loop().time() + seconds
        seen = (task.state, task.progress)
        try:
            async with self.listening(task.project_id, task.id) as listener:
                now = await self._store.get(task.id) or task
                while (now.state, now.progress) == seen:
                    left = deadline - asyncio.get_running_loop().time()
                    told = await listener.next(left) if left > 0 else None
                    if told is None:
                        break
                    now = told.task
                return now
        except (StopAsyncIteration, Unavailable):  # a server that stops, or is full, answers at once
            return task

    async def run(self) -> None:
        """Read on until cancelled. What can't be read now is read later."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), self._look_seconds if self._listening else None)
            self._news.clear()
            with contextlib.suppress(StoreError):
                await self._read()
            self._dismiss()

    def close(self) -> None:
        """End every listener and take no more."""
        self._closed = True
        for listener in self._everybody():
            listener.end()

    @property
    def closed(self) -> bool:
        """Whether the server is about to stop, so that no more events are sent."""
        return self._closed

    @property
    def _listening(self) -> bool:
        return bool(self._projects or self._tasks)

    async def _read(self) -> None:
        while self._listening:
            async with self._joining:  # who joins meanwhile starts where this page ends
                page = await self._store.feed.after(self._place, limit=_PAGE)
                for moved in page:
                    self._place = moved.place
                    if listeners := self._listeners(moved.task):
                        self._tell(listeners, told(moved))
                    if moved.task.state.ended:
                        self._progress.pop(moved.task.id, None)
            if len(page) < _PAGE:
                return

    def _dismiss(self) -> None:
        """End listeners without permission, for example after a key was revoked."""
        for listener in self._everybody():
            try:
                listener.may_listen()
            except ReelgateError:
                listener.end()

    def _listeners(self, task: Task) -> list[Listener]:
        return [*self._tasks.get(task.id, ()), *self._projects.get(task.project_id, ())]

    @staticmethod
    def _tell(listeners: list[Listener], news: StreamedMove) -> None:
        for listener in listeners:
            if news.place is None or news.place > listener.start:
                listener.tell(news)

    def _everybody(self) -> Iterator[Listener]:
        for group in (*self._tasks.values(), *self._projects.values()):
            yield from tuple(group)

    def _tidy(self, project_id: str, task_id: str) -> None:
        if task_id and not self._tasks[task_id]:
            del self._tasks[task_id]
        if not task_id and not self._projects[project_id]:
            del self._projects[project_id]
        if not self._listening:
            self._progress.clear()


def told(moved: Moved) -> StreamedMove:
    """Return the event for a move: `task.created`, or `task.` and the state that the move led to."""
    return StreamedMove(f"task.{'created' if moved.name == 'create' else moved.target}", moved.task, moved.place)
