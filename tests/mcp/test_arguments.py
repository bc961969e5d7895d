"""Arguments that no tool takes: the error says what to give, before anything is sent."""

from __future__ import annotations

from typing import Any, cast

import pytest

from reelgate.client import AsyncReelgate
from reelgate.mcp.tools import Tools, WrongArguments

ORDER = {"model": "animatic", "prompt": "a cat"}


@pytest.mark.parametrize(
    ("tool", "given", "told"),
    [
        ("generate", {**ORDER, "max_price": 1e308}, "max_price is '1e\\+308'; allowed: a number under"),
        ("generate", {**ORDER, "max_price": "1"}, "max_price is '1'; allowed: a number"),
        ("generate", {**ORDER, "max_price": True}, "allowed: a number"),
        ("generate", {**ORDER, "idempotency_key": 7}, "idempotency_key is '7'; allowed: a text"),
        ("generate", {**ORDER, "idempotency_key": "é"}, "printable ASCII"),
        ("generate", {**ORDER, "idempotency_key": "a\nb"}, "printable"),
        ("generate", {**ORDER, "idempotency_key": "a" * 256}, "at most 255"),
        ("generate", {**ORDER, "model": None}, "generate needs model"),
        ("generate", {"prompt": "a cat"}, "generate needs model"),
        ("preview", {**ORDER, "image": []}, "image is '\\[\\]'; allowed: a text"),
        ("quote", {**ORDER, "images": [1]}, "images is '\\[1\\]'; allowed: a list of texts"),
        ("wait", {"task_id": ""}, "wait needs task_id"),
        ("wait", {"task_id": "\0"}, "printable"),
        ("wait", {"task_id": "x", "seconds": 1e308}, "a number under"),
        ("look", {"task_id": "a" * 300_000}, "at most 255"),
        ("cancel", {"task_id": 7}, "task_id is '7'; allowed: a text"),
        ("list_tasks", {"metadata": "x"}, "texts under names"),
        ("list_tasks", {"metadata": {"a": 1}}, "texts under names"),
        ("list_tasks", {"limit": 1.5}, "a whole number"),
        ("list_models", {"mode": [1]}, "mode is '\\[1\\]'; allowed: a text"),
        ("balance", {"x": 1}, "balance takes no x"),
    ],
)
def test_what_no_tool_takes_is_named_with_what_it_takes(tool: str, given: dict[str, Any], told: str) -> None:
    with pytest.raises(WrongArguments, match=told):
        Tools(cast(AsyncReelgate, None), local=False).check(tool, given)


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        (
            "generate",
            {**ORDER, "max_price": 2, "idempotency_key": "a b", "images": ["https://e.com/a"], "seed": None},
        ),
        ("generate", {**ORDER, "prompt": "a\n" * 9000, "image": "data:image/png;base64," + "A" * 9000}),
        ("generate", {**ORDER, "duration": "five"}),
        ("wait", {"task_id": "task_1", "seconds": 0.5}),
        ("list_tasks", {"limit": 5, "metadata": {"名": "猫"}}),
    ],
)
def test_what_a_tool_takes_or_the_server_judges_passes(tool: str, given: dict[str, Any]) -> None:
    Tools(cast(AsyncReelgate, None), local=False).check(tool, given)
