"""The processes that a process has started and that still run, by the module that each runs."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def children(module: str, of: int | None = None) -> set[int]:
    """Return the ids of the children, of the test's own process by default, that run a module."""
    pids: list[int] = []
    for children_of_thread in Path(f"/proc/{of or os.getpid()}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that has just ended
            pids += map(int, children_of_thread.read_text().split())
    return {pid for pid in pids if module in _words(pid)}


def child(module: str, of: int | None = None) -> int:
    """Return the id of the one child that runs a module."""
    (pid,) = children(module, of)
    return pid


def _words(pid: int) -> list[str]:
    """Return a process's command line, nothing once it has ended.

    For a moment after the call that started a process has returned, it is empty: the system puts the program in place.
    """
    process = Path(f"/proc/{pid}")
    try:
        while not (line := (process / "cmdline").read_text()):
            if (process / "stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX":
                return []
    except OSError:  # it has just ended
        return []
    return line.rstrip("\0").split("\0")
