"""Removes files that no task refers to any more."""

from __future__ import annotations

from reelgate import limits
from reelgate.clock import Clock
from reelgate.media.port import MediaStore
from reelgate.tasks.store import TaskStore

SWEEP_SECONDS = 60.0
ORPHANS_SECONDS = 24 * 3600.0
BATCH = 500


class Sweeper:
    """Empties the bin, file first, so that a crash between the two leaves a row that is swept again."""

    def __init__(
        self, store: TaskStore, media: MediaStore, clock: Clock, *, grace: float = limits.BLOB_GRACE_SECONDS
    ) -> None:
        self._store = store
        self._media = media
        self._clock = clock
        self._grace = grace

    async def sweep(self) -> int:
        """Remove what may go now; return how many files are gone."""
        removed = 0
        for digest in await self._store.files.binned(BATCH):
            if await self._media.remove(digest, older_than=self._grace):
                await self._store.files.unbin(digest)
                removed += 1
        return removed

    async def look_for_orphans(self) -> int:
        """Put into the bin what a process left in the store that died before it wrote of it; return how many files.

        Raises OSError, StoreError.
        """
        restored_at = await self._store.restored_at()
        if self._clock.now() - restored_at < limits.RESTORED_ORPHANS_SECONDS * 1000:
            # The original may have put them there since the copy was made, and still serve them from the same bucket.
            return 0
        found, old = 0, []
        async for digest, _, age in self._media.digests():
            if age > self._grace:
                old.append(digest)
            if len(old) >= BATCH:
                found += await self._store.files.bin_orphans(old)
                old = []
        return found + (await self._store.files.bin_orphans(old) if old else 0)
