"""What an operator does while the server runs: accounts paused, resumed, tested; tasks of all projects; settling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reelgate.testing.simulator import Simulator
from tests.e2e.server import Server, serving

ORDER = {"model": "viduq3-pro", "prompt": "a cat walks", "duration": 5, "resolution": "720p"}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(job_seconds=3600) as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("operating")
    config = folder / "reelgate.toml"
    config.write_text(
        f'[[account]]\nkind = "vidu"\nname = "main"\nkey_env = "SIM_KEY"\nbase_url = "{simulator.base_url("vidu")}"\n'
    )
    with serving(folder / "data", "--workers", "1", "--config", str(config), SIM_KEY="sk-sim") as found:
        yield found


def test_a_paused_account_is_sent_nothing_and_its_tasks_say_why_they_wait(server: Server, simulator: Simulator) -> None:
    paused = server.post("/admin/v1/accounts/main/pause", {"reason": "invoice"}).json
    assert (paused["state"], paused["paused"]["reason"]) == ("paused", "invoice")
    before = simulator.paid("vidu")
    task = server.post("/v1/tasks", ORDER).json["id"]
    why = server.until(f"/admin/v1/tasks/{task}", lambda told: told["waits_for"])["waits_for"]
    assert why["code"] == "account_paused"
    assert "invoice" in why["detail"]
    own = server.get(f"/v1/tasks/{task}/timeline").json["waits_for"]
    assert own["code"] == "account_paused"
    assert "main" not in own["message"]
    assert "detail" not in own
    assert simulator.paid("vidu") == before
    assert server.get("/admin/v1/accounts/main").json["queued"] == 1
    assert server.post("/admin/v1/accounts/main/resume").json["state"] == "in_use"
    server.until(f"/v1/tasks/{task}", lambda told: told["state"] == "running")
    assert simulator.paid("vidu") == before + 1
    actions = [line["action"] for line in server.get("/admin/v1/audit?subject=main").json["data"]]
    assert actions == ["account.resume", "account.pause"]
    server.post(f"/v1/tasks/{task}/cancel")


def test_an_account_is_shown_with_its_address_and_settled_as_a_whole(server: Server, simulator: Simulator) -> None:
    accounts = server.get("/admin/v1/accounts").json["data"]
    addresses = {one["id"]: one["address"] for one in accounts}
    assert addresses == {"main": simulator.base_url("vidu"), "animatic": None}
    settle = "/admin/v1/accounts/{}/settle"
    settled = server.post(settle.format("main"), {"verdict": "give_up"})
    assert (settled.status, settled.json) == (200, {"object": "list", "data": []})
    audit = server.get("/admin/v1/audit?subject=main").json["data"][0]
    assert (audit["action"], audit["after"]) == ("account.settle", {"verdict": "give_up", "tasks": 0})
    assert server.post(settle.format("main"), {"verdict": "adopt"}).status == 400
    assert server.post(settle.format("nosuch"), {"verdict": "give_up"}).status == 404


def test_a_test_tells_whether_an_account_answers(server: Server) -> None:
    assert server.post("/admin/v1/accounts/main/test").json["ok"] is True
    assert server.post("/admin/v1/accounts/animatic/test").json["ok"] is True
    assert server.post("/admin/v1/accounts/nosuch/test").status == 404
    assert server.post("/admin/v1/accounts/nosuch/pause").status == 404
    assert server.post("/admin/v1/accounts/main/pause", {"reason": "x" * 300}).status == 400


def test_tasks_of_all_projects_are_listed_told_cancelled_and_deleted(server: Server) -> None:
    server.post("/admin/v1/projects", {"id": "others", "name": "Others"})
    key = server.post("/admin/v1/keys", {"name": "o", "project_id": "others"}).json["secret"]
    asked = {"model": "animatic", "prompt": "a very secret prompt", "duration": 60}
    task = server.post("/v1/tasks", asked, key=key).json["id"]
    listed = server.get("/admin/v1/tasks?project_id=others")
    assert [one["id"] for one in listed.json["data"]] == [task]
    assert b"secret prompt" not in listed.body
    story = server.get(f"/admin/v1/tasks/{task}")
    assert b"secret prompt" not in story.body
    assert story.json["moves"][0]["name"] == "create"
    assert server.get("/admin/v1/tasks?account=main&project_id=others").json["data"] == []
    assert server.get("/admin/v1/tasks?status=nosuch").status == 400
    assert server.get("/admin/v1/tasks", key=key).status == 403
    server.post(f"/admin/v1/tasks/{task}/cancel")
    server.until(f"/admin/v1/tasks/{task}", lambda told: told["state"] == "cancelled")
    assert server.post(f"/admin/v1/tasks/{task}/settle", {"verdict": "not_taken"}).status == 409
    assert server.post(f"/admin/v1/tasks/{task}/settle", {"verdict": "adopt"}).status == 400
    assert server.call("DELETE", f"/admin/v1/tasks/{task}").json["deleted"] is True
    assert server.get(f"/admin/v1/tasks/{task}").status == 404
    assert server.get("/admin/v1/audit?subject=" + task).json["data"][0]["action"] == "task.delete"


def test_a_page_of_all_tasks_goes_on_where_the_one_before_ended(server: Server) -> None:
    made = [
        server.post("/v1/tasks", {"model": "animatic", "prompt": f"{n}", "duration": 60}).json["id"] for n in range(3)
    ]
    first = server.get("/admin/v1/tasks?limit=2&model=animatic").json
    second = server.get(f"/admin/v1/tasks?limit=2&model=animatic&cursor={first['next_cursor']}").json
    assert [one["id"] for one in [*first["data"], *second["data"]]][:3] == made[::-1]
    for task in made:
        server.post(f"/v1/tasks/{task}/cancel")
