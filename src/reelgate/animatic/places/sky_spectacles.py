"""Spectacles in the air: fireworks, northern lights, a rainbow, shooting stars, falling leaves and petals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.compose import Actor, Stamp
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.staging.poses import Cycle

_BURST = 12  # pictures of one firework
_LASTS = 1.5  # seconds
_SPARKS = ("ffd36b", "ff7a8a", "7fd6ff", "b98cff", "9bf09a")
_BANDS = ("e0524a", "f0a24a", "f2e06a", "6cc46a", "5a9ce0", "8a6ad0")


def fireworks(b: Backdrop) -> None:
    """Let rockets burst in the sky, one after another."""
    rng = b.rng("fireworks")
    for number in range(4):
        colour = rgb(_SPARKS[int(rng.integers(len(_SPARKS)))])
        radius = b.unit * rng.uniform(0.16, 0.25)
        spots = [(b.width * rng.uniform(0.12, 0.88), b.horizon * rng.uniform(0.16, 0.44)) for _ in range(8)]
        poses = Cycle(_BURST + 1, lambda pose, r=radius, c=colour: b.sheet(_burst(r, c, pose)))  # type: ignore[misc]
        b.actors.append(Actor(poses, (radius * 1.1, radius * 1.1), 7.5, _bursting(spots, 0.45 * number)))


def _bursting(spots: Sequence[tuple[float, float]], late: float) -> Callable[[float], Stamp]:
    def path(t: float) -> Stamp:
        turn = (t + _LASTS - late) / (_LASTS + 0.3)
        share = (turn % 1.0) * (_LASTS + 0.3) / _LASTS
        x, y = spots[int(turn) % len(spots)]
        pose = min(int(share * _BURST), _BURST)
        return Stamp(x, y, pose, opacity=max(0.02, min(1.0, 2.2 * (1 - share))))

    return path


def _burst(radius: float, colour: Colour, pose: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return one picture of a firework; after the last spark there is but a speck."""
    canvas, middle = Canvas(max(8, int(radius * 2.2)), max(8, int(radius * 2.2))), radius * 1.1
    share = pose / _BURST
    grown = radius * (1 - (1 - share) ** 3)
    if pose >= _BURST:
        canvas.ellipse(middle, middle, 1.0, 1.0, colour, 0.05)
        return canvas.pixels
    canvas.halo(middle, middle, max(grown, radius * 0.3), colour, 0.3 * (1 - share))
    for spark in range(22):
        turn = 2 * math.pi * spark / 22 + 0.13 * (spark % 3)
        far = grown * (0.72 + 0.28 * ((spark * 7) % 5) / 4)
        sink = radius * 0.16 * share * share
        tip = (middle + far * math.cos(turn), middle + far * math.sin(turn) + sink)
        tail = (middle + far * 0.7 * math.cos(turn), middle + far * 0.7 * math.sin(turn) + sink * 0.6)
        wide = max(1.2, radius * 0.03 * (1 - 0.6 * share))
        canvas.limb([tail, tip], [wide * 0.3, wide], mix(colour, (255.0, 255.0, 255.0), 0.35 * (spark % 2)), 0.95)
    return canvas.pixels


def aurora(b: Backdrop) -> None:
    """Hang curtains of green and violet light in the sky."""
    for number, (colour, z) in enumerate((("5df2a8", 15.0), ("8f7bff", 13.0))):
        rng, canvas = b.rng(f"aurora {number}"), b.canvas()
        x = np.linspace(0, 2 * np.pi, b.period, endpoint=False)
        low = b.horizon * (0.42 + 0.1 * np.sin(x * 2 + rng.uniform(0, 6)) + 0.05 * np.sin(x * 5 + rng.uniform(0, 6)))
        bright = 0.5 + 0.5 * np.sin(x * 3 + rng.uniform(0, 6)) * np.sin(x * 7 + rng.uniform(0, 6))
        rows = np.arange(canvas.height)[:, None]
        above = (low[None, :] - rows) / (b.horizon * 0.5)
        light = np.where(above < 0, np.exp(above * 16), np.exp(-above * 2.4)) * bright[None, :] * 0.85
        light = light * np.clip(1.05 - rows / b.horizon, 0, 1)
        for channel, value in enumerate((*rgb(colour)[::-1], 255.0)):
            canvas.pixels[..., channel] = np.rint(light * value)
        b.add(canvas, z, wave=0.03 * b.width, phase=2.0 * number)


def rainbow(b: Backdrop) -> None:
    """Span a rainbow over the land."""
    canvas, u = b.canvas(), b.unit
    x, y, radius = b.width * 0.5, b.horizon + 0.12 * u, min(0.62 * b.width, 0.9 * b.horizon)
    turns = np.linspace(math.pi, 2 * math.pi, 60)
    for number, band in enumerate(_BANDS):
        r = radius - number * 0.017 * u
        arc = [(x + r * math.cos(turn), y + r * math.sin(turn)) for turn in turns]
        outer = [(x + (r + 0.018 * u) * math.cos(turn), y + (r + 0.018 * u) * math.sin(turn)) for turn in turns]
        canvas.polygon([*arc, *outer[::-1]], rgb(band), 0.42)
    canvas.fade(b.horizon - 0.25 * u, b.horizon, 1.0, 0.15)
    canvas.blur(u * 0.003)
    b.add(canvas, 12.0)


def meteors(b: Backdrop) -> None:
    """Let shooting stars cross the sky."""
    rng = b.rng("meteors")
    for number in range(3):
        long = b.unit * rng.uniform(0.16, 0.26)
        canvas = Canvas(int(long * 1.1), int(long * 0.6))
        tail, head = (long * 1.05, long * 0.04), (long * 0.06, long * 0.52)
        for share in np.linspace(0, 0.95, 12):
            a = (tail[0] + (head[0] - tail[0]) * share, tail[1] + (head[1] - tail[1]) * share)
            canvas.limb([a, head], [0.4, b.unit * 0.004], (236.0, 242.0, 255.0), 0.12)
        x0, y0, late = b.width * rng.uniform(0.4, 1.0), b.horizon * rng.uniform(0.05, 0.3), 1.3 * number

        def path(t: float, x0: float = x0, y0: float = y0, late: float = late) -> Stamp:
            since = (t - late) % 4.0
            shown = math.sin(math.pi * min(since / 0.9, 1.0))
            return Stamp(x0 - 0.55 * b.unit * since, y0 + 0.29 * b.unit * since, opacity=max(shown, 0.0) ** 0.5)

        b.sprite(canvas.pixels, path, 9.0)


def falling(b: Backdrop, colours: Sequence[Colour], *, count: int = 16) -> None:
    """Let leaves or petals sail down between the viewer and the subjects."""
    rng = b.rng("falling")
    for number in range(count):
        size = b.unit * rng.uniform(0.008, 0.016)
        canvas = Canvas(max(6, int(size * 3)), max(6, int(size * 3)))
        middle, colour = size * 1.5, b.palette.lit(colours[number % len(colours)])
        canvas.ellipse(middle, middle, size * 1.15, size * 0.6, colour, angle=rng.uniform(0, 3))
        canvas.ellipse(middle, middle, size * 0.7, size * 0.18, mix(colour, (0.0, 0.0, 0.0), 0.2), 0.6)
        x0, y0 = rng.uniform(0, b.width), rng.uniform(0, b.height)
        fall, sway, phase = b.height * rng.uniform(0.1, 0.17), b.unit * rng.uniform(0.03, 0.07), rng.uniform(0, 6)

        def path(
            t: float, x0: float = x0, y0: float = y0, fall: float = fall, sway: float = sway, phase: float = phase
        ) -> Stamp:
            y = (y0 + fall * t) % (b.height * 1.06) - 0.03 * b.height
            return Stamp(x0 + sway * math.sin(1.4 * t + phase) - 0.3 * fall * t, y)

        b.sprite(canvas.pixels, path, 0.94, span=size * 3)


SPECTACLES: dict[str, Callable[[Backdrop], None]] = {
    "fireworks": fireworks, "aurora": aurora, "rainbow": rainbow, "meteors": meteors,
    "leaves": lambda b: falling(b, [rgb("d9772b"), rgb("c94f2c"), rgb("e0b040")]),
    "petals": lambda b: falling(b, [rgb("f6b8cc"), rgb("f9d3de"), rgb("ee9db8")], count=20),
}  # fmt: skip
