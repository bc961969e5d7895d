"""Tasks as pages: the list, one task, its card while it moves."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response

from reelgate.console import rendering, words
from reelgate.console.guard import Guard, Page, Visit
from reelgate.console.key_names import KeyNames
from reelgate.console.task_list import TaskList
from reelgate.dialects.reelgate import house_task
from reelgate.http.billing_routes import BillingRoutes
from reelgate.http.event_routes import EventRoutes
from reelgate.http.task_routes import TaskRoutes
from reelgate.request import Mode
from reelgate.tasks.projects import Scope
from reelgate.tasks.record import Task
from reelgate.tasks.store import Filter, TaskStore


class TaskPages:
    """The pages under `/console/tasks`."""

    def __init__(
        self,
        guard: Guard,
        *,
        store: TaskStore,
        house: TaskRoutes,
        events: EventRoutes,
        money: BillingRoutes,
        names: KeyNames,
    ) -> None:
        self._guard = guard
        self._store = store
        self._house = house
        self._events = events
        self._money = money
        self._list = TaskList(guard, store=store, house=house, events=events, names=names, tell=self.told)

    def routes(self) -> list[Page]:
        """Return the routes."""
        at = self._guard.at
        return [
            *self._list.routes(),
            at("GET", "/console/tasks/{id}", self._task, Scope.READ),
            at("GET", "/console/tasks/{id}/card", self._card, Scope.READ),
            at("GET", "/console/tasks/{id}/events", self._live, Scope.READ),
            at("POST", "/console/tasks/{id}/cancel", self._cancel, Scope.CREATE),
            at("POST", "/console/tasks/{id}/delete", self._delete, Scope.CREATE),
        ]

    async def list(self, visit: Visit, which: Filter) -> list[dict[str, Any]]:
        """Return tasks as the pages show them."""
        return [self.told(visit, task) for task in await self._store.list(which)]

    async def _task(self, visit: Visit) -> Response:
        task = await self._guard.task(visit)
        body = house_task(task, self._guard.links(visit))
        raw = msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
        words_ = {state.value: word for state, (word, _) in rendering.STATES.items()}
        story = await self._guard.ask(visit, self._money.timeline, id=task.id)
        return self._guard.page(
            visit, "task.html", task=self.told(visit, task), raw=raw, story=story, state_words=words_
        )

    async def _card(self, visit: Visit) -> Response:
        return self._guard.page(visit, "card.html", task=self.told(visit, await self._guard.task(visit)))

    async def _live(self, visit: Visit) -> Response:
        return await self._events.of_task(await self._guard.caller(visit))

    async def _cancel(self, visit: Visit) -> Response:
        await self._house.cancel(await self._guard.caller(visit))
        return RedirectResponse(f"/console/tasks/{visit.named}", 303)

    async def _delete(self, visit: Visit) -> Response:
        await self._house.delete(await self._guard.caller(visit))
        return RedirectResponse("/console/tasks", 303)

    def told(self, visit: Visit, task: Task) -> dict[str, Any]:
        """Return a task as the pages show it."""
        word, look = rendering.STATES[task.state]
        return {
            **house_task(task, self._guard.links(visit)),
            "word": word,
            "look": look,
            "ended": task.state.ended,
            "when": words.ago(task.created_at, self._guard.clock.now()),
            "at": words.moment(task.created_at),
            "text": task.request.mode is Mode.TEXT,
            "key_id": task.key_id,
        }
