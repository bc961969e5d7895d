"""Reads an answer, wherever a fact is in it: the job's id, a refusal, a reason, a state, the share that is done.

Vendors' documents name one place for each. Relays, older versions and hosts in between put the same elsewhere: the id
as a number or inside `data`, a refusal inside a 200, the reason of a failure in `fail_reason`. A kind of provider
names its own places; what is not found there is looked for where the field puts it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from reelgate.providers.reply import Path, Reply
from reelgate.providers.words import JobStatus, standing_of

_HOLDERS: tuple[Path, ...] = (
    (),
    ("data",),
    ("data", 0),
    ("result",),
    ("result", 0),
    ("results", 0),
    ("output",),
    ("task",),
    ("tasks", 0),
    ("job",),
    ("video",),
    ("data", "task"),
    ("data", "data"),
    ("data", "result"),
)
_IDS = ("id", "task_id", "taskId", "job_id", "jobId", "video_id", "videoId", "generation_id", "generationId")
_LAST_IDS = ("request_id", "requestId")
"""The name of a call at most vendors, of a job at some, which then give nothing else."""
_STATES = ("status", "state", "task_status", "taskStatus", "task_state", "job_status")
_ADDRESSES: tuple[Path, ...] = (
    ("video_url",),
    ("videoUrl",),
    ("result_url",),
    ("url",),
    ("output_url",),
    ("download_url",),
    ("video", "url"),
    ("content", "video_url"),
    ("metadata", "url"),
    ("urls", 0),
    ("video_urls", 0),
    ("outputs", 0),
    ("outputs", 0, "url"),
    ("videos", 0),
    ("videos", 0, "url"),
    ("creations", 0, "url"),
    ("task_result", "videos", 0, "url"),
    ("output",),
    ("output", 0),
)
_OF_CALLS = frozenset({"success", "succeed", "ok", "error", "fail"})
"""Words for how a call went, at the top of an envelope."""

_MAX_ID_CHARS = 512
_BARE_ID = re.compile(r"[A-Za-z0-9][\w.:/-]{5,199}")

_CODES = ("code", "error_code", "errorCode", "err_code", "errcode", "errno", "ErrorCode", "status_code", "statusCode")
_FAIL_CODES = ("fail_code", "failure_code", "failureCode")
_MESSAGES = (
    "message",
    "msg",
    "error_message",
    "errorMessage",
    "error_msg",
    "err_msg",
    "errmsg",
    "fail_reason",
    "failure_reason",
    "failureReason",
    "failure",
    "fail_msg",
    "task_status_msg",
    "status_msg",
    "error_description",
    "reason",
    "detail",
    "description",
)
_FINE = frozenset({"", "0", "1", "200", "201", "202", "10000", "none", "null", "ok", "success", "succeed", "succeeded"})
"""Codes that mean success."""

_STATUSES = range(100, 600)
"""Numbers that repeat HTTP's status and say nothing of a failure."""


class Said(NamedTuple):
    """A code and a text, "" if there is none."""

    code: str = ""
    message: str = ""


def ref_in(value: Any) -> str:
    """Return the id that a value is, "" for none: a text without spaces, or a number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = str(value).strip()
    is_one = text.isprintable() and not any(char.isspace() for char in text) and len(text) <= _MAX_ID_CHARS
    return text if is_one and text not in ("0", "null", "None") else ""


def id_in(reply: Reply, *own: Path, calls_named: bool = False) -> str:
    """Return the job's id from the answer to a create, "" if it has none, or says that there is no job.

    `own` are the places that the vendor's documents name. `calls_named`: its `request_id` names the call.
    """
    told = (*(reply.at(*path) for path in own), *_values(reply, _IDS))
    found = next((ref for value in told if (ref := ref_in(value))), "")
    if found:  # also beside an unknown code: looking for a job that does not exist costs less than losing one
        return "" if _denies(reply) and not _goes_on(reply) else found
    if refusal_in(reply) is not None:
        return ""
    last = () if calls_named else _values(reply, _LAST_IDS)
    return _bare_id(reply) or next((ref for value in last if (ref := ref_in(value))), "")


def error_in(reply: Reply) -> Said:
    """Return the code and the text of an error, from whichever envelope they come in, "" if there is none.

    A number that repeats HTTP's status is not a code; the error's type is taken instead of it.
    """
    told = _error(reply)
    code = told.code or next((code for value in _values(reply, _CODES) if (code := _code(value))), "")
    if code.lower() in _FINE or (not reply.ok and _is_status(code)):
        code = ""
    if not code and (not reply.ok or told.message):
        code = reply.text("error", "type")
    return Said(code, told.message)


def refusal_in(reply: Reply) -> Said | None:
    """Return what an answer says where it says no, whatever its status; None if it says no such thing."""
    told = error_in(reply)
    base = reply.at("base_resp")
    if isinstance(base, dict) and (code := _code(base.get("status_code"))):
        return Said(code, _text(base.get("status_msg")) or told.message)
    return told if told.code or _denies(reply) else None


def failure_in(reply: Reply) -> Said:
    """Return code and text of a failed job, from wherever they stand. A number that is HTTP's says nothing."""
    told = _error(reply)
    codes = (told.code, *(_code(value) for value in _values(reply, (*_FAIL_CODES, *_CODES))))
    code = next((code for code in codes if code.lower() not in _FINE and not _is_status(code)), "")
    return Said(code, told.message)


def share_in(value: Any) -> int:
    """Return a progress of 0 to 99 from a number or a text such as "45.5%"; 0 for anything else."""
    try:
        share = float(value.strip().removesuffix("%").strip()) if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        return 0
    return max(0, min(99, int(share))) if math.isfinite(share) and not isinstance(value, bool) else 0


def word_in(reply: Reply, *own: Path) -> str:
    """Return the word for a job's state, "" if there is none.

    At the top of an answer it may be the call's own, `success` around a job that is still running: then the word
    inside counts.
    """
    top = next((path for path in own if reply.text(*path).strip()), None)
    word = reply.text(*top).strip() if top else next(_words(reply), "")
    is_top = len(top) == 1 if top else any(reply.text(name).strip() == word for name in _STATES)
    if is_top and word.casefold() in _OF_CALLS:
        return next(_words(reply, inside=True), word)
    return word


def _words(reply: Reply, *, inside: bool = False) -> Iterator[str]:
    """Yield the words for a state, those at the top first, or none of them."""
    found = _values(reply, _STATES, holders=_HOLDERS[1:] if inside else _HOLDERS)
    return (value.strip() for value in found if isinstance(value, str) and value.strip())


def address_in(reply: Reply, *own: Path) -> str:
    """Return the address of a finished video, "" if there is none: at the vendor's `own` places, else at any other."""
    first = (reply.text(*path) for path in own)
    others = (Reply(0, found).text(*place) for found in _objects(reply, _HOLDERS) for place in _ADDRESSES)
    return next((url for told in (first, others) for url in told if url.startswith(("http://", "https://"))), "")


def said(reply: Reply) -> str:
    """Return an answer's code and message for a log, its status where it has neither."""
    told = error_in(reply)
    return f"{told.code} {told.message}".strip() or f"HTTP {reply.status}"


def _objects(reply: Reply, holders: Iterable[Path]) -> Iterator[dict[str, Any]]:
    return (found for holder in holders if isinstance(found := reply.at(*holder), dict))


def _values(reply: Reply, names: tuple[str, ...], *, holders: tuple[Path, ...] = _HOLDERS) -> Iterator[Any]:
    """Yield the values of some names, those at the top first and then those inside."""
    return (found[name] for found in _objects(reply, holders) for name in names if name in found)


def _bare_id(reply: Reply) -> str:
    """Return the id that replaces an object: `{"data": "task_1"}`."""
    for holder in ("data", "result", "task", "output"):
        value = reply.at(holder)
        if isinstance(value, str) and _BARE_ID.fullmatch(value) and standing_of(value) is None:
            return value
        if type(value) is int and value > 0:
            return str(value)
    return ""


def _denies(reply: Reply) -> bool:
    """Whether an answer says no in so many words: an error, `success: false`, a state of failure."""
    error = reply.at("error") or reply.at("errors") or reply.at("data", "error")
    no = any(reply.at(*path) in (False, "false") for path in (("success",), ("ok",), ("data", "success")))
    word = word_in(reply)
    ended = standing_of(word) in (JobStatus.FAILED, JobStatus.REFUSED)
    status = reply.at("status")
    return bool(error) or no or ended or (type(status) is int and 400 <= status < 600)


def _goes_on(reply: Reply) -> bool:
    return standing_of(word_in(reply)) in (JobStatus.WAITING, JobStatus.RUNNING, JobStatus.MADE)


def _error(reply: Reply) -> Said:
    """Return the code and the text of an error, from whichever envelope they come in."""
    told = (_of_error(value) for value in _values(reply, ("error", "errors")))
    code, message = next((one for one in told if one.code or one.message), Said())
    return Said(code, message or _message(reply))


def _of_error(error: Any) -> Said:
    if isinstance(error, list) and error:
        error = error[0]
    if isinstance(error, str):
        return Said("", error)
    if not isinstance(error, dict):
        return Said()
    inner = Reply(0, error)
    code = next((code for name in _CODES if (code := _code(inner.at(name)))), "")
    return Said(code, next((text for name in _MESSAGES if (text := _text(inner.at(name)))), ""))


def _message(reply: Reply) -> str:
    found = (_text(value) for value in _values(reply, _MESSAGES))
    plain = reply.at("data")
    return next((text for text in found if text), plain if isinstance(plain, str) else "")


def _code(value: Any) -> str:
    """Return a code, which may be a number; "" for none and for 0."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    return str(value) if value not in (0, "0") else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value.lower() not in _FINE else ""


def _is_status(code: str) -> bool:
    return len(code) == 3 and code.isdecimal() and int(code) in _STATUSES
