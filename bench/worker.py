"""A render process: what memory a clip takes, how soon it shows progress, how soon it is gone when cancelled."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reelgate.animatic.job import RenderJob
from reelgate.animatic.pool import Done, RenderPool, Working

_LOOK_SECONDS = 0.002


def bench_worker(name: str, job: RenderJob) -> None:
    """Print one line."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"worker {name:13}  " + asyncio.run(_measured(job, Path(folder))), flush=True)


async def _measured(job: RenderJob, folder: Path) -> str:
    pool = RenderPool(1, folder)
    await pool.open()
    try:
        started = time.perf_counter()
        pool.start("whole", job)
        await _until(lambda: _drawn(pool, "whole"))
        first = time.perf_counter() - started
        await _until(lambda: not isinstance(pool.poll("whole"), Working))
        if not isinstance(pool.poll("whole"), Done):
            raise RuntimeError(f"the render ended as {pool.poll('whole')}")
        peak = _peak_bytes()
        pool.start("cancelled", job)
        await _until(lambda: _drawn(pool, "cancelled"))
        started = time.perf_counter()
        await pool.cancel("cancelled")
        gone = time.perf_counter() - started
    finally:
        await pool.aclose()
    return (
        f"{job.frames} frames: peak memory {peak / 1e6:.0f} MB, first frames encoded after {first * 1e3:.0f} ms, "
        f"cancelled and gone after {gone * 1e3:.0f} ms"
    )


def _drawn(pool: RenderPool, name: str) -> bool:
    """Tell whether the server knows of encoded frames."""
    state = pool.poll(name)
    return isinstance(state, Working) and state.frames > 0


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - the pool is asked, it tells no one
        await asyncio.sleep(_LOOK_SECONDS)


def _peak_bytes() -> int:
    """Return the most memory that the only child process has had resident (proc(5), VmHWM)."""
    child = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()[0]
    status = Path(f"/proc/{child}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
