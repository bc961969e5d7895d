"""What a backend must do to make videos: submit, poll and, where it can, cancel. Nothing else.

An adapter never answers a client, never touches money or the store, and raises only the errors named here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, cast

import msgspec

from reelgate.catalog import Model
from reelgate.request import Facts, MediaKind, Role, VideoRequest


class Rejected(Exception):
    """The provider refused the job for what it asks: trying again can't help."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


class NotSent(Exception):
    """The provider certainly has not taken the job: it may be submitted again, here or elsewhere.

    `retry_after` is how many seconds the provider asked for, 0 where it said nothing. `account`: what stands in the
    way is the operator's account (its key, its credit, its quota), which waiting alone does not mend. `unsendable`:
    this job alone could not be put into words that the provider takes, which says nothing about the account. `told` is
    what a client may read of it, where the reason holds what is the operator's business.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry_after: float = 0.0,
        account: bool = False,
        unsendable: bool = False,
        told: str = "",
    ) -> None:
        self.reason = reason
        self.told = told or reason
        self.retry_after = retry_after
        self.account = account
        self.unsendable = unsendable
        super().__init__(reason)


class OutcomeUnknown(Exception):
    """The job may or may not have been taken. It must be looked up, never submitted blindly.

    `answer` is what the provider said, whole but for secrets, "" where it said nothing: the job's id may stand in it.
    """

    def __init__(self, reason: str, *, answer: str = "") -> None:
        self.reason = reason
        self.answer = answer
        super().__init__(reason)


class Unreached(OSError):
    """A call that only reads got no answer; it says nothing about any job. `retry_after` as for `NotSent`."""

    def __init__(self, reason: str, *, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class Staged(msgspec.Struct, frozen=True):
    """An input in our own keeping: a local file, what the probe found, and its public address where there is one."""

    kind: MediaKind
    role: Role
    path: Path
    facts: Facts
    url: str = ""
    """A signed link of ours that the provider can fetch; empty where the operator has given no public address."""
    name: str = ""
    """What the prompt calls it (`@name`)."""
    description: str = ""
    """What the client says that it shows."""


class Job(msgspec.Struct, frozen=True):
    """One submission: the attempt it belongs to, what is wanted, its inputs as local files."""

    attempt_id: str
    request: VideoRequest
    model: Model
    inputs: tuple[Staged, ...]
    callback_url: str = ""
    """Where the vendor may say that the job moved on, this attempt's alone; empty where it can't reach this server."""
    taken: frozenset[str] = frozenset()
    """When it is looked for: references there that other attempts of about that time have."""
    heard: tuple[str, ...] = ()
    """When it is looked for: references that were told at its own address, none of them another task's. Perhaps not
    all are its."""
    alone: bool = True
    """When it is looked for: no other submission of about that time is in doubt there. Where one is, only what bears
    this job's own mark or text is its."""


class Candidate(msgspec.Struct, frozen=True):
    """One of the references that a job heard of; `certain` where it bears the job's own mark."""

    ref: str
    certain: bool = False


class Running(msgspec.Struct, frozen=True):
    """Not done yet; `progress` is 0..99."""

    progress: int


class FileAddress(msgspec.Struct, frozen=True):
    """A further address of a file; `headers` as for `Succeeded`."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()


class Succeeded(msgspec.Struct, frozen=True):
    """Done: the files to take over, the video on this machine or at an address, and what only the maker knows.

    Without path and address the maker says that it is done and not where the file is: it is asked again.
    """

    path: Path | None = None
    url: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """What the address wants to be asked with, such as the account's key; no part of what is kept or logged."""
    also: tuple[FileAddress, ...] = ()
    """Where else the same file is to be had, for when nothing of it can be had at its address."""
    last_frame: Path | None = None
    thumbnail: Path | None = None
    contact_sheet: Path | None = None
    duration: float = 0
    """What the maker says of the length in seconds; the file itself is measured, and billed."""
    ratio: str = ""
    notes: dict[str, Any] = {}


class Failed(msgspec.Struct, frozen=True):
    """A definite verdict: this job will never be done."""

    code: str
    message: str


class NotFound(msgspec.Struct, frozen=True):
    """The provider has no such job (a local render whose process died, a job past its keeping time).

    `dead`: the server that had it has not answered for so long that it is made again by another one.
    """

    dead: bool = False
    why: str = ""
    """What became of it, where that is known."""


class Unrecognized(msgspec.Struct, frozen=True):
    """An answer that is not understood: neither progress nor failure. Keep polling, count it, show it.

    `end`: what it means if it is never another: an error in place of the job's state.
    """

    what: str
    end: Failed | None = None


Verdict = Running | Succeeded | Failed | NotFound | Unrecognized


class Provider(Protocol):
    """Someone who makes videos. `reelgate.testing.check_provider` holds every implementation to this.

    `local` providers run under this process: only the lease's holder can poll them, so the lease is kept while they
    run. `repeatable` ones cost nothing, so an interrupted submission is simply made again. `kind` is the wire API
    that it speaks and the name under which the catalog keeps its model ids; `name` is one account there, to which a
    task stays pinned once it is submitted. `poll_seconds` are between two polls of a job of which nothing is known; 0:
    ask whenever there is time. `least_poll_seconds` are between any two of one job, and the account answers
    `reads_per_second` questions, infinity where nobody counts.
    """

    name: str
    kind: str
    local: bool
    repeatable: bool
    poll_seconds: float
    least_poll_seconds: float
    reads_per_second: float

    def listen(self, news: Callable[[], None]) -> None:
        """Have `news` called whenever a poll would tell something new that should not wait."""
        ...

    async def open(self) -> None:
        """Get ready (processes, connections)."""
        ...

    async def aclose(self) -> None:
        """Stop everything that still runs, at once. Closing twice is a no-op."""
        ...

    async def submit(self, job: Job) -> str:
        """Hand the job over and return the provider's reference. Raises Rejected, NotSent or OutcomeUnknown."""
        ...

    async def poll(self, ref: str) -> Verdict:
        """Return what is known of the job. Network trouble raises OSError: it says nothing about the job."""
        ...

    async def cancel(self, ref: str) -> None:
        """Stop the job if it still runs; unknown references are a no-op."""
        ...

    async def find(self, job: Job, *, since: int) -> str | None:
        """Return the reference of a job whose submission (begun at `since`, in ms) ended in OutcomeUnknown.

        None where it is uncertain: no such list, no match, or more than one. Raises OSError.
        """
        ...

    async def recognize(self, job: Job) -> Candidate | None:
        """Return which of the references in `job.heard` is the job's, None where that is uncertain. Raises OSError."""
        ...

    async def forget(self, ref: str) -> None:
        """Drop what is kept of a job that is over: its file has been taken over, or it failed. Unknown references are
        a no-op."""
        ...


class LocalProvider(Provider, Protocol):
    """A provider that is `local`: it runs so many jobs and no more."""

    def free_slots(self) -> int:
        """Return how many more jobs it takes now."""
        ...


def tells_progress(provider: Provider) -> bool:
    """Whether a provider says how far a job is; one that says nothing of it has it false in `tells_progress`."""
    return bool(getattr(provider, "tells_progress", True))


def free_slots(provider: Provider) -> int | None:
    """Return how many more jobs a local provider takes now; None for others, whose jobs the journal counts."""
    return cast(LocalProvider, provider).free_slots() if provider.local else None
