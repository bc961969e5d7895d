"""Tables for terminals and pipes that never cut a name, and the same as JSON."""

from __future__ import annotations

import json
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

_UNBOUNDED = 10_000
"""Columns; more than any table has."""


def print_table(table: Table) -> None:
    """Print a table: in a pipe as wide as it is, on a terminal without empty columns and with its first one whole.

    What stands between brackets or colons in a cell is its text.
    """
    console = Console(markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _UNBOUNDED
    else:
        table.columns = [column for column in table.columns if any(column.cells)]
        for name in table.columns[:1]:
            name.no_wrap = True
    console.print(table)


def rows_of(table: Table) -> list[dict[str, str]]:
    """Return a table's rows by the names of its columns."""
    names = [str(column.header) for column in table.columns]
    return [
        dict(zip(names, map(str, cells), strict=True))
        for cells in zip(*(one.cells for one in table.columns), strict=True)
    ]


def print_json(found: Any) -> None:
    """Print what a program reads instead."""
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
