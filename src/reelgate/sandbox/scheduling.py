"""Keeps threads out of the real-time classes, in which they would hold the whole machine."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_THREADS = Path("/proc/self/task")


@contextmanager
def class_kept() -> Iterator[None]:
    """Give this thread, and those that were begun meanwhile, this thread's class again where they are real-time ones.

    SVT-AV1 3 takes the thread that opens it, as root, to SCHED_FIFO at the highest priority, and its own threads with
    it. In a sandbox the kernel refuses that.
    """
    if sys.platform != "linux":
        yield
        return
    before, chosen, priority = _threads(), os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        for thread in (_threads() - before) | {threading.get_native_id()}:
            with suppress(OSError):  # it has ended
                if os.sched_getscheduler(thread) in (os.SCHED_FIFO, os.SCHED_RR):
                    os.sched_setscheduler(thread, chosen, priority)


def _threads() -> set[int]:
    try:
        return {int(thread.name) for thread in _THREADS.iterdir()}
    except OSError:  # a sandbox shows none
        return set()
