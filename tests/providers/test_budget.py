"""How often an account is asked: a little at once, the rest evenly, and never more in any second than it allows."""

from __future__ import annotations

import asyncio
import itertools
import time

import pytest

from reelgate.bucket import TokenBucket
from reelgate.providers.account import Account
from reelgate.providers.ark import ArkProvider
from tests.providers.scripted import ScriptedVendor


@pytest.mark.parametrize(("limit", "seconds"), [(20.0, 1.0), (60, 60.0), (3.0, 1.0), (1.0, 1.0)])
def test_no_period_holds_more_than_the_limit_however_many_ask(limit: float, seconds: float) -> None:
    bucket = TokenBucket(limit, seconds)
    turns = [bucket.take(100.0) for _ in range(500)]

    assert turns == sorted(turns)
    for first, last in zip(turns, itertools.islice(turns, int(limit), None), strict=False):
        assert last - first > seconds * 0.999, "one more than the limit lies in the next period"


def test_what_was_not_used_does_not_pile_up() -> None:
    bucket = TokenBucket(20.0, 1.0)
    assert bucket.room(1000.0) == bucket.room(9000.0) == 4
    bucket.take(9000.0)
    assert (bucket.room(9000.0), bucket.room(9000.1)) == (3, 4)


def test_a_long_queue_is_worked_off_at_the_rate() -> None:
    bucket = TokenBucket(20.0, 1.0)

    assert [bucket.take(5.0) for _ in range(10_000)][-1] == pytest.approx((10_000 - 4) / 16)


def test_a_provider_keeps_to_its_accounts_budget() -> None:
    async def run(url: str) -> float:
        provider = ArkProvider(Account(name="ark", kind="ark", key="ak", base_url=url, reads_per_second=4.0))
        await provider.open()
        began = time.monotonic()
        try:
            for _ in range(3):
                await provider.poll("cgt-1")
        finally:
            await provider.aclose()
        return time.monotonic() - began

    with ScriptedVendor() as vendor:
        vendor.answer("GET", 200, {"status": "running"})

        assert asyncio.run(run(vendor.url)) > 2 / (0.8 * 4.0)
        assert len(vendor.seen) == 3
