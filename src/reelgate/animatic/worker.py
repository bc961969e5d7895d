"""A render process: `python -m reelgate.animatic.worker FD`, where FD is its end of the pool's pipe.

It renders one order after another until the pool kills it or the pipe ends. Cancelling is killing: nothing here is
worth saving, and a kill stops a decoder or an encoder wherever it is.
"""

from __future__ import annotations

import ctypes
import errno
import os
import queue
import signal
import sys
import threading
import traceback
from multiprocessing.connection import Connection

from reelgate.animatic import messages
from reelgate.animatic.messages import Crashed, Done, Interrupted, Order, Ready, Working
from reelgate.limits import RENDER_MEMORY_BYTES

NICENESS = 10
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_PR_SET_PDEATHSIG = 1


def main(descriptor: int, parent: int) -> None:
    """Serve the pool in process `parent` through an inherited file descriptor; never returns."""
    pool = Connection(descriptor)
    _restrain(parent)
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pool, orders), daemon=True).start()

    import cv2

    from reelgate.animatic.mux import encoders
    from reelgate.animatic.render import render
    from reelgate.animatic.scene import UnusableInput

    cv2.setNumThreads(1)  # one process per core already
    pool.send_bytes(messages.packed(Ready(tuple(encoders()))))
    while True:
        order = orders.get()
        report: Done | Crashed | Interrupted
        try:
            report = Done(
                render(order.job, order.out, lambda frames: pool.send_bytes(messages.packed(Working(frames))))
            )
        except UnusableInput as error:
            report = Crashed(str(error))
        except Exception as error:  # noqa: BLE001 - whatever strange media provokes fails this one job
            traceback.print_exc()
            reason = f"{type(error).__name__}: {getattr(error, 'strerror', None) or error}"
            full = getattr(error, "errno", None) in _DISK_FULL
            report = Interrupted(reason) if full else Crashed(reason)
        pool.send_bytes(messages.packed(report))


def _restrain(parent: int) -> None:
    """Yield the processor to the server, bound the memory, live exactly as long as the parent wants."""
    # Ctrl-C and a service manager's SIGTERM reach the whole group; the parent drains first and then kills.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS)
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (RENDER_MEMORY_BYTES, RENDER_MEMORY_BYTES))
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)


def _listen(pool: Connection, orders: queue.SimpleQueue[Order]) -> None:
    """Pass orders on; the pipe's end means that the parent is gone, and then so is this process."""
    try:
        while True:
            orders.put(messages.order(pool.recv_bytes()))
    except (EOFError, OSError):
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
