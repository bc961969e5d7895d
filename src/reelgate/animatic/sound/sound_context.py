"""What a source of sound is given: a length, a rhythm, noise of a colour, and places for what begins at a moment."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from reelgate.animatic.language.storyboard import Storyboard
from reelgate.animatic.staging.casting import Beat
from reelgate.render.scene import SAMPLE_RATE

Samples = npt.NDArray[np.floating]

_NOISE = 1 << 19
"""Samples after which noise repeats, without a seam: eleven seconds, longer than an ear remembers."""


class Ear:
    """What a source needs to make its sound: the length, a generator of its own, and the rhythm of what moves.

    The generator is another one in each part of a shot, by its `number`; the part begins `begins` seconds into it.
    """

    def __init__(
        self, board: Storyboard, name: str, n: int, beat: Beat | None, number: int = 0, begins: float = 0.0
    ) -> None:
        self.n = n
        self.board = board
        self.rng = np.random.default_rng([*board.layout, zlib.crc32(name.encode()), 1 + number])
        self.beat = beat
        self.begins = begins
        self.seconds = n / SAMPLE_RATE

    def clock(self) -> Samples:
        """Return the time of each sample, in seconds."""
        return np.arange(self.n, dtype=np.float32) / SAMPLE_RATE

    def noise(self, low: float, high: float, tilt: float = 0.0) -> Samples:
        """Return stereo noise between two frequencies (Hz), of RMS 1; `tilt` -1 is pink, 0 white."""
        size = min(1 << max(self.n - 1, 1).bit_length(), _NOISE)
        frequency = np.fft.rfftfreq(size, 1 / SAMPLE_RATE).astype(np.float32)
        with np.errstate(divide="ignore"):
            shape = np.where(frequency > 0, frequency, np.inf) ** (tilt / 2)
        shape /= (1 + (low / np.maximum(frequency, 1e-3)) ** 6) * (1 + (frequency / high) ** 6)
        spectrum = self.rng.standard_normal((2, 2 * len(frequency)), np.float32).view(np.complex64)
        noise = np.fft.irfft(spectrum * np.sqrt(shape), size)
        noise /= max(float(np.sqrt(np.mean(noise**2))), 1e-9)
        return np.asarray(np.tile(noise, -(-self.n // size))[:, : self.n], np.float32)

    def swell(self, period: float, depth: float) -> Samples:
        """Return a slow, uneven rise and fall between 1 - depth and 1."""
        t, a, b = self.clock(), *self.rng.uniform(0, 2 * math.pi, 2)
        wave = 0.6 * np.sin(2 * math.pi * t / period + a) + 0.4 * np.sin(2 * math.pi * t / (period * 0.37) + b)
        return np.asarray(1 - depth * (0.5 - 0.5 * wave))

    def place(self, out: Samples, at: float, sound: Samples, pan: float = 0.0) -> None:
        """Add a mono sound that starts `at` seconds, before nought what is left of it, from -1 (left) to 1 (right)."""
        start = int(at * SAMPLE_RATE)
        part = sound[max(0, -start) : max(0, self.n - start)]
        start = max(0, start)
        for channel, gain in enumerate((math.cos((pan + 1) * math.pi / 4), math.sin((pan + 1) * math.pi / 4))):
            out[channel, start : start + len(part)] += part * gain

    def times(self, every: float) -> list[float]:
        """Return moments about `every` seconds apart."""
        count = max(1, round(self.seconds / every))
        return [float((i + self.rng.uniform(0.1, 0.9)) * self.seconds / count) for i in range(count)]

    def silence(self) -> Samples:
        """Return nothing yet."""
        return np.zeros((2, self.n), np.float32)


def decay(seconds: float, length: float) -> Samples:
    """Return an envelope of `length` seconds that falls to a third in `seconds`."""
    return np.exp(-np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE / seconds)


def tone(frequency: float | Samples, length: float, partials: Sequence[float] = (1.0,)) -> Samples:
    """Return a sum of harmonics; the frequency may change sample by sample."""
    n = len(frequency) if isinstance(frequency, np.ndarray) else int(length * SAMPLE_RATE)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(frequency, n), dtype=np.float64) / SAMPLE_RATE
    return np.asarray(sum(gain * np.sin((i + 1) * phase) for i, gain in enumerate(partials)))
