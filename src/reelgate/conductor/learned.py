"""Durations of jobs of one kind, learned from polls, and the best times to poll."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from reelgate import limits

_EARLY = 0.8  # of the expected time may pass before jobs are looked at as often as the provider allows
_LATE = 0.05  # of the time that has passed is the wait for what takes longer than expected
_MINUTE = 60.0
_WIDER = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0)
_MOST_LOOKS = 200
_RARELY = 8  # new ends after which the gap is chosen anew, once there are some
_NARROWEST = 0.05
_LONGEST = 6
_AGREED = 2
"""Rounds in which the spans are compared with each other: with more, a chance overlap of few counts as knowledge."""


class Duration(NamedTuple):
    """One job's duration: more than `low` seconds, for it was seen at work then, and at most `high`."""

    low: float
    high: float


class Curve:
    """The durations of some of the newest jobs of a sort, drawn by lot: of many begun together the slowest end last.

    Between two looks nothing is known, so each job's end is spread evenly over its span. All but a small share of the
    ends are to be seen within the gap; where that would take more reads than looking regularly does, the gap grows.
    """

    def __init__(self, spans: Sequence[Duration] = ()) -> None:
        self.spans = list(spans)[-limits.PACE_SPANS :]
        self._met = len(self.spans)
        self._times: list[float] = []
        """Where the share of ended jobs changes its slope."""
        self._shares: list[float] = []
        """What it is there."""
        self._new = 0
        """Ends since they were drawn."""
        self._gap = 0.0
        self._since = 0  # ends since the gap was chosen

    def add(self, span: Duration) -> None:
        """Learn from one more job."""
        self._met += 1
        if len(self.spans) < limits.PACE_SPANS:
            self.spans.append(span)
        elif random.random() < limits.PACE_SPANS / self._met:  # noqa: S311 (a sample, no secret)
            self.spans[random.randrange(limits.PACE_SPANS)] = span  # noqa: S311
        if self._met >= _LONGEST * limits.PACE_SPANS:
            self._met = limits.PACE_SPANS  # what is older counts less from here on
        self._since += 1
        self._new += 1

    @property
    def gap(self) -> float:
        """How late most ends are seen at most, in seconds."""
        if not self._gap or self._since >= min(_RARELY, len(self.spans) // 2):
            self._gap, self._since = self._chosen(), 0
        return self._gap

    def quantile(self, share: float) -> float:
        """Return by when that share of the jobs had ended, at the latest."""
        self._drawn()
        at = min(bisect_right(self._shares, share), len(self._shares) - 1)
        before = max(at - 1, 0)
        rise = self._shares[at] - self._shares[before]
        part = (share - self._shares[before]) / rise if rise > 0 else 1.0
        return self._times[before] + min(max(part, 0.0), 1.0) * (self._times[at] - self._times[before])

    def ended(self, seconds: float) -> float:
        """Return the share of the jobs that had ended by then."""
        self._drawn()
        at = bisect_right(self._times, seconds)
        if at == 0:
            return 0.0
        if at == len(self._times):
            return 1.0
        part = (seconds - self._times[at - 1]) / (self._times[at] - self._times[at - 1])
        return self._shares[at - 1] + part * (self._shares[at] - self._shares[at - 1])

    def next_look(self, passed: float) -> float | None:
        """Return how long to wait when a job is at work after `passed` seconds; None after the slowest."""
        return self._next(passed, self.gap)

    def _next(self, passed: float, gap: float) -> float | None:
        before = self.ended(passed)
        if before >= 1:
            return None
        allowed = before + limits.PACE_LATE_SHARE * (1 - before)
        wait = max(min(self.quantile(allowed) + gap, self._times[-1]) - passed, gap / 2)
        if before > limits.PACE_LATE_SHARE:  # where no job of those that are known ended, one may end all the same
            wait = min(wait, max(limits.VENDOR_POLL_SECONDS, gap, passed * _LATE))
        return wait

    def _chosen(self) -> float:
        median = self.quantile(0.5)
        least = limits.PACE_GAP_SECONDS if median < _MINUTE else limits.PACE_LONG_GAP_SECONDS
        most = regular_reads(median)
        gaps = [least * factor for factor in _WIDER]
        return next((gap for gap in gaps if self._reads(gap) <= most), gaps[-1])

    def _reads(self, gap: float) -> float:
        """Return how many looks a job takes on an average."""
        passed = reads = 0.0
        for _ in range(_MOST_LOOKS):
            reads += 1 - self.ended(passed)
            wait = self._next(passed, gap)
            if wait is None:
                return reads
            passed += wait
        return reads

    def _drawn(self) -> None:
        """Add the spans up, where enough were added.

        Each end is spread evenly over its span at first, then by what all of them say of its parts (Efron's
        self-consistent estimate): many wide spans that share a narrow part end there.
        """
        if self._times and self._new < max(1, min(_RARELY, len(self.spans) // 4)):
            return
        self._new = 0
        lows = np.array([span.low for span in self.spans])
        highs = np.maximum([span.high for span in self.spans], lows + _NARROWEST)
        times = np.unique(np.concatenate((lows, highs)))
        lengths = np.diff(times)
        covers = (lows[:, None] <= times[:-1]) & (times[1:] <= highs[:, None])
        share = covers * lengths
        for _ in range(_AGREED):
            share = covers * (share / share.sum(1, keepdims=True)).mean(0)
        share = share / share.sum(1, keepdims=True)
        self._times = times.tolist()
        self._shares = [0.0, *share.mean(0).cumsum().tolist()]


def regular_reads(seconds: float) -> float:
    """Return how many reads a job of that length may take: the looks at a regular pace, and one for its file."""
    passed = reads = 0.0
    while passed < seconds:
        passed += regular_wait(passed, seconds)
        reads += 1
    return reads + 1


def regular_wait(passed: float, expected: float, poll_seconds: float = limits.VENDOR_POLL_SECONDS) -> float:
    """Return the wait that needs to know no more than about how long a job takes: rarely, then often, then rarely."""
    return max(poll_seconds, (expected * _EARLY - passed) / 2, passed * _LATE)
