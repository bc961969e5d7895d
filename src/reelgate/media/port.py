"""The port of a media store, such as a disk or a bucket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import msgspec


class Blob(msgspec.Struct, frozen=True):
    """A kept file: its SHA-256 in hex, and its size in bytes."""

    digest: str
    size: int


class MediaStore(Protocol):
    """A content-addressed store. Putting the same bytes twice keeps one file."""

    async def open(self) -> None:
        """Make sure files can be written."""
        ...

    async def ping(self) -> None:
        """Raise OSError unless files can be written."""
        ...

    async def put(self, path: Path) -> Blob:
        """Keep a finished local file, durably. It stays the caller's, who no longer writes to it: putting it again
        after a failure is safe."""
        ...

    async def size(self, digest: str) -> int | None:
        """Return a file's size, None when it is not here."""
        ...

    async def touch(self, digest: str) -> None:
        """Make a file as young as one that was put just now, for `remove`; a missing one is ignored."""
        ...

    async def local(self, digest: str) -> Path:
        """Return a path on this machine that holds the file, for an hour at least.

        Raises FileNotFoundError when it is not here, OSError when it can't be had for now.
        """
        ...

    async def address(self, digest: str, seconds: int) -> str:
        """Return a link to the file in its own storage, valid for that time; "" if that has no links."""
        ...

    def digests(self) -> AsyncIterator[tuple[str, int, float]]:
        """Yield every file's digest, its size in bytes and how many seconds ago it was last written."""
        ...

    def read(self, digest: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` up to `stop` in chunks."""
        ...

    async def remove(self, digest: str, *, older_than: float) -> bool:
        """Remove a file last put more than `older_than` seconds ago; return whether it is gone (or never was here)."""
        ...
