"""A disk that has no room for more is told at the create, while everything else goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reelgate.dialects import routes
from reelgate.dialects.port import Operation
from tests.e2e.server import serving

CREATES = sorted({route.path for route, _ in routes() if route.operation is Operation.CREATE})


@pytest.mark.parametrize("path", [CREATES])
def test_creates_are_refused_in_every_dialect_and_the_rest_goes_on(path: list[str], tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "0", "--keep-free-mb", str(10**9)) as server:
        body = {"model": "animatic", "prompt": "a fox"}
        server.until("/healthz", lambda _: server.post("/v1/tasks", body).status == 503)
        for one in path:
            refused = server.post(one, body, headers={"X-DashScope-Async": "enable"})
            assert (refused.status, refused.headers["retry-after"]) == (503, "30"), one
        assert server.get("/v1/tasks").status == 200
        assert server.get("/readyz", key=None).status == 200
    lines = [json.loads(line) for line in (tmp_path / "data.log").read_text().splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines].count("disk.full") == 1
