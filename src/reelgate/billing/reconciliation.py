"""What an operator reconciles: holds that do not end, short deliveries, vendors' prices against what was charged."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from reelgate import limits
from reelgate.billing.quotes import charge, quote
from reelgate.catalog import Catalog, Model
from reelgate.request import Output
from reelgate.tasks.money import Discrepancy
from reelgate.tasks.parked import Loss, Parked
from reelgate.tasks.record import Task
from reelgate.tasks.states import ENDS, State
from reelgate.tasks.store import Filter, TaskStore

SAID_SECONDS, SAID_SHARE = 0.2, 0.05
"""By how much a vendor's word for a length may differ from the file's own before the operator is told."""

_OPEN = tuple(state for state in State if state not in ENDS)


class Report(msgspec.Struct, frozen=True):
    """What wants an operator's eye. All but `short`, `parked` and `losses` should be empty."""

    discrepancies: Sequence[Discrepancy]
    """Running totals and tasks that the ledger's lines contradict."""
    held_too_long: Sequence[Task]
    unknown: Sequence[Task]
    """Submissions of which nobody knows whether they arrived; their money stays on hold."""
    short: Sequence[Task]
    """Finished tasks whose video is shorter than what was asked for; they are charged what they have."""
    parked: Sequence[Parked] = ()
    """Submissions whose task has ended although nobody knows whether a vendor took them."""
    losses: Sequence[Loss] = ()
    """What vendors are owed for and no client paid."""


class Margin(msgspec.Struct, frozen=True):
    """Finished tasks of one model at one account: what was charged, and the vendor's list price of the same videos.

    What stands in for another name is a model of its own: `sora-2 by wan2.7-t2v`.
    """

    model: str
    provider: str
    tasks: int
    charged: int
    cost: int | None
    """None where the vendor's price is not in the catalog."""
    lost: int = 0
    """Submissions that the vendor is owed for and no client paid."""
    lost_cost: int | None = 0
    """What they cost; None where one of them has no price."""
    differing: int = 0
    """Videos of which the vendor says another length than their files have."""
    said_seconds: float = 0.0
    counted_seconds: float = 0.0
    """Those videos' lengths, as the vendor says and as they are."""

    @property
    def margin(self) -> int | None:
        """What is left of the charge, after what was paid for in vain."""
        cost = _sum(self.cost, self.lost_cost)
        return None if cost is None else self.charged - cost


async def reconcile(store: TaskStore, *, now: int, since: int) -> Report:
    """Look through the ledger and, for short deliveries, the tasks that were created from `since` on (ms)."""
    late = now - limits.HOLD_LATE_SECONDS * 1000
    return Report(
        discrepancies=await store.money.check(),
        held_too_long=[task async for task in _tasks(store, _OPEN, created_to=late) if task.price_micros],
        unknown=[task async for task in _tasks(store, (State.UNKNOWN,))],
        parked=await store.parked.open_ones(limit=limits.MAX_RESOLVED),
        losses=await store.parked.losses(since=since),
        short=[task async for task in _tasks(store, (State.SUCCEEDED,), created_from=since) if _is_short(task)],
    )


async def margins(
    store: TaskStore, catalog: Catalog, kinds: Mapping[str, str], *, free: str, since: int
) -> Sequence[Margin]:
    """Return the margins on tasks created from `since` on (ms).

    `kinds` says of each account whose it is; what the account `free` makes costs nothing.
    """
    found: dict[tuple[str, str], Margin] = {}
    losses = {loss.attempt_id: loss for loss in await store.parked.losses(since=since)}
    async for task in _tasks(store, (State.SUCCEEDED,), created_from=since):
        if task.attempt_id in losses:  # made too late for its client to pay
            continue
        key = (task.maker, task.provider)
        before = found.get(key, Margin(*key, 0, 0, 0))
        kind = kinds.get(task.provider, task.provider)
        cost = 0 if task.provider == free else vendor_cost(catalog, task, kind)
        after = replace(
            before,
            tasks=before.tasks + 1,
            charged=before.charged + (task.charged_micros or 0),
            cost=_sum(before.cost, cost),
        )
        found[key] = _differing(after, task.output)
    for loss in losses.values():
        key = (loss.model, loss.provider)
        before = found.get(key, Margin(*key, 0, 0, 0))
        found[key] = replace(before, lost=before.lost + 1, lost_cost=_sum(before.lost_cost, loss.micros))
    return [found[key] for key in sorted(found)]


def differs(output: Output) -> bool:
    """Whether a vendor says another length than its file has: by more than 0.2 seconds, or a twentieth of it."""
    off = abs(output.said_seconds - output.seconds)
    return output.said_seconds > 0 and (off > SAID_SECONDS or off > output.seconds * SAID_SHARE)


def _differing(margin: Margin, output: Output | None) -> Margin:
    if output is None or not differs(output):
        return margin
    return replace(
        margin,
        differing=margin.differing + 1,
        said_seconds=margin.said_seconds + output.said_seconds,
        counted_seconds=margin.counted_seconds + output.seconds,
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def owed(catalog: Catalog, task: Task, kind: str) -> int | None:
    """Return what a vendor is owed for what a task ordered there: of its video, or of the request where there is none.

    None where the catalog has no row of the vendor's.
    """
    if task.output is not None:
        return vendor_cost(catalog, task, kind)
    row = _vendors_row(catalog, task, kind)
    return None if row is None else quote(row, task.request, at=task.created_at).micros


def vendor_cost(catalog: Catalog, task: Task, kind: str) -> int | None:
    """Return what a finished video costs by the catalog's row of its own vendor; None without such a row."""
    row = _vendors_row(catalog, task, kind)
    if row is None or task.output is None or (task.request.order and len(task.request.order.parts) > 1):
        return None
    held = quote(row, task.request, at=task.created_at).micros
    return charge(row, task.request, task.output, held=held, terms=None, at=task.created_at)


def _vendors_row(catalog: Catalog, task: Task, kind: str) -> Model | None:
    """Return the row by which a vendor of that kind bills a task, None where the catalog has none."""
    sold = catalog.find(task.made_with, task.sold_by) or catalog.find(task.made_with)
    upstream = sold.upstream_for(kind, task.request) if sold and task.request.mode in sold.modes else None
    row = catalog.find(upstream, kind) if upstream else None
    return row if row is not None and row.price_rule(task.request, task.created_at) else None


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
