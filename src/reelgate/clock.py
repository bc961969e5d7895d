"""Time as an injected object, so that tests control the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol


def _steady_ns() -> int:
    """Return nanoseconds that pass evenly, also while the machine sleeps, where the system counts those."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic_ns()


class Clock(Protocol):
    """Where the time comes from."""

    set_by: int
    """By how many milliseconds the time was set since the start, in all: two times differ by that too."""

    def now(self) -> int:
        """Return milliseconds since the Unix epoch."""
        ...


STEP_SECONDS = 60
"""By how much the system's time has to be set at once to be a step; by less it is only corrected."""
_STEP_NS = STEP_SECONDS * 1_000_000_000


class SystemClock:
    """The machine's own clock, except that a small correction backwards does not make it run backwards.

    Where the system's time is set back by less than a step, this one continues from where it was until the other has
    caught up, so that what is due stays due. A step is followed in either direction, for a clock that was wrong once
    must not stay so for ever, and is written to the log. `wall` and `steady` return nanoseconds.
    """

    def __init__(self, wall: Callable[[], int] = time.time_ns, steady: Callable[[], int] = _steady_ns) -> None:
        self._wall = wall
        self._steady = steady
        self._ahead = wall() - steady()
        self.set_by = 0

    def now(self) -> int:
        """Return milliseconds since the Unix epoch."""
        steady = self._steady()
        step = self._wall() - steady - self._ahead
        if step > 0 or step <= -_STEP_NS:
            self._ahead += step
            if abs(step) >= _STEP_NS:
                self.set_by += step // 1_000_000
                _tell(step)
        return (steady + self._ahead) // 1_000_000


def _tell(step: int) -> None:
    import structlog  # which the commands on a journal do without

    structlog.get_logger().warning("clock.step", seconds=round(step / 1e9), advice="let a time service keep the clock")
