"""Reads server-sent events line by line."""

from __future__ import annotations

import json

from reelgate.client.task import TaskEvent


class EventReader:
    """Collects lines until they make an event."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}

    def feed(self, line: str) -> TaskEvent | None:
        """Take a line in; return the event that it completes."""
        name, _, value = line.partition(":")
        if line:
            if name:
                self._fields[name] = value.removeprefix(" ")
            return None
        fields, self._fields = self._fields, {}
        if "event" not in fields or "data" not in fields:
            return None
        return TaskEvent(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
