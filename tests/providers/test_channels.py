"""What new-api is asked for: each kind of channel in its own words, and no job that would arrive changed."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate.conductor.routing import can_make
from reelgate.providers.account import Account
from reelgate.providers.channels import NAMES
from reelgate.providers.openai_profiles import PROFILES, body_of
from reelgate.providers.openai_videos import KIND
from reelgate.providers.port import Job, NotSent
from reelgate.request import MediaKind, Mode, Role
from tests.providers.jobs import at, here, job, model

TEXT = job("wan2.7-t2v")
PICTURE = "https://gw.example/a"


def body(made: Job, channel: str = "") -> dict[str, Any]:
    return body_of(made, PROFILES["new_api"], {"channel": channel} if channel else {})


def framed(**fields: Any) -> Job:
    return job("wan2.7-i2v", at(MediaKind.IMAGE, Role.FIRST_FRAME), mode=Mode.IMAGE, **fields)


def test_the_length_is_told_in_both_ways() -> None:
    for channel in ("", *(name for name in NAMES if name != "sora")):
        asked = body(TEXT, channel)
        assert (asked["seconds"], asked["duration"]) == ("5", 5)
        assert (asked["model"], asked["prompt"]) == ("wan2.7-t2v", "一只猫 on the moon")


@pytest.mark.parametrize(
    ("channel", "ratio", "size", "metadata"),
    [
        ("sora", "9:16", "720x1280", None),
        ("ali", "9:16", "720*1280", {"parameters": {"resolution": "720P"}}),
        ("ali", "4:3", "1088*832", {"parameters": {"resolution": "720P"}}),
        ("doubao", "9:16", None, {"resolution": "720p", "ratio": "9:16", "duration": 5}),
        ("vidu", "16:9", "720p", {"bgm": False}),
        ("kling", "9:16", "720x1280", {"mode": "std", "aspect_ratio": "9:16"}),
        ("hailuo", "16:9", "720P", {"resolution": "720P"}),
        ("", "16:9", "1280x720", {"resolution": "720p", "ratio": "16:9", "aspect_ratio": "16:9"}),
    ],
)
def test_a_text_s_shape_is_told_in_the_channel_s_own_words(
    channel: str, ratio: str, size: str | None, metadata: dict[str, Any] | None
) -> None:
    asked = body(job("seedance-2.0" if channel == "doubao" else "wan2.7-t2v", ratio=ratio), channel)

    assert asked.get("size") == size
    told = asked.get("metadata")
    assert _within(metadata, told), told


def _within(wanted: Any, told: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(told, dict) and all(_within(value, told.get(name)) for name, value in wanted.items())
    return bool(wanted == told)


@pytest.mark.parametrize(
    ("channel", "where"),
    [
        ("ali", ("image",)),
        ("doubao", ("image",)),
        ("vidu", ("image",)),
        ("kling", ("image",)),
        ("hailuo", ("metadata", "first_frame_image")),
    ],
)
def test_a_picture_stands_where_the_channel_looks_for_it(channel: str, where: tuple[str, ...]) -> None:
    asked: Any = body(framed(), channel)
    for name in where:
        asked = asked[name]

    assert asked == PICTURE


def test_a_picture_without_an_address_goes_inside(tmp_path: Path) -> None:
    given = here(tmp_path / "a", MediaKind.IMAGE, Role.FIRST_FRAME)
    made = replace(framed(), inputs=(given,))
    bare = base64.b64encode(b"not really media").decode()

    assert body(made, "vidu")["image"] == f"data:image/png;base64,{bare}"
    assert body(made, "kling")["image"] == bare
    assert body(made, "sora")["input_reference"] == ("input-1.png", b"not really media", "image/png")


def test_the_tier_of_a_picture_s_video_is_told() -> None:
    made = framed(resolution="1080p")

    assert body(made, "ali")["size"] == "1080P"
    assert body(made, "vidu")["size"] == "1080p"
    assert body(made, "kling")["metadata"]["mode"] == "pro"
    assert body(made, "hailuo")["metadata"]["resolution"] == "1080P"


@pytest.mark.parametrize(
    ("channel", "made"),
    [
        ("", framed()),
        ("", job("wan2.7-t2v", ratio="9:16")),
        ("", job("wan2.7-t2v", resolution="1080p")),
        ("ali", job("happyhorse-1.1-t2v", ratio="21:9")),
        ("ali", job("viduq3t-540p", resolution="540p")),
        ("vidu", job("wan2.7-t2v", ratio="9:16")),
        ("kling", job("wan2.7-t2v", ratio="4:3")),
        ("kling", job("seedance-2.0", resolution="480p")),
        ("hailuo", job("wan2.7-t2v", ratio="1:1")),
        ("hailuo", job("seedance-2.0", resolution="480p")),
        ("vidu", job("viduq2", audio=True)),
        ("vidu", job("viduq3-turbo", audio=False)),
        ("vidu", job("viduq3-turbo", watermark=True)),
        *((name, job("wan2.7-t2v", negative_prompt="dogs")) for name in ("", "doubao", "vidu", "hailuo")),
        *((name, job("wan2.7-t2v", frames=61)) for name in ("", "ali", "vidu", "kling", "hailuo")),
        *((name, job("wan2.7-t2v", offpeak=True)) for name in ("", "ali", "vidu", "kling", "hailuo")),
        ("ali", job("wan2.7-i2v", at(MediaKind.IMAGE, Role.FIRST_FRAME), mode=Mode.FRAMES)),
    ],
)
def test_a_job_that_would_arrive_changed_is_not_sent(channel: str, made: Job) -> None:
    with pytest.raises(NotSent) as raised:
        body(made, channel)

    assert raised.value.unsendable


@pytest.mark.parametrize("sounds", [True, False])
def test_a_vidu_model_that_ali_hosts_is_told_of_its_sound(sounds: bool) -> None:
    made = job("vidu/viduq3-turbo_text2video", audio=sounds)

    assert body(made, "ali")["metadata"]["parameters"]["audio"] is sounds
    assert "audio" not in body(TEXT, "ali")["metadata"]["parameters"]


@pytest.mark.parametrize(("name", "sounds"), [("viduq2", False), ("viduq3-turbo", True)])
def test_vidu_s_channel_gets_what_makes_sound_by_itself_or_none(name: str, sounds: bool) -> None:
    asked = body(job(name, audio=sounds), "vidu")

    assert asked["metadata"] == {"bgm": False, "seed": 7}


def test_a_mark_that_a_model_has_by_default_is_left_to_the_vendor() -> None:
    marked = job("happyhorse-1.0-t2v", watermark=True)
    assert marked.model.watermark.default

    assert body(marked, "vidu")["metadata"] == {"bgm": False, "seed": 7}


def test_until_its_channel_is_named_an_account_gets_texts_only() -> None:
    names, options = ("wan2.7-i2v", "wan2.7-t2v"), {"profile": "new_api"}
    unnamed = Account(name="main", kind="openai_videos", models=names, options=options)
    named = replace(unnamed, options={"profile": "new_api", "channel": "ali"})

    assert can_make(unnamed, model("wan2.7-t2v"), Mode.TEXT)
    assert not can_make(unnamed, model("wan2.7-i2v"), Mode.IMAGE)
    assert can_make(named, model("wan2.7-i2v"), Mode.IMAGE)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"profile": "new_api", "channel": "jimeng"}, r"allowed: sora, ali, doubao, vidu, kling, hailuo"),
        ({"profile": "generic", "channel": "ali"}, r"allowed: none beside the profile new_api"),
    ],
)
def test_a_channel_that_means_nothing_is_named(options: dict[str, str], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        KIND.make(Account(name="main", kind="openai_videos", options=options))
