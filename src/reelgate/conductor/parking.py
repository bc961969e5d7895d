"""Resolves submissions whose task ended although a vendor had, or may have had, the job.

The client has got a final state and its money back. A video that the vendor made nevertheless has to be paid for: the
server looks for it for as long as it watches any job, and keeps it if it is found. Otherwise the operator settles it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import structlog
from msgspec.structs import replace

from reelgate import limits
from reelgate.billing.quotes import charge
from reelgate.conductor.provider_calls import Asking
from reelgate.conductor.result_collection import Collector, FileLost
from reelgate.conductor.routing import Router
from reelgate.conductor.transitions import Mover, ms
from reelgate.media.sniff import Unreadable
from reelgate.providers.port import Failed, NotFound, Provider, Running, Succeeded
from reelgate.request import Output
from reelgate.tasks.parked import Loss, Outcome, Parked
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, Stale, Unaffordable

log = structlog.get_logger()


class Parking:
    """Looks for parked submissions. `find` returns the vendor's reference of a task's lost job, None without one."""

    def __init__(
        self,
        mover: Mover,
        *,
        providers: Mapping[str, Provider],
        router: Router,
        asking: Asking,
        collector: Collector,
        find: Callable[[Task], Awaitable[str | None]],
    ) -> None:
        self._mover = mover
        self._store = mover.store
        self._providers = providers
        self._router = router
        self._asking = asking
        self._collector = collector
        self._find = find

    async def tend(self) -> int:
        """Look for those that are due; return how many. Raises StoreError."""
        count = 0
        for name in await self._store.parked.counts():
            if name not in self._providers or self._providers[name].local:
                continue
            now = self._mover.clock.now()
            until = now + ms(limits.PARKED_LEASE_SECONDS)
            due = await self._store.parked.claim(name, now=now, until=until, limit=limits.PARKED_AT_ONCE)
            await asyncio.gather(*(self._look(parked) for parked in due))
            count += len(due)
        return count

    async def _look(self, parked: Parked) -> None:
        with suppress(Stale):  # settled by the operator, deleted by its client, or in another server's hand
            await self._follow(parked, await self._task_of(parked))

    async def _task_of(self, parked: Parked) -> Task | None:
        """Return the task as it ended, None for one that was deleted."""
        task = await self._store.get(parked.task_id)
        return task if task is not None and task.attempt_id == parked.attempt_id else None

    async def _follow(self, parked: Parked, task: Task | None) -> None:
        ref = parked.upstream_ref
        if not ref and task is not None and self._mover.catalog.find(task.made_with) is not None:
            ref = await self._find(task)
        if ref is None:
            await self._put_off(parked)
            return
        cancelled = task is None or task.state is State.CANCELLED
        try:
            verdict = await self._asking.poll(parked, ref, may_be_gone=True)
        except OSError:
            await self._put_off(parked, ref)
            return
        if isinstance(verdict, Succeeded):
            await self._keep(replace(parked, upstream_ref=ref), task, verdict)
        elif isinstance(verdict, Failed) or (cancelled and isinstance(verdict, NotFound)):
            code = verdict.code if isinstance(verdict, Failed) else "gone"
            log.info("submission.failed_late", task=parked.task_id, account=parked.provider, code=code)
            await self._store.parked.settle(parked, Outcome.FAILED, at=self._mover.clock.now())
            await self._providers[parked.provider].forget(ref)
        elif isinstance(verdict, Running):
            if cancelled:
                with suppress(OSError):
                    await self._asking.cancel(replace(parked, upstream_ref=ref))
            await self._put_off(parked, ref, after=limits.VENDOR_WATCH_MAX_SECONDS)
        else:
            await self._put_off(parked, ref)

    async def _put_off(self, parked: Parked, ref: str | None = None, *, after: float | None = None) -> None:
        now = self._mover.clock.now()
        waited = (now - parked.parked_at) / 1000
        if waited > limits.LATE_WATCH_SECONDS:  # no vendor keeps its record as long
            log.error("submission.left_to_operator", task=parked.task_id, account=parked.provider)
            await self._store.parked.put_off(parked, due_at=None, ref=ref)
            return
        pause = min(max(limits.VENDOR_FIND_SECONDS, waited / limits.VENDOR_FINDS), limits.VENDOR_LOOK_MAX_SECONDS)
        await self._store.parked.put_off(parked, due_at=now + ms(after or pause), ref=ref)

    async def _keep(self, parked: Parked, task: Task | None, made: Succeeded) -> None:
        """Take over what was made after all, for its client where the task is still there."""
        part = task is not None and task.request.order is not None and task.request.order.left > 0
        if task is None or part or self._mover.catalog.find(task.made_with) is None:
            await self._store.parked.settle(
                parked, Outcome.LATE, at=self._mover.clock.now(), loss=self._loss(parked, task)
            )
            self._asking.met_late(parked, kept=False)
            return
        try:
            output = await self._collector.collect(task, self._mover.model(task), made)
        except (FileLost, Unreadable, OSError) as error:
            log.warning("submission.late_not_yet", task=task.id, account=task.provider, reason=str(error))
            await self._put_off(parked, parked.upstream_ref)
            return
        await self._adopt(parked, task, made, output)
        await self._providers[parked.provider].forget(parked.upstream_ref or "")

    async def _adopt(self, parked: Parked, task: Task, made: Succeeded, output: Output) -> None:
        change = Change(
            at=self._mover.clock.now(),
            note=made.url or "",
            attempt_id=parked.attempt_id,
            attempt_state=AttemptState.DONE,
            upstream_ref=parked.upstream_ref,
            output=output,
            settled=Outcome.LATE,
        )
        loss = self._loss(parked, replace(task, output=output))
        charged = self._charge(task, output)
        edge = "adopt_late" if task.state is State.FAILED else "keep_late"
        if charged:
            try:
                await self._store.move(task, edge, replace(change, charged_micros=charged))
            except Unaffordable:
                charged = 0
        if not charged:
            await self._store.move(task, edge, replace(change, loss=loss))
        self._asking.met_late(task, kept=True, charged=charged)

    def _charge(self, task: Task, output: Output) -> int:
        """Return what the client pays by the account's rule; one that called it off pays nothing."""
        if task.state is not State.FAILED or not self._router.charges_late(task.provider):
            return 0
        model, held, at = self._mover.model(task), task.price_micros, task.created_at
        return charge(model, task.request, output, held=held, terms=task.terms, at=at)

    def _loss(self, parked: Parked, task: Task | None) -> Loss:
        kind, reason = self._providers[parked.provider].kind, "made after its task had ended"
        if task is not None:
            return self._mover.loss(task, kind, reason)
        return Loss(
            attempt_id=parked.attempt_id,
            task_id=parked.task_id,
            project_id=parked.project_id,
            provider=parked.provider,
            model=parked.model,
            micros=parked.owed_micros,
            at=self._mover.clock.now(),
            reason=reason,
        )
