"""`reelgate accounts`: pause, resume and test accounts at vendors while servers run."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec import to_builtins
from rich.table import Table

from reelgate.cli.journal import opened
from reelgate.cli.managing import operator, when
from reelgate.cli.options import AT_JOURNAL, AsJson, AtJournal, takes_groups
from reelgate.cli.problems import FAILED, one_line, plain
from reelgate.cli.providers import Config
from reelgate.cli.tables import print_json, print_table
from reelgate.clock import SystemClock
from reelgate.conductor.accounts import Tested, tested
from reelgate.providers.configured import configured, make
from reelgate.secret_files import WithFiles
from reelgate.server.data_folder import is_served
from reelgate.server.provider_status import read_board
from reelgate.tasks.pauses import Pause
from reelgate.tasks.projects import Act

app = typer.Typer(help="Pause, resume and test accounts at vendors.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The account's name, from `reelgate providers`.")]


@app.command()
@takes_groups
def pause(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", help="The reason, shown beside the pause.")] = "",
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Send nothing to an account until it is resumed. Every server on the journal follows within seconds."""
    with one_line():
        asyncio.run(_pause(journal.data, journal.store, name, reason))
    _tell_unknown(journal.data, name)
    if journal.as_json:
        print_json({"account": name, "paused": True})
    else:
        typer.echo(f"{plain(name)} is paused")


@app.command()
@takes_groups
def resume(name: Name, journal: AtJournal = AT_JOURNAL) -> None:
    """Use a paused account again."""
    with one_line():
        asyncio.run(_resume(journal.data, journal.store, name))
    _tell_unknown(journal.data, name)
    if journal.as_json:
        print_json({"account": name, "paused": False})
    else:
        typer.echo(f"{plain(name)} is in use")


@app.command()
@takes_groups
def paused(journal: AtJournal = AT_JOURNAL) -> None:
    """List the accounts that are paused."""
    with one_line():
        found = asyncio.run(_paused(journal.data, journal.store))
    if journal.as_json:
        print_json(to_builtins(found))
        return
    table = Table("account", "since", "by", "reason", box=None)
    for one in found:
        table.add_row(one.account, when(one.at), plain(one.actor), plain(one.reason))
    print_table(table)


@app.command("test")
def try_(name: Name, config: Config = None, as_json: AsJson = False) -> None:
    """Ask an account for a job that does not exist: this is free and shows whether the key works."""
    with one_line():
        found = asyncio.run(_test(name, config))
    if as_json:
        print_json({"account": name, "ok": found.ok, "said": found.said, "milliseconds": found.milliseconds})
    else:
        typer.echo(f"{plain(name)}: {plain(found.said)} ({found.milliseconds} ms)")
    if not found.ok:
        raise typer.Exit(FAILED)


def _tell_unknown(data: Path, name: str) -> None:
    """Say that the server of a folder has no such account; another server on the journal may have it."""
    board = read_board(data) if is_served(data) else None
    if board is not None and name not in board.accounts:
        there = ", ".join(board.accounts)
        typer.echo(f"reelgate: the server of {data} has no account {plain(name)}; there are: {there}", err=True)


async def _pause(data: Path, store: str, name: str, reason: str) -> None:
    async with opened(data, store) as journal:
        now, who = SystemClock().now(), operator()
        await journal.pauses.pause(Pause(name, now, who, reason), Act(who, now, "account.pause"))


async def _resume(data: Path, store: str, name: str) -> None:
    async with opened(data, store) as journal:
        await journal.pauses.resume(name, Act(operator(), SystemClock().now(), "account.resume"))


async def _paused(data: Path, store: str) -> Sequence[Pause]:
    async with opened(data, store) as journal:
        return await journal.pauses.all()


async def _test(name: str, config: Path | None) -> Tested:
    account = next((one for one in configured(WithFiles(os.environ), config) if one.name == name), None)
    if account is None:
        raise ValueError(f"no account {name} is set up; reelgate providers lists them")
    provider = make(account, Path("renders"))
    await provider.open()
    try:
        return await tested(provider, SystemClock())
    finally:
        await provider.aclose()
