"""The house's routes about money: quotes, the balance, the usage, and a task's timeline."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.responses import Response

from reelgate.access.keyring import KeyRing
from reelgate.access.load_shedding import Door
from reelgate.admission.pipeline import Admission
from reelgate.billing.budgets import budget_of
from reelgate.billing.pricing import HeldPrice
from reelgate.billing.quote_tokens import QuoteTokens
from reelgate.billing.quotes import Quote
from reelgate.billing.usage import UsageQuery
from reelgate.catalog import Model
from reelgate.catalog.prices import has_video
from reelgate.clock import Clock
from reelgate.conductor.waiting import Waiting
from reelgate.dialects.query import text
from reelgate.errors import InvalidField, KeyForbidden, ProjectNotFound, shown
from reelgate.http.answer_types.billing import BalanceAnswer, Ordered, QuoteAnswer, UsageAnswer
from reelgate.http.answer_types.storage import StorageAnswer, StorageKind, storage_body
from reelgate.http.answer_types.tasks import TimelineAnswer
from reelgate.http.body import read_object
from reelgate.http.caller import Caller
from reelgate.http.creates import Creates
from reelgate.http.operating_routes import why_body
from reelgate.http.responses import JsonResponse
from reelgate.http.route import Owner, route
from reelgate.http.timeline import charged_for, timeline
from reelgate.request import VideoRequest
from reelgate.tasks.money import CURRENCY
from reelgate.tasks.projects import Key, Scope
from reelgate.tasks.scripts import DAY_MS
from reelgate.tasks.store import TaskStore

_USAGE = (
    text("from", "The first day, such as 2027-01-31 (UTC)."),
    text("to", "The last day."),
    text("group_by", "Any of day, model and key, separated by commas."),
    text("format", words=("json", "csv")),
    text("project", "Another project than the key's own; needs the scope admin."),
    text("tz", "Only UTC."),
)


class BillingRoutes:
    """What a key's owner may ask about the project's money."""

    def __init__(
        self,
        *,
        store: TaskStore,
        keys: KeyRing,
        creates: Creates,
        admission: Admission,
        quote_tokens: QuoteTokens,
        waiting: Waiting,
        clock: Clock,
    ) -> None:
        self._store = store
        self._keys = keys
        self._creates = creates
        self._admission = admission
        self._quote_tokens = quote_tokens
        self._waiting = waiting
        self._clock = clock

    @route(
        "POST", "/v1/quotes", Scope.CREATE, door=Door.QUOTES, answers="a quote", gives={201: QuoteAnswer}, takes=Ordered
    )
    async def quote(self, caller: Caller) -> Response:
        """Price a create before it is sent: `{"path": its address, "body": its body}`."""
        asked = await read_object(caller.request.scope, caller.request.receive, caller.passage)
        order = await self._creates.order(asked.get("path"), asked.get("body"), caller.key, strict=caller.strict)
        settled, found = await self._admission.quote(self._creates.parse(order), caller.key)
        quote_id, ends, tokens = "", 0, self._quote_tokens
        if tokens.pinnable(order.call):
            quote_id, ends = tokens.issue(caller.project_id, order.call, HeldPrice(found.micros, found.terms))
        told = {"id": quote_id or None, "object": "quote", "expires_at": ends // 1000 or None}
        body = told | quote_body(settled.model, settled.request, found)
        return JsonResponse(body, status_code=201, headers=caller.rates)

    @route("GET", "/v1/storage", Scope.READ, answers="the used space", gives=StorageAnswer)
    async def storage(self, caller: Caller) -> Response:
        """Show how many files the caller's project holds, and how many bytes, by kind."""
        held = await self._store.files.held(caller.project_id)
        kinds = {one.kind: StorageKind(files=one.files, bytes=one.bytes) for one in held}
        return JsonResponse(storage_body(kinds), headers=caller.rates)

    @route("GET", "/v1/balance", Scope.READ, answers="the balance", gives=BalanceAnswer)
    async def balance(self, caller: Caller) -> Response:
        """Show the project's balance, holds and charges, and what its limits leave."""
        key, project_id = caller.key, caller.project_id
        found = await self._store.money.balance(project_id)
        purse = await self._store.money.purse(project_id, key.id, self._clock.now() // DAY_MS)
        project = await self._store.projects.get(project_id)
        budget = None if project is None else await budget_of(self._store, project, self._clock.now())
        limits = {
            "project": {
                "today": _left(purse.spend_day, purse.spent_day),
                "total": _left(purse.spend_total, purse.spent),
            },
            "key": {
                "today": _left(purse.key_spend_day, purse.key_spent_day),
                "total": _left(purse.key_spend_total, purse.key_spent),
            },
        }
        return JsonResponse(
            {
                "object": "balance",
                "project": project_id,
                "currency": CURRENCY,
                "balance_micros": found.funds,
                "held_micros": found.held,
                "charged_micros": found.charged,
                "paid_in_micros": found.paid_in,
                "floor_micros": purse.floor,
                "available_micros": None if purse.floor is None else max(0, found.funds - purse.floor),
                "spending": limits,
                "budget": None if budget is None else msgspec.to_builtins(budget),
            }
        )

    @route("GET", "/v1/usage", Scope.READ, answers="the usage", gives={200: (UsageAnswer, "text/csv")}, query=_USAGE)
    async def usage(self, caller: Caller) -> Response:
        """Show what the caller's project spent, by day, model and key; as CSV if asked for."""
        query = caller.request.query_params
        wanted = UsageQuery(query, self._clock.now())
        form = query.get("format", "json")
        if form not in {"json", "csv"}:
            raise InvalidField.not_one_of("format", form, ("json", "csv"))
        project_id = project_asked(self._keys, caller.key, query.get("project", ""))
        first, last = wanted.days
        spent = await self._store.money.spending(project_id=project_id, first_day=first, last_day=last)
        if form == "csv":
            text = await asyncio.to_thread(wanted.text, spent)
            return Response(text, media_type="text/csv", headers={"cache-control": "no-store"})
        return JsonResponse({**await asyncio.to_thread(wanted.body, spent), "project": project_id})

    @route("GET", "/v1/tasks/{id}/timeline", Scope.READ, owner=Owner.TASK, answers="the timeline", gives=TimelineAnswer)
    async def timeline(self, caller: Caller) -> Response:
        """Show a task's history, and why it waits."""
        task = caller.task
        why = await self._waiting.why(task)
        happened = (await self._store.events(task.id), await self._store.attempts(task.id))
        told = timeline(task, *happened, await self._store.ledger(task.id), caller.links)
        return JsonResponse({**told, "waits_for": None if why is None else why_body(why, operator=False)})


def project_asked(keys: KeyRing, key: Key, asked: str) -> str:
    """Return whose money is asked for: the key's own project's, an operator's key may ask for any other.

    Raises KeyForbidden and ProjectNotFound.
    """
    if asked in {"", key.project_id}:
        return key.project_id
    if Scope.ADMIN not in key.scopes:
        raise KeyForbidden("this API key may only see its own project's usage; leave project out")
    if not keys.knows(asked):
        raise ProjectNotFound(f"there is no project {shown(asked)}")
    return asked


def quote_body(model: Model, request: VideoRequest, quote: Quote) -> dict[str, Any]:
    """Return a price with everything that made it: rule, dimensions, numbers."""
    rule, terms = quote.rule, quote.terms
    rates = ("per_second", "per_task", "per_million_tokens", "minimum")
    return {
        "model": request.named,
        **({"made_with": request.model} if request.order else {}),
        "dialect": model.dialect,
        "price": {"amount_micros": quote.micros, "currency": CURRENCY},
        "rule": {
            "name": rule.name,
            **{f"{rate}_micros": micros for rate in rates if (micros := getattr(rule, rate))},
            "source": rule.source,
            "date": rule.date,
        },
        "dimensions": {
            "mode": request.mode.value,
            "resolution": request.resolution,
            "ratio": request.ratio,
            "duration": request.duration,
            "audio": request.audio,
            "offpeak": request.offpeak,
            "draft": request.draft,
            "input_video": has_video(request),
        },
        "held_for": msgspec.to_builtins(terms.held),
        "multiplier_ppm": terms.multiplier_ppm,
        "sum": terms.sum(),
        "charged_for": charged_for(by_output=terms.by_output),
    }


def _left(limit: int | None, spent: int) -> dict[str, int | None]:
    return {
        "spent_micros": spent,
        "limit_micros": limit,
        "left_micros": None if limit is None else max(0, limit - spent),
    }
