"""`reelgate batch`: make the videos of a file of prompts, and resume where it was stopped."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Self

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from reelgate.batch.book import FAILED, LEFT, ORDERED, REFUSED, SAVED, WAITING, Book, Entry
from reelgate.batch.rows import read
from reelgate.batch.work import BatchRun
from reelgate.cli import problems
from reelgate.cli.options import DEFAULT_URL, Data, KeyOption, Url, key_of
from reelgate.cli.order import Ratio, Resolution, Seconds
from reelgate.cli.problems import leave, one_line, plain
from reelgate.client import AsyncReelgate, ClientError, Unreachable

_MICROS = 1_000_000
_PATIENCE_SECONDS = 900.0
_STYLES = {SAVED: "green", FAILED: "red", REFUSED: "red", LEFT: "yellow", ORDERED: "cyan"}
_NAME_CHARS, _BAR_CHARS = 16, 15
_MARGIN = 6  # lines of the terminal beside the table


def batch(
    file: Annotated[Path, typer.Argument(help="CSV with a first line of field names, or JSON Lines (.jsonl).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder of the batch: videos and its record.")],
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=256, help="Concurrent orders.")] = 4,
    model: Annotated[str, typer.Option("--model", help="The model for rows that name none.")] = "",
    duration: Seconds = None,
    resolution: Resolution = "",
    ratio: Ratio = "",
    budget: Annotated[float | None, typer.Option("--budget", min=0, help="Maximum total cost in USD.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Order again what failed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON Lines.")] = False,
    url: Url = DEFAULT_URL,
    key: KeyOption = "",
    data: Data = Path("data"),
) -> None:
    """Make the videos of a file of orders. Run it again to continue; nothing is made or paid twice."""
    usual = {"model": model, "duration": duration, "resolution": resolution, "ratio": ratio}
    with one_line():
        if budget is not None and not math.isfinite(budget):
            raise ValueError(f"--budget is {budget}; allowed: an amount such as 20, or leave it out for no limit")
        micros = None if budget is None else round(budget * _MICROS)
        rows = read(file, {name: value for name, value in usual.items() if value not in (None, "")})
        book = Book(output, rows)
        try:
            _run(book, url, key_of(key, data), jobs=jobs, budget=micros, again=again, quiet=as_json)
        finally:
            report = book.report()
            book.close()
        _tell(book, report, as_json=as_json)
    states = {entry.state for entry in book.entries}
    if states & {REFUSED, LEFT, ORDERED}:
        raise typer.Exit(problems.FAILED)
    if FAILED in states:
        raise typer.Exit(problems.NOT_MADE)


def _run(book: Book, url: str, key: str, *, jobs: int, budget: int | None, again: bool, quiet: bool) -> None:
    async def work() -> None:
        async with AsyncReelgate(url, key=key, retry_seconds=0) as at_once:
            await at_once.balance()  # a server that is not there is reported now, not in minutes
        async with AsyncReelgate(url, key=key, retry_seconds=_PATIENCE_SECONDS) as house:
            with _Screen(book, quiet=quiet) as screen:
                await BatchRun(house, book, jobs=jobs, budget=budget, again=again, shown=screen.show).run()

    try:
        asyncio.run(work())
    except KeyboardInterrupt:
        leave(
            "stopped; open orders continue at the server; run the same command to continue the batch", problems.STOPPED
        )
    except BaseExceptionGroup as group:
        known = [one for one in group.exceptions if isinstance(one, ClientError | OSError | ValueError)]
        if len(known) < len(group.exceptions):
            raise
        first = next((one for one in known if isinstance(one, Unreachable)), known[0])
        typer.echo("run the same command to continue the batch; nothing is made or paid twice", err=True)
        raise first from None


def _tell(book: Book, report: Path, *, as_json: bool) -> None:
    if as_json:
        for line in book.lines():
            typer.echo(json.dumps(line, ensure_ascii=False))
        return
    for entry in book.entries:
        if entry.state in (FAILED, REFUSED, LEFT, ORDERED):
            typer.echo(f"{entry.row.name}  {entry.state}  {plain(str(entry.facts.get('reason', '')))}", err=True)
    typer.echo(f"{_counts(book)}; {_money(book)}; report in {report}")


def _counts(book: Book) -> str:
    counts = Counter(entry.state for entry in book.entries)
    told = [f"{counts[state]} {state}" for state in (SAVED, ORDERED, FAILED, REFUSED, LEFT, WAITING) if counts[state]]
    return f"{len(book.entries)} orders: {', '.join(told)}"


def _money(book: Book) -> str:
    return f"{book.spent / _MICROS:.2f} USD"


class _Screen:
    """A table that moves, on a terminal; else one line for each end."""

    def __init__(self, book: Book, *, quiet: bool) -> None:
        self._book = book
        self._console = Console(stderr=True)
        self._begun = time.monotonic()
        self._quiet = quiet
        moving = self._console.is_terminal and not quiet
        self._live = Live(get_renderable=self._table, console=self._console, refresh_per_second=4) if moving else None
        if book.resumed and not quiet:
            typer.echo(f"continues the batch in {book.folder}: {_counts(book)}", err=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, entry: Entry) -> None:
        """Take in that a row has moved."""
        if self._live is None and entry.over and not self._quiet:
            typer.echo(f"{entry.row.name}  {entry.state}  {entry.task}", err=True)

    def _table(self) -> Any:
        room = max(3, self._console.height - _MARGIN)
        moving = [entry for entry in self._book.entries if entry.state == ORDERED]
        ended = [entry for entry in self._book.entries if entry.over]
        shown = (ended[-max(0, room - len(moving)) :] if room > len(moving) else []) + moving[:room]
        table = Table(box=None, expand=True, pad_edge=False)
        widest = min(_NAME_CHARS, max(len(entry.row.name) for entry in self._book.entries))
        for name, width in (("id", widest), ("state", 8), ("", _BAR_CHARS)):
            table.add_column(name, no_wrap=True, overflow="ellipsis", min_width=width, max_width=width)
        table.add_column("prompt", no_wrap=True, overflow="ellipsis", ratio=1)
        for entry in shown:
            moving_on = _bar(entry.progress) if entry.state == ORDERED else ""
            told = plain(str(entry.facts.get("reason") or entry.row.fields.get("prompt", "")))
            table.add_row(entry.row.name, Text(entry.state, _STYLES.get(entry.state, "")), moving_on, Text(told))
        seconds = int(time.monotonic() - self._begun)
        return Group(table, Text(f"{_counts(self._book)}; {_money(self._book)}; {seconds} s", "bold"))


def _bar(percent: int) -> str:
    full = percent // 10
    return f"{'━' * full}{'╌' * (10 - full)} {percent:>2}%"
