"""What is kept of answers to queries takes a bounded part of the memory, however long the answers are."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

from reelgate.limits import MAX_PROMPT_CHARS
from tests.http.in_process import client_of
from tests.loop import in_loop

TASKS, NAMES = 30, 8
MOST = 2 * 2**20
"""Bytes; the answers together are seven times that."""


@in_loop
async def test_long_answers_are_not_kept(tmp_path: Path) -> None:
    async with client_of(tmp_path) as client:
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
