"""Tasks: their records, the edges between their states, and the journal that keeps them."""

from __future__ import annotations

from pathlib import Path

from reelgate.meters import Times
from reelgate.tasks.journal import Journal
from reelgate.tasks.sqlite import SqliteDatabase
from reelgate.tasks.store import TaskStore

__all__ = ["open_store"]


def open_store(url: str, *, existing: bool = False, times: Times | None = None) -> TaskStore:
    """Return the journal at `url`, not yet connected: its `open()` does that, and makes it if there is none.

    `existing`: if there is none, that is a StoreError instead. `times` takes in how long the database takes, by what
    is done: of SQLite `read` (what looks at many rows) and `write`, of PostgreSQL `connect` and `query`.

    `sqlite:///data/journal.db` is a relative path, `sqlite:////var/lib/reelgate/journal.db` an absolute one;
    `postgresql://user:password@host/database` is a server. Anything else raises ValueError.
    """
    scheme, _, rest = url.partition("://")
    path = rest.removeprefix("/")
    if scheme == "sqlite" and rest.startswith("/") and path not in {"", ":memory:"}:
        return Journal(SqliteDatabase(Path(path), existing=existing, times=times))
    if scheme in {"postgresql", "postgres"} and rest:
        # The driver takes a third of a second to load, which a journal in a file need not pay.
        from reelgate.tasks.postgres import PostgresDatabase

        return Journal(PostgresDatabase(url, existing=existing, times=times))
    raise ValueError(f"{url!r} is not a journal: use sqlite:///path/to/journal.db or postgresql://user@host/database")
