"""What dialects offer of a finished task: its files under the API key, and a new task made from it."""

from __future__ import annotations

from typing import cast

from msgspec.structs import replace
from starlette.responses import Response

from reelgate.access.load_shedding import Gate, Passage
from reelgate.admission.idempotency import Repeats, read_sent
from reelgate.admission.pipeline import Admission
from reelgate.catalog import Catalog
from reelgate.dialects.port import Answer, Call, ContentDialect, Operation
from reelgate.http.body import headers, read_object
from reelgate.http.caller import DialectCaller
from reelgate.http.file_routes import Files
from reelgate.http.lines import line_of
from reelgate.http.responses import JsonResponse, created
from reelgate.http.route import serves
from reelgate.tasks.record import Task


class Finished:
    """The CONTENT and REMIX routes of every dialect, for tasks whichever dialect made them."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        gate: Gate,
        admission: Admission,
        files: Files,
        repeats: Repeats,
    ) -> None:
        self._catalog = catalog
        self._gate = gate
        self._admission = admission
        self._files = files
        self._repeats = repeats

    @serves(Operation.CONTENT)
    async def content(self, caller: DialectCaller) -> Response:
        """Serve a task's file."""
        dialect = cast(ContentDialect, caller.speaker)
        return await self._files.answer(
            caller.request, caller.task, dialect.parse_content(caller.parameters, caller.task)
        )

    @serves(Operation.REMIX)
    async def remix(self, caller: DialectCaller) -> Response:
        """Make a new task from one."""
        with self._gate.passed(caller.key) as passage:
            answer = await self._remix_with(caller, passage)
        headers = dict((*answer.headers, *passage.headers))
        return JsonResponse(answer.body, status_code=answer.status, headers=headers)

    async def _remix_with(self, caller: DialectCaller, passage: Passage) -> Answer:
        dialect, task, scope = cast(ContentDialect, caller.speaker), caller.task, caller.request.scope
        body = await read_object(scope, caller.request.receive, passage)
        call = Call(caller.request.url.path, headers(scope), body)
        sent = await read_sent(call, dialect, line_of(scope, call.headers))
        unknown: tuple[str, ...] = ()

        async def admit() -> Task:
            nonlocal unknown
            named = self._catalog.of(task.model, task.dialect)
            parsed = dialect.parse_remix(call, replace(task, request=task.request.ordered), named)
            unknown = parsed.unknown
            return await self._admission.admit(dialect, parsed, caller.key, sent.mark)

        def tell(made: Task, again: bool) -> Answer:
            answer = dialect.render_created(made.as_created(), self._catalog.of(made.made_with, made.sold_by))
            return created(answer, made, unknown, again=again)

        return await self._repeats.once(sent, caller.key, admit, tell)
