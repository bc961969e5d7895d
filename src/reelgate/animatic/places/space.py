"""Space, the sky above the clouds, and the insides of what flies there."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, ridge
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import FAR, Backdrop
from reelgate.animatic.places.sky import birds, clouds, gradient, sky, stars


def above_clouds(b: Backdrop) -> None:
    """Over a sea of clouds."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.68
    b.ground = b.height * 0.8
    sky(b)
    clouds(b, 4, bottom=0.5)
    for i, z in enumerate((7.0, 4.0, 2.2, 1.1)):
        rng, canvas = b.rng(f"bank {i}"), b.canvas()
        y = b.horizon + u * (0.03 + 0.085 * i)
        tone = mix(mix(p.cloud, (255, 255, 255), 0.12), p.horizon, 0.42 - 0.13 * i)
        for step in range(2):
            for _ in range(16):
                r = u * rng.uniform(0.06, 0.12) * (0.8 + 0.3 * i)
                canvas.ellipse(
                    rng.uniform(0, b.period),
                    y + r * 0.5 + step * r * 0.3,
                    r * 1.5,
                    r * 0.8,
                    mix(tone, p.zenith, 0.3 * (1 - step) + rng.uniform(0, 0.07)),
                )
        canvas.rect(0, y + u * 0.06, b.period, b.height, tone)
        canvas.shade(y, y + u * 0.3, p.zenith, 0.0, 0.42)
        b.add(canvas, z, drift=b.width * 0.012 * (i + 1))
    birds(b, 3)


def space(b: Backdrop) -> None:
    """The night of space, a planet, and the ground of a moon to stand on."""
    rng = b.rng("space")
    b.palette = msgspec.structs.replace(b.palette, light=(236.0, 240.0, 255.0))
    _void(b, rng)
    if b.board.subjects and b.board.subjects[0].kind not in ("rocket", "plane"):
        _moon_ground(b)


def _void(b: Backdrop, rng: np.random.Generator) -> None:
    """Paint the night of space with its clouds of light, its stars and a planet."""
    u, canvas = b.unit, b.flat()
    gradient(b, canvas, [(0, rgb("05060f")), (b.height * 0.6, rgb("0d1030")), (b.height, rgb("1a1440"))])
    for _ in range(7):
        tint = rgb(str(rng.choice(["5b2a86", "1f4f8a", "8a2f6a", "225f6a"])))
        canvas.glow(
            b.width * rng.uniform(0, 1), b.height * rng.uniform(0.05, 0.75), u * rng.uniform(0.3, 0.6), tint, 0.5
        )
    stars(b, canvas, 160, b.height)
    b.add(canvas, FAR)
    near = b.canvas()
    stars(b, near, 150, b.height)
    b.add(near, 9.0, drift=0.008 * b.width)
    _planet(b, rng)


def cockpit(b: Backdrop) -> None:
    """The bridge of a ship in space: a wide window on the stars, consoles below it, lights along the ribs."""
    u, rng = b.unit, b.rng("cockpit")
    b.palette = msgspec.structs.replace(b.palette, light=(205.0, 215.0, 245.0), lamps=True, horizon=rgb("2a3350"))
    b.ground = b.height * 0.92
    _void(b, rng)
    hull, sill, steel = b.canvas(), b.height * 0.6, rgb("39445c")
    hull.rect(0, 0, b.period, b.height * 0.09, steel)
    hull.rect(0, b.height * 0.09, b.period, u * 0.01, rgb("7fd6ff"))
    count = max(2, round(b.period / (u * 0.8)))
    for i in range(count):
        x, lean = b.period * (i + 0.12) / count, u * 0.07
        for wide, tone in ((0.045, rgb("28314a")), (0.03, steel), (0.008, mix(steel, (255, 255, 255), 0.3))):
            hull.polygon(
                [(x - u * wide, 0), (x + u * wide, 0), (x + lean + u * wide, sill), (x + lean - u * wide, sill)], tone
            )
    _consoles(hull, b, rng, sill)
    b.add(hull, 1.6)
    floor = b.canvas()
    top = b.height * 0.82
    gradient(b, floor, [(top, rgb("2c364e")), (b.height, rgb("141a2a"))], top)
    floor.rect(0, top, b.period, u * 0.008, rgb("7fd6ff"))
    for i in range(max(4, round(b.period / (u * 0.32)))):
        x = u * 0.32 * i
        floor.polygon(
            [(x, top), (x + u * 0.006, top), (x - u * 0.08, b.height), (x - u * 0.09, b.height)], rgb("46536f")
        )
        floor.glow(x + u * 0.16, top, u * 0.16, rgb("4fb4ff"), 0.35)
    b.add(floor, 1.0)


def _consoles(canvas: Canvas, b: Backdrop, rng: np.random.Generator, sill: float) -> None:
    """Paint the desk of screens and buttons below the window."""
    u, dark, foot = b.unit, rgb("1c2436"), b.height * 0.82
    canvas.rect(0, sill, b.period, foot - sill, rgb("2b354d"))
    canvas.rect(0, sill, b.period, u * 0.02, rgb("56627e"))
    count = max(3, round(b.period / (u * 0.42)))
    for i in range(count):
        x, tint = b.period * i / count + u * 0.03, rgb(("5fe0ff", "ffb45a", "7dffb0")[i % 3])
        canvas.rect(x, sill + u * 0.045, u * 0.22, u * 0.11, dark)
        canvas.rect(x + u * 0.008, sill + u * 0.053, u * 0.204, u * 0.094, mix(tint, dark, 0.78))
        bars = rng.uniform(0.1, 1.0, 12)
        for k, share in enumerate(bars):
            canvas.rect(
                x + u * (0.018 + 0.0155 * k), sill + u * (0.14 - 0.07 * share), u * 0.009, u * 0.07 * share, tint
            )
        canvas.glow(x + u * 0.11, sill + u * 0.1, u * 0.16, tint, 0.35)
        for k in range(9):
            spot = (x + u * (0.25 + 0.035 * (k % 3)), sill + u * (0.062 + 0.036 * (k // 3)))
            canvas.ellipse(*spot, u * 0.009, u * 0.009, rgb(str(rng.choice(["ff5a4a", "ffd24a", "5fe0ff", "4a5674"]))))
        canvas.rect(x, sill + u * 0.175, u * 0.36, u * 0.006, rgb("7fd6ff"), 0.6)


def _planet(b: Backdrop, rng: np.random.Generator) -> None:
    u = b.unit
    size = u * 0.19
    base, band = (
        rgb(c) for c in [("4f8fd8", "e8f3ff"), ("d8925c", "f3d2a6"), ("7f6ad0", "d2b8f5")][int(rng.integers(3))]
    )
    canvas = Canvas(int(size * 3.6), int(size * 2.6))
    x, y = canvas.width / 2, canvas.height / 2
    canvas.ellipse(x, y, size * 1.13, size * 1.13, mix(base, (255, 255, 255), 0.4), 0.16)
    canvas.ellipse(x, y, size, size, base)
    for dy, tall, share in ((-0.5, 0.1, 0.5), (-0.16, 0.14, 0.7), (0.25, 0.09, 0.5), (0.55, 0.07, 0.6)):
        half = math.sqrt(1 - dy * dy) * size
        canvas.ellipse(x, y + dy * size, half * 0.98, tall * size, mix(base, band, share), 0.8)
    shade = canvas.pixels[..., 3:].astype(np.float32) / 255
    columns, rows = np.meshgrid(np.arange(canvas.width), np.arange(canvas.height))
    dark = np.clip(((columns - x) * 0.8 + (rows - y) * 0.6) / size * 0.75 + 0.1, 0, 0.85)[..., None]
    canvas.pixels[..., :3] = canvas.pixels[..., :3] * (1 - dark * shade)
    canvas.limb(
        [
            (x - size * 1.65, y + size * 0.34),
            (x - size * 0.9, y + size * 0.3),
            (x + size * 0.9, y - size * 0.1),
            (x + size * 1.65, y - size * 0.34),
        ],
        [size * 0.02, size * 0.07, size * 0.07, size * 0.02],
        mix(band, base, 0.3),
        0.75,
    )
    spot = (b.width * 0.7, b.height * 0.28)

    def path(t: float) -> Stamp:
        return Stamp(spot[0], spot[1] + 0.004 * u * math.sin(0.5 * t))

    b.sprite(canvas.pixels, path, 20.0)


def _moon_ground(b: Backdrop) -> None:
    u, grey = b.unit, rgb("8f93a3")
    for i, (z, y, swell) in enumerate(((4.0, 0.7, 0.1), (1.0, 0.78, 0.04))):
        rng, canvas = b.rng(f"moon {i}"), b.canvas()
        crest = b.height * y - (ridge(rng, b.period, 4, sharp=0.3) - 0.5) * u * swell
        tone = mix(grey, rgb("1a1440"), 0.5 - 0.3 * i)
        canvas.polygon(
            np.concatenate(
                [np.stack([np.arange(b.period, dtype=float), crest], 1), [(b.period, b.height), (0, b.height)]]
            ),
            tone,
        )
        for _ in range(26 * i):
            x, cy, r = rng.uniform(0, b.period), b.height * rng.uniform(y + 0.03, 1), u * rng.uniform(0.015, 0.07)
            canvas.ellipse(x, cy, r, r * 0.26, mix(tone, (0, 0, 0), 0.35))
            canvas.ellipse(x, cy + r * 0.05, r * 0.9, r * 0.2, mix(tone, (0, 0, 0), 0.15))
        canvas.shade(b.height * y, b.height, rgb("14122e"), 0.0, 0.45)
        b.add(canvas, z)
    b.ground = b.height * 0.88
