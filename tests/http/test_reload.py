"""`reelgate.toml` read again while the server runs: by the API, by SIGHUP, by the command."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelgate.testing.simulator import Simulator
from tests.console.visitor import Visitor, text
from tests.e2e.server import KEY, Server, command, environment, serving

ORDER = {"model": "viduq3-pro", "prompt": "a cat walks", "duration": 5, "resolution": "720p"}


class HandClock:
    """The vendor's clock, which a test puts forward."""

    set_by = 0

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now(self) -> int:
        return int(time.time() * 1000) + self.ahead_ms


CLOCK = HandClock()

ENDED = ("succeeded", "failed", "cancelled", "expired")


class Room:
    """A server and the files that it goes by."""

    def __init__(self, server: Server, config: Path, catalog: Path, simulator: Simulator) -> None:
        self.server = server
        self.config = config
        self.catalog = catalog
        self.simulator = simulator

    def row(self, name: str, kind: str = "vidu", more: str = "") -> str:
        address = self.simulator.base_url(kind)
        return f'[[account]]\nkind = "{kind}"\nname = "{name}"\nkey_env = "SIM_KEY"\nbase_url = "{address}"\n{more}\n'

    def write(self, *rows: str) -> None:
        self.config.write_text("".join(rows))

    def reload(self, **body: bool) -> dict:  # type: ignore[type-arg]
        answer = self.server.post("/admin/v1/reload", body)
        assert answer.status == 200, answer.json
        found: dict = answer.json  # type: ignore[type-arg]
        return found

    def refused(self) -> int:
        """Return how often a file was refused that a signal had had read."""
        return (self.config.parent / "data.log").read_text().count('"config.refused"')

    def accounts(self) -> dict[str, str]:
        return {one["id"]: one["state"] for one in self.server.get("/admin/v1/accounts").json["data"]}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(job_seconds=3600, clock=CLOCK) as found:
        yield found


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> Iterator[Room]:
    folder: Path = tmp_path_factory.mktemp("reload")
    config, catalog = folder / "reelgate.toml", folder / "catalog"
    catalog.mkdir()
    config.write_text("")
    options = ("--workers", "0", "--config", str(config), "--catalog", str(catalog))
    with serving(folder / "data", *options, SIM_KEY="sk-sim") as server:
        yield Room(server, config, catalog, simulator)


@pytest.fixture
def tidy(room: Room) -> Iterator[Room]:
    room.write(room.row("main"))
    room.reload()
    yield room
    for task in room.server.get("/v1/tasks?limit=100").json["data"]:
        room.server.post(f"/v1/tasks/{task['id']}/cancel")
        room.server.until(f"/v1/tasks/{task['id']}", lambda told: told["state"] in ENDED)  # it needs its model


def test_an_account_comes_changes_and_goes_and_its_job_is_finished(tidy: Room) -> None:
    server = tidy.server
    first = server.post("/v1/tasks", ORDER).json["id"]
    server.until(f"/v1/tasks/{first}", lambda told: told["state"] == "running")

    tidy.write(tidy.row("main", more="at_once = 7\nreads_per_second = 9.0"), tidy.row("second"))
    looked = tidy.reload(check=True)
    assert (looked["check"], looked["added"]) == (True, ["second"])
    assert "second" not in tidy.accounts()
    found = tidy.reload()
    assert found["changed"] == [{"id": "main", "fields": ["at_once", "reads_per_second"]}]
    assert server.get("/admin/v1/accounts/main").json["at_once"] == 7
    assert tidy.accounts()["second"] == "in_use"

    tidy.write(tidy.row("second"))
    assert tidy.reload()["removed"] == [{"id": "main", "in_hand": 1, "queued": 0, "unknown": 0}]
    assert tidy.accounts()["main"] == "leaving"
    later = server.post("/v1/tasks", ORDER).json["id"]
    told = server.until(f"/admin/v1/tasks/{later}", lambda told: told["state"] == "running")
    assert told["account"] == "second"
    CLOCK.ahead_ms += 7_200_000  # the vendor is done
    server.until(f"/v1/tasks/{first}", lambda told: told["state"] == "succeeded")
    assert server.get(f"/admin/v1/tasks/{first}").json["account"] == "main"
    server.until("/admin/v1/accounts", lambda told: "main" not in [one["id"] for one in told["data"]])


def test_what_waits_at_an_account_that_goes_is_made_by_another_or_says_why_it_waits(tidy: Room) -> None:
    server = tidy.server
    server.post("/admin/v1/accounts/main/pause", {"reason": "hold"})
    task = server.post("/v1/tasks", ORDER).json["id"]
    tidy.write()
    assert tidy.reload()["removed"] == [{"id": "main", "in_hand": 0, "queued": 1, "unknown": 0}]
    why = server.until(f"/admin/v1/tasks/{task}", lambda told: told["waits_for"])["waits_for"]
    assert why["code"] == "no_account"
    assert server.get(f"/admin/v1/tasks/{task}").json["account"] == "main"  # never a sketch for a vendor's price
    tidy.write(tidy.row("other"))
    tidy.reload()
    told = server.until(f"/admin/v1/tasks/{task}", lambda told: told["state"] == "running")
    assert told["account"] == "other"
    server.until("/admin/v1/accounts", lambda told: "main" not in [one["id"] for one in told["data"]])


def test_prices_and_models_follow_and_what_was_quoted_holds(tidy: Room) -> None:
    server = tidy.server
    quoted = server.post("/v1/quotes", {"path": "/v1/tasks", "body": ORDER}).json
    before = quoted["price"]["amount_micros"]
    own = tidy.catalog / "prices.toml"
    own.write_text(
        '[[price]]\nname = "ours"\nmodels = ["viduq3-pro"]\nper_task = 123000\nsource = "us"\ndate = "2026"\n'
    )
    try:
        assert "viduq3-pro" in tidy.reload()["models"]["changed"]
        fresh = server.post("/v1/quotes", {"path": "/v1/tasks", "body": ORDER}).json
        assert fresh["price"]["amount_micros"] == 123_000
        task = server.post("/v1/tasks", ORDER, headers={"X-Reelgate-Quote": quoted["id"]})
        assert task.json["price"]["amount_micros"] == before
        listed = next(one for one in server.get("/v1/models").json["data"] if one["id"] == "viduq3-pro")
        assert any(rule["name"] == "ours" for rule in listed["price_rules"])
    finally:
        own.unlink()
        tidy.reload()


OWN = """
[[model]]
use = "vidu-own-q3"
id = "house-text"
title = "Ours"
upstream.vidu = "viduq3-pro"
modes.text = {}
[model.price]
use = "vidu-credits"
per_second = { 540p = 45_000, 720p = 100_000, 1080p = 120_000 }
source = "us"
"""


def test_a_model_stays_until_what_it_makes_for_another_name_is_done(tidy: Room) -> None:
    server, own = tidy.server, tidy.catalog / "own.toml"
    own.write_text(OWN)
    tidy.write(tidy.row("makers"), '[standin."movie"]\nlike = "sora-2"\nmodels = ["house-text"]\n')
    tidy.reload()
    task = server.post("/v1/videos", {"model": "movie", "prompt": "a cat", "seconds": "4", "size": "1280x720"}).json[
        "id"
    ]
    server.until(f"/admin/v1/tasks/{task}", lambda told: told["state"] == "running")
    own.unlink()
    tidy.write(tidy.row("makers"), '[standin."movie"]\nlike = "sora-2"\n')
    try:
        refused = server.post("/admin/v1/reload", {})
        assert (refused.status, refused.json["error"]["param"]) == (400, "model"), refused.json
        assert task in refused.json["error"]["message"]
    finally:
        own.write_text(OWN)


@pytest.mark.parametrize(
    ("rows", "field", "line"),
    [
        ('[[account]]\nkind = "vidu"\nat_once = 0\n', "at_once", 3),
        ('[[account]]\nkind = "vidu\n', None, 2),
        ('[[account]]\nkind = "vidu"\nname = "v"\nkey = "k"\nmodels = ["nosuch"]\n', "models", 5),
        ('[[account]]\nkind = "openai_videos"\nbase_url = "http://a"\noptions = { profile = "no" }\n', "options", 4),
        ('[[account]]\nkind = "ark"\nname = "main"\nkey = "k"\n', "kind", 2),
        ('[standin."sora-2"]\nprice = { "720p" = "free" }\n', "price", 2),
    ],
)
def test_a_wrong_file_changes_nothing_and_says_where_it_is_wrong(
    tidy: Room, rows: str, field: str | None, line: int
) -> None:
    tidy.write(tidy.row("more"), rows)
    above = len(tidy.row("more").splitlines())
    refused = tidy.server.post("/admin/v1/reload")
    assert refused.status == 400
    told = refused.json["error"]
    assert (told["code"], told["line"]) == ("config_refused", above + line)
    assert not field or told["param"].startswith(field)
    assert f"line {above + line}" in told["message"]
    accounts = tidy.accounts()
    assert (accounts["main"] == "leaving", "more" in accounts) == (False, False)


def test_only_an_operator_reloads_and_the_audit_log_says_who(tidy: Room) -> None:
    plain = tidy.server.post("/admin/v1/keys", {"name": "r", "project_id": "default"}).json["secret"]
    assert tidy.server.post("/admin/v1/reload", key=plain).status == 403
    assert tidy.server.post("/admin/v1/reload", {"check": "yes"}).status == 400
    tidy.write(tidy.row("main"), tidy.row("audited"))
    tidy.reload()
    line = next(one for one in tidy.server.get("/admin/v1/audit").json["data"] if one["action"] == "config.reload")
    assert line["after"]["added"] == ["audited"]
    assert "sk-sim" not in str(line)


def test_an_operator_reads_the_file_again_from_the_console(tidy: Room) -> None:
    visitor = Visitor(tidy.server)
    visitor.sign_in()
    tidy.write(tidy.row("main"), tidy.row("fresh"))
    assert "fresh : added" in text(visitor.send("/console/providers", check="yes"))
    assert "fresh" not in tidy.accounts()
    assert "fresh : added" in text(visitor.send("/console/providers"))
    assert "fresh" in tidy.accounts()
    tidy.write("[[account]]\n", "kynd = 1\n")
    refused = visitor.send("/console/providers")
    assert (refused.status, "line 2" in text(refused)) == (400, True)


def test_a_signal_and_the_command_do_the_same(tidy: Room) -> None:
    tidy.write(tidy.row("main"), tidy.row("signalled"))
    os.kill(tidy.server.process.pid, signal.SIGHUP)
    tidy.server.until("/admin/v1/accounts", lambda told: "signalled" in [one["id"] for one in told["data"]])
    tidy.write("nonsense")
    before = tidy.refused()
    os.kill(tidy.server.process.pid, signal.SIGHUP)
    tidy.server.until("/healthz", lambda _: tidy.refused() > before)

    def called(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command("reload", "--url", tidy.server.url, *arguments),
            env=environment(REELGATE_KEY=KEY),
            capture_output=True,
            text=True,
            timeout=480,
            check=False,
        )

    refused = called()
    assert refused.returncode == 1
    assert "line 1" in refused.stderr
    tidy.write(tidy.row("main"))
    assert "account signalled: taken out" in called().stdout
    tidy.server.until("/admin/v1/accounts", lambda told: "signalled" not in [one["id"] for one in told["data"]])


def test_nothing_is_lost_while_accounts_change_under_load(tidy: Room) -> None:
    """Forty orders while the account is exchanged again and again: each is taken by a vendor once."""
    before, stop = tidy.simulator.paid("vidu"), threading.Event()

    many = "at_once = 200\nper_minute = 6000\n"
    second = [tidy.row("b", more=many)]

    def exchange() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            tidy.write(tidy.row("main", more=f"{many}poll_seconds = {1 + turn % 2}.0"), *(second if turn % 3 else []))
            tidy.reload()

    exchanging = threading.Thread(target=exchange)
    exchanging.start()
    try:
        made = [tidy.server.post("/v1/tasks", ORDER).json["id"] for _ in range(40)]
        end = time.monotonic() + 480
        waiting = set(made)
        while waiting and time.monotonic() < end:
            waiting -= {one for one in waiting if tidy.server.get(f"/v1/tasks/{one}").json["state"] == "running"}
            threading.Event().wait(0.05)
    finally:
        stop.set()
        exchanging.join()
    assert not waiting, [tidy.server.get(f"/v1/tasks/{one}").json for one in sorted(waiting)[:2]]
    assert tidy.simulator.paid("vidu") - before == 40
