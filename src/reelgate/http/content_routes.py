"""What dialects offer of a finished task: its files under the API key, and a new task made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from reelgate.access.keyring import KeyRing
from reelgate.access.load_shedding import Gate, Passage
from reelgate.admission.idempotency import Repeats, read_sent
from reelgate.admission.pipeline import Admission
from reelgate.catalog import Catalog
from reelgate.dialects import all_dialects
from reelgate.dialects.port import Answer, Call, ContentDialect, Operation
from reelgate.errors import TaskNotFound
from reelgate.http.body import credential, headers, read_object
from reelgate.http.file_routes import Files
from reelgate.http.lines import line_of
from reelgate.http.responses import JsonResponse, created
from reelgate.tasks.projects import Key, Scope
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore

Serve = Callable[[ContentDialect, Request], Awaitable[Response]]


class Finished:
    """The CONTENT and REMIX routes of every dialect, for tasks whichever dialect made them."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        keys: KeyRing,
        gate: Gate,
        admission: Admission,
        files: Files,
        repeats: Repeats,
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._keys = keys
        self._gate = gate
        self._admission = admission
        self._files = files
        self._repeats = repeats

    def routes(self) -> list[WebRoute]:
        """Return the Starlette routes."""
        serves: dict[Operation, Serve] = {Operation.CONTENT: self._content, Operation.REMIX: self._remix}
        return [
            WebRoute(
                route.path,
                _endpoint(serves[route.operation], cast(ContentDialect, dialect)),
                methods=[route.method],
            )
            for dialect in all_dialects()
            for route in dialect.routes
            if route.operation in serves
        ]

    async def _content(self, dialect: ContentDialect, request: Request) -> Response:
        task = await self._own(request, self._key(request, Scope.READ))
        query = {name: request.query_params.getlist(name) for name in request.query_params}
        return await self._files.answer(request, task, dialect.parse_content(query, task))

    async def _remix(self, dialect: ContentDialect, request: Request) -> Response:
        key = self._key(request, Scope.CREATE)
        with self._gate.passed(key) as passage:
            answer = await self._remix_with(key, dialect, request, passage)
        headers = dict((*answer.headers, *passage.headers))
        return JsonResponse(answer.body, status_code=answer.status, headers=headers)

    async def _remix_with(self, key: Key, dialect: ContentDialect, request: Request, passage: Passage) -> Answer:
        body = await read_object(request.scope, request.receive, passage)
        task = await self._own(request, key)
        call = Call(request.url.path, headers(request.scope), body)
        sent = await read_sent(call, dialect, line_of(request.scope, call.headers))
        unknown: tuple[str, ...] = ()

        async def admit() -> Task:
            nonlocal unknown
            parsed = dialect.parse_remix(call, task, self._catalog.of(task.model, task.dialect))
            unknown = parsed.unknown
            return await self._admission.admit(dialect, parsed, key, sent.mark)

        def tell(made: Task, again: bool) -> Answer:
            answer = dialect.render_created(made.as_created(), self._catalog.of(made.model, made.dialect))
            return created(answer, made, unknown, again=again)

        return await self._repeats.once(sent, key, admit, tell)

    def _key(self, request: Request, scope: Scope) -> Key:
        return self._keys.check(credential(request.scope), scope)

    async def _own(self, request: Request, key: Key) -> Task:
        task_id = request.path_params["id"]
        task = await self._store.get(task_id)
        if task is None or task.project_id != key.project_id:
            raise TaskNotFound(task_id=task_id)
        return task


def _endpoint(serve: Serve, dialect: ContentDialect) -> Callable[[Request], Awaitable[Response]]:
    return partial(serve, dialect)
