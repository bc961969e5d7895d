from __future__ import annotations

import msgspec
import numpy as np
import pytest

from reelgate.animatic.drawing.particles import Lightning
from reelgate.animatic.language.storyboard import understand
from reelgate.animatic.sound.sound_context import Ear
from reelgate.animatic.sound.sound_sources import SOURCES
from reelgate.animatic.sound.synthesis import LOUDNESS, PEAK, loudness, synthesise
from reelgate.animatic.staging.casting import Beat
from reelgate.render.scene import Track
from tests.animatic.drawing import job_of


def heard(prompt: str, frames: int = 48, seed: int = 7) -> Track:
    return synthesise(job_of(prompt, seed=seed, frames=frames), [])


def share_below(track: Track, hertz: float) -> float:
    power = np.abs(np.fft.rfft(track)) ** 2
    frequency = np.fft.rfftfreq(track.shape[1], 1 / 48_000)
    return float(power[:, frequency < hertz].sum() / power.sum())


SCENES = (
    "sea waves and seagulls",
    "雨夜街道",
    "thunderstorm",
    "a horse runs on grass",
    "a red car on a road",
    "一只猫在房间里弹钢琴",
    "a robot",
    "campfire at night",
    "underwater",
    "space",
    "xyzzy",
    "market music",
)


@pytest.mark.parametrize("prompt", SCENES)
def test_length_level_and_peak(prompt: str) -> None:
    track = heard(prompt)
    assert track.shape == (2, 48 * 2000)
    assert track.dtype == np.float32
    assert np.isfinite(track).all()
    assert float(np.abs(track).max()) <= PEAK
    assert abs(loudness(track) - LOUDNESS) < 0.5
    assert np.abs(track[:, [0, -1]]).max() < 0.02


@pytest.mark.parametrize("frames", [1, 2, 7, 49])
def test_any_length(frames: int) -> None:
    assert heard("horse in the rain, piano, thunder, birds", frames).shape == (2, frames * 2000)


def test_the_same_job_sounds_the_same_and_another_seed_does_not() -> None:
    assert np.array_equal(heard("birds in a forest"), heard("birds in a forest"))
    assert not np.array_equal(heard("birds in a forest"), heard("birds in a forest", seed=8))


def test_scenes_sound_different() -> None:
    assert share_below(heard("thunderstorm rumble at sea"), 400) > share_below(heard("heavy rain on a street"), 400)
    assert share_below(heard("a car on a highway"), 600) > 2 * share_below(heard("birds chirping in a forest"), 600)


def test_music_is_added_on_request() -> None:
    job = job_of("a lake")
    assert not np.array_equal(synthesise(job, []), synthesise(msgspec.structs.replace(job, music=True), []))


def test_hooves_fall_in_the_rhythm_that_is_drawn() -> None:
    board = understand("a horse runs on a field", "birds, grass", 7, 4.0)
    assert "hooves" in board.sounds
    job = job_of("a horse runs on a field", frames=96)
    slow, quick = (synthesise(job, [Beat("horse", "run", s)]) for s in (1.2, 0.4))
    assert _onsets(quick) > 1.5 * _onsets(slow)


def test_every_source_makes_a_sound() -> None:
    for name in SOURCES:
        assert float(np.abs(heard(f"zzz {name}")).max()) > 0.01


def _onsets(track: Track) -> int:
    level = np.sqrt((track.mean(0).reshape(-1, 960) ** 2).mean(1))
    return int(((level[1:] > 1.6 * level[:-1]) & (level[1:] > level.max() * 0.3)).sum())


@pytest.mark.parametrize(("action", "touches"), [("run", (0.34, 0.48, 0.88, 1.0)), ("walk", (0.22, 0.5, 0.72, 1.0))])
def test_hooves_are_heard_when_they_touch_the_ground(action: str, touches: tuple[float, ...]) -> None:
    ear = Ear(understand("a horse on a field", "", 7, 3.0), "hooves", 3 * 48_000, Beat("horse", action, 1.0))

    level = np.abs(SOURCES["hooves"](ear)).max(0)

    for touch in touches:
        at = int((1 + touch) * 48_000)
        assert level[at : at + 1500].max() > 2 * level[at - 1500 : at - 100].max()


def test_thunder_follows_the_lightning_that_is_drawn() -> None:
    board = understand("thunderstorm over a village", "", 7, 8.0)
    ear = Ear(board, "thunder", 8 * 48_000, None)
    level = np.abs(SOURCES["thunder"](ear)).max(0).reshape(-1, 2400).max(1)  # by 50 ms

    loud = np.flatnonzero(level > 0.35 * level.max()) / 20

    for stroke in Lightning(board.rng("lightning"), board.seconds).strokes:
        assert ((loud > stroke + 0.15) & (loud < stroke + 1.0)).any()
    assert not (loud < Lightning(board.rng("lightning"), board.seconds).strokes[0]).any()


@pytest.mark.parametrize("prompt", ["campfire at night", "a crowd at a market", "a horse runs on grassland"])
def test_nothing_overshoots_between_the_samples_nor_leans_to_one_side(prompt: str) -> None:
    track = heard(prompt, frames=72)
    spectrum = np.fft.rfft(track)
    between = np.fft.irfft(np.pad(spectrum, ((0, 0), (0, 3 * (spectrum.shape[1] - 1)))), 4 * track.shape[1]) * 4

    assert np.abs(between).max() < 10 ** (-1 / 20)
    assert abs(float(track.mean())) < 0.001
