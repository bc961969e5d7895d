"""Submissions that outlived their task, losses at vendors, and the port of their store."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import msgspec


class Outcome(StrEnum):
    """The outcome of a submission whose task had ended before it."""

    OPEN = ""
    LATE = "late"
    """The vendor made the video after all."""
    FAILED = "failed"
    """The vendor had the job, and it failed or was stopped there."""
    NOT_TAKEN = "not_taken"
    """The operator says that the vendor never had it."""
    WRITTEN_OFF = "written_off"
    """The operator counts it as lost."""


class Parked(msgspec.Struct, frozen=True):
    """One such submission; it outlives its task. Times are milliseconds.

    `due_at` is when it is looked for again, None once that is left to the operator.
    """

    attempt_id: str
    task_id: str
    project_id: str
    provider: str
    model: str
    sent_at: int
    parked_at: int
    due_at: int | None
    upstream_ref: str | None
    outcome: Outcome
    settled_at: int | None
    owed_micros: int | None = None
    """What its vendor bills if it makes the video; None if that was not known when it was parked."""

    @property
    def id(self) -> str:
        """The id of its task, under the name that a task has it."""
        return self.task_id


class Loss(msgspec.Struct, frozen=True):
    """What a vendor is owed for and no client paid; `micros` is None if the catalog does not know its price."""

    attempt_id: str
    task_id: str
    project_id: str
    provider: str
    model: str
    micros: int | None
    at: int
    reason: str


class ParkedStore(Protocol):
    """Where they live, in the same database as the tasks. A task's own move parks and adopts (`Change`)."""

    async def of_task(self, task_id: str) -> Parked | None:
        """Return what was parked of a task, also of a deleted one."""
        ...

    async def open_ones(self, provider: str = "", *, limit: int, unclear: bool = False) -> Sequence[Parked]:
        """Return those that are not resolved yet, the oldest first; `unclear`: only those that `unclear()` counts."""
        ...

    async def counts(self) -> dict[str, int]:
        """Return how many of them each account has."""
        ...

    async def unclear(self) -> dict[str, int]:
        """Return for each account how many jobs it may or may not have, with those that are left to the operator."""
        ...

    async def claim(self, provider: str, *, now: int, until: int, limit: int) -> Sequence[Parked]:
        """Take those that are due, each once: it comes due again at `until` unless it is put off or settled."""
        ...

    async def put_off(self, parked: Parked, *, due_at: int | None, ref: str | None = None) -> None:
        """Look again then, or no more; `ref` is the vendor's reference as far as it is known. Raises Stale."""
        ...

    async def settle(self, parked: Parked, outcome: Outcome, *, at: int, loss: Loss | None = None) -> None:
        """Record the outcome, with its loss in the same transaction. Raises Stale if that was said already."""
        ...

    async def losses(self, *, since: int) -> Sequence[Loss]:
        """Return what was lost from a time on, the oldest first."""
        ...
