"""Work that is done again and again beside the requests, whatever goes wrong in one turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from reelgate.errors import StoreError
from reelgate.fault_log import FaultLog


async def every(seconds: float, work: Callable[[], Awaitable[object]], name: str) -> None:
    """Do `work` for ever, with a pause of `seconds` after each turn. A turn that fails is logged and not the last."""
    faults = FaultLog()
    while True:
        try:
            await work()
        except StoreError as error:
            faults.error("background", about=name, work=name, reason=error.why)
        except OSError as error:  # of the media store or a disk; a fault of the system, that says all in its words
            faults.error("background", about=name, work=name, reason=str(error))
        except Exception as error:  # noqa: BLE001 - written to the log, with its traceback
            faults.error("background", about=f"{name} {error!r}", work=name, exc_info=True)
        await asyncio.sleep(seconds)
