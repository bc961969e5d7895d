"""Runs the yardstick with the gateway's own uvicorn settings; prints its port."""

from __future__ import annotations

import uvicorn

from bench.bare import app
from reelgate.server.run import listen


def main() -> None:
    """Serve until terminated."""
    sock = listen("127.0.0.1", 0)
    print(sock.getsockname()[1], flush=True)
    config = uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off", server_header=False)
    uvicorn.Server(config).run(sockets=[sock])


if __name__ == "__main__":
    main()
