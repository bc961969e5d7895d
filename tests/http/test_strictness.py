"""Calls that want to be refused for what is not known, at every kind of address; all others are served and told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reelgate.dialects import all_dialects
from reelgate.dialects.described import described
from reelgate.dialects.port import Operation
from reelgate.http.declarations import declarations
from reelgate.http.route import Declaration, Pass
from tests.e2e.server import Reply, Server, serving

STRICT = {"Prefer": "handling=strict"}
UNKNOWN = "x-reelgate-unknown-fields"
CREATES = [
    (one.name, route.path, dict(example))
    for one in all_dialects()
    for route in one.routes
    if route.operation is Operation.CREATE
    for example in described(one).examples.get(route.path, ())
]
READ = [
    one for one in declarations() if one.method == "GET" and one.needs is not Pass.LINK and "events" not in one.path
]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("strict") / "data", "--workers", "0") as server:
        yield server


def headers_of(name: str) -> dict[str, str]:
    return dict(next(described(one).headers for one in all_dialects() if one.name == name))


def text(reply: Reply) -> str:
    return reply.body.decode()


@pytest.mark.parametrize(("name", "path", "body"), CREATES, ids=lambda one: one if isinstance(one, str) else "")
def test_a_create_with_a_field_that_is_not_known(gateway: Server, name: str, path: str, body: dict[str, Any]) -> None:
    known = next(iter(body))
    wrong = {**body, f"{known}_": "x", "zzz_unheard": 1}
    refused = gateway.call("POST", path, wrong, headers={**headers_of(name), **STRICT})
    assert refused.status == 400, text(refused)
    assert f"{known}_" in text(refused)
    assert f"did you mean {known}?" in text(refused)


def test_a_create_without_the_preference_is_told(gateway: Server) -> None:
    body = {"model": "animatic", "prompt": "雪地里的狐狸", "duration": 1, "promt": "x"}
    made = gateway.post("/v1/tasks", body)
    assert made.status == 200
    assert made.headers[UNKNOWN] == "promt"
    refused = gateway.call("POST", "/v1/tasks", body, headers=STRICT)
    assert refused.status == 400
    assert refused.json["error"]["code"] == "unknown_parameter"
    assert refused.json["error"]["param"] == "promt"
    assert "did you mean prompt?" in refused.json["error"]["message"]
    assert gateway.call("POST", "/v1/tasks", {**body, "promt": None}, headers=STRICT).status == 400


def test_a_name_inside_an_object_is_meant_by_its_path(gateway: Server) -> None:
    body = {"model": "wan2.7-t2v", "input": {"prompt": "a fox"}, "parameters": {"duraton": 5}}
    path = "/api/v1/services/aigc/video-generation/video-synthesis"
    refused = gateway.call("POST", path, body, headers={"X-DashScope-Async": "enable", **STRICT})
    assert refused.status == 400
    assert "did you mean parameters.duration?" in text(refused)


def test_a_parameter_of_a_create_and_of_a_poll(gateway: Server) -> None:
    made = gateway.post("/v1/tasks", {"model": "animatic", "prompt": "a fox", "duration": 1}).json["id"]
    assert gateway.call("GET", f"/v1/tasks/{made}?wiat=1").status == 200
    refused = gateway.call("GET", f"/v1/tasks/{made}?wiat=1", headers=STRICT)
    assert refused.status == 400
    assert "did you mean wait?" in text(refused)
    assert gateway.call("GET", f"/v1/tasks/{made}?wait=0", headers=STRICT).status == 200
    body = {"model": "animatic", "prompt": "a fox", "duration": 1}
    assert gateway.call("POST", "/v1/tasks?modle=x", body, headers=STRICT).status == 400
    assert gateway.call("POST", "/v1/tasks?modle=x", body).status == 200


def test_quotes_and_previews(gateway: Server) -> None:
    order = {"path": "/v1/tasks", "body": {"model": "animatic", "prompt": "a fox", "duration": 1, "sede": 3}}
    assert gateway.post("/v1/quotes", order).status == 201
    refused = gateway.call("POST", "/v1/quotes", order, headers=STRICT)
    assert refused.status == 400
    assert "did you mean seed?" in text(refused)
    outer = gateway.call("POST", "/v1/quotes", {**order, "bdy": {}}, headers=STRICT)
    assert outer.status == 400
    assert "did you mean body?" in text(outer)
    preview = gateway.call("POST", "/v1/previews", order, headers=STRICT)
    assert preview.status == 201
    assert [one["param"] for one in preview.json["refusals"]] == ["sede"]


def test_a_small_body_of_the_house(gateway: Server) -> None:
    refused = gateway.call("POST", "/volc/asset/CreateAssetGroup", {"Name": "组", "Grouptype": "x"}, headers=STRICT)
    assert refused.status == 400
    assert "did you mean GroupType?" in text(refused)
    made = gateway.post("/volc/asset/CreateAssetGroup", {"Name": "组", "Grouptype": "x"})
    assert made.status == 200
    group = made.json["Id"]
    assert gateway.post("/volc/asset/UpdateAssetGroup", {"Id": group, "Name": "新组"}).status == 200


@pytest.mark.parametrize("one", READ, ids=lambda one: one.path)
def test_a_read_with_a_parameter_that_is_not_known(gateway: Server, one: Declaration) -> None:
    path = one.path.replace("{id:path}", "x").replace("{id}", "x")
    refused = gateway.call("GET", f"{path}?zzz_unheard=1", headers=STRICT)
    assert refused.status == 400, text(refused)
    assert "zzz_unheard" in text(refused)


def test_a_key_that_makes_all_its_calls_strict(gateway: Server) -> None:
    """Without the header, at every dialect's create, its polls, quotes, small bodies and reads."""
    order = {"project_id": "default", "name": "strict", "strict": True}
    made = gateway.post("/admin/v1/keys", order).json
    key, named = made["secret"], f"/admin/v1/keys/{made['id']}"
    assert made["strict"] is True
    for name, path, body in CREATES:
        known = next(iter(body))
        refused = gateway.call("POST", path, {**body, f"{known}_": "x"}, key=key, headers=headers_of(name))
        assert refused.status == 400, f"{path}: {text(refused)}"
        assert f"did you mean {known}?" in text(refused), path
    body = {"model": "animatic", "prompt": "a fox", "duration": 1}
    task = gateway.post("/v1/tasks", body, key=key).json["id"]
    misspelt = {**body, "sede": 3}
    for path, sent, name in (
        ("/v1/tasks?modle=x", body, "modle"),
        (f"/v1/tasks/{task}?wiat=1", None, "wiat"),
        ("/v1/tasks?statsu=failed", None, "statsu"),
        ("/v1/quotes", {"path": "/v1/tasks", "body": misspelt}, "sede"),
        ("/volc/asset/CreateAssetGroup", {"Name": "组", "Grouptype": "x"}, "Grouptype"),
    ):
        refused = gateway.call("GET" if sent is None else "POST", path, sent, key=key)
        assert refused.status == 400, f"{path}: {text(refused)}"
        assert f"{name} is not known here" in text(refused), path
    assert gateway.call("PATCH", named, {"strict": False}).json["strict"] is False
    assert gateway.get(f"/v1/tasks/{task}?wiat=1", key=key).status == 200
    for wrong in (None, 1, "yes"):
        refused = gateway.call("PATCH", named, {"strict": wrong})
        assert (refused.status, refused.json["error"]["param"]) == (400, "strict")
