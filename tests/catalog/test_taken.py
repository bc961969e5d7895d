"""What the catalog says of fields holds for the checks that every create goes through."""

from __future__ import annotations

import pytest

from reelgate.catalog import Model
from reelgate.catalog.listing import listing
from reelgate.catalog.rules import check
from reelgate.catalog.taken import Decider, FieldState, fields_in
from reelgate.console.words import catalogue
from reelgate.request import Mode, Role
from tests.catalog.requests import CATALOG, ROW_IDS, ROWS, request, row

SAID = {"negative_prompt": "rain", "keep_audio": True}


@pytest.mark.parametrize("model", ROWS, ids=ROW_IDS)
def test_a_field_is_taken_just_where_a_create_does_not_ignore_it(model: Model) -> None:
    for mode in model.modes:
        asked = request(model, mode)
        rules = fields_in(model, mode, {item.role for item in asked.media})
        assert rules == {**rules, **fields_in(model, mode)}
        ratios = model.ratios_in(mode)
        others = [one for one in ratios if ":" in one and one != model.ratio_in(mode)] or ["9:16"]
        for name, value in {**SAID, "ratio": others[0]}.items():
            if name == "ratio" and ratios and value not in ratios:
                assert rules[name].state is FieldState.IGNORED
                continue
            checked = check(model, request(model, mode, **{name: value}), {})
            assert (rules[name].state is FieldState.TAKEN) == (name not in checked.ignored), (mode, name)


def test_an_input_more_changes_which_fields_count() -> None:
    wan = row("dashscope", "wan2.7-r2v")
    assert fields_in(wan, Mode.REFERENCE)["ratio"].state is FieldState.TAKEN
    framed = fields_in(wan, Mode.REFERENCE, {Role.REFERENCE, Role.FIRST_FRAME})["ratio"]
    assert (framed.state, framed.decided_by) == (FieldState.IGNORED, Decider.FIRST_FRAME)


def test_the_listing_says_what_decides_a_field_that_is_ignored() -> None:
    by_id = {entry["id"]: entry for entry in listing(CATALOG)["data"]}
    fields = by_id["animatic"]["modes"]["edit"]["fields"]
    assert fields["ignored"]["duration"] == {"decided_by": "source", "reason": "the clip to edit decides it"}
    assert "keep_audio" in fields["taken"]
    assert by_id["animatic"]["modes"]["text"]["fields"] == {
        "taken": ["prompt", "negative_prompt", "duration", "resolution", "ratio", "seed"],
        "ignored": {},
        "absent": ["keep_audio"],
    }
    alone = by_id["viduq3p-720p"]["modes"]["text"]["fields"]["ignored"]["resolution"]
    assert alone == {"decided_by": "model", "reason": "this model makes no other", "value": "720p"}
    with_frame = by_id["wan2.7-r2v"]["modes"]["reference"]["fields"]["ignored_with"]["first_frame"]
    assert with_frame["ratio"]["decided_by"] == "first_frame"


def test_every_reason_has_a_chinese_text() -> None:
    assert {one.reason for one in Decider} <= set(catalogue("zh"))
