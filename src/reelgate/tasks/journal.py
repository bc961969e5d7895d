"""The journal: the rules of tasks, money and files, the same over every database."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from reelgate import limits
from reelgate.ids import uuid7_floor
from reelgate.tasks import scripts
from reelgate.tasks.asset_rows import AssetRows
from reelgate.tasks.assets import AssetStore
from reelgate.tasks.batch_rows import BatchRows
from reelgate.tasks.batches import BatchStore
from reelgate.tasks.database import Database, Params, Step
from reelgate.tasks.deliveries import DeliveryStore
from reelgate.tasks.delivery_rows import DeliveryRows
from reelgate.tasks.duration_rows import DurationRows
from reelgate.tasks.durations import DurationStore
from reelgate.tasks.feed_rows import FeedRows
from reelgate.tasks.feeds import FeedStore
from reelgate.tasks.file_rows import FileRows, old_values
from reelgate.tasks.files import FileStore, Old
from reelgate.tasks.list_rows import ListRows
from reelgate.tasks.lists import ListStore
from reelgate.tasks.money import LedgerEntry, MoneyStore
from reelgate.tasks.money_rows import MoneyRows
from reelgate.tasks.parked import ParkedStore
from reelgate.tasks.parked_rows import ParkedRows
from reelgate.tasks.pause_rows import PauseRows
from reelgate.tasks.pauses import PauseStore
from reelgate.tasks.project_rows import ProjectRows
from reelgate.tasks.projects import ProjectStore
from reelgate.tasks.queue_rows import QueueRows
from reelgate.tasks.queues import NoRoom, QueueStore
from reelgate.tasks.record import Attempt, Event, NewTask, Task, Unheard
from reelgate.tasks.rows import as_record, as_task, as_tasks, as_text, listed, number, one
from reelgate.tasks.states import State, edge
from reelgate.tasks.store import (
    Ages,
    Change,
    DuplicateId,
    KeyTaken,
    OnWrite,
    Owed,
    ReportOutcome,
    Stale,
    Unaffordable,
    nobody_knows,
)

_AT_A_VENDOR = (State.UNKNOWN, State.RUNNING, State.COLLECTING)
_RESTORED = "restored_at"
CANCELLED = "the task was cancelled"
_UNHEARD_KEPT_MS = int(10 * limits.UNHEARD_SECONDS * 1000)  # servers' clocks may differ
_encode = msgspec.json.Encoder().encode


class Journal:
    """The TaskStore of `reelgate.tasks.store`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.assets: AssetStore = AssetRows(database)
        self.projects: ProjectStore = ProjectRows(database)
        self.queues: QueueStore = QueueRows(database)
        self.durations: DurationStore = DurationRows(database)
        self.pauses: PauseStore = PauseRows(database)
        self.money: MoneyStore = MoneyRows(database)
        self.parked: ParkedStore = ParkedRows(database)
        self.lists: ListStore = ListRows(database)
        self.files: FileStore = FileRows(database)
        self.feed: FeedStore = FeedRows(database)
        self.deliveries: DeliveryStore = DeliveryRows(database)
        self.batches: BatchStore = BatchRows(database)
        self._news: OnWrite = _nobody

    def listen(self, news: OnWrite) -> None:
        """Have `news` called after each write of a task."""
        self._news = news

    async def open(self) -> None:
        """Connect and bring the schema up to date."""
        await self._database.open()

    async def aclose(self) -> None:
        """Finish what is waiting and disconnect."""
        await self._database.aclose()

    async def restored(self) -> bool:
        """Whether the journal is a backup's copy that no server has settled yet."""
        return await self._database.restored()

    async def settle_restored(self) -> None:
        """Take the journal for an original from now on."""
        await self._database.settle_restored()

    async def note_restored(self, at: int) -> None:
        """Write down that the journal is a copy on which a server works since then."""
        await self._database.write([Step("note_restored", {"name": _RESTORED, "value": str(at)})])

    async def restored_at(self) -> int:
        """Return since when a server works on the last copy that the journal descends from, 0 without one."""
        rows = await self._database.read("shared_value", {"name": _RESTORED})
        return int(rows[0][0]) if rows else 0

    async def share(self, name: str, value: str) -> str:
        """Keep a value for all servers under a name, unless there is one."""
        rows = await self._database.write([Step("share", {"name": name, "value": value})])
        return str(rows[0][0])

    async def ping(self) -> None:
        """Raise StoreError unless the database answers."""
        await self._database.read("ping", {})

    async def create(self, new: NewTask) -> Task:
        """Write a task, its hold and its first event."""
        try:
            seq = await self._database.create(scripts.new_task(new))
        except (DuplicateId, NoRoom, Unaffordable):
            if new.idempotency_key and await self.task_of_key(new.project_id, new.idempotency_key):
                raise KeyTaken(new.idempotency_key) from None
            raise
        task = Task.new(seq, new)
        self._news(task, moved=True)
        return task

    async def get(self, task_id: str) -> Task | None:
        """Return the task with that id."""
        rows = await self._database.read("get", {"id": task_id})
        return one(as_task, rows)

    async def task_of_key(self, project_id: str, idempotency_key: str) -> Task | None:
        """Return the task that a project's idempotency key made."""
        values: Params = {"project_id": project_id, "idempotency_key": idempotency_key}
        rows = await self._database.read("task_of_key", values)
        return one(as_task, rows)

    async def latest_alike(self, key_id: str, fingerprint: str, *, since: int) -> Task | None:
        """Return the newest task that the same request made."""
        values: Params = {"key_id": key_id, "fingerprint": fingerprint, "since": since}
        rows = await self._database.read("latest_alike", values)
        return one(as_task, rows)

    async def note_unheard(self, one: Unheard) -> None:
        """Note that the answer to a create did not arrive."""
        values: Params = {"id": one.task_id, "key_id": one.key_id, "fingerprint": one.fingerprint, "at": one.at}
        await self._database.write(
            [Step("note_unheard", values), Step("drop_unheard", {"before": one.at - _UNHEARD_KEPT_MS})]
        )

    async def heard(self, task_id: str) -> None:
        """Forget that."""
        await self._database.write([Step("heard", {"id": task_id})])

    async def unheard(self, *, since: int) -> Sequence[Unheard]:
        """Return the creates whose answer was lost lately."""
        values: Params = {"since": since, "limit": limits.MAX_UNHEARD}
        return [as_record(Unheard, row) for row in await self._database.read("unheard", values)]

    async def claim(
        self, *, owner: str, now: int, lease_ms: int, states: Sequence[State], provider: str, limit: int
    ) -> Sequence[Task]:
        """Lease the tasks of a provider that have been due longest."""
        values: Params = {
            "owner": owner,
            "now": now,
            "until": now + lease_ms,
            "states": _encode(states).decode(),
            "provider": provider,
            "limit": limit,
        }
        rows = await self._database.write([Step("claim", values)])
        return sorted(as_tasks(rows), key=lambda task: task.seq)

    async def leased(self, owner: str, *, states: Sequence[State] = ()) -> Sequence[Task]:
        """Return the tasks that an owner holds a lease on."""
        rows = await self._database.read("leased", {"owner": owner, "states": listed(states)})
        return as_tasks(rows)

    async def renew(self, task: Task, *, until: int) -> None:
        """Extend a lease."""
        values: Params = {"id": task.id, "fence": task.fence, "owner": task.lease_owner, "until": until}
        await self._database.write([Step("renew", values, Stale)])

    async def move(self, task: Task, name: str, change: Change) -> Task:
        """Make the edge `name` out of the task's state."""
        rows = await self._database.write(scripts.move(task, edge(name, task.state), change))
        moved = as_task(rows[0])
        self._news(moved, moved=True)
        return moved

    async def note_progress(
        self, task: Task, *, progress: int, at: int, due_in_ms: int, release: bool, odd: bool | None = None
    ) -> Task:
        """Record progress, whether the answer was understood, and the next look."""
        values: Params = {
            "progress": progress,
            "due_at": at + due_in_ms,
            "release": int(release),
            "odd": -1 if odd is None else int(odd),
            "at": at,
        }
        return await self._guarded("note_progress", task, values)

    async def request_cancel(self, task_id: str, *, at: int, owed: Owed = nobody_knows) -> Task | None:
        """End a queued task; mark a moving one."""
        while (task := await self.get(task_id)) is not None and not task.state.ended:
            try:
                if task.state is State.QUEUED:
                    return await self.move(task, "cancel", Change(at=at))
                if task.state is State.UNKNOWN:
                    ended = scripts.given_up(at, "cancelled", CANCELLED, owed=owed(task))
                    return await self.move(task, "cancel", ended)
                return await self._guarded("mark_cancel", task, {"at": at})
            except Stale:
                continue  # somebody moved it in between: look again
        return task

    async def unfreeze(self, *, now: int, margin_ms: int, grown: bool) -> int:
        """Make due now what waits for longer than anything does."""
        values: Params = {"now": now, "margin": margin_ms, "grown": int(grown)}
        return len(await self._database.write([Step("unfreeze", values)]))

    async def free_leases(self, *, now: int, latest: int) -> int:
        """Give back leases that no living owner has."""
        return len(await self._database.write([Step("overdue_leases", {"now": now, "latest": latest})]))

    async def release_leases(self, owner: str, *, now: int) -> int:
        """Give back every lease of an owner that is gone."""
        return len(await self._database.write([Step("release_leases", {"owner": owner, "now": now})]))

    async def delete(self, task_id: str) -> bool:
        """Remove an ended task; its files go to the bin."""
        of_task: Params = {"id": task_id}
        try:
            first = (Step("bin_blobs", of_task), Step("forget_parked", of_task))
            await self._database.write([*first, Step("delete", of_task, Stale)])
        except Stale:
            return False
        return True

    async def events(self, task_id: str) -> Sequence[Event]:
        """Return a task's moves, oldest first."""
        return [as_record(Event, row) for row in await self._database.read("events", {"id": task_id})]

    async def attempts(self, task_id: str) -> Sequence[Attempt]:
        """Return a task's submissions, oldest first."""
        return [as_record(Attempt, row) for row in await self._database.read("attempts", {"id": task_id})]

    async def open_jobs(self, provider: str, *, odd_before: int = 0) -> int:
        """Return how many tasks a provider runs."""
        return number(await self._database.read("open_jobs", {"provider": provider, "odd_before": odd_before}))

    async def attempts_between(self, provider: str, first: int, last: int) -> Sequence[Attempt]:
        """Return a provider's attempts of a time."""
        values: Params = {"provider": provider, "first_id": uuid7_floor(first), "first": first, "last": last}
        return [as_record(Attempt, row) for row in await self._database.read("attempts_between", values)]

    async def held_too_long(self, *, now: int, before: int, limit: int) -> Sequence[Task]:
        """Return tasks whose hold should have ended."""
        values: Params = {"now": now, "before": before, "states": listed(_AT_A_VENDOR), "limit": limit}
        return [as_task(row) for row in await self._database.read("held_too_long", values)]

    async def unknown_at(self, provider: str, *, limit: int) -> Sequence[Task]:
        """Return an account's unknown tasks."""
        rows = await self._database.read("unknown_at", {"provider": provider, "limit": limit})
        return [as_task(row) for row in rows]

    async def open_tasks(self) -> dict[str, dict[State, int]]:
        """Return how many open tasks each provider's name has in each state."""
        found: dict[str, dict[State, int]] = {}
        for provider, state, count in await self._database.read("open_tasks", {}):
            found.setdefault(provider, {})[State(state)] = int(count)
        return found

    async def open_ages(self) -> Sequence[Ages]:
        """Return how many open tasks each provider's name has in each state, and since when."""
        rows = await self._database.read("open_ages", {})
        return [Ages(row[0], State(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in rows]

    async def task_of_ref(self, provider: str, ref: str) -> str | None:
        """Return whose job a provider's reference is."""
        rows = await self._database.read("task_of_ref", {"provider": provider, "upstream_ref": ref})
        return str(rows[0][0]) if rows else None

    async def hear(self, attempt_id: str, *, ref: str, at: int) -> ReportOutcome:
        """Take in that a provider spoke of an attempt."""
        told = (as_text(ref) or "").replace("\n", "")
        line = f"{told}\n" if told else ""
        values: Params = {
            "attempt_id": attempt_id,
            "upstream_ref": told or None,
            "line": line,
            "most": limits.MAX_HEARD_CHARS,
            "at": at,
        }
        steps = [Step(name, values) for name in ("hears", "hear_ref", "hear_of", "hear_parked")]
        rows = await self._database.write(steps)
        return ReportOutcome(rows[0][0]) if rows else ReportOutcome.UNKNOWN

    async def ledger(self, task_id: str) -> Sequence[LedgerEntry]:
        """Return a task's ledger lines: hold, capture, release."""
        return [as_record(LedgerEntry, row) for row in await self._database.read("ledger", {"id": task_id})]

    async def old_tasks(self, which: Old) -> Sequence[str]:
        """Return ended tasks, the oldest first."""
        return [str(task_id) for (task_id,) in await self._database.read("old_tasks", old_values(which))]

    async def _guarded(self, query: str, task: Task, values: Params) -> Task:
        rows = await self._database.write([Step(query, {**scripts.guard(task), **values}, Stale)])
        noted = as_task(rows[0])
        self._news(noted, moved=False)
        return noted


def _nobody(task: Task, *, moved: bool) -> None:
    """Tell nobody."""
