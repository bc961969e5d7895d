"""Sends clients the callbacks that they asked for, as vendors do."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from reelgate.clock import Clock
from reelgate.testing.simulator.faults import SKEW_MS, Fault, Faults
from reelgate.testing.simulator.jobs import State, VendorJob
from reelgate.testing.simulator.vendor import Vendor

TICK_SECONDS = 0.02
ANSWER_SECONDS = 5.0
RESENT = 3
RESEND_SECONDS = 0.2


@dataclass(eq=False)
class _Watch:
    vendor: Vendor
    files: str
    job: VendorJob
    told: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Callbacks:
    """Posts every change of a job that came with a `callback_url`, in order; lives on one event loop."""

    def __init__(self, faults: Faults, clock: Clock) -> None:
        self._faults = faults
        self._clock = clock
        self._watched: list[_Watch] = []
        self._posts: set[asyncio.Task[None]] = set()

    def watch(self, vendor: Vendor, files: str, job: VendorJob) -> None:
        """Follow a job until it ends."""
        if job.callback_url and vendor.called_on:
            self._watched.append(_Watch(vendor, files, job))

    async def run(self) -> None:
        """Post until cancelled."""
        async with httpx2.AsyncClient(trust_env=False, timeout=ANSWER_SECONDS) as client:
            try:
                while True:
                    self._tick(client)
                    await asyncio.sleep(TICK_SECONDS)
            finally:
                for post in self._posts:
                    post.cancel()
                await asyncio.gather(*self._posts, return_exceptions=True)

    def _tick(self, client: httpx2.AsyncClient) -> None:
        now = self._clock.now()
        for watch in list(self._watched):
            changes = list(_changes(watch.job, now))
            for state, at in changes[watch.told :]:
                if state in watch.vendor.called_on:
                    post = asyncio.create_task(self._post(client, watch, at))
                    self._posts.add(post)
                    post.add_done_callback(self._posts.discard)
                if state.ended:
                    self._watched.remove(watch)
            watch.told = len(changes)

    async def _post(self, client: httpx2.AsyncClient, watch: _Watch, at: int) -> None:
        fault = self._faults.take(watch.vendor.name, "callback")
        async with watch.turn:
            body, headers = self._letter(watch, at, fault)
            for _ in range(2 if fault is Fault.DUPLICATE_CALLBACK else 1):
                await _deliver(client, watch.job.callback_url, body, headers)

    def _letter(self, watch: _Watch, at: int, fault: Fault | None) -> tuple[Any, dict[str, str]]:
        body = watch.vendor.show(watch.job, at, watch.files)
        if fault in (Fault.EMPTY_STATUS, Fault.UNKNOWN_WORD):
            watch.vendor.reword(body, "" if fault is Fault.EMPTY_STATUS else watch.vendor.odd_word)
        elif fault is Fault.OTHER_JOB:
            body = watch.vendor.retell(body, fault, watch.files)
        key = "not the key" if fault is Fault.BAD_SIGNATURE else watch.job.key
        now = self._clock.now() - (SKEW_MS if fault is Fault.CLOCK_SKEW else 0)
        return body, watch.vendor.signature(watch.job.callback_url, key, now, secrets.token_hex(16))


def _changes(job: VendorJob, now: int) -> Iterator[tuple[State, int]]:
    """Yield each state that the job has come to by now, and when."""
    yield State.QUEUED, job.created_at
    if job.started_at <= min(now, job.finished_at):
        yield State.RUNNING, job.started_at
    state = job.state(now)
    if state.ended:
        yield state, job.finished_at


async def _deliver(client: httpx2.AsyncClient, url: str, body: Any, headers: dict[str, str]) -> None:
    """Post until it is acknowledged, a few times at most."""
    for _ in range(1 + RESENT):
        with contextlib.suppress(httpx2.HTTPError, httpx2.InvalidURL):
            if (await client.post(url, json=body, headers=headers)).is_success:
                return
        await asyncio.sleep(RESEND_SECONDS)
