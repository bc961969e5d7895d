"""Renders on a node of the cluster: an actor with one render process, sandboxed like those of a server."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path

from msgspec.structs import replace

from reelgate import limits
from reelgate.fleet.messages import ActorSettings, State, packed, unpacked
from reelgate.media.port import MediaStore
from reelgate.media.stores import store_at, tidy_cache
from reelgate.render.job import Rendered, RenderJob
from reelgate.render.messages import Crashed, Interrupted, RenderDone, Working
from reelgate.render.pool import NoFreeSlot, RenderPool


class Renderer:
    """One render at a time. Its folder is the node's own, and goes with the actor's process or with the machine."""

    def __init__(self, setting: bytes) -> None:
        self._setting: ActorSettings = unpacked(setting, ActorSettings)
        self._folder = Path(tempfile.mkdtemp(prefix="reelgate-"))
        self._parts: tuple[RenderPool, MediaStore] | None = None
        self._name = ""
        self._ended = asyncio.Event()

    async def render(self, name: str, job: bytes) -> bytes:
        """Return how a render ended, packed; its files are then in the media store."""
        try:
            pool, media = await self._opened()
            self._name = name
            await self._start(pool, media, name, unpacked(job, RenderJob))
            return packed(await self._end(pool, media, name))
        except (OSError, RuntimeError, NoFreeSlot) as error:  # of this node, whatever it is about
            return packed(Interrupted(f"a node of the cluster could not render: {error}"))
        except ValueError as error:
            return packed(Crashed(str(error)))
        finally:
            self._name = ""
            with contextlib.suppress(OSError):  # copies of a bucket's files would fill the node in the end
                await tidy_cache(self._folder, most=0, least_seconds=0.0)

    async def frames(self) -> int:
        """Return how many pictures of the render under way are encoded."""
        state = self._parts[0].poll(self._name) if self._parts else None
        return state.frames if isinstance(state, Working) else 0

    async def stop(self) -> None:
        """Stop the render under way."""
        if self._parts and self._name:
            await self._parts[0].cancel(self._name)
            self._ended.set()

    async def close(self) -> None:
        """End the process and remove the folder."""
        if self._parts:
            await self._parts[0].aclose()
        await asyncio.to_thread(_removed, self._folder)

    async def _opened(self) -> tuple[RenderPool, MediaStore]:
        if self._parts is None:
            setting = self._setting
            media = store_at(setting.media, self._folder / "cache")
            await media.open()
            pool = RenderPool(
                1,
                self._folder / "renders",
                codec=setting.codec,
                worker=setting.worker,
                keep=setting.keep,
                stall_seconds=setting.stall_seconds,
            )
            await pool.open()
            pool.listen(self._ended.set)
            self._parts = pool, media
        return self._parts

    async def _start(self, pool: RenderPool, media: MediaStore, name: str, job: RenderJob) -> None:
        inputs = [replace(item, path=await media.local(item.path.name)) for item in job.inputs]
        async with asyncio.timeout(limits.RAY_PLACE_SECONDS):
            while not pool.free_slots():  # noqa: ASYNC110 - the disk is full, which nobody tells of its end
                await asyncio.sleep(limits.RAY_LOOK_SECONDS)
        self._ended.clear()
        pool.start(name, replace(job, inputs=tuple(inputs)))

    async def _end(self, pool: RenderPool, media: MediaStore, name: str) -> State:
        while True:
            await self._ended.wait()
            self._ended.clear()
            state = pool.poll(name)
            if isinstance(state, Working):
                continue
            try:
                return (
                    RenderDone(await _kept(media, state.rendered))
                    if isinstance(state, RenderDone)
                    else state or _STOPPED
                )
            finally:
                pool.forget(name)


_STOPPED = Interrupted("the render was stopped")


async def _kept(media: MediaStore, made: Rendered) -> Rendered:
    """Put a clip and its pictures into the media store; the paths are then their digests."""

    async def kept(path: Path) -> Path:
        return Path((await media.put(path)).digest)

    return replace(
        made,
        path=await kept(made.path),
        thumbnail=await kept(made.thumbnail),
        contact_sheet=await kept(made.contact_sheet),
        last_frame=await kept(made.last_frame) if made.last_frame else None,
    )


def _removed(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
