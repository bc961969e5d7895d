"""Sample tasks, the way to any state, and short views of what a journal says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from reelgate.request import Mode, VideoRequest
from reelgate.tasks.record import NewTask, Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, TaskStore
from reelgate.testing.outputs import sample_output

NOW = 1_800_000_000_000  # milliseconds: when the checks take place
LEASE_MS = 30_000
PRICE_MICROS = 700_000

OUTPUT = sample_output(blob="ab" * 32)

PATHS: dict[State, tuple[str, ...]] = {
    State.QUEUED: (),
    State.SUBMITTING: ("submit",),
    State.UNKNOWN: ("submit", "lose_sight"),
    State.RUNNING: ("submit", "accept"),
    State.COLLECTING: ("submit", "accept", "deliver"),
    State.SUCCEEDED: ("submit", "accept", "deliver", "finish"),
    State.FAILED: ("submit", "lose_sight", "park"),
    State.CANCELLED: ("submit", "lose_sight", "cancel"),
}
"""The moves that bring a new task to a state."""


def sample_task(name: str = "one", **changes: Any) -> NewTask:
    """Return what admission might write down; `changes` replaces fields."""
    request = VideoRequest(
        model="happyhorse-1.0-t2v",
        mode=Mode.TEXT,
        prompt="一只橘猫在雨中奔跑, neon lights 🌧",
        resolution="720p",
        ratio="16:9",
        duration=5,
        seed=42,
    )
    new = NewTask(
        id=f"task_{name}",
        project_id="project",
        key_id="key",
        dialect="anyfast",
        provider="animatic",
        request_id="request",
        request=request,
        price_micros=PRICE_MICROS,
        created_at=NOW,
        fingerprint=None,
        terms=None,
        trace=None,
        metadata=None,
    )
    return msgspec.structs.replace(new, **changes)


async def bring(store: TaskStore, task: Task, state: State) -> Task:
    """Move a queued task to a state."""
    for name in PATHS[state]:
        attempt = f"attempt_{task.id}" if name == "submit" else None
        task = await store.move(task, name, Change(at=NOW, due_in_ms=0, attempt_id=attempt))
    return task


async def claim(store: TaskStore, owner: str = "worker", *, now: int = NOW, **changes: Any) -> Sequence[Task]:
    """Claim queued tasks of the sample's provider; `changes` replaces arguments."""
    usual = {"states": (State.QUEUED,), "provider": "animatic", "limit": 100, "lease_ms": LEASE_MS}
    return await store.claim(owner=owner, now=now, **{**usual, **changes})


async def money(store: TaskStore, task: Task) -> list[tuple[str, int]]:
    """Return a task's ledger lines as (kind, micros)."""
    return [(line.kind, line.micros) for line in await store.ledger(task.id)]


async def moves(store: TaskStore, task: Task) -> list[tuple[str, str | None, str]]:
    """Return a task's events as (name, source, target)."""
    return [(event.name, event.source, event.target) for event in await store.events(task.id)]
