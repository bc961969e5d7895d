"""A task as the server shows it."""

from __future__ import annotations

from typing import Any


class RemoteTask:
    """One answer about a task: the common fields by name, the whole answer in `raw`."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.id: str = raw["id"]
        self.model: str = raw["model"]
        self.status: str = raw["status"]
        self.state: str = raw["state"]
        self.progress: int = raw["progress"]
        self.created_at: int = raw["created_at"]
        self.result_url: str = raw.get("result_url") or ""
        self.error: str = (raw.get("error") or {}).get("message", "")

    def __repr__(self) -> str:
        return f"<RemoteTask {self.id} {self.model} {self.state} {self.progress}%>"
