"""Claims due tasks and steps each in its own coroutine; wakes at once when told that there is work."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from typing import Literal

import structlog

from reelgate import limits
from reelgate.clock import Clock
from reelgate.conductor.offpeak import OffPeak
from reelgate.conductor.routing import Router
from reelgate.conductor.scheduler import Handing
from reelgate.conductor.step_dispatch import Steps
from reelgate.conductor.times import Time
from reelgate.errors import StoreError
from reelgate.fault_log import FaultLog
from reelgate.providers.port import Provider, free_slots
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Stale, TaskStore

log = structlog.get_logger()
_STOP_TRIES = 3

IDLE_SECONDS = 0.2
"""How often due tasks are looked for when nothing wakes the loop."""

Sort = Literal["stage", "submit", "look", "collect"]
Claim = Callable[[], Awaitable[int]]

_LOOKED_AT = (State.SUBMITTING, State.UNKNOWN, State.RUNNING)
_MOVING = (*_LOOKED_AT, State.COLLECTING)


class Conductor:
    """From a task's acceptance on, only this moves it.

    `instance` names this server in leases; after a restart under the same name its old leases are given back. In a
    `restored` journal nothing that waits for a vendor is sent before it was looked for. One that does not work leaves
    tasks to other servers of the journal.
    """

    def __init__(
        self,
        *,
        instance: str,
        store: TaskStore,
        providers: Mapping[str, Provider],
        router: Router,
        steps: Steps,
        clock: Clock,
        lease_seconds: float = limits.LEASE_SECONDS,
        offpeak: OffPeak | None = None,
        restored: bool = False,
        works: bool = True,
    ) -> None:
        self._instance = instance
        self._store = store
        self._providers = providers
        self._router = router
        self._steps = steps
        self._clock = clock
        self._restored = restored
        self._works = works
        self._lease_ms = int(lease_seconds * 1000)
        hours = offpeak or OffPeak()
        self._handing = Handing(store.queues, clock, hours, owner=instance, lease_ms=self._lease_ms)
        self._time = Time(store, clock)
        self._failing: set[Claim] = set()
        self._faults = FaultLog()
        self._wake = asyncio.Event()
        self._news = asyncio.Event()
        self._stepped = asyncio.Event()
        self._working: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._busy: Counter[tuple[str, Sort]] = Counter()
        self._accepting = True
        self._loop: asyncio.Task[None] | None = None

    @property
    def condition(self) -> str:
        """`ok`, or why tasks don't move as they should: `failing` (the log says why), `draining` or `stopped`."""
        if self._works and (self._loop is None or self._loop.done()):
            return "stopped"
        if not self._accepting:
            return "draining"
        return "failing" if self._failing else "ok"

    @property
    def busy(self) -> Mapping[tuple[str, Sort], int]:
        """How many steps of each account and sort are in progress."""
        return self._busy

    async def open(self) -> None:
        """Give back the leases of this server's former life and start."""
        if not self._works:
            return
        await self._store.release_leases(self._instance, now=self._clock.now())
        await self._time.open()
        await self._steps.open()
        if self._restored or await self._store.restored():
            await self._store.note_restored(self._clock.now())
            doubted, lines = await self._steps.doubt(self._instance), await self._steps.doubt_batches()
            reason = "the journal's original may have sent them"
            log.warning("conductor.restored", tasks=doubted, batch_lines=lines, reason=reason)
            await self._store.settle_restored()
        self._steps.listen(self.look)
        for provider in self._providers.values():
            provider.listen(self.look)
        for name, tasks in (await self._store.open_tasks()).items():
            if name not in self._providers:  # perhaps another server has it: they stay where they are
                log.warning("conductor.no_such_account", account=name, tasks=sum(tasks.values()))
        self._loop = asyncio.create_task(self._run(), name="conductor")

    def wake(self) -> None:
        """Say that there is a new task."""
        self._wake.set()

    def admit(self, provider: Provider) -> None:
        """Take in an account that came while the server runs."""
        if self._works:
            provider.listen(self.look)
            self.wake()
            self.look()

    async def steps_ended(self, name: str) -> None:
        """Return once no step that is in progress at an account now is still so."""
        doing = [work for (account, _), work in self._working.items() if account == name]
        if doing:
            await asyncio.wait(doing)

    def look(self) -> None:
        """Say that there is news of a task that moves."""
        self._news.set()

    def owed(self, task: Task) -> int | None:
        """Return what a task's vendor bills if it has the job, None where that is not known here."""
        return self._steps.owed(task)

    async def drain(self, grace: float) -> None:
        """Take no new tasks, give running renders `grace` seconds, then queue what is left for the next start."""
        self._accepting = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                self._stepped.clear()
                while await self._local(_MOVING):
                    await self._stepped.wait()
                    self._stepped.clear()

    async def aclose(self) -> None:
        """Stop. Closing twice is a no-op."""
        self._accepting = False
        if self._loop is None:
            return
        stopping = (self._loop, *self._working.values())
        for coroutine in stopping:
            coroutine.cancel()
        await asyncio.gather(*stopping, return_exceptions=True)
        self._loop = None
        for _ in range(_STOP_TRIES):  # a write whose step was cancelled may still come in between
            for task in (running := await self._local((State.RUNNING,))):
                with contextlib.suppress(Stale):
                    await self._steps.set_back(task)
            if not running:
                break
        await self._store.release_leases(self._instance, now=self._clock.now())
        await self._steps.keep()

    async def _local(self, states: tuple[State, ...]) -> list[Task]:
        """Return the tasks that this machine's own engines run."""
        return [t for t in await self._store.leased(self._instance, states=states) if self._providers[t.provider].local]

    async def _run(self) -> None:
        # Apart, so that creates by the thousand wake only the search for work that a free slot could take.
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._repeat(self._claim_moving, self._news))
            loops.create_task(self._repeat(self._claim_queued, self._wake))

    async def _repeat(self, claim: Claim, wake: asyncio.Event) -> None:
        while True:
            wake.clear()
            if await self._tried(claim) < limits.CLAIM_BATCH:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_SECONDS):
                        await wake.wait()

    async def _tried(self, claim: Claim) -> int:
        """Claim; a fault is logged and shown in `condition`, and the loop continues."""
        with self._faults.surviving("conductor.claim"):
            try:
                claimed = await claim()
            except StoreError as error:
                self._faults.error("conductor.store", reason=error.why)
            else:
                self._failing.discard(claim)
                return claimed
        self._failing.add(claim)
        return 0

    async def _claim_moving(self) -> int:
        await self._time.look()
        due = {name for name, state in await self._due() if state is not State.QUEUED}
        return sum([await self._claim_moving_from(self._providers[name]) for name in sorted(due)])

    async def _due(self) -> Set[tuple[str, State]]:
        """Return which of this server's accounts have tasks that are due, in which states."""
        found = await self._store.queues.due(now=self._clock.now())
        return {(name, state) for name, state in found if name in self._providers}

    async def _claim_moving_from(self, provider: Provider) -> int:
        """Claim as many as may be asked about now: none while the account does not answer, then one, then all.

        A vendor's tasks are looked at and taken over by a bounded number of steps each; the rest stay due, and those
        that have been due longest come first.
        """
        name = provider.name
        if provider.local:
            return await self._claim_from(name, _MOVING, limits.CLAIM_BATCH)
        reads = self._router.health[name].reads
        if reads.condition.until:
            return await self._claim_from(name, (State.SUBMITTING,), limits.CLAIM_BATCH)
        most = 1 if reads.on_trial else limits.CLAIM_BATCH
        looks = min(most, limits.VENDOR_LOOKS_AT_ONCE - self._busy[name, "look"])
        claimed = await self._claim_from(name, _LOOKED_AT, looks)
        files = sum(count for (_, sort), count in self._busy.items() if sort == "collect")
        return claimed + await self._claim_from(name, (State.COLLECTING,), min(most, limits.COLLECTS_AT_ONCE - files))

    async def _claim_queued(self) -> int:
        if not self._accepting:
            return 0
        count, free = 0, {}
        for name in sorted(name for name, state in await self._due() if state is State.QUEUED):
            room = await self._room(self._providers[name])
            claimed = self._start_all(await self._handing.claim(name, room))
            count, free[name] = count + claimed, room - claimed
        return count + await self._relieve(free)

    async def _relieve(self, free: dict[str, int]) -> int:
        """Give accounts with places left what waits for full ones that are like them; return how many tasks."""
        count = 0
        for full in [name for name, left in free.items() if left <= 0]:
            for name in self._router.helpers(full):
                if name not in free:
                    free[name] = await self._room(self._providers[name])
                found = await self._handing.claim(full, free[name])
                given = [task for task in [await self._steps.give(task, name) for task in found] if task]
                free[name] -= self._start_all(given)
                count += len(given)
        return count

    async def _room(self, provider: Provider) -> int:
        """Return how many queued tasks may go to a provider now."""
        name = provider.name
        if name in self._router.leaving:
            return limits.CLAIM_BATCH - self._busy[name, "submit"]  # each goes to another account, or back
        if name in self._router.paused:
            return 0
        taken = self._busy[name, "submit"]
        slots = free_slots(provider)
        if slots is not None:
            return min(limits.CLAIM_BATCH, slots - taken)
        at_once, rate = self._router.bounds(name)
        room = min(limits.CLAIM_BATCH, rate - taken, at_once - taken)
        if room > 0:  # jobs at a vendor outlive this process, so the journal counts them
            odd_before = self._clock.now() - int(limits.VENDOR_ODD_SECONDS * 1000)
            room = min(room, at_once - taken - await self._store.open_jobs(name, odd_before=odd_before))
        return room

    async def _claim_from(self, provider: str, states: tuple[State, ...], limit: int) -> int:
        if limit <= 0:
            return 0
        tasks = await self._store.claim(
            owner=self._instance,
            now=self._clock.now(),
            lease_ms=self._lease_ms,
            states=states,
            provider=provider,
            limit=limit,
        )
        return self._start_all(tasks)

    def _start_all(self, tasks: Sequence[Task]) -> int:
        for task in tasks:
            self._start(task)
        return len(tasks)

    def _start(self, task: Task) -> None:
        self._busy[task.provider, _sort(task)] += 1
        work = asyncio.create_task(self._work(task), name=f"step {task.id}")
        self._working[task.provider, f"{task.id}#{task.fence}"] = work

    async def _work(self, task: Task) -> None:
        # A fault of ours in one step must not stop the others; the lease runs out and the step is taken again.
        with self._faults.surviving("conductor.step", task=task.id, state=task.state):
            try:
                async with self._kept(task):
                    await self._steps.take(task)
            except Stale:
                log.info("conductor.stale", task=task.id, state=task.state)
            except StoreError as error:
                self._faults.error("conductor.store", task=task.id, reason=error.why)
            finally:
                self._end(task)

    def _end(self, task: Task) -> None:
        """Give back what a step took."""
        del self._working[task.provider, f"{task.id}#{task.fence}"]
        self._stepped.set()
        self._busy[task.provider, _sort(task)] -= 1
        if task.state is State.QUEUED or free_slots(self._providers[task.provider]):
            self._wake.set()  # a staged task may be submitted, or a slot has become free

    @contextlib.asynccontextmanager
    async def _kept(self, task: Task) -> AsyncIterator[None]:
        """Keep the lease alive while a step takes long (a slow media server, a big file); stop a step that lost it."""
        keeper = asyncio.create_task(self._keep(task, asyncio.current_task()))
        try:
            yield
        finally:
            keeper.cancel()

    async def _keep(self, task: Task, step: asyncio.Task[None] | None) -> None:
        while True:
            await asyncio.sleep(self._lease_ms / 3000)
            try:
                await self._store.renew(task, until=self._clock.now() + self._lease_ms)
            except StoreError as error:
                self._faults.error("conductor.store", task=task.id, reason=error.why)
            except Stale:
                log.info("conductor.stale", task=task.id, state=task.state)
                if step is not None:
                    step.cancel()
                return


def _sort(task: Task) -> Sort:
    """Return what a claimed task's step is about; one whose inputs are late is not about to take a provider's slot."""
    if task.state is State.QUEUED:
        return "submit" if task.request.staged else "stage"
    return "collect" if task.state is State.COLLECTING else "look"
