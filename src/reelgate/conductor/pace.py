"""When to look at a job again: learned from how long such jobs took."""

from __future__ import annotations

import random

from reelgate import limits
from reelgate.providers.port import Provider
from reelgate.tasks.record import Task

Sort = tuple[str, str, str, int]

_LEARNING = 0.3  # the share of the newest finish in what is expected
_EARLY = 0.8  # of the expected time may pass before jobs are looked at as often as the provider allows
_LATE = 0.05  # of the time that has passed is the wait for what takes longer than expected


class Pace:
    """Spreads the polls of jobs at vendors: rarely before the first can be done, often about then, rarely after.

    What it learned lives as long as the process; a new one begins with the provider's own interval.
    """

    def __init__(self) -> None:
        self._expected: dict[Sort, float] = {}

    def finished(self, task: Task, now: int) -> None:
        """Learn from a job that is done; `now` in ms."""
        sort, seconds = _sort(task), _running_seconds(task, now)
        known = self._expected.get(sort, seconds)
        self._expected[sort] = known + _LEARNING * (seconds - known)

    def next_look(self, task: Task, provider: Provider, now: int) -> float:
        """Return the seconds until the next poll, with a jitter of a tenth."""
        if provider.local:
            return provider.poll_seconds
        passed = _running_seconds(task, now)
        ahead = self._expected.get(_sort(task), 0.0) * _EARLY - passed
        wait = max(provider.poll_seconds, ahead / 2, passed * _LATE)
        return min(wait, max(provider.poll_seconds, limits.VENDOR_WATCH_MAX_SECONDS)) * random.uniform(0.9, 1.1)  # noqa: S311


def _sort(task: Task) -> Sort:
    return task.provider, task.model, task.request.resolution, task.request.duration


def _running_seconds(task: Task, now: int) -> float:
    return max(0.0, (now - (task.started_at or now)) / 1000)
