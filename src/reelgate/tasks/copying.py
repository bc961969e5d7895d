"""Copies a journal from a file to PostgreSQL, row by row, and compares both sides before it is committed."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec

from reelgate.errors import StoreError
from reelgate.tasks.postgres_address import read_address
from reelgate.tasks.sqlite import COPY

_NOT_COPIED = frozenset({"migrations", "feed"})
"""What the target has its own of: the second is PostgreSQL's `feed_places`."""
_OWN_TRIGGERS = ("projects", "ledger", "losses", "audit")
"""Whose triggers would count again what the running totals, which are copied too, have counted."""
_FIRST = ("projects", "keys", "tasks", "asset_groups")
"""What others refer to."""
_SHARE = (
    "INSERT INTO shared (name, value) VALUES ('secret', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_PAGE = 1000


class CopiedTable(NamedTuple):
    """A table that was copied: its rows, and a hash over all of them in their order."""

    name: str
    rows: int
    digest: str


class _Table(NamedTuple):
    name: str
    columns: tuple[str, ...]
    order: str

    @property
    def listed(self) -> str:
        return ", ".join(f'"{column}"' for column in self.columns)


async def copy_to_postgres(path: Path, url: str, secret: str) -> list[CopiedTable]:
    """Copy the journal in a file into the empty, migrated one at a PostgreSQL address, all of it or nothing.

    `secret` is what its server signs with, which the servers of the new one share through it.
    Nobody can write to the file meanwhile. Afterwards it is marked as a copy is, so that a server that is started on
    it by mistake sends nothing before it has looked. Raises StoreError if the target is not empty, or where a table
    or the ledger's sums differ on both sides; sqlite3.Error and asyncpg's errors.
    """
    address = read_address(url)
    target = await asyncpg.connect(
        address.url,
        timeout=address.connect_seconds,
        **({"statement_cache_size": 0} if address.pooled else {}),
        **({"direct_tls": True} if address.direct_tls else {}),
    )
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as source:
            _take_alone(source)
            source.execute("BEGIN IMMEDIATE")
            tables = _tables(source)
            async with target.transaction():
                await _check_empty(target)
                for table in _OWN_TRIGGERS:
                    await target.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                copied = [await _copy(source, target, table) for table in tables]
                for table in _OWN_TRIGGERS:
                    await target.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
                await target.execute(_SHARE, secret)
                await _go_on_counting(target, tables)
                await _check_ledger(source, target)
            source.execute("COMMIT")
            source.execute(f"PRAGMA user_version = {COPY}")
        return copied
    finally:
        await target.close()


def _take_alone(source: sqlite3.Connection) -> None:
    """Make sure that no server has the file open, wherever its data folder is. Raises StoreError."""
    try:
        source.execute("PRAGMA journal_mode = DELETE")  # which SQLite refuses while another connection is open
    except sqlite3.OperationalError as error:
        raise StoreError(f"another program has the journal open ({error}): stop its server first") from error


def _tables(source: sqlite3.Connection) -> list[_Table]:
    names = [
        name
        for (name,) in source.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        if name not in _NOT_COPIED
    ]
    return [_table(source, name) for name in sorted(names, key=lambda one: (one not in _FIRST, one))]


def _table(source: sqlite3.Connection, name: str) -> _Table:
    columns = source.execute(f"PRAGMA table_info({name})").fetchall()
    keys = [column[1] for column in sorted(columns, key=lambda column: column[5]) if column[5]]
    types = {column[1]: column[2] for column in columns}
    ordered = [f'"{key}" COLLATE "C"' if types[key] == "TEXT" else f'"{key}"' for key in keys]
    return _Table(name, tuple(column[1] for column in columns), ", ".join(ordered) or "1")


async def _check_empty(target: Any) -> None:
    for name in ("projects", "keys", "tasks", "ledger", "audit"):
        if await target.fetchval(f"SELECT 1 FROM {name} LIMIT 1"):  # noqa: S608 (names of ours)
            raise StoreError(f"the target holds something already ({name}): give an empty database, or another schema")
    for name in ("shared", "outbox", "durations"):
        await target.execute(f"DELETE FROM {name}")  # noqa: S608


async def _copy(source: sqlite3.Connection, target: Any, table: _Table) -> CopiedTable:
    columns: tuple[str, ...] = table.columns
    fill: tuple[int, ...] = ()
    if table.name == "events":  # places of a file are of round 0, which is before all of PostgreSQL's
        columns, fill = (*columns, "feed_round"), (0,)
    for rows in _pages(source, table):
        full = [(*row, *fill) for row in rows]
        await target.copy_records_to_table(table.name, records=full, columns=columns)
    here = _summed(table.name, _pages(source, table))
    there = await _summed_there(target, table)
    if here != there:
        raise StoreError(
            f"the table {table.name} differs after it was copied: {here.rows} rows here, {there.rows} there"
        )
    return there


def _pages(source: sqlite3.Connection, table: _Table) -> Iterator[list[tuple[Any, ...]]]:
    order = table.order.replace('COLLATE "C"', "COLLATE BINARY")
    cursor = source.execute(f"SELECT {table.listed} FROM {table.name} ORDER BY {order}")  # noqa: S608
    while rows := cursor.fetchmany(_PAGE):
        yield [tuple(_storable(value) for value in row) for row in rows]


def _storable(value: Any) -> Any:
    """Return a value without the NULs that no text column of PostgreSQL holds."""
    return value.replace("\0", "") if isinstance(value, str) else value


def _summed(name: str, pages: Iterator[Sequence[Sequence[Any]]]) -> CopiedTable:
    found, count = hashlib.sha256(), 0
    for rows in pages:
        for row in rows:
            found.update(msgspec.msgpack.encode(list(row)))
        count += len(rows)
    return CopiedTable(name, count, found.hexdigest())


async def _summed_there(target: Any, table: _Table) -> CopiedTable:
    found, count = hashlib.sha256(), 0
    query = f"SELECT {table.listed} FROM {table.name} ORDER BY {table.order}"  # noqa: S608
    async for row in target.cursor(query, prefetch=_PAGE):
        found.update(msgspec.msgpack.encode(list(row)))
        count += 1
    return CopiedTable(table.name, count, found.hexdigest())


async def _go_on_counting(target: Any, tables: Sequence[_Table]) -> None:
    """Let what is written next come after what was copied."""
    for table in tables:
        if "seq" in table.columns:
            counter = f"pg_get_serial_sequence('{table.name}', 'seq')"
            highest = f"SELECT MAX(seq) AS seq FROM {table.name}"  # noqa: S608
            await target.execute(f"SELECT setval({counter}, seq) FROM ({highest}) AS highest WHERE seq IS NOT NULL")  # noqa: S608
    await target.execute(
        "SELECT setval('feed_places', place) FROM (SELECT MAX(feed) AS place FROM events) AS highest "
        "WHERE place IS NOT NULL"
    )


async def _check_ledger(source: sqlite3.Connection, target: Any) -> None:
    """Hold the sums of money of both sides against each other, and against the running totals."""
    sums = "SELECT kind, COUNT(*), CAST(SUM(micros) AS BIGINT) FROM ledger GROUP BY kind ORDER BY kind"
    here = [tuple(row) for row in source.execute(sums)]
    there = [tuple(row) for row in await target.fetch(sums)]
    totals = "SELECT CAST(COALESCE(SUM(held), 0) AS BIGINT), CAST(COALESCE(SUM(charged), 0) AS BIGINT) FROM accounts"
    if here != there or tuple(source.execute(totals).fetchone()) != tuple(await target.fetchrow(totals)):
        raise StoreError(f"the ledger's sums differ: {here} here, {there} there")
