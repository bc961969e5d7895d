"""Streets and skylines: buildings, street fronts, lamp posts, roads."""

from __future__ import annotations

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places import land
from reelgate.animatic.places.base import Backdrop

_FRONTS = ("a87a68", "8c94a8", "c2a585", "7f8aa0", "b98f80", "d2c2a4", "8fa39a")
NEON = ("ff4fa3", "38e1ff", "ffd24a", "9d6bff", "4dffb0", "ff6b4a")


def skyline(b: Backdrop, foot: float, *, height: float = 0.42, rows: int = 3) -> None:
    """Paint rows of towers, the far ones paler; lit windows when the lamps are on, spires in the future."""
    p = b.palette
    future = "future" in b.board.styles
    for row in range(rows):
        rng, canvas = b.rng(f"skyline {row}"), b.canvas()
        fade = 0.62 - 0.26 * row
        x = 0.0
        while x < b.period:
            wide = b.unit * rng.uniform(0.05, 0.11)
            tall = b.unit * height * rng.uniform(0.35, 1.0) ** 1.4 * (1 - 0.2 * row)
            wall = mix(p.lit(rgb(str(rng.choice(["6d7f96", "7c8aa0", "5f6d86", "8a8fa6"])))), p.horizon, fade)
            _tower(canvas, b, rng, (x, foot, wide, tall), wall, fade, future=future)
            x += wide * rng.uniform(0.9, 1.0 + 0.9 / (row + 1))
        canvas.shade(foot - b.unit * height, foot, p.horizon, 0.0, 0.5 - 0.12 * row)
        b.add(canvas, 8.0 - 2.2 * row)


def _tower(
    canvas: Canvas,
    b: Backdrop,
    rng: np.random.Generator,
    box: tuple[float, float, float, float],
    wall: Colour,
    fade: float,
    *,
    future: bool,
) -> None:
    x, foot, wide, tall = box
    top, shape = (
        foot - tall,
        rng.choice(["flat", "step", "spire", "round"] if future else ["flat", "flat", "step", "spire"]),
    )
    dark = mix(wall, (10, 14, 30), 0.22)
    if shape == "round":
        canvas.ellipse(x + wide / 2, top, wide / 2, min(wide * rng.uniform(0.5, 1.3), tall), wall)
    if shape == "spire":
        canvas.polygon([(x, top), (x + wide * 0.5, top - tall * 0.16 - wide * 0.4), (x + wide, top)], wall)
        canvas.limb(
            [(x + wide * 0.5, top - wide * 0.4), (x + wide * 0.5, top - tall * 0.32 - wide * 0.4)],
            [wide * 0.07, wide * 0.02],
            dark,
        )
    if shape == "step":
        canvas.rect(x + wide * 0.2, top - tall * 0.1, wide * 0.6, tall * 0.12, wall)
    canvas.rect(x, top, wide, tall, wall)
    canvas.rect(x + wide * 0.62, top, wide * 0.38, tall, mix(wall, dark, 0.7))
    _windows(canvas, b, rng, box, wall, fade, future=future)


def _windows(
    canvas: Canvas,
    b: Backdrop,
    rng: np.random.Generator,
    box: tuple[float, float, float, float],
    wall: Colour,
    fade: float,
    *,
    future: bool,
) -> None:
    x, foot, wide, tall = box
    pane, lamps = b.unit * 0.0075, b.palette.lamps
    columns, floors = max(2, int(wide / (pane * 2.3))), int(tall / (pane * 3))
    lit = rgb("6fe9ff") if future or "neon" in b.board.styles else rgb("ffd98a")
    glass = mix(wall, (255, 255, 255), 0.14) if not lamps else mix(wall, (0, 0, 0), 0.25)
    share = 0.42 if lamps else 0.16 if b.board.time in ("dusk", "dawn") else 0.0
    across, down = x + wide * (np.arange(columns) + 0.3) / columns, foot - tall + np.arange(1, floors) * pane * 3
    corners = np.stack(np.meshgrid(across, down), 2).reshape(-1, 1, 2)
    on, pink, seen = (rng.random(len(corners)) < odds for odds in (share, future / 3, 0.55))
    frame = pane * np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.5), (0.0, 1.5)])
    canvas.polygons(corners[on & ~pink] + frame, mix(lit, wall, fade * 0.7))
    canvas.polygons(corners[on & pink] + frame, mix(mix(lit, rgb("ff8ad0"), 0.7), wall, fade * 0.7))
    canvas.polygons(corners[~on & seen] + frame, glass, 0.5)


def street_front(b: Backdrop, foot: float) -> None:
    """Paint the near side of a street: house fronts with shops, signs and doors."""
    p, rng, canvas = b.palette, b.rng("front"), b.canvas()
    lamps = p.lamps or b.board.weather in ("rain", "storm")
    x = 0.0
    while x < b.period - b.unit * 0.1:
        wide = min(b.unit * rng.uniform(0.26, 0.42), b.period - x)
        if b.period - x - wide < b.unit * 0.2:
            wide = b.period - x
        tall = b.unit * rng.uniform(0.42, 0.72)
        wall = p.lit(rgb(str(rng.choice(_FRONTS))))
        _front(canvas, b, rng, (x, foot, wide, tall), mix(wall, (12, 12, 30), 0.42 if lamps else 0.0), lamps=lamps)
        x += wide
    b.add(canvas, 1.7)


def _front(
    canvas: Canvas,
    b: Backdrop,
    rng: np.random.Generator,
    box: tuple[float, float, float, float],
    wall: Colour,
    *,
    lamps: bool,
) -> None:
    x, foot, wide, tall = box
    u = b.unit
    canvas.rect(x, foot - tall, wide + 1, tall, wall)
    canvas.rect(x - u * 0.006, foot - tall - u * 0.012, wide + u * 0.012, u * 0.02, mix(wall, (255, 255, 255), 0.12))
    floors = max(1, int((tall - u * 0.2) / (u * 0.12)))
    for floor in range(floors):
        for column in range(3):
            on = lamps and rng.random() < 0.5
            pane = rgb(str(rng.choice(["ffd98a", "ffc46a", "bfe9ff"]))) if on else mix(wall, b.palette.sky, 0.45)
            wx, wy = x + wide * (column + 0.25) / 3, foot - tall + u * (0.045 + 0.12 * floor)
            canvas.rect(wx - u * 0.006, wy - u * 0.006, wide / 6 + u * 0.012, u * 0.082, mix(wall, (0, 0, 0), 0.25))
            canvas.rect(wx, wy, wide / 6, u * 0.07, pane)
            canvas.rect(wx + wide / 12 - u * 0.002, wy, u * 0.004, u * 0.07, mix(wall, (0, 0, 0), 0.25))
    shop = rgb(str(rng.choice(["ffe0a0", "9be8ff", "ffc0d8"]))) if lamps else mix(b.palette.sky, (255, 255, 255), 0.2)
    canvas.rect(x + wide * 0.06, foot - u * 0.15, wide * 0.56, u * 0.12, mix(shop, wall, 0.12))
    for i in range(1, 3):
        canvas.rect(x + wide * (0.06 + 0.187 * i), foot - u * 0.15, u * 0.005, u * 0.12, mix(wall, (0, 0, 0), 0.4))
    canvas.rect(x + wide * 0.7, foot - u * 0.155, wide * 0.2, u * 0.155, mix(wall, (0, 0, 0), 0.45))
    canvas.rect(x + wide * 0.73, foot - u * 0.145, wide * 0.14, u * 0.08, mix(shop, wall, 0.3))
    _sign(canvas, b, rng, x, foot, wide, lamps=lamps)


def _sign(
    canvas: Canvas, b: Backdrop, rng: np.random.Generator, x: float, foot: float, wide: float, *, lamps: bool
) -> None:
    u, glow = b.unit, lamps and ("neon" in b.board.styles or "future" in b.board.styles or b.palette.lamps)
    tint = (
        rgb(str(rng.choice(NEON)))
        if glow
        else b.palette.lit(rgb(str(rng.choice(["c8504a", "3f7f6a", "3a5f9a", "d39a3c"]))))
    )
    canvas.polygon(
        [
            (x + wide * 0.03, foot - u * 0.16),
            (x + wide * 0.65, foot - u * 0.16),
            (x + wide * 0.62, foot - u * 0.195),
            (x + wide * 0.06, foot - u * 0.195),
        ],
        mix(tint, (0, 0, 0), 0.15),
    )
    if not glow:
        return
    sx, sy, tall = x + wide * rng.uniform(0.1, 0.8), foot - u * rng.uniform(0.24, 0.34), u * rng.uniform(0.1, 0.18)
    bright = mix(tint, (255, 255, 255), 0.35)
    canvas.rect(sx, sy - tall, u * 0.045, tall + u * 0.02, (18, 16, 34))
    for i in range(int(tall / (u * 0.032))):
        glyph(canvas, rng, sx + u * 0.009, sy - tall + u * (0.01 + 0.034 * i), u * 0.027, bright)
    canvas.glow(sx + u * 0.022, sy - tall / 2, u * 0.19, tint, 0.75)
    canvas.glow(x + wide * 0.34, foot - u * 0.17, u * 0.22, tint, 0.5)


def glyph(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, colour: Colour) -> None:
    """Paint a mark that looks like lettering and says nothing."""
    for _ in range(3):
        if rng.random() < 0.5:
            canvas.rect(x, y + size * rng.uniform(0, 0.8), size, size * 0.14, colour)
        else:
            canvas.rect(x + size * rng.uniform(0, 0.8), y, size * 0.14, size * 0.85, colour)


def pavement(b: Backdrop, top: float, *, wet: bool) -> None:
    """Paint the ground of a street, mirroring its lights when wet."""
    p, canvas, rng = b.palette, b.canvas(), b.rng("pavement")
    snowy = land.snowy(b)
    stone, tar = (
        mix(p.lit(rgb("e6ecf4" if snowy else "8e8a8c")), (14, 14, 28), 0.35 if wet else 0.0),
        mix(p.lit(rgb("9aa3b4" if snowy else "4b4d57")), (8, 8, 22), 0.5 if wet else 0.0),
    )
    kerb = top + (b.height - top) * 0.34
    canvas.rect(0, top, b.period, kerb - top, stone)
    canvas.rect(0, kerb, b.period, b.height - kerb, tar)
    canvas.rect(0, kerb, b.period, b.unit * 0.008, mix(stone, (255, 255, 255), 0.2))
    slabs = max(4, round(b.period / (b.unit * 0.16)))
    for i in range(slabs):
        x = b.period * i / slabs
        canvas.polygon(
            [(x, top), (x + b.unit * 0.004, top), (x - b.unit * 0.03, kerb), (x - b.unit * 0.035, kerb)],
            mix(stone, (0, 0, 0), 0.22),
            0.7,
        )
    dashes = max(3, round(b.period / (b.unit * 0.5)))
    for i in range(dashes):
        x, y = b.period * i / dashes, kerb + (b.height - kerb) * 0.55
        canvas.polygon(
            [
                (x, y),
                (x + b.unit * 0.2, y),
                (x + b.unit * 0.19, y + b.unit * 0.014),
                (x - b.unit * 0.01, y + b.unit * 0.014),
            ],
            mix(tar, (255, 255, 255), 0.45),
            0.8,
        )
    if wet:
        for _ in range(34):
            x, wide = rng.uniform(0, b.period), b.unit * rng.uniform(0.008, 0.04)
            tint = mix(rgb(str(rng.choice(NEON))), rgb("ffd98a"), rng.choice([0.0, 0.0, 1.0]))
            canvas.rect(
                x, top + rng.uniform(0, 0.03) * b.unit, wide, (b.height - top) * rng.uniform(0.4, 1.0), tint, 0.3
            )
        soft = canvas.pixels.copy()
        canvas.blur(b.unit * 0.009)
        canvas.pixels[: int(top) + 2] = soft[: int(top) + 2]
        canvas.pixels[int(top) :, :, 3] = 255
    canvas.shade(top, b.height, (0, 0, 0), 0.0, 0.25)
    b.add(canvas, 1.0)


def lamp_posts(b: Backdrop, foot: float, z: float = 1.25) -> None:
    """Paint street lamps, shining when it is dark."""
    canvas, u = b.canvas(), b.unit
    on = b.palette.lamps or b.board.weather in ("rain", "storm")
    post = mix(b.palette.lit(rgb("2c3038")), (0, 0, 0), 0.2)
    count = max(2, round(b.period / (u * 0.75)))
    for i in range(count):
        x = b.period * (i + 0.5) / count
        if on:
            canvas.halo(x + u * 0.075, foot - u * 0.45, u * 0.2, rgb("ffd590"), 0.55)
        canvas.limb(
            [(x, foot), (x, foot - u * 0.42), (x + u * 0.02, foot - u * 0.46), (x + u * 0.08, foot - u * 0.465)],
            [u * 0.014, u * 0.009, u * 0.008, u * 0.007],
            post,
        )
        canvas.ellipse(x + u * 0.075, foot - u * 0.456, u * 0.022, u * 0.009, rgb("fff3d0") if on else post)
    b.add(canvas, z)


def road(b: Backdrop, top: float, bottom: float) -> None:
    """Paint a road across the picture, with its markings."""
    p, canvas, u = b.palette, b.canvas(), b.unit
    tar = p.lit(rgb("54565f"))
    canvas.rect(0, top - u * 0.012, b.period, bottom - top + u * 0.03, mix(p.land, (120, 100, 70), 0.4))
    canvas.rect(0, top, b.period, bottom - top, tar)
    for y, share in ((top + u * 0.012, 0.75), (bottom - u * 0.02, 0.8)):
        canvas.rect(0, y, b.period, u * 0.006, mix(tar, (255, 255, 255), share))
    count = max(4, round(b.period / (u * 0.32)))
    for i in range(count):
        x, y = b.period * i / count, (top + bottom) / 2
        canvas.polygon(
            [(x, y), (x + u * 0.15, y), (x + u * 0.145, y + u * 0.011), (x - u * 0.005, y + u * 0.011)],
            mix(tar, rgb("ffe9a8"), 0.85),
        )
    rng = b.rng("tar")
    for _ in range(80):
        canvas.ellipse(
            rng.uniform(0, b.period), rng.uniform(top, bottom), u * 0.03, u * 0.002, mix(tar, (0, 0, 0), 0.2), 0.4
        )
    b.add(canvas, 1.0)
    posts, count = b.canvas(), max(4, round(b.period / (u * 0.34)))
    for i in range(count):
        x = b.period * i / count
        posts.rect(x, top - u * 0.07, u * 0.012, u * 0.065, p.lit(rgb("e9e6df")))
        posts.rect(x, top - u * 0.056, u * 0.012, u * 0.014, p.lit(rgb("d2463c")))
    b.add(posts, 0.998)
