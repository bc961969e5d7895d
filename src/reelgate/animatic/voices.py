"""What can be heard, a function for each: noise shaped by frequency, and sines."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from reelgate.animatic.scene import SAMPLE_RATE
from reelgate.animatic.storyboard import Storyboard

Samples = npt.NDArray[np.floating]

_NOISE = 1 << 19
"""Samples after which noise repeats, without a seam: eleven seconds, longer than an ear remembers."""

_SCALES = {"day": (0, 2, 4, 7, 9), "dawn": (0, 2, 4, 7, 11), "dusk": (0, 3, 5, 7, 10), "night": (0, 2, 3, 7, 8)}


class Ear:
    """What a source needs to make its sound: the length, a generator of its own, and the rhythm of what moves.

    The generator is another one in each part of a shot, by its `number`.
    """

    def __init__(self, board: Storyboard, name: str, n: int, beat: float | None, number: int = 0) -> None:
        self.n = n
        self.time = board.time
        self.rng = np.random.default_rng([*board.layout, zlib.crc32(name.encode()), 1 + number])
        self.beat = beat
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
        """Add a mono sound that starts `at` seconds, from -1 (left) to 1 (right)."""
        start = int(at * SAMPLE_RATE)
        part = sound[: max(0, self.n - start)]
        for channel, gain in enumerate((math.cos((pan + 1) * math.pi / 4), math.sin((pan + 1) * math.pi / 4))):
            out[channel, start : start + len(part)] += part * gain

    def times(self, every: float) -> list[float]:
        """Return moments about `every` seconds apart."""
        count = max(1, round(self.seconds / every))
        return [float((i + self.rng.uniform(0.1, 0.9)) * self.seconds / count) for i in range(count)]

    def silence(self) -> Samples:
        """Return nothing yet."""
        return np.zeros((2, self.n), np.float32)


def _decay(seconds: float, length: float) -> Samples:
    return np.exp(-np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE / seconds)


def _tone(frequency: float | Samples, length: float, partials: Sequence[float] = (1.0,)) -> Samples:
    """Return a sum of harmonics; the frequency may change sample by sample."""
    n = len(frequency) if isinstance(frequency, np.ndarray) else int(length * SAMPLE_RATE)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(frequency, n), dtype=np.float64) / SAMPLE_RATE
    return np.asarray(sum(gain * np.sin((i + 1) * phase) for i, gain in enumerate(partials)))


def _waves(ear: Ear) -> Samples:
    out = ear.noise(60, 500, -1) * 0.25 * ear.swell(5, 0.4)
    for period, low, high in ((5.6, 150, 1800), (4.3, 400, 4500)):
        turn = (ear.clock() / period + ear.rng.uniform(0, 1)) % 1
        out += ear.noise(low, high, -1) * (np.minimum(turn / 0.3, 1) * np.exp(-3 * np.maximum(turn - 0.3, 0)) ** 1.2)
    return out


def _rain(ear: Ear) -> Samples:
    out = ear.noise(700, 9000, -0.4) * ear.swell(7, 0.2)
    for at in ear.times(0.05):
        drop = _tone(ear.rng.uniform(1500, 5000), 0.02) * _decay(0.004, 0.02)
        ear.place(out, at, drop * ear.rng.uniform(0.3, 1.6), ear.rng.uniform(-1, 1))
    return out


def _wind(ear: Ear) -> Samples:
    return ear.noise(80, 500, -1) * ear.swell(4.5, 0.7) + 0.3 * ear.noise(500, 1600, -1) * ear.swell(3.1, 0.9)


def _thunder(ear: Ear) -> Samples:
    out = ear.silence()
    for at in ear.times(5):
        size = int(min(4, ear.seconds) * SAMPLE_RATE)
        roll = ear.noise(25, 220, -1)[0, :size]
        ear.place(out, at, roll * _decay(1.1, len(roll) / SAMPLE_RATE + 1)[: len(roll)])
    return out


def _birds(ear: Ear) -> Samples:
    out = 0.02 * ear.noise(300, 3000, -1)
    for at in ear.times(1.1):
        base, pan = ear.rng.uniform(2300, 4300), ear.rng.uniform(-0.9, 0.9)
        for i in range(int(ear.rng.integers(2, 6))):
            length = ear.rng.uniform(0.05, 0.11)
            sweep = base * (1 + ear.rng.uniform(-0.25, 0.25) * np.linspace(0, 1, int(length * SAMPLE_RATE)))
            ear.place(out, at + 0.13 * i, _tone(sweep, length, (1, 0.12)) * np.hanning(len(sweep)), pan)
    return out


def _gulls(ear: Ear) -> Samples:
    out = ear.silence()
    for at in ear.times(2.0):
        base, pan = ear.rng.uniform(950, 1350), ear.rng.uniform(-0.8, 0.8)
        for i in range(int(ear.rng.integers(2, 5))):
            length = ear.rng.uniform(0.25, 0.42)
            u = np.linspace(0, 1, int(length * SAMPLE_RATE))
            sweep = base * (0.8 + 0.55 * np.sin(np.pi * u**0.6)) * (1 + 0.02 * np.sin(60 * u))
            ear.place(out, at + 0.46 * i, _tone(sweep, length, (1, 0.6, 0.4, 0.2)) * np.sin(np.pi * u) ** 0.7, pan)
    return out


def _hum(ear: Ear) -> Samples:
    out = ear.noise(45, 320, -1) * ear.swell(6, 0.3) + 0.2 * ear.noise(300, 2200, -1)
    for at in ear.times(3.2):
        length = 2.2
        pass_by = ear.noise(90, 900, -1)[0, : int(length * SAMPLE_RATE)]
        ear.place(out, at, pass_by * np.hanning(len(pass_by)) * 0.8, ear.rng.uniform(-1, 1))
    return out


def _engine(ear: Ear) -> Samples:
    speed = 62 * (1 + 0.05 * np.sin(2 * np.pi * ear.clock() / 3.3) + 0.02 * np.sin(2 * np.pi * ear.clock() / 1.1))
    tone = _tone(speed, ear.seconds, (1, 0.8, 0.55, 0.4, 0.25, 0.2))
    return tone[None, :] * 0.5 + 0.5 * ear.noise(120, 1800, -1)


def _thud(ear: Ear, pitch: float, length: float) -> Samples:
    body = _tone(pitch * np.exp(-9 * np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE), length) * _decay(
        0.035, length
    )
    click = ear.rng.normal(size=len(body)) * np.exp(-np.arange(len(body)) / SAMPLE_RATE / 0.008) * 0.25
    return np.asarray(body + click)


def _rhythm(ear: Ear, moments: Sequence[float], default: float, pitch: float) -> Samples:
    out, cycle = 0.01 * ear.noise(100, 2000, -1), ear.beat or default
    for turn in range(math.ceil(ear.seconds / cycle)):
        for moment in moments:
            at = (turn + moment) * cycle
            if at < ear.seconds:
                ear.place(
                    out,
                    at,
                    _thud(ear, pitch * ear.rng.uniform(0.9, 1.12), 0.16) * ear.rng.uniform(0.7, 1),
                    ear.rng.uniform(-0.2, 0.2),
                )
    return out


def _hooves(ear: Ear) -> Samples:
    return _rhythm(ear, (0.0, 0.14, 0.5, 0.62), 0.52, 130)


def _steps(ear: Ear) -> Samples:
    return _rhythm(ear, (0.0, 0.5), 1.08, 170)


def _servo(ear: Ear) -> Samples:
    out = _rhythm(ear, (0.0, 0.5), 1.08, 95)
    for at in ear.times(0.8):
        u = np.linspace(0, 1, int(0.24 * SAMPLE_RATE))
        ear.place(
            out, at, 0.3 * _tone(500 + 500 * u, 0.24, (1, 0.3, 0.3)) * np.hanning(len(u)), ear.rng.uniform(-0.5, 0.5)
        )
    return out


def _room(ear: Ear) -> Samples:
    return ear.noise(60, 700, -1) + 0.1 * ear.noise(700, 4000, -1)


def _note(pitch: float, length: float) -> Samples:
    """Return a struck string: each partial dies the sooner the higher it is."""
    return np.asarray(
        sum(
            g * _tone(pitch * (i + 1) * (1 + 0.0004 * i * i), length) * _decay(1.1 / (i + 1), length)
            for i, g in enumerate((1, 0.5, 0.3, 0.16, 0.08))
        )
    )


def _piano(ear: Ear) -> Samples:
    out, scale = 0.004 * ear.noise(80, 600, -1), _SCALES[ear.time]
    step, degree = 0.25, 5  # two notes to a cycle of the player's hands
    for i in range(math.ceil(ear.seconds / step)):
        degree = int(np.clip(degree + ear.rng.integers(-2, 3), 0, 11))
        if i % 4 == 0 or ear.rng.random() < 0.7:
            pitch = 261.63 * 2 ** ((scale[degree % 5] + 12 * (degree // 5)) / 12)
            ear.place(out, i * step, _note(pitch, 1.4) * ear.rng.uniform(0.5, 0.9), 0.15)
        if i % 8 == 0:
            for offset in (0, scale[2], scale[3]):
                ear.place(out, i * step, _note(130.81 * 2 ** (offset / 12), 2.0) * 0.45, -0.2)
    return out


def _chords(ear: Ear) -> Samples:
    out, scale, bar = ear.silence(), _SCALES[ear.time], 2.5
    for i in range(math.ceil(ear.seconds / bar)):
        root = (0, 5, 9, 7)[i % 4]
        length = bar * 1.3
        envelope = np.hanning(int(length * SAMPLE_RATE)) ** 0.6
        for j, offset in enumerate((0, scale[2], scale[3], 12)):
            pitch = 130.81 * 2 ** ((root + offset) / 12)
            voice = _tone(pitch, length, (1, 0.35, 0.15, 0.06)) + _tone(pitch * 1.004, length, (0.7, 0.2))
            ear.place(out, i * bar, voice * envelope, (-0.5, 0.5, -0.2, 0.3)[j])
    return out


def _pad(ear: Ear) -> Samples:
    t = ear.clock()
    tone = sum(np.sin(2 * np.pi * f * t + 0.6 * np.sin(0.7 * t + i)) for i, f in enumerate((55.0, 82.6, 110.3, 165.1)))
    return np.asarray(tone)[None, :] * ear.swell(6, 0.4) + 0.3 * ear.noise(60, 400, -1)


def _stream(ear: Ear) -> Samples:
    return ear.noise(300, 2600, -1) * ear.swell(2.2, 0.25) + 0.15 * _bubbles(ear)


def _bubbles(ear: Ear) -> Samples:
    out = ear.noise(40, 350, -1) * 0.4
    for at in ear.times(0.12):
        length = ear.rng.uniform(0.03, 0.09)
        u = np.linspace(0, 1, int(length * SAMPLE_RATE))
        ear.place(
            out,
            at,
            _tone(ear.rng.uniform(350, 900) * (1 + 0.9 * u), length) * np.hanning(len(u)) * 0.8,
            ear.rng.uniform(-1, 1),
        )
    return out


def _crowd(ear: Ear) -> Samples:
    return sum((ear.noise(200, 1400, -1) * ear.swell(p, 0.8) for p in (0.7, 1.1, 1.7)), ear.silence())


def _fire(ear: Ear) -> Samples:
    out = ear.noise(60, 500, -1) * ear.swell(1.3, 0.4) * 0.5
    for at in ear.times(0.07):
        crack = ear.rng.normal(size=int(0.02 * SAMPLE_RATE)) * _decay(0.003, 0.02)
        ear.place(out, at, crack * ear.rng.uniform(0.2, 2.0) ** 2, ear.rng.uniform(-0.6, 0.6))
    return out


SOURCES: dict[str, Callable[[Ear], Samples]] = {
    "waves": _waves, "rain": _rain, "wind": _wind, "thunder": _thunder, "birds": _birds, "gulls": _gulls, "hum": _hum,
    "engine": _engine, "hooves": _hooves, "steps": _steps, "servo": _servo, "room": _room, "piano": _piano,
    "chords": _chords, "pad": _pad, "stream": _stream, "bubbles": _bubbles, "crowd": _crowd, "fire": _fire,
}  # fmt: skip
