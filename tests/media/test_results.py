"""What is taken for a result, and the MP4 that is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from reelgate.decode.containers import frames_of, opened, pictures_in
from reelgate.decode.screen import Screen
from reelgate.media.films import is_cut_off
from reelgate.media.probe import Prober
from reelgate.media.remake import Remaker
from reelgate.media.remake_answer import Fit, Join, Piece
from reelgate.media.results import Film, ResultReader
from reelgate.media.sniff import Unreadable
from reelgate.testing.samples import clip, picture, sound
from tests.media.films import Form, film, sound_alone

REPACKAGED = (
    Form("mov", "libx264"),
    Form("mov", "libx264", "pcm_s16le"),
    Form("webm", "libvpx-vp9", "libopus"),
    Form("matroska", "libx264", "aac"),
    Form("matroska", "libx265"),
    Form("matroska", "libvpx-vp9"),
    Form("mpegts", "libx264", "aac"),
    Form("avi", "libx264"),
    Form("flv", "libx264", "aac"),
)
ENCODED = (
    Form("webm", "libvpx"),
    Form("mov", "prores", pixels="yuv422p10le"),
    Form("avi", "mpeg4", "libmp3lame"),
    Form("avi", "mjpeg", pixels="yuvj420p"),
    Form("mpeg", "mpeg2video", "mp2"),
)
KEPT = (Form("mp4", "libx264", "aac"), Form("mp4", "libx265"), Form("mp4", "libvpx-vp9"))


def read(path: Path) -> Film:
    async def main() -> Film:
        prober = Prober()
        await prober.open()
        try:
            return await ResultReader(prober).read(path, path.with_name("spare.part"))
        finally:
            await prober.aclose()

    return asyncio.run(main())


def named(form: Form) -> str:
    return f"{form.container}-{form.pictures}"


@pytest.mark.parametrize(("form", "how"), [(f, "repackaged") for f in REPACKAGED] + [(f, "encoded") for f in ENCODED])
def test_a_film_that_players_play_becomes_an_mp4_of_the_same_length(form: Form, how: str, tmp_path: Path) -> None:
    found = read(film(tmp_path / "result.part", form))

    assert (found.how, found.facts.format) == (how, "mp4")
    assert found.facts.seconds == pytest.approx(1, abs=0.05)
    assert (found.facts.frames, found.facts.width, found.facts.height) == (24, 64, 36)
    assert found.facts.has_audio == bool(form.sound)
    with av.open(found.path) as made:
        assert len(list(made.decode(video=0))) == 24


@pytest.mark.parametrize("form", KEPT, ids=named)
def test_an_mp4_is_kept_as_it_came(form: Form, tmp_path: Path) -> None:
    path = film(tmp_path / "result.part", form)

    found = read(path)

    assert (found.path, found.came_as, found.notes) == (path, "", {})


def test_a_film_that_is_held_sideways_stays_upright(tmp_path: Path) -> None:
    path = tmp_path / "result.part"
    with av.open(path, "w", format="mov") as container:
        stream = container.add_stream("mjpeg", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuvj420p"
        stream.set_display_rotation(90)
        for _ in range(24):
            container.mux(stream.encode(av.VideoFrame(64, 36, "yuvj420p")))
        container.mux(stream.encode(None))

    found = read(path)

    assert (found.how, found.facts.width, found.facts.height) == ("encoded", 36, 64)


class Look(NamedTuple):
    """How a film is written: pixels, full range, matrix, whether it is held upside down, its pixels' ratio."""

    pixels: str = "yuv420p"
    full: bool = False
    matrix: int = 1
    turned: bool = False
    ratio: Fraction = Fraction(1)


LOOKS = {
    "bt709": Look(),
    "bt601": Look(matrix=5),
    "full range": Look(full=True),
    "full range, 4:2:2": Look("yuvj422p", full=True, matrix=5),
    "10 bits": Look("yuv420p10le"),
    "upside down": Look(turned=True),
    "wide pixels": Look(ratio=Fraction(4, 3)),
}
SIZE = (1280, 720)  # a size at which players take BT.709 for granted
CORNERS = ((200, 30, 30), (30, 180, 40), (40, 60, 200), (240, 240, 240))


def four_colours(path: Path, look: Look) -> Path:
    """Write a film of four coloured quarters, as they are seen in their order: above from the left, then below."""
    codec = "mjpeg" if look.pixels.startswith("yuvj") else "libx264"
    wide, high = SIZE
    seen = np.repeat(np.repeat(np.array(CORNERS, np.uint8).reshape(2, 2, 3), high // 2, 0), wide // 2, 1)
    with av.open(path, "w", format="mov") as container:
        stream = container.add_stream(codec, rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = wide, high, look.pixels
        context = stream.codec_context
        context.colorspace, context.color_range = look.matrix, 2 if look.full else 1
        context.sample_aspect_ratio = look.ratio
        if look.turned:
            stream.set_display_rotation(180)
        frame = VideoFrame.from_ndarray(seen[::-1, ::-1].copy() if look.turned else seen, format="rgb24")
        frame = frame.reformat(format=look.pixels, dst_colorspace=look.matrix, dst_color_range=2 if look.full else 1)
        for number in range(12):
            frame.pts, frame.time_base = number, Fraction(1, 24)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def seen(path: Path) -> tuple[tuple[int, int], list[list[int]]]:
    """Return the size at which a film is seen, and the colours of its first picture's quarters."""
    with opened(path, "mov") as container:
        stream = pictures_in(container)
        assert stream is not None
        picture = Screen(stream).fitting(next(frames_of(container, stream)), 4000)
    high, wide = picture.shape[:2]
    spots = [(high // 4, wide // 4), (high // 4, 3 * wide // 4), (3 * high // 4, wide // 4), (-high // 4, -wide // 4)]
    return (wide, high), [picture[spot].tolist() for spot in spots]


def as_they_were(colours: list[list[int]]) -> bool:
    return bool(np.abs(np.array(colours, int) - CORNERS).max() < 12)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_what_is_encoded_anew_looks_as_it_came(look: Look, tmp_path: Path) -> None:
    source = four_colours(tmp_path / "source.mov", look)
    (wide, high), colours = seen(source)
    assert as_they_were(colours)
    fit, half = Fit(640, 360), tmp_path / "half.mp4"
    whole, joined = Join(wide // 2 * 2, high, 24.0, sound=False, pieces=(Piece(0, 0.5),)), tmp_path / "joined.mp4"

    asyncio.run(Remaker().remake(source, half, fit))
    asyncio.run(Remaker().join([source], joined, whole))

    assert (seen(half)[0], seen(joined)[0]) == ((640, 360), (whole.width, whole.height))
    assert as_they_were(seen(half)[1])
    assert as_they_were(seen(joined)[1])


@pytest.mark.parametrize("form", [Form("matroska", "mjpeg", pixels="yuvj420p"), Form("matroska", "mpeg4")], ids=named)
def test_a_container_that_is_replaced_changes_no_colour_and_no_shape(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "result.part"
    with av.open(path, "w", format=form.container) as container:
        stream = container.add_stream(form.pictures, rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 180, form.pixels
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        frame = VideoFrame.from_ndarray(np.full((180, 320, 3), (200, 30, 30), np.uint8), format="rgb24")
        for number in range(12):
            frame.pts, frame.time_base = number, Fraction(1, 24)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    found = read(path)

    size, colours = seen(found.path)
    assert (found.how, size) == ("encoded", (426, 180))
    assert np.abs(np.array(colours, int) - (200, 30, 30)).max() < 12


@pytest.mark.parametrize("how", ["encoded", "fitted", "joined"])
def test_sound_that_begins_before_the_pictures_stays_in_step_with_them(how: str, tmp_path: Path) -> None:
    """The pictures turn white, and a burst is heard, half a second after the first picture."""
    source, made = tmp_path / "source", tmp_path / "made.mp4"
    with av.open(source, "w", format="matroska" if how == "encoded" else "mov") as container:
        stream = container.add_stream("mpeg4", rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        tone = container.add_stream("aac", rate=48_000, layout="stereo")
        assert isinstance(tone, AudioStream)
        for number in range(24):
            grey = np.full((36, 64, 3), 255 if number >= 12 else 0, np.uint8)
            frame = VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts, frame.time_base = number + 12, Fraction(1, 24)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        for number in range(72):
            loud = np.full((2, 1000), 0.8 if number == 48 else 0.0, np.float32)
            piece = AudioFrame.from_ndarray(loud, format="fltp", layout="stereo")
            piece.rate, piece.pts, piece.time_base = 48_000, number * 1000, Fraction(1, 48_000)
            container.mux(tone.encode(piece))
        container.mux(tone.encode(None))

    if how == "joined":
        asyncio.run(Remaker().join([source], made, Join(64, 36, 24.0, sound=True, pieces=(Piece(0, 1.0),))))
    else:
        asyncio.run(Remaker().remake(source, made, Fit(96, 54, 0.9) if how == "fitted" else None))

    with av.open(made) as film:
        white = next(frame.time for frame in film.decode(video=0) if frame.to_ndarray(format="gray").mean() > 128)
    with av.open(made) as film:
        heard = next(one.time for one in film.decode(audio=0) if np.abs(one.to_ndarray()).max() > 0.4)
    assert white is not None
    assert heard == pytest.approx(white, abs=0.06)


def test_a_piece_of_a_film_whose_sound_begins_first_has_all_its_pictures(tmp_path: Path) -> None:
    source = tmp_path / "source.mov"
    with av.open(source, "w", format="mov") as container:
        stream = container.add_stream("libx264", rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        tone = container.add_stream("pcm_s16le", rate=48_000, layout="stereo")
        for number in range(24):
            frame = VideoFrame(64, 36, "yuv420p")
            frame.pts, frame.time_base = number + 12, Fraction(1, 24)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        silence = AudioFrame.from_ndarray(np.zeros((1, 2 * 72_000), np.int16), "s16", "stereo")
        silence.rate, silence.pts = 48_000, 0
        container.mux(tone.encode(silence))

    made = tmp_path / "made.mp4"
    asyncio.run(Remaker().join([source], made, Join(64, 36, 24.0, sound=True, pieces=(Piece(0, 1.0),))))

    with av.open(made) as film:
        assert len(list(film.decode(video=0))) == 24


def test_a_damaged_picture_costs_a_piece_that_picture_alone(tmp_path: Path) -> None:
    path = clip(tmp_path / "source.mp4", 64, 36, 1)
    with av.open(path) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    whole = bytearray(path.read_bytes())
    start = packets[12].pos
    assert start is not None
    whole[start + 4 : start + packets[12].size] = bytes(packets[12].size - 4)
    path.write_bytes(whole)

    made = tmp_path / "made.mp4"
    asyncio.run(Remaker().join([path], made, Join(64, 36, 24.0, sound=False, pieces=(Piece(0, 1.0),))))

    with av.open(made) as film:
        assert len(list(film.decode(video=0))) >= 12


def still_as_film(folder: Path) -> Path:
    return clip(folder / "one.mp4", 64, 36, 1 / 24)


NO_FILMS: tuple[tuple[str, Callable[[Path], Path], str], ...] = (
    ("png", lambda folder: picture(folder / "a.png"), "picture"),
    ("jpeg", lambda folder: picture(folder / "a.jpg", format="jpeg"), "picture"),
    ("gif", lambda folder: picture(folder / "a.gif", format="gif"), "picture"),
    ("webp", lambda folder: picture(folder / "a.webp", format="webp"), "picture"),
    ("wav", lambda folder: sound(folder / "a.wav"), "sound"),
    ("mp3", lambda folder: sound(folder / "a.mp3", format="mp3"), "sound"),
    ("one frame", still_as_film, "nothing moves"),
    ("sound in an mp4", lambda folder: sound_alone(folder / "a.mp4", "mp4", "aac"), "no video track"),
    ("sound in a webm", lambda folder: sound_alone(folder / "a.webm", "webm", "libopus"), "no moving pictures"),
    ("page", lambda folder: written(folder / "a", b"<html>busy</html>"), "not in a format"),
    ("json", lambda folder: written(folder / "a", b'{"code": 404}'), "not in a format"),
    ("nothing", lambda folder: written(folder / "a", b""), "empty"),
    ("noise in matroska", lambda folder: written(folder / "a", b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 40), "MP4"),
)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("make", "why"), [row[1:] for row in NO_FILMS], ids=[row[0] for row in NO_FILMS])
def test_what_holds_no_moving_pictures_is_no_result(make: Callable[[Path], Path], why: str, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=why):
        read(make(tmp_path))


@pytest.mark.parametrize(
    "form", [Form("matroska", "libx264"), Form("avi", "libx264"), Form("mov", "libx264")], ids=named
)
def test_a_part_of_a_film_is_no_shorter_film(form: Form, tmp_path: Path) -> None:
    path = film(tmp_path / "result.part", form, seconds=2)
    assert not is_cut_off(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])

    with pytest.raises(Unreadable, match="cut off"):
        read(path)


def test_a_film_that_takes_too_long_is_given_up_and_its_process_ended(tmp_path: Path) -> None:
    path = film(tmp_path / "result.part", Form("mov", "libx264"))

    with pytest.raises(Unreadable, match="takes longer"):
        asyncio.run(Remaker(seconds=0.001).remake(path, tmp_path / "spare.part"))
