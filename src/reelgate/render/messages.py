"""What a render process and its pool say to each other; light enough for the API process to import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from reelgate.render.job import Rendered, RenderJob
from reelgate.request import Codec


class Order(msgspec.Struct, frozen=True, tag=True):
    """Pool to process: render `job` into the file `out`."""

    job: RenderJob
    out: Path


class Ready(msgspec.Struct, frozen=True, tag=True):
    """Process to pool: everything is loaded, an order may come; `codecs` can be encoded here."""

    codecs: tuple[Codec, ...]


class Working(msgspec.Struct, frozen=True, tag=True):
    """The render goes on; `frames` are encoded."""

    frames: int


class Done(msgspec.Struct, frozen=True, tag=True):
    """The clip is finished."""

    rendered: Rendered


class Crashed(msgspec.Struct, frozen=True, tag=True):
    """The clip can't be made; no file is left."""

    reason: str


class Interrupted(msgspec.Struct, frozen=True, tag=True):
    """The render was stopped in its middle (its process died, the disk is full), which says little about the clip."""

    reason: str
    suspect: bool = False
    """Whether the job itself is likely the cause: its process crashed or hung, nobody killed it."""


Report = Ready | Working | Done | Crashed | Interrupted


def _path(kind: type[Any], value: Any) -> Any:
    return kind(value)


_ORDERS: msgspec.msgpack.Decoder[Order] = msgspec.msgpack.Decoder(Order, dec_hook=_path)
_REPORTS: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report, dec_hook=_path)


def packed(message: Order | Report) -> bytes:
    """Return a message as bytes. Values that MessagePack does not know (paths) go as text."""
    return msgspec.msgpack.encode(message, enc_hook=str)


def order(data: bytes) -> Order:
    """Read an order."""
    return _ORDERS.decode(data)


def report(data: bytes) -> Report:
    """Read a report. It is data, never code: its sender has decoded strangers' media."""
    return _REPORTS.decode(data)
