from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from reelgate.billing import quotes, terms
from reelgate.catalog import Model
from reelgate.errors import NoPrice
from reelgate.request import AUTO_DURATION, Facts, Media, MediaKind, Mode, Order, Part, Role, VideoRequest
from reelgate.testing.stores.samples import NOW, OUTPUT
from tests.catalog.requests import SOLD, request, row

SEEDANCE = row("anyfast", "seedance-fast")


def quote(model: Model, wanted: VideoRequest) -> int:
    return quotes.quote(model, wanted, at=NOW).micros


def charge(model: Model, wanted: VideoRequest, seconds: int, *, held: int) -> int:
    """What a video of those seconds is charged: on the terms of its quote, which the catalog alone gives too."""
    output = replace(OUTPUT, duration=seconds, seconds=float(seconds))
    agreed = terms.encode(quotes.quote(model, wanted, at=NOW).terms)
    kept = quotes.charge(model, wanted, output, held=held, terms=agreed, at=NOW)
    assert kept == quotes.charge(model, wanted, output, held=held, terms=None, at=NOW)
    return kept


@pytest.mark.parametrize("model", SOLD, ids=lambda model: f"{model.dialect}-{model.id}")
def test_every_model_mode_and_tier_has_a_price(model: Model) -> None:
    for mode in model.modes:
        for tier in model.resolutions:
            price = quote(model, request(model, mode, resolution=tier))
            assert type(price) is int
            assert price > 0 or model.price.free


@given(st.sampled_from([model for model in SOLD if not model.rules and not model.price.free]), st.data())
def test_a_quote_is_whole_and_grows_with_the_seconds(model: Model, data: st.DataObject) -> None:
    mode = next(iter(model.modes))
    tier = data.draw(st.sampled_from(model.resolutions))
    rule = model.duration
    seconds = data.draw(st.integers(max(1, rule.min), max(1, rule.max - 1)))
    shorter = quote(model, request(model, mode, resolution=tier, duration=seconds))
    longer = quote(model, request(model, mode, resolution=tier, duration=seconds + 1))
    assert type(shorter) is type(longer) is int
    assert longer - shorter == model.price.per_second[tier]


@pytest.mark.parametrize(
    ("dialect", "name", "mode", "tier", "seconds", "price"),
    [
        ("uniall", "happy-horse-720p", Mode.TEXT, "720p", 4, 380_800),
        ("uniall", "happy-horse-1080p", Mode.IMAGE, "1080p", 6, 1_142_400),
        ("uniall", "happy-horse-edit-720p", Mode.EDIT, "720p", 4, 380_800),
        ("uniall", "viduq3t-720p", Mode.TEXT, "720p", 5, 275_000),
        ("uniall", "viduq3p-1080p-offpeak", Mode.FRAMES, "1080p", 6, 360_000),
        ("uniall", "viduq3p-mix-720p", Mode.REFERENCE, "720p", 5, 600_000),
        ("apiyi", "wan2.7-t2v", Mode.TEXT, "720p", 5, 420_000),
        ("apiyi", "happyhorse-1.1-t2v", Mode.TEXT, "1080p", 5, 1_120_000),
        ("anyfast", "happyhorse-1.0-video-edit", Mode.EDIT, "720p", 0, 476_000),
        ("apiyi", "wan2.7-videoedit", Mode.EDIT, "1080p", 0, 1_400_000),
    ],
)
def test_list_prices(dialect: str, name: str, mode: Mode, tier: str, seconds: int, price: int) -> None:
    model = row(dialect, name)
    assert quote(model, request(model, mode, resolution=tier, duration=seconds)) == price


@pytest.mark.parametrize(("offpeak", "price"), [(False, 259_545), (True, 129_773)])
def test_a_task_that_may_wait_costs_less(offpeak: bool, price: int) -> None:
    pro = row("ark", "doubao-seedance-1-0-pro-250528")
    assert quote(pro, request(pro, Mode.TEXT, resolution="720p", duration=5, offpeak=offpeak)) == price


def test_nothing_waits_at_a_price_that_is_not_known() -> None:
    with pytest.raises(NoPrice, match="off-peak"):
        quote(SEEDANCE, request(SEEDANCE, Mode.TEXT, offpeak=True))


def test_a_length_left_to_the_engine_holds_the_most_and_charges_what_was_delivered() -> None:
    left_open = request(SEEDANCE, Mode.TEXT, duration=AUTO_DURATION)
    held = quote(SEEDANCE, left_open)
    assert held == quote(SEEDANCE, request(SEEDANCE, Mode.TEXT, duration=15))
    assert charge(SEEDANCE, left_open, 7, held=held) == 7 * 138_371
    assert charge(SEEDANCE, left_open, 16, held=held) == held


def test_an_agreed_length_is_charged_as_far_as_it_was_delivered() -> None:
    agreed = request(SEEDANCE, Mode.TEXT, duration=5)
    held = quote(SEEDANCE, agreed)
    paid = [charge(SEEDANCE, agreed, seconds, held=held) for seconds in (1, 4, 5, 15)]
    assert paid == [138_371, 4 * 138_371, held, held]
    edit = row("anyfast", "happyhorse-1.0-video-edit")
    undeclared = request(edit, Mode.EDIT, resolution="720p", duration=0)
    assert charge(edit, undeclared, 12, held=quote(edit, undeclared)) == 5 * 95_200


def test_an_edit_without_declared_seconds_charges_its_output() -> None:
    edit = row("apiyi", "wan2.7-videoedit")
    asked = request(edit, Mode.EDIT)
    assert charge(edit, asked, 4, held=quote(edit, asked)) == 4 * 84_000


@given(st.sampled_from(SOLD), st.integers(0, 100), st.integers(0, 10_000_000))
def test_a_charge_never_exceeds_what_was_held(model: Model, delivered: int, held: int) -> None:
    for mode in model.modes:
        assert 0 <= charge(model, request(model, mode), delivered, held=held) <= held


def test_what_has_no_price_is_refused() -> None:
    with pytest.raises(NoPrice, match="there is no price for seedance-fast with "):
        quote(SEEDANCE, request(SEEDANCE, Mode.TEXT, resolution="4k"))


@pytest.mark.parametrize(
    ("extended", "total", "due"), [(0, 20, 100), (0, 15, 75), (0, 1, 5), (4, 24, 100), (4, 14, 50)]
)
def test_a_video_in_parts_is_charged_for_the_new_seconds_that_came(extended: int, total: int, due: int) -> None:
    model = row("dashscope", "wan2.7-t2v")
    parts = (Part(model.id, "dashscope", "720p", "16:9", 12), Part("wan2.7-i2v", "dashscope", "720p", "16:9", 8, 2))
    order = Order("sora-2", "dashscope", Mode.TEXT, "720p", "9:16", 20, 720, 1280, parts=parts, extends=extended > 0)
    wanted = replace(request(model, Mode.TEXT), order=order)
    if extended:
        facts = Facts(MediaKind.VIDEO, "mp4", 1, 720, 1280, float(extended), 24.0, 24 * extended, has_audio=True)
        clip = Media(MediaKind.VIDEO, Role.FIRST_CLIP, "video", blob="a", facts=facts)
        wanted = replace(wanted, media=(clip,))
    output = replace(OUTPUT, duration=total, seconds=float(total))

    assert quotes.charge(model, wanted, output, held=100, terms=None, at=NOW) == due
