"""Ark's answers."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import ErrorText, UnixTime, Url


class ArkError(TypedDict):
    """The details of an error in Ark's form."""

    code: str
    message: str
    param: str
    type: str


class ArkErrorAnswer(TypedDict):
    """An error in Ark's form."""

    error: ArkError


class ArkCreated(TypedDict):
    """The id of a new task."""

    id: str


class ArkContent(TypedDict):
    """The files of a finished task."""

    video_url: Url
    last_frame_url: NotRequired[Url]


class ArkUsage(TypedDict):
    """The tokens that a finished task is billed by."""

    completion_tokens: int
    total_tokens: int


class ArkTask(TypedDict):
    """A task in Ark's form."""

    id: str
    model: str
    status: Literal["queued", "running", "succeeded", "failed", "cancelled", "expired"]
    error: ErrorText | None
    content: NotRequired[ArkContent]
    usage: NotRequired[ArkUsage]
    created_at: UnixTime
    updated_at: UnixTime
    seed: int
    resolution: str
    ratio: str
    duration: NotRequired[int]
    frames: NotRequired[int]
    framespersecond: int
    service_tier: Literal["default", "flex"]
    execution_expires_after: int
    generate_audio: bool
    draft: bool
    safety_identifier: NotRequired[str]


class ArkPage(TypedDict):
    """A page of tasks in Ark's form."""

    items: list[ArkTask]
    total: int
