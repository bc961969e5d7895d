"""When to poll a job next, learned from the durations of such jobs at this account."""

from __future__ import annotations

import random
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Mapping

from reelgate import limits
from reelgate.clock import Clock
from reelgate.conductor.learned import Curve, Duration, regular_wait
from reelgate.providers.port import Provider
from reelgate.tasks.durations import Durations
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

Sort = str
"""A provider, and what of a request decides how long it takes there, as text."""

_ALMOST = 99
"""Percent of a job that takes longer than any before."""
_TAKEN = (State.RUNNING, State.COLLECTING, State.SUCCEEDED)


class AccountReads:
    """What reading from one account was like since this process began."""

    def __init__(self) -> None:
        self.reads = 0
        self.late: list[float] = []
        """Of the newest finished jobs, the seconds between the look that found each done and the one before."""

    def found(self, seconds: float) -> None:
        """Note how long a finished job can have gone unseen."""
        self.late = [*self.late[1 - limits.PACE_SPANS :], seconds]


class _Job:
    """A job at a vendor that this process looks at."""

    __slots__ = ("due", "seen", "set_by", "started")

    def __init__(self, started: int, set_by: int) -> None:
        self.started = started
        self.set_by = set_by
        """By how much the clock had been set when that start was noted."""
        self.seen: float | None = None
        """Seconds after its start when it was last seen at work."""
        self.due = 0.0
        """Seconds after its start when it is looked at next."""


class Pace:
    """Plans polls of vendors' jobs for the moments at which they are expected to end.

    If nothing is known of a kind of job, each job is polled regularly, at moments of its own, and the oldest of
    several often: the first end is seen soon, and the polls of the others are then brought forward.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.accounts: defaultdict[str, AccountReads] = defaultdict(AccountReads)
        self._curves: OrderedDict[tuple[str, Sort], Curve] = OrderedDict()
        self._changed: set[tuple[str, Sort]] = set()
        self._jobs: defaultdict[tuple[str, Sort], dict[str, _Job]] = defaultdict(dict)
        self._known: OrderedDict[str, tuple[str, Sort]] = OrderedDict()  # of all jobs, the longest unseen first
        self._open: Counter[str] = Counter()
        """Jobs at each account."""

    def recall(self, known: Iterable[Durations], tasks: Iterable[Task] = ()) -> None:
        """Learn what was kept, and of what was not from tasks that are over, oldest first."""
        for one in known:
            spans = [Duration(*span) for span in one.spans]
            if spans:
                self._curves[one.provider, one.sort] = Curve(spans)
        kept = set(self._curves)
        for task in tasks:
            if task.state is State.SUCCEEDED and task.finished_at is not None and _key(task) not in kept:
                seconds = running_seconds(task, task.finished_at)  # with the time to take the file over
                self._learn(_key(task), Duration(seconds * 0.8, seconds))

    def changed(self, now: int) -> list[Durations]:
        """Return, once, what was learned since the last call; the oldest of too many sorts are forgotten."""
        found = [
            Durations(provider, sort, tuple((span.low, span.high) for span in self._curves[provider, sort].spans), now)
            for provider, sort in self._changed
            if (provider, sort) in self._curves
        ]
        self._changed.clear()
        return found

    def curves(self, provider: str) -> Mapping[Sort, Curve]:
        """Return what is known of a provider's jobs."""
        return {sort: curve for (name, sort), curve in self._curves.items() if name == provider}

    def curve(self, task: Task) -> Curve | None:
        """Return what is known of jobs like a task's."""
        return self._curves.get(_key(task))

    def progress(self, task: Task, now: int) -> int:
        """Return how far a running job is likely to be, in percent under 100; 0 if too little is known."""
        curve = self.curve(task)
        if curve is None or task.state is not State.RUNNING:
            return 0
        passed = running_seconds(task, now)
        before = curve.ended(passed)
        if before >= 1:
            return _ALMOST
        whole = max(curve.quantile((1 + before) / 2), passed)
        return min(_ALMOST, int(100 * passed / whole)) if whole > 0 else 0

    def looked(self, provider: str) -> None:
        """Count a read of an account."""
        self.accounts[provider].reads += 1

    def finished(self, task: Task, now: int) -> dict[str, int]:
        """Learn from a job that is done; `now` in ms. Return other jobs that should be looked at sooner, and when."""
        key, job = _key(task), self._forget(task.id)
        seconds = running_seconds(task, now) if job is None else max(0.0, self._passed(job, now))
        curve = self._curves.get(key)
        gap = curve.gap if curve else limits.VENDOR_POLL_SECONDS
        low = max(seconds - max(2 * gap, 0.05 * seconds), 0.0) if job is None or job.seen is None else job.seen
        if curve is None or len(curve.spans) < limits.PACE_FIRST:  # what others show, as long as little is known
            low = max(low, max((other.seen or 0.0 for other in self._jobs.get(key, {}).values()), default=0.0))
        self.accounts[task.provider].found(seconds - low)
        self._learn(key, Duration(min(low, seconds - 0.01), seconds))
        return self._sooner(key, now)

    def ended(self, task: Task) -> None:
        """Forget a job that ended otherwise."""
        self._forget(task.id)

    def first_look(self, task: Task, provider: Provider, now: int) -> float:
        """Return the seconds until the first poll of a job that was accepted now."""
        if provider.local:
            return provider.poll_seconds
        key = _key(task)
        self._forget_unseen(now)
        job = self._note(key, task.id, now)
        job.due = self._wait(key, task.id, 0.0, provider)
        return job.due

    def next_look(self, task: Task, provider: Provider, now: int) -> float:
        """Return the seconds until the next poll; a late job is looked at rarely."""
        if provider.local:
            return provider.poll_seconds
        key = _key(task)
        job = self._jobs.get(key, {}).get(task.id) or self._note(key, task.id, _begun(task, now))
        self._known.move_to_end(task.id)
        self._forget_unseen(now)
        job.seen = max(0.0, self._passed(job, now))
        if job.seen > limits.TASK_DEADLINE_SECONDS:
            wait = limits.LATE_LOOK_SECONDS * _jitter()
        else:
            wait = max(provider.least_poll_seconds, self._wait(key, task.id, job.seen, provider))
        job.due = job.seen + wait
        return wait

    def _note(self, key: tuple[str, Sort], task_id: str, started: int) -> _Job:
        self._forget(task_id)  # at another account, perhaps
        self._known[task_id] = key
        if len(self._known) > limits.PACE_JOBS:
            self._forget(next(iter(self._known)))
        job = self._jobs[key][task_id] = _Job(started, self._clock.set_by)
        self._open[key[0]] += 1
        return job

    def _forget_unseen(self, now: int) -> None:
        """Forget jobs that another server polls, or that ended without being polled here."""
        while self._known:
            task_id, key = next(iter(self._known.items()))
            job = self._jobs[key][task_id]
            if self._passed(job, now) <= job.due + limits.PACE_UNSEEN_SECONDS:
                return
            self._forget(task_id)

    def _passed(self, job: _Job, now: int) -> float:
        """Return the seconds since a job's start, also where the clock was set in between."""
        return (now - job.started - (self._clock.set_by - job.set_by)) / 1000

    def _forget(self, task_id: str) -> _Job | None:
        key = self._known.pop(task_id, None)
        if key is None:
            return None
        job = self._jobs[key].pop(task_id)
        self._open[key[0]] -= 1
        if not self._jobs[key]:
            del self._jobs[key]
        return job

    def _wait(self, key: tuple[str, Sort], task_id: str, passed: float, provider: Provider) -> float:
        """Return the seconds until the next look; where too little is known, one of several looks for the others."""
        wait = self._wait_alone(key, passed, provider)
        jobs, curve = self._jobs[key], self._curves.get(key)
        if len(jobs) < limits.PACE_SCOUT_FOR or (curve and len(curve.spans) >= limits.PACE_SCOUTED):
            return wait
        if next(iter(jobs)) == task_id:
            often = max(limits.PACE_SCOUT_SECONDS, passed * limits.PACE_SCOUT_SHARE, provider.least_poll_seconds)
            return min(wait, often)
        if passed == 0 or curve:
            return wait
        return min(wait * limits.PACE_SCOUTED_WAIT, max(wait, limits.VENDOR_WATCH_MAX_SECONDS))

    def _wait_alone(self, key: tuple[str, Sort], passed: float, provider: Provider) -> float:
        first, poll_seconds = passed == 0, provider.poll_seconds
        curve = self._curves.get(key)
        learned = curve.next_look(passed) if curve else None
        # Looks at which no end is to be expected leave most of the account's reads to the others.
        turn = self._open[key[0]] / (provider.reads_per_second * limits.PACE_UNPLACED_SHARE)
        if learned is not None:
            if first and random.random() < limits.PACE_EARLY_SHARE:  # noqa: S311 (spreads polls, no secret)
                learned *= random.uniform(0.4, 1.0)  # noqa: S311
            return min(learned, max(limits.VENDOR_WATCH_MAX_SECONDS, turn))
        expected = curve.quantile(0.5) if curve else 0.0
        wait = regular_wait(passed, expected, poll_seconds)
        wait = min(wait, max(poll_seconds, limits.VENDOR_WATCH_MAX_SECONDS))
        if curve is None:
            wait = max(wait, turn)
        spread = first and poll_seconds > provider.least_poll_seconds
        return wait * (random.uniform(0.3, 1.0) if spread else _jitter())  # noqa: S311 (spreads polls, no secret)

    def _learn(self, key: tuple[str, Sort], span: Duration) -> None:
        curve = self._curves.get(key)
        if curve is None:
            curve = self._curves[key] = Curve()
            if len(self._curves) > limits.PACE_SORTS:
                self._curves.popitem(last=False)
        self._curves.move_to_end(key)
        curve.add(span)
        self._changed.add(key)

    def _sooner(self, key: tuple[str, Sort], now: int) -> dict[str, int]:
        """Return the jobs to poll sooner than planned, now that the first jobs of their sort have ended."""
        curve = self._curves[key]
        if len(curve.spans) > limits.PACE_FIRST:
            return {}
        found = {}
        for task_id, job in self._jobs.get(key, {}).items():
            passed = self._passed(job, now)
            seen = max(job.seen or 0.0, 0.0)
            wait = curve.next_look(seen)
            due = job.due if wait is None else max(seen + wait, passed)
            if due < job.due - _SOONER:
                job.due = due
                found[task_id] = now + round((due - passed) * 1000)
        return found


def running_seconds(task: Task, now: int) -> float:
    """Return how long a task's present job has been at its provider; `now` in ms."""
    return max(0.0, (now - _begun(task, now)) / 1000)


def _begun(task: Task, now: int) -> int:
    """Return when the present job began, in ms: a task begins once, each part of it when a provider takes it.

    That moment is known by the end of the hold, which is set with it (`Mover.watch_end`).
    """
    started = task.started_at or now
    if task.hold_until is None or task.state not in _TAKEN:
        return started
    taken = task.hold_until - round((limits.LATE_WATCH_SECONDS + limits.HOLD_SLACK_SECONDS) * 1000)
    return taken if started < taken <= now else started


def _key(task: Task) -> tuple[str, Sort]:
    request = task.request
    offpeak = " offpeak" if request.offpeak else ""
    return task.provider, f"{task.made_with} {request.mode} {request.resolution} {request.seconds}s{offpeak}"


def _jitter() -> float:
    return random.uniform(0.9, 1.1)  # noqa: S311 (spreads polls, no secret)


_SOONER = 0.3  # seconds; less is not worth a write
