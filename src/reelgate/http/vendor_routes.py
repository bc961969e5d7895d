"""The vendors' own routes besides create and query: lists, cancels, deletes, queries with more path after the id."""

from __future__ import annotations

import asyncio
from typing import cast

from msgspec.structs import replace
from starlette.responses import Response

from reelgate import ids, limits, request_ids
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.conductor.forecast import Forecast
from reelgate.conductor.loop import Conductor
from reelgate.dialects.port import Answer, EndAction, ListedTasks, NativeDialect, Operation, TaskQuery
from reelgate.errors import TaskNotFound, WrongState
from reelgate.http.caller import DialectCaller
from reelgate.http.holding import Holding
from reelgate.http.owned import Owned
from reelgate.http.response_cache import RecentAnswers
from reelgate.http.responses import JsonResponse, field_headers, stood_in
from reelgate.http.route import serves
from reelgate.http.waiting import wait_seconds
from reelgate.tasks.lists import Filter
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore

_LOOKS = 100
"""Seconds between two looks at a task that is deleted once it has stopped."""


class VendorRoutes:
    """What a vendor's own client does with tasks, whichever dialect made them."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        owned: Owned,
        recent: RecentAnswers,
        conductor: Conductor,
        clock: Clock,
        holding: Holding,
        forecast: Forecast,
    ) -> None:
        self._forecast = forecast
        self._holding = holding
        self._catalog = catalog
        self._store = store
        self._owned = owned
        self._recent = recent
        self._conductor = conductor
        self._clock = clock

    @serves(Operation.QUERY)
    async def query(self, caller: DialectCaller) -> Response:
        """Show a task's status."""
        task = await self._holding.changed(caller.task, wait_seconds(caller.request.scope, strict=caller.strict))
        task = self._forecast.shown(task)
        model = self._catalog.of(task.made_with, task.sold_by, or_like=task.state.ended)
        answer = caller.speaker.render(task, model, caller.links)
        return self._answer(caller, replace(answer, headers=(*answer.headers, *stood_in(task))))

    @serves(Operation.LIST)
    async def list(self, caller: DialectCaller) -> Response:
        """List the project's tasks."""
        dialect = cast(NativeDialect, caller.speaker)
        wanted = dialect.parse_list(caller.parameters)
        which = await self._filter(wanted, caller.project_id)
        tasks = await self._store.lists.page(which)
        models = [self._catalog.of(task.made_with, task.sold_by, or_like=True) for task in tasks]
        rows = tuple((self._forecast.shown(task), model) for task, model in zip(tasks, models, strict=True))
        total = await self._store.lists.count(which) if wanted.counted else 0
        listed = ListedTasks(wanted, rows, total, self._request_id(caller))
        answer = dialect.render_list(listed, caller.links)
        named = field_headers(wanted.unknown, ())
        more = (*answer.headers, *named, ("x-request-id", listed.request_id))
        return self._answer(caller, replace(answer, headers=more))

    async def _filter(self, wanted: TaskQuery, project_id: str) -> Filter:
        which = Filter(
            project_id=project_id,
            states=wanted.states,
            model=wanted.model,
            ids=wanted.ids,
            offpeak=wanted.offpeak,
            created_from=wanted.created_from,
            created_to=wanted.created_to,
            oldest_first=wanted.oldest_first,
            offset=wanted.offset,
            limit=wanted.limit,
        )
        if not wanted.after:
            return which
        try:
            return replace(which, before_seq=(await self._owned.task(wanted.after, project_id)).seq)
        except TaskNotFound:
            return _behind(which, wanted.after)

    @serves(Operation.CANCEL, Operation.DELETE)
    async def end(self, caller: DialectCaller) -> Response:
        """Cancel a task, delete it, or both, as the dialect understands the call."""
        dialect, operation, task = cast(NativeDialect, caller.speaker), caller.route.operation, caller.task
        ending = dialect.ending(operation, task)
        if ending is not EndAction.DELETE and not task.state.ended:
            task = await self._store.request_cancel(task.id, at=self._clock.now(), owed=self._conductor.owed) or task
            self._conductor.look()
        if ending is EndAction.CANCEL_AND_DELETE:
            await self._stopped(task)
        if ending is not EndAction.CANCEL and await self._store.delete(task.id):
            self._recent.forget(task.id)
        return self._answer(caller, dialect.render_ending(operation, task))

    async def _stopped(self, task: Task) -> None:
        """Wait for the end of a task that was cancelled. Raises WrongState if that takes long, as at a vendor."""
        for _ in range(_LOOKS):
            if task.state.ended:
                return
            await asyncio.sleep(limits.STOP_SECONDS / _LOOKS)
            task = await self._store.get(task.id) or task
        raise WrongState("the task is being cancelled; delete it once it has ended")

    def _request_id(self, caller: DialectCaller) -> str:
        return request_ids.drawn(lambda: caller.speaker.new_request_id(self._clock.now()))

    def _answer(self, caller: DialectCaller, answer: Answer) -> Response:
        headers = {"x-request-id": self._request_id(caller), **dict(answer.headers)}
        return JsonResponse(answer.body, status_code=answer.status, headers=headers)


def _behind(which: Filter, last: str) -> Filter:
    """Return the page after a deleted task, as in a loop that deletes each task that it has seen: the id contains the
    time of the task. Tasks of the same moment may be shown twice. Raises TaskNotFound for an invalid id."""
    made = ids.made_at(last)
    if made is None:
        raise TaskNotFound(task_id=last)
    first, end = made
    if which.oldest_first:
        return replace(which, created_from=max(first, which.created_from or 0))
    return replace(which, created_to=end + 1 if which.created_to is None else min(end + 1, which.created_to))
