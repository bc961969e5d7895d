"""The answers of DashScope and APIYI."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import Percent, PlainError, Url


class DashScopeError(TypedDict):
    """An error in DashScope's form."""

    code: str
    message: str
    request_id: str


class DashScopeNewTask(TypedDict):
    """A new task."""

    task_status: Literal["PENDING"]
    task_id: str


class DashScopeCreated(TypedDict):
    """The answer to a create in DashScope's form."""

    output: DashScopeNewTask
    request_id: str


class DashScopeTask(TypedDict):
    """A task in DashScope's form. Fields without a value yet are left out."""

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
    """The answer to a query in DashScope's form; a task that does not exist has the status UNKNOWN."""

    request_id: str
    output: DashScopeTask
    usage: NotRequired[dict[str, Any]]


class DashScopeEntry(TypedDict):
    """A task of a list in DashScope's form; times are in milliseconds."""

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
    """A page of tasks in DashScope's form."""

    request_id: str
    data: list[DashScopeEntry]
    page_no: int
    page_size: int
    total_page: int
    total: int


class DashScopeDone(TypedDict):
    """Confirms a cancel."""

    request_id: str


class ApiyiErrorText(TypedDict):
    """Why a task failed."""

    message: str


class ApiyiJob(TypedDict):
    """A task in APIYI's form."""

    status: Literal["submitted", "in_progress", "completed", "failed"]
    progress: Percent
    task_id: str
    result_url: NotRequired[Url]
    error: NotRequired[ApiyiErrorText]
    fail_reason: NotRequired[str]


class ApiyiErrorAnswer(TypedDict):
    """An error in APIYI's form; `status` is UNKNOWN for a task that does not exist."""

    error: PlainError
    status: NotRequired[Literal["UNKNOWN"]]
