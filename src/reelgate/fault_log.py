"""A log of lasting faults: each is written at once, and then once a minute while it lasts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

AGAIN_SECONDS = 60.0
"""How long a fault that has been written is only counted."""
_MOST = 1024  # faults that are told apart


class FaultLog:
    """Writes faults by their name and what they are `about`; `steady` returns seconds that never go back."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._told: dict[tuple[str, str], tuple[float, int]] = {}

    def error(self, event: str, *, about: str = "", **fields: Any) -> None:
        """Write a fault, or count it; the next line says how many more there were since."""
        self._tell("error", event, about, fields)

    def warning(self, event: str, *, about: str = "", **fields: Any) -> None:
        """Log what an operator should know but is not a fault of ours, or count it, likewise."""
        self._tell("warning", event, about, fields)

    @contextmanager
    def surviving(self, event: str, *, about: str = "", **fields: Any) -> Iterator[None]:
        """Log an unexpected exception from inside with its traceback, or count it, and continue after the block."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - written to the log
            self.error(event, about=f"{about} {error!r}".strip(), **fields, exc_info=error)

    def _tell(self, level: str, event: str, about: str, fields: dict[str, Any]) -> None:
        now = self._steady()
        at, more = self._told.pop((event, about), (now - AGAIN_SECONDS, 0))
        if now - at < AGAIN_SECONDS:
            self._told[event, about] = at, more + 1
            return
        if len(self._told) >= _MOST:  # the one that was written the longest ago
            del self._told[next(iter(self._told))]
        self._told[event, about] = now, 0
        if more:
            fields["more"] = more
        import structlog  # which the commands on a journal do without, until there is something to say

        getattr(structlog.get_logger(), level)(event, **fields)
