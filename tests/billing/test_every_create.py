"""Every create that a dialect documents has a price, and a quote over HTTP says what the task will hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reelgate.billing.quotes import quote
from reelgate.testing.stores.samples import NOW
from tests.dialects.cases import Case, cases
from tests.e2e.server import Server, serving

PLAIN = [
    ("/v1/video/generations", {"model": "happyhorse-1.0-t2v", "prompt": "一只猫", "resolution": "720P", "duration": 3}),
    ("/v1/videos/generations", {"model": "viduq3t-720p", "prompt": "一只猫", "duration": 3}),
    ("/v1/videos", {"model": "seedance-2.0-mini", "prompt": "一只猫"}),
    ("/v1/tasks", {"model": "wan2.7-t2v", "prompt": "一只猫", "duration": 3}),
    (
        "/wan/api/v1/services/aigc/video-generation/video-synthesis",
        {"model": "wan2.7-t2v", "input": {"prompt": "一只猫"}, "parameters": {"duration": 3}},
    ),
    (
        "/api/v1/services/aigc/video-generation/video-synthesis",
        {"model": "happyhorse-1.1-t2v", "input": {"prompt": "一只猫"}, "parameters": {"duration": 3}},
    ),
    (
        "/api/v3/contents/generations/tasks",
        {"model": "doubao-seedance-1-5-pro-251215", "content": [{"type": "text", "text": "一只猫 --dur 4"}]},
    ),
    ("/ent/v2/text2video", {"model": "viduq3-turbo", "prompt": "一只猫", "duration": 3}),
]


def stands_in(case: Any) -> bool:
    """Whether another model makes what was ordered: the price is that one's then, told when it is chosen."""
    return case.admitted()[0].model.standin is not None


@pytest.mark.parametrize("case", [given for given in cases("create") if not stands_in(given.values[0])])
def test_a_documented_create_has_a_price(case: Case) -> None:
    parsed, request = case.admitted()

    found = quote(parsed.model, request, at=NOW)

    assert found.micros > 0
    assert found.terms.price(found.terms.held) == found.micros
    assert found.rule.source
    assert found.rule.date


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that makes nothing, so that what is held stays held."""
    with serving(tmp_path_factory.mktemp("quotes") / "data", "--workers", "0") as server:
        yield server


@pytest.mark.parametrize(("path", "body"), PLAIN, ids=[path for path, _ in PLAIN])
def test_a_quote_is_what_the_create_holds(waiting: Server, path: str, body: dict[str, Any]) -> None:
    asked = waiting.post("/v1/quotes", {"path": path, "body": body})
    assert asked.status == 201, asked.body
    before = waiting.get("/v1/balance").json["held_micros"]
    made = waiting.post(path, body, headers={"X-DashScope-Async": "enable", "X-Reelgate-Quote": asked.json["id"]})
    assert made.status == 200, made.body
    held = waiting.get("/v1/balance").json["held_micros"] - before
    assert held == asked.json["price"]["amount_micros"] > 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "path"),
        ({"path": {}}, "path"),
        ({"path": "/v1/quotes", "body": {}}, "path"),
        ({"path": "/v1/videos"}, "body"),
        ({"path": "/v1/videos", "body": []}, "body"),
        (
            {"path": "/v1/video/generations", "body": {"model": "happyhorse-1.0-t2v", "duration": 99, "prompt": "a"}},
            "duration",
        ),
    ],
)
def test_a_quote_for_what_is_no_create_is_refused(waiting: Server, body: dict[str, Any], field: str) -> None:
    refused = waiting.post("/v1/quotes", body)
    assert (refused.status, refused.json["error"]["param"]) == (400, field)


@pytest.mark.parametrize(
    "query", ["from=x", "to=0001-01-01", "from=2026-02-30", "to=9999-12-31&from=9990-01-01", "format=xml"]
)
def test_a_wrong_question_for_the_usage_is_refused(waiting: Server, query: str) -> None:
    assert waiting.get(f"/v1/usage?{query}").status == 400
