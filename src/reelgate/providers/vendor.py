"""What the adapters for paid vendors share: an account's connection, its open jobs, the reading of refusals."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from reelgate import limits
from reelgate.clock import Clock, SystemClock
from reelgate.providers.account import Account
from reelgate.providers.answers import refusal_in
from reelgate.providers.codes import MINIMAX, OF_ACCOUNT, OF_BUSY, OF_UNSURE, Codes
from reelgate.providers.port import (
    Candidate,
    Failed,
    Job,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Unreached,
    Unrecognized,
    Verdict,
)
from reelgate.providers.reply import Reply
from reelgate.providers.untold import unsent
from reelgate.providers.wire import Wire


class VendorProvider(ABC):
    """A provider that is paid for each job and reached over HTTP.

    What is open is what this process submitted or saw running; after a restart it fills as jobs are polled.
    """

    kind: str
    local = False
    repeatable = False
    tells_progress = False
    """Whether it reports a job's progress; a word or a round number for "at work" is not progress."""
    bears_polls_after = 0.0
    """Seconds after a poll of a job before which the vendor refuses the next one."""
    create_seconds: float = limits.VENDOR_CALL_SECONDS
    """How long a submission may take, where the account does not say."""

    def __init__(
        self, account: Account, headers: Mapping[str, str], clock: Clock | None = None, *, seconds: float | None = None
    ) -> None:
        """Speak for `account`; `headers` carry its key and go with every call, which may take `seconds`.

        Without them the limits hold, and for a submission what the account says.
        """
        self.name = account.name
        self.poll_seconds = account.poll_seconds
        self._clock = clock or SystemClock()
        more = account.poll_seconds if account.poll_seconds > limits.VENDOR_POLL_SECONDS else 0.0
        self.least_poll_seconds = max(self.bears_polls_after, more)
        self.reads_per_second = account.reads_per_second
        self._wire = Wire(
            account.base_url,
            headers,
            seconds=seconds or limits.VENDOR_CALL_SECONDS,
            create_seconds=seconds or account.create_seconds or self.create_seconds,
            reads_per_second=account.reads_per_second,
            now=self._clock.now,
        )
        self._replica = account.replica
        self._submitted: dict[str, int] = {}
        self._polled: dict[str, int] = {}
        self._errors: dict[str, int] = {}
        """Since when an error replaces a job's state, oldest first."""

    @abstractmethod
    def body_of(self, job: Job) -> dict[str, Any]:
        """Return the create's JSON. Raises Rejected or NotSent; may block on reading inputs."""

    @abstractmethod
    async def send(self, job: Job, body: dict[str, Any]) -> str:
        """Submit the body and return the vendor's reference. Raises Rejected, NotSent or OutcomeUnknown."""

    @abstractmethod
    async def look(self, ref: str) -> Verdict:
        """Ask the vendor how a job stands. Raises OSError."""

    @abstractmethod
    async def search(self, job: Job, *, since: int) -> str | None:
        """Look for a lost submission among the vendor's jobs, as `find` does. Raises OSError."""

    def listen(self, news: Callable[[], None]) -> None:
        """Drop `news`: a vendor tells by callbacks, which the server takes in."""
        del news

    async def open(self) -> None:
        """Make the connection pool."""
        await self._wire.open()

    async def aclose(self) -> None:
        """Close the connections; the vendor's jobs continue."""
        await self._wire.aclose()

    async def submit(self, job: Job) -> str:
        """Hand the job over and return the vendor's reference. Raises Rejected, NotSent or OutcomeUnknown."""
        # Inputs are read from the disk and encoded; words alone take less than a thread's turn.
        body = await asyncio.to_thread(self.body_of, job) if job.inputs else self.body_of(job)
        ref = await self.send(job, body)
        self._note(self._submitted, ref, limits.VENDOR_SETTLE_SECONDS)
        return ref

    async def unsent(self, job: Job) -> tuple[str, ...]:
        """Return the settings that the job asks for and that make no difference to its body."""
        return await asyncio.to_thread(unsent, job, self.body_of) if job.inputs else unsent(job, self.body_of)

    async def poll(self, ref: str) -> Verdict:
        """Return what is known of the job. Raises OSError.

        A job that was accepted a moment ago is not gone because some part of the vendor does not know it yet.
        """
        self._note(self._polled, ref, limits.VENDOR_REFS_SECONDS)
        try:
            verdict = await self.look(ref)
        except Unreached:
            if self._is_dead():
                return NotFound(dead=True)
            raise
        if isinstance(verdict, NotFound) and self._is_young(ref):
            return Unrecognized("a job that was just accepted is not known yet")
        if isinstance(verdict, Unrecognized) and verdict.end is not None:
            verdict = self._lasting(ref, verdict, verdict.end)
        else:
            self._errors.pop(ref, None)
        return verdict

    def _is_dead(self) -> bool:
        """Whether this is one server of several alike, and has not answered anything for long.

        What it had costs its operator's own electricity to make again.
        """
        since = self._wire.silent_since
        if not (self._replica and self.repeatable) or since is None:
            return False
        return self._clock.now() - since >= limits.REPLICA_DEAD_SECONDS * 1000

    async def mark_of(self, ref: str) -> str:
        """Return what marks a job there as one of ours, "" where the vendor shows no marks. Raises OSError."""
        del ref
        return ""

    async def recognize(self, job: Job) -> Candidate | None:
        """Return the reference whose job bears the attempt's id, else the only one that is known there without a mark.

        Raises OSError.
        """
        unmarked = []
        for ref in job.heard:
            mark = await self.mark_of(ref)
            if mark == job.attempt_id:
                return Candidate(ref, certain=True)
            if not mark and not isinstance(await self.look(ref), NotFound | Unrecognized):
                unmarked.append(ref)
        return Candidate(unmarked[0]) if len(unmarked) == 1 else None

    async def find(self, job: Job, *, since: int) -> str | None:
        """Return the reference of a lost submission, None if it is uncertain. Raises OSError.

        What is found nowhere is looked for once more where the first answer has shown that the vendor's clock differs.
        """
        ahead = self._wire.ahead_ms
        found = await self.search(job, since=since)
        moved = abs(self._wire.ahead_ms - ahead) > limits.VENDOR_CLOCK_SKEW_SECONDS * 1000
        return await self.search(job, since=since) if found is None and moved else found

    async def forget(self, ref: str) -> None:
        """Drop this process's records of the job; the vendor's own record stays."""
        self._submitted.pop(ref, None)

    def free(self, job: Job, refs: Iterable[str]) -> list[str]:
        """Return the references, each once, that no other job of ours is known to have.

        What was polled here belongs to a job that was written down with it.
        """
        return [ref for ref in dict.fromkeys(refs) if ref not in self._polled and ref not in job.taken]

    def only(self, job: Job, refs: Iterable[str], *, certain: bool = False) -> str | None:
        """Return the only free reference, None if there is none or more than one.

        Unless the match is `certain`, none is taken while another submission is in doubt: it may be that one's.
        """
        free = self.free(job, refs)
        return free[0] if len(free) == 1 and (certain or job.alone) else None

    def arrival(self, since: int) -> tuple[int, int]:
        """Return the times, in ms, between which a job submitted at `since` was made by the vendor's clock."""
        skew = limits.VENDOR_CLOCK_SKEW_SECONDS
        since += self._wire.ahead_ms
        return since - round(skew * 1000), since + round((limits.VENDOR_ARRIVAL_SECONDS + skew) * 1000)

    def _note(self, times: dict[str, int], ref: str, keep_seconds: float) -> None:
        """Write down that a reference is met now, and drop those that were met longer ago than that."""
        now = self._clock.now()
        times.pop(ref, None)
        times[ref] = now
        while now - next(iter(times.values())) > keep_seconds * 1000:
            del times[next(iter(times))]

    def _lasting(self, ref: str, verdict: Unrecognized, end: Failed) -> Verdict:
        """Return the end of a job whose query gives an error in place of a state, once it has done so for some time."""
        now = self._clock.now()
        since = self._errors.setdefault(ref, now)
        while now - next(iter(self._errors.values())) > limits.VENDOR_REFS_SECONDS * 1000:
            del self._errors[next(iter(self._errors))]
        return end if now - since >= limits.VENDOR_BARE_ERROR_SECONDS * 1000 else verdict

    def _is_young(self, ref: str) -> bool:
        at = self._submitted.get(ref)
        return at is not None and self._clock.now() - at < limits.VENDOR_SETTLE_SECONDS * 1000


def refusal(reply: Reply, code: str, message: str, codes: Codes) -> Rejected | NotSent | OutcomeUnknown:
    """Return what a create's answer without a reference means, by the vendor's own code first, then by the status.

    A 2xx that says no is read as the refusal that it is: by its code, by one that repeats HTTP's, by its text. One
    that says nothing leaves the outcome open, and what it did say goes with it.
    """
    inside = refusal_in(reply) if reply.ok else None
    if reply.ok and inside is None and not code:
        return OutcomeUnknown(message or f"HTTP {reply.status} without a job's id", answer=reply.told)
    code, message = (code or inside.code, message or inside.message) if inside else (code, message)
    if isinstance(reply.at("base_resp"), dict):
        codes += MINIMAX
    text = f"{code}: {message}" if code and message else code or message or f"HTTP {reply.status}"
    rejected = Rejected(code or ("refused" if reply.ok else f"http_{reply.status}"), message or text)
    return next((error for error, meant in _meanings(reply, code, message, text, codes) if meant), rejected)


def _meanings(
    reply: Reply, code: str, message: str, text: str, codes: Codes
) -> Iterator[tuple[NotSent | OutcomeUnknown, bool]]:
    """Yield what a refusal may mean beside a fault of the job, and whether it does."""
    ok, status = reply.ok, reply.status
    if ok and code.isdecimal() and len(code) == 3:
        status = int(code)
    unsure = OutcomeUnknown(text, answer=reply.told)
    account, busy = NotSent(text, account=True), NotSent(text, retry_after=reply.retry_after)
    yield unsure, _is_one(code, codes.unsure) or status == 408 or (ok and status >= 500)
    yield NotSent(text, unsendable=True, told=_NO_MODEL), _is_one(code, codes.model)
    yield account, _is_one(code, codes.account)
    yield busy, _is_one(code, codes.busy) or status == 429
    yield account, status in (401, 402, 403) or (status == 404 and not ok) or bool(OF_ACCOUNT.search(message))
    yield unsure, ok and bool(OF_UNSURE.search(f"{code} {message}"))
    yield busy, ok and bool(OF_BUSY.search(message))


_NO_MODEL = "the provider does not offer this model here"


def _is_one(code: str, words: Collection[str]) -> bool:
    return any(code == word or code.startswith(f"{word}.") for word in words)
