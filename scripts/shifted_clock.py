"""Runs `reelgate` with a clock that a file sets: `shifted_clock.py FILE COMMAND…`.

The file holds the seconds by which the machine's time is off; it is read each time that the time is asked for. Time
that only passes (`time.monotonic`) is as it is, as where a real clock is set.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path


def shift(file: Path) -> None:
    """Let this process's time be off by what the file says."""
    nanoseconds: Callable[[], int] = time.time_ns

    def shifted_ns() -> int:
        return nanoseconds() + round(float(file.read_text() or 0) * 1e9)

    time.time_ns = shifted_ns
    time.time = lambda: shifted_ns() / 1e9


if __name__ == "__main__":
    shift(Path(sys.argv[1]))
    from reelgate.cli import main

    sys.argv[1:] = sys.argv[2:]
    main()
