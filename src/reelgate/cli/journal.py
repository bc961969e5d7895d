"""The journal itself, for commands on the machine that has it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from reelgate.settings import Settings
from reelgate.tasks import open_store
from reelgate.tasks.store import TaskStore


@asynccontextmanager
async def opened(data: Path, store: str) -> AsyncIterator[TaskStore]:
    """Yield the open journal of a data folder, or the one that `store` names; a running server goes on with it."""
    await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)
    journal = open_store(Settings(data=data, store=store).journal_url)
    try:
        await journal.open()
        yield journal
    finally:
        await journal.aclose()
