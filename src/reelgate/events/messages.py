"""The content of a delivery: its body in a dialect's form, and its headers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from reelgate import ids
from reelgate.catalog import Catalog
from reelgate.clock import Clock
from reelgate.dialects import installed
from reelgate.dialects.openai import VIDEO_ENDINGS, video_event
from reelgate.dialects.port import HOUSE, CallingDialect, Links
from reelgate.dialects.reelgate import house_task
from reelgate.errors import ReelgateError
from reelgate.events.signing import Secret, Secrets, headers
from reelgate.tasks.deliveries import Delivery, Webhook
from reelgate.tasks.record import Task
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore

Headers = tuple[tuple[str, str], ...]

_encode = msgspec.json.Encoder().encode


class Messages:
    """Writes what is sent. Links to files are made again for each try, so that they are good when it arrives."""

    def __init__(self, *, store: TaskStore, catalog: Catalog, secrets: Secrets, links: Links, clock: Clock) -> None:
        self._store = store
        self._catalog = catalog
        self._secrets = secrets
        self._links = links
        self._clock = clock

    async def body(self, delivery: Delivery) -> bytes | None:
        """Return a delivery's body, None if its task was deleted. Raises StoreError, and ReelgateError for a task
        that can't be shown, or not in the form of an API that is no longer installed."""
        if not delivery.task_id:
            return _encode(_envelope(delivery, {"webhook_id": delivery.webhook_id}))
        task = await self._store.get(delivery.task_id)
        if task is None:
            return None
        then = as_then(task, State(delivery.state))
        if delivery.shape == HOUSE:
            return _encode(_envelope(delivery, house_task(then, self._links)))
        if delivery.event in VIDEO_ENDINGS.values() and not delivery.url:
            return _encode(video_event(delivery.id, delivery.event, task.id, delivery.at))
        dialect = installed(delivery.shape)
        if dialect is None:
            raise ReelgateError(
                f"the API {delivery.shape} is no longer installed here; with it this is sent in its form"
            )
        model = self._catalog.of(task.made_with, task.sold_by, or_like=then.state.ended)
        return _encode(dialect.render(then, model, self._links).body)

    def headers(self, delivery: Delivery, webhook: Webhook | None, url: str, body: bytes) -> Headers:
        """Return the headers of a try that is made now."""
        now = self._clock.now()
        secrets = self.secrets(delivery.webhook_id, webhook)
        found = headers(secrets, delivery.id, now // 1000, body)
        dialect = None if delivery.shape == HOUSE else installed(delivery.shape)
        if isinstance(dialect, CallingDialect):
            found += dialect.call_headers(url, secrets[0].text, now, ids.uuid7(now))
        return found

    def secrets(self, webhook_id: str, webhook: Webhook | None) -> list[Secret]:
        """Return the secrets that sign now, the current one first."""
        if webhook is None:
            return [self._secrets.of(webhook_id, 1)]
        now = self._clock.now()
        former = [one.number for one in webhook.former if one.until > now]
        return [self._secrets.of(webhook_id, number) for number in (webhook.secret, *former)]


def as_then(task: Task, state: State) -> Task:
    """Return a task as it was when it came to `state`, as far as that is known."""
    if task.state is state:
        return task
    started = task.started_at if state not in (State.QUEUED, State.SUBMITTING) else None
    finished = task.finished_at if state.ended else None
    return replace(
        task,
        state=state,
        progress=0,
        started_at=started,
        finished_at=finished,
        output=None,
        charged_micros=0 if state.ended else None,
        error_code=None,
        error_message=None,
    )


def _envelope(delivery: Delivery, data: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromtimestamp(delivery.at / 1000, UTC).isoformat(timespec="milliseconds")
    return {"type": delivery.event, "timestamp": moment.replace("+00:00", "Z"), "data": data}
