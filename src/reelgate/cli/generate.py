"""`reelgate generate`: make one video on a running server and save it."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from reelgate.cli.options import DEFAULT_URL, Data, KeyOption, Notes, Url, key_of, notes
from reelgate.cli.order_fields import More, with_order_fields
from reelgate.cli.problems import STOPPED, leave, one_line
from reelgate.client import Reelgate, Task
from reelgate.client.media import address

Prompt = Annotated[str, typer.Argument(help="What to show.")]
ModelName = Annotated[str, typer.Option("--model", help="A model of `reelgate models`.")]
FirstFrame = Annotated[str, typer.Option("--image", help="The first frame: an address or a file.")]
LastFrame = Annotated[str, typer.Option("--last-image", help="The last frame: an address or a file.")]
References = Annotated[list[str] | None, typer.Option(help="An address or a file; may be given several times.")]
Clip = Annotated[str, typer.Option("--video", help="The clip to edit: an address or a file.")]
Seconds = Annotated[int | None, typer.Option("--duration", help="Seconds.")]
Resolution = Annotated[str, typer.Option("--resolution", help="720p, 1080p …")]
Ratio = Annotated[str, typer.Option("--ratio", help="16:9, 9:16 …")]
DEFAULT_MODEL = "happyhorse-1.0-t2v"


@with_order_fields
def generate(
    prompt: Prompt,
    model: ModelName = DEFAULT_MODEL,
    image: FirstFrame = "",
    last_image: LastFrame = "",
    reference: References = None,
    video: Clip = "",
    duration: Seconds = None,
    resolution: Resolution = "",
    ratio: Ratio = "",
    seed: Annotated[int | None, typer.Option("--seed", help="The same seed gives the same video.")] = None,
    metadata: Notes = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the video is saved.")] = Path("out.mp4"),
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Print the task's id and leave; nothing is saved.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the task as the server shows it.")] = False,
    url: Url = DEFAULT_URL,
    key: KeyOption = "",
    data: Data = Path("data"),
    *,
    more: More,
) -> None:
    """Make one video and save it; the price and the task's id are told at once."""
    with one_line():
        if not no_wait:
            _check_savable(output)
        fields = create_fields(
            model=model, prompt=prompt, image=image, last_image=last_image, references=reference or [], video=video,
            duration=duration, resolution=resolution, ratio=ratio, seed=seed,
        ) | more()  # fmt: skip
        if metadata:
            fields["metadata"] = notes(metadata)
        with Reelgate(url, key=key_of(key, data), retry_seconds=0) as at_once:
            price = at_once.quote(**fields)["price"]  # a server that is not there is told of now, not in minutes
        with Reelgate(url, key=key_of(key, data)) as reelgate:
            task = reelgate.generate(**fields)
            typer.echo(f"task {task.id}  {price['amount_micros'] / 1_000_000:g} {price['currency']}", err=True)
            if no_wait:
                typer.echo(json.dumps(task.raw, ensure_ascii=False) if as_json else task.id)
                return
            try:
                path = _waited_for(task).save(output)
            except typer.Exit:
                raise
            except KeyboardInterrupt:
                leave(f"stopped; {_goes_on(task.id)}", STOPPED)
            except BaseException:
                typer.echo(_still_there(task.id, url), err=True)
                raise
        told = f"{path}  {path.stat().st_size / 1024:.0f} KiB  seed {task.raw['seed']}  task {task.id}"
        typer.echo(json.dumps({**task.raw, "saved": str(path)}, ensure_ascii=False) if as_json else told)


def create_fields(
    *, image: str, last_image: str, references: list[str], video: str, **settings: str | int | None
) -> dict[str, Any]:
    """Return a create's fields without those that nobody gave; files are put in as data URIs. Raises OSError."""
    fields: dict[str, Any] = {
        **settings,
        "image": image and address(image),
        "last_image": last_image and address(last_image),
        "images": [address(item) for item in references],
        "video": video and address(video),
    }
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _check_savable(output: Path) -> None:
    """Raise ValueError where no video could be saved, before one is made and charged."""
    if output.is_dir():
        raise ValueError(f"{output} is a folder; name the file with -o")
    if not output.parent.is_dir():
        raise ValueError(f"there is no folder {output.parent} to save {output.name} in; make it first")
    try:
        with tempfile.TemporaryFile(dir=output.parent):
            pass
    except OSError as error:
        raise ValueError(f"nothing can be saved in {output.parent}: {error.strerror}") from None


def _waited_for(task: Task) -> Task:
    """Wait for a task; on Ctrl-C ask what shall become of it."""
    while True:
        try:
            return task.wait(progress=True)
        except KeyboardInterrupt:
            if not sys.stdin.isatty():
                raise
            try:
                off = typer.confirm(f"\nCall {task.id} off? (Ctrl-C again: leave it running)", default=False, err=True)
            except (typer.Abort, EOFError):
                raise KeyboardInterrupt from None
            if off:
                task.cancel()
                leave(f"{task.id} is called off; nothing is charged for it", STOPPED)


def _goes_on(task_id: str) -> str:
    """Say how to get at a task that was left running."""
    return (
        f"{task_id} goes on at the server: `reelgate tasks download {task_id}` waits for it and saves it, "
        f"`reelgate tasks cancel {task_id}` calls it off"
    )


def _still_there(task_id: str, url: str) -> str:
    """Return where a video is to be had that was ordered and not saved."""
    return (
        f"task {task_id} stays at the server: GET {url}/v1/tasks/{task_id} tells how it stands and where its video is, "
        f"POST {url}/v1/tasks/{task_id}/cancel calls it off"
    )
