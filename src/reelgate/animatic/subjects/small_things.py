"""Small things on a table: a teapot, a burger, noodles, a candle, a book, a gift, a telephone and other devices."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.table import TOP, laid, steam, table
from reelgate.animatic.subjects.vehicles import slab


def _teapot(pen: Pen, pose: Pose) -> None:
    table(pen, pose)
    clay = pose.lit(pose.colour)
    dark = mix(clay, pose.lit("1c1018"), 0.35)
    steam(pen, pose, (0.33,), -0.9)
    pen.tube([(-0.17, -0.82), (-0.42, -0.84), (-0.42, -0.64), (-0.17, -0.62)], [0.05, 0.055, 0.055, 0.05], dark)
    pen.tube([(0.14, -0.64), (0.28, -0.7), (0.34, -0.86)], [0.13, 0.075, 0.045], clay)
    pen.blob([(-0.2, -0.84), (0.2, -0.84), (0.27, -0.7), (0.2, -0.56), (-0.2, -0.56), (-0.27, -0.7)], clay)
    pen.tube([(-0.19, -0.85), (0.0, -0.9), (0.19, -0.85)], [0.04, 0.05, 0.04], mix(clay, dark, 0.3))
    pen.oval(0, -0.96, 0.045, 0.04, clay)
    pen.oval(-0.1, -0.76, 0.06, 0.035, (255.0, 255.0, 255.0), 0.35, -0.5)
    for x in (0.5, -0.52):
        pen.blob([(x - 0.085, -0.66), (x + 0.085, -0.66), (x + 0.05, -0.55), (x - 0.05, -0.55)], clay)
        pen.oval(x, -0.66, 0.08, 0.016, pose.lit("c8a050"))


def _burger(pen: Pen, pose: Pose) -> None:
    table(pen, pose)
    bun, plate = pose.lit(pose.colour), pose.lit("eceae6")
    pen.oval(0, -0.55, 0.5, 0.035, plate)
    slab(pen, -0.32, -0.68, 0.64, 0.12, mix(bun, pose.lit("7a4a20"), 0.12), 0.06)
    for y, tone, wide in ((-0.7, "6a3a22", 0.35), (-0.765, "f2c23c", 0.34), (-0.8, "d23a2c", 0.31)):
        slab(pen, -wide, y - 0.035, wide * 2, 0.075, pose.lit(tone), 0.035)
    pen.polygon([(0.1, -0.77), (0.3, -0.77), (0.22, -0.66)], pose.lit("f2c23c"))
    leaf = [(-0.38 + 0.076 * i, -0.845 + 0.025 * (i % 2)) for i in range(11)]
    pen.tube(leaf, [0.06] * 11, pose.lit("6fb04a"))
    pen.blob([(-0.36, -0.87), (-0.3, -1.06), (0.0, -1.16), (0.3, -1.06), (0.36, -0.87), (0.0, -0.85)], bun)
    for i in range(11):
        x = -0.24 + 0.05 * i
        pen.oval(x, -1.07 + 0.12 * abs(x) + 0.05 * (i % 3), 0.018, 0.011, pose.lit("fff2d0"), angle=i)


def _noodles(pen: Pen, pose: Pose) -> None:
    """A steaming bowl of noodles with an egg and greens, chopsticks across it."""
    table(pen, pose)
    bowl = pose.lit(pose.colour)
    steam(pen, pose, (-0.16, 0.02, 0.2), -0.9)
    pen.oval(0, -0.8, 0.38, 0.07, mix(bowl, (255.0, 255.0, 255.0), 0.55))
    pen.oval(0, -0.795, 0.34, 0.055, pose.lit("c8843c"))
    for i in range(9):
        x = -0.26 + 0.062 * i
        pen.tube(
            [(x, -0.78), (x + 0.04, -0.84 - 0.012 * (i % 3)), (x + 0.1, -0.78)], [0.02, 0.024, 0.02], pose.lit("f4d98a")
        )
    pen.oval(-0.16, -0.83, 0.085, 0.045, pose.lit("fbf7ee"))
    pen.oval(-0.15, -0.835, 0.042, 0.026, pose.lit("f2a93c"))
    for x in (0.1, 0.17, 0.24):
        pen.oval(x, -0.825, 0.055, 0.02, pose.lit("5f9c48"), angle=-0.5)
    pen.blob([(-0.38, -0.79), (0.38, -0.79), (0.27, -0.62), (0.13, -0.55), (-0.13, -0.55), (-0.27, -0.62)], bowl)
    pen.tube([(-0.31, -0.7), (0.0, -0.67), (0.31, -0.7)], [0.03, 0.035, 0.03], mix(bowl, (255.0, 255.0, 255.0), 0.6))
    for dy in (0.0, 0.05):
        pen.limb([(-0.02, -0.82 - dy), (0.62, -0.98 - dy)], [0.016, 0.024], pose.lit("6a3a24"))


def _candle(pen: Pen, pose: Pose) -> None:
    table(pen, pose)
    wax, brass = pose.lit(pose.colour), pose.lit("c8a050")
    lean = 0.02 * pose.swing() + 0.012 * pose.swing(0.37)
    flame = (lean, -1.13 - 0.015 * pose.swing(0.2))
    pen.halo(0, -1.08, 0.62, rgb("ffcf86"), 0.6)
    pen.oval(0, -0.55, 0.24, 0.03, brass)
    pen.tube([(-0.2, -0.58), (-0.31, -0.62), (-0.24, -0.55)], [0.03, 0.03, 0.03], brass)
    slab(pen, -0.085, -0.96, 0.17, 0.4, wax, 0.04)
    pen.tube([(0.05, -0.95), (0.075, -0.86), (0.07, -0.8)], [0.04, 0.045, 0.03], mix(wax, (255.0, 255.0, 255.0), 0.3))
    pen.oval(0, -0.95, 0.085, 0.022, mix(wax, rgb("ffe2a0"), 0.6))
    pen.limb([(0, -0.95), (lean * 0.3, -1.0)], [0.014, 0.01], pose.lit("2a2020"))
    pen.blob(
        [(-0.05, -1.03), (0, -0.97), (0.05, -1.03), (0.03 + lean * 0.6, -1.1), (flame[0], flame[1] - 0.07)],
        rgb("ffb03c"),
    )
    pen.blob([(-0.025, -1.02), (0, -0.98), (0.025, -1.02), (lean * 0.6, -1.1)], rgb("fff4c0"))


def _book(pen: Pen, pose: Pose) -> None:
    """An open book; now and then a page turns."""
    table(pen, pose)
    cover, paper = pose.lit(pose.colour), pose.lit("f8f3e6")
    pen.polygon([(-0.56, -0.55), (0.56, -0.55), (0.48, -0.68), (-0.48, -0.68)], cover)
    for side in (-1, 1):
        page = [
            (0, -0.58),
            (side * 0.26, -0.63),
            (side * 0.53, -0.58),
            (side * 0.46, -0.75),
            (side * 0.22, -0.79),
            (0, -0.73),
        ]
        pen.polygon(page, mix(paper, pose.lit("8a7a6a"), 0.1 if side < 0 else 0.0))
        for i in range(5):
            y = -0.715 + 0.026 * i
            pen.tube(
                [(side * 0.07, y + 0.02), (side * 0.23, y - 0.03), (side * (0.42 + 0.012 * i), y)],
                [0.006] * 3,
                pose.lit("8d8578"),
            )
    turn = math.pi * min(max(pose.phase * 2.2 - 0.6, 0.0), 1.0)
    if 0 < turn < math.pi:
        tip = 0.5 * math.cos(turn)
        rise = 0.2 * math.sin(turn)
        pen.polygon([(0, -0.58), (tip, -0.58 - rise), (tip * 0.9, -0.74 - rise), (0, -0.73)], paper)


def _gift(pen: Pen, pose: Pose) -> None:
    table(pen, pose)
    wrap, ribbon = pose.lit(pose.colour), pose.lit("f2c84a")
    slab(pen, -0.28, -0.94, 0.56, 0.4, wrap, 0.02)
    pen.rect(0.1, -0.94, 0.18, 0.4, mix(wrap, (20.0, 10.0, 40.0), 0.14))
    pen.rect(-0.055, -0.94, 0.11, 0.4, ribbon)
    slab(pen, -0.32, -1.04, 0.64, 0.13, mix(wrap, (255.0, 255.0, 255.0), 0.1), 0.02)
    pen.rect(-0.055, -1.04, 0.11, 0.13, mix(ribbon, (255.0, 255.0, 255.0), 0.15))
    for side in (-1, 1):
        flutter = 0.01 * pose.swing(0.25 * side)
        loop = [(0, -1.05), (side * 0.14, -1.19 + flutter), (side * 0.25, -1.13 + flutter), (side * 0.13, -1.05)]
        pen.blob(loop, ribbon)
        pen.blob(
            [(side * 0.05, -1.07), (side * 0.14, -1.14 + flutter), (side * 0.17, -1.1)],
            mix(ribbon, (120.0, 60.0, 0.0), 0.3),
        )
        pen.tube([(0, -1.05), (side * 0.12, -1.0), (side * 0.2, -0.94)], [0.04, 0.05, 0.03], ribbon)
    pen.oval(0, -1.07, 0.05, 0.045, mix(ribbon, (255.0, 255.0, 255.0), 0.2))


def _clock(pen: Pen, pose: Pose) -> None:
    """An alarm clock; its second hand goes round."""
    table(pen, pose)
    case, dark = pose.lit(pose.colour), pose.lit("26222c")
    for side in (-1, 1):
        pen.limb([(side * 0.15, -0.64), (side * 0.22, TOP)], [0.06, 0.04], dark)
        pen.oval(side * 0.17, -1.12, 0.11, 0.075, mix(case, (255.0, 255.0, 255.0), 0.25), angle=side * 0.6)
    pen.limb([(0, -1.1), (0, -1.19)], [0.03, 0.05], dark)
    pen.oval(0, -0.85, 0.3, 0.3, case)
    pen.oval(0, -0.85, 0.245, 0.245, pose.lit("fbf8f0"))
    for hour in range(12):
        turn = math.pi / 6 * hour
        x, y = math.sin(turn), -math.cos(turn)
        pen.limb(
            [(0.2 * x, -0.85 + 0.2 * y), (0.225 * x, -0.85 + 0.225 * y)],
            [0.016, 0.016] if hour % 3 else [0.026, 0.026],
            dark,
        )
    second = 2 * math.pi * int(pose.phase * 24) / 24
    for turn, long, wide, tone in (
        (5.2, 0.12, 0.028, dark),
        (0.9, 0.18, 0.02, dark),
        (second, 0.19, 0.01, pose.lit("d2322d")),
    ):
        pen.limb([(0, -0.85), (long * math.sin(turn), -0.85 - long * math.cos(turn))], [wide, wide * 0.7], tone)
    pen.oval(0, -0.85, 0.022, 0.022, dark)


def _screen(pen: Pen, pose: Pose, x: float, y: float, wide: float, tall: float) -> None:
    """Draw a lit screen: a sky with a sun, hills, and a sheen that wanders over it."""
    slab(pen, x, y, wide, tall, rgb("3f8fe0"), 0.02)
    pen.rect(x, y + tall * 0.42, wide, tall * 0.3, rgb("8fd0f0"))
    pen.oval(x + wide * 0.7, y + tall * 0.3, min(wide, tall) * 0.1, min(wide, tall) * 0.1, rgb("fff2c0"))
    hills = [(0.0, 0.8), (0.25, 0.6), (0.5, 0.76), (0.75, 0.55), (1.0, 0.72), (1.0, 1.0), (0.0, 1.0)]
    pen.polygon([(x + wide * a, y + tall * b) for a, b in hills], rgb("3f9c6a"))
    at = 0.1 + 0.5 * pose.phase
    sheen = [(at, 0.0), (at + 0.16, 0.0), (at + 0.02, 1.0), (at - 0.14, 1.0)]
    pen.polygon([(x + wide * min(max(a, 0.0), 1.0), y + tall * b) for a, b in sheen], (255.0, 255.0, 255.0), 0.2)


def _phone(pen: Pen, pose: Pose) -> None:
    """A telephone that stands upright on the table, its screen lit."""
    table(pen, pose)
    case = pose.lit(pose.colour)
    pen.halo(0, -0.88, 0.5, rgb("7fc4ff"), 0.25)
    pen.polygon([(0.1, TOP), (0.26, TOP), (0.12, -0.8)], mix(case, (0.0, 0.0, 0.0), 0.3))
    slab(pen, -0.19, -1.24, 0.38, 0.7, case, 0.06)
    _screen(pen, pose, -0.165, -1.21, 0.33, 0.64)
    slab(pen, -0.05, -1.195, 0.1, 0.025, rgb("16161c"), 0.012)
    for i in range(3):
        for k in range(2):
            slab(
                pen,
                -0.125 + 0.09 * i,
                -1.02 + 0.1 * k,
                0.065,
                0.065,
                rgb(("f2f4f8", "f0b84a", "e0607a")[(i + k) % 3]),
                0.018,
            )


def _laptop(pen: Pen, pose: Pose) -> None:
    table(pen, pose)
    case = pose.lit(pose.colour)
    pen.halo(0, -0.9, 0.6, rgb("7fc4ff"), 0.22)
    slab(pen, -0.46, -1.16, 0.92, 0.58, mix(case, (0.0, 0.0, 0.0), 0.62), 0.03)
    _screen(pen, pose, -0.43, -1.13, 0.86, 0.52)
    slab(pen, -0.36, -1.06, 0.3, 0.3, rgb("f6f8fb"), 0.015)
    for i in range(4):
        wide = (0.22, 0.16, 0.24, 0.1 + 0.1 * pose.phase)[i]
        pen.rect(-0.33, -1.02 + 0.06 * i, wide, 0.022, rgb("7a8698" if i else "3f6fae"))
    pen.polygon([(-0.5, -0.585), (0.5, -0.585), (0.6, -0.545), (-0.6, -0.545)], case)
    pen.polygon([(-0.42, -0.582), (0.42, -0.582), (0.46, -0.562), (-0.46, -0.562)], mix(case, (0.0, 0.0, 0.0), 0.45))
    slab(pen, -0.6, -0.55, 1.2, 0.022, mix(case, (0.0, 0.0, 0.0), 0.2), 0.01)


def _camera(pen: Pen, pose: Pose) -> None:
    """A photographer's camera, its lens towards us."""
    table(pen, pose)
    leather, steel = pose.lit(pose.colour), pose.lit("c8ccd4")
    slab(pen, -0.4, -1.0, 0.8, 0.46, leather, 0.05)
    slab(pen, -0.4, -1.02, 0.8, 0.13, steel, 0.04)
    slab(pen, -0.14, -1.1, 0.28, 0.14, steel, 0.03)
    pen.rect(-0.07, -1.06, 0.14, 0.06, rgb("2a3a4c"))
    slab(pen, 0.2, -1.07, 0.13, 0.06, mix(steel, leather, 0.3), 0.02)
    slab(pen, -0.34, -1.055, 0.1, 0.05, pose.lit("c8402f"), 0.015)
    for radius, tone in (
        (0.225, steel),
        (0.19, pose.lit("23242c")),
        (0.14, rgb("1c2434")),
        (0.1, rgb("2f4a78")),
        (0.05, rgb("131824")),
    ):
        pen.oval(0, -0.76, radius, radius, tone)
    pen.oval(-0.05, -0.81, 0.045, 0.032, (255.0, 255.0, 255.0), 0.75, -0.6)
    pen.oval(0.06, -0.7, 0.02 + 0.008 * pose.swing(), 0.015, rgb("b48af0"), 0.7)


GOODS = {
    "teapot": laid(_teapot, "8a4a34", 4.0, 12),
    "burger": laid(_burger, "d8964a", 4.0, 1),
    "noodles": laid(_noodles, "3f6fae", 4.0, 12),
    "candle": laid(_candle, "f6efe0", 1.3, 12),
    "book": laid(_book, "8a3a34", 4.0, 24),
    "gift": laid(_gift, "c83c50", 3.0, 8),
    "clock": laid(_clock, "d8503c", 24.0, 24),
    "phone": laid(_phone, "2b2d36", 5.0, 24),
    "laptop": laid(_laptop, "c3c9d2", 4.0, 24),
    "camera": laid(_camera, "2b2a30", 3.0, 8),
}
