"""Quotes, holds and charges, and their answers for a project's owner and an operator."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.e2e.held import held
from tests.e2e.server import Reply, Server, command, environment, serving

CREATE = "/v1/video/generations"
PRICE = 3 * 95_200
BODY: dict[str, Any] = {
    "model": "happyhorse-1.0-t2v",
    "prompt": "一只猫在草地上奔跑",
    "resolution": "720P",
    "duration": 3,
}


class Customer(NamedTuple):
    """A project with a floor of nothing, and its key."""

    server: Server
    project: str
    key: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        return self.server.call(method, path, body, key=self.key, headers=headers)

    def ended(self, task: str) -> Any:
        self.server.until("/healthz", lambda _: self.call("GET", f"/v1/tasks/{task}").json["finished_at"])
        return self.call("GET", f"/v1/tasks/{task}").json


def customer(server: Server, name: str, **limits: Any) -> Customer:
    """Make a project and a key; the operator pays nothing in yet."""
    project = server.post("/admin/v1/projects", {"name": name, "floor_micros": 0, **limits}).json["id"]
    key = server.post("/admin/v1/keys", {"name": name, "project_id": project}).json["secret"]
    return Customer(server, project, key)


def pay(them: Customer, micros: int, reference: str, **more: Any) -> Reply:
    body = {"amount_micros": micros, "reference": reference, "reason": "银行转账", **more}
    return them.server.post(f"/admin/v1/projects/{them.project}/payments", body)


@pytest.fixture(scope="module")
def open_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("money") / "data", "--workers", "1") as server:
        yield server


def test_what_is_quoted_is_held_and_what_is_held_is_charged(open_gateway: Server) -> None:
    them = customer(open_gateway, "acme")
    pay(them, 1_000_000, "invoice 1")

    quote = them.call("POST", "/v1/quotes", {"path": CREATE, "body": BODY}).json
    assert quote["price"] == {"amount_micros": PRICE, "currency": "USD"}
    assert (quote["rule"]["name"], quote["sum"]) == ("happyhorse-1.0-t2v 720p", "3 s x 95200")
    assert (quote["held_for"], quote["charged_for"]) == ({"seconds": 3}, "what is held")
    with held(open_gateway):
        task = them.call("POST", CREATE, BODY, **{"X-Reelgate-Quote": quote["id"]}).json["id"]
        assert them.call("GET", "/v1/balance").json["held_micros"] == PRICE

    done = them.ended(task)

    assert done["price"] == {"amount_micros": PRICE, "charged_micros": PRICE, "currency": "USD"}
    balance = them.call("GET", "/v1/balance").json
    assert (balance["balance_micros"], balance["held_micros"], balance["charged_micros"]) == (
        1_000_000 - PRICE,
        0,
        PRICE,
    )
    told = them.call("GET", f"/v1/tasks/{task}/timeline").json
    kinds = [entry["kind"] for entry in told["data"]]
    assert [kind for kind in kinds if kind in {"hold", "capture", "release"}] == ["hold", "capture"]
    assert {"state", "attempt", "file"} < set(kinds)
    assert told["price"]["rule"] == "happyhorse-1.0-t2v 720p"
    assert "animatic" not in json.dumps(told)


def test_a_called_off_task_gives_everything_back(open_gateway: Server) -> None:
    them = customer(open_gateway, "cancels")
    pay(them, PRICE, "once")
    task = them.call("POST", CREATE, BODY | {"duration": 3}).json["id"]
    assert them.call("GET", "/v1/balance").json["available_micros"] == 0
    them.call("POST", f"/v1/tasks/{task}/cancel")
    assert them.ended(task)["price"]["charged_micros"] in {0, PRICE}
    assert them.call("GET", "/v1/balance").json["held_micros"] == 0


@pytest.mark.parametrize(
    ("path", "model", "status", "said"),
    [
        (CREATE, {}, 402, ("error", "code", "insufficient_funds")),
        ("/v1/tasks", {}, 402, ("error", "code", "insufficient_funds")),
        (
            "/wan/api/v1/services/aigc/video-generation/video-synthesis",
            {"model": "wan2.7-t2v", "input": {"prompt": "海边的灯塔"}},
            429,
            ("error", "code", "insufficient_funds"),
        ),
        (
            "/api/v3/contents/generations/tasks",
            {"model": "doubao-seedance-2-0-260128", "content": [{"type": "text", "text": "海边的灯塔"}]},
            403,
            ("error", "code", "AccountOverdueError"),
        ),
    ],
)
def test_without_money_each_api_refuses_in_its_own_words(
    open_gateway: Server, path: str, model: dict[str, Any], status: int, said: tuple[str, str, str]
) -> None:
    them = customer(open_gateway, "poor")
    refused = them.call("POST", path, model or BODY, **{"X-DashScope-Async": "enable"})
    assert refused.status == status, refused.body
    assert refused.json[said[0]][said[1]] == said[2]
    assert refused.headers["x-should-retry"] == "false"
    assert them.call("GET", "/v1/tasks").json["data"] == []


def test_a_quote_is_good_for_its_request_and_its_project_alone(open_gateway: Server) -> None:
    them, others = customer(open_gateway, "one"), customer(open_gateway, "other")
    pay(them, 10**9, "one")
    pay(others, 10**9, "one")
    quote = them.call("POST", "/v1/quotes", {"path": CREATE, "body": BODY}).json["id"]
    for who, body, said in (
        (them, BODY | {"duration": 4}, "another request"),
        (others, BODY, "another project"),
    ):
        refused = who.call("POST", CREATE, body, **{"X-Reelgate-Quote": quote})
        assert (refused.status, said in refused.json["error"]["message"]) == (400, True)
    for broken in (quote[:-2], "quote_x.y", "x"):
        assert them.call("POST", CREATE, BODY, **{"X-Reelgate-Quote": broken}).status == 400
    again = dict(reversed(BODY.items()))  # the order of fields is no part of a request
    assert them.call("POST", CREATE, again, **{"X-Reelgate-Quote": quote}).status == 200
    them.server.call_off(key=them.key)
    wrong = them.call("POST", "/v1/quotes", {"path": "/nowhere", "body": BODY})
    assert (wrong.status, wrong.json["error"]["param"]) == (400, "path")


def test_a_quote_outlives_a_change_of_the_projects_multiplier(open_gateway: Server) -> None:
    them = customer(open_gateway, "pinned")
    pay(them, 10**9, "one")
    quote = them.call("POST", "/v1/quotes", {"path": CREATE, "body": BODY}).json["id"]
    them.server.call("PATCH", f"/admin/v1/projects/{them.project}", {"multiplier_ppm": 1_500_001})
    dearer = them.call("POST", CREATE, BODY).json["id"]
    pinned = them.call("POST", CREATE, BODY, **{"X-Reelgate-Quote": quote}).json["id"]
    prices = [them.call("GET", f"/v1/tasks/{task}").json["price"]["amount_micros"] for task in (dearer, pinned)]
    assert prices == [-(-PRICE * 1_500_001 // 1_000_000), PRICE]
    them.server.call_off(key=them.key)


def test_the_usage_is_told_by_day_model_and_key(open_gateway: Server) -> None:
    them = customer(open_gateway, "usage")
    pay(them, 10**9, "one")
    for n in range(2):
        them.call("POST", CREATE, BODY | {"seed": n})
    told = them.call("GET", "/v1/usage?group_by=model").json
    (row,) = told["data"]
    assert (row["model"], row["tasks"], row["held_micros"] + row["charged_micros"]) == (BODY["model"], 2, 2 * PRICE)
    table = list(csv.DictReader(io.StringIO(them.call("GET", "/v1/usage?format=csv").body.decode())))
    assert sum(int(line["tasks"]) for line in table) == 2  # on two lines where a day ended between them
    assert {line["currency"] for line in table} == {"USD"}
    assert them.call("GET", "/v1/usage?group_by=colour").status == 400
    assert them.call("GET", "/v1/usage?from=2020-01-01").status == 400
    them.server.call_off(key=them.key)


def test_a_payment_counts_once_and_never_breaks_the_floor(open_gateway: Server) -> None:
    them = customer(open_gateway, "payments")
    assert pay(them, 500, "invoice 7").json["balance_micros"] == 500
    assert pay(them, 500, "invoice 7").status == 409
    assert pay(them, -501, "typo", kind="adjustment").status == 402
    assert pay(them, -200, "typo", kind="adjustment").json["balance_micros"] == 300
    assert pay(them, -200, "negative").status == 400
    listed = them.server.get(f"/admin/v1/projects/{them.project}/payments").json["data"]
    assert [(line["kind"], line["amount_micros"], line["reference"]) for line in listed] == [
        ("adjustment", -200, "typo"),
        ("topup", 500, "invoice 7"),
    ]
    assert them.call("POST", f"/admin/v1/projects/{them.project}/payments", {}).status == 403
    log = them.server.get(f"/admin/v1/audit?project_id={them.project}").json["data"]
    assert [line["action"] for line in log][:2] == ["ledger.adjustment", "ledger.topup"]


def test_the_command_line_pays_in_and_reconciles(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert ledger(data, "check").returncode == 2, "there is no journal yet: nothing was checked"
    with serving(data, "--workers", "0") as server:
        assert server.stop() == 0
    made = run(data, "projects", "add", "acme", "--id", "acme", "--floor", "0")
    assert made.returncode == 0, made.stderr
    assert "0 do not add up, 0 held too long, 0 unknown, 0 short" in ledger(data, "check").stdout
    paid = ledger(data, "topup", "acme", "12.50", "--reference", "invoice 1")
    assert paid.stdout == "acme has 12.50, and 0.00 on hold\n", paid.stderr
    assert ledger(data, "topup", "acme", "12.50", "--reference", "invoice 1").returncode == 2
    assert ledger(data, "adjust", "acme", "--reference", "fee", "--reason", "bank fee", "--", "-2.5").returncode == 0
    assert "invoice 1" in ledger(data, "payments", "acme").stdout
    with closing(sqlite3.connect(data / "journal.db")) as journal, journal:
        journal.execute("UPDATE accounts SET funds = funds - 1, outside = outside + 1")
    wrong = ledger(data, "check")
    assert wrong.returncode == 1
    assert "does not add up: account of acme: funds: 10000000 expected, 9999999 found" in wrong.stdout


def run(data: Path, group: str, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    line = command(group, name, "--data", str(data), *arguments)
    return subprocess.run(line, capture_output=True, text=True, env=environment(), check=False)


def ledger(data: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(data, "ledger", name, *arguments)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_of_two_hundred_creates_at_once_a_hundred_are_accepted(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    options: tuple[str, ...] = ("--workers", "0")
    if database == "postgres":
        options += ("--store", request.getfixturevalue("postgres_url"))
    with serving(tmp_path / "data", *options) as server:
        them = customer(server, "crowd")
        pay(them, 100 * PRICE + PRICE - 1, "for a hundred")
        with ThreadPoolExecutor(50) as threads:
            statuses = list(threads.map(lambda n: them.call("POST", CREATE, BODY | {"seed": n}).status, range(200)))
        assert (statuses.count(200), statuses.count(402)) == (100, 100)
        balance = them.call("GET", "/v1/balance").json
        assert (balance["balance_micros"], balance["held_micros"]) == (PRICE - 1, 100 * PRICE)


def test_new_apis_programs_read_the_same_balance_in_their_own_shapes(open_gateway: Server) -> None:
    them = customer(open_gateway, "new-api")
    pay(them, 10 * PRICE, "kin-1")
    them.ended(them.call("POST", CREATE, BODY).json["id"])

    told = {
        path: them.call("GET", path).json
        for path in (
            "/v1/dashboard/billing/subscription",
            "/v1/dashboard/billing/usage?start_date=2026-01-01&end_date=2026-12-31",
            "/dashboard/billing/usage",
            "/api/usage/token",
            "/api/user/self",
        )
    }
    subscription, usage, same, token, user = told.values()
    nobody = open_gateway.call("GET", "/api/user/self", key="sk-wrong")

    assert (subscription["object"], subscription["hard_limit_usd"]) == ("billing_subscription", 10 * PRICE / 1e6)
    assert usage == same == {"object": "list", "total_usage": PRICE / 1e4}
    assert token == {
        "code": True,
        "message": "ok",
        "data": {
            "object": "token_usage",
            "name": "new-api",
            "total_granted": 10 * PRICE // 2,
            "total_used": PRICE // 2,
            "total_available": 9 * PRICE // 2,
            "unlimited_quota": False,
            "model_limits": {},
            "model_limits_enabled": False,
            "expires_at": 0,
        },
    }
    assert user["success"]
    assert (user["data"]["quota"], user["data"]["used_quota"], user["data"]["request_count"]) == (
        9 * PRICE // 2,
        PRICE // 2,
        1,
    )
    assert (nobody.status, nobody.json["success"]) == (401, False)


def test_a_key_without_a_limit_is_unlimited_to_new_apis_programs(open_gateway: Server) -> None:
    assert open_gateway.get("/api/usage/token").json["data"]["unlimited_quota"]
    made = {"name": "ends", "project_id": "default", "expires_at": 4_000_000_000, "models": ["wan*"]}
    ends = open_gateway.get("/api/usage/token", key=open_gateway.post("/admin/v1/keys", made).json["secret"]).json[
        "data"
    ]
    told = (ends["expires_at"], ends["model_limits"], ends["model_limits_enabled"])
    assert told == (4_000_000_000, {"wan*": True}, True)
    assert open_gateway.get("/v1/dashboard/billing/subscription").json["hard_limit_usd"] == 100_000_000
