"""`reelgate tasks`: what was asked for and the outcome; following, calling off, removing and downloading."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from reelgate.cli.options import AT_SERVER, AtServer, Notes, key_of, notes, takes_groups
from reelgate.cli.problems import NOT_MADE, STOPPED, each, one_line, plain
from reelgate.cli.tables import print_table
from reelgate.client import Reelgate, RemoteTask, TaskEvent

app = typer.Typer(help="List, show, watch, cancel, remove and download tasks; settle unknown submissions.")

_PATIENCE_SECONDS = 300.0
_MICROS = 1_000_000

Status = Annotated[str, typer.Option("--status", help="submitted, in_progress, completed, failed …")]
ModelFilter = Annotated[str, typer.Option("--model", help="Only this model's tasks.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many.")]
TaskId = Annotated[str, typer.Argument(help="The task's id.")]
TaskIds = Annotated[list[str], typer.Argument(help="The tasks' ids.")]


@contextmanager
def _client(server: AtServer, patience: float = 0) -> Iterator[Reelgate]:
    with one_line():
        key = key_of(server.key, server.data)
        if patience:  # a server that is not there is reported now, not in minutes
            with Reelgate(server.url, key=key, retry_seconds=0) as at_once:
                at_once.balance()
        with Reelgate(server.url, key=key, retry_seconds=patience) as client:
            yield client


@app.callback(invoke_without_command=True)
@takes_groups
def tasks(
    context: typer.Context,
    status: Status = "",
    model: ModelFilter = "",
    limit: Limit = 20,
    metadata: Notes = None,
    server: AtServer = AT_SERVER,
) -> None:
    """List tasks, newest first; with a command, do that."""
    if context.invoked_subcommand is None:
        list_(status=status, model=model, limit=limit, metadata=metadata, server=server)


@app.command("list")
@takes_groups
def list_(
    status: Status = "",
    model: ModelFilter = "",
    limit: Limit = 20,
    metadata: Notes = None,
    server: AtServer = AT_SERVER,
) -> None:
    """List tasks, newest first."""
    filters: dict[str, Any] = {name: value for name, value in (("status", status), ("model", model)) if value}
    with _client(server) as client:
        filters |= {"metadata": notes(metadata or [])}
        found = list(itertools.islice(client.tasks(**filters), limit))
    if server.as_json:
        _json([task.raw for task in found])
        return
    if not found:
        typer.echo("no tasks", err=True)
        return
    table = Table("task", "model", "state", "progress", "created", "prompt", box=None)
    for task in found:
        prompt = plain(str(task.raw.get("prompt", "")))[:40]
        table.add_row(task.id, task.model, task.state, f"{task.progress}%", _when(task.created_at), prompt)
    print_table(table)


@app.command()
@takes_groups
def show(task_id: TaskId, server: AtServer = AT_SERVER) -> None:
    """Show one task: its status, its request, its price, and why it failed."""
    with _client(server) as client:
        task = client.get(task_id)
    if server.as_json:
        _json(task.raw)
        return
    for name, value in _facts(task):
        typer.echo(f"{name:12} {plain(str(value))}")


@app.command()
@takes_groups
def watch(
    task_id: Annotated[str, typer.Argument(help="Only this task, until it has ended.")] = "",
    server: AtServer = AT_SERVER,
) -> None:
    """Print events as they happen: of one task until it ends, or of all until Ctrl-C."""
    task: RemoteTask | None = None
    try:
        with _client(server, _PATIENCE_SECONDS) as client:
            events = client.get(task_id).events() if task_id else client.events()
            for event in events:
                task = event.task
                _tell(event, as_json=server.as_json)
    except KeyboardInterrupt:
        raise typer.Exit(STOPPED) from None
    if task_id and task is not None and not task.succeeded:
        raise typer.Exit(NOT_MADE)


@app.command()
@takes_groups
def cancel(task_ids: TaskIds, server: AtServer = AT_SERVER) -> None:
    """Cancel tasks; cancelled tasks are not charged."""
    with _client(server) as client:

        def cancelled(task_id: str) -> None:
            task = client.cancel(task_id)
            told = f"{task.id}  {task.state if task.ended else 'is being cancelled'}"
            typer.echo(json.dumps(task.raw, ensure_ascii=False) if server.as_json else told)

        each(task_ids, cancelled)


@app.command()
@takes_groups
def rm(task_ids: TaskIds, server: AtServer = AT_SERVER) -> None:
    """Remove ended tasks and their files."""
    with _client(server) as client:

        def removed(task_id: str) -> None:
            client.delete(task_id)
            typer.echo(json.dumps({"id": task_id, "deleted": True}) if server.as_json else f"{task_id} is removed")

        each(task_ids, removed)


@app.command()
@takes_groups
def download(
    task_id: TaskId,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file; by default ID.mp4.")] = None,
    server: AtServer = AT_SERVER,
) -> None:
    """Wait for a task's video and save it; an interrupted download resumes."""
    with _client(server, _PATIENCE_SECONDS) as client:
        task = client.get(task_id)
        path = task.wait(progress=True).save(output or Path(f"{task_id}.mp4"))
    saved = f"{path}  {path.stat().st_size / 1024:.0f} KiB"
    typer.echo(json.dumps({**task.raw, "saved": str(path)}, ensure_ascii=False) if server.as_json else saved)


def _facts(task: RemoteTask) -> Iterator[tuple[str, Any]]:
    raw = task.raw
    yield "task", task.id
    yield from _standing(task)
    if task.error:
        yield "reason", task.error
    for name in ("model", "made_with", "made_by", "mode", "prompt", "duration", "resolution", "ratio", "seed"):
        if raw.get(name) not in (None, ""):
            yield name, raw[name]
    for name, text in task.metadata.items():
        yield name, text
    for name in ("created", "started", "finished"):
        if raw.get(f"{name}_at"):
            yield name, _when(raw[f"{name}_at"])
    yield "price", f"{task.price_micros / _MICROS:g} {raw['price']['currency']}"
    if task.charged_micros is not None:
        yield "charged", f"{task.charged_micros / _MICROS:g} {raw['price']['currency']}"
    if task.result_url:
        yield "size", f"{raw.get('width')}x{raw.get('height')}, {raw.get('seconds')} s, {raw.get('bytes')} bytes"
        yield "video", task.result_url


def _standing(task: RemoteTask) -> Iterator[tuple[str, str]]:
    guessed = "  (estimated)" if task.raw.get("progress_estimated") else ""
    yield "state", f"{task.state}  {task.progress}%{guessed}"
    if task.position:
        yield "place", f"{task.position} of those that wait for the same account"
    if task.waits_for:
        yield "waits", task.waits_for


def _tell(event: TaskEvent, *, as_json: bool) -> None:
    task = event.task
    if as_json:
        typer.echo(json.dumps({"event": event.name, "id": event.id, "data": task.raw}, ensure_ascii=False))
    else:
        why = f"  {plain(task.error)}" if task.error else ""
        typer.echo(f"{_when(int(datetime.now(UTC).timestamp()))}  {task.id}  {event.name}  {task.progress}%{why}")


def _when(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}Z"


def _json(found: Any) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _with_operators() -> None:
    """Add what works in the journal itself, where the server's packages are installed."""
    try:
        from reelgate.cli import settling
    except ModuleNotFoundError:
        return
    for command in (settling.history, settling.parked, settling.resolve):
        app.command()(command)


_with_operators()
