"""A media store that notes how long each thing took, and how often it could not be done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from reelgate.media.port import Blob, MediaStore
from reelgate.meters import Counts, Times


class TimedStore:
    """The `MediaStore` that is inside, and what it was like since this process began, by what was done."""

    def __init__(self, inside: MediaStore) -> None:
        self._inside = inside
        self.times = Times()
        self.failures = Counts()

    async def open(self) -> None:
        """Make sure files can be written."""
        await self._inside.open()

    async def ping(self) -> None:
        """Raise OSError unless files can be written."""
        with self._noted("ping"):
            await self._inside.ping()

    async def put(self, path: Path) -> Blob:
        """Keep a finished local file, durably."""
        with self._noted("put"):
            return await self._inside.put(path)

    async def size(self, digest: str) -> int | None:
        """Return a file's size, None when it is not here."""
        with self._noted("size"):
            return await self._inside.size(digest)

    async def touch(self, digest: str) -> None:
        """Make a file as young as one that was put just now."""
        with self._noted("touch"):
            await self._inside.touch(digest)

    async def local(self, digest: str) -> Path:
        """Return a path on this machine that holds the file."""
        with self._noted("local"):
            return await self._inside.local(digest)

    async def address(self, digest: str, seconds: int) -> str:
        """Return a link to the file in its own storage, "" if that has no links."""
        return await self._inside.address(digest, seconds)

    def digests(self) -> AsyncIterator[tuple[str, int, float]]:
        """Yield every file's digest, size and age."""
        return self._inside.digests()

    async def read(self, digest: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """Yield bytes; noted is how long the first of them took."""
        chunks = self._inside.read(digest, start, stop)
        with self._noted("read"):
            first = await anext(chunks, b"")
        if first:
            yield first
        async for chunk in chunks:
            yield chunk

    async def remove(self, digest: str, *, older_than: float) -> bool:
        """Remove a file last put long ago."""
        with self._noted("remove"):
            return await self._inside.remove(digest, older_than=older_than)

    @contextmanager
    def _noted(self, what: str) -> Iterator[None]:
        with self.times.timed(what):
            try:
                yield
            except FileNotFoundError:  # an answer, no failure
                raise
            except OSError:
                self.failures.add((what,))
                raise
