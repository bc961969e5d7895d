"""Puts films that are no MP4 into one, in a process of its own for each, so that the server goes on meanwhile."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import msgspec

from reelgate import limits
from reelgate.media.remake_answer import Answer
from reelgate.media.sniff import Unreadable

_COMMAND = (sys.executable, "-P", "-m", "reelgate.media.remake_child")


class Remaker:
    """Remakes at most `limits.REMAKES_AT_ONCE` films at a time; further ones wait their turn."""

    def __init__(self, *, seconds: float = limits.REMAKE_SECONDS) -> None:
        self._seconds = seconds
        self._turns = asyncio.Semaphore(limits.REMAKES_AT_ONCE)

    async def remake(self, source: Path, target: Path) -> Answer:
        """Write the film at `source` as an MP4 to `target` and return how.

        Raise Unreadable where that can't be; what `target` then holds means nothing. Raise OSError when no process
        can be started.
        """
        async with self._turns:
            # In a session of its own, since Ctrl-C in a terminal ends every process of the terminal's group.
            process = await asyncio.create_subprocess_exec(
                *_COMMAND, str(source), str(target), stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, start_new_session=True
            )
            try:
                async with asyncio.timeout(self._seconds):
                    told, _ = await process.communicate()
            except TimeoutError:
                raise Unreadable(f"putting it into an MP4 takes longer than {self._seconds:g} s") from None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode or not told:
            raise Unreadable("its reader broke down over it")
        answer = msgspec.json.decode(told, type=Answer)
        if not answer.how:
            raise Unreadable(answer.reason)
        return answer
