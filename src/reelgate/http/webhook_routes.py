"""`/v1/webhooks`: a project's webhooks, and what was delivered to them."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.responses import Response

from reelgate import limits
from reelgate.access.load_shedding import Door
from reelgate.dialects.query import Parameter, Query, text, whole
from reelgate.events.endpoints import CALLBACKS, Endpoints, KeptWebhook
from reelgate.http.answer_types.webhooks import (
    DeliveryAnswer,
    DeliveryPage,
    DeliveryWithBody,
    Overlap,
    Replayed,
    ReplaySince,
    WebhookAnswer,
    WebhookChange,
    WebhookDeleted,
    WebhookList,
    WebhookOrder,
    WebhookWithSecret,
)
from reelgate.http.body import read_body
from reelgate.http.caller import Caller
from reelgate.http.json_body import decode
from reelgate.http.responses import JsonResponse
from reelgate.http.route import Owner, route
from reelgate.tasks.deliveries import Delivery, DeliveryFilter, Status, Try
from reelgate.tasks.projects import Scope

Json = dict[str, Any]


_DELIVERIES = (
    text("webhook"),
    text("task"),
    text("status", words=tuple(Status)),
    whole("cursor", 0, 2**53, "The page before's `next_cursor`."),
    whole("limit", 1, limits.MAX_PAGE_SIZE),
)


class WebhookCall(msgspec.Struct, frozen=True):
    """A call: whose project, what it names, what it sends."""

    project_id: str
    id: str
    query: Query
    body: Json


_Act = Callable[["WebhookRoutes", WebhookCall], Awaitable[Json]]


def _act(
    method: str, path: str, answers: str, gives: Any, *, takes: Any = (), query: tuple[Parameter, ...] = ()
) -> Callable[[_Act], Callable[[WebhookRoutes, Caller], Awaitable[Response]]]:
    """Declare a route under `/v1/webhooks`: JSON in, JSON out, and unknown parameters refused."""

    def declared(act: _Act) -> Callable[[WebhookRoutes, Caller], Awaitable[Response]]:
        needs = Scope.READ if method == "GET" else Scope.CREATE
        owner = None if "{id}" not in path else Owner.DELIVERY if "deliveries" in path else Owner.WEBHOOK

        @route(
            method,
            f"/v1/webhooks{path}",
            needs,
            owner=owner,
            door=Door.WEBHOOKS,
            answers=answers,
            gives=gives,
            takes=takes,
            query=query,
        )
        @functools.wraps(act)
        async def handler(self: WebhookRoutes, caller: Caller) -> Response:
            request = caller.request
            reads = method in ("POST", "PATCH")
            sent = await read_body(request.scope, request.receive, caller.passage) if reads else b""
            named = request.path_params.get("id", "")
            ask = WebhookCall(caller.project_id, named, caller.query, decode(sent) if sent.strip() else {})
            body = await act(self, ask)
            caller.query.refuse_unknown()
            return JsonResponse(body, headers=caller.rates)

        return handler

    return declared


class WebhookRoutes:
    """The routes under `/v1/webhooks`. What is another project's is not found: see Endpoints."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints

    @_act("GET", "", "webhooks", WebhookList)
    async def all(self, ask: WebhookCall) -> Json:
        """List the project's webhooks."""
        found = await self._endpoints.all(ask.project_id)
        return {"object": "list", "data": [webhook_body(one) for one in found]}

    @_act("POST", "", "the webhook, with its secret", WebhookWithSecret, takes=WebhookOrder)
    async def add(self, ask: WebhookCall) -> Json:
        """Make a webhook."""
        return _with_secret(await self._endpoints.add(ask.project_id, ask.body))

    @_act("GET", "/deliveries", "a page of deliveries", DeliveryPage, query=_DELIVERIES)
    async def deliveries(self, ask: WebhookCall) -> Json:
        """List what was sent, newest first; `webhook`, `task` and `status` narrow it."""
        query = ask.query
        webhook_id = query.text("webhook")
        if webhook_id:
            webhook_id = (await self._endpoints.get(ask.project_id, webhook_id)).webhook.id
        which = DeliveryFilter(
            project_id=ask.project_id,
            webhook_id=webhook_id,
            task_id=query.text("task"),
            status=query.choice("status", tuple(Status)),
            before=query.integer("cursor", 0, 2**53),
            limit=query.integer("limit", 1, limits.MAX_PAGE_SIZE) or limits.PAGE_SIZE,
        )
        query.refuse_unknown()
        found = await self._endpoints.deliveries(which)
        more = len(found) == which.limit
        return {
            "object": "list",
            "data": [delivery_body(one) for one in found],
            "has_more": more,
            "next_cursor": str(found[-1].seq) if more else None,
        }

    @_act("GET", "/deliveries/{id}", "the delivery", DeliveryWithBody)
    async def delivery(self, ask: WebhookCall) -> Json:
        """Show a delivery with its tries and what was sent last."""
        found = await self._endpoints.delivery(ask.project_id, ask.id)
        return {**delivery_body(found), "sent": found.sent or None}

    @_act("POST", "/deliveries/{id}/replay", "the delivery", DeliveryAnswer)
    async def replay(self, ask: WebhookCall) -> Json:
        """Send a delivery again, with the same id."""
        return delivery_body(await self._endpoints.replay(ask.project_id, ask.id))

    @_act("GET", "/{id}", "the webhook", WebhookAnswer)
    async def get(self, ask: WebhookCall) -> Json:
        """Show a webhook; `callbacks` stands for the callback addresses of tasks."""
        return webhook_body(await self._endpoints.get(ask.project_id, ask.id))

    @_act("PATCH", "/{id}", "the webhook", WebhookAnswer, takes=WebhookChange)
    async def change(self, ask: WebhookCall) -> Json:
        """Change a webhook, or switch it off or on."""
        return webhook_body(await self._endpoints.change(ask.project_id, ask.id, ask.body))

    @_act("DELETE", "/{id}", "its id", WebhookDeleted)
    async def delete(self, ask: WebhookCall) -> Json:
        """Delete a webhook and its deliveries."""
        await self._endpoints.delete(ask.project_id, ask.id)
        return {"id": ask.id, "object": "webhook", "deleted": True}

    @_act("POST", "/{id}/rotate", "the webhook, with its secret", WebhookWithSecret, takes=Overlap)
    async def rotate(self, ask: WebhookCall) -> Json:
        """Rotate a webhook's secret."""
        return _with_secret(await self._endpoints.rotate(ask.project_id, ask.id, ask.body))

    @_act("POST", "/{id}/test", "the delivery", DeliveryAnswer)
    async def test(self, ask: WebhookCall) -> Json:
        """Send a webhook a test message."""
        return delivery_body(await self._endpoints.test(ask.project_id, ask.id))

    @_act("POST", "/{id}/replay", "how many", Replayed, takes=ReplaySince)
    async def replay_failed(self, ask: WebhookCall) -> Json:
        """Send a webhook's failed deliveries again."""
        return {"object": "replay", "replayed": await self._endpoints.replay_failed(ask.project_id, ask.id, ask.body)}


def webhook_body(shown: KeptWebhook) -> Json:
    """Return a webhook as its owner sees it, without its secret. Times are Unix seconds; null is what is not."""
    webhook = shown.webhook
    if not webhook.url:
        return {"id": CALLBACKS, "object": "webhook", "public_key": shown.secret.public, **_former(shown)}
    return {
        "id": webhook.id,
        "object": "webhook",
        "url": webhook.url,
        "events": list(webhook.events),
        "note": webhook.note,
        "enabled": webhook.off_at is None,
        "off_at": _unix(webhook.off_at),
        "off_reason": webhook.off_reason or None,
        "failing_since": _unix(webhook.failing_since),
        "created_at": _unix(webhook.created_at),
        "public_key": shown.secret.public,
        **_former(shown),
    }


def delivery_body(delivery: Delivery) -> Json:
    """Return a delivery as its owner sees it."""
    return {
        "id": delivery.id,
        "object": "webhook.delivery",
        "webhook": CALLBACKS if delivery.url else delivery.webhook_id,
        "task": delivery.task_id or None,
        "url": delivery.url or None,
        "event": delivery.event,
        "status": delivery.status.value,
        "created_at": _unix(delivery.at),
        "next_try_at": _unix(delivery.due_at),
        "ended_at": _unix(delivery.ended_at),
        "tries": [_try(one) for one in delivery.tries],
    }


def _try(one: Try) -> Json:
    return {
        "at": _unix(one.at),
        "milliseconds": one.ms,
        "status": one.status or None,
        "error": one.error or None,
        "answer": one.answer or None,
    }


def _with_secret(shown: KeptWebhook) -> Json:
    return {**webhook_body(shown), "secret": shown.secret.text}


def _former(shown: KeptWebhook) -> Json:
    return {"former_secrets_until": [_unix(one.until) for one in shown.webhook.former]}


def _unix(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000
