"""The pool in which previews are drawn: processes of their own, so that no preview waits behind a render.

A storyboard and its stills are functions of their job, so they are kept for speed only: what was forgotten is drawn
again. They are kept as bytes, which can be counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import heapq
import itertools
import secrets
import shutil
from collections import Counter, OrderedDict
from collections.abc import Iterator
from pathlib import Path

import msgspec

from reelgate import sandbox
from reelgate.limits import PREVIEW_DRAW_SECONDS, PREVIEW_PROCESSES, PREVIEW_STILLS_BYTES
from reelgate.render.job import RenderJob
from reelgate.render.messages import Seen, SketchOrder, packed
from reelgate.render.process import ENVIRONMENT, Heard, RenderProcess, opened

_WORKER = ("reelgate.animatic.sketcher",)
_OWN_FOLDER = "sketch-"
_BESIDE = 512  # bytes that keeping something takes besides itself
_SEEN = msgspec.msgpack.Decoder(Seen)


class Undrawable(Exception):
    """A still can't be drawn; the text is fit for the client."""


class SketchPool:
    """Sketches in up to `processes` processes: `warm` starts the first, and what is asked for first all of them.

    Lives on one event loop. First stills come before second ones. `folder` is the pool's alone.
    """

    def __init__(
        self,
        folder: Path,
        *,
        processes: int = PREVIEW_PROCESSES,
        draw_seconds: float = PREVIEW_DRAW_SECONDS,
        kept_bytes: int = PREVIEW_STILLS_BYTES,
        worker: tuple[str, ...] = _WORKER,
    ) -> None:
        self._folder = folder
        self._count = processes
        self._draw_seconds = draw_seconds
        self._kept_bytes = kept_bytes
        self._worker = worker
        self._environment = sandbox.environment(ENVIRONMENT, ())
        self._slots: list[RenderProcess] = []
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._bytes = 0
        self._awaited: dict[SketchOrder, asyncio.Future[Seen]] = {}
        self._waiting: list[tuple[int, int, SketchOrder]] = []
        self._numbers = itertools.count()
        self._drawing: dict[str, SketchOrder] = {}
        self._wanted: Counter[SketchOrder] = Counter()

    @property
    def unconfined(self) -> tuple[str, ...]:
        """What the system could not do of the processes' sandbox, in words; nothing before they are started."""
        return tuple(dict.fromkeys(words for slot in self._slots for words in slot.unconfined))

    async def open(self) -> None:
        """Clear what a killed predecessor left."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.glob(_OWN_FOLDER + "*"):
            shutil.rmtree(path)

    def warm(self) -> None:
        """Start one process before anything is asked for: it takes it a second to be ready."""
        self._start(min(1, self._count))

    async def aclose(self) -> None:
        """Kill every process. Closing twice is a no-op."""
        self._count = 0
        slots, self._slots = self._slots, []
        for slot in slots:
            slot.kill()
        for slot in slots:
            await asyncio.to_thread(slot.end)
        for future in self._awaited.values():
            future.cancel()
        self._awaited.clear()

    async def tell(self, job: RenderJob) -> Seen:
        """Return what a job will show, and the moments of its stills. Raises Undrawable."""
        return await self._seen(SketchOrder(job))

    async def still(self, job: RenderJob, number: int) -> bytes:
        """Return a still of a job, from 0, as WebP. Raises Undrawable."""
        return (await self._seen(SketchOrder(job, number))).still

    async def stills(self, job: RenderJob, count: int, seconds: float) -> list[bytes | str | None]:
        """Return a job's first stills, as far as they are drawn within some seconds: None for one that is not.

        For one that can't be drawn, its place holds the reason.
        """
        looks = [SketchOrder(job, number) for number in range(count)]
        with contextlib.ExitStack() as stack:
            futures = [stack.enter_context(self._asked(look)) for look in looks]
            if futures:
                await asyncio.wait(futures, timeout=seconds)
            return [_still_of(future) for future in futures]

    async def _seen(self, look: SketchOrder) -> Seen:
        with self._asked(look) as future:
            return await asyncio.shield(future)

    @contextlib.contextmanager
    def _asked(self, look: SketchOrder) -> Iterator[asyncio.Future[Seen]]:
        """Have something looked at, unless it was before; a look that has not begun is dropped when no caller waits
        any more."""
        self._wanted[look] += 1
        try:
            yield self._future(look)
        finally:
            self._wanted[look] -= 1
            if not self._wanted[look]:
                del self._wanted[look]

    def _future(self, look: SketchOrder) -> asyncio.Future[Seen]:
        known = self._awaited.get(look)
        if known is not None:
            return known
        future: asyncio.Future[Seen] = asyncio.get_running_loop().create_future()
        name = _name(look)
        if name in self._kept:
            self._kept.move_to_end(name)
            future.set_result(_SEEN.decode(self._kept[name]))
            return future
        future.add_done_callback(_heed)
        self._awaited[look] = future
        heapq.heappush(self._waiting, (look.still, next(self._numbers), look))
        self._start(self._count)
        self._hand_out()
        return future

    def _start(self, count: int) -> None:
        while len(self._slots) < count:
            self._slots.append(self._slot())

    def _slot(self) -> RenderProcess:
        folder = self._folder / (_OWN_FOLDER + secrets.token_hex(8))
        slot = RenderProcess(self._worker, folder, self._environment, self._heard, self._draw_seconds)
        slot.ready.add_done_callback(lambda _: self._hand_out())
        return slot

    def _hand_out(self) -> None:
        for slot in self._slots:
            while self._waiting and slot.free and slot.started:
                look = heapq.heappop(self._waiting)[2]
                if look not in self._wanted:
                    self._fail(look, "nothing waits for it any more")
                    continue
                try:
                    inputs = opened(look.job)
                except OSError as error:
                    self._fail(look, f"an input can't be opened: {error.strerror}")
                    continue
                name = secrets.token_hex(8)
                self._drawing[name] = look
                slot.give(name, look, inputs)

    def _heard(self, slot: RenderProcess, report: Heard) -> None:
        name, slot.name = slot.name, None
        look = self._drawing.pop(name, None) if name is not None else None
        if look is not None:
            if isinstance(report, Seen) and (look.still < 0 or _is_webp(report.still)):
                self._keep(look, report)
            else:
                self._fail(look, getattr(report, "reason", "the process for previews sent an unknown message"))
        if slot.process.returncode is not None:
            slot.have_replaced(self._replace)
        self._hand_out()

    def _replace(self, slot: RenderProcess) -> None:
        if slot in self._slots:
            self._slots[self._slots.index(slot)] = self._slot()

    def _keep(self, look: SketchOrder, seen: Seen) -> None:
        future = self._awaited.pop(look, None)
        if future is None or future.done():
            return
        future.set_result(seen)
        self._kept[_name(look)] = data = packed(seen)
        self._bytes += len(data) + _BESIDE
        while self._bytes > self._kept_bytes:
            self._bytes -= len(self._kept.popitem(last=False)[1]) + _BESIDE

    def _fail(self, look: SketchOrder, reason: str) -> None:
        future = self._awaited.pop(look, None)  # the next one to ask has it tried again
        if future is not None and not future.done():
            future.set_exception(Undrawable(reason))


def _heed(future: asyncio.Future[Seen]) -> None:
    """Mark a failure as seen: the caller may have gone."""
    if not future.cancelled():
        future.exception()


def _still_of(future: asyncio.Future[Seen]) -> bytes | str | None:
    if not future.done() or future.cancelled():
        return None
    error = future.exception()
    return future.result().still if error is None else str(error)


def _is_webp(data: bytes) -> bool:
    """Tell whether a file says that it is a WebP; the process that made it has decoded untrusted files."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _name(look: SketchOrder) -> bytes:
    return hashlib.sha256(packed(look)).digest()
