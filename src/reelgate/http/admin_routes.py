"""`/admin/v1`: projects, keys and the audit log, for keys with the admin scope.

Nothing of what projects make is shown here, neither prompts nor videos: an admin's key sees its own project's tasks on
the ordinary routes, as every key does.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import msgspec
from starlette.responses import Response

from reelgate import ids, limits
from reelgate.access.fields import EXACT, FORMER, former_names
from reelgate.access.keyring import KeyRing
from reelgate.access.load_shedding import Door
from reelgate.access.management import Manager
from reelgate.access.shown import audit_body, key_body, project_body
from reelgate.billing.payments import Payments, balance_body, payment_body
from reelgate.clock import Clock
from reelgate.dialects import signing
from reelgate.dialects.query import Parameter, Query, text, whole
from reelgate.errors import InvalidField
from reelgate.http.answer_types.billing import PaymentList, PaymentOrder, ProjectBalance
from reelgate.http.answer_types.operators import (
    AuditPage,
    KeyAnswer,
    KeyChange,
    KeyOrder,
    KeyPage,
    KeyWithSecret,
    ProjectAnswer,
    ProjectChange,
    ProjectOrder,
    ProjectPage,
)
from reelgate.http.answer_types.webhooks import Overlap
from reelgate.http.body import read_body
from reelgate.http.caller import Caller
from reelgate.http.json_body import decode
from reelgate.http.responses import JsonResponse
from reelgate.http.route import route
from reelgate.tasks.projects import AuditFilter, Key, ProjectStore, Scope

Json = dict[str, Any]

_DEPRECATED = "x-reelgate-deprecated-fields"
"""The header that names fields of a body whose names are of earlier versions."""
_SINCE = "@1795910400"
"""Since when they are (RFC 9745): 2026-11-29."""


_LIMIT = whole("limit", 1, limits.MAX_PAGE_SIZE)
_PAGE = (text("cursor", "The page before's `next_cursor`."), _LIMIT)
_AUDIT = (text("project_id"), text("subject"), text("actor"), whole("cursor", 0, EXACT), _LIMIT)


class AdminCall(msgspec.Struct, frozen=True):
    """A call by an admin: what it names, what it sends, and as whose doing the audit log shows it."""

    id: str
    query: Query
    body: Json
    actor: str


Routes = TypeVar("Routes", bound="AdminRoutes")


def act(
    method: str,
    path: str,
    answers: str,
    gives: Any = dict[str, Any],
    *,
    takes: Any = (),
    query: tuple[Parameter, ...] = (),
) -> Callable[[Callable[[Routes, AdminCall], Awaitable[Json]]], Callable[[Routes, Caller], Awaitable[Response]]]:
    """Declare a route under `/admin/v1`: JSON in, JSON out, and unknown parameters refused."""

    def declared(
        does: Callable[[Routes, AdminCall], Awaitable[Json]],
    ) -> Callable[[Routes, Caller], Awaitable[Response]]:
        @route(
            method,
            f"/admin/v1/{path}",
            Scope.ADMIN,
            door=Door.ADMIN,
            answers=answers,
            gives=gives,
            takes=takes,
            query=query,
        )
        @functools.wraps(does)
        async def handler(self: Routes, caller: Caller) -> Response:
            return await self.answer(caller, functools.partial(does, self))

        return handler

    return declared


class AdminRoutes:
    """A family of routes under `/admin/v1`."""

    def __init__(self, keys: KeyRing, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    async def answer(self, caller: Caller, does: Callable[[AdminCall], Awaitable[Json]]) -> Response:
        """Do what a caller asks for."""
        request = caller.request
        reads = request.method in ("GET", "HEAD")
        sent = (
            b""
            if reads or request.method == "DELETE"
            else await read_body(request.scope, request.receive, caller.passage)
        )
        named = request.path_params.get("id", "")
        ask = AdminCall(named, caller.query, decode(sent) if sent else {}, f"key {caller.key.id}")
        body = await does(ask)
        if reads:
            caller.query.refuse_unknown()
        else:
            await self._keys.refresh()  # here at once; other servers learn it at their next refresh
        former = ", ".join(f"{name} (send {FORMER[name]})" for name in former_names(ask.body))
        deprecated = {_DEPRECATED: former, "deprecation": _SINCE} if former else {}
        return JsonResponse(body, headers={"x-request-id": ids.uuid7(self._clock.now()), **deprecated})


class ManagementRoutes(AdminRoutes):
    """The routes of projects, keys and the audit log."""

    def __init__(self, *, store: ProjectStore, payments: Payments, keys: KeyRing, clock: Clock) -> None:
        super().__init__(keys, clock)
        self._store = store
        self._payments = payments
        self._manager = Manager(store, clock)

    @act("GET", "projects", "a page of projects", ProjectPage, query=_PAGE)
    async def projects(self, ask: AdminCall) -> Json:
        """List the projects."""
        after, limit = await self._page(ask, self._store.get)
        return listed(await self._store.list(after=after, limit=limit + 1), limit, project_body)

    @act("POST", "projects", "the project", ProjectAnswer, takes=ProjectOrder)
    async def add_project(self, ask: AdminCall) -> Json:
        """Make a project."""
        return project_body(await self._manager.add_project(ask.body, ask.actor))

    @act("GET", "projects/{id}", "the project", ProjectAnswer)
    async def project(self, ask: AdminCall) -> Json:
        """Show a project."""
        return project_body(await self._manager.project(ask.id))

    @act("PATCH", "projects/{id}", "the project", ProjectAnswer, takes=ProjectChange)
    async def change_project(self, ask: AdminCall) -> Json:
        """Change a project."""
        return project_body(await self._manager.change_project(ask.id, ask.body, ask.actor))

    @act("POST", "projects/{id}/archive", "the project", ProjectAnswer)
    async def archive_project(self, ask: AdminCall) -> Json:
        """Archive a project: its keys stop working."""
        return project_body(await self._manager.archive_project(ask.id, ask.actor))

    @act("POST", "projects/{id}/restore", "the project", ProjectAnswer)
    async def restore_project(self, ask: AdminCall) -> Json:
        """Restore an archived project."""
        return project_body(await self._manager.restore_project(ask.id, ask.actor))

    @act("GET", "projects/{id}/balance", "the balance", ProjectBalance)
    async def balance(self, ask: AdminCall) -> Json:
        """Show a project's balance."""
        return balance_body(await self._payments.balance(ask.id))

    @act("GET", "projects/{id}/payments", "the payments", PaymentList)
    async def payments(self, ask: AdminCall) -> Json:
        """List a project's payments."""
        return {"object": "list", "data": [payment_body(paid) for paid in await self._payments.payments(ask.id)]}

    @act("POST", "projects/{id}/payments", "the balance", ProjectBalance, takes=PaymentOrder)
    async def pay(self, ask: AdminCall) -> Json:
        """Record a payment."""
        return balance_body(await self._payments.pay(ask.id, ask.body, ask.actor))

    @act("GET", "keys", "a page of keys", KeyPage, query=(*_PAGE, text("project_id")))
    async def list_keys(self, ask: AdminCall) -> Json:
        """List the keys."""
        after, limit = await self._page(ask, self._store.key)
        project_id = ask.query.text("project_id")
        if project_id:
            await self._manager.project(project_id)
        found = await self._store.keys(project_id=project_id, after=after, limit=limit + 1)
        return listed(found, limit, self._shown)

    @act("POST", "keys", "the key with its secret", KeyWithSecret, takes=KeyOrder)
    async def add_key(self, ask: AdminCall) -> Json:
        """Make a key."""
        return self._with_secret(*await self._manager.add_key(ask.body, ask.actor))

    @act("GET", "keys/{id}", "the key", KeyAnswer)
    async def key(self, ask: AdminCall) -> Json:
        """Show a key, without its secret."""
        return self._shown(await self._manager.key(ask.id))

    @act("PATCH", "keys/{id}", "the key", KeyAnswer, takes=KeyChange)
    async def change_key(self, ask: AdminCall) -> Json:
        """Change a key."""
        return self._shown(await self._manager.change_key(ask.id, ask.body, ask.actor))

    @act("POST", "keys/{id}/revoke", "the key", KeyAnswer)
    async def revoke_key(self, ask: AdminCall) -> Json:
        """Revoke a key."""
        return self._shown(await self._manager.revoke_key(ask.id, ask.actor))

    @act("POST", "keys/{id}/rotate", "the key with its new secret", KeyWithSecret, takes=Overlap)
    async def rotate_key(self, ask: AdminCall) -> Json:
        """Give a key a new secret."""
        return self._with_secret(*await self._manager.rotate_key(ask.id, ask.body, ask.actor))

    @act("GET", "audit", "a page of the audit log", AuditPage, query=_AUDIT)
    async def audit(self, ask: AdminCall) -> Json:
        """Show who changed what."""
        limit = limit_of(ask)
        which = AuditFilter(
            project_id=ask.query.text("project_id"),
            subject=ask.query.text("subject"),
            actor=ask.query.text("actor"),
            before_seq=ask.query.integer("cursor", 0, EXACT),
            limit=limit + 1,
        )
        return listed(await self._store.audit(which), limit, audit_body)

    async def _page(self, ask: AdminCall, get: Callable[[str], Awaitable[object | None]]) -> tuple[str, int]:
        """Return after which id a page begins, and its size."""
        after = ask.query.text("cursor")
        if after and await get(after) is None:
            raise InvalidField.out_of_range("cursor", after, "the next_cursor of the page before")
        return after, limit_of(ask)

    def _with_secret(self, key: Key, secret: str) -> Json:
        more = {"signing_secret": self._keys.signing_secret(key)} if signing() else {}
        return {**self._shown(key), "secret": secret, **more}

    def _shown(self, key: Key) -> Json:
        return key_body(key, self._clock.now())


def limit_of(ask: AdminCall) -> int:
    """Return how many items a page may have."""
    return ask.query.integer("limit", 1, limits.MAX_PAGE_SIZE) or limits.PAGE_SIZE


def listed(found: Sequence[Any], limit: int, body: Callable[[Any], Json]) -> Json:
    """Return a page from a query for one item more than it shows."""
    page = [body(item) for item in found[:limit]]
    more = len(found) > limit
    return {"object": "list", "data": page, "has_more": more, "next_cursor": str(page[-1]["id"]) if more else None}
