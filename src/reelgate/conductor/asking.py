"""Calls to providers that cost nothing, and what each one's end says about its account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import structlog

from reelgate.conductor.health import Health
from reelgate.providers.port import Job, Odd, Provider, Verdict
from reelgate.tasks.record import Task

log = structlog.get_logger()
T = TypeVar("T")


class Asking:
    """Polls, looks and cancels. An account that does not answer is left alone for a while; the task stays as it is."""

    def __init__(self, providers: Mapping[str, Provider], health: Mapping[str, Health]) -> None:
        self._providers = providers
        self._health = health

    async def poll(self, task: Task, ref: str = "") -> Verdict:
        """Ask how the task's job stands, or the one that `ref` names. Raises OSError."""
        asked = ref or task.upstream_ref or ""
        verdict = await self._asked(task, lambda provider: provider.poll(asked))
        if isinstance(verdict, Odd):
            # An answer that is not understood says nothing about the job: look again, and let people see it.
            self._health[task.provider].met_odd(verdict.what)
            log.warning("provider.odd_answer", task=task.id, provider=task.provider, answer=verdict.what)
        return verdict

    async def find(self, task: Task, job: Job, *, since: int) -> str | None:
        """Look for a submission of which nobody knows whether it arrived. Raises OSError."""
        return await self._asked(task, lambda provider: provider.find(job, since=since))

    async def cancel(self, task: Task) -> None:
        """Stop the task's job, if there is one. Raises OSError."""
        ref = task.upstream_ref
        if ref:
            await self._asked(task, lambda provider: provider.cancel(ref))

    async def _asked(self, task: Task, call: Callable[[Provider], Awaitable[T]]) -> T:
        reads = self._health[task.provider].reads
        paused = reads.condition
        if not reads.admits():
            raise OSError(f"left alone: {paused.reason}")
        try:
            answer = await call(self._providers[task.provider])
        except OSError as error:
            reads.failed(str(error), retry_after=getattr(error, "retry_after", 0.0))
            log.warning("provider.unreachable", task=task.id, provider=task.provider, reason=str(error))
            raise
        reads.worked()
        return answer
