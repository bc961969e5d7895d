"""Ark's own API as its clients use it: every unset field null, deletes by state, lists, old flags."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reelgate.testing import Simulator
from tests.conductor.studio import HandClock
from tests.e2e.conftest import Inputs
from tests.e2e.server import Server, serving
from tests.e2e.video import look_at

TASKS = "/api/v3/contents/generations/tasks"
SMALL = "doubao-seedance-1-0-pro-fast-251015"
UNSET = dict.fromkeys(
    (
        *(
            "safety_identifier",
            "callback_url",
            "return_last_frame",
            "service_tier",
            "execution_expires_after",
            "priority",
        ),
        *("generate_audio", "draft", "camera_fixed", "watermark", "seed", "resolution", "ratio", "duration", "frames"),
        *("tools", "output_format", "omni_reference_task_type"),
    )
)
"""What the vendor's client sends of a call that names none of these."""


def small(text: str = "一只猫在海边", **fields: Any) -> dict[str, Any]:
    """Return a body whose video takes no time to speak of."""
    return {"model": SMALL, "content": [{"type": "text", "text": text}], **UNSET, "resolution": "480p", **fields}


def done(answer: Any) -> bool:
    """Tell whether a task has ended."""
    return answer["status"] not in {"queued", "running"}


def test_a_text_becomes_a_video_with_usage(gateway: Server, tmp_path: Path) -> None:
    created = gateway.post(TASKS, small(duration=2, ratio="1:1", return_last_frame=True, safety_identifier="用户-1"))
    assert (created.status, list(created.json)) == (200, ["id"])
    assert created.json["id"].startswith("cgt-20")

    task = gateway.until(f"{TASKS}/{created.json['id']}", done)

    assert (task["status"], task["error"], task["duration"], task["ratio"]) == ("succeeded", None, 2, "1:1")
    assert task["usage"]["total_tokens"] == 640 * 640 * 49 // 1024
    assert (task["safety_identifier"], task["service_tier"], task["model"]) == ("用户-1", "default", SMALL)
    file = tmp_path / "result.mp4"
    file.write_bytes(gateway.get(task["content"]["video_url"], key=None).body)
    assert (look_at(file).seconds, look_at(file).audio) == (2, "")
    assert gateway.get(task["content"]["last_frame_url"], key=None).body.startswith(b"\x89PNG")
    house = gateway.get(f"/v1/tasks/{task['id']}").json
    assert (house["status"], house["dialect"]) == ("completed", "ark")


def test_an_exact_number_of_frames(gateway: Server, tmp_path: Path) -> None:
    task = gateway.post(TASKS, small(frames=29, service_tier="flex", ratio="1:1")).json["id"]

    made = gateway.until(f"{TASKS}/{task}", done)

    assert (made["status"], made["frames"], made["service_tier"]) == ("succeeded", 29, "flex")
    assert "duration" not in made
    file = tmp_path / "result.mp4"
    file.write_bytes(gateway.get(made["content"]["video_url"], key=None).body)
    assert abs(look_at(file).seconds - 29 / 24) < 0.05


def test_settings_in_the_text_and_a_frame_that_gives_the_shape(gateway: Server, inputs: Inputs) -> None:
    frame = {"type": "image_url", "image_url": {"url": inputs.url("character1.png")}}
    body = small("角色向前走 --rs 480p --dur 2 --seed 9 --cf maybe")
    body["content"].append(frame)
    del body["resolution"]

    created = gateway.post(TASKS, body)

    assert created.headers["x-reelgate-ignored-fields"] == "content[0].text%20--cf"
    task = gateway.until(f"{TASKS}/{created.json['id']}", done)
    assert (task["status"], task["resolution"], task["ratio"], task["seed"]) == ("succeeded", "480p", "1:1", 9)


def test_a_delete_does_what_the_state_allows(gateway: Server, tmp_path: Path) -> None:
    with serving(tmp_path / "idle", "--workers", "0") as idle:
        waiting = idle.post(TASKS, small(duration=2)).json["id"]
        assert (idle.call("DELETE", f"{TASKS}/{waiting}", {}).status, idle.call("GET", TASKS).json["total"]) == (200, 1)
        assert idle.get(f"{TASKS}/{waiting}").json["status"] == "cancelled"
        again = idle.call("DELETE", f"{TASKS}/{waiting}")
        assert (again.status, again.json["error"]["code"]) == (409, "InvalidAction.CancelledTaskDeletion")
    with Simulator(clock=HandClock()) as vendor:  # its time stands still: what runs there goes on running
        account = {"ARK_API_KEY": "sk-ark", "ARK_BASE_URL": vendor.base_url("ark")}
        with serving(tmp_path / "busy", "--workers", "0", **account) as busy:
            running = busy.post(TASKS, small(duration=2)).json["id"]
            busy.until(f"{TASKS}/{running}", lambda task: task["status"] == "running")
            refused = busy.call("DELETE", f"{TASKS}/{running}", {})
    assert (refused.status, refused.headers["x-should-retry"]) == (409, "false")
    error = refused.json["error"]
    assert error["code"] == "InvalidAction.RunningTaskDeletion"
    assert error["message"].startswith("Cannot delete task because it is currently running. Request id: 02")
    made = gateway.post(TASKS, small(duration=2)).json["id"]
    gateway.until(f"{TASKS}/{made}", done)
    assert gateway.call("DELETE", f"{TASKS}/{made}").json == {}
    assert gateway.get(f"{TASKS}/{made}").json["error"]["code"] == "NotFound.Task"


def test_a_cancelled_task_has_failed_at_the_address_that_apiyi_has(tmp_path: Path) -> None:
    """APIYI's own client asks on for half an hour about a task that is `cancelled`."""
    passed_on = f"/seedance{TASKS}"
    with serving(tmp_path / "idle", "--workers", "0") as idle:
        ids = [idle.post(path, small(duration=2)).json["id"] for path in (passed_on, TASKS)]
        idle.post(f"/v1/tasks/{ids[0]}/cancel")
        idle.call("DELETE", f"{passed_on}/{ids[1]}")
        for cancelled in ids:
            told = idle.get(f"{passed_on}/{cancelled}").json
            assert (told["status"], told["error"]) == (
                "failed",
                {"code": "Cancelled", "message": "the task was cancelled"},
            )
            own = idle.get(f"{TASKS}/{cancelled}").json
            assert (own["status"], own["error"]) == ("cancelled", None)
        listed = idle.get(f"{passed_on}?filter.status=failed").json
        assert [item["status"] for item in listed["items"]] == ["failed", "failed"]
        assert idle.get(f"{TASKS}?filter.status=failed").json["total"] == 0
        assert idle.get(f"{TASKS}?filter.status=cancelled").json["total"] == 2


def test_a_list_pages_and_hides_what_may_wait(tmp_path: Path) -> None:
    with serving(tmp_path / "idle", "--workers", "0") as idle:
        made = [idle.post(TASKS, small(duration=2, seed=n)).json["id"] for n in range(3)]
        patient = idle.post(TASKS, small(duration=2, service_tier="flex")).json["id"]
        other = idle.post("/v1/tasks", {"model": "viduq3t-540p", "prompt": "海", "duration": 1}).json["id"]

        def ids(query: str) -> tuple[list[str], int]:
            answer = idle.get(f"{TASKS}?{query}").json
            return [item["id"] for item in answer["items"]], answer["total"]

        assert ids("page_num=1&page_size=3") == ([other, made[2], made[1]], 4)
        assert ids("page_num=2&page_size=3") == ([made[0]], 4)
        assert ids("filter.service_tier=flex") == ([patient], 1)
        assert ids(f"filter.task_ids={made[0]}&filter.task_ids={made[2]}&filter.status=queued") == (
            [made[2], made[0]],
            2,
        )
        assert ids("filter.status=succeeded") == ([], 0)
        assert ids("filter.model=viduq3t-540p") == ([other], 1)
        refused = idle.get(f"{TASKS}?page_size=501")
        assert (refused.status, refused.json["error"]["param"]) == (400, "page_size")
        assert idle.get(TASKS, key="sk-wrong").json["error"]["code"] == "AuthenticationError"


def test_an_endpoint_of_an_account_is_no_model_here(gateway: Server) -> None:
    refused = gateway.post(TASKS, {**small(), "model": "ep-20250101-abcde"})

    assert (refused.status, refused.json["error"]["code"]) == (404, "InvalidEndpointOrModel.NotFound")
    assert "name a model" in refused.json["error"]["message"]
    assert gateway.call("PUT", TASKS, {}).json["error"]["type"] == "BadRequest"
