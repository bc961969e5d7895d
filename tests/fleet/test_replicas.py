"""One account with two engines; one is killed while it has jobs. The other makes them, and each is paid once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from reelgate import limits
from reelgate.server.compose import open_server
from reelgate.settings import Settings
from tests.e2e.server import KEY, Server, serving

pytestmark = pytest.mark.skipif(not os.environ.get("FLEET"), reason="make fleet runs these")

UPSTREAM = "sk-upstream-0123456789abcdefghijklmnopqrstuvwxyz"
ACCOUNT = """
[[account]]
kind = "openai_videos"
name = "gpu"
key_env = "UPSTREAM_KEY"
base_urls = ["{one}/v1", "{other}/v1"]
models = ["viduq3-turbo"]
options = {{ profile = "sglang", model = "viduq3-turbo" }}
poll_seconds = 0.2
at_once = 3
"""
ORDER = {"model": "viduq3-turbo", "prompt": "a lighthouse in a storm", "duration": 1, "resolution": "540p"}
TASKS = 4
PATIENCE_SECONDS = 400.0


def test_the_jobs_of_a_killed_replica_are_made_by_the_other_and_paid_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REPLICA_DEAD_SECONDS", 1.0)
    monkeypatch.setenv("UPSTREAM_KEY", UPSTREAM)
    config = tmp_path / "reelgate.toml"
    with ExitStack() as stack:
        engines = [
            stack.enter_context(serving(tmp_path / name, "--workers", "1", "--no-console", key=UPSTREAM))
            for name in ("one", "other")
        ]
        config.write_text(ACCOUNT.format(one=engines[0].url, other=engines[1].url), encoding="utf-8")
        settings = Settings(data=tmp_path / "front", config=config, key=KEY, workers=0, no_console=True)
        asyncio.run(_ordered(settings, engines))


async def _ordered(settings: Settings, engines: list[Server]) -> None:
    keyed = {"Authorization": f"Bearer {KEY}"}
    async with (
        open_server(settings) as server,
        httpx2.AsyncClient(transport=httpx2.ASGITransport(server.app), base_url="http://front", headers=keyed) as front,
    ):
        price = (await front.post("/v1/tasks", json=ORDER)).json()["price"]["amount_micros"]
        for _ in range(TASKS - 1):
            assert (await front.post("/v1/tasks", json=ORDER)).status_code == 200

        async def at(name: str) -> int:
            tasks = (await front.get("/admin/v1/tasks", params={"account": name, "status": "running"})).json()["data"]
            return len(tasks)

        killed = f"gpu@{engines[0].url.removeprefix('http://')}"
        other = f"gpu@{engines[1].url.removeprefix('http://')}"

        async def both_work() -> bool:
            return await at(killed) > 0 and await at(other) > 0

        await _until(both_work)
        engines[0].process.send_signal(signal.SIGKILL)

        async def tasks() -> list[Any]:
            return list((await front.get("/admin/v1/tasks")).json()["data"])

        async def all_ended() -> bool:
            return all(task["finished_at"] for task in await tasks())

        await _until(all_ended)
        ends = await tasks()
        assert [task["state"] for task in ends] == ["succeeded"] * TASKS
        assert {task["account"] for task in ends} == {other}
        lost = [task for task in ends if task["attempts"] > 1]
        assert lost, "the killed one had a job"
        charged = (await front.get("/v1/balance")).json()["charged_micros"]
        assert charged == TASKS * price


async def _until(done: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await done():  # noqa: ASYNC110 - over HTTP nobody tells
            await asyncio.sleep(0.1)
