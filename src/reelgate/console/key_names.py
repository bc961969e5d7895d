"""The names of a project's keys, which pages show instead of their ids."""

from __future__ import annotations

from collections.abc import Mapping

from reelgate.console.guard import Guard, Visit
from reelgate.http.admin_routes import ManagementRoutes
from reelgate.tasks.projects import Scope


class KeyNames:
    """Asks the API for the keys that a visitor may know."""

    def __init__(self, guard: Guard, admin: ManagementRoutes) -> None:
        self._guard = guard
        self._admin = admin

    async def of(self, visit: Visit, project: str) -> Mapping[str, str]:
        """Return a project's keys by id with their names; only an operator sees other keys than its own."""
        if not visit.may(Scope.ADMIN):
            return {visit.key.id: visit.key.name}
        keys = await self._guard.ask(visit, self._admin.list_keys, query={"project_id": project, "limit": "100"})
        return {key["id"]: key["name"] for key in keys["data"]}
