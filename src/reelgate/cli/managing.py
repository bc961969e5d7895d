"""What the commands about projects and keys share: the manager on the journal, options, and how values are written."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from reelgate.access.management import Manager
from reelgate.cli.journal import opened
from reelgate.cli.options import AtJournal
from reelgate.cli.problems import plain
from reelgate.clock import SystemClock
from reelgate.tasks.projects import ProjectStore

T = TypeVar("T")

NONE = "none"
"""What an option says to lift a limit."""
_MICROS = 1_000_000
_DIGITS = 15  # of an amount: more than its record can hold

Creates = Annotated[
    str,
    typer.Option(
        "--creates-per-minute",
        "--requests-per-minute",
        help="Maximum creates per minute; none: no limit.",
    ),
]
AtOnce = Annotated[str, typer.Option("--tasks-at-once", help="Maximum open tasks; none: no limit.")]
SpendDay = Annotated[str, typer.Option("--spend-day", help="Maximum spending per day, such as 12.50; none: no limit.")]
SpendTotal = Annotated[str, typer.Option("--spend-total", help="Maximum total spending; none: no limit.")]


class Management:
    """The manager of an open journal, its store, and as whose doing the audit log shows its changes."""

    def __init__(self, store: ProjectStore) -> None:
        self.store = store
        self.manager = Manager(store, SystemClock())
        self.actor = operator()


@asynccontextmanager
async def management(data: Path, store: str) -> AsyncIterator[Management]:
    """Yield the management of the journal of a data folder; a running server takes the changes over within seconds."""
    async with opened(data, store) as journal:
        yield Management(journal.projects)


def managed(journal: AtJournal, do: Callable[[Management], Awaitable[T]]) -> T:
    """Open a command's journal, run something on its management, and return the result."""

    async def done() -> T:
        async with management(journal.data, journal.store) as at:
            return await do(at)

    return asyncio.run(done())


def operator() -> str:
    """Return as whose doing the audit log shows what a command changes."""
    try:
        return f"cli {getpass.getuser()}"
    except (OSError, KeyError):  # a user id without a name, as in a container
        return "cli unknown"


def given(**options: Any) -> dict[str, Any]:
    """Return the options that were given, by their field's name."""
    return {name: value for name, value in options.items() if value not in ("", None, [])}


class Limits(msgspec.Struct, frozen=True):
    """The limits that projects and keys both have."""

    creates_per_minute: Creates = ""
    tasks_at_once: AtOnce = ""
    spend_day: SpendDay = ""
    spend_total: SpendTotal = ""

    def body(self) -> dict[str, Any]:
        """Return them as fields of the API. Raises ValueError."""
        texts = given(creates_per_minute=self.creates_per_minute, tasks_at_once=self.tasks_at_once)
        sums = given(spend_day_micros=self.spend_day, spend_total_micros=self.spend_total)
        numbers = {name: number(text) for name, text in texts.items()}
        return numbers | {name: micros(text) for name, text in sums.items()}


NO_LIMITS = Limits()


def number(text: str) -> int | None:
    """Read a whole number, None for `none`. Raises ValueError."""
    if text == NONE:
        return None
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is neither a whole number nor {NONE}") from None


def micros(text: str) -> int | None:
    """Read an amount of money as millionths, None for `none`. Raises ValueError."""
    return None if text == NONE else millionths(text)


def millionths(text: str) -> int:
    """Read a number with at most six decimals as millionths, exactly. Raises ValueError."""
    try:
        parts = Decimal(text).scaleb(6)
        if parts.is_finite() and parts.adjusted() <= _DIGITS and parts == int(parts):
            return int(parts)
    except (InvalidOperation, OverflowError):
        pass
    raise ValueError(f"{text!r} is not a number with at most six decimals, such as 12.50")


def amount(micros_: int | None) -> str:
    """Write millionths as an amount of money, exactly; None means no limit."""
    if micros_ is None:
        return NONE
    whole, part = divmod(abs(micros_), _MICROS)
    decimals = f"{part:06}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros_ < 0 else ''}{whole}.{decimals}"


def moment(text: str) -> int | None:
    """Read a date or time (UTC where it names no zone) as Unix seconds, None for `none`. Raises ValueError."""
    if text == NONE:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time: write 2027-01-31 or 2027-01-31T12:00, or {NONE}") from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())


def when(milliseconds: int | None) -> str:
    """Write a time, in UTC; None is never."""
    return "never" if milliseconds is None else f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M:%S}Z"


def show(lines: Mapping[str, object]) -> None:
    """Print names and values, one pair a line."""
    for name, value in lines.items():
        typer.echo(f"{name:20} {NONE if value is None else plain(str(value))}")
