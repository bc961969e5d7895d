"""Renders on a Ray cluster, with the same guarantees as the pool of processes on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import structlog
from msgspec.structs import replace

from reelgate import limits
from reelgate.fault_log import FaultLog
from reelgate.fleet.messages import (
    ActorSettings,
    Begin,
    Ended,
    Heard,
    JoinCluster,
    Joined,
    Refused,
    RenderNews,
    State,
    Stop,
    received,
    send,
)
from reelgate.fleet.settings import Renders
from reelgate.limits import MIN_FREE_BYTES, RENDER_STALL_SECONDS
from reelgate.media.port import MediaStore
from reelgate.render.job import Rendered, RenderJob
from reelgate.render.messages import Interrupted, RenderDone, Working
from reelgate.render.pool import NoFreeSlot
from reelgate.request import Codec

log = structlog.get_logger()

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SUFFIXES = (".mp4", ".thumbnail.webp", ".sheet.webp", ".png")


class RayPool:
    """Renders up to `workers` jobs at once on the cluster at `renders.address`; what is done is copied to `folder`.

    Inputs and results go through `media`, which is at `place` for every node. While the cluster can't be reached no
    slot is free, and what was under way there is interrupted.
    """

    def __init__(
        self,
        workers: int,
        folder: Path,
        *,
        renders: Renders,
        media: MediaStore,
        place: str,
        stall_seconds: float = RENDER_STALL_SECONDS,
        min_free: int = MIN_FREE_BYTES,
        codec: Codec = Codec.H264,
        worker: tuple[str, ...] = ("reelgate.animatic.worker",),
        keep: tuple[str, ...] = (),
        gpus: float = 0.0,
    ) -> None:
        self._workers = workers
        self._folder = folder
        self._media = media
        self._min_free = min_free
        setting = ActorSettings(media=place, codec=codec, worker=worker, keep=keep, stall_seconds=stall_seconds)
        self._join = JoinCluster(renders.address, setting, renders.cpus, gpus)
        self._states: dict[str, State] = {}
        self._placed: set[str] = set()
        """Renders that hold a slot in the cluster, also those whose result is no longer needed."""
        self._to: asyncio.StreamWriter | None = None
        self._running: asyncio.Task[None] | None = None
        self._faults = FaultLog()
        self._news: Callable[[], None] = lambda: None
        self.ended: Counter[str] = Counter()
        """How renders ended, since this process began: `done`, `crashed`, `interrupted` or `cancelled`."""

    @property
    def unconfined(self) -> tuple[str, ...]:
        """Return nothing: a node reports missing parts of the sandbox in its own log."""
        return ()

    def listen(self, news: Callable[[], None]) -> None:
        """Have `news` called when a render shows its first frame and when it ends."""
        self._news = news

    async def open(self) -> None:
        """Clear what a killed predecessor left, and join the cluster as soon as it is there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            if path.name.endswith(_SUFFIXES):
                path.unlink()
        if self._workers:
            self._running = asyncio.create_task(self._stay(), name="ray")

    async def aclose(self) -> None:
        """Leave the cluster, which ends the actors, and remove every file. Closing twice is a no-op."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None
        for name in list(self._states):
            self.forget(name)

    def free_slots(self) -> int:
        """Return how many jobs can be started now."""
        free = self._workers - len(self._placed) if self._to else 0
        return free if free > 0 and shutil.disk_usage(self._folder).free >= self._min_free else 0

    def working(self) -> tuple[int, int]:
        """Return how many renders are in progress, and how many may be."""
        return len(self._placed), self._workers

    def start(self, name: str, job: RenderJob) -> None:
        """Render `job` under a name of its own. Raises NoFreeSlot; ValueError when the name is in use.

        Raises OSError when an input is not a file of the media store.
        """
        if name in self._states or name in self._placed:
            raise ValueError(f"a render {name} already exists")
        if self._to is None or self.free_slots() < 1:
            raise NoFreeSlot
        if not all(_DIGEST.fullmatch(item.path.name) for item in job.inputs):
            raise FileNotFoundError("an input is not in the media store")
        named = tuple(replace(item, path=Path(item.path.name)) for item in job.inputs)
        self._states[name] = Working(0)
        self._placed.add(name)
        send(self._to, Begin(name, replace(job, inputs=named, codec=self._join.setting.codec)))

    def poll(self, name: str) -> State | None:
        """Return how the render stands, None for an unknown name."""
        return self._states.get(name)

    async def cancel(self, name: str) -> None:
        """Stop a render and remove its files; unknown names are a no-op."""
        if name in self._placed and self._to is not None:
            self.ended["cancelled"] += 1
            send(self._to, Stop(name))
        self.forget(name)

    def forget(self, name: str) -> None:
        """Drop a finished render and its files; unknown names are a no-op."""
        if self._states.pop(name, None) is not None:
            self._remove(name)

    def _remove(self, name: str) -> None:
        for suffix in _SUFFIXES:
            (self._folder / (name + suffix)).unlink(missing_ok=True)

    async def _stay(self) -> None:
        """Stay in the cluster, by a process that is started again when it ends."""
        again = limits.RAY_AGAIN_SECONDS
        while True:
            joined = False
            try:
                joined = await self._stay_once()
            except (OSError, ValueError) as error:  # no process can be started now, or a message can't be read
                self._away(str(error))
            again = limits.RAY_AGAIN_SECONDS if joined else min(2 * again, limits.RAY_AGAIN_MAX_SECONDS)
            await asyncio.sleep(again)

    async def _stay_once(self) -> bool:
        """Stay in the cluster until the process ends; return whether it had joined. Raises OSError, ValueError."""
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as unstarted, theirs:
            unstarted.callback(ours.close)
            process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own interpreter and module, started at once
                [sys.executable, "-P", "-m", "reelgate.fleet.driver", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # Ray tells of itself in many colours; what counts is told to us
                stderr=subprocess.DEVNULL,
                env={**os.environ, "RAY_USAGE_STATS_ENABLED": "0"},
            )
            unstarted.pop_all()
        try:
            return await self._converse(ours)
        finally:
            self._to = None
            process.kill()
            await asyncio.to_thread(process.wait)
            self._lost()

    def _away(self, reason: str) -> None:
        address = self._join.address
        self._faults.error("ray.away", about=f"{address} {reason}", address=address, reason=reason)

    async def _converse(self, ours: socket.socket) -> bool:
        """Exchange messages until the process ends; return whether it had joined the cluster. Raises ValueError."""
        reader, writer = await asyncio.open_connection(sock=ours)
        reason, joined = "our process there ended", False
        with contextlib.closing(writer):
            send(writer, self._join)
            try:
                async with asyncio.timeout(limits.RAY_JOIN_SECONDS):
                    heard: Heard = await received(reader, Heard)
                if isinstance(heard, Refused):
                    reason = heard.reason
                elif isinstance(heard, Joined):
                    log.info("ray.joined", address=self._join.address)
                    self._to, joined = writer, True
                    self._news()
                while True:
                    heard = await received(reader, Heard)
                    if isinstance(heard, RenderNews | Ended):
                        await self._take(heard)
            except TimeoutError:
                reason = f"it did not answer within {limits.RAY_JOIN_SECONDS:g} s"
            except EOFError:
                pass
        self._away(reason)
        return joined

    def _lost(self) -> None:
        """Take everything under way for interrupted: its actors end with the process that has just ended."""
        self._placed.clear()
        for name, state in self._states.items():
            if isinstance(state, Working):
                self._states[name] = Interrupted("the Ray cluster was lost")
                self.ended["interrupted"] += 1
        self._news()

    async def _take(self, heard: RenderNews | Ended) -> None:
        if isinstance(heard, Ended):
            self._placed.discard(heard.name)
            self._news()
            return
        before, state = self._states.get(heard.name), heard.state
        if before is None:  # cancelled
            return
        if isinstance(state, RenderDone):
            try:
                state = RenderDone(await self._brought(heard.name, state.rendered))
            except OSError as error:
                state = Interrupted(f"what the cluster rendered cannot be fetched: {error}")
            if heard.name not in self._states:  # cancelled while its files came
                self._remove(heard.name)
                return
        self._states[heard.name] = state
        if not isinstance(state, Working):
            self.ended[type(state).__name__.lower()] += 1
        if not isinstance(state, Working) or before == Working(0):
            self._news()

    async def _brought(self, name: str, made: Rendered) -> Rendered:
        """Bring a clip and its pictures from the media store into our folder."""

        async def brought(kept: Path, suffix: str) -> Path:
            here = self._folder / (name + suffix)
            await asyncio.to_thread(shutil.copyfile, await self._media.local(kept.name), here)
            return here

        clip, thumbnail, sheet, last = _SUFFIXES
        return replace(
            made,
            path=await brought(made.path, clip),
            thumbnail=await brought(made.thumbnail, thumbnail),
            contact_sheet=await brought(made.contact_sheet, sheet),
            last_frame=await brought(made.last_frame, last) if made.last_frame else None,
        )
