"""`reelgate generate`: make one video on a running server and save it."""

from __future__ import annotations

import base64
import mimetypes
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from reelgate.cli.options import DEFAULT_URL, Data, KeyOption, Url, key_of
from reelgate.cli.problems import one_line
from reelgate.client import Reelgate, RemoteTask

_Media = Annotated[list[str] | None, typer.Option(help="An address or a file; may be given several times.")]


def generate(
    prompt: Annotated[str, typer.Argument(help="What to show.")],
    model: Annotated[str, typer.Option("--model", help="A model of `reelgate models`.")] = "happyhorse-1.0-t2v",
    image: Annotated[str, typer.Option("--image", help="The first frame: an address or a file.")] = "",
    last_image: Annotated[str, typer.Option("--last-image", help="The last frame: an address or a file.")] = "",
    reference: _Media = None,
    video: Annotated[str, typer.Option("--video", help="The clip to edit: an address or a file.")] = "",
    duration: Annotated[int | None, typer.Option("--duration", help="Seconds.")] = None,
    resolution: Annotated[str, typer.Option("--resolution", help="720p, 1080p …")] = "",
    ratio: Annotated[str, typer.Option("--ratio", help="16:9, 9:16 …")] = "",
    seed: Annotated[int | None, typer.Option("--seed", help="The same seed gives the same video.")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the video is saved.")] = Path("out.mp4"),
    url: Url = DEFAULT_URL,
    key: KeyOption = "",
    data: Data = Path("data"),
) -> None:
    """Make one video and save it."""
    with one_line():
        fields = {
            "model": model,
            "prompt": prompt,
            "image": _media(image),
            "last_image": _media(last_image),
            "images": [_media(item) for item in reference or ()],
            "video": _media(video),
            "duration": duration,
            "resolution": resolution,
            "ratio": ratio,
            "seed": seed,
        }
        with Reelgate(url, key=key_of(key, data)) as reelgate:
            task = _made(reelgate, {name: value for name, value in fields.items() if value not in (None, "", [])})
            path = reelgate.download(task, output)
        typer.echo(f"{path}  {path.stat().st_size / 1024:.0f} KiB  seed {task.raw['seed']}  task {task.id}")


def _made(reelgate: Reelgate, fields: dict[str, Any]) -> RemoteTask:
    created = reelgate.create(**fields)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, transient=True) as progress:
        bar = progress.add_task("waiting", total=100)
        return reelgate.wait(
            created.id, lambda task: progress.update(bar, completed=task.progress, description=task.state)
        )


def _media(item: str) -> str:
    """Return an address as it is, a local file as a data URI."""
    if not item or item.startswith(("http://", "https://", "data:")):
        return item
    kind = mimetypes.guess_type(item)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(Path(item).read_bytes()).decode()}"
