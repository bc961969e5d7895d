"""The journal's driver for SQLite, on the standard library.

One thread writes. It takes everything that is waiting into one transaction, so that a disk's flush is shared by all
who wait for it; a script that fails is rolled back to its savepoint and does not touch the others. Reads run
straight on the event loop, on a connection of their own: by key they take microseconds, less than a thread switch.
Only those that may have to look at very many rows have a thread too, and what the server looks through itself another.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from reelgate.errors import StoreError
from reelgate.meters import Times
from reelgate.tasks.batcher import Batcher
from reelgate.tasks.database import Params, Row, Script, Step
from reelgate.tasks.migrations import OLDEST, migration_row, missing, oldest_beside
from reelgate.tasks.queues import NoRoom
from reelgate.tasks.sql import Migration, load_migrations, load_queries
from reelgate.tasks.store import DuplicateId, Stale, Unaffordable

BUSY_SECONDS = 5.0  # how long another process may hold the file's write lock

_QUERIES = load_queries("sqlite")
COPY = 1
"""The file's user version where it is a copy."""
_SCANS = frozenset(
    {
        *("list", "list_oldest", "list_ids", "list_ids_oldest", "feed_of_project"),
        *("list_ended", "list_ended_oldest", "list_open", "list_open_oldest"),
        *("count", "count_ids", "count_all", "tally_ended", "tally_ended_some", "tally_open"),
        *("assets", "count_assets", "groups", "count_groups"),
        *("spending", "payments", "purse", "balances", "audit", "keys", "projects"),
        *("held", "check_accounts", "check_spending", "check_tasks", "held_too_long", "deliveries", "webhooks"),
    }
)
"""Queries that may have to read very many rows, for a caller who waits."""
_ROUNDS = frozenset(
    {
        *("open_tasks", "newest", "processing_assets", "attempts_between", "feed_told"),
        *("count_parked", "count_unclear"),
        *("open_ages", "old_files", "old_tasks", "waiting_deliveries", "unsized", "oldest_files", "fetched_files"),
    }
)
"""What the server itself looks through from time to time, however long the others take."""
_FIRST_EVENT = {"name": "create", "source": None, "target": "queued", "note": ""}


class SqliteDatabase:
    """A journal in one file."""

    def __init__(self, path: Path, *, existing: bool = False, times: Times | None = None) -> None:
        self._path = path
        self._times = times or Times()
        self._existing = existing
        self._batcher: Batcher[Script, Sequence[Row]] = Batcher(self._write_group)
        self._thread: ThreadPoolExecutor | None = None
        self._scans: ThreadPoolExecutor | None = None
        self._rounds: ThreadPoolExecutor | None = None
        self._connections = ExitStack()

    async def open(self) -> None:
        """Open the file (made where it is missing) and apply the migrations that are missing."""
        try:
            if self._existing and not _is_journal(self._path):
                raise StoreError(f"{self._path} is not a journal")
            with ExitStack() as connections:
                self._writer = connections.enter_context(closing(_connect(self._path)))
                _migrate(self._writer, load_migrations("sqlite"))
                self._reader = connections.enter_context(closing(_connect(self._path)))
                self._scanner = connections.enter_context(closing(_connect(self._path)))
                self._rounder = connections.enter_context(closing(_connect(self._path)))
                self._connections = connections.pop_all()
        except sqlite3.Error as error:
            raise StoreError(f"can't open the journal {self._path}: {error}") from error
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._scans = ThreadPoolExecutor(1, thread_name_prefix="journal-scan")
        self._rounds = ThreadPoolExecutor(1, thread_name_prefix="journal-round")

    async def aclose(self) -> None:
        """Write what is waiting and close the file."""
        await self._batcher.drain()
        for thread in (self._thread, self._scans, self._rounds):
            if thread is not None:
                thread.shutdown()
        self._thread = self._scans = self._rounds = None
        self._connections.close()

    async def restored(self) -> bool:
        """Whether the file is a copy that `back_up` made."""
        return bool(self._reader.execute("PRAGMA user_version").fetchone()[0] == COPY)

    async def settle_restored(self) -> None:
        """Take the file for an original."""
        with _mapped():
            await asyncio.get_running_loop().run_in_executor(
                self._thread, self._writer.execute, "PRAGMA user_version = 0"
            )

    async def read(self, query: str, params: Params) -> Sequence[Row]:
        """Return what a query finds."""
        with _mapped():
            if query in _SCANS and self._scans is not None:
                with self._times.timed("read"):
                    return await asyncio.get_running_loop().run_in_executor(
                        self._scans, _run, self._scanner, query, params
                    )
            if query in _ROUNDS and self._rounds is not None:
                with self._times.timed("read"):
                    return await asyncio.get_running_loop().run_in_executor(
                        self._rounds, _run, self._rounder, query, params
                    )
            return _run(self._reader, query, params)

    async def write(self, script: Script) -> Sequence[Row]:
        """Run a script in the next group's transaction."""
        return await self._batcher.write(script)

    async def create(self, params: Params) -> int:
        """Write a new task with its hold and its first event."""
        script = [
            Step("add_task", params, DuplicateId),
            Step("hold", params, Unaffordable),
            Step("add_event", {**params, **_FIRST_EVENT}),
        ]
        if params["counted"]:
            script.append(Step("room", params, NoRoom))
        if params["blobs"] != "[]":
            script.append(Step("add_blobs", params))
        if params["metadata"]:
            script.append(Step("add_metadata", params))
        rows = await self._batcher.write(script)
        return int(rows[0][0])

    async def _write_group(self, group: Sequence[Script]) -> Sequence[Sequence[Row] | Exception]:
        if self._thread is None:
            raise StoreError("the journal is closed")
        with self._times.timed("write"):
            return await asyncio.get_running_loop().run_in_executor(self._thread, _commit, self._writer, group)


def back_up(source: Path, target: Path) -> None:
    """Copy a journal, also one that a server writes to, into a new file that knows it is a copy.

    Raises FileExistsError, OSError, StoreError.
    """
    if not source.exists():
        raise FileNotFoundError(f"there is no journal at {source}; name the server's data folder with --data")
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with _mapped(), closing(_connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)
        copy.execute(f"PRAGMA user_version = {COPY}")
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.commit()


def _is_journal(path: Path) -> bool:
    """Whether the file is a journal; nothing is written to find out."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as found:
        return found.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone() is not None


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _run(connection: sqlite3.Connection, query: str, params: Params) -> list[Row]:
    return connection.execute(_QUERIES[query], params).fetchall()


def _commit(connection: sqlite3.Connection, group: Sequence[Script]) -> list[Sequence[Row] | Exception]:
    """Write a group in one transaction; raise only when the whole group failed."""
    with _mapped(), _transaction(connection):
        return [_attempt(connection, script) for script in group]


def _attempt(connection: sqlite3.Connection, script: Script) -> Sequence[Row] | Exception:
    """Run a script; where it fails, undo it and return why."""
    connection.execute("SAVEPOINT script")
    try:
        rows = [step.check(_run(connection, step.query, step.params)) for step in script]
    except (sqlite3.Error, Stale, DuplicateId, NoRoom, Unaffordable, ValueError, OverflowError) as error:
        if not connection.in_transaction:  # a full disk or the like: SQLite has undone the whole group
            raise
        connection.execute("ROLLBACK TO script")
        return _mapped_error(error) if isinstance(error, sqlite3.Error) else error
    finally:
        if connection.in_transaction:
            connection.execute("RELEASE script")
    return rows[0]


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _migrate(connection: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    with _transaction(connection):
        _run(connection, "create_migrations", {})
        ((applied,),) = _run(connection, "applied_migrations", {})
        ahead = applied > migrations[-1].number
        ((oldest,),) = (ahead and _run(connection, "shared_value", {"name": OLDEST})) or ((None,),)
        todo = missing(migrations, applied, oldest)
        for migration in todo:
            for statement in _statements(migration.text):
                connection.execute(statement)
            _run(connection, "note_migration", migration_row(migration))
        if todo:
            _run(connection, "note_oldest", oldest_beside(todo))


def _statements(text: str) -> Iterator[str]:
    """Split a migration: executescript() would commit before it runs."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _mapped_error(error) from error


def _mapped_error(error: sqlite3.Error) -> StoreError:
    mapped = StoreError()
    mapped.__cause__ = error
    # A commit that the disk failed to take down may yet stand in the file after a crash.
    mapped.unsure = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_IOERR
    return mapped
