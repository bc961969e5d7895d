"""`reelgate generate`: make one video on a running server and save it."""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from reelgate.cli.options import AT_SERVER, AtServer, Notes, key_of, notes, takes_groups
from reelgate.cli.order import OrderInputs
from reelgate.cli.order_fields import More, with_order_fields
from reelgate.cli.problems import STOPPED, leave, one_line
from reelgate.client import Conflict, Reelgate, ServerFailed, Task, Unreachable, UnreadableAnswer

_PERHAPS = "the order may have been placed: `reelgate tasks` lists it; look there before you order again"
_USUAL_OUTPUT = Path("out.mp4")
_CANCELLED = "cancelled"
_CANCEL_SECONDS = 5


@with_order_fields
@takes_groups
def generate(
    order: OrderInputs,
    seed: Annotated[int | None, typer.Option("--seed", help="The same seed gives the same video.")] = None,
    metadata: Notes = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Where the video is saved; by default out.mp4, which must not exist yet."),
    ] = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Print the task's id and exit; nothing is saved.")] = False,
    server: AtServer = AT_SERVER,
    *,
    more: More,
) -> None:
    """Make one video and save it. The price and the task's id are printed first."""
    with one_line():
        target = output or _USUAL_OUTPUT
        if not no_wait:
            _check_savable(target, named=output is not None)
        fields = order.fields(seed) | more()
        if metadata:
            fields["metadata"] = notes(metadata)
        with Reelgate(server.url, key=key_of(server.key, server.data), retry_seconds=0) as at_once:
            price = at_once.quote(**fields)["price"]  # a server that is not there is reported now, not in minutes
        with Reelgate(server.url, key=key_of(server.key, server.data)) as reelgate:
            task = _ordered(reelgate, fields)
            typer.echo(f"task {task.id}  {task.price_micros / 1_000_000:g} {price['currency']}", err=True)
            if no_wait:
                typer.echo(json.dumps(task.raw, ensure_ascii=False) if server.as_json else task.id)
                return
            try:
                path = _waited_for(task).save(target)
            except typer.Exit:
                raise
            except KeyboardInterrupt:
                leave(f"stopped; {_goes_on(task.id)}", STOPPED)
            except BaseException:
                typer.echo(_still_there(task.id, server.url), err=True)
                raise
        told = f"{path}  {path.stat().st_size / 1024:.0f} KiB  seed {task.raw['seed']}  task {task.id}"
        typer.echo(json.dumps({**task.raw, "saved": str(path)}, ensure_ascii=False) if server.as_json else told)


def _check_savable(output: Path, *, named: bool) -> None:
    """Raise ValueError if no video could be saved, before one is made and charged."""
    if not named and output.exists():
        raise ValueError(f"{output} exists already; name another file with -o, or this one to replace it")
    if output.is_dir():
        raise ValueError(f"{output} is a folder; name the file with -o")
    if not output.parent.is_dir():
        raise ValueError(f"there is no folder {output.parent} to save {output.name} in; make it first")
    try:
        with tempfile.TemporaryFile(dir=output.parent):
            pass
    except OSError as error:
        raise ValueError(f"nothing can be saved in {output.parent}: {error.strerror}") from None


def _ordered(reelgate: Reelgate, fields: dict[str, Any]) -> Task:
    """Order the video; of an order whose answer did not come or can't be read, say that it may have been placed."""
    try:
        return reelgate.generate(**fields)
    except KeyboardInterrupt:
        leave(f"stopped; {_PERHAPS}", STOPPED)
    except (Unreachable, ServerFailed, UnreadableAnswer):
        typer.echo(_PERHAPS, err=True)
        raise


def _waited_for(task: Task) -> Task:
    """Wait for a task; on Ctrl-C ask whether to cancel it or leave it running."""
    while True:
        try:
            return task.wait(progress=True)
        except KeyboardInterrupt:
            if not sys.stdin.isatty():
                raise
            try:
                off = typer.confirm(f"\nCancel {task.id}? (Ctrl-C again: leave it running)", default=False, err=True)
            except (typer.Abort, EOFError):
                raise KeyboardInterrupt from None
            if off:
                _cancel(task)


def _cancel(task: Task) -> None:
    """Cancel a task and leave; return where it has ended otherwise."""
    with contextlib.suppress(Conflict):
        task.cancel()
    if task.state != _CANCELLED:  # soon, or never: what is being stored is too late for it
        task.refresh(wait=_CANCEL_SECONDS)
    if task.state == _CANCELLED:
        leave(f"{task.id} is cancelled; nothing is charged for it", STOPPED)
    if not task.ended:
        leave(f"{task.id} is being cancelled; `reelgate tasks show {task.id}` says how it ends", STOPPED)


def _goes_on(task_id: str) -> str:
    """Say how to get at a task that was left running."""
    return (
        f"{task_id} continues at the server: `reelgate tasks download {task_id}` waits for it and saves it, "
        f"`reelgate tasks cancel {task_id}` cancels it"
    )


def _still_there(task_id: str, url: str) -> str:
    """Return where a video that was ordered but not saved can be fetched."""
    return (
        f"task {task_id} stays at the server: GET {url}/v1/tasks/{task_id} returns its state and its video's link, "
        f"POST {url}/v1/tasks/{task_id}/cancel cancels it"
    )
