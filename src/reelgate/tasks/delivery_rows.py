"""The journal's webhooks and deliveries, the same over every database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from reelgate import limits
from reelgate.tasks.database import Database, Params, Row, Step
from reelgate.tasks.deliveries import (
    Delivery,
    DeliveryFilter,
    FormerSecret,
    MoveToSend,
    NewDelivery,
    Status,
    Try,
    Webhook,
)
from reelgate.tasks.feeds import MovePosition
from reelgate.tasks.rows import as_record, as_task, as_text, one, readable
from reelgate.tasks.states import State
from reelgate.tasks.store import Stale

_NO_LIMIT = 2**63 - 1
_encode = msgspec.json.Encoder().encode


class DeliveryRows:
    """The DeliveryStore of `reelgate.tasks.deliveries`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, webhook: Webhook, *, most: int) -> bool:
        """Write a webhook down."""
        return bool(await self._database.write([Step("add_webhook", {**_values(webhook), "most": most})]))

    async def webhook(self, webhook_id: str) -> Webhook | None:
        """Return the webhook with that id."""
        return one(_as_webhook, await self._database.read("webhook", {"id": webhook_id}))

    async def webhooks(self, project_id: str) -> Sequence[Webhook]:
        """Return a project's webhooks."""
        rows = await self._database.read("webhooks", {"project_id": project_id})
        return readable(_as_webhook, rows, "webhook")

    async def change(self, old: Webhook, new: Webhook) -> Webhook:
        """Write `new` in the place of `old`."""
        await self._database.write([Step("change_webhook", {**_values(new), "version": old.version}, Stale)])
        return replace(new, version=old.version + 1)

    async def remove(self, webhook_id: str) -> None:
        """Forget a webhook with all its deliveries."""
        values: Params = {"id": webhook_id}
        await self._database.write([Step("delete_webhook", values), Step("delete_deliveries", values)])

    async def switch_off(self, webhook_id: str, *, at: int, reason: str, dead_since: int | None = None) -> bool:
        """Tell a webhook nothing more."""
        values: Params = {"id": webhook_id, "at": at, "reason": as_text(reason), "dead_since": dead_since}
        try:
            await self._database.write([Step("switch_off", values, Stale), Step("drop_waiting", values)])
        except Stale:
            return False
        return True

    async def place(self) -> MovePosition:
        """Return where the outbox stands."""
        rows = await self._database.read("outbox_place", {})
        return MovePosition(*rows[0])

    async def told(
        self, place: MovePosition, last: MovePosition, *, mark: str, limit: int
    ) -> tuple[Sequence[MoveToSend], MovePosition]:
        """Return the next moves that some webhook gets a message about, and up to where these are all."""
        values: Params = {
            "round": place.round,
            "number": place.number,
            "last_round": last.round,
            "last_number": last.number,
            "mark": mark,
            "limit": limit,
        }
        rows = await self._database.read("feed_told", values)
        reached = MovePosition(*rows[-1][:2]) if len(rows) == limit else last
        return readable(_as_told, rows, "task"), reached

    async def on(self, project_id: str) -> Sequence[Webhook]:
        """Return a project's webhooks that are on."""
        rows = await self._database.read("webhooks_on", {"project_id": project_id})
        return readable(_as_webhook, rows, "webhook")

    async def advance(
        self, old: MovePosition, new: MovePosition, deliveries: Sequence[NewDelivery], *, now: int
    ) -> None:
        """Write deliveries and advance the outbox."""
        values: Params = {
            "round": new.round,
            "number": new.number,
            "old_round": old.round,
            "old_number": old.number,
        }
        script = [Step("advance_outbox", values, Stale)]
        if deliveries:
            script.append(_added(deliveries, now))
        await self._database.write(script)

    async def put(self, delivery: NewDelivery, *, now: int) -> None:
        """Write down a delivery that belongs to no move."""
        await self._database.write([_added([delivery], now)])

    async def lanes(self, after: str, *, now: int, limit: int) -> Sequence[tuple[str, bool]]:
        """Return the next lanes in which deliveries wait."""
        rows = await self._database.read("lanes", {"after": after, "now": now, "limit": limit})
        return [(str(lane), bool(due)) for lane, due in rows]

    async def claim(self, lane: str, *, owner: str, now: int, until: int, limit: int) -> Sequence[Delivery]:
        """Claim due deliveries of a lane."""
        values: Params = {"lane": lane, "owner": owner, "now": now, "until": until, "limit": limit}
        rows = await self._database.write([Step("claim_deliveries", values)])
        return sorted(readable(_as_delivery, rows, "delivery"), key=lambda delivery: delivery.seq)

    async def settle(
        self, delivery: Delivery, status: Status, outcome: Try, *, sent: str, at: int, due_at: int | None
    ) -> None:
        """Write down the outcome of a try."""
        tries = (*delivery.tries, outcome)[-limits.WEBHOOK_TRIES_KEPT :]
        values: Params = {
            "id": delivery.id,
            "fence": delivery.fence,
            "status": status,
            "due_at": due_at,
            "ended_at": at if due_at is None else None,
            "tries": as_text(_encode(tries).decode()),
            "sent": as_text(sent),
        }
        noted = "note_working" if status is Status.DELIVERED else "note_failing"
        found: Params = {"webhook_id": delivery.webhook_id, "at": at}
        await self._database.write([Step("settle_delivery", values, Stale), Step(noted, found)])

    async def release(self, owner: str, *, now: int) -> int:
        """Make due what a server had claimed."""
        return len(await self._database.write([Step("release_deliveries", {"owner": owner, "now": now})]))

    async def delivery(self, delivery_id: str) -> Delivery | None:
        """Return the delivery with that id."""
        return one(_as_delivery, await self._database.read("delivery", {"id": delivery_id}))

    async def list(self, which: DeliveryFilter) -> Sequence[Delivery]:
        """Return a page of deliveries."""
        values: Params = {**asdict(which), "before": _NO_LIMIT if which.before is None else which.before}
        return readable(_as_delivery, await self._database.read("deliveries", values), "delivery")

    async def replay(self, delivery_id: str, *, now: int) -> Delivery | None:
        """Send a delivery again."""
        rows = await self._database.write([Step("replay", {"id": delivery_id, "now": now})])
        return one(_as_delivery, rows)

    async def replay_failed(self, project_id: str, webhook_id: str, *, since: int, now: int, limit: int) -> int:
        """Send a webhook's failed deliveries again."""
        values: Params = {
            "project_id": project_id,
            "webhook_id": webhook_id,
            "since": since,
            "now": now,
            "limit": limit,
        }
        return len(await self._database.write([Step("replay_failed", values)]))

    async def waiting(self) -> tuple[int, int | None]:
        """Return how many deliveries have yet to arrive, and since when."""
        ((count, oldest),) = await self._database.read("waiting_deliveries", {})
        return int(count), None if oldest is None else int(oldest)

    async def forget(self, *, before: int, limit: int) -> int:
        """Drop deliveries that ended long ago."""
        return len(await self._database.write([Step("forget_deliveries", {"before": before, "limit": limit})]))


def _added(deliveries: Sequence[NewDelivery], now: int) -> Step:
    return Step("add_deliveries", {"rows": _encode(deliveries).decode(), "now": now})


def _values(webhook: Webhook) -> dict[str, Any]:
    return {
        **asdict(webhook),
        "url": as_text(webhook.url),
        "note": as_text(webhook.note),
        "events": _encode(webhook.events).decode(),
        "former": _encode(webhook.former).decode(),
        "off_reason": as_text(webhook.off_reason),
    }


_EVENTS, _FORMER = (Webhook.__struct_fields__.index(name) for name in ("events", "former"))
_TRIES = Delivery.__struct_fields__.index("tries")
_decode_events = msgspec.json.Decoder(tuple[str, ...]).decode
_decode_former = msgspec.json.Decoder(tuple[FormerSecret, ...]).decode
_decode_tries = msgspec.json.Decoder(tuple[Try, ...]).decode


def _as_webhook(row: Row) -> Webhook:
    values = list(row)
    values[_EVENTS] = _decode_events(values[_EVENTS])
    values[_FORMER] = _decode_former(values[_FORMER])
    return as_record(Webhook, values)


def _as_delivery(row: Row) -> Delivery:
    values = list(row)
    values[_TRIES] = _decode_tries(values[_TRIES])
    return as_record(Delivery, values)


def _as_told(row: Row) -> MoveToSend:
    place, number, name, source, target, at, *task = row
    return MoveToSend(MovePosition(place, number), name, source and State(source), State(target), at, as_task(task))
