"""How every paid provider must handle the ways in which vendors deliver: part of `check_vendor`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from reelgate.providers.port import Failed, Job, Provider, Running, Succeeded, Verdict
from reelgate.testing.expect import expect

PATIENCE_SECONDS = 480.0
NO_LENGTHS = ("says_negative", "says_huge", "says_text")
DELIVERED = ("delivers_png", "delivers_wav", "delivers_page", "delivers_mov", "delivers_webm", "empty_first")


class DeliveringVendor(Protocol):
    """The part of `reelgate.testing.Simulator` that is needed here."""

    def fault(self, vendor: str, operation: str, kind: str, *, times: int = 1) -> None:
        """Let the next calls of an operation fail in that way."""
        ...


async def check_deliveries(make: Callable[[], Provider], job: Job, simulator: DeliveringVendor, vendor: str) -> None:
    """Raise AssertionError with a sentence if a delivery is reported wrongly.

    Whatever stands at the link, and whatever the vendor says of a length, the verdict names the link; a length that
    can't be is none; done without a link is not a failure; and a failure after it counts.
    """

    provider = make()
    await provider.open()
    try:
        await _check(provider, job, simulator, vendor)
    finally:
        await provider.aclose()


async def _check(provider: Provider, job: Job, simulator: DeliveringVendor, vendor: str) -> None:
    async def sent(fault: str) -> str:
        simulator.fault(vendor, "create", fault)
        return await provider.submit(job)

    for fault in (*DELIVERED, "says_longer", *NO_LENGTHS):
        verdict = await _ended(provider, await sent(fault))
        expect(isinstance(verdict, Succeeded) and bool(verdict.url), f"{fault}: a job that is done ends in {verdict!r}")
        if isinstance(verdict, Succeeded) and fault in NO_LENGTHS:
            expect(verdict.duration >= 0, f"{fault}: the vendor's length is told as {verdict.duration}")
    linkless = await _ended(provider, await sent("no_link"))
    expect(isinstance(linkless, Succeeded), f"no_link: a job that is done ends in {linkless!r}")
    ref = await sent("failed_after_done")
    done, failed = await _ended(provider, ref), await _ended(provider, ref, but=Succeeded)
    expect(isinstance(done, Succeeded), f"failed_after_done: first {done!r}")
    expect(isinstance(failed, Failed), f"failed_after_done: a job that failed ends in {failed!r}")


async def _ended(provider: Provider, ref: str, but: type = Running) -> Verdict:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(OSError):  # an answer that took too long
                verdict = await provider.poll(ref)
                if not isinstance(verdict, (Running, but)):
                    return verdict
            await asyncio.sleep(provider.poll_seconds)
