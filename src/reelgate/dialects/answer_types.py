"""What the dialects answer, as types: the OpenAPI document is made from them, and a live server is held to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from msgspec import Meta

Url = Annotated[str, Meta(description="A signed link. It needs no key.")]
UnixTime = Annotated[int, Meta(description="Unix seconds.")]
Estimate = Annotated[int, Meta(description="When it is likely to end, in Unix seconds: an estimate, no promise.")]
PollAfter = Annotated[int, Meta(description="Seconds after which it is worth asking again.")]
Percent = Annotated[int, Meta(ge=0, le=100)]


class Empty(TypedDict):
    """An object without fields."""


class ErrorText(TypedDict):
    """Why a task ended without a video."""

    code: str
    message: str


# The OpenAI family


class PlainError(TypedDict):
    """What is wrong. `code` is a machine name; `GET /v1/errors` lists them."""

    message: str
    type: str
    code: str


class PlainErrorAnswer(TypedDict):
    """A mistake, as UniAll tells it, and AnyFast and new-api most of all."""

    error: PlainError


class OpenAIError(PlainError):
    """What is wrong, and which field is at fault."""

    param: str | None


class OpenAIErrorAnswer(TypedDict):
    """A mistake, as OpenAI tells it. The other fields say, in an error to a query, that the task goes on."""

    error: OpenAIError
    id: NotRequired[str]
    object: NotRequired[str]
    status: NotRequired[str]


class VideoLink(TypedDict):
    """Where the file of a finished video is."""

    url: Url


class Video(TypedDict):
    """A video, as OpenAI tells it."""

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
    """A video that is gone."""

    id: str
    object: Literal["video.deleted"]
    deleted: Literal[True]


class VideoOfEvent(TypedDict):
    """Which video an event is about."""

    id: str


class VideoEvent(TypedDict):
    """An event, as OpenAI's webhooks tell it."""

    id: str
    object: Literal["event"]
    created_at: UnixTime
    type: Literal["video.completed", "video.failed"]
    data: VideoOfEvent


# new-api and AnyFast


class JobCreated(TypedDict):
    """A new task, as new-api and AnyFast tell it."""

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
    """That there is no such task."""

    code: Literal["task_not_exist"]
    message: str
    data: None


class AssetError(TypedDict):
    """Why an asset can't be used."""

    Code: str
    Message: str


class AssetId(TypedDict):
    """The id of what was made, changed or deleted."""

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


# UniAll


class UniAllCreated(TypedDict):
    """A new job, as UniAll tells it."""

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
    """A job, as UniAll tells it. `duration` is how long it took, in seconds."""

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


# DashScope and APIYI


class DashScopeError(TypedDict):
    """A mistake, as DashScope tells it."""

    code: str
    message: str
    request_id: str


class DashScopeNewTask(TypedDict):
    """A new task."""

    task_status: Literal["PENDING"]
    task_id: str


class DashScopeCreated(TypedDict):
    """The answer to a create, as DashScope gives it."""

    output: DashScopeNewTask
    request_id: str


class DashScopeTask(TypedDict):
    """A task, as DashScope tells it. What is not known yet is left out."""

    task_id: str
    task_status: Literal["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"]
    submit_time: NotRequired[str]
    scheduled_time: NotRequired[str]
    end_time: NotRequired[str]
    code: NotRequired[str]
    message: NotRequired[str]
    orig_prompt: NotRequired[str]
    video_url: NotRequired[Url]


class DashScopeAnswer(TypedDict):
    """The answer to a query, as DashScope gives it; a task that does not exist has the status UNKNOWN."""

    request_id: str
    output: DashScopeTask
    usage: NotRequired[dict[str, Any]]


class DashScopeEntry(TypedDict):
    """A task in a list, as DashScope tells it; times are milliseconds."""

    api_key_id: NotRequired[str]
    caller_parent_id: str
    caller_uid: str
    gmt_create: int
    start_time: NotRequired[int]
    end_time: NotRequired[int]
    request_id: NotRequired[str]
    status: str
    task_id: str
    user_api_unique_key: str
    model_name: str


class DashScopePage(TypedDict):
    """A page of tasks, as DashScope gives it."""

    request_id: str
    data: list[DashScopeEntry]
    page_no: int
    page_size: int
    total_page: int
    total: int


class DashScopeDone(TypedDict):
    """That a cancel was done."""

    request_id: str


class ApiyiErrorText(TypedDict):
    """Why a task failed."""

    message: str


class ApiyiJob(TypedDict):
    """A task, as APIYI tells it."""

    status: Literal["submitted", "in_progress", "completed", "failed"]
    progress: Percent
    task_id: str
    result_url: NotRequired[Url]
    error: NotRequired[ApiyiErrorText]
    fail_reason: NotRequired[str]


class ApiyiErrorAnswer(TypedDict):
    """A mistake, as APIYI tells it; `status` is UNKNOWN of a task that does not exist."""

    error: PlainError
    status: NotRequired[Literal["UNKNOWN"]]


# Ark


class ArkError(TypedDict):
    """What is wrong, as Ark tells it."""

    code: str
    message: str
    param: str
    type: str


class ArkErrorAnswer(TypedDict):
    """A mistake, as Ark tells it."""

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
    """A task, as Ark tells it."""

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
    """A page of tasks, as Ark gives it."""

    items: list[ArkTask]
    total: int


# Vidu


class ViduTrace(TypedDict):
    """The id of the call."""

    trace_id: str


class ViduError(TypedDict):
    """A mistake, as Vidu tells it."""

    code: int
    reason: str
    message: str
    metadata: ViduTrace


class ViduSettings(TypedDict):
    """What was ordered, as Vidu tells it."""

    model: str
    prompt: str
    images: list[str]
    duration: int
    seed: int
    aspect_ratio: str
    resolution: str
    movement_amplitude: str
    bgm: bool
    audio: bool
    payload: str
    off_peak: bool
    watermark: bool
    created_at: str


class ViduCreated(ViduSettings):
    """A new task, with what it will cost."""

    task_id: str
    state: Literal["created"]
    credits: int


class ViduCreation(TypedDict):
    """The files of a finished task."""

    id: str
    url: Url
    cover_url: str
    watermarked_url: str


ViduState = Literal["queueing", "processing", "success", "failed"]


class ViduTask(TypedDict):
    """A task, as Vidu tells it."""

    id: str
    state: ViduState
    err_code: str
    err_msg: str
    credits: int
    payload: str
    bgm: bool
    off_peak: bool
    progress: Percent
    creations: list[ViduCreation]


class ViduEntry(ViduSettings):
    """A task in a list, as Vidu tells it."""

    id: str
    state: ViduState
    err_code: str
    err_msg: str
    credits: int
    progress: Percent
    creations: list[ViduCreation]


class ViduPage(TypedDict):
    """A page of tasks, as Vidu gives it."""

    tasks: list[ViduEntry]
    next_page_token: str
    total: int


# The house


class TaskPrice(TypedDict):
    """What a task holds or held, and what it was charged when it ended, in micro-units of the currency."""

    amount_micros: int
    charged_micros: int | None
    currency: str
    expires_at: NotRequired[UnixTime]


class HouseTask(TypedDict):
    """A task, as the house tells it: all that its owner may know. Null is what is not known yet.

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
    notes: dict[str, Any]


class HouseError(PlainError):
    """What is wrong; where a field is at fault, its name, what was sent, and what is taken."""

    param: NotRequired[str]
    value: NotRequired[str | int | float | bool]
    allowed: NotRequired[str]


class HouseErrorAnswer(TypedDict):
    """A mistake, as the house tells it."""

    error: HouseError
