"""The sound of a scene, made from noise and sines: the storyboard says what is heard, the seed decides the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

import numpy as np

from reelgate.animatic.language.shots import Shot, shots_of
from reelgate.animatic.language.storyboard import Storyboard
from reelgate.animatic.sound.sound_context import Ear, Samples
from reelgate.animatic.sound.sound_sources import SOURCES
from reelgate.animatic.staging.casting import Beat
from reelgate.render.job import FPS, RenderJob
from reelgate.render.scene import SAMPLE_RATE, Track

LOUDNESS = -16.0  # LUFS
PEAK = 0.8
SPAN_SECONDS = 10.0
"""A longer shot's sound is made in parts of about this length, which holds the memory that it takes."""

_FADE_SECONDS = 0.03
_OVERLAP = SAMPLE_RATE // 4  # how long one shot's sound fades into the next one's, in samples
_LEVELS = {
    **dict.fromkeys(("room", "hum", "wind", "pad", "birds"), 0.35),
    **dict.fromkeys(("crowd", "steps", "hooves", "servo"), 0.7),
}
"""How loud some are beside others: what stays behind everything, and blows, which are heard over anything."""


def synthesise(job: RenderJob, beats: Sequence[Beat | None]) -> Track:
    """Return the sound of a job's shots: (2, frames * 2000) float32 at 48 kHz, about -16 LUFS, peak at most 0.8.

    `beats` are, shot by shot, the rhythm of what moves, for hooves and steps.
    """
    mixed = np.zeros((2, job.frames * SAMPLE_RATE // FPS), np.float32)
    for shot, beat in zip_longest(shots_of(job).shots, beats):
        for number, (start, n) in enumerate(_spans(shot, beat)):
            over = min(_OVERLAP if start + n < mixed.shape[1] else 0, mixed.shape[1] - start - n)
            begins = start / SAMPLE_RATE - shot.first / FPS
            part = _mixed(job.music, shot.board, n + over, (beat, number, begins))
            if start:
                part[:, :_OVERLAP] *= np.linspace(0, 1, _OVERLAP)
            if over:
                part[:, -over:] *= np.linspace(1, 0, over)
            mixed[:, start : start + n + over] += part
    return _levelled(mixed)


def _spans(shot: Shot, beat: Beat | None) -> Iterator[tuple[int, int]]:
    """Yield the parts in which a shot's sound is made, as first sample and length: a whole number of beats each."""
    first, length = shot.first * SAMPLE_RATE // FPS, shot.frames * SAMPLE_RATE // FPS
    cycle = beat.seconds if beat else 1.0
    longest = round(max(1, SPAN_SECONDS // cycle) * cycle * SAMPLE_RATE)
    count = max(1, round(length / longest))  # what is left over makes the last one longer
    for number in range(count):
        yield first + number * longest, longest if number < count - 1 else length - number * longest


def _mixed(music: bool, board: Storyboard, n: int, when: tuple[Beat | None, int, float]) -> Samples:
    """Return `n` samples of what is heard in one shot; `when` is its rhythm, the number of its part, its beginning."""
    heard = [*board.sounds, *(["chords"] if music else [])] or ["room"]
    mixed = np.zeros((2, n), np.float32)
    for name in dict.fromkeys(heard):
        sound = SOURCES[name](Ear(board, name, n, *when))
        level = _LEVELS.get(name, 1.0) if len(heard) > 1 else 1.0
        mixed += sound * level / max(float(np.sqrt(np.mean(sound**2))), 1e-6)
    return mixed


def loudness(track: Track) -> float:
    """Return the integrated loudness in LUFS after ITU-R BS.1770-4: gated blocks of 400 ms, one every 100 ms.

    Each tenth of a second is weighted in its spectrum, and four of them make a block.
    """
    tenth = min(SAMPLE_RATE // 10, track.shape[1])
    starts = range(0, track.shape[1] - tenth + 1, tenth)
    spectra = (np.abs(np.fft.rfft(track[:, start : start + tenth])) for start in starts)
    tenths = np.array([2 * float(((part * _k_weighting(tenth)) ** 2).sum()) for part in spectra]) / tenth**2
    power = np.convolve(tenths, np.full(min(4, tenths.size), 1 / min(4, tenths.size)), "valid")
    power = power[power > 10 ** ((-70 + 0.691) / 10)]
    if not power.size:
        return -70.0
    power = power[power > power.mean() / 10]
    return float(-0.691 + 10 * np.log10(power.mean()))


@lru_cache(1)
def _k_weighting(n: int) -> Samples:
    """Return the two BS.1770 filters' joint gain at the frequencies of `rfft`, with their 48 kHz coefficients."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(n))
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    highpass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.asarray(np.abs(shelf * highpass), np.float32)


def _levelled(mixed: Track) -> Track:
    """Bring the mix to the target loudness, in place; peaks are rounded off, repeatedly because that costs level."""
    fade = np.linspace(0, 1, round(_FADE_SECONDS * SAMPLE_RATE), dtype=np.float32)[: mixed.shape[1]]
    mixed[:, : fade.size] *= fade
    mixed[:, mixed.shape[1] - fade.size :] *= fade[::-1]
    knee = PEAK * 0.7
    for _ in range(3):
        mixed *= 10 ** ((LOUDNESS - loudness(mixed)) / 20)
        for start in range(0, mixed.shape[1], SAMPLE_RATE):
            second = mixed[:, start : start + SAMPLE_RATE]
            loud = np.abs(second) > knee
            peaks = second[loud]
            second[loud] = np.sign(peaks) * (knee + (PEAK - knee) * np.tanh((np.abs(peaks) - knee) / (PEAK - knee)))
    return mixed
