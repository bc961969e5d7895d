"""`reelgate tasks`: what was asked for and what became of it, and what an operator has to decide."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from reelgate.cli.journal import opened
from reelgate.cli.options import DEFAULT_URL, Data, KeyOption, Store, Url, key_of
from reelgate.cli.problems import USAGE, leave, one_line, plain
from reelgate.cli.tables import print_table
from reelgate.client import Reelgate, RemoteTask
from reelgate.clock import SystemClock
from reelgate.tasks.record import Attempt, AttemptState, Event
from reelgate.tasks.states import State
from reelgate.tasks.store import Change

app = typer.Typer(help="List tasks; settle submissions of which nobody knows whether they arrived.")


@app.callback(invoke_without_command=True)
def tasks(
    context: typer.Context,
    status: Annotated[str, typer.Option("--status", help="submitted, in_progress, completed, failed …")] = "",
    model: Annotated[str, typer.Option("--model", help="Only this model's tasks.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 20,
    url: Url = DEFAULT_URL,
    key: KeyOption = "",
    data: Data = Path("data"),
) -> None:
    """List tasks, newest first."""
    if context.invoked_subcommand is not None:
        return
    filters = {name: value for name, value in (("status", status), ("model", model)) if value}
    with one_line(), Reelgate(url, key=key_of(key, data)) as reelgate:
        _print(list(itertools.islice(reelgate.tasks(**filters), limit)))


@app.command()
def resolve(
    task_id: Annotated[str, typer.Argument(help="A task in the state unknown.")],
    adopt: Annotated[str, typer.Option("--adopt", help="The job's id at the provider: it was taken, go on.")] = "",
    not_taken: Annotated[
        bool, typer.Option("--not-taken", help="The provider has no such job: submit it again.")
    ] = False,
    give_up: Annotated[bool, typer.Option("--give-up", help="End the task as failed and release its money.")] = False,
    data: Data = Path("data"),
    store: Store = "",
) -> None:
    """Settle a submission that could not be found at its provider; look at the provider's own console first."""
    if [bool(adopt), not_taken, give_up].count(True) != 1:
        leave("say one of --adopt ID, --not-taken, --give-up", USAGE)
    name = "adopt" if adopt else "disown" if not_taken else "fail"
    with one_line():
        state = asyncio.run(_resolve(data, store, task_id, name, adopt))
    typer.echo(f"{task_id} is {state}")


async def _resolve(data: Path, store: str, task_id: str, name: str, ref: str) -> str:
    now = SystemClock().now()
    async with opened(data, store) as journal:
        task = await journal.get(task_id)
        if task is None or task.state is not State.UNKNOWN:
            raise ValueError(f"{task_id} is {task.state if task else 'no task here'}; only an unknown one is settled")
        owner = await journal.task_of_ref(task.provider, ref) if ref else None
        if owner not in (None, task_id):
            raise ValueError(f"{ref} is the job of {owner}")
        states = {"adopt": AttemptState.ACCEPTED, "disown": AttemptState.REJECTED, "fail": AttemptState.LOST}
        change = Change(
            at=now,
            note="settled by the operator",
            due_in_ms=0,
            attempt_id=task.attempt_id,
            attempt_state=states[name],
            upstream_ref=ref or None,
            error_code="submission_unknown" if name == "fail" else None,
            error_message="nobody knows whether the provider took the job" if name == "fail" else None,
        )
        return (await journal.move(task, name, change)).state


@app.command()
def history(
    task_id: Annotated[str, typer.Argument(help="Any task.")],
    data: Data = Path("data"),
    store: Store = "",
) -> None:
    """Show a task's moves and submissions, with the vendor's own id and link: for operators, from the journal."""
    with one_line():
        moves, attempts = asyncio.run(_history(task_id, data, store))
    for move in moves:
        typer.echo(f"{_time(move.at)}  {move.name:12} {move.target:11} {plain(move.note)}".rstrip())
    for attempt in attempts:
        name, ref = f"attempt {attempt.number}", attempt.upstream_ref or "no id"
        typer.echo(f"{_time(attempt.created_at)}  {name:12} {attempt.state:11} {attempt.provider} {plain(ref)}")


async def _history(task_id: str, data: Path, store: str) -> tuple[Sequence[Event], Sequence[Attempt]]:
    async with opened(data, store) as journal:
        if await journal.get(task_id) is None:
            raise ValueError(f"no task {task_id} in this journal")
        return await journal.events(task_id), await journal.attempts(task_id)


def _time(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC).astimezone():%Y-%m-%d %H:%M:%S}"


def _print(found: list[RemoteTask]) -> None:
    table = Table("task", "model", "state", "progress", "created", "prompt", box=None)
    for task in found:
        created = datetime.fromtimestamp(task.created_at).astimezone()
        prompt = str(task.raw.get("prompt", ""))
        table.add_row(task.id, task.model, task.state, f"{task.progress}%", f"{created:%Y-%m-%d %H:%M:%S}", prompt[:40])
    print_table(table)
