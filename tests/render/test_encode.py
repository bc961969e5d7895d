"""The file itself: its length, its rate, its colours, its sound, its bytes."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import reelgate
from reelgate.media.clips import measure_clip
from reelgate.render.job import FPS
from reelgate.render.mux import Encoder, first_of
from reelgate.render.planes import Planes
from reelgate.render.text import drawable
from reelgate.request import Codec, Mode, Role
from reelgate.testing import samples
from tests.animatic.media import HEIGHT, WIDTH, decode, heard, job, picture, planes, psnr, rendered, textured


def test_length_rate_and_pixel_format_are_as_asked(tmp_path: Path) -> None:
    still = picture(tmp_path / "a.png", textured(1))

    said = rendered(job(Mode.IMAGE, still, frames=31), tmp_path / "out.mp4")

    clip = decode(said.path)
    assert (said.frames, len(clip.pictures), clip.fps, clip.pixel_format) == (31, 31, 24.0, "yuv420p")
    assert (clip.pictures[0].width, clip.pictures[0].height) == (WIDTH, HEIGHT)


def test_the_index_stands_before_the_pictures(tmp_path: Path) -> None:
    data = rendered(job(Mode.IMAGE, picture(tmp_path / "a.png", textured(1))), tmp_path / "out.mp4").path.read_bytes()

    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_colours_are_tagged_and_survive(tmp_path: Path) -> None:
    red = np.full((HEIGHT, WIDTH, 3), (30, 20, 220), np.uint8)

    rendered(job(Mode.IMAGE, picture(tmp_path / "a.png", red)), tmp_path / "out.mp4")

    with av.open(str(tmp_path / "out.mp4")) as file:
        context = file.streams.video[0].codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        shown = next(file.decode(video=0)).to_ndarray(format="bgr24")
    assert np.abs(shown.astype(int) - red).max() <= 4


def test_bgr_planes_and_back_agree() -> None:
    image = textured(3)

    assert np.abs(Planes.of(image).bgr().astype(int) - image).mean() < 3


def test_planes_of_odd_size_are_refused() -> None:
    with pytest.raises(ValueError, match="even"):
        Planes.empty(321, 180)


def test_the_file_says_what_it_is_and_no_time(tmp_path: Path) -> None:
    still = picture(tmp_path / "a.png", textured(1))

    rendered(job(Mode.IMAGE, still, model="wan2.7-i2v", prompt="海边的灯塔"), tmp_path / "out.mp4")

    metadata = decode(tmp_path / "out.mp4").metadata
    assert metadata["title"] == "海边的灯塔"
    assert metadata["comment"].startswith("Animatic")
    facts = json.loads(metadata["description"])
    assert (facts["tool"], facts["version"]) == ("reelgate animatic", reelgate.__version__)
    assert (facts["model"], facts["seed"], facts["prompt"]) == ("wan2.7-i2v", 7, "海边的灯塔")
    assert "creation_time" not in metadata


@pytest.mark.parametrize(("codec", "name"), [(Codec.H264, "h264"), (Codec.VP9, "vp9"), (Codec.AV1, "av1")])
def test_each_codec_gives_an_mp4_that_plays(tmp_path: Path, codec: Codec, name: str) -> None:
    still, voice = picture(tmp_path / "a.png", textured(1)), heard(samples.sound(tmp_path / "a.wav"))

    made = [
        rendered(job(Mode.IMAGE, still, voice, audio=True, codec=codec), tmp_path / f"{n}.mp4").path for n in range(2)
    ]

    facts = measure_clip(made[0], "mp4")
    assert (facts.width, facts.height, facts.frames, facts.seconds, facts.has_audio) == (WIDTH, HEIGHT, 24, 1.0, True)
    with av.open(str(made[0])) as file:
        context = file.streams.video[0].codec_context
        assert context.codec.canonical_name == name
        assert (context.colorspace, context.color_range) == (1, 1)
    assert psnr(decode(made[0]).pictures[0].y, planes(still).y) > 33
    assert made[0].read_bytes() == made[1].read_bytes()
    classes = {os.sched_getscheduler(int(thread.name)) for thread in Path("/proc/self/task").iterdir()}
    assert not classes & {os.SCHED_FIFO, os.SCHED_RR}


def test_the_first_encoder_that_is_installed_is_taken() -> None:
    found = first_of({"libopenh264", "libaom-av1", "mpeg4"})

    assert {codec: name for codec, (name, _) in found.items()} == {Codec.H264: "libopenh264", Codec.AV1: "libaom-av1"}


def test_a_label_stands_small_in_the_corner_but_not_over_given_frames(tmp_path: Path) -> None:
    ends = (
        picture(tmp_path / "a.png", textured(1)),
        picture(tmp_path / "b.png", textured(2), Role.LAST_FRAME),
    )
    labelled, plain = (
        decode(rendered(job(Mode.FRAMES, *ends, label=label), tmp_path / "out.mp4").path).pictures
        for label in ("ANIMATIC 预演", "")
    )

    box = np.s_[: HEIGHT // 8, : WIDTH // 3]
    close = [psnr(one.y[box], other.y[box]) > 36 for one, other in zip(labelled, plain, strict=True)]
    assert (close[0], close[1:-1], close[-1]) == (True, [False] * 22, True)
    assert psnr(labelled[12].y[HEIGHT // 4 :], plain[12].y[HEIGHT // 4 :]) > 38


def test_without_sound_there_is_no_sound_stream(tmp_path: Path) -> None:
    voice = heard(samples.sound(tmp_path / "a.wav"))
    still = picture(tmp_path / "a.png", textured(1))

    assert decode(rendered(job(Mode.IMAGE, still, voice), tmp_path / "out.mp4").path).sound is None


@pytest.mark.parametrize("frames", [24, 37])
def test_sound_is_as_long_as_the_pictures(tmp_path: Path, frames: int) -> None:
    voice = heard(samples.sound(tmp_path / "a.wav", seconds=3))
    still = picture(tmp_path / "a.png", textured(1))

    clip = decode(rendered(job(Mode.IMAGE, still, voice, audio=True, frames=frames), tmp_path / "out.mp4").path)

    assert clip.sound is not None
    assert abs(clip.sound.shape[1] - frames * 48_000 / FPS) <= 1024


def test_the_same_job_gives_the_same_bytes_and_another_seed_other_frames(tmp_path: Path) -> None:
    still = picture(tmp_path / "a.png", textured(1))
    voice = heard(samples.sound(tmp_path / "a.mp3", format="mp3"))

    first, second, other = (
        rendered(job(Mode.IMAGE, still, voice, seed=seed, audio=True), tmp_path / name).path
        for seed, name in ((1, "a.mp4"), (1, "b.mp4"), (2, "c.mp4"))
    )

    assert first.read_bytes() == second.read_bytes()
    assert not np.array_equal(decode(first).pictures[-1].y, decode(other).pictures[-1].y)


def test_the_last_frame_is_a_picture_beside_the_clip(tmp_path: Path) -> None:
    still = picture(tmp_path / "a.png", textured(1))

    said = rendered(job(Mode.IMAGE, still, last_frame=True), tmp_path / "out.mp4")

    assert said.last_frame == tmp_path / "out.png"
    last = Planes.of(textured_from(said.last_frame))
    assert psnr(last.y, decode(said.path).pictures[-1].y) > 38


@pytest.mark.parametrize(("frames", "size"), [(24, (640, 360)), (3, (1280, 720)), (1, (180, 320))])
def test_a_thumbnail_and_a_contact_sheet_lie_beside_the_clip(
    tmp_path: Path, frames: int, size: tuple[int, int]
) -> None:
    still = picture(tmp_path / "a.png", textured(1))
    wanted = job(Mode.IMAGE, still, frames=frames, width=size[0], height=size[1])

    said = rendered(wanted, tmp_path / "out.mp4")

    for path in (said.thumbnail, said.contact_sheet):
        assert path.read_bytes()[8:12] == b"WEBP"
    middle = decode(said.path).pictures[frames // 2].bgr()
    thumbnail, sheet = textured_from(said.thumbnail), textured_from(said.contact_sheet)
    assert max(thumbnail.shape) == min(640, max(size))
    small = np.asarray(cv2.resize(middle, thumbnail.shape[1::-1], interpolation=cv2.INTER_AREA), np.uint8)
    assert psnr(small, thumbnail) > 28
    assert sheet.shape[:2] == tuple(3 * (side // 2) + 16 for side in thumbnail.shape[:2])
    for row in range(3):
        cells = sheet[4 + row * (sheet.shape[0] - 4) // 3 :][: sheet.shape[0] // 4]
        assert cells.std() > 10


def textured_from(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(cv2.imread(str(path)), np.uint8)


def test_nothing_is_left_of_a_render_that_failed(tmp_path: Path) -> None:
    broken = picture(tmp_path / "a.png", textured(1))
    broken.path.write_bytes(broken.path.read_bytes()[:100])

    with pytest.raises(Exception, match="can't be decoded"):
        rendered(job(Mode.IMAGE, broken), tmp_path / "out.mp4")

    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_progress_rises_to_the_last_frame(tmp_path: Path) -> None:
    from reelgate.animatic.render import render

    heard_of: list[int] = []
    render(job(Mode.IMAGE, picture(tmp_path / "a.png", textured(1))), tmp_path / "out.mp4", heard_of.append)

    assert heard_of == sorted(heard_of)
    assert heard_of[-1] == 24
    assert len(heard_of) >= 4


def test_text_keeps_what_the_font_can_draw() -> None:
    assert drawable("预演 PREVIS") == "预演 PREVIS"
    assert drawable("生成👍 by\nHappyHorse𠮷") == "生成 by HappyHorse"


@pytest.mark.parametrize("attempt", range(8))
def test_a_file_is_not_closed_while_another_thread_encodes_into_it(tmp_path: Path, attempt: int) -> None:
    """What FFmpeg still worked on was freed under it when drawing failed: the whole process died."""
    image = Planes.of(textured(attempt, 640, 360))
    begun = threading.Event()
    refused: list[str] = []

    def encode() -> None:
        try:
            while True:
                file.write(image)
                begun.set()
        except ValueError as error:
            refused.append(str(error))

    thread = threading.Thread(target=encode)
    with suppress(InterruptedError), Encoder(tmp_path / "a.mp4", 640, 360, None, {}) as file:
        thread.start()
        begun.wait()
        raise InterruptedError("drawing failed")
    thread.join()

    assert refused == ["the file is closed"]
