"""The metrics page at `/metrics`, in Prometheus's format.

The journal's numbers are read on a scrape, at most once in five seconds; the parts count the rest.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from time import monotonic, perf_counter

import msgspec
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector as Families

from reelgate import limits
from reelgate.access.load_shedding import LoadShedder
from reelgate.clock import Clock
from reelgate.conductor.health import Health
from reelgate.conductor.loop import Conductor
from reelgate.conductor.poll_interval import Pace
from reelgate.conductor.result_collection import Collector
from reelgate.conductor.retention import Measuring
from reelgate.errors import StoreError
from reelgate.events.courier import Courier
from reelgate.events.stream import Stream
from reelgate.http.traffic import Traffic
from reelgate.media.timed import TimedStore
from reelgate.meters import Counts, Times
from reelgate.providers.pooled import PooledProvider
from reelgate.providers.port import Provider
from reelgate.server.chronicle import Chronicle
from reelgate.tasks.money import Balance
from reelgate.tasks.store import Ages, TaskStore

LAG_SECONDS = 0.5
"""How often the event loop is asked how late it is."""
_PREFIX = "reelgate_"
_QUANTILES = (0.5, 0.95)


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """Whose numbers are shown."""

    clock: Clock
    disks: Mapping[str, Path]
    """Folders whose disks fill up, by what they are for."""
    media_most: int
    """Bytes that the media store may hold, 0 for any number."""
    store: TaskStore
    journal: Times
    media: TimedStore
    traffic: Traffic
    chronicle: Chronicle
    gate: LoadShedder
    conductor: Conductor
    providers: Mapping[str, Provider]
    health: Mapping[str, Health]
    pace: Pace
    collector: Collector
    stream: Stream
    courier: Courier
    space: Measuring


class _Known(msgspec.Struct, frozen=True):
    """What the journal said."""

    up: bool = False
    seconds: float = 0.0
    ages: tuple[Ages, ...] = ()
    parked: Mapping[str, int] = {}
    balances: tuple[Balance, ...] = ()
    deliveries: int = 0
    told_since: int | None = None


class Metrics:
    """Writes the page."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lag = Times()
        self._known = _Known()
        self._asked_at = -limits.METRICS_SECONDS
        self._asking = asyncio.Lock()
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)
        GCCollector(registry=self._process)

    async def feel(self) -> None:
        """Note once how late the event loop is."""
        begun = perf_counter()
        await asyncio.sleep(LAG_SECONDS)
        self._lag.note((), max(0.0, perf_counter() - begun - LAG_SECONDS))

    async def measure(self) -> None:
        """Measure again what projects hold in the media store. Raises OSError, StoreError."""
        await self._parts.space.look()

    async def page(self) -> bytes:
        """Return the page, as text."""
        async with self._asking:  # who looks at the same time gets the same
            if monotonic() - self._asked_at >= limits.METRICS_SECONDS:
                self._known = await self._ask()
                self._asked_at = monotonic()
        registry = CollectorRegistry()
        registry.register(_Fixed(list(self._all())))
        return generate_latest(registry) + generate_latest(self._process)

    async def _ask(self) -> _Known:
        store, begun = self._parts.store, perf_counter()
        try:
            async with asyncio.timeout(limits.METRICS_SECONDS):
                await store.ping()
                seconds = perf_counter() - begun
                deliveries, told_since = await store.deliveries.waiting()
                return _Known(
                    up=True,
                    deliveries=deliveries,
                    told_since=told_since,
                    seconds=seconds,
                    ages=tuple(await store.open_ages()),
                    parked=await store.parked.unclear(),
                    balances=tuple(await store.money.balances()),
                )
        except (StoreError, TimeoutError):
            return _Known()

    def _all(self) -> Iterator[Metric]:
        yield from self._of_requests()
        yield from self._of_tasks()
        yield from self._of_accounts()
        yield from self._of_work()
        yield from self._of_webhooks()
        yield from self._of_stores()
        yield from self._of_process()

    def _of_requests(self) -> Iterator[Metric]:
        parts = self._parts
        yield _counter(
            "requests", "Requests answered.", ("dialect", "route", "method", "status"), parts.traffic.seconds.counts()
        )
        told = "Seconds until the answer to a request began."
        yield _histogram("request_seconds", told, ("route", "method"), parts.traffic.seconds.summed(1, 2))
        yield _gauge("creates_under_way", "Creates that are being admitted.", parts.gate.creates)
        yield _gauge("body_bytes", "Bytes of requests' bodies in memory.", parts.gate.body_bytes)
        yield _gauge("listeners", "Event streams and waiting queries.", parts.stream.listeners)

    def _of_tasks(self) -> Iterator[Metric]:
        known, chronicle, now = self._known, self._parts.chronicle, self._parts.clock.now()
        labels = ("account", "state")
        tasks = GaugeMetricFamily(f"{_PREFIX}open_tasks", "Open tasks in the journal.", labels=labels)
        oldest = GaugeMetricFamily(f"{_PREFIX}oldest_task_seconds", "Age of the oldest open task.", labels=labels)
        told = "How long the most overdue task has been due."
        overdue = GaugeMetricFamily(f"{_PREFIX}overdue_seconds", told, labels=labels)
        for one in known.ages:
            place = (one.provider, one.state.value)
            tasks.add_metric(place, one.tasks)
            oldest.add_metric(place, max(0, now - one.created_at) / 1000)
            overdue.add_metric(place, max(0, now - one.due_at) / 1000)
        parked = GaugeMetricFamily(f"{_PREFIX}parked", "Parked submissions in the journal.", labels=("account",))
        for account, count in known.parked.items():
            parked.add_metric((account,), count)
        yield from (tasks, oldest, overdue, parked)
        yield _counter("tasks_created", "Tasks made by this server.", ("dialect", "model"), chronicle.created)
        ended = ("dialect", "account", "state", "reason")
        yield _counter("tasks_ended", "Tasks that this server saw end.", ended, chronicle.ended)
        told = "Seconds from a task's create to its first submission."
        yield _histogram("task_wait_seconds", told, ("account",), chronicle.waited)
        yield _histogram("task_seconds", "Seconds from a task's create to its end.", labels, chronicle.lasted)

    def _of_accounts(self) -> Iterator[Metric]:
        health = self._parts.health
        ends = ("account", "outcome")
        submissions = CounterMetricFamily(f"{_PREFIX}submissions", "Submissions by how they ended.", labels=ends)
        paused = GaugeMetricFamily(
            f"{_PREFIX}account_paused", "1 while an account is paused.", labels=("account", "what")
        )
        odd = _family("odd_answers", "Answers of an account that were not understood.")
        bad = _family("bad_results", "Results of an account that hold no video.")
        late = _family("late_results", "Videos that an account made after their task had ended.")
        differing = _family("length_differences", "Videos whose length differs from what their account reports.")
        polls = _family("polls", "Reads from an account about its jobs.")
        unseen = GaugeMetricFamily(
            f"{_PREFIX}end_unseen_seconds",
            "How long the ends of the newest jobs may have gone unseen.",
            labels=("account", "quantile"),
        )
        for name, one in health.items():
            for outcome, count in one.outcomes.items():
                submissions.add_metric((name, outcome), count)
            paused.add_metric((name, "submissions"), bool(one.sends.condition.until))
            paused.add_metric((name, "polls"), bool(one.reads.condition.until))
            for family, count in ((odd, one.odd), (bad, one.bad), (late, one.late), (differing, one.differing)):
                family.add_metric((name,), count)
        for name, account in self._parts.pace.accounts.items():
            polls.add_metric((name,), account.reads)
            waits = sorted(account.late)
            for share in _QUANTILES if waits else ():
                unseen.add_metric((name, str(share)), waits[int(len(waits) * share)])
        yield from (submissions, paused, odd, bad, late, differing, polls, unseen)

    def _of_work(self) -> Iterator[Metric]:
        parts = self._parts
        steps = GaugeMetricFamily(f"{_PREFIX}steps", "Steps of tasks under way here.", labels=("account", "sort"))
        for (account, sort), count in parts.conductor.busy.items():
            steps.add_metric((account, sort), count)
        told = "1 for the conductor's condition."
        condition = GaugeMetricFamily(f"{_PREFIX}conductor", told, labels=("condition",))
        for word in ("ok", "failing", "draining", "stopped"):
            condition.add_metric((word,), word == parts.conductor.condition)
        yield from (steps, condition)
        told = "Seconds to fetch and store a result."
        yield _histogram("collect_seconds", told, ("outcome",), parts.collector.times)
        total = CounterMetricFamily(f"{_PREFIX}collected_bytes", "Bytes of results that were kept.")
        total.add_metric((), parts.collector.bytes)
        yield total
        slots = GaugeMetricFamily(f"{_PREFIX}render_slots", "Render processes.", labels=("account", "state"))
        renders = CounterMetricFamily(f"{_PREFIX}renders", "Renders by how they ended.", labels=("account", "outcome"))
        for name, provider in parts.providers.items():
            if isinstance(provider, PooledProvider):
                busy, slots_in_all = provider.pool.working()
                slots.add_metric((name, "busy"), busy)
                slots.add_metric((name, "idle"), slots_in_all - busy)
                for outcome, count in provider.pool.ended.items():
                    renders.add_metric((name, outcome), count)
        yield from (slots, renders)

    def _of_webhooks(self) -> Iterator[Metric]:
        known, now = self._known, self._parts.clock.now()
        late = 0.0 if known.told_since is None else max(0, now - known.told_since) / 1000
        yield _gauge("deliveries_waiting", "Webhook deliveries that have yet to arrive.", known.deliveries)
        yield _gauge("oldest_delivery_seconds", "Age of the oldest of them.", late)
        told = "Seconds of one try to deliver, by outcome."
        yield _histogram("delivery_seconds", told, ("outcome",), self._parts.courier.times)

    def _of_stores(self) -> Iterator[Metric]:
        parts, known = self._parts, self._known
        told = "Millionths of a dollar in each class of accounts, over all projects."
        ledger = GaugeMetricFamily(f"{_PREFIX}ledger_micros", told, labels=("class",))
        for name in ("outside", "funds", "held", "charged") if known.up else ():
            ledger.add_metric((name,), sum(getattr(one, name) for one in known.balances))
        yield ledger
        media = GaugeMetricFamily(
            f"{_PREFIX}media_bytes", "Bytes that a project's files take.", labels=("project", "kind")
        )
        for one in parts.space.held:
            media.add_metric((one.project_id, one.kind), one.bytes)
        yield media
        yield _gauge("journal_up", "1 while the journal answers.", known.up)
        yield _gauge("journal_ping_seconds", "How long it took the journal to answer.", known.seconds)
        yield _histogram("journal_seconds", "Seconds that the journal took.", ("operation",), parts.journal)
        yield _histogram("media_seconds", "Seconds that the media store took.", ("operation",), parts.media.times)
        yield _counter("media_failures", "Failed calls to the media store.", ("operation",), parts.media.failures)
        told = "Free bytes on the disk of a folder."
        free = GaugeMetricFamily(f"{_PREFIX}disk_free_bytes", told, labels=("folder",))
        for name, folder in parts.disks.items():
            with suppress(OSError):  # it is not mounted
                free.add_metric((name,), shutil.disk_usage(folder).free)
        yield free
        yield _gauge("media_limit_bytes", "Bytes that projects may hold together, 0 for any number.", parts.media_most)
        yield _gauge("full", "1 while creates are refused because there is no space.", parts.gate.full)

    def _of_process(self) -> Iterator[Metric]:
        yield _histogram("loop_lag_seconds", "How late the event loop is.", (), self._lag)
        info = GaugeMetricFamily(f"{_PREFIX}info", "Always 1, with the version as a label.", labels=("version",))
        info.add_metric((version("reelgate"),), 1)
        yield info


class _Fixed(Families):
    """What was gathered for one page."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Return it."""
        return self._metrics


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, told, value=value)


def _family(name: str, told: str) -> CounterMetricFamily:
    return CounterMetricFamily(_PREFIX + name, told, labels=("account",))


def _counter(name: str, told: str, labels: tuple[str, ...], counts: Counts) -> Metric:
    family = CounterMetricFamily(_PREFIX + name, told, labels=labels)
    for values, count in list(counts.by.items()):
        family.add_metric(values, count)
    return family


def _histogram(name: str, told: str, labels: tuple[str, ...], times: Times) -> Metric:
    family = HistogramMetricFamily(_PREFIX + name, told, labels=labels)
    for values, row in list(times.by.items()):
        total, buckets = 0.0, []
        for bound, count in zip((*map(str, times.bounds), "+Inf"), row[:-1], strict=True):
            total += count
            buckets.append((bound, total))
        family.add_metric(values, buckets, row[-1])
    return family
