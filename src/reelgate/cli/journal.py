"""The journal itself, for commands on the machine that has it, and `reelgate journal`, which moves it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from reelgate.cli.options import AsJson
from reelgate.cli.problems import one_line
from reelgate.cli.tables import print_json
from reelgate.errors import StoreError
from reelgate.server.data_folder import is_served, kept_secret, kept_store
from reelgate.settings import Settings
from reelgate.tasks import open_store
from reelgate.tasks.store import TaskStore

app = typer.Typer(help="Copy a journal to another database.", no_args_is_help=True)

_ADVICE = "name the server's folder with --data (or REELGATE_DATA), or its journal with --store (or REELGATE_STORE)"


@asynccontextmanager
async def opened(data: Path, store: str) -> AsyncIterator[TaskStore]:
    """Yield the open journal of a data folder, or the one that `store` names; a running server goes on with it.

    Raises ValueError or StoreError if there is no journal: one that was made here would be no server's.
    """
    os.umask(0o077)  # what the database puts beside the journal is nobody else's either
    journal = open_store(await asyncio.to_thread(journal_url, data, store), existing=True)
    try:
        await journal.open()
        yield journal
    finally:
        await journal.aclose()


def journal_url(data: Path, store: str) -> str:
    """Return the address of the journal that is meant. Raises ValueError if there is none."""
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


@app.command()
def copy(
    source: Annotated[str, typer.Argument(help="sqlite:///path/to/journal.db; stop its server first.")],
    target: Annotated[str, typer.Argument(help="postgresql://user@host/database, without a journal.")],
    data: Annotated[
        Path | None,
        typer.Option(help="The server's data folder, whose secret is copied too; by default the journal's folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy a journal file to PostgreSQL with tasks, keys and ledger; both are compared before it is committed."""
    from reelgate.tasks.copying import copy_to_postgres  # with the driver, an extra

    async def run() -> None:
        path = Path(source.partition("://")[2].removeprefix("/"))
        if not source.startswith("sqlite:///") or not target.startswith(("postgresql://", "postgres://")):
            raise ValueError("a journal is copied from sqlite:///… to postgresql://…")
        folder = data or path.parent
        if is_served(folder):
            raise ValueError(f"a server is running in {folder}; stop it first")
        secret = kept_secret(folder)
        for url, existing in ((source, True), (target, False)):  # both brought up to date
            store = open_store(url, existing=existing)
            await store.open()
            await store.aclose()
        tables = await copy_to_postgres(path, target, secret)
        if as_json:
            print_json([{"table": one.name, "rows": one.rows, "digest": one.digest} for one in tables])
            return
        for one in tables:
            typer.echo(f"{one.rows:>10}  {one.name}  {one.digest[:16]}")

    with one_line():
        try:
            asyncio.run(run())
        except OSError:
            raise
        except Exception as error:
            raise (error if isinstance(error, ValueError | StoreError) else StoreError(str(error))) from error
    if not as_json:
        typer.echo("everything was copied; now start the server with --store and that address, in the same data folder")
