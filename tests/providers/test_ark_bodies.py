"""What Ark is asked for: each version's own fields, and none besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate.providers.ark import body_of
from reelgate.providers.port import NotSent
from reelgate.request import AUTO_DURATION, MediaKind, Mode, Role
from tests.providers.jobs import at, here, job, model

IMAGE, VIDEO, AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO

PRO_1_0 = "doubao-seedance-1-0-pro-250528"
PRO_1_5 = "doubao-seedance-1-5-pro-251215"
V_2_5 = "doubao-seedance-2-5-260628"


def seedance(upstream: str, **changes: Any) -> Any:
    return model("seedance-2.0", upstream={"ark": upstream}, **changes)


def test_version_2_makes_a_text_without_a_seed_or_a_tier() -> None:
    assert body_of(job("seedance-2.0-fast", watermark=True, camera_fixed=True, return_last_frame=True)) == {
        "model": "doubao-seedance-2-0-fast-260128",
        "content": [{"type": "text", "text": "一只猫 on the moon"}],
        "resolution": "720p",
        "ratio": "16:9",
        "duration": 5,
        "generate_audio": True,
        "watermark": True,
        "return_last_frame": True,
        "safety_identifier": "0197",
    }


def test_the_vendor_is_told_where_to_say_that_a_job_moved_on() -> None:
    made = replace(job("seedance-2.0"), callback_url="https://gw.example/callbacks/ark/1")

    assert body_of(made)["callback_url"] == "https://gw.example/callbacks/ark/1"


def test_older_versions_take_frames_a_draft_and_a_time_of_expiry() -> None:
    body = body_of(job(seedance(PRO_1_0), frames=53, duration=3, offpeak=True, expires_after=3600))

    assert (body["frames"], body["service_tier"], body["execution_expires_after"]) == (53, "flex", 3600)
    assert "duration" not in body
    assert body_of(job(seedance(PRO_1_5), draft=True, resolution="480p"))["draft"] is True


def test_silence_is_said() -> None:
    assert body_of(job("seedance-2.0", audio=False))["generate_audio"] is False


def test_a_length_that_is_left_open_is_minus_one() -> None:
    assert body_of(job("seedance-2.0", duration=AUTO_DURATION))["duration"] == -1


def test_a_text_may_search_the_web() -> None:
    assert body_of(job("seedance-2.0", web_search=True))["tools"] == [{"type": "web_search"}]


def test_frames_have_their_roles() -> None:
    made = job("seedance-2.0", at(IMAGE, Role.FIRST_FRAME, "1"), at(IMAGE, Role.LAST_FRAME, "2"), mode=Mode.FRAMES)

    assert body_of(made)["content"][1:] == [
        {"type": "image_url", "image_url": {"url": "https://gw.example/1"}, "role": "first_frame"},
        {"type": "image_url", "image_url": {"url": "https://gw.example/2"}, "role": "last_frame"},
    ]


def test_references_have_theirs_and_need_no_text() -> None:
    inputs = (at(IMAGE, Role.REFERENCE, "1"), at(VIDEO, Role.REFERENCE, "2"), at(AUDIO, Role.VOICE, "3"))

    body = body_of(job("seedance-2.0", *inputs, mode=Mode.REFERENCE, prompt="", ratio="adaptive"))

    assert body["content"] == [
        {"type": "image_url", "image_url": {"url": "https://gw.example/1"}, "role": "reference_image"},
        {"type": "video_url", "video_url": {"url": "https://gw.example/2"}, "role": "reference_video"},
        {"type": "audio_url", "audio_url": {"url": "https://gw.example/3"}, "role": "reference_audio"},
    ]
    assert body["ratio"] == "adaptive"
    assert "omni_reference_task_type" not in body


def test_pictures_and_sounds_go_inside_the_request_but_no_clip(tmp_path: Path) -> None:
    inputs = (here(tmp_path / "a", IMAGE, Role.REFERENCE), here(tmp_path / "b", AUDIO, Role.VOICE))

    content = body_of(job("seedance-2.0", *inputs, mode=Mode.REFERENCE))["content"]

    assert content[1]["image_url"]["url"].startswith("data:image/png;base64,")
    assert content[2]["audio_url"]["url"].startswith("data:audio/wav;base64,")
    with pytest.raises(NotSent, match="public URL"):
        body_of(job("seedance-2.0", here(tmp_path / "c", VIDEO, Role.REFERENCE), mode=Mode.REFERENCE))


def test_version_1_0_knows_no_sound_and_leaves_the_shape_of_a_text_to_its_default() -> None:
    body = body_of(job(seedance(PRO_1_0), ratio="adaptive", duration=AUTO_DURATION, camera_fixed=True, seed=-1))

    assert body == {
        "model": PRO_1_0,
        "content": [{"type": "text", "text": "一只猫 on the moon"}],
        "resolution": "720p",
        "watermark": False,
        "return_last_frame": False,
        "seed": -1,
        "service_tier": "default",
        "camera_fixed": True,
        "safety_identifier": "0197",
    }


@pytest.mark.parametrize(("offpeak", "tier"), [(False, "default"), (True, "flex")])
def test_version_1_5_has_a_seed_a_tier_and_sound(offpeak: bool, tier: str) -> None:
    body = body_of(job(seedance(PRO_1_5, offpeak=offpeak)))

    assert (body["seed"], body["service_tier"], body["generate_audio"]) == (7, tier, True)


def test_a_still_camera_is_not_asked_of_references() -> None:
    made = job(seedance("doubao-seedance-1-0-lite-i2v-250428"), at(IMAGE, Role.REFERENCE), mode=Mode.REFERENCE)

    assert "camera_fixed" not in body_of(made)


@pytest.mark.parametrize(("mode", "role"), [(Mode.EDIT, Role.SOURCE), (Mode.EXTEND, Role.FIRST_CLIP)])
def test_version_2_5_goes_on_with_a_clip_in_its_own_shape(mode: Mode, role: Role) -> None:
    rules = model("seedance-2.0").modes
    made = seedance(V_2_5, modes={**rules, mode: rules[Mode.REFERENCE]})

    body = body_of(job(made, at(VIDEO, role), mode=mode, ratio="1:1", duration=6))

    assert body["content"][1]["role"] == "reference_video"
    assert body["omni_reference_task_type"] == mode.value
    assert body["ratio"] == "adaptive"
    assert body["duration"] == (-1 if mode is Mode.EDIT else 6)


def test_an_edit_that_keeps_the_source_s_sound_is_not_sent_without_that_wish() -> None:
    made = job(seedance(V_2_5), at(VIDEO, Role.SOURCE), mode=Mode.EDIT, keep_audio=True)

    with pytest.raises(NotSent, match="ark has no field for keep_audio in an edit") as refused:
        body_of(made)
    assert refused.value.unsendable


def test_an_endpoint_is_taken_for_the_version_of_the_public_name() -> None:
    endpoint = "ep-20261124-abcde"

    assert "seed" not in body_of(job(seedance(endpoint)))
    assert "seed" in body_of(job(seedance(endpoint, id="doubao-seedance-1-5-pro-251215")))
    assert "seed" not in body_of(job(seedance(endpoint, id="my-own-name")))
