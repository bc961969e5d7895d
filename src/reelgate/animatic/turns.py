"""How long a thread may compute at a stretch while others wait: short for the server, long for renders.

Linux (6.12 and later) lets a thread that wakes up take the processor at once from one that has asked for longer turns.
The shares of the processor stay what the threads' priorities say, so that no render starves beside other programs, as
it would in the class that runs only on an idle machine.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

RENDER_SECONDS = 0.01
SERVER_SECONDS = 0.0001
"""The kernel's own least."""

_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274, "riscv64": 274}
"""The number of the system call by machine: not every C library has a function for it."""

_NORMAL, _BATCH = 0, 3
_RESET_ON_FORK = 1
_SIZE = 48


def take_short_turns() -> None:
    """Let this thread, but none that it starts, compute a moment at a time. Where that can't be, change nothing."""
    _ask(_NORMAL, _RESET_ON_FORK, SERVER_SECONDS)


def take_long_turns() -> None:
    """Let this thread, and all that it starts, compute as batch work. Where that can't be, change nothing."""
    _ask(_BATCH, 0, RENDER_SECONDS)


def _ask(policy: int, flags: int, seconds: float) -> None:
    """Call sched_setattr(2), keeping the niceness; its refusal costs some latency and nothing else."""
    if sys.platform != "linux" or os.sched_getscheduler(0) != _NORMAL:  # else an operator has chosen already
        return
    if number := _SCHED_SETATTR.get(os.uname().machine):
        niceness, priority, turn = os.nice(0), 0, round(seconds * 1e9)
        wanted = struct.pack("=IIQiIQQQ", _SIZE, policy, flags, niceness, priority, turn, 0, 0)
        ctypes.CDLL(None).syscall(number, 0, wanted, 0)
