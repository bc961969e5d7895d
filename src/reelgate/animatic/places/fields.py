"""Wide level fields: one for football, one for aeroplanes."""

from __future__ import annotations

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, curve
from reelgate.animatic.drawing.compose import Stamp
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places import land, peaks
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.grounds import floodlights, stands
from reelgate.animatic.places.sky import clouds, sky


def pitch(b: Backdrop) -> None:
    """A football pitch in stripes, its goal, full stands under floodlights."""
    p, u = b.palette, b.unit
    b.horizon, b.ground = b.height * 0.42, b.height * 0.88
    sky(b)
    clouds(b, 4, bottom=0.3)
    floodlights(b, b.horizon - u * 0.08)
    stands(b, b.horizon + u * 0.12)
    top, lawn = b.horizon + u * 0.12, p.lit(rgb("58a03f"))
    if p.lamps:
        lawn = mix(lawn, rgb("7fd06a"), 0.35)
    canvas = b.canvas()
    canvas.rect(0, top, b.period, b.height - top, lawn)
    stripes = max(4, 2 * round(b.period / (u * 0.5)))
    wide = b.period / stripes
    for i in range(0, stripes, 2):
        x = wide * i
        stripe = [(x, top), (x + wide, top), (x + wide * 0.6, b.height), (x - wide * 0.4, b.height)]
        canvas.polygon(stripe, mix(lawn, (14, 50, 8), 0.2))
    white = mix(lawn, (255, 255, 255), 0.82)
    canvas.rect(0, top + u * 0.045, b.period, u * 0.006, white)
    canvas.polygon(
        [
            (b.width * 0.44, top + u * 0.045),
            (b.width * 0.45, top + u * 0.045),
            (b.width * 0.26, b.height),
            (b.width * 0.245, b.height),
        ],
        white,
    )
    ring = [
        (b.width * 0.36 + u * 0.4 * np.cos(t), b.height * 0.78 + u * 0.1 * np.sin(t))
        for t in np.linspace(0, 2 * np.pi, 60)
    ]
    canvas.limb(ring, [u * 0.006] * len(ring), white)
    canvas.rect(0, b.height * 0.96, b.period, u * 0.012, white)
    canvas.shade(b.height * 0.8, b.height, (0, 30, 10), 0.0, 0.3)
    b.add(canvas, 1.0)
    goal = b.canvas()
    for x, side in ((b.width * 0.9, 1.0), (b.width * 0.9 - b.period * 0.62, -1.0)):
        _goal(goal, b, x % b.period, top + u * 0.14, side)
    b.add(goal, 1.02)


def _goal(canvas: Canvas, b: Backdrop, x: float, foot: float, side: float) -> None:
    u, white = b.unit, mix(b.palette.lit(rgb("ffffff")), (255, 255, 255), 0.4)
    wide, tall, deep = u * 0.34, u * 0.2, u * 0.1 * side
    net = mix(white, b.palette.horizon, 0.3)
    for k in range(13):
        at = x - wide / 2 + wide * k / 12
        canvas.limb([(at, foot - tall), (at + deep, foot - tall * 0.8), (at + deep, foot)], [u * 0.0018] * 3, net, 0.7)
    for k in range(8):
        y = foot - tall * k / 8
        canvas.limb(
            [(x - wide / 2 + deep, y * 0.98 + foot * 0.02), (x + wide / 2 + deep, y * 0.98 + foot * 0.02)],
            [u * 0.0018] * 2,
            net,
            0.7,
        )
    for dx in (-0.5, 0.5):
        canvas.limb([(x + wide * dx, foot), (x + wide * dx, foot - tall)], [u * 0.011] * 2, white)
        canvas.limb([(x + wide * dx, foot), (x + wide * dx + deep, foot)], [u * 0.006] * 2, white)
    canvas.limb([(x - wide / 2, foot - tall), (x + wide / 2, foot - tall)], [u * 0.011] * 2, white)


def airport(b: Backdrop) -> None:
    """An apron before the glass of a terminal: a tower, parked aeroplanes, lights along the runway."""
    p, u = b.palette, b.unit
    b.horizon, b.ground = b.height * 0.62, b.height * 0.88
    sky(b)
    clouds(b, 5, bottom=0.55)
    peaks.mountains(b, height=0.1, rows=1, snow=False)
    far = b.canvas()
    _terminal(far, b, b.width * 0.18, b.horizon + u * 0.03)
    _tower(far, b, b.width * 0.84, b.horizon + u * 0.03)
    b.add(far, 3.4)
    canvas = land.ground_gradient(
        b, b.horizon + u * 0.02, mix(p.lit(rgb("a4a9ad")), p.horizon, 0.3), p.lit(rgb("5f646c")), 1.0
    )
    for row, y in ((0, 0.74), (1, 0.965)):
        canvas.rect(0, b.height * y, b.period, u * (0.005 + 0.006 * row), p.lit(rgb("f0c445")))
    dashes = max(4, round(b.period / (u * 0.36)))
    for i in range(dashes):
        x = b.period * i / dashes
        canvas.polygon(
            [
                (x, b.height * 0.82),
                (x + u * 0.2, b.height * 0.82),
                (x + u * 0.19, b.height * 0.832),
                (x - u * 0.012, b.height * 0.832),
            ],
            p.lit(rgb("f1f1ea")),
        )
        lamp = (x + u * 0.1, b.height * 0.725)
        if p.lamps or b.board.time == "dusk":
            canvas.halo(*lamp, u * 0.05, rgb("6fb4ff"), 0.8)
        canvas.ellipse(*lamp, u * 0.006, u * 0.006, rgb("bfe0ff"))
    canvas.shade(b.height * 0.8, b.height, (10, 12, 24), 0.0, 0.35)
    b.add(canvas, 1.0)
    parked = b.canvas()
    for share, size in ((0.3, 0.36), (1.02, 0.42)):
        _parked(parked, b, b.width * share, b.horizon + u * 0.075, u * size)
    b.add(parked, 0.9996)
    _departure(b)


def _terminal(canvas: Canvas, b: Backdrop, x: float, foot: float) -> None:
    p, u, wide, tall = b.palette, b.unit, b.unit * 0.95, b.unit * 0.17
    lit = p.lamps or b.board.time == "dusk"
    glass = mix(rgb("ffdf9a"), p.horizon, 0.15) if lit else mix(p.lit(rgb("8fc0d8")), p.sky, 0.35)
    left = x - wide * 0.3
    canvas.rect(left, foot - tall, wide, tall, glass)
    roof = curve(
        [
            (left - u * 0.06, foot - tall + u * 0.012),
            (left + wide * 0.3, foot - tall - u * 0.075),
            (left + wide * 0.75, foot - tall - u * 0.03),
            (left + wide + u * 0.08, foot - tall - u * 0.04),
        ],
        closed=False,
    )
    canvas.limb(roof, [u * 0.026] * len(roof), p.lit(rgb("eef0f2"), 0.08))
    body = np.concatenate([roof, [(left + wide, foot - tall + 2), (left, foot - tall + 2)]])
    canvas.polygon(body, mix(glass, p.zenith, 0.12))
    for i in range(19):
        canvas.rect(left + wide * i / 18, foot - tall - u * 0.02, u * 0.005, tall + u * 0.02, p.lit(rgb("dfe3e6"), 0.1))
    canvas.rect(left, foot - tall * 0.5, wide, u * 0.006, p.lit(rgb("dfe3e6"), 0.1))
    canvas.rect(left, foot - u * 0.02, wide, u * 0.024, p.lit(rgb("7a8189"), 0.1))


def _tower(canvas: Canvas, b: Backdrop, x: float, foot: float) -> None:
    p, u = b.palette, b.unit
    stone, lit = p.lit(rgb("d6d9dc"), 0.12), p.lamps or b.board.time == "dusk"
    canvas.polygon(
        [(x - u * 0.03, foot), (x + u * 0.03, foot), (x + u * 0.02, foot - u * 0.28), (x - u * 0.02, foot - u * 0.28)],
        stone,
    )
    canvas.polygon(
        [
            (x - u * 0.04, foot - u * 0.27),
            (x + u * 0.04, foot - u * 0.27),
            (x + u * 0.065, foot - u * 0.35),
            (x - u * 0.065, foot - u * 0.35),
        ],
        rgb("ffe6a8") if lit else p.lit(rgb("4f7f9a")),
    )
    for k in range(-2, 3):
        canvas.limb(
            [(x + u * 0.018 * k, foot - u * 0.27), (x + u * 0.029 * k, foot - u * 0.35)], [u * 0.004] * 2, stone
        )
    canvas.rect(x - u * 0.07, foot - u * 0.366, u * 0.14, u * 0.02, stone)
    canvas.limb([(x, foot - u * 0.36), (x, foot - u * 0.44)], [u * 0.006, u * 0.003], stone)
    canvas.halo(x, foot - u * 0.44, u * 0.03, rgb("ff5a4a"), 0.8)


def _parked(canvas: Canvas, b: Backdrop, x: float, foot: float, long: float) -> None:
    """Paint an aeroplane at rest, its nose to the right."""
    p = b.palette
    white, blue, dark = p.lit(rgb("f4f5f6"), 0.06), p.lit(rgb("3468b4"), 0.06), p.lit(rgb("2b3038"))
    y = foot - long * 0.14
    canvas.ellipse(x, foot + long * 0.01, long * 0.5, long * 0.025, (20, 20, 34), 0.3)
    tail = [(-0.5, -0.02), (-0.56, -0.24), (-0.46, -0.24), (-0.34, -0.03)]
    canvas.polygon([(x + dx * long, y + dy * long) for dx, dy in tail], blue)
    hull = [
        (-0.53, -0.03),
        (-0.3, -0.062),
        (0.3, -0.062),
        (0.44, -0.045),
        (0.52, 0.0),
        (0.46, 0.04),
        (0.3, 0.055),
        (-0.25, 0.055),
    ]
    canvas.polygon(curve([(x + dx * long, y + dy * long) for dx, dy in hull]), white)
    canvas.rect(x - long * 0.36, y + long * 0.012, long * 0.8, long * 0.012, blue)
    for k in range(17):
        canvas.ellipse(x + long * (-0.3 + 0.04 * k), y - long * 0.016, long * 0.008, long * 0.011, dark)
    canvas.polygon(
        [
            (x + long * dx, y + long * dy)
            for dx, dy in ((0.42, -0.036), (0.47, -0.022), (0.44, -0.012), (0.405, -0.014))
        ],
        dark,
    )
    wing = [(0.1, 0.03), (-0.02, 0.03), (-0.22, 0.12), (-0.14, 0.125)]
    canvas.polygon([(x + dx * long, y + dy * long) for dx, dy in wing], mix(white, dark, 0.28))
    canvas.ellipse(x + long * 0.0, y + long * 0.095, long * 0.055, long * 0.028, mix(white, dark, 0.4))
    for dx in (-0.05, 0.38):
        canvas.limb([(x + dx * long, y + long * 0.04), (x + dx * long, foot - long * 0.01)], [long * 0.012] * 2, dark)
        canvas.ellipse(x + dx * long, foot - long * 0.012, long * 0.018, long * 0.018, dark)


def _departure(b: Backdrop) -> None:
    """Let an aeroplane climb away in the distance."""
    if any(subject.kind == "plane" for subject in b.board.subjects):
        return
    u = b.unit
    canvas = Canvas(int(u * 0.2), int(u * 0.1))
    tone = mix(b.palette.lit(rgb("f4f5f6")), b.palette.sky, 0.25)
    x, y = canvas.width / 2, canvas.height / 2
    canvas.limb([(x - u * 0.06, y + u * 0.016), (x + u * 0.06, y - u * 0.016)], [u * 0.008, u * 0.014], tone)
    canvas.polygon(
        [
            (x - u * 0.05, y + u * 0.012),
            (x - u * 0.07, y - u * 0.016),
            (x - u * 0.054, y - u * 0.016),
            (x - u * 0.03, y + u * 0.006),
        ],
        tone,
    )
    canvas.polygon(
        [
            (x + u * 0.012, y),
            (x - u * 0.016, y + u * 0.004),
            (x - u * 0.034, y + u * 0.03),
            (x - u * 0.02, y + u * 0.028),
        ],
        mix(tone, (30, 40, 60), 0.3),
    )

    def path(t: float) -> Stamp:
        return Stamp(b.width * 0.36 + u * 0.075 * t, b.horizon - u * (0.2 + 0.022 * t))

    b.sprite(canvas.pixels, path, 9.0, span=u * 0.2)
