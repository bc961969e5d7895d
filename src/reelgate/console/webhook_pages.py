"""A project's webhooks: addresses, deliveries, and sending them again."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
from starlette.responses import RedirectResponse, Response

from reelgate.console.forms import body_of, typed
from reelgate.console.guard import Guard, Handler, Json, Page, Visit
from reelgate.errors import ReelgateError
from reelgate.http.webhook_routes import WebhookRoutes
from reelgate.tasks.projects import Scope

_LOOKS = {"delivered": ("done", "Delivered"), "failed": ("fail", "Failed"), "waiting": ("wait", "Waiting")}


class WebhookPages:
    """The pages under `/console/webhooks`."""

    def __init__(self, guard: Guard, *, webhooks: WebhookRoutes) -> None:
        self._guard = guard
        self._webhooks = webhooks

    def routes(self) -> list[Page]:
        """Return the routes."""
        at = self._guard.at
        return [
            at("GET", "/console/webhooks", self._all, Scope.READ),
            at("POST", "/console/webhooks", self._add, Scope.CREATE),
            at("GET", "/console/webhooks/{id}", self._one, Scope.READ),
            at("POST", "/console/webhooks/{id}/switch", self._switch, Scope.CREATE),
            at("POST", "/console/webhooks/{id}/rotate", self._rotate, Scope.CREATE),
            at("POST", "/console/webhooks/{id}/test", self._test, Scope.CREATE),
            at("POST", "/console/webhooks/{id}/delete", self._delete, Scope.CREATE),
            at("GET", "/console/deliveries/{id}", self._delivery, Scope.READ),
            at("POST", "/console/deliveries/{id}/replay", self._replay, Scope.CREATE),
        ]

    async def _all(self, visit: Visit, error: ReelgateError | None = None) -> Response:
        found = await self._guard.ask(visit, self._webhooks.all)
        hooks = [one for one in found["data"] if "url" in one]
        page = await self._guard.ask(visit, self._webhooks.deliveries, query={"limit": "30"})
        deliveries = [_told(one) for one in page["data"]]
        return self._show(visit, "webhooks.html", error, hooks=hooks, deliveries=deliveries)

    async def _add(self, visit: Visit) -> Response:
        try:
            made = await self._guard.ask(visit, self._webhooks.add, body=body_of(visit, ("url", "events", "note")))
        except ReelgateError as error:
            return await self._all(visit, error)
        return await self._hook(visit, made["id"], made=made)

    async def _one(self, visit: Visit) -> Response:
        return await self._hook(visit, visit.named)

    async def _hook(
        self, visit: Visit, named: str, error: ReelgateError | None = None, made: Json | None = None
    ) -> Response:
        one = await self._guard.ask(visit, self._webhooks.get, id=named)
        query = {"webhook": named, "limit": "30"}
        page = await self._guard.ask(visit, self._webhooks.deliveries, query=query)
        deliveries = [_told(delivery) for delivery in page["data"]]
        return self._show(visit, "webhook.html", error, one=one, deliveries=deliveries, made=made)

    async def _switch(self, visit: Visit) -> Response:
        return await self._done(visit, self._webhooks.change, {"enabled": visit.text("enabled") == "yes"})

    async def _rotate(self, visit: Visit) -> Response:
        try:
            made = await self._guard.ask(visit, self._webhooks.rotate, id=visit.named, body={})
        except ReelgateError as error:
            return await self._hook(visit, visit.named, error)
        return await self._hook(visit, visit.named, made=made)

    async def _test(self, visit: Visit) -> Response:
        return await self._done(visit, self._webhooks.test, {})

    async def _done(self, visit: Visit, handler: Handler, body: Json) -> Response:
        try:
            await self._guard.ask(visit, handler, id=visit.named, body=body)
        except ReelgateError as error:
            return await self._hook(visit, visit.named, error)
        return RedirectResponse(f"/console/webhooks/{visit.named}", 303)

    async def _delete(self, visit: Visit) -> Response:
        await self._guard.ask(visit, self._webhooks.delete, id=visit.named)
        return RedirectResponse("/console/webhooks", 303)

    async def _delivery(self, visit: Visit) -> Response:
        one = await self._guard.ask(visit, self._webhooks.delivery, id=visit.named)
        sent = one["sent"]
        text = sent if isinstance(sent, str) else msgspec.json.encode(sent).decode()
        with contextlib.suppress(msgspec.DecodeError):  # it is cut where it was long
            text = msgspec.json.format(text, indent=2)
        return self._show(visit, "delivery.html", None, one=_told(one), sent=text if sent else "")

    async def _replay(self, visit: Visit) -> Response:
        await self._guard.ask(visit, self._webhooks.replay, id=visit.named, body={})
        return RedirectResponse(f"/console/deliveries/{visit.named}", 303)

    def _show(self, visit: Visit, template: str, error: ReelgateError | None, **values: Any) -> Response:
        return self._guard.page(
            visit, template, error.status if error else 200, error=error, form=typed(visit), **values
        )


def _told(delivery: Json) -> Json:
    look, word = _LOOKS[delivery["status"]]
    return {**delivery, "look": look, "word": word}
