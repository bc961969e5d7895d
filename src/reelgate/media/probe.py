"""Measures media files in child processes, so that a hostile file costs one child and never the server."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

import msgspec

from reelgate.limits import POSTER_MAX_BYTES, PROBE_SECONDS, PROBE_START_SECONDS
from reelgate.media.probe_child import READY, Answer, Job
from reelgate.media.sniff import Unreadable
from reelgate.request import Facts

_COMMAND = (sys.executable, "-P", "-m", "reelgate.media.probe_child")


_BROKEN_DOWN = Answer(reason="its reader broke down over it; save it again or send it in another format")

END_SECONDS = 1.0
"""How long a child may take to end once its pipe has."""


class Prober:
    """Keeps `processes` warm children; jobs wait for a free one in the order in which they came."""

    def __init__(self, processes: int = 1, *, seconds: float = PROBE_SECONDS) -> None:
        self._children = [_Child(seconds) for _ in range(processes)]
        self._free: asyncio.Queue[_Child] = asyncio.Queue()

    @property
    def pids(self) -> tuple[int, ...]:
        """The running children's process ids."""
        return tuple(child.pid for child in self._children if child.pid)

    async def open(self) -> None:
        """Start the children. Raise OSError when one does not come up."""
        await asyncio.gather(*(child.start() for child in self._children))
        for child in self._children:
            self._free.put_nowait(child)

    async def aclose(self) -> None:
        """End the children; a probe that still runs fails with Unreadable."""
        await asyncio.gather(*(child.stop() for child in self._children))

    async def probe(self, path: Path) -> Facts:
        """Return what the file really is. Raise Unreadable, with a reason that a person can act on.

        Raise OSError when no child can be started.
        """
        answer = await self._answer(Job(str(path)))
        if answer.facts is None:
            raise Unreadable(answer.reason)
        return answer.facts

    async def poster(self, path: Path) -> bytes:
        """Return a small picture of a clip as WebP. Raise Unreadable and OSError as `probe` does."""
        answer = await self._answer(Job(str(path), poster=True))
        if not answer.poster:
            raise Unreadable(answer.reason)
        return answer.poster

    async def _answer(self, job: Job) -> Answer:
        child = await self._free.get()
        try:
            return await child.ask(job) or await child.ask(job) or _BROKEN_DOWN
        finally:
            self._free.put_nowait(child)


class _Child:
    """One child process; after one that ended or hung, the next job starts it anew."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    async def start(self) -> Process:
        # In a session of its own, since Ctrl-C in a terminal ends every process of the terminal's group.
        process = await asyncio.create_subprocess_exec(
            *_COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True, limit=POSTER_MAX_BYTES
        )
        self._process = process
        try:
            async with asyncio.timeout(PROBE_START_SECONDS):
                ready = await _exchange(process, b"") == READY
        except BaseException:
            await self.stop()
            raise
        if not ready:
            await self.stop()
            raise OSError("the probe process does not start")
        return process

    async def ask(self, job: Job) -> Answer | None:
        """Return the child's answer, None when it was killed from outside: that says nothing about the file."""
        process = self._process
        if process is None or process.returncode is not None:
            process = await self.start()
        try:
            async with asyncio.timeout(self._seconds):
                line = await _exchange(process, msgspec.json.encode(job) + b"\n")
        except TimeoutError:
            await self.stop()
            return Answer(reason=f"reading it takes longer than {self._seconds:g} s; send a smaller or simpler file")
        except BaseException:
            # Cancelled half way: the answer would be taken for the next job's.
            await self.stop()
            raise
        if not line.endswith(b"\n"):
            return None if await self._status(process) == -signal.SIGKILL else _BROKEN_DOWN
        return msgspec.json.decode(line, type=Answer)

    async def _status(self, process: Process) -> int | None:
        """Return the exit status of a child whose pipe has ended; None when it lives on all the same and is stopped."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await process.wait()
        status = process.returncode
        await self.stop()
        return status

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _exchange(process: Process, line: bytes) -> bytes:
    """Send a line and return the one that comes back, empty or cut short when the child has ended."""
    if process.stdin is None or process.stdout is None:
        raise OSError("the probe process has no pipes")
    try:
        process.stdin.write(line)
        await process.stdin.drain()
    except ConnectionError:
        return b""
    return await process.stdout.readline()
