from __future__ import annotations

import asyncio
import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from reelgate.errors import StoreError
from reelgate.tasks import open_store, sql
from reelgate.tasks.assets import Asset, AssetGroup, AssetState
from reelgate.tasks.money import LedgerEntry
from reelgate.tasks.projects import Audit, Key, Overflow, Project, Scope
from reelgate.tasks.record import Attempt, AttemptState, Event, Task
from reelgate.tasks.states import State
from tests.tasks.conftest import NewUrl

DATABASES = ("sqlite", "postgres")
SCHEMA = Path(sql.__file__).parent / "both" / "schema.sql"

POSTGRES_SCHEMA = """
SELECT table_name, column_name, data_type, is_nullable, column_default, identity_generation
FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, ordinal_position;
SELECT tablename, replace(indexdef, schemaname, '') FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1, 2;
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2;
SELECT tgname, tgrelid::regclass::text, tgtype, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE pronamespace = current_schema()::regnamespace ORDER BY 1, 2
"""


def schema_of(database: str) -> str:
    """Return what the file of the whole schema says for a database."""
    return sql.for_database(database, SCHEMA.read_text("utf-8"))


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


async def migrated(url: str) -> None:
    store = open_store(url)
    await store.open()
    await store.aclose()


def sqlite_schema(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    return [tuple(plain(str(cell)) for cell in row) for row in rows]


def plain(text: str) -> str:
    """Return SQL without its layout, which an added column changes too."""
    return re.sub(r" (?=[,)])", "", re.sub(r"\s+", " ", text)).replace("IF NOT EXISTS ", "")


async def postgres_schema(connection: Any) -> list[list[tuple[object, ...]]]:
    parts = POSTGRES_SCHEMA.split(";")
    return [[tuple(row) for row in await connection.fetch(part)] for part in parts]


def test_schema_file_is_the_sum_of_the_migrations_on_sqlite(new_sqlite_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_sqlite_url()
        await migrated(url)
        written = path_of(await new_sqlite_url())
        with closing(sqlite3.connect(written)) as connection:
            connection.executescript(schema_of("sqlite"))
        assert sqlite_schema(path_of(url)) == sqlite_schema(written)

    asyncio.run(run())


def test_schema_file_is_the_sum_of_the_migrations_on_postgres(new_postgres_url: NewUrl) -> None:
    async def run() -> None:
        url, written = await new_postgres_url(), await new_postgres_url()
        await migrated(url)
        first, second = await asyncpg.connect(url), await asyncpg.connect(written)
        await second.execute(schema_of("postgres"))
        schema = await postgres_schema(first)
        assert all(schema)
        assert schema == await postgres_schema(second)
        await first.close()
        await second.close()

    asyncio.run(run())


@pytest.mark.parametrize("database", DATABASES)
def test_migrations_are_numbered_without_gaps(database: str) -> None:
    migrations = sql.load_migrations(database)
    assert [migration.number for migration in migrations] == list(range(1, len(migrations) + 1))
    assert [migration.name for migration in migrations] == [m.name for m in sql.load_migrations(DATABASES[0])]


@pytest.mark.parametrize(
    ("database", "digest"),
    [
        ("sqlite", "6371680fe29031b6cd84fcc16ae765ca838dc4238ee022aa035f713e8568ed81"),
        ("postgres", "90e3efc3721f7b0817ecb240b06f9ca3ff3ec8b47492becfd41e2ab940154582"),
    ],
)
def test_migrations_that_journals_have_run_keep_their_text(database: str, digest: str) -> None:
    texts = [f"{one.number} {one.name}\n{one.text}" for one in sql.load_migrations(database) if one.number <= 12]
    assert hashlib.sha256("".join(texts).encode()).hexdigest() == digest


def test_a_journal_from_the_future_is_refused_and_left_alone(new_sqlite_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_sqlite_url()
        await migrated(url)
        with closing(sqlite3.connect(path_of(url))) as connection, connection:
            connection.execute("INSERT INTO migrations VALUES (9999, 'later', 0)")
            connection.execute("UPDATE shared SET value = '9999' WHERE name = 'oldest_schema'")
        with pytest.raises(StoreError, match="the journal is at schema 9999"):
            await migrated(url)

    asyncio.run(run())


@pytest.mark.parametrize("database", DATABASES)
def test_the_schema_knows_every_state_and_column(database: str) -> None:
    schema = schema_of(database)
    for state in (*State, *AttemptState, *AssetState, *Overflow):
        assert f"'{state}'" in schema
    for table, record in {
        "tasks": Task,
        "attempts": Attempt,
        "events": Event,
        "ledger": LedgerEntry,
        "projects": Project,
        "keys": Key,
        "audit": Audit,
        "assets": Asset,
        "asset_groups": AssetGroup,
    }.items():
        (columns,) = re.findall(rf"CREATE TABLE {table} \((.*?)\n\)", schema, re.DOTALL)
        for field in record.__struct_fields__:
            assert re.search(rf"^    {field} ", columns, re.MULTILINE)


OLD_JOURNAL = """
INSERT INTO migrations (number, name, applied_at) VALUES (1, 'journal', 0), (2, 'repeats', 0), (3, 'assets', 0);
INSERT INTO keys (id, project_id, name, digest, created_at, revoked_at) VALUES
    ('k1', 'default', 'gone', 'd1', 100, 150), ('k2', 'default', 'first', 'd2', 200, NULL),
    ('k3', 'team', '第二', 'd3', 300, NULL);
INSERT INTO ledger (task_id, project_id, kind, micros, at) VALUES ('t', 'spent', 'hold', 1, 50);
INSERT INTO asset_groups (id, project_id, name, type, created_at, updated_at) VALUES ('g', 'library', 'n', '', 70, 70)
"""


async def before_projects(url: str) -> None:
    """Make a journal as it was before there were projects, with the keys of three and the traces of two more."""
    database = "sqlite" if url.startswith("sqlite") else "postgres"
    queries = sql.load_queries(database)
    old = [migration for migration in sql.load_migrations(database) if migration.number < 4]
    script = ";\n".join([queries["create_migrations"], *(one.text.strip().rstrip(";") for one in old), OLD_JOURNAL])
    if database == "sqlite":
        with closing(sqlite3.connect(path_of(url))) as connection:
            connection.executescript(script)
        return
    other = await asyncpg.connect(url)
    await other.execute(script)
    await other.close()


def test_a_journal_from_before_projects_gets_one_for_every_owner_and_scopes_for_every_key(new_url: NewUrl) -> None:
    async def run() -> None:
        url = await new_url()
        await before_projects(url)
        store = open_store(url)
        await store.open()
        found = [(project.id, project.name, project.created_at) for project in await store.projects.list()]
        assert found == [
            ("spent", "spent", 50),
            ("library", "library", 70),
            ("default", "default", 100),
            ("team", "team", 300),
        ]
        keys = [(key.id, key.scopes, key.models, key.former) for key in await store.projects.keys()]
        usual = (Scope.CREATE, Scope.READ)
        assert keys == [("k1", usual, (), ()), ("k2", (*usual, Scope.ADMIN), (), ()), ("k3", usual, (), ())]
        await store.aclose()

    asyncio.run(run())


@pytest.mark.parametrize("change", ["UPDATE ledger SET micros = 0", "DELETE FROM ledger"])
def test_nobody_changes_the_ledger(new_sqlite_url: NewUrl, new_postgres_url: NewUrl, change: str) -> None:
    insert = "INSERT INTO ledger VALUES ('t', 'p', 'hold', 1, 0, 'k', 'm', 0, '')"

    async def run() -> None:
        file, server = await new_sqlite_url(), await new_postgres_url()
        await migrated(file)
        await migrated(server)
        with closing(sqlite3.connect(path_of(file))) as connection:
            connection.execute(insert)
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(change)
        other = await asyncpg.connect(server)
        await other.execute(insert)
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await other.execute(change)
        await other.close()

    asyncio.run(run())


@pytest.mark.parametrize("database", DATABASES)
def test_every_query_has_a_name_and_its_columns(database: str) -> None:
    queries = sql.load_queries(database)
    assert {"get", "move", "claim", "list"} < set(queries)
    assert all(query and "{" not in query and ";" not in query for query in queries.values())


def test_parameters_are_numbered_in_the_order_they_first_appear() -> None:
    text, names = sql.number_parameters("SELECT :b, :a WHERE x = :b")
    assert (text, names) == ("SELECT $1, $2 WHERE x = $1", ("b", "a"))


def test_claims_and_lists_use_their_indexes(new_sqlite_url: NewUrl) -> None:
    indexes = {
        "claim": "tasks_due",
        "queues": "tasks_open",
        "take": "tasks_open",
        "places": "tasks_open",
        "overdue": "tasks_due",
        "list": "tasks_by_project",
        "leased": "tasks_leased",
        "task_of_key": "tasks_by_idempotency_key",
        "latest_alike": "tasks_by_fingerprint",
        "documents_newest": "documents_listed",
        "documents_oldest": "documents_listed",
        "uploads_newest": "assets_listed",
        "uploads_oldest": "assets_listed",
    }

    async def run() -> None:
        url = await new_sqlite_url()
        await migrated(url)
        with closing(sqlite3.connect(path_of(url))) as connection:
            for query, index in indexes.items():
                text = sql.load_queries("sqlite")[query]
                params = dict.fromkeys(sql.number_parameters(text)[1], "[]")
                steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", params).fetchall()]
                assert any(index in step for step in steps)
                assert not [step for step in steps if step.startswith("SCAN tasks")]
                assert not [step for step in steps if index.endswith("_listed") and "TEMP B-TREE" in step]

    asyncio.run(run())
