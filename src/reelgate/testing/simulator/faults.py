"""Ways in which a vendor misbehaves, and the plan of when it does."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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
    """A status that is in no document."""
    GONE = "gone"
    """The vendor knows nothing of the job."""
    FAILED = "failed"
    """The job ends in failure."""
    REDIRECT = "redirect"
    """The call is sent elsewhere with status 308, and nothing done."""
    THROTTLE_UNTIL = "throttle_until"
    """As `throttle`, with a Retry-After header that is a date."""
    LATE_ANSWER = "late_answer"
    """It is done, and the answer comes after more than a minute."""
    ENDLESS_ANSWER = "endless_answer"
    """It is done, and the answer has no end."""
    CROWDED_ANSWER = "crowded_answer"
    """It is done, and the answer is a list of a million lists."""
    NUMBER_ID = "number_id"
    """The job is named by a number."""
    ID_IN_DATA = "id_in_data"
    ID_IN_LIST = "id_in_list"
    ID_IN_RESULT = "id_in_result"
    ID_AS_REQUEST = "id_as_request"
    """The answer holds nothing but a `request_id`, and that is the job's."""
    NO_ID = "no_id"
    """The job is taken, and its id is at a place that no reader knows."""
    REFUSED_BY_NUMBER = "refused_by_number"
    """A refusal with status 200 and a number for its code; nothing is done."""
    REFUSED_BY_BASE_RESP = "refused_by_base_resp"
    REFUSED_BY_FLAG = "refused_by_flag"
    """The same as `success: false`."""
    REFUSED_BY_TEXT = "refused_by_text"
    SAYS_RUNNING = "says_running"
    """The state is a word of the same meaning that the vendor's pages do not have; the next faults do the same."""
    SAYS_DONE = "says_done"
    SAYS_CANCELLED = "says_cancelled"
    SAYS_EXPIRED = "says_expired"
    SAYS_ERROR = "says_error"
    SAYS_MODERATED = "says_moderated"
    SHARE_WITH_POINT = "share_with_point"
    """The progress is `"45.5%"`."""
    REASON_ELSEWHERE = "reason_elsewhere"
    """The job fails, with its reason in `fail_reason` and a number for its code."""
    BARE_ERROR = "bare_error"
    """The job's id and an error stand there, and no state."""
    OTHER_JOB = "other_job"
    """The answer, or the callback, is about another job."""
    PRIVATE_LINK = "private_link"
    """The job is done, and its film at an address in the vendor's own network."""
    ENDLESS_FILE = "endless_file"
    """The film has no end."""
    WRONG_LENGTH = "wrong_length"
    """The film is shorter than what was asked for and than what the vendor says."""
    CLOCK_SKEW = "clock_skew"
    """The vendor's times are minutes away from the caller's."""
    CUT_DOWNLOAD = "cut_download"
    """The connection is closed in the middle of the film."""
    SLOW_BYTES = "slow_bytes"
    EXPIRED_LINK = "expired_link"
    DELIVERS_PNG = "delivers_png"
    """A picture stands where the film should be, under the film's Content-Type; so for the next ones."""
    DELIVERS_JPEG = "delivers_jpeg"
    DELIVERS_GIF = "delivers_gif"
    DELIVERS_WAV = "delivers_wav"
    DELIVERS_PAGE = "delivers_page"
    DELIVERS_ONE_FRAME = "delivers_one_frame"
    DELIVERS_SOUND_ALONE = "delivers_sound_alone"
    """An MP4 without pictures."""
    DELIVERS_MOV = "delivers_mov"
    """The film, in another container or codec; so for the next ones."""
    DELIVERS_WEBM = "delivers_webm"
    DELIVERS_VP8 = "delivers_vp8"
    DELIVERS_MKV = "delivers_mkv"
    DELIVERS_HEVC = "delivers_hevc"
    SAYS_LONGER = "says_longer"
    """The vendor says three times the length that its film has."""
    SAYS_NEGATIVE = "says_negative"
    SAYS_HUGE = "says_huge"
    SAYS_TEXT = "says_text"
    """A text where the length should be."""
    NO_LINK = "no_link"
    """The job is done, and the answer has no link."""
    EMPTY_FIRST = "empty_first"
    """Of several creations the first is empty."""
    FAILED_AFTER_DONE = "failed_after_done"
    """The job is done, its film can't be had, and after two queries it has failed."""
    DUPLICATE_CALLBACK = "duplicate_callback"
    BAD_SIGNATURE = "bad_signature"


OPERATIONS = ("create", "query", "list", "cancel", "content", "callback")

_CREATE = frozenset({"create"})
_QUERY = frozenset({"query"})

IDS = frozenset(
    {Fault.NUMBER_ID, Fault.ID_IN_DATA, Fault.ID_IN_LIST, Fault.ID_IN_RESULT, Fault.ID_AS_REQUEST, Fault.NO_ID}
)
"""Where the id of a new job stands."""

WORDS: Mapping[Fault, str] = {
    Fault.SAYS_RUNNING: "In Progress",
    Fault.SAYS_DONE: "Finished",
    Fault.SAYS_CANCELLED: "Canceled",
    Fault.SAYS_EXPIRED: "TIMED-OUT",
    Fault.SAYS_ERROR: "error",
    Fault.SAYS_MODERATED: "content_moderated",
}
"""Kin of the words for a state."""

SAYS_END = frozenset({Fault.SAYS_CANCELLED, Fault.SAYS_EXPIRED, Fault.SAYS_ERROR, Fault.SAYS_MODERATED})

_REFUSAL = "The input text is sensitive."
REFUSALS: Mapping[Fault, Any] = {
    Fault.REFUSED_BY_NUMBER: {"code": 1026, "message": _REFUSAL, "data": None},
    Fault.REFUSED_BY_BASE_RESP: {"task_id": "", "base_resp": {"status_code": 1026, "status_msg": _REFUSAL}},
    Fault.REFUSED_BY_FLAG: {"success": False, "message": _REFUSAL},
    Fault.REFUSED_BY_TEXT: {"error": _REFUSAL},
}
"""What is answered with status 200 by who says no."""

_SOME: Mapping[Fault, frozenset[str]] = {
    **dict.fromkeys((*IDS, *REFUSALS, Fault.LATE_ANSWER), _CREATE),
    **dict.fromkeys((*WORDS, Fault.SHARE_WITH_POINT, Fault.REASON_ELSEWHERE, Fault.BARE_ERROR), _QUERY),
    Fault.PRIVATE_LINK: _QUERY,
    Fault.OTHER_JOB: frozenset({"query", "callback"}),
    Fault.ENDLESS_FILE: frozenset({"content"}),
    **dict.fromkeys(
        (Fault.REDIRECT, Fault.ENDLESS_ANSWER, Fault.CROWDED_ANSWER), frozenset({"create", "query", "list", "cancel"})
    ),
    Fault.EMPTY_STATUS: frozenset({"create", "query", "callback"}),
    Fault.UNKNOWN_WORD: frozenset({"create", "query", "callback"}),
    Fault.GONE: frozenset({"query", "cancel", "content"}),
    Fault.FAILED: frozenset({"create", "query"}),
    Fault.WRONG_LENGTH: frozenset({"create", "content"}),
    Fault.CLOCK_SKEW: frozenset({"create", "query", "list", "callback"}),
    Fault.CUT_DOWNLOAD: frozenset({"content"}),
    Fault.SLOW_BYTES: frozenset({"content"}),
    Fault.EXPIRED_LINK: frozenset({"content"}),
    **{fault: frozenset({"create", "content"}) for fault in Fault if fault.value.startswith("delivers_")},
    **dict.fromkeys(
        (Fault.SAYS_LONGER, Fault.SAYS_NEGATIVE, Fault.SAYS_HUGE, Fault.SAYS_TEXT, Fault.NO_LINK, Fault.EMPTY_FIRST),
        frozenset({"create", "query"}),
    ),
    Fault.FAILED_AFTER_DONE: frozenset({"create"}),
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
    """What goes wrong, by vendor and operation. Safe to use from several threads.

    Faults that are counted come first, in the order in which they were asked for; then those by share; each strikes
    by chance until `mend`. The chance is drawn from `seed`.
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
    """Return the fault of that name. Raises ValueError if there is none, or if the operation can't have it."""
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
