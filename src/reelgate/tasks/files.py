"""Which files of the media store tasks refer to, the bin of those that none refers to, and the port that keeps both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec


class Old(msgspec.Struct, frozen=True, kw_only=True):
    """What ended before that time (ms), of one project, or of all ("") except some."""

    before: int
    project_id: str = ""
    others: tuple[str, ...] = ()
    limit: int = 500


class Held(msgspec.Struct, frozen=True):
    """What a project holds in the media store, of one kind: results, inputs or assets."""

    project_id: str
    kind: str
    files: int
    bytes: int


class FileStore(Protocol):
    """Where the references from tasks to files live, with the bin and the sizes, in the journal's database."""

    async def add_blob(self, task_id: str, name: str, blob: str, *, at: int) -> None:
        """Note that the task refers to `blob` under `name` (an input or a result). Again with the same: a no-op.

        Another blob under the same name replaces it. Raises Stale when the task is gone.
        """
        ...

    async def blobs(self, task_id: str) -> dict[str, str]:
        """Return the blobs that a task refers to, by name."""
        ...

    async def bin(self, *blobs: str) -> None:
        """Put files into the bin that were stored just now: they stay there unless a task or asset refers to them."""
        ...

    async def old_files(self, which: Old, *, inputs: bool) -> Sequence[tuple[str, str]]:
        """Return files of ended tasks, the oldest first: the task's id and the file's name; `inputs` or the others."""
        ...

    async def fetched_files(self, which: Old) -> Sequence[tuple[str, str]]:
        """Return results that were fetched whole before a time, as `old_files` does."""
        ...

    async def oldest_files(self, project_id: str, limit: int) -> Sequence[tuple[str, str, int]]:
        """Return files of a project's ended tasks, the oldest first: the task's id, the file's name and its bytes."""
        ...

    async def note_download(self, task_id: str, *, at: int) -> None:
        """Note that a task's client has fetched its result; the first time counts."""
        ...

    async def unsized(self, limit: int) -> Sequence[str]:
        """Return files that are referred to and whose size is not recorded."""
        ...

    async def note_sizes(self, sizes: Sequence[tuple[str, int]]) -> None:
        """Note how many bytes files have."""
        ...

    async def held(self, project_id: str = "") -> Sequence[Held]:
        """Return what a project holds, or ("") each; a file of unknown size counts 0 bytes."""
        ...

    async def drop_file(self, task_id: str, name: str) -> None:
        """Let a task give up a file; it goes to the bin. The task tells its measure still."""
        ...

    async def bin_orphans(self, blobs: Sequence[str]) -> int:
        """Put those files into the bin that nothing refers to; return how many were not in it yet."""
        ...

    async def binned(self, limit: int) -> Sequence[str]:
        """Return blobs in the bin that nothing refers to (and empty the bin of those that are referred to again)."""
        ...

    async def unbin(self, blob: str) -> None:
        """Take a blob out of the bin, after its file is gone."""
        ...
