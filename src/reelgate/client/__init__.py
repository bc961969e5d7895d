"""The Python client of a Reelgate server: `AsyncReelgate`, and `Reelgate` for code without asyncio."""

from __future__ import annotations

from reelgate.client._async.client import AsyncReelgate
from reelgate.client._async.task import AsyncTask
from reelgate.client._sync.client import Reelgate
from reelgate.client._sync.task import Task
from reelgate.client.errors import (
    ApiError,
    ClientError,
    Conflict,
    DamagedFile,
    Forbidden,
    InvalidRequest,
    NoFunds,
    NotFound,
    NotOffered,
    RateLimited,
    ServerFailed,
    TaskFailed,
    Unreachable,
    UnreadableAnswer,
    WaitedTooLong,
    WrongKey,
    WrongSignature,
)
from reelgate.client.signatures import verify_webhook
from reelgate.client.task import RemoteTask, TaskEvent

__all__ = [
    "ApiError",
    "AsyncReelgate",
    "AsyncTask",
    "ClientError",
    "Conflict",
    "DamagedFile",
    "Forbidden",
    "InvalidRequest",
    "NoFunds",
    "NotFound",
    "NotOffered",
    "RateLimited",
    "Reelgate",
    "RemoteTask",
    "ServerFailed",
    "Task",
    "TaskEvent",
    "TaskFailed",
    "Unreachable",
    "UnreadableAnswer",
    "WaitedTooLong",
    "WrongKey",
    "WrongSignature",
    "verify_webhook",
]
