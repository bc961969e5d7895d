"""A dialect of another distribution: found by its entry point, with its own authentication and addresses."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.e2e.server import Server, serving
from tests.examples import install

VIDEOS = "/signed/v1/videos"


class Signer(NamedTuple):
    """A gateway that speaks the example, and a key with its signing secret."""

    gateway: Server
    key: str
    key_id: str
    secret: str

    def token(self, *, issuer: str = "", secret: str = "", **claims: int) -> dict[str, str]:
        """Return the header that a client sends."""
        now = int(time.time())
        payload = {"iss": issuer or self.key_id, "exp": now + 1800, "nbf": now - 5, **claims}
        signed = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(payload)}"
        digest = hmac.new((secret or self.secret).encode(), signed.encode(), "sha256").digest()
        return {"Authorization": f"Bearer {signed}.{text(digest)}"}


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def encoded(value: Any) -> str:
    return text(json.dumps(value).encode())


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signer]:
    folder = tmp_path_factory.mktemp("signed")
    path = install(folder / "site", "signed-dialect")
    with serving(folder / "data", "--workers", "0", PYTHONPATH=path) as gateway:
        made = gateway.post("/admin/v1/keys", {"project_id": "default", "name": "k"}).json
        yield Signer(gateway, made["secret"], made["id"], made["signing_secret"])


def test_a_signed_call_makes_polls_and_lists(signer: Signer) -> None:
    gateway, body = signer.gateway, {"model_name": "animatic", "prompt": "一只猫", "duration": 1}
    made = gateway.post(f"{VIDEOS}/text2video", body, key=None, headers=signer.token())
    task = made.json["data"]["id"]
    seen = gateway.get(f"{VIDEOS}/{task}", key=None, headers=signer.token())
    listed = gateway.get(f"{VIDEOS}/text2video?pageNum=1", key=None, headers=signer.token())
    by_key = gateway.get(f"{VIDEOS}/{task}", key=signer.key)

    assert (made.status, made.json["code"], task[:7]) == (200, 0, "signed_")
    assert (seen.json["data"]["id"], by_key.status) == (task, 200)
    assert [one["id"] for one in listed.json["data"]] == [task]


def test_what_is_not_signed_by_the_key_s_secret_opens_nothing(signer: Signer) -> None:
    now = int(time.time())
    for wrong in (
        signer.token(secret=signer.secret[1:]),
        signer.token(secret=signer.key),
        signer.token(issuer="key_0000"),
        signer.token(exp=now - 1),
        signer.token(nbf=now + 600),
        {"Authorization": signer.token()["Authorization"][:-2]},
        {"Authorization": "Bearer a.b.c"},
    ):
        for path in (f"{VIDEOS}/nothing", f"{VIDEOS}/text2video"):
            refused = signer.gateway.get(path, key=None, headers=wrong)
            assert (refused.status, refused.json["code"]) == (401, 401), wrong
    assert signer.gateway.get("/v1/tasks", key=None, headers=signer.token()).status == 401  # the house takes keys only


def test_a_revoked_key_signs_no_more(signer: Signer) -> None:
    made = signer.gateway.post("/admin/v1/keys", {"project_id": "default", "name": "gone"}).json
    mine = signer._replace(key_id=made["id"], secret=made["signing_secret"])
    before = signer.gateway.get(f"{VIDEOS}/text2video", key=None, headers=mine.token()).status
    turned = signer.gateway.post(f"/admin/v1/keys/{made['id']}/rotate", {}).json
    former = signer.gateway.get(f"{VIDEOS}/text2video", key=None, headers=mine.token()).status
    fresh = mine._replace(secret=turned["signing_secret"])
    now = signer.gateway.get(f"{VIDEOS}/text2video", key=None, headers=fresh.token()).status
    signer.gateway.post(f"/admin/v1/keys/{made['id']}/revoke")
    after = signer.gateway.get(f"{VIDEOS}/text2video", key=None, headers=fresh.token()).status

    assert turned["signing_secret"] != made["signing_secret"]
    assert (before, former, now, after) == (200, 200, 200, 401)
