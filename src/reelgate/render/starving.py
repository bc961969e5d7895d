"""Tells a process that gets no processor time from one that hangs: renders are of the class that waits for all else."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_STATE, _USER, _SYSTEM = 0, 11, 12  # fields of /proc/PID/stat behind the program's name; see proc(5)


def processor_seconds(pid: int) -> float | None:
    """Return how long a process has computed, None if the system does not say."""
    fields = _fields(Path(f"/proc/{pid}/stat"))
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / os.sysconf("SC_CLK_TCK") if fields else None


def wants_to_run(pid: int) -> bool:
    """Whether some thread of a process could compute at this moment, if it were let."""
    with contextlib.suppress(OSError):
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return any(fields[_STATE] == "R" for task in tasks if (fields := _fields(task / "stat")))
    return False


def _fields(path: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return path.read_text().rpartition(")")[2].split()
    return []
