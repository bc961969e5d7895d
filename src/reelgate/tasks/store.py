"""The journal's port. One suite (`reelgate.testing.check_task_store`) tests every implementation against it."""

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
    """The task's state or lease has changed since it was read: nothing was written."""


class DuplicateId(Exception):
    """A new task's public id is taken: draw another."""


class KeyTaken(Exception):
    """A new task's idempotency key has already made a task, which `task_of_key` returns."""


class Unaffordable(Exception):
    """A project's balance, or a spending limit of it or of a key, does not allow the price: nothing was written."""


class ReportOutcome(StrEnum):
    """What the journal did with a provider's report about an attempt."""

    UNKNOWN = "unknown"
    """The attempt does not exist (any more)."""
    NOTED = "noted"
    """Its task is due, or there is nothing to poll."""
    IN_HAND = "in hand"
    """A worker has claimed the task, and may have polled the provider just before: report it again later."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one move writes in addition to the state. None leaves a column unchanged.

    `due_in_ms` sets when the conductor looks next, counted from `at` (None: never, as for every end); `release`
    releases the lease, as every end does. An attempt row is inserted (if `attempt_id` is not the task's current one)
    or updated. A move back to the queue clears `upstream_ref`. Progress starts again with the next part of a video,
    and `finish` sets it to 100.
    """

    at: int
    note: str = ""
    due_in_ms: int | None = None
    release: bool = True
    attempt_id: str | None = None
    attempt_state: AttemptState | None = None
    provider: str | None = None
    """The account that makes the video from now on."""
    upstream_ref: str | None = None
    request: VideoRequest | None = None
    """The request with its inputs in the media store."""
    output: Output | None = None
    progress: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    hold_until: int | None = None
    """The latest time at which the hold ends, as known from now on."""
    park_look_in_ms: int | None = None
    """Park the submission of a task that ends with this move, and look for it after that time, counted from `at`."""
    park_owed_micros: int | None = None
    """What the vendor of the parked submission bills if it makes the video, if that is known."""
    settled: Outcome | None = None
    """The outcome of the task's parked submission."""
    loss: Loss | None = None
    """What its vendor is owed although no client pays for it."""
    charged_micros: int | None = None
    """The charge for the video; None charges the whole hold. Never more than the hold."""


class Ages(msgspec.Struct, frozen=True):
    """The open tasks of a provider in a state; times in ms."""

    provider: str
    state: State
    tasks: int
    created_at: int
    """When the oldest of them was created."""
    due_at: int
    """When the first of them is, or was, due."""


class OnWrite(Protocol):
    """Called after this process has written a task; it must not raise."""

    def __call__(self, task: Task, *, moved: bool) -> None:
        """Receive the task's new state: after a move, or after its progress was recorded."""
        ...


class TaskStore(Protocol):
    """Where tasks, attempts, events, ledger lines and file references live, durably.

    Every method that writes returns only after the write is durable. For unknown ids methods return None, or raise
    what they name.
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
        """Call `news` after each write of a task by this process, not after writes of other processes."""
        ...

    async def open(self) -> None:
        """Connect, apply the numbered migrations, start the writer."""
        ...

    async def aclose(self) -> None:
        """Finish waiting writes and close the database. Closing twice is a no-op."""
        ...

    async def restored(self) -> bool:
        """Whether the journal is a backup's copy that no server has settled yet.

        A PostgreSQL dump is not marked as one: its server needs `--restored`.
        """
        ...

    async def settle_restored(self) -> None:
        """Treat the journal as an original from now on."""
        ...

    async def note_restored(self, at: int) -> None:
        """Record, for all servers, that the journal is a copy which a server has used since then (ms)."""
        ...

    async def restored_at(self) -> int:
        """Return since when a server has used the last copy that this journal descends from, 0 without one."""
        ...

    async def share(self, name: str, value: str) -> str:
        """Store a value for all servers under a name, unless there is one; return the stored value."""
        ...

    async def ping(self) -> None:
        """Raise StoreError if the database does not answer."""
        ...

    async def create(self, new: NewTask) -> Task:
        """Write the task, its hold and its first event in one transaction; the task is due at once.

        Raises Unaffordable if the project's floor, or a spending limit of it or of the key, does not allow the hold;
        NoRoom if the project or the key has its maximum of open tasks and does not queue more. If many are written at
        the same time, also by several servers, as many succeed as the money and the limits allow.

        Raises DuplicateId, also for the id of a deleted task, whose ledger lines remain. If several tasks of a project
        have one idempotency key, also at the same time and at several servers, one is written; the others raise
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
        """Record, for every server, that the answer to a create did not arrive; very old records are dropped."""
        ...

    async def heard(self, task_id: str) -> None:
        """Drop that record: the create was repeated."""
        ...

    async def unheard(self, *, since: int) -> Sequence[Unheard]:
        """Return the creates whose answer was lost at or after that time (ms), oldest first, at most a few thousand."""
        ...

    async def get(self, task_id: str) -> Task | None:
        """Return the task, of any project (the caller compares it)."""
        ...

    async def claim(
        self, *, owner: str, now: int, lease_ms: int, states: Sequence[State], provider: str, limit: int
    ) -> Sequence[Task]:
        """Lease the tasks of `provider` in those states that have been due longest, at most `limit`.

        These are tasks without a lease, with an expired lease, or with a lease of this owner. Each has its new fence.
        It is due again only when its lease ends, or when the next `move` or `note_progress` says, so no task is claimed
        twice at a time, not even by the same owner.
        """
        ...

    async def leased(self, owner: str, *, states: Sequence[State] = ()) -> Sequence[Task]:
        """Return the tasks in those states (any, when empty) that `owner` holds a lease on, also past its end."""
        ...

    async def renew(self, task: Task, *, until: int) -> None:
        """Extend the lease; a claimed task stays claimed. Raises Stale if the lease was lost."""
        ...

    async def move(self, task: Task, name: str, change: Change) -> Task:
        """Take the edge `name` out of `task.state`, guarded by state and fence, with its event and ledger line.

        Returns the changed task. Raises Stale if no row changed, KeyError if the edge does not exist, and ValueError
        for a charge above the hold or for an attempt that does not exist. From then on the task refers to the files
        that the change's request and output name (`input-0`, `output`, `last_frame`, …), as in `create`.
        """
        ...

    async def note_progress(
        self, task: Task, *, progress: int, at: int, due_in_ms: int, release: bool, odd: bool | None = None
    ) -> Task:
        """Record progress (never backwards) and the time of the next poll, guarded by state and fence. Raises Stale.

        `odd`: whether the provider's answer was not understood; None if it gave none.
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
        """Release leases that end after `latest`, which no running owner has; return how many."""
        ...

    async def release_leases(self, owner: str, *, now: int) -> int:
        """Release every lease of `owner` (a process that is known to have ended) and make those tasks due.

        Returns how many. Their fences grow, so if the owner is still running, its writes are refused.
        """
        ...

    async def delete(self, task_id: str) -> bool:
        """Remove an ended task with its events, attempts and file references; its ledger lines remain.

        False if it is unknown or has not ended. Files to which nothing refers any more are put into the bin.
        """
        ...

    async def events(self, task_id: str) -> Sequence[Event]:
        """Return a task's state changes, oldest first."""
        ...

    async def attempts(self, task_id: str) -> Sequence[Attempt]:
        """Return a task's submissions, oldest first."""
        ...

    async def open_jobs(self, provider: str, *, odd_before: int = 0) -> int:
        """Return how many tasks that provider is working on (submitting or running), without those whose answers have
        not been understood since `odd_before` (ms)."""
        ...

    async def attempts_between(self, provider: str, first: int, last: int) -> Sequence[Attempt]:
        """Return the attempts at that provider that were made between two times in ms, both included."""
        ...

    async def held_too_long(self, *, now: int, before: int, limit: int) -> Sequence[Task]:
        """Return unclaimed tasks at a vendor whose hold should have ended before that time (ms)."""
        ...

    async def unknown_at(self, provider: str, *, limit: int) -> Sequence[Task]:
        """Return an account's tasks in the state unknown, the oldest first."""
        ...

    async def open_tasks(self) -> dict[str, dict[State, int]]:
        """Return how many open tasks each provider's name has in each state, also names that no provider has now."""
        ...

    async def open_ages(self) -> Sequence[Ages]:
        """Return how many open tasks each provider's name has in each state, and since when."""
        ...

    async def task_of_ref(self, provider: str, ref: str) -> str | None:
        """Return the id of the task that has an attempt with that provider's reference, None without one."""
        ...

    async def hear(self, attempt_id: str, *, ref: str, at: int) -> ReportOutcome:
        """Record a provider's report about an attempt, whose reference there is `ref` ("" if the report names none).

        The attempt's task becomes due at once if it is at the provider, is not claimed, and the attempt is its last
        one; so does a parked attempt. The reference is stored only for an attempt whose outcome was unknown.
        """
        ...

    async def ledger(self, task_id: str) -> Sequence[LedgerEntry]:
        """Return a task's ledger lines, oldest first."""
        ...

    async def old_tasks(self, which: Old) -> Sequence[str]:
        """Return the ids of ended tasks, the oldest first."""
        ...
