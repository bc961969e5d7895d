"""Sounds that are damaged, late or cut by an edit list stay in step with what is seen."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame

from reelgate.media.clips import measure_clip
from reelgate.render.job import RenderInput
from reelgate.request import Facts, MediaKind, Mode, Role
from reelgate.testing import samples
from tests.animatic.media import decode, job, picture, rendered, source, textured

RATE = 48_000


def flash(path: Path, codec: str = "aac") -> Path:
    """Write four seconds, black and silent except the third, which begins white and with a tone."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream("libx264", rate=24, options={"preset": "ultrafast", "g": "12"})
        pictures.width, pictures.height, pictures.pix_fmt = 160, 96, "yuv420p"
        pictures.codec_context.max_b_frames = 0
        sound = cast(AudioStream, container.add_stream(codec, rate=RATE, layout="mono"))
        for index in range(96):
            grey = np.full((96, 160, 3), 235 if 48 <= index < 60 else 16, np.uint8)
            container.mux(pictures.encode(VideoFrame.from_ndarray(grey, format="rgb24")))
        at = np.arange(4 * RATE) / RATE
        tone = np.sin(2 * np.pi * 440 * at) * ((at >= 2) & (at < 2.5)) * 16_000
        resampler = av.AudioResampler(sound.format, "mono", RATE, frame_size=sound.frame_size or 1024)
        frame = AudioFrame.from_ndarray(tone.astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(sound.encode(piece))
        container.mux(sound.encode(None))
        container.mux(pictures.encode(None))
    return path


def trimmed(path: Path, first: float, seconds: float) -> Path:
    """Have the edit lists of both tracks show only a part, as QuickTime's trimming does."""
    data, at = bytearray(path.read_bytes()), 0
    while (at := data.find(b"elst", at + 1)) > 0:
        header = data.find(b"mdhd", data.rfind(b"trak", 0, at))
        (scale,) = struct.unpack(">I", data[header + 16 : header + 20])
        (entries,) = struct.unpack(">I", data[at + 8 : at + 12])
        struct.pack_into(">Ii", data, at + 12 + 12 * (entries - 1), round(seconds * 1000), round(first * scale))
    path.write_bytes(data)
    return path


def begins(path: Path) -> tuple[float, float]:
    """Return when a file becomes white and when it becomes loud."""
    shown = decode(path)
    assert shown.sound is not None
    bright = next(n for n, planes in enumerate(shown.pictures) if planes.y.mean() > 128)
    loud = int(np.argmax(np.abs(shown.sound).max(0) > 0.1))
    return bright / 24, loud / shown.rate


def clip_of(path: Path, role: Role) -> RenderInput:
    facts = measure_clip(path, path.suffix[1:])
    return source(path, facts.seconds, role, has_audio=facts.has_audio)


@pytest.mark.parametrize(("mode", "role"), [(Mode.EDIT, Role.SOURCE), (Mode.EXTEND, Role.FIRST_CLIP)])
@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "aac"), ("a.mov", "pcm_s16le"), ("a.mp4", "libmp3lame")])
def test_what_is_heard_and_what_is_seen_begin_together(
    tmp_path: Path, mode: Mode, role: Role, name: str, codec: str
) -> None:
    wanted = job(mode, clip_of(flash(tmp_path / name, codec), role), frames=96, audio=True)

    seen, heard = begins(rendered(wanted, tmp_path / "out.mp4").path)

    assert seen == pytest.approx(2.0, abs=0.05)
    assert heard == pytest.approx(2.0, abs=0.06)


@pytest.mark.parametrize(("mode", "role"), [(Mode.EDIT, Role.SOURCE), (Mode.EXTEND, Role.FIRST_CLIP)])
@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_a_clip_that_was_trimmed_is_heard_from_where_it_is_seen(
    tmp_path: Path, mode: Mode, role: Role, suffix: str
) -> None:
    path = trimmed(flash(tmp_path / f"a.{suffix}"), 1.5, 2.0)
    wanted = job(mode, clip_of(path, role), frames=96, audio=True)

    seen, heard = begins(rendered(wanted, tmp_path / "out.mp4").path)

    assert measure_clip(path, suffix).seconds == pytest.approx(2.0, abs=0.05)
    assert seen == pytest.approx(0.5, abs=0.05)
    assert heard == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_a_clip_with_damaged_sound_keeps_the_rest_of_it_in_step(tmp_path: Path, name: str) -> None:
    path = flash(tmp_path / name)
    with av.open(str(path)) as container:
        places = [(p.pos, p.size) for p in container.demux(audio=0) if p.pos and p.size][20:40:3]
    data = bytearray(path.read_bytes())
    for at, size in places:
        data[at : at + size] = b"\xff" * size
    path.write_bytes(data)

    seen, heard = begins(
        rendered(job(Mode.EDIT, clip_of(path, Role.SOURCE), frames=96, audio=True), tmp_path / "o").path
    )

    assert seen == pytest.approx(2.0, abs=0.05)
    assert heard == pytest.approx(2.0, abs=0.06)


@pytest.mark.parametrize("suffix", ["wav", "mp3"])
def test_a_voice_with_damage_in_it_is_heard(tmp_path: Path, suffix: str) -> None:
    path = samples.sound(tmp_path / f"a.{suffix}", 2.0, suffix)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 600] = b"\0" * 600
    path.write_bytes(data)
    voice = RenderInput(
        MediaKind.AUDIO, Role.VOICE, path, Facts(MediaKind.AUDIO, suffix, 1, seconds=2.0, has_audio=True)
    )

    said = rendered(
        job(Mode.IMAGE, picture(tmp_path / "a.png", textured(1)), voice, frames=48, audio=True), tmp_path / "o"
    )

    track = decode(said.path).sound
    assert track is not None
    assert np.sqrt(np.mean(track[:, RATE // 4 : RATE // 2] ** 2)) > 0.05
    assert np.sqrt(np.mean(track[:, RATE * 5 // 4 : RATE * 6 // 4] ** 2)) > 0.05
