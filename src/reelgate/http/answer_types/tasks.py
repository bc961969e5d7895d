"""The answers of lists and deletions of tasks, of a task's timeline, models and errors."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import UnixTime
from reelgate.dialects.answer_types.house import HouseTask


class TaskPage(TypedDict):
    """A page of tasks, newest first."""

    object: Literal["list"]
    data: list[HouseTask]
    has_more: bool
    next_cursor: str | None


class TaskDeleted(TypedDict):
    """A deleted task."""

    id: str
    object: Literal["task"]
    deleted: Literal[True]


class ModelEntry(TypedDict):
    """A model: its modes with the inputs that each takes, its limits and its prices."""

    id: str
    object: Literal["model"]
    created: UnixTime
    owned_by: str
    supported_endpoint_types: list[str]
    title: str
    dialect: str
    modes: dict[str, dict[str, Any]]
    limits: dict[str, Any]
    price: dict[str, Any]
    price_rules: NotRequired[list[dict[str, Any]]]
    options: NotRequired[Any]
    stands_in: NotRequired[Any]
    also: NotRequired[list[dict[str, Any]]]


class ModelList(TypedDict):
    """The models that the key may use."""

    object: Literal["list"]
    data: list[ModelEntry]


class ErrorEntry(TypedDict):
    """An error that a call can get: programs check `code`; `advice` says what to do.

    `retry` says whether the same call may succeed later; `retry_after` is a wait in seconds.
    """

    name: str
    code: str
    status: int
    advice: str
    retry: bool
    retry_after: int | None
    kind_of: str | None


class ErrorList(TypedDict):
    """All errors."""

    object: Literal["list"]
    data: list[ErrorEntry]


class TimelineAnswer(TypedDict):
    """A task's history in order: moves, attempts, money, files."""

    id: str
    object: Literal["timeline"]
    state: str
    price: dict[str, Any]
    data: list[dict[str, Any]]
    waits_for: NotRequired[dict[str, Any] | None]
