"""The answers of the OpenAI family."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import ErrorText, Percent, PlainError, UnixTime, Url


class OpenAIError(PlainError):
    """The details of an error, and the field that caused it."""

    param: str | None


class OpenAIErrorAnswer(TypedDict):
    """An error in OpenAI's form. In an error to a query the other fields say that the task is open."""

    error: OpenAIError
    id: NotRequired[str]
    object: NotRequired[str]
    status: NotRequired[str]


class VideoLink(TypedDict):
    """The address of a finished video's file."""

    url: Url


class Video(TypedDict):
    """A video in OpenAI's form."""

    id: str
    object: Literal["video"]
    created_at: UnixTime
    status: Literal["queued", "in_progress", "completed", "failed"]
    completed_at: int | None
    error: ErrorText | None
    expires_at: int | None
    model: str
    progress: Percent
    prompt: str
    remixed_from_video_id: str | None
    seconds: str
    size: str
    metadata: NotRequired[VideoLink]


class VideoPage(TypedDict):
    """A page of videos."""

    object: Literal["list"]
    data: list[Video]
    first_id: str | None
    last_id: str | None
    has_more: bool


class VideoDeleted(TypedDict):
    """A deleted video."""

    id: str
    object: Literal["video.deleted"]
    deleted: Literal[True]


class VideoOfEvent(TypedDict):
    """The video of an event."""

    id: str


class VideoEvent(TypedDict):
    """An event in the form of OpenAI's webhooks."""

    id: str
    object: Literal["event"]
    created_at: UnixTime
    type: Literal["video.completed", "video.failed"]
    data: VideoOfEvent
