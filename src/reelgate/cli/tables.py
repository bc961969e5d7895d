"""Tables on a terminal and in a pipe: names that one copies are never cut."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

_UNBOUNDED = 10_000
"""Columns; more than any table has."""


def print_table(table: Table) -> None:
    """Print a table: in a pipe as wide as it is, on a terminal without empty columns and with its first one whole."""
    console = Console()
    if not console.is_terminal:
        console.width = _UNBOUNDED
    else:
        table.columns = [column for column in table.columns if any(column.cells)]
        for name in table.columns[:1]:
            name.no_wrap = True
    console.print(table)
