"""Tasks as pages: the list, one task, its card while it is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response

from reelgate.catalog import Catalog
from reelgate.console import rendering, words
from reelgate.console.fields import INPUTS
from reelgate.console.guard import Guard, Page, Visit
from reelgate.console.key_names import KeyNames
from reelgate.console.model_pages import MODES
from reelgate.console.snippets import shown
from reelgate.console.task_list import TaskList
from reelgate.console.wordings import TITLES, of_task, sayable
from reelgate.dialects import all_dialects, by_name
from reelgate.dialects.port import HOUSE
from reelgate.dialects.reelgate import house_task
from reelgate.http.billing_routes import BillingRoutes
from reelgate.http.event_routes import EventRoutes
from reelgate.http.task_routes import TaskRoutes
from reelgate.request import Mode
from reelgate.tasks.lists import Filter
from reelgate.tasks.projects import Scope
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore


class TaskPages:
    """The pages under `/console/tasks`."""

    def __init__(
        self,
        guard: Guard,
        *,
        catalog: Catalog,
        store: TaskStore,
        house: TaskRoutes,
        events: EventRoutes,
        money: BillingRoutes,
        names: KeyNames,
    ) -> None:
        self._guard = guard
        self._catalog = catalog
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
            at("GET", "/console/tasks/{id}/forms", self._forms, Scope.READ),
            at("GET", "/console/tasks/{id}/answer", self._answer, Scope.READ),
            at("GET", "/console/tasks/{id}/events", self._live, Scope.READ),
            at("POST", "/console/tasks/{id}/cancel", self._cancel, Scope.CREATE),
            at("POST", "/console/tasks/{id}/delete", self._delete, Scope.CREATE),
        ]

    async def list(self, visit: Visit, which: Filter) -> list[dict[str, Any]]:
        """Return tasks as the pages show them."""
        return [self.told(visit, task) for task in await self._store.lists.page(which)]

    async def _task(self, visit: Visit) -> Response:
        task = await self._guard.task(visit)
        words_ = {state.value: word for state, (word, _) in rendering.STATES.items()}
        story = await self._guard.ask(visit, self._money.timeline, id=task.id)
        return self._guard.page(
            visit,
            "task.html",
            task=self.told(visit, task),
            film=task.delivered,
            inputs=self._inputs(visit, task),
            words=self._words(visit, task),
            answer=self._answered(visit, task),
            owner="",
            story=story,
            state_words=words_,
            mode=MODES[task.request.mode],
        )

    async def _forms(self, visit: Visit) -> Response:
        words = self._words(visit, await self._guard.task(visit))
        return self._guard.page(visit, "forms.html", words=words, owner="")

    async def _answer(self, visit: Visit) -> Response:
        return self._guard.page(visit, "answer.html", answer=self._answered(visit, await self._guard.task(visit)))

    def _words(self, visit: Visit, task: Task) -> dict[str, Any]:
        """Return the task's request in the chosen API's words: in those of the API that it came by, where none is."""
        asked, own = visit.asked("dialect"), task.dialect if task.dialect in sayable() else HOUSE
        said = of_task(task, asked if asked in sayable() else own, self._catalog)
        return shown(said, visit.asked("as"))

    def _answered(self, visit: Visit, task: Task) -> dict[str, Any]:
        """Return the chosen API's answer to a query for the task, and the list of APIs."""
        titles = {one.name: TITLES.get(one.name, one.name) for one in all_dialects()}
        titles = {name: titles[name] for name in (*(name for name in TITLES if name in titles), *titles)}
        asked = visit.asked("answer")
        dialect = asked if asked in titles else HOUSE
        model = self._catalog.of(task.made_with, task.sold_by, or_like=True)
        body = by_name(dialect).render(task, model, self._guard.links(visit)).body
        text = msgspec.json.format(msgspec.json.encode(body), indent=2).decode()
        return {"dialect": dialect, "titles": titles, "text": text}

    def _inputs(self, visit: Visit, task: Task) -> Sequence[dict[str, Any]]:
        """Return what the task was given: the input's word, its kind, what was measured, a link where it is kept."""
        links = self._guard.links(visit)
        return [
            {
                "word": INPUTS.get((item.role, item.kind), ("", item.field))[1],
                "kind": item.kind.value,
                "facts": item.facts,
                "url": links(task, f"input-{number}") if item.blob and item.facts else "",
            }
            for number, item in enumerate(task.request.ordered.media)
        ]

    async def _card(self, visit: Visit) -> Response:
        task = await self._guard.task(visit)
        return self._guard.page(visit, "card.html", task=self.told(visit, task), film=task.delivered)

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
