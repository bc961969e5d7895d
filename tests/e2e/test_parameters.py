"""Unknown parameters of an address: refused by calls for money and our own lists, named elsewhere."""

from __future__ import annotations

import pytest

from tests.e2e.server import Server
from tests.e2e.test_limits import key_of, made


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/v1/usage?month=2026-10", "from, to, group_by"),
        ("/v1/usage?until=2026-10-01", "from, to, group_by"),
        ("/v1/tasks?modell=x", "status, model"),
        ("/v1/tasks?state=failed", "status, model"),
        ("/admin/v1/projects?name=x", "cursor, limit"),
        ("/admin/v1/audit?since=1", "actor, cursor"),
    ],
)
def test_what_would_change_nothing_is_refused_with_what_there_is(gateway: Server, path: str, known: str) -> None:
    refused = gateway.get(path)

    assert (refused.status, known in refused.json["error"]["message"]) == (400, True), refused.body


@pytest.mark.parametrize("path", ["/v1/videos", "/api/v1/tasks", "/ent/v2/tasks", "/api/v3/contents/generations/tasks"])
def test_a_vendor_s_list_names_what_it_does_not_know(gateway: Server, path: str) -> None:
    answer = gateway.get(f"{path}?flavour=x")

    assert (answer.status, answer.headers["x-reelgate-unknown-fields"]) == (200, "flavour")


def test_an_operator_s_key_sees_any_project_s_usage_and_others_their_own(gateway: Server) -> None:
    school = made(gateway, "projects", id="school-of-film")
    secret = key_of(gateway, {"id": "other-school"})

    shown = gateway.get(f"/v1/usage?project={school['id']}")
    assert (shown.status, shown.json["project"], shown.json["data"]) == (200, "school-of-film", [])
    assert gateway.get("/v1/usage?project=nobody").status == 404
    assert gateway.get(f"/v1/usage?project={school['id']}", key=secret).status == 403
    assert gateway.get("/v1/usage?project=other-school", key=secret).json["project"] == "other-school"


def test_a_model_is_shown_by_its_id(gateway: Server) -> None:
    assert gateway.get("/v1/models/viduq3t-540p").json["id"] == "viduq3t-540p"
    assert gateway.get("/v1/models/nothing").status == 404
    assert gateway.get("/v1/models/viduq3t-540p", key=None).status == 401
    restricted = key_of(gateway, models=["wan*"])
    assert gateway.get("/v1/models/viduq3t-540p", key=restricted).status == 404


def test_every_answer_has_a_request_id(gateway: Server) -> None:
    task = gateway.post("/v1/tasks", {"model": "viduq3t-540p", "prompt": "x", "duration": 1}).json["id"]
    answers = [
        gateway.get("/healthz", key=None),
        gateway.get("/readyz", key=None),
        gateway.get(f"/v1/tasks/{task}"),
        gateway.get(f"/v1/video/generations/{task}"),
        gateway.get(f"/v1/videos/{task}"),
        gateway.get("/v1/tasks"),
        gateway.get("/v1/models"),
        gateway.get("/v1/balance"),
        gateway.get("/v1/usage"),
        gateway.get("/files/x/result.mp4", key=None),
        gateway.call("PATCH", "/v1/tasks"),
        gateway.call("OPTIONS", "/v1/tasks", key=None),
        gateway.get("/nowhere", key=None),
        gateway.post("/callbacks/x/y", {}, key=None),
    ]

    assert all(answer.headers.get("x-request-id") for answer in answers)
    assert all(answer.headers.get("x-should-retry") for answer in answers if answer.status >= 400)
    told = gateway.get("/api/v3/contents/generations/tasks/none", headers={"X-Client-Request-Id": "2027-abc"})
    assert (told.status, told.headers["x-client-request-id"]) == (404, "2027-abc")
