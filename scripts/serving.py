"""Servers under a script's hand: started, killed, and started again on the same folder and port."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from reelgate.providers.configured import kinds

START_SECONDS = 240.0
END_SECONDS = 60.0
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
PROGRAM = (sys.executable, "-m", "reelgate")
_TRY_SECONDS = 10.0
_LOOK_SECONDS = 0.05
_LINES = 5
"""Of a log that are shown where its server ended by itself."""


class Process:
    """A process that answers over HTTP. As a context manager it runs from entering on, and is ended on leaving.

    `log` is the file that its output goes to, `kills` how often `kill` ended it.
    """

    def __init__(
        self, command: Sequence[str], *, port: int, log: Path, ready: str, environment: Mapping[str, str]
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self.kills = 0
        self._command = list(command)
        self._ready = ready
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it, and wait until it answers. Raises SystemExit where it ends instead, or never does."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._environment)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                last = "\n".join(self.log.read_text(encoding="utf-8").splitlines()[-_LINES:])
                raise SystemExit(f"{' '.join(self._command[:5])} does not run: {last}")
            time.sleep(_LOOK_SECONDS)
        return self

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it with a signal; one that does not go for it is killed after a minute."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End it as a power cut does."""
        self.stop(signal.SIGKILL)
        self.kills += 1

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + self._ready, timeout=_TRY_SECONDS) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False


_HELD: list[socket.socket] = []


def free_port() -> int:
    """Return a free port. It stays bound here, so that the system gives it to nobody else; a server that sets
    SO_REUSEADDR can listen there, also after one that was killed.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    _HELD.append(held)
    port: int = held.getsockname()[1]
    return port


def environment(**settings: str) -> dict[str, str]:
    """Return the environment without settings of Reelgate's and keys of vendors, but with these."""
    ours = ("REELGATE_", *(name for kind in kinds() for name in (kind.key_env, kind.url_env) if name))
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | settings


def gateway(
    folder: Path,
    *options: str,
    key: str,
    port: int = 0,
    program: Sequence[str] = PROGRAM,
    settings: Mapping[str, str] = NO_SETTINGS,
) -> Process:
    """Return a gateway that is not started yet: its data in `folder/data`, its log in `folder/gateway.log`."""
    port = port or free_port()
    command = [*program, "serve", "--port", str(port), "--data", str(folder / "data"), *options]
    log = folder / "gateway.log"
    named = environment(REELGATE_KEY=key, PYTHONUNBUFFERED="1", no_proxy="127.0.0.1", **dict(settings))
    return Process(command, port=port, log=log, ready="/readyz", environment=named)


async def kill_every(
    process: Process, seconds: float, rng: random.Random, over: asyncio.Event, *, dead_seconds: float = 0.0
) -> None:
    """Kill it about every `seconds`, leave it dead for up to `dead_seconds`, start it again; it runs when this ends."""
    while not await passed(over, seconds * rng.uniform(0.5, 1.5)):
        await asyncio.to_thread(process.kill)
        await asyncio.sleep(rng.uniform(0, dead_seconds))
        await asyncio.to_thread(process.start)


async def passed(over: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until it is over; return whether it is."""
    with suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), seconds)
    return over.is_set()
