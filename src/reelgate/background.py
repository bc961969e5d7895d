"""Periodic background work that continues after a failed run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from reelgate.errors import StoreError
from reelgate.fault_log import FaultLog


async def every(seconds: float, work: Callable[[], Awaitable[object]], name: str) -> None:
    """Do `work` for ever, with a pause of `seconds` after each turn. A turn that fails is logged and not the last."""
    faults = FaultLog()
    while True:
        with faults.surviving("background", about=name, work=name):
            try:
                await work()
            except StoreError as error:
                faults.error("background", about=name, work=name, reason=error.why)
            except OSError as error:  # of the media store or a disk: its words say all
                faults.error("background", about=name, work=name, reason=str(error))
        await asyncio.sleep(seconds)
