"""UniAll's answers."""

from __future__ import annotations

from typing import Literal, TypedDict

from reelgate.dialects.answer_types.common import ErrorText, Percent, UnixTime, Url


class UniAllCreated(TypedDict):
    """A new job in UniAll's form."""

    id: str
    task_id: str
    object: Literal["video.generation.job"]
    model: str
    status: Literal["queued"]
    progress: int
    created_at: UnixTime


class UniAllResult(TypedDict):
    """The files of a finished job."""

    outputs: list[str]
    video_url: Url


class UniAllTimes(TypedDict):
    """How long a job took, in seconds."""

    total_time: float
    predict_time: float


class UniAllJob(TypedDict):
    """A job in UniAll's form. `duration` is the time that it took, in seconds."""

    id: str
    task_id: str
    object: Literal["video.generation.job"]
    model: str
    status: Literal["queued", "in_progress", "completed", "failed"]
    progress: Percent
    created_at: UnixTime
    seconds: str
    error: ErrorText | None
    result: UniAllResult | None
    video_url: str | None
    prompt: str
    duration: int | None
    metadata: UniAllTimes | None
    thumbnail_url: str | None
