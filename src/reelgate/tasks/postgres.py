"""The journal's driver for PostgreSQL, on asyncpg."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncpg
import structlog

from reelgate import limits
from reelgate.errors import StoreError
from reelgate.meters import Times
from reelgate.tasks.batcher import Batcher
from reelgate.tasks.database import Params, Row, Script
from reelgate.tasks.migrations import OLDEST, migration_row, missing, oldest_beside
from reelgate.tasks.postgres_address import read_address
from reelgate.tasks.queues import NoRoom
from reelgate.tasks.sql import load_migrations, load_queries, number_parameters
from reelgate.tasks.store import DuplicateId, Unaffordable

POOL_SIZE = 10
QUERY_SECONDS = 30.0
RELEASE_SECONDS = 5.0  # that a statement which took too long may take to be cancelled before its connection is closed
TRIES = 5  # of a transaction that another one got in the way of

Result = TypeVar("Result")

log = structlog.get_logger()

_NUL = "\0"
NO_SETTINGS = "unsupported startup parameter"  # what poolers say of settings that a session would have to keep
_QUERIES = {name: number_parameters(text) for name, text in load_queries("postgres").items()}


class PostgresDatabase:
    """A journal on a server that several machines share."""

    def __init__(self, url: str, *, existing: bool = False, times: Times | None = None) -> None:
        self._times = times or Times()
        self._existing = existing
        self._address = read_address(url)
        self._pooled = self._address.pooled
        self._pool: Any = None
        self._wanted: Counter[Any] = Counter()
        """How many want or have a connection of each pool."""
        self._creating: Any = None
        self._creates: Batcher[Params, int] = Batcher(self._create_group)

    async def open(self) -> None:
        """Connect and apply the migrations that are missing."""
        try:
            await self._connect()
        except (*DRIVER_ERRORS, ValueError) as error:
            raise StoreError(f"can't open the journal: {error or type(error).__name__}") from error
        if self._address.bound:
            log.warning("journal.no_channel_binding", advice="sslmode=verify-full proves who the server is")
        try:
            if self._existing:
                await self._in_transaction(_look_for_journal)
            await self._in_transaction(_migrate)
        except StoreError as error:
            await self.aclose()
            raise StoreError(f"can't open the journal: {error.why}") from error

    async def _connect(self) -> None:
        # One group of creates is written at a time. Their statement takes longer to plan than to run, and the plan
        # is always the same.
        planned = {"plan_cache_mode": "force_generic_plan"}
        if not self._pooled:
            self._creating = await self._connections(1, limits.CREATE_STATEMENT_SECONDS, **planned)
            try:
                async with self._creating.acquire():
                    pass
            except asyncpg.PostgresError as error:
                if NO_SETTINGS not in str(error).lower():
                    raise
                self._pooled = True
        if self._pooled:
            log.info("journal.pooled", reason="a pooler gives a connection for a transaction at a time")
            self._creating = await self._connections(1, limits.CREATE_STATEMENT_SECONDS)
        self._pool = await self._connections(POOL_SIZE)

    async def _connections(self, most: int, seconds: float = QUERY_SECONDS, **settings: str) -> Any:
        tls: dict[str, Any] = {"direct_tls": True} if self._address.direct_tls else {}
        return await asyncpg.create_pool(
            self._address.url,
            min_size=0,
            max_size=most,
            command_timeout=seconds,
            timeout=self._address.connect_seconds,
            reset=_leave_as_it_is,
            server_settings=settings,
            **({"statement_cache_size": 0} if self._pooled else {}),
            **tls,
        )

    async def aclose(self) -> None:
        """Write what is waiting and disconnect."""
        if self._pool is None:
            return
        await self._creates.drain()
        pools, self._pool, self._creating = (self._pool, self._creating), None, None
        for pool in pools:
            await pool.close()

    async def restored(self) -> bool:
        """A dump does not know that it is one."""
        return False

    async def settle_restored(self) -> None:
        """Do nothing."""

    async def read(self, query: str, params: Params) -> Sequence[Row]:
        """Return what a query finds; a text with a NUL, which PostgreSQL can't hold, is found nowhere."""
        if any(isinstance(value, str) and _NUL in value for value in params.values()):
            return []
        reading = self._in_transaction if self._pooled else self._connected
        with _mapped(sent=False):
            async with asyncio.timeout(limits.STORE_READ_SECONDS):
                return await reading(lambda connection: _run(connection, query, params))

    async def write(self, script: Script) -> Sequence[Row]:
        """Run a script in a transaction of its own."""
        if len(script) == 1 and not self._pooled:  # a statement is a transaction by itself
            return await self._connected(lambda connection: _run_script(connection, script))
        return await self._in_transaction(lambda connection: _run_script(connection, script))

    async def create(self, params: Params) -> int:
        """Write a new task with its hold and its first event."""
        return await self._creates.write(params)

    async def _create_group(self, group: Sequence[Params]) -> Sequence[int | Exception]:
        """Write a group; tasks that can't be afforded together, or must be counted, are checked again one by one."""
        outcomes = list(await self._create_at_once(group))
        short = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, Unaffordable | NoRoom)]
        if short:
            again = await self._create_in_turn([group[n] for n in short])
            for n, outcome in zip(short, again, strict=True):
                outcomes[n] = outcome
        return outcomes

    async def _create_in_turn(self, group: Sequence[Params]) -> Sequence[int | Exception]:
        """Write those of a group that there is money and room for, while no other transaction can take either."""
        try:
            return await self._in_transaction(lambda connection: _create_locked(connection, group))
        except StoreError as error:  # of these only: the others are written
            return [error] * len(group)

    async def _create_at_once(self, group: Sequence[Params]) -> Sequence[int | Exception]:
        writing = self._in_transaction if self._pooled else self._connected
        try:
            return await writing(lambda connection: _create(connection, group, locked=0), self._creating)
        except StoreError as error:
            if len(group) == 1 or not isinstance(error.__cause__, _REFUSED_ROWS):
                raise
        return [outcome for params in group for outcome in await self._create_alone(params)]

    async def _create_alone(self, params: Params) -> Sequence[int | Exception]:
        """Write one task of a group that holds a row which the database refuses."""
        try:
            return await self._create_at_once([params])
        except StoreError as error:
            return [error]

    async def _in_transaction(self, work: Callable[[Any], Awaitable[Result]], pool: Any = None) -> Result:
        async def run(connection: Any) -> Result:
            async with connection.transaction():
                return await work(connection)

        return await self._connected(run, pool)

    async def _connected(self, work: Callable[[Any], Awaitable[Result]], pool: Any = None) -> Result:
        """Do work on a connection, again where another transaction got in its way."""
        pool = pool or self._pool
        if pool is None:
            raise StoreError("the journal is closed")
        with _mapped():
            for _ in range(TRIES - 1):
                try:
                    return await self._once(pool, work)
                except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
                    continue
            return await self._once(pool, work)

    async def _acquired(self, pool: Any) -> Any:
        """Return a connection. Who gives up the wait for one notes whether the others had them all."""
        ahead = self._wanted[pool]
        self._wanted[pool] += 1
        try:
            return await pool.acquire()
        except BaseException as error:
            self._wanted[pool] -= 1
            if isinstance(error, asyncio.CancelledError) and ahead >= pool.get_max_size():
                error.add_note(f"all {pool.get_max_size()} connections of this server to PostgreSQL were in use")
            raise

    async def _once(self, pool: Any, work: Callable[[Any], Awaitable[Result]]) -> Result:
        with _mapped(sent=False), self._times.timed("connect"):
            connection = await self._acquired(pool)
        try:
            with self._times.timed("query"):
                return await work(connection)
        except (TimeoutError, asyncio.CancelledError):
            connection.terminate()  # nothing is known of it; cancelling the statement would take a server that answers
            raise
        except _ONLY_READS:
            connection.terminate()  # its server has lost the lead: the next connection goes where the address leads now
            raise
        finally:
            self._wanted[pool] -= 1
            await pool.release(connection, timeout=RELEASE_SECONDS)


async def _run(connection: Any, query: str, params: Any) -> Sequence[Row]:
    text, names = _QUERIES[query]
    rows: Sequence[Row] = await connection.fetch(text, *[_storable(params[name]) for name in names])
    return rows


def _storable(value: Any) -> Any:
    """Return a parameter without what no text column holds."""
    if isinstance(value, str):
        return value.replace(_NUL, "") if _NUL in value else value
    return [_storable(one) for one in value] if isinstance(value, list) else value


async def _create(connection: Any, group: Sequence[Params], *, locked: int) -> Sequence[int | Exception]:
    columns = {name: [params[name] for params in group] for name in group[0]}
    rows = await _run(connection, "create", {**columns, "locked": locked})
    seqs: dict[Any, Any] = {row[0]: row[1] for row in rows}
    # Of two equal ids in one group the first was written: pop() leaves nothing for the second.
    return [_refusal(*row) or seqs.pop(row[0], None) or DuplicateId(f"{row[0]} is taken") for row in rows]


def _refusal(task_id: str, _seq: int | None, affordable: bool, fits: bool) -> Exception | None:
    if not fits:
        return NoRoom(f"{task_id} would be one task more than may be open")
    return None if affordable else Unaffordable(f"{task_id} costs more than may be spent")


async def _create_locked(connection: Any, group: Sequence[Params]) -> Sequence[int | Exception]:
    """Write tasks one after another, each with the money and the room that those before it have left."""
    await _run(connection, "lock_accounts", {"project_id": [params["project_id"] for params in group]})
    outcomes: list[int | Exception] = []
    for params in group:
        try:
            async with connection.transaction():
                outcomes += await _create(connection, [params], locked=1)
        except _REFUSED_ROWS as error:
            refused = StoreError()
            refused.__cause__ = error
            outcomes.append(refused)
    return outcomes


async def _run_script(connection: Any, script: Script) -> Sequence[Row]:
    rows = [step.check(await _run(connection, step.query, step.params)) for step in script]
    return rows[0]


async def _look_for_journal(connection: Any) -> None:
    if await connection.fetchval("SELECT to_regclass('migrations')") is None:
        raise StoreError("there is no journal in that database, or in that schema")


async def _migrate(connection: Any) -> None:
    await _run(connection, "lock_migrations", {})
    await _run(connection, "create_migrations", {})
    ((applied,),) = await _run(connection, "applied_migrations", {})
    migrations = load_migrations("postgres")
    known, oldest = migrations[-1].number, None
    if applied > known:
        ((oldest,),) = await _run(connection, "shared_value", {"name": OLDEST}) or ((None,),)
    todo = missing(migrations, applied, oldest)
    for migration in todo:
        await connection.execute(migration.text)
        await _run(connection, "note_migration", migration_row(migration))
    if todo:
        await _run(connection, "note_oldest", oldest_beside(todo))
    if applied > known:
        log.info("journal.newer", schema=applied, known=known, effect="a newer version works on it too")
    await _run(connection, "feed_rebase", {})
    await _run(connection, "outbox_rebase", {})


async def _leave_as_it_is(_connection: Any) -> None:
    """Nothing here changes a session's settings, so a connection goes back without a round trip to reset them."""


DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
_UNANSWERED = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError, OSError, TimeoutError)
_ONLY_READS = (asyncpg.ReadOnlySQLTransactionError,)
_NOT_PREPARED = (asyncpg.DuplicatePreparedStatementError, asyncpg.InvalidSQLStatementNameError)
_POOLER = "a pooler changes the connection to PostgreSQL under way; add pgbouncer=true to the address of the journal"
_REFUSED_ROWS = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, asyncpg.InterfaceError)


def _why_late(error: TimeoutError) -> str:
    """Return why an answer did not come in time: a time-out says nothing by itself, but what it ended may."""
    notes: list[str] = getattr(error.__cause__, "__notes__", [])
    return "; ".join(notes) or "PostgreSQL did not answer in time"


@contextmanager
def _mapped(*, sent: bool = True) -> Iterator[None]:
    try:
        yield
    except DRIVER_ERRORS as error:
        mapped = StoreError(_POOLER if isinstance(error, _NOT_PREPARED) else None)
        if isinstance(error, TimeoutError):
            mapped.hung = True
            mapped.said = _why_late(error)
        mapped.unsure = sent and isinstance(error, _UNANSWERED)
        raise mapped from error
