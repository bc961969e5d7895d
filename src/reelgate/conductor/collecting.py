"""Takes a finished video over: into our store, measured, and only then called a result."""

from __future__ import annotations

from pathlib import Path

from reelgate.media.port import MediaStore
from reelgate.media.probe import Prober
from reelgate.providers.port import Made
from reelgate.request import Output
from reelgate.tasks.record import Task


class Collector:
    """Copies a provider's file into the media store and measures what was delivered."""

    def __init__(self, store: MediaStore, prober: Prober) -> None:
        self._store = store
        self._prober = prober

    async def collect(self, task: Task, made: Made) -> Output:
        """Keep the file and return its measure. Raises Unreadable when it is no video, OSError."""
        if made.path is None:
            raise FileNotFoundError("the provider named no file")
        facts = await self._prober.probe(made.path)
        blob = await self._store.put(made.path)
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
            last_frame=await self._picture(made.last_frame),
            notes=made.notes,
        )

    async def _picture(self, path: Path | None) -> str:
        return "" if path is None else (await self._store.put(path)).digest
