"""Looks: read from an instruction, given to a picture."""

from __future__ import annotations

from functools import reduce
from itertools import repeat

import cv2
import numpy as np
import pytest

from reelgate.animatic.language.instruction import LookChange, follow
from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.storyboard import understand
from reelgate.animatic.modes.edit import Edit
from reelgate.animatic.staging.scene_builder import build
from reelgate.animatic.styles.colour_grades import Grade, graded
from reelgate.animatic.styles.post_effects import EffectContext
from reelgate.animatic.styles.styles import LOOKS, finish
from reelgate.render.planes import Planes
from tests.animatic.drawing import job_of
from tests.animatic.media import HEIGHT, WIDTH, difference, textured


@pytest.mark.parametrize(
    ("prompt", "looks", "strength"),
    [
        ("把白天改成夜晚", ("night",), 1.0),
        ("turn day into night, instead of noir make it a pencil sketch", ("night", "sketch"), 1.0),
        ("稍微有点雾的水彩风格", ("watercolour", "mist"), 0.5),
        ("a strongly saturated, brighter, warm cartoon", ("cartoon", "warm", "brighter", "vivid"), 1.35),
        ("a futuristic cyberpunk film with grain", ("neon", "grain"), 1.0),
        ("the man should wear a red hat", (), 1.0),
    ],
)
def test_an_instruction_is_read(prompt: str, looks: tuple[str, ...], strength: float) -> None:
    wanted = follow(prompt)

    assert {value for _, value in wanted.looks} == set(looks)
    assert wanted.strength == strength


@pytest.mark.parametrize("prompt", ["remove the rain", "去掉雨"])
def test_weather_is_not_taken_out_of_a_clip(prompt: str) -> None:
    assert follow(prompt) == LookChange(unwanted_weather=("rain",))
    assert follow("snow and fog", "snow").looks == (("weather", "mist"),)


def looked(prompt: str, seed: int = 3, index: int = 2) -> tuple[Planes, Planes]:
    """Return a picture and the same one in a look, frame `index` of a clip that stands still."""
    picture_ = Planes.of(textured(8, WIDTH, HEIGHT))
    wanted = follow(prompt)
    canvas = EffectContext(WIDTH, HEIGHT, 1.0, wanted.strength, np.random.default_rng(seed))
    grade = reduce(Grade.then, (graded(LOOKS[look], wanted.strength) for look in wanted.looks), Grade())
    scene, out = Edit(repeat(picture_), grade, [], finish(wanted.looks, canvas)), Planes.empty(WIDTH, HEIGHT)
    for at in range(index + 1):
        scene.frame(at, out)
    return picture_, out


@pytest.mark.parametrize("value", [look[1] for look in LOOKS])
def test_every_look_changes_the_picture_and_keeps_what_is_in_it(value: str) -> None:
    words = {value for rows in lexicon("edit_words").meanings.values() for _, value in rows}
    assert value in words
    slot = next(look[0] for look in LOOKS if look[1] == value)
    phrase = next(phrase for phrase, meanings in lexicon("edit_words").meanings.items() if (slot, value) in meanings)

    before, after = looked(phrase)

    assert difference(before, after) + np.abs(before.u.astype(int) - after.u).mean() > 1
    coarse = [cv2.resize(planes_.y, (16, 9), interpolation=cv2.INTER_AREA).astype(float) for planes_ in (before, after)]
    if value != "sketch":  # its lines are what is left
        assert np.corrcoef(coarse[0].ravel(), coarse[1].ravel())[0, 1] > 0.75


@pytest.mark.parametrize("look", ["rain", "snow", "fog", "vintage", "oil painting", "night"])
def test_a_look_is_as_strong_as_the_words(look: str) -> None:
    slight, plain, strong = (difference(*looked(f"{word} {look}")) for word in ("slightly", "", "heavily"))

    assert slight < plain < strong


@pytest.mark.parametrize("prompt", ["grain", "大雪", "storm", "浓雾", "水彩"])
def test_the_seed_scatters_what_falls_and_what_is_rough(prompt: str) -> None:
    one, again, other = (looked(prompt, seed)[1] for seed in (1, 1, 2))

    assert np.array_equal(one.buffer, again.buffer)
    assert not np.array_equal(one.buffer, other.buffer)


@pytest.mark.parametrize(("prompt", "style"), [
    ("a lake, oil painting", "oil"), ("油画风格的湖", "oil"), ("a lake in pixel art", "pixel"), ("像素风的湖", "pixel"),
    ("a lake, pencil sketch", "sketch"),
])  # fmt: skip
def test_a_scene_is_drawn_as_an_edit_would_draw_it(prompt: str, style: str) -> None:
    board = understand(prompt, "", 7, 2.0)
    assert board.styles == (style,)
    assert board.nearest == ()
    painted, plain = (first_frame(text) for text in (prompt, "a lake"))
    assert np.abs(painted.astype(int) - plain.astype(int)).mean() > 1


def first_frame(prompt: str) -> np.ndarray:
    job = job_of(prompt, frames=24)
    scene, picture = build(job)[0], Planes.empty(job.width, job.height)
    scene.frame(0, picture)
    return picture.y.copy()
