"""What an operator reconciles: holds that do not end, short deliveries, vendors' prices against what was charged."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from reelgate import limits
from reelgate.billing.metering import counted_seconds
from reelgate.billing.quotes import charge, quote
from reelgate.catalog import Catalog
from reelgate.catalog.parts import part_of, pieces
from reelgate.request import Facts, Output, VideoRequest
from reelgate.tasks.lists import Filter
from reelgate.tasks.money import Discrepancy
from reelgate.tasks.parked import Loss, Parked
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.states import ENDS, State
from reelgate.tasks.store import TaskStore

SAID_SECONDS, SAID_SHARE = 0.2, 0.05
"""How far the length that a vendor states may differ from the file's before the operator is warned."""

FREE = ""
"""The kind of an account that costs nothing: neither a vendor's nor the name of an account that is gone."""

_OPEN = tuple(state for state in State if state not in ENDS)


class Report(msgspec.Struct, frozen=True):
    """What wants an operator's eye. All but `short`, `parked` and `losses` should be empty."""

    discrepancies: Sequence[Discrepancy]
    """Running totals and tasks that the ledger's lines contradict."""
    held_too_long: Sequence[Task]
    unknown: Sequence[Task]
    """Submissions whose outcome is unknown; their money stays on hold."""
    short: Sequence[Task]
    """Finished tasks whose video is shorter than what was asked for; they are charged what they have."""
    parked: Sequence[Parked] = ()
    """Submissions whose task has ended while their outcome is unknown."""
    losses: Sequence[Loss] = ()
    """What vendors are owed for and no client paid."""


class Margin(msgspec.Struct, frozen=True):
    """Finished tasks of one model at one account: what was charged, and the vendor's list price of the same videos.

    What stands in for another name is a model of its own: `sora-2 by wan2.7-t2v`. `provider` names several accounts
    where parts of a video were made at several.
    """

    model: str
    provider: str
    tasks: int
    charged: int
    cost: int | None
    """None if the vendor's price is not in the catalog."""
    lost: int = 0
    """Submissions that the vendor is owed for and no client paid."""
    lost_cost: int | None = 0
    """What they cost; None if one of them has no price."""
    differing: int = 0
    """Videos whose reported length differs from that of their files."""
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
        accounts = await _accounts(store, task)
        key = (task.maker, ", ".join(dict.fromkeys(accounts)))
        before = found.get(key, Margin(*key, 0, 0, 0))
        cost = vendor_cost(catalog, task, [FREE if name == free else kinds.get(name, name) for name in accounts])
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


async def _accounts(store: TaskStore, task: Task) -> Sequence[str]:
    """Return the accounts that made a finished video: one, or one for each of its parts."""
    order = task.request.order
    if order is None or not order.parts:
        return (task.provider,)
    made = [one.provider for one in await store.attempts(task.id) if one.state is AttemptState.DONE]
    return (*made[: order.at], task.provider)


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
    """Return what a vendor is owed for what a task ordered there last: of its video, or of the request without one.

    None if the catalog has no row of the vendor's.
    """
    order = task.request.order
    if order is None or not order.parts:
        return _billed(catalog, _Job.of(task), kind, task.created_at)
    film = task.output.facts if task.output and order.left else None
    job = _last_job(task, task.output) if task.output and not order.left else _part_job(task, order.at, film)
    return _billed(catalog, job, kind, task.created_at)


def vendor_cost(catalog: Catalog, task: Task, kinds: Sequence[str]) -> int | None:
    """Return what a finished video costs by the catalog's rows of its own vendors; None without such a row.

    `kinds` are those of the accounts that made it: one, or as many as it has parts. The built-in engine costs nothing.
    """
    order, output = task.request.order, task.output
    if output is None:
        return None
    jobs = [_Job.of(task)]
    if order is not None and order.parts:
        films = order.made[len(order.made) - order.at :]
        jobs = [_part_job(task, number, film.facts) for number, film in enumerate(films)] + [_last_job(task, output)]
    if len(jobs) != len(kinds):
        return None
    total: int | None = 0
    for job, kind in zip(jobs, kinds, strict=True):
        total = _sum(total, 0 if kind == FREE else _billed(catalog, job, kind, task.created_at))
    return total


class _Job(NamedTuple):
    """What one vendor was asked for, and what it made; the seconds and pixels of that film are all that count."""

    model: str
    sold_by: str
    request: VideoRequest
    output: Output | None

    @classmethod
    def of(cls, task: Task) -> _Job:
        return cls(task.made_with, task.sold_by, task.request, task.output)


def _part_job(task: Task, number: int, film: Facts | None) -> _Job:
    """Return the job of one part of a task's video, by itself; without a film as it was ordered."""
    order = task.request.order
    if order is None:
        return _Job.of(task)
    part, request = order.parts[number], replace(part_of(task.request, number), order=None)
    if film is None:
        return _Job(part.model, part.sold_by, request, None)
    output = Output(
        blob="",
        bytes=film.bytes,
        width=film.width,
        height=film.height,
        seconds=film.seconds,
        fps=film.fps,
        frames=film.frames,
        duration=counted_seconds(request, film.seconds),
        audio=film.has_audio,
        seed=0,
        ratio=part.ratio,
    )
    return _Job(part.model, part.sold_by, request, output)


def _last_job(task: Task, whole: Output) -> _Job:
    """Return the job of a video's last part, whose film is what the others have left of the whole, and its tail."""
    order = task.request.order
    if order is None:
        return _Job.of(task)
    tail = order.parts[-1].tail if order.extends or order.at else 0
    before = sum(length for _, length in pieces(order, whole.seconds)[:-1])
    return _part_job(task, order.at, replace(whole.facts, seconds=max(0.0, whole.seconds - before) + tail))


def _billed(catalog: Catalog, job: _Job, kind: str, at: int) -> int | None:
    """Return what a vendor of that kind bills a job, None if the catalog has no row of it."""
    sold = catalog.find(job.model, job.sold_by) or catalog.find(job.model)
    upstream = sold.upstream_for(kind, job.request) if sold and job.request.mode in sold.modes else None
    row = catalog.find(upstream, kind) if upstream else None
    request = job.request
    if row is not None and sold is not None and sold.offpeak and row.sold_offpeak(request.mode):
        request = replace(request, offpeak=True)  # as the name says at its seller, a field at the vendor
    if row is None or not row.price_rule(request, at):
        return None
    held = quote(row, request, at=at).micros
    return charge(row, request, job.output, held=held, terms=None, at=at) if job.output else held


def _is_short(task: Task) -> bool:
    return task.output is not None and task.request.seconds > task.output.duration and bool(task.charged_micros)


async def _tasks(
    store: TaskStore, states: tuple[State, ...], created_from: int | None = None, created_to: int | None = None
) -> AsyncIterator[Task]:
    for project in await store.projects.list():
        last: int | None = None
        while page := await store.lists.page(
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
