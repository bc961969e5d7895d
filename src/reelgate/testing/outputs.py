"""The measure of a finished clip, as tests of dialects and of stores need one."""

from __future__ import annotations

from typing import Any

import msgspec

from reelgate.request import Output


def sample_output(**changes: Any) -> Output:
    """Return the measure of a clip of five seconds, 1280 x 720."""
    output = Output(
        blob="0" * 64,
        bytes=1_234_567,
        width=1280,
        height=720,
        seconds=5.0,
        fps=24.0,
        frames=120,
        duration=5,
        audio=True,
        seed=42,
        ratio="16:9",
    )
    return msgspec.structs.replace(output, **changes)
