"""How a vendor's answer to a query becomes a verdict on a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from reelgate.providers.answers import Said, failure_in, ref_in, said, share_in, word_in
from reelgate.providers.port import Failed, NotFound, Running, Unrecognized, Verdict
from reelgate.providers.reply import Path, Reply
from reelgate.providers.words import JobStatus, may_speak_of_the_call, standing_of

_ENDS: Mapping[JobStatus, tuple[str, str]] = {
    JobStatus.FAILED: ("failed", "the provider reported a failure"),
    JobStatus.REFUSED: ("rejected", "the provider's moderation refused the task"),
    JobStatus.CANCELLED: ("cancelled", "the task was cancelled at the provider"),
    JobStatus.EXPIRED: ("expired", "the provider did not make the video in time"),
}
"""What a failed job's code and text are where the vendor gives none."""


class AnswerReading(NamedTuple):
    """How one kind of provider's answers to a query are read: its own places and words before the field's.

    `made` reads a finished job. `failed` reads the vendor's own code and text of a failed one, "" for what it does not
    say. `progress` is the value of the bare words if the vendor reports no share.
    """

    states: tuple[Path, ...]
    ids: tuple[Path, ...]
    made: Callable[[Reply], Verdict]
    failed: Callable[[Reply], Said] = failure_in
    words: Mapping[str, JobStatus] = {}
    progress: Path = ("progress",)
    started: int = 0
    """The share of a job that runs, where the answer does not tell it."""

    def verdict(self, reply: Reply, ref: str) -> Verdict:
        """Return an answer's report of the job `ref`."""
        word = word_in(reply, *self.states)
        standing = standing_of(word, self.words)
        theirs = {found for path in self.ids if (found := ref_in(reply.at(*path)))}
        if theirs and ref not in theirs:
            return Unrecognized("an answer about another job")
        if standing is None:
            what = f"status {word[:80]}" if word else f"no status: {said(reply)}"
            return Unrecognized(what, self.ended(reply) if theirs and not word and _is_error(reply) else None)
        if standing in (JobStatus.WAITING, JobStatus.RUNNING):
            share = share_in(reply.at(*self.progress)) or self.started
            return Running(share if standing is JobStatus.RUNNING else 0)
        if standing is JobStatus.MADE:
            return self.made(reply)
        return self._over(reply, word, standing, alone=not theirs)

    def _over(self, reply: Reply, word: str, standing: JobStatus, *, alone: bool) -> Verdict:
        """Return the end of a job that was not made; `alone`: nothing says that the word is about the job."""
        if alone and may_speak_of_the_call(word) and word not in self.words:
            return Unrecognized(f"status {word[:80]}, without the job's id")
        return NotFound() if standing is JobStatus.GONE else self.ended(reply, standing)

    def ended(self, reply: Reply, standing: JobStatus = JobStatus.FAILED) -> Failed:
        """Return a job's failure, in the vendor's words as far as it says anything."""
        code, message = self.failed(reply)
        usual = failure_in(reply)
        known = _ENDS[standing]
        return Failed(code or usual.code or known[0], message or usual.message or known[1])


def _is_error(reply: Reply) -> bool:
    return reply.ok and any(reply.at(*holder, "error") for holder in ((), ("data",), ("output",)))
