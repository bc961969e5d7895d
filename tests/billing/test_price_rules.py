"""Prices as data: which rule applies, what it counts, what it comes to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate.billing.quotes import charge, quote
from reelgate.billing.terms import encode
from reelgate.catalog import CatalogError, Model, load
from reelgate.errors import NoPrice
from reelgate.request import AUTO_DURATION, Mode, VideoRequest
from reelgate.testing.stores.samples import NOW, OUTPUT
from tests.catalog.requests import inputs, request, row, video

RULE = """
[[price]]
name = "{name}"
{terms}
source = "ours"
date = "2026-11-25"
"""


def priced(folder: Path, *rules: str, name: str = "happyhorse-1.0-t2v") -> Model:
    """Return a model with an operator's own price rules."""
    (folder / "prices.toml").write_text(
        "".join(RULE.format(name=f"rule {n}", terms=terms) for n, terms in enumerate(rules)), encoding="utf-8"
    )
    model = load(folder).find(name, "anyfast")
    assert model is not None
    return model


def micros(model: Model, mode: Mode = Mode.TEXT, at: int = NOW, **changes: Any) -> int:
    return quote(model, request(model, mode, **({"resolution": "720p", "duration": 5} | changes)), at=at).micros


def test_the_first_rule_that_fits_counts_and_else_the_table(tmp_path: Path) -> None:
    model = priced(
        tmp_path,
        'models = ["happyhorse-*"]\nresolutions = ["720p"]\naudio = false\nper_second = 50_000',
        'models = ["happyhorse-1.0-*"]\nresolutions = ["720p"]\nper_second = 60_000\nper_task = 1_000',
    )
    assert micros(model, audio=False) == 250_000
    assert micros(model) == 301_000
    assert micros(model, resolution="1080p") == 5 * 190_400


@pytest.mark.parametrize(
    ("terms", "price"),
    [
        ("per_task = 700_000", 700_000),
        ("per_second = 1\nminimum = 90_000", 90_000),
        ('per_second = 1\nmodes = ["edit"]', 5 * 95_200),
        ("per_second = 1\ninput_video = true", 5 * 95_200),
        ("per_second = 1\noffpeak = true", 5 * 95_200),
        ('per_second = 1\ndialects = ["ark"]', 5 * 95_200),
        ('per_second = 1\nmodels = ["wan*"]', 5 * 95_200),
        # 1280 x 720 x (24 x 5 + 1) / 1024 = 108,900 tokens
        ("per_million_tokens = 1_000_000", 108_900),
        ("per_million_tokens = 1", 1),
    ],
)
def test_what_rules_say(tmp_path: Path, terms: str, price: int) -> None:
    assert micros(priced(tmp_path, terms)) == price


def test_a_rule_holds_from_one_day_to_another(tmp_path: Path) -> None:
    model = priced(tmp_path, "per_second = 10\nfrom = 2027-01-01\nuntil = 2027-02-01")

    def on(year: int, month: int, day: int) -> int:
        return micros(model, at=int(dt.datetime(year, month, day, tzinfo=dt.UTC).timestamp() * 1000))

    assert [on(2026, 12, 31), on(2027, 1, 1), on(2027, 1, 31), on(2027, 2, 1)] == [476_000, 50, 50, 476_000]


def test_a_model_may_leave_its_price_to_rules_but_not_to_nobody(tmp_path: Path) -> None:
    own = """
[[model]]
use = "happyhorse"
dialect = "anyfast"
id = "ours"
title = "Ours"
price = { per_second = {}, source = "see the rules", date = "2026-11-25" }
modes.text = {}
"""
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    with pytest.raises(CatalogError, match="ours: price: it has neither prices by tier nor a price rule"):
        load(tmp_path)
    model = priced(tmp_path, 'models = ["ours"]\nresolutions = ["720p"]\nper_second = 3', name="ours")
    assert micros(model) == 15
    with pytest.raises(NoPrice):
        micros(model, resolution="1080p")


@pytest.mark.parametrize(
    ("terms", "fault"),
    [
        ("per_second = 0", "it costs nothing"),
        ("per_second = -1", "0 or more"),
        ("per_second = 1.5", "Expected `int`"),
        ("per_second = 1\nfrom = 2027-01-02\nuntil = 2027-01-01", "from: it is not before until"),
        ("per_secnd = 1", "per_secnd"),
        ('per_second = 1\nmodes = ["film"]', "modes"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_row(tmp_path: Path, terms: str, fault: str) -> None:
    with pytest.raises(CatalogError, match=r"prices\.toml: price row 1 \(rule 0\)") as caught:
        priced(tmp_path, terms)
    assert fault in str(caught.value)


def test_a_projects_multiplier_is_rounded_up_once(tmp_path: Path) -> None:
    model = priced(tmp_path, "per_second = 1")
    wanted = request(model, Mode.TEXT, resolution="720p", duration=5)
    assert [quote(model, wanted, at=NOW, multiplier_ppm=ppm).micros for ppm in (1_000_000, 1_000_001, 0)] == [5, 6, 0]


def seedance(**changes: Any) -> tuple[Model, VideoRequest]:
    model = row("ark", "doubao-seedance-2-0-260128")
    return model, request(model, Mode.TEXT, **({"resolution": "720p", "ratio": "16:9", "duration": 5} | changes))


def test_ark_bills_tokens_of_a_known_shape_as_they_were_quoted() -> None:
    model, wanted = seedance()
    found = quote(model, wanted, at=NOW)
    assert (found.terms.held.tokens, found.terms.by_output) == (108_900, False)
    assert found.micros == 858_132  # 108,900 x 7.88 / 1,000,000 USD
    assert charge(model, wanted, OUTPUT, held=found.micros, terms=encode(found.terms), at=NOW) == found.micros


def test_a_shape_and_length_left_open_hold_the_most_and_charge_what_was_measured() -> None:
    model, wanted = seedance(ratio="adaptive", duration=AUTO_DURATION)
    found = quote(model, wanted, at=NOW)
    assert found.terms.held.tokens >= 1280 * 720 * (24 * 15 + 1) // 1024
    assert found.terms.by_output
    paid = charge(model, wanted, OUTPUT, held=found.micros, terms=encode(found.terms), at=NOW)
    assert paid == 858_132


@pytest.mark.parametrize("name", ["doubao-seedance-2-0-260128", "doubao-seedance-1-0-pro-250528"])
def test_a_shape_left_open_holds_as_much_as_the_largest_shape_costs(name: str) -> None:
    model = row("ark", name)
    shapes = [ratio for ratio in model.ratios if ":" in ratio]
    costs = {
        ratio: quote(model, request(model, Mode.TEXT, resolution="720p", ratio=ratio, duration=5), at=NOW).micros
        for ratio in (*shapes, "adaptive")
    }
    assert costs.pop("adaptive") == max(costs.values()) > costs["16:9"]


def test_input_clips_count_as_tokens_measured_or_at_their_longest() -> None:
    model, _ = seedance()
    wanted = request(model, Mode.REFERENCE, resolution="720p", ratio="16:9", duration=5)
    clip = next(rule for rule in model.modes[Mode.REFERENCE].media if rule.kind == "video")
    unmeasured = replace(wanted, media=inputs(clip, 1))
    measured = replace(wanted, media=(replace(unmeasured.media[0], facts=video(4.0)),))
    most, exact = (quote(model, asked, at=NOW).terms for asked in (unmeasured, measured))
    assert exact.held.tokens == 1280 * 720 * (24 * 5 + 1 + 24 * 4) // 1024
    assert most.held.tokens == 1280 * 720 * (24 * 5 + 1 + 24 * 15) // 1024 + (1280 * 720 * 481 % 1024 > 0)
    assert (exact.by_output, most.by_output) == (False, True)


@pytest.mark.parametrize(
    ("audio", "offpeak", "rate"), [(True, False, 2.4), (False, False, 1.2), (True, True, 1.2), (False, True, 0.6)]
)
def test_sound_and_patience_have_their_price(audio: bool, offpeak: bool, rate: float) -> None:
    model = row("ark", "doubao-seedance-1-5-pro-251215")
    wanted = request(model, Mode.TEXT, ratio="16:9", duration=5, audio=audio, offpeak=offpeak)
    assert quote(model, wanted, at=NOW).micros == round(108_900 * rate)


def test_vidus_sound_costs_a_task_fifteen_credits() -> None:
    model = row("vidu", "viduq2-turbo")
    prices = [micros(model, Mode.IMAGE, audio=audio) for audio in (False, True)]
    assert prices[1] - prices[0] == 15 * 5_000


def test_apiyi_bills_an_edits_output_also_where_seconds_were_declared() -> None:
    model = row("apiyi", "wan2.7-videoedit")
    wanted = request(model, Mode.EDIT, resolution="720p", duration=8)
    found = quote(model, wanted, at=NOW)
    paid = charge(model, wanted, OUTPUT, held=found.micros, terms=encode(found.terms), at=NOW)
    assert (found.micros, paid) == (8 * 84_000, 5 * 84_000)


def test_nothing_is_free_by_mistake() -> None:
    model = row("anyfast", "happyhorse-1.0-t2v")
    bare = replace(model, price=replace(model.price, per_second={}))
    with pytest.raises(NoPrice, match="there is no price for happyhorse"):
        micros(bare)
