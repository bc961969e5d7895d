"""What webhooks and their deliveries take and answer, and what a webhook is sent."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import UnixTime
from reelgate.dialects.answer_types.house import HouseTask


class WebhookOrder(TypedDict):
    """A webhook to make. `events` are the ends of tasks where nothing else is said."""

    url: str
    events: NotRequired[list[str]]
    note: NotRequired[str]


class WebhookChange(TypedDict, total=False):
    """The changes to a webhook."""

    url: str
    events: list[str]
    note: str
    enabled: bool


class WebhookAnswer(TypedDict):
    """A webhook; that of the addresses which tasks name themselves has an id and a key only."""

    id: str
    object: Literal["webhook"]
    url: NotRequired[str]
    events: NotRequired[list[str]]
    note: NotRequired[str]
    enabled: NotRequired[bool]
    off_at: NotRequired[int | None]
    off_reason: NotRequired[str | None]
    failing_since: NotRequired[int | None]
    created_at: NotRequired[UnixTime]
    public_key: str
    former_secrets_until: list[int | None]


class WebhookWithSecret(WebhookAnswer):
    """A webhook with its secret, which is shown this once."""

    secret: str


class WebhookList(TypedDict):
    """A project's webhooks."""

    object: Literal["list"]
    data: list[WebhookAnswer]


class WebhookDeleted(TypedDict):
    """A webhook that is gone."""

    id: str
    object: Literal["webhook"]
    deleted: Literal[True]


class Overlap(TypedDict, total=False):
    """How long the former secret still holds, in seconds."""

    overlap_seconds: int


class ReplaySince(TypedDict, total=False):
    """From when on to send again, in Unix seconds."""

    since: int


class DeliveryTry(TypedDict):
    """One try of a delivery."""

    at: int | None
    milliseconds: int
    status: int | None
    error: str | None
    answer: str | None


class DeliveryAnswer(TypedDict):
    """A message to a webhook, with its tries."""

    id: str
    object: Literal["webhook.delivery"]
    webhook: str
    task: str | None
    url: str | None
    event: str
    status: str
    created_at: int | None
    next_try_at: int | None
    ended_at: int | None
    tries: list[DeliveryTry]


class DeliveryWithBody(DeliveryAnswer):
    """A message to a webhook, with what was sent last."""

    sent: str | None


class DeliveryPage(TypedDict):
    """A page of deliveries."""

    object: Literal["list"]
    data: list[DeliveryAnswer]
    has_more: bool
    next_cursor: str | None


class Replayed(TypedDict):
    """How many deliveries are sent again."""

    object: Literal["replay"]
    replayed: int


class TaskMessage(TypedDict):
    """A webhook's message about a task: the task as it was at that moment."""

    type: str
    timestamp: str
    data: HouseTask


class TestData(TypedDict):
    """Which webhook is tested."""

    webhook_id: str


class TestMessage(TypedDict):
    """A message that is about no task."""

    type: Literal["webhook.test"]
    timestamp: str
    data: TestData
