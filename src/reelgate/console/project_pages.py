"""Projects and their keys: made, limited, rotated, revoked; a secret is shown once."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response

from reelgate.console.forms import body_of, typed
from reelgate.console.guard import Guard, Json, Page, Visit
from reelgate.errors import ReelgateError
from reelgate.http.admin_routes import ManagementRoutes
from reelgate.tasks.projects import Scope

_PROJECT = (
    "name",
    "creates_per_minute",
    "tasks_at_once",
    "overflow",
    "priority",
    "weight",
    "spend_day_micros",
    "spend_total_micros",
    "budget_month_micros",
    "floor_micros",
    "multiplier_ppm",
)
_KEY = ("name", "models", "expires_at", "creates_per_minute", "tasks_at_once", "spend_day_micros", "spend_total_micros")


class ProjectPages:
    """The pages under `/console/projects` and `/console/keys`."""

    def __init__(self, guard: Guard, *, admin: ManagementRoutes) -> None:
        self._guard = guard
        self._admin = admin

    def routes(self) -> list[Page]:
        """Return the routes."""
        pages = (
            ("GET", "projects", self._projects),
            ("POST", "projects", self._add_project),
            ("GET", "projects/{id}", self._project),
            ("POST", "projects/{id}", self._change_project),
            ("POST", "projects/{id}/archive", self._archive),
            ("POST", "projects/{id}/restore", self._restore),
            ("POST", "projects/{id}/payments", self._pay),
            ("POST", "projects/{id}/keys", self._add_key),
            ("GET", "keys/{id}", self._key),
            ("POST", "keys/{id}", self._change_key),
            ("POST", "keys/{id}/rotate", self._rotate),
            ("POST", "keys/{id}/revoke", self._revoke),
        )
        at = self._guard.at
        return [at(verb, f"/console/{path}", page, Scope.ADMIN) for verb, path, page in pages]

    # Projects

    async def _projects(self, visit: Visit, error: ReelgateError | None = None) -> Response:
        page = {"limit": "100", "cursor": visit.asked("after")}
        found = await self._guard.ask(visit, self._admin.projects, query=page)
        return self._show(visit, "projects.html", error, projects=found["data"], more=found["next_cursor"])

    async def _add_project(self, visit: Visit) -> Response:
        try:
            made = await self._guard.ask(visit, self._admin.add_project, body=body_of(visit, ("id", "name")))
        except ReelgateError as error:
            return await self._projects(visit, error)
        return RedirectResponse(f"/console/projects/{made['id']}", 303)

    async def _project(self, visit: Visit, error: ReelgateError | None = None, made: Json | None = None) -> Response:
        ask, admin, named = self._guard.ask, self._admin, visit.named
        keys = await ask(visit, admin.list_keys, query={"project_id": named, "limit": "100"})
        return self._show(
            visit,
            "project.html",
            error,
            one=await ask(visit, admin.project, id=named),
            keys=keys["data"],
            more=keys["has_more"],
            balance=await ask(visit, admin.balance, id=named),
            payments=(await ask(visit, admin.payments, id=named))["data"],
            made=made,
        )

    async def _change_project(self, visit: Visit) -> Response:
        return await self._done(visit, self._admin.change_project, body_of(visit, _PROJECT))

    async def _archive(self, visit: Visit) -> Response:
        return await self._done(visit, self._admin.archive_project, {})

    async def _restore(self, visit: Visit) -> Response:
        return await self._done(visit, self._admin.restore_project, {})

    async def _pay(self, visit: Visit) -> Response:
        fields = ("kind", "amount_micros", "reference", "reason")
        return await self._done(visit, self._admin.pay, body_of(visit, fields))

    async def _done(self, visit: Visit, handler: Any, body: Json) -> Response:
        """Change a project and show it; an error is shown at its field."""
        try:
            await self._guard.ask(visit, handler, id=visit.named, body=body)
        except ReelgateError as error:
            return await self._project(visit, error)
        return RedirectResponse(f"/console/projects/{visit.named}", 303)

    # Keys

    async def _add_key(self, visit: Visit) -> Response:
        body = {**body_of(visit, _KEY), "project_id": visit.named, "scopes": _scopes(visit), "strict": _strict(visit)}
        try:
            made = await self._guard.ask(visit, self._admin.add_key, body=body)
        except ReelgateError as error:
            return await self._project(visit, error)
        return await self._project(visit, made=made)

    async def _key(self, visit: Visit, error: ReelgateError | None = None, made: Json | None = None) -> Response:
        one = await self._guard.ask(visit, self._admin.key, id=visit.named)
        return self._show(visit, "key.html", error, one=one, made=made)

    async def _change_key(self, visit: Visit) -> Response:
        try:
            body = {**body_of(visit, _KEY), "scopes": _scopes(visit), "strict": _strict(visit)}
            await self._guard.ask(visit, self._admin.change_key, id=visit.named, body=body)
        except ReelgateError as error:
            return await self._key(visit, error)
        return RedirectResponse(f"/console/keys/{visit.named}", 303)

    async def _rotate(self, visit: Visit) -> Response:
        try:
            body = body_of(visit, ("overlap_seconds",))
            made = await self._guard.ask(visit, self._admin.rotate_key, id=visit.named, body=body)
        except ReelgateError as error:
            return await self._key(visit, error)
        return await self._key(visit, made=made)

    async def _revoke(self, visit: Visit) -> Response:
        try:
            await self._guard.ask(visit, self._admin.revoke_key, id=visit.named, body={})
        except ReelgateError as error:
            return await self._key(visit, error)
        return RedirectResponse(f"/console/keys/{visit.named}", 303)

    def _show(self, visit: Visit, template: str, error: ReelgateError | None, **values: Any) -> Response:
        status = error.status if error else 200
        return self._guard.page(visit, template, status, error=error, form=typed(visit), **values)


def _strict(visit: Visit) -> bool:
    return bool(visit.form.get("strict"))


def _scopes(visit: Visit) -> list[str]:
    return [scope.value for scope in Scope if visit.form.get(f"scope_{scope.value}")]
