"""An event loop whose time passes when the test says so: no time-out in it comes early on a machine that is busy."""

from __future__ import annotations

import asyncio


class HandLoop(asyncio.SelectorEventLoop):
    """A loop with a time of its own; what it reads and writes is real."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        """Return the test's time, in seconds."""
        return self._now

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds


def hand_loop() -> HandLoop:
    """Return the loop that runs this."""
    found = asyncio.get_running_loop()
    assert isinstance(found, HandLoop)
    return found
