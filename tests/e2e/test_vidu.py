"""Vidu's own API as its clients use it: four addresses, `Token` keys, creations, cancels, lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.e2e.conftest import Inputs
from tests.e2e.server import Reply, Server, serving
from tests.e2e.video import look_at

TASKS = "/ent/v2/tasks"


def post(gateway: Server, path: str, body: dict[str, Any]) -> Reply:
    """Send a call with the vendor's own kind of key."""
    return gateway.post(path, body, headers={"Authorization": f"Token {gateway.key}"})


def small(**fields: Any) -> dict[str, Any]:
    """Return a body whose video takes no time to speak of."""
    return {"model": "viduq3-turbo", "prompt": "海边的灯塔", "duration": 1, "resolution": "540p", **fields}


def ended(gateway: Server, task: str) -> Any:
    """Return the task as it is when it has ended."""
    return gateway.until(f"{TASKS}/{task}/creations", lambda answer: answer["state"] in {"success", "failed"})


def test_a_text_becomes_a_video_at_its_price_in_credits(gateway: Server, tmp_path: Path) -> None:
    created = post(gateway, "/ent/v2/text2video", small(payload="订单 42", seed=0, aspect_ratio="1:1", duration=2))
    assert created.status == 200, created.body
    told = created.json
    assert (told["state"], told["credits"], told["payload"], told["aspect_ratio"]) == ("created", 14, "订单 42", "1:1")
    assert len(told["task_id"]) == 19

    task = ended(gateway, told["task_id"])

    assert (task["id"], task["state"], task["err_code"], task["credits"]) == (told["task_id"], "success", "", 14)
    assert task["payload"] == "订单 42"
    (creation,) = task["creations"]
    file = tmp_path / "result.mp4"
    file.write_bytes(gateway.get(creation["url"], key=None).body)
    video = look_at(file)
    assert (video.seconds, video.audio) == (2, "aac")
    assert gateway.get(creation["cover_url"], key=None).headers["content-type"] == "image/webp"
    assert gateway.get(f"/v1/tasks/{task['id']}").json["dialect"] == "vidu"


def test_pictures_are_counted_by_the_address(gateway: Server, inputs: Inputs) -> None:
    one, two = inputs.url("head.png"), inputs.url("tail.png")
    made = post(gateway, "/ent/v2/img2video", small(images=[one])).json["task_id"]
    both = post(gateway, "/ent/v2/start-end2video", small(images=[one, two])).json["task_id"]
    refused = post(gateway, "/ent/v2/img2video", small(images=[one, two]))
    apart = post(gateway, "/ent/v2/start-end2video", small(images=[one, inputs.url("ref-1.png")]))

    assert (refused.status, refused.json["code"], refused.json["reason"]) == (400, 400, "FieldItemCountOutOfRange")
    assert refused.json["metadata"]["trace_id"] == refused.headers["x-request-id"]
    assert (apart.status, apart.json["reason"]) == (400, "PageSizeOutOfRange")
    assert [ended(gateway, task)["state"] for task in (made, both)] == ["success", "success"]


def test_subjects_are_known_by_their_names(gateway: Server, inputs: Inputs) -> None:
    subjects = [
        {"name": "小红", "images": [inputs.url("character1.png")]},
        {"name": "小明", "images": [inputs.url("character2.png")]},
    ]
    body = small(model="viduq3", prompt="@小明 在公园里跳舞", duration=3, subjects=subjects)

    task = post(gateway, "/ent/v2/reference2video", body).json["task_id"]

    assert ended(gateway, task)["state"] == "success"
    shown = gateway.get(f"/v1/tasks/{task}").json["notes"]["references"]
    assert [reference.get("named", False) for reference in shown] == [False, True]


def test_a_cancelled_task_has_failed_and_costs_nothing(gateway: Server, tmp_path: Path) -> None:
    with serving(tmp_path / "idle", "--workers", "0") as idle:
        task = post(idle, "/ent/v2/text2video", small(off_peak=True)).json["task_id"]
        cancel = f"{TASKS}/{task}/cancel"

        assert (idle.post(cancel, {"id": task}).json, idle.post(cancel, {}).status) == ({}, 200)

        answer = idle.get(f"{TASKS}/{task}/creations").json
        assert (answer["state"], answer["err_code"], answer["credits"]) == ("failed", "UserCancelled", 0)
        assert answer["off_peak"] is True
    done = post(gateway, "/ent/v2/text2video", small()).json["task_id"]
    ended(gateway, done)
    late = gateway.post(f"{TASKS}/{done}/cancel", {})
    assert (late.status, late.json["reason"]) == (409, "Conflict")
    missing = gateway.post(f"{TASKS}/1/cancel", {})
    assert (missing.status, missing.json["reason"]) == (404, "TaskNotFound")
    assert gateway.get(f"{TASKS}/{done}/creations", key="sk-wrong").json["reason"] == "Unauthorized"


def test_a_list_pages_by_number_and_by_token(tmp_path: Path) -> None:
    with serving(tmp_path / "idle", "--workers", "0") as idle:
        made = [post(idle, "/ent/v2/text2video", small(seed=n)).json for n in (1, 2, 3)]
        ids = [task["task_id"] for task in reversed(made)]

        def listed(query: str) -> list[str]:
            return [task["id"] for task in idle.get(f"{TASKS}?{query}").json["tasks"]]

        first = idle.get(f"{TASKS}?pager.pagesz=2").json
        assert [task["id"] for task in first["tasks"]] == ids[:2]
        assert listed(f"pager.pagesz=2&pager.page_token={first['next_page_token']}") == ids[2:]
        assert listed("paper.pagesz=2&paper.page=2") == ids[2:]
        assert listed(f"task_ids={ids[0]}&task_ids={ids[2]}&states=queueing") == [ids[0], ids[2]]
        assert listed("states=success&states=processing") == []
        assert listed("model_versions=viduq3-pro") == []
        assert listed(f"created_at.to={made[0]['created_at']}") == []
        assert listed(f"created_at.from={made[0]['created_at']}") == ids
        refused = idle.get(f"{TASKS}?pager.pagesz=101")
        assert (refused.status, refused.json["reason"]) == (400, "FieldInvalid")
