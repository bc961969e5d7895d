"""The processes that a process has started and that still run, by the module that each runs."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def children(module: str, of: int | None = None) -> set[int]:
    """Return the ids of the children, of the test's own process by default, that run a module."""
    return {pid for pid, words in command_lines(of).items() if module in words}


def child(module: str, of: int | None = None) -> int:
    """Return the id of the one child that runs a module."""
    (pid,) = children(module, of)
    return pid


def command_lines(of: int | None = None) -> dict[int, list[str]]:
    """Return the words with which each child was started; one that has ended has none."""
    pids: list[int] = []
    for children_of_thread in Path(f"/proc/{of or os.getpid()}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that has just ended
            pids += map(int, children_of_thread.read_text().split())
    return {pid: words for pid in pids if (words := _words(pid))}


def _words(pid: int) -> list[str]:
    """Return a process's command line. It is empty for a moment while the system puts a program in place, after the
    call that started it has returned, and from the process's end on."""
    process = Path(f"/proc/{pid}")
    try:
        while not (line := (process / "cmdline").read_text()):
            if (process / "stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX":
                return []
    except OSError:  # it has just ended
        return []
    return line.rstrip("\0").split("\0")
