"""Render processes, one per slot, started warm and used again; one that is cancelled or dies is replaced.

Each slot owns its process, so that stopping one render is killing one process and touches no other. A process opens
untrusted files, so nothing that it says is believed: it is handed its inputs open, writes into a folder of its own and
does not decide where a file lies.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import stat
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from reelgate import sandbox
from reelgate.limits import MIN_FREE_BYTES, RENDER_STALL_SECONDS
from reelgate.render.job import RenderJob
from reelgate.render.messages import Crashed, Interrupted, RenderDone, RenderOrder, Seen, Working
from reelgate.render.process import ENVIRONMENT, Heard, RenderProcess, State, opened
from reelgate.request import Codec

__all__ = ["Crashed", "Interrupted", "NoFreeSlot", "Pool", "PoolMaker", "RenderDone", "RenderPool", "Working"]

START_SECONDS = 60.0
_CLIP, _LAST_FRAME, _THUMBNAIL, _SHEET = ".mp4", ".png", ".thumbnail.webp", ".sheet.webp"
_SUFFIXES = (_CLIP, ".mp4.part", _LAST_FRAME, _THUMBNAIL, _SHEET)
_OWN_FOLDER = "process-"
"""How the name of a folder begins that a render process writes into."""
_MADE = "made"
"""What a process calls what it makes; the pool gives it the render's name."""


class NoFreeSlot(Exception):
    """Every render process is busy, or the pool is not open."""


class Pool(Protocol):
    """Where clips are rendered: see `RenderPool`, which does it in processes of this machine."""

    ended: Counter[str]

    @property
    def unconfined(self) -> tuple[str, ...]:
        """What the system could not do of the processes' sandbox, in words."""
        ...

    def listen(self, news: Callable[[], None]) -> None:
        """Have `news` called when a render shows its first frame and when it ends."""
        ...

    async def open(self) -> None:
        """Make ready. Raises RuntimeError or ValueError if it can't work."""
        ...

    async def aclose(self) -> None:
        """Stop everything and remove every file. Closing twice is a no-op."""
        ...

    def free_slots(self) -> int:
        """Return how many jobs can be started now."""
        ...

    def working(self) -> tuple[int, int]:
        """Return how many renders are in progress, and how many may be."""
        ...

    def start(self, name: str, job: RenderJob) -> None:
        """Render `job` under a name of its own. Raises NoFreeSlot, OSError if an input can't be had, ValueError."""
        ...

    def poll(self, name: str) -> State | None:
        """Return how the render stands, None for an unknown name."""
        ...

    async def cancel(self, name: str) -> None:
        """Stop a render and remove its files; unknown names are a no-op."""
        ...

    def forget(self, name: str) -> None:
        """Drop a finished render and its files; unknown names are a no-op."""
        ...


class PoolMaker(Protocol):
    """Makes pools for engines: `RenderPool`, or what renders elsewhere."""

    def __call__(
        self,
        workers: int,
        folder: Path,
        /,
        *,
        stall_seconds: float = RENDER_STALL_SECONDS,
        worker: tuple[str, ...],
        keep: tuple[str, ...] = (),
    ) -> Pool:
        """Make one for the module `worker`, with the arguments of `RenderPool`."""
        ...


class RenderPool:
    """Renders up to `workers` jobs at once into `folder`, which is the pool's alone and is emptied by `open`.

    Lives on one event loop. A name is known from `start` until `forget` or `cancel`. A process that says nothing for
    `stall_seconds` in the middle of a render is killed. No slot is free while the disk has less than `min_free` bytes.
    Every clip is encoded with `codec`. `worker` is the module that a process runs, with arguments of its own; `keep`
    names what it needs of the environment beyond the usual.
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
        keep: tuple[str, ...] = (),
    ) -> None:
        self._workers = workers
        self._folder = folder
        self._stall_seconds = stall_seconds
        self._min_free = min_free
        self._codec = codec
        self._worker = worker
        self._environment = sandbox.environment(ENVIRONMENT, keep)
        self._slots: list[RenderProcess] = []
        self._states: dict[str, State] = {}
        self._news: Callable[[], None] = lambda: None
        self.ended: Counter[str] = Counter()
        """How renders ended, since this process began: `done`, `crashed`, `interrupted` or `cancelled`."""

    def listen(self, news: Callable[[], None]) -> None:
        """Have `news` called when a render shows its first frame and when it ends."""
        self._news = news

    @property
    def unconfined(self) -> tuple[str, ...]:
        """What the system could not do of the processes' sandbox, in words."""
        return tuple(dict.fromkeys(words for slot in self._slots for words in slot.unconfined))

    async def open(self) -> None:
        """Clear what a killed predecessor left and start the processes.

        Raises RuntimeError when they can't run, ValueError when they have no encoder for the codec.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            if path.name.endswith(_SUFFIXES):
                path.unlink()
            elif path.name.startswith(_OWN_FOLDER):
                shutil.rmtree(path)
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
                raise ValueError(f"the installed PyAV can't encode {self._codec}; --codec can be: {known}")

    async def aclose(self) -> None:
        """Kill every process and remove every file. Closing twice is a no-op."""
        slots, self._slots = self._slots, []
        for slot in slots:
            slot.kill()
        for slot in slots:
            await asyncio.to_thread(slot.end)
        for name in list(self._states):
            self.forget(name)

    def free_slots(self) -> int:
        """Return how many jobs can be started now."""
        free = sum(slot.free for slot in self._slots)
        return free if free and shutil.disk_usage(self._folder).free >= self._min_free else 0

    def working(self) -> tuple[int, int]:
        """Return how many processes render, and how many there are."""
        return sum(slot.name is not None for slot in self._slots), len(self._slots)

    def start(self, name: str, job: RenderJob) -> None:
        """Render `job` under a name of its own. Raises NoFreeSlot; ValueError when the name is in use.

        Raises OSError when an input can't be opened.
        """
        if name in self._states:
            raise ValueError(f"a render {name} already exists")
        slot = next((slot for slot in self._slots if slot.free), None)
        if slot is None:
            raise NoFreeSlot
        inputs = opened(job)
        self._states[name] = Working(0)
        slot.give(name, RenderOrder(replace(job, codec=self._codec), slot.folder / (_MADE + _CLIP)), inputs)

    def poll(self, name: str) -> State | None:
        """Return how the render stands, None for an unknown name."""
        return self._states.get(name)

    async def cancel(self, name: str) -> None:
        """Stop a render and remove its files; unknown names are a no-op."""
        slot = next((slot for slot in self._slots if slot.name == name), None)
        if slot is not None:
            self.ended["cancelled"] += 1
            slot.kill()
            await asyncio.to_thread(slot.end)
            slot.replaced_by(self._replace)
        self.forget(name)

    def forget(self, name: str) -> None:
        """Drop a finished render and its files; unknown names are a no-op."""
        if self._states.pop(name, None) is not None:
            self._unlink(name)

    def _unlink(self, name: str) -> None:
        for suffix in _SUFFIXES:
            (self._folder / (name + suffix)).unlink(missing_ok=True)

    def _slot(self) -> RenderProcess:
        folder = self._folder / (_OWN_FOLDER + secrets.token_hex(8))
        return RenderProcess(self._worker, folder, self._environment, self._heard, self._stall_seconds)

    def _taken(self, slot: RenderProcess, name: str, said: RenderDone) -> RenderDone | Crashed:
        """Take the files that a process made: those with the names that it was given, wherever it says they are."""
        found = {}
        for suffix in (_CLIP, _LAST_FRAME, _THUMBNAIL, _SHEET):
            made, kept = slot.folder / (_MADE + suffix), self._folder / (name + suffix)
            with contextlib.suppress(FileNotFoundError):
                made.replace(kept)
                if _is_plain(kept):  # looked at where the process can't put another in its place
                    found[suffix] = kept
        if not found.keys() >= {_CLIP, _THUMBNAIL, _SHEET}:
            return Crashed("the render process left no clip")
        rendered = replace(
            said.rendered,
            path=found[_CLIP],
            thumbnail=found[_THUMBNAIL],
            contact_sheet=found[_SHEET],
            last_frame=found.get(_LAST_FRAME),
        )
        return RenderDone(rendered)

    def _heard(self, slot: RenderProcess, report: Heard) -> None:
        """Take a process's report, or the news that it died: it is then dead and waited for."""
        name = slot.name
        if isinstance(report, Seen):
            report = Crashed("the render process sent an unknown message")
        if not isinstance(report, Working):
            slot.name = None
        if name is not None:
            if isinstance(report, RenderDone):
                report = self._taken(slot, name, report)
            if not isinstance(report, Working):
                self.ended[type(report).__name__.lower()] += 1
            before, self._states[name] = self._states[name], report
            if isinstance(report, Crashed | Interrupted):
                self._unlink(name)
            if not isinstance(report, Working) or before == Working(0):
                self._news()
        if slot.process.returncode is not None:
            slot.have_replaced(self._replace)

    def _replace(self, slot: RenderProcess) -> None:
        if slot in self._slots:
            self._slots[self._slots.index(slot)] = self._slot()


def _is_plain(path: Path) -> bool:
    """Tell whether there is a file of its own, no link to another."""
    found = path.lstat()
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1
