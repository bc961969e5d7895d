"""The house's routes about money: quotes, the balance, the usage, and a task's timeline."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.responses import Response

from reelgate.access.keyring import KeyRing, check_model
from reelgate.access.load_shedding import Door
from reelgate.admission.standins import StandIns
from reelgate.billing.pricing import Price, Till
from reelgate.billing.quote_tokens import Pins
from reelgate.billing.quotes import Quote
from reelgate.billing.usage import Wanted
from reelgate.catalog import Catalog, Model
from reelgate.catalog.prices import has_video
from reelgate.clock import Clock
from reelgate.conductor.routing import Router
from reelgate.dialects import dialect_for_create, routes
from reelgate.dialects.port import Call, Operation
from reelgate.errors import InvalidField, KeyForbidden, ProjectNotFound, shown
from reelgate.http.body import read_small
from reelgate.http.caller import Caller
from reelgate.http.responses import JsonResponse
from reelgate.http.route import Owner, route
from reelgate.http.timeline import charged_for, timeline
from reelgate.inputs.assets import Assets
from reelgate.request import VideoRequest
from reelgate.tasks.money import CURRENCY
from reelgate.tasks.projects import Key, Scope
from reelgate.tasks.scripts import DAY_MS
from reelgate.tasks.store import TaskStore

_QUOTE_HEADERS = {"x-dashscope-async": "enable"}
"""What some APIs want to see with each create; a quote asks about its body alone."""


class Money:
    """What a key's owner may ask about the project's money."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        store: TaskStore,
        keys: KeyRing,
        assets: Assets,
        router: Router,
        till: Till,
        pins: Pins,
        clock: Clock,
        standins: StandIns,
    ) -> None:
        self._standins = standins
        self._catalog = catalog
        self._store = store
        self._keys = keys
        self._assets = assets
        self._router = router
        self._till = till
        self._pins = pins
        self._clock = clock
        self._creates = sorted({route.path for route, _ in routes() if route.operation is Operation.CREATE})

    @route("POST", "/v1/quotes", Scope.CREATE, door=Door.QUOTES, answers="a quote")
    async def quote(self, caller: Caller) -> Response:
        """Price a create before it is sent: `{"path": where it would go, "body": what it would be}`."""
        key = caller.key
        call = self._call(await read_small(caller.request.scope, caller.request.receive, caller.passage))
        speaker = dialect_for_create(call.path, call.body.get("model"), self._catalog)
        parsed = speaker.parse(call, self._catalog)
        check_model(key, parsed.request.model)
        parsed = self._standins.settled(parsed)
        wanted = await self._assets.resolve(parsed.request, key.project_id)
        self._router.provider_for(parsed.model, wanted.mode)  # what nobody makes is refused as a create is
        found = self._till.quote(*self._standins.priced(parsed.model, wanted), key)
        quote_id, ends = self._pins.issue(key.project_id, call, Price(found.micros, found.terms))
        told = {"id": quote_id, "object": "quote", "expires_at": ends // 1000}
        body = told | quote_body(parsed.model, wanted, found)
        return JsonResponse(body, status_code=201, headers=caller.rates)

    def _call(self, body: dict[str, Any]) -> Call:
        path, sent = body.get("path"), body.get("body")
        if path not in self._creates:
            raise InvalidField.not_one_of("path", path, self._creates)
        if not isinstance(sent, dict):
            raise InvalidField.wrong_type("body", sent, "the object that would be sent there")
        return Call(str(path), _QUOTE_HEADERS, sent)

    @route("GET", "/v1/balance", Scope.READ, answers="the balance")
    async def balance(self, caller: Caller) -> Response:
        """Show what the caller's project has, holds and was charged, and what its limits leave."""
        key, project_id = caller.key, caller.project_id
        found = await self._store.money.balance(project_id)
        purse = await self._store.money.purse(project_id, key.id, self._clock.now() // DAY_MS)
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
            }
        )

    @route("GET", "/v1/usage", Scope.READ, answers="the usage")
    async def usage(self, caller: Caller) -> Response:
        """Show what the caller's project spent, by day, model and key; as CSV where that is asked for."""
        query = caller.request.query_params
        wanted = Wanted(query, self._clock.now())
        form = query.get("format", "json")
        if form not in {"json", "csv"}:
            raise InvalidField.not_one_of("format", form, ("json", "csv"))
        project_id = self._project(caller.key, query.get("project", ""))
        first, last = wanted.days
        spent = await self._store.money.spending(project_id=project_id, first_day=first, last_day=last)
        if form == "csv":
            text = await asyncio.to_thread(wanted.text, spent)
            return Response(text, media_type="text/csv", headers={"cache-control": "no-store"})
        return JsonResponse({**await asyncio.to_thread(wanted.body, spent), "project": project_id})

    def _project(self, key: Key, asked: str) -> str:
        """Return whose usage is asked for: the key's own project's, an operator's key may ask for any other.

        Raises KeyForbidden and ProjectNotFound.
        """
        if asked in {"", key.project_id}:
            return key.project_id
        if Scope.ADMIN not in key.scopes:
            raise KeyForbidden("this API key may only see its own project's usage; leave project out")
        if not self._keys.knows(asked):
            raise ProjectNotFound(f"there is no project {shown(asked)}")
        return asked

    @route("GET", "/v1/tasks/{id}/timeline", Scope.READ, owner=Owner.TASK, answers="the timeline")
    async def timeline(self, caller: Caller) -> Response:
        """Show all that happened to a task."""
        task = caller.task
        happened = (await self._store.events(task.id), await self._store.attempts(task.id))
        return JsonResponse(timeline(task, *happened, await self._store.ledger(task.id), caller.links))


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
