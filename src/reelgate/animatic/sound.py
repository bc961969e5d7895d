"""The sound of a scene, made from noise and sines: the storyboard says what is heard, the seed decides the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

import numpy as np

from reelgate.animatic.job import FPS, RenderJob
from reelgate.animatic.scene import SAMPLE_RATE, Track
from reelgate.animatic.shots import Shot, shots_of
from reelgate.animatic.storyboard import Storyboard
from reelgate.animatic.voices import SOURCES, Ear, Samples

LOUDNESS = -16.0  # LUFS
PEAK = 0.8
SPAN_SECONDS = 10.0
"""A longer shot's sound is made in parts of about this length, which holds the memory that it takes."""

_FADE_SECONDS = 0.03
_OVERLAP = SAMPLE_RATE // 4  # how long one shot's sound fades into the next one's, in samples
_BED = frozenset({"room", "hum", "wind", "pad", "crowd", "birds"})
"""What stays behind everything else that is heard."""


def synthesise(job: RenderJob, beats: Sequence[float | None]) -> Track:
    """Return the sound of a job's shots: (2, frames * 2000) float32 at 48 kHz, about -16 LUFS, peak at most 0.8.

    `beats` are, shot by shot, the seconds that a cycle of what moves lasts: the rhythm of hooves and steps.
    """
    mixed = np.zeros((2, job.frames * SAMPLE_RATE // FPS), np.float32)
    for shot, beat in zip_longest(shots_of(job).shots, beats):
        for number, (start, n) in enumerate(_spans(shot, beat)):
            over = min(_OVERLAP if start + n < mixed.shape[1] else 0, mixed.shape[1] - start - n)
            part = _mixed(job, shot.board, n + over, beat, number)
            if start:
                part[:, :_OVERLAP] *= np.linspace(0, 1, _OVERLAP)
            if over:
                part[:, -over:] *= np.linspace(1, 0, over)
            mixed[:, start : start + n + over] += part
    return _levelled(mixed)


def _spans(shot: Shot, beat: float | None) -> Iterator[tuple[int, int]]:
    """Yield the parts in which a shot's sound is made, as first sample and length: a whole number of beats each."""
    first, length = shot.first * SAMPLE_RATE // FPS, shot.frames * SAMPLE_RATE // FPS
    cycle = beat or 1.0
    longest = round(max(1, SPAN_SECONDS // cycle) * cycle * SAMPLE_RATE)
    count = max(1, round(length / longest))  # what is left over makes the last one longer
    for number in range(count):
        yield first + number * longest, longest if number < count - 1 else length - number * longest


def _mixed(job: RenderJob, board: Storyboard, n: int, beat: float | None, number: int) -> Samples:
    """Return `n` samples of what is heard in one shot, in its part with this number."""
    heard = [*board.sounds, *(["chords"] if job.music else [])] or ["room"]
    mixed = np.zeros((2, n), np.float32)
    for name in dict.fromkeys(heard):
        sound = SOURCES[name](Ear(board, name, n, beat, number))
        level = 0.35 if name in _BED and len(heard) > 1 else 1.0
        mixed += sound * level / max(float(np.sqrt(np.mean(sound**2))), 1e-6)
    return mixed


def loudness(track: Track) -> float:
    """Return the integrated loudness in LUFS after ITU-R BS.1770-4 (400 ms gated blocks, weighted in their spectra)."""
    block = min(SAMPLE_RATE * 2 // 5, track.shape[1])
    starts = range(0, track.shape[1] - block + 1, block)
    spectra = (np.abs(np.fft.rfft(track[:, start : start + block])) for start in starts)
    power = np.array([2 * float(((part * _k_weighting(block)) ** 2).sum()) for part in spectra]) / block**2
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
