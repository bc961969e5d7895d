from __future__ import annotations

import asyncio
import subprocess
import sys

from reelgate.tasks import open_store
from reelgate.tasks.states import State
from tests.tasks.audit import audit
from tests.tasks.conftest import NewUrl

ACKNOWLEDGED = 300  # lines read before the process is killed, in the middle of what it is doing


def test_a_killed_process_loses_nothing_that_was_acknowledged(new_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_url()
        acknowledged = await asyncio.to_thread(_write_until_killed, url)
        assert len(acknowledged) >= ACKNOWLEDGED
        store = open_store(url)
        await store.open()
        for what, task_id in acknowledged:
            await audit(store, task_id)
            task = await store.get(task_id)
            assert task is not None
            assert what == "created" or task.state is State.SUCCEEDED
        await store.aclose()

    asyncio.run(run())


def _write_until_killed(url: str) -> list[tuple[str, str]]:
    command = [sys.executable, "-m", "tests.tasks.writer", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(ACKNOWLEDGED)]
        process.kill()
        lines += process.stdout.read().splitlines()
    words = [line.split() for line in lines]
    return [(what, task_id) for what, task_id in (pair for pair in words if len(pair) == 2)]
