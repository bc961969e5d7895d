"""Every series that the dashboard and the alert rules name is on a server's page, with the labels that they name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from reelgate import meters
from tests.e2e.server import Server, serving

TOKEN = "for-prometheus"  # noqa: S105
DEPLOY = Path(__file__).parents[2] / "deploy"
_SERIES = re.compile(r"\b((?:reelgate|process)_\w+)(?:\{([^}]*)\})?")
_BY = re.compile(r"by \(([^)]*)\)")
_ENDS = {"counter": ("total",), "histogram": ("bucket", "count", "sum")}
_GIVEN = {"job", "instance", "le"}
"""Labels that Prometheus gives by itself, and that of buckets."""


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DEPLOY / "grafana/reelgate.json").read_text())["panels"]
    return found


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    yield from (target["expr"] for panel in panels() for target in panel.get("targets", ()))


def page(server: Server, **options: Any) -> str:
    answer = server.get("/metrics", **options)
    assert answer.status == 200, answer.body
    return answer.body.decode()


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("metrics") / "data"
    with serving(data, "--workers", "0", REELGATE_METRICS_TOKEN=TOKEN) as server:
        server.post("/v1/video/generations", {"model": "happyhorse-1.0-t2v", "prompt": "a fox", "duration": 3})
        assert server.get("/metrics", key=None).status == 401
        assert server.get("/metrics", key="another").status == 401
        assert page(server, key=TOKEN)
        yield page(server)


def test_the_page_tells_requests_and_tasks(text: str) -> None:
    assert 'route="/v1/video/generations",status="200"} 1.0' in text
    assert 'reelgate_open_tasks{account="animatic",state="queued"} 1.0' in text
    assert 'reelgate_tasks_created_total{dialect="anyfast",model="happyhorse-1.0-t2v"} 1.0' in text
    assert 'reelgate_ledger_micros{class="held"}' in text


def test_dashboard_and_rules_name_what_is_there(text: str) -> None:
    known: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        names = {family.name, *(sample.name for sample in family.samples)}
        names |= {f"{family.name}_{end}" for end in _ENDS.get(family.type, ())}
        labels = {label for sample in family.samples for label in sample.labels}
        known |= dict.fromkeys(names, labels)
    for expression in expressions():
        found = _SERIES.findall(expression)
        assert found or "up{" in expression, expression
        for name, selectors in found:
            assert name in known, f"{expression}: {name} is not on the page"
            named = {one.partition("=")[0].rstrip("!") for one in selectors.split(",") if one}
            named |= {one.strip() for group in _BY.findall(expression) for one in group.split(",")}
            if known[name]:  # some show nothing before something happened
                assert named <= known[name] | _GIVEN, expression


def test_rules_and_panels_are_whole() -> None:
    assert all({"alert", "expr", "for", "labels", "annotations"} <= rule.keys() for rule in rules())
    ids = [panel["id"] for panel in panels()]
    assert len(ids) == len(set(ids))
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels())


def test_times_and_words_stay_small() -> None:
    times = meters.Times((1.0, 2.0))
    for seconds in (0.5, 1.0, 1.5, 9.0):
        times.note(("a",), seconds)
    words = meters.Words()
    kept = [words.of(f"code {n}") for n in range(meters.MOST_WORDS + 5)]

    assert times.by["a",] == [2, 1, 1, 12.0]
    assert kept[-5:] == ["other"] * 5
    assert words.of("code 0") == "code 0"
