"""The requests and answers of batches."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from reelgate.dialects.answer_types.common import UnixTime


class BatchOrder(TypedDict):
    """A new batch of the creates in a file."""

    input_file_id: str
    endpoint: str
    completion_window: str
    metadata: NotRequired[dict[str, Any] | None]
    output_expires_after: NotRequired[dict[str, Any] | None]


class BatchAnswer(TypedDict):
    """A batch in OpenAI's form."""

    id: str
    object: Literal["batch"]
    endpoint: str
    errors: dict[str, Any] | None
    input_file_id: str
    completion_window: str
    status: str
    output_file_id: str | None
    error_file_id: str | None
    created_at: UnixTime
    in_progress_at: int | None
    expires_at: int | None
    finalizing_at: int | None
    completed_at: int | None
    failed_at: int | None
    expired_at: int | None
    cancelling_at: int | None
    cancelled_at: int | None
    request_counts: dict[str, int]
    metadata: dict[str, Any] | None


class BatchPage(TypedDict):
    """A page of batches."""

    object: Literal["list"]
    data: list[BatchAnswer]
    first_id: str | None
    last_id: str | None
    has_more: bool
