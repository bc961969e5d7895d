"""Older and newer programs on one journal: which may work on it, and whether the tables take what was once said."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from reelgate.errors import StoreError
from reelgate.tasks import open_store, sql
from reelgate.tasks.migrations import OLDEST
from scripts.record_statements import RELEASES, statements
from tests.tasks.conftest import NewUrl
from tests.tasks.test_migrations import DATABASES, migrated, path_of

KNOWN = sql.load_migrations("sqlite")[-1].number
FIRST_TO_SAY = 16
"""The first migration that has to say which older programs may run beside it."""


async def told(url: str, statement: str) -> None:
    """Run a statement on a journal."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(path_of(url))) as file, file:
            file.execute(statement)
        return
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize(
    ("oldest", "goes_on"),
    [(str(KNOWN), True), (str(KNOWN - 1), True), (str(KNOWN + 1), False), (None, False)],
)
def test_a_program_works_on_a_newer_journal_that_lets_it(new_url: NewUrl, oldest: str | None, goes_on: bool) -> None:
    async def run() -> None:
        url = await new_url()
        await migrated(url)
        await told(url, "INSERT INTO migrations VALUES (9999, 'later', 0)")
        await told(url, "DELETE FROM shared WHERE name = 'oldest_schema'")
        if oldest is not None:
            await told(url, f"INSERT INTO shared (name, value) VALUES ('oldest_schema', '{oldest}')")  # noqa: S608
        if goes_on:
            await migrated(url)
            return
        with pytest.raises(StoreError, match=f"at schema 9999, this Reelgate knows {KNOWN}: run the newer version"):
            await migrated(url)

    asyncio.run(run())


@pytest.mark.parametrize(("kept", "then"), [("1", str(KNOWN)), ("9000", "9000")])
def test_the_oldest_schema_never_goes_back(new_url: NewUrl, kept: str, then: str) -> None:
    """A migration that lets less old programs in than an earlier one changes nothing of what that one said."""

    async def run() -> None:
        url = await new_url()
        await migrated(url)
        await told(url, f"UPDATE shared SET value = '{kept}' WHERE name = 'oldest_schema'")  # noqa: S608
        database = open_store(url)
        text = sql.load_queries("sqlite" if url.startswith("sqlite") else "postgres")["note_oldest"]
        await told(url, text.replace(":name", f"'{OLDEST}'").replace(":value", f"'{KNOWN}'"))
        await database.open()
        assert await database.share(OLDEST, "nothing") == then
        await database.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("database", DATABASES)
def test_each_migration_says_which_older_programs_go_on_beside_it(database: str) -> None:
    for migration in sql.load_migrations(database):
        if migration.number >= FIRST_TO_SAY:
            assert "-- beside " in migration.text, f"{migration.number} {migration.name}"
        assert migration.beside <= migration.number


@pytest.mark.parametrize("release", sorted(RELEASES.glob("*.json")), ids=lambda path: path.stem)
def test_the_tables_take_what_a_release_says_that_goes_on_beside_this_one(
    new_postgres_url: NewUrl, release: Path
) -> None:
    later = [one.beside for one in sql.load_migrations("postgres") if one.number > int(release.stem)]
    assert max(later, default=0) <= int(release.stem), "no program of that release goes on: take its file away"
    recorded = json.loads(release.read_text("utf-8"))

    async def run() -> None:
        url = await new_postgres_url()
        await migrated(url)
        now = await statements(url, {name: one["text"] for name, one in recorded.items()})
        for name, one in recorded.items():
            assert now[name] == one, name

    asyncio.run(run())
