"""What every render process does with its end of the pool's pipe; an engine's own `worker` module starts it.

It renders one order after another until the pool kills it or the pipe ends. Cancelling is killing: nothing here is
worth saving, and a kill stops a decoder or an encoder wherever it is.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import os
import queue
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reelgate.render import messages
from reelgate.render.job import Rendered, RenderJob
from reelgate.render.memory import give_back
from reelgate.render.messages import Asked, Crashed, Interrupted, ProcessReady, RenderDone, RenderOrder, Seen, Working

NICENESS = 10
"""Where the kernel has no class for work that waits for all else."""

SOON = 2
"""For work that a client waits for: after the server's answers, before every render."""

_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_PR_SET_PDEATHSIG = 1


Render = Callable[[RenderJob, Path, Callable[[int], None]], Rendered]
"""Makes a job's clip in a file, and reports how many of its frames are done. Raises UnusableInput."""


Prepared = tuple[ProcessReady, Render]
"""What the worker reports to the pool, and what renders."""

Answer = Callable[[Asked, Callable[[int], None]], RenderDone | Seen]
"""Does the work of an order, and reports how many frames are done. Raises UnusableInput."""


def serve(descriptor: int, parent: int, folder: Path, prepare: Callable[[Path], Prepared], memory: int) -> None:
    """Render for the pool in process `parent`, as `answer` does."""

    def prepared(own: Path) -> tuple[ProcessReady, Answer]:
        ready, render = prepare(own)

        def made(asked: Asked, tell: Callable[[int], None]) -> RenderDone:
            if not isinstance(asked, RenderOrder):
                raise TypeError("a render process makes clips")
            return RenderDone(render(asked.job, asked.out, tell))

        return ready, made

    answer(descriptor, parent, folder, prepared, memory)


def answer(
    descriptor: int,
    parent: int,
    folder: Path,
    prepare: Callable[[Path], tuple[ProcessReady, Answer]],
    memory: int,
    *,
    last: bool = True,
) -> None:
    """Serve the process `parent` through an inherited socket; never returns.

    `prepare` imports what takes long and shuts this process in, so that it writes into `folder` alone; no other thread
    runs by then. `memory` bounds the address space in bytes, 0 for no bound. `last`: all else on the machine comes
    before this process.
    """
    pool = socket.socket(fileno=descriptor)
    _restrain(parent, memory, last=last)
    ready, made = prepare(folder)
    orders: queue.SimpleQueue[Asked] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pool, orders), daemon=True).start()
    gc.freeze()
    messages.send(pool, ready)
    while True:
        order = orders.get()
        report = _reported(made, order, lambda frames: messages.send(pool, Working(frames)))
        messages.close_inputs(order)
        messages.send(pool, report)
        del order
        if last:
            give_back()


def _reported(made: Answer, order: Asked, tell: Callable[[int], None]) -> RenderDone | Seen | Crashed | Interrupted:
    from reelgate.render.scene import UnusableInput

    try:
        return made(order, tell)
    except UnusableInput as error:
        return Crashed(str(error))
    except MemoryError:
        traceback.print_exc()
        return Crashed("it takes more memory than one render may have; send smaller inputs")
    except Exception as error:  # noqa: BLE001 - whatever strange media provokes fails this one job
        traceback.print_exc()
        reason = f"{type(error).__name__}: {getattr(error, 'strerror', None) or error}"
        full = getattr(error, "errno", None) in _DISK_FULL
        return Interrupted(reason) if full else Crashed(reason)


def on_idle_threads(render: Render, job: RenderJob, out: Path, tell: Callable[[int], None]) -> Rendered:
    """Render on threads that, once the scene is painted, compute only while nothing else wants the processor.

    Polls don't wait for them then. A thread can't leave that class again, and before that the kernel would often put
    the two that paint on one core.
    """

    def told(frames: int) -> None:
        if sys.platform == "linux":
            _change_class(os.SCHED_BATCH, os.SCHED_IDLE)
        tell(frames)

    with ThreadPoolExecutor(1, thread_name_prefix="first") as thread:
        return thread.submit(render, job, out, told).result()


def _restrain(parent: int, memory: int, *, last: bool) -> None:
    """Yield the processor to the server, bound the memory, live exactly as long as the parent wants."""
    # Ctrl-C and a service manager's SIGTERM reach the whole group; the parent drains first and then kills.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS if last else SOON)
    if sys.platform == "linux":
        import resource

        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if last:
            _change_class(os.SCHED_OTHER, os.SCHED_BATCH)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)


def _change_class(before: int, after: int) -> None:
    """Take this thread, and those that it starts, from one class of scheduling to another; else leave it as it is."""
    with contextlib.suppress(OSError):  # a sandbox's refusal costs some latency and nothing else
        if os.sched_getscheduler(0) == before:  # else an operator has chosen
            os.sched_setscheduler(0, after, os.sched_param(0))


def _listen(pool: socket.socket, orders: queue.SimpleQueue[Asked]) -> None:
    """Pass orders on; the pipe's end means that the parent is gone, and then so is this process."""
    try:
        while True:
            orders.put(messages.next_order(pool))
    except (EOFError, OSError):
        os._exit(0)
