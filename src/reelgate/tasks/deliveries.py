"""Webhooks, their deliveries, and the port of the store that keeps both."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

from reelgate.tasks.feeds import MovePosition
from reelgate.tasks.record import Task
from reelgate.tasks.states import State


class FormerSecret(msgspec.Struct, frozen=True):
    """The number of a secret that signs beside the current one until `until` (ms)."""

    number: int
    until: int


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """An address to which a project's news of its tasks is sent. Times are milliseconds since the epoch, UTC.

    Of its secrets only the numbers are kept. One without a `url` stands for the addresses that single tasks name: it
    has secrets and nothing else.
    """

    id: str
    project_id: str
    url: str
    events: tuple[str, ...]
    """The names of its events, `*` for all."""
    note: str
    created_at: int
    secret: int = 1
    former: tuple[FormerSecret, ...] = ()
    failing_since: int | None = None
    """Since when nothing that was sent there has arrived."""
    off_at: int | None = None
    off_reason: str = ""
    version: int = 1


class Status(StrEnum):
    """How a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Try(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request of a delivery: when it was sent, how long it took, and what came back."""

    at: int
    ms: int
    status: int = 0
    """The answer's HTTP status, 0 if there was none."""
    error: str = ""
    answer: str = ""
    """The beginning of the answer's body."""


class NewDelivery(NamedTuple):
    """A delivery to be made: see Delivery."""

    id: str
    webhook_id: str
    project_id: str
    task_id: str
    lane: str
    url: str
    shape: str
    event: str
    state: str
    at: int


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One message to a webhook, or to a task's own address, and every try to deliver it.

    `lane` names the receiver, `url` is empty if it is the webhook's; `shape` is the dialect whose body is sent, and
    `state` the one that the move at `at` led to. `tried` counts the tries since it was begun or replayed. A delivery
    that is a test has no task.
    """

    seq: int
    id: str
    webhook_id: str
    project_id: str
    task_id: str
    lane: str
    url: str
    shape: str
    event: str
    state: str
    at: int
    status: Status
    due_at: int | None
    owner: str
    fence: int
    tried: int
    tries: tuple[Try, ...]
    sent: str
    """The body that was sent last."""
    ended_at: int | None


class MoveToSend(msgspec.Struct, frozen=True):
    """A move that some webhook gets a message about; `task` is as it is now."""

    place: MovePosition
    name: str
    source: State | None
    target: State
    at: int
    task: Task


class DeliveryFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which of a project's deliveries a list shows, newest first; "" is any. `before` is the cursor."""

    project_id: str
    webhook_id: str = ""
    task_id: str = ""
    status: str = ""
    before: int | None = None
    limit: int = 20


class DeliveryStore(Protocol):
    """Keeps webhooks and deliveries, durably; every method that writes returns only after the write is durable."""

    async def add(self, webhook: Webhook, *, most: int) -> bool:
        """Write a webhook down; False if the project has `most` already, or the id is taken."""
        ...

    async def webhook(self, webhook_id: str) -> Webhook | None:
        """Return the webhook with that id."""
        ...

    async def webhooks(self, project_id: str) -> Sequence[Webhook]:
        """Return a project's webhooks ("" is every project), oldest first."""
        ...

    async def change(self, old: Webhook, new: Webhook) -> Webhook:
        """Write `new` in the place of `old`; return it with its version. Raises Stale when it was changed since."""
        ...

    async def remove(self, webhook_id: str) -> None:
        """Forget a webhook with all its deliveries."""
        ...

    async def switch_off(self, webhook_id: str, *, at: int, reason: str, dead_since: int | None = None) -> bool:
        """Tell a webhook nothing more, and give up what waits for it; return whether it was on until now.

        With `dead_since` only where nothing has arrived since then.
        """
        ...

    async def place(self) -> MovePosition:
        """Return the place in the feed up to which moves have become deliveries."""
        ...

    async def told(
        self, place: MovePosition, last: MovePosition, *, mark: str, limit: int
    ) -> tuple[Sequence[MoveToSend], MovePosition]:
        """Return moves behind `place` up to `last` that some webhook subscribes to, and the place up to which these are
        all.

        They are those of projects with a webhook that is on, and of tasks in whose request's text `mark` stands.
        """
        ...

    async def on(self, project_id: str) -> Sequence[Webhook]:
        """Return a project's webhooks that are on."""
        ...

    async def advance(
        self, old: MovePosition, new: MovePosition, deliveries: Sequence[NewDelivery], *, now: int
    ) -> None:
        """Write deliveries down, due at once, and move on to `new`. Raises Stale if `old` is no longer current."""
        ...

    async def put(self, delivery: NewDelivery, *, now: int) -> None:
        """Write down a delivery that belongs to no move."""
        ...

    async def lanes(self, after: str, *, now: int, limit: int) -> Sequence[tuple[str, bool]]:
        """Return the next lanes after that one in which deliveries wait, and whether one is due."""
        ...

    async def claim(self, lane: str, *, owner: str, now: int, until: int, limit: int) -> Sequence[Delivery]:
        """Claim due deliveries of a lane; of one task to one webhook only the first that waits.

        They come due again at `until`, should nothing be heard of them.
        """
        ...

    async def settle(
        self, delivery: Delivery, status: Status, outcome: Try, *, sent: str, at: int, due_at: int | None
    ) -> None:
        """Write down the outcome of a try; `due_at` is when the next one is, None at the end. Raises Stale."""
        ...

    async def release(self, owner: str, *, now: int) -> int:
        """Make due what a server had claimed; return how many."""
        ...

    async def delivery(self, delivery_id: str) -> Delivery | None:
        """Return the delivery with that id."""
        ...

    async def list(self, which: DeliveryFilter) -> Sequence[Delivery]:
        """Return a page of deliveries."""
        ...

    async def replay(self, delivery_id: str, *, now: int) -> Delivery | None:
        """Send a delivery again, as if it were new; None if it is being sent, or is not there."""
        ...

    async def replay_failed(self, project_id: str, webhook_id: str, *, since: int, now: int, limit: int) -> int:
        """Send a webhook's failed deliveries again that are not older than `since` (ms); return how many."""
        ...

    async def waiting(self) -> tuple[int, int | None]:
        """Return how many deliveries have yet to arrive, and when (ms) what the oldest of them tells happened."""
        ...

    async def forget(self, *, before: int, limit: int) -> int:
        """Drop deliveries that ended before that time; return how many."""
        ...
