"""The models: listed in both resellers' shapes, and added by one row of an operator's own file."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.server import Server, serving

ROW = """
[[model]]
use = ["vidu", "vidu-t"]
for.tier = ["540p"]
id = "our-house-model-{tier}"
title = "Ours, {tier}"
"""
BODY = {"model": "our-house-model-540p", "prompt": "雪山", "duration": 2}


def test_every_model_is_listed_once_with_modes_and_limits(gateway: Server) -> None:
    listing = gateway.get("/v1/models").json

    assert listing["object"] == "list"
    ids = [model["id"] for model in listing["data"]]
    assert len(ids) == len(set(ids))
    assert {"happyhorse-1.0-t2v", "seedance-fast", "happy-horse-edit-1080p", "viduq3t-mix-540p-offpeak"} <= set(ids)
    for model in listing["data"]:
        assert (model["object"], type(model["created"])) == ("model", int)
        assert model["owned_by"]
        assert "video" in model["supported_endpoint_types"]
        assert model["modes"]
        assert model["limits"]["resolutions"]


def test_one_row_adds_a_model_and_its_tasks_outlive_the_row(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    folder.mkdir()
    (folder / "ours.toml").write_text(ROW)
    with serving(tmp_path / "data", "--workers", "0", "--catalog", str(folder)) as gateway:
        created = gateway.post("/v1/video/generations", BODY)
        assert created.status == 200, created.body
        assert gateway.get(f"/v1/videos/{created.json['id']}").json["status"] == "queued"
        over = gateway.post("/v1/video/generations", BODY, headers={"Idempotency-Key": "over"}).json["id"]
        gateway.post(f"/v1/tasks/{over}/cancel")

    with serving(tmp_path / "data", "--workers", "0") as gateway:
        assert gateway.post("/v1/video/generations", BODY).status == 404
        gone = gateway.get(f"/v1/videos/{created.json['id']}")
        assert gone.status == 503
        assert "our-house-model-540p" in gone.json["error"]["message"]
        for path in ("/v1/videos", "/v1/tasks", "/api/v1/tasks", "/api/v3/contents/generations/tasks", "/ent/v2/tasks"):
            listed = gateway.get(path)
            assert (listed.status, over in listed.body.decode()) == (200, True), listed.body
        for path in ("/v1/videos", "/v1/tasks", "/v1/video/generations", "/api/v3/contents/generations/tasks"):
            assert gateway.get(f"{path}/{over}").status == 200
        assert gateway.get(f"/v1/videos/{over}").json["model"] == "our-house-model-540p"
        again = gateway.post("/v1/video/generations", BODY, headers={"Idempotency-Key": "over"})
        assert (again.status, again.json["id"]) == (200, over)
