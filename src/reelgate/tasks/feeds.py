"""The moves of all tasks in one order, and the port of the store that reads them from any place on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from reelgate.tasks.record import Task

_PLACE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


class MovePosition(NamedTuple):
    """Where a move stands among all moves; compares as its moves follow each other."""

    round: int
    number: int

    def __str__(self) -> str:
        return f"{self.round}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> MovePosition | None:
        """Return the place that a text names, None if it names none."""
        found = _PLACE.fullmatch(text)
        return None if found is None else cls(int(found[1]), int(found[2]))


class Moved(msgspec.Struct, frozen=True):
    """One move of a task: its place, its edge, the state that it led to, when (ms), and the task as it is now."""

    place: MovePosition
    name: str
    target: str
    at: int
    task: Task


class FeedStore(Protocol):
    """Reads moves in the order of their places. A move is seen once it is durable, and none appears before one seen."""

    async def last(self) -> MovePosition:
        """Return the place of the last move that can be seen; the first of all places if there is none."""
        ...

    async def after(
        self, place: MovePosition, *, limit: int, project_id: str = "", task_id: str = ""
    ) -> Sequence[Moved]:
        """Return the next moves behind a place, of one project, of one task or of all, at most `limit`.

        A deleted task's moves are not seen any more.
        """
        ...
