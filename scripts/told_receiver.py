"""The receiver of `make told`: writes every message down, then answers. It starts quickly, for it is killed often."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from contextlib import suppress
from pathlib import Path

REFUSED = 0.05
"""The share of messages that it refuses."""


async def receive(port: int, folder: Path) -> None:
    """Serve for ever."""
    rng = random.Random()
    with (folder / "messages.jsonl").open("a", encoding="utf-8") as file:

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                line, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
                headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
                status = "200 OK"
                if line.startswith("POST"):
                    body = (await reader.readexactly(int(headers["content-length"]))).decode()
                    if rng.random() < REFUSED:
                        status = "503 Full"
                    else:
                        file.write(json.dumps([time.time(), line.split(" ")[1], headers, body]) + "\n")
                        file.flush()
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=1000)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(receive(int(sys.argv[1]), Path(sys.argv[2])))
