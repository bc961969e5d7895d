"""What may be set of a project or a key, up to the last number that is taken."""

from __future__ import annotations

from typing import Any

import pytest

from reelgate.access.fields import EXACT, KEY, PROJECT, Read, former_names, read_fields, read_id
from reelgate.errors import InvalidField

COUNTED = ("creates_per_minute", "tasks_at_once", "spend_day_micros", "spend_total_micros")
BOUNDS = [
    (PROJECT, "multiplier_ppm", 0, 1_000_000_000),
    (PROJECT, "floor_micros", -EXACT, EXACT),
    (PROJECT, "priority", -100, 100),
    (PROJECT, "weight", 1, 1000),
    (PROJECT, "budget_month_micros", 0, EXACT),
    *((fields, name, 0, EXACT) for fields in (PROJECT, KEY) for name in COUNTED),
]


@pytest.mark.parametrize(("fields", "name", "low", "high"), BOUNDS)
def test_a_number_is_taken_from_the_first_to_the_last_and_none_beyond(
    fields: dict[str, Read], name: str, low: int, high: int
) -> None:
    for value in (low, high):
        assert read_fields({name: value}, fields) == {name: value}
    for value in (low - 1, high + 1):
        with pytest.raises(InvalidField, match=f"{name} is {value}") as refused:
            read_fields({name: value}, fields)
        assert (refused.value.field, refused.value.value) == (name, value)
        assert refused.value.allowed == f"a whole number from {low} to {high}"


def test_a_moment_is_kept_in_milliseconds_and_null_is_no_limit() -> None:
    assert read_fields({"expires_at": 1_900_000_000}, KEY) == {"expires_at": 1_900_000_000_000}
    without: dict[str, Any] = dict.fromkeys((*COUNTED, "expires_at"))
    assert read_fields(without, KEY) == without


def test_scopes_and_models_are_kept_once_and_in_order() -> None:
    found = read_fields({"scopes": ["read", "create", "read"], "models": ["wan*", "sora-2", "wan*"]}, KEY)
    assert found == {"scopes": ("create", "read"), "models": ("wan*", "sora-2")}


def test_an_id_is_64_characters_long_at_most() -> None:
    fields = {"id": read_id}
    assert read_fields({"id": "p" * 64}, fields) == {"id": "p" * 64}
    with pytest.raises(InvalidField, match="id is"):
        read_fields({"id": "p" * 65}, fields)


def test_a_former_name_is_read_alone() -> None:
    assert read_fields({"requests_per_minute": 8}, PROJECT) == {"creates_per_minute": 8}
    assert former_names({"requests_per_minute": 8, "name": "x"}) == ("requests_per_minute",)
    with pytest.raises(InvalidField, match="send creates_per_minute alone"):
        read_fields({"requests_per_minute": 8, "creates_per_minute": 8}, PROJECT)
