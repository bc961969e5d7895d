"""Converts films that are not MP4, in a process of its own for each, so that the server goes on meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec.structs import replace

from reelgate import limits, sandbox
from reelgate.media.remake_answer import Fit, Join, LastPicture, RemakeAnswer
from reelgate.media.sniff import Unreadable

_COMMAND = (sys.executable, "-P", "-m", "reelgate.media.remake_child")

REMADE = ".remade"
"""How the name of a folder ends into which a film is written."""
_MADE = "made.mp4"


_Call = tuple[BinaryIO | int, tuple[str, ...], tuple[int, ...]]
"""A process's standard input, its further arguments, and the files that it is handed beside."""


class Remaker:
    """Remakes at most `limits.REMAKES_AT_ONCE` films at a time, and draws `limits.LAST_PICTURES_AT_ONCE` last pictures.

    Further ones wait their turn.
    """

    def __init__(self, *, seconds: float = limits.REMAKE_SECONDS) -> None:
        self._seconds = seconds
        self._turns = asyncio.Semaphore(limits.REMAKES_AT_ONCE)
        self._pictures = asyncio.Semaphore(limits.LAST_PICTURES_AT_ONCE)

    async def remake(self, source: Path, target: Path, fit: Fit | None = None) -> RemakeAnswer:
        """Write the film at `source` as an MP4 to `target`, scaled and cropped where it is to `fit`; return how.

        Raise Unreadable if that can't be; what `target` then holds means nothing. Raise OSError when no process
        can be started.
        """
        text = (msgspec.json.encode(fit).decode(),) if fit else ()
        return await self._in_turn((source,), target, lambda files: (files[0], text, ()), self._turns)

    async def join(self, sources: Sequence[Path], target: Path, wanted: Join) -> RemakeAnswer:
        """Write pieces of the films at `sources` as one MP4 to `target`. Raise Unreadable and OSError as `remake`."""

        def call(files: Sequence[BinaryIO]) -> _Call:
            handed = tuple(file.fileno() for file in files)
            return DEVNULL, (msgspec.json.encode(replace(wanted, descriptors=handed)).decode(),), handed

        return await self._in_turn(sources, target, call, self._turns)

    async def last_picture(self, source: Path, target: Path) -> None:
        """Write the last picture of the MP4 at `source` as a PNG to `target`.

        Raise Unreadable and OSError as `remake` does.
        """
        text = (msgspec.json.encode(LastPicture()).decode(),)
        await self._in_turn((source,), target, lambda files: (files[0], text, ()), self._pictures)

    async def _in_turn(
        self,
        sources: Sequence[Path],
        target: Path,
        call: Callable[[Sequence[BinaryIO]], _Call],
        turns: asyncio.Semaphore,
    ) -> RemakeAnswer:
        folder = target.with_name(target.name + REMADE)
        async with turns:
            await asyncio.to_thread(_made_anew, folder)
            try:
                return await self._remade(sources, folder, target, call)
            finally:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _remade(
        self, sources: Sequence[Path], folder: Path, target: Path, call: Callable[[Sequence[BinaryIO]], _Call]
    ) -> RemakeAnswer:
        """Have a process write into a folder of its own what it reads from files that are handed to it open."""
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(await asyncio.to_thread(source.open, "rb")) for source in sources]
            stdin, arguments, handed = call(files)
            # In a session of its own, since Ctrl-C in a terminal ends every process of the terminal's group.
            process = await asyncio.create_subprocess_exec(
                *_COMMAND,
                str(folder / _MADE),
                *arguments,
                stdin=stdin,
                stdout=PIPE,
                stderr=DEVNULL,
                env=sandbox.environment(),
                start_new_session=True,
                pass_fds=handed,
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
            raise Unreadable("its reader crashed")
        try:
            answer = msgspec.json.decode(told, type=RemakeAnswer)
        except msgspec.DecodeError:
            raise Unreadable("its reader crashed") from None
        if not answer.how:
            raise Unreadable(answer.reason)
        await asyncio.to_thread(_take_over, folder / _MADE, target)
        return answer


def _made_anew(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)


def _take_over(made: Path, target: Path) -> None:
    """Take what a process made that has read an untrusted file. Raises Unreadable for anything but a plain file."""
    if not made.exists():
        raise Unreadable("its reader gave no result")
    made.replace(target)
    if target.is_symlink() or not target.is_file():
        target.unlink(missing_ok=True)
        raise Unreadable("its reader crashed")
