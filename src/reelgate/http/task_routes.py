"""The house's own task routes: list, cancel, delete; and the models."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import Response

from reelgate import limits
from reelgate.access.keyring import may_use
from reelgate.catalog import Catalog, Derived
from reelgate.catalog.listing import listing
from reelgate.clock import Clock
from reelgate.conductor.forecast import Forecast
from reelgate.conductor.loop import Conductor
from reelgate.dialects.answer_types.house import HouseTask
from reelgate.dialects.metadata import PARAMETER, asked_metadata, is_asked
from reelgate.dialects.query import refuse_unknown, text, whole
from reelgate.dialects.reelgate import STATUSES, house_task
from reelgate.errors import InvalidField, UnknownModel, WrongState
from reelgate.http.answer_types.tasks import ModelEntry, ModelList, TaskDeleted, TaskPage
from reelgate.http.caller import Caller
from reelgate.http.response_cache import RecentAnswers
from reelgate.http.responses import JsonResponse
from reelgate.http.route import Owner, Pass, route
from reelgate.tasks.lists import Filter
from reelgate.tasks.projects import Scope
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore

_STATUS = text("status", "Words of the house dialect, or names of states; separate several with commas.")
_FILTERS = (
    _STATUS,
    text("model"),
    PARAMETER,
    whole("created_after", 0, 2**40, "Unix seconds."),
    whole("created_before", 0, 2**40, "Unix seconds."),
    whole("cursor", 0, 2**63 - 1, "The page before's `next_cursor`."),
    whole("limit", 1, limits.MAX_PAGE_SIZE),
)
NARROWED = (text("model"), _STATUS, PARAMETER)
"""The parameters that narrow a stream of tasks."""
_DIGITS = re.compile("[0-9]{1,20}")


class TaskRoutes:
    """What a key's owner does with tasks, whichever dialect made them."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        recent: RecentAnswers,
        conductor: Conductor,
        clock: Clock,
        forecast: Forecast,
    ) -> None:
        self._forecast = forecast
        self._catalog = catalog
        self._models = Derived(catalog, listing)
        self._store = store
        self._recent = recent
        self._conductor = conductor
        self._clock = clock

    @route("GET", "/v1/models", Pass.ANY_KEY, answers="the models", gives=ModelList)
    async def models(self, caller: Caller) -> Response:
        """List the models that a key may use, in the form that resellers' clients read, with modes and limits."""
        if not caller.key.models:
            return JsonResponse(self._models.value())
        data = [model for model in self._models.value()["data"] if may_use(caller.key, model["id"])]
        return JsonResponse({**self._models.value(), "data": data})

    @route("GET", "/v1/models/{id:path}", Pass.ANY_KEY, answers="the model", gives=ModelEntry)
    async def model(self, caller: Caller) -> Response:
        """Show one model that the key may use. Raises UnknownModel."""
        model_id = caller.request.path_params["id"]
        model = self._catalog.find(model_id)
        if model is None or not may_use(caller.key, model.id):
            raise UnknownModel(model_id)
        return JsonResponse(next(shown for shown in self._models.value()["data"] if shown["id"] == model.id))

    @route("GET", "/v1/tasks", Scope.READ, answers="a page of tasks", gives=TaskPage, query=_FILTERS)
    async def list(self, caller: Caller) -> Response:
        """List the caller's tasks, newest first."""
        which = _filter(caller)
        tasks = await self._store.lists.page(which)
        more = len(tasks) == which.limit
        return JsonResponse(
            {
                "object": "list",
                "data": [self._shown(task, caller) for task in tasks],
                "has_more": more,
                "next_cursor": str(tasks[-1].seq) if more else None,
            }
        )

    @route("POST", "/v1/tasks/{id}/cancel", Scope.CREATE, owner=Owner.TASK, answers="the task", gives=HouseTask)
    async def cancel(self, caller: Caller) -> Response:
        """Cancel a task; a render that is in progress stops within a second of this answer."""
        task = caller.task
        if task.state.ended and task.state is not State.CANCELLED:
            raise WrongState(f"the task has already {task.state}; only a task that has not ended can be cancelled")
        moved = await self._store.request_cancel(task.id, at=self._clock.now(), owed=self._conductor.owed)
        self._conductor.look()
        return JsonResponse(self._shown(moved or task, caller))

    @route(
        "DELETE",
        "/v1/tasks/{id}",
        Scope.CREATE,
        owner=Owner.TASK,
        answers="the id of what was deleted",
        gives=TaskDeleted,
    )
    async def delete(self, caller: Caller) -> Response:
        """Remove an ended task and its files."""
        task = caller.task
        if not await self._store.delete(task.id):
            raise WrongState(f"the task is {task.state}; cancel it before deleting it")
        self._recent.forget(task.id)
        return JsonResponse({"id": task.id, "object": "task", "deleted": True})

    def _shown(self, task: Task, caller: Caller) -> dict[str, Any]:
        task = self._forecast.shown(task)
        return house_task(task, caller.links) | self._forecast.of(task)


def _filter(caller: Caller) -> Filter:
    query = caller.request.query_params
    known = [one.name for one in _FILTERS]
    refuse_unknown([name for name in query if name not in known and not is_asked(name)], known)
    return Filter(
        project_id=caller.project_id,
        states=read_states(query.get("status")),
        model=query.get("model"),
        metadata=asked_metadata(query.multi_items()),
        created_from=_time("created_after", query.get("created_after")),
        created_to=_time("created_before", query.get("created_before")),
        before_seq=_integer("cursor", query.get("cursor"), 0, 2**63 - 1),
        limit=_integer("limit", query.get("limit"), 1, limits.MAX_PAGE_SIZE) or limits.PAGE_SIZE,
    )


def read_states(status: str | None) -> tuple[State, ...]:
    """Return the states of status words, between commas; the house's words and the states' own names are both taken.

    Raises InvalidField.
    """
    if not status:
        return ()
    found: list[State] = []
    for word in status.split(","):
        if word in STATUSES:
            found += STATUSES[word]
        elif word in set(State):
            found.append(State(word))
        else:
            raise InvalidField.not_one_of("status", word, sorted({*STATUSES, *State}))
    return tuple(found)


def _time(field: str, value: str | None) -> int | None:
    seconds = _integer(field, value, 0, 2**40, unit="Unix seconds, ")
    return None if seconds is None else seconds * 1000


def _integer(field: str, value: str | None, low: int, high: int, unit: str = "") -> int | None:
    if value is None:
        return None
    if not _DIGITS.fullmatch(value) or not low <= int(value) <= high:
        raise InvalidField.out_of_range(field, value, f"{unit}a whole number from {low} to {high}")
    return int(value)
