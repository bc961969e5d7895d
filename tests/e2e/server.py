"""A gateway as a person starts it: `reelgate serve` in a process of its own, spoken to over plain HTTP."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import IO, Any, NamedTuple
from uuid import uuid4

from reelgate.providers.configured import kinds

KEY = "sk-test-0123456789abcdefghijklmnopqrstuvwxyz"
START_SECONDS = 480.0
END_SECONDS = 480.0


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Server:
    """One running gateway."""

    def __init__(self, process: subprocess.Popen[str], url: str, key: str) -> None:
        self.process = process
        self.url = url
        self.key = key

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = "",
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Reply:
        """Make one request; `key` None sends none, "" the server's own. `path` may be a whole address."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        if key is not None:
            sent.setdefault("Authorization", f"Bearer {key or self.key}")
        data = raw if raw is not None else None if body is None else json.dumps(body, ensure_ascii=False).encode()
        address = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(address, data=data, method=method, headers=sent)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=480) as answer:  # noqa: S310
                return Reply(answer.status, _lower(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, _lower(error.headers), error.read())

    def get(self, path: str, **options: Any) -> Reply:
        """GET."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        """POST."""
        return self.call("POST", path, body, **options)

    def until(self, path: str, done: Callable[[Any], bool], seconds: float = END_SECONDS) -> Any:
        """Poll until the answer is as wanted; fail with the last answer when it never is."""
        begun = time.monotonic()
        pause = threading.Event()
        while True:
            answer = self.get(path).json
            if done(answer):
                return answer
            waited = time.monotonic() - begun
            assert waited < seconds, f"{path} still answers {answer}"
            pause.wait(min(0.05 + waited / 40, 0.2))  # each look takes processor time from what is waited for

    def ordered(self, path: str, body: Any, done: Callable[[Any], bool], **headers: str) -> Reply:
        """Order with a wait; on a busy machine that is over before the video is done: the same order then waits on."""
        sent = {"Idempotency-Key": uuid4().hex, **{name.replace("_", "-"): value for name, value in headers.items()}}
        end = time.monotonic() + END_SECONDS
        while True:
            reply = self.post(path, body, headers=sent)
            if done(reply.json):
                return reply
            assert time.monotonic() < end, f"{path} still answers {reply.body!r}"

    def call_off(self, *, key: str = "", begun: bool = False) -> None:
        """Cancel what still waits, or also what is `begun`: what no test looks at any more need not be drawn."""
        for status in ("queued", "in_progress") if begun else ("queued",):
            for task in self.get(f"/v1/tasks?status={status}&limit=100", key=key).json["data"]:
                self.post(f"/v1/tasks/{task['id']}/cancel", key=key)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(480)


def _lower(headers: Message[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def command(*arguments: str) -> list[str]:
    """Return the command line of a `reelgate` call."""
    return [sys.executable, "-m", "reelgate", *arguments]


def environment(**settings: str) -> dict[str, str]:
    """Return an environment with no settings of ours but these."""
    ours = ("REELGATE_", *(name for kind in kinds() for name in (kind.key_env, kind.url_env) if name))
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return clean | settings


@contextmanager
def serving(data: Path, *options: str, key: str = KEY, open_files: str = "", **settings: str) -> Iterator[Server]:
    """Start a gateway on a free port and stop it again; `open_files` are its limits of them, as 256:1024."""
    called = command("serve", "--port", "0", "--data", str(data), *options)
    if open_files:
        soft, _, hard = open_files.partition(":")
        called = ["sh", "-c", f'ulimit -Sn {soft}; ulimit -Hn {hard}; exec "$@"', "sh", *called]
    with (data.parent / f"{data.name}.log").open("a") as log:
        process = subprocess.Popen(
            called,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment(REELGATE_KEY=key, PYTHONUNBUFFERED="1", **settings),
        )
    try:
        yield Server(process, _address(process), key)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _address(process: subprocess.Popen[str]) -> str:
    """Return the address that the first line on stdout names."""
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=_pass_on, args=(process.stdout, lines), daemon=True).start()
    line = lines.get(timeout=START_SECONDS)
    assert "http" in line, f"the server did not start: {line!r}"
    return line.split()[-1]


def _pass_on(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")
