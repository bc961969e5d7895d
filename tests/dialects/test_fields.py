"""The reader of JSON objects: types, names, layers, unread fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reelgate.dialects.fields import Fields
from reelgate.dialects.uniall import LenientFields
from reelgate.errors import InvalidField

BODY: dict[str, Any] = {
    "text": "一只猫",
    "count": 5,
    "yes": True,
    "nothing": None,
    "digits": "12",
    "list": ["a", "b"],
    "inner": {"deep": {"count": "x"}, "items": [{"n": 1}, {"n": 1.5}]},
}


def test_each_reader_returns_its_type() -> None:
    fields = Fields(BODY)

    assert fields.string("text") == "一只猫"
    assert fields.integer("count") == 5
    assert fields.boolean("yes") is True
    assert fields.strings("list") == ("a", "b")
    assert fields.choice("text", ("一只猫",)) == "一只猫"
    assert [item.integer("n") for item in fields.object("inner").objects("items")[:1]] == [1]


@pytest.mark.parametrize("key", ["nothing", "absent"])
def test_null_counts_as_absent(key: str) -> None:
    fields = Fields(BODY)

    assert fields.string(key) == ""
    assert fields.integer(key) is None
    assert fields.boolean(key) is None
    assert fields.strings(key) == ()
    assert fields.objects(key) == ()
    assert fields.object(key).string("x") == ""
    with pytest.raises(InvalidField, match=f"{key} is required: a text"):
        fields.require(key, "a text")


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda f: f.string("count"), "count must be a string, not 5"),
        (lambda f: f.string("list"), "list must be a string, not an array"),
        (lambda f: f.string("inner"), "inner must be a string, not an object"),
        (lambda f: f.integer("yes"), "yes must be an integer, not true"),
        (lambda f: f.integer("digits"), 'digits must be an integer, not "12"'),
        (lambda f: f.boolean("count"), "count must be a boolean, not 5"),
        (lambda f: f.strings("inner"), "inner must be an array"),
        (lambda f: f.object("list"), "list must be an object"),
        (lambda f: f.objects("list"), 'list\\[0\\] must be an object, not "a"'),
        (lambda f: f.object("inner").object("deep").integer("count"), "inner.deep.count must be an integer"),
        (lambda f: f.object("inner").objects("items")[1].integer("n"), "inner.items\\[1\\].n must be an integer"),
        (lambda f: f.choice("text", ("a", "b")), "allowed: a, b"),
    ],
)
def test_a_refusal_names_the_field_by_its_path(read: Callable[[Fields], Any], message: str) -> None:
    with pytest.raises(InvalidField, match=message):
        read(Fields(BODY))


def test_a_refusal_of_a_deep_value_is_short() -> None:
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    with pytest.raises(InvalidField) as refused:
        Fields({"text": deep}).string("text")
    assert refused.value.message == "text must be a string, not an array"


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("007", 7), ("0", 0)])
def test_digits_in_a_string_count_where_a_wire_api_takes_them(text: str, number: int) -> None:
    assert LenientFields({"n": text}).integer("n") == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", "٣", " 1", "9" * 5000, "五"])
def test_other_texts_are_no_digits(text: str) -> None:
    with pytest.raises(InvalidField):
        LenientFields({"n": text}).integer("n")


def test_a_layer_above_wins_and_names_its_own_path() -> None:
    fields = Fields({"a": 1, "b": 2, "top": {"a": 3, "b": None, "c": 4}, "z": 5})

    both = fields.object("top").over(fields)

    assert [both.integer(key) for key in ("a", "b", "c")] == [3, 2, 4]
    assert [both.path(key) for key in ("a", "b", "c", "d")] == ["top.a", "b", "top.c", "d"]
    assert fields.unknown() == ("z",)


def test_what_nobody_read_is_named_at_every_depth() -> None:
    fields = Fields({"a": 1, "颜色": 2, "inner": {"b": 1, "c": 1}, "unread": {"d": 1}, "items": [{"x": 1}, {"y": 1}]})

    fields.integer("a")
    fields.object("inner").integer("b")
    for item in fields.objects("items"):
        item.integer("x")

    assert fields.unknown() == ("颜色", "unread", "inner.c", "items[1].y")
