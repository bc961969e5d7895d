"""A task as the server shows it."""

from __future__ import annotations

from typing import Any

ENDED = frozenset({"completed", "failed"})


class RemoteTask:
    """One answer about a task: the common fields by name, the whole answer in `raw`."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.replayed = False
        """Whether the create made no new task, because the same order was placed before."""
        self.take(raw)

    def take(self, raw: dict[str, Any]) -> None:
        """Replace it by a newer answer, which has the shape of a task."""
        error = raw.get("error") or {}
        self.raw = raw
        self.id: str = raw["id"]
        self.model: str = raw["model"]
        self.status: str = raw["status"]
        self.state: str = raw["state"]
        self.progress: int = raw["progress"]
        self.created_at: int = raw["created_at"]
        self.metadata: dict[str, str] = raw.get("metadata") or {}
        self.result_url: str = raw.get("result_url") or ""
        self.error: str = error.get("message") or ""
        self.price_micros: int = (raw.get("price") or {}).get("amount_micros") or 0
        self.charged_micros: int | None = (raw.get("price") or {}).get("charged_micros")

    @property
    def error_code(self) -> str:
        """The code of its failure; "" if it has not failed."""
        return self.error.partition("]")[0].removeprefix("[") if self.error.startswith("[") else ""

    @property
    def position(self) -> int | None:
        """Its position among the tasks that wait for the same account; None if it does not wait, or is far behind."""
        return (self.raw.get("queue") or {}).get("position")

    @property
    def waits_for(self) -> str:
        """The reason why it waits, as a sentence; "" if it does not wait, or the server names no reason."""
        return (self.raw.get("waiting") or {}).get("message") or ""

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self.status in ENDED

    @property
    def succeeded(self) -> bool:
        """Whether its video is ready."""
        return self.status == "completed"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.model} {self.state} {self.progress}%>"


class TaskEvent:
    """One event of a task: `name` (`task.running`, `task.progress`, …), and the task as it was at that time.

    `id` is its place among all events, from which a stream resumes; "" for progress, which has none.
    """

    def __init__(self, name: str, event_id: str, raw: dict[str, Any]) -> None:
        self.name = name
        self.id = event_id
        self.task = RemoteTask(raw)

    @property
    def final(self) -> bool:
        """Whether this is the task's last event."""
        return self.name in {"task.succeeded", "task.failed", "task.cancelled", "task.expired"}

    def __repr__(self) -> str:
        return f"<TaskEvent {self.name} {self.task.id}>"
