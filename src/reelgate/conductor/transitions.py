"""What every step needs to write: the journal, the time, and the catalog row of a task."""

from __future__ import annotations

from reelgate import limits
from reelgate.billing.reconciliation import owed
from reelgate.catalog import Catalog, Model
from reelgate.clock import Clock
from reelgate.tasks.parked import Loss
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.store import Change, TaskStore


class Mover:
    """Makes moves in the journal. Whatever it writes is guarded by the fence of the task it is given."""

    def __init__(self, catalog: Catalog, store: TaskStore, clock: Clock) -> None:
        self.catalog = catalog
        self.store = store
        self.clock = clock

    async def move(
        self,
        task: Task,
        name: str,
        *,
        note: str = "",
        attempt: AttemptState | None = None,
        error: tuple[str, str] | None = None,
        after: float | None = None,
        provider: str | None = None,
        upstream_ref: str | None = None,
        hold_until: int | None = None,
        loss: Loss | None = None,
    ) -> Task:
        """Make an edge; `after` seconds the task is looked at again, `error` is code and text. Raises Stale."""
        code, message = error or (None, None)
        change = Change(
            at=self.clock.now(),
            note=note,
            due_in_ms=None if after is None else ms(after),
            attempt_id=task.attempt_id if attempt else None,
            attempt_state=attempt,
            provider=provider,
            upstream_ref=upstream_ref,
            error_code=code,
            error_message=message,
            hold_until=hold_until,
            loss=loss,
        )
        return await self.store.move(task, name, change)

    async def look_again(
        self, task: Task, *, after: float, progress: int = 0, release: bool = True, odd: bool | None = None
    ) -> None:
        """Leave the task as it is and look again later; `odd` as for `note_progress`. Raises Stale."""
        now = self.clock.now()
        await self.store.note_progress(task, progress=progress, at=now, due_in_ms=ms(after), release=release, odd=odd)

    def change_in_hand(self) -> Change:
        """Return a change that keeps the claim: the step continues."""
        return Change(at=self.clock.now(), due_in_ms=ms(limits.LEASE_SECONDS), release=False)

    def watch_end(self) -> int:
        """Return when the hold of a task ends at the latest whose job is at a vendor from now on, in ms."""
        return self.clock.now() + ms(limits.LATE_WATCH_SECONDS + limits.HOLD_SLACK_SECONDS)

    def loss(self, task: Task, kind: str, reason: str) -> Loss:
        """Return what a vendor of that kind is owed for a task that its client does not pay."""
        return Loss(
            attempt_id=task.attempt_id or task.id,
            task_id=task.id,
            project_id=task.project_id,
            provider=task.provider,
            model=task.maker,
            micros=owed(self.catalog, task, kind),
            at=self.clock.now(),
            reason=reason,
        )

    def owed(self, task: Task, kind: str) -> int | None:
        """Return what a vendor of that kind bills for what a task ordered last, None if the catalog can't tell."""
        return None if self.catalog.find(task.made_with) is None else owed(self.catalog, task, kind)

    def model(self, task: Task) -> Model:
        """Return the row that the task was made with."""
        return self.catalog.of(task.made_with, task.sold_by)


def ms(seconds: float) -> int:
    """Return whole milliseconds."""
    return int(seconds * 1000)
