"""Operators' commands on tasks in the journal: `reelgate tasks history | parked | resolve`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from msgspec import to_builtins
from rich.table import Table

from reelgate import limits
from reelgate.catalog import load
from reelgate.cli.journal import opened
from reelgate.cli.options import AT_JOURNAL, AtJournal, CatalogFolder, Config, takes_groups
from reelgate.cli.problems import USAGE, leave, one_line, plain
from reelgate.cli.tables import print_json, print_table
from reelgate.clock import SystemClock
from reelgate.conductor.settling import Settling, Verdict
from reelgate.providers.configured import configured
from reelgate.secret_files import WithFiles
from reelgate.tasks.parked import Parked
from reelgate.tasks.record import Attempt, Event, Task

Account = Annotated[str, typer.Option("--account", help="All of this account's, instead of one task.")]


@takes_groups
def resolve(
    task_id: Annotated[str, typer.Argument(help="A task whose submission is unknown or parked.")] = "",
    account: Account = "",
    adopt: Annotated[str, typer.Option("--adopt", help="The provider took the job: continue with its id there.")] = "",
    not_taken: Annotated[
        bool, typer.Option("--not-taken", help="The provider has no such job: submit it again, or drop a parked one.")
    ] = False,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="End the task, release its money, count the job as lost.")
    ] = False,
    config: Config = None,
    catalog: CatalogFolder = None,
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Settle submissions whose outcome is unknown; check the provider's own console first."""
    if [bool(adopt), not_taken, give_up].count(True) != 1:
        leave("say one of --adopt ID, --not-taken, --give-up", USAGE)
    if bool(task_id) == bool(account):
        leave("name one task, or an account with --account", USAGE)
    if adopt and account:
        leave("--adopt names one job; name the task that it is of", USAGE)
    verdict = Verdict.ADOPT if adopt else Verdict.NOT_TAKEN if not_taken else Verdict.GIVE_UP
    settled = _Settled(verdict, adopt, config, catalog)
    with one_line():
        told = asyncio.run(_resolve(journal.data, journal.store, task_id, account, settled))
    if journal.as_json:
        print_json([{"task": name, "state": state} for name, state in told])
        return
    for name, state in told:
        typer.echo(f"{name} is {state}")
    if account:
        typer.echo(f"{len(told)} settled at {plain(account)}")


@takes_groups
def parked(account: Account = "", journal: AtJournal = AT_JOURNAL) -> None:
    """List submissions that were given up: their tasks have ended, but the vendor may charge for them."""
    with one_line():
        found = asyncio.run(_parked(journal.data, journal.store, account))
    if journal.as_json:
        print_json(to_builtins(found))
        return
    table = Table("task", "account", "model", "sent", "job at the vendor", "looked for again", box=None)
    for one in found:
        again = _time(one.due_at) if one.due_at else "never: it is yours"
        table.add_row(one.task_id, one.provider, one.model, _time(one.sent_at), one.upstream_ref or "no id", again)
    print_table(table)


class _Settled(NamedTuple):
    verdict: Verdict
    ref: str
    config: Path | None
    catalog: Path | None


async def _resolve(data: Path, store: str, task_id: str, account: str, settled: _Settled) -> list[tuple[str, str]]:
    kinds = {found.name: found.kind for found in configured(WithFiles(os.environ), settled.config)}
    async with opened(data, store) as journal:
        settling = Settling(journal, SystemClock(), load(settled.catalog, settled.config), kinds)
        if account:
            return [(name, str(state)) for name, state in await settling.all_of(account, settled.verdict)]
        return [(task_id, str(await settling.one(task_id, settled.verdict, settled.ref)))]


async def _parked(data: Path, store: str, account: str) -> Sequence[Parked]:
    async with opened(data, store) as journal:
        return await journal.parked.open_ones(account, limit=limits.MAX_RESOLVED)


@takes_groups
def history(
    task_id: Annotated[str, typer.Argument(help="Any task.")],
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Show a task's states and submissions, the vendor's id and link, and why it failed (for operators)."""
    with one_line():
        task, moves, attempts = asyncio.run(_history(task_id, journal.data, journal.store))
    if journal.as_json:
        why = {"error_code": task.error_code, "error_message": task.error_message}
        print_json({"id": task.id, **why, "moves": to_builtins(moves), "attempts": to_builtins(attempts)})
        return
    for move in moves:
        typer.echo(f"{_time(move.at)}  {move.name:12} {move.target:11} {plain(move.note)}".rstrip())
    for attempt in attempts:
        name, ref = f"attempt {attempt.number}", attempt.upstream_ref or _heard(attempt)
        typer.echo(f"{_time(attempt.created_at)}  {name:12} {attempt.state:11} {attempt.provider} {plain(ref)}")
    if task.error_code or task.error_message:
        reason = plain(f"{task.error_code}: {task.error_message}")
        typer.echo(f"{_time(task.finished_at or task.created_at)}  {'reason':12} {reason}")


async def _history(task_id: str, data: Path, store: str) -> tuple[Task, Sequence[Event], Sequence[Attempt]]:
    async with opened(data, store) as journal:
        task = await journal.get(task_id)
        if task is None:
            raise ValueError(f"no task {task_id} in this journal")
        return task, await journal.events(task_id), await journal.attempts(task_id)


def _heard(attempt: Attempt) -> str:
    """Return what callbacks named for an attempt without an id."""
    told = ", ".join(attempt.heard.split())
    return f"no id; last seen {told}" if told else "no id"


def _time(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S}Z"
