"""A queued task's position among those that wait for the same account, and the reason why a task waits."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, TypedDict

from reelgate import limits
from reelgate.clock import Clock
from reelgate.conductor.waiting import Waiting, Why
from reelgate.errors import StoreError
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore

_Sort = tuple[Any, ...]


class QueuePlace(TypedDict):
    """A queued task's place, counted from 1; None behind so many that they are not counted."""

    position: int | None


class Wait(TypedDict):
    """Why a task does not move: a word for programs, a sentence, and until when (Unix seconds), as far as is known."""

    reason: str
    message: str
    until: int | None


class InLine(TypedDict, total=False):
    """The details of a waiting task for an answer."""

    queue: QueuePlace
    waiting: Wait


class Lines:
    """Tells tasks' owners where their tasks stand, from what was read of a line a moment ago.

    The place is by age among all that wait for the account. Whose turn is next is decided by priorities and shares
    too, so a task may be taken up before its place says.
    """

    def __init__(self, store: TaskStore, waiting: Waiting, clock: Clock) -> None:
        self._store = store
        self._waiting = waiting
        self._clock = clock
        self._lines: OrderedDict[_Sort, tuple[int, dict[str, int]]] = OrderedDict()
        self._reasons: OrderedDict[_Sort, tuple[int, Why | None]] = OrderedDict()

    async def of(self, task: Task) -> InLine:
        """Return a task's place and why it waits; nothing of a task that moves, or while the journal is away."""
        if task.state.ended or task.state is State.SUBMITTING:
            return {}
        found: InLine = {}
        try:
            if task.state is State.QUEUED:
                found["queue"] = {"position": await self._position(task)}
            why = await self._why(task)
        except StoreError:
            return {}
        if why is not None:
            until = round(why.until / 1000) if why.until else None
            found["waiting"] = {"reason": why.code, "message": why.message, "until": until}
        return found

    async def _position(self, task: Task) -> int | None:
        sort = task.provider, task.request.offpeak
        now = self._clock.now()
        at, line = self._lines.get(sort, (0, {}))
        if not at <= now < at + limits.LINE_KEPT_MS:
            ids = await self._store.queues.line(
                task.provider, offpeak=task.request.offpeak, limit=limits.LINE_COUNTED + 1
            )
            line = {task_id: place for place, task_id in enumerate(ids, 1)}
            _keep(self._lines, sort, (now, line))
        place = line.get(task.id)
        if place is None and len(line) <= limits.LINE_COUNTED:
            place = len(line) + 1  # it came after the line was read
        return None if place is None or place > limits.LINE_COUNTED else place

    async def _why(self, task: Task) -> Why | None:
        """Return why tasks of its kind wait; the first caller's result is shared."""
        now = self._clock.now()
        in_hand = bool(task.lease_until and task.lease_until > now)
        request = task.request
        sort = task.provider, task.key_id, task.state, request.offpeak, request.staged, in_hand
        at, why = self._reasons.get(sort, (0, None))
        if not at <= now < at + limits.LINE_KEPT_MS:
            why = await self._waiting.why(task)
            _keep(self._reasons, sort, (now, why))
        return why


def _keep(kept: OrderedDict[_Sort, Any], sort: _Sort, found: Any) -> None:
    kept[sort] = found
    kept.move_to_end(sort)
    if len(kept) > limits.LINES_KEPT:
        kept.popitem(last=False)
