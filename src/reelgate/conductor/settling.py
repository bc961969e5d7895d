"""Lets an operator resolve submissions whose outcome is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec.structs import replace

from reelgate import limits
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.conductor.transitions import Mover
from reelgate.tasks.parked import Loss, Outcome, Parked
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, TaskStore

LOST = "written off by the operator"


class Verdict(StrEnum):
    """What the operator found out."""

    ADOPT = "adopt"
    """The vendor has the job."""
    NOT_TAKEN = "not_taken"
    """The vendor has no such job."""
    GIVE_UP = "give_up"
    """The outcome stays unknown; the job counts as paid to the vendor."""


class Settling:
    """Settles tasks that are unknown, and what was parked of tasks that have ended so.

    `kinds` gives each account's vendor, which decides what a lost job costs.
    """

    def __init__(self, store: TaskStore, clock: Clock, catalog: Catalog, kinds: Mapping[str, str]) -> None:
        self._store = store
        self._clock = clock
        self._mover = Mover(catalog, store, clock)
        self._kinds = kinds

    async def one(self, task_id: str, verdict: Verdict, ref: str = "") -> str:
        """Settle one, and say in what state it is. Raises ValueError if there is nothing to settle, StoreError."""
        task = await self._store.get(task_id)
        parked = await self._store.parked.of_task(task_id)
        if ref:
            await self._check_free(task_id, (task or parked), ref)
        if task is not None and task.state is State.UNKNOWN:
            return await self._unknown(task, verdict, ref)
        if parked is None or parked.outcome is not Outcome.OPEN:
            found = task.state if task else "no task here"
            raise ValueError(f"{task_id} is {found}; only an unknown or parked submission can be settled")
        return await self._parked(parked, task, verdict, ref)

    async def all_of(self, account: str, verdict: Verdict) -> Sequence[tuple[str, str]]:
        """Settle all of an account that it may have or not, and return each task's id and state. Raises StoreError."""
        unknown = await self._store.unknown_at(account, limit=limits.MAX_RESOLVED)
        parked = await self._store.parked.open_ones(account, limit=limits.MAX_RESOLVED, unclear=True)
        told = [(task.id, await self._unknown(task, verdict, "")) for task in unknown]
        tasks = [await self._store.get(one.task_id) for one in parked]
        settled = zip(parked, tasks, strict=True)
        return told + [(one.task_id, await self._parked(one, task, verdict, "")) for one, task in settled]

    async def _check_free(self, task_id: str, sent: Task | Parked | None, ref: str) -> None:
        owner = await self._store.task_of_ref(sent.provider, ref) if sent else None
        if owner not in (None, task_id):
            raise ValueError(f"{ref} is the job of {owner}")

    async def _unknown(self, task: Task, verdict: Verdict, ref: str) -> str:
        change = Change(at=self._clock.now(), note="settled by the operator", due_in_ms=0, attempt_id=task.attempt_id)
        if verdict is Verdict.ADOPT:
            until = self._mover.watch_end()
            found = replace(change, attempt_state=AttemptState.ACCEPTED, upstream_ref=ref, hold_until=until)
            return (await self._store.move(task, "adopt", found)).state
        if verdict is Verdict.NOT_TAKEN:
            return (await self._store.move(task, "disown", replace(change, attempt_state=AttemptState.REJECTED))).state
        lost = replace(
            change,
            attempt_state=AttemptState.LOST,
            error_code="submission_unknown",
            error_message="it is unknown whether the provider took the job",
            loss=self._loss(task),
        )
        return (await self._store.move(task, "fail", lost)).state

    async def _parked(self, parked: Parked, task: Task | None, verdict: Verdict, ref: str) -> str:
        now = self._clock.now()
        if verdict is Verdict.ADOPT:
            await self._store.parked.put_off(parked, due_at=now, ref=ref)
            return f"parked, and {ref} is queried now"
        if verdict is Verdict.NOT_TAKEN:
            await self._store.parked.settle(parked, Outcome.NOT_TAKEN, at=now)
        else:
            loss = self._loss(task) if task else _unpriced(parked, now)
            await self._store.parked.settle(parked, Outcome.WRITTEN_OFF, at=now, loss=loss)
        return f"{task.state if task else 'deleted'}, and its submission is settled"

    def _loss(self, task: Task) -> Loss:
        return self._mover.loss(task, self._kinds.get(task.provider, task.provider), LOST)


def _unpriced(parked: Parked, now: int) -> Loss:
    """Return the loss of a submission whose task was deleted: priced where it was when it was parked."""
    whose = (parked.attempt_id, parked.task_id, parked.project_id, parked.provider, parked.model)
    return Loss(*whose, micros=parked.owed_micros, at=now, reason=LOST)
