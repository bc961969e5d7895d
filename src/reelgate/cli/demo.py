"""`reelgate demo` (`make run`): start the gateway, make a first video through its own API, keep serving."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from reelgate.cli.options import Data, setting
from reelgate.cli.problems import FAILED, leave, one_line
from reelgate.cli.serve import run
from reelgate.client import AsyncReelgate
from reelgate.server.compose import Server
from reelgate.server.logging_setup import set_up_log
from reelgate.server.run import StopSignals, serving
from reelgate.settings import Settings

FIRST_VIDEO = {
    "model": "happyhorse-1.0-t2v",
    "prompt": "一只猫在草地上奔跑",
    "resolution": "720P",
    "ratio": "16:9",
    "duration": 5,
    "watermark": False,
    "seed": 42,
    "parameters": {},
}
POLL_SECONDS = 0.3

CURLS = """\
curl {url}/v1/video/generations -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
  -d '{{"model": "happyhorse-1.0-t2v", "prompt": "一只猫在草地上奔跑", "resolution": "720P", "duration": 5}}'
curl {url}/v1/video/generations/{task} -H 'Authorization: Bearer {key}'
curl {url}/v1/tasks -H 'Authorization: Bearer {key}'
"""


def demo(
    host: Annotated[str, setting("host")] = "127.0.0.1",
    port: Annotated[int, setting("port")] = 8000,
    data: Data = Path("data"),
    out: Annotated[Path, typer.Option("--out", help="Where the video is saved.")] = Path("out"),
    once: Annotated[bool, typer.Option("--once", help="Exit after the video instead of continuing to serve.")] = False,
) -> None:
    """Make a first video through the gateway's own API, then serve until Ctrl-C."""
    set_up_log(level="warning")
    with one_line():
        out.mkdir(parents=True, exist_ok=True)
        run(_demo(Settings(host=host, port=port, data=data, vendors=False), out, once=once))  # a first video is free


async def _demo(settings: Settings, out: Path, *, once: bool) -> None:
    signals = StopSignals()
    with signals.caught():
        async with serving(settings, signals) as server:
            showing = asyncio.create_task(_show(server, out))
            asked = asyncio.create_task(signals.asked())
            await asyncio.wait([showing, asked], return_when=asyncio.FIRST_COMPLETED)
            if showing.done():
                await showing
                if not once:
                    typer.echo("\nServing; Ctrl-C stops.")
                    await asked
            showing.cancel()
            asked.cancel()


async def _show(server: Server, out: Path) -> None:
    console = Console()
    console.print(f"Reelgate serves on [bold]{server.url}[/bold]; making a video: {FIRST_VIDEO['prompt']}")
    headers = {"authorization": f"Bearer {server.key}"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=30) as http:
        created = await _json(http, "POST", "/v1/video/generations", json=FIRST_VIDEO)
        finished = await _watch(http, console, created["id"])
        task = (await _json(http, "GET", "/v1/tasks?limit=1"))["data"][0]
    path = await _save(server, finished, out)
    console.print(
        f"[bold]{path}[/bold]  {task['seconds']:.2f} s, {task['width']}x{task['height']}, "
        f"{path.stat().st_size / 1024:.0f} KiB\n"
    )
    console.print(f"Base URL: {server.url}\nAPI key:  {server.key}\n\nTry it yourself:\n")
    typer.echo(CURLS.format(url=server.url, key=server.key, task=created["id"]))


async def _watch(http: httpx2.AsyncClient, console: Console, task_id: str) -> dict[str, Any]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("waiting", total=100)
        while True:
            data: dict[str, Any] = (await _json(http, "GET", f"/v1/video/generations/{task_id}"))["data"]
            progress.update(bar, completed=int(data["progress"].rstrip("%")), description=data["status"].lower())
            if data["status"] == "SUCCESS":
                return data
            if data["status"] == "FAILURE":
                leave(f"the video was not made: {data['fail_reason']}", FAILED)
            await asyncio.sleep(POLL_SECONDS)


async def _save(server: Server, finished: dict[str, Any], out: Path) -> Path:
    async with AsyncReelgate(server.url, key=server.key) as reelgate:
        return await reelgate.save(finished["result_url"], out / f"{finished['task_id']}.mp4")


async def _json(http: httpx2.AsyncClient, method: str, path: str, **parts: Any) -> dict[str, Any]:
    answer = await http.request(method, path, **parts)
    if answer.is_error:
        leave(f"{method} {path} was answered with HTTP {answer.status_code}: {answer.text[:200]}", FAILED)
    found: dict[str, Any] = answer.json()
    return found
