"""One step of one task: what the conductor does for each state. Every effect is journalled before or after it.

A step works on the task as it was claimed. Whatever it writes is guarded by the claim's fence, so a step that lost
its lease ends in Stale and has changed nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import msgspec
import structlog
from msgspec.structs import replace

from reelgate import limits, tracing
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.conductor.parking import Parking
from reelgate.conductor.poll_interval import Pace
from reelgate.conductor.polling import Watch
from reelgate.conductor.provider_calls import Asking
from reelgate.conductor.result_collection import Collector
from reelgate.conductor.routing import Router
from reelgate.conductor.submission import CallbackAddress, Submission, no_callback
from reelgate.conductor.transitions import Mover
from reelgate.fault_log import FaultLog
from reelgate.inputs.staging import Staging
from reelgate.providers.port import Provider
from reelgate.tasks.batches import RESTORED, BatchLine, line_key
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.scripts import given_up
from reelgate.tasks.states import State
from reelgate.tasks.store import Stale, TaskStore

log = structlog.get_logger()
_AT_VENDOR = (State.RUNNING, State.COLLECTING)
_LATER = 2**53
"""A moment (ms) by which every waiting task is due."""


class Steps:
    """Moves claimed tasks, one step a call."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        providers: Mapping[str, Provider],
        router: Router,
        staging: Staging,
        collector: Collector,
        clock: Clock,
        callback: CallbackAddress = no_callback,
        tracer: tracing.Tracer | None = None,
    ) -> None:
        self._tracer = tracer
        self._mover = Mover(catalog, store, clock)
        self._providers = providers
        self.pace = Pace(clock)
        self._faults = FaultLog()
        self._asking = Asking(providers, router.health, clock)
        self._submission = submission = Submission(
            self._mover,
            providers=providers,
            router=router,
            staging=staging,
            asking=self._asking,
            pace=self.pace,
            collector=collector,
            callback=callback,
        )
        self._watch = watch = Watch(
            self._mover,
            providers=providers,
            router=router,
            collector=collector,
            pace=self.pace,
            asking=self._asking,
        )
        self.parking = Parking(
            self._mover,
            providers=providers,
            router=router,
            asking=self._asking,
            collector=collector,
            find=submission.lost.found,
        )
        self._steps = {
            State.QUEUED: submission.submit,
            State.SUBMITTING: submission.recover,
            State.UNKNOWN: submission.lost.look_for,
            State.RUNNING: watch.poll,
            State.COLLECTING: watch.collect_again,
        }

    async def open(self) -> None:
        """Learn from the tasks that were made before this process how long jobs take. Raises StoreError."""
        newest = await self._mover.store.lists.newest(limits.PACE_TASKS)
        known = await self._mover.store.durations.all()
        self.pace.recall(known, (task for task in reversed(newest) if task.provider in self._providers))

    def listen(self, news: Callable[[], None]) -> None:
        """Have `news` called when a step leaves something to do at once."""
        self._watch.news = news

    async def keep(self) -> None:
        """Write down what was learned of how long jobs take. Raises StoreError."""
        await self._mover.store.durations.keep(self.pace.changed(self._mover.clock.now()))

    def owed(self, task: Task) -> int | None:
        """Return what a task's vendor bills if it has the job, None where that is not known here.

        An account that is gone counts as one of the kind that it is named after.
        """
        provider = self._providers.get(task.provider)
        return self._mover.owed(task, provider.kind if provider else task.provider)

    async def doubt(self, owner: str) -> int:
        """Send nothing again that a restored journal's original may have sent; return how many tasks are in doubt.

        They are looked for like every lost submission. Engines of our own cost nothing and just go on.
        """
        count = 0
        for name, provider in self._providers.items():
            if provider.local or provider.repeatable:
                continue
            while tasks := await self._mover.store.claim(
                owner=owner,
                now=_LATER,
                lease_ms=0,
                states=(State.QUEUED,),
                provider=name,
                limit=limits.CLAIM_BATCH,
            ):
                for task in tasks:
                    await self._submission.lost.doubt(task)
                count += len(tasks)
        return count

    async def doubt_batches(self) -> int:
        """End the lines of batches that a restored journal's original may have ordered; return how many.

        Their tasks are not in the copy, so nothing could be looked for. Raises StoreError.
        """
        if all(provider.repeatable for provider in self._providers.values()):
            return 0
        store, count = self._mover.store, 0
        told = msgspec.json.encode(RESTORED.told).decode()
        for batch in await store.batches.in_progress():
            begun = {line.number for line in await store.batches.lines(batch.id)}
            missing = [number for number in range(batch.total) if number not in begun]
            if missing and (task := await store.task_of_key(batch.project_id, line_key(batch.id, missing[0]))):
                await store.batches.put_line(batch.id, BatchLine(missing.pop(0), task.id))
            for some in (missing[n : n + limits.CLAIM_BATCH] for n in range(0, len(missing), limits.CLAIM_BATCH)):
                await asyncio.gather(*(store.batches.put_line(batch.id, BatchLine(n, None, 0, told)) for n in some))
            count += len(missing)
        return count

    async def take(self, task: Task) -> None:
        """Do what the task's state asks for. Raises Stale when the lease was lost."""
        with tracing.within(self._tracer, task.trace):
            await self._take(task)

    async def _take(self, task: Task) -> None:
        if task.cancel_requested and task.state is State.UNKNOWN:
            await self._submission.lost.call_off(task)
        elif task.cancel_requested and not self._may_be_paid_for_unseen(task):
            await self._cancel(task)
        elif self._mover.catalog.find(task.made_with) is None:
            await self._without_model(task)
        else:
            await self._steps[task.state](task)

    async def _without_model(self, task: Task) -> None:
        """Fail a task whose model has left the catalog, but what a vendor may have been paid for waits for its row."""
        if task.state is State.QUEUED or self._providers[task.provider].repeatable:
            await self._stop(task, "fail", "model_gone", f"model {task.made_with} is no longer served here")
        elif task.state is State.SUBMITTING:
            await self._submission.recover(task)
        else:
            advice = "put its row back; without it no result can be fetched or charged"
            self._faults.error("conductor.model_gone", about=task.made_with, model=task.made_with, advice=advice)
            await self._mover.look_again(task, after=limits.MODEL_AGAIN_SECONDS, progress=task.progress)

    async def give(self, task: Task, provider: str) -> Task | None:
        """Route a claimed task to another account; the claim stays. None if the task has moved since."""
        change = replace(self._mover.change_in_hand(), note="the account was full", provider=provider)
        try:
            return await self._mover.store.move(task, "reroute", change)
        except Stale:
            return None

    def _may_be_paid_for_unseen(self, task: Task) -> bool:
        """Whether a submission was interrupted, so that its outcome is unknown yet."""
        return task.state is State.SUBMITTING and not self._providers[task.provider].repeatable

    async def _cancel(self, task: Task) -> None:
        await self._stop(task, "cancel", "cancelled", "the task was cancelled")

    async def _stop(self, task: Task, edge: str, code: str, message: str) -> None:
        try:
            await self._asking.cancel(task)
        except OSError:
            await self._mover.look_again(task, after=limits.VENDOR_POLL_SECONDS)
            return
        self.pace.ended(task)
        provider = self._providers[task.provider]
        if task.state in _AT_VENDOR and not provider.repeatable:
            # It may go on all the same: few vendors stop what runs.
            owed = self._mover.owed(task, provider.kind)
            await self._mover.store.move(task, edge, given_up(self._mover.clock.now(), code, message, owed=owed))
        else:
            await self._mover.move(task, edge, error=(code, message))

    async def set_back(self, task: Task) -> None:
        """Queue a local render again that this process is about to stop; one that was cancelled ends instead."""
        if task.cancel_requested:
            await self._cancel(task)
        else:
            await self._mover.move(task, "lose_render", note="the server stopped", attempt=AttemptState.LOST, after=0)
