"""Rows that stand for other models: their lists, lengths and sizes, the operator's changes, and videos in parts."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from reelgate.catalog import CatalogError, Model, load
from reelgate.catalog.parts import end_of, goes_on_from, next_part, part_of, pieces, split, tail_seconds, with_tail
from reelgate.catalog.standins import made_with, makers
from reelgate.request import Facts, Media, MediaKind, Mode, Order, Part, Role, VideoRequest

CATALOG = load()
SORA, PRO = (CATALOG.of(name, "openai") for name in ("sora-2", "sora-2-pro"))
ROW = """
[[model]]
use = "sora"
id = "mine"
title = "Mine"
"""


def ordered(
    model: Model, mode: Mode = Mode.TEXT, tier: str = "720p", ratio: str = "9:16", seconds: int = 4
) -> VideoRequest:
    return VideoRequest(model.id, mode, "a cat", tier, ratio, seconds, -1)


def _is_wide(ratio: str) -> bool:
    width, height = map(int, ratio.split(":"))
    return width > height


@pytest.mark.parametrize("maker", list(makers(CATALOG, PRO)), ids=lambda model: f"{model.dialect}-{model.id}")
def test_a_maker_is_asked_for_the_smallest_video_that_covers_the_order(maker: Model) -> None:
    for tier in PRO.resolutions:
        for ratio in PRO.ratios:
            found = made_with(PRO, maker, ordered(PRO, tier=tier, ratio=ratio))
            if found is None:
                assert Mode.TEXT not in maker.modes or tier not in maker.resolutions
                continue
            assert found.order is not None
            assert found.ordered == ordered(PRO, tier=tier, ratio=ratio)
            assert found.named == "sora-2-pro"
            assert found.resolution == ("720p" if tier == "720p" and "720p" in maker.resolutions else "1080p")
            if maker.modes[Mode.TEXT].ratio == "used":
                assert _is_wide(found.ratio) == _is_wide(ratio)


def test_the_1024_line_sizes_are_sizes_of_their_own() -> None:
    maker = CATALOG.of("wan2.7-t2v", "dashscope")

    found = made_with(PRO, maker, ordered(PRO, tier="1024p", ratio="16:9"))

    assert found is not None
    assert found.order is not None
    assert (found.order.size, found.resolution, found.ratio) == ((1792, 1024), "1080p", "16:9")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("duration = { min = 4, max = 9, lengths = [4, 8] }", "lengths rise from min to max"),
        ("duration = { min = 4, max = 8, default = 5, lengths = [4, 8] }", "the default is one of them"),
        ('shapes = { 720p = { "16:9" = [1281, 720] } }', "sides are even"),
        ('shapes = { 720p = { "wide" = [1280, 720] } }', "is not a ratio"),
        ('resolutions = ["720p", "480p"]', "has no sizes for 480p"),
        ('standin = { models = ["mine"] }', "can't stand in for itself"),
        ('standin = { models = ["no-such"] }', "'no-such' is not a model"),
        ('standin = { models = ["sora-2"] }', "'sora-2' is a stand-in itself"),
        ('upstreams = [{ ids = { vidu = "x" }, modes = ["frames"] }]', "a mode that the model does not have"),
    ],
)
def test_a_row_whose_parts_contradict_each_other_is_refused(tmp_path: Path, changes: str, words: str) -> None:
    (tmp_path / "mine.toml").write_text(ROW + changes)
    with pytest.raises(CatalogError, match=words):
        load(tmp_path)


def test_an_upstream_id_may_differ_by_length_and_tier(tmp_path: Path) -> None:
    upstreams = (
        'upstream.vidu = "usual"\nupstreams = [{ ids = { vidu = "long" }, seconds = [16, 20], resolutions = ["720p"] }]'
    )
    (tmp_path / "mine.toml").write_text(ROW + upstreams)
    model = load(tmp_path).of("mine", "openai")

    found = [model.upstream_for("vidu", ordered(model, seconds=seconds)) for seconds in (4, 16)]

    assert found == ["usual", "long"]


def configured(folder: Path, text: str) -> Path:
    path = folder / "reelgate.toml"
    path.write_text(text)
    return path


def test_an_operator_changes_adds_and_takes_away(tmp_path: Path) -> None:
    text = """
        [standin.sora-2]
        models = ["animatic", "viduq3-pro"]
        picture = "fit"
        [standin.sora-2-2025-10-06]
        enabled = false
        [standin."veo-2"]
        like = "sora-2-pro"
        price = { 720p = 1, 1024p = 2, 1080p = 3 }
    """
    catalog = load(None, configured(tmp_path, text))

    changed, added = catalog.of("sora-2", "openai").standin, catalog.of("veo-2", "openai")
    assert changed is not None
    assert added.standin is not None
    assert (changed.models, changed.picture, changed.file) == (("animatic", "viduq3-pro"), "fit", "fitted")
    assert catalog.find("sora-2-2025-10-06") is None
    assert (added.resolutions, added.standin.own_price) == (PRO.resolutions, True)
    assert added.price.per_second["1024p"] == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[standin.mine]\nmodels = []", "name the stand-in whose contract it has"),
        ('[standin.sora-2]\npicture = "stretch"', "stretch"),
        ('[standin.sora-2]\nmodel = "animatic"', "model"),
        ("[standin.sora-2-pro]\nprice = { 720p = 1 }", "it has nothing for 1024p, 1080p"),
        ('[standin.sora-2]\nmodels = ["no-such"]', "'no-such' is not a model"),
    ],
)
def test_a_change_that_means_nothing_is_refused_with_the_file_and_the_name(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(CatalogError, match=words):
        load(None, configured(tmp_path, text))


def film(seconds: float, blob: str) -> Media:
    facts = Facts(MediaKind.VIDEO, "mp4", 1, 720, 1280, seconds, 24.0, round(seconds * 24), has_audio=True)
    return Media(MediaKind.VIDEO, Role.FIRST_CLIP, "video", blob=blob, facts=facts)


def in_parts(*parts: Part, extends: bool = False) -> VideoRequest:
    order = Order("sora-2", "dashscope", Mode.TEXT, "720p", "9:16", 20, 720, 1280, parts=parts, extends=extends)
    return replace(ordered(SORA, seconds=12), model=parts[0].model, order=order)


FIRST = Part("wan2.7-t2v", "dashscope", "720p", "9:16", 12)
SECOND = Part("wan2.7-i2v", "dashscope", "720p", "adaptive", 8, 2)


def test_a_second_part_goes_on_from_the_end_of_the_first_and_begins_after_its_tail() -> None:
    whole = in_parts(FIRST, SECOND)
    made = film(12.04, "a")

    following = next_part(whole, made)
    assert following is not None
    assert following.media == ()
    assert following.order is not None
    assert following.order.sold_by == SECOND.sold_by
    assert goes_on_from(following) is made
    assert end_of(following, made) == 12.0
    sent = with_tail(following, made, film(2.0, "tail"))
    assert (sent.mode, sent.model, sent.duration, [one.blob for one in sent.media]) == (
        Mode.EXTEND,
        "wan2.7-i2v",
        10,
        ["tail"],
    )
    assert sent.order is not None
    assert (goes_on_from(sent), next_part(sent, film(10.0, "b"))) == (None, None)
    assert pieces(sent.order, 10.0) == ((0.0, 12.0), (2.0, 8.0))
    assert sent.ordered == whole.ordered
    assert [part_of(whole, number).duration for number in (0, 1)] == [12, 10]


def test_an_extension_keeps_the_whole_clip_and_counts_it() -> None:
    clip = film(16.0, "clip")
    asked = replace(in_parts(replace(SECOND, seconds=10), SECOND, extends=True), media=(clip,), mode=Mode.EXTEND)

    assert goes_on_from(asked) is clip
    assert asked.total_seconds == 36
    first = with_tail(asked, clip, film(2.0, "tail"))
    following = next_part(first, film(12.0, "a"))
    assert following is not None
    assert end_of(following, film(12.0, "a")) == 12.0
    last = with_tail(following, film(12.0, "a"), film(2.0, "tail"))
    assert last.order is not None
    assert pieces(last.order, 10.0) == ((0.0, 16.0), (2.0, 10.0), (2.0, 8.0))
    assert (last.total_seconds, last.ordered.media) == (36, (clip,))


def test_lengths_are_split_as_a_model_goes_on() -> None:
    wan, seedance = CATALOG.of("wan2.7-i2v", "dashscope"), CATALOG.of("doubao-seedance-2-5-260628", "ark")

    assert tail_seconds(wan) == 2
    assert [split(wan, seconds) for seconds in (4, 13, 20, 27)] == [(4,), (13,), (10, 10), (9, 9, 9)]
    assert split(wan, 0) == ()  # less than the least that it adds
    assert split(seedance, 8) == ()  # nobody says whether its file holds the clip
