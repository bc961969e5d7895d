"""What an operator reconciles: holds that do not end, short deliveries, vendors' prices against what was charged."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec

from reelgate import limits
from reelgate.billing.quotes import charge, quote
from reelgate.catalog import Catalog
from reelgate.tasks.money import Discrepancy
from reelgate.tasks.record import Task
from reelgate.tasks.states import ENDS, State
from reelgate.tasks.store import Filter, TaskStore

_OPEN = tuple(state for state in State if state not in ENDS)


class Report(msgspec.Struct, frozen=True):
    """What wants an operator's eye. All but `short` should be empty."""

    discrepancies: Sequence[Discrepancy]
    """Running totals and tasks that the ledger's lines contradict."""
    held_too_long: Sequence[Task]
    unknown: Sequence[Task]
    """Submissions of which nobody knows whether they arrived; their money stays on hold."""
    short: Sequence[Task]
    """Finished tasks whose video is shorter than what was asked for and charged."""


class Margin(msgspec.Struct, frozen=True):
    """Finished tasks of one model at one account: what was charged, and the vendor's list price of the same videos."""

    model: str
    provider: str
    tasks: int
    charged: int
    cost: int | None
    """None where the vendor's price is not in the catalog."""

    @property
    def margin(self) -> int | None:
        """What is left of the charge."""
        return None if self.cost is None else self.charged - self.cost


async def reconcile(store: TaskStore, *, now: int, since: int) -> Report:
    """Look through the ledger and, for short deliveries, the tasks that were created from `since` on (ms)."""
    late = now - limits.HOLD_LATE_SECONDS * 1000
    return Report(
        discrepancies=await store.money.check(),
        held_too_long=[task async for task in _tasks(store, _OPEN, created_to=late) if task.price_micros],
        unknown=[task async for task in _tasks(store, (State.UNKNOWN,))],
        short=[task async for task in _tasks(store, (State.SUCCEEDED,), created_from=since) if _is_short(task)],
    )


async def margins(
    store: TaskStore, catalog: Catalog, kinds: Mapping[str, str], *, free: str, since: int
) -> Sequence[Margin]:
    """Return the margins on tasks created from `since` on (ms).

    `kinds` says of each account whose it is; what the account `free` makes costs nothing.
    """
    found: dict[tuple[str, str], Margin] = {}
    async for task in _tasks(store, (State.SUCCEEDED,), created_from=since):
        key = (task.model, task.provider)
        before = found.get(key, Margin(*key, 0, 0, 0))
        kind = kinds.get(task.provider, task.provider)
        cost = 0 if task.provider == free else vendor_cost(catalog, task, kind)
        total = None if cost is None or before.cost is None else before.cost + cost
        found[key] = Margin(*key, before.tasks + 1, before.charged + (task.charged_micros or 0), total)
    return [found[key] for key in sorted(found)]


def vendor_cost(catalog: Catalog, task: Task, kind: str) -> int | None:
    """Return what a finished video costs by the catalog's row of its own vendor; None without such a row."""
    sold = catalog.find(task.model, task.dialect) or catalog.find(task.model)
    if sold is None or task.output is None:
        return None
    upstream = sold.upstream_id(kind, task.request.mode) if task.request.mode in sold.modes else None
    row = catalog.find(upstream, kind) if upstream else None
    if row is None or row.price_rule(task.request, task.created_at) is None:
        return None
    held = quote(row, task.request, at=task.created_at).micros
    return charge(row, task.request, task.output, held=held, terms=None, at=task.created_at)


def _is_short(task: Task) -> bool:
    return task.output is not None and task.request.seconds > task.output.duration and bool(task.charged_micros)


async def _tasks(
    store: TaskStore, states: tuple[State, ...], created_from: int | None = None, created_to: int | None = None
) -> AsyncIterator[Task]:
    for project in await store.projects.list():
        last: int | None = None
        while page := await store.list(
            Filter(
                project_id=project.id,
                states=states,
                created_from=created_from,
                created_to=created_to,
                before_seq=last,
                limit=limits.MAX_PAGE_SIZE,
            )
        ):
            for task in page:
                yield task
            last = page[-1].seq
