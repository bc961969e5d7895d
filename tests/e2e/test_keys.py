"""Who may do what: scopes, models, expiry, rotation and revocation of keys, projects, and the log of it all."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reelgate.cli import app
from tests.e2e.server import END_SECONDS, KEY, Reply, Server, serving
from tests.e2e.test_postgres import Journal, journal

__all__ = ["journal"]

HOUSE = "/v1/tasks"
BODY = {"model": "viduq3t-540p", "prompt": "雨中的一只橘猫", "duration": 1}
DASHSCOPE = "/api/v1/services/aigc/video-generation/video-synthesis"
ARK = "/api/v3/contents/generations/tasks"
VIDU = "/ent/v2/text2video"
ASYNC = {"X-DashScope-Async": "enable"}


class Operator:
    """Speaks to `/admin/v1` with the server's first key, unless told otherwise."""

    def __init__(self, gateway: Server) -> None:
        self.gateway = gateway

    def get(self, path: str, **options: Any) -> Any:
        """GET, and return what is answered."""
        return self._done(self.gateway.get(f"/admin/v1/{path}", **options))

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST, and return what is answered."""
        return self._done(self.gateway.post(f"/admin/v1/{path}", body, **options))

    def patch(self, path: str, body: Any) -> Any:
        """PATCH, and return what is answered."""
        return self._done(self.gateway.call("PATCH", f"/admin/v1/{path}", body))

    def key(self, **fields: Any) -> Any:
        """Make a key, with its secret."""
        return self.post("keys", {"project_id": "default", "name": "团队的钥匙", **fields})

    def _done(self, answer: Reply) -> Any:
        assert answer.status == 200, answer.body
        return answer.json


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps everything, its log too."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def gateway(folder: Path) -> Iterator[Server]:
    """A server that only answers: these tasks stay queued."""
    with serving(folder / "data", "--workers", "0") as server:
        yield server


@pytest.fixture
def operator(gateway: Server) -> Operator:
    return Operator(gateway)


def refused(answer: Reply, status: int, code: str) -> dict[str, Any]:
    """Return the house's error after a look at its status and code."""
    assert (answer.status, answer.json["error"]["code"]) == (status, code), answer.body
    error: dict[str, Any] = answer.json["error"]
    return error


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (HOUSE, "insufficient_scope"),
        ("/v1/video/generations", "insufficient_scope"),
        ("/v1/videos", "insufficient_scope"),
        ("/v1/videos/video_1/remix", "insufficient_scope"),
        (DASHSCOPE, "AccessDenied"),
        (ARK, "AccessDenied"),
        (VIDU, "Forbidden"),
        ("/volc/asset/CreateAssetGroup", "insufficient_scope"),
    ],
)
def test_a_key_that_may_only_read_makes_nothing(operator: Operator, path: str, code: str) -> None:
    reader = operator.key(scopes=["read"])["secret"]

    answer = operator.gateway.post(path, BODY, headers=ASYNC, key=reader)

    assert (answer.status, answer.headers.get("x-should-retry")) == (403, "false")
    told = answer.json.get("error", answer.json)
    assert code in (told.get("code"), told.get("reason"))
    assert "may not create" in told["message"]


def test_scopes_say_what_a_key_may_do(operator: Operator) -> None:
    gateway = operator.gateway
    secrets = {scope: operator.key(scopes=[scope])["secret"] for scope in ("create", "read", "admin")}
    task = gateway.post(HOUSE, BODY, key=secrets["create"]).json["id"]
    calls: dict[str, dict[tuple[str, str], int]] = {
        "create": {
            ("GET", f"{HOUSE}/{task}"): 403,
            ("GET", HOUSE): 403,
            ("GET", "/admin/v1/keys"): 403,
            ("GET", "/v1/models"): 200,
        },
        "read": {
            ("GET", f"{HOUSE}/{task}"): 200,
            ("GET", HOUSE): 200,
            ("POST", f"{HOUSE}/{task}/cancel"): 403,
            ("DELETE", f"{HOUSE}/{task}"): 403,
            ("DELETE", f"{ARK}/{task}"): 403,
            ("GET", "/admin/v1/projects"): 403,
        },
        "admin": {
            ("GET", f"{HOUSE}/{task}"): 403,
            ("POST", HOUSE): 403,
            ("GET", "/admin/v1/projects"): 200,
        },
    }

    for scope, wanted in calls.items():
        body = {call: gateway.call(*call, key=secrets[scope]).status for call in wanted}
        assert body == wanted

    assert gateway.post(f"{HOUSE}/{task}/cancel", key=secrets["create"]).json["state"] == "cancelled"


def test_admin_routes_want_a_key(operator: Operator) -> None:
    assert operator.gateway.get("/admin/v1/keys", key=None).status == 401
    assert operator.gateway.get("/admin/v1/keys", key="sk-nobody").status == 401


def test_a_key_is_for_the_models_that_it_names(operator: Operator) -> None:
    key = operator.key(models=["viduq3*", "wan2.7-t2v", "doubao-*"])
    gateway, secret = operator.gateway, key["secret"]
    assert gateway.post(HOUSE, BODY, key=secret).status == 200

    error = refused(gateway.post(HOUSE, {**BODY, "model": "happyhorse-1.0-t2v"}, key=secret), 403, "model_not_allowed")
    assert "happyhorse-1.0-t2v" in error["message"]
    native = {"model": "happyhorse-1.0-t2v", "input": {"prompt": "猫"}, "parameters": {"duration": 5}}
    assert gateway.post(DASHSCOPE, native, headers=ASYNC, key=secret).json["code"] == "Model.AccessDenied"
    listed = [model["id"] for model in gateway.get("/v1/models", key=secret).json["data"]]
    assert listed
    assert all(name.startswith(("viduq3", "doubao-")) or name == "wan2.7-t2v" for name in listed)

    operator.patch(f"keys/{key['id']}", {"models": []})
    assert gateway.post(HOUSE, {**BODY, "model": "happyhorse-1.0-t2v", "duration": 5}, key=secret).status == 200


def test_a_key_ends_when_it_expires(operator: Operator) -> None:
    key = operator.key(expires_at=int(time.time()) + 3600)
    assert operator.gateway.get(HOUSE, key=key["secret"]).status == 200

    shown = operator.patch(f"keys/{key['id']}", {"expires_at": int(time.time()) - 1})
    assert shown["state"] == "expired"
    error = refused(operator.gateway.get(HOUSE, key=key["secret"]), 401, "invalid_api_key")
    assert "expired" in error["message"]

    operator.patch(f"keys/{key['id']}", {"expires_at": None})
    assert operator.gateway.get(HOUSE, key=key["secret"]).status == 200


def test_a_rotated_key_stays_the_same_key_and_its_former_secret_opens_for_a_while(operator: Operator) -> None:
    gateway, first = operator.gateway, operator.key(scopes=["create", "read"], tasks_at_once=7)
    second = operator.post(f"keys/{first['id']}/rotate", {"overlap_seconds": 3600})
    assert second["secret"] != first["secret"]
    assert (second["id"], second["tasks_at_once"], len(second["former_until"])) == (first["id"], 7, 1)

    task = gateway.post(HOUSE, BODY, key=first["secret"]).json["id"]
    assert gateway.get(f"{HOUSE}/{task}", key=second["secret"]).status == 200

    third = operator.post(f"keys/{first['id']}/rotate", {"overlap_seconds": 0})
    assert third["former_until"] == []
    statuses = [gateway.get(HOUSE, key=each["secret"]).status for each in (first, second, third)]
    assert statuses == [401, 401, 200]


def test_a_revoked_key_opens_nothing_and_stays_revoked(operator: Operator) -> None:
    key = operator.key()
    operator.post(f"keys/{key['id']}/rotate")
    assert operator.post(f"keys/{key['id']}/revoke")["state"] == "revoked"
    assert operator.gateway.get(HOUSE, key=key["secret"]).status == 401
    assert operator.post(f"keys/{key['id']}/revoke")["state"] == "revoked"
    for method, path, body in (("PATCH", "", {"name": "again"}), ("POST", "/rotate", {})):
        refused(operator.gateway.call(method, f"/admin/v1/keys/{key['id']}{path}", body), 409, "wrong_state")


def test_an_archived_project_is_shut_until_it_is_restored(operator: Operator) -> None:
    gateway = operator.gateway
    project = operator.post("projects", {"id": "studio", "name": "摄影棚", "tasks_at_once": 2, "overflow": "queue"})
    assert (project["floor_micros"], project["multiplier_ppm"], project["weight"]) == (None, 1_000_000, 1)
    refused(gateway.post("/admin/v1/projects", {"id": "studio", "name": "again"}), 409, "id_taken")
    secret = operator.key(project_id="studio")["secret"]

    assert operator.post("projects/studio/archive")["archived_at"] > 0
    assert gateway.get(HOUSE, key=secret).status == 401
    late = gateway.post("/admin/v1/keys", {"project_id": "studio", "name": "late"})
    assert "archived" in refused(late, 409, "wrong_state")["message"]

    assert operator.post("projects/studio/restore")["archived_at"] is None
    assert gateway.get(HOUSE, key=secret).status == 200


def test_an_operator_sees_no_other_project_s_tasks(operator: Operator) -> None:
    gateway = operator.gateway
    operator.post("projects", {"id": "theirs", "name": "theirs"})
    secret = operator.key(project_id="theirs")["secret"]
    prompt = "没有别人应该看到的一句话"
    task = gateway.post(HOUSE, {**BODY, "prompt": prompt}, key=secret).json["id"]

    assert gateway.get(f"{HOUSE}/{task}").status == 404
    assert gateway.get(f"{HOUSE}/{task}", key=secret).status == 200
    pages = [gateway.get(f"/admin/v1/{page}").body.decode() for page in ("projects", "keys", "audit")]
    assert prompt not in "".join(pages)


@pytest.mark.parametrize(
    ("path", "body", "field", "allowed"),
    [
        ("projects", {}, "name", "what people call the project"),
        ("projects", {"name": "x", "limit": 5}, "limit", "id, name, multiplier_ppm"),
        ("projects", {"name": "\n"}, "name", "printable characters"),
        ("projects", {"name": "x", "id": "../etc"}, "id", "letters, digits"),
        ("projects", {"name": "x", "weight": 0}, "weight", "from 1 to 1000"),
        ("projects", {"name": "x", "floor_micros": 1.5}, "floor_micros", "a whole number"),
        ("projects", {"name": "x", "tasks_at_once": True}, "tasks_at_once", "a whole number"),
        ("projects", {"name": "x", "overflow": "drop"}, "overflow", "refuse, queue"),
        ("keys", {"name": "x"}, "project_id", "the project whose tasks it sees"),
        ("keys", {"project_id": "default", "name": "x", "scopes": ["write"]}, "scopes", "create, read, admin"),
        ("keys", {"project_id": "default", "name": "x", "scopes": []}, "scopes", "create, read, admin"),
        ("keys", {"project_id": "default", "name": "x", "models": ["a b"]}, "models", "model ids"),
        ("keys", {"project_id": "default", "name": "x", "models": "wan*"}, "models", "an array"),
        ("keys", {"project_id": "default", "name": "x", "digest": "00"}, "digest", "name, scopes"),
    ],
)
def test_a_wrong_field_is_named_with_what_is_allowed(
    operator: Operator, path: str, body: dict[str, Any], field: str, allowed: str
) -> None:
    error = refused(operator.gateway.post(f"/admin/v1/{path}", body), 400, "invalid_parameter")

    assert error["param"] == field
    assert allowed in error["allowed"]


def test_what_is_not_there_is_not_found(operator: Operator) -> None:
    gateway = operator.gateway
    refused(gateway.get("/admin/v1/projects/nobody"), 404, "project_not_found")
    refused(gateway.post("/admin/v1/keys", {"project_id": "nobody", "name": "x"}), 404, "project_not_found")
    refused(gateway.get("/admin/v1/keys/key_0"), 404, "key_not_found")
    refused(gateway.get("/admin/v1/keys?cursor=key_0"), 400, "invalid_parameter")
    refused(gateway.get("/admin/v1/keys?limit=0"), 400, "invalid_parameter")
    refused(gateway.call("DELETE", "/admin/v1/keys"), 405, "method_not_allowed")


def test_lists_come_in_pages(operator: Operator) -> None:
    operator.post("projects", {"id": "pages", "name": "pages"})
    made = [operator.key(project_id="pages", name=f"第{number}")["id"] for number in range(5)]

    first = operator.get("keys?project_id=pages&limit=3")
    second = operator.get(f"keys?project_id=pages&limit=3&cursor={first['next_cursor']}")

    assert [key["id"] for key in first["data"] + second["data"]] == made
    assert (first["has_more"], second["has_more"], second["next_cursor"]) == (True, False, None)
    lines = operator.get("audit?project_id=pages&limit=5")
    older = operator.get(f"audit?project_id=pages&limit=5&cursor={lines['next_cursor']}")
    assert [line["action"] for line in lines["data"] + older["data"]] == ["key.create"] * 5 + ["project.create"]


def test_the_audit_log_says_who_changed_what(operator: Operator) -> None:
    begun = time.time()
    admin = operator.key(scopes=["admin"], name="第二位管理员")
    key = operator.post("keys", {"project_id": "default", "name": "a"}, key=admin["secret"])
    operator.gateway.call(
        "PATCH", f"/admin/v1/keys/{key['id']}", {"name": "乙", "scopes": ["read"]}, key=admin["secret"]
    )
    operator.patch(f"keys/{key['id']}", {"name": "乙"})  # nothing changes, so there is nothing to tell

    lines = operator.get(f"audit?subject={key['id']}")["data"]

    assert [(line["action"], line["actor"]) for line in lines] == [
        ("key.change", f"key {admin['id']}"),
        ("key.create", f"key {admin['id']}"),
    ]
    assert lines[0]["before"] == {"name": "a", "scopes": ["create", "read"]}
    assert lines[0]["after"] == {"name": "乙", "scopes": ["read"]}
    assert (lines[1]["before"], lines[1]["after"]["name"]) == (None, "a")
    assert begun - 1 <= lines[0]["at"] <= time.time() + 1


def test_secrets_are_shown_once_and_kept_nowhere(operator: Operator, gateway: Server, folder: Path) -> None:
    key = operator.key()
    secrets = [key["secret"], operator.post(f"keys/{key['id']}/rotate")["secret"]]
    for secret in secrets:
        gateway.get(HOUSE, key=secret)
        gateway.get("/admin/v1/keys", key=secret)
    answers = [
        gateway.get(f"/admin/v1/{path}").body for path in (f"keys/{key['id']}", "keys?limit=100", "audit?limit=100")
    ]
    files = [held for path in folder.rglob("*") if (held := _content(path)) is not None]

    assert any(b"key_" in text for text in files)  # the journal is among them
    for secret in secrets:
        assert key["prefix"] == secrets[0][:8]
        assert not any(secret[8:].encode() in text for text in (*answers, *files))


def _content(path: Path) -> bytes | None:
    """Return what a file holds; None for a folder, and for a file that the server has replaced meanwhile."""
    try:
        return path.read_bytes()
    except (IsADirectoryError, FileNotFoundError):
        return None


def test_a_preset_key_that_was_rotated_or_revoked_does_not_come_back_with_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0") as server:
        operator = Operator(server)
        (first,) = operator.get("keys")["data"]
        assert (first["name"], first["scopes"]) == ("first", ["create", "read", "admin"])
        new = operator.post(f"keys/{first['id']}/rotate", {"overlap_seconds": 0})["secret"]
        operator = Operator(Server(server.process, server.url, new))
        newest = operator.post(f"keys/{first['id']}/rotate", {"overlap_seconds": 0})["secret"]

    with serving(tmp_path / "data", "--workers", "0") as server:
        assert server.get("/admin/v1/keys", key=KEY).status == 401
        assert len(server.get("/admin/v1/keys", key=newest).json["data"]) == 1


def test_the_command_line_manages_a_running_server(gateway: Server, folder: Path) -> None:
    def run(*arguments: str, status: int = 0) -> str:
        done = CliRunner().invoke(app(), [*arguments, "--data", str(folder / "data")], env={"REELGATE_STORE": ""})
        assert done.exit_code == status, done.output
        return done.output

    run("projects", "add", "团队 B", "--id", "team-b", "--floor", "-2.5", "--multiplier", "1.25")
    made = run("keys", "add", "笔记本", "--project", "team-b", "--scope", "read", "--spend-day", "0.000001")
    secret, key = (next(word for word in made.split() if word.startswith(prefix)) for prefix in ("sk-", "key_"))
    gateway.until("/v1/models", lambda _: gateway.get(HOUSE, key=secret).status == 200)
    shown = gateway.get("/admin/v1/projects/team-b").json
    assert (shown["floor_micros"], shown["multiplier_ppm"]) == (-2_500_000, 1_250_000)
    assert gateway.get(f"/admin/v1/keys/{key}").json["spend_day_micros"] == 1

    assert "0.000001" in run("keys", "show", key)
    assert "refused" in run("keys", "change", key, "--strict")
    assert "0.000001" in run("keys", "change", key, "--name", "笔记本二")  # what is not named stays
    assert gateway.get(f"/admin/v1/keys/{key}").json["strict"] is True
    assert "left out" in run("keys", "change", key, "--no-strict")
    rotated = run("keys", "rotate", key, "--overlap", "0")
    assert secret not in rotated
    assert key in run("keys", "list", "--project", "team-b")
    run("keys", "revoke", key)
    assert "no valid key" in run("keys", "revoke", key, status=1)
    assert "allowed: create, read, admin" in run("keys", "add", "x", "--scope", "all", status=2)
    assert "reelgate projects add" in run("keys", "add", "x", "--project", "nowhere", status=2)
    run("projects", "archive", "team-b")
    log = run("audit", "--project", "team-b")
    actions = [line.split()[2] for line in log.splitlines()]
    of_key = ["key.revoke", "key.rotate", *["key.change"] * 3, "key.create"]
    assert actions == ["project.archive", *of_key, "project.create"]
    assert json.dumps("团队 B", ensure_ascii=False) in log


def test_a_revocation_and_a_rotation_take_hold_on_every_replica(tmp_path: Path, journal: Journal) -> None:
    options = ("--workers", "0", "--store", journal.url)
    with serving(tmp_path / "one", *options) as one, serving(tmp_path / "two", *options) as two:
        operator = Operator(one)
        revoked, rotated = operator.key(name="revoked"), operator.key(name="rotated")
        for key in (revoked, rotated):
            _comes_to(two, key["secret"], 200)

        operator.post(f"keys/{revoked['id']}/revoke")
        assert one.get(HOUSE, key=revoked["secret"]).status == 401
        _comes_to(two, revoked["secret"], 401)
        new = operator.post(f"keys/{rotated['id']}/rotate", {"overlap_seconds": 0})["secret"]
        _comes_to(two, rotated["secret"], 401)
        _comes_to(two, new, 200)


def _comes_to(gateway: Server, secret: str, status: int) -> None:
    end = time.monotonic() + END_SECONDS
    while gateway.get(HOUSE, key=secret).status != status:
        assert time.monotonic() < end, f"never {status}"
        time.sleep(0.02)
