"""By what a create is known again: everything that its body says, and nothing of how it was sent."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest

from reelgate.admission.idempotency import CreateCall, read_sent
from reelgate.dialects import all_dialects
from reelgate.dialects.port import Call
from reelgate.errors import InvalidField, MalformedBody

PATH = "/v1/videos"
PICTURE = base64.b64encode(bytes(range(256)) * 400).decode()  # longer than a piece, and than two
BODY: dict[str, Any] = {
    "model": "sora-2",
    "images": [PICTURE, "short", PICTURE[::-1]],
    "prompt": '一只猫 "quoted" \\ 😀' * 9000,
    "last": {"seconds": 4},
}


def sent(
    body: dict[str, Any], path: str = PATH, *, tells_length: bool = True, dialect: str = "openai", **headers: str
) -> CreateCall:
    """Return how a create came."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if tells_length:
        named["content-length"] = str(len(json.dumps(body)))
    (speaker,) = [one for one in all_dialects() if one.name == dialect]
    return asyncio.run(read_sent(Call(path, named, body), speaker, None))


def mark(body: dict[str, Any], **how: Any) -> str:
    return sent(body, **how).fingerprint


@pytest.mark.parametrize("body", [BODY, {"model": "sora-2", "prompt": "a cat", "last": {"seconds": 4}}])
def test_the_order_of_fields_and_how_a_body_came_do_not_count(body: dict[str, Any]) -> None:
    backwards = dict(reversed(body.items()))
    ways: list[dict[str, Any]] = [
        {"tells_length": False},
        {"tells_length": False, "content_length": "12, 12"},
        {"content_encoding": "gzip"},
        {"content_length": "5", "tells_length": False},
    ]
    assert {mark(body), mark(backwards), *(mark(body, **way) for way in ways)} == {mark(body)}


@pytest.mark.parametrize(
    "changed",
    [
        {"last": {"seconds": 5}},
        {"images": [PICTURE[::-1], "short", PICTURE]},
        {"images": [PICTURE, "shorter", PICTURE[::-1]]},
        {"images": [PICTURE, "short", PICTURE[::-1][:-4] + "AAAA"]},
        {"images": [PICTURE, "short", PICTURE[::-1], "one more"]},
        {"prompt": BODY["prompt"] + "."},
        {"model": "sora-2-pro"},
    ],
)
def test_any_other_body_is_another_create(changed: dict[str, Any]) -> None:
    assert mark(BODY | changed) != mark(BODY)


def test_another_address_is_another_create() -> None:
    assert mark(BODY, path="/v1/tasks") != mark(BODY)


def test_a_key_is_a_client_s_own_word_and_a_count_says_whether_it_may_come_again() -> None:
    found = [
        sent({}, idempotency_key="k" * 255).mark,
        sent({}).mark,
        sent({}, x_stainless_retry_count="0").mark,
        sent({}, x_stainless_retry_count="10").mark,
    ]
    assert [(one.key, one.again) if one else None for one in found] == [
        ("k" * 255, False),
        None,
        (None, False),
        (None, True),
    ]
    for wrong in ("k" * 256, "", "é", "a\tb"):
        with pytest.raises(InvalidField) as refused:
            sent({}, idempotency_key=wrong)
        assert (refused.value.field, refused.value.value) == ("Idempotency-Key", wrong)


def test_a_call_that_its_sdk_names_is_known_by_name_and_body() -> None:
    named = [
        sent(body, dialect="ark", x_client_request_id=name).mark
        for body, name in (({}, "a"), ({}, "a"), ({}, "b"), ({"x": 1}, "a"))
    ]
    prints = [one.fingerprint for one in named if one and one.again]
    assert (len(prints), prints[0] == prints[1], len(set(prints))) == (4, True, 3)


@pytest.mark.parametrize("tells_length", [True, False])
def test_what_is_nested_too_deeply_is_refused(tells_length: bool) -> None:
    body: dict[str, Any] = {}
    for _ in range(3000):
        body = {"a": body}
    with pytest.raises(MalformedBody, match="nested too deeply"):
        sent(body, tells_length=False, content_length="9" if tells_length else "")
