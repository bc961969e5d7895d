"""Why a task waits: the first reason that applies to it now."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from reelgate.clock import Clock
from reelgate.conductor.offpeak import OffPeak
from reelgate.conductor.routing import Router
from reelgate.providers.port import Provider, free_slots
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore


class Why(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reason: a word for programs, what its owner may read, what else an operator may, and until when (ms)."""

    code: str
    message: str
    detail: str = ""
    until: int = 0


class Waiting:
    """Says why tasks wait, as this server sees it."""

    def __init__(
        self,
        *,
        store: TaskStore,
        providers: Mapping[str, Provider],
        router: Router,
        offpeak: OffPeak,
        clock: Clock,
    ) -> None:
        self._store = store
        self._providers = providers
        self._router = router
        self._offpeak = offpeak
        self._clock = clock

    async def why(self, task: Task) -> Why | None:
        """Return why a task does not move, None if it does or has ended. Raises StoreError."""
        name = task.provider
        if task.state.ended:
            return None
        if task.state is State.UNKNOWN:
            return Why(
                "submission_unknown",
                "it is not known yet whether the provider took the job; it is looked up there and never sent twice",
                f"{name} gave no clear answer; settle the task once its own console shows whether the job exists",
            )
        left = task.state is State.QUEUED and name in self._router.leaving
        if left or name not in self._providers:
            return Why(
                "no_account", "the account that makes it is not configured here", f"this server has no account {name}"
            )
        return self._silent(name) if task.state is not State.QUEUED else await self._queued(task)

    async def _queued(self, task: Task) -> Why | None:
        if not task.request.staged:
            return Why("inputs", "its inputs are being fetched")
        if task.lease_until and task.lease_until > self._clock.now():
            return None  # it is in hand
        return self._shut(task.provider) or await self._full(task)

    def _silent(self, name: str) -> Why | None:
        found = self._router.health[name].reads.condition
        if not found.until:
            return None
        return Why(
            "account_silent", "the account that makes it is not answering", f"{name}: {found.reason}", found.until
        )

    def _shut(self, name: str) -> Why | None:
        paused = self._router.paused.get(name)
        if paused is not None:
            detail = f"{name} was paused by {paused.actor}: {paused.reason or 'no reason was given'}"
            return Why("account_paused", "the operator has paused the account that makes it", detail)
        found = self._router.health[name].sends.condition
        if not found.until:
            return None
        message = "the account that makes it accepts no jobs at the moment"
        return Why("account_left_alone", message, f"{name}: {found.reason}", found.until)

    async def _full(self, task: Task) -> Why:
        now, name = self._clock.now(), task.provider
        queues = await self._store.queues.waiting(name, now=now)
        if any(queue.key_id == task.key_id and not queue.ready for queue in queues):
            return Why("project_limit", "its project or key has its maximum of running tasks")
        slots = free_slots(self._providers[name])
        if slots is not None:
            if slots <= 0:
                return Why(
                    "account_full", "every slot is taken; it starts when one is free", f"{name} has no free slot"
                )
        else:
            at_once, rate = self._router.bounds(name)
            if rate <= 0:
                return Why(
                    "account_rate",
                    "this minute's maximum of submissions has been sent",
                    f"the rate of {name} is used up",
                )
            if await self._store.open_jobs(name) >= at_once:
                detail = f"{name} is running its maximum of {at_once} jobs"
                return Why("account_full", "every slot is taken; it starts when one is free", detail)
        if task.request.offpeak and not self._offpeak.holds(now):
            return Why("off_peak", "it is an off-peak order: it starts in those hours, or when nothing else waits")
        return Why("turn", "it starts soon, or other tasks are ahead of it")
