"""Plants: roses, sunflowers, lotuses, cactuses, mushrooms."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose


def _leaf(pen: Pen, pose: Pose, root: tuple[float, float], reach: tuple[float, float], tone: str = "4c8a4a") -> None:
    (x, y), (dx, dy) = root, reach
    green = pose.lit(tone)
    side = (-dy * 0.32, dx * 0.32)
    pen.blob(
        [
            root,
            (x + dx * 0.5 + side[0], y + dy * 0.5 + side[1]),
            (x + dx, y + dy),
            (x + dx * 0.5 - side[0], y + dy * 0.5 - side[1]),
        ],
        green,
    )
    pen.limb([root, (x + dx * 0.85, y + dy * 0.85)], [0.012, 0.004], mix(green, (255.0, 255.0, 220.0), 0.3))


def _rose(pen: Pen, pose: Pose) -> None:
    sway, petal = 0.03 * pose.swing(), pose.lit(pose.colour)
    deep = mix(petal, pose.lit("3a0014"), 0.42)
    pen.tube([(0, 0.02), (0.03, -0.35), (sway, -0.7)], [0.04, 0.035, 0.03], pose.lit("3f7a44"))
    for y, side in ((-0.2, 1), (-0.32, -1), (-0.46, 1)):
        _leaf(pen, pose, (0.02, y), (side * 0.26, -0.12 + 0.01 * pose.swing(0.2 * side)))
    for y, side in ((-0.28, -1), (-0.4, 1), (-0.55, -1)):
        pen.polygon([(0.01, y - 0.02), (side * 0.055, y - 0.01), (0.01, y + 0.025)], pose.lit("5a7a44"))
    for dx in (-0.14, 0.0, 0.14):
        pen.tube([(sway, -0.7), (sway + dx, -0.76), (sway + dx * 1.5, -0.82)], [0.05, 0.05, 0.01], pose.lit("4c8a4a"))
    x = sway
    shapes = [
        ([(-0.26, -0.9), (-0.14, -0.72), (0.14, -0.72), (0.26, -0.9), (0.14, -1.04), (-0.14, -1.04)], 0.55),
        ([(-0.24, -0.98), (-0.27, -0.82), (-0.1, -0.7), (0.02, -0.78), (-0.06, -0.98)], 0.2),
        ([(0.24, -0.98), (0.27, -0.82), (0.1, -0.7), (-0.02, -0.78), (0.06, -0.98)], 0.08),
        ([(-0.17, -1.05), (-0.15, -0.86), (0.02, -0.8), (0.17, -0.88), (0.15, -1.05), (0.0, -1.1)], 0.28),
        ([(-0.12, -1.04), (-0.08, -0.9), (0.06, -0.87), (0.13, -0.98), (0.02, -1.08)], 0.0),
    ]
    for shape, share in shapes:
        pen.blob([(x + px, py) for px, py in shape], mix(petal, deep, share))
    swirl = [
        (x + 0.02 + 0.075 * (1 - k / 11) * math.cos(0.75 * k), -0.99 + 0.06 * (1 - k / 11) * math.sin(0.75 * k))
        for k in range(11)
    ]
    pen.tube(swirl, [0.022] * 11, deep)


def _sunflower(pen: Pen, pose: Pose) -> None:
    sway, petal = 0.035 * pose.swing(), pose.lit(pose.colour)
    pen.tube([(0, 0.02), (0.03, -0.35), (sway, -0.74)], [0.05, 0.045, 0.04], pose.lit("4c8a4a"))
    for y, side in ((-0.22, 1), (-0.36, -1), (-0.5, 1)):
        _leaf(pen, pose, (0.02, y), (side * 0.3, -0.1 + 0.012 * pose.swing(0.3 * side)), "5a9a4a")
    x, y = sway, -0.8
    for ring, count, tone in ((0.27, 17, mix(petal, pose.lit("b4641c"), 0.45)), (0.24, 15, petal)):
        for i in range(count):
            turn = 2 * math.pi * (i + ring) / count
            tip = (x + (ring + 0.07) * math.cos(turn), y + (ring + 0.07) * math.sin(turn))
            pen.tube(
                [
                    (x + 0.13 * math.cos(turn), y + 0.13 * math.sin(turn)),
                    (x + ring * 0.86 * math.cos(turn), y + ring * 0.86 * math.sin(turn)),
                    tip,
                ],
                [0.05, 0.085, 0.01],
                tone,
            )
    pen.oval(x, y, 0.165, 0.165, pose.lit("5a3418"))
    for i in range(42):
        radius, turn = 0.145 * math.sqrt(i / 42), 2.39996 * i
        pen.oval(
            x + radius * math.cos(turn),
            y + radius * math.sin(turn),
            0.014,
            0.014,
            pose.lit("a8702c" if i > 20 else "3a2212"),
        )


def _lotus(pen: Pen, pose: Pose) -> None:
    """A lotus on the water between its leaves."""
    petal, bob = pose.lit(pose.colour), 0.012 * pose.swing()
    deep = mix(petal, pose.lit("c03a78"), 0.5)
    for x, wide in ((-0.6, 0.42), (0.62, 0.5), (0.0, 0.62)):
        leaf = pose.lit("4f8f56")
        pen.oval(x, -0.03 + bob * 0.5, wide, 0.1, mix(leaf, pose.lit("16343c"), 0.3))
        pen.oval(x, -0.05 + bob * 0.5, wide, 0.095, leaf)
        for turn in range(7):
            pen.limb(
                [(x, -0.05), (x + wide * 0.85 * math.cos(turn), -0.05 + 0.08 * math.sin(turn))],
                [0.008, 0.004],
                mix(leaf, (255.0, 255.0, 220.0), 0.25),
            )
    for spread, tall, share in (
        (0.9, 0.42, 0.3),
        (-0.9, 0.42, 0.3),
        (0.55, 0.62, 0.18),
        (-0.55, 0.62, 0.18),
        (0.25, 0.78, 0.1),
        (-0.25, 0.78, 0.1),
        (0.0, 0.82, 0.0),
        (0.72, 0.34, 0.0),
        (-0.72, 0.34, 0.0),
        (0.36, 0.48, 0.0),
        (-0.36, 0.48, 0.0),
        (0.0, 0.52, 0.0),
    ):
        breath = spread * (0.56 + 0.02 * pose.swing(0.25))
        tip = (breath, -0.1 - tall + bob)
        middle = (breath * 0.72, -0.1 - tall * 0.5 + bob)
        wide = 0.13
        pen.blob(
            [(0.0, -0.1 + bob), (middle[0] - wide, middle[1] + 0.02), tip, (middle[0] + wide, middle[1] + 0.02)],
            mix(petal, deep, share),
        )
        pen.blob([(tip[0] * 0.85, tip[1] + 0.14), tip, (tip[0] * 0.9 + 0.04, tip[1] + 0.14)], deep, 0.5)


def _cactus(pen: Pen, pose: Pose) -> None:
    skin = pose.lit(pose.colour)
    line = mix(skin, pose.lit("12301c"), 0.3)
    for path, wide in (
        ([(0, 0.02), (0, -0.5), (0, -0.95)], 0.26),
        ([(-0.08, -0.42), (-0.34, -0.44), (-0.36, -0.74)], 0.17),
        ([(0.08, -0.3), (0.32, -0.34), (0.34, -0.6)], 0.16),
    ):
        pen.tube(path, [wide] * 3, skin)
        for share in (-0.28, 0.0, 0.28):
            pen.tube([(x + share * wide, y) for x, y in path], [0.012] * 3, line)
    for i in range(9):
        for x in (-0.1, 0.04, 0.11):
            pen.limb([(x, -0.1 - 0.095 * i), (x + 0.03, -0.125 - 0.095 * i)], [0.008, 0.003], pose.lit("f4f0dc"))
    for x, y in ((0.0, -1.08), (-0.36, -0.83)):
        for turn in range(6):
            pen.oval(x + 0.05 * math.cos(turn), y + 0.045 * math.sin(turn), 0.042, 0.036, pose.lit("e8607a"))
        pen.oval(x, y, 0.03, 0.028, pose.lit("f6d860"))


def _mushroom(pen: Pen, pose: Pose) -> None:
    """Toadstools, a large one and two small ones."""
    cap, stem = pose.lit(pose.colour), pose.lit("f2e9d8")
    for x, size in ((-0.42, 0.42), (0.42, 0.56), (0.0, 1.0)):
        sway = 0.01 * pose.swing(size)
        pen.tube(
            [(x, 0.02), (x + 0.01 * size, -0.3 * size), (x + sway, -0.6 * size)],
            [0.28 * size, 0.2 * size, 0.2 * size],
            stem,
        )
        pen.tube(
            [(x - 0.13 * size, -0.42 * size), (x, -0.37 * size), (x + 0.13 * size, -0.42 * size)],
            [0.05 * size] * 3,
            mix(stem, pose.lit("b8a48a"), 0.3),
        )
        pen.oval(x + sway, -0.58 * size, 0.42 * size, 0.09 * size, mix(stem, pose.lit("a08a70"), 0.4))
        top = [(-0.46, -0.58), (-0.36, -0.86), (0.0, -1.04), (0.36, -0.86), (0.46, -0.58), (0.0, -0.62)]
        pen.blob([(x + sway + px * size, py * size) for px, py in top], cap)
        for px, py, r in (
            (-0.2, -0.8, 0.075),
            (0.06, -0.9, 0.06),
            (0.25, -0.74, 0.065),
            (-0.02, -0.7, 0.05),
            (-0.34, -0.66, 0.04),
        ):
            pen.oval(x + sway + px * size, py * size, r * size, r * size * 0.8, pose.lit("fdf8ec"))


_STILL = {"stand": Gait(4.0, 0.0)}
_BOX = (-0.5, -1.2, 0.5, 0.05)

GROWING = {
    "rose": Figure(_rose, 0.36, _BOX, rgb("d2283c"), "fixed", _STILL, 12, shadow=0.1, spot="beside"),
    "sunflower": Figure(_sunflower, 0.42, _BOX, rgb("f4bc2c"), "fixed", _STILL, 12, shadow=0.1, spot="beside"),
    "lotus": Figure(_lotus, 0.2, (-1.15, -1.05, 1.15, 0.12), rgb("f6b4cc"), "surface", _STILL, 12),
    "cactus": Figure(
        _cactus, 0.4, (-0.55, -1.2, 0.55, 0.05), rgb("5a9a5a"), "fixed", _STILL, 1, shadow=0.25,
        spot="beside",
    ),
    "mushroom": Figure(
        _mushroom, 0.26, (-0.75, -1.1, 0.75, 0.05), rgb("d2322d"), "fixed", _STILL, 8, shadow=0.5,
        spot="beside",
    ),
}  # fmt: skip
