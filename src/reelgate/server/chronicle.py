"""What this process saw of its tasks: counts for monitoring, and one log line for each end."""

from __future__ import annotations

import structlog

from reelgate import tracing
from reelgate.clock import Clock
from reelgate.meters import Counts, Times, Words
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

log = structlog.get_logger()

_LONG = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 14400.0, 86400.0)


class Chronicle:
    """Hears of each write of a task by this process."""

    def __init__(self, clock: Clock, tracer: tracing.Tracer | None = None) -> None:
        self._tracer = tracer
        self._clock = clock
        self.created = Counts()
        """By dialect and model."""
        self.ended = Counts()
        """By dialect, account, state and reason."""
        self.waited = Times(_LONG)
        """From a task's create to its first submission, by account."""
        self.lasted = Times(_LONG)
        """From a task's create to its end, by account and state."""
        self._reasons = Words()

    def hear(self, task: Task, *, moved: bool) -> None:
        """Take in a task as it now is."""
        if not moved:
            return
        if task.state is State.QUEUED:
            if not task.fence:  # nobody has claimed it yet
                self.created.add((task.dialect, task.model))
        elif task.state is State.SUBMITTING:
            if task.attempts == 1:
                self.waited.note((task.provider,), (self._clock.now() - task.created_at) / 1000)
        elif task.state.ended:
            self._end(task)

    def _end(self, task: Task) -> None:
        reason = self._reasons.of(task.error_code or "")
        seconds = ((task.finished_at or task.created_at) - task.created_at) / 1000
        self.ended.add((task.dialect, task.provider, task.state.value, reason))
        self.lasted.note((task.provider, task.state.value), seconds)
        log.info(
            "task.ended",
            state=task.state,
            task=task.id,
            project=task.project_id,
            model=task.model,
            account=task.provider,
            reason=task.error_code or "",
            seconds=round(seconds, 1),
            charged_micros=task.charged_micros or 0,
            attempts=task.attempts,
            request_id=task.request_id,
            **self._traced(task),
        )

    def _traced(self, task: Task) -> dict[str, str]:
        """Write down the span of a whole task, and return the log's fields for its trace."""
        if self._tracer is None or not task.trace:
            return {}
        said = {
            "gen_ai.operation.name": "generate_content",
            "gen_ai.output.type": "video",
            "gen_ai.request.model": task.model,
            "reelgate.task": task.id,
            "reelgate.project": task.project_id,
            "reelgate.account": task.provider,
            "reelgate.state": task.state.value,
            "reelgate.attempts": task.attempts,
            "reelgate.charged_micros": task.charged_micros or 0,
        }
        span = self._tracer.begin("task", tracing.CallSide.INTERNAL, said, above=task.trace, at=task.created_at)
        if task.state in (State.FAILED, State.EXPIRED):
            span.note({"error.type": task.error_code or ""})
            span.fail(task.error_message or task.state.value)
        span.end(task.finished_at)
        return {"trace_id": task.trace.split("-")[1]}
