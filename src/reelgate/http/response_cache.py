"""Answers to queries, kept until their task changes, because clients repeat the same query."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from reelgate.dialects.port import Answer

ENDED_MS = 1000
"""How long the answer about an ended task is kept: one that is deleted at another server may be shown for so long."""
OPEN_MS = 250
"""How long any other is kept at most, since a move that another server makes is not told here."""
KEPT_TASKS = 4096
KEPT_FORMS = 8
"""Answers that are kept of one task: by several dialects, under several names of the server."""
KEPT_BYTES = 8 * 1024
"""The longest answer that is kept; a prompt of 20,000 characters makes longer ones, which would fill the memory."""
KEPT_STANDINGS = 16_384


class AnswerKey(NamedTuple):
    """What an answer depends on beside the task itself."""

    path: str
    project_id: str
    host: str


class RecentAnswers:
    """The most recent answers by their tasks, the oldest dropped first. Times are milliseconds."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, dict[AnswerKey, tuple[int, Answer]]] = OrderedDict()

    def get(self, task_id: str, asked: AnswerKey, now: int) -> Answer | None:
        """Return a kept answer that is still fresh."""
        forms = self._kept.get(task_id)
        if forms is None:
            return None
        until, answer = forms.get(asked, (0, None))
        return answer if now < until <= now + ENDED_MS else None

    def keep(self, task_id: str, asked: AnswerKey, answer: Answer, now: int, *, ended: bool) -> None:
        """Keep an answer about a task."""
        forms = self._kept.pop(task_id, {})
        if len(forms) >= KEPT_FORMS:
            forms.clear()
        forms[asked] = (now + (ENDED_MS if ended else OPEN_MS), answer)
        self._kept[task_id] = forms
        if len(self._kept) > KEPT_TASKS:
            self._kept.popitem(last=False)

    def forget(self, task_id: str) -> None:
        """Drop what is kept of a task that moved or was deleted."""
        self._kept.pop(task_id, None)


class LastStates:
    """The last known state of open tasks, used while the journal is unavailable."""

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
