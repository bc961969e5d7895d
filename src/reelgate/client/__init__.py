"""The Python client of a Reelgate server: `AsyncReelgate`, and `Reelgate` for code without asyncio."""

from __future__ import annotations

from reelgate.client._async import AsyncReelgate
from reelgate.client._sync import Reelgate
from reelgate.client.errors import ApiError, ClientError, TaskFailed
from reelgate.client.task import RemoteTask

__all__ = ["ApiError", "AsyncReelgate", "ClientError", "Reelgate", "RemoteTask", "TaskFailed"]
