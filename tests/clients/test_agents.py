"""fastmcp's client, as an agent uses it, against a gateway."""

from __future__ import annotations

from tests.clients.conftest import Told


def test_an_agent_by_fastmcp_previews_agrees_to_a_price_and_gets_a_video(told: Told) -> None:
    said = told("agents", "fastmcp_agent", "animatic")
    assert said["version"].startswith("4.")
    assert {"preview", "quote", "generate", "wait", "cancel", "fetch"} <= set(said["tools"])
    assert said["preview"][:1] == ["text"]
    assert said["same"]
    assert said["video"] == ["text", "resource_link", "image"]
    assert said["progress"][-1] == 100
    assert said["wrong"][0]
    assert "allowed" in said["wrong"][1]
    assert said["dear"] == 1_260_000
    assert [one.startswith("This video by wan2.7-t2v costs 1.26 USD") for one in said["asked"]] == [True]
