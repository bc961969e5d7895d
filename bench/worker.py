"""A render process: what memory a clip takes, how soon it shows progress, how soon it is gone when cancelled."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from reelgate.render.job import RenderJob
from reelgate.render.pool import RenderDone, RenderPool, Working

_LOOK_SECONDS = 0.002
_WARM_SECONDS = 2.0


class _Begun(NamedTuple):
    """Seconds until the server knew of an encoded frame, and until a render cancelled then was gone with its files."""

    first: float
    gone: float


def bench_worker(name: str, jobs: Sequence[RenderJob]) -> None:
    """Print one line. The first job is rendered to its end, each is begun and cancelled."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"worker {name:13}  " + asyncio.run(_measured(jobs, Path(folder))), flush=True)


async def _measured(jobs: Sequence[RenderJob], folder: Path) -> str:
    pool = RenderPool(1, folder)
    await pool.open()
    try:
        peak = await _peak(pool, jobs[0])
        begun = [await _begun(pool, job, folder) for job in jobs]
    finally:
        await pool.aclose()
    first, gone = ([run[part] * 1e3 for run in begun] for part in (0, 1))
    return (
        f"{jobs[0].frames} frames: peak memory {peak / 1e6:.0f} MB, "
        f"a frame encoded after {statistics.median(first):.0f} ms, at most {max(first):.0f} ms, "
        f"cancelled and gone after at most {max(gone):.0f} ms"
    )


async def _peak(pool: RenderPool, job: RenderJob) -> int:
    """Return the bytes that a render takes at most."""
    pool.start("whole", job)
    await _until(lambda: not isinstance(pool.poll("whole"), Working))
    if not isinstance(pool.poll("whole"), RenderDone):
        raise RuntimeError(f"the render ended as {pool.poll('whole')}")
    pool.forget("whole")
    return _peak_bytes()


async def _begun(pool: RenderPool, job: RenderJob, folder: Path) -> _Begun:
    await _until(lambda: pool.free_slots() > 0)
    await asyncio.sleep(_WARM_SECONDS)  # a cancelled render's process is replaced by one that has to start
    started = time.perf_counter()
    pool.start("begun", job)
    await _until(lambda: _drawn(pool, "begun"))
    first = time.perf_counter()
    theirs = await asyncio.to_thread(_within, folder)
    asked = time.perf_counter()
    await pool.cancel("begun")
    gone = time.perf_counter()
    if left := theirs & await asyncio.to_thread(_within, folder):  # the next process has a folder of its own
        raise RuntimeError(f"a cancelled render left {left}")
    return _Begun(first - started, gone - asked)


def _within(folder: Path) -> set[Path]:
    return set(folder.iterdir())


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
