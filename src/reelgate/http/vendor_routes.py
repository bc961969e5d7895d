"""The vendors' own routes beside create and query: lists, cancels, deletes, queries whose path goes on after the id."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from reelgate import limits
from reelgate.access.keyring import KeyRing
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.conductor.loop import Conductor
from reelgate.dialects import all_dialects
from reelgate.dialects.port import Answer, Ending, Links, Listed, NativeDialect, Operation, Route, Wanted
from reelgate.errors import TaskNotFound, WrongState
from reelgate.http.body import credential
from reelgate.http.links import LinkMaker
from reelgate.http.response_cache import RecentAnswers
from reelgate.http.responses import JsonResponse, field_headers
from reelgate.tasks.projects import Scope
from reelgate.tasks.record import Task
from reelgate.tasks.store import Filter, TaskStore

Serve = Callable[[NativeDialect, Route, Request], Awaitable[Answer]]

_LOOKS = 100
"""How often a task is looked at that is to be deleted when it has stopped."""


class Natives:
    """What a vendor's own client does with tasks, whichever dialect made them."""

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
        self._store = store
        self._keys = keys
        self._links = links
        self._recent = recent
        self._conductor = conductor
        self._clock = clock

    def routes(self) -> list[WebRoute]:
        """Return the Starlette routes of every dialect; what the gateway serves itself is left out."""
        serves: dict[Operation, Serve] = {
            Operation.QUERY: self._query,
            Operation.LIST: self._list,
            Operation.CANCEL: self._end,
            Operation.DELETE: self._end,
        }
        return [
            self._mounted(cast(NativeDialect, dialect), route, serves[route.operation])
            for dialect in all_dialects()
            for route in dialect.routes
            if route.operation in serves and (route.operation is not Operation.QUERY or "{id}" in route.path)
        ]

    def _mounted(self, dialect: NativeDialect, route: Route, serve: Serve) -> WebRoute:
        async def endpoint(request: Request) -> Response:
            answer = await serve(dialect, route, request)
            headers = {"x-request-id": dialect.new_request_id(self._clock.now()), **dict(answer.headers)}
            return JsonResponse(answer.body, status_code=answer.status, headers=headers)

        return WebRoute(route.path, endpoint, methods=[route.method])

    async def _query(self, dialect: NativeDialect, _route: Route, request: Request) -> Answer:
        task = await self._own(request, Scope.READ)
        return dialect.render(task, self._catalog.of(task.model, task.dialect), self._linked(request))

    async def _list(self, dialect: NativeDialect, _route: Route, request: Request) -> Answer:
        key = self._keys.check(credential(request.scope), Scope.READ)
        query = {name: request.query_params.getlist(name) for name in request.query_params}
        wanted = dialect.parse_list(query)
        which = await self._filter(wanted, key.project_id)
        tasks = await self._store.list(which)
        rows = tuple((task, self._catalog.of(task.model, task.dialect)) for task in tasks)
        total = await self._store.count(which) if wanted.counted else 0
        listed = Listed(wanted, rows, total, dialect.new_request_id(self._clock.now()))
        answer = dialect.render_list(listed, self._linked(request))
        named = field_headers(wanted.unknown, ())
        return replace(answer, headers=(*answer.headers, *named, ("x-request-id", listed.request_id)))

    async def _filter(self, wanted: Wanted, project_id: str) -> Filter:
        last = await self._store.get(wanted.after) if wanted.after else None
        if wanted.after and (last is None or last.project_id != project_id):
            raise TaskNotFound(task_id=wanted.after)
        return Filter(
            project_id=project_id,
            states=wanted.states,
            model=wanted.model,
            ids=wanted.ids,
            offpeak=wanted.offpeak,
            created_from=wanted.created_from,
            created_to=wanted.created_to,
            before_seq=last.seq if last else None,
            oldest_first=wanted.oldest_first,
            offset=wanted.offset,
            limit=wanted.limit,
        )

    async def _end(self, dialect: NativeDialect, route: Route, request: Request) -> Answer:
        task = await self._own(request, Scope.CREATE)
        ending = dialect.ending(route.operation, task)
        if ending is not Ending.DELETE and not task.state.ended:
            task = await self._store.request_cancel(task.id, at=self._clock.now()) or task
            self._conductor.look()
        if ending is Ending.CANCEL_AND_DELETE:
            await self._stopped(task)
        if ending is not Ending.CANCEL and await self._store.delete(task.id):
            self._recent.forget(task.id)
        return dialect.render_ending(route.operation, task)

    async def _stopped(self, task: Task) -> None:
        """Wait for the end of a task that was called off. Raises WrongState where that takes long, as at a vendor."""
        for _ in range(_LOOKS):
            if task.state.ended:
                return
            await asyncio.sleep(limits.STOP_SECONDS / _LOOKS)
            task = await self._store.get(task.id) or task
        raise WrongState("the task has been called off but not stopped yet; delete it once it has ended")

    async def _own(self, request: Request, scope: Scope) -> Task:
        key = self._keys.check(credential(request.scope), scope)
        task_id = request.path_params["id"]
        task = await self._store.get(task_id)
        if task is None or task.project_id != key.project_id:
            raise TaskNotFound(task_id=task_id)
        return task

    def _linked(self, request: Request) -> Links:
        return self._links.under(request.url.scheme, request.headers.get("host", ""))
