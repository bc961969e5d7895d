"""What must hold of any task at any time, read from the journal alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reelgate.tasks.states import State
from reelgate.tasks.store import LedgerEntry, TaskStore


async def audit(store: TaskStore, task_id: str) -> None:
    """Assert that events, attempts and ledger lines say what the task's row says."""
    task = await store.get(task_id)
    assert task is not None
    events = await store.events(task_id)
    assert (events[0].name, events[0].source) == ("create", None)
    assert all(before.target == after.source for before, after in pairwise(events))
    assert events[-1].target == task.state
    attempts = await store.attempts(task_id)
    assert [attempt.number for attempt in attempts] == list(range(1, task.attempts + 1))
    assert task.attempt_id == (attempts[-1].id if attempts else None)
    assert (task.finished_at is not None) == task.state.ended
    if task.state.ended:
        assert (task.due_at, task.lease_owner, task.lease_until) == (None, None, None)
    audit_money(await store.ledger(task_id), task.state)


def audit_money(lines: Sequence[LedgerEntry], state: State) -> None:
    """Assert that exactly one hold was written, and ended exactly once where the task has ended."""
    micros = {line.kind: line.micros for line in lines}
    assert len(micros) == len(lines)
    expected = {"hold"} | ({"release"} if state.ended else set()) | ({"capture"} if state is State.SUCCEEDED else set())
    assert set(micros) == expected
    assert micros["hold"] + micros.get("release", -micros["hold"]) == 0
    assert 0 <= micros.get("capture", 0) <= micros["hold"]
