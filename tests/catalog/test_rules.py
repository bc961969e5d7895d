from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from reelgate.catalog import Model
from reelgate.catalog.rules import check, ratio_counts
from reelgate.errors import InvalidField
from reelgate.request import Media, MediaKind, Mode, Role
from tests.catalog.requests import ROW_IDS, ROWS, inputs, request, row

SEEDANCE = row("anyfast", "seedance-fast")
HORSE = row("anyfast", "happyhorse-1.0-t2v")
VIDU = row("uniall", "viduq3p-720p")


def refusal(model: Model, mode: Mode, names: dict[str, str] | None = None, **changes: Any) -> InvalidField:
    with pytest.raises(InvalidField) as caught:
        check(model, request(model, mode, **changes), names or {})
    return caught.value


def item(kind: str, role: str, number: int = 0) -> Media:
    return Media(kind=MediaKind(kind), role=Role(role), field=f"content[{number}]")


@pytest.mark.parametrize(
    ("changes", "field", "allowed"),
    [
        ({"duration": 16}, "duration", "whole seconds from 3 to 15"),
        ({"duration": 2}, "duration", "whole seconds from 3 to 15"),
        ({"duration": -1}, "duration", "whole seconds from 3 to 15"),
        ({"resolution": "480p"}, "resolution", "720p, 1080p"),
        ({"ratio": "21:9"}, "ratio", "16:9, 9:16, 1:1, 4:3, 3:4"),
        ({"seed": 2**31}, "seed", "whole numbers from 0 to 2147483647"),
        ({"seed": -2}, "seed", "whole numbers from 0 to 2147483647"),
        ({"prompt": " "}, "prompt", "a text of 1 to 5000 characters"),
        ({"prompt": "马" * 5001}, "prompt", "at most 5000"),
    ],
)
def test_a_value_out_of_range_is_named_as_the_client_wrote_it(
    changes: dict[str, Any], field: str, allowed: str
) -> None:
    names = {name: f"parameters.{name}" for name in ("duration", "resolution", "ratio", "seed", "prompt")}
    error = refusal(HORSE, Mode.TEXT, names, **changes)
    assert (error.field, error.allowed) == (f"parameters.{field}", allowed)
    assert error.message.startswith(f"parameters.{field}")
    assert refusal(HORSE, Mode.TEXT, **changes).field == field


@for_all(st.integers(-5, 40))
def test_seedance_takes_4_to_15_seconds_or_minus_1(seconds: int) -> None:
    wanted = request(SEEDANCE, Mode.TEXT, duration=seconds)
    if seconds == -1 or 4 <= seconds <= 15:
        assert check(SEEDANCE, wanted, {}).duration == seconds
    else:
        with pytest.raises(InvalidField, match="whole seconds from 4 to 15, or -1"):
            check(SEEDANCE, wanted, {})


@pytest.mark.parametrize("model", ROWS, ids=ROW_IDS)
def test_each_mode_takes_its_most_inputs_and_refuses_one_more(model: Model) -> None:
    for mode, rules in model.modes.items():
        for rule in rules.media:
            wanted = request(model, mode)
            others = tuple(item for item in wanted.media if item.role is not rule.role)
            alike = (other for other in rules.media if other.role is rule.role and other is not rule)
            others += tuple(item for other in alike for item in inputs(other, other.min))
            check(model, request(model, mode, media=others + inputs(rule, rule.max)), {})
            error = refusal(model, mode, media=others + inputs(rule, rule.max + 1))
            assert error.field == f"{rule.role}_{rule.kind}[{rule.max}]"
            assert error.value == rule.max + 1


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("image", True),
        ("video", True),
        ("image audio", True),
        ("image video", True),
        ("video audio", True),
        ("image video audio", True),
        ("audio", False),
    ],
)
@pytest.mark.parametrize("prompt", ["", "一只猫在弹钢琴 @image1"])
def test_seedances_combinations(given: str, taken: bool, prompt: str) -> None:
    media = tuple(
        item(kind, "voice" if kind == "audio" else "reference", number) for number, kind in enumerate(given.split())
    )
    wanted = request(SEEDANCE, Mode.REFERENCE, media=media, prompt=prompt)
    if taken:
        assert check(SEEDANCE, wanted, {}) == wanted
    else:
        with pytest.raises(InvalidField, match="content must hold at least 1 reference image or video"):
            check(SEEDANCE, wanted, {"media": "content"})


@pytest.mark.parametrize("mode", [Mode.IMAGE, Mode.FRAMES, Mode.REFERENCE])
def test_frames_and_references_do_not_mix(mode: Mode) -> None:
    frames = (item("image", "first_frame"),) + ((item("image", "last_frame"),) if mode is Mode.FRAMES else ())
    error = refusal(SEEDANCE, mode, media=(*frames, item("image", "reference", 7)))
    assert error.field in {"content[0]", "content[7]"}
    assert "in this combination" in error.message


def test_text_alone_needs_its_text() -> None:
    assert refusal(SEEDANCE, Mode.TEXT, {"prompt": "content[0].text"}, prompt="").field == "content[0].text"


def test_a_mode_that_the_model_has_not_is_blamed_on_the_input_that_decided() -> None:
    assert refusal(HORSE, Mode.IMAGE, media=(item("image", "first_frame", 3),)).field == "content[3]"
    horse = row("uniall", "happy-horse-720p")
    both = (item("image", "first_frame", 0), item("image", "last_frame", 1))
    assert refusal(horse, Mode.FRAMES, media=both).field == "content[1]"


@pytest.mark.parametrize(
    ("dialect", "name", "asked", "names", "field"),
    [
        ("anyfast", "happyhorse-1.0-i2v", Mode.TEXT, {"first_frame": "image"}, "image"),
        ("anyfast", "happyhorse-1.0-r2v", Mode.TEXT, {"reference": "images"}, "images"),
        ("uniall", "happy-horse-edit-720p", Mode.TEXT, {"source": "video"}, "video"),
        ("uniall", "viduq3p-720p", Mode.FRAMES, {"first_frame": "image"}, "image"),
    ],
)
def test_a_missing_input_is_named(dialect: str, name: str, asked: Mode, names: dict[str, str], field: str) -> None:
    model = row(dialect, name)
    last = (item("image", "last_frame"),) if asked is Mode.FRAMES else ()
    with pytest.raises(InvalidField, match=f"{field} is required: ") as caught:
        check(model, request(model, asked, media=last), names)
    assert caught.value.field == field


def test_an_input_that_has_a_field_of_its_own_is_missing_there_and_without_names_under_its_role() -> None:
    model = row("anyfast", "happyhorse-1.0-i2v")
    names = {"first_frame": "image", "media": "input.media"}
    assert refusal(model, Mode.TEXT, names, media=()).field == "image"
    assert refusal(model, Mode.TEXT, {}, media=()).field == "first_frame"


def test_a_refusal_says_what_was_given_and_which_lengths_there_are() -> None:
    model = row("apiyi", "wan2.7-t2v")
    assert refusal(model, Mode.REFERENCE, media=(item("image", "reference"),)).value == "reference image"
    sora = row("openai", "sora-2")
    lengths = (refusal(sora, Mode.TEXT, duration=5).allowed or "").partition(" seconds")[0].split(", ")
    assert (lengths[0], lengths[-1]) == ("4", str(sora.duration_in(Mode.TEXT).max))


def test_an_input_that_is_missing_in_a_list_of_all_inputs_is_said_to_belong_there() -> None:
    error = refusal(row("apiyi", "wan2.7-videoedit"), Mode.EDIT, {"media": "input.media"}, media=())
    assert (error.field, error.message) == ("input.media", "input.media must hold exactly 1 source video")
    edit = row("apiyi", "wan2.7-videoedit")
    error = refusal(edit, Mode.EDIT, {"media": "input.media"}, media=(item("video", "source"),))
    assert error.message == "input.media must hold 1 to 5 reference images"


def test_wans_references_are_counted_together_and_shorten_the_clip() -> None:
    model = row("apiyi", "wan2.7-r2v")
    pictures = tuple(item("image", "reference", n) for n in range(4))
    clips = tuple(item("video", "reference", n) for n in range(4, 6))
    assert refusal(model, Mode.REFERENCE, media=pictures + clips).message == (
        "content[5]: 6 reference inputs are given; allowed: at most 5 in all"
    )
    with_clip = pictures + clips[:1]
    check(model, request(model, Mode.REFERENCE, media=with_clip, duration=10), {})
    error = refusal(model, Mode.REFERENCE, media=with_clip, duration=11)
    assert error.allowed == "whole seconds from 2 to 10 with a reference video"
    check(model, request(model, Mode.REFERENCE, media=pictures, duration=15), {})


def test_the_edit_states_its_length_only_for_the_bill() -> None:
    anyfast = row("anyfast", "happyhorse-1.0-video-edit")
    assert check(anyfast, request(anyfast, Mode.EDIT, duration=0), {}).duration == 0
    uniall = row("uniall", "happy-horse-edit-720p")
    assert check(uniall, request(uniall, Mode.EDIT, duration=0), {}).duration == 0  # its own address wants one
    assert refusal(uniall, Mode.EDIT, duration=2).allowed == "whole seconds from 3 to 15"


@pytest.mark.parametrize(
    ("dialect", "name", "mode", "attribute", "value"),
    [
        ("anyfast", "happyhorse-1.0-i2v", Mode.IMAGE, "ratio", "9:16"),
        ("uniall", "happy-horse-720p", Mode.IMAGE, "ratio", "1:1"),
        ("uniall", "happy-horse-edit-720p", Mode.EDIT, "ratio", "16:9"),
        ("uniall", "viduq3p-720p", Mode.FRAMES, "ratio", "9:16"),
        ("anyfast", "seedance-fast", Mode.REFERENCE, "web_search", True),
        ("anyfast", "seedance-fast", Mode.TEXT, "keep_audio", True),
        ("apiyi", "happyhorse-1.1-t2v", Mode.TEXT, "negative_prompt", "模糊"),
    ],
)
def test_what_has_no_effect_is_taken_and_reported(
    dialect: str, name: str, mode: Mode, attribute: str, value: object
) -> None:
    model = row(dialect, name)
    plain = request(model, mode, ignored=("before",))
    checked = check(model, request(model, mode, ignored=("before",), **{attribute: value}), {attribute: "wire.name"})
    assert checked.ignored == ("before", "wire.name")
    assert getattr(checked, attribute) == getattr(plain, attribute)


def test_what_has_an_effect_is_not_reported() -> None:
    searched = request(SEEDANCE, Mode.TEXT, web_search=True, ratio="21:9")
    assert check(SEEDANCE, searched, {}) == searched
    wan = row("apiyi", "wan2.7-t2v")
    assert check(wan, request(wan, Mode.TEXT, negative_prompt="模糊"), {}).negative_prompt == "模糊"
    assert refusal(wan, Mode.TEXT, negative_prompt="糊" * 501).field == "negative_prompt"


def test_a_first_frame_among_references_decides_the_shape() -> None:
    model = row("apiyi", "wan2.7-r2v")
    references = request(model, Mode.REFERENCE, ratio="9:16")
    framed = request(model, Mode.REFERENCE, ratio="9:16", media=(*references.media, item("image", "first_frame")))
    assert ratio_counts(model, references)
    assert not ratio_counts(model, framed)
    assert check(model, framed, {}).ignored == ("ratio",)


def test_vidu_takes_up_to_four_references_on_any_model() -> None:
    for name in ("viduq3t-540p", "viduq3p-mix-720p-offpeak"):
        model = row("uniall", name)
        four = inputs(model.modes[Mode.REFERENCE].media[0], 4)
        check(model, request(model, Mode.REFERENCE, media=four), {})
    assert refusal(VIDU, Mode.TEXT, prompt="x" * 5001).field == "prompt"


def test_a_mode_has_its_own_lengths_and_ratios() -> None:
    turbo, pro = row("vidu", "viduq3-turbo"), row("ark", "doubao-seedance-1-0-pro-250528")
    assert check(turbo, request(turbo, Mode.IMAGE, duration=1), {}).duration == 1
    assert refusal(turbo, Mode.REFERENCE, duration=2).allowed == "whole seconds from 3 to 16"
    assert check(pro, request(pro, Mode.IMAGE, ratio="adaptive"), {}).ratio == "adaptive"
    assert refusal(pro, Mode.TEXT, ratio="adaptive").field == "ratio"


def test_only_what_is_sold_off_peak_may_wait() -> None:
    turbo, mix = row("vidu", "viduq3-turbo"), row("vidu", "viduq3-mix")
    assert check(turbo, request(turbo, Mode.TEXT, offpeak=True), {}).offpeak
    assert refusal(mix, Mode.REFERENCE, {"offpeak": "off_peak"}, offpeak=True).field == "off_peak"
