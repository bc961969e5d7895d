"""What can be heard, a function for each: noise shaped by frequency, and sines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from reelgate.animatic.drawing.particles import Lightning
from reelgate.animatic.sound.sound_context import Ear, Samples, decay, tone
from reelgate.render.scene import SAMPLE_RATE

_ROLL = 4.0  # seconds that thunder lasts
_THUNDER_LATE = (0.25, 0.7)
"""Seconds by which thunder comes after its lightning: near enough that one sees what is heard."""

_GALLOP, _AMBLE, _TWO_FEET = (0.0, 0.34, 0.48, 0.88), (0.0, 0.22, 0.5, 0.72), (0.0, 0.5)
"""When in a drawn cycle feet touch the ground."""

_SCALES = {"day": (0, 2, 4, 7, 9), "dawn": (0, 2, 4, 7, 11), "dusk": (0, 3, 5, 7, 10), "night": (0, 2, 3, 7, 8)}

_SOFT = np.array([0.05, 0.25, 0.4, 0.25, 0.05])
"""Takes off what is so high that it overshoots between the samples."""


def _waves(ear: Ear) -> Samples:
    out = ear.noise(60, 500, -1) * 0.25 * ear.swell(5, 0.4)
    for period, low, high in ((5.6, 150, 1800), (4.3, 400, 4500)):
        turn = (ear.clock() / period + ear.rng.uniform(0, 1)) % 1
        out += ear.noise(low, high, -1) * (np.minimum(turn / 0.3, 1) * np.exp(-3 * np.maximum(turn - 0.3, 0)) ** 1.2)
    return out


def _rain(ear: Ear) -> Samples:
    out = ear.noise(700, 9000, -0.4) * ear.swell(7, 0.2)
    for at in ear.times(0.05):
        drop = tone(ear.rng.uniform(1500, 5000), 0.02) * decay(0.004, 0.02)
        ear.place(out, at, drop * ear.rng.uniform(0.3, 1.6), ear.rng.uniform(-1, 1))
    return out


def _wind(ear: Ear) -> Samples:
    return ear.noise(80, 500, -1) * ear.swell(4.5, 0.7) + 0.3 * ear.noise(500, 1600, -1) * ear.swell(3.1, 0.9)


def _thunder(ear: Ear) -> Samples:
    """Let each stroke that is drawn be heard a moment later: a crack, then a roll that comes back from the hills."""
    out, roll, crack = ear.silence(), ear.noise(28, 190, -1)[0], ear.noise(150, 3500, -1)[0]
    far = float(ear.board.rng("thunder").uniform(*_THUNDER_LATE))
    for number, stroke in enumerate(Lightning(ear.board.rng("lightning"), ear.board.seconds).strokes):
        at = float(stroke) + far - ear.begins
        if -_ROLL < at < ear.seconds:
            rng = np.random.default_rng([*ear.board.layout, number])
            swells = [(0.0, 1.0), *((float(rng.uniform(0.3, 1.8)), float(rng.uniform(0.3, 0.7))) for _ in range(3))]
            sound = np.resize(roll, int(_ROLL * SAMPLE_RATE)) * sum(gain * _arriving(late) for late, gain in swells)
            sharp = decay(0.09, 0.6) * (1.2 - far)
            sound[: len(sharp)] += np.resize(crack, len(sharp)) * sharp
            ear.place(out, at, sound, float(rng.uniform(-0.5, 0.5)))
    return out + 0.02 * ear.noise(28, 190, -1)


def _arriving(late: float) -> Samples:
    """Return the envelope of a roll that swells quickly, `late` seconds after the stroke, and dies away."""
    since = np.maximum(np.arange(int(_ROLL * SAMPLE_RATE)) / SAMPLE_RATE - late, 0)
    return np.asarray(np.minimum(since / 0.05, 1) * np.exp(-since / 0.8))


def _birds(ear: Ear) -> Samples:
    out = 0.02 * ear.noise(300, 3000, -1)
    for at in ear.times(1.1):
        base, pan = ear.rng.uniform(2300, 4300), ear.rng.uniform(-0.9, 0.9)
        for i in range(int(ear.rng.integers(2, 6))):
            length = ear.rng.uniform(0.05, 0.11)
            sweep = base * (1 + ear.rng.uniform(-0.25, 0.25) * np.linspace(0, 1, int(length * SAMPLE_RATE)))
            ear.place(out, at + 0.13 * i, tone(sweep, length, (1, 0.12)) * np.hanning(len(sweep)), pan)
    return out


def _gulls(ear: Ear) -> Samples:
    out = ear.silence()
    for at in ear.times(2.0):
        base, pan = ear.rng.uniform(950, 1350), ear.rng.uniform(-0.8, 0.8)
        for i in range(int(ear.rng.integers(2, 5))):
            length = ear.rng.uniform(0.25, 0.42)
            u = np.linspace(0, 1, int(length * SAMPLE_RATE))
            sweep = base * (0.8 + 0.55 * np.sin(np.pi * u**0.6)) * (1 + 0.02 * np.sin(60 * u))
            ear.place(out, at + 0.46 * i, tone(sweep, length, (1, 0.6, 0.4, 0.2)) * np.sin(np.pi * u) ** 0.7, pan)
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
    motor = tone(speed, ear.seconds, (1, 0.8, 0.55, 0.4, 0.25, 0.2))
    return motor[None, :] * 0.5 + 0.5 * ear.noise(120, 1800, -1)


def _thud(ear: Ear, pitch: float, length: float) -> Samples:
    falling = pitch * np.exp(-9 * np.arange(int(length * SAMPLE_RATE)) / SAMPLE_RATE)
    body = tone(falling, length) * decay(0.035, length)
    body -= body.mean() * np.hanning(len(body)) * 2  # a push to one side is not heard, and takes room
    return np.asarray(body + _click(ear, len(body), 0.008) * 0.35)


def _click(ear: Ear, n: int, seconds: float) -> Samples:
    """Return a burst of noise without what is so high that it overshoots between the samples."""
    noise = np.convolve(ear.rng.normal(size=n), _SOFT, "same")
    return np.asarray(noise * np.exp(-np.arange(n) / SAMPLE_RATE / seconds))


def _rhythm(ear: Ear, moments: Sequence[float], default: float, pitch: float) -> Samples:
    """Return blows at shares of a cycle, each with a little of the ground around it left and right."""
    out, cycle = 0.01 * ear.noise(100, 2000, -1), ear.beat.seconds if ear.beat else default
    around = 0.5 * ear.noise(150, 2500, -1)[:, : round(0.3 * SAMPLE_RATE)]
    for turn in range(math.ceil(ear.seconds / cycle)):
        for moment in moments:
            at = (turn + moment) * cycle
            if at < ear.seconds:
                strong = ear.rng.uniform(0.7, 1)
                blow = _thud(ear, pitch * ear.rng.uniform(0.9, 1.12), 0.16) * strong
                ear.place(out, at, blow, ear.rng.uniform(-0.25, 0.25))
                start = int(at * SAMPLE_RATE)
                echo = around[:, : max(0, ear.n - start)]
                out[:, start : start + echo.shape[1]] += echo * strong * decay(0.05, 0.3)[: echo.shape[1]] * 0.4
    return out


def _hooves(ear: Ear) -> Samples:
    walks = ear.beat is not None and ear.beat.action == "walk"
    return _rhythm(ear, _AMBLE if walks else _GALLOP, 0.52, 130)


def _steps(ear: Ear) -> Samples:
    return _rhythm(ear, _TWO_FEET, 1.08, 170)


def _servo(ear: Ear) -> Samples:
    out = _rhythm(ear, _TWO_FEET, 1.08, 95)
    for at in ear.times(0.8):
        u = np.linspace(0, 1, int(0.24 * SAMPLE_RATE))
        ear.place(
            out, at, 0.3 * tone(500 + 500 * u, 0.24, (1, 0.3, 0.3)) * np.hanning(len(u)), ear.rng.uniform(-0.5, 0.5)
        )
    return out


def _room(ear: Ear) -> Samples:
    return ear.noise(60, 700, -1) + 0.1 * ear.noise(700, 4000, -1)


def _note(pitch: float, length: float) -> Samples:
    """Return a struck string: each partial dies the sooner the higher it is."""
    return np.asarray(
        sum(
            g * tone(pitch * (i + 1) * (1 + 0.0004 * i * i), length) * decay(1.1 / (i + 1), length)
            for i, g in enumerate((1, 0.5, 0.3, 0.16, 0.08))
        )
    )


def _piano(ear: Ear) -> Samples:
    out, scale = 0.004 * ear.noise(80, 600, -1), _SCALES[ear.board.time]
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
    out, scale, bar = ear.silence(), _SCALES[ear.board.time], 2.5
    for i in range(math.ceil(ear.seconds / bar)):
        root = (0, 5, 9, 7)[i % 4]
        length = bar * 1.3
        envelope = np.hanning(int(length * SAMPLE_RATE)) ** 0.6
        for j, offset in enumerate((0, scale[2], scale[3], 12)):
            pitch = 130.81 * 2 ** ((root + offset) / 12)
            voice = tone(pitch, length, (1, 0.35, 0.15, 0.06)) + tone(pitch * 1.004, length, (0.7, 0.2))
            ear.place(out, i * bar, voice * envelope, (-0.5, 0.5, -0.2, 0.3)[j])
    return out


def _pad(ear: Ear) -> Samples:
    t = ear.clock()
    chord = sum(np.sin(2 * np.pi * f * t + 0.6 * np.sin(0.7 * t + i)) for i, f in enumerate((55.0, 82.6, 110.3, 165.1)))
    return np.asarray(chord)[None, :] * ear.swell(6, 0.4) + 0.3 * ear.noise(60, 400, -1)


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
            tone(ear.rng.uniform(350, 900) * (1 + 0.9 * u), length) * np.hanning(len(u)) * 0.8,
            ear.rng.uniform(-1, 1),
        )
    return out


def _crowd(ear: Ear) -> Samples:
    """Return many who talk at once: bands of noise that open and close as mouths do, phrase by phrase."""
    out, t = 0.5 * ear.noise(150, 900, -1), ear.clock()
    bands = [ear.noise(low, high, -0.5) for low, high in ((220, 700), (450, 1300), (900, 2600))]
    for voice in range(10):
        rate, phrase, a, b = (ear.rng.uniform(*span) for span in ((3.0, 5.2), (2.0, 4.5), (0, 6), (0, 6)))
        mouth = np.maximum(np.sin(2 * np.pi * rate * t + 1.7 * np.sin(1.9 * t + a)), 0)
        speaks = np.maximum(np.sin(2 * np.pi * t / phrase + b), 0)
        sound = np.roll(bands[voice % 3][voice % 2], int(ear.rng.integers(ear.n))) * mouth * mouth * np.sqrt(speaks)
        ear.place(out, 0.0, sound, ear.rng.uniform(-0.9, 0.9))
    return out


def _fire(ear: Ear) -> Samples:
    out = ear.noise(60, 500, -1) * ear.swell(1.3, 0.4) * 0.5
    for at in ear.times(0.07):
        crack = _click(ear, int(0.02 * SAMPLE_RATE), 0.003) * 1.3
        ear.place(out, at, crack * ear.rng.uniform(0.3, 1.6) ** 2, ear.rng.uniform(-0.6, 0.6))
    return out


SOURCES: dict[str, Callable[[Ear], Samples]] = {
    "waves": _waves, "rain": _rain, "wind": _wind, "thunder": _thunder, "birds": _birds, "gulls": _gulls, "hum": _hum,
    "engine": _engine, "hooves": _hooves, "steps": _steps, "servo": _servo, "room": _room, "piano": _piano,
    "chords": _chords, "pad": _pad, "stream": _stream, "bubbles": _bubbles, "crowd": _crowd, "fire": _fire,
}  # fmt: skip
