"""What is taken for a result, and the MP4 that is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from reelgate.media.films import is_cut_off
from reelgate.media.probe import Prober
from reelgate.media.remake import Remaker
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
