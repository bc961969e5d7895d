"""What the process that puts a film into an MP4 says of it."""

from __future__ import annotations

import msgspec


class Fit(msgspec.Struct, frozen=True):
    """The pixels that a film is to have, and the seconds after which it ends; 0 leaves it as long as it is."""

    width: int
    height: int
    seconds: float = 0.0


class Piece(msgspec.Struct, frozen=True):
    """A part of a film: where it begins and how long it is, in seconds."""

    start: float
    seconds: float


class Join(msgspec.Struct, frozen=True):
    """A film that is made of pieces of others, one of each: its pixels, its rate, and whether it has sound."""

    width: int
    height: int
    fps: float
    sound: bool
    pieces: tuple[Piece, ...]
    descriptors: tuple[int, ...] = ()
    """Where the process finds the films, in the pieces' order."""


class LastPicture(msgspec.Struct, frozen=True):
    """That not a film is wanted but the last picture of one, as a PNG."""

    last_picture: bool = True


class RemakeAnswer(msgspec.Struct, frozen=True):
    """What was done: `repackaged` (no picture encoded again), `encoded`, `fitted` or `joined`; `pictured` where its
    last picture was wanted; or why nothing was."""

    how: str = ""
    was: str = ""
    """Demuxer and codec of what came: `matroska, vp9`."""
    reason: str = ""
