"""The house's own task routes: list, cancel, delete; and the models."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reelgate import limits
from reelgate.access.keyring import KeyRing, may_use
from reelgate.catalog import Catalog
from reelgate.catalog.listing import listing
from reelgate.clock import Clock
from reelgate.conductor.loop import Conductor
from reelgate.dialects.query import refuse_unknown
from reelgate.dialects.reelgate import STATUSES, house_task
from reelgate.errors import InvalidField, TaskNotFound, UnknownModel, WrongState
from reelgate.http.body import credential
from reelgate.http.links import LinkMaker
from reelgate.http.response_cache import RecentAnswers
from reelgate.http.responses import JsonResponse
from reelgate.tasks.projects import Scope
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import Filter, TaskStore

_FILTERS = ("status", "model", "created_after", "created_before", "cursor", "limit")
_DIGITS = re.compile("[0-9]{1,20}")


class House:
    """What a key's owner does with tasks, whichever dialect made them."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        keys: KeyRing,
        links: LinkMaker,
        recent: RecentAnswers,
        conductor: Conductor,
        clock: Clock,
    ) -> None:
        self._catalog = catalog
        self._models = listing(catalog)
        self._store = store
        self._keys = keys
        self._links = links
        self._recent = recent
        self._conductor = conductor
        self._clock = clock

    def routes(self) -> list[Route]:
        """Return the Starlette routes."""
        return [
            Route("/v1/models", self.models, methods=["GET"]),
            Route("/v1/models/{model_id:path}", self.model, methods=["GET"]),
            Route("/v1/tasks", self.list, methods=["GET"]),
            Route("/v1/tasks/{task_id}/cancel", self.cancel, methods=["POST"]),
            Route("/v1/tasks/{task_id}", self.delete, methods=["DELETE"]),
        ]

    async def models(self, request: Request) -> Response:
        """List the models that a key may use, in the shape that both resellers' clients read, with modes and limits."""
        key = self._keys.check(credential(request.scope), None)
        if not key.models:
            return JsonResponse(self._models)
        data = [model for model in self._models["data"] if may_use(key, model["id"])]
        return JsonResponse({**self._models, "data": data})

    async def model(self, request: Request) -> Response:
        """Show one model that the key may use. Raises UnknownModel."""
        key = self._keys.check(credential(request.scope), None)
        model_id = request.path_params["model_id"]
        model = self._catalog.find(model_id)
        if model is None or not may_use(key, model.id):
            raise UnknownModel(model_id)
        return JsonResponse(next(shown for shown in self._models["data"] if shown["id"] == model.id))

    async def list(self, request: Request) -> Response:
        """List the caller's tasks, newest first."""
        key = self._keys.check(credential(request.scope), Scope.READ)
        which = _filter(request, key.project_id)
        tasks = await self._store.list(which)
        more = len(tasks) == which.limit
        return JsonResponse(
            {
                "object": "list",
                "data": [self._shown(request, task) for task in tasks],
                "has_more": more,
                "next_cursor": str(tasks[-1].seq) if more else None,
            }
        )

    async def cancel(self, request: Request) -> Response:
        """Call a task off; a render that is under way stops within a second of this answer."""
        task = await self._own(request)
        if task.state.ended and task.state is not State.CANCELLED:
            raise WrongState(f"the task has already {task.state}; only a task that has not ended can be cancelled")
        moved = await self._store.request_cancel(task.id, at=self._clock.now())
        self._conductor.look()
        return JsonResponse(self._shown(request, moved or task))

    async def delete(self, request: Request) -> Response:
        """Remove an ended task and its files."""
        task = await self._own(request)
        if not await self._store.delete(task.id):
            raise WrongState(f"the task is {task.state}; cancel it before deleting it")
        self._recent.forget(task.id)
        return JsonResponse({"id": task.id, "object": "task", "deleted": True})

    async def _own(self, request: Request) -> Task:
        key = self._keys.check(credential(request.scope), Scope.CREATE)
        task = await self._store.get(request.path_params["task_id"])
        if task is None or task.project_id != key.project_id:
            raise TaskNotFound
        return task

    def _shown(self, request: Request, task: Task) -> dict[str, Any]:
        links = self._links.under(request.url.scheme, request.headers.get("host", ""))
        return house_task(task, links)


def _filter(request: Request, project_id: str) -> Filter:
    query = request.query_params
    refuse_unknown([name for name in query if name not in _FILTERS], _FILTERS)
    return Filter(
        project_id=project_id,
        states=_states(query.get("status")),
        model=query.get("model"),
        created_from=_time("created_after", query.get("created_after")),
        created_to=_time("created_before", query.get("created_before")),
        before_seq=_integer("cursor", query.get("cursor"), 0, 2**63 - 1),
        limit=_integer("limit", query.get("limit"), 1, limits.MAX_PAGE_SIZE) or limits.PAGE_SIZE,
    )


def _states(status: str | None) -> tuple[State, ...]:
    """Return the states of a status word; the house's words and the states' own names are both taken."""
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
