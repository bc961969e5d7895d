"""Counts and times by labels, plain enough for every request: a note costs a fraction of a microsecond.

Those who show them give them another form. Labels are words of ours, never a client's: each set of them is kept.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

Labels = tuple[str, ...]

MOST_WORDS = 200
"""Of one label whose words come from elsewhere, such as vendors' codes; the others are `other`."""


class Counts:
    """How often something happened."""

    __slots__ = ("by",)

    def __init__(self) -> None:
        self.by: dict[Labels, int] = {}

    def add(self, labels: Labels, much: int = 1) -> None:
        """Count."""
        self.by[labels] = self.by.get(labels, 0) + much


class Times:
    """How long something took: how often no longer than each bound (s), how often longer, and the sum."""

    __slots__ = ("bounds", "by")

    def __init__(self, bounds: tuple[float, ...] = ()) -> None:
        self.bounds = bounds or (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
        self.by: dict[Labels, list[float]] = {}

    def note(self, labels: Labels, seconds: float) -> None:
        """Note one; what took longer than the last bound stands behind it."""
        row = self.by.get(labels)
        if row is None:
            row = self.by[labels] = [0.0] * (len(self.bounds) + 2)
        row[bisect_left(self.bounds, seconds)] += 1
        row[-1] += seconds

    def summed(self, *kept: int) -> Times:
        """Return the same with those labels only, by their places."""
        found = Times(self.bounds)
        for labels, row in list(self.by.items()):
            place = tuple(labels[n] for n in kept)
            before = found.by.get(place)
            found.by[place] = row if before is None else [a + b for a, b in zip(before, row, strict=True)]
        return found

    def counts(self) -> Counts:
        """Return how often each happened."""
        found = Counts()
        for labels, row in list(self.by.items()):
            found.add(labels, int(sum(row[:-1])))
        return found

    @contextmanager
    def timed(self, *labels: str) -> Iterator[None]:
        """Note how long a block takes, also where it fails."""
        begun = perf_counter()
        try:
            yield
        finally:
            self.note(labels, perf_counter() - begun)


class Words:
    """The words of one label that are kept apart."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def of(self, word: str) -> str:
        """Return the word, or `other` where there are too many already."""
        if word not in self._known:
            if len(self._known) >= MOST_WORDS:
                return "other"
            self._known.add(word)
        return word
