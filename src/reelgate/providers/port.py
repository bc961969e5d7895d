"""What a backend must do to make videos: submit, poll and, if it can, cancel. Nothing else.

An adapter never answers a client, never touches money or the store, and raises only the errors of this module.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, cast

import msgspec

from reelgate.catalog import Model
from reelgate.request import Facts, MediaKind, Role, VideoRequest


class Rejected(Exception):
    """The provider refused the content of the job: another try can't help."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


class NotSent(Exception):
    """The provider has certainly not accepted the job: it can be submitted again, here or elsewhere.

    `retry_after` is the number of seconds that the provider asked for, 0 if it named none. `account`: the cause is the
    operator's account (its key, its credit, its quota), and waiting alone does not help. `unsendable`: this job can't
    be expressed for the provider, which says nothing about the account. `told` is the text for clients, if the reason
    has details that only the operator should see.
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
    """The job may or may not have been accepted. It must be looked up, and never submitted again without that.

    `answer` is the provider's whole answer without secrets, "" if there was none: it may contain the job's id.
    """

    def __init__(self, reason: str, *, answer: str = "") -> None:
        self.reason = reason
        self.answer = answer
        super().__init__(reason)


class Unreached(OSError):
    """A call that only reads got no answer, which says nothing about any job. `retry_after` as for `NotSent`."""

    def __init__(self, reason: str, *, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class Staged(msgspec.Struct, frozen=True):
    """An input in the media store: a local file, the probe's facts, and its public address if there is one."""

    kind: MediaKind
    role: Role
    path: Path
    facts: Facts
    url: str = ""
    """A signed link of this server that the provider can fetch; empty if the operator has set no public address."""
    name: str = ""
    """Its name in the prompt (`@name`)."""
    description: str = ""
    """The client's description of it."""


class Job(msgspec.Struct, frozen=True):
    """One submission: its attempt, the request, its inputs as local files."""

    attempt_id: str
    request: VideoRequest
    model: Model
    inputs: tuple[Staged, ...]
    callback_url: str = ""
    """Where the vendor may report changes of this attempt's job; empty if the vendor can't reach this server."""
    taken: frozenset[str] = frozenset()
    """For `find`: references at the vendor that belong to other attempts of about that time."""
    heard: tuple[str, ...] = ()
    """For `find`: references that arrived at this attempt's own callback address and belong to no other task. Some of
    them may not be this job's."""
    alone: bool = True
    """For `find`: no other submission of about that time is uncertain there. If one is, only a job with this job's own
    mark or text counts as a match."""


class Candidate(msgspec.Struct, frozen=True):
    """One of the references in `Job.heard`; `certain` if it has the job's own mark."""

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
    """Done: the files to fetch, the video on this machine or at an address, and facts that only the provider knows.

    Without a path and an address the provider has reported success without a file, and is polled again.
    """

    path: Path | None = None
    url: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Headers that the address needs, such as the account's key; they are never stored or logged."""
    also: tuple[FileAddress, ...] = ()
    """Other addresses of the same file, used if nothing can be fetched from the first one."""
    last_frame: Path | None = None
    thumbnail: Path | None = None
    contact_sheet: Path | None = None
    duration: float = 0
    """The length in seconds that the provider reports; the file itself is measured, and its length is billed."""
    ratio: str = ""
    notes: dict[str, Any] = {}


class Failed(msgspec.Struct, frozen=True):
    """A definite verdict: this job will never be done."""

    code: str
    message: str


class NotFound(msgspec.Struct, frozen=True):
    """The provider has no such job (a local render whose process died, a job that is no longer kept).

    `dead`: the server that had it has not answered for so long that another server makes it again.
    """

    dead: bool = False
    why: str = ""
    """Why it is gone, if that is known."""


class Unrecognized(msgspec.Struct, frozen=True):
    """An answer that is not understood: neither progress nor failure. It is counted and shown, and polling continues.

    `end`: the verdict if the answer stays the same, such as an error in place of the job's state.
    """

    what: str
    end: Failed | None = None


Verdict = Running | Succeeded | Failed | NotFound | Unrecognized


class Provider(Protocol):
    """A backend that makes videos. `reelgate.testing.check_provider` tests every implementation against this.

    `local` providers run under this process: only the lease's holder can poll them, so the lease is kept while they
    run. `repeatable` ones cost nothing, so an interrupted submission is made again. `kind` is the wire API of the
    provider, and the name of its model ids in the catalog; `name` is one account there, and a task stays with that
    account once it is submitted. `poll_seconds` is the time between two polls of a job of unknown length; 0: poll
    whenever there is time. `least_poll_seconds` is the shortest time between two polls of a job. The account answers
    `reads_per_second` reads, infinity if there is no limit.
    """

    name: str
    kind: str
    local: bool
    repeatable: bool
    poll_seconds: float
    least_poll_seconds: float
    reads_per_second: float

    def listen(self, news: Callable[[], None]) -> None:
        """Call `news` whenever a poll would return something new that should be handled at once."""
        ...

    async def open(self) -> None:
        """Start processes and open connections."""
        ...

    async def aclose(self) -> None:
        """Stop everything that is still running, immediately. Closing twice is a no-op."""
        ...

    async def submit(self, job: Job) -> str:
        """Submit the job and return the provider's reference. Raises Rejected, NotSent or OutcomeUnknown."""
        ...

    async def poll(self, ref: str) -> Verdict:
        """Return the job's state. Network errors raise OSError and say nothing about the job."""
        ...

    async def cancel(self, ref: str) -> None:
        """Stop the job if it is still running; unknown references are a no-op."""
        ...

    async def find(self, job: Job, *, since: int) -> str | None:
        """Return the reference of a job whose submission (begun at `since`, in ms) ended in OutcomeUnknown.

        None if it is uncertain: there is no list, no match, or more than one match. Raises OSError.
        """
        ...

    async def recognize(self, job: Job) -> Candidate | None:
        """Return which reference in `job.heard` is the job's, None if that is uncertain. Raises OSError."""
        ...

    async def forget(self, ref: str) -> None:
        """Drop what is stored about a job that has ended: its file was fetched, or it failed. Unknown references are a
        no-op."""
        ...


class LocalProvider(Provider, Protocol):
    """A `local` provider: it runs a limited number of jobs."""

    def free_slots(self) -> int:
        """Return how many more jobs it can take now."""
        ...


def tells_progress(provider: Provider) -> bool:
    """Whether a provider reports a job's progress; one that does not sets `tells_progress` to False."""
    return bool(getattr(provider, "tells_progress", True))


async def unsent(provider: Provider, job: Job) -> tuple[str, ...]:
    """Return the settings that a job asks for and that a provider has no field for, as far as it says so."""
    said: Callable[[Job], Awaitable[tuple[str, ...]]] | None = getattr(provider, "unsent", None)
    return await said(job) if said else ()


def free_slots(provider: Provider) -> int | None:
    """Return how many more jobs a local provider can take now; None for others, whose jobs the journal counts."""
    return cast(LocalProvider, provider).free_slots() if provider.local else None
