"""The processes that the test's own one has started and that still run."""

from __future__ import annotations

import contextlib
from pathlib import Path


def children(module: str) -> set[int]:
    """Return the ids of those that run a module; one that has ended, or has not come so far yet, runs none."""
    found: set[int] = set()
    pids: list[int] = []
    for status in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that has just ended
            pids += map(int, status.read_text().split())
    for pid in pids:
        with contextlib.suppress(OSError):  # a process that has just ended
            if module in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
                found.add(pid)
    return found
