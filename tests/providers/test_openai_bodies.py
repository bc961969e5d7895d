"""What servers of /v1/videos are asked for: each profile's own fields, and none besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reelgate.providers.openai_profiles import PROFILES, body_of
from reelgate.providers.port import Job, NotSent, Staged
from reelgate.request import AUTO_DURATION, MediaKind, Mode, Role
from tests.providers.jobs import at, here, job

IMAGE, VIDEO = MediaKind.IMAGE, MediaKind.VIDEO
ENGINES = pytest.mark.parametrize("name", ["vllm_omni", "sglang"])
SERVERS = pytest.mark.parametrize("name", ["generic", "new_api"])


def body(name: str, made: Job, **options: str) -> dict[str, Any]:
    channel = {"channel": "sora"} if name == "new_api" else {}  # which passes a create on as it is
    return body_of(made, PROFILES[name], {**channel, **options})


def picture(path: Path, role: Role, width: int = 0, height: int = 0) -> Staged:
    given = here(path, IMAGE, role)
    return replace(given, facts=replace(given.facts, width=width, height=height))


@SERVERS
def test_a_server_is_asked_for_a_text_of_seconds_and_a_size(name: str) -> None:
    assert body(name, job("happyhorse-1.1-t2v")) == {
        "model": "happyhorse-1.1-t2v",
        "prompt": "一只猫 on the moon",
        "seconds": "5",
        "size": "1280x720",
        "seed": 7,
    }


@ENGINES
def test_an_engine_is_asked_for_frames_at_its_model_s_rate(name: str) -> None:
    assert body(name, job("wan2.7-t2v", negative_prompt="模糊")) == {
        "prompt": "一只猫 on the moon",
        "negative_prompt": "模糊",
        "num_frames": 81,
        "fps": 16,
        "size": "1280x720",
        "seed": 7,
    }
    assert body(name, job("wan2.7-t2v"), fps="24")["num_frames"] == 121
    assert body(name, job("wan2.7-t2v", frames=48), fps="24")["num_frames"] == 49


@ENGINES
def test_an_engine_hears_of_a_model_only_what_the_operator_says(name: str) -> None:
    """It makes one model, and refuses any other name for it."""
    assert "model" not in body(name, job("wan2.7-t2v"))
    assert body(name, job("wan2.7-t2v"), model="Wan-AI/Wan2.2")["model"] == "Wan-AI/Wan2.2"


@pytest.mark.parametrize("name", PROFILES)
def test_what_is_left_open_is_not_said(name: str, tmp_path: Path) -> None:
    made = job("seedance-2.0", ratio="adaptive", duration=AUTO_DURATION, seed=-1)

    assert body(name, made).keys() <= {"model", "prompt", "fps"}


@pytest.mark.parametrize("name", PROFILES)
def test_a_picture_goes_along_as_a_file_and_gives_the_shape(name: str, tmp_path: Path) -> None:
    made = job("happyhorse-1.1-i2v", picture(tmp_path / "a", Role.FIRST_FRAME, 720, 1280), mode=Mode.IMAGE)

    asked = body(name, made)

    assert asked["input_reference"] == ("input-1.png", b"not really media", "image/png")
    assert asked["size"] == "720x1280"


@pytest.mark.parametrize(("name", "size"), [("generic", "1142x806"), ("vllm_omni", "1136x800")])
def test_the_sides_suit_the_engine(name: str, size: str, tmp_path: Path) -> None:
    made = job("happyhorse-1.1-i2v", picture(tmp_path / "a", Role.FIRST_FRAME, 1700, 1200), mode=Mode.IMAGE)

    assert body(name, made)["size"] == size


def test_references_are_files_in_a_list(tmp_path: Path) -> None:
    pictures = [picture(tmp_path / str(n), Role.REFERENCE) for n in range(2)]
    made = job("happyhorse-1.1-r2v", *pictures, mode=Mode.REFERENCE)

    asked = body("vllm_omni", made)

    assert [name for name, _, _ in asked["input_references"]] == ["input-1.png", "input-2.png"]
    assert "input_reference" not in asked


@pytest.mark.parametrize(
    ("name", "mode"),
    [(name, mode) for name, profile in PROFILES.items() for mode in Mode if mode not in profile.modes],
)
def test_a_mode_that_a_server_has_not_is_refused(name: str, mode: Mode) -> None:
    with pytest.raises(NotSent, match=f"no {mode}"):
        body(name, job("happyhorse-1.1-t2v", mode=mode))


def test_a_clip_is_refused() -> None:
    with pytest.raises(NotSent, match="no video"):
        body("vllm_omni", job("seedance-2.0", at(VIDEO, Role.REFERENCE), mode=Mode.REFERENCE))


@pytest.mark.parametrize("name", PROFILES)
def test_no_field_is_sent_that_names_a_path_or_an_address(name: str) -> None:
    """Such fields make an engine read, write or fetch what it should not."""
    told = {
        "model",
        "prompt",
        "seconds",
        "size",
        "seed",
        "negative_prompt",
        "num_frames",
        "fps",
        "input_reference",
        "input_references",
        "duration",
        "image",
        "metadata",
    }

    assert PROFILES[name].fields <= told
