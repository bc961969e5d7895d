"""Submissions with an unknown outcome: looked up at the provider, and never sent again.

One that can't be found there in time is parked for the operator: its task ends, and its money is given back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from msgspec.structs import replace

from reelgate import limits
from reelgate.conductor.provider_calls import Asking
from reelgate.conductor.routing import Router
from reelgate.conductor.transitions import Mover, ms
from reelgate.ids import uuid7
from reelgate.providers.port import Job
from reelgate.tasks.journal import CANCELLED
from reelgate.tasks.record import Attempt, AttemptState, Task
from reelgate.tasks.scripts import given_up

log = structlog.get_logger()

_IN_DOUBT = (AttemptState.SENDING, AttemptState.UNKNOWN)

UNKNOWN_CODE = "submission_unknown"
UNKNOWN_TEXT = "the provider may have taken the job, but it was not found there in time"

MakesJob = Callable[[Task, str], Awaitable[Job]]
"""Makes the job of a task's attempt, named by its id. Raises OSError if an input is away."""


def look_after(waited: float) -> float:
    """Return the seconds until a lost submission is looked for again, which waited so many: ever more rarely."""
    return min(max(limits.VENDOR_FIND_SECONDS, waited / limits.VENDOR_FINDS), limits.VENDOR_LOOK_MAX_SECONDS)


class LostSubmissions:
    """The steps of tasks whose submission may or may not have arrived."""

    def __init__(self, mover: Mover, *, router: Router, asking: Asking, job: MakesJob) -> None:
        self._mover = mover
        self._store = mover.store
        self._router = router
        self._asking = asking
        self._job = job

    async def lose_sight(self, task: Task, why: str, *, answer: str = "") -> None:
        """Write down that the outcome is unknown, with what the provider answered: the job's id can be in it."""
        log.warning("submission.unknown", task=task.id, account=task.provider, reason=why)
        note = f"{why}; it answered: {answer}" if answer else why
        await self._mover.move(
            task,
            "lose_sight",
            note=note,
            attempt=AttemptState.UNKNOWN,
            after=0 if task.cancel_requested else limits.LOOK_SOON_SECONDS,
            hold_until=self.unknown_end(task),
        )

    async def doubt(self, task: Task) -> None:
        """Take a queued task of a restored journal for one that was sent: the journal's original may have done so."""
        change = replace(
            self._mover.change_in_hand(),
            attempt_id=uuid7(self._mover.clock.now()),
            attempt_state=AttemptState.SENDING,
            hold_until=self.unknown_end(task),
        )
        sent = await self._store.move(task, "submit", change)
        await self.lose_sight(sent, "the journal was restored, and its original may have sent this")

    async def look_for(self, task: Task) -> None:
        """Look for a submission whose outcome is unknown; the later, the more rarely."""
        ref = await self.found(task)
        if ref is not None:
            log.info("submission.adopted", task=task.id, account=task.provider)
            until = self._mover.watch_end()
            await self._mover.move(
                task, "adopt", attempt=AttemptState.ACCEPTED, upstream_ref=ref, after=0, hold_until=until
            )
            return
        attempt, now = (await self._store.attempts(task.id))[-1], self._mover.clock.now()
        left = (task.hold_until or attempt.updated_at + self._router.look_ms(task.provider)) - now
        if left <= 0:
            await self._park(task)
            return
        after = look_after((now - attempt.updated_at) / 1000)
        await self._mover.look_again(task, after=min(after, left / 1000))

    async def call_off(self, task: Task) -> None:
        """Cancel a task whose submission has an unknown outcome, and park the submission."""
        ended = given_up(self._mover.clock.now(), "cancelled", CANCELLED, owed=self._owed(task))
        await self._store.move(task, "cancel", ended)

    async def _park(self, task: Task) -> None:
        log.error("submission.parked", task=task.id, account=task.provider)
        ended = given_up(self._mover.clock.now(), UNKNOWN_CODE, UNKNOWN_TEXT, owed=self._owed(task))
        await self._store.move(task, "park", ended)

    def _owed(self, task: Task) -> int | None:
        """Return what the vendor bills if it has the job, as far as that is known: also once the task is deleted."""
        account = self._router.account(task.provider)
        return self._mover.owed(task, account.kind if account else task.provider)

    async def found(self, task: Task) -> str | None:
        """Return the reference of a task's lost job that no other task of ours has, None if that is uncertain.

        One that a callback told at this attempt's own address is that of its job, as soon as the provider knows it.
        """
        attempt = (await self._store.attempts(task.id))[-1]
        try:
            job = await self._lost_job(task, attempt)
            told = await self._asking.recognize(task, job) if job.heard else None
            ref = told.ref if told and told.certain else await self._asking.find(task, job, since=attempt.created_at)
        except OSError:
            return None
        ref = ref or (told.ref if told else None)
        if ref is None or await self._store.task_of_ref(task.provider, ref) not in (None, task.id):
            return None
        return ref

    async def _lost_job(self, task: Task, attempt: Attempt) -> Job:
        """Return the job to look for, with what is known of other jobs that the same list may contain."""
        at, span = attempt.created_at, ms(limits.VENDOR_ARRIVAL_SECONDS + 2 * limits.VENDOR_CLOCK_SKEW_SECONDS)
        beside = await self._store.attempts_between(task.provider, at - span, at + span)
        others = [other for other in beside if other.id != attempt.id]
        owners = {ref: await self._store.task_of_ref(task.provider, ref) for ref in attempt.heard.split("\n") if ref}
        return replace(
            await self._job(task, attempt.id),
            heard=tuple(ref for ref, owner in owners.items() if owner in (None, task.id)),
            taken=frozenset(other.upstream_ref for other in others if other.upstream_ref),
            alone=not any(other.state in _IN_DOUBT and not other.upstream_ref for other in others),
        )

    def unknown_end(self, task: Task) -> int:
        """Return until when a submission is looked for that is lost from sight now, in ms."""
        return self._mover.clock.now() + self._router.look_ms(task.provider)
