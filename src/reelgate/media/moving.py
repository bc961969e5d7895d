"""A media store that is being moved: files that are not in the new store yet are read from the old one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from reelgate.media.port import Blob, MediaStore


class MovingStore:
    """The `MediaStore` that is `new`, with what still lies in the `old` one; what is put goes to the new one alone."""

    def __init__(self, new: MediaStore, old: MediaStore) -> None:
        self._new = new
        self._old = old

    async def open(self) -> None:
        """Make sure files can be written."""
        await self._old.open()
        await self._new.open()

    async def ping(self) -> None:
        """Raise OSError unless files can be written."""
        await self._new.ping()

    async def put(self, path: Path) -> Blob:
        """Keep a finished local file, durably."""
        return await self._new.put(path)

    async def size(self, digest: str) -> int | None:
        """Return a file's size, None when it is in neither."""
        found = await self._old.size(digest)  # first, as long as it is a disk: that is quick
        return await self._new.size(digest) if found is None else found

    async def touch(self, digest: str) -> None:
        """Make a file as young as one that was put just now."""
        await self._old.touch(digest)
        await self._new.touch(digest)

    async def local(self, digest: str) -> Path:
        """Return a path on this machine that holds the file."""
        return await (await self._keeper(digest)).local(digest)

    async def address(self, digest: str, seconds: int) -> str:
        """Return a link to the file in its own storage, "" if that has no links."""
        return await (await self._keeper(digest)).address(digest, seconds)

    async def digests(self) -> AsyncIterator[tuple[str, int, float]]:
        """Yield what is in the new store."""
        async for found in self._new.digests():
            yield found

    async def read(self, digest: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """Yield bytes, also of a file that is moved and gone meanwhile."""
        keeper = await self._keeper(digest)
        try:
            async for chunk in keeper.read(digest, start, stop):
                start += len(chunk)
                yield chunk
        except FileNotFoundError:
            if keeper is self._new:
                raise
            async for chunk in self._new.read(digest, start, stop):
                yield chunk

    async def remove(self, digest: str, *, older_than: float) -> bool:
        """Remove a file from both."""
        gone = await self._old.remove(digest, older_than=older_than)
        return await self._new.remove(digest, older_than=older_than) and gone

    async def _keeper(self, digest: str) -> MediaStore:
        return self._new if await self._old.size(digest) is None else self._old
