"""Work that is done again and again beside the requests, whatever goes wrong in one turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from reelgate.errors import StoreError
from reelgate.fault_log import FaultLog

log = structlog.get_logger()


async def every(seconds: float, work: Callable[[], Awaitable[object]], name: str) -> None:
    """Do `work` for ever, with a pause of `seconds` after each turn. A turn that fails is logged and not the last."""
    faults = FaultLog()
    while True:
        try:
            await work()
        except StoreError as error:
            faults.error("background", about=name, work=name, reason=error.why)
        except Exception:
            log.exception("background", work=name)
        await asyncio.sleep(seconds)
