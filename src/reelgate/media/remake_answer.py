"""What the process that puts a film into an MP4 says of it."""

from __future__ import annotations

import msgspec


class Fit(msgspec.Struct, frozen=True):
    """The pixels that a film is to have, and the seconds after which it ends; 0 leaves it as long as it is."""

    width: int
    height: int
    seconds: float = 0.0


class Answer(msgspec.Struct, frozen=True):
    """What was done: `repackaged` (no picture encoded again), `encoded` or `fitted`; or why nothing was."""

    how: str = ""
    was: str = ""
    """Demuxer and codec of what came: `matroska, vp9`."""
    reason: str = ""
