"""Reelgate: one self-hosted server that speaks every video-generation API and makes the video.

`from reelgate import Reelgate, AsyncReelgate` is the Python client.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reelgate.client import AsyncReelgate as AsyncReelgate
    from reelgate.client import Reelgate as Reelgate

__version__ = "0.1.0"
"""The Python client's classes are imported when they are first asked for: render processes import this package too."""

_CLIENT = ("AsyncReelgate", "Reelgate")


def __getattr__(name: str) -> Any:
    if name in _CLIENT:
        return getattr(importlib.import_module("reelgate.client"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
