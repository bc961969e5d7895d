"""What every provider must do, as plain functions: run them on your own provider, with a job that it can do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from msgspec.structs import replace

from reelgate.providers.port import Failed, Job, NotFound, NotSent, Provider, Running, Succeeded, Verdict, free_slots
from reelgate.testing.expect import expect, expect_raises

PATIENCE_SECONDS = 480.0
LOOK_SECONDS = 0.02
"""Between two polls of a provider that may be asked at any time."""


async def check_provider(make: Callable[[], Provider], job: Job) -> None:
    """Raise AssertionError with a sentence where the provider breaks its port's promises.

    `make` returns a fresh, unopened provider; `job` is one that it can finish within a minute.
    """
    await _opens_and_closes(make)
    for check in (_finishes, _cancels, _knows_nothing_of_strangers, _says_when_it_is_full):
        provider = make()
        await provider.open()
        try:
            await check(provider, job)
        finally:
            await provider.aclose()


async def _opens_and_closes(make: Callable[[], Provider]) -> None:
    provider = make()
    await provider.aclose()
    await provider.open()
    await provider.aclose()
    await provider.aclose()


async def _finishes(provider: Provider, job: Job) -> None:
    ref = await provider.submit(job)
    seen: list[int] = []
    verdict = await _verdict(provider, ref, seen)
    if not isinstance(verdict, Succeeded):
        raise AssertionError(f"a job that can be done ended in {verdict}")
    expect(seen == sorted(seen), f"progress went backwards: {seen}")
    expect(all(0 <= progress < 100 for progress in seen), f"progress outside 0..99: {seen}")
    expect((verdict.path is None) != (verdict.url is None), "a finished job names one file, by path or by address")
    again = await provider.poll(ref)
    stays = again == verdict if verdict.url is None else isinstance(again, Succeeded)  # an address may be signed anew
    expect(stays, "a finished job stays finished until it is forgotten")
    await provider.forget(ref)
    await provider.forget(ref)


async def _cancels(provider: Provider, job: Job) -> None:
    ref = await provider.submit(replace(job, attempt_id=f"{job.attempt_id}-cancelled"))
    await provider.cancel(ref)
    await provider.cancel(ref)
    verdict = await provider.poll(ref)
    if provider.repeatable:  # a vendor may let a job go on that has begun
        expect(isinstance(verdict, NotFound | Failed), f"a cancelled job is still {verdict}")


async def _knows_nothing_of_strangers(provider: Provider, _: Job) -> None:
    verdict = await provider.poll("nobody-submitted-this")
    expect(isinstance(verdict, NotFound), f"an unknown reference is {verdict}")
    await provider.cancel("nobody-submitted-this")
    await provider.forget("nobody-submitted-this")


async def _says_when_it_is_full(provider: Provider, job: Job) -> None:
    """Fill a local provider; one without a bound of its own is not filled."""
    slots = free_slots(provider)
    if slots is None:
        return
    for number in range(slots):
        await provider.submit(replace(job, attempt_id=f"{job.attempt_id}-{number}"))
    expect(free_slots(provider) == 0, "every slot is taken")
    one_more = provider.submit(replace(job, attempt_id=f"{job.attempt_id}-one-too-many"))
    await expect_raises(NotSent, one_more, "a job for a full provider")


async def _verdict(provider: Provider, ref: str, seen: list[int]) -> Verdict:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            verdict = await provider.poll(ref)
            if not isinstance(verdict, Running):
                return verdict
            seen.append(verdict.progress)
            await asyncio.sleep(max(provider.poll_seconds, LOOK_SECONDS))
