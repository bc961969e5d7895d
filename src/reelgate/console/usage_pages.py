"""Spending: a month by day, model and key, compared with the month before, and the use of the limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.responses import Response

from reelgate.console import months
from reelgate.console.charts import month_chart
from reelgate.console.guard import Guard, Page, Visit
from reelgate.console.key_names import KeyNames
from reelgate.http.admin_routes import ManagementRoutes
from reelgate.http.billing_routes import BillingRoutes
from reelgate.tasks.projects import Scope

_GROUPS = {"model": "Model", "key": "Key", "day": "Day"}
_SHOWN = 8
"""Models that have a bar of their own."""
NEAR = 0.8
"""From this part of a limit on it is called near."""


class UsagePages:
    """The pages under `/console/usage`."""

    def __init__(self, guard: Guard, *, money: BillingRoutes, admin: ManagementRoutes, names: KeyNames) -> None:
        self._guard = guard
        self._money = money
        self._admin = admin
        self._names = names

    def routes(self) -> list[Page]:
        """Return the routes."""
        at = self._guard.at
        return [
            at("GET", "/console/usage", self._usage, Scope.READ),
            at("GET", "/console/usage.csv", self._csv, Scope.READ),
        ]

    async def _usage(self, visit: Visit) -> Response:
        guard = self._guard
        month = months.month_of(visit.asked("month"), guard.clock.now())
        group = visit.asked("by") if visit.asked("by") in _GROUPS else "model"
        project = visit.asked("project") or visit.key.project_id
        now_spent = await guard.ask(visit, self._money.usage, query=_span(month, project))
        then = await guard.ask(visit, self._money.usage, query=_span(months.before(month), project, "day"))
        rows = now_spent["data"]
        by_day = _summed(rows, "day")
        chart = month_chart(
            {int(day[-2:]): sums["charged_micros"] + sums["held_micros"] for day, sums in by_day.items()},
            {int(row["day"][-2:]): row["charged_micros"] + row["held_micros"] for row in then["data"]},
            months.last_day(month).day,
        )
        names = await self._names.of(visit, project)
        grouped = sorted(_summed(rows, group).items(), key=lambda pair: -pair[1]["charged_micros"])
        models = sorted(_spent(rows).items(), key=lambda pair: -pair[1])[:_SHOWN]
        own = project == visit.key.project_id
        return guard.page(
            visit,
            "usage.html",
            month=f"{month:%Y-%m}",
            month_name=months.name(month),
            before_name=months.name(months.before(month)),
            listed=months.lately(guard.clock.now()),
            chart=chart,
            total=now_spent["total"],
            total_before=then["total"],
            models=models,
            most=max([spent for _, spent in models] + [1]),
            rows=sorted(grouped) if group == "day" else grouped,
            group=group,
            groups=_GROUPS,
            names=names,
            asked=project,
            projects=await self._projects(visit),
            limits=_limits(await guard.ask(visit, self._money.balance)) if own else [],
            balance=await guard.ask(visit, self._money.balance) if own else None,
        )

    async def _csv(self, visit: Visit) -> Response:
        month = months.month_of(visit.asked("month"), self._guard.clock.now())
        project = visit.asked("project") or visit.key.project_id
        answer = await self._guard.answer(visit, self._money.usage, query={**_span(month, project), "format": "csv"})
        answer.headers["content-disposition"] = f'attachment; filename="usage-{month:%Y-%m}.csv"'
        return answer

    async def _projects(self, visit: Visit) -> list[tuple[str, str]]:
        """Return the projects that the visitor may look at."""
        if not visit.may(Scope.ADMIN):
            return []
        found = await self._guard.ask(visit, self._admin.projects, query={"limit": "100"})
        return [(project["id"], project["name"]) for project in found["data"]]


def _span(month: date, project: str, groups: str = "day,model,key") -> dict[str, str]:
    return {"from": str(month), "to": str(months.last_day(month)), "group_by": groups, "project": project}


def _summed(rows: list[dict[str, Any]], group: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"tasks": 0, "charged_micros": 0, "held_micros": 0})
    for row in rows:
        for name in ("tasks", "charged_micros", "held_micros"):
            found[row[group]][name] += row[name]
    return dict(found)


def _spent(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Return what each model's tasks were charged and hold."""
    return {model: sums["charged_micros"] + sums["held_micros"] for model, sums in _summed(rows, "model").items()}


def _limits(balance: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the spending limits: whose, for which period, spent, maximum, and share used."""
    found = []
    for whose, spans in balance["spending"].items():
        for span, state in spans.items():
            if state["limit_micros"] is None:
                continue
            most, spent = state["limit_micros"], state["spent_micros"]
            share = spent / most if most else 1.0
            found.append({"whose": whose, "span": span, "spent": spent, "most": most, "near": share >= NEAR})
    return found
