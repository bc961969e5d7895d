"""What a server, the process that stands in the Ray cluster for it, and the cluster's actors say to each other.

Files are named by their digests in the media store, which all of them reach.
"""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from reelgate.render.job import RenderJob
from reelgate.render.messages import MOST_BYTES, Crashed, Interrupted, RenderDone, Working
from reelgate.request import Codec

State = Working | RenderDone | Crashed | Interrupted

_LENGTH = struct.Struct("!I")


class ActorSettings(msgspec.Struct, frozen=True):
    """How an actor renders: as a pool of one process does, see `reelgate.render.pool.RenderPool`."""

    media: str
    """The media store: a folder that every node has, or a bucket."""
    codec: Codec
    worker: tuple[str, ...]
    keep: tuple[str, ...]
    stall_seconds: float


class JoinCluster(msgspec.Struct, frozen=True, tag=True):
    """To the cluster's side: join, and give each actor so much of a node."""

    address: str
    setting: ActorSettings
    cpus: float
    gpus: float


class Begin(msgspec.Struct, frozen=True, tag=True):
    """Render a job, its inputs named by digest."""

    name: str
    job: RenderJob


class Stop(msgspec.Struct, frozen=True, tag=True):
    """Stop a render; its result is no longer needed."""

    name: str


class Joined(msgspec.Struct, frozen=True, tag=True):
    """From the cluster's side: orders may come."""


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The cluster can't be joined."""

    reason: str


class RenderNews(msgspec.Struct, frozen=True, tag=True):
    """How a render stands; a clip that is done is named by its digests."""

    name: str
    state: State


class Ended(msgspec.Struct, frozen=True, tag=True):
    """A render holds its place no longer."""

    name: str


Told = JoinCluster | Begin | Stop
Heard = Joined | Refused | RenderNews | Ended

Message = TypeVar("Message")


def _path(kind: type, value: Any) -> Any:
    return kind(value) if issubclass(kind, Path) else value


def packed(message: object) -> bytes:
    """Return a message as bytes; paths go as text."""
    return msgspec.msgpack.encode(message, enc_hook=str)


def unpacked(data: bytes, kind: Any) -> Any:
    """Read a message of that kind. Raises ValueError for anything else."""
    return msgspec.msgpack.decode(data, type=kind, dec_hook=_path)


def send(to: asyncio.StreamWriter, message: Told | Heard) -> None:
    """Send a message. If the other side has ended, the next read reports that."""
    data = packed(message)
    to.write(_LENGTH.pack(len(data)) + data)


async def received(source: asyncio.StreamReader, kind: Any) -> Any:
    """Return the next message. Raises EOFError at the end, ValueError for what is none."""
    try:
        (length,) = _LENGTH.unpack(await source.readexactly(_LENGTH.size))
        if length > MOST_BYTES:
            raise ValueError(f"a message of {length} bytes")
        return unpacked(await source.readexactly(length), kind)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        raise EOFError from error
