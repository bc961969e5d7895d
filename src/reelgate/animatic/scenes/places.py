"""The places, a painter for each. A new place is one function here and its words in `words.toml`."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import numpy as np

from reelgate.animatic.compose import Stamp
from reelgate.animatic.paint import Canvas, ridge
from reelgate.animatic.palette import mix, rgb
from reelgate.animatic.scenes import built, land, water
from reelgate.animatic.scenes.base import FAR, Backdrop
from reelgate.animatic.scenes.room import room
from reelgate.animatic.scenes.sky import birds, clouds, gradient, sky, stars

Painter = Callable[[Backdrop], None]


def _country(b: Backdrop) -> None:
    """The sky and what stands behind any open land."""
    sky(b)
    clouds(b)
    if b.far("city", "harbour", "street"):
        built.skyline(b, b.horizon + b.unit * 0.02, height=0.26)
    elif b.far("sea", "beach", "lake"):
        water.sea(b, waves=2)
    else:
        land.mountains(b, snow=b.far("mountains") or b.board.season == "winter" or b.rng("tops").random() < 0.5)


def grassland(b: Backdrop) -> None:
    """Meadows between hills and mountains."""
    p, u = b.palette, b.unit
    _country(b)
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
    _country(b)
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
    land.mountains(b, height=0.56, rows=3)
    pines = mix(p.leaf, p.far, 0.35)
    land.hill(b, "far", b.horizon + u * 0.01, u * 0.1, mix(pines, p.horizon, 0.25), 4.0, trees="pine")
    land.hill(b, "near", b.horizon + u * 0.12, u * 0.1, mix(p.near, p.land, 0.35), 1.9, trees="pine")
    land.meadow(b, "near", b.horizon + u * 0.19, mix(p.near, p.land, 0.3), mix(p.near, (0, 0, 0), 0.2))
    land.foreground(b, mix(p.near, (0, 0, 0), 0.5), tall=0.07)
    if b.board.weather == "mist":
        land.mist(b, (b.horizon - u * 0.1, b.horizon + u * 0.06))
    birds(b, 2, high=0.5)


def forest(b: Backdrop) -> None:
    """Among trees: rows of trunks, the far ones pale, light on the path."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.62
    glowing = mix(p.horizon, p.leaf, 0.25)
    canvas = b.flat()
    gradient(
        b,
        canvas,
        [(0, mix(p.sky, p.leaf, 0.25)), (b.horizon, mix(glowing, (255, 250, 220), 0.25 if not p.lamps else 0.0))],
    )
    if p.lamps:
        stars(b, canvas, 60, b.horizon * 0.7)
    canvas.glow(b.width * 0.55, b.horizon * 0.55, u * 0.7, p.sun, 0.6 if not p.lamps else 0.15)
    b.add(canvas, FAR)
    for row, (z, share, size, count) in enumerate(((7.0, 0.62, 0.42, 22), (4.0, 0.42, 0.6, 14), (2.2, 0.2, 0.85, 9))):
        rng, trees = b.rng(f"wood {row}"), b.canvas()
        foot = b.horizon + u * 0.045 * row
        for i in range(count):
            x = b.period * (i + rng.uniform(0.1, 0.9)) / count
            kind = (
                "pine"
                if b.board.season != "autumn" and rng.random() < 0.4
                else "blossom"
                if b.board.season == "spring" and row == 2
                else "round"
            )
            land.tree(
                trees, b, rng, x, foot + rng.uniform(0, 0.02) * u, u * size * rng.uniform(0.8, 1.15), kind, depth=share
            )
        b.add(trees, z)
        floor = mix(mix(p.land, p.near, 0.25 + 0.2 * row), p.horizon, share * 0.6)
        land.hill(b, f"floor {row}", foot + u * 0.012, u * 0.02, floor, z - 0.05)
    land.meadow(b, "floor", b.horizon + u * 0.12, mix(p.land, p.near, 0.55), mix(p.near, (0, 0, 0), 0.1))
    _trunks(b)
    land.foreground(b, mix(p.near, (0, 0, 0), 0.45), tall=0.08)
    falling(b, autumn=b.board.season == "autumn")
    if b.board.weather == "mist":
        land.mist(b, (b.horizon, b.horizon + u * 0.1))


def _trunks(b: Backdrop) -> None:
    """A few large trunks close by, and the crowns above."""
    p, u, rng, canvas = b.palette, b.unit, b.rng("trunks"), b.canvas()
    bark = mix(p.lit(rgb("4a3a30")), (0, 0, 0), 0.25)
    count = max(2, round(b.period / (u * 0.9)))
    for i in range(count):
        x, wide = b.period * (i + rng.uniform(0.02, 0.24)) / count, u * rng.uniform(0.045, 0.075)
        canvas.limb(
            [(x, b.height * 0.95), (x + wide * 0.2, b.height * 0.4), (x - wide * 0.2, -u * 0.05)],
            [wide * 1.5, wide, wide * 0.8],
            bark,
        )
        canvas.polygon(
            [(x - wide * 1.4, b.height * 0.965), (x, b.height * 0.86), (x + wide * 1.4, b.height * 0.965)], bark
        )
        for _ in range(7):
            leaf = p.leaf if b.board.season != "autumn" else p.lit(rgb(str(rng.choice(["d9772b", "c4502a", "e3a536"]))))
            canvas.ellipse(
                x + u * rng.uniform(-0.3, 0.3),
                u * rng.uniform(-0.06, 0.07),
                u * 0.13,
                u * 0.085,
                mix(leaf, (0, 0, 0), rng.uniform(0.15, 0.4)),
            )
    b.add(canvas, 0.93, wave=u * 0.0015)


def falling(b: Backdrop, *, autumn: bool) -> None:
    """Let leaves or petals fall."""
    if not autumn and b.board.season != "spring":
        return
    rng, u = b.rng("falling"), b.unit
    tints = ["d9772b", "c4502a", "e3a536"] if autumn else ["f6bccd", "f3a6bd", "ffe0e8"]
    for i in range(22):
        canvas = Canvas(max(6, int(u * 0.03)), max(6, int(u * 0.03)))
        half = canvas.width / 2
        canvas.ellipse(half, half, half * 0.8, half * 0.34, b.palette.lit(rgb(tints[i % 3])), angle=rng.uniform(0, 3))
        x0, y0, fall, sway = (
            rng.uniform(0, b.width),
            rng.uniform(0, b.height),
            u * rng.uniform(0.06, 0.14),
            rng.uniform(0.7, 1.6),
        )

        def path(t: float, x0: float = x0, y0: float = y0, fall: float = fall, sway: float = sway) -> Stamp:
            y = (y0 + fall * t) % (b.height * 1.1) - b.height * 0.05
            return Stamp(
                x0 + u * 0.05 * math.sin(sway * t + x0) - u * 0.02 * t, y, scale=0.7 + 0.3 * math.sin(2 * sway * t)
            )

        b.sprite(canvas.pixels, path, 0.9, span=u * 0.05)


def snowfield(b: Backdrop) -> None:
    """Snow as far as one sees, with dark firs."""
    p, u = b.palette, b.unit
    white = p.lit(rgb("eef4fb"))
    sky(b)
    clouds(b, 3)
    land.mountains(b, height=0.3)
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


def sea(b: Backdrop) -> None:
    """The open sea."""
    b.horizon = b.height * 0.55
    b.surface = b.horizon + (b.height - b.horizon) * 0.42
    b.ground = b.horizon + (b.height - b.horizon) * 0.72
    b.landmark = (b.width * (0.3 if b.width > b.height else 0.34), b.horizon + (b.height - b.horizon) * 0.44)
    sky(b)
    clouds(b)
    if b.far("city"):
        built.skyline(b, b.horizon + 2, height=0.2, rows=2)
    else:
        land.mountains(b, height=0.1, base=b.horizon + 2, snow=False, rows=1)
    water.sea(b)
    birds(b, 5, kind="gull")


def beach(b: Backdrop) -> None:
    """Sand before the sea, palms if it is warm."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.5
    shore = b.horizon + (b.height - b.horizon) * 0.5
    b.surface = b.horizon + (b.height - b.horizon) * 0.22
    b.landmark = (b.width * 0.26, b.horizon + (b.height - b.horizon) * 0.34)
    sky(b)
    clouds(b)
    land.mountains(b, height=0.09, base=b.horizon + 2, snow=False, rows=1)
    water.sea(b, bottom=shore + u * 0.08, waves=5)
    sand = p.lit(rgb("ecd2a0"))
    for i, (z, drop, tone) in enumerate(
        ((1.3, -0.012, mix(p.lit(rgb("ffffff")), p.sea, 0.25)), (1.25, 0.0, mix(sand, p.deep, 0.3)), (1.0, 0.035, sand))
    ):
        rng, canvas = b.rng(f"shore {0 if i < 2 else i}"), b.canvas()
        edge = shore + u * drop - (ridge(rng, b.period, 2) - 0.5) * u * 0.035
        x = np.arange(b.period, dtype=float)
        canvas.polygon(np.concatenate([np.stack([x, edge], 1), [(b.period, b.height), (0, b.height)]]), tone)
        if i == 2:
            canvas.shade(shore, b.height, p.lit(rgb("c79a62")), 0.0, 0.6)
            for _ in range(170):
                y = shore + u * 0.05 + (b.height - shore) * rng.uniform(0, 1)
                canvas.ellipse(
                    rng.uniform(0, b.period),
                    y,
                    u * rng.uniform(0.004, 0.03),
                    u * 0.0025,
                    mix(sand, p.lit(rgb("8a6238")), 0.45),
                    0.4,
                )
        b.add(canvas, z, wave=0 if i else u * 0.016)
    _palms(b, shore)
    birds(b, 4, kind="gull")


def _palms(b: Backdrop, shore: float) -> None:
    if b.board.season == "winter" or b.palette.light[0] < 60:
        return
    canvas, rng = b.canvas(), b.rng("palms")
    for share, size in ((0.02, 0.62), (0.1, 0.48), (1.25, 0.6)):
        land.tree(canvas, b, rng, b.width * share + b.unit * 0.02, shore + b.unit * 0.09, b.unit * size, "palm")
    b.add(canvas, 0.99)


def harbour(b: Backdrop) -> None:
    """A city by the sea."""
    b.horizon = b.height * 0.58
    b.surface = b.horizon + (b.height - b.horizon) * 0.3
    b.ground = b.horizon + (b.height - b.horizon) * 0.75
    b.landmark = (b.width * 0.2, b.horizon + (b.height - b.horizon) * 0.2)
    sky(b)
    clouds(b)
    land.mountains(b, height=0.22, snow=False, rows=1)
    built.skyline(b, b.horizon + b.unit * 0.01, height=0.4 if "future" in b.board.styles else 0.34)
    water.sea(b)
    birds(b, 5, kind="gull")


def city(b: Backdrop) -> None:
    """A skyline over a park."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.7
    sky(b)
    clouds(b)
    built.skyline(b, b.horizon + u * 0.02, height=0.56)
    land.hill(b, "park", b.horizon + u * 0.03, u * 0.03, mix(p.near, p.leaf, 0.4), 1.8, trees="round")
    land.meadow(b, "park", b.horizon + u * 0.08, mix(p.land, p.near, 0.5), p.near)
    birds(b, 4)


def street(b: Backdrop) -> None:
    """A street in town; wet and full of neon when it rains at night."""
    u = b.unit
    foot = b.height * 0.72
    b.horizon = foot - u * 0.1
    b.ground = b.height * 0.86
    b.palette = msgspec.structs.replace(b.palette, light=mix(b.palette.light, (255.0, 240.0, 235.0), 0.3))
    wet = b.board.weather in ("rain", "storm")
    sky(b)
    clouds(b, 4, bottom=0.4)
    built.skyline(b, foot, height=0.8, rows=2)
    built.street_front(b, foot)
    built.pavement(b, foot, wet=wet or b.palette.lamps)
    built.lamp_posts(b, foot + u * 0.03)
    if wet or b.palette.lamps:
        built.lit_windows_flicker(b, foot)


def road(b: Backdrop) -> None:
    """A road through open country, or along the sea."""
    p, u = b.palette, b.unit
    b.ground = b.height * 0.87
    _country(b)
    land.hill(b, "far", b.horizon + u * 0.01, u * 0.08, mix(p.land, p.far, 0.4), 5.0, trees="round")
    land.hill(b, "mid", b.horizon + u * 0.09, u * 0.06, mix(p.land, p.near, 0.25), 2.6, trees="pine")
    land.meadow(b, "verge", b.horizon + u * 0.15, mix(p.land, p.near, 0.3), p.near)
    built.road(b, b.ground - u * 0.09, b.ground + u * 0.09)
    land.foreground(b, mix(p.near, (0, 0, 0), 0.3), tall=0.06)
    birds(b, 2)


def lake(b: Backdrop) -> None:
    """A lake under mountains."""
    p, u = b.palette, b.unit
    shore = b.horizon + u * 0.02
    b.surface = shore + (b.height - shore) * 0.34
    sky(b)
    clouds(b)
    land.mountains(b, height=0.4, base=shore)
    land.hill(b, "shore", shore - u * 0.012, u * 0.02, mix(p.leaf, p.far, 0.4), 6.0, trees="pine")
    water.lake(b, shore, float(b.height))
    land.foreground(b, mix(p.near, (0, 0, 0), 0.3), tall=0.15)
    near = b.canvas()
    bank = b.height * 0.9 - (ridge(b.rng("bank"), b.period, 2) - 0.5) * u * 0.05
    near.polygon(
        np.concatenate([np.stack([np.arange(b.period, dtype=float), bank], 1), [(b.period, b.height), (0, b.height)]]),
        mix(p.near, p.land, 0.3),
    )
    b.add(near, 1.0)
    b.ground = b.height * 0.93
    birds(b, 3)


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
        tone = mix(p.cloud, p.horizon, 0.5 - 0.13 * i)
        for step in range(2):
            for _ in range(16):
                r = u * rng.uniform(0.06, 0.12) * (0.8 + 0.3 * i)
                canvas.ellipse(
                    rng.uniform(0, b.period),
                    y + r * 0.5 + step * r * 0.3,
                    r * 1.5,
                    r * 0.8,
                    mix(tone, p.sky, 0.16 * (1 - step) + rng.uniform(0, 0.06)),
                )
        canvas.rect(0, y + u * 0.06, b.period, b.height, tone)
        canvas.shade(y, y + u * 0.3, p.sky, 0.0, 0.5)
        b.add(canvas, z, drift=b.width * 0.012 * (i + 1))
    birds(b, 3)


def space(b: Backdrop) -> None:
    """The night of space, a planet, and the ground of a moon to stand on."""
    u, rng = b.unit, b.rng("space")
    b.palette = msgspec.structs.replace(b.palette, light=(236.0, 240.0, 255.0))
    canvas = b.flat()
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
    if b.board.subjects and b.board.subjects[0].kind not in ("rocket", "plane"):
        _moon_ground(b)


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


def underwater(b: Backdrop) -> None:
    """Below the surface."""
    b.horizon = b.height * 0.1
    b.ground = b.height * 0.95
    water.depths(b)


PLACES: dict[str, Painter] = {
    "grassland": grassland, "flowers": flowers, "mountains": mountains, "forest": forest, "snowfield": snowfield,
    "desert": desert, "sea": sea, "beach": beach, "harbour": harbour, "city": city, "street": street, "road": road,
    "lake": lake, "sky": above_clouds, "space": space, "underwater": underwater, "room": room,
}  # fmt: skip
