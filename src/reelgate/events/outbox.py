"""Turns the journal's feed into deliveries: of every move, one for each webhook that wants it, and one for its caller.

The feed is written with each move, after which its money is settled; the outbox's own place in it moves on in the
transaction that writes the deliveries. So each move is sent, whatever dies in between, and becomes one delivery only.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from reelgate.clock import Clock
from reelgate.dialects import installed
from reelgate.dialects.openai import DIALECT, VIDEO_ENDINGS
from reelgate.dialects.port import HOUSE, CallingDialect
from reelgate.tasks.deliveries import MoveToSend, NewDelivery, Webhook
from reelgate.tasks.states import ENDS, State
from reelgate.tasks.store import Stale, TaskStore

OPENAI = DIALECT.name
ALL = "*"
ENDINGS = tuple(f"task.{state}" for state in State if state in ENDS)
"""The events sent unless others are asked for."""
EVENTS = ("task.created", *(f"task.{state}" for state in State), *dict.fromkeys(VIDEO_ENDINGS.values()))
"""All events of a task. OpenAI's own are sent in OpenAI's form, all of them together in the house's."""
TEST = "webhook.test"

_MARK = '"callback_url":"'
"""What the text of a request holds that names an address; inside a client's own texts the quotes would be escaped."""
_PAGE = 256
_LANE_CHARS = 255


class Outbox:
    """Where moves become deliveries; of several servers on one journal, whichever comes first writes them."""

    def __init__(self, store: TaskStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.quiet = False
        """Whether no webhook wanted the moves that were looked at last."""

    async def gather(self) -> bool:
        """Write deliveries for the moves since last time; return whether more may follow at once. Raises StoreError."""
        place, last = await self._store.deliveries.place(), await self._store.feed.last()
        if place == last:
            return False
        told, reached = await self._store.deliveries.told(place, last, mark=_MARK, limit=_PAGE)
        projects = {one.task.project_id for one in told}
        known = {project: await self._store.deliveries.on(project) for project in projects}
        deliveries = [found for one in told for found in deliveries_of(one, known[one.task.project_id])]
        self.quiet = not deliveries
        with contextlib.suppress(Stale):
            await self._store.deliveries.advance(place, reached, deliveries, now=self._clock.now())
        return reached != last


class _Receiver(NamedTuple):
    """The receiver and the shape of its messages; `url` is empty if it is the webhook's own."""

    webhook_id: str
    name: str
    url: str
    shape: str


def deliveries_of(told: MoveToSend, webhooks: Sequence[Webhook]) -> Iterator[NewDelivery]:
    """Yield the messages about a move. A move that leaves the task's state as it is has none."""
    task = told.task
    if told.source is not told.target:
        event = f"task.{'created' if told.source is None else told.target}"
        for webhook in webhooks:
            if ALL in webhook.events or event in webhook.events:
                yield _delivery(told, event, _Receiver(webhook.id, webhook.id, "", HOUSE))
            ending = VIDEO_ENDINGS.get(told.target, "")
            if ending in webhook.events:
                yield _delivery(told, ending, _Receiver(webhook.id, webhook.id, "", OPENAI))
    if (url := task.request.callback_url) and (event := _called(told)):
        host = urlsplit(url).netloc[:_LANE_CHARS]
        yield _delivery(told, event, _Receiver(callbacks_of(task.project_id), host, url, task.dialect))


def callbacks_of(project_id: str) -> str:
    """Return the id under which a project's tasks' own addresses have their secrets."""
    return f"callbacks-{project_id}"


def _called(told: MoveToSend) -> str:
    """Return the event that a task's own address gets for a move, "" for none."""
    dialect = installed(told.task.dialect)
    if isinstance(dialect, CallingDialect):
        return dialect.call_word(told.source, told.target)
    return f"task.{told.target}" if told.target in ENDS and told.source is not told.target else ""


def _delivery(told: MoveToSend, event: str, to: _Receiver) -> NewDelivery:
    task = told.task
    named = f"{to.webhook_id}\n{task.id}\n{told.place}".encode()
    if to.shape == OPENAI and not to.url:  # one webhook may be told in both forms
        named += f"\n{event}".encode()
    return NewDelivery(
        id=f"msg_{hashlib.sha256(named).hexdigest()[:32]}",
        webhook_id=to.webhook_id,
        project_id=task.project_id,
        task_id=task.id,
        lane=f"{task.project_id} {to.name}",
        url=to.url,
        shape=to.shape,
        event=event,
        state=told.target,
        at=told.at,
    )
