"""`reelgate keys`: make, list and revoke API keys, in the journal itself."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from reelgate.cli.journal import opened
from reelgate.cli.options import Data, Store
from reelgate.cli.problems import FAILED, leave, one_line
from reelgate.clock import SystemClock
from reelgate.tasks.projects import Act, Key, Project
from reelgate.tasks.store import DuplicateId
from reelgate.web.keys import new_key, new_secret

app = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    project: Annotated[
        str, typer.Option("--project", help="The project whose tasks it sees; by default one of its own.")
    ] = "",
    data: Data = Path("data"),
    store: Store = "",
) -> None:
    """Make a key and print it, once."""
    secret = new_secret()
    key = new_key(secret, name=name, project_id=project or f"proj_{secrets.token_hex(8)}", now=SystemClock().now())
    with one_line():
        asyncio.run(_add(data, store, key))
    typer.echo(f"{secret}\nkey {key.id} of project {key.project_id}; it is not shown again")


@app.command("list")
def list_(data: Data = Path("data"), store: Store = "") -> None:
    """List keys; the keys themselves are not kept and can't be shown."""
    with one_line():
        found = asyncio.run(_keys(data, store))
    table = Table("key", "name", "project", "state", box=None)
    for key in found:
        table.add_row(key.id, key.name, key.project_id, "revoked" if key.revoked_at else "valid")
    Console().print(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, from `reelgate keys list`.")],
    data: Data = Path("data"),
    store: Store = "",
) -> None:
    """Revoke a key; a running server refuses it within about a second."""
    with one_line():
        if not asyncio.run(_revoke(data, store, key_id)):
            leave(f"there is no valid key {key_id}", FAILED)
    typer.echo(f"{key_id} is revoked")


async def _add(data: Path, store: str, key: Key) -> None:
    async with opened(data, store) as journal:
        now, act = key.created_at, Act("cli", key.created_at, "key.create")
        with contextlib.suppress(DuplicateId):
            await journal.projects.add(Project(id=key.project_id, name=key.name, created_at=now), act)
        await journal.projects.add_key(key, act)


async def _keys(data: Path, store: str) -> Sequence[Key]:
    async with opened(data, store) as journal:
        return await journal.projects.keys()


async def _revoke(data: Path, store: str, key_id: str) -> bool:
    async with opened(data, store) as journal:
        now, old = SystemClock().now(), await journal.projects.key(key_id)
        if old is None or old.revoked_at is not None:
            return False
        await journal.projects.change_key(old, replace(old, revoked_at=now), Act("cli", now, "key.revoke"))
        return True
