from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import random
import signal
import struct
import sys
import termios
import zlib
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from reelgate import limits
from reelgate.media.probe import Overtaxed, Prober
from reelgate.media.sniff import Unreadable
from reelgate.request import Facts, MediaKind
from reelgate.testing.samples import clip, picture, sound
from tests.children import child, children

READER = "reelgate.media.probe_child"

T = TypeVar("T")


def patient() -> Prober:
    """Return one that no busy machine makes give up."""
    return Prober(seconds=480, queue_seconds=480)


def with_prober(work: Callable[[Prober], Awaitable[T]], prober: Callable[[], Prober] = patient) -> T:
    async def run() -> T:
        running = prober()
        await running.open()
        try:
            return await work(running)
        finally:
            await running.aclose()

    return asyncio.run(run())


def probed(*paths: Path) -> list[Facts | str]:
    """Return each file's facts, or the reason for their absence, all from one child."""

    async def probe(prober: Prober) -> list[Facts | str]:
        pids = children(READER)
        found = [await outcome(prober, path) for path in paths]
        assert children(READER) == pids, "the child ended over one of the files"
        return found

    return with_prober(probe)


async def outcome(prober: Prober, path: Path) -> Facts | str:
    try:
        return await prober.probe(path)
    except Unreadable as error:
        return error.reason


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def png(width: int, height: int, *, rows: int) -> bytes:
    """A PNG that claims a size and holds `rows` rows of one-bit pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes((1 + (width + 7) // 8) * rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_pictures_are_measured(tmp_path: Path) -> None:
    formats = ["jpeg", "png", "webp", "bmp", "gif", "tiff"]
    for name, facts in zip(formats, probed(*(picture(tmp_path / f"a.{n}", 321, 123, n) for n in formats)), strict=True):
        size = (tmp_path / f"a.{name}").stat().st_size
        assert facts == Facts(kind=MediaKind.IMAGE, format=name, bytes=size, width=321, height=123, frames=1)


def test_a_picture_counts_as_it_is_seen(tmp_path: Path) -> None:
    turned, upright = probed(
        picture(tmp_path / "a", 300, 200, "jpeg", orientation=6),
        picture(tmp_path / "b", 300, 200, "jpeg", orientation=3),
    )
    assert isinstance(turned, Facts)
    assert isinstance(upright, Facts)
    assert (turned.width, turned.height) == (200, 300)
    assert (upright.width, upright.height) == (300, 200)


def test_clips_are_measured(tmp_path: Path) -> None:
    loud, silent = probed(
        clip(tmp_path / "a.mp4", 320, 180, seconds=2.5, fps=24, audio=True),
        clip(tmp_path / "b.mov", 160, 240, seconds=1, fps=30),
    )
    assert isinstance(loud, Facts)
    assert isinstance(silent, Facts)
    assert loud == Facts(
        MediaKind.VIDEO, "mp4", loud.bytes, width=320, height=180, seconds=2.5, fps=24.0, frames=60, has_audio=True
    )
    assert silent == Facts(
        MediaKind.VIDEO, "mov", silent.bytes, width=160, height=240, seconds=1.0, fps=30.0, frames=30
    )


def test_a_turned_clip_counts_as_it_is_seen(tmp_path: Path) -> None:
    data = bytearray(clip(tmp_path / "a.mp4", 320, 180, seconds=0.5).read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # version and flags, times, id, reserved, layer, group, volume
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 180 << 16, 0, 1 << 30)
    (facts,) = probed(written(tmp_path / "b.mp4", bytes(data)))
    assert isinstance(facts, Facts)
    assert (facts.width, facts.height) == (180, 320)


def test_sounds_are_measured(tmp_path: Path) -> None:
    wav, mp3 = probed(sound(tmp_path / "a", 1.5), sound(tmp_path / "b", 2.0, "mp3"))
    assert isinstance(wav, Facts)
    assert isinstance(mp3, Facts)
    assert wav == Facts(MediaKind.AUDIO, "wav", wav.bytes, seconds=1.5, has_audio=True)
    assert (mp3.kind, mp3.format) == (MediaKind.AUDIO, "mp3")
    assert mp3.seconds == pytest.approx(2.0, abs=0.06)


def test_what_is_no_media_is_refused_whatever_its_name(tmp_path: Path) -> None:
    secret = written(tmp_path / "secret.mp4", b"x")
    reasons = probed(
        written(tmp_path / "empty.png", b""),
        written(tmp_path / "text.png", "这是文字".encode()),
        written(tmp_path / "list.mp4", f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n".encode()),
        written(tmp_path / "eps.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        written(tmp_path / "photo.heic", b"\0\0\0\x18ftypheic" + bytes(12)),
    )
    assert reasons[0] == "it is empty; send jpeg, png, webp, bmp, gif, tiff, heic, avif, mp4, mov, wav, mp3"
    assert all("not in a format" in str(reason) for reason in reasons[1:4])
    assert str(reasons[4]).startswith("it is damaged or cut off: it can't be read as heic")


def test_cut_files_are_refused(tmp_path: Path) -> None:
    def half(path: Path) -> Path:
        data = path.read_bytes()
        return written(path.with_suffix(".half"), data[: len(data) // 2])

    for reason in probed(
        *(half(picture(tmp_path / name, format=name)) for name in ("jpeg", "png", "webp", "bmp", "gif", "tiff")),
        half(clip(tmp_path / "mp4.mp4")),
        written(tmp_path / "header", b"RIFF\x24\0\0\0WAVE"),
        written(tmp_path / "id3", b"ID3" + bytes(100)),
    ):
        assert "cut off" in str(reason) or "no sound" in str(reason), reason


def test_pictures_that_would_fill_the_memory_are_refused_by_their_header(tmp_path: Path) -> None:
    bmp = picture(tmp_path / "a.bmp", 8, 8, "bmp").read_bytes()
    jpeg = bytearray(picture(tmp_path / "a.jpg", 8, 8, "jpeg").read_bytes())
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 20_000, 20_000)
    reasons = probed(
        written(tmp_path / "1", png(20_000, 20_000, rows=20_000)),
        written(tmp_path / "2", png(2**31 - 1, 2**31 - 1, rows=1)),
        written(tmp_path / "3", bmp[:18] + struct.pack("<ii", 60_000, 60_000) + bmp[26:]),
        written(tmp_path / "4", bytes(jpeg)),
    )
    assert reasons[0] == f"it is 20000x20000 pixels; at most {limits.MAX_IMAGE_PIXELS:,} pixels are read"
    assert all("pixels" in str(reason) for reason in reasons), reasons


def test_of_an_animation_only_the_first_frame_is_read(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (40, 30), (shade, 0, 0)) for shade in (0, 80, 160)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    (facts,) = probed(tmp_path / "a.gif")
    assert isinstance(facts, Facts)
    assert (facts.format, facts.width, facts.height, facts.frames) == ("gif", 40, 30, 1)


def test_a_clip_that_lies_about_its_size_is_refused_before_decoding(tmp_path: Path) -> None:
    data = bytearray(clip(tmp_path / "a.mp4", seconds=0.5).read_bytes())
    at = data.index(b"avc1", data.index(b"stsd")) + 4 + 24
    data[at : at + 4] = struct.pack(">HH", 14_000, 14_000)
    (reason,) = probed(written(tmp_path / "b.mp4", bytes(data)))
    assert reason == f"its picture is 14000x14000; at most {limits.MAX_VIDEO_PIXELS:,} pixels are read"


def test_a_clip_whose_stream_is_larger_than_its_header_says_is_refused(tmp_path: Path) -> None:
    data = bytearray(clip(tmp_path / "a.mp4", 4096, 4096, seconds=1 / 24).read_bytes())
    at = data.index(b"avc1", data.index(b"stsd")) + 4 + 24
    data[at : at + 4] = struct.pack(">HH", 320, 180)
    (reason,) = probed(written(tmp_path / "b.mp4", bytes(data)))
    assert isinstance(reason, str), reason


def test_a_length_in_the_header_is_not_believed(tmp_path: Path) -> None:
    data = bytearray(clip(tmp_path / "a.mp4", seconds=1).read_bytes())
    at = data.index(b"mvhd") + 4 + 12
    data[at : at + 8] = struct.pack(">II", 1000, 3_600_000)  # an hour
    (facts,) = probed(written(tmp_path / "b.mp4", bytes(data)))
    assert isinstance(facts, Facts)
    assert facts.seconds == 1.0


def test_too_many_tracks_are_refused(tmp_path: Path) -> None:
    count = limits.MAX_STREAMS + 1
    entry = struct.pack(">I4s", 36, b"avc1") + bytes(28)
    stsd = struct.pack(">I4s", 16 + 36 * count, b"stsd") + bytes(8) + entry * count
    head = struct.pack(">I4s", 16, b"ftyp") + b"isom" + bytes(4)
    (reason,) = probed(written(tmp_path / "a", head + struct.pack(">I4s", 8 + len(stsd), b"moov") + stsd))
    assert reason == f"it has {count} tracks; at most {limits.MAX_STREAMS} are read"


def test_damaged_files_never_end_the_child(tmp_path: Path) -> None:
    rng = random.Random(7)
    sources = [picture(tmp_path / name, 64, 48, name).read_bytes() for name in ("jpeg", "png", "webp", "gif", "tiff")]
    sources += [
        clip(tmp_path / "a.mp4", 64, 48, seconds=0.5, audio=True).read_bytes(),
        sound(tmp_path / "wav", 0.1).read_bytes(),
        sound(tmp_path / "mp3", 0.5, "mp3").read_bytes(),
    ]
    mutants = []
    for n in range(200):
        data = bytearray(sources[n % len(sources)])
        for _ in range(rng.randrange(1, 30)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        mutants.append(written(tmp_path / f"mutant{n}", bytes(data)))
    assert all(probed(*mutants))


def stopped() -> int:
    """Stop the child, so that what it is given next stays unanswered; return its id."""
    pid = child(READER)
    os.kill(pid, signal.SIGSTOP)
    return pid


async def handed_over(prober: Prober) -> None:
    """Wait until a job lies in the stopped child's socket, unread."""
    jobs = prober._children[0]._jobs
    assert jobs is not None
    while not int.from_bytes(fcntl.ioctl(jobs, termios.TIOCOUTQ, bytes(4)), sys.byteorder):  # noqa: ASYNC110 - a kernel's queue
        await asyncio.sleep(0.01)


def test_a_file_whose_reader_was_killed_from_outside_is_read_again(tmp_path: Path) -> None:
    good = picture(tmp_path / "a.png")

    async def kill(prober: Prober) -> Facts | str:
        pid = stopped()
        hanging = asyncio.create_task(outcome(prober, good))
        await handed_over(prober)
        os.kill(pid, signal.SIGKILL)
        return await hanging

    assert isinstance(with_prober(kill), Facts)


def test_a_crashed_child_costs_one_file_and_is_replaced(tmp_path: Path) -> None:
    good = picture(tmp_path / "a.png")

    async def kill(prober: Prober) -> tuple[Facts | str, Facts | str]:
        pid = stopped()
        hanging = asyncio.create_task(outcome(prober, good))
        waiting = asyncio.create_task(outcome(prober, good))
        await handed_over(prober)
        os.kill(pid, signal.SIGSEGV)
        os.kill(pid, signal.SIGCONT)
        found = await hanging, await waiting
        assert pid not in children(READER)
        return found

    lost, found = with_prober(kill)
    assert lost == "it could not be read; save it again or send it in another format"
    assert isinstance(found, Facts)


@pytest.mark.parametrize("said", [b"nonsense\n", b'{"facts": 7}\n', b"x" * (limits.POSTER_MAX_BYTES + 1)])
def test_a_child_that_answers_nonsense_costs_one_file_and_is_replaced(said: bytes, tmp_path: Path) -> None:
    good = picture(tmp_path / "a.png")

    async def speak(prober: Prober) -> tuple[Facts | str, Facts | str]:
        answers = answers_of(pid := stopped())
        saying = asyncio.create_task(asyncio.to_thread(answers.write_bytes, said))
        found = await outcome(prober, good), await outcome(prober, good)
        with contextlib.suppress(OSError):  # the pipe is closed before all of a long line is in it
            await saying
        assert pid not in children(READER)
        return found

    lost, found = with_prober(speak)
    assert lost == "it could not be read; save it again or send it in another format"
    assert isinstance(found, Facts)


def answers_of(pid: int) -> Path:
    """Return the pipe into which a child writes its answers."""
    folder = Path(f"/proc/{pid}/fd")
    return next(one for one in folder.iterdir() if str(one.readlink()).startswith("pipe:"))


def test_a_child_killed_while_idle_is_replaced_unseen(tmp_path: Path) -> None:
    good = picture(tmp_path / "a.png")

    async def kill(prober: Prober) -> list[Facts | str]:
        pid = child(READER)
        os.kill(pid, signal.SIGKILL)
        return [await outcome(prober, good) for _ in range(2)]

    assert isinstance(with_prober(kill)[-1], Facts)


def test_a_child_that_is_not_let_to_work_is_no_fault_of_the_file(tmp_path: Path) -> None:
    good = picture(tmp_path / "a.png")

    async def probe(prober: Prober) -> Facts:
        stopped()
        with pytest.raises(Overtaxed, match=r"no answer within 2 s"):
            await prober.probe(good)
        async with asyncio.timeout(480):
            while True:  # this machine may be too slow once more
                with contextlib.suppress(Overtaxed):
                    return await prober.probe(good)

    assert with_prober(probe, lambda: Prober(seconds=2)).format == "png"


def test_a_file_that_takes_too_much_of_the_processor_is_refused(tmp_path: Path) -> None:
    good = picture(tmp_path / "a.png")

    async def burn(prober: Prober) -> Facts | str:
        pid = stopped()
        probing = asyncio.create_task(outcome(prober, good))
        await handed_over(prober)
        os.kill(pid, signal.SIGXCPU)  # what the kernel sends at the limit
        os.kill(pid, signal.SIGCONT)
        return await probing

    reason = with_prober(burn)
    assert reason == "reading it takes more than 5 s of processor time; send a smaller or simpler file"


def test_a_wait_for_a_child_ends(tmp_path: Path) -> None:
    good = picture(tmp_path / "a.png")

    async def wait(prober: Prober) -> Facts:
        pid = stopped()
        hanging = asyncio.create_task(prober.probe(good))
        await handed_over(prober)
        with pytest.raises(Overtaxed, match=r"no probe process was free for 0\.1 s"):
            await prober.probe(good)
        os.kill(pid, signal.SIGCONT)
        return await hanging

    assert with_prober(wait, lambda: Prober(queue_seconds=0.1)).format == "png"


def test_a_cancelled_probe_does_not_answer_the_next_one(tmp_path: Path) -> None:
    other, good = picture(tmp_path / "b.png", 11, 22), picture(tmp_path / "a.png", 33, 44)

    async def cancel(prober: Prober) -> Facts:
        stopped()
        hanging = asyncio.create_task(prober.probe(other))
        await handed_over(prober)
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)
        return await prober.probe(good)

    assert with_prober(cancel).width == 33


def test_a_project_leaves_a_child_for_others(tmp_path: Path) -> None:
    good = picture(tmp_path / "a.png")

    async def crowd(prober: Prober) -> Facts:
        pid = stopped()
        greedy = [asyncio.create_task(prober.probe(good, "greedy")) for _ in range(5)]
        await handed_over(prober)
        found = await prober.probe(good, "other")
        assert not any(probing.done() for probing in greedy)
        os.kill(pid, signal.SIGCONT)
        await asyncio.gather(*greedy)
        return found

    assert with_prober(crowd, lambda: Prober(2)).format == "png"


def test_many_jobs_share_the_children(tmp_path: Path) -> None:
    paths = [picture(tmp_path / str(n), 100 + n, 50) for n in range(30)]

    async def probe(prober: Prober) -> list[Facts]:
        return list(await asyncio.gather(*map(prober.probe, paths)))

    assert [facts.width for facts in with_prober(probe, lambda: Prober(2))] == [100 + n for n in range(30)]


def test_a_clip_has_a_small_picture(tmp_path: Path) -> None:
    film = clip(tmp_path / "film.mp4", seconds=1.0)

    facts, small = with_prober(lambda prober: prober.film(film))

    assert facts.kind is MediaKind.VIDEO
    with Image.open(BytesIO(small)) as shown:
        assert shown.format == "WEBP"
        assert max(shown.size) <= limits.POSTER_SIDE


def scanned(width: int, height: int, count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    kept = BytesIO()
    Image.new("L", (width, height), 128).save(kept, "JPEG", progressive=True)
    data = kept.getvalue()
    last = data.rindex(b"\xff\xc4", 0, data.rindex(b"\xff\xda"))  # the scan with its tables
    first = data.count(b"\xff\xda")
    return data[:-2] + data[last:-2] * (count - first) + b"\xff\xd9"


def test_a_clip_of_nothing_but_noise_has_a_sheet_too(tmp_path: Path) -> None:
    path, noise = tmp_path / "noise.mp4", np.random.default_rng(1)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=12, options={"crf": "10", "preset": "ultrafast"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 320, "yuv420p"
        for _ in range(limits.SHEET_PICTURES):
            pixels = noise.integers(0, 256, (320, 320, 3), dtype=np.uint8)
            container.mux(stream.encode(VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))

    sheet = with_prober(lambda prober: prober.sheet(path))

    assert Image.open(BytesIO(sheet)).size == (1280, 960)


def test_a_progressive_picture_with_very_many_scans_is_refused_before_decoding(tmp_path: Path) -> None:
    honest = picture(tmp_path / "a.jpg", 100, 80, "jpeg").read_bytes()
    thumbnail = b"\xff\xe1" + struct.pack(">H", 2 + 400) + b"\xff\xda\0\x02" * 100  # what a segment holds is no scan
    taken, refused, fine = probed(
        written(tmp_path / "most", scanned(64, 64, limits.MAX_JPEG_SCANS)),
        written(tmp_path / "more", scanned(7000, 7000, limits.MAX_JPEG_SCANS + 1)),
        written(tmp_path / "thumbnail", honest[:2] + thumbnail + honest[2:]),
    )
    assert isinstance(taken, Facts), taken
    assert refused == "it has more than 100 scans; save it again, as a baseline or progressive JPEG"
    assert isinstance(fine, Facts), fine


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 10}, {"lossless": True, "exif": b"Exif\0\0"}])
def test_a_webp_that_takes_too_much_memory_is_refused_by_its_header(tmp_path: Path, options: dict[str, object]) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    Image.new("RGB", (300, 200)).save(small, "WEBP", **options)
    Image.new("RGB", (5100, 5000)).save(large, "WEBP", method=0, **options)
    taken, refused = probed(small, large)
    assert isinstance(taken, Facts)
    assert (taken.width, taken.height) == (300, 200)
    assert refused == ("it is 5100x5000 pixels; at most 25,000,000 pixels of a webp are read; send it as jpeg or png")


def test_sounds_in_very_many_pieces_are_refused(tmp_path: Path) -> None:
    head = struct.pack("<IHHIIHH", 16, 1, 1, 1, 1, 1, 8)
    wave = b"RIFF" + struct.pack("<I", 136) + b"WAVEfmt " + head + b"data" + struct.pack("<I", 100) + bytes(100)
    frame = bytes([0xFF, 0xF3, 0x14, 0xC0]) + bytes(20)  # 24 ms of silence in 24 bytes
    slow, long, short = probed(
        written(tmp_path / "slow", wave),
        written(tmp_path / "long", frame * (limits.MAX_PACKETS + 10)),
        written(tmp_path / "short", frame * 100),
    )
    assert slow == "it has 1 samples a second; at least 2,000 are read"
    assert long == "it comes in more than 250,000 pieces; send a shorter or plainer one"
    assert isinstance(short, Facts)


def test_a_file_whose_reading_is_called_off_is_closed_and_costs_no_reader(tmp_path: Path) -> None:
    """As if one of several inputs is refused. The file opens only when a process writes to it."""
    paths = [tmp_path / f"slow-{number}" for number in range(3)]  # a pipe each: a writer opens beside its own reader

    def held() -> bool:
        names = Path("/proc/self/fd").iterdir()
        return any(str(name.readlink()) in map(str, paths) for name in names if name.is_symlink())

    async def work(prober: Prober) -> None:
        readers = children(READER)
        for path in paths:
            os.mkfifo(path)
            reading = asyncio.create_task(prober.probe(path))
            await asyncio.sleep(0)
            reading.cancel()
            writer = await asyncio.to_thread(os.open, path, os.O_WRONLY)  # it waits for the reader
            with contextlib.suppress(asyncio.CancelledError):
                await reading
            os.close(writer)
        async with asyncio.timeout(480):
            while held():  # noqa: ASYNC110 (no event tells)
                await asyncio.sleep(0.01)
        assert children(READER) == readers

    with_prober(work)
