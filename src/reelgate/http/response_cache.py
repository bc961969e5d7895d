"""Answers about ended tasks, kept for a moment: they do not change, and clients ask for them again and again."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from reelgate.dialects.port import Answer

KEPT_MS = 1000
"""How long an answer is kept: a task that is deleted at another server may still be shown here for so long."""
KEPT_ANSWERS = 4096
KEPT_STANDINGS = 16_384


class Asked(NamedTuple):
    """What an answer depends on beside the task itself."""

    path: str
    project_id: str
    host: str


class RecentAnswers:
    """The most recent answers, the oldest dropped first. Times are milliseconds."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Asked, tuple[int, Answer]] = OrderedDict()

    def get(self, asked: Asked, now: int) -> Answer | None:
        """Return a kept answer that is still fresh."""
        until, answer = self._kept.get(asked, (0, None))
        return answer if now < until <= now + KEPT_MS else None

    def keep(self, asked: Asked, answer: Answer, now: int) -> None:
        """Keep an answer for a moment."""
        self._kept.pop(asked, None)
        self._kept[asked] = (now + KEPT_MS, answer)
        if len(self._kept) > KEPT_ANSWERS:
            self._kept.popitem(last=False)

    def forget(self, task_id: str) -> None:
        """Drop what is kept of a task that was deleted."""
        for asked in [asked for asked in self._kept if asked.path.endswith(f"/{task_id}")]:
            del self._kept[asked]


class Standings:
    """How tasks that go on stood when they were asked for last: for when the journal is away."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, str] = OrderedDict()

    def note(self, task_id: str, word: str) -> None:
        """Keep a word; none, where the task has ended."""
        self._kept.pop(task_id, None)
        if word:
            self._kept[task_id] = word
            if len(self._kept) > KEPT_STANDINGS:
                self._kept.popitem(last=False)

    def of(self, task_id: str) -> str:
        """Return the word, "" where none is kept."""
        return self._kept.get(task_id, "")
