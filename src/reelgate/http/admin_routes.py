"""`/admin/v1`: projects, keys and the audit log, for whoever holds a key with the admin scope.

Nothing of what projects make is shown here, neither prompts nor videos: an admin's key sees its own project's tasks on
the ordinary routes, as every key does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reelgate import ids, limits
from reelgate.access.fields import EXACT
from reelgate.access.keyring import KeyRing, key_state
from reelgate.access.load_shedding import Door, Gate
from reelgate.access.management import Manager
from reelgate.billing.payments import Treasury, balance_body, payment_body
from reelgate.clock import Clock
from reelgate.dialects.query import Query
from reelgate.errors import InvalidField
from reelgate.http.body import credential, read_body
from reelgate.http.json_body import decode
from reelgate.http.responses import JsonResponse
from reelgate.tasks.projects import Audit, AuditFilter, Key, Project, ProjectStore, Scope

Json = dict[str, Any]


class Ask(msgspec.Struct, frozen=True):
    """A call by an admin: what it names, what it sends, and as whose doing the audit log shows it."""

    id: str
    query: Query
    body: Json
    actor: str


Act = Callable[[Ask], Awaitable[Json]]


class Admin:
    """The routes under `/admin/v1`."""

    def __init__(self, *, store: ProjectStore, treasury: Treasury, keys: KeyRing, gate: Gate, clock: Clock) -> None:
        self._store = store
        self._gate = gate
        self._treasury = treasury
        self._keys = keys
        self._clock = clock
        self._manager = Manager(store, clock)

    def routes(self) -> list[Route]:
        """Return the Starlette routes."""
        acts: dict[tuple[str, str], Act] = {
            ("GET", "projects"): self._projects,
            ("POST", "projects"): self._add_project,
            ("GET", "projects/{id}"): self._project,
            ("PATCH", "projects/{id}"): self._change_project,
            ("POST", "projects/{id}/archive"): self._archive_project,
            ("POST", "projects/{id}/restore"): self._restore_project,
            ("GET", "projects/{id}/balance"): self._balance,
            ("GET", "projects/{id}/payments"): self._payments,
            ("POST", "projects/{id}/payments"): self._pay,
            ("GET", "keys"): self._list_keys,
            ("POST", "keys"): self._add_key,
            ("GET", "keys/{id}"): self._key,
            ("PATCH", "keys/{id}"): self._change_key,
            ("POST", "keys/{id}/revoke"): self._revoke_key,
            ("POST", "keys/{id}/rotate"): self._rotate_key,
            ("GET", "audit"): self._audit,
        }
        return [self._mounted(method, path, act) for (method, path), act in acts.items()]

    def _mounted(self, method: str, path: str, act: Act) -> Route:
        async def endpoint(request: Request) -> Response:
            key = self._keys.check(credential(request.scope), Scope.ADMIN)
            with self._gate.visited(key, Door.ADMIN) as passage:
                sent = b"" if method == "GET" else await read_body(request.scope, request.receive, passage)
                named = request.path_params.get("id", "")
                query = Query({name: request.query_params.getlist(name) for name in request.query_params})
                body = await act(Ask(named, query, decode(sent) if sent else {}, f"key {key.id}"))
                if method == "GET":
                    query.refuse_unknown()
            if method != "GET":
                await self._keys.refresh()  # here at once; other servers learn it at their next refresh
            return JsonResponse(body, headers={"x-request-id": ids.uuid7(self._clock.now())})

        return Route(f"/admin/v1/{path}", endpoint, methods=[method])

    async def _projects(self, ask: Ask) -> Json:
        after, limit = await self._page(ask, self._store.get)
        return listed(await self._store.list(after=after, limit=limit + 1), limit, project_body)

    async def _add_project(self, ask: Ask) -> Json:
        return project_body(await self._manager.add_project(ask.body, ask.actor))

    async def _project(self, ask: Ask) -> Json:
        return project_body(await self._manager.project(ask.id))

    async def _change_project(self, ask: Ask) -> Json:
        return project_body(await self._manager.change_project(ask.id, ask.body, ask.actor))

    async def _archive_project(self, ask: Ask) -> Json:
        return project_body(await self._manager.archive_project(ask.id, ask.actor))

    async def _restore_project(self, ask: Ask) -> Json:
        return project_body(await self._manager.restore_project(ask.id, ask.actor))

    async def _balance(self, ask: Ask) -> Json:
        return balance_body(await self._treasury.balance(ask.id))

    async def _payments(self, ask: Ask) -> Json:
        return {"object": "list", "data": [payment_body(paid) for paid in await self._treasury.payments(ask.id)]}

    async def _pay(self, ask: Ask) -> Json:
        return balance_body(await self._treasury.pay(ask.id, ask.body, ask.actor))

    async def _list_keys(self, ask: Ask) -> Json:
        after, limit = await self._page(ask, self._store.key)
        project_id = ask.query.text("project_id")
        if project_id:
            await self._manager.project(project_id)
        found = await self._store.keys(project_id=project_id, after=after, limit=limit + 1)
        return listed(found, limit, self._shown)

    async def _add_key(self, ask: Ask) -> Json:
        key, secret = await self._manager.add_key(ask.body, ask.actor)
        return {**self._shown(key), "secret": secret}

    async def _key(self, ask: Ask) -> Json:
        return self._shown(await self._manager.key(ask.id))

    async def _change_key(self, ask: Ask) -> Json:
        return self._shown(await self._manager.change_key(ask.id, ask.body, ask.actor))

    async def _revoke_key(self, ask: Ask) -> Json:
        return self._shown(await self._manager.revoke_key(ask.id, ask.actor))

    async def _rotate_key(self, ask: Ask) -> Json:
        key, secret = await self._manager.rotate_key(ask.id, ask.body, ask.actor)
        return {**self._shown(key), "secret": secret}

    async def _audit(self, ask: Ask) -> Json:
        limit = _limit(ask)
        which = AuditFilter(
            project_id=ask.query.text("project_id"),
            subject=ask.query.text("subject"),
            actor=ask.query.text("actor"),
            before_seq=ask.query.integer("cursor", 0, EXACT),
            limit=limit + 1,
        )
        return listed(await self._store.audit(which), limit, audit_body)

    async def _page(self, ask: Ask, get: Callable[[str], Awaitable[object | None]]) -> tuple[str, int]:
        """Return after which id a page begins, and its size."""
        after = ask.query.text("cursor")
        if after and await get(after) is None:
            raise InvalidField.out_of_range("cursor", after, "the next_cursor of the page before")
        return after, _limit(ask)

    def _shown(self, key: Key) -> Json:
        return key_body(key, self._clock.now())


def _limit(ask: Ask) -> int:
    return ask.query.integer("limit", 1, limits.MAX_PAGE_SIZE) or limits.PAGE_SIZE


def listed(found: Sequence[Any], limit: int, body: Callable[[Any], Json]) -> Json:
    """Return a page, of which one item more was asked for than it shows."""
    page = [body(item) for item in found[:limit]]
    more = len(found) > limit
    return {"object": "list", "data": page, "has_more": more, "next_cursor": str(page[-1]["id"]) if more else None}


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000


def project_body(project: Project) -> Json:
    """Return a project as it is shown; times are Unix seconds, null is no limit."""
    return {
        "id": project.id,
        "object": "project",
        "name": project.name,
        "created_at": _seconds(project.created_at),
        "archived_at": _seconds(project.archived_at),
        "multiplier_ppm": project.multiplier_ppm,
        "floor_micros": project.floor_micros,
        "requests_per_minute": project.requests_per_minute,
        "tasks_at_once": project.tasks_at_once,
        "overflow": project.overflow,
        "priority": project.priority,
        "weight": project.weight,
        "spend_day_micros": project.spend_day_micros,
        "spend_total_micros": project.spend_total_micros,
    }


def key_body(key: Key, now: int) -> Json:
    """Return a key as it is shown, without its secret; `former_until` says how long former secrets open yet."""
    return {
        "id": key.id,
        "object": "key",
        "project_id": key.project_id,
        "name": key.name,
        "prefix": key.prefix,
        "state": key_state(key, now),
        "scopes": key.scopes,
        "models": key.models,
        "created_at": _seconds(key.created_at),
        "expires_at": _seconds(key.expires_at),
        "revoked_at": _seconds(key.revoked_at),
        "former_until": [_seconds(former.until) for former in key.former if former.until > now],
        "requests_per_minute": key.requests_per_minute,
        "tasks_at_once": key.tasks_at_once,
        "spend_day_micros": key.spend_day_micros,
        "spend_total_micros": key.spend_total_micros,
    }


def audit_body(line: Audit) -> Json:
    """Return a line of the audit log as it is shown."""
    return {
        "id": line.seq,
        "object": "audit",
        "at": _seconds(line.at),
        "actor": line.actor,
        "action": line.action,
        "project_id": line.project_id,
        "subject": line.subject,
        "before": None if line.before is None else msgspec.Raw(line.before.encode()),
        "after": None if line.after is None else msgspec.Raw(line.after.encode()),
    }
