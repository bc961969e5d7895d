"""The pages of webhooks, statements, settings, accounts and all tasks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.visitor import Visitor, text
from tests.e2e.server import KEY, Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("operating") / "data"
    with serving(folder, "--workers", "0", "--metrics-token", "a-secret-token", "--allow-private-callbacks") as found:
        yield found


@pytest.fixture
def admin(server: Server) -> Visitor:
    visitor = Visitor(server)
    visitor.sign_in()
    return visitor


def test_a_webhook_is_made_tested_switched_off_and_deleted(server: Server, admin: Visitor) -> None:
    made = admin.send("/console/webhooks", url=f"{server.url}/nowhere", events="task.failed")
    assert made.status == 200
    secret = re.search(r'id="secret">([^<]+)', made.body.decode())
    assert secret
    hook = server.get("/v1/webhooks").json["data"][0]
    assert hook["events"] == ["task.failed"]
    page = f"/console/webhooks/{hook['id']}"
    assert secret[1] not in admin.open(page).body.decode()
    admin.send(f"{page}/test")
    sent = server.until("/v1/webhooks/deliveries", lambda told: told["data"] and told["data"][0]["tries"])["data"][0]
    assert "404" in text(admin.open(f"/console/deliveries/{sent['id']}"))
    admin.send(f"{page}/switch", enabled="no")
    assert server.get(f"/v1/webhooks/{hook['id']}").json["enabled"] is False
    admin.send(f"{page}/delete")
    assert admin.open(page).status == 404
    refused = admin.send("/console/webhooks", url="nonsense")
    assert (refused.status, "url" in text(refused)) == (400, True)


def test_a_month_s_statement_prints_and_is_there_as_csv(server: Server, admin: Visitor) -> None:
    paid = {"kind": "topup", "amount_micros": 5_000_000, "reference": "I-1", "reason": "first"}
    assert server.post("/admin/v1/projects/default/payments", paid).status == 200
    page = text(admin.open("/console/statement"))
    assert "I-1" in page
    assert "5.00" in page
    csv = admin.open("/console/statement.csv")
    assert csv.headers["content-disposition"].startswith("attachment")
    assert csv.body.splitlines()[2] == b"topup,,,I-1,,5000000,,USD"
    assert server.get("/v1/statement?month=2999-01").status == 400
    assert server.get("/v1/statement?month=nonsense").status == 400
    assert admin.open("/console/statement?project=nosuch").status == 404
    plain = server.post("/admin/v1/keys", {"name": "r", "project_id": "default", "scopes": ["read"]}).json["secret"]
    assert server.get("/v1/statement?project=others", key=plain).status == 403


def test_a_budget_warns_once_for_each_step(server: Server, admin: Visitor) -> None:
    server.call("PATCH", "/admin/v1/projects/default", {"budget_month_micros": 400_000})
    task = server.post("/v1/tasks", {"model": "wan2.7-t2v", "prompt": "a cat", "duration": 4}).json["id"]
    budget = server.get("/v1/balance").json["budget"]
    assert (budget["spent_micros"], budget["warned_at"]) == (336_000, 80)
    assert "80 %" in text(admin.open("/console/usage"))
    server.post(f"/v1/tasks/{task}/cancel")


def test_settings_are_shown_without_secrets(server: Server, admin: Visitor) -> None:
    page = admin.open("/console/settings")
    assert "--metrics-token" in text(page)
    assert b"a-secret-token" not in page.body
    assert KEY.encode() not in page.body
    assert b"a-secret-token" not in server.get("/admin/v1/settings").body


def test_no_part_of_a_password_in_an_address_is_shown(tmp_path: Path) -> None:
    address = "http://me:alpha1@beta2@127.0.0.1:9/v1"
    with serving(tmp_path / "data", "--workers", "0", "--traces", address) as other:
        shown = {one["name"]: one["value"] for one in other.get("/admin/v1/settings").json["data"]}
    assert shown["traces"] == "http://…127.0.0.1:9/v1"


def test_an_account_is_paused_and_a_task_says_why_it_waits(server: Server, admin: Visitor) -> None:
    admin.send("/console/providers/animatic/pause", reason="driver update")
    assert "driver update" in text(admin.open("/console/providers"))
    task = server.post("/v1/tasks", {"model": "animatic", "prompt": "hidden words", "duration": 2}).json["id"]
    story = text(admin.open(f"/console/all-tasks/{task}"))
    assert "driver update" in story
    assert "hidden words" not in story
    assert "driver update" not in text(admin.open(f"/console/tasks/{task}"))
    assert "runs here" in text(admin.send("/console/providers/animatic/test"))
    admin.send("/console/providers/animatic/resume")
    assert "driver update" not in text(admin.open("/console/providers"))
    admin.send(f"/console/all-tasks/{task}/cancel")
    listed = text(admin.open("/console/all-tasks?status=cancelled"))
    assert task[:24] in listed
    assert "account.pause" in text(admin.open("/console/audit?subject=animatic"))
