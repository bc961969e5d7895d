"""The journal's port. One suite (`reelgate.testing.check_task_store`) holds every implementation to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from reelgate.request import Output, VideoRequest
from reelgate.tasks.assets import AssetStore
from reelgate.tasks.batches import BatchStore
from reelgate.tasks.deliveries import DeliveryStore
from reelgate.tasks.durations import DurationStore
from reelgate.tasks.feeds import FeedStore
from reelgate.tasks.files import FileStore, Old
from reelgate.tasks.lists import ListStore
from reelgate.tasks.money import LedgerEntry, MoneyStore
from reelgate.tasks.parked import Loss, Outcome, ParkedStore
from reelgate.tasks.pauses import PauseStore
from reelgate.tasks.projects import ProjectStore
from reelgate.tasks.queues import QueueStore
from reelgate.tasks.record import Attempt, AttemptState, Event, NewTask, Task, Unheard
from reelgate.tasks.states import State

Owed = Callable[[Task], int | None]
"""Tells what a vendor bills for a task's job if it has it, in micro-units; None where that is not known."""


def nobody_knows(_: Task) -> None:
    """Tell of no price."""


class Stale(Exception):
    """A move found the task in another state, or under another lease, than it was read in: nothing was written."""


class DuplicateId(Exception):
    """A new task's public id is taken: draw another."""


class KeyTaken(Exception):
    """A new task's idempotency key has made a task before, which `task_of_key` returns."""


class Unaffordable(Exception):
    """A project's balance, or a limit on what it or a key may spend, does not allow a price: nothing was written."""


class ReportOutcome(StrEnum):
    """What became of a provider's own word about an attempt."""

    UNKNOWN = "unknown"
    """The attempt does not exist (any more)."""
    NOTED = "noted"
    """Its task is due, or there is nothing to look at."""
    IN_HAND = "in hand"
    """A worker has the task in hand, and may have asked the provider a moment too early: say it again later."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one move writes beside the state. None leaves a column as it is.

    `due_in_ms` sets when the conductor looks next, counted from `at` (None: never, as for every end); `release`
    gives the lease back, as every end does. An attempt row is inserted (when `attempt_id` is not the task's current
    one) or updated. A move back to the queue forgets `upstream_ref`. Progress begins anew with the next part of a
    video, and `finish` sets 100.
    """

    at: int
    note: str = ""
    due_in_ms: int | None = None
    release: bool = True
    attempt_id: str | None = None
    attempt_state: AttemptState | None = None
    provider: str | None = None
    """Who is to make the video from now on."""
    upstream_ref: str | None = None
    request: VideoRequest | None = None
    """The request with its inputs in our own keeping."""
    output: Output | None = None
    progress: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    hold_until: int | None = None
    """When the hold ends at the latest, as things stand from now on."""
    park_look_in_ms: int | None = None
    """Park the submission of a task that ends here, and look for it after so long, counted from `at`."""
    park_owed_micros: int | None = None
    """What the vendor of the parked submission bills if it makes the video, as far as that is known."""
    settled: Outcome | None = None
    """What became of the task's parked submission."""
    loss: Loss | None = None
    """What its vendor is owed for in vain."""
    captured_micros: int | None = None
    """What a capture charges; None charges the whole hold. Never more than the hold."""


class Ages(msgspec.Struct, frozen=True):
    """The open tasks of a provider in a state; times in ms."""

    provider: str
    state: State
    tasks: int
    created_at: int
    """When the oldest of them was made."""
    due_at: int
    """When the first of them is, or was, to be looked at."""


class OnWrite(Protocol):
    """What a store calls after a write of a task by this process; it must not raise."""

    def __call__(self, task: Task, *, moved: bool) -> None:
        """Take in a task as it now is: after a move, or after its progress was noted."""
        ...


class TaskStore(Protocol):
    """Where tasks, attempts, events, ledger lines and file references live, durably.

    Every method that writes returns only after the write is durable. Unknown ids answer None or raise as said.
    """

    @property
    def assets(self) -> AssetStore:
        """The assets, in the same database."""
        ...

    @property
    def feed(self) -> FeedStore:
        """The moves of all tasks in one order, in the same database."""
        ...

    @property
    def lists(self) -> ListStore:
        """Tasks that no id names, page by page, in the same database."""
        ...

    @property
    def files(self) -> FileStore:
        """Which files tasks refer to, and the bin, in the same database."""
        ...

    @property
    def batches(self) -> BatchStore:
        """Batches of creates and the texts that they come from and end in, in the same database."""
        ...

    @property
    def deliveries(self) -> DeliveryStore:
        """The webhooks and their deliveries, in the same database."""
        ...

    @property
    def money(self) -> MoneyStore:
        """The balances, and what an operator does with them, in the same database."""
        ...

    @property
    def parked(self) -> ParkedStore:
        """The submissions that were given up unknown, and the losses, in the same database."""
        ...

    @property
    def durations(self) -> DurationStore:
        """How long jobs took at each account, in the same database."""
        ...

    @property
    def pauses(self) -> PauseStore:
        """The accounts that an operator has paused, in the same database."""
        ...

    @property
    def queues(self) -> QueueStore:
        """The queued tasks of each key, in the same database."""
        ...

    @property
    def projects(self) -> ProjectStore:
        """The projects, their keys and the audit log, in the same database."""
        ...

    def listen(self, news: OnWrite) -> None:
        """Have `news` called after each write of a task by this process; of other processes' nothing is heard."""
        ...

    async def open(self) -> None:
        """Connect, bring the schema up to date (numbered migrations), start the writer."""
        ...

    async def aclose(self) -> None:
        """Finish what is waiting and let go of the database. Closing twice is a no-op."""
        ...

    async def restored(self) -> bool:
        """Whether the journal is a backup's copy that no server has settled yet.

        A PostgreSQL dump does not know that it is one: its server gets `--restored`.
        """
        ...

    async def settle_restored(self) -> None:
        """Take the journal for an original from now on."""
        ...

    async def note_restored(self, at: int) -> None:
        """Write down that the journal is a copy on which a server works since then (ms). It is kept for all servers."""
        ...

    async def restored_at(self) -> int:
        """Return since when a server works on the last copy that the journal descends from, 0 without one."""
        ...

    async def share(self, name: str, value: str) -> str:
        """Keep a value for all servers under a name, unless there is one; return the one that is kept."""
        ...

    async def ping(self) -> None:
        """Raise StoreError unless the database answers."""
        ...

    async def create(self, new: NewTask) -> Task:
        """Write the task, its hold and its first event in one transaction; it is due at once.

        Raises Unaffordable where the project's floor, or a limit on what it or the key may spend, stands against the
        hold, NoRoom where it or the key has as many open tasks as it may and must not queue more. Of many at the same
        moment, also of several servers, so many are written as there is money and room for.

        Raises DuplicateId, also for the id of a deleted task: its ledger lines live on. Of several tasks with one
        idempotency key in a project, also of several servers at the same moment, one is written; the others raise
        KeyTaken. Deleting a task frees its key.
        """
        ...

    async def task_of_key(self, project_id: str, idempotency_key: str) -> Task | None:
        """Return the task that a project's idempotency key made."""
        ...

    async def latest_alike(self, key_id: str, fingerprint: str, *, since: int) -> Task | None:
        """Return the newest task with that fingerprint that an API key made since then (ms), none with a key."""
        ...

    async def note_unheard(self, one: Unheard) -> None:
        """Note, for every server, that the answer to a create did not arrive; what is older by far is forgotten."""
        ...

    async def heard(self, task_id: str) -> None:
        """Forget that: the create came again."""
        ...

    async def unheard(self, *, since: int) -> Sequence[Unheard]:
        """Return the creates whose answer was lost at that time (ms) or later, oldest first, a few thousand at most."""
        ...

    async def get(self, task_id: str) -> Task | None:
        """Return the task, of any project (the caller compares it)."""
        ...

    async def claim(
        self, *, owner: str, now: int, lease_ms: int, states: Sequence[State], provider: str, limit: int
    ) -> Sequence[Task]:
        """Lease the tasks of `provider` in those states that have been due longest, at most `limit`.

        Taken are tasks that are unleased, past their lease, or already this owner's. Each carries its new fence and
        is in hand: it comes due again only when its lease ends, or as the next `move` or `note_progress` says, so
        no task is claimed twice at a time, not even by the same owner.
        """
        ...

    async def leased(self, owner: str, *, states: Sequence[State] = ()) -> Sequence[Task]:
        """Return the tasks in those states (any, when empty) that `owner` holds a lease on, also past its end."""
        ...

    async def renew(self, task: Task, *, until: int) -> None:
        """Extend the lease; a task in hand stays in hand. Raises Stale when the lease was lost."""
        ...

    async def move(self, task: Task, name: str, change: Change) -> Task:
        """Make the edge `name` out of `task.state`, guarded by state and fence; event and ledger line included.

        Returns the task as it now is. Raises Stale when no row moved, KeyError where there is no such edge,
        ValueError for a charge above the hold or news of an attempt that was never made. What the change's request
        and output name (`input-0`, `output`, `last_frame`, …) is referred to from then on, as in `create`.
        """
        ...

    async def note_progress(
        self, task: Task, *, progress: int, at: int, due_in_ms: int, release: bool, odd: bool | None = None
    ) -> Task:
        """Record progress (never backwards) and the next look, guarded by state and fence. Raises Stale.

        `odd`: whether what the provider said was not understood, None where it said nothing.
        """
        ...

    async def request_cancel(self, task_id: str, *, at: int, owed: Owed = nobody_knows) -> Task | None:
        """Cancel a task: a queued one ends at once, one that is unknown too and is parked; any other is marked and
        made due. `owed` tells what a parked one is billed with if its vendor has it.

        A worker that has the queued one in hand (see `claim`) learns it from Stale. One that moves and is in hand is
        only marked: its worker sees the mark in what its next write returns.

        Returns the task as it now is (an ended one unchanged), None when unknown.
        """
        ...

    async def unfreeze(self, *, now: int, margin_ms: int, grown: bool) -> int:
        """Make due now what waits for more than `margin_ms`, as only a clock that was ahead makes anything wait.

        `grown`: and for longer than it has existed, as far as nothing else is known. Returns how many tasks.
        """
        ...

    async def free_leases(self, *, now: int, latest: int) -> int:
        """Give back leases that end after `latest`, which no living owner has; return how many."""
        ...

    async def release_leases(self, owner: str, *, now: int) -> int:
        """Give back every lease of `owner` (a process that is known to be gone) and make those tasks due.

        Returns how many. Their fence grows, so an owner that lives after all can write nothing.
        """
        ...

    async def delete(self, task_id: str) -> bool:
        """Remove an ended task with its events, attempts and file references; ledger lines stay.

        False when it is unknown or not ended. Blobs that nothing refers to any more go to the bin.
        """
        ...

    async def events(self, task_id: str) -> Sequence[Event]:
        """Return a task's moves, oldest first."""
        ...

    async def attempts(self, task_id: str) -> Sequence[Attempt]:
        """Return a task's submissions, oldest first."""
        ...

    async def open_jobs(self, provider: str, *, odd_before: int = 0) -> int:
        """Return how many tasks that provider has in hand (submitting or running), but for those whose answers are not
        understood since `odd_before` (ms) or longer."""
        ...

    async def attempts_between(self, provider: str, first: int, last: int) -> Sequence[Attempt]:
        """Return the attempts at that provider that were made between two times in ms, both included."""
        ...

    async def held_too_long(self, *, now: int, before: int, limit: int) -> Sequence[Task]:
        """Return tasks at a vendor in nobody's hand whose hold should have ended before that time (ms)."""
        ...

    async def unknown_at(self, provider: str, *, limit: int) -> Sequence[Task]:
        """Return an account's tasks in the state unknown, the oldest first."""
        ...

    async def open_tasks(self) -> dict[str, dict[State, int]]:
        """Return how many open tasks each provider's name has in each state, also names that no provider bears now."""
        ...

    async def open_ages(self) -> Sequence[Ages]:
        """Return how many open tasks each provider's name has in each state, and since when."""
        ...

    async def task_of_ref(self, provider: str, ref: str) -> str | None:
        """Return the id of the task that has an attempt with that provider's reference, None when none has."""
        ...

    async def hear(self, attempt_id: str, *, ref: str, at: int) -> ReportOutcome:
        """Take in that a provider spoke of an attempt, which there has the reference `ref` ("" where it is not told).

        The attempt's task is due at once if it is at the provider, nobody has it in hand, and the attempt is its last
        one; so is a parked attempt. The reference is written to an attempt of which nobody knew whether it arrived,
        and else left as it is.
        """
        ...

    async def ledger(self, task_id: str) -> Sequence[LedgerEntry]:
        """Return a task's ledger lines, oldest first."""
        ...

    async def old_tasks(self, which: Old) -> Sequence[str]:
        """Return the ids of ended tasks, the oldest first."""
        ...
