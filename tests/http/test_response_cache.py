"""What is kept of answers to queries takes a bounded part of the memory, however long the answers are."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import httpx2

from reelgate.limits import MAX_PROMPT_CHARS
from reelgate.server.compose import open_server
from reelgate.settings import Settings
from tests.loop import in_loop

TASKS, NAMES = 30, 8
MOST = 2 * 2**20
"""Bytes; the answers together are seven times that."""


@in_loop
async def test_long_answers_are_not_kept(tmp_path: Path) -> None:
    async with (
        open_server(Settings(data=tmp_path / "data", workers=0, vendors=False)) as server,
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=server.app),
            base_url="http://gw",
            headers={"Authorization": f"Bearer {server.key}"},
        ) as client,
    ):
        order = {"model": "animatic", "prompt": "猫" * MAX_PROMPT_CHARS}
        tasks = [(await client.post("/v1/tasks", json=order)).json()["id"] for _ in range(TASKS)]

        async def asked(tasks: list[str]) -> None:
            for task in tasks:
                for name in range(NAMES):
                    answer = await client.get(f"/v1/tasks/{task}", headers={"Host": f"gw{name}"})
                    assert len(answer.content) > MAX_PROMPT_CHARS

        await asked(tasks[:1])
        gc.collect()
        tracemalloc.start()
        try:
            await asked(tasks)
            gc.collect()
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert kept < MOST
