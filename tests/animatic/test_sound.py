from __future__ import annotations

import msgspec
import numpy as np
import pytest

from reelgate.animatic.scene import Track
from reelgate.animatic.sound import LOUDNESS, PEAK, loudness, synthesise
from reelgate.animatic.storyboard import understand
from reelgate.animatic.voices import SOURCES
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
    assert abs(loudness(track) - LOUDNESS) < 1.0
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
    slow, quick = (synthesise(job, [s]) for s in (1.2, 0.4))
    assert _onsets(quick) > 1.5 * _onsets(slow)


def test_every_source_makes_a_sound() -> None:
    for name in SOURCES:
        assert float(np.abs(heard(f"zzz {name}")).max()) > 0.01


def _onsets(track: Track) -> int:
    level = np.sqrt((track.mean(0).reshape(-1, 960) ** 2).mean(1))
    return int(((level[1:] > 1.6 * level[:-1]) & (level[1:] > level.max() * 0.3)).sum())
