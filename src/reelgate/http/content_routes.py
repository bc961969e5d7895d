"""Dialects' routes for a finished task: its files under the API key, and a new task made from it."""

from __future__ import annotations

from typing import cast

from starlette.responses import Response

from reelgate.dialects.port import ContentDialect, Operation
from reelgate.http.caller import DialectCaller
from reelgate.http.creates import CreateExchange, Creates
from reelgate.http.file_routes import FileRoutes
from reelgate.http.holding import Holding
from reelgate.http.responses import JsonResponse
from reelgate.http.route import serves
from reelgate.http.waiting import wait_seconds


class ContentRoutes:
    """The CONTENT and REMIX routes of every dialect, for tasks whichever dialect made them."""

    def __init__(self, *, files: FileRoutes, creates: Creates, holding: Holding) -> None:
        self._files = files
        self._creates = creates
        self._holding = holding

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
        seconds = wait_seconds(caller.request.scope, strict=caller.strict)
        exchange = CreateExchange(caller.request.scope, caller.request.receive, caller.speaker)
        answer = await self._creates.answer(exchange, caller.key, caller.task)
        answer = await self._holding.ended(exchange, answer, seconds)
        return JsonResponse(answer.body, status_code=answer.status, headers=dict(answer.headers))
