"""Sea creatures other than fish: octopuses, jellyfish, seahorses, seals."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose
from reelgate.animatic.subjects.hoppers import crawler, eye, gaits


def _octopus(pen: Pen, pose: Pose) -> None:
    """An octopus: its arms gather and stretch as it pushes itself along."""
    skin, pale = pose.lit(pose.colour), mix(pose.lit(pose.colour), pose.lit("ffe6d0"), 0.5)
    dark, squeeze = mix(pose.lit(pose.colour), pose.lit("3a1030"), 0.35), 0.06 * pose.swing()
    for i in (0, 7, 1, 6, 2, 5, 3, 4):
        lean, far = (i - 3.5) / 3.5, i in (0, 2, 5, 7)
        arm = []
        for k in range(9):
            share = k / 8
            wave = 0.13 * share * math.sin(2 * math.pi * (pose.phase - 0.7 * share) + 1.3 * i)
            arm.append(
                (
                    lean * (0.22 + (0.62 + squeeze * 2) * share) + wave,
                    -0.5 + 0.56 * share * (1 - 0.25 * abs(lean)) - 0.4 * squeeze * share,
                )
            )
        widths = [0.17 - 0.017 * k for k in range(9)]
        pen.tube(arm, widths, dark if far else skin)
        for k in range(2, 8) if not far else ():
            pen.oval(arm[k][0] - 0.25 * widths[k], arm[k][1] + 0.12 * widths[k], widths[k] * 0.2, widths[k] * 0.2, pale)
    wide = 0.36 - squeeze
    pen.blob(
        [
            (-0.26, -0.46),
            (-wide, -0.66),
            (-wide * 1.1, -0.92),
            (-0.12, -1.18 - squeeze),
            (0.16, -1.18 - squeeze),
            (wide * 1.1, -0.92),
            (wide, -0.66),
            (0.26, -0.46),
            (0, -0.38),
        ],
        skin,
    )
    for x, y, r in ((-0.2, -1.0, 0.05), (-0.05, -1.08, 0.035), (0.22, -1.0, 0.04), (-0.26, -0.86, 0.03)):
        pen.oval(x, y, r, r * 0.8, pale, 0.8)
    for x in (-0.06, 0.2):
        pen.oval(x, -0.66, 0.115, 0.115, mix(skin, dark, 0.4))
        eye(pen, pose, x + 0.01, -0.665, 0.095)
    pen.tube([(0.0, -0.47), (0.08, -0.44), (0.17, -0.47)], [0.015, 0.024, 0.015], dark)


def _jellyfish(pen: Pen, pose: Pose) -> None:
    body, squeeze = pose.lit(pose.colour), 0.07 * pose.swing()
    light = mix(body, (255.0, 255.0, 255.0), 0.35)
    for i in range(9):
        x = -0.28 + 0.07 * i
        long = 0.55 + 0.2 * math.sin(2.4 * i)
        thread = [
            (
                x * (1 - squeeze * 2) + 0.06 * k / 8 * math.sin(2 * math.pi * (pose.phase - 0.11 * k) + i),
                -0.6 + long * k / 8,
            )
            for k in range(9)
        ]
        pen.tube(thread, [0.022 - 0.0018 * k for k in range(9)], light, 0.6)
    for i in range(4):
        x = -0.13 + 0.088 * i
        frill = [
            (x + 0.05 * math.sin(2 * math.pi * (pose.phase - 0.09 * k) + 1.1 * k + i), -0.62 + 0.11 * k)
            for k in range(6)
        ]
        pen.tube(frill, [0.1, 0.09, 0.1, 0.07, 0.05, 0.02], mix(body, (255.0, 220.0, 235.0), 0.3), 0.5)
    half = 0.4 - squeeze
    bell = [(0, -1.04 - squeeze), (half * 0.75, -0.93), (half, -0.68), (half * 0.86, -0.55)]
    hem = [(half * (0.62 - 0.31 * i), -0.57 + 0.035 * (i % 2)) for i in range(5)]
    pen.blob([*bell, *hem, (-half * 0.86, -0.55), (-half, -0.68), (-half * 0.75, -0.93)], body, 0.82)
    pen.blob(
        [(0, -0.98 - squeeze), (half * 0.5, -0.86), (half * 0.46, -0.7), (-half * 0.46, -0.7), (-half * 0.5, -0.86)],
        light,
        0.4,
    )
    pen.oval(-0.12, -0.88, 0.13, 0.07, (255.0, 255.0, 255.0), 0.45, -0.5)


def _seahorse(pen: Pen, pose: Pose) -> None:
    skin, fin = pose.lit(pose.colour), mix(pose.lit(pose.colour), (255.0, 250.0, 220.0), 0.45)
    dark, nod = mix(pose.lit(pose.colour), pose.lit("5a2a18"), 0.4), 0.02 * pose.swing()
    curl = [
        (0.0 + 0.15 * (1 - k / 14) * math.cos(0.55 * k + 1.7), 0.0 + 0.15 * (1 - k / 14) * math.sin(0.55 * k + 1.7))
        for k in range(12)
    ]
    tail = [(-0.1, -0.42), (-0.16, -0.26), (-0.1, -0.1), *((x + 0.06, y - 0.13) for x, y in curl[4:])]
    pen.tube(tail, [0.2, 0.14, 0.1, *(0.08 - 0.007 * k for k in range(8))], skin)
    flutter = 0.05 * pose.swing(0.2) * 1.5
    pen.blob([(-0.14, -0.66), (-0.4 + flutter, -0.7), (-0.42 - flutter, -0.5), (-0.16, -0.48)], fin, 0.85)
    pen.tube([(0.06 + nod, -0.98), (-0.02, -0.82), (0.02, -0.62), (-0.08, -0.4)], [0.16, 0.2, 0.32, 0.2], skin)
    for i in range(7):
        y = -0.84 + 0.075 * i
        pen.tube([(-0.12, y + 0.03), (0.04, y), (0.15 - 0.03 * abs(i - 3), y - 0.02)], [0.012, 0.018, 0.012], dark, 0.6)
    for i, (x, y) in enumerate(((-0.05, -1.1), (0.03, -1.14), (0.11, -1.12))):
        pen.polygon(
            [(x - 0.035 + nod, y + 0.06), (x - 0.02 * (1 - i) + nod, y - 0.06), (x + 0.035 + nod, y + 0.06)], fin
        )
    pen.oval(0.06 + nod, -1.0, 0.14, 0.115, skin)
    pen.tube([(0.12 + nod, -0.98), (0.26 + nod, -0.93), (0.36 + nod, -0.91)], [0.13, 0.075, 0.08], skin)
    eye(pen, pose, 0.09 + nod, -1.02, 0.04)


_BOX = (-1.1, -1.35, 1.1, 0.45)


def _seal(pen: Pen, pose: Pose) -> None:
    """A seal on its belly: it lifts itself on its flippers and lets itself fall forward."""
    coat = pose.lit(pose.colour)
    shade, pale = mix(coat, pose.lit("181424"), 0.3), mix(coat, pose.lit("fff6ea"), 0.45)
    moving = pose.action in ("walk", "run")
    heave = 0.1 * max(0.0, pose.swing()) if moving else 0.015 * pose.swing()
    head = (0.72 + 0.06 * heave, -0.86 - heave)
    pen.blob([(-1.0, -0.14), (-1.3, -0.3 - heave), (-1.42, -0.16), (-1.28, -0.02), (-1.02, -0.04)], shade)
    body = [
        (-1.08, -0.1), (-0.6, -0.34 - heave * 0.5), (0.0, -0.56 - heave), (0.46, -0.8 - heave), (0.66, -0.9 - heave),
        (0.86, -0.66 - heave), (0.72, -0.3), (0.5, -0.04), (-0.3, 0.0), (-0.9, -0.02),
    ]  # fmt: skip
    pen.blob(body, coat)
    pen.blob([(0.78, -0.56 - heave), (0.64, -0.24), (0.42, -0.05), (-0.3, -0.02), (0.3, -0.2)], pale)
    for x, y in ((-0.5, -0.24), (-0.2, -0.36), (0.1, -0.44), (-0.1, -0.24), (0.3, -0.56)):
        pen.oval(x, y - heave * 0.6, 0.045, 0.03, shade, 0.6)
    pen.blob([(0.34, -0.3), (0.5, -0.26), (0.44 + heave, 0.0), (0.18 + heave, 0.02), (0.24, -0.1)], shade)
    pen.oval(*head, 0.21, 0.19, coat)
    pen.oval(head[0] + 0.15, head[1] + 0.06, 0.11, 0.085, pale)
    pen.oval(head[0] + 0.24, head[1] + 0.01, 0.04, 0.03, pose.lit("241f24"))
    for dy in (-0.02, 0.04, 0.1):
        pen.limb(
            [(head[0] + 0.14, head[1] + 0.06), (head[0] + 0.36, head[1] + dy + 0.05)],
            [0.008, 0.003],
            (255, 255, 255),
            0.7,
        )
    eye(pen, pose, head[0] + 0.06, head[1] - 0.04, 0.04, "241f24")


REEF = {
    "octopus": Figure(_octopus, 0.32, _BOX, rgb("c8503c"), "water", {"swim": Gait(1.8, 0.25)}),
    "jellyfish": Figure(
        _jellyfish, 0.34, (-0.6, -1.2, 0.6, 0.3), rgb("d79af0"), "water", {"swim": Gait(2.2, 0.1)}, rim=0.4
    ),
    "seahorse": Figure(_seahorse, 0.26, (-0.6, -1.3, 0.55, 0.2), rgb("e8a83c"), "water", {"swim": Gait(0.6, 0.08)}, 12),
    "seal": crawler(_seal, 0.2, (-1.55, -1.3, 1.3, 0.06), "7d8590", 0.8, gaits(1.0, 0.35), 1.0),
}
