"""The journal itself, for commands on the machine that has it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from reelgate.server.data_folder import kept_store
from reelgate.settings import Settings
from reelgate.tasks import open_store
from reelgate.tasks.store import TaskStore

_ADVICE = "name the server's folder with --data (or REELGATE_DATA), or its journal with --store (or REELGATE_STORE)"


@asynccontextmanager
async def opened(data: Path, store: str) -> AsyncIterator[TaskStore]:
    """Yield the open journal of a data folder, or the one that `store` names; a running server goes on with it.

    Raises ValueError or StoreError where there is no journal: one that was made here would be no server's.
    """
    os.umask(0o077)  # what the database puts beside the journal is nobody else's either
    journal = open_store(await asyncio.to_thread(journal_url, data, store), existing=True)
    try:
        await journal.open()
        yield journal
    finally:
        await journal.aclose()


def journal_url(data: Path, store: str) -> str:
    """Return the address of the journal that is meant. Raises ValueError where there is none."""
    kept = kept_store(data)
    if not store and kept:
        if not kept.startswith("sqlite:"):
            raise ValueError(
                f"the server of {data} keeps its journal at {kept}; name that with --store, or REELGATE_STORE"
            )
        store = kept
    url = Settings(data=data, store=store).journal_url
    if url.startswith("sqlite:"):
        path = Path(url.partition("://")[2].removeprefix("/"))
        if not path.is_file():
            raise ValueError(f"there is no journal at {path}; {_ADVICE}")
    return url
