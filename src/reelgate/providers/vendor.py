"""What the adapters for paid vendors share: an account's connection, its open jobs, the reading of refusals."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from reelgate import limits
from reelgate.clock import Clock, SystemClock
from reelgate.providers.account import Account
from reelgate.providers.port import Job, NotFound, NotSent, OutcomeUnknown, Rejected, Running, Unrecognized, Verdict
from reelgate.providers.wire import Reply, Wire


class VendorProvider(ABC):
    """A provider that is paid for each job and reached over HTTP.

    What is open is what this process submitted or saw running; after a restart it fills as jobs are polled.
    """

    kind: str
    local = False
    repeatable = False

    def __init__(
        self,
        account: Account,
        headers: Mapping[str, str],
        clock: Clock | None = None,
        *,
        seconds: float = limits.VENDOR_CALL_SECONDS,
    ) -> None:
        """Speak for `account`; `headers` carry its key and go with every call, which may take `seconds`."""
        self.name = account.name
        self.poll_seconds = account.poll_seconds
        self._wire = Wire(account.base_url, headers, seconds=seconds, reads_per_second=account.reads_per_second)
        self._clock = clock or SystemClock()
        self._at_once = account.at_once
        self._open: set[str] = set()
        self._submitted: dict[str, int] = {}
        self._polled: dict[str, int] = {}

    @abstractmethod
    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's JSON. Raises Rejected or NotSent; may block on reading inputs."""

    @abstractmethod
    async def send(self, job: Job, body: dict[str, Any]) -> str:
        """Submit the body and return the vendor's reference. Raises Rejected, NotSent or OutcomeUnknown."""

    @abstractmethod
    async def look(self, ref: str) -> Verdict:
        """Ask the vendor how a job stands. Raises OSError."""

    def free_slots(self) -> int:
        """Return how many more jobs the account takes now."""
        return max(0, self._at_once - len(self._open))

    def listen(self, news: Callable[[], None]) -> None:
        """Drop `news`: a vendor tells by callbacks, which the server takes in."""
        del news

    async def open(self) -> None:
        """Make the connection pool."""
        await self._wire.open()

    async def aclose(self) -> None:
        """Close the connections; the vendor's jobs go on."""
        await self._wire.aclose()

    async def submit(self, job: Job) -> str:
        """Hand the job over and return the vendor's reference. Raises Rejected, NotSent or OutcomeUnknown."""
        body = await asyncio.to_thread(self.body_of, job)
        ref = await self.send(job, body)
        self._note(self._submitted, ref, limits.VENDOR_SETTLE_SECONDS)
        self._open.add(ref)
        return ref

    async def poll(self, ref: str) -> Verdict:
        """Return what is known of the job. Raises OSError.

        A job that was accepted a moment ago is not gone because some part of the vendor has not heard of it.
        """
        self._note(self._polled, ref, limits.VENDOR_REFS_SECONDS)
        verdict = await self.look(ref)
        if isinstance(verdict, NotFound) and self._is_young(ref):
            return Unrecognized("a job that was just accepted is not known yet")
        if isinstance(verdict, Running):
            self._open.add(ref)
        elif not isinstance(verdict, Unrecognized):
            self._open.discard(ref)
        return verdict

    async def forget(self, ref: str) -> None:
        """Drop what is known of the job here; the vendor's own record stays."""
        self._open.discard(ref)
        self._submitted.pop(ref, None)

    def free(self, job: Job, refs: Iterable[str]) -> list[str]:
        """Return the references, each once, that no other job of ours is known to have.

        What was polled here belongs to a job that was written down with it.
        """
        return [ref for ref in dict.fromkeys(refs) if ref not in self._polled and ref not in job.taken]

    def only(self, job: Job, refs: Iterable[str], *, certain: bool = False) -> str | None:
        """Return the only free reference, None where there is none or more than one.

        Unless the match is `certain`, none is taken while another submission is in doubt: it may be that one's.
        """
        free = self.free(job, refs)
        return free[0] if len(free) == 1 and (certain or job.alone) else None

    def arrival(self, since: int) -> tuple[int, int]:
        """Return the times, in ms, between which a job submitted at `since` was made by the vendor's clock."""
        skew = limits.VENDOR_CLOCK_SKEW_SECONDS
        return since - round(skew * 1000), since + round((limits.VENDOR_ARRIVAL_SECONDS + skew) * 1000)

    def _note(self, times: dict[str, int], ref: str, keep_seconds: float) -> None:
        """Write down that a reference is met now, and drop those that were met longer ago than that."""
        now = self._clock.now()
        times.pop(ref, None)
        times[ref] = now
        while now - next(iter(times.values())) > keep_seconds * 1000:
            del times[next(iter(times))]

    def _is_young(self, ref: str) -> bool:
        at = self._submitted.get(ref)
        return at is not None and self._clock.now() - at < limits.VENDOR_SETTLE_SECONDS * 1000


def refusal(
    reply: Reply,
    code: str,
    message: str,
    *,
    account: Collection[str],
    model: Collection[str],
    busy: Collection[str],
    unsure: Collection[str],
) -> Rejected | NotSent | OutcomeUnknown:
    """Return what a create's answer without a reference means, by the vendor's own code first, then by the status.

    `account` are the codes that only the operator can mend, `model` those of a model that the account has not, `busy`
    those that pass by themselves, `unsure` failures inside the vendor; each stands for itself and for what follows it
    after a dot. Without a code a 2xx says nothing.
    """
    text = f"{code}: {message}" if code and message else code or message or f"HTTP {reply.status}"
    if _is_one(code, unsure) or (reply.ok and not code) or reply.status == 408:
        return OutcomeUnknown(text)
    if _is_one(code, model):
        return NotSent(text, unsendable=True)
    if _is_one(code, account):
        return NotSent(text, account=True)
    if _is_one(code, busy) or reply.status == 429:
        return NotSent(text, retry_after=reply.retry_after)
    if reply.status in (401, 402, 403, 404):
        return NotSent(text, account=True)
    return Rejected(code or f"http_{reply.status}", message or text)


def _is_one(code: str, words: Collection[str]) -> bool:
    return any(code == word or code.startswith(f"{word}.") for word in words)
