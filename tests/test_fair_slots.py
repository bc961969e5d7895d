"""FairSlots are shared by turns, within every ceiling, and none is ever lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

from reelgate.fair_slots import FairSlots


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_projects_have_places_by_turns_and_a_project_its_oldest_first() -> None:
    got: list[str] = []

    async def work(places: FairSlots, project: str, name: str) -> None:
        async with places.held(project):
            got.append(name)
            await settle()

    async def main() -> None:
        places = FairSlots(1, 1)
        names = [("a", f"a{n}") for n in range(4)] + [("b", "b0"), ("b", "b1"), ("c", "c0")]
        await asyncio.gather(*(work(places, *name) for name in names))

    asyncio.run(main())
    assert got == ["a0", "a1", "b0", "c0", "a2", "b1", "a3"]


def test_one_that_may_have_no_place_is_passed_by_others() -> None:
    async def main() -> None:
        places = FairSlots(3, 3, 1)
        await places.take("a", "host 1")
        second = asyncio.create_task(places.take("a", "host 1"))
        await settle()
        async with asyncio.timeout(480):
            await places.take("a", "host 2")
        assert not second.done()
        places.give("a", "host 1")
        async with asyncio.timeout(480):
            await second

    asyncio.run(main())


def test_no_ceiling_is_broken_and_no_place_is_lost_whoever_gives_up() -> None:
    rng = random.Random(3)
    held: Counter[str] = Counter()

    async def work(places: FairSlots, project: str, host: str) -> None:
        async with places.held(project, host):
            held.update((project, host, "all"))
            try:
                assert held["all"] <= 5
                assert held[project] <= 3
                assert held[host] <= 2
                await asyncio.sleep(0)
            finally:
                held.subtract((project, host, "all"))

    async def main() -> None:
        places = FairSlots(5, 3, 2)
        tasks = [asyncio.create_task(work(places, f"p{rng.randrange(4)}", f"h{rng.randrange(3)}")) for _ in range(2000)]
        for task in rng.sample(tasks, 700):
            await asyncio.sleep(0)
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            assert outcome is None or isinstance(outcome, asyncio.CancelledError)
        held.clear()
        async with asyncio.timeout(480):
            await asyncio.gather(*(places.take("p", f"h{n}") for n in range(3)))
            await asyncio.gather(*(places.take("q", f"h{n}") for n in range(2)))
        assert not places._waiting

    asyncio.run(main())
