"""The project's webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from reelgate.client._async.transport import AsyncTransport
from reelgate.client.addresses import path_segment
from reelgate.client.shapes import DELETED, DELIVERIES, DELIVERY, REPLAYED, WEBHOOK, WEBHOOKS, Shape

Json = dict[str, Any]


class AsyncWebhooks:
    """`client.webhooks`: answers are the server's own, as dictionaries. Every method raises ApiError, Unreachable."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create(self, url: str, *, events: Sequence[str] = (), note: str = "") -> Json:
        """Register an address; `secret` is shown only in this answer. Without `events` it gets only ends of tasks."""
        body: Json = {"url": url, "note": note, **({"events": list(events)} if events else {})}
        return await self._call("POST", "", WEBHOOK, safe=False, json=body)

    async def all(self) -> list[Json]:
        """Return the project's webhooks."""
        found: list[Json] = (await self._call("GET", "", WEBHOOKS))["data"]
        return found

    async def get(self, webhook_id: str) -> Json:
        """Return one."""
        return await self._call("GET", f"/{path_segment(webhook_id)}", WEBHOOK)

    async def update(self, webhook_id: str, **fields: Any) -> Json:
        """Change `url`, `events`, `note` or `enabled`."""
        return await self._call("PATCH", f"/{path_segment(webhook_id)}", WEBHOOK, json=fields)

    async def delete(self, webhook_id: str) -> None:
        """Delete one, and its deliveries."""
        await self._call("DELETE", f"/{path_segment(webhook_id)}", DELETED)

    async def rotate(self, webhook_id: str, *, overlap_seconds: int | None = None) -> Json:
        """Make a new `secret`; the former one also signs for the overlap. `callbacks` is the one for `callback_url`."""
        body = {} if overlap_seconds is None else {"overlap_seconds": overlap_seconds}
        return await self._call("POST", f"/{path_segment(webhook_id)}/rotate", WEBHOOK, safe=False, json=body)

    async def test(self, webhook_id: str) -> Json:
        """Send a test message; return its delivery."""
        return await self._call("POST", f"/{path_segment(webhook_id)}/test", DELIVERY, safe=False)

    async def deliveries(self, **filters: Any) -> AsyncIterator[Json]:
        """Yield what was sent, newest first; `webhook`, `task` and `status` narrow it."""
        cursor: Json = {}
        while True:
            page = await self._call("GET", "/deliveries", DELIVERIES, params={**filters, **cursor})
            for item in page["data"]:
                yield item
            if not page["has_more"]:
                return
            cursor = {"cursor": page["next_cursor"]}

    async def delivery(self, delivery_id: str) -> Json:
        """Return one delivery, with the body that was sent last."""
        return await self._call("GET", f"/deliveries/{path_segment(delivery_id)}", DELIVERY)

    async def replay(self, delivery_id: str) -> Json:
        """Send one again, with the same id."""
        return await self._call("POST", f"/deliveries/{path_segment(delivery_id)}/replay", DELIVERY, safe=False)

    async def replay_failed(self, webhook_id: str, *, since: int = 0) -> int:
        """Send a webhook's failed deliveries since then (Unix seconds) again, at most a thousand; return how many."""
        path = f"/{path_segment(webhook_id)}/replay"
        found: int = (await self._call("POST", path, REPLAYED, safe=False, json={"since": since}))["replayed"]
        return found

    async def _call(self, method: str, path: str, shape: Shape, **parts: Any) -> Json:
        return await self._transport.call(method, f"/v1/webhooks{path}", shape, **parts)
