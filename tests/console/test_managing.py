"""The pages for models, money, projects and keys: over the same handlers as the API, for every scope of a key."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.console.visitor import Visitor, nav, text
from tests.e2e.server import Reply, Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("managing") / "data", "--workers", "0") as found:
        yield found


@pytest.fixture
def admin(server: Server) -> Visitor:
    visitor = Visitor(server)
    visitor.sign_in()
    return visitor


def guest(server: Server, *scopes: str, **fields: object) -> Visitor:
    """Sign in with a fresh key of those scopes."""
    body = {"name": "guest", "project_id": "default", "scopes": scopes, **fields}
    visitor = Visitor(server)
    visitor.sign_in(server.post("/admin/v1/keys", body).json["secret"])
    return visitor


def cards(page: Reply) -> list[str]:
    """Return the models of a page."""
    return re.findall(r'class="mono faint cut">([^<]+)', page.body.decode())


@pytest.mark.parametrize("scope", ["create", "read", "admin"])
def test_a_key_is_led_to_its_first_page_and_shown_only_what_it_may_open(server: Server, scope: str) -> None:
    visitor = guest(server, scope)
    admin = Visitor(server)
    admin.sign_in()
    everything, seen = (nav(one.open("/console/models")) for one in (admin, visitor))
    assert len(everything) > len(seen) > 0
    for path in everything:
        assert visitor.open(path).status == (200 if path in seen else 403), path


def test_models_are_found_by_words_and_by_what_they_do(server: Server, admin: Visitor) -> None:
    assert "Animatic" in text(admin.open("/console/models"))
    edits = cards(admin.open("/console/models?mode=edit"))
    assert "happyhorse-1.0-video-edit" in edits
    assert "wan2.7-t2v" not in edits
    assert "No model fits" in text(admin.open("/console/models?q=nosuchmodel"))
    bound = guest(server, "create", models=["wan2.7-t2v"])
    assert cards(bound.open("/console/models")) == ["wan2.7-t2v"]


def test_usage_has_the_numbers_as_a_table_and_as_csv(server: Server, admin: Visitor) -> None:
    order = {"model": "wan2.7-t2v", "prompt": "a cat", "duration": 4}
    task = server.post("/v1/tasks", order).json
    page = text(admin.open("/console/usage"))
    assert "0.336" in page
    assert "wan2.7-t2v" in page
    csv = admin.open("/console/usage.csv")
    assert csv.headers["content-type"].startswith("text/csv")
    assert b"wan2.7-t2v" in csv.body
    assert "first" in text(admin.open("/console/usage?by=key"))
    for month in ("0001-01", "1969-12", "soon"):
        assert "0.336" in text(admin.open(f"/console/usage?month={month}"))  # the present one
    server.post(f"/v1/tasks/{task['id']}/cancel")
    assert guest(server, "read").open("/console/usage?project=others").status == 403


def test_a_project_and_a_key_are_made_limited_rotated_and_revoked(server: Server, admin: Visitor) -> None:
    made = admin.send("/console/projects", name="Acme Films", id="acme")
    assert made.headers["location"] == "/console/projects/acme"
    admin.send("/console/projects/acme", which="limit-", spend_day_micros="12.5", tasks_at_once="")
    project = server.get("/admin/v1/projects/acme").json
    assert (project["spend_day_micros"], project["tasks_at_once"]) == (12_500_000, None)
    admin.send("/console/projects/acme/payments", kind="topup", amount_micros="100", reference="INV-1", reason="first")
    assert server.get("/admin/v1/projects/acme/balance").json["balance_micros"] == 100_000_000

    shown = admin.send("/console/projects/acme/keys", name="editing", scope_read="yes", models="wan2.7-*, vidu*")
    secret = re.search(r'id="secret">([^<]+)', shown.body.decode())
    assert secret
    assert secret[1] not in admin.open("/console/projects/acme").body.decode()
    key = server.get("/admin/v1/keys?project_id=acme").json["data"][0]
    assert (key["scopes"], key["models"]) == (["read"], ["wan2.7-*", "vidu*"])
    page = f"/console/keys/{key['id']}"
    rights = {"scope_read": "yes", "scope_create": "yes", "models": "", "strict": "yes"}
    admin.send(page, name="cutting", expires_at="2035-01-31", **rights)
    changed = server.get(f"/admin/v1/keys/{key['id']}").json
    assert (changed["name"], changed["scopes"], changed["models"]) == ("cutting", ["create", "read"], [])
    assert changed["strict"] is True
    assert 'name="strict" value="yes" checked' in admin.open(page).body.decode()
    admin.send(page, name="cutting", scope_read="yes", models="", expires_at="2035-01-31")
    assert server.get(f"/admin/v1/keys/{key['id']}").json["strict"] is False
    assert "2035-01-31" in admin.open(page).body.decode()
    rotated = re.search(r'id="secret">([^<]+)', admin.send(f"{page}/rotate", overlap_seconds="0").body.decode())
    assert rotated
    assert server.get("/v1/balance", key=secret[1]).status == 401
    assert server.get("/v1/balance", key=rotated[1]).status == 200
    admin.send(f"{page}/revoke")
    assert server.get("/v1/balance", key=rotated[1]).status == 401
    assert "Revoked" in text(admin.open(page))


def test_what_is_refused_stands_at_its_field_with_what_was_typed(server: Server, admin: Visitor) -> None:
    server.post("/admin/v1/projects", {"id": "fields", "name": "Fields"})
    refused = admin.send("/console/projects/fields", which="limit-", spend_day_micros="a lot")
    assert refused.status == 400
    field = refused.body.decode().partition('id="limit-spend_day_micros"')[2].partition("</div>")[0]
    assert 'value="a lot"' in field
    assert "whole number" in field
    for amount in ("1e999999", "-9e999999", "1e-999999", "NaN"):
        assert admin.send("/console/projects/fields", which="limit-", spend_day_micros=amount).status == 400
    scopes = admin.send("/console/projects/fields/keys", which="key-", name="none")
    assert (scopes.status, "scopes" in text(scopes)) == (400, True)
    assert admin.open("/console/projects/nosuch").status == 404
    assert admin.open("/console/keys/nosuch").status == 404
