"""The words that vendors and relays use for a job's state, read alike however they are written.

A vendor's documents have a few words. A relay in front of it, a new version or another host uses related ones:
`succeeded` for `completed`, `CANCELED` for `cancelled`, `Timed Out` for `expired`. Case, hyphens, spaces and
underscores never matter. A word that stands in no table says nothing: it must neither end a job nor begin one anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class JobStatus(StrEnum):
    """How a job stands, in words of no vendor."""

    WAITING = "waiting"
    RUNNING = "running"
    MADE = "made"
    FAILED = "failed"
    REFUSED = "refused"
    """The vendor's moderation refuses the order or the result."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    GONE = "gone"


_S = JobStatus

_FIELD: Mapping[JobStatus, str] = {
    _S.WAITING: """
        accepted created enqueued initialized initializing initiated inqueue new notstart notstarted pending
        prepared preparing queue queued queueing queuing received scheduled scheduling starting submit submitted
        submitting throttled wait waiting 排队中 等待中 已提交 待处理
    """,
    _S.RUNNING: """
        active canceling cancelling doing encoding executing finalizing generating inflight ingeneration inprocess
        inprogress making ongoing postprocessing process processing producing progress progressing render rendering
        resuming retrying run running started uploading working 处理中 生成中 进行中 执行中
    """,
    _S.MADE: """
        available complete completed completion delivered done finish finished generated made ok ready rendered
        succeed succeeded succeeds success successful successfully succes 成功 已完成 完成 生成成功
    """,
    _S.FAILED: """
        abort aborted broken crashed dead err error errored errors exception fail failed failing failure failures
        halted killed stopped terminated unsuccessful unsuccess 失败 已失败 生成失败 错误
    """,
    _S.REFUSED: """
        auditfailed banned blocked censored contentblocked contentfiltered contentmoderated contentpolicyviolation
        contentrejected declined denied disapproved filtered flagged forbidden illegal moderated moderation
        moderationblocked moderationfailed nsfw policyviolation refused reject rejected requestmoderated
        reviewfailed reviewrejected sensitive unsafe violation 审核失败 审核不通过 已拒绝
    """,
    _S.CANCELLED: """
        cancel canceled cancelled cancellation cancelation canceledbyuser cancelledbyuser deleted removed revoked
        usercanceled usercancelled withdrawn 取消 已取消 已删除
    """,
    _S.EXPIRED: """
        deadline deadlineexceeded expire expired expiration overdue timedout timeout timeouted timeoutexceeded
        outoftime 超时 已过期 过期
    """,
    _S.GONE: """
        doesnotexist jobnotfound nonexistent notexist notexists notfound nosuchjob nosuchtask tasknotexist tasknotfound
        videonotfound
    """,
}
"""What the field says, without case, signs and spaces, in American spelling where the two differ by an s."""

_MEANING = {word: standing for standing, words in _FIELD.items() for word in words.split()}

_ABOUT_THE_CALL = frozenset(
    {"denied", "err", "error", "errors", "exception", "forbidden", "notfound", "timedout", "timeout"}
)
"""Words that may speak of the question as well as of the job."""

_SIGNS = re.compile(r"[\W_]+")
_PREFIX = re.compile(r"^(?:task|job|video|generation|prediction|run)?(?:state|status)(?=.)")


def plain(word: str) -> str:
    """Return a word as the tables have it: `TASK_STATUS_IN-PROGRESS` is `inprogress`."""
    bare = _SIGNS.sub("", word.casefold())
    return _PREFIX.sub("", bare).replace("isation", "ization").replace("ising", "izing").replace("ised", "ized")


def standing_of(word: Any, own: Mapping[str, JobStatus] | None = None) -> JobStatus | None:
    """Return a job's state by a word, None for an unknown one. A vendor's `own` words stand before the field's.

    Only a text counts as one.
    """
    if not isinstance(word, str):
        return None
    if own and word in own:
        return own[word]
    bare = plain(word)
    return (own or {}).get(bare) or _MEANING.get(bare)


def may_speak_of_the_call(word: str) -> bool:
    """Whether a word may be an error's and not a job's: without the job's id beside it, it ends none."""
    return plain(word) in _ABOUT_THE_CALL
