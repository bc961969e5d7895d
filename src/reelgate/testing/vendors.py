"""What every paid provider must distinguish when its vendor misbehaves: run it against a simulated vendor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple, Protocol

from reelgate.providers.port import (
    Failed,
    Job,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Provider,
    Rejected,
    Running,
    Succeeded,
    Unrecognized,
)
from reelgate.testing.deliveries import check_deliveries
from reelgate.testing.expect import expect, expect_equal

PATIENCE_SECONDS = 480.0
_LOOK_SECONDS = 0.01
_SILENCE = "timeout_after_accept"


class FaultyVendor(Protocol):
    """The part of `reelgate.testing.Simulator` that is needed here."""

    def fault(self, vendor: str, operation: str, kind: str, *, times: int = 1) -> None:
        """Let the next calls of an operation fail in that way."""
        ...

    def mend(self) -> None:
        """Let no more calls fail."""
        ...

    def paid(self, vendor: str) -> int:
        """Return how many jobs were accepted."""
        ...

    def jobs(self) -> Sequence[Any]:
        """Return the accepted jobs; `arrived` of each is what became of the order on its way, where that is known."""
        ...


class _End(NamedTuple):
    """How a submission must end: the error, or None for a reference; how many jobs it costs, -1 where that is open."""

    fault: str
    error: type[Exception] | None
    paid: int
    account: bool = False
    waits: bool = False
    keeps: bool = False
    """Whether what was answered is kept for the operator, the job's id in it."""


_SUBMISSIONS = (
    _End("timeout_after_accept", OutcomeUnknown, 1),
    _End("drop_after_accept", OutcomeUnknown, 1),
    _End("error_after_accept", OutcomeUnknown, 1),
    _End("error_before_accept", OutcomeUnknown, 0),
    _End("drop_before_accept", OutcomeUnknown, 0),
    _End("not_json", OutcomeUnknown, -1),
    _End("throttle", NotSent, 0),
    _End("throttle_with_wait", NotSent, 0, waits=True),
    _End("unauthorized", NotSent, 0, account=True),
    _End("no_credit", NotSent, 0, account=True),
    _End("rejected", Rejected, 0),
    _End("error_in_200", Exception, 0),
    _End("throttle_until", NotSent, 0, waits=True),
    _End("redirect", NotSent, 0, account=True),
    _End("refused_by_number", Rejected, 0),
    _End("refused_by_base_resp", Rejected, 0),
    _End("refused_by_flag", Rejected, 0),
    _End("refused_by_text", Rejected, 0),
    _End("endless_answer", OutcomeUnknown, 1),
    _End("crowded_answer", OutcomeUnknown, 1),
    _End("no_id", OutcomeUnknown, 1, keeps=True),
    _End("number_id", None, 1),
    _End("id_in_data", None, 1),
    _End("id_in_list", None, 1),
    _End("id_in_result", None, 1),
    _End("empty_status", None, 1),
    _End("unknown_word", None, 1),
)

_ASKED_AGAIN = (OSError, Running, Succeeded)
"""A question on a kept connection that breaks may be asked once more (RFC 9110, 9.2.2); a submission never is."""

_POLLS: tuple[tuple[str, type | tuple[type, ...]], ...] = (
    ("error_before_accept", OSError),
    ("drop_before_accept", _ASKED_AGAIN),
    ("drop_after_accept", _ASKED_AGAIN),
    ("timeout_after_accept", OSError),
    ("error_after_accept", OSError),
    ("throttle", OSError),
    ("throttle_with_wait", OSError),
    ("unauthorized", OSError),
    ("no_credit", OSError),
    ("not_json", (Unrecognized, OSError)),
    ("error_in_200", (Unrecognized, OSError)),
    ("empty_status", Unrecognized),
    ("unknown_word", Unrecognized),
    ("redirect", OSError),
    ("throttle_until", OSError),
    ("endless_answer", OSError),
    ("crowded_answer", OSError),
    ("other_job", Unrecognized),
    ("bare_error", (Unrecognized, Running)),
    ("says_running", Running),
    ("share_with_point", (Running, Succeeded)),
    ("gone", (Unrecognized, NotFound)),
)


_ENDS: tuple[tuple[str, type], ...] = (
    ("says_done", Succeeded),
    ("private_link", Succeeded),
    ("says_cancelled", Failed),
    ("says_expired", Failed),
    ("says_error", Failed),
    ("says_moderated", Failed),
    ("reason_elsewhere", Failed),
)
"""Faults of a query that end the job, and how."""

_REASON = "The reason stands elsewhere."


async def check_vendor(
    make: Callable[[], Provider],
    job: Job,
    simulator: FaultyVendor,
    vendor: str,
    *,
    impatient: Callable[[], Provider] | None = None,
) -> None:
    """Raise AssertionError with a sentence where a fault of the vendor is not told as what it is.

    `make` returns a fresh, unopened provider that speaks to `simulator`; `job` is one that it takes; `vendor` is the
    simulator's name for it. `impatient` makes one that waits for an answer for a second or two: it is used where none
    comes, so that the others may be as patient as a busy machine needs. No fault may lead to a second submission.
    """
    trial = _Trial(make, job, simulator, vendor, impatient or make)
    for end in _SUBMISSIONS:
        await trial.submits(end)
    for fault, answer in _POLLS:
        await trial.polls(fault, answer)
    for fault, ending in _ENDS:
        await trial.ends(fault, ending)
    await trial.names_by_call()
    await trial.fails()
    await trial.cancels_in_trouble()
    await check_deliveries(make, job, simulator, vendor)
    await check_arrival(make, job, simulator, vendor)


async def check_arrival(make: Callable[[], Provider], job: Job, simulator: FaultyVendor, vendor: str) -> bool:
    """Raise AssertionError with a sentence where a job is made as another than was ordered.

    Returns whether it was taken: what the vendor can't be told is not sent, or refused there, as is right.
    """
    provider = make()
    await provider.open()
    try:
        await provider.submit(job)
    except NotSent as error:
        expect(error.unsendable, f"a job that can't be told is not sent: {error.reason}")
        return False
    except Rejected:
        return False
    finally:
        await provider.aclose()
    arrived = [made for made in simulator.jobs() if made.vendor == vendor][-1].arrived
    if arrived:
        request = job.request
        ordered = {"mode": request.mode.value, "seconds": request.duration, "tier": request.resolution}
        ordered |= {} if job.inputs else {"ratio": request.ratio}
        expect_equal({name: arrived[name] for name in ordered}, ordered, "what arrived of an order")
    return True


class _Trial(NamedTuple):
    """One provider at a vendor that misbehaves."""

    make: Callable[[], Provider]
    job: Job
    simulator: FaultyVendor
    vendor: str
    impatient: Callable[[], Provider]

    @asynccontextmanager
    async def provider(self, fault: str = "") -> AsyncIterator[Provider]:
        provider = self.impatient() if fault == _SILENCE else self.make()
        await provider.open()
        try:
            yield provider
        finally:
            await provider.aclose()

    async def submits(self, end: _End) -> None:
        paid = self.simulator.paid(self.vendor)
        self.simulator.fault(self.vendor, "create", end.fault)
        async with self.provider(end.fault) as provider:
            error = await self._refusal(provider)
        if end.fault == _SILENCE:  # which says nothing of how far the call has come
            await self._arrives(paid + end.paid)
        expect((error is None) == (end.error is None), f"{end.fault}: a submission ends in {error!r}")
        expect(error is None or isinstance(error, end.error or ()), f"{end.fault}: a submission ends in {error!r}")
        if end.paid >= 0:
            expect_equal(self.simulator.paid(self.vendor) - paid, end.paid, f"{end.fault}: jobs paid for")
        _expect_reading(error, end)

    async def names_by_call(self) -> None:
        """Where nothing but the name of the call is told, it is the job's, or the outcome stays open."""
        self.simulator.fault(self.vendor, "create", "id_as_request")
        async with self.provider() as provider:
            error = await self._refusal(provider)
        expect(error is None or isinstance(error, OutcomeUnknown), f"id_as_request: a submission ends in {error!r}")

    async def ends(self, fault: str, ending: type) -> None:
        async with self.provider() as provider:
            ref = await provider.submit(self.job)
            self.simulator.fault(self.vendor, "query", fault)
            verdict = await provider.poll(ref)
        expect(isinstance(verdict, ending), f"{fault}: a poll ends in {verdict!r}")
        if isinstance(verdict, Failed):
            expect(bool(verdict.code and verdict.message), f"{fault}: a failure carries a code and a text")
        if isinstance(verdict, Failed) and fault == "reason_elsewhere":
            expect_equal(verdict.message, _REASON, f"{fault}: the text")

    async def _refusal(self, provider: Provider) -> Exception | None:
        try:
            ref = await provider.submit(self.job)
        except (Rejected, NotSent, OutcomeUnknown) as error:
            return error
        expect(bool(ref), "an accepted job has a reference")
        return None

    async def _arrives(self, paid: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.simulator.paid(self.vendor) < paid:  # noqa: ASYNC110 - a simulator is asked, as its jobs are
                await asyncio.sleep(_LOOK_SECONDS)

    async def polls(self, fault: str, answer: type | tuple[type, ...]) -> None:
        paid = self.simulator.paid(self.vendor)
        async with self.provider() as provider:
            ref = await provider.submit(self.job)
            self.simulator.fault(self.vendor, "query", fault)
            if fault == _SILENCE:
                async with self.provider(fault) as impatient:
                    told = await _told(impatient, ref)
            else:
                told = await _told(provider, ref)
            expect(isinstance(told, answer), f"{fault}: a poll ends in {told!r}")
            verdict = await _verdict(provider, ref)
        expect(isinstance(verdict, Succeeded), f"{fault}: a job that goes on ends in {verdict!r}")
        expect_equal(self.simulator.paid(self.vendor) - paid, 1, f"{fault}: jobs paid for")

    async def fails(self) -> None:
        self.simulator.fault(self.vendor, "create", "failed")
        async with self.provider() as provider:
            verdict = await _verdict(provider, await provider.submit(self.job))
        expect(isinstance(verdict, Failed), f"a job that fails ends in {verdict!r}")
        if isinstance(verdict, Failed):
            expect(bool(verdict.code and verdict.message), "a failure carries the vendor's code and text")

    async def cancels_in_trouble(self) -> None:
        """A cancel may be refused or may not get through; the job is then simply what it is."""
        async with self.provider() as provider:
            ref = await provider.submit(self.job)
            self.simulator.fault(self.vendor, "cancel", "error_before_accept")
            with suppress(OSError):
                await provider.cancel(ref)
            self.simulator.mend()  # a cancel may have asked first, and found that the job has begun
            await provider.cancel(ref)
            verdict = await _verdict(provider, ref)
        expect(isinstance(verdict, Succeeded | Failed | NotFound), f"a job after its cancel ends in {verdict!r}")


def _expect_reading(error: Exception | None, end: _End) -> None:
    if isinstance(error, NotSent) and end.error is NotSent:
        expect_equal(error.account, end.account, f"{end.fault}: whether the operator's account stands in the way")
        expect_equal(error.retry_after > 0, end.waits, f"{end.fault}: whether the vendor asks for a wait")
    if isinstance(error, OutcomeUnknown) and end.keeps:
        expect(bool(error.answer), f"{end.fault}: what was answered is kept")
    if isinstance(error, Rejected):
        expect(bool(error.code and error.message), f"{end.fault}: a refusal carries the vendor's code and text")


async def _told(provider: Provider, ref: str) -> object:
    try:
        return await provider.poll(ref)
    except OSError as error:
        return error


async def _verdict(provider: Provider, ref: str) -> Succeeded | Failed | NotFound | Unrecognized:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            verdict = await provider.poll(ref)
            if not isinstance(verdict, Running):
                return verdict
            await asyncio.sleep(provider.poll_seconds)
