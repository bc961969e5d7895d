"""The list of tasks: filters, search, live updates, and actions on many tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace
from starlette.responses import Response

from reelgate import limits
from reelgate.console import rendering, words
from reelgate.console.guard import Guard, Page, Visit
from reelgate.console.key_names import KeyNames
from reelgate.errors import InvalidField, ReelgateError
from reelgate.http.event_routes import EventRoutes
from reelgate.http.task_routes import TaskRoutes
from reelgate.tasks.lists import Filter
from reelgate.tasks.projects import Scope
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore

MOVING = (State.SUBMITTING, State.RUNNING, State.COLLECTING)
FILTERS: Mapping[str, tuple[State, ...]] = {
    "all": (),
    "waiting": (State.QUEUED,),
    "moving": MOVING,
    "unknown": (State.UNKNOWN,),
    "done": (State.SUCCEEDED,),
    "failed": (State.FAILED, State.EXPIRED),
    "cancelled": (State.CANCELLED,),
    "open": (State.QUEUED, *MOVING, State.UNKNOWN),
}
"""What the list of tasks can be narrowed to."""

_PILLS = {
    "all": ("All", ""),
    "waiting": ("Waiting", "wait"),
    "moving": ("Drawing", "run"),
    "unknown": ("Unknown", "unknown"),
    "done": ("Done", "done"),
    "failed": ("Failed", "fail"),
    "cancelled": ("Cancelled", "off"),
}
"""The filters by state that are shown: each one's word and shape."""
_ASKED = ("q", "model", "from", "until", "key", "cost")
_COSTS = {"": "Any cost", "free": "Free", "paid": "Paid"}
_BATCH = 200
_PART_OF_ID = 8  # characters; fewer stand in many ids by chance


class BulkOutcome(msgspec.Struct):
    """The outcome of a choice: how many it was done with, and why not with the others."""

    what: str
    count: int = 0
    left: dict[str, int] = {}


class Search(msgspec.Struct, frozen=True):
    """What a task's words, key and cost have to be."""

    words: tuple[str, ...]
    key: str
    cost: str

    @property
    def narrow(self) -> bool:
        """Whether it looks for anything that the store doesn't know by itself."""
        return bool(self.words or self.key or self.cost)

    def fits(self, task: Task) -> bool:
        """Tell whether a task is looked for."""
        said, named = f"{task.request.prompt} {task.model} {task.metadata or ''}".lower(), task.id.lower()
        price = task.price_micros if task.charged_micros is None else task.charged_micros
        paid = {"": True, "free": price == 0, "paid": price > 0}.get(self.cost, True)
        return (
            paid
            and (not self.key or task.key_id == self.key)
            and all(word in said or (len(word) >= _PART_OF_ID and word in named) for word in self.words)
        )


class TaskList:
    """The page at `/console/tasks`. `tell` makes of a task what the pages show of it."""

    def __init__(
        self, guard: Guard, *, store: TaskStore, house: TaskRoutes, events: EventRoutes, names: KeyNames, tell: Any
    ) -> None:
        self._guard = guard
        self._store = store
        self._house = house
        self._events = events
        self._names = names
        self._tell = tell

    def routes(self) -> list[Page]:
        """Return the routes."""
        at = self._guard.at
        return [
            at("GET", "/console/tasks", self._page, Scope.READ),
            at("GET", "/console/tasks/events", self._live, Scope.READ),
            at("GET", "/console/tasks/chosen", self._page, Scope.READ),  # where a switch of language leads back to
            at("GET", "/console/tasks/{id}/tile", self._tile, Scope.READ),
            at("POST", "/console/tasks/chosen", self._chosen, Scope.CREATE),
        ]

    async def _page(self, visit: Visit) -> Response:
        return await self._show(visit)

    async def _show(self, visit: Visit, done: BulkOutcome | None = None) -> Response:
        chosen = visit.asked("state") or "all"
        asked = {name: visit.asked(name) for name in _ASKED}
        which = Filter(
            project_id=visit.key.project_id,
            states=FILTERS.get(chosen, ()),
            model=asked["model"] or None,
            created_from=_day(asked["from"]),
            created_to=_day(asked["until"], after=1),
            before_seq=_number(visit.asked("before")),
            oldest_first=visit.asked("sort") == "oldest",
        )
        search = Search(tuple(asked["q"].lower().split()), asked["key"], asked["cost"])
        tasks, more, further = await self._found(which, search)
        counts = {} if search.narrow else await self._counts(which)
        names = await self._names.of(visit, visit.key.project_id)
        return self._guard.page(
            visit,
            "tasks.html",
            tasks=[self._tell(visit, task) for task in tasks],
            chosen=chosen,
            pills=_PILLS,
            counts=counts,
            costs=_COSTS,
            asked=asked,
            narrowed=any(asked.values()),
            view=_view(visit),
            linked_view=visit.asked("view"),
            oldest=which.oldest_first,
            first="before" not in visit.request.query_params,
            names=names,
            models=await self._models(visit),
            more=more,
            further=further,
            done=done,
        )

    async def _found(self, which: Filter, search: Search) -> tuple[list[Task], int | None, bool]:
        """Return a page of tasks, the cursor behind it, and whether the search stopped before it had looked at all."""
        found: list[Task] = []
        looked, before = 0, which.before_seq
        while looked < limits.CONSOLE_SEARCHED:
            batch = await self._store.lists.page(replace(which, before_seq=before, limit=_BATCH))
            for task in batch:
                looked, before = looked + 1, task.seq
                if search.fits(task):
                    found.append(task)
                    if len(found) == limits.CONSOLE_PAGE:
                        return found, before, False
            if len(batch) < _BATCH:
                return found, None, False
        return found, before, True

    async def _counts(self, which: Filter) -> dict[str, str]:
        """Return for each filter by state how many tasks it would show: `1,000+` where counting stopped."""
        tallies = await self._store.lists.tally(which, looked=limits.CONSOLE_COUNTED)
        counts = {}
        for name in _PILLS:
            those = [tallies[state] for state in FILTERS[name] or tuple(State)]
            total = sum(one.count for one in those)
            more = total > limits.CONSOLE_COUNTED or any(one.more for one in those)
            counts[name] = words.number(min(total, limits.CONSOLE_COUNTED)) + ("+" if more else "")
        return counts

    async def _models(self, visit: Visit) -> list[str]:
        listed = await self._guard.ask(visit, self._house.models)
        return [model["id"] for model in listed["data"]]

    async def _tile(self, visit: Visit) -> Response:
        task = self._tell(visit, await self._guard.task(visit))
        if _view(visit) == "gallery":
            return self._guard.page(visit, "tile.html", task=task, choose=True)
        names = await self._names.of(visit, visit.key.project_id)
        return self._guard.page(visit, "task-rows.html", tasks=[task], names=names, oldest=False)

    async def _live(self, visit: Visit) -> Response:
        last = visit.request.headers.get("last-event-id", "")  # of a browser that comes back after a break
        return await self._guard.answer(visit, self._events.of_project, query={"last_event_id": last})

    async def _chosen(self, visit: Visit) -> Response:
        """Cancel or delete the chosen tasks one by one, as the API does, and report the reason for each that fails."""
        what = visit.text("do")
        if what not in ("cancel", "delete"):
            raise InvalidField.not_one_of("do", what, ("cancel", "delete"))
        done = BulkOutcome(what)
        for task_id in list(dict.fromkeys(visit.form.getlist("ids")))[: limits.CONSOLE_PAGE]:
            handler = self._house.cancel if what == "cancel" else self._house.delete
            try:
                await self._guard.answer(visit, handler, id=str(task_id))
                done.count += 1
            except ReelgateError as error:
                done.left[error.message] = done.left.get(error.message, 0) + 1
        return await self._show(visit, done)


def _view(visit: Visit) -> str:
    """Return how tasks are shown: as the address says, else as the visitor chose."""
    for chosen in (visit.asked("view"), visit.request.cookies.get(rendering.VIEW, "")):
        if chosen in rendering.VIEWS:
            return chosen
    return rendering.VIEWS[0]


def _day(text: str, after: int = 0) -> int | None:
    """Return the beginning of a day (UTC) in ms, or of one that is so many days later; None for anything but a day."""
    try:
        begin = datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(days=after)
    except (ValueError, OverflowError):
        return None
    return max(0, int(begin.timestamp() * 1000))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
