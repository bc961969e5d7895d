from __future__ import annotations

import asyncio

from reelgate.tasks import open_store
from reelgate.tasks.lists import Filter
from reelgate.testing.stores.samples import sample_task
from tests.tasks.conftest import NewUrl


def test_a_text_that_a_database_can_not_hold_is_found_nowhere(new_url: NewUrl) -> None:
    async def run() -> None:
        store = open_store(await new_url())
        await store.open()
        task = await store.create(sample_task("1"))
        assert await store.get(f"{task.id}\0") is None
        assert await store.lists.page(Filter(project_id=task.project_id, model="\0")) == []
        assert await store.get(task.id) == task
        await store.aclose()

    asyncio.run(run())
