"""The answers of the Reelgate dialect."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import Estimate, Percent, PlainError, PollAfter, UnixTime, Url
from reelgate.dialects.answer_types.dashscope import ApiyiErrorText


class TaskPrice(TypedDict):
    """The amount that a task holds or held, and the charge at its end, in micro-units of the currency."""

    amount_micros: int
    charged_micros: int | None
    currency: str
    expires_at: NotRequired[UnixTime]


class HouseQueue(TypedDict):
    """A queued task's position by age among those that wait for its account; null beyond a thousand."""

    position: int | None


class HouseWait(TypedDict):
    """Why a task does not move, and until when, if that is known."""

    reason: str
    message: str
    until: int | None


class HouseTask(TypedDict):
    """A task in the Reelgate dialect, with all details for its owner. Null means not known yet.

    `status` is the word that APIYI's clients read; `state` is the task's own. `duration` is the length that was
    ordered, `seconds` the one that was delivered.
    """

    id: str
    object: Literal["task"]
    status: Literal["submitted", "in_progress", "completed", "failed"]
    progress: Percent
    task_id: str
    result_url: NotRequired[Url]
    last_frame_url: NotRequired[Url]
    thumbnail_url: NotRequired[Url]
    contact_sheet_url: NotRequired[Url]
    error: NotRequired[ApiyiErrorText]
    fail_reason: NotRequired[str]
    state: Literal[
        "queued",
        "submitting",
        "unknown",
        "running",
        "collecting",
        "succeeded",
        "failed",
        "cancelled",
        "expired",
    ]
    model: str
    mode: str
    dialect: str
    prompt: str
    created_at: UnixTime
    started_at: int | None
    finished_at: int | None
    eta: NotRequired[Estimate]
    poll_after: NotRequired[PollAfter]
    progress_estimated: NotRequired[bool]
    queue: NotRequired[HouseQueue]
    waiting: NotRequired[HouseWait]
    seed: int
    duration: int
    resolution: str
    ratio: str
    seconds: float | None
    bytes: int | None
    width: int | None
    height: int | None
    has_audio: bool | None
    made_by: str | None
    made_with: NotRequired[str]
    price: TaskPrice
    ignored: list[str]
    metadata: dict[str, str]
    notes: dict[str, Any]


class HouseError(PlainError):
    """The details of an error; if a field caused it, its name, its value, and the allowed values."""

    param: NotRequired[str]
    value: NotRequired[str | int | float | bool]
    allowed: NotRequired[str]


class HouseErrorAnswer(TypedDict):
    """An error in the Reelgate dialect."""

    error: HouseError
