"""DashScope's uploads: a policy, a form with a file, and `oss://` in a create."""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Inputs
from tests.e2e.forms import form
from tests.e2e.server import Reply, Server, command, environment, serving

CREATE = "/api/v1/services/aigc/video-generation/video-synthesis"
UPLOADS = "/api/v1/uploads"
ASYNC = {"X-DashScope-Async": "enable"}
RESOLVE = {**ASYNC, "X-DashScope-OssResourceResolve": "enable"}
DAY = 24 * 3600 * 1000


def policy(gateway: Server, **options: Any) -> dict[str, Any]:
    """Ask for a policy."""
    reply = gateway.get(f"{UPLOADS}?action=getPolicy&model=wan2.7-i2v", **options)
    assert reply.status == 200, reply.body
    data: dict[str, Any] = reply.json["data"]
    return data


def texts(data: dict[str, Any], name: str) -> dict[str, str]:
    """Return the fields that a client puts before its file."""
    return {
        "OSSAccessKeyId": data["oss_access_key_id"],
        "Signature": data["signature"],
        "policy": data["policy"],
        "key": f"{data['upload_dir']}/{name}",
        "x-oss-object-acl": data["x_oss_object_acl"],
        "x-oss-forbid-overwrite": data["x_oss_forbid_overwrite"],
        "success_action_status": "200",
        "x-oss-content-type": "image/png",
    }


def send(gateway: Server, fields: dict[str, str], content: bytes, **options: Any) -> Reply:
    """Send a file, as the vendor's client does: without a key."""
    return gateway.post(UPLOADS, key=None, **form(fields, "blob", content, **options))


def create(gateway: Server, url: str, headers: dict[str, str] = RESOLVE, **options: Any) -> Reply:
    """Create a video from one picture."""
    body = {
        "model": "wan2.7-i2v",
        "input": {"prompt": "推镜头", "media": [{"type": "first_frame", "url": url}]},
        "parameters": {"resolution": "720P", "duration": 2},
    }
    return gateway.post(CREATE, body, headers=headers, **options)


@pytest.fixture
def content(inputs: Inputs) -> bytes:
    return inputs.files["source.png"].read_bytes()


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A gateway that renders nothing."""
    with serving(tmp_path_factory.mktemp("uploads") / "data", "--workers", "0") as server:
        yield server


def test_a_file_is_uploaded_and_becomes_a_video(gateway: Server, content: bytes) -> None:
    data = policy(gateway)
    assert set(data) == {
        "policy", "signature", "upload_dir", "upload_host", "expire_in_seconds", "max_file_size_mb",
        "oss_access_key_id", "x_oss_object_acl", "x_oss_forbid_overwrite",
    }  # fmt: skip
    assert (data["upload_host"], data["expire_in_seconds"]) == (gateway.url + UPLOADS, 300)

    fields = texts(data, "猫 咪.png")
    sent = send(gateway, fields, content)
    created = create(gateway, f"oss://{fields['key']}")

    assert (sent.status, sent.body) == (200, b"")
    assert created.status == 200, created.body
    path = f"/api/v1/tasks/{created.json['output']['task_id']}"
    finished = gateway.until(path, lambda answer: answer["output"]["task_status"] in {"SUCCEEDED", "FAILED"})
    assert finished["output"]["task_status"] == "SUCCEEDED"


def test_a_create_with_an_upload_is_quoted_as_every_other(idle: Server, content: bytes) -> None:
    fields = texts(policy(idle), "p.png")
    assert send(idle, fields, content).status == 200
    body = {
        "model": "wan2.7-i2v",
        "input": {"prompt": "推镜头", "media": [{"type": "first_frame", "url": f"oss://{fields['key']}"}]},
        "parameters": {"resolution": "720P", "duration": 2},
    }
    quote = idle.post("/v1/quotes", {"path": CREATE, "body": body})
    created = idle.post(CREATE, body, headers={**RESOLVE, "X-Reelgate-Quote": quote.json.get("id", "")})

    assert (quote.status, created.status) == (201, 200), quote.body


def test_without_its_header_an_upload_is_not_looked_for(idle: Server, content: bytes) -> None:
    fields = texts(policy(idle), "a.png")
    send(idle, fields, content)

    reply = create(idle, f"oss://{fields['key']}", ASYNC)

    assert (reply.status, reply.json["code"]) == (400, "InvalidParameter")
    assert "input.media[0].url" in reply.json["message"]
    assert "X-DashScope-OssResourceResolve: enable" in reply.json["message"]


def test_a_policy_is_for_its_folder_its_time_and_as_it_was_signed(idle: Server, content: bytes) -> None:
    data = policy(idle)
    fields = texts(data, "a.png")
    terms = json.loads(base64.b64decode(data["policy"]))
    forged = base64.b64encode(json.dumps({**terms, "project": "another"}).encode()).decode()
    wrongs = (
        ({"Signature": "AAAA"}, "not signed by this server"),
        ({"Signature": "签名"}, "not signed by this server"),
        ({"policy": forged}, "not signed by this server"),
        ({"key": "uploads/elsewhere/a.png"}, "keys that begin with"),
        ({"key": f"{data['upload_dir']}/"}, "keys that begin with"),
        ({"key": f"{data['upload_dir']}x/a.png"}, "keys that begin with"),
    )

    for change, words in wrongs:
        reply = send(idle, {**fields, **change}, content)
        assert (reply.status, reply.json["code"]) == (403, "AccessDenied"), reply.body
        assert words in reply.json["message"]
        assert reply.json["request_id"]
    assert send(idle, fields, content).status == 200


@pytest.mark.parametrize("missing", ["key", "policy", "Signature"])
def test_what_the_form_lacks_is_named(idle: Server, content: bytes, missing: str) -> None:
    fields = texts(policy(idle), "a.png")
    held = {missing: fields.pop(missing)}

    without, behind = send(idle, fields, content), send(idle, fields, content, last=held)

    for reply in (without, behind):  # the file comes last: what stands behind it permits nothing
        assert (reply.status, reply.json["code"]) == (400, "InvalidParameter")
        assert reply.json["message"].startswith(f"{missing} is required")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?model=wan2.7-i2v", ("action", "getPolicy")),
        ("?action=putPolicy&model=wan2.7-i2v", ("action", "putPolicy", "getPolicy")),
        ("?action=getPolicy", ("model",)),
    ],
)
def test_a_policy_that_is_wrongly_asked_for(idle: Server, query: str, words: tuple[str, ...]) -> None:
    reply = idle.get(UPLOADS + query)

    assert (reply.status, reply.json["code"]) == (400, "InvalidParameter")
    assert [word for word in words if word not in reply.json["message"]] == []
    assert idle.get(f"{UPLOADS}?action=getPolicy&model=m", key=None).json["code"] == "InvalidApiKey"


def test_what_is_no_form_and_no_picture_is_refused(idle: Server, content: bytes) -> None:
    fields = texts(policy(idle), "a.png")
    whole = form(fields, "blob", content)
    calls: list[tuple[dict[str, Any], str]] = [
        ({"raw": b"{}"}, "names no boundary"),
        ({**whole, "raw": whole["raw"][:-20]}, "breaks off"),
        ({**whole, "raw": b"not a form" * 100}, "can't be read"),
        (form(fields, "blob", b"this is text"), "file: its content is not in a format"),
        (form({**fields, "key": fields["key"] + "\x00"}, "blob", content), "printable characters"),
        (form({**fields, "key": fields["key"] + "猫" * 300}, "blob", content), "printable characters"),
        (form({**fields, **{f"x-{n}": "1" for n in range(40)}}, "blob", content), "more than 32 fields"),
    ]

    for options, words in calls:
        reply = idle.post(UPLOADS, key=None, **options)
        assert reply.status == 400, reply.body
        assert words in reply.json["message"]
    assert idle.post(UPLOADS, key=None, **form({**fields, "x": "1" * 70_000}, "blob", content)).status == 413


def test_a_large_file_goes_to_the_disk_and_not_into_memory(idle: Server) -> None:
    fields = texts(policy(idle), "large.png")
    send(idle, fields, b"\x89PNG" + bytes(2**20))
    before = _peak_mb(idle)

    large, too_large = (send(idle, fields, b"\x89PNG" + bytes(mb * 2**20)) for mb in (150, 201))

    assert (large.status, too_large.status) == (400, 413)
    assert "200 MiB" in too_large.json["message"]
    assert _peak_mb(idle) < before + 40


def _peak_mb(gateway: Server) -> int:
    """Return the most memory that the gateway has had, in MB."""
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def test_what_stands_behind_the_file_changes_nothing(idle: Server, content: bytes) -> None:
    fields = texts(policy(idle), "a.png")

    sent = send(idle, fields, content, last={"key": "uploads/elsewhere/a.png"})

    assert sent.status == 200
    assert create(idle, "oss://uploads/elsewhere/a.png").status == 400
    assert create(idle, f"oss://{fields['key']}").status == 200


def test_a_form_without_end_is_refused(idle: Server, content: bytes) -> None:
    whole = form(texts(policy(idle), "a.png"), "blob", content)
    for behind in (b"\r\n" * (101 * 2**20), b""):
        reply = idle.post(UPLOADS, key=None, **{**whole, "raw": whole["raw"] + behind})
        assert reply.status == (413 if behind else 200)


def test_a_name_holds_one_file(idle: Server, content: bytes, inputs: Inputs) -> None:
    fields = texts(policy(idle), "a.png")
    answers = [send(idle, fields, data) for data in (content, content, inputs.files["head.png"].read_bytes())]

    assert [answer.status for answer in answers] == [200, 200, 403]
    assert "another file under the key" in answers[2].json["message"]


def test_an_upload_is_its_projects_own_and_ends(tmp_path: Path, content: bytes) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "0") as gateway:
        arguments = ("keys", "add", "another", "--data", str(data))
        added = subprocess.run(command(*arguments), check=True, capture_output=True, text=True, env=environment())
        other = added.stdout.split()[0]
        gateway.until("/v1/tasks", lambda _: gateway.get("/v1/tasks", key=other).status == 200)
        fields = texts(policy(gateway), "a.png")
        assert send(gateway, fields, content).status == 200
        url = f"oss://{fields['key']}"
        with sqlite3.connect(data / "journal.db") as journal:
            created, ends = journal.execute("SELECT created_at, expires_at FROM assets").fetchone()
        assert ends - created == 2 * DAY

        assert create(gateway, url).status == 200
        foreign = create(gateway, url, key=other)
        with sqlite3.connect(data / "journal.db", timeout=480) as journal:
            journal.execute("UPDATE assets SET expires_at = created_at")
        late = create(gateway, url)

    for reply in (foreign, late):
        assert reply.status == 400, reply.body
        assert "is not a file of this key's project" in reply.json["message"]
