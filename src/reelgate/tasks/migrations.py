"""Which migrations a journal still needs, and whether this program may work on it."""

from __future__ import annotations

from collections.abc import Sequence

from reelgate.clock import SystemClock
from reelgate.errors import StoreError
from reelgate.tasks.database import Params
from reelgate.tasks.sql import Migration

OLDEST = "oldest_schema"
"""The name under which a journal keeps the oldest schema whose programs may work on it."""


def missing(migrations: Sequence[Migration], applied: int, oldest: str | None) -> Sequence[Migration]:
    """Return those after number `applied`: none where the journal is ahead of this program.

    `oldest` is what the journal keeps under `OLDEST`. Raises StoreError if it is ahead and its newer tables are not
    for this program.
    """
    known = migrations[-1].number
    if applied > known and (oldest is None or int(oldest) > known):
        raise StoreError(f"the journal is at schema {applied}, this Reelgate knows {known}: run the newer version")
    return [migration for migration in migrations if migration.number > applied]


def oldest_beside(applied: Sequence[Migration]) -> Params:
    """Return what the journal stores about newly applied migrations: which older programs can keep running."""
    return {"name": OLDEST, "value": str(max(migration.beside for migration in applied))}


def migration_row(migration: Migration) -> Params:
    """Return what the journal keeps of a migration that was applied just now."""
    return {"number": migration.number, "name": migration.name, "applied_at": SystemClock().now()}
