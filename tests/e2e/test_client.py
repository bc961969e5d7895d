"""The Python client with a real gateway, through a restart of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reelgate import Reelgate
from reelgate.client import Conflict, InvalidRequest, NotFound, WrongSignature, verify_webhook
from tests.e2e.server import END_SECONDS, KEY, Server, environment
from tests.e2e.test_webhooks import inbox, server
from tests.ports import reserved

__all__ = ["server"]


def test_a_video_from_order_to_file(server: Server, tmp_path: Path) -> None:
    with Reelgate(server.url, key=server.key) as client:
        price = client.quote("a lighthouse", model="animatic", duration=1)["price"]["amount_micros"]
        task = client.generate("a lighthouse", model="animatic", duration=1)
        names = [event.name for event in task.events()]
        assert names[-1] == "task.succeeded"
        assert task.price_micros == price
        saved = task.save(tmp_path / "v.mp4")
        assert saved.stat().st_size == task.raw["bytes"]
        assert client.balance()["object"] == "balance"
        assert client.usage()["project"]
        assert client.model("animatic")["id"] == "animatic"
        assert task.id in [one.id for one in client.tasks(model="animatic")]
        with pytest.raises(Conflict):
            task.cancel()
        task.delete()
        with pytest.raises(NotFound):
            client.get(task.id)
        with pytest.raises(InvalidRequest) as refused:
            client.generate("x", model="animatic", duration=9999)
        assert refused.value.field == "duration"


def test_webhooks_and_their_signatures(server: Server) -> None:
    with inbox() as box, Reelgate(server.url, key=server.key) as client:
        hook = client.webhooks.create(f"{box.url}/hook", events=["*"])
        client.webhooks.test(hook["id"])
        (got,) = box.until(bool)
        for secret in (hook["secret"], hook["public_key"]):
            assert verify_webhook(got.body, got.headers, secret)["type"] == "webhook.test"
            with pytest.raises(WrongSignature):
                verify_webhook(got.body + b" ", got.headers, secret)
        with pytest.raises(WrongSignature):
            verify_webhook(got.body, got.headers, client.webhooks.rotate(hook["id"])["secret"])
        with pytest.raises(WrongSignature):
            verify_webhook(got.body, got.headers, hook["secret"], tolerance=-1)
        (sent,) = client.webhooks.deliveries(webhook=hook["id"])
        assert client.webhooks.delivery(sent["id"])["id"] == got.headers["webhook-id"]
        assert [one["id"] for one in client.webhooks.all()] == [hook["id"]]
        assert not client.webhooks.update(hook["id"], enabled=False)["enabled"]
        client.webhooks.delete(hook["id"])


@contextmanager
def at_port(port: int, data: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "reelgate", "serve", "--port", str(port), "--data", str(data), "--workers", "1"]
    with (data.parent / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, text=True, env=environment(REELGATE_KEY=KEY))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_client_waits_through_a_server_that_is_killed_and_pays_once(tmp_path: Path) -> None:
    made: list[str] = []
    ordered = threading.Event()
    with (
        reserved() as port,
        Reelgate(f"http://127.0.0.1:{port}", key=KEY, retry_seconds=END_SECONDS) as client,
    ):

        def order() -> None:
            task = client.generate("a lighthouse", model="animatic", duration=1)
            ordered.set()
            made.append(task.wait().save(tmp_path / "v.mp4").name)

        working = threading.Thread(target=order)
        with at_port(port, tmp_path / "data") as process:
            working.start()
            assert ordered.wait(END_SECONDS)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        with at_port(port, tmp_path / "data"):
            working.join(END_SECONDS)
            assert made == ["v.mp4"]
            assert len(list(client.tasks())) == 1
