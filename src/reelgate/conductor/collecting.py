"""Takes a finished video over: into our store, measured, and only then called a result."""

from __future__ import annotations

from pathlib import Path

from reelgate.media.port import Blob, MediaStore
from reelgate.media.probe import Prober
from reelgate.providers.port import Made
from reelgate.request import Output
from reelgate.tasks.record import Task
from reelgate.tasks.store import TaskStore


class FileLost(Exception):
    """The file that a provider named is not there (any more)."""


class Collector:
    """Copies a provider's file into the media store and measures what was delivered."""

    def __init__(self, media: MediaStore, tasks: TaskStore, prober: Prober) -> None:
        self._media = media
        self._tasks = tasks
        self._prober = prober

    async def collect(self, task: Task, made: Made) -> Output:
        """Keep the file and return its measure; collecting again is safe.

        Raises Unreadable when it is no video, FileLost, OSError and StoreError.
        """
        if made.path is None or not made.path.exists():
            raise FileLost
        facts = await self._prober.probe(made.path)
        blob = await self._keep(made.path)
        return Output(
            blob=blob.digest,
            bytes=blob.size,
            width=facts.width,
            height=facts.height,
            seconds=facts.seconds,
            fps=facts.fps,
            frames=facts.frames,
            duration=made.duration or max(1, round(facts.seconds)),
            audio=facts.has_audio,
            seed=task.request.seed,
            ratio=made.ratio or task.request.ratio,
            last_frame=await self._beside(made.last_frame),
            thumbnail=await self._beside(made.thumbnail),
            contact_sheet=await self._beside(made.contact_sheet),
            notes=made.notes,
        )

    async def _beside(self, picture: Path | None) -> str:
        """Keep a picture that came with the video, if one did."""
        return (await self._keep(picture)).digest if picture is not None else ""

    async def _keep(self, path: Path) -> Blob:
        blob = await self._media.put(path)
        await self._tasks.bin(blob.digest)  # until `finish` refers to it
        return blob
