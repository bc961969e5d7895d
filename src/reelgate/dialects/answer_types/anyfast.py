"""The answers of new-api and AnyFast."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import UnixTime, Url


class JobCreated(TypedDict):
    """A new task in the form of new-api and AnyFast."""

    id: str
    task_id: str
    object: Literal["video"]
    model: str
    status: str
    progress: int
    created_at: UnixTime


class EnvelopedTask(TypedDict):
    """A task inside new-api's envelope; `data` is the upstream's own answer."""

    task_id: str
    action: str
    status: Literal["NOT_START", "QUEUED", "IN_PROGRESS", "SUCCESS", "FAILURE"]
    result_url: NotRequired[Url]
    fail_reason: str
    submit_time: UnixTime
    start_time: UnixTime
    finish_time: UnixTime
    progress: str
    request_id: str
    data: dict[str, Any] | None


class Envelope(TypedDict):
    """new-api's envelope."""

    code: Literal["success"]
    message: str
    data: EnvelopedTask


class NoTaskInEnvelope(TypedDict):
    """The answer for an unknown task."""

    code: Literal["task_not_exist"]
    message: str
    data: None


class AssetError(TypedDict):
    """Why an asset can't be used."""

    Code: str
    Message: str


class AssetId(TypedDict):
    """The id of the object that was created, changed or deleted."""

    Id: str


class AssetAnswer(TypedDict):
    """An asset."""

    Id: str
    Name: str
    URL: str
    AssetType: Literal["Image", "Video", "Audio"]
    GroupId: str
    Status: Literal["Processing", "Active", "Failed"]
    ProjectName: str
    CreateTime: str
    UpdateTime: str
    Error: NotRequired[AssetError]


class AssetGroupAnswer(TypedDict):
    """A group of assets."""

    Id: str
    Name: str
    GroupType: str
    ProjectName: str
    CreateTime: str
    UpdateTime: str


class AssetPage(TypedDict):
    """A page of assets."""

    PageNumber: int
    PageSize: int
    TotalCount: int
    Items: list[AssetAnswer]


class AssetGroupPage(TypedDict):
    """A page of groups of assets."""

    PageNumber: int
    PageSize: int
    TotalCount: int
    Items: list[AssetGroupAnswer]
