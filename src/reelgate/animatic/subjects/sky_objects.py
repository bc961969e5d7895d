"""Things in the sky that are not aircraft: lanterns, kites, balls, satellites."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose


def _lantern(pen: Pen, pose: Pose) -> None:
    """A paper lantern, lit from inside, its tassel swinging."""
    glow = 0.85 + 0.15 * pose.swing(0.3)
    paper, gold, swing = mix(pose.lit(pose.colour), pose.colour, 0.7), rgb("f0c050"), 0.05 * pose.swing()
    light = mix(paper, rgb("ffd890"), 0.55 * glow)
    pen.halo(0, -0.55, 0.95, rgb("ff9a4a"), 0.4 * glow)
    pen.tube([(0, -1.12), (0, -0.9)], [0.02, 0.02], mix(gold, paper, 0.3))
    pen.oval(0, -0.55, 0.46, 0.34, paper)
    for share, tone in ((0.8, 0.35), (0.55, 0.6), (0.28, 1.0)):
        pen.oval(0, -0.55, 0.46 * share, 0.335, mix(paper, light, tone))
    for share in (-0.78, -0.42, 0.0, 0.42, 0.78):
        rib = [(0.3 * share, -0.86), (0.46 * share, -0.55), (0.3 * share, -0.24)]
        pen.tube(rib, [0.012] * 3, mix(paper, (60.0, 0.0, 0.0), 0.35), 0.7)
    for y in (-0.9, -0.26):
        pen.limb([(-0.16, y), (0.16, y)], [0.07, 0.07], gold)
    for i in range(5):
        x = -0.08 + 0.04 * i
        pen.tube(
            [(x * 0.5, -0.22), (x + swing, -0.06), (x * 1.2 + swing * 2.2, 0.12)], [0.025, 0.022, 0.014], rgb("e03a2c")
        )


def _kite(pen: Pen, pose: Pose) -> None:
    """A diamond of cloth on a string, its tail of bows waving. The wind comes from the left, where its flier stands."""
    cloth, other = pose.lit(pose.colour), pose.lit("f2c84a")
    tip, wood = 0.05 * pose.swing(), pose.lit("7a4a2c")
    top, left, low, right = (-0.12 - tip, -1.06), (-0.44, -0.66 + tip), (0.06, -0.2), (0.36, -0.72 - tip)
    tail = []
    for k in range(8):
        wave = 0.07 * math.sin(2 * math.pi * (pose.phase - 0.12 * k)) * k / 4
        tail.append((low[0] + 0.08 * k + wave, low[1] + 0.115 * k))
    pen.tube([(-0.03, -0.62), (-0.5, 0.1), (-1.2, 0.75)], [0.008] * 3, pose.lit("e8e4dc"), 0.8)
    pen.tube(tail, [0.016] * 8, wood)
    for k in (2, 4, 6):
        x, y = tail[k]
        for side in (-1, 1):
            pen.polygon([(x, y), (x + side * 0.1, y - 0.05), (x + side * 0.1, y + 0.05)], cloth if k % 4 else other)
    middle = (-0.03, -0.68)
    for a, b, tone, light in (
        (top, left, cloth, 0.0),
        (left, low, other, 0.0),
        (low, right, cloth, 0.18),
        (right, top, other, 0.2),
    ):
        pen.polygon([a, b, middle], mix(tone, (255.0, 255.0, 255.0), light))
    pen.limb([top, low], [0.018, 0.018], wood)
    pen.tube([left, middle, right], [0.016] * 3, wood)


def _ball(pen: Pen, pose: Pose) -> None:
    """A ball that bounces, flattened a little where it lands, turning as it goes."""
    high = abs(math.sin(math.pi * pose.phase))
    flat = 0.16 * max(0.0, 1 - high * 5)
    x, y, rx, ry = 0.0, -0.5 * (1 - flat) - 1.1 * high, 0.5 * (1 + 0.5 * flat), 0.5 * (1 - flat)
    tone, pale = pose.lit(pose.colour), pose.lit("fbf8f0")
    pen.oval(x, y, rx, ry, tone)
    turn = 2 * math.pi * pose.phase if pose.action == "run" else 0.3
    for i in range(3):
        at = turn + 2 * math.pi * i / 3
        edge = [
            (rx * 0.985 * math.cos(at + 0.52 * k), ry * 0.985 * math.sin(at + 0.52 * k)) for k in (0.0, 0.33, 0.67, 1.0)
        ]
        pen.polygon([(x, y), *((x + a, y + b) for a, b in edge)], pale)
    pen.oval(x, y, rx * 0.16, ry * 0.16, tone)
    pen.oval(x - rx * 0.35, y - ry * 0.42, rx * 0.2, ry * 0.12, (255.0, 255.0, 255.0), 0.55, -0.6)


def _satellite(pen: Pen, pose: Pose) -> None:
    hull, gold, cell = pose.lit(pose.colour), rgb("e0b24a"), rgb("2f4fa0")
    tilt = 0.016 * pose.swing()
    for side in (-1, 1):
        pen.limb([(0, -0.5), (side * 0.4, -0.5 - side * tilt)], [0.04, 0.04], mix(hull, (0.0, 0.0, 0.0), 0.3))
        for i in range(3):
            x, y = side * (0.52 + 0.3 * i), -0.5 - side * tilt * (1 + i)
            pen.polygon(
                [(x - 0.135, y - 0.22), (x + 0.135, y - 0.22), (x + 0.135, y + 0.22), (x - 0.135, y + 0.22)],
                mix(cell, (255.0, 255.0, 255.0), 0.12 * ((i + round(pose.phase * 3)) % 2)),
            )
            for k in (-0.07, 0.07):
                pen.limb([(x - 0.13, y + k), (x + 0.13, y + k)], [0.01, 0.01], rgb("8fb0f0"))
            pen.limb([(x, y - 0.22), (x, y + 0.22)], [0.01, 0.01], rgb("8fb0f0"))
    pen.polygon([(-0.22, -0.74), (0.22, -0.74), (0.22, -0.26), (-0.22, -0.26)], gold)
    for i in range(4):
        pen.limb(
            [(-0.22, -0.68 + 0.12 * i), (0.22, -0.66 + 0.12 * i)], [0.012, 0.012], mix(gold, (90.0, 50.0, 0.0), 0.4)
        )
    pen.polygon([(-0.16, -0.84), (0.16, -0.84), (0.2, -0.73), (-0.2, -0.73)], hull)
    pen.blob(
        [(-0.24, -0.2), (0.24, -0.2), (0.16, -0.07), (0.0, -0.03), (-0.16, -0.07)],
        mix(hull, (255.0, 255.0, 255.0), 0.3),
    )
    pen.limb([(0, -0.16), (0, 0.08)], [0.02, 0.014], hull)
    pen.limb([(0.08, -0.84), (0.14, -1.02)], [0.02, 0.012], hull)
    if pose.phase < 0.3:
        pen.halo(0.14, -1.02, 0.2, rgb("ff5040"), 0.8)
    pen.oval(0.14, -1.02, 0.03, 0.03, rgb("ff5040"))


ALOFT = {
    "lantern": Figure(
        _lantern, 0.22, (-1.0, -1.5, 1.0, 0.4), rgb("e0382c"), "air", {"fly": Gait(3.0, 0.06)}, 12, rim=0.0
    ),
    "kite": Figure(_kite, 0.26, (-1.3, -1.2, 0.95, 0.85), rgb("e0483c"), "air", {"fly": Gait(1.6, 0.08)}),
    "ball": Figure(
        _ball, 0.13, (-0.7, -2.2, 0.7, 0.05), rgb("e0483c"), shadow=0.42, metres=0.3, poses=18,
        gaits={"stand": Gait(0.75, 0.0), "run": Gait(0.75, 1.4)}, aliases={"walk": "run", "fly": "run"},
    ),
    "satellite": Figure(_satellite, 0.26, (-1.35, -1.3, 1.35, 0.15), rgb("c8ced6"), "air", {"fly": Gait(3.0, 0.3)}, 12),
}  # fmt: skip
