"""Create calls: every documented form becomes the right request, and its answer is the documented one."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from reelgate.dialects import all_dialects, dialect_for_create
from reelgate.tasks.states import State
from reelgate.testing.dialects import NOW, sample_task
from tests.dialects.cases import CATALOG, FIXTURES, Case, cases, ordered


@pytest.mark.parametrize("case", cases("create"))
def test_a_documented_call_becomes_the_request_that_it_means(case: Case) -> None:
    parsed, request = case.admitted()

    assert json.loads(msgspec.json.encode(request)) == case.data["request"]
    assert list(parsed.unknown) == case.data.get("unknown", [])


@pytest.mark.parametrize("case", cases("create"))
def test_the_created_answer_is_the_documented_one(case: Case) -> None:
    parsed, request = case.admitted()
    task_id = case.dialect.new_id(parsed.model, NOW)
    request_id = case.dialect.new_request_id(NOW)
    task = sample_task(
        parsed.model, State.QUEUED, dialect=case.dialect.name, id=task_id, request_id=request_id, request=request
    )

    answer = case.dialect.render_created(task, parsed.model)

    wanted = ordered(case.data["created"]).replace("{id}", task_id).replace("{request_id}", request_id)
    assert ordered(answer.body) == wanted
    assert answer.status == 200
    assert re.fullmatch(case.data["id"], task_id)


@pytest.mark.parametrize("case", cases("create"))
def test_the_model_finds_its_dialect_on_a_shared_path(case: Case) -> None:
    found = dialect_for_create(case.data["path"], case.data["body"].get("model"), CATALOG)
    assert found.name == case.dialect.name


def test_every_dialect_has_fixtures_of_every_kind() -> None:
    for dialect in all_dialects():
        kinds = {path.name.partition("-")[0] for path in (FIXTURES / dialect.name).iterdir()}
        assert kinds == {"create", "refuse", "query"}, dialect.name


def test_every_uniall_name_goes_to_uniall_on_both_paths() -> None:
    names = [model.id for model in CATALOG if model.dialect == "uniall"]

    for path in ("/v1/video/generations", "/v1/videos/generations"):
        assert {dialect_for_create(path, name, CATALOG).name for name in names} == {"uniall"}


def test_a_name_that_nobody_sells_is_answered_by_the_paths_first_dialect() -> None:
    for name in ("no-such-model", None, 5, ["happy-horse-720p"]):
        assert dialect_for_create("/v1/video/generations", name, CATALOG).name == "anyfast"
