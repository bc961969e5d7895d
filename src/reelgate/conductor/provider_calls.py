"""Calls to providers that cost nothing, and what their outcomes say about the account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

import structlog

from reelgate import limits, tracing
from reelgate.clock import Clock
from reelgate.conductor.health import Health
from reelgate.conductor.transitions import ms
from reelgate.fault_log import FaultLog
from reelgate.providers.port import Candidate, Job, NotFound, Provider, Unrecognized, Verdict

log = structlog.get_logger()
T = TypeVar("T")


class SentJob(Protocol):
    """What a vendor was given: a task's job, or one that was parked."""

    @property
    def id(self) -> str:
        """The task's id."""
        ...

    @property
    def provider(self) -> str:
        """The account's name."""
        ...

    @property
    def upstream_ref(self) -> str | None:
        """The vendor's reference, as far as it is known."""
        ...


class Asking:
    """Polls, looks and cancels. An account that does not answer is not called for a time; the task stays as it is."""

    def __init__(self, providers: Mapping[str, Provider], health: Mapping[str, Health], clock: Clock) -> None:
        self._providers = providers
        self._health = health
        self._clock = clock
        self._faults = FaultLog()
        self._missed: dict[tuple[str, str], int] = {}
        """When a job was first said not to be there, in ms, oldest first."""

    async def poll(self, task: SentJob, ref: str = "", *, may_be_gone: bool = False) -> Verdict:
        """Ask for the state of the task's job, or of the one that `ref` names. Raises OSError. A paid job counts as
        gone only if its vendor has not known it for some minutes; until then such an answer is odd, unless the job
        `may_be_gone`.
        """
        asked = ref or task.upstream_ref or ""
        verdict = await self._asked(task, "poll", lambda provider: provider.poll(asked))
        if not isinstance(verdict, NotFound):
            self._missed.pop((task.provider, asked), None)
        elif not self._providers[task.provider].repeatable and self._is_doubtful((task.provider, asked)):
            verdict = Unrecognized("a job that was accepted is not known now")
            if may_be_gone:
                return verdict
        if isinstance(verdict, Unrecognized):
            # An answer that is not understood says nothing about the job: look again, and let people see it.
            self._health[task.provider].met_odd(verdict.what)
            about = f"{task.provider} {verdict.what}"
            self._faults.warning(
                "provider.odd_answer", about=about, task=task.id, account=task.provider, answer=verdict.what
            )
        return verdict

    def met_difference(self, task: SentJob, *, said: float, counted: float) -> None:
        """Tell the operator of a video whose vendor says another length than its file has."""
        self._health[task.provider].differing += 1
        log.warning("result.length_differs", task=task.id, account=task.provider, said=said, counted=counted)

    def met_no_video(self, task: SentJob, reason: str) -> None:
        """Report a result without a video to the operator; its vendor has to be paid anyway."""
        self._health[task.provider].bad += 1
        log.error("result.bad", task=task.id, account=task.provider, reason=reason)

    def met_late(self, task: SentJob, *, kept: bool, charged: int = 0) -> None:
        """Tell the operator of a video that was made after its task had ended."""
        self._health[task.provider].late += 1
        log.error("submission.late", task=task.id, account=task.provider, kept=kept, charged_micros=charged)

    async def recognize(self, task: SentJob, job: Job) -> Candidate | None:
        """Ask which of the references given for a lost submission is its own. Raises OSError."""
        return await self._asked(task, "recognize", lambda provider: provider.recognize(job))

    async def find(self, task: SentJob, job: Job, *, since: int) -> str | None:
        """Look for a submission whose outcome is unknown. Raises OSError."""
        return await self._asked(task, "find", lambda provider: provider.find(job, since=since))

    async def cancel(self, task: SentJob) -> None:
        """Stop the task's job, if there is one. Raises OSError."""
        ref = task.upstream_ref
        if ref:
            await self._asked(task, "cancel", lambda provider: provider.cancel(ref))

    def _is_doubtful(self, job: tuple[str, str]) -> bool:
        """Whether a job is missed for a short time only: some part of the vendor may not have heard of it."""
        now, doubt = self._clock.now(), ms(limits.VENDOR_MISSED_SECONDS)
        since = self._missed.setdefault(job, now)
        while (
            self._missed and now - next(iter(self._missed.values())) > 2 * doubt
        ):  # such as nobody asks about any more
            del self._missed[next(iter(self._missed))]
        return now - since < doubt

    async def _asked(self, task: SentJob, what: str, call: Callable[[Provider], Awaitable[T]]) -> T:
        reads = self._health[task.provider].reads
        paused = reads.condition
        if not reads.admits():
            raise OSError(f"left alone: {paused.reason}")
        try:
            answer = await self._heard(task, what, call)
        except OSError as error:
            reads.failed(str(error), retry_after=getattr(error, "retry_after", 0.0))
            self._faults.warning(
                "provider.unreachable", about=task.provider, task=task.id, account=task.provider, reason=str(error)
            )
            raise
        reads.worked()
        return answer

    async def _heard(self, task: SentJob, what: str, call: Callable[[Provider], Awaitable[T]]) -> T:
        """Call in a span of its own; looks at renders on this machine are too many, and none."""
        provider = self._providers[task.provider]
        if provider.local:
            return await call(provider)
        with tracing.span(what, tracing.CallSide.CLIENT, spoken_of(task, provider)) as span:
            answer = await call(provider)
            span.note({"reelgate.answer": type(answer).__name__})
        return answer


def spoken_of(task: SentJob, provider: Provider) -> dict[str, str]:
    """Return a span's attributes for a call to a provider."""
    return {"reelgate.task": task.id, "reelgate.account": task.provider, "gen_ai.provider.name": provider.kind}
