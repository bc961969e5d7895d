"""Whether the answer to a create arrived, and the creates whose answer did not.

A client that lost its answer orders again, and most clients' repeats look like new orders. The server knows more than
their calls say: it sees connections break.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Coroutine
from enum import Enum
from functools import partial
from typing import Any, Protocol

from reelgate import limits
from reelgate.clock import Clock
from reelgate.errors import StoreError
from reelgate.fault_log import FaultLog
from reelgate.tasks.record import Task, Unheard
from reelgate.tasks.store import TaskStore

Request = tuple[str, str]
"""An API key's id, and the hash of an address and a body."""


class OnArrival(Protocol):
    """Told once whether an answer arrived."""

    def __call__(self, *, arrived: bool) -> None:
        """Take it in."""
        ...


class End(Enum):
    """How a client has ended its connection."""

    NONE = "it has not"
    CLOSED = "it sends nothing more"
    RESET = "it is cut in both directions"


class ClientConnection:
    """A client's connection.

    `unsent` returns how many bytes its client has not acknowledged; `end` how its client has ended it, which the system
    knows before the server has read it; `now` seconds on a clock that only moves on.
    """

    __slots__ = ("_answered_at", "_end", "_hear", "_now", "_unsent", "lost", "proxied")

    def __init__(
        self,
        unsent: Callable[[], int],
        end: Callable[[], End] = lambda: End.NONE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lost = False
        """Whether it is closed."""
        self.proxied = False
        """Whether a proxy speaks for the client: how that one ends a connection says nothing of an answer before."""
        self._unsent = unsent
        self._end = end
        self._now = now
        self._hear: OnArrival | None = None
        self._answered_at: float | None = None

    def expects(self, hear: OnArrival) -> None:
        """Have `hear` told whether the answer to the request that is in progress arrives."""
        self._tell(arrived=True)  # of one before, where requests came without waiting for answers
        if self.lost:
            hear(arrived=False)
        else:
            self._hear, self._answered_at = hear, None

    @property
    def watched(self) -> bool:
        """Whether a client waits for the outcome."""
        return self._hear is not None

    def answers(self) -> None:
        """Note that the answer is handed to the system, which does not say that it arrives.

        A client that has ended its connection by then does not read it.
        """
        if self._hear is not None and not self.over:
            self._answered_at = self._now()

    def closes(self, *, sent_end: bool) -> None:
        """Note that its client sends nothing more; `sent_end` where our own end is sent as well.

        One that ends it while the answer is on its way has not read it: the end says how much has arrived.
        """
        unread = self._end() is End.RESET or self._unsent() > int(sent_end)  # an end counts as a byte
        self.ends(broken=self._answered_at is not None and unread)

    def asks(self) -> None:
        """Note that the next request begins: its sender has read the answer before it."""
        if self._answered_at is not None:
            self._tell(arrived=True)

    def ends(self, *, broken: bool) -> None:
        """Note that the connection is closed; `broken` where its client cut it instead of closing it."""
        self.lost = True
        self._tell(arrived=self._answered_at is not None and not (broken and not self.proxied))

    @property
    def over(self) -> bool:
        """Whether its client has ended it, in whatever way."""
        return self.lost or self._end() is not End.NONE

    @property
    def gone(self) -> bool:
        """Whether the client will not read the answer: it has disconnected, or no longer acknowledges data."""
        if self.lost or self._answered_at is None:
            return self.over
        late = self._now() - self._answered_at > limits.STUCK_SECONDS
        return (late and self._unsent() > 0) or (not self.proxied and self._end() is End.RESET)

    def _tell(self, *, arrived: bool) -> None:
        hear, self._hear = self._hear, None
        if hear is not None:
            hear(arrived=arrived)


class AnsweredCreate:
    """One create, from its beginning until its answer is known to have arrived."""

    __slots__ = ("_line", "at", "before", "left", "ready", "task_id")

    def __init__(self, line: ClientConnection | None) -> None:
        self._line = line
        self.ready = asyncio.get_running_loop().create_future()
        """Done once there is a task or none will be."""
        self.task_id = ""
        self.at: int | None = None
        """When the answer was found not to have arrived, in ms."""
        self.before: AnsweredCreate | None = None
        """The create that it repeats."""

        self.left = line is not None and line.over
        """Whether its client had left before it was begun."""

    @property
    def gone(self) -> bool:
        """Whether its answer can't reach a client."""
        return self._line is not None and self._line.gone


class Deliveries:
    """The creates of this server whose answer is under way or was lost, and those that other servers could not deliver.

    Only creates whose answer can't have been read are kept, for a minute, at most `limits.MAX_UNHEARD`; the journal
    has them too.
    """

    def __init__(self, store: TaskStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._told: defaultdict[Request, list[AnsweredCreate]] = defaultdict(list)
        self._lost: OrderedDict[AnsweredCreate, Request] = OrderedDict()
        self._elsewhere: dict[Request, list[Unheard]] = {}
        self._ours: dict[str, int] = {}
        """The tasks that this server noted in the journal, or took from there, and when; older ones are dropped."""
        self._writes: set[asyncio.Task[None]] = set()
        self._faults = FaultLog()
        self._turn = asyncio.Lock()  # what is noted first is written first

    async def refresh(self) -> None:
        """Read what other servers, or this one before it was started again, could not deliver. Raises StoreError."""
        since = self._clock.now() - int(limits.UNHEARD_SECONDS * 1000)
        self._ours = {task_id: at for task_id, at in self._ours.items() if at >= since}
        found: dict[Request, list[Unheard]] = {}
        for one in await self._store.unheard(since=since):
            if one.task_id not in self._ours:
                found.setdefault((one.key_id, one.fingerprint), []).append(one)
        self._elsewhere = found

    async def aclose(self) -> None:
        """Finish writing."""
        await asyncio.gather(*self._writes, return_exceptions=True)

    def begin(self, request: Request, line: ClientConnection | None) -> AnsweredCreate:
        """Note a create that begins, and which equal one it may repeat; without a line nothing is learned of it."""
        told = AnsweredCreate(line)
        told.before = self._gone(request, told)
        if line is not None:
            self._told[request].append(told)
            line.expects(partial(self._heard, request, told))
        return told

    def done(self, request: Request, told: AnsweredCreate, task: Task | None) -> None:
        """Note the outcome: a task, or none."""
        told.task_id = task.id if task else ""
        told.ready.set_result(None)
        told.before = None
        if task is None:
            self._forget(request, told)
        elif told.at is not None:
            self._keep(request, told)

    async def repeated(self, request: Request, told: AnsweredCreate) -> Task | None:
        """Return the task of the create that this one repeats, once it is made: a create whose answer can't have been
        read. Each is found once. Raises StoreError.
        """
        while (before := told.before) is not None:
            try:
                await before.ready
                task = await self._take(before.task_id) if before.task_id else None
            except BaseException:  # the next repeat finds it
                if told.left:
                    raise
                before.at = before.at or self._clock.now()
                self._told[request].append(before)
                self._lost[before] = request
                raise
            if task is not None:
                if told.left:  # it is the other's client that learns of it, or does not
                    self._forget(request, told)
                return task
            told.before = self._gone(request, told)
        for one in self._elsewhere.pop(request, []):
            if self._is_fresh(one.at) and (task := await self._take(one.task_id)) is not None:
                return task
        return None

    async def _take(self, task_id: str) -> Task | None:
        task = await self._store.get(task_id)
        self._ours[task_id] = self._clock.now()
        self._write(self._store.heard(task_id))
        return task

    def _gone(self, request: Request, told: AnsweredCreate) -> AnsweredCreate | None:
        """Return, and remove, an equal earlier create whose answer was not delivered.

        One whose own client has left before it was begun may have been read after its repeat: that counts as before it.
        """
        self._tidy()
        if told.left:
            return next((one for one in self._told.get(request, ()) if one is not told), None)
        found = next((one for one in self._told.get(request, ()) if one is not told and one.gone), None)
        if found is not None:
            self._forget(request, found)
        return found

    def _heard(self, request: Request, told: AnsweredCreate, *, arrived: bool) -> None:
        if arrived:
            self._forget(request, told)
            return
        told.at = self._clock.now()
        if told.task_id:
            self._keep(request, told)

    def _keep(self, request: Request, told: AnsweredCreate) -> None:
        """Remember a task whose client has not learned of it."""
        if told not in self._told.get(request, ()):
            return  # its repeat has come already
        self._lost[told] = request
        self._tidy()
        key_id, fingerprint = request
        at = self._ours[told.task_id] = told.at or self._clock.now()
        self._write(self._store.note_unheard(Unheard(key_id, fingerprint, told.task_id, at)))

    def _tidy(self) -> None:
        while self._lost:
            told, request = next(iter(self._lost.items()))
            if len(self._lost) <= limits.MAX_UNHEARD and told.at is not None and self._is_fresh(told.at):
                return
            self._forget(request, told)

    def _is_fresh(self, at: int) -> bool:
        return self._clock.now() - at <= limits.UNHEARD_SECONDS * 1000

    def _forget(self, request: Request, told: AnsweredCreate) -> None:
        self._lost.pop(told, None)
        found = self._told.get(request, [])
        if told in found:
            found.remove(told)
        if not found:
            self._told.pop(request, None)

    def _write(self, work: Coroutine[Any, Any, None]) -> None:
        writing = asyncio.create_task(self._written(work))
        self._writes.add(writing)
        writing.add_done_callback(self._writes.discard)

    async def _written(self, work: Coroutine[Any, Any, None]) -> None:
        """Tell the other servers, as far as it can be: what this one knows does not depend on it."""
        async with self._turn:
            try:
                await work
            except StoreError as error:
                self._faults.warning("delivery.journal", reason=error.why)
