"""The TypeScript client, compiled and run by Node: against a live gateway, through a restart, on a bad line."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scripts import gen_typescript
from tests.client.flaky import TASK, answer, flaky, task
from tests.clients.conftest import busy_gateway
from tests.docs.pages import ROOT, blocks
from tests.e2e.inputs import picture
from tests.e2e.server import KEY, Server
from tests.e2e.test_client import at_port
from tests.e2e.test_client_dialects import MODELS, sellers
from tests.e2e.test_webhooks import Got, inbox
from tests.ports import reserved

CLIENT = ROOT / "clients" / "typescript"
COMPILER = ROOT / ".venv" / "clients" / "node" / "node_modules" / "typescript" / "bin" / "tsc"
SCRIPTS = ROOT / "tests" / "clients" / "scripts"
SECONDS = 480

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not COMPILER.exists(),
    reason="TypeScript is not installed: scripts/clients.sh .venv does, where npm is",
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the client as in its package; the compiler is strict, so this checks every type too."""
    package = tmp_path_factory.mktemp("typescript") / "reelgate"
    done = subprocess.run(
        ["node", str(COMPILER), "--project", str(CLIENT), "--outDir", str(package / "dist")],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    (package / "package.json").write_text((CLIENT / "package.json").read_text())
    return package


def started(script: Path, compiled: Path, url: str, folder: Path, **settings: str) -> subprocess.Popen[str]:
    """Start a script in a folder."""
    module = (compiled / "dist" / "index.js").as_uri()
    given = {"REELGATE": module, "REELGATE_URL": url, "REELGATE_KEY": KEY, "FOLDER": str(folder), **settings}
    return subprocess.Popen(
        ["node", str(script)],
        env={"PATH": os.environ["PATH"], **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    )


def told(process: subprocess.Popen[str]) -> Any:
    """Return what a script prints last."""
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def test_its_types_are_the_document_s() -> None:
    assert gen_typescript.SCHEMA.read_text("utf-8") == gen_typescript.current(), "run python -m scripts.gen_typescript"


def test_it_has_no_dependency() -> None:
    package = json.loads((CLIENT / "package.json").read_text())
    assert "dependencies" not in package
    sources = "".join(path.read_text("utf-8") for path in (CLIENT / "src").glob("*.ts"))
    assert {name for name in re.findall(r'from "([^"]+)"', sources) if not name.startswith("./")} == set()


@needs_node
def test_every_call_against_a_live_gateway(gateway: Server, frame: Path, compiled: Path, tmp_path: Path) -> None:
    with inbox() as box:
        hook = gateway.post("/v1/webhooks", {"url": f"{box.url}/hook", "events": ["*"]}).json
        gateway.post(f"/v1/webhooks/{hook['id']}/test")
        got = trials(box.until(lambda got: bool(trials(got))))[0]
        gateway.call("DELETE", f"/v1/webhooks/{hook['id']}")
    headers = {name: value for name, value in got.headers.items() if name.startswith("webhook-")}
    message = {"body": got.body.decode(), "headers": headers, "secret": hook["secret"], "publicKey": hook["public_key"]}
    script = SCRIPTS / "typescript_live.mjs"
    with busy_gateway(tmp_path) as busy:
        settings = {"PICTURE": str(frame), "MESSAGE": json.dumps(message), "BUSY_URL": busy.url}
        said = told(started(script, compiled, gateway.url, tmp_path, **settings))

    assert len(set(said["price"])) == 1
    assert said["again"] == [True, False, True]
    assert said["events"][-1] == "task.succeeded"
    assert said["file"] == [True, True]
    assert (said["same"], said["blob"]) == ([True, True], True)
    assert said["modes"] == ["image"] * 4
    assert (said["listed"], said["model"], said["preview"]) == (True, "animatic", True)
    assert min(said["models"], said["timeline"]) > 3
    assert (said["balance"], said["usage"]) == ("balance", "usage")
    assert said["verified"] == ["webhook.test"] * 2
    assert said["hooks"] == [True, 1, False]
    refusals = said["refusals"]
    assert all(one["isError"] for one in refusals.values())
    assert (refusals["field"]["name"], refusals["field"]["field"]) == ("InvalidRequest", "duration")
    assert {name: one["name"] for name, one in refusals.items() if name != "field"} == {
        "key": "WrongKey",
        "missing": "NotFound",
        "ended": "Conflict",
        "cancelled": "TaskFailed",
        "late": "WaitedTooLong",
        "nobody": "Unreachable",
        "signature": "WrongSignature",
        "old": "WrongSignature",
    }
    assert said["deleted"]["status"] == 404


@needs_node
def test_it_waits_through_a_server_that_is_killed_and_pays_once(compiled: Path, tmp_path: Path) -> None:
    with reserved() as port:
        url = f"http://127.0.0.1:{port}"
        client = started(SCRIPTS / "typescript_waits.mjs", compiled, url, tmp_path)  # before there is a server
        assert client.stdout is not None
        with at_port(port, tmp_path / "data") as process:
            task_id = client.stdout.readline().strip()
            process.send_signal(signal.SIGKILL)
            process.wait()
        with at_port(port, tmp_path / "data") as process:
            said = told(client)
            listed = Server(process, url, KEY).get("/v1/tasks").json["data"]
    assert (said["state"], [one["id"] for one in listed]) == ("succeeded", [task_id])
    assert (tmp_path / "film.mp4").stat().st_size == listed[0]["bytes"]


@needs_node
def test_on_a_bad_line_it_orders_once_and_goes_on_behind_the_last_event(compiled: Path, tmp_path: Path) -> None:
    def event(name: str, place: str, **fields: Any) -> bytes:
        head = f"id: {place}\n" if place else ""
        return f"{head}event: task.{name}\ndata: {json.dumps({**TASK, **fields})}\n\n".encode()

    def stream(*events: bytes, missing: int = 0) -> bytes:
        body = b"".join(events)
        return answer(200, body, content_length=str(len(body) + missing), content_type="text/event-stream")

    running = event("running", "0-2", state="running")
    done = event("succeeded", "0-5", state="succeeded", status="completed", progress=100)
    ended = {"status": "completed", "state": "succeeded"}
    with flaky() as server:
        server.answers = [
            None,
            answer(503, {"error": {"message": "m", "code": "c"}}, retry_after="0", x_should_retry="true"),
            task(),
            stream(b"retry: 2000\n\n", running, event("progress", "", progress=60), b"id: 0-9\nevent: t", missing=9),
            None,
            answer(429, {"error": {"message": "m", "code": "c"}}, retry_after="0"),
            stream(b": still here\n\n", done),
            None,
            *(None, task(), task()),
            *(task()[:-20], task()),
            *(answer(200, {}), task()),
            *[answer(404, {"error": {"message": "m", "code": "c"}})] * 4,
            task(**ended, result_url=f"{server.url}/f"),
            answer(206, b"her film", etag='"two"', content_range="bytes 4-11/12"),
            answer(200, b"another film", etag='"two"'),
            *[task(**ended, result_url=f"{server.url}/f"), answer(404, {})] * 2,
            answer(200, b"<!doctype html>"),
        ]
        said = told(started(SCRIPTS / "typescript_line.mjs", compiled, server.url, tmp_path))
    creates, follows, rest, orders = server.asked[:3], server.asked[3:7], server.asked[7:8], server.asked[8:15]
    assert len({one.headers["idempotency-key"] for one in creates}) == 1
    assert [one.headers.get("last-event-id") for one in follows] == [None, "0-2", "0-2", "0-2"]
    assert said["events"] == [["running", 40], ["running", 60], ["succeeded", 100]]
    assert (said["once"], len(rest), said["lost"]) == ("Unreachable", 1, "Unreachable")
    lost, again, another, cut, whole, strange, right = (one.headers["idempotency-key"] for one in orders)
    assert lost == again != another
    assert (said["cut"], cut == whole) == ("Unreachable", True)
    assert (said["strange"], strange == right) == ("UnreadableAnswer", True)
    assert said["names"] == ["NotFound"] * 16
    assert {"/..%2F..%2Fadmin%3Fx%3D%2F%23" in one.line for one in server.asked[15:19]} == {True}
    assert (said["saved"], server.asked[21].headers.get("range")) == ("another film", None)
    assert said["gone"] == "NotFound: the video of task_1 is not there any more"
    assert "did not answer with a balance (it is not JSON)" in said["another"]
    assert [one.partition(";")[0] for one in said["told"]] == [
        "TypeError: the server's address is localhost:8000",
        *["TypeError: the API key contains a space or another wrong character"] * 2,
    ]


@needs_node
@pytest.mark.parametrize("strange", [b"<!doctype html>", b"", {}, [], "ok", None, {"data": [{}], "output": "x"}])
def test_another_program_s_answer_is_told_as_that(compiled: Path, tmp_path: Path, strange: Any) -> None:
    with flaky() as server:
        server.answers = [answer(200, strange)] * 60
        script, settings = SCRIPTS / "typescript_strange.mjs", {"MODELS": json.dumps(MODELS)}
        said = told(started(script, compiled, server.url, tmp_path, **settings))
        asked, address = len(server.asked), f"UnreadableAnswer: {server.url}/"
    assert len(said) == asked
    assert [one for one in said if not one.startswith(address)] == []
    assert [one for one in said if "did not answer with " not in one] == []


@needs_node
def test_the_example_of_the_page(gateway: Server, compiled: Path, tmp_path: Path) -> None:
    (text,) = blocks(ROOT / "docs" / "typescript.md", "ts")
    assert blocks(ROOT / "docs" / "typescript.zh-CN.md", "ts") == [text]
    text = text.replace("http://127.0.0.1:8000", gateway.url).replace("sk-…", KEY)
    script = tmp_path / "example.mjs"
    script.write_text(text.replace("happyhorse-1.0-t2v", "animatic").replace("duration: 5", "duration: 1"))
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "reelgate").symlink_to(compiled)
    out, err = started(script, compiled, gateway.url, tmp_path).communicate(timeout=SECONDS)
    assert "succeeded 100" in out, err
    assert (tmp_path / "cat.mp4").read_bytes()[4:8] == b"ftyp"


@needs_node
def test_a_video_is_ordered_in_the_words_of_each_api_and_at_a_seller_once(compiled: Path, tmp_path: Path) -> None:
    frame = picture(tmp_path / "frame.png", 640, 360, "#c03030")
    with sellers(tmp_path) as server, flaky() as seller:
        seller.answers = [None, answer(502, {}), answer(503, {"code": "busy", "message": "no channel"})]
        settings = {"PICTURE": str(frame), "MODELS": json.dumps(MODELS), "FLAKY": seller.url}
        said = told(started(SCRIPTS / "typescript_sellers.mjs", compiled, server.url, tmp_path, **settings))
        assert len(seller.asked) == 3
    assert (said.pop("lost"), said.pop("unknown")) == (["Unreachable", "ServerFailed", "ServerFailed"], "TypeError")
    assert {name: one["model"] for name, one in said.items()} == MODELS
    assert {str(one["begun"] + [one["film"]]) for one in said.values()} == {str([True, False, True, "ftyp"])}
    assert {str(one["refusals"][1:]) for one in said.values()} == {str(["NotFound", *["NotOffered"] * 4])}
    assert {one["refusals"][0] for one in said.values()} <= {"InvalidRequest", "ServerFailed"}


def trials(got: list[Got]) -> list[Got]:
    """Return the deliveries that are tests: the gateway makes videos beside it."""
    return [one for one in got if one.json["type"] == "webhook.test"]
