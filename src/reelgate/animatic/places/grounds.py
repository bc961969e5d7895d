"""Grounds laid out for a purpose: a stadium, a railway, a spaceport."""

from __future__ import annotations

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places import land, peaks, streetscape
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.nature import country
from reelgate.animatic.places.sky import birds, clouds, sky

_CROWD = ("d2463c", "3f6fae", "f0c445", "f1eee8", "4c9a52", "e58a35", "7d4fb0", "2b2a30")


def stadium(b: Backdrop) -> None:
    """Full stands, a lawn in stripes, a red running track."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.5
    b.ground = b.height * 0.88
    sky(b)
    clouds(b, 4, bottom=0.3)
    floodlights(b, b.horizon - u * 0.1)
    stands(b, b.horizon + u * 0.1)
    lawn = p.lit(rgb("5fa544"))
    canvas, top, track = b.canvas(), b.horizon + u * 0.1, b.height * 0.76
    stripes = max(4, 2 * round(b.period / (u * 0.44)))
    for i in range(stripes):
        x, wide = b.period * i / stripes, b.period / stripes
        tone = lawn if i % 2 else mix(lawn, (20, 60, 10), 0.2)
        canvas.polygon([(x, top), (x + wide, top), (x + wide * 0.86, track), (x - wide * 0.14, track)], tone)
    canvas.rect(0, top + u * 0.05, b.period, u * 0.006, mix(lawn, (255, 255, 255), 0.75))
    clay = p.lit(rgb("c0563e"))
    canvas.rect(0, track, b.period, b.height - track, clay)
    for i in range(5):
        y = track + (b.height - track) * (i / 5) ** 1.25
        canvas.rect(0, y, b.period, u * (0.004 + 0.0016 * i), mix(clay, (255, 255, 255), 0.75))
    marks = max(3, round(b.period / (u * 0.7)))
    for i in range(marks):
        x = b.period * i / marks
        canvas.polygon(
            [(x, track), (x + u * 0.012, track), (x - u * 0.05, b.height), (x - u * 0.066, b.height)],
            mix(clay, (255, 255, 255), 0.6),
        )
    canvas.shade(track, b.height, (30, 10, 20), 0.0, 0.25)
    b.add(canvas, 1.0)


def stands(b: Backdrop, foot: float) -> None:
    """Paint the tiers with their crowd, a roof above and advertising in front."""
    p, u, rng, canvas = b.palette, b.unit, b.rng("stands"), b.canvas()
    concrete = p.lit(rgb("8f97a3"))
    tall = u * 0.34
    canvas.rect(0, foot - tall, b.period, tall, mix(concrete, (20, 24, 40), 0.35))
    rows = 11
    for row in range(rows):
        y = foot - u * 0.035 - (tall - u * 0.07) * row / rows
        canvas.rect(0, y, b.period, u * 0.005, mix(concrete, (255, 255, 255), 0.1))
        count = int(b.period / (u * 0.026))
        for i in range(count):
            if rng.random() < 0.84:
                x = b.period * (i + 0.5 * (row % 2) + rng.uniform(-0.2, 0.2)) / count
                coat = mix(p.lit(rgb(str(rng.choice(_CROWD)))), p.horizon, 0.1)
                canvas.ellipse(x, y - u * 0.006, u * 0.009, u * 0.011, coat)
                canvas.ellipse(x, y - u * 0.02, u * 0.0055, u * 0.006, p.lit(rgb("d9a682")))
    for i in range(max(3, round(b.period / (u * 0.6)))):
        x = u * 0.6 * i
        canvas.polygon(
            [(x, foot - u * 0.03), (x + u * 0.035, foot - u * 0.03), (x + u * 0.02, foot - tall), (x, foot - tall)],
            mix(concrete, (0, 0, 0), 0.15),
        )
    canvas.polygon(
        [(0, foot - tall), (b.period, foot - tall), (b.period, foot - tall - u * 0.05), (0, foot - tall - u * 0.05)],
        p.lit(rgb("e9ecf0")),
    )
    canvas.rect(0, foot - tall - u * 0.004, b.period, u * 0.012, p.lit(rgb("3f6fae")))
    boards = max(4, round(b.period / (u * 0.3)))
    for i in range(boards):
        x, wide = b.period * i / boards, b.period / boards
        board = p.lit(rgb(("2f4462", "c8382f", "f1eee8", "d8a032")[i % 4]))
        canvas.rect(x, foot - u * 0.035, wide, u * 0.04, board)
        for k in range(5):
            streetscape.glyph(
                canvas,
                rng,
                x + wide * (0.2 + 0.13 * k),
                foot - u * 0.027,
                u * 0.022,
                mix(board, (255, 255, 255), 0.7 if i % 4 != 2 else 0.0),
            )
    b.add(canvas, 2.4)


def floodlights(b: Backdrop, foot: float) -> None:
    """Stand masts with lamps behind row `foot`."""
    p, u, canvas = b.palette, b.unit, b.canvas()
    steel = p.lit(rgb("6d7683"), 0.2)
    for i in range(max(2, round(b.period / (u * 0.9)))):
        x, top = u * (0.3 + 0.9 * i), max(foot - u * 0.36, u * 0.1)
        canvas.limb([(x, foot), (x, top)], [u * 0.022, u * 0.012], steel)
        canvas.rect(x - u * 0.07, top - u * 0.05, u * 0.14, u * 0.07, steel)
        for lamp in range(8):
            cx, cy = x - u * 0.052 + u * 0.035 * (lamp % 4), top - u * 0.034 + u * 0.034 * (lamp // 4)
            canvas.ellipse(cx, cy, u * 0.013, u * 0.013, rgb("fffbe0") if p.lamps else mix(steel, (255, 255, 255), 0.5))
        if p.lamps or b.board.time == "dusk":
            canvas.halo(x, top - u * 0.02, u * 0.3, rgb("f4f6ff"), 0.5)
    b.add(canvas, 3.4)


def railway(b: Backdrop) -> None:
    """A line through the country, its wires and signals, a small station."""
    p, u = b.palette, b.unit
    b.ground = b.height * 0.86
    country(b)
    land.hill(b, "far", b.horizon, u * 0.08, mix(p.land, p.far, 0.4), 5.0, trees="pine")
    land.hill(b, "mid", b.horizon + u * 0.08, u * 0.05, mix(p.land, p.near, 0.25), 2.6, trees="round")
    land.meadow(b, "bank", b.horizon + u * 0.15, mix(p.land, p.near, 0.3), p.near)
    _station(b, b.ground - u * 0.075)
    _wires(b, b.ground - u * 0.05)
    _track(b, b.ground)
    land.foreground(b, mix(p.near, (0, 0, 0), 0.3), tall=0.06)
    birds(b, 2)


def _track(b: Backdrop, middle: float) -> None:
    p, u, rng, canvas = b.palette, b.unit, b.rng("ballast"), b.canvas()
    gravel = p.lit(rgb("8a8078"))
    canvas.rect(0, middle - u * 0.035, b.period, u * 0.085, gravel)
    for _ in range(420):
        x, y = rng.uniform(0, b.period), middle + u * rng.uniform(-0.035, 0.05)
        canvas.ellipse(
            x,
            y,
            u * rng.uniform(0.003, 0.008),
            u * 0.003,
            mix(gravel, (255, 255, 255) if rng.random() < 0.4 else (0, 0, 0), 0.25),
        )
    sleepers = max(10, round(b.period / (u * 0.085)))
    for i in range(sleepers):
        x = b.period * i / sleepers
        canvas.polygon(
            [
                (x, middle - u * 0.014),
                (x + u * 0.03, middle - u * 0.014),
                (x + u * 0.022, middle + u * 0.034),
                (x - u * 0.012, middle + u * 0.034),
            ],
            p.lit(rgb("5a4436")),
        )
    for y in (-0.008, 0.022):
        canvas.rect(0, middle + u * y, b.period, u * 0.009, p.lit(rgb("4f5560")))
        canvas.rect(0, middle + u * y, b.period, u * 0.003, p.lit(rgb("d5dae0")))
    b.add(canvas, 1.0)


def _wires(b: Backdrop, foot: float) -> None:
    p, u, canvas = b.palette, b.unit, b.canvas()
    steel = p.lit(rgb("59616c"))
    count = max(2, round(b.period / (u * 0.8)))
    for i in range(count):
        x = b.period * i / count
        canvas.limb([(x, foot), (x, foot - u * 0.46)], [u * 0.016, u * 0.012], steel)
        canvas.limb([(x, foot - u * 0.43), (x + u * 0.16, foot - u * 0.4)], [u * 0.009, u * 0.006], steel)
        canvas.limb([(x, foot - u * 0.37), (x + u * 0.16, foot - u * 0.4)], [u * 0.006, u * 0.006], steel)
    canvas.rect(0, foot - u * 0.402, b.period, max(1.0, u * 0.003), steel)
    canvas.rect(0, foot - u * 0.44, b.period, max(1.0, u * 0.003), steel)
    b.add(canvas, 1.1)


def _station(b: Backdrop, foot: float) -> None:
    p, u, canvas = b.palette, b.unit, b.canvas()
    brick, x, wide = p.lit(rgb("b5694c")), b.width * 0.66, u * 0.5
    pane = rgb("ffd27a") if p.lamps or b.board.time == "dusk" else p.lit(rgb("7fa9c4"))
    canvas.rect(x - u * 0.16, foot - u * 0.03, wide + u * 0.34, u * 0.05, p.lit(rgb("b9b2a6")))
    canvas.rect(x, foot - u * 0.25, wide, u * 0.23, brick)
    canvas.polygon(
        [
            (x - u * 0.04, foot - u * 0.24),
            (x + wide + u * 0.04, foot - u * 0.24),
            (x + wide - u * 0.05, foot - u * 0.34),
            (x + u * 0.05, foot - u * 0.34),
        ],
        p.lit(rgb("5d5560")),
    )
    for i in range(5):
        left = x + wide * (i + 0.25) / 5
        if i == 2:
            canvas.rect(left - u * 0.006, foot - u * 0.17, u * 0.062, u * 0.15, p.lit(rgb("5a3a2c")))
        else:
            canvas.rect(left, foot - u * 0.17, u * 0.05, u * 0.09, pane)
    canvas.polygon(
        [
            (x - u * 0.12, foot - u * 0.19),
            (x + wide + u * 0.12, foot - u * 0.19),
            (x + wide + u * 0.08, foot - u * 0.225),
            (x - u * 0.08, foot - u * 0.225),
        ],
        p.lit(rgb("3f6f62")),
    )
    for dx in (-0.09, 0.08 + wide / u):
        canvas.rect(x + u * dx, foot - u * 0.19, u * 0.012, u * 0.17, p.lit(rgb("3a4048")))
    canvas.ellipse(x + wide / 2, foot - u * 0.29, u * 0.034, u * 0.034, p.lit(rgb("f6f2e6")))
    canvas.limb(
        [
            (x + wide / 2, foot - u * 0.312),
            (x + wide / 2, foot - u * 0.29),
            (x + wide / 2 + u * 0.016, foot - u * 0.282),
        ],
        [u * 0.004] * 3,
        p.lit(rgb("2b2a30")),
    )
    b.add(canvas, 1.3)


def spaceport(b: Backdrop) -> None:
    """A launch pad by night or day: a gantry, tanks, hangars, masts with red lights."""
    p, u = b.palette, b.unit
    b.horizon = b.height * 0.7
    b.ground = b.height * 0.86
    sky(b)
    clouds(b, 4, bottom=0.5)
    peaks.mountains(b, height=0.14, snow=False, rows=1)
    _hangars(b, b.horizon + u * 0.03)
    _gantry(b, b.width * 0.46 - u * 0.3, b.ground - u * 0.02)
    concrete = p.lit(rgb("8b9099"))
    canvas = land.ground_gradient(
        b, b.horizon + u * 0.025, mix(concrete, p.horizon, 0.3), mix(concrete, (20, 20, 30), 0.45), 1.0
    )
    for i in range(12):
        x = b.period * i / 12
        canvas.polygon(
            [
                (x, b.horizon + u * 0.025),
                (x + 1.5, b.horizon + u * 0.025),
                (x - u * 0.1, b.height),
                (x - u * 0.106, b.height),
            ],
            mix(concrete, (0, 0, 0), 0.35),
            0.6,
        )
    canvas.ellipse(b.width * 0.46, b.ground + u * 0.02, u * 0.34, u * 0.05, mix(concrete, (0, 0, 0), 0.4))
    for share in (1.0, 0.86):
        canvas.ellipse(
            b.width * 0.46,
            b.ground + u * 0.02,
            u * 0.3 * share,
            u * 0.042 * share,
            p.lit(rgb("e0b23a")) if share == 1 else mix(concrete, (0, 0, 0), 0.35),
        )
    b.add(canvas, 1.0)


def _hangars(b: Backdrop, foot: float) -> None:
    p, u, canvas = b.palette, b.unit, b.canvas()
    for i in range(4):
        x, wide, wall = b.period * (i + 0.3) / 4, u * (0.22 + 0.06 * (i % 2)), p.lit(rgb("a9b2bd"), 0.3)
        canvas.ellipse(x, foot, wide / 2, u * 0.13, wall)
        canvas.rect(x - wide / 2, foot - u * 0.01, wide, u * 0.03, wall)
        canvas.ellipse(
            x, foot + u * 0.01, wide * 0.34, u * 0.085, rgb("ffe0a0") if p.lamps else p.lit(rgb("5f6b7a"), 0.3)
        )
        _mast(canvas, b, x + wide * 0.8, foot + u * 0.02, u * 0.3)
        for k in (0, 1):
            canvas.limb(
                [(x - wide * 0.8 - u * 0.07 * k, foot), (x - wide * 0.8 - u * 0.07 * k, foot - u * 0.06)],
                [u * 0.06] * 2,
                p.lit(rgb("dfe4e8"), 0.2),
            )
    b.add(canvas, 4.0)


def _mast(canvas: Canvas, b: Backdrop, x: float, foot: float, tall: float) -> None:
    u, steel = b.unit, b.palette.lit(rgb("5a6470"), 0.25)
    canvas.limb([(x, foot), (x, foot - tall)], [u * 0.01, u * 0.004], steel)
    canvas.halo(x, foot - tall, u * 0.035, rgb("ff5a4a"), 0.8)
    canvas.ellipse(x, foot - tall, u * 0.006, u * 0.006, rgb("ff7a6a"))


def _gantry(b: Backdrop, x: float, foot: float) -> None:
    """Paint the tower beside the pad, with its bracing and its arms."""
    u, canvas = b.unit, b.canvas()
    steel, tall, wide = b.palette.lit(rgb("b5533f")), u * 0.62, u * 0.1
    for dx in (0.0, wide):
        canvas.rect(x + dx, foot - tall, u * 0.014, tall, steel)
    for i in range(9):
        y, step = foot - tall * i / 9, tall / 9
        canvas.rect(x, y - step, wide, u * 0.008, steel)
        canvas.limb([(x, y), (x + wide, y - step)], [u * 0.007] * 2, mix(steel, (0, 0, 0), 0.2))
        canvas.limb([(x + wide, y), (x, y - step)], [u * 0.007] * 2, mix(steel, (0, 0, 0), 0.2))
    for share in (0.45, 0.72):
        canvas.rect(x + wide, foot - tall * share, u * 0.1, u * 0.014, mix(steel, (255, 255, 255), 0.15))
    _mast(canvas, b, x + wide / 2, foot - tall, u * 0.12)
    if b.palette.lamps:
        canvas.halo(x + wide, foot - tall * 0.5, u * 0.4, rgb("fff0d0"), 0.3)
    b.add(canvas, 1.05)
