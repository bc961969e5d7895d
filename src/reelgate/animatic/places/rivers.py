"""Running water: a river, a bridge over it."""

from __future__ import annotations

import math

import numpy as np

from reelgate.animatic.drawing.canvas import ridge
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places import land, streetscape, water
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.nature import country
from reelgate.animatic.places.sky import birds, clouds, sky
from reelgate.animatic.subjects import FIGURES


def river(b: Backdrop) -> None:
    """A river that winds between wooded banks, or through a town: reeds, stones in the stream."""
    _stream(b, bridged=False)


def bridge(b: Backdrop) -> None:
    """A stone bridge over a river; trains and cars cross it."""
    _stream(b, bridged=True)


def _stream(b: Backdrop, *, bridged: bool) -> None:
    p, u = b.palette, b.unit
    shore = b.horizon + u * 0.04
    b.surface = shore + (b.height - shore) * 0.4
    if b.far("city", "street"):
        sky(b)
        clouds(b)
        streetscape.skyline(b, shore, height=0.36, rows=2)
    else:
        country(b)
        land.hill(b, "far", b.horizon, u * 0.09, mix(p.land, p.far, 0.4), 6.0, trees="round", bottom=shore + 2)
    land.hill(b, "shore", shore - u * 0.02, u * 0.02, mix(p.leaf, p.far, 0.2), 4.5, trees="round", bottom=shore + 2)
    water.lake(b, shore, float(b.height), current=0.04)
    crossing = bridged and any(FIGURES[subject.kind].home == "road" for subject in b.board.subjects)
    if bridged:
        _bridge(b, shore + u * 0.1, 1.001 if crossing else 3.4)
    else:
        _bends(b, shore)
    bank = b.canvas()
    top = b.height * 0.9 - (ridge(b.rng("bank"), b.period, 2) - 0.5) * u * (0.05 if bridged else 0.12)
    outline = np.concatenate(
        [np.stack([np.arange(b.period, dtype=float), top], 1), [(b.period, b.height), (0, b.height)]]
    )
    bank.polygon(outline, mix(p.near, p.land, 0.4))
    b.add(bank, 1.0)
    b.ground = shore - u * 0.13 if crossing else b.height * 0.94
    land.foreground(b, mix(p.near, (0, 0, 0), 0.3), tall=0.12)
    birds(b, 3)


def _bends(b: Backdrop, shore: float) -> None:
    """Let tongues of land reach into the stream, with trees, reeds and stones, and the water run past them."""
    p, u = b.palette, b.unit
    for row, (z, drop, size) in enumerate(((4.2, 0.055, 0.12), (2.6, 0.14, 0.2))):
        rng, canvas = b.rng(f"bend {row}"), b.canvas()
        green = mix(mix(p.land, p.leaf, 0.3), p.horizon, 0.24 - 0.12 * row)
        for share in (0.06, 0.62) if row else (0.34, 0.98):
            x, y, wide = b.period * share, shore + u * drop, u * rng.uniform(0.3, 0.42)
            canvas.ellipse(x, y + u * 0.02, wide * 1.03, u * 0.03, mix(p.sea, (255, 255, 255), 0.35), 0.6)
            canvas.ellipse(x, y + u * 0.012, wide, u * 0.026, mix(p.lit(rgb("a58a5c")), p.horizon, 0.15))
            canvas.ellipse(x, y, wide, u * (0.024 + 0.01 * row), green)
            for dx in (-0.5, 0.05, 0.55):
                kind = "pine" if rng.random() < 0.35 else "round"
                land.tree(
                    canvas,
                    b,
                    rng,
                    x + dx * wide,
                    y + u * 0.004,
                    u * size * rng.uniform(0.7, 1.2),
                    kind,
                    0.24 - 0.14 * row,
                )
            for _ in range(14):
                at, tall = x + wide * rng.uniform(-0.95, 0.95), u * rng.uniform(0.02, 0.05)
                canvas.limb(
                    [(at, y + u * 0.02), (at + tall * 0.2, y + u * 0.02 - tall)],
                    [u * 0.004, u * 0.001],
                    mix(green, p.near, 0.5),
                )
        b.add(canvas, z)
    rocks(b, -u, shore + u * 0.16)


def _bridge(b: Backdrop, foot: float, z: float) -> None:
    """Paint the arches, their shade and their reflection, at distance `z`."""
    p, u, canvas = b.palette, b.unit, b.canvas()
    stone = mix(p.lit(rgb("8a8178"), 0.05), p.zenith, 0.18)
    count = max(3, round(b.period / (u * 0.62)))
    wide, deck = b.period / count, foot - u * 0.2
    turns = np.linspace(math.pi, 0, 18)
    reflected = mix(mix(stone, p.deep, 0.6), p.sea, 0.2)
    for flip, colour, share, opacity in ((1, reflected, 0.6, 0.5), (-1, stone, 1.0, 1.0)):
        line = [(0.0, foot)]
        for i in range(count):
            middle, reach = wide * (i + 0.5), wide * 0.4
            line += [(middle + math.cos(t) * reach, foot + flip * math.sin(t) * u * 0.15 * share) for t in turns]
        rim = foot + flip * u * 0.2 * share
        canvas.polygon([*line, (b.period, foot), (b.period, rim), (0, rim)], colour, opacity)
    for i in range(count):
        x = wide * i
        canvas.polygon(
            [
                (x - u * 0.06, foot + u * 0.012),
                (x + u * 0.06, foot + u * 0.012),
                (x + u * 0.045, deck + u * 0.05),
                (x - u * 0.045, deck + u * 0.05),
            ],
            mix(stone, (255, 250, 230), 0.12),
        )
        ring = [(wide * (i + 0.5) + math.cos(t) * wide * 0.41, foot - math.sin(t) * u * 0.158) for t in turns]
        canvas.limb(ring, [u * 0.014] * len(ring), mix(stone, (60, 40, 50), 0.25))
    canvas.rect(0, deck - u * 0.035, b.period, u * 0.05, mix(stone, (255, 250, 235), 0.18))
    canvas.rect(0, deck + u * 0.012, b.period, u * 0.008, mix(stone, (40, 30, 50), 0.4))
    if p.lamps or b.board.time == "dusk":
        for i in range(count * 2):
            x = wide * (i + 0.5) / 2
            canvas.limb([(x, deck - u * 0.03), (x, deck - u * 0.13)], [u * 0.008, u * 0.006], p.lit(rgb("33363f")))
            canvas.halo(x, deck - u * 0.14, u * 0.09, rgb("ffd590"), 0.7)
            canvas.ellipse(x, deck - u * 0.14, u * 0.012, u * 0.014, rgb("fff0c8"))
    b.add(canvas, z)


def rocks(b: Backdrop, middle: float, pool: float) -> None:
    """Let stones stand about row `pool` of the water, none of them near the column `middle`."""
    p, u, rng, canvas = b.palette, b.unit, b.rng("rocks"), b.canvas()
    for _ in range(16):
        x, size = rng.uniform(0, b.period), u * rng.uniform(0.03, 0.09)
        if abs(x - middle) < u * 0.13:
            continue
        y, stone = pool + u * rng.uniform(0.0, 0.05), mix(p.lit(rgb("5f5c60")), p.horizon, rng.uniform(0, 0.15))
        canvas.ellipse(x, y + size * 0.2, size * 1.4, size * 0.14, mix(p.sea, (255, 255, 255), 0.4), 0.6)
        canvas.polygon(
            [
                (x - size, y + size * 0.2),
                (x - size * 0.6, y - size * 0.4),
                (x + size * 0.1, y - size * 0.6),
                (x + size * 0.8, y - size * 0.2),
                (x + size, y + size * 0.2),
            ],
            stone,
        )
        canvas.polygon(
            [(x - size * 0.6, y - size * 0.4), (x + size * 0.1, y - size * 0.6), (x, y - size * 0.1)],
            mix(stone, (255, 255, 255), 0.18),
        )
    b.add(canvas, 3.6)
