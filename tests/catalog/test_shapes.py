from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelgate.catalog.shapes import nearest_ratio, size, size_like, tiers

TIERS = [(table, tier) for table in ("dashscope", "ark", "vidu") for tier in tiers(table)]


@pytest.mark.parametrize(
    ("table", "tier", "ratio", "wanted"),
    [
        ("dashscope", "720p", "16:9", (1280, 720)),
        ("dashscope", "720p", "3:4", (832, 1104)),
        ("dashscope", "1080p", "4:3", (1648, 1248)),
        ("dashscope", "1080p", "9:16", (1080, 1920)),
        ("ark", "480p", "16:9", (864, 496)),
        ("ark", "720p", "4:3", (1112, 834)),
        ("ark", "1080p", "9:21", (946, 2206)),
        ("ark", "4k", "21:9", (4398, 1886)),
        ("vidu", "540p", "16:9", (960, 528)),
        ("vidu", "540p", "9:16", (528, 960)),
        ("vidu", "1080p", "1:1", (1440, 1440)),
    ],
)
def test_printed_sizes_are_kept_and_mirrored(table: str, tier: str, ratio: str, wanted: tuple[int, int]) -> None:
    assert size(table, tier, ratio) == wanted


@given(st.sampled_from(TIERS), st.sampled_from(["4:5", "5:4", "2:3", "5:2", "2:5"]))
def test_a_size_that_nobody_prints_keeps_ratio_and_area(at: tuple[str, str], ratio: str) -> None:
    width, height = size(*at, ratio)
    base_width, base_height = size(*at, "16:9")
    wide, high = map(int, ratio.split(":"))
    assert width % 2 == height % 2 == 0
    assert width * height == pytest.approx(base_width * base_height, rel=0.01)
    assert width / height == pytest.approx(wide / high, rel=0.01)


@given(st.sampled_from(TIERS), st.integers(64, 8000), st.floats(0.4, 2.5))
def test_a_pictures_shape_is_kept_at_the_tiers_area(at: tuple[str, str], width: int, ratio: float) -> None:
    height = max(1, round(width / ratio))
    made_width, made_height = size_like(*at, width, height)
    base_width, base_height = size(*at, "16:9")
    assert made_width % 2 == made_height % 2 == 0
    assert made_width * made_height == pytest.approx(base_width * base_height, rel=0.01)
    assert made_width / made_height == pytest.approx(width / height, rel=0.01)


@pytest.mark.parametrize(
    ("width", "height", "wanted"),
    [(1200, 900, "4:3"), (1000, 1000, "1:1"), (900, 1600, "9:16"), (5000, 1000, "21:9"), (700, 1000, "3:4")],
)
def test_adaptive_takes_the_nearest_ratio(width: int, height: int, wanted: str) -> None:
    ratios = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive")
    assert nearest_ratio(width, height, ratios) == wanted


def test_an_unknown_table_has_no_tiers() -> None:
    assert not tiers("nobody")
