"""What is served, number by number, as the sellers' documents print it."""

from __future__ import annotations

import pytest

from reelgate.catalog import Model
from reelgate.catalog.rules import check
from reelgate.catalog.shapes import size
from reelgate.request import Mode, Role
from tests.catalog.requests import CATALOG, ROW_IDS, ROWS, request, row

LITE = ("0-lite-t2v-250428", "0-lite-i2v-250428")
HOSTED_LINES = ("q3-pro", "q3-turbo", "q3-pro-fast", "q2-pro", "q2-turbo", "q2-pro-fast")


def test_every_documented_model_is_served() -> None:
    served = {(model.dialect, model.id) for model in ROWS}
    names = {
        "reelgate": ["animatic"],
        "openai": ["sora-2", "sora-2-2025-10-06", "sora-2-2025-12-08", "sora-2-pro", "sora-2-pro-2025-10-06"],
        "anyfast": [
            *(f"happyhorse-{version}-{kind}" for version in ("1.0", "1.1") for kind in ("t2v", "i2v", "r2v")),
            "happyhorse-1.0-video-edit",
            *("seedance", "seedance-fast", "seedance-2.0", "seedance-2.0-fast", "seedance-2.0-mini"),
        ],
        "uniall": [
            *(f"happy-horse{kind}-{tier}" for kind in ("", "-edit") for tier in ("720p", "1080p")),
            *(
                f"viduq3{line}{mix}-{tier}{offpeak}"
                for line in "pt"
                for mix in ("", "-mix")
                for tier in ("540p", "720p", "1080p")
                for offpeak in ("", "-offpeak")
            ),
        ],
        "apiyi": [
            *(f"wan2.7-{kind}" for kind in ("t2v", "i2v", "r2v", "videoedit")),
            *(f"happyhorse-{version}-{kind}" for version in ("1.0", "1.1") for kind in ("t2v", "i2v", "r2v")),
            "happyhorse-1.0-video-edit",
        ],
        "dashscope": [
            *(f"wan2.7-{kind}" for kind in ("t2v", "i2v", "r2v", "videoedit")),
            *("wan2.7-t2v-2026-04-25", "wan2.7-t2v-2026-06-12", "wan2.7-i2v-2026-04-25", "wan2.7-r2v-2026-06-12"),
            *(f"happyhorse-{version}-{kind}" for version in ("1.0", "1.1") for kind in ("t2v", "i2v", "r2v")),
            "happyhorse-1.0-video-edit",
            *(f"vidu/vidu{line}_text2video" for line in ("q3-pro", "q3-turbo", "q2")),
            *(f"vidu/vidu{line}_img2video" for line in HOSTED_LINES),
            *(f"vidu/vidu{line}_start-end2video" for line in HOSTED_LINES if line != "q3-pro-fast"),
            *(
                f"vidu/vidu{line}_reference2video"
                for line in ("q3", "q3-turbo", "q3-mix", "q3-ad", "q3-drama", "q2", "q2-pro")
            ),
        ],
        "vidu": [
            *(f"viduq3{line}" for line in ("", "-pro", "-turbo", "-pro-fast", "-mix")),
            *(f"viduq2{line}" for line in ("", "-pro", "-turbo", "-pro-fast")),
        ],
        "ark": [
            *(f"doubao-seedance-2-{name}" for name in ("0-260128", "0-fast-260128", "0-mini-260615", "5-260628")),
            *("dreamina-seedance-2-0-260128", "dreamina-seedance-2-0-fast-260128", "dreamina-seedance-2-5-260628"),
            *("dreamina-seedance-2-0-mini-260615", "dreamina-seedance-2-0-mini"),
            *(
                f"{maker}seedance-1-{name}"
                for maker in ("doubao-", "")
                for name in ("5-pro-251215", "0-pro-250528", "0-pro-fast-251015", *LITE)
            ),
        ],
    }
    assert served == {(dialect, name) for dialect, of in names.items() for name in of}


@pytest.mark.parametrize("model", ROWS, ids=ROW_IDS)
def test_a_rows_defaults_pass_its_own_rules(model: Model) -> None:
    for mode in model.modes:
        wanted = request(model, mode)
        assert check(model, wanted, {}) == wanted


@pytest.mark.parametrize("model", ROWS, ids=ROW_IDS)
def test_every_tier_and_ratio_has_an_even_size(model: Model) -> None:
    for tier in model.resolutions:
        for ratio in model.ratios:
            if ratio != "adaptive":
                assert all(side % 2 == 0 for side in size(model.shapes, tier, ratio))


@pytest.mark.parametrize("model", ROWS, ids=ROW_IDS)
def test_a_price_says_where_it_comes_from(model: Model) -> None:
    assert len(model.price.source) > 10
    assert len(model.price.date) == len("2026-01-31")


@pytest.mark.parametrize(
    ("dialect", "name", "resolution", "ratio", "watermark"),
    [
        ("anyfast", "happyhorse-1.0-t2v", "1080p", "16:9", True),
        ("anyfast", "seedance-fast", "720p", "adaptive", False),
        ("uniall", "happy-horse-720p", "720p", "16:9", False),
        ("uniall", "viduq3t-mix-540p-offpeak", "540p", "16:9", False),
        ("apiyi", "wan2.7-t2v", "720p", "16:9", False),
        ("apiyi", "wan2.7-r2v", "1080p", "16:9", False),
        ("apiyi", "wan2.7-videoedit", "720p", "adaptive", False),
        ("dashscope", "wan2.7-t2v", "1080p", "16:9", False),
        ("dashscope", "wan2.7-i2v-2026-04-25", "1080p", "adaptive", False),
        ("dashscope", "happyhorse-1.1-i2v", "1080p", "adaptive", True),
        ("dashscope", "vidu/viduq3-turbo_text2video", "720p", "16:9", False),
        ("dashscope", "vidu/viduq3-drama_reference2video", "1080p", "16:9", False),
    ],
)
def test_defaults(dialect: str, name: str, resolution: str, ratio: str, watermark: bool) -> None:
    model = row(dialect, name)
    assert (model.default_resolution, model.default_ratio, model.watermark.default) == (resolution, ratio, watermark)


def test_only_marks_that_say_so_claim_that_ai_made_the_picture() -> None:
    marks = {(model.watermark.text, model.watermark.says_ai) for model in ROWS if model.watermark.text}
    assert marks == {
        ("Happy Horse", False),
        ("AI generated", True),
        ("AI-generated", True),
        ("AI 生成", True),
        ("AI Generated", True),
    }


def test_an_id_that_two_dialects_sell_has_each_ones_terms() -> None:
    for dialect, most in (("anyfast", 1), ("apiyi", 5)):
        edit = row(dialect, "happyhorse-1.0-video-edit").modes[Mode.EDIT]
        assert [rule.max for rule in edit.media if rule.role is Role.REFERENCE] == [most]
    assert CATALOG.find("happyhorse-1.0-video-edit") is row("dashscope", "happyhorse-1.0-video-edit")
    assert CATALOG.find("wan2.7-t2v") is row("apiyi", "wan2.7-t2v")
    assert CATALOG.find("wan2.7-t2v", "anyfast", "uniall") is None


def test_a_task_finds_its_model_again_even_when_its_dialect_sells_it_no_more() -> None:
    assert CATALOG.of("wan2.7-t2v", "anyfast").dialect == "apiyi"
    with pytest.raises(LookupError, match="no-such-model"):
        CATALOG.of("no-such-model", "anyfast")


@pytest.mark.parametrize(
    ("dialect", "name", "mode", "provider", "upstream"),
    [
        ("anyfast", "seedance-fast", Mode.TEXT, "ark", "doubao-seedance-2-0-fast-260128"),
        ("anyfast", "happyhorse-1.0-t2v", Mode.TEXT, "dashscope", "happyhorse-1.0-t2v"),
        ("uniall", "happy-horse-720p", Mode.IMAGE, "dashscope", "happyhorse-1.0-i2v"),
        ("uniall", "viduq3p-720p", Mode.TEXT, "vidu", "viduq3-pro"),
        ("uniall", "viduq3t-720p-offpeak", Mode.REFERENCE, "vidu", "viduq3-turbo"),
        ("uniall", "viduq3p-mix-720p", Mode.REFERENCE, "vidu", "viduq3-mix"),
        ("uniall", "viduq3p-mix-720p", Mode.TEXT, "vidu", "viduq3-pro"),
        ("uniall", "viduq3p-720p-offpeak", Mode.REFERENCE, "vidu", "viduq3"),
        ("uniall", "viduq3t-mix-540p", Mode.REFERENCE, "vidu", None),
        ("dashscope", "vidu/viduq2-pro_start-end2video", Mode.FRAMES, "vidu", "viduq2-pro"),
        ("dashscope", "vidu/viduq2_text2video", Mode.TEXT, "dashscope", "vidu/viduq2_text2video"),
        ("uniall", "viduq3t-mix-1080p-offpeak", Mode.REFERENCE, "vidu", None),
        ("uniall", "viduq3t-mix-1080p-offpeak", Mode.FRAMES, "vidu", "viduq3-turbo"),
        ("apiyi", "wan2.7-videoedit", Mode.EDIT, "dashscope", "wan2.7-videoedit"),
        ("apiyi", "wan2.7-videoedit", Mode.EDIT, "ark", None),
        ("dashscope", "wan2.7-r2v-2026-06-12", Mode.REFERENCE, "dashscope", "wan2.7-r2v-2026-06-12"),
    ],
)
def test_the_vendors_id_goes_with_the_mode(
    dialect: str, name: str, mode: Mode, provider: str, upstream: str | None
) -> None:
    assert row(dialect, name).upstream_id(provider, mode) == upstream
