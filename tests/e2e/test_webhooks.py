"""Deliveries of a real gateway: to a project's webhooks, and to the addresses of single tasks."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from reelgate.clock import SystemClock
from reelgate.providers.callbacks import Callback, HmacSigned
from tests.e2e.server import Server, command, environment, serving

SHORT = {"model": "viduq3t-540p", "prompt": "海边的灯塔", "duration": 1}
ARK = "/api/v3/contents/generations/tasks"
ARK_TASK = {
    "model": "doubao-seedance-1-0-pro-fast-251015",
    "content": [{"type": "text", "text": "a lighthouse by the sea"}],
    "duration": 2,
    "resolution": "480p",
}
VIDU_TASK = {"model": "viduq3-turbo", "prompt": "a lighthouse by the sea", "duration": 1, "resolution": "540p"}


class Got(NamedTuple):
    """One request to the receiver."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Inbox:
    """What a receiver got, and the waiting for it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._got: list[Got] = []
        self._changed = threading.Condition()

    def put(self, got: Got) -> None:
        with self._changed:
            self._got.append(got)
            self._changed.notify_all()

    def until(self, enough: Callable[[list[Got]], bool], path: str = "/hook") -> list[Got]:
        """Return what came to a path, once that is enough."""

        def found() -> list[Got]:
            return [got for got in self._got if got.path == path]

        with self._changed:
            assert self._changed.wait_for(lambda: enough(found()), timeout=480), f"only {found()} came"
            return found()


@contextmanager
def inbox() -> Iterator[Inbox]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            # Before the answer: with that the next one may come, on another thread.
            box.put(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        box = Inbox(f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("webhooks") / "data"
    with serving(folder, "--workers", "1", "--allow-private-callbacks") as started:
        yield started


def test_a_webhook_from_its_making_to_its_end(server: Server) -> None:
    with inbox() as box:
        made = server.post("/v1/webhooks", {"url": f"{box.url}/hook", "note": "the shop"})
        assert made.status == 200, made.body
        hook = made.json
        shown = server.get(f"/v1/webhooks/{hook['id']}").json
        assert shown == {name: value for name, value in hook.items() if name != "secret"}
        assert server.get("/v1/webhooks").json["data"] == [shown]
        assert server.post(f"/v1/webhooks/{hook['id']}/test").json["status"] in ("waiting", "delivered")
        box.until(bool)
        task = server.post("/v1/tasks", SHORT).json["id"]
        tested, told = box.until(lambda got: len(got) == 2)
        assert Verifier(hook["secret"]).verify(tested.body, tested.headers)["type"] == "webhook.test"
        event = Verifier(hook["secret"]).verify(told.body, told.headers)
        assert (event["type"], event["data"]["id"], event["data"]["status"]) == ("task.succeeded", task, "completed")
        assert event["data"]["price"]["charged_micros"] == event["data"]["price"]["amount_micros"]
        assert server.get(event["data"]["result_url"], key=None).status == 200
        which = f"/v1/webhooks/deliveries?webhook={hook['id']}&task={task}&status=delivered"
        listed = server.until(which, lambda answer: bool(answer["data"]))["data"]
        assert [one["id"] for one in listed] == [told.headers["webhook-id"]]
        assert listed[0]["tries"][0]["status"] == 200
        whole = server.get(f"/v1/webhooks/deliveries/{listed[0]['id']}").json
        assert whole["sent"].encode() == told.body
        assert server.post(f"/v1/webhooks/deliveries/{listed[0]['id']}/replay").json["status"] == "waiting"
        again = box.until(lambda got: len(got) == 3)[2]
        assert again.headers["webhook-id"] == told.headers["webhook-id"]
        fresh = server.post(f"/v1/webhooks/{hook['id']}/rotate", {"overlap_seconds": 3600}).json
        assert fresh["secret"] != hook["secret"]
        assert len(fresh["former_secrets_until"]) == 1
        off = server.call("PATCH", f"/v1/webhooks/{hook['id']}", {"enabled": False, "events": ["*"]}).json
        assert (off["enabled"], off["off_reason"], off["events"]) == (False, "its owner switched it off", ["*"])
        assert server.post(f"/v1/webhooks/{hook['id']}/test").status == 409
        assert server.call("PATCH", f"/v1/webhooks/{hook['id']}", {"enabled": True}).json["enabled"]
        assert server.call("DELETE", f"/v1/webhooks/{hook['id']}").json["deleted"]
        gone = server.get(f"/v1/webhooks/{hook['id']}")
        assert (gone.status, gone.json["error"]["code"]) == (404, "webhook_not_found")


def test_ark_calls_an_address_as_the_vendor_does(server: Server) -> None:
    with inbox() as box:
        made = server.post(ARK, {**ARK_TASK, "callback_url": f"{box.url}/hook"})
        assert made.status == 200, made.body
        assert "x-reelgate-not-served" not in made.headers
        got = box.until(lambda got: bool(got) and got[-1].json["status"] == "succeeded")
        assert [one.json["status"] for one in got] == ["queued", "running", "succeeded"]
        asked = server.get(f"{ARK}/{made.json['id']}").json
        told = got[-1].json
        assert {**told, "content": None} == {**asked, "content": None}
        assert server.get(told["content"]["video_url"], key=None).status == 200


def test_vidu_calls_an_address_as_the_vendor_does_and_signs_it(server: Server) -> None:
    with inbox() as box:
        secret = server.post("/v1/webhooks/callbacks/rotate").json["secret"]
        made = server.post(
            "/ent/v2/text2video", {**VIDU_TASK, "payload": "mine", "callback_url": f"{box.url}/hook?x=1"}
        )
        assert made.status == 200, made.body
        path = "/hook?x=1"
        got = box.until(lambda got: bool(got) and got[-1].json["state"] == "success", path)
        assert [one.json["state"] for one in got] == ["processing", "success"]
        assert {one.json["payload"] for one in got} == {"mine"}
        check = HmacSigned("vidu", secret, SystemClock())
        for one in got:
            assert check(Callback("/hook", "x=1", one.headers)) == ""
            Verifier(secret).verify(one.body, one.headers)


def test_the_house_tells_a_tasks_own_address_of_its_end_also_of_a_cancel(tmp_path: Path) -> None:
    idle = serving(tmp_path / "data", "--workers", "0", "--allow-private-callbacks")  # so that it does not end before
    with inbox() as box, idle as server:
        task = server.post("/v1/tasks", {**SHORT, "callback_url": f"{box.url}/hook"}).json["id"]
        server.post(f"/v1/tasks/{task}/cancel")
        (got,) = box.until(bool)
        assert (got.json["type"], got.json["data"]["id"]) == ("task.cancelled", task)
        listed = server.get(f"/v1/webhooks/deliveries?task={task}&webhook=callbacks").json["data"]
        assert [(one["webhook"], one["url"]) for one in listed] == [("callbacks", f"{box.url}/hook")]


def test_private_addresses_are_refused_in_the_words_of_the_dialect_and_nothing_is_made(gateway: Server) -> None:
    before = gateway.get("/v1/tasks").json["data"]
    own = {"callback_url": "http://127.0.0.1:1/"}
    ark = gateway.post(ARK, {**ARK_TASK, **own})
    assert (ark.status, ark.json["error"]["param"]) == (400, "callback_url")
    vidu = gateway.post("/ent/v2/text2video", {**VIDU_TASK, **own})
    assert (vidu.status, vidu.json["reason"]) == (400, "FieldInvalid")
    for url in (own["callback_url"], "ftp://example.com", "https://a:b@example.com/"):
        house = gateway.post("/v1/tasks", {**SHORT, "callback_url": url})
        assert (house.status, house.json["error"]["param"]) == (400, "callback_url")
        hook = gateway.post("/v1/webhooks", {"url": url})
        assert (hook.status, hook.json["error"]["param"]) == (400, "url")
    assert [one["id"] for one in gateway.get("/v1/tasks").json["data"]] == [one["id"] for one in before]


def test_the_command_line_makes_shows_and_replays(server: Server) -> None:
    def run(*words: str, status: int = 0) -> str:
        called = command("webhooks", *words, "--url", server.url, "--key", server.key)
        done = subprocess.run(called, capture_output=True, text=True, env=environment(), timeout=480, check=False)
        assert done.returncode == status, done.stderr
        return done.stdout if status == 0 else done.stderr

    with inbox() as box:
        secret, named = run("add", f"{box.url}/hook", "--event", "task.succeeded", "--note", "店铺").splitlines()
        hook = named.split()[1].rstrip(";")
        assert secret.startswith("whsec_")
        assert "店铺" in run("list")
        sent = run("test", hook).split()[0]
        box.until(bool)
        server.until(f"/v1/webhooks/deliveries/{sent}", lambda one: one["status"] == "delivered")
        assert json.loads(run("deliveries", "--webhook", hook, "--json"))[0]["id"] == sent
        assert "is sent again" in run("replay", sent)
        assert "name one delivery" in run("replay", status=2)
        assert "no such" in run("deliveries", "msg_none", status=1).lower()
        run("delete", hook)
