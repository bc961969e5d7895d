"""The fleet's side in the server, without a cluster."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from reelgate import limits
from reelgate.fleet.pool import RayPool
from reelgate.fleet.settings import Renders
from reelgate.media.disk import DiskStore
from tests.loop import in_loop


@contextmanager
def no_more_files() -> Iterator[None]:
    """Let this process open nothing more, as one that is at its limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(1)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@in_loop
async def test_a_process_that_can_t_be_started_is_started_when_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RAY_AGAIN_SECONDS", 0.01)
    renders = Renders(engine="ray", address="127.0.0.1:1")
    pool = RayPool(1, tmp_path / "out", renders=renders, media=DiskStore(tmp_path / "media"), place=str(tmp_path))
    await pool.open()
    try:
        with capture_logs() as log:
            with no_more_files():
                for _ in range(10):
                    await asyncio.sleep(0)
            async with asyncio.timeout(120):
                while len(log) < 2:  # noqa: ASYNC110 - the log is the only thing that tells
                    await asyncio.sleep(0.01)
    finally:
        await pool.aclose()
    assert [line["event"] for line in log] == ["ray.away"] * 2
    assert "Too many open files" in log[0]["reason"]
    assert "Too many open files" not in log[1]["reason"]  # it was started: there is no cluster
