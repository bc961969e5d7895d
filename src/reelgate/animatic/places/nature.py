"""Open land: meadows, flowers, mountains, woods, snow, sand."""

from __future__ import annotations

import numpy as np

from reelgate.animatic.drawing.canvas import ridge
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places import land, peaks, streetscape, water
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.sky import birds, clouds, sky


def country(b: Backdrop) -> None:
    """The sky and what stands behind any open land."""
    sky(b)
    clouds(b)
    if b.far("city", "harbour", "street"):
        streetscape.skyline(b, b.horizon + b.unit * 0.02, height=0.26)
    elif b.far("sea", "beach", "lake"):
        water.sea(b, waves=2)
    else:
        peaks.mountains(b, snow=b.far("mountains") or b.board.season == "winter" or b.rng("tops").random() < 0.5)


def grassland(b: Backdrop) -> None:
    """Meadows between hills and mountains."""
    p, u = b.palette, b.unit
    country(b)
    trees = "round" if b.rng("trees").random() < 0.5 else "pine"
    land.hill(b, "far", b.horizon + u * 0.0, u * 0.08, mix(p.land, p.far, 0.45), 5.0, trees=trees)
    land.hill(
        b,
        "mid",
        b.horizon + u * 0.08,
        u * 0.07,
        mix(p.land, p.near, 0.12),
        3.0,
        trees="pine" if trees == "round" else "round",
    )
    land.meadow(b, "near", b.horizon + u * 0.15, mix(p.land, p.near, 0.25), mix(p.near, p.land, 0.18))
    land.foreground(b, mix(p.near, (0, 0, 0), 0.35))
    if b.board.weather == "mist":
        land.mist(b, (b.horizon + u * 0.02, b.horizon + u * 0.14))
    birds(b, 3)


def flowers(b: Backdrop) -> None:
    """A field in blossom."""
    p, u = b.palette, b.unit
    country(b)
    land.hill(b, "far", b.horizon, u * 0.07, mix(p.land, p.far, 0.4), 5.0, trees="round")
    land.meadow(b, "field", b.horizon + u * 0.06, mix(p.land, p.near, 0.2), p.near)
    rng = b.rng("blossoms")
    for z, low, high, size, count in (
        (0.999, 0.07, 0.16, 0.004, 260),
        (0.998, 0.14, 0.28, 0.0075, 150),
        (0.99, 0.26, 0.5, 0.012, 90),
    ):
        canvas = b.canvas()
        for _ in range(count):
            x, y = rng.uniform(0, b.period), b.horizon + u * rng.uniform(low, high)
            canvas.limb([(x, y), (x, y + u * size * 4)], [u * size * 0.3, u * size * 0.3], mix(p.leaf, p.near, 0.4))
            land.blossom(canvas, rng, x, y, u * size * rng.uniform(0.8, 1.2), b)
        b.add(canvas, z, wave=u * 0.0015)
    land.foreground(b, mix(p.near, (0, 0, 0), 0.25), flowers=True)
    birds(b, 2)


def mountains(b: Backdrop) -> None:
    """High snowy mountains over a valley."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.66
    sky(b)
    clouds(b, top=0.08, bottom=0.4)
    peaks.mountains(b, height=0.56, rows=3)
    pines = mix(p.leaf, p.far, 0.35)
    land.hill(b, "far", b.horizon + u * 0.01, u * 0.1, mix(pines, p.horizon, 0.25), 4.0, trees="pine")
    land.hill(b, "near", b.horizon + u * 0.12, u * 0.1, mix(p.near, p.land, 0.35), 1.9, trees="pine")
    land.meadow(b, "near", b.horizon + u * 0.19, mix(p.near, p.land, 0.3), mix(p.near, (0, 0, 0), 0.2))
    land.foreground(b, mix(p.near, (0, 0, 0), 0.5), tall=0.07)
    if b.board.weather == "mist":
        land.mist(b, (b.horizon - u * 0.1, b.horizon + u * 0.06))
    birds(b, 2, high=0.5)


def snowfield(b: Backdrop) -> None:
    """Snow as far as one sees, with dark firs."""
    p, u = b.palette, b.unit
    white = p.lit(rgb("eef4fb"))
    sky(b)
    clouds(b, 3)
    peaks.mountains(b, height=0.3)
    fir = mix(white, p.horizon, 0.35)
    land.hill(b, "far", b.horizon + u * 0.01, u * 0.07, fir, 4.5, trees="pine", below=white)
    land.hill(b, "mid", b.horizon + u * 0.1, u * 0.08, mix(white, p.sky, 0.2), 2.4, trees="pine", below=white)
    canvas = land.ground_gradient(b, b.horizon + u * 0.17, mix(white, p.sky, 0.12), mix(white, p.zenith, 0.3), 1.0)
    rng = b.rng("drifts")
    for _ in range(60):
        x, y, wide = rng.uniform(0, b.period), b.horizon + u * rng.uniform(0.19, 0.5), u * rng.uniform(0.06, 0.2)
        canvas.ellipse(x, y, wide, wide * 0.06, mix(white, p.zenith, 0.25), 0.4)
        canvas.ellipse(x - wide * 0.1, y - wide * 0.03, wide * 0.9, wide * 0.045, white, 0.6)
    b.add(canvas, 1.0)
    if b.board.weather == "mist":
        land.mist(b, (b.horizon + u * 0.04,))


def desert(b: Backdrop) -> None:
    """Dunes, one behind the other."""
    p, u = b.palette, b.unit
    sand = p.lit(rgb("e8b878"))
    sky(b)
    clouds(b, 2, top=0.1, bottom=0.4)
    for i, (z, drop, swell) in enumerate(((8.0, 0.0, 0.08), (4.0, 0.06, 0.12), (2.2, 0.14, 0.12), (1.0, 0.22, 0.05))):
        rng, canvas = b.rng(f"dune {i}"), b.canvas()
        top = b.horizon + u * drop
        crest = top - (ridge(rng, b.period, 2) - 0.4) * u * swell
        x = np.arange(b.period, dtype=float)
        tone = mix(sand, p.horizon, 0.5 - 0.14 * i)
        canvas.polygon(np.concatenate([np.stack([x, crest], 1), [(b.period, b.height), (0, b.height)]]), tone)
        slope = np.clip(np.gradient(crest), 0, None)
        shadow = crest + slope / max(float(slope.max()), 1e-6) * u * 0.09
        canvas.polygon(
            np.concatenate([np.stack([x, crest], 1), np.stack([x, shadow + 1], 1)[::-1]]),
            mix(tone, p.lit(rgb("a8673f")), 0.4),
        )
        for _ in range(40 if z < 3 else 0):
            canvas.ellipse(
                rng.uniform(0, b.period),
                top + u * rng.uniform(0.07, 0.3),
                u * rng.uniform(0.04, 0.1),
                u * 0.0022,
                mix(tone, (120, 70, 30), 0.35),
                0.5,
            )
        canvas.shade(top, top + u * 0.35, p.lit(rgb("b97a48")), 0.0, 0.5)
        b.add(canvas, z)
    _cacti(b)


def _cacti(b: Backdrop) -> None:
    rng, canvas, u = b.rng("cacti"), b.canvas(), b.unit
    green = b.palette.lit(rgb("5f7f4a"))
    for _ in range(4):
        x, y, size = rng.uniform(0, b.period), b.horizon + u * rng.uniform(0.16, 0.2), u * rng.uniform(0.07, 0.13)
        canvas.limb([(x, y), (x, y - size)], [size * 0.2, size * 0.18], green)
        for side, at in ((-1, 0.4), (1, 0.55)):
            canvas.limb(
                [
                    (x, y - size * at),
                    (x + side * size * 0.26, y - size * at),
                    (x + side * size * 0.28, y - size * (at + 0.28)),
                ],
                [size * 0.13] * 3,
                green,
            )
    b.add(canvas, 2.0)
