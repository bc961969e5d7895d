"""When a task is likely to end: an estimate, of how long such jobs took before and of the progress that is told."""

from __future__ import annotations

from typing import TypedDict

from reelgate import limits
from reelgate.clock import Clock
from reelgate.conductor.poll_interval import Pace, running_seconds
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

_TELLING = 5
"""Percent of progress from which on it says something of the rest."""


class Expected(TypedDict, total=False):
    """What is expected of a task: `eta` in Unix seconds, `poll_after` in seconds."""

    eta: int
    poll_after: int


class Forecast:
    """Says when tasks are likely to end, as this server has learned it. An estimate is no promise."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._pace = pace
        self._clock = clock

    def of(self, task: Task) -> Expected:
        """Return what is expected of a task: no end where too little is known, nothing of one that has ended."""
        if task.state.ended:
            return {}
        now = self._clock.now()
        left = self._left(task, now)
        if left is None:
            return {"poll_after": limits.POLL_AFTER_SECONDS}
        after = min(max(round(left / 2), 1), limits.LONGEST_POLL_AFTER_SECONDS)
        return {"eta": round(now / 1000 + left), "poll_after": after}

    def _left(self, task: Task, now: int) -> float | None:
        """Return in how many seconds half of the jobs that are at work as long as this one had ended."""
        curve = self._pace.curve(task)
        if task.state is State.UNKNOWN:
            return None
        passed = running_seconds(task, now) if task.started_at is not None else 0.0
        if curve is not None:
            before = curve.ended(passed)
            if before < 1:
                return max(curve.quantile((1 + before) / 2) - passed, 1.0)
        if passed > 0 and _TELLING <= task.progress < 100:
            return passed * (100 - task.progress) / task.progress
        return None
