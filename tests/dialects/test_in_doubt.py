"""A task that may have been made: every wire API says so with the status that no client repeats, and names it."""

from __future__ import annotations

import pytest

from reelgate.dialects import all_dialects
from reelgate.dialects.port import Dialect
from reelgate.errors import AnswerFailed, RateLimited, ReelgateError, StoreError, TooManyTasks, Unavailable, Unconfirmed
from reelgate.http.responses import encode, error_headers

DOUBTS = (Unconfirmed("task_0123"), AnswerFailed("task_0123"))


@pytest.mark.parametrize("dialect", all_dialects(), ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("error", DOUBTS, ids=lambda error: error.code)
def test_a_doubt_is_a_400_with_the_id_to_look_for(dialect: Dialect, error: ReelgateError) -> None:
    answer = dialect.render_error(error, "request")
    headers = dict(error_headers(error))

    assert answer.status == 400
    assert b"task_0123" in encode(answer.body)
    assert headers == {"x-should-retry": "false", "x-reelgate-task-id": "task_0123"}


@pytest.mark.parametrize("error", [RateLimited(), TooManyTasks(), Unavailable(), StoreError()], ids=type)
def test_every_429_and_503_says_when_it_may_be_repeated(error: ReelgateError) -> None:
    headers = dict(error_headers(error))

    assert headers["x-should-retry"] == "true"
    assert 1 <= int(headers["retry-after"]) <= 60
