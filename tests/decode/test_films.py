"""A clip is decoded in one way everywhere: measured, as a small picture, edited, extended, played inside a scene."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from reelgate.media.clips import measure_clip
from reelgate.media.poster import poster
from reelgate.render.clips import pictures
from reelgate.request import Facts, Mode, Role
from reelgate.testing.films import Pixels, Standard, damaged, film, quarters, stands, turned
from tests.animatic.media import job, rendered, source, textured

BT601, BT709, BT2020 = 5, 1, 9

WAYS = {
    "as it is": (1, 0, 0, 1),
    "half a turn": (-1, 0, 0, -1),
    "a quarter to the right": (0, 1, -1, 0),
    "a quarter to the left": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "upside down": (1, 0, 0, -1),
    "mirrored and a quarter to the right": (0, 1, 1, 0),
    "mirrored and a quarter to the left": (0, -1, -1, 0),
    "enlarged": (3, 0, 0, 3),
    "a hundredth of a turn": (0.998, 0.063, -0.063, 0.998),
    "no matrix at all": (0, 0, 0, 0),
    "a line": (1, 0, 0, 0),
    "another line": (0, 1, 0, 0),
}


def undone(pixels: Pixels, matrix: tuple[float, float, float, float]) -> Pixels:
    """Return what has to be filmed for a picture to be seen upright under a matrix."""
    a, b, c, d = matrix
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return pixels[:: -1 if d < 0 and a else 1, :: -1 if a < 0 and d else 1] if a and d else pixels
    if not (b and c):
        return pixels
    return pixels[:: -1 if b < 0 else 1, :: -1 if c < 0 else 1].swapaxes(0, 1)


def facts_of(path: Path) -> Facts:
    return measure_clip(path, path.suffix[1:])


def poster_of(path: Path) -> Pixels:
    return np.asarray(Image.open(BytesIO(poster(path))).convert("RGB"))


def frames_of(path: Path) -> list[Pixels]:
    with av.open(str(path)) as file:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in file.decode(video=0)]


def edited(path: Path, out: Path, width: int = 320, height: int = 180) -> list[Pixels]:
    clip = source(path, facts_of(path).seconds)
    return frames_of(rendered(job(Mode.EDIT, clip, width=width, height=height, frames=96), out).path)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_a_turned_or_mirrored_film_stands_upright(tmp_path: Path, way: str, suffix: str) -> None:
    matrix = WAYS[way]
    path = turned(film(tmp_path / f"a.{suffix}", [undone(quarters(), matrix)] * 6), *matrix)

    facts, small = facts_of(path), poster_of(path)
    (first, *_) = edited(path, tmp_path / "out.mp4")

    assert (facts.width, facts.height) == (320, 180)
    assert small.shape == (180, 320, 3)
    assert (stands(small), stands(first)) == ("RGBY", "RGBY")


@pytest.mark.parametrize(
    ("size", "pixel", "seen"),
    [
        ((360, 288), (64, 45), (512, 288)),  # television, widescreen
        ((360, 288), (16, 15), (384, 288)),
        ((360, 240), (8, 9), (360, 270)),
        ((240, 180), (4, 3), (320, 180)),  # HDV
        ((160, 180), (2, 1), (320, 180)),  # scope
        ((320, 90), (1, 2), (320, 180)),
        ((320, 180), (500, 1), (320, 180)),  # a writing error
        ((320, 180), (1, 500), (320, 180)),
    ],
)
def test_pixels_that_are_no_squares_count_as_they_are_seen(
    tmp_path: Path, size: tuple[int, int], pixel: tuple[int, int], seen: tuple[int, int]
) -> None:
    path = film(tmp_path / "a.mp4", [quarters(*size)] * 6, pixel=pixel)

    facts, small = facts_of(path), poster_of(path)

    assert (facts.width, facts.height) == seen
    assert small.shape[1] / small.shape[0] == pytest.approx(seen[0] / seen[1], abs=0.02)
    assert stands(small) == "RGBY"


def test_a_stretched_film_that_is_turned_too(tmp_path: Path) -> None:
    matrix = WAYS["a quarter to the right"]
    path = turned(film(tmp_path / "a.mp4", [undone(quarters(180, 160), matrix)] * 6, pixel=(2, 1)), *matrix)

    facts = facts_of(path)

    assert (facts.width, facts.height) == (180, 320)
    assert stands(poster_of(path)) == "RGBY"


@pytest.mark.parametrize(("width", "height"), [(320, 180), (180, 320), (240, 240)])
def test_what_is_round_stays_round(tmp_path: Path, width: int, height: int) -> None:
    """A ball on a screen of 4:3 in pixels that are a third wider than tall, cut to another shape."""
    pixels = np.full((180, 240, 3), 20, np.uint8)
    cv2.circle(pixels, (120, 90), 40, (235, 235, 235), cv2.FILLED)
    squeezed = np.asarray(cv2.resize(pixels, (180, 180)), np.uint8)
    path = film(tmp_path / "a.mp4", [squeezed] * 6, pixel=(4, 3))

    (first, *_) = edited(path, tmp_path / "out.mp4", width, height)

    lit = first.mean(2) > 128
    assert lit.any(0).sum() / lit.any(1).sum() == pytest.approx(1, rel=0.06)


@pytest.mark.parametrize("shape", [(4096, 2), (2, 1080), (1280, 16)])
def test_a_film_of_no_sensible_shape_takes_no_more_memory_than_another(tmp_path: Path, shape: tuple[int, int]) -> None:
    flat = np.full((shape[1], shape[0], 3), (200, 30, 30), np.uint8)
    path = film(tmp_path / "a.mp4", [flat] * 3, standard=Standard(BT709))

    (first, *_) = edited(path, tmp_path / "out.mp4", 1280, 720)

    assert np.abs(first.reshape(-1, 3).mean(0) - (200, 30, 30)).max() < 8


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg4"])
def test_damaged_pictures_are_skipped_and_the_film_keeps_its_length(tmp_path: Path, share: float, codec: str) -> None:
    still = textured(1, 320, 180)
    moving = [np.roll(still, 7 * n, axis=1) for n in range(36)]
    path = damaged(film(tmp_path / "a.mp4", moving, codec=codec, g="12"), share)

    drawn = edited(path, tmp_path / "out.mp4")

    assert facts_of(path).seconds == 1.5
    assert 35 <= len(drawn) <= 36


def test_a_film_without_one_sound_picture_says_so_at_the_first_attempt(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", [quarters()] * 24)
    clip = source(path, 1.0)
    data = path.read_bytes()
    begin = data.index(b"mdat") + 4
    path.write_bytes(data[:begin] + bytes(len(data) - begin))

    for mode, role in ((Mode.EDIT, Role.SOURCE), (Mode.EXTEND, Role.FIRST_CLIP), (Mode.REFERENCE, Role.REFERENCE)):
        wanted = job(mode, source(path, 1.0, role))
        with pytest.raises(Exception, match=r"holds no picture|can't be decoded"):
            rendered(wanted, tmp_path / "out.mp4")
    assert clip.path.exists()


def test_a_film_of_uneven_pace_keeps_it(tmp_path: Path) -> None:
    """A phone's film: one picture that stands for a second, then ten in a tenth each."""
    grey = [np.full((180, 320, 3), 10 + 20 * n, np.uint8) for n in range(11)]
    path = film(tmp_path / "a.mp4", grey, times=[0, *range(1000, 2000, 100)])

    facts, drawn = facts_of(path), edited(path, tmp_path / "out.mp4")

    assert facts.frames == 11
    assert facts.seconds == pytest.approx(2.0, abs=0.1)
    shown = [int(np.rint((frame.mean() - 10) / 20)) for frame in drawn]
    assert shown[:24] == [0] * 24
    assert shown[24:47] == pytest.approx([1 + int(n / 2.4) for n in range(23)], abs=1)


@pytest.mark.parametrize(
    "standard",
    [
        Standard(BT601), Standard(BT709), Standard(BT2020, primaries=1), Standard(BT601, full=True),
        Standard(BT709, full=True), Standard(BT601, full=True, format="yuvj420p"), Standard(BT709, format="yuv444p"),
        Standard(BT709, format="yuv420p10le"), Standard(BT709, format="yuv422p10le"), Standard(2),
        Standard(3, full=True), Standard(2, format="gray"),
    ],
    ids=lambda s: f"{s.matrix}{'f' if s.full else ''}-{s.format}",
)  # fmt: skip
def test_every_matrix_and_range_gives_the_same_colours(tmp_path: Path, standard: Standard) -> None:
    wanted = quarters()
    path = film(tmp_path / "a.mp4", [wanted] * 4, standard=standard, crf="8")

    small, (first, *_) = poster_of(path), edited(path, tmp_path / "out.mp4")

    if standard.format == "gray":
        assert np.abs(small[20, 20].astype(int) - small[20, 20, 0]).max() <= 3
        return
    for place in ((40, 70), (40, 250), (140, 70), (140, 250)):
        assert np.abs(small[place].astype(int) - wanted[place]).max() <= 14
        assert np.abs(first[place].astype(int) - wanted[place]).max() <= 14


def steps(transfer: int) -> Pixels:
    """Return the signals of five patches of grey: 0, 10, 50, 203 and 1,000 nits."""
    nits = np.array([0, 10, 50, 203, 1000.0])
    if transfer == 16:
        part = (nits / 10_000) ** 0.1593017578125
        signal = ((0.8359375 + 18.8515625 * part) / (1 + 18.6875 * part)) ** 78.84375
    else:
        scene = (nits / 1000) ** (1 / 1.2)
        bright = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
        signal = np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright)
    return np.repeat(np.rint(255 * signal).astype(np.uint8), 64)[None, :, None] * np.ones((180, 1, 3), np.uint8)


@pytest.mark.parametrize("transfer", [16, 18], ids=["PQ", "HLG"])
def test_hdr_is_brought_down_to_what_a_screen_shows(tmp_path: Path, transfer: int) -> None:
    standard = Standard(BT2020, primaries=9, transfer=transfer, format="yuv420p10le")
    path = film(tmp_path / "a.mp4", [steps(transfer)] * 3, codec="libx265", standard=standard, crf="6")

    small, (first, *_) = poster_of(path), edited(path, tmp_path / "out.mp4")

    for picture in (small, first):
        black, dark, mid, white, glare = (int(picture[90, 32 + 64 * n].mean()) for n in range(5))
        assert black <= 6
        assert 60 <= dark <= 85  # 10 of 203 nits on a screen of gamma 2.4
        assert 130 <= mid <= 150
        assert 220 <= white <= 242  # paper keeps its detail
        assert glare >= 250
        assert np.ptp(picture[90, 32 + 64 * 2].astype(int)) <= 6


def test_colours_beyond_bt709_are_converted(tmp_path: Path) -> None:
    """A grey stays grey; a colour that looks pale when its numbers are taken as they are becomes full again."""
    flat = np.full((180, 320, 3), (200, 80, 60), np.uint8)
    plain, wide = (
        edited(film(tmp_path / f"{n}.mp4", [flat] * 3, standard=standard, crf="8"), tmp_path / "out.mp4")[0][90, 160]
        for n, standard in enumerate((Standard(BT709), Standard(BT709, primaries=12)))
    )

    assert np.abs(plain.astype(int) - (200, 80, 60)).max() <= 6
    assert wide[0] > 208
    assert wide[1] < 78


def test_pictures_come_one_after_another_from_what_can_be_read(tmp_path: Path) -> None:
    """What is left of a film that breaks off in the middle of its data, its index in front."""
    path = film(tmp_path / "a.mp4", [quarters()] * 48, movflags="faststart")
    clip = source(path, 2.0)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - len(data) // 4])

    assert 47 <= sum(1 for _ in pictures(clip, 320, 180)) <= 48
