"""Backups in a bucket: every file once, and for each backup a journal, its secrets and a note that names them.

The note is written last, so that what broke off does not count. Files that a former backup brought are not sent again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from reelgate.media.s3 import Objects

_NOTES = "backups/"


class Note(msgspec.Struct, frozen=True):
    """One backup: where its journal lies, the SHA-256 of that, the secrets of its server, and how many files it has."""

    name: str
    journal: str
    sha256: str
    secrets: dict[str, str]
    files: int


class Backups:
    """The backups in a bucket. Methods raise OSError where it can't be reached."""

    def __init__(self, url: str) -> None:
        """Raises ValueError for an invalid address, ModuleNotFoundError where the extra is not installed."""
        self._objects = Objects(url)

    async def names(self) -> list[str]:
        """Return the names of the backups, oldest first."""
        found = await self._objects.names(_NOTES)
        return sorted(name.removeprefix(_NOTES).removesuffix(".json") for name in found if name.endswith(".json"))

    async def add(self, name: str, journal: Path, secrets: Mapping[str, str], files: int) -> None:
        """Put a journal by whose files are there, and the note that makes it a backup. Raises FileExistsError."""
        if name in await self.names():
            raise FileExistsError(f"a backup {name} already exists")
        place = f"journals/{name}.db"
        digest = await asyncio.to_thread(_digest, journal)
        await self._objects.put(place, journal)
        note = Note(name=name, journal=place, sha256=digest, secrets=dict(secrets), files=files)
        await self._objects.write(f"{_NOTES}{name}.json", msgspec.json.encode(note))

    async def fetch(self, name: str, journal: Path) -> Note:
        """Fetch a backup's journal, "" for the newest one's. Raises FileNotFoundError, OSError for a damaged one."""
        names = await self.names()
        if not names or (name and name not in names):
            told = f"the backups there are {', '.join(names)}" if names else "there is no backup in that bucket"
            raise FileNotFoundError(f"no backup {name!r}: {told}" if name else told)
        note = msgspec.json.decode(await self._objects.read(f"{_NOTES}{name or names[-1]}.json"), type=Note)
        await self._objects.get(note.journal, journal)
        if await asyncio.to_thread(_digest, journal) != note.sha256:
            raise OSError(f"the journal of the backup {note.name} is damaged")
        return note


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
