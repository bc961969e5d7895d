"""Reads server-sent events as they come in."""

from __future__ import annotations

import httpx2

from reelgate.client.shapes import TASK
from reelgate.client.task import TaskEvent


class EventReader:
    """Collects pieces of text until they make events.

    A line ends at a line feed and at nothing else: what Unicode calls a line's end can be in a prompt.
    """

    def __init__(self, answer: httpx2.Response) -> None:
        self._answer = answer
        self._rest = ""
        self._fields: dict[str, str] = {}

    def feed(self, piece: str) -> list[TaskEvent]:
        """Take a piece in; return the events that it completes. Raises UnreadableAnswer."""
        *lines, self._rest = (self._rest + piece).split("\n")
        events = (self._line(line.removesuffix("\r")) for line in lines)
        return [event for event in events if event is not None]

    def _line(self, line: str) -> TaskEvent | None:
        name, _, value = line.partition(":")
        if line:
            if name:
                self._fields[name] = value.removeprefix(" ")
            return None
        fields, self._fields = self._fields, {}
        if "event" not in fields or "data" not in fields:
            return None
        return TaskEvent(fields["event"], fields.get("id", ""), TASK.event(fields["data"], self._answer))
