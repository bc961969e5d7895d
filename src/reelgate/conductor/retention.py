"""Removes what the operator keeps for a time only."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from reelgate.clock import Clock
from reelgate.settings import Keep, Kept
from reelgate.tasks.store import Old, TaskStore

log = structlog.get_logger()

SWEEP_SECONDS = 600.0
BATCH = 500
DAY_MS = 24 * 3600 * 1000


class Retention:
    """Goes by rules. One for a project stands before one for all; money's lines are kept for ever."""

    def __init__(self, store: TaskStore, rules: Sequence[Keep], clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    async def sweep(self) -> int:
        """Remove what is too old; return how many files and tasks. Raises StoreError."""
        return sum([await self._apply(rule) for rule in self._rules])

    async def _apply(self, rule: Keep) -> int:
        own = tuple(one.project for one in self._rules if one.project and one.kind is rule.kind)
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
        files = await self._store.old_files(which, inputs=rule.kind is Kept.INPUTS)
        for task_id, name in files:
            await self._store.drop_file(task_id, name)
        return len(files)
