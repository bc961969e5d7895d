"""What an operator watches and does: accounts, tasks of all projects, the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response

from reelgate import limits
from reelgate.console import rendering, words
from reelgate.console.forms import body_of
from reelgate.console.guard import Guard, Handler, Json, Page, Visit
from reelgate.errors import ReelgateError
from reelgate.http.admin_routes import ManagementRoutes
from reelgate.http.operating_routes import OperatingRoutes
from reelgate.tasks.projects import Scope
from reelgate.tasks.states import State

STATUSES = {
    "": "All",
    "queued,submitting,running,collecting": "Under way",
    "unknown": "Unknown",
    "succeeded": "Done",
    "failed,expired": "Failed",
    "cancelled": "Cancelled",
}
_FILTERS = ("status", "project_id", "account", "model", "error_code")


class ProviderPages:
    """The pages under `/console/providers`."""

    def __init__(self, guard: Guard, *, operating: OperatingRoutes) -> None:
        self._guard = guard
        self._operating = operating

    def routes(self) -> list[Page]:
        """Return the routes."""
        at = self._guard.at
        pages = (
            ("GET", "", self._all),
            ("POST", "", self._reload),
            ("POST", "/{id}/pause", self._pause),
            ("POST", "/{id}/resume", self._resume),
            ("POST", "/{id}/test", self._test),
            ("POST", "/{id}/settle", self._settle_all),
        )
        return [at(verb, f"/console/providers{path}", page, Scope.ADMIN) for verb, path, page in pages]

    async def _all(
        self,
        visit: Visit,
        error: ReelgateError | None = None,
        tested: Json | None = None,
        settled: int | None = None,
        reloaded: Json | None = None,
    ) -> Response:
        ask, operating = self._guard.ask, self._operating
        accounts = (await ask(visit, operating.accounts))["data"]
        unknown = {one["id"]: one["unknown"] for one in accounts if one["unknown"]}
        query = {"status": "unknown", "limit": "20"}
        doubtful = (await ask(visit, operating.tasks, query=query))["data"] if unknown else []
        return self._guard.page(
            visit,
            "providers.html",
            error.status if error else 200,
            error=error,
            accounts=accounts,
            doubtful=doubtful,
            unknown=unknown,
            tested=tested,
            settled=settled,
            reloaded=reloaded,
        )

    async def _reload(self, visit: Visit) -> Response:
        try:
            body = {"check": visit.text("check") == "yes"}
            found = await self._guard.ask(visit, self._operating.reload, body=body)
        except ReelgateError as error:
            return await self._all(visit, error)
        return await self._all(visit, reloaded=found)

    async def _pause(self, visit: Visit) -> Response:
        return await self._done(visit, self._operating.pause, body_of(visit, ("reason",)))

    async def _resume(self, visit: Visit) -> Response:
        return await self._done(visit, self._operating.resume, {})

    async def _test(self, visit: Visit) -> Response:
        try:
            found = await self._guard.ask(visit, self._operating.test, id=visit.named, body={})
        except ReelgateError as error:
            return await self._all(visit, error)
        return await self._all(visit, tested=found)

    async def _settle_all(self, visit: Visit) -> Response:
        try:
            body = body_of(visit, ("verdict",))
            found = await self._guard.ask(visit, self._operating.settle_all, id=visit.named, body=body)
        except ReelgateError as error:
            return await self._all(visit, error)
        return await self._all(visit, settled=len(found["data"]))

    async def _done(self, visit: Visit, handler: Handler, body: Json) -> Response:
        try:
            await self._guard.ask(visit, handler, id=visit.named, body=body)
        except ReelgateError as error:
            return await self._all(visit, error)
        return RedirectResponse("/console/providers", 303)


class AllTaskPages:
    """The pages under `/console/all-tasks`."""

    def __init__(self, guard: Guard, *, operating: OperatingRoutes) -> None:
        self._guard = guard
        self._operating = operating

    def routes(self) -> list[Page]:
        """Return the routes."""
        at = self._guard.at
        pages = (
            ("GET", "", self._all),
            ("GET", "/{id}", self._one),
            ("POST", "/{id}/cancel", self._cancel),
            ("POST", "/{id}/settle", self._settle),
            ("POST", "/{id}/delete", self._delete),
        )
        return [at(verb, f"/console/all-tasks{path}", page, Scope.ADMIN) for verb, path, page in pages]

    async def _all(self, visit: Visit) -> Response:
        asked = {name: visit.asked(name) for name in _FILTERS}
        query = {**asked, "cursor": visit.asked("cursor"), "limit": str(limits.CONSOLE_PAGE)}
        found = await self._guard.ask(visit, self._operating.tasks, query=query)
        tasks = [told(task) for task in found["data"]]
        return self._guard.page(
            visit, "all-tasks.html", tasks=tasks, more=found["next_cursor"], asked=asked, statuses=STATUSES
        )

    async def _one(self, visit: Visit, error: ReelgateError | None = None) -> Response:
        task = await self._guard.ask(visit, self._operating.task, id=visit.named)
        raw = msgspec.json.format(msgspec.json.encode(task), indent=2).decode()
        status = error.status if error else 200
        return self._guard.page(visit, "one-of-all.html", status, error=error, task=told(task), raw=raw)

    async def _cancel(self, visit: Visit) -> Response:
        return await self._done(visit, self._operating.cancel, {})

    async def _settle(self, visit: Visit) -> Response:
        return await self._done(visit, self._operating.settle, body_of(visit, ("verdict", "job")))

    async def _delete(self, visit: Visit) -> Response:
        try:
            await self._guard.ask(visit, self._operating.delete, id=visit.named)
        except ReelgateError as error:
            return await self._one(visit, error)
        return RedirectResponse("/console/all-tasks", 303)

    async def _done(self, visit: Visit, handler: Handler, body: Json) -> Response:
        try:
            await self._guard.ask(visit, handler, id=visit.named, body=body)
        except ReelgateError as error:
            return await self._one(visit, error)
        return RedirectResponse(f"/console/all-tasks/{visit.named}", 303)


class AuditPages:
    """The page at `/console/audit`."""

    def __init__(self, guard: Guard, *, admin: ManagementRoutes) -> None:
        self._guard = guard
        self._admin = admin

    def routes(self) -> list[Page]:
        """Return the routes."""
        return [self._guard.at("GET", "/console/audit", self._audit, Scope.ADMIN)]

    async def _audit(self, visit: Visit) -> Response:
        asked = {name: visit.asked(name) for name in ("actor", "subject", "project_id")}
        query = {**asked, "cursor": visit.asked("cursor"), "limit": "50"}
        found = await self._guard.ask(visit, self._admin.audit, query=query)
        lines = [{**line, "changes": _changes(line)} for line in found["data"]]
        return self._guard.page(visit, "audit.html", lines=lines, more=found["next_cursor"], asked=asked)


def told(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return an operator's task as pages show it."""
    word, look = rendering.STATES[State(task["state"])]
    return {**task, "word": word, "look": look, "ended": State(task["state"]).ended}


def _changes(line: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return what changed: each field's name, former and present value, as text; what is nothing is left out."""
    before, after = line["before"] or {}, line["after"] or {}
    pairs = ((name, _text(name, before.get(name)), _text(name, after[name])) for name in after)
    return [pair for pair in pairs if pair[1] or pair[2]]


def _text(name: str, value: Any) -> str:
    """Return a value as people read it, by the unit at the end of its field's name."""
    if value is None or value in ([], ""):
        return ""
    if isinstance(value, bool):
        return words.translated("yes" if value else "no")
    if isinstance(value, int) and name.endswith("_micros"):
        return f"{words.money(value)} USD"
    if isinstance(value, int) and name.endswith("_ppm"):
        return f"× {words.plain(value)}"
    if isinstance(value, int) and name.endswith("_at"):
        return words.moment(value)
    return words.listed(value) if isinstance(value, list) else str(value)
