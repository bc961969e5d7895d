"""What a vendor answered, whatever shape it has."""

from __future__ import annotations

from typing import Any

import msgspec

from reelgate import limits

Path = tuple[str | int, ...]
"""A place in an answer: names of fields, and numbers in lists."""


class Reply(msgspec.Struct, frozen=True):
    """A vendor's answer: the status, the JSON (None if there is none), the wait that it asks for, and its words."""

    status: int
    json: Any
    retry_after: float = 0.0
    told: str = ""
    """The answer as it came, without the account's key; cut where it is long."""

    @property
    def ok(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300

    def at(self, *path: str | int) -> Any:
        """Return the value at that path of objects and lists, None if there is none, whatever shape it has."""
        value = self.json
        for key in path:
            if isinstance(key, int):
                value = value[key] if isinstance(value, list) and key < len(value) else None
            else:
                value = value.get(key) if isinstance(value, dict) else None
        return value

    def text(self, *path: str | int) -> str:
        """Return the text at that path, "" for anything else."""
        value = self.at(*path)
        return value if isinstance(value, str) else ""


def is_crowded(body: bytes) -> bool:
    """Whether a JSON text holds more values than can be read without holding everybody up."""
    return body.count(b",") + body.count(b"[") + body.count(b"{") > limits.VENDOR_ANSWER_VALUES
