"""`reelgate ledger`: balances, payments, reconciliation and margins."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins
from rich.table import Table

from reelgate.billing.payments import ADJUSTMENT, TOPUP, Payments, balance_body, payment_body
from reelgate.billing.reconciliation import Margin, Report, margins, reconcile
from reelgate.billing.statements import Statement, read_month
from reelgate.billing.statements import statement as statement_of
from reelgate.catalog import load
from reelgate.cli.journal import opened
from reelgate.cli.managing import amount, millionths, operator, when
from reelgate.cli.options import AT_JOURNAL, AtJournal, CatalogFolder, Config, takes_groups
from reelgate.cli.problems import FAILED, one_line, plain
from reelgate.cli.tables import print_json, print_table
from reelgate.clock import SystemClock
from reelgate.providers.account import BUILT_IN
from reelgate.providers.configured import configured
from reelgate.secret_files import WithFiles
from reelgate.tasks.money import Balance, LedgerEntry, Paid
from reelgate.tasks.record import Task
from reelgate.tasks.scripts import DAY_MS

app = typer.Typer(help="Balances, payments, reconciliation and margins, read from the journal.", no_args_is_help=True)

Project = Annotated[str, typer.Argument(help="The project's id.")]
Reference = Annotated[
    str, typer.Option("--reference", help="Your own reference, such as an invoice number; it counts once.")
]
Reason = Annotated[str, typer.Option("--reason", help="The reason, for the ledger and the audit log.")]
Days = Annotated[int, typer.Option("--days", min=1, help="How many days to look back.")]


@app.command()
@takes_groups
def balance(
    project: Annotated[str, typer.Argument(help="Only this project.")] = "",
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Show each project's payments, available balance, holds and charges."""
    with one_line():
        found = asyncio.run(_balances(journal.data, journal.store, project))
    if journal.as_json:
        print_json([balance_body(line) for line in found])
        return
    table = Table("project", "paid in", "balance", "on hold", "charged", box=None)
    for line in found:
        table.add_row(line.project_id, *map(amount, (line.paid_in, line.funds, line.held, line.charged)))
    print_table(table)


@app.command()
@takes_groups
def topup(
    project: Project,
    money: Annotated[str, typer.Argument(metavar="AMOUNT", help="Such as 100.00.")],
    reference: Reference,
    reason: Reason = "top-up",
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Record a payment by a project; each reference counts once."""
    wanted = {"kind": TOPUP, "money": money, "reference": reference, "reason": reason}
    _pay(journal.data, journal.store, project, wanted, as_json=journal.as_json)


@app.command()
@takes_groups
def adjust(
    project: Project,
    money: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="An amount such as 2.50; write -- before a negative one.")
    ],
    reference: Reference,
    reason: Reason,
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Correct a project's balance, up or down, with the reason why."""
    wanted = {"kind": ADJUSTMENT, "money": money, "reference": reference, "reason": reason}
    _pay(journal.data, journal.store, project, wanted, as_json=journal.as_json)


@app.command()
@takes_groups
def payments(project: Project, journal: AtJournal = AT_JOURNAL) -> None:
    """List what was paid in and corrected, newest first."""
    with one_line():
        found = asyncio.run(_payments(journal.data, journal.store, project))
    if journal.as_json:
        print_json([payment_body(line) for line in found])
        return
    for line in found:
        reference = line.subject.removeprefix(f"{line.project_id}/")
        typer.echo(f"{when(line.at)}  {line.kind:10} {amount(line.micros):>14}  {plain(reference)}  {plain(line.note)}")


@app.command()
@takes_groups
def task(
    task_id: Annotated[str, typer.Argument(help="The task's id; a deleted task's too.")],
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Show a task's lines in the ledger."""
    with one_line():
        lines = asyncio.run(_lines(journal.data, journal.store, task_id))
    if journal.as_json:
        print_json(to_builtins(lines))
        return
    for line in lines:
        typer.echo(f"{when(line.at)}  {line.kind:10} {amount(line.micros):>14}")


@app.command()
@takes_groups
def check(days: Days = 30, journal: AtJournal = AT_JOURNAL) -> None:
    """Reconcile: list sums that do not add up, old holds, unknown submissions and short videos.

    Exits with status 1 if something does not add up.
    """
    with one_line():
        report = asyncio.run(_report(journal.data, journal.store, days))
    if journal.as_json:
        _print_report(report)
        raise typer.Exit(FAILED if report.discrepancies else 0)
    for wrong in report.discrepancies:
        typer.echo(f"does not add up: {plain(wrong.where)}: {wrong.expected} expected, {wrong.found} found")
    for name, tasks in (("held too long", report.held_too_long), ("unknown", report.unknown), ("short", report.short)):
        for found in tasks:
            typer.echo(f"{name}: {_told(found)}")
    for parked in report.parked:
        typer.echo(f"parked: {parked.task_id} at {parked.provider} since {when(parked.parked_at)}")
    for loss in report.losses:
        told = f"{loss.task_id} at {loss.provider}, {_known(loss.micros)}: {plain(loss.reason)}"
        typer.echo(f"lost: {told}")
    counts = (len(report.discrepancies), len(report.held_too_long), len(report.unknown), len(report.short))
    told = "{} do not add up, {} held too long, {} unknown, {} short".format(*counts)
    aside = f", {len(report.parked)} parked, {len(report.losses)} lost" if report.parked or report.losses else ""
    typer.echo(told + aside)
    if report.discrepancies:
        raise typer.Exit(FAILED)


@app.command()
@takes_groups
def statement(
    project: Project,
    month: Annotated[
        str, typer.Option("--month", help="The month (UTC), such as 2026-11; by default the current one.")
    ] = "",
    csv: Annotated[bool, typer.Option("--csv", help="As CSV.")] = False,
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Show a project's month: balances, payments, charges by model and key."""
    with one_line():
        found = asyncio.run(_statement(journal.data, journal.store, project, month))
    if journal.as_json:
        print_json(found.body())
        return
    if csv:
        typer.echo(found.text(), nl=False)
        return
    typer.echo(f"{plain(found.name)} ({found.project_id}), {found.month}{'' if found.final else ', not final'}")
    table = Table("what", "videos", "amount", box=None)
    table.add_row("balance at the beginning", "", amount(found.opening_micros))
    for paid in found.payments:
        table.add_row(f"{paid.kind} {plain(paid.note)}", "", amount(paid.micros))
    for line in found.lines:
        table.add_row(f"{line.model} by {line.key}", str(line.tasks), amount(-line.charged_micros))
    table.add_row("balance at the end", "", amount(found.closing_micros))
    print_table(table)


@app.command()
@takes_groups
def margin(
    days: Days = 30,
    config: Config = None,
    catalog: CatalogFolder = None,
    journal: AtJournal = AT_JOURNAL,
) -> None:
    """Show what finished tasks were charged, and the vendor's list price where it is known."""
    with one_line():
        found = asyncio.run(_margins(journal.data, journal.store, days, config, catalog))
    if journal.as_json:
        print_json([{**to_builtins(line), "margin": line.margin} for line in found])
        return
    table = Table("model", "account", "tasks", "charged", "cost", "lost", "lost cost", "margin", box=None)
    for line in found:
        costs = [_known(line.cost), str(line.lost), _known(line.lost_cost), _known(line.margin)]
        table.add_row(line.model, line.provider, str(line.tasks), amount(line.charged), *costs)
    print_table(table)
    for line in found:
        if line.differing:
            told = f"says {line.said_seconds:.2f} s, the files have {line.counted_seconds:.2f} s"
            typer.echo(f"{line.model}: of {line.differing} video(s) {line.provider} {told}")


def _known(micros: int | None) -> str:
    return "unknown" if micros is None else amount(micros)


def _print_report(report: Report) -> None:
    tasks = {"held_too_long": report.held_too_long, "unknown": report.unknown, "short": report.short}
    print_json(
        {
            "discrepancies": to_builtins(report.discrepancies),
            **{
                name: [{"id": one.id, "state": one.state, "price_micros": one.price_micros} for one in found]
                for name, found in tasks.items()
            },
            "parked": to_builtins(report.parked),
            "losses": to_builtins(report.losses),
        }
    )


def _pay(data: Path, store: str, project: str, wanted: dict[str, Any], *, as_json: bool) -> None:
    with one_line():
        body = wanted | {"amount_micros": millionths(wanted["money"])}
        after = asyncio.run(_paid(data, store, project, body))
    if as_json:
        print_json(balance_body(after))
        return
    typer.echo(f"{project} has {amount(after.funds)}, and {amount(after.held)} on hold")


def _told(found: Task) -> str:
    made = f", {found.output.duration} s of {found.request.duration} s" if found.output else ""
    return f"{found.id} {found.state} since {when(found.created_at)}, {amount(found.price_micros)}{made}"


async def _balances(data: Path, store: str, project: str) -> Sequence[Balance]:
    async with opened(data, store) as journal:
        if project:
            return [await Payments(journal, SystemClock()).balance(project)]
        return await journal.money.balances()


async def _paid(data: Path, store: str, project: str, body: dict[str, Any]) -> Balance:
    async with opened(data, store) as journal:
        return await Payments(journal, SystemClock()).pay(project, body, operator())


async def _payments(data: Path, store: str, project: str) -> Sequence[Paid]:
    async with opened(data, store) as journal:
        return await journal.money.payments(project)


async def _statement(data: Path, store: str, project: str, month: str) -> Statement:
    now = SystemClock().now()
    async with opened(data, store) as journal:
        return await statement_of(journal, project, read_month(month, now), now)


async def _lines(data: Path, store: str, task_id: str) -> Sequence[LedgerEntry]:
    async with opened(data, store) as journal:
        lines = await journal.ledger(task_id)
    if not lines:
        raise ValueError(f"no task {task_id} in this ledger")
    return lines


async def _report(data: Path, store: str, days: int) -> Report:
    now = SystemClock().now()
    async with opened(data, store) as journal:
        return await reconcile(journal, now=now, since=now - days * DAY_MS)


async def _margins(data: Path, store: str, days: int, config: Path | None, catalog: Path | None) -> Sequence[Margin]:
    kinds = {account.name: account.kind for account in configured(WithFiles(os.environ), config)}
    async with opened(data, store) as journal:
        since = SystemClock().now() - days * DAY_MS
        return await margins(journal, load(catalog, config), kinds, free=BUILT_IN, since=since)
