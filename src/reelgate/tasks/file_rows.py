"""The journal's references to files, and its bin, the same over every database."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from reelgate.tasks.database import Database, Params, Step
from reelgate.tasks.files import Held, Old
from reelgate.tasks.store import Stale

_encode = msgspec.json.Encoder().encode


class FileRows:
    """The FileStore of `reelgate.tasks.files`, over a driver that runs scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_blob(self, task_id: str, name: str, blob: str, *, at: int) -> None:
        """Note that the task refers to a file; one that it replaces goes to the bin."""
        values: Params = {"id": task_id, "name": name, "blob": blob, "at": at}
        await self._database.write([Step("bin_replaced", values), Step("add_blob", values, Stale)])

    async def blobs(self, task_id: str) -> dict[str, str]:
        """Return the files that a task refers to, by name."""
        return {row[0]: row[1] for row in await self._database.read("blobs", {"id": task_id})}

    async def bin(self, *blobs: str) -> None:
        """Put new files into the bin, which each leaves when a task refers to it."""
        await self._database.write([Step("bin", {"blob": blob}) for blob in blobs])

    async def old_files(self, which: Old, *, inputs: bool) -> Sequence[tuple[str, str]]:
        """Return files of ended tasks, the oldest first."""
        rows = await self._database.read("old_files", {**old_values(which), "inputs": int(inputs)})
        return [(str(task_id), str(name)) for task_id, name in rows]

    async def fetched_files(self, which: Old) -> Sequence[tuple[str, str]]:
        """Return results that were fetched whole."""
        return [(str(task), str(name)) for task, name in await self._database.read("fetched_files", old_values(which))]

    async def oldest_files(self, project_id: str, limit: int) -> Sequence[tuple[str, str, int]]:
        """Return files of a project's ended tasks, the oldest first."""
        rows = await self._database.read("oldest_files", {"project_id": project_id, "limit": limit})
        return [(str(task), str(name), int(size)) for task, name, size in rows]

    async def note_download(self, task_id: str, *, at: int) -> None:
        """Note that a task's client has fetched its result."""
        await self._database.write([Step("note_download", {"id": task_id, "at": at})])

    async def unsized(self, limit: int) -> Sequence[str]:
        """Return files whose size is not recorded."""
        return [str(blob) for (blob,) in await self._database.read("unsized", {"limit": limit})]

    async def note_sizes(self, sizes: Sequence[tuple[str, int]]) -> None:
        """Note how many bytes files have."""
        if sizes:
            await self._database.write([Step("note_size", {"blob": blob, "bytes": size}) for blob, size in sizes])

    async def held(self, project_id: str = "") -> Sequence[Held]:
        """Return what projects hold."""
        rows = await self._database.read("held", {"project_id": project_id})
        return [Held(str(project), str(kind), int(files), int(size)) for project, kind, files, size in rows]

    async def drop_file(self, task_id: str, name: str) -> None:
        """Let a task give up a file; it goes to the bin."""
        values: Params = {"id": task_id, "name": name}
        await self._database.write([Step("bin_file", values), Step("drop_file", values)])

    async def bin_orphans(self, blobs: Sequence[str]) -> int:
        """Put those files into the bin that nothing refers to."""
        return len(await self._database.write([Step("bin_orphans", {"blobs": _encode(list(blobs)).decode()})]))

    async def binned(self, limit: int) -> Sequence[str]:
        """Return files in the bin that nothing refers to."""
        await self._database.write([Step("spare_blobs", {})])
        return [blob for (blob,) in await self._database.read("binned", {"limit": limit})]

    async def unbin(self, blob: str) -> None:
        """Forget a file that is gone."""
        await self._database.write([Step("unbin", {"blob": blob}), Step("forget_size", {"blob": blob})])


def old_values(which: Old) -> Params:
    """Return the argument by which a statement knows what is old."""
    others = f",{','.join(which.others)},"
    return {"before": which.before, "project_id": which.project_id, "others": others, "limit": which.limit}
