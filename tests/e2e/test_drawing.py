"""What the built-in engine draws, and that no client gets a drawing at a vendor's price by accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.server import Server, serving
from tests.e2e.test_lifecycle import ended

WAN = {"model": "wan2.7-t2v", "prompt": "a lighthouse at dusk", "duration": 2}
OWN = {"model": "animatic", "prompt": "a lighthouse at dusk", "duration": 1}
VIDU_IS_ON = {"VIDU_API_KEY": "some-key", "VIDU_BASE_URL": "http://127.0.0.1:9"}


def made(server: Server, body: dict[str, object]) -> dict[str, object]:
    task = server.post("/v1/tasks", body)
    assert task.status == 200, task.body
    shown: dict[str, object] = server.until(f"/v1/tasks/{task.json['id']}", ended)
    return shown


def test_without_an_account_everything_is_drawn_and_says_so(gateway: Server) -> None:
    shown = made(gateway, {**WAN, "model": "viduq3t-540p", "duration": 1})
    assert (shown["status"], shown["made_by"]) == ("completed", "animatic")


def test_with_an_account_only_the_engines_own_model_is_drawn(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1", **VIDU_IS_ON) as server:
        for path in ("/v1/tasks", "/v1/videos", "/wan/api/v1/services/aigc/video-generation/video-synthesis"):
            body = (
                WAN
                if path != "/wan/api/v1/services/aigc/video-generation/video-synthesis"
                else {"model": "wan2.7-t2v", "input": {"prompt": "x"}, "parameters": {}}
            )
            refused = server.post(path, body, headers={"X-DashScope-Async": "enable"})
            assert refused.status == 404
            assert b"an account of apiyi or dashscope would" in refused.body
        shown = made(server, OWN)
        assert (shown["status"], shown["made_by"]) == ("completed", "animatic")
        assert shown["price"] == {"amount_micros": 0, "charged_micros": 0, "currency": "USD"}


@pytest.mark.parametrize(("mode", "wan", "own"), [("always", 200, 200), ("only-asked", 404, 200), ("off", 404, 404)])
def test_an_operator_says_what_is_drawn(tmp_path: Path, mode: str, wan: int, own: int) -> None:
    with serving(tmp_path / "data", "--workers", "1", "--animatic", mode, **VIDU_IS_ON) as server:
        assert server.post("/v1/tasks", WAN).status == wan
        assert server.post("/v1/tasks", OWN).status == own


def test_a_quote_for_what_nobody_makes_is_refused_alike(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1", **VIDU_IS_ON) as server:
        refused = server.post("/v1/quotes", {"path": "/v1/tasks", "body": WAN})
        assert refused.status == 404
