"""`reelgate tasks`: what was asked for and what became of it."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from reelgate.cli.options import DEFAULT_URL, Data, KeyOption, Url, key_of
from reelgate.cli.problems import one_line
from reelgate.client import Reelgate, RemoteTask


def tasks(
    status: Annotated[str, typer.Option("--status", help="submitted, in_progress, completed, failed …")] = "",
    model: Annotated[str, typer.Option("--model", help="Only this model's tasks.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 20,
    url: Url = DEFAULT_URL,
    key: KeyOption = "",
    data: Data = Path("data"),
) -> None:
    """List tasks, newest first."""
    filters = {name: value for name, value in (("status", status), ("model", model)) if value}
    with one_line(), Reelgate(url, key=key_of(key, data)) as reelgate:
        _print(list(itertools.islice(reelgate.tasks(**filters), limit)))


def _print(found: list[RemoteTask]) -> None:
    table = Table("task", "model", "state", "progress", "created", "prompt", box=None)
    for task in found:
        created = datetime.fromtimestamp(task.created_at).astimezone()
        prompt = str(task.raw.get("prompt", ""))
        table.add_row(task.id, task.model, task.state, f"{task.progress}%", f"{created:%Y-%m-%d %H:%M:%S}", prompt[:40])
    Console().print(table)
