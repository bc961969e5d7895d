"""Opens a server's parts, and does the periodic work of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Protocol

import structlog

from reelgate import limits
from reelgate.access.keyring import REFRESH_SECONDS
from reelgate.access.load_shedding import COUNT_SECONDS
from reelgate.background import every
from reelgate.billing.budgets import LOOK_SECONDS as BUDGETS_SECONDS
from reelgate.billing.budgets import Budgets
from reelgate.conductor.accounts import REFRESH_SECONDS as ACCOUNTS_SECONDS
from reelgate.conductor.blob_gc import ORPHANS_SECONDS, SWEEP_SECONDS, Sweeper
from reelgate.conductor.expiry import Expiry
from reelgate.conductor.retention import SWEEP_SECONDS as RETENTION_SECONDS
from reelgate.conductor.retention import Retention
from reelgate.media.stores import tidy_cache
from reelgate.server.parts import ServerParts
from reelgate.server.provider_status import LOOK_SECONDS, StatusFile
from reelgate.server.room import COUNT_SECONDS as ROOM_COUNT_SECONDS
from reelgate.server.room import LOOK_SECONDS as ROOM_SECONDS
from reelgate.server.room import StorageRoom
from reelgate.settings import ServerRole

log = structlog.get_logger()


class _Part(Protocol):
    async def open(self) -> None: ...

    async def aclose(self) -> None: ...


class Upkeep:
    """What runs in a server from its start to its end. What is open is closed by the stack of its parts."""

    def __init__(self, parts: ServerParts) -> None:
        self._parts = parts

    async def open(self) -> None:
        """Open every part; what is open closes again when a later one fails."""
        parts = self._parts
        parts.stack.push_async_callback(parts.close_tracer)
        await parts.media.open()
        parts.stack.push_async_callback(parts.downloads.aclose)
        inputs: tuple[_Part, ...] = (
            parts.store,
            parts.prober,
            parts.measurer,
            parts.intake,
            parts.assets,
            parts.sketches,
        )
        for part in (*inputs, *parts.providers.values(), parts.reloading, parts.conductor):
            parts.stack.push_async_callback(part.aclose)
            await part.open()
            if part is parts.store:
                await self._share_secret()
        await parts.transfers.open()
        parts.stack.push_async_callback(parts.courier.aclose)
        parts.stack.push_async_callback(parts.repeats.deliveries.aclose)
        await parts.repeats.deliveries.refresh()
        for process, lacks in parts.unconfined().items():
            log.warning("sandbox.incomplete", process=process, lacks=lacks)
        parts.folder.keep_store(parts.settings.journal_url)
        parts.folder.keep_media(parts.settings.media)
        await parts.keys.refresh()
        await parts.accounts.refresh()
        self.background("accounts", parts.accounts.refresh, ACCOUNTS_SECONDS)
        self.background("taken out", parts.reloading.tend, limits.LEAVING_TEND_SECONDS)
        self.background("loop", parts.metrics.feel, 0)
        self.background("keys", parts.keys.refresh, REFRESH_SECONDS)
        self.background("cache", partial(tidy_cache, parts.folder.path), SWEEP_SECONDS)
        self.background("assets", parts.assets.tend, SWEEP_SECONDS)
        board = StatusFile(parts.folder.path, parts.router.health, parts.steps.pace, parts.clock)
        self.background("board", board.write, LOOK_SECONDS)
        self._hint()
        self._look_for_room()
        if parts.settings.role is not ServerRole.WORK:
            self._answer()
        if parts.settings.role is not ServerRole.API:
            self._work()

    def _hint(self) -> None:
        """Notify other servers of the journal of moves, and receive theirs, if the database supports that."""
        parts = self._parts
        if not parts.settings.journal_url.startswith("sqlite:"):
            from reelgate.tasks.hints import Hints  # with its driver, which a journal in a file need not load

            hints = Hints(parts.settings.journal_url, parts.stream.look)
            parts.tell_others = hints.tell
            self._in_background("hints", hints.run())

    def _look_for_room(self) -> None:
        """Check the space for files; a server that only works reports it in the log."""
        settings, room = self._parts.settings, StorageRoom(self._parts.gate)
        free, most = settings.keep_free_mb * 1024**2, settings.media_gb * 1024**3
        self.background("room", partial(room.look, self._parts.disks.values(), free), ROOM_SECONDS)
        if "://" in settings.media:
            self.background("room in the bucket", partial(room.ask, self._parts.media), ROOM_SECONDS)
        if most:
            self.background("room for files", partial(room.count, self._parts.store.files, most), ROOM_COUNT_SECONDS)

    def _answer(self) -> None:
        """Do what clients need beside answers."""
        parts = self._parts
        self._in_background("events", parts.stream.run())
        self.background("lost answers", parts.repeats.deliveries.refresh, limits.UNHEARD_LOOK_SECONDS)
        self.background("open tasks", parts.gate.recount, COUNT_SECONDS)
        self._in_background("previews", self._warmed())
        self._in_background("agents", parts.agents.run())

    def _work(self) -> None:
        """Do what tasks need beside their steps."""
        parts = self._parts
        self._in_background("webhooks", parts.courier.run())
        self.background("deliveries", parts.courier.forget, SWEEP_SECONDS)
        self.background("durations", parts.steps.keep, limits.PACE_KEEP_SECONDS)
        self.background("results", parts.collector.tidy, SWEEP_SECONDS)
        self.background("documents", self._forget_documents, SWEEP_SECONDS)
        self.background("expiry", Expiry(parts.store, parts.conductor.owed, parts.clock).sweep, SWEEP_SECONDS)
        self.background("parked", parts.steps.parking.tend, limits.PARKED_TEND_SECONDS)
        self.background("budgets", Budgets(parts.store, parts.clock).look, BUDGETS_SECONDS)
        retention = Retention(parts.store, parts.settings.keep, parts.clock, parts.settings.quotas)
        self.background("space", parts.metrics.measure, RETENTION_SECONDS)
        self.background("retention", retention.sweep, RETENTION_SECONDS)
        sweeper = Sweeper(parts.store, parts.media, parts.clock)
        self.background("sweeper", sweeper.sweep, SWEEP_SECONDS)
        self.background("orphans", sweeper.look_for_orphans, ORPHANS_SECONDS)

    async def _share_secret(self) -> None:
        """Sign as all servers of the journal do. A journal in a file has one server, whose folder keeps the secret."""
        parts = self._parts
        if not parts.settings.journal_url.startswith("sqlite:"):
            kept = await parts.store.share("secret", parts.folder.secret.hex())
            parts.folder.keep_secret(bytes.fromhex(kept))
            parts.signer.use(parts.folder.secret)

    async def _warmed(self) -> None:
        """Start what draws previews, once what starts with the server had its time."""
        await asyncio.sleep(limits.PREVIEW_WARM_SECONDS)
        self._parts.sketches.warm()

    async def _forget_documents(self) -> None:
        parts = self._parts
        await parts.store.batches.expire_documents(parts.clock.now())

    def background(self, name: str, work: Callable[[], Awaitable[object]], seconds: float) -> None:
        """Do some work every so many seconds until the server closes."""
        self._in_background(name, every(seconds, work, name))

    def _in_background(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        running = asyncio.create_task(work, name=name)

        async def stop() -> None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        self._parts.stack.push_async_callback(stop)
