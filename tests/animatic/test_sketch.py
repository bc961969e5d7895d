"""What a preview says and shows: the same as the render draws, only smaller and before it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelgate.animatic.sketch import Moment, drawn, not_read, size_of, told
from reelgate.animatic.staging.scene_builder import build
from reelgate.limits import PREVIEW_SIDE
from reelgate.render.job import FPS, RenderJob
from reelgate.render.planes import Planes
from reelgate.render.scene import UnusableInput
from reelgate.request import Mode, Role
from tests.animatic.media import job, picture, textured


def words(prompt: str, seconds: int = 5) -> RenderJob:
    return RenderJob(Mode.TEXT, prompt, 1280, 720, seconds * FPS, seed=1)


def shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_what_is_shown_has_a_chinese_word() -> None:
    found = told(words("一匹马在草地上奔跑,雨,镜头拉远")).notes["chinese"]
    assert {found["subject:horse"], found["place:grassland"], found["weather:rain"]} == {"马", "草地", "雨"}


def test_each_shot_is_told_and_has_a_still() -> None:
    found = told(words("一只猫在草地上奔跑,然后切换到大海,一艘船"))
    assert [(shot["place"], shot["transition"]) for shot in found.notes["shots"]] == [
        ("grassland", "cut"),
        ("sea", "cut"),
    ]
    assert [shot["subjects"][0]["kind"] for shot in found.notes["shots"]] == ["cat", "boat"]
    assert [moment.shot for moment in found.moments] == [0, 1]
    assert "layout" not in found.notes["shots"][0]


def test_a_still_is_the_frame_that_the_render_draws() -> None:
    one = RenderJob(Mode.TEXT, "a fox runs in a forest", 320, 180, 5 * FPS, seed=3)
    moment = told(one).moments[0]
    scene, frame = build(one)[0], Planes.empty(320, 180)
    for index in range(moment.frame + 1):
        scene.frame(index, frame)
    rendered = np.asarray(frame.bgr()[:, :, ::-1], np.float32)
    assert np.abs(np.asarray(shown(drawn(one, 0)), np.float32) - rendered).mean() < 4


@pytest.mark.parametrize("size", [(1920, 1080), (720, 1280), (960, 960), (320, 180), (2560, 1080)])
def test_stills_keep_the_shape_and_are_small(size: tuple[int, int]) -> None:
    width, height = size_of(RenderJob(Mode.TEXT, "", *size, 24, seed=0))
    assert max(width, height) == min(PREVIEW_SIDE, max(size))
    assert width / height == pytest.approx(size[0] / size[1], abs=0.02)


@pytest.mark.parametrize(
    ("prompt", "unread"),
    [
        ("a cat quixotically near the Zzyzx Qwrtl", ["quixotically", "Zzyzx", "Qwrtl"]),
        ("一只猫坐在摩天轮上,虚幻引擎", ["虚幻引擎"]),
        ("a cat runs across the grass, slow motion", []),
        ("", []),
    ],
)
def test_words_that_mean_nothing_to_the_engine_are_named(prompt: str, unread: list[str]) -> None:
    assert not_read(words(prompt)) == unread


def test_an_edit_tells_its_look_and_knows_its_own_words() -> None:
    found = told(RenderJob(Mode.EDIT, "make it black and white, zzyzx", 320, 180, 48, seed=0)).notes
    assert (found["shots"][0]["look"], found["not_understood"]) == ("noir", ["zzyzx"])
    assert found["not_done"]


def test_what_is_a_plain_shape_or_a_card_is_named() -> None:
    notes = told(words("a cat, a pie and a sashimi")).notes
    assert (notes["shapes"], notes["placeholders"]) == (["pie"], ["sashimi"])


def test_of_a_thousand_strange_words_some_are_named() -> None:
    assert 0 < len(not_read(words(" ".join(f"zq{n}x" for n in range(1000))))) <= 32


def test_what_is_drawn_as_something_near_is_named() -> None:
    assert told(words("a cat, dolly zoom")).notes["nearest"] == ["dolly zoom: push"]


def test_a_picture_begins_with_itself(tmp_path: Path) -> None:
    given = picture(tmp_path / "given.png", textured(1, 320, 180))
    one = job(Mode.IMAGE, given, frames=48)
    found = told(one)
    assert (found.notes["shots"][0]["begins_with"], found.moments[0]) == ("picture", Moment(0, 0))
    still, original = shown(drawn(one, 0)), Image.open(given.path).convert("RGB")
    wanted = original.resize(still.size)
    assert np.abs(np.asarray(still, np.float32) - np.asarray(wanted, np.float32)).mean() < 12
    assert shown(drawn(one, 1)).size == still.size


def test_first_and_last_frame_are_both_shown(tmp_path: Path) -> None:
    first = picture(tmp_path / "first.png", np.full((90, 160, 3), (0, 0, 250), np.uint8), Role.FIRST_FRAME)
    last = picture(tmp_path / "last.png", np.full((90, 160, 3), (0, 250, 0), np.uint8), Role.LAST_FRAME)
    one = job(Mode.FRAMES, first, last, frames=48)
    tones = [np.asarray(shown(drawn(one, number))).mean((0, 1)) for number in range(len(told(one).moments))]
    assert [int(tone.argmax()) for tone in tones] == [0, 1]


def test_references_are_seen_in_the_still(tmp_path: Path) -> None:
    card = picture(tmp_path / "card.png", textured(2), Role.REFERENCE)
    with_it, without = (job(Mode.REFERENCE, *given, prompt="a meadow", frames=48) for given in ((card,), ()))
    pair = [np.asarray(shown(drawn(one, 0)), np.float32) for one in (with_it, without)]
    assert np.abs(pair[0] - pair[1]).mean() > 1


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    given = picture(tmp_path / "given.png", textured(1))
    given.path.write_bytes(b"no picture")
    with pytest.raises(UnusableInput):
        drawn(job(Mode.IMAGE, given, frames=48), 0)
