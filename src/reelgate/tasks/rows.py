"""From the journal's rows to its records and back. A row's columns stand in the order of the record's fields."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from reelgate.request import Output, VideoRequest
from reelgate.tasks.database import Row
from reelgate.tasks.record import Task
from reelgate.tasks.states import State

Record = TypeVar("Record", bound=msgspec.Struct)

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


def as_record(record: type[Record], row: Row) -> Record:
    """Read any other record's row."""
    return msgspec.convert(dict(zip(record.__struct_fields__, row, strict=True)), record)


def as_json(value: VideoRequest | Output | list[tuple[str, str]]) -> str:
    """Return the text of a JSON column."""
    return _encode(value).decode()


def as_text(value: str | None) -> str | None:
    """Return foreign text without what UTF-8 columns refuse: lone surrogates and NUL."""
    return None if value is None else value.encode("utf-8", "replace").decode().replace("\0", "")
