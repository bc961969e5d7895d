"""From a provider's acceptance to a file of ours: polls, and takes over what was made."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from reelgate import limits
from reelgate.conductor.collecting import Collector, FileLost
from reelgate.conductor.mover import Mover, ms
from reelgate.conductor.pace import Pace
from reelgate.ledger.quotes import charge
from reelgate.media.sniff import Unreadable
from reelgate.providers.port import Broken, Gone, Made, Odd, Provider, Running, Verdict
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.store import Change

log = structlog.get_logger()


class Watch:
    """The steps of tasks that run at a provider or whose file is being taken over."""

    def __init__(self, mover: Mover, providers: Mapping[str, Provider], collector: Collector, pace: Pace) -> None:
        self._mover = mover
        self._store = mover.store
        self._providers = providers
        self._collector = collector
        self._pace = pace

    async def poll(self, task: Task) -> None:
        """Ask how a job stands, and follow the answer."""
        provider = self._providers[task.provider]
        try:
            verdict = await provider.poll(task.upstream_ref or "")
        except OSError as error:
            log.warning("provider.unreachable", task=task.id, provider=provider.name, reason=str(error))
            verdict = Running(task.progress)
        await self._follow(task, provider, verdict)

    async def _follow(self, task: Task, provider: Provider, verdict: Verdict) -> None:
        match verdict:
            case Running(progress=progress):
                await self._poll_again(task, provider, progress)
            case Made():
                self._pace.finished(task, self._mover.clock.now())
                task = await self._store.move(task, "deliver", self._mover.change_in_hand())
                await self._collect(task, provider, verdict)
            case Broken(code=code, message=message):
                await self._mover.move(task, "fail", attempt=AttemptState.DONE, error=(code, message))
                await provider.forget(task.upstream_ref or "")
            case Gone():
                await self._gone(task, provider, "lose_render")
            case Odd(what=what):
                # An answer that is not understood says nothing about the job: look again, and let people see it.
                log.warning("provider.odd_answer", task=task.id, provider=provider.name, answer=what)
                await self._poll_again(task, provider, task.progress)

    async def _poll_again(self, task: Task, provider: Provider, progress: int) -> None:
        after = self._pace.next_look(task, provider, self._mover.clock.now())
        await self._mover.look_again(task, after=after, progress=progress, release=not provider.local)

    async def _gone(self, task: Task, provider: Provider, edge: str) -> None:
        await provider.forget(task.upstream_ref or "")
        if provider.repeatable:
            await self._mover.move(task, edge, note="interrupted", attempt=AttemptState.LOST, after=0)
        else:
            error = ("lost_upstream", "the provider no longer knows this job")
            await self._mover.move(task, "fail", attempt=AttemptState.LOST, error=error)

    async def collect_again(self, task: Task) -> None:
        """Go on taking over a file, at a fresh address."""
        provider = self._providers[task.provider]
        verdict = await provider.poll(task.upstream_ref or "")
        if isinstance(verdict, Made):
            await self._collect(task, provider, verdict)
        elif provider.repeatable or isinstance(verdict, Gone):
            await self._gone(task, provider, "lose_file")
        else:
            await self._collect_later(task, f"the provider answers {verdict} about a finished job")

    async def _collect(self, task: Task, provider: Provider, made: Made) -> None:
        try:
            output = await self._collector.collect(task, made)
        except FileLost as lost:
            if provider.repeatable:
                await self._gone(task, provider, "lose_file")
            else:
                await self._collect_later(task, str(lost))
            return
        except Unreadable as error:
            message = f"the provider delivered a file that is no video: {error.reason}"
            await self._mover.move(task, "fail", attempt=AttemptState.DONE, error=("bad_result", message))
            await provider.forget(task.upstream_ref or "")
            return
        change = Change(
            at=self._mover.clock.now(),
            attempt_id=task.attempt_id,
            attempt_state=AttemptState.DONE,
            output=output,
            captured_micros=charge(self._mover.model(task), task.request, output.duration, held=task.price_micros),
        )
        await self._store.move(task, "finish", change)
        await provider.forget(task.upstream_ref or "")

    async def _collect_later(self, task: Task, why: str) -> None:
        """Try again: what was paid for is given up only when the task's time is over."""
        log.warning("collecting.not_yet", task=task.id, provider=task.provider, reason=why)
        if self._mover.clock.now() - task.created_at > ms(limits.TASK_DEADLINE_SECONDS):
            error = ("result_unavailable", f"the provider made the video, but its file could not be had: {why}")
            await self._mover.move(task, "fail", attempt=AttemptState.LOST, error=error)
        else:
            await self._mover.look_again(task, after=limits.COLLECT_AGAIN_SECONDS)
