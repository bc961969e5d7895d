"""The journal's lists of tasks, the same over every database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import asdict

from reelgate import limits
from reelgate.tasks.database import Database, Params
from reelgate.tasks.lists import Everywhere, Filter, Tally
from reelgate.tasks.record import Task
from reelgate.tasks.rows import as_tasks, listed, number
from reelgate.tasks.states import State

_NO_LIMIT = 2**63 - 1
_encode = msgspec.json.Encoder().encode


class ListRows:
    """The ListStore of `reelgate.tasks.lists`, over a driver that runs statements."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, which: Filter) -> Sequence[Task]:
        """Return a page of a project's tasks."""
        last = 0 if which.oldest_first else _NO_LIMIT
        page: Params = {
            "before_seq": last if which.before_seq is None else which.before_seq,
            "offset": which.offset,
            "limit": which.limit,
        }
        if which.metadata:
            (first, value), *others = which.metadata.items()
            noted: Params = {"name": first, "value": value, "others": _encode(dict(others)).decode()}
            return as_tasks(await self._database.read("list_noted", {**_filter(which), **page, **noted}))
        if which.states and not which.ids and not which.offset:
            return await self._in_states({**_filter(which), **page}, which)
        name = "list_ids" if which.ids else "list"
        name += "_oldest" if which.oldest_first else ""
        return as_tasks(await self._database.read(name, {**_filter(which), **page}))

    async def _in_states(self, values: Params, which: Filter) -> Sequence[Task]:
        """Return a page of tasks in some states: the next ones of each state's next ones."""
        found: list[Task] = []
        for state in dict.fromkeys(which.states):
            name = f"list_{'ended' if state.ended else 'open'}{'_oldest' if which.oldest_first else ''}"
            found += as_tasks(await self._database.read(name, {**values, "state": state}))
        return sorted(found, key=lambda task: task.seq, reverse=not which.oldest_first)[: which.limit]

    async def count(self, which: Filter) -> int:
        """Return how many of a project's tasks a filter lets through."""
        values = _filter(which)
        all_of_them = not which.ids and values == _filter(Filter(project_id=which.project_id))
        name = "count_ids" if which.ids else "count_all" if all_of_them else "count"
        return number(await self._database.read(name, values))

    async def tally(self, which: Filter, *, looked: int) -> Mapping[State, Tally]:
        """Return how many of a project's tasks are in each state."""
        values = {**_filter(which), "looked": looked + 1}
        some = which.model is not None or which.created_from is not None or which.created_to is not None
        ended = "tally_ended_some" if some else "tally_ended"
        found = {}
        for state in State:
            rows = await self._database.read(ended if state.ended else "tally_open", {**values, "state": state})
            seen, fits = map(int, rows[0]) if rows else (0, 0)
            found[state] = Tally(min(fits, looked), seen > looked)
        return found

    async def everywhere(self, which: Everywhere) -> tuple[Sequence[Task], int | None]:
        """Return tasks of all projects, and where the next page begins."""
        values: Params = {**asdict(which), "states": listed(which.states), "looked": limits.MAX_LOOKED_AT}
        found = as_tasks(await self._database.read("everywhere", values))
        if len(found) == which.limit:
            return found, found[-1].seq
        page: Params = {"before_seq": which.before_seq, "looked": limits.MAX_LOOKED_AT - 1}
        end = await self._database.read("everywhere_end", page)
        return found, int(end[0][0]) if end else None

    async def newest(self, limit: int) -> Sequence[Task]:
        """Return the newest tasks of all projects."""
        return as_tasks(await self._database.read("newest", {"limit": limit}))


def _filter(which: Filter) -> Params:
    return {
        "project_id": which.project_id,
        "states": listed(which.states),
        "ids": _encode([one for one in which.ids if "\0" not in one]).decode(),
        "model": which.model or "",
        "offpeak": -1 if which.offpeak is None else int(which.offpeak),
        "created_from": which.created_from or 0,
        "created_to": _NO_LIMIT if which.created_to is None else which.created_to,
    }
