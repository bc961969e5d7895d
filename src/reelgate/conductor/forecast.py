"""Estimates of how far a task is and when it ends, from how long such jobs took before.

The progress shown only rises: over attempts, over the parts of a video, and where an estimate meets the vendor's.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TypedDict

from msgspec.structs import replace

from reelgate import limits
from reelgate.clock import Clock
from reelgate.conductor.poll_interval import Pace, running_seconds
from reelgate.providers.port import Provider, tells_progress
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

_TELLING = 5
"""Percent of progress from which on it says something of the rest."""
_BEGUN = 10
"""Percent up to which what a provider tells may mean no more than that the job runs."""
_LAST = 99
"""Percent of a job that is made, and whose file is being taken over."""


class Estimate(TypedDict, total=False):
    """What is expected of a task: `eta` in Unix seconds, `poll_after` in seconds, whether its progress is a guess."""

    eta: int
    poll_after: int
    progress_estimated: bool


class Forecast:
    """Says how far tasks are and when they are likely to end, as this server has learned it. No promise."""

    def __init__(self, pace: Pace, clock: Clock, providers: Mapping[str, Provider]) -> None:
        self._pace = pace
        self._clock = clock
        self._providers = providers
        self._highest: OrderedDict[str, int] = OrderedDict()
        """The progress that was shown of open tasks."""

    def shown(self, task: Task) -> Task:
        """Return a task with the progress to show to its owner."""
        if task.state.ended:
            self._highest.pop(task.id, None)
            return task
        progress = self._whole(task, self._of_job(task))
        before = self._highest.get(task.id, 0)
        if progress > before:
            self._highest[task.id] = progress
            if len(self._highest) > limits.PACE_JOBS:
                self._highest.popitem(last=False)
        progress = max(progress, before)
        return task if progress == task.progress else replace(task, progress=progress)

    def of(self, task: Task) -> Estimate:
        """Return what is expected of a task: no end where too little is known, nothing of one that has ended."""
        if task.state.ended:
            return {}
        now = self._clock.now()
        guess: Estimate = {"progress_estimated": True} if self._estimate(task, now) else {}
        left = self._left(task, now)
        if left is None:
            return {"poll_after": limits.POLL_AFTER_SECONDS, **guess}
        after = min(max(round(left / 2), 1), limits.LONGEST_POLL_AFTER_SECONDS)
        return {"eta": round(now / 1000 + left), "poll_after": after, **guess}

    def _of_job(self, task: Task) -> int:
        if task.state is State.COLLECTING:
            return max(task.progress, _LAST)
        return max(task.progress, self._estimate(task, self._clock.now()))

    def _estimate(self, task: Task, now: int) -> int:
        """Return how far a job is where its provider does not tell, 0 if it does or nothing is known."""
        if task.state is not State.RUNNING:
            return 0
        provider = self._providers.get(task.provider)
        told = provider is None or tells_progress(provider)
        return 0 if told and task.progress > _BEGUN else self._pace.progress(task, now)

    @staticmethod
    def _whole(task: Task, progress: int) -> int:
        """Return the progress of a video that a job is a part of."""
        order = task.request.order
        if order is None or len(order.parts) < 2:
            return progress
        return (100 * order.at + progress) // len(order.parts)

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
