"""What the client raises.

ClientError
├── ApiError      the server refused a call: `status`, `code`, `field` say why
└── TaskFailed    a task ended without a video: `task` is its last answer
"""

from __future__ import annotations

import httpx2

from reelgate.client.task import RemoteTask


class ClientError(Exception):
    """A call or a task did not succeed."""


class ApiError(ClientError):
    """The server refused a call."""

    def __init__(self, status: int, message: str, *, code: str = "", field: str = "") -> None:
        self.status = status
        self.code = code
        self.field = field
        super().__init__(message)

    @classmethod
    def of(cls, answer: httpx2.Response) -> ApiError:
        """Read a refusal in the house dialect's shape; any other body is shown as it came, shortened."""
        try:
            error = answer.json()["error"]
            return cls(answer.status_code, error["message"], code=error["code"] or "", field=error.get("param") or "")
        except (ValueError, KeyError, TypeError):
            return cls(answer.status_code, f"HTTP {answer.status_code}: {answer.text[:200]}")


class TaskFailed(ClientError):
    """A task ended without a video."""

    def __init__(self, task: RemoteTask) -> None:
        self.task = task
        super().__init__(task.error or f"the task {task.id} {task.state}")
