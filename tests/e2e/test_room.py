"""A full disk refuses creates, while all other calls continue."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from reelgate.dialects import routes
from reelgate.dialects.port import Operation
from reelgate.testing.samples import picture
from tests.e2e.forms import form
from tests.e2e.server import Reply, command, environment, serving

CREATES = sorted({route.path for route, _ in routes() if route.operation is Operation.CREATE})


@pytest.mark.parametrize("path", [CREATES])
def test_creates_are_refused_in_every_dialect_and_the_rest_goes_on(path: list[str], tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0", "--keep-free-mb", str(10**9)) as server:
        body = {"model": "animatic", "prompt": "a fox"}
        server.until("/healthz", lambda _: server.post("/v1/tasks", body).status == 503)
        for one in path:
            refused = server.post(one, body, headers={"X-DashScope-Async": "enable"})
            assert (refused.status, refused.headers["retry-after"]) == (503, "30"), one
        assert server.get("/v1/tasks").status == 200
        assert server.get("/readyz", key=None).status == 200
    lines = [json.loads(line) for line in (tmp_path / "data.log").read_text().splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines].count("disk.full") == 1


def test_a_result_that_was_fetched_to_its_end_is_noted_and_used_space_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "1", "--keep", "results=fetched", "--quota", "5000") as server:
        made = server.post("/v1/tasks", {"model": "animatic", "prompt": "a fox", "duration": 1}).json["id"]
        link = server.until(f"/v1/tasks/{made}", lambda task: task["status"] == "completed")["result_url"]
        played = server.post("/v1/tasks", {"model": "animatic", "prompt": "an owl", "duration": 1}).json["id"]
        other = server.until(f"/v1/tasks/{played}", lambda task: task["status"] == "completed")["result_url"]
        assert server.get(link, key=None, headers={"Range": "bytes=0-99"}).status == 206
        assert fetched(data) == []
        # Where an MP4 has its table of contents at its end, players read that first.
        assert server.get(other, key=None, headers={"Range": "bytes=-99"}).status == 206
        assert server.get(link, key=None).status == 200
        server.until("/healthz", lambda _: made in fetched(data))
        assert fetched(data) == [made]
        told = server.get("/v1/storage").json
        assert (told["object"], told["results"]["files"] >= 1, told["inputs"]["files"]) == ("storage", True, 0)
        [every] = server.get("/admin/v1/storage").json["data"]
        assert every == {"project_id": "default", **told}
        shown = subprocess.run(
            command("projects", "space", "--data", str(data)),
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert shown.split()[:4] == ["project", "kind", "files", "MB"]
        assert "results" in shown


def fetched(data: Path) -> list[str]:
    """Return the tasks whose result was fetched, by the journal."""
    with closing(sqlite3.connect(data / "journal.db")) as journal:
        return [task for (task,) in journal.execute("SELECT task_id FROM downloads")]


def test_a_file_that_can_t_be_kept_is_refused_for_now_at_every_door(tmp_path: Path) -> None:
    content = picture(tmp_path / "p.png", 640, 360).read_bytes()
    with serving(tmp_path / "data", "--workers", "0") as server:
        group = server.post("/volc/asset/CreateAssetGroup", {"model": "volc-asset", "Name": "g"}).json["Id"]
        asset = {"model": "volc-asset", "GroupId": group, "AssetType": "Image", "Name": "p"}
        policy = server.get("/api/v1/uploads?action=getPolicy&model=wan2.7-i2v").json["data"]
        said = {"OSSAccessKeyId": policy["oss_access_key_id"], "Signature": policy["signature"]}
        said |= {"policy": policy["policy"], "key": f"{policy['upload_dir']}/p.png"}
        tus = {"Tus-Resumable": "1.0.0"}
        begun = server.post("/v1/files/resumable", headers={**tus, "Upload-Length": str(len(content))})
        piece = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}

        def answers() -> list[Reply]:
            return [
                server.post("/v1/files", **form({"purpose": "vision"}, "p.png", content)),
                server.post("/volc/asset/CreateAsset", **form(asset, "p.png", content)),
                server.post("/api/v1/uploads", key=None, **form(said, "p.png", content)),
                server.call("PATCH", urlsplit(begun.headers["location"]).path, raw=content, headers=piece),
            ]

        incoming = tmp_path / "data" / "media" / "incoming"
        incoming.rmdir()
        incoming.touch()  # as a disk that takes nothing
        assert [(one.status, "retry-after" in one.headers) for one in answers()] == [(503, True)] * 4
        incoming.unlink()
        incoming.mkdir()
        assert [one.status for one in answers()] == [200, 200, 204, 409]
