"""Several servers spend one project's money at the same moment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reelgate.tasks import open_store
from reelgate.tasks.record import Task
from reelgate.tasks.store import Unaffordable
from reelgate.testing.stores.money import open_account, paid_task
from reelgate.testing.stores.samples import PRICE_MICROS
from tests.tasks.conftest import NewUrl

FIFTY = 50 * PRICE_MICROS


@pytest.mark.parametrize(
    "limits",
    [
        {"paid": FIFTY},
        {"floor_micros": -FIFTY},
        {"floor_micros": None, "spend_day_micros": FIFTY},
        {"floor_micros": None, "spend_total_micros": FIFTY},
        {"floor_micros": None, "key": {"spend_day_micros": FIFTY}},
        {"floor_micros": None, "key": {"spend_total_micros": FIFTY}},
    ],
    ids="-".join,
)
def test_servers_together_spend_no_more_than_there_is(new_url: NewUrl, limits: dict[str, Any]) -> None:
    async def run() -> None:
        url = await new_url()
        stores = [open_store(url) for _ in range(3)]
        for store in stores:
            await store.open()
        await open_account(stores[0], **limits)

        creates = [stores[n % 3].create(paid_task(str(n))) for n in range(120)]
        outcomes = await asyncio.gather(*creates, return_exceptions=True)

        kinds = [type(outcome) for outcome in outcomes]
        assert (kinds.count(Task), kinds.count(Unaffordable)) == (50, 70)
        assert await stores[0].money.check() == []
        for store in stores:
            await store.aclose()

    asyncio.run(run())
