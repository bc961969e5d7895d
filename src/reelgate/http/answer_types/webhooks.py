"""The requests and answers of webhooks and their deliveries, and the messages to a webhook."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import UnixTime
from reelgate.dialects.answer_types.house import HouseTask


class WebhookOrder(TypedDict):
    """A new webhook. `events` are by default the ends of tasks."""

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
    """A webhook; the one for addresses that tasks name has an id and a key only."""

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
    """A webhook with its secret, which is shown only once."""

    secret: str


class WebhookList(TypedDict):
    """A project's webhooks."""

    object: Literal["list"]
    data: list[WebhookAnswer]


class WebhookDeleted(TypedDict):
    """A deleted webhook."""

    id: str
    object: Literal["webhook"]
    deleted: Literal[True]


class Overlap(TypedDict, total=False):
    """How long the former secret stays valid, in seconds."""

    overlap_seconds: int


class ReplaySince(TypedDict, total=False):
    """The time from which messages are sent again, in Unix seconds."""

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
    """A message to a webhook, with its last request."""

    sent: str | None


class DeliveryPage(TypedDict):
    """A page of deliveries."""

    object: Literal["list"]
    data: list[DeliveryAnswer]
    has_more: bool
    next_cursor: str | None


class Replayed(TypedDict):
    """The number of deliveries that are sent again."""

    object: Literal["replay"]
    replayed: int


class TaskMessage(TypedDict):
    """A webhook's message about a task: the task as it was at that moment."""

    type: str
    timestamp: str
    data: HouseTask


class TestData(TypedDict):
    """The webhook to test."""

    webhook_id: str


class TestMessage(TypedDict):
    """A test message, about no task."""

    type: Literal["webhook.test"]
    timestamp: str
    data: TestData
