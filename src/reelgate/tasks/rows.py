"""Converts the journal's rows to its records and back. A row's columns are in the order of the record's fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from reelgate.errors import Damaged
from reelgate.fault_log import FaultLog
from reelgate.request import Output, VideoRequest
from reelgate.tasks.database import Row
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

Record = TypeVar("Record", bound=msgspec.Struct)
Read = TypeVar("Read")

_DAMAGE = (msgspec.MsgspecError, KeyError, TypeError, ValueError)
_faults = FaultLog()

_STATES = {state.value: state for state in State}
_STATE, _REQUEST, _CANCEL_REQUESTED, _OUTPUT = (
    Task.__struct_fields__.index(name) for name in ("state", "request", "cancel_requested", "output")
)
_encode = msgspec.json.Encoder().encode
_decode_request = msgspec.json.Decoder(VideoRequest).decode
_decode_output = msgspec.json.Decoder(Output).decode


def as_task(row: Row) -> Task:
    """Read a task's row. Written out by hand: every poll of a client comes through here."""
    values = list(row)
    values[_STATE] = _STATES[values[_STATE]]
    values[_REQUEST] = _decode_request(values[_REQUEST])
    values[_CANCEL_REQUESTED] = bool(values[_CANCEL_REQUESTED])
    if values[_OUTPUT] is not None:
        values[_OUTPUT] = _decode_output(values[_OUTPUT])
    return Task(*values)


def as_tasks(rows: Iterable[Row]) -> list[Task]:
    """Read tasks' rows; one that is damaged is left out, and named in the log: it must not hold up the others."""
    return readable(as_task, rows, "task")


def readable(read: Callable[[Row], Read], rows: Iterable[Row], what: str) -> list[Read]:
    """Read rows that have their id at `_ID`, and leave out those that can't be read."""
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except _DAMAGE as error:
            named = next((value for value in row if isinstance(value, str)), "")
            _faults.error("journal.damaged", about=f"{what} {named}", what=what, id=named, reason=str(error))
    return found


def one(read: Callable[[Row], Read], rows: Sequence[Row]) -> Read | None:
    """Read the row that was looked for, None if there is none. Raises Damaged."""
    if not rows:
        return None
    try:
        return read(rows[0])
    except _DAMAGE as error:
        raise Damaged from error


def number(rows: Sequence[Row]) -> int:
    """Return the number that a query counts, 0 if it looked for what no database holds."""
    return int(rows[0][0]) if rows else 0


def as_record(record: type[Record], row: Row) -> Record:
    """Read any other record's row."""
    return msgspec.convert(dict(zip(record.__struct_fields__, row, strict=True)), record)


def as_json(value: VideoRequest | Output | list[tuple[str, str]]) -> str:
    """Return the text of a JSON column."""
    return _encode(value).decode()


def as_text(value: str | None) -> str | None:
    """Return foreign text without what UTF-8 columns refuse: lone surrogates and NUL."""
    return None if value is None else value.encode("utf-8", "replace").decode().replace("\0", "")


def listed(states: Sequence[str]) -> str:
    """Return states as a statement's argument, "" for any."""
    return f",{','.join(states)}," if states else ""
