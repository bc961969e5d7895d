from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from reelgate.tasks.batcher import GROUP_SIZE, Batcher


class Groups:
    """Writes groups by doubling their numbers; a negative number fails its own item, a zero the whole group."""

    def __init__(self) -> None:
        self.seen: list[list[int]] = []
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()

    async def write(self, group: Sequence[int]) -> list[int | Exception]:
        self.seen.append(list(group))
        self.begun.set()
        await self.gate.wait()
        if 0 in group:
            raise ConnectionError("no disk")
        return [2 * number if number > 0 else ValueError(number) for number in group]


def test_what_comes_in_during_a_write_makes_up_the_next_group() -> None:
    async def run() -> None:
        groups = Groups()
        batcher: Batcher[int, int] = Batcher(groups.write)
        first = asyncio.create_task(batcher.write(1))
        await groups.begun.wait()
        rest = [asyncio.create_task(batcher.write(number)) for number in (2, -3, 4)]
        await asyncio.sleep(0)
        groups.gate.set()
        outcomes = await asyncio.gather(first, *rest, return_exceptions=True)
        assert outcomes[:2] == [2, 4]
        assert isinstance(outcomes[2], ValueError)
        assert outcomes[3] == 8
        assert groups.seen == [[1], [2, -3, 4]]

    asyncio.run(run())


def test_a_group_that_fails_fails_all_of_it_and_nothing_after_it() -> None:
    async def run() -> None:
        groups = Groups()
        groups.gate.set()
        batcher: Batcher[int, int] = Batcher(groups.write)
        outcomes = await asyncio.gather(*map(batcher.write, (1, 0)), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [ConnectionError, ConnectionError]
        assert await batcher.write(5) == 10
        with pytest.raises(ConnectionError):
            await batcher.write(0)
        await batcher.drain()

    asyncio.run(run())


def test_groups_have_a_limit_and_keep_the_order() -> None:
    async def run() -> None:
        groups = Groups()
        groups.gate.set()
        batcher: Batcher[int, int] = Batcher(groups.write)
        numbers = range(1, 2 * GROUP_SIZE + 2)
        assert await asyncio.gather(*map(batcher.write, numbers)) == [2 * number for number in numbers]
        assert [len(group) for group in groups.seen] == [GROUP_SIZE, GROUP_SIZE, 1]

    asyncio.run(run())
