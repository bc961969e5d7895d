"""What DashScope is asked for: each family's own parameters and inputs, and none besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reelgate.providers.dashscope_body import body_of
from reelgate.providers.port import Job, NotSent, Rejected
from reelgate.request import MediaKind, Mode, Role
from tests.providers.jobs import at, here, job, model

IMAGE, VIDEO, AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO


def parameters(made: Job) -> Any:
    return body_of(made)["parameters"]


def media(made: Job) -> Any:
    return body_of(made)["input"]["media"]


def vidu(upstream: str) -> Any:
    return model("viduq3t-540p", upstream={"dashscope": upstream})


def test_wan_makes_a_text() -> None:
    made = job("wan2.7-t2v", negative_prompt="模糊", prompt_extend=True, ratio="9:16", resolution="1080p")

    assert body_of(made) == {
        "model": "wan2.7-t2v",
        "input": {"prompt": "一只猫 on the moon", "negative_prompt": "模糊"},
        "parameters": {
            "resolution": "1080P",
            "ratio": "9:16",
            "duration": 5,
            "watermark": False,
            "prompt_extend": True,
            "seed": 7,
        },
    }


def test_a_text_with_a_sound_names_it_beside_the_prompt() -> None:
    assert body_of(job("wan2.7-t2v", at(AUDIO, Role.VOICE)))["input"]["audio_url"] == "https://gw.example/a"


def test_happyhorse_is_told_about_its_mark_and_takes_no_negative_prompt() -> None:
    body = body_of(job("happyhorse-1.0-t2v", negative_prompt="blurry", watermark=False))

    assert body["input"] == {"prompt": "一只猫 on the moon"}
    assert body["parameters"] == {
        "resolution": "720P",
        "ratio": "16:9",
        "duration": 5,
        "watermark": False,
        "seed": 7,
    }


@pytest.mark.parametrize("name", ["wan2.7-i2v", "happyhorse-1.0-i2v", "happyhorse-1.1-i2v", "happy-horse-720p"])
def test_a_first_frame_decides_the_shape(name: str) -> None:
    made = job(name, at(IMAGE, Role.FIRST_FRAME), mode=Mode.IMAGE)

    assert "ratio" not in parameters(made)
    assert body_of(made)["model"].endswith("-i2v")
    assert media(made) == [{"type": "first_frame", "url": "https://gw.example/a"}]


def test_frames_and_their_sound() -> None:
    inputs = (at(IMAGE, Role.FIRST_FRAME, "1"), at(IMAGE, Role.LAST_FRAME, "2"), at(AUDIO, Role.VOICE, "3"))

    made = job("wan2.7-i2v", *inputs, mode=Mode.FRAMES)

    assert [item["type"] for item in media(made)] == ["first_frame", "last_frame", "driving_audio"]
    assert "ratio" not in parameters(made)


def test_a_clip_goes_on_for_its_total_length() -> None:
    made = job("wan2.7-i2v", at(VIDEO, Role.FIRST_CLIP), at(IMAGE, Role.LAST_FRAME), mode=Mode.EXTEND, duration=12)

    assert [item["type"] for item in media(made)] == ["first_clip", "last_frame"]
    assert parameters(made)["duration"] == 12
    assert "ratio" not in parameters(made)


def test_references_keep_their_order_and_count_the_ratio() -> None:
    inputs = (at(IMAGE, Role.REFERENCE, "1"), at(VIDEO, Role.REFERENCE, "2"), at(IMAGE, Role.REFERENCE, "3"))

    made = job("wan2.7-r2v", *inputs, mode=Mode.REFERENCE, ratio="1:1")

    assert [item["type"] for item in media(made)] == ["reference_image", "reference_video", "reference_image"]
    assert parameters(made)["ratio"] == "1:1"


def test_a_first_frame_beside_references_decides_the_shape() -> None:
    made = job("wan2.7-r2v", at(IMAGE, Role.REFERENCE), at(IMAGE, Role.FIRST_FRAME), mode=Mode.REFERENCE)

    assert "ratio" not in parameters(made)


def test_a_voice_belongs_to_the_reference_before_it() -> None:
    inputs = (
        at(IMAGE, Role.REFERENCE, "silent"),
        at(IMAGE, Role.REFERENCE, "speaker"),
        at(AUDIO, Role.VOICE, "voice"),
    )

    assert media(job("wan2.7-r2v", *inputs, mode=Mode.REFERENCE)) == [
        {"type": "reference_image", "url": "https://gw.example/silent"},
        {
            "type": "reference_image",
            "url": "https://gw.example/speaker",
            "reference_voice": "https://gw.example/voice",
        },
    ]


def test_voices_in_a_list_of_their_own_are_dealt_in_order() -> None:
    pictures = [at(IMAGE, Role.REFERENCE, f"p{n}") for n in (1, 2)]
    voices = [at(AUDIO, Role.VOICE, f"v{n}") for n in (1, 2)]

    dealt = media(job("wan2.7-r2v", *pictures, *voices, mode=Mode.REFERENCE))

    assert [(item["url"][-2:], item["reference_voice"][-2:]) for item in dealt] == [("p1", "v1"), ("p2", "v2")]


def test_a_voice_too_many_is_not_dropped() -> None:
    voices = [at(AUDIO, Role.VOICE, f"v{n}") for n in (1, 2)]

    with pytest.raises(Rejected, match="2 voices for 1 references"):
        body_of(job("wan2.7-r2v", at(IMAGE, Role.REFERENCE), *voices, mode=Mode.REFERENCE))


@pytest.mark.parametrize(("seconds", "sent"), [(0, 0), (7, 7)])
def test_a_wan_edit_says_how_much_of_the_source_it_uses(seconds: int, sent: int) -> None:
    inputs = (at(VIDEO, Role.SOURCE), at(IMAGE, Role.REFERENCE))

    made = job("wan2.7-videoedit", *inputs, mode=Mode.EDIT, duration=seconds, ratio="adaptive", keep_audio=True)

    assert [item["type"] for item in media(made)] == ["video", "reference_image"]
    assert parameters(made) == {
        "resolution": "720P",
        "duration": sent,
        "watermark": False,
        "audio_setting": "origin",
        "prompt_extend": False,
        "seed": 7,
    }


def test_a_happyhorse_edit_takes_neither_length_nor_ratio() -> None:
    made = job("happyhorse-1.0-video-edit", at(VIDEO, Role.SOURCE), mode=Mode.EDIT, duration=8, watermark=True)

    assert body_of(made)["model"] == "happyhorse-1.0-video-edit"
    assert parameters(made) == {"resolution": "720P", "watermark": True, "audio_setting": "auto", "seed": 7}


def test_a_hosted_vidu_model_takes_a_size_and_the_sound() -> None:
    made = job(vidu("vidu/viduq3-turbo_text2video"), resolution="540p", audio=False)

    assert body_of(made) == {
        "model": "vidu/viduq3-turbo_text2video",
        "input": {"prompt": "一只猫 on the moon"},
        "parameters": {
            "resolution": "540P",
            "size": "960*528",
            "duration": 5,
            "audio": False,
            "watermark": False,
            "seed": 7,
        },
    }


def test_a_hosted_vidu_model_takes_frames_in_order_by_address_only(tmp_path: Path) -> None:
    made = vidu("vidu/viduq3-turbo_start-end2video")
    last, first = at(IMAGE, Role.LAST_FRAME, "last"), at(IMAGE, Role.FIRST_FRAME, "first")

    assert media(job(made, last, first, mode=Mode.FRAMES)) == [
        {"type": "image", "url": "https://gw.example/first"},
        {"type": "image", "url": "https://gw.example/last"},
    ]
    with pytest.raises(NotSent, match="public URL"):
        body_of(job(made, here(tmp_path / "a", IMAGE, Role.FIRST_FRAME), mode=Mode.IMAGE))


def test_only_pictures_go_inside_the_request(tmp_path: Path) -> None:
    picture = here(tmp_path / "a", IMAGE, Role.FIRST_FRAME)

    assert media(job("wan2.7-i2v", picture, mode=Mode.IMAGE))[0]["url"].startswith("data:image/png;base64,")
    with pytest.raises(NotSent, match="public URL") as refused:
        body_of(job("wan2.7-i2v", here(tmp_path / "b", VIDEO, Role.FIRST_CLIP), mode=Mode.EXTEND))
    assert refused.value.unsendable


def test_a_picture_alone_needs_no_prompt() -> None:
    assert "prompt" not in body_of(job("wan2.7-i2v", at(IMAGE, Role.FIRST_FRAME), mode=Mode.IMAGE, prompt=""))["input"]
