"""Render processes, one per slot, started warm and used again; whoever is cancelled or dies is replaced.

Each slot owns its process, so that stopping one render is killing one process and touches no other.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import Pipe
from pathlib import Path

import msgspec
from msgspec.structs import replace

from reelgate.limits import MIN_FREE_BYTES, RENDER_STALL_SECONDS
from reelgate.render import messages
from reelgate.render.job import RenderJob
from reelgate.render.messages import Crashed, Done, Interrupted, Order, Ready, Report, Working
from reelgate.request import Codec

__all__ = ["Crashed", "Done", "Interrupted", "NoFreeSlot", "RenderPool", "Working"]

State = Working | Done | Crashed | Interrupted

START_SECONDS = 60.0
RESTART_SECONDS = 1.0
"""The pause before a process is started again that died before it was ready."""

_SUFFIXES = (".mp4", ".mp4.part", ".png", ".thumbnail.webp", ".sheet.webp")

_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""Signals that a process gets from others: an operator, a machine that is short of memory."""

_ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "1",  # with an arena for each thread, glibc keeps 80 MB more of a film of many shots
    # Pictures' memory is used again, not given back and asked for anew: the kernel would clear each page of it again.
    # The largest are given back all the same: what is left of them in pieces would add up from one render to the next.
    "MALLOC_MMAP_THRESHOLD_": str(1 << 22),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 28),
    "OPENBLAS_NUM_THREADS": "1",
    "SVT_LOG": "1",  # of SVT-AV1's log, errors alone
}


class NoFreeSlot(Exception):
    """Every render process is busy, or the pool is not open."""


class RenderPool:
    """Renders up to `workers` jobs at once into `folder`, which is the pool's alone and is emptied by `open`.

    Lives on one event loop. A name is known from `start` until `forget` or `cancel`. A process that says nothing for
    `stall_seconds` in the middle of a render is killed. No slot is free while the disk has less than `min_free` bytes.
    Every clip is encoded with `codec`. `worker` is the module that a process runs, with arguments of its own.
    """

    def __init__(
        self,
        workers: int,
        folder: Path,
        *,
        stall_seconds: float = RENDER_STALL_SECONDS,
        min_free: int = MIN_FREE_BYTES,
        codec: Codec = Codec.H264,
        worker: tuple[str, ...] = ("reelgate.animatic.worker",),
    ) -> None:
        self._workers = workers
        self._folder = folder
        self._stall_seconds = stall_seconds
        self._min_free = min_free
        self._codec = codec
        self._worker = worker
        self._slots: list[_Slot] = []
        self._states: dict[str, State] = {}
        self._news: Callable[[], None] = lambda: None

    def listen(self, news: Callable[[], None]) -> None:
        """Have `news` called when a render shows its first frame and when it ends."""
        self._news = news

    async def open(self) -> None:
        """Clear what a killed predecessor left and start the processes.

        Raises RuntimeError when they can't run, ValueError when they have no encoder for the codec.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            if path.name.endswith(_SUFFIXES):
                path.unlink()
        self._slots = [self._slot() for _ in range(self._workers)]
        try:
            async with asyncio.timeout(START_SECONDS):
                await asyncio.gather(*(slot.ready for slot in self._slots))
        except (TimeoutError, RuntimeError):
            await self.aclose()
            raise RuntimeError("the render processes could not be started; their standard error says why") from None
        for slot in self._slots:
            if self._codec not in slot.codecs:
                await self.aclose()
                known = ", ".join(slot.codecs) or "none"
                raise ValueError(f"the installed PyAV can't encode {self._codec}; with --codec choose of: {known}")

    async def aclose(self) -> None:
        """Kill every process and remove every file. Closing twice is a no-op."""
        slots, self._slots = self._slots, []
        for slot in slots:
            slot.kill()
        await asyncio.to_thread(lambda: [slot.process.wait() for slot in slots])
        for name in list(self._states):
            self.forget(name)

    def free_slots(self) -> int:
        """Return how many jobs can be started now."""
        free = sum(slot.free for slot in self._slots)
        return free if free and shutil.disk_usage(self._folder).free >= self._min_free else 0

    def start(self, name: str, job: RenderJob) -> None:
        """Render `job` under a name of its own. Raises NoFreeSlot; ValueError when the name is in use."""
        if name in self._states:
            raise ValueError(f"there is a render {name} already")
        slot = next((slot for slot in self._slots if slot.free), None)
        if slot is None:
            raise NoFreeSlot
        self._states[name] = Working(0)
        slot.give(name, Order(replace(job, codec=self._codec), self._folder / f"{name}.mp4"))

    def poll(self, name: str) -> State | None:
        """Return how the render stands, None for an unknown name."""
        return self._states.get(name)

    async def cancel(self, name: str) -> None:
        """Stop a render and remove its files; unknown names are a no-op."""
        slot = next((slot for slot in self._slots if slot.name == name), None)
        if slot is not None:
            slot.kill()
            await asyncio.to_thread(slot.process.wait)
            self._replace(slot)
        self.forget(name)

    def forget(self, name: str) -> None:
        """Drop a finished render and its files; unknown names are a no-op."""
        if self._states.pop(name, None) is not None:
            self._unlink(name)

    def _unlink(self, name: str) -> None:
        for suffix in _SUFFIXES:
            (self._folder / (name + suffix)).unlink(missing_ok=True)

    def _slot(self) -> _Slot:
        return _Slot(self._worker, self._heard, self._stall_seconds)

    def _heard(self, slot: _Slot, report: State) -> None:
        """Take a process's report, or the news that it died: it is then dead and waited for."""
        name = slot.name
        if not isinstance(report, Working):
            slot.name = None
        if name is not None:
            before, self._states[name] = self._states[name], report
            if isinstance(report, Crashed | Interrupted):
                self._unlink(name)
            if not isinstance(report, Working) or before == Working(0):
                self._news()
        if slot.process.returncode is not None:
            if slot.started:
                self._replace(slot)
            else:
                asyncio.get_running_loop().call_later(RESTART_SECONDS, self._replace, slot)

    def _replace(self, slot: _Slot) -> None:
        if slot in self._slots:
            self._slots[self._slots.index(slot)] = self._slot()


class _Slot:
    """One process, the pipe to it, and the name of what it renders."""

    def __init__(self, worker: tuple[str, ...], heard: Callable[[_Slot, State], None], stall_seconds: float) -> None:
        self.name: str | None = None
        self.started = False
        self.codecs: tuple[Codec, ...] = ()
        self._heard = heard
        self._stall_seconds = stall_seconds
        self._hung = False
        self._stall: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = self._loop.create_future()
        self._pipe, theirs = Pipe()
        module, *arguments = worker
        with theirs:
            # Started from this thread on purpose: Linux ends the process with the thread that started it.
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", module, str(theirs.fileno()), str(os.getpid()), *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **_ENVIRONMENT},
            )
        self._loop.add_reader(self._pipe.fileno(), self._read)

    @property
    def free(self) -> bool:
        return self.name is None and self.process.returncode is None

    def give(self, name: str, order: Order) -> None:
        self.name = name
        self._watch()
        with contextlib.suppress(OSError):  # it has just died: `_read` is about to learn it
            self._pipe.send_bytes(messages.packed(order))

    def _watch(self) -> None:
        """Kill the process, which `_read` then hears of, unless this is called again in time."""
        self._rest()
        self._stall = self._loop.call_later(self._stall_seconds, self._hangs)

    def _hangs(self) -> None:
        self._hung = True
        self.process.kill()

    def _rest(self) -> None:
        if self._stall is not None:
            self._stall.cancel()

    def kill(self) -> None:
        """Stop listening and kill; the caller waits for the process."""
        self._rest()
        if not self._pipe.closed:
            self._loop.remove_reader(self._pipe.fileno())
            self._pipe.close()
        self.process.kill()

    def _read(self) -> None:
        try:
            self._take(messages.report(self._pipe.recv_bytes()))
        except (EOFError, OSError, msgspec.DecodeError):
            self.kill()
            status = self.process.wait()
            if not self.ready.done():
                self.ready.set_exception(RuntimeError(f"the render process ended with status {status}"))
                self.ready.exception()  # seen: only `open` waits for it
            self._heard(self, self._interrupted(status))

    def _interrupted(self, status: int) -> Interrupted:
        if self._hung:
            return Interrupted(f"the render process said nothing for {self._stall_seconds:g} s", suspect=True)
        return Interrupted(f"the render process ended with status {status}", suspect=-status not in _FROM_OUTSIDE)

    def _take(self, report: Report) -> None:
        if isinstance(report, Ready):
            self.started = True
            self.codecs = report.codecs
            self.ready.set_result(None)
            return
        if isinstance(report, Working):
            self._watch()
        else:
            self._rest()
        self._heard(self, report)
