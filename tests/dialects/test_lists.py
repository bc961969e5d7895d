"""List calls in each seller's words, and the form of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from reelgate.dialects import by_name
from reelgate.dialects.port import ListedTasks, NativeDialect, TaskQuery
from reelgate.errors import InvalidField
from reelgate.tasks.states import State
from reelgate.testing.dialects import sample_link, sample_task
from tests.dialects.cases import CATALOG

MODEL = next(iter(CATALOG))


def native(name: str) -> NativeDialect:
    return cast(NativeDialect, by_name(name))


def wanted(dialect: str, **query: str | Sequence[str]) -> TaskQuery:
    given = {name.replace("__", "."): [text] if isinstance(text, str) else list(text) for name, text in query.items()}
    return native(dialect).parse_list(given)


@pytest.mark.parametrize(
    ("dialect", "query", "asked"),
    [
        ("ark", {"filter__task_ids": ["a", "b"]}, {"ids": ("a", "b")}),
        ("ark", {"filter__model": "m", "page_num": "3", "page_size": "7"}, {"model": "m", "offset": 14, "page": 3}),
        ("ark", {"filter__status": "queued"}, {"states": (State.QUEUED, State.SUBMITTING)}),
        ("ark", {"filter__service_tier": "flex"}, {"offpeak": True}),
        ("dashscope", {"task_id": "a", "model_name": "m"}, {"ids": ("a",), "model": "m"}),
        ("dashscope", {"start_time": "20261129080000", "end_time": "20261129235959"}, {"created_to": None}),
        (
            "vidu",
            {"task_ids": ["a"], "model_versions": "m", "pager__page": "2", "pager__pagesz": "5"},
            {"ids": ("a",), "offset": 5},
        ),
        ("vidu", {"states": ["created"]}, {"states": (State.QUEUED,)}),
        ("openai", {"limit": "4", "after": "v", "order": "asc"}, {"limit": 5, "after": "v", "oldest_first": True}),
    ],
)
def test_a_list_asks_for_what_its_words_say(dialect: str, query: dict[str, Any], asked: dict[str, Any]) -> None:
    found = wanted(dialect, **query)
    if asked == {"created_to": None}:
        assert found.created_from is not None
        assert found.created_to is not None
        assert found.created_to - found.created_from == 16 * 3_600_000  # the last second counts too
        return
    assert {name: getattr(found, name) for name in asked} == asked
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("dialect", "query", "field"),
    [
        ("vidu", {"resolutions": "720p"}, "resolutions"),
        ("vidu", {"templates": "hug"}, "templates"),
        ("vidu", {"states": "done"}, "states"),
        ("vidu", {"model_versions": ["a", "b"]}, "model_versions"),
        ("dashscope", {"end_time": "2026-11-29"}, "end_time"),
        ("dashscope", {"start_time": "20261129080000", "end_time": "20261201080000"}, "end_time"),
        ("ark", {"filter__status": "done"}, "filter.status"),
        ("openai", {"limit": "-1"}, "limit"),
    ],
)
def test_a_list_that_asks_for_what_there_is_not_is_told_the_parameter(
    dialect: str, query: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidField) as caught:
        wanted(dialect, **query)
    assert caught.value.field == field


def test_openais_page_names_its_first_and_last_and_whether_more_follows() -> None:
    dialect = native("openai")
    tasks = tuple((sample_task(MODEL, State.QUEUED, dialect="openai", id=f"video_{n}"), MODEL) for n in range(3))
    page = dialect.render_list(ListedTasks(wanted("openai", limit="2"), tasks, 0), sample_link).body
    assert (page["first_id"], page["last_id"], page["has_more"]) == ("video_0", "video_1", True)
    none = dialect.render_list(ListedTasks(wanted("openai", limit="2"), (), 0), sample_link).body
    assert (none["data"], none["first_id"], none["last_id"], none["has_more"]) == ([], None, None, False)
