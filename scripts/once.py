"""`make once`: each installed client orders videos through a line that drops, delays, doubles and cuts at random.

Every order must have become one task, however often the client and its program sent it. What breaks is the line itself:
no answer is taken for a client that then does not get it. Orders without an Idempotency-Key are not doubled, since
nothing tells two equal orders from one that was doubled on its way. Ends with status 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from scripts.serving import gateway

ROOT = Path(__file__).parents[1]
KEY = "sk-once-0123456789abcdefghijklmnopqrstuvwxyz"
MODES = ("plain", "keyed")
SHARE = 1 / 3
"""Of the creates goes wrong on the way."""
_RESET = struct.pack("ii", 1, 0)


class Client(NamedTuple):
    """A client of `scripts/insist.py` or `scripts/clients`, and the environment that has it ("" for this one)."""

    name: str
    environment: str = ""

    @property
    def python(self) -> Path:
        """The Python that has it."""
        return (
            Path(sys.prefix) / "clients" / self.environment / "bin/python" if self.environment else Path(sys.executable)
        )


CLIENTS = (
    Client("openai", "openai-2"),
    Client("openai", "vendors"),
    Client("litellm", "openai-2"),
    Client("ark", "vendors"),
    Client("dashscope", "vendors"),
    Client("dashscope-client", "vendors"),
    Client("reelgate"),
    Client("urllib"),
    Client("net/http"),
    Client("java.net.http"),
)
PROGRAMS = ROOT / "scripts" / "clients"
BUILDS = {
    "net/http": lambda folder: ["go", "build", "-o", str(folder / "orders"), str(PROGRAMS / "go/orders.go")],
    "java.net.http": lambda folder: ["javac", "-d", str(folder), str(PROGRAMS / "java/Orders.java")],
}
"""How the clients are compiled that are not Python's."""


class Broken(Exception):
    """The line is cut, or one of its ends has gone."""


class BadLine:
    """Passes calls on to a server, and lets one in three creates go wrong on the way."""

    def __init__(self, target: str, seed: int, *, doubles: bool) -> None:
        address = urlsplit(target)
        self._target = address.hostname or "", address.port or 80
        self._rng = random.Random(seed)
        self._ways = [
            "lost",
            "unanswered",
            "delayed",
            "cut there",
            "cut",
            "cut back",
            *(["doubled"] if doubles else []),
        ]
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.done: Counter[str] = Counter()
        """How often what was done to a create."""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more clients."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection(self._target)
        try:
            with suppress(OSError, Broken):
                while (call := _message(client)) is not None:
                    self._carry(call, client, server)
        finally:
            for line in (server, client):  # a server never sees that its client took what the line has lost
                with suppress(OSError):
                    line.close()

    def _carry(self, call: bytes, client: socket.socket, server: socket.socket) -> None:
        way = self._rng.choice(self._ways) if self._rng.random() < SHARE else "carried"
        self.done[way] += 1
        if way == "delayed":
            time.sleep(self._rng.random() / 2)
        if way == "cut there":
            server.sendall(call[: self._rng.randrange(len(call))])
            _cut(server, client)
        if way != "lost":
            server.sendall(call)
        if way in ("lost", "unanswered"):
            time.sleep(self._rng.random() / 20)
            _close(server)
            client.recv(1)  # until the client gives up
            raise Broken
        if way == "cut":
            time.sleep(self._rng.random() / 50)
            _cut(server, client)
        if way == "cut back":
            there = server.recv(65536, socket.MSG_PEEK)
            client.sendall(server.recv(self._rng.randrange(1, len(there))))
            _cut(server, client)
        if way == "doubled":
            with socket.create_connection(self._target) as other:
                other.sendall(call)
                _message(other)
        _await(server, client)
        client.sendall(_message(server) or b"")


def _await(server: socket.socket, client: socket.socket) -> None:
    """Wait for the answer; a client that gives up meanwhile takes the line with it."""
    while True:
        ready, _, _ = select.select([server, client], [], [])
        if client in ready and not client.recv(1, socket.MSG_PEEK):
            _cut(server, client)
        if server in ready:
            return


def _cut(*lines: socket.socket) -> None:
    for line in lines:
        _close(line)
    raise Broken


def _close(line: socket.socket) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    line.close()


def _message(line: socket.socket) -> bytes | None:
    """Return one whole call or answer, None where the other end has closed."""
    found = b""
    while b"\r\n\r\n" not in found:
        data = line.recv(65536)
        if not data:
            return None
        found += data
    head, _, _ = found.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *([0-9]+)", head, re.IGNORECASE)
    size = len(head) + 4 + (int(length[1]) if length else 0)
    while len(found) < size:
        data = line.recv(65536)
        if not data:
            raise Broken
        found += data
    return found


def prompts(url: str) -> Counter[str]:
    """Return how many tasks there are of each prompt."""
    found: Counter[str] = Counter()
    query = {"limit": "100"}
    while True:
        address = f"{url}/v1/tasks?{urlencode(query)}"
        call = urllib.request.Request(address, headers={"Authorization": f"Bearer {KEY}"})  # noqa: S310
        with urllib.request.urlopen(call) as answer:  # noqa: S310
            page = json.load(answer)
        found.update(task["prompt"] for task in page["data"])
        if not page["has_more"]:
            return found
        query["cursor"] = page["next_cursor"]


def _built(client: Client, folder: Path) -> bool:
    """Compile a client that needs it; return whether it can run here."""
    build = BUILDS.get(client.name)
    if build is None:
        return True
    command = build(folder)
    if shutil.which(command[0]) is None:
        print(f"{client.name}: left out, there is no {command[0]} here; scripts/clients.sh installs it", flush=True)
        return False
    cache = {"GO111MODULE": "off", "GOCACHE": str(folder / "go-cache"), "GOFLAGS": ""}
    subprocess.run(command, env={**os.environ, **cache}, check=True)
    return True


def _command(client: Client, folder: Path) -> list[str]:
    if client.name == "net/http":
        return [str(folder / "orders")]
    if client.name == "java.net.http":
        return ["java", "-cp", str(folder), "Orders"]
    return [str(client.python), str(ROOT / "scripts" / "insist.py"), client.name]


def run(url: str, client: Client, mode: str, *, count: int, seed: int, folder: Path) -> bool:
    """Let one client order; print what came of it, and return whether each order became one task."""
    line = BadLine(url, seed, doubles=mode == "keyed")
    prefix = f"{client.name} {client.environment or 'as it comes'} {mode}"
    begun = time.monotonic()
    ended = subprocess.run(
        [*_command(client, folder), line.url, KEY, prefix, str(count), mode],
        cwd=ROOT,
        env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "no_proxy": "127.0.0.1"},
        check=False,
    )
    line.close()
    made = {prompt: times for prompt, times in prompts(url).items() if prompt.startswith(f"{prefix} ")}
    more = sum(times - 1 for times in made.values())
    ways = ", ".join(f"{times} {way}" for way, times in sorted(line.done.items()))
    print(f"{prefix}: {count} orders, {line.done.total()} calls in {time.monotonic() - begun:.0f} s ({ways})")
    print(f"  ordered: {len(made)}, tasks too many: {more}", flush=True)
    return ended.returncode == 0 and len(made) == count and more == 0


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1000, help="of each client in each mode")
    parser.add_argument("--clients", nargs="*", help="these only")
    parser.add_argument("--modes", nargs="*", choices=MODES, default=MODES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", default="", help="the journal; by default SQLite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = ["--store", asked.store] if asked.store else []
        with gateway(folder, "--workers", "0", *store, key=KEY) as server:
            clients = [client for client in CLIENTS if not asked.clients or client.name in asked.clients]
            kept = [
                run(server.url, client, mode, count=asked.orders, seed=asked.seed, folder=folder)
                for client in clients
                if _built(client, folder)
                for mode in asked.modes
            ]
    print("every order became one task" if all(kept) else "BROKEN")
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
