from __future__ import annotations

import hashlib
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.places.places import PLACES
from reelgate.animatic.subjects import FIGURES
from tests.animatic.drawing import difference, drawn, job_of

RATIOS = [(420, 180), (320, 180), (240, 180), (180, 180), (180, 240), (180, 320), (180, 420)]


NAMES = {
    "harbour": "harbour city", "sky": "above the clouds", "flowers": "flower field", "palace": "forbidden city",
    "cliffs": "rocky coast", "police_station": "police station",
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_a_moving_picture(place: str) -> None:
    word = NAMES.get(place, place)
    (first, middle, last), notes = drawn(job_of(f"{word}, slow pan right"))
    assert notes["place"] == place
    for picture in (first, middle, last):
        assert picture.std() > 12
        assert 25 < picture.mean() < 235
        assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 800
    assert difference(first, last) > 0.5


@pytest.mark.parametrize("kind", FIGURES)
def test_every_subject_is_seen(kind: str) -> None:
    word = next(phrase for phrase, meanings in lexicon().meanings.items() if meanings == (("subject", kind),))
    (there,), notes = drawn(job_of(f"a {word} in a field, static camera", frames=24), at=(12,))
    (empty,), _ = drawn(job_of(f"a {word} in a field, static camera", frames=24, negative=word), at=(12,))
    assert [subject["kind"] for subject in notes["subjects"]] == [kind]
    changed = (np.abs(there.astype(int) - empty.astype(int)).max(2) > 24).mean()
    assert changed > 0.003


@pytest.mark.parametrize("size", RATIOS)
@pytest.mark.parametrize(
    "prompt", ["黄昏海边的灯塔,镜头缓慢推进", "neon street in the rain, a man walks, crane shot", "a cat plays piano"]
)
def test_every_shape_is_filled_to_its_edges(size: tuple[int, int], prompt: str) -> None:
    pictures, _ = drawn(job_of(prompt, size))
    for picture in pictures:
        assert picture.shape == (size[1], size[0], 3)
        for edge in (picture[:2], picture[-2:], picture[:, :2], picture[:, -2:]):
            assert edge.max() > 12
    assert difference(pictures[0], pictures[-1]) > 0.5


MOVES = ("push in", "pull out", "pan right", "pan left", "tracking shot", "tilt up", "tilt down", "crane shot", "orbit")


@pytest.mark.parametrize("move", [*MOVES, "handheld", "aerial"])
def test_every_camera_move_moves(move: str) -> None:
    (first, _, last), notes = drawn(job_of(f"a castle in the mountains, {move}"))
    (still, _, _), _ = drawn(job_of(f"a castle in the mountains, {move}", camera_fixed=True))
    assert notes["camera"]["move"] != "static"
    assert difference(first, last) > 2
    assert still.shape == first.shape


def test_a_fixed_camera_leaves_the_mountains_alone() -> None:
    (first, _, last), notes = drawn(job_of("a castle in the mountains, push in", camera_fixed=True))
    assert notes["camera"]["move"] == "static"
    assert difference(first[100:150], last[100:150]) < 0.5


@pytest.mark.parametrize(("plain", "changed"), [
    ("a lake", "a lake at night"), ("a lake", "a lake in the mist"), ("a forest", "a forest in autumn"),
    ("a city street at night", "a city street at night in the rain"), ("a beach", "a beach, black and white"),
    ("an empty street at noon", "a crowded street at noon"), ("a calm sea", "a wild sea with huge waves"),
    ("a village", "a village in the fog"), ("an old town street", "a modern city street"),
    ("a courtyard", "a courtyard, ink painting"), ("a village", "a snowy village"),
    ("a living room", "a living room, rain outside"),
    ("a horse on grass", "a black horse on grass"), ("zzz one", "zzz two"), ("a dog", "a cat"),
])  # fmt: skip
def test_different_words_give_different_pictures(plain: str, changed: str) -> None:
    (a,), _ = drawn(job_of(plain), at=(10,))
    (b,), _ = drawn(job_of(changed), at=(10,))
    assert difference(a, b) > 2


def test_a_style_changes_the_colours() -> None:
    (grey,), _ = drawn(job_of("a beach, black and white"), at=(5,))
    assert float((grey.max(2).astype(int) - grey.min(2)).mean()) < 4


def test_no_mount_hides_a_building() -> None:
    prompt = "a knight rides a horse, a castle in the background, static camera"
    (there,), _ = drawn(job_of(prompt), at=(10,))
    (empty,), _ = drawn(job_of(prompt, negative="castle"), at=(10,))
    assert (np.abs(there.astype(int) - empty).max(2) > 24).mean() > 0.03


def test_slow_flakes_do_not_hop() -> None:
    pictures, _ = drawn(job_of("snow falls in a courtyard, static camera", (640, 360)), at=range(6))
    steps = [difference(a, b) for a, b in pairwise(pictures)]
    assert min(steps) > 0.6 * max(steps)


SPECTACLES = ("fireworks", "northern lights", "a rainbow", "shooting stars", "falling leaves", "petals")


@pytest.mark.parametrize("word", SPECTACLES)
def test_what_fills_the_air_is_seen(word: str) -> None:
    plain, _ = drawn(job_of(f"a lake at night, {word}", negative=word), at=(14, 30))
    filled, notes = drawn(job_of(f"a lake at night, {word}"), at=(14, 30))
    assert len(notes["spectacles"]) == 1
    assert max(np.abs(a.astype(int) - b).max() for a, b in zip(plain, filled, strict=True)) > 30


def test_a_rider_sits_on_the_horse() -> None:
    (mounted,), notes = drawn(job_of("a knight rides a white horse on grass, static camera"), at=(20,))
    (alone,), _ = drawn(job_of("a knight rides a white horse on grass, static camera", negative="knight"), at=(20,))
    changed = np.argwhere(np.abs(mounted.astype(int) - alone).max(2) > 40)
    assert [subject["kind"] for subject in notes["subjects"]] == ["knight", "horse"]
    assert changed[:, 0].max() < 160  # nothing of the rider on the ground


def test_several_people_do_not_look_the_same() -> None:
    (picture,), _ = drawn(job_of("three people stand in a snowy field, static camera", (480, 270)), at=(5,))
    tops = {tuple(pixel // 32) for pixel in picture[150:200].reshape(-1, 3) if pixel.max() - pixel.min() > 60}
    assert len(tops) >= 3


STYLES = ("cinematic", "watercolour", "noir", "neon", "cartoon", "paper-cut", "vintage")


def test_every_style_is_a_picture_of_its_own() -> None:
    pictures = [drawn(job_of(f"a house on grass at night, {style}"), at=(5,))[0][0] for style in ("", *STYLES)]
    for i, a in enumerate(pictures):
        for b in pictures[:i]:
            assert difference(a, b) > 1.5


@pytest.mark.parametrize("kind", ["butterfly", "eagle", "kite"])
def test_a_glow_fades_out_on_every_side(kind: str) -> None:
    prompt = f"a {kind} over a lake at night, neon, static camera"
    (there,), _ = drawn(job_of(prompt, (640, 360)), at=(12,))
    (empty,), _ = drawn(job_of(prompt, (640, 360), negative=kind), at=(12,))
    changed = np.abs(there.astype(int) - empty).max(2)
    rows, columns = (np.flatnonzero((changed > 1).any(axis)) for axis in (1, 0))
    part = changed[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert part.max() > 60
    for edge in (part[0], part[-1], part[:, 0], part[:, -1]):
        assert edge.max() < 12


def test_what_lies_on_a_table_stands_side_by_side() -> None:
    prompt = "a cup and a cake in a kitchen, static camera"
    (both,), _ = drawn(job_of(prompt), at=(5,))
    (cup,), _ = drawn(job_of(prompt, negative="cake"), at=(5,))
    (cake,), _ = drawn(job_of(prompt, negative="cup"), at=(5,))
    assert difference(both, cup) > 1
    assert difference(both, cake) > 1


def test_another_seed_gives_another_layout() -> None:
    (a,), _ = drawn(job_of("mountains", seed=1), at=(5,))
    (b,), _ = drawn(job_of("mountains", seed=2), at=(5,))
    assert difference(a, b) > 3


def test_a_runner_stays_in_sight_of_a_following_camera() -> None:
    prompt = "一匹黑色的马在雪地里奔跑,跟拍"
    pictures, notes = drawn(job_of(prompt, frames=240), at=(0, 120, 239))
    assert notes["beats"] == [{"kind": "horse", "action": "run", "seconds": 0.5}]
    for picture in pictures:
        dark = (picture[60:170].max(2) < 70).sum()
        assert dark > 150


_HASH = """
import hashlib
from tests.animatic.drawing import drawn, job_of
pictures, _ = drawn(job_of("neon rain street, a robot walks, 海鸥"))
print(hashlib.sha256(b"".join(p.tobytes() for p in pictures)).hexdigest())
"""


def test_the_same_job_gives_the_same_frames_in_another_process() -> None:
    pictures, _ = drawn(job_of("neon rain street, a robot walks, 海鸥"))
    here = hashlib.sha256(b"".join(p.tobytes() for p in pictures)).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", _HASH], capture_output=True, text=True, check=True, env={"PYTHONPATH": ".:src"}
    )
    assert there.stdout.strip() == here


@pytest.mark.parametrize(("background", "channel"), [("red", 2), ("蓝色背景", 0), ("green", 1)])
def test_a_background_has_the_colour_that_is_told(background: str, channel: int) -> None:
    told = background if "背景" in background else f"{background} background"
    (shown,), notes = drawn(job_of(f"a bottle, {told}, static camera", frames=24), at=(12,))
    assert notes["place"] == "studio"
    corner = shown[: shown.shape[0] // 3].reshape(-1, 3).mean(0)
    assert corner.argmax() == channel
    assert corner[channel] > 1.25 * np.sort(corner)[1]


@pytest.mark.parametrize("kind", ["duck", "swan", "goose"])
def test_what_swims_on_water_stands_on_legs_on_land(kind: str) -> None:
    """Its legs are orange, and its feet are where the ground is."""
    (shown,), _ = drawn(job_of(f"a {kind} on the grass, static camera", frames=24), at=(12,))
    (empty,), _ = drawn(job_of("grass, static camera, no birds", frames=24), at=(12,))
    beak = (shown[..., 2] > 170) & (shown[..., 0] < 110) & (shown[..., 1] > 90) & (shown[..., 1] < 190)
    rows = np.flatnonzero(beak.any(1))
    assert rows.max() - rows.min() > 12
    assert not ((empty[..., 2] > 170) & (empty[..., 0] < 110) & (empty[..., 1] > 90) & (empty[..., 1] < 190)).any()
