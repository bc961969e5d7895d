"""The conformance suite of task stores: what `reelgate.tasks.store` promises, checked on any implementation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from reelgate.tasks.store import TaskStore
from reelgate.testing.stores.assets import ASSET_CHECKS
from reelgate.testing.stores.batches import BATCH_CHECKS
from reelgate.testing.stores.deliveries import DELIVERY_CHECKS
from reelgate.testing.stores.feed import FEED_CHECKS
from reelgate.testing.stores.keeping import KEEPING_CHECKS
from reelgate.testing.stores.money import MONEY_CHECKS
from reelgate.testing.stores.moves import MOVES_CHECKS
from reelgate.testing.stores.parked import PARKED_CHECKS
from reelgate.testing.stores.projects import PROJECT_CHECKS
from reelgate.testing.stores.queue import QUEUE_CHECKS
from reelgate.testing.stores.queues import QUEUES_CHECKS
from reelgate.testing.stores.repeats import REPEATS_CHECKS
from reelgate.testing.stores.space import SPACE_CHECKS

__all__ = ["TASK_STORE_CHECKS", "Check", "check_task_store", "run_check"]

Check = Callable[[TaskStore], Awaitable[None]]

TASK_STORE_CHECKS: tuple[Check, ...] = (
    *MOVES_CHECKS,
    *QUEUE_CHECKS,
    *QUEUES_CHECKS,
    *KEEPING_CHECKS,
    *REPEATS_CHECKS,
    *ASSET_CHECKS,
    *PROJECT_CHECKS,
    *MONEY_CHECKS,
    *FEED_CHECKS,
    *DELIVERY_CHECKS,
    *PARKED_CHECKS,
    *BATCH_CHECKS,
    *SPACE_CHECKS,
)


async def check_task_store(make_store: Callable[[], Awaitable[TaskStore]]) -> None:
    """Hold an implementation to the port. `make_store` returns a new, unopened store on an empty journal each time.

    Raises AssertionError with a sentence that says what was broken.
    """
    for check in TASK_STORE_CHECKS:
        await run_check(check, await make_store())


async def run_check(check: Check, store: TaskStore) -> None:
    """Run one check on an unopened store."""
    await store.open()
    try:
        await check(store)
    finally:
        await store.aclose()
