"""The operator's files read again while accounts are in use, open slowly, or leave."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from reelgate.conductor.reloading import Live, Reloading
from reelgate.errors import ConfigRefused
from reelgate.providers.account import Account
from reelgate.providers.port import Provider
from tests.conductor.studio import CATALOG, Actors, HandClock, Studio, Vendor, for_vendor


class Slow(Vendor):
    """An account that opens when it is told to, or fails."""

    def __init__(self, folder: Path, name: str, calls: Counter[str]) -> None:
        super().__init__(folder, name)
        self.counted, self.opening, self.ready = calls, asyncio.Event(), asyncio.Event()
        self.fault: Exception | None = None

    async def open(self) -> None:
        """Wait for the test."""
        self.opening.set()
        await self.ready.wait()
        if self.fault is not None:
            raise self.fault

    async def aclose(self) -> None:
        """Count it."""
        self.counted[self.name] += 1
        await super().aclose()


class File:
    """What the operator's file says now, and the accounts that are made of it."""

    def __init__(self, folder: Path) -> None:
        self.closed: Counter[str] = Counter()
        self.old, self.slow = Vendor(folder, "old"), Slow(folder, "slow", self.closed)
        self.accounts: list[Account] = [self.old.account]

    def make(self, account: Account) -> Provider:
        """Return the account's provider."""
        return self.slow if account.name == "slow" else self.old


def reloading(folder: Path, work: Callable[[Studio, Live, Reloading, File], Awaitable[None]]) -> None:
    """Run a test with a server that has the account `old`."""

    async def main() -> None:
        file, clock = File(folder), HandClock()
        it = Studio(folder, Actors(folder), clock, vendors=(file.old,))
        live = Live(CATALOG, it.providers, it.router, {}, set(), {})
        found = Reloading(
            live,
            read=lambda: (CATALOG, file.accounts),
            config=None,
            make=file.make,
            store=it.store,
            conductor=it.conductor,
            clock=clock,
        )
        await it.store.open()
        try:
            async with asyncio.timeout(480):
                await work(it, live, found, file)
        finally:
            await found.aclose()
            await it.store.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("looks", [0, 1])
def test_an_account_that_comes_back_while_another_opens_is_not_let_go(tmp_path: Path, looks: int) -> None:
    async def work(it: Studio, live: Live, files: Reloading, file: File) -> None:
        file.accounts = []
        await files.reload("test")
        for _ in range(looks):
            await files.tend()
        file.accounts = [file.old.account, file.slow.account]
        coming = asyncio.create_task(files.reload("test"))
        await file.slow.opening.wait()
        tending = asyncio.create_task(files.tend())
        await asyncio.wait({tending}, timeout=0.2)  # it would have let the account go by now
        file.slow.ready.set()
        await asyncio.gather(coming, tending)

        await files.tend()
        assert set(live.providers) == {"animatic", "old", "slow"}
        assert not live.router.leaving

    reloading(tmp_path, work)


def test_what_a_create_was_about_to_write_for_a_removed_account_keeps_it(tmp_path: Path) -> None:
    async def work(it: Studio, live: Live, files: Reloading, file: File) -> None:
        file.accounts = []
        await files.reload("test")
        await files.tend()
        task = await it.store.create(for_vendor("old"))
        await files.tend()
        await files.tend()
        assert "old" in live.providers

        await it.store.request_cancel(task.id, at=it.clock.now())
        await files.tend()
        await files.tend()
        assert "old" not in live.providers

    reloading(tmp_path, work)


@pytest.mark.parametrize("fault", [KeyError("x"), ValueError("no such option"), None])
def test_an_account_that_does_not_open_is_closed_again(tmp_path: Path, fault: Exception | None) -> None:
    async def work(it: Studio, live: Live, files: Reloading, file: File) -> None:
        file.accounts, file.slow.fault = [file.old.account, file.slow.account], fault
        coming = asyncio.create_task(files.reload("test"))
        await file.slow.opening.wait()
        if fault is None:
            coming.cancel()
        file.slow.ready.set()
        (found,) = await asyncio.gather(coming, return_exceptions=True)
        assert isinstance(found, (ConfigRefused, KeyError, asyncio.CancelledError))
        assert file.closed["slow"] == 1
        assert set(live.providers) == {"animatic", "old"}

    reloading(tmp_path, work)
