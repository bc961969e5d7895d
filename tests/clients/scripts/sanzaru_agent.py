"""Sanzaru, an MCP server and a command line tool that order `sora-2`, as an agent and a shell use them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from PIL import Image

from tests.clients.scripts.common import KEY, PICTURE, URL, tell

POLL_SECONDS = 0.2
FOLDER = Path(PICTURE).parent / "sanzaru"
FRAME = "frame.png"
SETTINGS = {
    "OPENAI_API_KEY": KEY,
    "OPENAI_BASE_URL": f"{URL}/v1",
    "VIDEO_PATH": str(FOLDER),
    "IMAGE_PATH": str(FOLDER),
    "PATH": os.environ["PATH"],
    "HOME": os.environ["HOME"],
}


async def session() -> dict[str, Any]:
    """Order, watch, fetch, remix, list and delete by the server's tools."""
    server = StdioServerParameters(command=sys.executable, args=["-m", "sanzaru"], env=SETTINGS)
    async with stdio_client(server) as streams, ClientSession(*streams) as agent:
        await agent.initialize()

        async def call(tool: str, **arguments: Any) -> Any:
            answer = await agent.call_tool(tool, arguments)
            text = getattr(answer.content[0], "text", "")
            return text if answer.is_error else json.loads(text)

        created = await call("create_video", prompt="a cat on a wall")
        done = created
        while done["status"] in ("queued", "in_progress"):
            await asyncio.sleep(POLL_SECONDS)
            done = await call("get_video_status", video_id=created["id"])
        order = {"prompt": "a cat", "size": "1280x720", "seconds": "8"}
        pictured = await call("create_video", **order, input_reference_filename=FRAME)
        large = await call("create_video", prompt="a cat", model="sora-2-pro", size="1792x1024", seconds="12")
        heads = {}
        for variant in ("video", "thumbnail", "spritesheet"):
            saved = await call("download_video", video_id=created["id"], variant=variant)
            heads[variant] = (FOLDER / saved["filename"]).read_bytes()[:12].hex()
        return {
            "created": created,
            "done": done,
            "pictured": pictured,
            "large": large,
            "heads": heads,
            "remixed": await call("remix_video", previous_video_id=created["id"], prompt="it snows"),
            "listed": await call("list_videos", limit=2),
            "wrong": await call("create_video", prompt="a cat", size="1792x1024"),
            "deleted": await call("delete_video", video_id=created["id"]),
        }


def shell() -> dict[str, Any]:
    """Order and fetch in one line of a shell."""
    film = FOLDER / "clip.mp4"
    line = [
        "video",
        "create",
        "a cat on a wall",
        "--seconds",
        "8",
        "--poll-interval",
        str(POLL_SECONDS),
        "-o",
        str(film),
    ]
    called = [sys.executable, "-m", "sanzaru", *line]
    done = subprocess.run(called, env=SETTINGS, capture_output=True, text=True, check=False)
    return {"exit": done.returncode, "said": json.loads(done.stdout.splitlines()[-1]), "film": film.stat().st_size}


FOLDER.mkdir(exist_ok=True)
Image.new("RGB", (1280, 720), "#c03030").save(FOLDER / FRAME)
tell(version=version("sanzaru"), agent=asyncio.run(session()), shell=shell())
