"""What the process that puts a film into an MP4 says of it."""

from __future__ import annotations

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """What was done: `repackaged` (no picture was encoded again) or `encoded`; or the reason why nothing was."""

    how: str = ""
    was: str = ""
    """Demuxer and codec of what came: `matroska, vp9`."""
    reason: str = ""
