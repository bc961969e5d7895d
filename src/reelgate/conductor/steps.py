"""One step of one task: what the conductor does for each state. Every effect is journalled before or after it.

A step works on the task as it was claimed. Whatever it writes is guarded by the claim's fence, so a step that lost
its lease ends in Stale and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from reelgate import limits
from reelgate.catalog import Catalog, Model
from reelgate.clock import Clock
from reelgate.conductor.collecting import Collector, FileLost
from reelgate.conductor.staging import Staging
from reelgate.errors import InvalidField, StoreError
from reelgate.ids import uuid7
from reelgate.ledger.quotes import charge
from reelgate.media.sniff import Unreadable
from reelgate.providers.port import (
    Broken,
    Gone,
    Job,
    Made,
    NotSent,
    Odd,
    OutcomeUnknown,
    Provider,
    Rejected,
    Running,
    Verdict,
)
from reelgate.tasks.record import AttemptState, Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Change, Stale, TaskStore

log = structlog.get_logger()


class Steps:
    """Moves claimed tasks, one step a call."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        providers: Mapping[str, Provider],
        staging: Staging,
        collector: Collector,
        clock: Clock,
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._providers = providers
        self._staging = staging
        self._collector = collector
        self._clock = clock

    async def take(self, task: Task) -> None:
        """Do what the task's state asks for. Raises Stale when the lease was lost."""
        if task.cancel_requested:
            await self._cancel(task)
        elif self._catalog.find(task.model) is None:
            await self._stop(task, "fail", "model_gone", f"model {task.model} is no longer served here")
        elif task.state is State.QUEUED:
            await self._submit(task)
        elif task.state is State.SUBMITTING:
            await self._recover(task)
        elif task.state is State.RUNNING:
            await self._poll(task)
        elif task.state is State.COLLECTING:
            await self._collect_again(task)

    # queued

    async def _submit(self, task: Task) -> None:
        if self._clock.now() - task.created_at > limits.TASK_DEADLINE_SECONDS * 1000:
            await self._move(task, "expire", error=("deadline", "the task was not done in time"))
            return
        if task.attempts >= limits.MAX_ATTEMPTS:
            await self._move(task, "fail", error=("too_many_attempts", f"gave up after {task.attempts} attempts"))
            return
        if task.request.staged:
            await self._attempt(task)
        else:
            await self._stage(task)

    async def _stage(self, task: Task) -> None:
        try:
            request = await self._staging.all(self._model(task), task.request)
        except InvalidField as error:
            await self._move(task, "fail", error=(error.code, error.message))
            return
        await self._store.move(task, "stage", Change(at=self._clock.now(), due_in_ms=0, request=request))

    async def _attempt(self, task: Task) -> None:
        attempt_id = uuid7(self._clock.now())
        change = Change(
            at=self._clock.now(),
            due_in_ms=int(limits.LEASE_SECONDS * 1000),
            release=False,
            attempt_id=attempt_id,
            attempt_state=AttemptState.SENDING,
        )
        try:
            inputs = self._staging.files(task.request)
        except FileNotFoundError as error:
            # It may lie with another server, or on a disk that is not mounted at the moment.
            log.warning("conductor.input_missing", task=task.id, reason=str(error))
            await self._look_again(task, after=limits.MISSING_INPUT_SECONDS)
            return
        task = await self._store.move(task, "submit", change)
        await self._send(task, Job(attempt_id, task.request, self._model(task), inputs))

    async def _send(self, task: Task, job: Job) -> None:
        provider = self._providers[task.provider]
        try:
            ref = await provider.submit(job)
        except NotSent as error:
            await self._move(task, "put_back", note=str(error), attempt=AttemptState.REJECTED, due_in_ms=1000)
        except Rejected as error:
            await self._move(task, "fail", attempt=AttemptState.REJECTED, error=(error.code, error.message))
        except OutcomeUnknown as error:
            await self._move(task, "lose_sight", note=str(error), attempt=AttemptState.UNKNOWN)
        else:
            await self._accept(task, provider, ref)

    async def _accept(self, task: Task, provider: Provider, ref: str) -> None:
        change = Change(
            at=self._clock.now(),
            due_in_ms=_ms(provider.poll_seconds),
            release=not provider.local,
            attempt_id=task.attempt_id,
            attempt_state=AttemptState.ACCEPTED,
            upstream_ref=ref,
        )
        try:
            await self._store.move(task, "accept", change)
        except (Stale, StoreError):
            if provider.repeatable:
                await provider.cancel(ref)  # it will be made under another attempt: not twice at once
            raise

    # submitting: only met when a process died between writing the attempt down and hearing the answer

    async def _recover(self, task: Task) -> None:
        if self._providers[task.provider].repeatable:
            await self._move(task, "put_back", note="interrupted", attempt=AttemptState.LOST, due_in_ms=0)
        else:
            await self._move(task, "lose_sight", note="interrupted", attempt=AttemptState.UNKNOWN)

    # running

    async def _poll(self, task: Task) -> None:
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
                change = Change(at=self._clock.now(), due_in_ms=int(limits.LEASE_SECONDS * 1000), release=False)
                task = await self._store.move(task, "deliver", change)
                await self._collect(task, provider, verdict)
            case Broken(code=code, message=message):
                await self._move(task, "fail", attempt=AttemptState.DONE, error=(code, message))
                await provider.forget(task.upstream_ref or "")
            case Gone():
                await self._gone(task, provider, "lose_render")
            case Odd(what=what):
                # An answer that is not understood says nothing about the job: look again, and let people see it.
                log.warning("provider.odd_answer", task=task.id, provider=provider.name, answer=what)
                await self._poll_again(task, provider, task.progress)

    async def _poll_again(self, task: Task, provider: Provider, progress: int) -> None:
        await self._look_again(task, after=provider.poll_seconds, progress=progress, release=not provider.local)

    async def _look_again(self, task: Task, *, after: float, progress: int = 0, release: bool = True) -> None:
        now = self._clock.now()
        await self._store.note_progress(task, progress=progress, at=now, due_in_ms=_ms(after), release=release)

    async def _gone(self, task: Task, provider: Provider, edge: str) -> None:
        await provider.forget(task.upstream_ref or "")
        if provider.repeatable:
            await self._move(task, edge, note="interrupted", attempt=AttemptState.LOST, due_in_ms=0)
        else:
            error = ("lost_upstream", "the provider no longer knows this job")
            await self._move(task, "fail", attempt=AttemptState.LOST, error=error)

    # collecting

    async def _collect_again(self, task: Task) -> None:
        provider = self._providers[task.provider]
        verdict = await provider.poll(task.upstream_ref or "")
        if isinstance(verdict, Made):
            await self._collect(task, provider, verdict)
        else:
            await self._gone(task, provider, "lose_file")

    async def _collect(self, task: Task, provider: Provider, made: Made) -> None:
        try:
            output = await self._collector.collect(task, made)
        except FileLost:
            await self._gone(task, provider, "lose_file")
            return
        except Unreadable as error:
            message = f"the provider delivered a file that is no video: {error.reason}"
            await self._move(task, "fail", attempt=AttemptState.DONE, error=("bad_result", message))
            await provider.forget(task.upstream_ref or "")
            return
        change = Change(
            at=self._clock.now(),
            attempt_id=task.attempt_id,
            attempt_state=AttemptState.DONE,
            output=output,
            captured_micros=charge(self._model(task), task.request, output.duration, held=task.price_micros),
        )
        await self._store.move(task, "finish", change)
        await provider.forget(task.upstream_ref or "")

    # any state

    async def _cancel(self, task: Task) -> None:
        await self._stop(task, "cancel", "cancelled", "the task was cancelled")

    async def _stop(self, task: Task, edge: str, code: str, message: str) -> None:
        if task.upstream_ref:
            await self._providers[task.provider].cancel(task.upstream_ref)
        await self._move(task, edge, error=(code, message))

    async def set_back(self, task: Task) -> None:
        """Queue a local render again that this process is about to stop; one that was called off ends instead."""
        if task.cancel_requested:
            await self._cancel(task)
            return
        await self._move(task, "lose_render", note="the server stopped", attempt=AttemptState.LOST, due_in_ms=0)

    async def _move(
        self,
        task: Task,
        name: str,
        *,
        note: str = "",
        attempt: AttemptState | None = None,
        error: tuple[str, str] | None = None,
        due_in_ms: int | None = None,
    ) -> Task:
        code, message = error or (None, None)
        change = Change(
            at=self._clock.now(),
            note=note,
            due_in_ms=due_in_ms,
            attempt_id=task.attempt_id if attempt else None,
            attempt_state=attempt,
            error_code=code,
            error_message=message,
        )
        return await self._store.move(task, name, change)

    def _model(self, task: Task) -> Model:
        return self._catalog.of(task.model, task.dialect)


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
