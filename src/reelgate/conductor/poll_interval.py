"""When to look at a job again: learned from how long such jobs took."""

from __future__ import annotations

import random
from collections.abc import Iterable

from reelgate import limits
from reelgate.providers.port import Provider
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

Sort = tuple[str, str, str, float, bool]

_LEARNING = 0.3  # the share of the newest finish in what is expected
_EARLY = 0.8  # of the expected time may pass before jobs are looked at as often as the provider allows
_LATE = 0.05  # of the time that has passed is the wait for what takes longer than expected


class Pace:
    """Spreads the polls of jobs at vendors: rarely before the first can be done, often about then, rarely after.

    What is learned lives in the process. A new one begins with what the journal's newest tasks took.
    """

    def __init__(self) -> None:
        self._expected: dict[Sort, float] = {}

    def recall(self, tasks: Iterable[Task]) -> None:
        """Learn from tasks that are over, oldest first; the time to take their files over counts with the rest."""
        for task in tasks:
            if task.state is State.SUCCEEDED and task.finished_at is not None:
                self.finished(task, task.finished_at)

    def finished(self, task: Task, now: int) -> None:
        """Learn from a job that is done; `now` in ms."""
        sort, seconds = _sort(task), running_seconds(task, now)
        known = self._expected.get(sort, seconds)
        self._expected[sort] = known + _LEARNING * (seconds - known)

    def next_look(self, task: Task, provider: Provider, now: int) -> float:
        """Return the seconds until the next poll, with a jitter of a tenth; a late job is looked at rarely."""
        if provider.local:
            return provider.poll_seconds
        passed = running_seconds(task, now)
        if passed > limits.TASK_DEADLINE_SECONDS:
            return limits.LATE_LOOK_SECONDS * _jitter()
        ahead = self._expected.get(_sort(task), 0.0) * _EARLY - passed
        wait = max(provider.poll_seconds, ahead / 2, passed * _LATE)
        return min(wait, max(provider.poll_seconds, limits.VENDOR_WATCH_MAX_SECONDS)) * _jitter()


def running_seconds(task: Task, now: int) -> float:
    """Return how long a job has been at its provider; `now` in ms."""
    return max(0.0, (now - (task.started_at or now)) / 1000)


def _sort(task: Task) -> Sort:
    request = task.request
    return task.provider, task.model, request.resolution, request.seconds, request.offpeak


def _jitter() -> float:
    return random.uniform(0.9, 1.1)  # noqa: S311 (spreads polls, no secret)
