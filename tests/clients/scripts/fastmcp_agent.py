"""An agent's session by fastmcp's client; prints what came of it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from importlib.metadata import version
from typing import Any

from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

URL, KEY, MODEL = os.environ["GATEWAY_URL"], os.environ["GATEWAY_KEY"], os.environ["MODEL"]
ASKED: list[str] = []


async def agree(message: str, response_type: Any, params: Any, context: Any) -> Any:
    """Agree to a price."""
    ASKED.append(message)
    return {"agree": True}


async def main() -> dict[str, Any]:
    """Preview, order, wait and fetch."""
    transport = StreamableHttpTransport(f"{URL}/mcp", headers={"Authorization": f"Bearer {KEY}"})
    heard: list[float] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        heard.append(done)

    async with Client(transport, elicitation_handler=agree, progress_handler=progress) as client:
        order = {"model": MODEL, "prompt": "a fox in the snow", "duration": 1}
        tools = [one.name for one in await client.list_tools()]
        seen = await client.call_tool("preview", order)
        made = await client.call_tool("generate", order)
        again = await client.call_tool("generate", order)
        task_id = made.structured_content["id"]
        done = await client.call_tool("wait", {"task_id": task_id, "seconds": 200})
        wrong = await client.call_tool("generate", {**order, "duration": 99}, raise_on_error=False)
        dear = await client.call_tool("generate", {**order, "model": "wan2.7-t2v", "duration": 15})
        await client.call_tool("cancel", {"task_id": dear.structured_content["id"]})
    return {
        "version": version("fastmcp-slim"),
        "tools": tools,
        "preview": [one.type for one in seen.content],
        "same": task_id == again.structured_content["id"],
        "video": [one.type for one in done.content],
        "progress": heard,
        "wrong": [wrong.is_error, wrong.content[0].text],
        "dear": dear.structured_content["price"]["amount_micros"],
        "asked": ASKED,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main())) + "\n")
