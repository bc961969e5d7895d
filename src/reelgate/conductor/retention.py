"""Removes files and tasks whose retention time is over."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from reelgate import limits
from reelgate.clock import Clock
from reelgate.media.port import MediaStore
from reelgate.settings import Keep, Kept, Quota
from reelgate.tasks.files import Held, Old
from reelgate.tasks.store import TaskStore

log = structlog.get_logger()

SWEEP_SECONDS = 600.0
BATCH = 500
DAY_MS = 24 * 3600 * 1000


class Retention:
    """Goes by rules. One for a project stands before one for all; money's lines are kept for ever."""

    def __init__(
        self, store: TaskStore, rules: Sequence[Keep], clock: Clock, quotas: Sequence[Quota] = (), free: int = BATCH
    ) -> None:
        """`quotas` bound what projects hold; `free` files at most are removed before what is left is counted again."""
        self._quotas = {quota.project: quota.bytes for quota in quotas}
        self._free = free
        self._store = store
        self._rules = rules
        self._clock = clock

    async def sweep(self) -> int:
        """Remove what is too old; return how many files and tasks. Raises StoreError."""
        count = sum([await self._apply(rule) for rule in self._rules])
        return count + (await self._keep_quotas() if self._quotas else 0)

    async def _keep_quotas(self) -> int:
        """Remove files of the oldest ended tasks of each project that holds more than it may."""
        removed = 0
        for project, held in totals(await self._store.files.held()).items():
            quota = self._quotas.get(project, self._quotas.get("", held))
            over, count = held - quota, 0
            while over > 0 and (gone := await self._make_room(project, over)):
                count += gone
                over = totals(await self._store.files.held(project)).get(project, 0) - quota
            if count:
                log.info("retention.quota", project=project, quota_bytes=quota, count=count, over_bytes=max(0, over))
            removed += count
        return removed

    async def _make_room(self, project: str, over: int) -> int:
        """Drop as many of a project's oldest files as should free that many bytes; return their number."""
        count = 0
        for task_id, name, size in await self._store.files.oldest_files(project, self._free):
            if over <= 0:
                break
            await self._store.files.drop_file(task_id, name)
            over -= size
            count += 1
        return count

    async def _apply(self, rule: Keep) -> int:
        alike = [one for one in self._rules if one.kind is rule.kind and one.fetched is rule.fetched]
        own = tuple(one.project for one in alike if one.project)
        which = Old(
            before=self._clock.now() - int(rule.days * DAY_MS),
            project_id=rule.project,
            others=() if rule.project else own,
            limit=BATCH,
        )
        count = found = await self._remove(rule, which)
        while found == BATCH:
            found = await self._remove(rule, which)
            count += found
        if count:
            log.info("retention.removed", kind=rule.kind, project=rule.project, days=rule.days, count=count)
        return count

    async def _remove(self, rule: Keep, which: Old) -> int:
        if rule.kind is Kept.TASKS:
            tasks = await self._store.old_tasks(which)
            gone = [await self._store.delete(task_id) for task_id in tasks]
            return len(tasks) if all(gone) else 0  # one that another server removed ends this turn
        if rule.fetched:
            files = await self._store.files.fetched_files(which)
        else:
            files = await self._store.files.old_files(which, inputs=rule.kind is Kept.INPUTS)
        for task_id, name in files:
            await self._store.files.drop_file(task_id, name)
        return len(files)


class Measuring:
    """Measures files whose size is not known yet, so that used space can be reported."""

    def __init__(self, store: TaskStore, media: MediaStore) -> None:
        self._store = store
        self._media = media
        self.held: tuple[Held, ...] = ()
        """What projects held when this last looked."""

    async def look(self) -> int:
        """Measure all new files and what projects hold; return how many files. Raises OSError, StoreError."""
        count = 0
        while blobs := await self._store.files.unsized(limits.SIZES_AT_ONCE):
            await self._store.files.note_sizes([(blob, await self._media.size(blob) or 0) for blob in blobs])
            count += len(blobs)
        self.held = tuple(await self._store.files.held())
        return count


def totals(held: Sequence[Held]) -> dict[str, int]:
    """Return how many bytes of results and inputs each project holds; its assets are its own affair."""
    found: dict[str, int] = {}
    for one in held:
        if one.kind in (Kept.RESULTS, Kept.INPUTS):
            found[one.project_id] = found.get(one.project_id, 0) + one.bytes
    return found
