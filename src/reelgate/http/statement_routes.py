"""Statements by month, and accounts' costs and margins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from reelgate.access.keyring import KeyRing
from reelgate.billing.reconciliation import Margin, margins
from reelgate.billing.statements import read_month, statement
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.dialects.query import text, whole
from reelgate.http.admin_routes import AdminCall, AdminRoutes, Json, act
from reelgate.http.answer_types.billing import MarginList, StatementAnswer
from reelgate.http.billing_routes import project_asked
from reelgate.http.caller import Caller
from reelgate.http.responses import JsonResponse
from reelgate.http.route import route
from reelgate.providers.account import BUILT_IN
from reelgate.tasks.money import CURRENCY
from reelgate.tasks.projects import Scope
from reelgate.tasks.scripts import DAY_MS
from reelgate.tasks.store import TaskStore

_MAX_DAYS = 366
_MONTH = (text("month", "Such as 2027-01."), text("format", words=("json", "csv")), text("project"))


class StatementRoutes(AdminRoutes):
    """What an accountant asks for."""

    def __init__(
        self,
        *,
        store: TaskStore,
        keys: KeyRing,
        catalog: Catalog,
        kinds: Mapping[str, str],
        charges_late: Callable[[str], bool],
        clock: Clock,
    ) -> None:
        """`kinds` says of each account whose it is, `charges_late` whether clients pay for what is found there late."""
        super().__init__(keys, clock)
        self._store = store
        self._catalog = catalog
        self._kinds = kinds
        self._charges_late = charges_late

    @route(
        "GET",
        "/v1/statement",
        Scope.READ,
        answers="the statement",
        gives={200: (StatementAnswer, "text/csv")},
        query=_MONTH,
    )
    async def statement(self, caller: Caller) -> Response:
        """Show a project's month: balances, payments, charges by model and key; as CSV if asked for."""
        query = caller.query
        month = read_month(query.text("month"), self._clock.now())
        form = query.choice("format", ("json", "csv"))
        project_id = project_asked(self._keys, caller.key, query.text("project"))
        query.refuse_unknown()
        now = self._clock.now()
        found = await statement(self._store, project_id, month, now, charges_late=self._charges_late)
        if form == "csv":
            name = f"statement-{project_id}-{found.month}.csv"
            headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
            return Response(found.text(), media_type="text/csv", headers=headers)
        return JsonResponse(found.body())

    @act("GET", "margins", "cost and margin by account and model", MarginList, query=(whole("days", 1, _MAX_DAYS),))
    async def margins(self, ask: AdminCall) -> Json:
        """Show what finished tasks of the last `days` were charged, and their cost by the vendors' prices."""
        days = ask.query.integer("days", 1, _MAX_DAYS) or 7
        since = self._clock.now() - days * DAY_MS
        found = await margins(self._store, self._catalog, self._kinds, free=BUILT_IN, since=since)
        return {"object": "list", "days": days, "currency": CURRENCY, "data": [margin_body(one) for one in found]}


def margin_body(one: Margin) -> dict[str, Any]:
    """Return a margin; null is a cost that the catalog does not know."""
    return {
        "account": one.provider,
        "model": one.model,
        "tasks": one.tasks,
        "charged_micros": one.charged,
        "cost_micros": one.cost,
        "lost": one.lost,
        "lost_cost_micros": one.lost_cost,
        "margin_micros": one.margin,
    }
