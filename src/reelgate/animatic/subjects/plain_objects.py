"""Plain things that no font of symbols has: a table, a refrigerator, an oven, a pyramid, a wall."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from reelgate.animatic.drawing.palette import Colour, mix
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.drinks import goblet, teacup, tumbler


class Simple(NamedTuple):
    """A thing one height tall and `wide` heights wide, its foot at (0, 0)."""

    draw: Callable[[Pen, Pose], None]
    wide: float


def _dark(colour: Colour, share: float = 0.3) -> Colour:
    return mix(colour, (16.0, 14.0, 24.0), share)


def _light(colour: Colour, share: float = 0.3) -> Colour:
    return mix(colour, (255.0, 255.0, 255.0), share)


def _table(pen: Pen, pose: Pose) -> None:
    wood = pose.lit(pose.colour)
    for x in (-0.72, 0.62):
        pen.rect(x, -0.94, 0.1, 0.94, _dark(wood))
    pen.rect(-0.85, -1.0, 1.7, 0.12, wood)
    pen.rect(-0.85, -1.0, 1.7, 0.03, _light(wood))


def _bench(pen: Pen, pose: Pose) -> None:
    wood = pose.lit(pose.colour)
    for x in (-0.8, 0.72):
        pen.rect(x, -1.0, 0.08, 1.0, _dark(wood, 0.5))
    for y in (-1.0, -0.8, -0.52):
        pen.rect(-0.95, y, 1.9, 0.13, wood)


def _shelf(pen: Pen, pose: Pose) -> None:
    wood = pose.lit(pose.colour)
    pen.rect(-0.35, -1.0, 0.7, 1.0, _dark(wood, 0.45))
    for y in (-1.0, -0.7, -0.4, -0.06):
        pen.rect(-0.38, y, 0.76, 0.06, wood)
    for i in range(15):
        tone = pose.lit(("a8443a", "3f6fb0", "d8b04a", "5a9c48", "7d4fb0")[i % 5])
        pen.rect(-0.31 + 0.12 * (i % 5), -0.67 + 0.3 * (i // 5) - 0.03 * (i % 2), 0.09, 0.27 + 0.03 * (i % 2), tone)


def _refrigerator(pen: Pen, pose: Pose) -> None:
    body = pose.lit(pose.colour)
    pen.rect(-0.26, -1.0, 0.52, 0.97, body)
    pen.rect(-0.26, -0.65, 0.52, 0.02, _dark(body, 0.5))
    for y, long in ((-0.9, 0.18), (-0.58, 0.3)):
        pen.rect(0.16, y, 0.03, long, _dark(body, 0.6))
    for x in (-0.22, 0.16):
        pen.rect(x, -0.03, 0.06, 0.03, _dark(body, 0.8))


def _oven(pen: Pen, pose: Pose) -> None:
    body = pose.lit(pose.colour)
    pen.rect(-0.5, -1.0, 1.0, 1.0, body)
    pen.rect(-0.5, -1.0, 1.0, 0.06, _dark(body, 0.6))
    pen.rect(-0.4, -0.66, 0.8, 0.5, _dark(body, 0.75))
    pen.rect(-0.34, -0.6, 0.68, 0.38, pose.lit("d8843c"))
    pen.rect(-0.42, -0.76, 0.84, 0.04, _light(body, 0.5))
    for x in (-0.36, -0.18, 0.18, 0.36):
        pen.oval(x, -0.86, 0.05, 0.05, _dark(body, 0.7))


def _microwave(pen: Pen, pose: Pose) -> None:
    body = pose.lit(pose.colour)
    pen.rect(-0.85, -1.0, 1.7, 0.95, body)
    pen.rect(-0.75, -0.88, 1.1, 0.7, _dark(body, 0.78))
    pen.rect(-0.62, -0.76, 0.84, 0.46, _dark(pose.lit("e0b060"), 0.3))
    for i in range(6):
        pen.rect(0.47 + 0.17 * (i % 2), -0.58 + 0.16 * (i // 2), 0.12, 0.09, _dark(body, 0.5))
    pen.rect(0.47, -0.86, 0.29, 0.18, pose.lit("5ac8a0"))


def _fan(pen: Pen, pose: Pose) -> None:
    body = pose.lit(pose.colour)
    pen.limb([(0, -0.6), (0, -0.05)], [0.05, 0.06], _dark(body))
    pen.oval(0, -0.03, 0.24, 0.04, _dark(body))
    pen.oval(0, -0.66, 0.34, 0.34, _dark(body, 0.5))
    pen.oval(0, -0.66, 0.31, 0.31, _light(body, 0.6))
    for k in range(3):
        turn = 2.094 * k + 6.283 * pose.phase
        pen.oval(0.14 * math.cos(turn), -0.66 + 0.14 * math.sin(turn), 0.14, 0.07, body, 0.9, turn)
    pen.oval(0, -0.66, 0.05, 0.05, _dark(body, 0.6))


def _pyramid(pen: Pen, pose: Pose) -> None:
    stone = pose.lit(pose.colour)
    pen.polygon([(-0.95, 0), (0.05, -1.0), (0.3, 0)], stone)
    pen.polygon([(0.05, -1.0), (0.95, -0.05), (0.3, 0)], _dark(stone, 0.28))
    for i in range(1, 8):
        y = -i / 8
        pen.limb([(-0.95 - y, y), (0.3 + 0.25 * y, y)], [0.008, 0.008], _dark(stone, 0.2))


def _wall(pen: Pen, pose: Pose) -> None:
    stone = pose.lit(pose.colour)
    pen.rect(-1.3, -1.0, 2.6, 1.0, stone)
    for row in range(8):
        y = -1.0 + row / 8
        pen.rect(-1.3, y, 2.6, 0.012, _dark(stone, 0.22))
        for k in range(9):
            x = -1.3 + (k + 0.5 * (row % 2)) * 0.3
            if x < 1.28:
                pen.rect(x, y, 0.012, 0.125, _dark(stone, 0.22))


def _fence(pen: Pen, pose: Pose) -> None:
    wood = pose.lit(pose.colour)
    for y in (-0.75, -0.35):
        pen.rect(-1.2, y, 2.4, 0.1, _dark(wood, 0.15))
    for i in range(9):
        x = -1.15 + 0.28 * i
        pen.polygon([(x, 0), (x, -0.9), (x + 0.06, -1.0), (x + 0.12, -0.9), (x + 0.12, 0)], wood)


def _pillow(pen: Pen, pose: Pose) -> None:
    cloth = pose.lit(pose.colour)
    pen.blob([(-0.9, -0.1), (-0.7, -0.5), (-0.9, -0.95), (0, -0.85), (0.9, -0.95), (0.7, -0.5), (0.9, -0.1), (0, -0.2)],
             cloth)  # fmt: skip


def _blanket(pen: Pen, pose: Pose) -> None:
    cloth = pose.lit(pose.colour)
    for i in range(4):
        pen.rect(-0.9, -1.0 + 0.24 * i, 1.8, 0.22, _dark(cloth, 0.1 * (i % 2)))
        pen.oval(0.9, -0.89 + 0.24 * i, 0.1, 0.11, _light(cloth, 0.2))


def _hoop(pen: Pen, pose: Pose) -> None:
    pole, red = pose.lit("8d9199"), pose.lit(pose.colour)
    pen.limb([(0.3, 0), (0.3, -0.85)], [0.05, 0.05], pole)
    pen.rect(-0.1, -1.0, 0.46, 0.34, pose.lit("f1eee8"))
    pen.limb([(-0.34, -0.7), (-0.08, -0.7)], [0.03, 0.03], red)
    for i in range(4):
        pen.limb([(-0.33 + 0.08 * i, -0.69), (-0.27 + 0.04 * i, -0.5)], [0.01, 0.01], pose.lit("f4f4f4"))


def _branch(pen: Pen, pose: Pose) -> None:
    bark, leaf = pose.lit(pose.colour), pose.lit("5a9c48")
    pen.tube([(-1.0, -0.5), (-0.3, -0.62), (0.4, -0.5), (1.0, -0.66)], [0.16, 0.13, 0.09, 0.03], bark)
    for x, y in ((-0.5, -0.8), (-0.1, -0.38), (0.3, -0.75), (0.6, -0.4), (0.9, -0.85)):
        pen.oval(x, y, 0.17, 0.09, leaf, 1.0, 0.6 * x)


def _remote(pen: Pen, pose: Pose) -> None:
    body = pose.lit(pose.colour)
    pen.limb([(0, -0.9), (0, -0.1)], [0.24, 0.24], body)
    pen.oval(0, -0.86, 0.05, 0.05, pose.lit("d2322d"))
    for i in range(9):
        pen.oval(-0.06 + 0.06 * (i % 3), -0.66 + 0.13 * (i // 3), 0.022, 0.022, _light(body, 0.6))


def _puddle(pen: Pen, pose: Pose) -> None:
    water = pose.lit(pose.colour)
    pen.oval(0, -0.5, 2.0, 0.42, _dark(water, 0.15))
    pen.oval(0.1, -0.52, 1.7, 0.32, water)
    pen.oval(-0.5, -0.62, 0.5, 0.06, _light(water, 0.6))


def _aquarium(pen: Pen, pose: Pose) -> None:
    """A tank, through whose water one sees what is in it."""
    water = pose.lit(pose.colour)
    pen.rect(-0.75, -1.0, 1.5, 1.0, _light(water, 0.4), 0.25)
    pen.rect(-0.75, -0.86, 1.5, 0.86, water, 0.4)
    pen.rect(-0.75, -0.1, 1.5, 0.1, pose.lit("d8c08a"), 0.9)
    for x in (-0.77, 0.73):
        pen.rect(x, -1.0, 0.04, 1.0, _light(water, 0.7), 0.8)
    pen.rect(-0.77, -0.02, 1.54, 0.04, _dark(water, 0.5))


def _swing(pen: Pen, pose: Pose) -> None:
    wood, sway = pose.lit(pose.colour), 0.03 * pose.swing()
    for x in (-0.62, 0.62):
        pen.limb([(x, 0.0), (0.8 * x, -1.0)], [0.05, 0.04], _dark(wood))
    pen.limb([(-0.56, -1.0), (0.56, -1.0)], [0.05, 0.05], wood)
    for x in (-0.24, 0.24):
        pen.limb([(x, -1.0), (x + sway, -0.3)], [0.014, 0.014], pose.lit("d8c8a0"))
    pen.limb([(-0.28 + sway, -0.3), (0.28 + sway, -0.3)], [0.045, 0.045], wood)


SIMPLE = {
    "table": Simple(_table, 1.7), "bench": Simple(_bench, 1.9), "shelf": Simple(_shelf, 0.76),
    "refrigerator": Simple(_refrigerator, 0.52), "oven": Simple(_oven, 1.0), "microwave": Simple(_microwave, 1.7),
    "fan": Simple(_fan, 0.7), "pyramid": Simple(_pyramid, 1.9), "wall": Simple(_wall, 2.6),
    "fence": Simple(_fence, 2.4), "pillow": Simple(_pillow, 1.8),
    "blanket": Simple(_blanket, 2.0), "hoop": Simple(_hoop, 0.72), "branch": Simple(_branch, 2.0),
    "remote": Simple(_remote, 0.26), "puddle": Simple(_puddle, 4.0),
    "aquarium": Simple(_aquarium, 1.5), "swing": Simple(_swing, 1.24),
    **dict.fromkeys(("wine", "white_wine"), Simple(goblet, 0.54)),
    **dict.fromkeys(("green_tea", "black_tea"), Simple(teacup, 1.44)),
    **dict.fromkeys(("milk_tea", "smoothie", "cola", "whiskey", "lemonade", "orange_juice"), Simple(tumbler, 0.6)),
}  # fmt: skip
