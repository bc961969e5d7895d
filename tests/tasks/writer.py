"""A process that writes to a journal until it is killed. Prints what the journal has reported as durable."""

from __future__ import annotations

import asyncio
import itertools
import sys

from reelgate.tasks import open_store
from reelgate.tasks.states import State
from reelgate.tasks.store import TaskStore
from reelgate.testing.stores.samples import bring, sample_task


async def write(store: TaskStore, worker: int) -> None:
    for number in itertools.count():
        task = await store.create(sample_task(f"{number:06}_{worker}"))
        say("created", task.id)
        await bring(store, task, State.SUCCEEDED)
        say("succeeded", task.id)


def say(what: str, task_id: str) -> None:
    sys.stdout.write(f"{what} {task_id}\n")
    sys.stdout.flush()


async def main() -> None:
    store = open_store(sys.argv[1])
    await store.open()
    await asyncio.gather(*(write(store, worker) for worker in range(16)))


if __name__ == "__main__":
    asyncio.run(main())
