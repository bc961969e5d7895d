"""Ways in which a vendor misbehaves, and the plan of when it does."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong with one call. "Accept" is the moment from which the vendor is paid or has done as asked."""

    ERROR_BEFORE_ACCEPT = "error_before_accept"
    """An HTTP 500, and nothing done."""
    DROP_BEFORE_ACCEPT = "drop_before_accept"
    """The connection is closed without an answer, and nothing done."""
    ERROR_AFTER_ACCEPT = "error_after_accept"
    DROP_AFTER_ACCEPT = "drop_after_accept"
    TIMEOUT_AFTER_ACCEPT = "timeout_after_accept"
    """It is done, and no answer ever comes."""
    NOT_JSON = "not_json"
    """It is done, and a page of HTML comes with status 200."""
    ERROR_IN_200 = "error_in_200"
    """The body of an error with status 200, and nothing done."""
    THROTTLE = "throttle"
    THROTTLE_WITH_WAIT = "throttle_with_wait"
    """As `throttle`, with a Retry-After header."""
    UNAUTHORIZED = "unauthorized"
    NO_CREDIT = "no_credit"
    REJECTED = "rejected"
    """The vendor refuses what is asked for, as its moderation does."""
    EMPTY_STATUS = "empty_status"
    UNKNOWN_WORD = "unknown_word"
    """A status that stands in no document."""
    GONE = "gone"
    """The vendor knows nothing of the job."""
    FAILED = "failed"
    """The job ends in failure."""
    WRONG_LENGTH = "wrong_length"
    """The film is shorter than what was asked for and than what the vendor says."""
    CLOCK_SKEW = "clock_skew"
    """The vendor's times are minutes away from the caller's."""
    CUT_DOWNLOAD = "cut_download"
    """The connection is closed in the middle of the film."""
    SLOW_BYTES = "slow_bytes"
    EXPIRED_LINK = "expired_link"
    DUPLICATE_CALLBACK = "duplicate_callback"
    BAD_SIGNATURE = "bad_signature"


OPERATIONS = ("create", "query", "list", "cancel", "content", "callback")

_SOME: Mapping[Fault, frozenset[str]] = {
    Fault.EMPTY_STATUS: frozenset({"create", "query", "callback"}),
    Fault.UNKNOWN_WORD: frozenset({"create", "query", "callback"}),
    Fault.GONE: frozenset({"query", "cancel", "content"}),
    Fault.FAILED: frozenset({"create", "query"}),
    Fault.WRONG_LENGTH: frozenset({"create", "content"}),
    Fault.CLOCK_SKEW: frozenset({"create", "query", "list", "callback"}),
    Fault.CUT_DOWNLOAD: frozenset({"content"}),
    Fault.SLOW_BYTES: frozenset({"content"}),
    Fault.EXPIRED_LINK: frozenset({"content"}),
    Fault.DUPLICATE_CALLBACK: frozenset({"callback"}),
    Fault.BAD_SIGNATURE: frozenset({"callback"}),
}
_CALLS = frozenset(OPERATIONS) - {"callback"}

SKEW_MS = 10 * 60_000
"""How far a skewed vendor is ahead."""


@dataclass
class _Rule:
    kind: Fault
    times: int
    share: float | None


class Faults:
    """What shall go wrong, by vendor and operation. Safe to use from several threads.

    Faults that are counted come first, in the order in which they were asked for; then those by share, each of which
    strikes by chance until `mend`. The chance is drawn from `seed`.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 (a plan that can be repeated, not a secret)
        self._rules: dict[tuple[str, str], list[_Rule]] = {}
        self._lock = threading.Lock()

    def add(self, vendor: str, operation: str, kind: str, *, times: int = 1, share: float | None = None) -> None:
        """Let the next `times` calls fail, or that share of all. Raises ValueError for what can't be."""
        rule = _Rule(checked(operation, kind, times=times, share=share), times, share)
        with self._lock:
            self._rules.setdefault((vendor, operation), []).append(rule)

    def take(self, vendor: str, operation: str) -> Fault | None:
        """Return what shall go wrong with a call that arrives now, None for nothing."""
        with self._lock:
            rules = self._rules.get((vendor, operation), [])
            counted = next((rule for rule in rules if rule.share is None), None)
            if counted is not None:
                counted.times -= 1
                if not counted.times:
                    rules.remove(counted)
                return counted.kind
            return next((rule.kind for rule in rules if self._chance.random() < (rule.share or 0)), None)

    def mend(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._rules.clear()


def checked(operation: str, kind: str, *, times: int = 1, share: float | None = None) -> Fault:
    """Return the fault of that name. Raises ValueError where there is none, or it can't befall the operation so."""
    if operation not in OPERATIONS:
        raise ValueError(f"operation is {operation!r}; allowed: {', '.join(OPERATIONS)}")
    possible = [fault for fault in Fault if operation in _SOME.get(fault, _CALLS)]
    if kind not in possible:
        raise ValueError(f"kind is {kind!r}; allowed for {operation}: {', '.join(possible)}")
    if share is not None and not 0 < share <= 1:
        raise ValueError(f"share is {share}; allowed: above 0, up to 1")
    if times < 1:
        raise ValueError(f"times is {times}; allowed: 1 or more")
    return Fault(kind)
