"""LiteLLM's proxy beside Reelgate in one run: creates and polls a second, one client and many.

The proxy comes from PyPI into a virtual environment of its own, at the version that is asked for. It stores nothing and
asks its upstream within each call; the upstream here answers at once, in a process of its own.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.http import CLIENTS, CREATE, KEY, Server, gateway
from bench.load import drive_any, request_bytes

VERSION = "1.108.0"
START_SECONDS = 120.0
_VIDEO = {
    "id": "video_0123456789abcdef",
    "object": "video",
    "model": "sora-2",
    "status": "queued",
    "progress": 0,
    "created_at": 1_795_000_000,
    "size": "720x1280",
    "seconds": "4",
}
_BODY = json.dumps({"model": "sora-2", "prompt": "a cat", "seconds": "4"}).encode()


class _Upstream(BaseHTTPRequestHandler):
    """Answers everything with the same video, at once."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a head and a body that wait for each other would slow whoever asks down

    def do_POST(self) -> None:
        """Take a create."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        """Answer."""
        body = json.dumps(_VIDEO).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def bench_peers(seconds: float, version: str) -> None:
    """Print creates and polls a second of both."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        proxy = stack.enter_context(_litellm(Path(folder), version))
        ours = stack.enter_context(gateway(Path(folder) / "data", 0))
        body = json.dumps({"model": "happyhorse-1.0-t2v", "prompt": "a cat", "resolution": "720P", "duration": 3})
        task = _id_of(_call(ours.port, "POST", CREATE, body.encode()))
        video = _id_of(_call(proxy.port, "POST", "/v1/videos", _BODY))
        for name, theirs, own in (
            (
                "create",
                request_bytes("POST", "/v1/videos", KEY, _BODY),
                request_bytes("POST", CREATE, KEY, body.encode()),
            ),
            (
                "poll",
                request_bytes("GET", f"/v1/videos/{video}", KEY),
                request_bytes("GET", f"{CREATE}/{task}", KEY),
            ),
        ):
            for clients in (1, CLIENTS):
                there = drive_any(proxy.port, theirs, clients=clients, seconds=seconds)
                here = drive_any(ours.port, own, clients=clients, seconds=seconds)
                print(
                    f"peers   {name:6} {clients:3} clients: litellm {version} {there.per_second:7.0f}/s p99 "
                    f"{there.p99 / 1000:6.1f} ms, reelgate {here.per_second:7.0f}/s p99 {here.p99 / 1000:6.1f} ms",
                    flush=True,
                )


@contextmanager
def _litellm(folder: Path, version: str) -> Iterator[Server]:
    place = folder / "litellm"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", f"litellm[proxy]=={version}"], check=True)
    upstream = subprocess.Popen([sys.executable, "-m", "bench.peers"], stdout=subprocess.PIPE, text=True)
    port = _free_port()
    try:
        address = (upstream.stdout.readline() if upstream.stdout else "").strip()
        config = folder / "litellm.yaml"
        config.write_text(
            "model_list:\n- model_name: sora-2\n  litellm_params:\n"
            f"    model: openai/sora-2\n    api_base: {address}/v1\n    api_key: upstream\n"
            f"general_settings:\n  master_key: {KEY}\n"
        )
        proxy = subprocess.Popen(
            [place / "bin" / "litellm", "--config", config, "--port", str(port), "--num_workers", "1"],
            env={**os.environ, "LITELLM_MODE": "PRODUCTION", "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with suppress(OSError):
                os.sched_setaffinity(proxy.pid, {0})
            _wait(port)
            yield Server(port, proxy.pid)
        finally:
            proxy.terminate()
            proxy.wait(60)
    finally:
        upstream.terminate()
        upstream.wait(60)


def _wait(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/liveliness", timeout=2).close()
            return
        time.sleep(0.5)
    raise RuntimeError("litellm did not start")


def _call(port: int, method: str, path: str, body: bytes) -> bytes:
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        content: bytes = answer.read()
        return content


def _id_of(answer: bytes) -> str:
    said = json.loads(answer)
    return str(said.get("id") or said["task_id"])


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Upstream)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
