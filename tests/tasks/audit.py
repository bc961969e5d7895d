"""What must hold of any task at any time, read from the journal alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reelgate.tasks.money import LedgerEntry
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore


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
    lines = await store.ledger(task_id)
    late = await store.ledger(f"{task_id}#late")
    given_up = not {"park", "adopt_late"}.isdisjoint(event.name for event in events)
    audit_money(lines, State.FAILED if given_up else task.state)
    assert [line.kind for line in late] in ([], ["hold", "capture"])
    assert not late or given_up
    charged = sum(line.micros for line in (*lines, *late) if line.kind == "capture")
    assert task.charged_micros == (charged if task.state.ended else None)


def audit_money(lines: Sequence[LedgerEntry], state: State) -> None:
    """Assert that exactly one hold was written, and settled exactly where the task has ended, whole and once."""
    micros = {line.kind: line.micros for line in lines}
    assert len(micros) == len(lines)
    assert all(amount >= 0 for amount in micros.values())
    settled = micros.get("capture", 0) + micros.get("release", 0)
    assert settled == (micros["hold"] if state.ended else 0)
    assert ("capture" in micros) == (state is State.SUCCEEDED)
    assert not state.ended or {"capture", "release"} & set(micros)
