"""What a key's owner does with tasks: list, cancel, delete; and what others may not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.children import child
from tests.e2e.held import DRAWING, begun, held
from tests.e2e.server import Server, command, environment, serving

CREATE = "/v1/video/generations"


def processor_seconds(process: int) -> float | None:
    """Return the processor time that a process has taken; None where it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def text(**fields: Any) -> dict[str, Any]:
    """Return a small create body."""
    return {
        "model": "viduq3t-540p",
        "prompt": "一只猫在草地上奔跑",
        "duration": 1,
        **fields,
    }


def ended(answer: Any) -> bool:
    """Tell whether a house or APIYI answer is final."""
    return answer["status"] in {"completed", "failed"}


def test_a_list_shows_the_newest_first_and_pages_through_all(gateway: Server) -> None:
    made = [gateway.post(CREATE, text(seed=n)).json["id"] for n in range(5)]

    seen: list[str] = []
    cursor = ""
    while True:
        page = gateway.get(f"/v1/tasks?limit=2{cursor}").json
        seen += [task["id"] for task in page["data"]]
        if not page["has_more"] or made[0] in seen:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert [task for task in seen if task in made] == made[::-1]
    for task in made:
        gateway.post(f"/v1/tasks/{task}/cancel")


def test_a_list_is_narrowed_by_status_model_and_time(gateway: Server) -> None:
    body = {"model": "viduq3t-540p", "prompt": "海边的灯塔", "duration": 1}
    task = gateway.post(CREATE, body).json["id"]
    gateway.until(f"/v1/tasks/{task}", ended)

    found = gateway.get("/v1/tasks?status=completed&model=viduq3t-540p&limit=100").json["data"]

    assert task in [item["id"] for item in found]
    assert {item["model"] for item in found} == {"viduq3t-540p"}
    assert {item["status"] for item in found} == {"completed"}
    created = next(item["created_at"] for item in found if item["id"] == task)
    later = gateway.get(f"/v1/tasks?created_after={created + 1}").json["data"]
    assert task not in [item["id"] for item in later]
    refused = gateway.get("/v1/tasks?status=done")
    assert (refused.status, refused.json["error"]["param"]) == (400, "status")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_running_render_stops_within_a_second_of_its_cancel(tmp_path: Path) -> None:
    """A second of the render's own processor time: how long that takes is the machine's affair."""
    body = {"model": "viduq3p-1080p", "prompt": "a long walk through the rain", "duration": 16}
    with serving(tmp_path / "data", "--workers", "1") as gateway:
        renders = child(DRAWING, gateway.process.pid)
        with held(gateway):  # so that it has not ended before it is cancelled
            task = begun(gateway, body)
            asked = processor_seconds(renders)
            assert gateway.post(f"/v1/tasks/{task}/cancel").status == 200
        failed = gateway.until(f"/v1/tasks/{task}", ended)
        used = processor_seconds(renders)
        while used is not None:  # until that process is gone, as a cancelled render's is
            assert used - (asked or 0) < 1.5
            time.sleep(0.05)
            used = processor_seconds(renders)

        assert failed["status"] == "failed"
        assert "cancelled" in failed["error"]["message"]
        assert "result_url" not in failed
        assert gateway.post(f"/v1/tasks/{task}/cancel").status == 200


def test_a_queued_task_is_cancelled_at_once(tmp_path: Path) -> None:
    body = {"model": "happyhorse-1.0-t2v", "prompt": "一只猫在草地上奔跑", "resolution": "720P", "duration": 3}
    with serving(tmp_path / "data", "--workers", "0") as gateway:
        task = gateway.post(CREATE, body).json["id"]
        early = gateway.call("DELETE", f"/v1/tasks/{task}")

        cancelled = gateway.post(f"/v1/tasks/{task}/cancel").json

        assert early.status == 409
        assert (cancelled["state"], cancelled["status"]) == ("cancelled", "failed")
        assert gateway.get(f"{CREATE}/{task}").json["data"]["status"] == "FAILURE"


def test_a_finished_task_goes_with_its_file(gateway: Server) -> None:
    task = gateway.post(CREATE, {"model": "viduq3t-540p", "prompt": "a dog in the snow", "duration": 1}).json["id"]
    link = gateway.until(f"/v1/tasks/{task}", ended)["result_url"]
    assert gateway.get(link, key=None).status == 200

    deleted = gateway.call("DELETE", f"/v1/tasks/{task}")

    assert (deleted.status, deleted.json["deleted"]) == (200, True)
    assert gateway.get(link, key=None).status == 404
    assert gateway.get(f"/v1/tasks/{task}").status == 404
    assert gateway.call("DELETE", f"/v1/tasks/{task}").status == 404
    refused = gateway.post(f"/v1/tasks/{task}/cancel")
    assert (refused.status, refused.json["error"]["code"]) == (404, "task_not_found")


def test_neither_of_two_keys_sees_the_others_tasks_or_files(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "1") as gateway:
        other = _second_key(data)
        gateway.until("/readyz", lambda _: gateway.get("/v1/models", key=other).status == 200)
        mine = gateway.post(CREATE, {"model": "viduq3t-540p", "prompt": "我的", "duration": 1}).json["id"]
        theirs = gateway.post(CREATE, {"model": "viduq3t-540p", "prompt": "theirs", "duration": 1}, key=other).json[
            "id"
        ]
        gateway.until(f"/v1/tasks/{mine}", ended)

        for path in (f"{CREATE}/{mine}", f"/v1/videos/{mine}", f"/v1/tasks/{mine}"):
            assert gateway.get(path, key=other).status == 404
        assert gateway.post(f"/v1/tasks/{mine}/cancel", key=other).status == 404
        assert gateway.call("DELETE", f"/v1/tasks/{mine}", key=other).status == 404
        assert [task["id"] for task in gateway.get("/v1/tasks", key=other).json["data"]] == [theirs]
        assert [task["id"] for task in gateway.get("/v1/tasks").json["data"]] == [mine]
        assert gateway.get(f"/files/{mine}/result.mp4", key=other).status == 404


def test_a_revoked_key_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "0") as gateway:
        other = _second_key(data)
        gateway.until("/readyz", lambda _: gateway.get("/v1/models", key=other).status == 200)
        listed = _reelgate("keys", "list", "--data", str(data))
        key_id = next(line.split()[0] for line in listed.splitlines() if "second" in line)

        _reelgate("keys", "revoke", key_id, "--data", str(data))

        gateway.until("/readyz", lambda _: gateway.get("/v1/models", key=other).status == 401)


def _second_key(data: Path) -> str:
    return _reelgate("keys", "add", "second", "--data", str(data)).splitlines()[0]


def _reelgate(*arguments: str) -> str:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=True, env=environment(COLUMNS="200")
    ).stdout


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_key(gateway: Server, path: str) -> None:
    answer = gateway.get(path, key=None)

    assert (answer.status, answer.json["status"]) == (200, "ok")
