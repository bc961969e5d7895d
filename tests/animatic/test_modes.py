"""What each mode promises about its pictures and its sound."""

from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from reelgate.animatic.drawing.ambient_effects import air
from reelgate.animatic.modes.extend import Extension
from reelgate.animatic.modes.morph import Morph
from reelgate.animatic.modes.opening import Opening
from reelgate.animatic.modes.still import Still
from reelgate.render.job import Rendered
from reelgate.render.planes import Planes
from reelgate.render.scene import UnusableInput
from reelgate.render.text import TextMark
from reelgate.request import Mode, Role
from reelgate.testing import samples
from tests.animatic.media import (
    FRAMES,
    HEIGHT,
    WIDTH,
    decode,
    difference,
    heard,
    job,
    picture,
    planes,
    psnr,
    rendered,
    source,
    textured,
)

# Image


@pytest.mark.parametrize("prompt", ["", "镜头缓慢拉远", "pan left, fast", "环绕拍摄"])
def test_a_still_moves_and_covers_the_frame(tmp_path: Path, prompt: str) -> None:
    bright = np.maximum(textured(2, 900, 300), 60)
    said = rendered(job(Mode.IMAGE, picture(tmp_path / "a.png", bright), prompt=prompt), tmp_path / "out.mp4")

    pictures = decode(said.path).pictures
    assert difference(pictures[0], pictures[-1]) > 3
    for shown in pictures:
        edges = np.concatenate([shown.y[0], shown.y[-1], shown.y[:, 0], shown.y[:, -1]])
        assert edges.min() > 40


def test_a_push_begins_with_the_picture_itself(tmp_path: Path) -> None:
    still = picture(tmp_path / "a.png", textured(2))

    said = rendered(job(Mode.IMAGE, still), tmp_path / "out.mp4")

    assert said.notes["camera"] == "push"
    assert psnr(decode(said.path).pictures[0].y, planes(still).y) > 38


def test_a_fixed_camera_moves_less_but_never_freezes(tmp_path: Path) -> None:
    still = picture(tmp_path / "a.png", textured(2))

    fixed, free = (
        decode(rendered(job(Mode.IMAGE, still, camera_fixed=wanted), tmp_path / f"{wanted}.mp4").path).pictures
        for wanted in (True, False)
    )

    assert 0.3 < difference(fixed[0], fixed[-1]) < 0.6 * difference(free[0], free[-1])


def test_what_stands_out_is_not_cut_off(tmp_path: Path) -> None:
    tall = np.full((800, 300, 3), 90, np.uint8)
    tall[60:160, 100:200] = textured(3, 100, 100)  # where a portrait has its face
    wide = np.full((300, 1200, 3), 90, np.uint8)
    wide[100:200, 40:140] = textured(3, 100, 100)

    for image, area in ((tall, np.s_[60:160, 100:200]), (wide, np.s_[100:200, 40:140])):
        shown = planes(picture(tmp_path / "a.png", image))
        scale = max(WIDTH / image.shape[1], HEIGHT / image.shape[0])
        wanted = cv2.resize(np.ascontiguousarray(image[area]), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found = cv2.matchTemplate(shown.bgr(), np.asarray(wanted, np.uint8), cv2.TM_CCOEFF_NORMED)
        assert found.max() > 0.9


def test_a_pages_lines_stay_straight_and_nothing_drifts_over_it() -> None:
    page = np.full((HEIGHT, WIDTH, 3), 245, np.uint8)
    page[::12] = 20
    planes_ = Planes.of(page)
    scene, out = Still(planes_, FRAMES, 7), Planes.empty(WIDTH, HEIGHT)

    scene.frame(FRAMES - 1, out)

    assert air(job(Mode.IMAGE), planes_) == []
    assert np.abs(np.diff(out.y[:, 8:-8].astype(int), axis=1)).max() <= 2


@pytest.mark.parametrize("prompt", ["", "下雪了", "heavy rain", "花瓣飘落"])
def test_the_air_of_a_still_moves_but_not_before_its_first_frame(prompt: str) -> None:
    picture_ = Planes.of(textured(2, WIDTH, HEIGHT))
    effects = air(job(Mode.IMAGE, prompt=prompt), picture_)
    shown = []
    for t in (0.0, 2.0, 2.1):
        out = Planes.empty(WIDTH, HEIGHT)
        picture_.copy_to(out)
        for effect in effects:
            effect.draw(out, t)
        shown.append(out)

    assert np.array_equal(shown[0].buffer, picture_.buffer)
    assert difference(shown[1], picture_) > 0.5
    assert not np.array_equal(shown[1].y, shown[2].y)


def test_an_image_job_needs_a_picture(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="no picture"):
        rendered(job(Mode.IMAGE), tmp_path / "out.mp4")


# First and last frame


def ends(tmp_path: Path, first: int, last: int) -> Rendered:
    inputs = (
        picture(tmp_path / "first.png", textured(first), Role.FIRST_FRAME),
        picture(tmp_path / "last.png", textured(last), Role.LAST_FRAME),
    )
    return rendered(job(Mode.FRAMES, *inputs), tmp_path / "out.mp4")


def test_a_morph_begins_and_ends_with_the_given_pictures(tmp_path: Path) -> None:
    pictures = decode(ends(tmp_path, 4, 5).path).pictures

    for shown, name in ((pictures[0], "first.png"), (pictures[-1], "last.png")):
        wanted = planes(picture(tmp_path / name, np.asarray(cv2.imread(str(tmp_path / name)), np.uint8)))
        assert psnr(shown.y, wanted.y) >= 40


def test_a_morph_copies_its_ends_exactly() -> None:
    first, last = Planes.of(textured(4, WIDTH, HEIGHT)), Planes.of(textured(5, WIDTH, HEIGHT))
    scene, out = Morph(first, last, FRAMES, seed=1), Planes.empty(WIDTH, HEIGHT)

    for index, wanted in ((0, first), (FRAMES - 1, last)):
        scene.frame(index, out)
        assert np.array_equal(out.buffer, wanted.buffer)


def test_a_shifted_picture_is_moved_rather_than_dissolved() -> None:
    wide = textured(6, WIDTH + 24, HEIGHT)
    first, last = Planes.of(wide[:, 24:].copy()), Planes.of(wide[:, :-24].copy())
    scene, out = Morph(first, last, 25, seed=1), Planes.empty(WIDTH, HEIGHT)

    scene.frame(12, out)

    halfway = Planes.of(wide[:, 12:-12].copy())
    blended = (first.y.astype(float) + last.y) / 2
    inner = np.s_[20:-20, 40:-40]
    assert scene.confidence > 0.9
    assert (
        np.abs(out.y[inner] - halfway.y[inner].astype(float)).mean() < 0.5 * np.abs(blended - halfway.y)[inner].mean()
    )


def test_the_same_scene_in_another_light_does_not_count_as_another_scene() -> None:
    wide = textured(6, WIDTH + 16, HEIGHT)
    dusk = np.asarray(wide[:, :-16] * 0.35, np.uint8)

    assert Morph(Planes.of(wide[:, 16:].copy()), Planes.of(dusk), 25, seed=1).confidence > 0.8


def test_an_even_shape_moves_without_a_ghost() -> None:
    first, last = (np.full((HEIGHT, WIDTH, 3), (70, 170, 245), np.uint8) for _ in range(2))
    for image, x in ((first, 130), (last, 160)):
        cv2.circle(image, (x, 80), 55, (240, 240, 250), -1, cv2.LINE_AA)
    scene, out = Morph(Planes.of(first), Planes.of(last), 25, seed=1), Planes.empty(WIDTH, HEIGHT)

    scene.frame(12, out)

    tones = Planes.of(first).y
    between = (out.y > tones.min() + 8) & (out.y < tones.max() - 8)
    assert scene.confidence > 0.8
    assert between.mean() < 0.02


def test_unrelated_pictures_dissolve(tmp_path: Path) -> None:
    assert ends(tmp_path, 4, 5).notes["motion"] == "dissolve"


# Edit


@pytest.mark.parametrize(("fps", "seconds"), [(24, 1.5), (30, 1.0), (12, 2.0), (25, 3.0)])
def test_an_edit_keeps_the_length(tmp_path: Path, fps: int, seconds: float) -> None:
    clip = samples.clip(tmp_path / "in.mp4", seconds=seconds, fps=fps)

    said = rendered(job(Mode.EDIT, source(clip, seconds), frames=360), tmp_path / "out.mp4")

    made = decode(said.path)
    assert abs(len(made.pictures) - seconds * 24) <= 1
    assert made.sound is None


def test_an_edit_ends_with_the_frames_asked_for(tmp_path: Path) -> None:
    clip = samples.clip(tmp_path / "in.mp4", seconds=2)

    assert rendered(job(Mode.EDIT, source(clip, 2.0), frames=30), tmp_path / "out.mp4").frames == 30


def test_an_edit_keeps_the_motion(tmp_path: Path) -> None:
    clip = samples.clip(tmp_path / "in.mp4")

    rendered(job(Mode.EDIT, source(clip, 1.0), prompt="复古胶片"), tmp_path / "out.mp4")

    before, after = decode(clip).pictures, decode(tmp_path / "out.mp4").pictures
    for index in range(0, 24, 4):
        assert np.corrcoef(before[index].y.ravel(), after[index].y.ravel())[0, 1] > 0.95  # darker corners


def test_an_edit_turns_a_clip_filmed_upright(tmp_path: Path) -> None:
    data = bytearray(samples.clip(tmp_path / "in.mp4", width=320, height=240).read_bytes())
    quarter_turn = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)  # clockwise: x' = -y, y' = x
    matrix = data.index(b"tkhd") + 4 + 40
    data[matrix : matrix + 36] = quarter_turn
    (tmp_path / "in.mp4").write_bytes(data)

    wanted = job(Mode.EDIT, source(tmp_path / "in.mp4", 1.0), width=240, height=320)
    shown = decode(rendered(wanted, tmp_path / "out.mp4").path).pictures[0].y.astype(float)

    assert shown[:40].mean() + 150 < shown[-40:].mean()  # the clip brightens to the right
    assert abs(shown[:, :40].mean() - shown[:, -40:].mean()) < 5


def test_an_edit_covers_another_shape(tmp_path: Path) -> None:
    clip = samples.clip(tmp_path / "in.mov", width=240, height=320)

    shown = decode(rendered(job(Mode.EDIT, source(clip, 1.0)), tmp_path / "out.mp4").path).pictures[0]

    assert (shown.width, shown.height) == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("prompt", "look"), [("black and white", "noir"), ("改成夜晚", "night"), ("换件红夹克", "unchanged")]
)
def test_an_edit_says_what_it_did_and_could_not_do(tmp_path: Path, prompt: str, look: str) -> None:
    said = rendered(job(Mode.EDIT, source(samples.clip(tmp_path / "in.mp4"), 1.0), prompt=prompt), tmp_path / "out.mp4")

    assert said.notes["look"] == look
    assert said.notes["not_done"]


def test_black_and_white_has_no_colour(tmp_path: Path) -> None:
    still = rendered(job(Mode.IMAGE, picture(tmp_path / "a.png", textured(1))), tmp_path / "in.mp4").path

    rendered(job(Mode.EDIT, source(still, 1.0), prompt="黑白电影"), tmp_path / "out.mp4")

    assert np.abs(decode(tmp_path / "out.mp4").pictures[5].u.astype(int) - 128).max() <= 3


def test_a_reference_picture_lends_its_colours(tmp_path: Path) -> None:
    blue = np.full((90, 160, 3), (200, 90, 40), np.uint8)
    clip = source(samples.clip(tmp_path / "in.mp4"), 1.0)
    reference = picture(tmp_path / "blue.png", blue, Role.REFERENCE)

    said = rendered(job(Mode.EDIT, clip, reference), tmp_path / "out.mp4")

    assert said.notes["colours_from"] == 1
    assert decode(said.path).pictures[0].u.mean() > 140


@pytest.mark.parametrize("keep", [True, False])
def test_an_edit_has_the_sound_of_its_source(tmp_path: Path, *, keep: bool) -> None:
    clip = samples.clip(tmp_path / "in.mp4", seconds=2, audio=True)
    wanted = job(Mode.EDIT, source(clip, 2.0, has_audio=True), audio=True, keep_audio=keep, frames=48)

    made = decode(rendered(wanted, tmp_path / "out.mp4").path)

    assert made.sound is not None
    assert abs(made.sound.shape[1] / made.rate - 2.0) < 0.05
    assert abs(pitch(made.sound[0], made.rate) - 440) < 5


def test_a_source_cut_short_gives_what_there_is(tmp_path: Path) -> None:
    clip = source(samples.clip(tmp_path / "in.mp4", seconds=1, audio=True), 1.0, has_audio=True)

    made = decode(rendered(job(Mode.EDIT, clip, audio=True, frames=96), tmp_path / "out.mp4").path)

    assert abs(len(made.pictures) - 24) <= 1
    assert made.sound is not None
    assert abs(made.sound.shape[1] / made.rate - 1.0) < 0.05


def test_a_clip_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.mp4").write_bytes(b"#EXTM3U\n/etc/passwd\n")

    with pytest.raises(UnusableInput, match="can't be decoded"):
        rendered(job(Mode.EDIT, source(tmp_path / "in.mp4", 1.0)), tmp_path / "out.mp4")


# Extension


@pytest.mark.parametrize("ends", [False, True])
def test_an_extension_plays_the_clip_and_goes_on(tmp_path: Path, *, ends: bool) -> None:
    clip = source(samples.clip(tmp_path / "in.mp4", audio=True), 1.0, Role.FIRST_CLIP, has_audio=True)
    end = picture(tmp_path / "end.png", textured(5), Role.LAST_FRAME)
    inputs = (clip, end) if ends else (clip,)

    said = rendered(job(Mode.EXTEND, *inputs, frames=60, audio=True, prompt="海浪"), tmp_path / "out.mp4")

    made, given = decode(said.path), decode(clip.path)
    assert said.frames == 60
    assert min(psnr(made.pictures[at].y, given.pictures[at].y) for at in (0, 12, 23)) > 30
    assert 0.1 < difference(made.pictures[23], made.pictures[26]) < 20  # no cut, no standstill
    assert difference(made.pictures[40], made.pictures[50]) > 0.3
    assert (psnr(made.pictures[-1].y, planes(end).y) > 38) == ends
    assert made.sound is not None
    assert abs(pitch(made.sound[0, :20_000], 48_000) - 440) < 5
    assert np.abs(made.sound[0, 60_000:]).max() > 0.01


def test_what_moved_in_a_clip_comes_to_rest_instead_of_freezing() -> None:
    wide = textured(6, WIDTH + 80, HEIGHT)
    clip = (Planes.of(wide[:, 2 * at : 2 * at + WIDTH].copy()) for at in range(12))
    scene, shown = Extension(clip, None, 48, seed=1), []
    for index in range(48):
        out = Planes.empty(WIDTH, HEIGHT)
        scene.frame(index, out)
        shown.append(out)

    steps = [difference(before, after) for before, after in pairwise(shown)]
    assert steps[11] > 0.3 * steps[9]
    assert max(steps[25:35]) < 0.3 * steps[9]


def test_a_clip_as_long_as_the_extension_is_cut(tmp_path: Path) -> None:
    clip = source(samples.clip(tmp_path / "in.mp4", seconds=2), 2.0, Role.FIRST_CLIP)

    assert rendered(job(Mode.EXTEND, clip, frames=24), tmp_path / "out.mp4").frames == 24


# Sound, watermark, openings


@pytest.mark.parametrize(("role", "name"), [(Role.VOICE, "a.wav"), (Role.REFERENCE, "a.mp3")])
def test_a_given_sound_becomes_the_track(tmp_path: Path, role: Role, name: str) -> None:
    tone = heard(samples.sound(tmp_path / name, seconds=0.5, format=name[2:]), role)
    still = picture(tmp_path / "a.png", textured(1))

    sound = decode(rendered(job(Mode.IMAGE, still, tone, audio=True), tmp_path / "out.mp4").path).sound

    assert sound is not None
    assert abs(pitch(sound[0, :20_000], 48_000) - 440) < 5
    assert np.abs(sound[:, 30_000:]).max() < 0.01


def test_given_sounds_play_one_after_another_and_what_does_not_fit_is_told(tmp_path: Path) -> None:
    still = picture(tmp_path / "a.png", textured(1))
    tones = [heard(samples.sound(tmp_path / f"{n}.wav", seconds=0.5)) for n in range(3)]

    said = rendered(job(Mode.IMAGE, still, *tones, audio=True), tmp_path / "out.mp4")

    sound = decode(said.path).sound
    assert sound is not None
    loud = [bool(np.abs(sound[0, int(at * 48_000) :][:2000]).max() > 0.05) for at in (0.2, 0.55, 0.62, 0.9)]
    assert loud == [True, False, False, True]
    assert (said.notes["sound"], said.notes["sounds_not_heard"]) == ("given", 1)


def test_a_clip_that_is_referred_to_is_heard(tmp_path: Path) -> None:
    clip = source(samples.clip(tmp_path / "in.mp4", audio=True), 1.0, Role.REFERENCE, has_audio=True)

    said = rendered(job(Mode.REFERENCE, clip, prompt="在海边", audio=True), tmp_path / "out.mp4")

    sound = decode(said.path).sound
    assert sound is not None
    assert abs(pitch(sound[0], 48_000) - 440) < 5
    assert said.notes["sound"] == "reference clip"


def test_a_silent_source_stays_silent(tmp_path: Path) -> None:
    clip = source(samples.clip(tmp_path / "in.mp4"), 1.0)

    said = rendered(job(Mode.EDIT, clip, audio=True), tmp_path / "out.mp4")

    assert decode(said.path).sound is None
    assert said.notes["sound"].startswith("none")


def pitch(samples_: np.ndarray[tuple[int, ...], np.dtype[np.float32]], rate: int) -> float:
    """Return the strongest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(samples_ * np.hanning(len(samples_))))
    return float(spectrum.argmax() * rate / len(samples_))


@pytest.mark.parametrize("text", ["预演 PREVIS", "HappyHorse"])
def test_the_watermark_reads_exactly_when_asked(tmp_path: Path, text: str) -> None:
    still = picture(tmp_path / "a.png", textured(1))
    marked, plain = (
        decode(rendered(job(Mode.IMAGE, still, watermark=wanted), tmp_path / "out.mp4").path).pictures
        for wanted in (text, "")
    )

    stamp = Planes.of(np.full((HEIGHT, WIDTH, 3), 60, np.uint8))
    TextMark(text, WIDTH, HEIGHT).draw(stamp)
    lit = np.argwhere(stamp.y > 150)
    (top, left), (bottom, right) = lit.min(axis=0), lit.max(axis=0)
    assert left > WIDTH / 2
    assert top > HEIGHT * 0.8
    template = stamp.y[top : bottom + 1, left : right + 1]
    for index in (0, 11, 23):
        found = cv2.matchTemplate(marked[index].y, template, cv2.TM_CCOEFF_NORMED)
        assert found.max() > 0.7
        assert np.unravel_index(found.argmax(), found.shape) == (top, left)
        assert cv2.matchTemplate(plain[index].y, template, cv2.TM_CCOEFF_NORMED).max() < 0.55


def test_a_staged_scene_may_open_with_a_picture() -> None:
    first, then = Planes.of(textured(4, WIDTH, HEIGHT)), Planes.of(textured(5, WIDTH, HEIGHT))
    wanted = job(Mode.REFERENCE, frames=96)
    scene = Opening(Still(first, 96, seed=1), Morph(then, then, 96, seed=1), wanted)
    out = Planes.empty(WIDTH, HEIGHT)

    scene.frame(0, out)
    assert np.array_equal(out.buffer, first.buffer)
    scene.frame(95, out)
    assert np.array_equal(out.buffer, then.buffer)


def test_the_file_plays_from_the_start(tmp_path: Path) -> None:
    rendered(job(Mode.IMAGE, picture(tmp_path / "a.png", textured(1))), tmp_path / "out.mp4")

    with av.open(str(tmp_path / "out.mp4")) as file:
        assert [stream.start_time for stream in file.streams] == [0]
