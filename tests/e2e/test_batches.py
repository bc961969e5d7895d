"""Creates by the file, in OpenAI's form: each line is made once, whatever becomes of the server meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from reelgate import limits
from tests.e2e.forms import form
from tests.e2e.server import Reply, Server, serving

BODY = {"model": "animatic", "prompt": "a cat on a wall", "seconds": "1", "size": "1280x720"}
ENDED = ("completed", "failed", "expired", "cancelled")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("batches") / "data", "--workers", "2") as server:
        yield server


def line(name: str, **changes: Any) -> str:
    return json.dumps({"custom_id": name, "method": "POST", "url": "/v1/videos", "body": BODY} | changes)


def uploaded(server: Server, lines: Sequence[str], **texts: str) -> Any:
    sent = form({"purpose": "batch", **texts}, "orders.jsonl", "\n".join(lines).encode())
    answer = server.call("POST", "/v1/files", **sent)
    assert answer.status == 200, answer.body
    return answer.json


def created(server: Server, file_id: str, **fields: Any) -> Reply:
    wanted = {"input_file_id": file_id, "endpoint": "/v1/videos", "completion_window": "24h", **fields}
    return server.post("/v1/batches", wanted)


def ended(server: Server, batch_id: str) -> Any:
    return server.until(f"/v1/batches/{batch_id}", lambda seen: seen["status"] in ENDED)


def lines_of(server: Server, file_id: str) -> list[Any]:
    return [json.loads(one) for one in server.get(f"/v1/files/{file_id}/content").body.decode().splitlines()]


def test_each_line_is_made_once_also_over_a_kill_and_the_files_say_what_came_of_it(tmp_path: Path) -> None:
    wrong = line("wrong", body={**BODY, "seconds": "999"})
    names = [f"clip-{number}" for number in range(3)]
    with serving(tmp_path / "data", "--workers", "1") as server:
        file = uploaded(server, [line(name) for name in names] + [wrong])
        made = created(server, file["id"], metadata={"for": "the wall"})
        assert made.status == 200, made.body
        batch = made.json
        server.until("/v1/tasks", lambda seen: len(seen["data"]) >= 2)
        server.process.kill()
        server.process.wait()

    with serving(tmp_path / "data", "--workers", "2") as server:
        end = ended(server, batch["id"])
        tasks = server.get("/v1/tasks").json["data"]
        output, errors = lines_of(server, end["output_file_id"]), lines_of(server, end["error_file_id"])
        listed = server.get("/v1/files").json
        outputs = server.get("/v1/files?purpose=batch_output&order=asc&limit=1").json
        batches = server.get("/v1/batches?limit=1").json

    assert (file["purpose"], file["filename"], file["object"]) == ("batch", "orders.jsonl", "file")
    assert (batch["status"], batch["metadata"], batch["errors"]) == ("in_progress", {"for": "the wall"}, None)
    assert batch["request_counts"] == {"total": 4, "completed": 0, "failed": 0}
    assert batch["expires_at"] - batch["created_at"] == 86_400
    assert (end["status"], end["request_counts"]) == ("completed", {"total": 4, "completed": 3, "failed": 1})
    assert end["completed_at"] >= end["in_progress_at"]
    assert len(tasks) == len(names)
    assert [one["custom_id"] for one in output] == names
    assert sorted(one["response"]["body"]["id"] for one in output) == sorted(task["id"] for task in tasks)
    assert {one["response"]["body"]["status"] for one in output} == {"completed"}
    (refused,) = errors
    assert (refused["custom_id"], refused["response"]["status_code"]) == ("wrong", 400)
    assert refused["response"]["body"]["error"]["param"] == "seconds"
    assert [one["id"] for one in listed["data"]][-1] == file["id"]
    assert {one["id"] for one in listed["data"]} == {file["id"], end["output_file_id"], end["error_file_id"]}
    assert outputs["has_more"]
    assert [one["id"] for one in batches["data"]] == [batch["id"]]


def test_a_file_may_begin_with_a_mark_of_its_encoding(gateway: Server) -> None:
    batch = created(gateway, uploaded(gateway, ["\ufeff" + line("clip"), line("other") + "\r"])["id"]).json

    assert (batch["errors"], batch["request_counts"]["total"]) == (None, 2)


def test_a_batch_that_is_sent_again_is_made_once(gateway: Server) -> None:
    file = uploaded(gateway, [line("clip")])
    other = uploaded(gateway, [line("clip")])
    wanted = {"input_file_id": file["id"], "endpoint": "/v1/videos", "completion_window": "24h"}

    def sent(changes: dict[str, Any] | None = None, **headers: str) -> Reply:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return gateway.post("/v1/batches", wanted | (changes or {}), headers=given)

    first, retried = sent(x_stainless_retry_count="0"), sent(x_stainless_retry_count="1")
    anew, another = sent(x_stainless_retry_count="0"), sent({"metadata": {"a": "b"}}, x_stainless_retry_count="2")
    named, again = sent(idempotency_key="mine"), sent(idempotency_key="mine", x_stainless_retry_count="1")
    reused = sent({"input_file_id": other["id"]}, idempotency_key="mine")
    gateway.call("DELETE", f"/v1/files/{file['id']}")
    later = sent(idempotency_key="mine")

    assert first.json["id"] == retried.json["id"]
    assert named.json["id"] == again.json["id"] == later.json["id"]
    assert len({one.json["id"] for one in (first, anew, another, named)}) == 4
    marks = ["x-reelgate-replayed" in one.headers for one in (first, retried, anew, another, named, again, later)]
    assert marks == [False, True, False, False, False, True, True]
    assert (reused.status, reused.json["error"]["code"]) == (422, "idempotency_key_reused")
    assert sent(idempotency_key="").status == 400


def test_a_project_has_so_many_open_batches_and_no_more(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as server:
        file = uploaded(server, [line("clip")])["id"]
        made = [created(server, file).json["id"] for _ in range(limits.BATCHES_PER_PROJECT)]
        refused = created(server, file)
        server.post(f"/v1/batches/{made[0]}/cancel")
        ended(server, made[0])
        taken = created(server, file)

    assert (refused.status, refused.json["error"]["code"]) == (429, "too_many_calls")
    assert int(refused.headers["retry-after"]) > 0
    assert taken.status == 200


def test_a_cancelled_batch_begins_nothing_more_and_tells_what_it_has(gateway: Server) -> None:
    longer = {**BODY, "seconds": "60"}
    file = uploaded(gateway, [line(f"clip-{number}", body=longer) for number in range(60)])
    batch = created(gateway, file["id"]).json
    gateway.until("/v1/tasks", lambda seen: seen["data"])

    cancelled = gateway.post(f"/v1/batches/{batch['id']}/cancel", None).json
    end = ended(gateway, batch["id"])

    assert cancelled["status"] in ("cancelling", "cancelled")
    assert end["status"] == "cancelled"
    assert end["cancelled_at"] >= end["cancelling_at"]
    counts = end["request_counts"]
    assert counts["completed"] + counts["failed"] == counts["total"] == 60
    codes = {one["error"]["code"] for one in lines_of(gateway, end["error_file_id"])}
    assert "batch_cancelled" in codes
    assert gateway.get("/v1/balance").json["held_micros"] == 0
    again = gateway.post(f"/v1/batches/{batch['id']}/cancel", None)
    assert (again.status, again.json["error"]["code"]) == (409, "wrong_state")


def test_a_file_that_holds_no_batch_fails_it_with_the_lines_at_fault(gateway: Server) -> None:
    bad = ["{", line("a"), line("a"), line("b", url="/v1/chat/completions"), line("c", method="GET"), line("d", body=1)]
    batch = created(gateway, uploaded(gateway, bad)["id"]).json
    told = [(one["line"], one["code"], one["param"]) for one in batch["errors"]["data"]]

    assert (batch["status"], batch["request_counts"]["total"], batch["in_progress_at"]) == ("failed", 0, None)
    assert told == [
        (1, "invalid_json_line", None),
        (3, "duplicate_custom_id", "custom_id"),
        (4, "mismatched_endpoint", "url"),
        (5, "invalid_method", "method"),
        (6, "missing_required_parameter", "body"),
    ]
    texts = [one["message"] for one in batch["errors"]["data"]]
    assert (texts[1], texts[3]) == ('an earlier line is called "a" too', 'method is "GET"; allowed: POST')
    empty = created(gateway, uploaded(gateway, ["", "  "])["id"]).json
    why = {"code": "empty_file", "message": "the file has no request; each line is one, as JSON"}
    assert (empty["status"], empty["errors"]["data"]) == ("failed", [why | {"param": None, "line": None}])


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"endpoint": "/v1/chat/completions"}, "endpoint"),
        ({"completion_window": "1h"}, "completion_window"),
        ({"input_file_id": "file-none"}, "input_file_id"),
        ({"metadata": {"a": 1}}, "metadata"),
        ({"metadata": {"a": "x" * 513}}, "metadata"),
        ({"metadata": {"n" * 65: "x"}}, "metadata"),
        ({"output_expires_after": {"anchor": "created_at", "seconds": 1}}, "output_expires_after"),
    ],
)
def test_what_a_batch_cannot_be_is_refused(gateway: Server, changes: dict[str, Any], param: str) -> None:
    refused = created(gateway, uploaded(gateway, [line("a")])["id"], **changes)
    assert (refused.status, refused.json["error"]["param"]) == (400, param)


def test_files_are_shown_downloaded_and_deleted(gateway: Server) -> None:
    texts = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
    file = uploaded(gateway, [line("a"), line("猫")], **texts)
    shown = gateway.get(f"/v1/files/{file['id']}").json
    content = gateway.get(f"/v1/files/{file['id']}/content")
    gone = gateway.call("DELETE", f"/v1/files/{file['id']}").json

    assert shown == file
    assert file["expires_at"] - file["created_at"] == 3600
    assert [json.loads(one)["custom_id"] for one in content.body.decode().splitlines()] == ["a", "猫"]
    assert file["bytes"] == len(content.body)
    assert gone == {"id": file["id"], "object": "file", "deleted": True}
    assert gateway.get(f"/v1/files/{file['id']}").status == 404
    assert gateway.get(f"/v1/files/{file['id']}/content").status == 404
