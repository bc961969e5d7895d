"""A conductor over a real journal, store and prober; only the provider and the clock are the test's own."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from reelgate.catalog import load
from reelgate.conductor.loop import Conductor
from reelgate.conductor.result_collection import Collector
from reelgate.conductor.routing import Router
from reelgate.conductor.step_dispatch import Steps
from reelgate.conductor.submission import no_callback
from reelgate.errors import StoreError
from reelgate.inputs.staging import Staging
from reelgate.media.addresses import AddressRule
from reelgate.media.disk import DiskStore
from reelgate.media.fetch import Fetcher
from reelgate.media.intake import Intake
from reelgate.media.probe import Prober
from reelgate.providers.account import Account
from reelgate.providers.port import Candidate, Job, NotFound, Provider, Running, Succeeded, Verdict
from reelgate.tasks.journal import Journal
from reelgate.tasks.record import NewTask, Task
from reelgate.tasks.sqlite import SqliteDatabase
from reelgate.tasks.states import State
from reelgate.tasks.store import Change
from reelgate.testing.samples import clip
from reelgate.testing.stores.samples import NOW, sample_task

CATALOG = load()


class HandClock:
    """Time that passes when the test says so, in milliseconds."""

    set_by = 0

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> int:
        """Return the test's time."""
        return self.time

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass."""
        self.time += int(seconds * 1000)


class FaultyJournal(Journal):
    """A journal that fails once for each entry of `faults`: the name of an edge, or `claim`."""

    def __init__(self, path: Path) -> None:
        super().__init__(SqliteDatabase(path))
        self.faults: dict[str, Exception] = {}

    async def move(self, task: Task, name: str, change: Change) -> Task:
        """Make a move, or fail as told."""
        self._fail(name)
        return await super().move(task, name, change)

    async def claim(
        self, *, owner: str, now: int, lease_ms: int, states: Sequence[State], provider: str, limit: int
    ) -> Sequence[Task]:
        """Claim, or fail as told."""
        self._fail("claim")
        return await super().claim(
            owner=owner, now=now, lease_ms=lease_ms, states=states, provider=provider, limit=limit
        )

    def _fail(self, name: str) -> None:
        fault = self.faults.pop(name, None)
        if fault is not None:
            raise fault


class Actors:
    """A local provider: each job stands as `verdict` says, and is made as soon as it says `Succeeded`."""

    name = "animatic"
    kind = "animatic"
    local = True
    repeatable = True
    poll_seconds = 0.0
    least_poll_seconds = 0.0
    reads_per_second = math.inf

    def __init__(self, folder: Path) -> None:
        self._film = clip(folder / "film.mp4", 64, 36, seconds=5.0)
        self._folder = folder
        self.verdict: Callable[[str], Verdict] = lambda ref: Succeeded(path=self.film(ref))
        self.jobs: set[str] = set()
        self.most_at_once = 0
        self.calls: Counter[str] = Counter()

    def film(self, ref: str) -> Path:
        """Return a finished film of a job's own."""
        path = self._folder / f"{ref}.mp4"
        if not path.exists():
            shutil.copy(self._film, path)
        return path

    def free_slots(self) -> int:
        """Return how many more jobs it takes."""
        return 4 - len(self.jobs)

    def listen(self, news: Callable[[], None]) -> None:
        """Keep what to call when a poll would tell more."""
        self.news = news

    async def open(self) -> None:
        """Be ready."""

    async def aclose(self) -> None:
        """Drop every job."""
        self.jobs.clear()

    async def submit(self, job: Job) -> str:
        """Take a job."""
        self.calls["submit"] += 1
        self.jobs.add(job.attempt_id)
        self.most_at_once = max(self.most_at_once, len(self.jobs))
        return job.attempt_id

    async def poll(self, ref: str) -> Verdict:
        """Say what the test says of a known job."""
        return self.verdict(ref) if ref in self.jobs else NotFound()

    async def cancel(self, ref: str) -> None:
        """Drop a job."""
        self.calls["cancel"] += 1
        self.jobs.discard(ref)

    async def find(self, job: Job, *, since: int) -> str | None:
        """Return a job's reference while it is known."""
        return job.attempt_id if job.attempt_id in self.jobs else None

    async def recognize(self, job: Job) -> Candidate | None:
        """Return the only reference that was given out and is known."""
        known = [ref for ref in job.heard if ref in self.jobs]
        return Candidate(known[0], certain=True) if len(known) == 1 else None

    async def forget(self, ref: str) -> None:
        """Drop a job that is over."""
        self.calls["forget"] += 1
        self.jobs.discard(ref)


class Vendor(Actors):
    """A vendor's account: paid for each job, which `outcome` may disturb, and serves its films at an address."""

    local = False
    repeatable = False
    tells_progress = True

    def __init__(self, folder: Path, name: str, **bounds: Any) -> None:
        super().__init__(folder)
        self.name, self.kind = name, "dashscope"
        self.account = Account(name=name, kind=self.kind, **bounds)
        self.outcome: list[Exception | None] = []
        """What the next submissions end in; None: it takes the job."""
        self.taken_anyway = False
        self.shown: list[str] = []
        self.hidden: list[str] = []
        """What was taken and its list does not show."""
        self.told_to_call: list[str] = []
        self.looked_for: list[Job] = []

    async def submit(self, job: Job) -> str:
        """Take a job, or fail as told: before it was taken, or after."""
        self.told_to_call.append(job.callback_url)
        error = self.outcome.pop(0) if self.outcome else None
        if error is not None:
            if self.taken_anyway:
                self.shown.append(await super().submit(job))
            raise error
        return await super().submit(job)

    async def find(self, job: Job, *, since: int) -> str | None:
        """Return the job that the vendor's list shows, if it shows one."""
        self.calls["find"] += 1
        self.looked_for.append(job)
        return self.shown[0] if self.shown else None


class Studio:
    """The parts of one server that its conductor works with."""

    def __init__(
        self, folder: Path, actors: Actors, clock: HandClock, *, vendors: Sequence[Vendor] = (), **options: Any
    ) -> None:
        self.clock, self.actors = clock, actors
        self.store = FaultyJournal(folder / "journal.db")
        self.media = DiskStore(folder / "media")
        self._prober = Prober()
        fetcher = Fetcher(AddressRule(allow=[ipaddress.ip_network("127.0.0.1/32")]))
        self._intake = Intake(self.media, fetcher, self._prober, folder / "incoming", self.store.files.bin)
        self.providers: dict[str, Provider] = {maker.name: maker for maker in (actors, *vendors)}
        providers = self.providers
        self.router = router = Router(providers, [vendor.account for vendor in vendors], clock)
        steps = Steps(
            catalog=options.pop("catalog", CATALOG),
            store=self.store,
            providers=providers,
            router=router,
            staging=Staging(self._intake, self.media),
            collector=Collector(self.media, self.store, self._prober, fetcher, folder / "results"),
            clock=clock,
            callback=options.pop("callback", no_callback),
        )
        self.parking, self.pace = steps.parking, steps.pace
        self.conductor = Conductor(
            instance=options.pop("instance", "one"),
            store=self.store,
            providers=providers,
            router=router,
            steps=steps,
            clock=clock,
            **options,
        )

    @asynccontextmanager
    async def working(self) -> AsyncIterator[Studio]:
        """Open everything; close it in the reverse order."""
        parts = (self.media, self.store, self._prober, self._intake, self.conductor)
        for part in parts:
            await part.open()
        try:
            yield self
        finally:
            for open_part in (self.conductor, self._intake, self._prober, self.store):
                await open_part.aclose()

    async def until(self, task_id: str, done: Callable[[Task], bool]) -> Task:
        """Return the task once it is as wanted."""
        async with asyncio.timeout(480):
            while True:
                task = await self.store.get(task_id)
                if task is not None and done(task):
                    return task
                await asyncio.sleep(0.01)

    async def seconds_pass(self, seconds: float) -> None:
        """Let the clock go and the conductor look."""
        self.clock.pass_seconds(seconds)
        self.conductor.wake()
        await asyncio.sleep(0)

    async def looked(self, task_id: str, *, after: int) -> Task:
        """Return a task once it was looked at again after its fence was `after`, and is not claimed."""
        return await self.until(task_id, lambda task: task.fence > after and task.lease_owner is None)

    async def ended(self, task_id: str) -> Task:
        """Return the task once it has ended."""
        return await self.until(task_id, lambda task: task.state.ended)


def for_vendor(name: str = "dashscope", task_id: str = "task_one") -> NewTask:
    """Return a new task that is on its way to a vendor's account."""
    new = sample_task()
    request = replace(new.request, model="happyhorse-1.0-t2v")
    return replace(new, id=task_id, provider=name, request=request)


def running(_: str) -> Verdict:
    """Report that a job is still running."""
    return Running(10)


def studio(folder: Path, **options: Any) -> Studio:
    """Return a studio in an empty folder."""
    return Studio(folder, Actors(folder), HandClock(), **options)


def locked() -> StoreError:
    """Return what a journal raises that another process holds too long."""
    return StoreError()
