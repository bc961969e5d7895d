"""Measures media files in child processes, so that a hostile file costs one child and never the server."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from io import FileIO
from pathlib import Path

import msgspec

from reelgate import sandbox
from reelgate.fair_slots import FairSlots
from reelgate.limits import (
    POSTER_MAX_BYTES,
    PROBE_CPU_SECONDS,
    PROBE_QUEUE_SECONDS,
    PROBE_SECONDS,
    PROBE_START_SECONDS,
)
from reelgate.media.probe_child import ProbeAnswer, ProbeJob, ProberReady
from reelgate.media.sniff import Unreadable
from reelgate.request import Facts

_COMMAND = (sys.executable, "-P", "-m", "reelgate.media.probe_child")
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}

_BROKEN_DOWN = ProbeAnswer(reason="it could not be read; save it again or send it in another format")
_TOO_COSTLY = ProbeAnswer(
    reason=f"reading it takes more than {PROBE_CPU_SECONDS} s of processor time; send a smaller or simpler file"
)

END_SECONDS = 1.0
"""How long a child may take to end once its pipe has."""


class Overtaxed(OSError):
    """This server is too slow for it now, which says nothing about the file."""


class Prober:
    """Keeps up to `processes` warm children, of which one project has `share` at most, by default all but one.

    Projects that wait for a child have it by turns. `seconds` bounds one probe, `queue_seconds` the wait for a child.
    `ready` children are started by `open`, the others when they are needed.
    """

    def __init__(
        self,
        processes: int = 1,
        *,
        share: int = 0,
        ready: int = 1,
        seconds: float = PROBE_SECONDS,
        queue_seconds: float = PROBE_QUEUE_SECONDS,
    ) -> None:
        self._children = [_Child(seconds) for _ in range(processes)]
        self._free = list(reversed(self._children))
        self._places = FairSlots(processes, share or max(1, processes - 1))
        self._ready = ready
        self._queue_seconds = queue_seconds

    @property
    def unconfined(self) -> tuple[str, ...]:
        """What the system could not do of the children's sandbox, in words."""
        return self._children[0].unconfined

    async def open(self) -> None:
        """Start the children that stand ready. Raises OSError when one does not come up."""
        await asyncio.gather(*(child.start() for child in self._children[: self._ready]))

    async def aclose(self) -> None:
        """End the children; a probe that still runs fails with Unreadable."""
        await asyncio.gather(*(child.stop() for child in self._children))

    async def probe(self, path: Path, project: str = "") -> Facts:
        """Return what the file really is. Raise Unreadable, with a reason that a person can act on.

        Raise Overtaxed when no child is free in time, or has the time to read it; OSError when none can be started.
        """
        answer = await self._answer(path, ProbeJob(), project)
        if answer.facts is None:
            raise Unreadable(answer.reason)
        return answer.facts

    async def film(self, path: Path) -> tuple[Facts, bytes]:
        """Return what the file really is, and of a film a small picture as WebP, empty if none can be drawn.

        Raise Unreadable and OSError as `probe` does.
        """
        answer = await self._answer(path, ProbeJob(poster=True), "")
        if answer.facts is None:  # perhaps for the picture's sake
            return await self.probe(path), b""
        return answer.facts, answer.poster

    async def sheet(self, path: Path, project: str = "") -> bytes:
        """Return pictures of a clip side by side as JPEG. Raise Unreadable and OSError as `probe` does."""
        answer = await self._answer(path, ProbeJob(sheet=True), project)
        if not answer.poster:
            raise Unreadable(answer.reason)
        return answer.poster

    async def _answer(self, path: Path, job: ProbeJob, project: str) -> ProbeAnswer:
        try:
            async with asyncio.timeout(self._queue_seconds):
                await self._places.take(project)
        except TimeoutError:
            raise Overtaxed(f"no probe process was free for {self._queue_seconds:g} s") from None
        child = self._free.pop()
        try:
            return await child.ask(path, job) or await child.ask(path, job) or _BROKEN_DOWN
        finally:
            self._free.append(child)
            self._places.give(project)


async def _opened(path: Path) -> FileIO:
    """Open a file for reading; where this is cancelled, as beside another input that is refused, it is closed again."""
    opening = asyncio.get_running_loop().run_in_executor(None, FileIO, path)
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close)
        raise


def _close(opening: asyncio.Future[FileIO]) -> None:
    if opening.exception() is None:
        opening.result().close()


class _Child:
    """One child process; after one that ended or hung, the next job starts it anew."""

    def __init__(self, seconds: float) -> None:
        self.unconfined: tuple[str, ...] = ()
        self._seconds = seconds
        self._process: Process | None = None
        self._jobs: socket.socket | None = None

    async def start(self) -> None:
        ours, theirs = socket.socketpair()
        self._jobs = ours
        with theirs:
            # In a session of its own, since Ctrl-C in a terminal ends every process of the terminal's group.
            self._process = process = await asyncio.create_subprocess_exec(
                *_COMMAND,
                stdin=theirs.fileno(),
                stdout=PIPE,
                stderr=DEVNULL,
                env=sandbox.environment(_ENVIRONMENT),
                start_new_session=True,
                limit=POSTER_MAX_BYTES,
            )
        try:
            async with asyncio.timeout(PROBE_START_SECONDS):
                line = await _said(process)
            self.unconfined = msgspec.json.decode(line, type=ProberReady).unconfined
        except msgspec.DecodeError:
            await self.stop()
            raise OSError("the probe process does not start") from None
        except TimeoutError:
            await self.stop()
            raise Overtaxed(f"the probe process was not ready in {PROBE_START_SECONDS:g} s") from None
        except BaseException:
            await self.stop()
            raise

    async def ask(self, path: Path, job: ProbeJob) -> ProbeAnswer | None:
        """Return the child's answer, None when it was killed from outside: that says nothing about the file."""
        try:
            async with asyncio.timeout(self._seconds):
                handed = await _opened(path)
        except TimeoutError:
            raise Overtaxed(f"the file could not be opened within {self._seconds:g} s") from None
        with handed:
            return await self._asked(handed.fileno(), job)

    async def _asked(self, handed: int, job: ProbeJob) -> ProbeAnswer | None:
        if self._process is None or self._process.returncode is not None:
            await self.stop()
            await self.start()
        try:
            async with asyncio.timeout(self._seconds):
                line = await self._exchanged(handed, job)
        except TimeoutError:
            # A child that works is ended by its limit on processor time long before: this one was not let to.
            await self.stop()
            raise Overtaxed(f"the probe process had no answer within {self._seconds:g} s") from None
        except ValueError:  # a line without an end
            await self.stop()
            return _BROKEN_DOWN
        except BaseException:
            # Cancelled half way: the answer would be taken for the next job's.
            await self.stop()
            raise
        if line.endswith(b"\n"):
            try:
                return msgspec.json.decode(line, type=ProbeAnswer)
            except msgspec.DecodeError:  # the process may be under a file's control, so it gets no other one
                await self.stop()
                return _BROKEN_DOWN
        status = await self._status()
        if status == -signal.SIGXCPU:
            return _TOO_COSTLY
        return None if status == -signal.SIGKILL else _BROKEN_DOWN

    async def _exchanged(self, handed: int, job: ProbeJob) -> bytes:
        """Hand a file over and return the line that comes back, empty or cut short when the child has ended."""
        if self._process is None or self._jobs is None:
            raise OSError("the probe process has ended")
        with contextlib.suppress(ConnectionError):
            socket.send_fds(self._jobs, [msgspec.json.encode(job)], [handed])
            return await _said(self._process)
        return b""

    async def _status(self) -> int | None:
        """Return the exit status of a child whose pipe has ended; None when it lives on all the same and is stopped."""
        process = self._process
        if process is None:
            return None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        status = process.returncode
        await self.stop()
        return status

    async def stop(self) -> None:
        process, self._process = self._process, None
        if self._jobs is not None:
            self._jobs.close()
            self._jobs = None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _said(process: Process) -> bytes:
    if process.stdout is None:
        raise OSError("the probe process has no pipe")
    return await process.stdout.readline()
