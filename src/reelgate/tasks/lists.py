"""Lists of tasks: which tasks one shows, how many there are, and the port that answers both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from reelgate.tasks.record import Task
from reelgate.tasks.states import State


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which tasks a list shows, newest first unless `oldest_first`.

    `before_seq` is the cursor (the tasks after that one, oldest first); times are milliseconds, the upper one
    exclusive. `ids` are public ids, empty for any. `metadata` are notes of the client's that each of the tasks has;
    a list by them is newest first, and is narrowed neither by ids nor by `offpeak`.
    """

    project_id: str
    states: tuple[State, ...] = ()
    model: str | None = None
    ids: tuple[str, ...] = ()
    offpeak: bool | None = None
    """Only tasks that may wait, or only the others."""
    created_from: int | None = None
    created_to: int | None = None
    before_seq: int | None = None
    oldest_first: bool = False
    metadata: Mapping[str, str] = {}
    offset: int = 0
    limit: int = 20


class Tally(msgspec.Struct, frozen=True):
    """How many tasks there are, as far as they were looked at."""

    count: int
    more: bool
    """Whether there are more that were not examined, so that the count is a minimum."""


class Everywhere(msgspec.Struct, frozen=True, kw_only=True):
    """Which tasks of all projects an operator sees, newest first; "" is any. Otherwise as Filter."""

    project_id: str = ""
    key_id: str = ""
    provider: str = ""
    model: str = ""
    error_code: str = ""
    states: tuple[State, ...] = ()
    created_from: int = 0
    created_to: int = 2**62
    before_seq: int = 2**62
    limit: int = 20


class ListStore(Protocol):
    """How tasks are found that no id names, in the journal's database."""

    async def page(self, which: Filter) -> Sequence[Task]:
        """Return the tasks of that page, at most `which.limit`.

        Open ones are found by their state as far as the journal has their keys, as every server's has.
        """
        ...

    async def count(self, which: Filter) -> int:
        """Return how many tasks the filter lets through on all pages; cursor, offset and limit are left out."""
        ...

    async def tally(self, which: Filter, *, looked: int) -> Mapping[State, Tally]:
        """Return how many tasks of a project, of a model and a time, are in each state; the filter's rest is left out.

        Of each state so many are looked at, the newest of those that ended: it costs the same among a million tasks.
        """
        ...

    async def everywhere(self, which: Everywhere) -> tuple[Sequence[Task], int | None]:
        """Return tasks of all projects, and where the next page begins, None if there is none.

        A page looks at so many tasks only, so it may hold fewer than its limit though there is a next one.
        """
        ...

    async def newest(self, limit: int) -> Sequence[Task]:
        """Return the newest tasks of all projects, newest first."""
        ...
