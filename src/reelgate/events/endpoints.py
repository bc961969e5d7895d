"""What a project does with its webhooks: make, change, rotate, test, delete them, and send deliveries again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec.structs import replace

from reelgate import ids, limits
from reelgate.access.fields import Read, read_fields, read_flag, whole
from reelgate.clock import Clock
from reelgate.dialects.callbacks import check_address
from reelgate.dialects.port import HOUSE
from reelgate.errors import InvalidField, WebhookNotFound, WrongState
from reelgate.events.messages import Messages
from reelgate.events.outbox import ALL, ENDINGS, EVENTS, TEST, callbacks_of
from reelgate.events.signing import Secret
from reelgate.media.addresses import AddressRule, check_host
from reelgate.tasks.deliveries import Delivery, DeliveryFilter, DeliveryStore, FormerSecret, NewDelivery, Webhook
from reelgate.tasks.store import Stale

CALLBACKS = "callbacks"
"""The name of the secret under which tasks' own addresses are called."""

_OVERLAP: dict[str, Read] = {"overlap_seconds": whole(0, limits.WEBHOOK_LONGEST_OVERLAP_SECONDS)}
_REPLAY: dict[str, Read] = {"since": whole(0, 2**40)}


class KeptWebhook(NamedTuple):
    """A webhook, and its current secret: to be shown whole only when it was made just now."""

    webhook: Webhook
    secret: Secret


class Endpoints:
    """The use cases of webhooks. A webhook or delivery of another project is not found."""

    def __init__(
        self,
        *,
        store: DeliveryStore,
        messages: Messages,
        rule: AddressRule,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._messages = messages
        self._clock = clock
        self._wake = wake
        self._fields: dict[str, Read] = {
            "url": lambda field, value: read_url(field, value, rule),
            "events": _events,
            "note": _note,
        }

    async def add(self, project_id: str, body: Mapping[str, Any]) -> KeptWebhook:
        """Make a webhook. Raises InvalidField, and WrongState if the project has as many as it may."""
        if "url" not in body:
            raise InvalidField.missing("url", "the address to call")
        now = self._clock.now()
        values = {"events": ENDINGS, "note": "", **read_fields(body, self._fields)}
        webhook = Webhook(id=ids.prefixed("wh_", now), project_id=project_id, created_at=now, **values)
        if not await self._store.add(webhook, most=limits.WEBHOOKS_PER_PROJECT):
            raise WrongState(
                f"the project already has {limits.WEBHOOKS_PER_PROJECT} webhooks, its maximum; delete one first"
            )
        return self._shown(webhook)

    async def all(self, project_id: str) -> list[KeptWebhook]:
        """Return a project's webhooks, oldest first."""
        return [self._shown(webhook) for webhook in await self._store.webhooks(project_id)]

    async def get(self, project_id: str, webhook_id: str) -> KeptWebhook:
        """Return a webhook, or what tasks' own addresses are signed with. Raises WebhookNotFound."""
        return self._shown(await self._own(project_id, webhook_id))

    async def change(self, project_id: str, webhook_id: str, body: Mapping[str, Any]) -> KeptWebhook:
        """Change a webhook; `enabled` switches it off or on again. Raises WebhookNotFound, InvalidField, WrongState."""
        old = await self._endpoint(project_id, webhook_id)
        values = read_fields(body, {**self._fields, "enabled": read_flag})
        enabled = values.pop("enabled", None)
        new = replace(old, **values)
        if enabled and old.off_at is not None:
            new = replace(new, off_at=None, off_reason="", failing_since=None)
        changed = await self._change(old, new) if new != old else old
        if enabled is False and old.off_at is None:
            await self._store.switch_off(old.id, at=self._clock.now(), reason="its owner switched it off")
            changed = await self._own(project_id, webhook_id)
        return self._shown(changed)

    async def rotate(self, project_id: str, webhook_id: str, body: Mapping[str, Any]) -> KeptWebhook:
        """Give a webhook another secret; the former one signs beside it for the overlap.

        Raises WebhookNotFound, InvalidField, WrongState.
        """
        overlap: int = read_fields(body, _OVERLAP).get("overlap_seconds", limits.WEBHOOK_OVERLAP_SECONDS)
        old = await self._own(project_id, webhook_id)
        now = self._clock.now()
        if old.version == 0:  # nobody has seen the first secret
            new = replace(old, version=1, created_at=now)
            if await self._store.add(new, most=2 * limits.WEBHOOKS_PER_PROJECT):
                return self._shown(new)
            old = await self._own(project_id, webhook_id)
        former = (FormerSecret(old.secret, now + overlap * 1000), *old.former) if overlap else ()
        kept = tuple(one for one in former if one.until > now)[: limits.WEBHOOK_FORMER_SECRETS]
        return self._shown(await self._change(old, replace(old, secret=old.secret + 1, former=kept)))

    async def delete(self, project_id: str, webhook_id: str) -> None:
        """Forget a webhook and its deliveries. Raises WebhookNotFound."""
        await self._store.remove((await self._endpoint(project_id, webhook_id)).id)

    async def test(self, project_id: str, webhook_id: str) -> Delivery:
        """Send a webhook a test message. Raises WebhookNotFound, WrongState."""
        webhook = await self._endpoint(project_id, webhook_id)
        _check_on(webhook)
        now = self._clock.now()
        new = NewDelivery(
            id=ids.prefixed("msg_", now),
            webhook_id=webhook.id,
            project_id=project_id,
            task_id="",
            lane=f"{project_id} {webhook.id}",
            url="",
            shape=HOUSE,
            event=TEST,
            state="",
            at=now,
        )
        await self._store.put(new, now=now)
        self._wake()
        return await self.delivery(project_id, new.id)

    async def deliveries(self, which: DeliveryFilter) -> list[Delivery]:
        """Return a page of a project's deliveries."""
        return list(await self._store.list(which))

    async def delivery(self, project_id: str, delivery_id: str) -> Delivery:
        """Return a delivery. Raises WebhookNotFound."""
        found = await self._store.delivery(delivery_id)
        if found is None or found.project_id != project_id:
            raise WebhookNotFound("no such delivery for this key; it may have ended too long ago to be kept")
        return found

    async def replay(self, project_id: str, delivery_id: str) -> Delivery:
        """Send a delivery again, with the same id. Raises WebhookNotFound, WrongState."""
        found = await self.delivery(project_id, delivery_id)
        if not found.url:
            _check_on(await self._endpoint(project_id, found.webhook_id))
        again = await self._store.replay(delivery_id, now=self._clock.now())
        if again is None:
            raise WrongState("the delivery is being sent just now; look at it again in a moment")
        self._wake()
        return again

    async def replay_failed(self, project_id: str, webhook_id: str, body: Mapping[str, Any]) -> int:
        """Send again what a webhook was not told, at most a thousand. Raises WebhookNotFound, WrongState."""
        since: int = read_fields(body, _REPLAY).get("since", 0)
        webhook = await self._own(project_id, webhook_id)
        _check_on(webhook)
        count = await self._store.replay_failed(
            project_id, webhook.id, since=since * 1000, now=self._clock.now(), limit=limits.WEBHOOK_REPLAYS
        )
        self._wake()
        return count

    async def _own(self, project_id: str, webhook_id: str) -> Webhook:
        """Return a project's webhook; that of its tasks' own addresses is there also before it was written down."""
        if webhook_id == CALLBACKS:
            own = callbacks_of(project_id)
            first = Webhook(id=own, project_id=project_id, url="", events=(), note="", created_at=0, version=0)
            return await self._store.webhook(own) or first
        found = await self._store.webhook(webhook_id)
        if found is None or found.project_id != project_id:
            raise WebhookNotFound
        return found

    async def _endpoint(self, project_id: str, webhook_id: str) -> Webhook:
        found = await self._own(project_id, webhook_id)
        if not found.url:
            raise WebhookNotFound("tasks' own addresses have a secret that can be rotated, and nothing else")
        return found

    async def _change(self, old: Webhook, new: Webhook) -> Webhook:
        try:
            return await self._store.change(old, new)
        except Stale:
            raise WrongState("the webhook was just changed by another call; try again") from None

    def _shown(self, webhook: Webhook) -> KeptWebhook:
        return KeptWebhook(webhook, self._messages.secrets(webhook.id, webhook)[0])


def read_url(field: str, value: Any, rule: AddressRule) -> str:
    """Read a webhook's address. Raises InvalidField."""
    if not isinstance(value, str):
        raise InvalidField.wrong_type(field, value, "an https:// or http:// address")
    check_address(field, value)
    check_host(field, value, rule)
    return value


def _check_on(webhook: Webhook) -> None:
    if webhook.off_at is not None:
        raise WrongState(f"the webhook is off ({webhook.off_reason}); switch it on first: enabled true")


def _events(field: str, value: Any) -> tuple[str, ...]:
    allowed = (ALL, *EVENTS)
    if not isinstance(value, list) or not value:
        raise InvalidField.wrong_type(field, value, f"an array of some of {', '.join(allowed)}")
    for name in value:
        if name not in allowed:
            raise InvalidField.not_one_of(field, name, allowed)
    return tuple(dict.fromkeys(value))


def _note(field: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > limits.MAX_NAME_CHARS or not value.isprintable():
        raise InvalidField.out_of_range(field, value, f"at most {limits.MAX_NAME_CHARS} printable characters")
    return value
