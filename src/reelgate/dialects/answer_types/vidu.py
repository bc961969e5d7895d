"""Vidu's answers."""

from __future__ import annotations

from typing import Literal, TypedDict

from reelgate.dialects.answer_types.common import Percent, Url


class ViduTrace(TypedDict):
    """The id of the call."""

    trace_id: str


class ViduError(TypedDict):
    """An error in Vidu's form."""

    code: int
    reason: str
    message: str
    metadata: ViduTrace


class ViduSettings(TypedDict):
    """The order in Vidu's form."""

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
    """A new task, with its price."""

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
    """A task in Vidu's form."""

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
    """A task of a list in Vidu's form."""

    id: str
    state: ViduState
    err_code: str
    err_msg: str
    credits: int
    progress: Percent
    creations: list[ViduCreation]


class ViduPage(TypedDict):
    """A page of tasks in Vidu's form."""

    tasks: list[ViduEntry]
    next_page_token: str
    total: int
