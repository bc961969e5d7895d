"""One render process: what it is started with, the socket to it, and the folder that is its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from reelgate.fault_log import FaultLog
from reelgate.limits import RENDER_STARVING_WAITS
from reelgate.render import messages
from reelgate.render.job import RenderJob
from reelgate.render.messages import Asked, Crashed, Interrupted, ProcessReady, RenderDone, Report, Seen, Working
from reelgate.render.starving import processor_seconds, wants_to_run
from reelgate.request import Codec

_faults = FaultLog()

_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""Signals that a process gets from others: an operator, a machine that is short of memory."""

State = Working | RenderDone | Crashed | Interrupted
Heard = State | Seen

_READ_BYTES = 64 * 1024
_LITTLE = 0.1
"""The share of a silence in which a process that hangs in a loop has computed for longer."""


RESTART_SECONDS = 1.0
"""The pause before a process is started again that died before it was ready, or that could not be started."""

ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "1",  # with an arena for each thread, glibc keeps 80 MB more of a film of many shots
    # Pictures' memory is used again, not given back and asked for anew: the kernel would clear each page of it again.
    # The largest are given back all the same: what is left of them in pieces would add up from one render to the next.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 22),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 28),
    "OPENBLAS_NUM_THREADS": "1",
    "SVT_LOG": "1",  # of SVT-AV1's log, errors alone
}


class RenderProcess:
    """One process, the socket to it, the folder that it writes into, and the name of what it renders."""

    def __init__(
        self,
        worker: tuple[str, ...],
        folder: Path,
        environment: dict[str, str],
        heard: Callable[[RenderProcess, Heard], None],
        stall_seconds: float,
    ) -> None:
        self.name: str | None = None
        self.folder = folder
        self.unconfined: tuple[str, ...] = ()
        self.started = False
        self.codecs: tuple[Codec, ...] = ()
        self._heard = heard
        self._stall_seconds = stall_seconds
        self._silence: Interrupted | None = None
        self._waited = 0
        self._computed: float | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = self._loop.create_future()
        self._pipe, theirs = socket.socketpair()
        self._heard_so_far = bytearray()
        module, *arguments = worker
        with contextlib.ExitStack() as unstarted, theirs:
            unstarted.callback(self._pipe.close)
            folder.mkdir(mode=0o700)
            unstarted.callback(folder.rmdir)
            # Started from this thread on purpose: Linux ends the process with the thread that started it.
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", module, str(theirs.fileno()), str(os.getpid()), str(folder), *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=environment,
            )
            unstarted.pop_all()
        self._loop.add_reader(self._pipe.fileno(), self._read)

    @property
    def free(self) -> bool:
        """Whether it lives and renders nothing."""
        return self.name is None and self.process.returncode is None

    def give(self, name: str, order: Asked, inputs: Iterable[int]) -> None:
        """Give the process an order, and its inputs' descriptors, which are closed here."""
        self.name = name
        self._watch()
        for left in self.folder.iterdir():
            left.unlink(missing_ok=True)
        handed = list(inputs)
        try:
            messages.send(self._pipe, order, handed)
        except OSError:
            pass  # it has just died: `_read` is about to learn it
        finally:
            for descriptor in handed:
                os.close(descriptor)

    def _watch(self) -> None:
        """Kill the process, which `_read` then notices, unless this is called again in time."""
        self._waited = 0
        self._wait()

    def _wait(self) -> None:
        self._rest()
        self._computed = processor_seconds(self.process.pid)
        self._stall = self._loop.call_later(self._stall_seconds, self._says_nothing)

    def _says_nothing(self) -> None:
        """Kill the process, unless it is merely not let to compute: it is waited for many times longer then."""
        starves = self._starves()
        if starves and self._waited < RENDER_STARVING_WAITS:
            self._waited += 1
            self._wait()
            return
        seconds = self._stall_seconds * (self._waited + 1)
        why = " and got no processor time" if starves else ""
        self._silence = Interrupted(f"the render process said nothing for {seconds:g} s{why}", suspect=not starves)
        self.process.kill()

    def _starves(self) -> bool:
        computed = processor_seconds(self.process.pid)
        if computed is None or self._computed is None or not wants_to_run(self.process.pid):
            return False
        return computed - self._computed < _LITTLE * self._stall_seconds

    def _rest(self) -> None:
        if self._stall is not None:
            self._stall.cancel()

    def kill(self) -> None:
        """Stop listening and kill; the caller waits for the process."""
        self._rest()
        if self._pipe.fileno() >= 0:
            self._loop.remove_reader(self._pipe.fileno())
            self._pipe.close()
        self.process.kill()

    def end(self) -> None:
        """Wait for the killed process, and remove what it left."""
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def have_replaced(self, replace: Callable[[RenderProcess], None]) -> None:
        """Clear away a dead process and have it replaced: at once, or a while later if it did not even start."""
        self.end()
        if self.started:
            self.replaced_by(replace)
        else:
            self._loop.call_later(RESTART_SECONDS, self.replaced_by, replace)

    def replaced_by(self, replace: Callable[[RenderProcess], None]) -> None:
        """Have it replaced now, or as soon as the system has room and memory for another process."""
        try:
            replace(self)
        except OSError as error:
            _faults.error("render.no_process", about=str(self.folder.parent), reason=str(error))
            self._loop.call_later(RESTART_SECONDS, self.replaced_by, replace)

    def _read(self) -> None:
        """Read what has arrived, however little: a process that stops in mid-message does not block others."""
        try:
            said = self._pipe.recv(_READ_BYTES, socket.MSG_DONTWAIT)
            if not said:
                raise EOFError
            self._heard_so_far += said
            for report in messages.reports(self._heard_so_far):
                self._take(report)
        except BlockingIOError:
            return
        except (EOFError, OSError, ValueError, msgspec.DecodeError):
            self.kill()
            status = self.process.wait()
            if not self.ready.done():
                self.ready.set_exception(RuntimeError(f"the render process ended with status {status}"))
                self.ready.exception()  # seen: only `open` waits for it
            self._heard(self, self._interrupted(status))

    def _interrupted(self, status: int) -> Interrupted:
        suspect = -status not in _FROM_OUTSIDE
        return self._silence or Interrupted(f"the render process ended with status {status}", suspect=suspect)

    def _take(self, report: Report) -> None:
        if isinstance(report, ProcessReady):
            self.started = True
            self.codecs = report.codecs
            self.unconfined = report.unconfined
            if not self.ready.done():
                self.ready.set_result(None)
            return
        if isinstance(report, Working):
            self._watch()
        else:
            self._rest()
        self._heard(self, report)


def opened(job: RenderJob) -> list[int]:
    """Open a job's inputs to read; when one can't be opened, close the others and raise OSError."""
    with contextlib.ExitStack() as stack:
        found = []
        for item in job.inputs:
            descriptor = os.open(item.path, os.O_RDONLY | os.O_CLOEXEC)
            stack.callback(os.close, descriptor)
            found.append(descriptor)
        stack.pop_all()
        return found
