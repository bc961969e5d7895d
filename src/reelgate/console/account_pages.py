"""Pages for accountants and operators: a month's statement, cost and margin, what the server was started with."""

from __future__ import annotations

from starlette.responses import Response

from reelgate.console import months
from reelgate.console.guard import Guard, Page, Visit
from reelgate.console.key_names import KeyNames
from reelgate.http.about_routes import AboutRoutes
from reelgate.http.statement_routes import StatementRoutes
from reelgate.tasks.projects import Scope


class AccountPages:
    """The pages `/console/statement`, `/console/margins` and `/console/settings`."""

    def __init__(self, guard: Guard, *, statements: StatementRoutes, about: AboutRoutes, names: KeyNames) -> None:
        self._guard = guard
        self._names = names
        self._statements = statements
        self._about = about

    def routes(self) -> list[Page]:
        """Return the routes."""
        at = self._guard.at
        return [
            at("GET", "/console/statement", self._statement, Scope.READ),
            at("GET", "/console/statement.csv", self._csv, Scope.READ),
            at("GET", "/console/margins", self._margins, Scope.ADMIN),
            at("GET", "/console/settings", self._settings, Scope.ADMIN),
        ]

    async def _statement(self, visit: Visit) -> Response:
        query = {"month": visit.asked("month"), "project": visit.asked("project")}
        found = await self._guard.ask(visit, self._statements.statement, query=query)
        month = months.month_of(found["month"], self._guard.clock.now())
        names = await self._names.of(visit, found["project"])
        return self._guard.page(visit, "statement.html", one=found, month_name=months.name(month), names=names)

    async def _csv(self, visit: Visit) -> Response:
        query = {"month": visit.asked("month"), "project": visit.asked("project"), "format": "csv"}
        return await self._guard.answer(visit, self._statements.statement, query=query)

    async def _margins(self, visit: Visit) -> Response:
        days = visit.asked("days") if visit.asked("days") in ("1", "7", "30") else "7"
        found = await self._guard.ask(visit, self._statements.margins, query={"days": days})
        return self._guard.page(visit, "margins.html", rows=found["data"], days=days)

    async def _settings(self, visit: Visit) -> Response:
        return self._guard.page(visit, "settings.html", found=await self._guard.ask(visit, self._about.settings))
