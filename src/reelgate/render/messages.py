"""What a render process and its pool say to each other; light enough for the API process to import.

Each message is its length in four bytes and then itself, on a socket that hands over an order's inputs too.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from reelgate.render.job import Rendered, RenderJob
from reelgate.request import Codec
from reelgate.sandbox import descriptors

MOST_BYTES = 4 * 1024 * 1024
"""Of one message: a prompt, some notes, and sixty inputs take a small part of it."""

_LENGTH = struct.Struct("!I")


class RenderOrder(msgspec.Struct, frozen=True, tag=True):
    """Pool to process: render `job` into the file `out`."""

    job: RenderJob
    out: Path


class SketchOrder(msgspec.Struct, frozen=True, tag=True):
    """To the process: say what `job` will show, or draw one of its stills where `still` is not negative."""

    job: RenderJob
    still: int = -1


class ProcessReady(msgspec.Struct, frozen=True, tag=True):
    """Process to pool: everything is loaded, orders are accepted; `codecs` can be encoded here.

    `unconfined` names the parts of the sandbox that the system can't provide.
    """

    codecs: tuple[Codec, ...]
    unconfined: tuple[str, ...] = ()


class Working(msgspec.Struct, frozen=True, tag=True):
    """The render continues; `frames` are encoded."""

    frames: int


class RenderDone(msgspec.Struct, frozen=True, tag=True):
    """The clip is finished."""

    rendered: Rendered


class Seen(msgspec.Struct, frozen=True, tag=True):
    """What a look gave: what the clip will show and how many stills tell it, or one of them as WebP."""

    width: int
    height: int
    notes: dict[str, Any] = {}
    moments: tuple[tuple[int, float], ...] = ()
    """Of each still: which shot it is of, from 1, and at what second of the clip."""
    still: bytes = b""


class Crashed(msgspec.Struct, frozen=True, tag=True):
    """The clip can't be made; no file is left."""

    reason: str


class Interrupted(msgspec.Struct, frozen=True, tag=True):
    """The render was stopped in its middle (its process died, the disk is full), which says little about the clip."""

    reason: str
    suspect: bool = False
    """Whether the job itself is likely the cause: its process crashed or hung, and was not killed from outside."""


Report = ProcessReady | Working | RenderDone | Seen | Crashed | Interrupted
Asked = RenderOrder | SketchOrder


def _path(kind: type[Any], value: Any) -> Any:
    return kind(value)


_ORDERS: msgspec.msgpack.Decoder[Asked] = msgspec.msgpack.Decoder(Asked, dec_hook=_path)
_REPORTS: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report, dec_hook=_path)


def packed(message: Asked | Report) -> bytes:
    """Return a message as bytes. Values that MessagePack does not know (paths) go as text."""
    return msgspec.msgpack.encode(message, enc_hook=str)


def order(data: bytes) -> Asked:
    """Read an order, or a look."""
    return _ORDERS.decode(data)


def send(to: socket.socket, message: Asked | Report, handed: Sequence[int] = ()) -> None:
    """Send a message, and with an order the descriptors of its inputs. Raises OSError if its reader has gone."""
    data = packed(message)
    to.sendall(_LENGTH.pack(len(data)) + data)
    if handed:
        socket.send_fds(to, [b"\0"], list(handed))


def next_order(pool: socket.socket) -> Asked:
    """Wait for an order; its inputs are open files that were handed over, to be closed with `close_inputs`.

    Raises EOFError when the pool is gone.
    """
    found = order(_whole(pool, _LENGTH.unpack(_whole(pool, _LENGTH.size))[0]))
    if not found.job.inputs:
        return found
    _, handed, _, _ = socket.recv_fds(pool, 1, len(found.job.inputs))
    inputs = [replace(item, path=descriptors.named(fd)) for item, fd in zip(found.job.inputs, handed, strict=True)]
    return replace(found, job=replace(found.job, inputs=tuple(inputs)))


def close_inputs(done: Asked) -> None:
    """Close what was handed over with an order."""
    for item in done.job.inputs:
        os.close(int(item.path.name))


def reports(heard: bytearray) -> Iterator[Report]:
    """Yield the complete reports, and remove them from the received bytes.

    They are data, never code: their sender has decoded untrusted media. Raises ValueError for anything else.
    """
    while len(heard) >= _LENGTH.size:
        (length,) = _LENGTH.unpack_from(heard)
        if length > MOST_BYTES:
            raise ValueError(f"a report of {length} bytes")
        end = _LENGTH.size + length
        if len(heard) < end:
            return
        data = bytes(heard[_LENGTH.size : end])
        del heard[:end]
        yield _REPORTS.decode(data)


def _whole(pool: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        more = pool.recv(length - len(data))
        if not more:
            raise EOFError
        data += more
    return bytes(data)
