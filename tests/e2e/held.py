"""Holds the processes that draw, so that what a test orders is begun and not done before the test has looked at it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.children import children
from tests.e2e.server import Server

DRAWING = "reelgate.animatic.worker"


@contextmanager
def held(gateway: Server) -> Iterator[None]:
    """Stop a gateway's processes that draw, and let them go on at the end, those that were not killed meanwhile.

    The gateway is the test's own: where a render was called off just before, another process is about to come.
    """
    stopped = children(DRAWING, gateway.process.pid)
    assert stopped, "the gateway has no process that draws"
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in stopped & children(DRAWING, gateway.process.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


def begun(gateway: Server, body: dict[str, Any], path: str = "/v1/video/generations") -> str:
    """Order a video, and return its id once a process has been given it."""
    created = gateway.post(path, body)
    assert created.status == 200, created.body
    task: str = created.json["id"]
    gateway.until(f"/v1/tasks/{task}", lambda answer: answer["state"] == "running")
    return task
