"""What Vidu is asked for: a create of its own for each mode, and no field that it does not want there."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from reelgate import limits
from reelgate.providers.port import NotSent, Staged
from reelgate.providers.vidu import body_of
from reelgate.request import AUTO_DURATION, MediaKind, Mode, Role
from tests.providers.jobs import at, here, job, model

IMAGE, VIDEO = MediaKind.IMAGE, MediaKind.VIDEO
Q2_PRO = model("viduq3t-720p", upstream={"vidu": "viduq2-pro"})
FIRST, LAST = at(IMAGE, Role.FIRST_FRAME, "1"), at(IMAGE, Role.LAST_FRAME, "2")


def sized(given: Staged, width: int, height: int) -> Staged:
    return replace(given, facts=replace(given.facts, width=width, height=height))


def test_a_text_leaves_nothing_to_the_vendor_s_defaults() -> None:
    assert body_of(job("viduq3t-720p", watermark=True, music=True)) == {
        "model": "viduq3-turbo",
        "prompt": "一只猫 on the moon",
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "duration": 5,
        "seed": 7,
        "audio": True,
        "bgm": True,
        "watermark": True,
        "off_peak": False,
        "payload": "0197",
    }


def test_silence_is_said() -> None:
    assert body_of(job("viduq3t-720p", audio=False))["audio"] is False


def test_the_address_for_calls_back_goes_along() -> None:
    made = replace(job("viduq3t-720p"), callback_url="https://gw.example/hooks/vidu")

    assert body_of(made)["callback_url"] == "https://gw.example/hooks/vidu"


def test_a_picture_decides_the_shape() -> None:
    body = body_of(job("viduq3p-720p", FIRST, mode=Mode.IMAGE))

    assert (body["model"], body["images"]) == ("viduq3-pro", ["https://gw.example/1"])
    assert "aspect_ratio" not in body


def test_the_first_frame_stands_before_the_last() -> None:
    body = body_of(job("viduq3p-720p", LAST, FIRST, mode=Mode.FRAMES))

    assert body["images"] == ["https://gw.example/1", "https://gw.example/2"]
    assert "aspect_ratio" not in body


@pytest.mark.parametrize(("last", "alike"), [((1280, 720), True), ((1000, 720), True), ((720, 1280), False)])
def test_the_frames_must_be_of_nearly_one_shape(last: tuple[int, int], alike: bool) -> None:
    made = job("viduq3p-720p", sized(FIRST, 1200, 720), sized(LAST, *last), mode=Mode.FRAMES)

    if alike:
        assert len(body_of(made)["images"]) == 2
    else:
        with pytest.raises(NotSent, match="same shape"):
            body_of(made)


@pytest.mark.parametrize(
    ("name", "vendor"),
    [("viduq3p-720p", "viduq3"), ("viduq3t-720p", "viduq3-turbo"), ("viduq3p-mix-720p", "viduq3-mix")],
)
def test_references_have_a_model_of_their_own_and_a_ratio(name: str, vendor: str) -> None:
    pictures = [at(IMAGE, Role.REFERENCE, str(n)) for n in range(4)]

    body = body_of(job(name, *pictures, mode=Mode.REFERENCE, ratio="9:16"))

    assert (body["model"], body["aspect_ratio"]) == (vendor, "9:16")
    assert body["images"] == [f"https://gw.example/{n}" for n in range(4)]
    assert "subjects" not in body


def test_named_pictures_are_subjects() -> None:
    names = ("小红", "小明", "小红")
    pictures = [replace(at(IMAGE, Role.REFERENCE, str(n)), name=name) for n, name in enumerate(names)]

    body = body_of(job("viduq3p-720p", *pictures, mode=Mode.REFERENCE))

    assert body["subjects"] == [
        {"name": "小红", "images": ["https://gw.example/0", "https://gw.example/2"]},
        {"name": "小明", "images": ["https://gw.example/1"]},
    ]
    assert "images" not in body


def test_references_take_three_seconds_at_least() -> None:
    with pytest.raises(NotSent, match=r"duration is 2; .* 3 seconds"):
        body_of(job("viduq3t-720p", at(IMAGE, Role.REFERENCE), mode=Mode.REFERENCE, duration=2))
    assert body_of(job("viduq3t-720p", duration=1))["duration"] == 1
    drama = job("vidu/viduq3-drama_reference2video", at(IMAGE, Role.REFERENCE), mode=Mode.REFERENCE, duration=2)
    assert (body_of(drama)["model"], body_of(drama)["duration"]) == ("viduq3-drama", 2)


def test_one_model_takes_clips_too_and_may_choose_the_length(tmp_path: Path) -> None:
    inputs = (at(IMAGE, Role.REFERENCE, "1"), at(VIDEO, Role.REFERENCE, "2"))

    body = body_of(job(Q2_PRO, *inputs, mode=Mode.REFERENCE, duration=AUTO_DURATION))

    assert (body["images"], body["videos"]) == (["https://gw.example/1"], ["https://gw.example/2"])
    assert body["duration"] == 0
    with pytest.raises(NotSent, match="public URL"):
        body_of(job(Q2_PRO, here(tmp_path / "c", VIDEO, Role.REFERENCE), mode=Mode.REFERENCE))


def test_off_peak_is_said_by_the_name_or_the_request() -> None:
    assert body_of(job("viduq3t-720p-offpeak"))["off_peak"] is True
    assert body_of(job("viduq3t-720p", offpeak=True))["off_peak"] is True


def test_off_peak_the_new_models_need_sound_and_the_old_ones_silence() -> None:
    with pytest.raises(NotSent, match="off-peak with sound"):
        body_of(job("viduq3t-720p-offpeak", audio=False))
    with pytest.raises(NotSent, match="off-peak without sound"):
        body_of(job(Q2_PRO, offpeak=True))
    assert body_of(job(Q2_PRO, offpeak=True, audio=False))["off_peak"] is True


def test_the_mix_model_is_not_to_be_had_off_peak() -> None:
    made = model("viduq3t-720p-offpeak", upstream={"vidu": "viduq3-mix"})

    with pytest.raises(NotSent, match="viduq3-mix"):
        body_of(job(made))


def test_a_mode_or_an_input_that_the_vendor_has_not_is_refused() -> None:
    with pytest.raises(NotSent, match="no edit"):
        body_of(job("happyhorse-1.0-video-edit", at(VIDEO, Role.SOURCE), mode=Mode.EDIT))
    with pytest.raises(NotSent, match="image inputs only, no video"):
        body_of(job("seedance-2.0", at(VIDEO, Role.REFERENCE), mode=Mode.REFERENCE))
    with pytest.raises(NotSent, match="image and video inputs only, no audio"):
        body_of(job(Q2_PRO, at(MediaKind.AUDIO, Role.VOICE), mode=Mode.REFERENCE))


def test_pictures_go_inside_the_request_as_long_as_it_stays_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = job("viduq3p-720p", here(tmp_path / "a", IMAGE, Role.FIRST_FRAME), mode=Mode.IMAGE)

    assert body_of(made)["images"][0].startswith("data:image/png;base64,")

    monkeypatch.setattr(limits, "VIDU_BODY_BYTES", 100)
    with pytest.raises(NotSent, match="inside one request"):
        body_of(made)
