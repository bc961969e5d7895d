"""A task's history in order: moves, submissions, money, files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from reelgate.billing.terms import decode
from reelgate.dialects.answers import CONTACT_SHEET, LAST_FRAME, THUMBNAIL, VIDEO
from reelgate.dialects.port import Links
from reelgate.tasks.money import CURRENCY, LedgerEntry
from reelgate.tasks.record import Attempt, Event, Task

_Entry = tuple[int, int, dict[str, Any]]
"""When, and which goes first of what happened at once."""


def timeline(
    task: Task, events: Sequence[Event], attempts: Sequence[Attempt], lines: Sequence[LedgerEntry], links: Links
) -> dict[str, Any]:
    """Return a task's timeline as its owner may see it: which vendor made the video is the operator's alone."""
    entries: list[_Entry] = [
        *_states(events),
        *_attempts(attempts),
        *_money(task, lines),
        *_files(task, links),
    ]
    entries.sort(key=lambda entry: entry[:2])
    return {
        "id": task.id,
        "object": "timeline",
        "state": task.state.value,
        "price": {
            "amount_micros": task.price_micros,
            "charged_micros": task.charged_micros,
            "currency": CURRENCY,
            **_terms(task),
        },
        "data": [{"at": _time(at), **body} for at, _, body in entries],
    }


def _terms(task: Task) -> dict[str, Any]:
    """Return by which rule and sum the price came about; nothing for a task older than such records."""
    if task.terms is None:
        return {}
    terms = decode(task.terms)
    told = {"rule": terms.rule, "sum": terms.sum(), "charged_for": charged_for(by_output=terms.by_output)}
    return told | ({"quote": terms.quote} if terms.quote else {})


def charged_for(*, by_output: bool) -> str:
    """Say what a finished video is charged for."""
    return "what is delivered, at most what is held" if by_output else "what is held"


def _states(events: Sequence[Event]) -> Iterator[_Entry]:
    for event in events:
        yield event.at, 0, {"kind": "state", "name": event.name, "from": event.source, "to": event.target}


def _attempts(attempts: Sequence[Attempt]) -> Iterator[_Entry]:
    for attempt in attempts:
        yield attempt.created_at, 1, {"kind": "attempt", "number": attempt.number, "state": attempt.state.value}


def _money(task: Task, lines: Sequence[LedgerEntry]) -> Iterator[_Entry]:
    for line in lines:
        yield line.at, 2, {"kind": line.kind, "amount_micros": line.micros, "currency": CURRENCY}


def _files(task: Task, links: Links) -> Iterator[_Entry]:
    made = task.delivered
    if made is None or task.finished_at is None:
        return
    files = {
        VIDEO: made.blob,
        LAST_FRAME: made.last_frame,
        THUMBNAIL: made.thumbnail,
        CONTACT_SHEET: made.contact_sheet,
    }
    for name, blob in files.items():
        if blob:
            yield task.finished_at, 3, {"kind": "file", "name": name, "url": links(task, name)}


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
