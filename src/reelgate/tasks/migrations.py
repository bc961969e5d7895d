"""Which migrations a journal still needs."""

from __future__ import annotations

from collections.abc import Sequence

from reelgate.clock import SystemClock
from reelgate.errors import StoreError
from reelgate.tasks.database import Params
from reelgate.tasks.sql import Migration


def missing(migrations: Sequence[Migration], applied: int) -> Sequence[Migration]:
    """Return those after number `applied`. A journal that is ahead of this program raises StoreError."""
    if applied > migrations[-1].number:
        raise StoreError(
            f"the journal is at schema {applied}, this Reelgate knows {migrations[-1].number}: run the newer version"
        )
    return [migration for migration in migrations if migration.number > applied]


def migration_row(migration: Migration) -> Params:
    """Return what the journal keeps of a migration that was applied just now."""
    return {"number": migration.number, "name": migration.name, "applied_at": SystemClock().now()}
