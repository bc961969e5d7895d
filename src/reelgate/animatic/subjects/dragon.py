"""A dragon of the East."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose


def _dragon(pen: Pen, pose: Pose) -> None:
    """A long dragon of the East: a winding, scaled body with a crest, claws, whiskers and antlers."""
    scales, crest, gold = pose.lit(pose.colour), pose.lit("e8b23c"), pose.lit("f2d27a")
    spine = []
    for i in range(25):
        x = -1.9 + 2.9 * i / 24
        spine.append((x, -0.6 + (0.26 - 0.08 * i / 24) * math.sin(2.1 * x * 1.5 + 2 * math.pi * pose.phase)))
    widths = [0.03 + 0.2 * math.sin(math.pi * min(1.0, 0.12 + 0.8 * i / 24)) for i in range(25)]
    for i in range(3, 22, 3):
        (x, y), (px, py) = spine[i], spine[i - 1]
        nx, ny = (y - py), -(x - px)
        length = math.hypot(nx, ny) or 1.0
        tip = (x + nx / length * (widths[i] * 0.5 + 0.1) - 0.05, y + ny / length * (widths[i] * 0.5 + 0.1))
        pen.polygon([(px, py), tip, (x + 0.06, y)], crest)
    for i in (8, 17):
        (x, y), kick = spine[i], 0.05 * pose.swing(i / 9)
        pen.tube([(x, y), (x + 0.1, y + 0.22), (x + 0.02 + kick, y + 0.36)], [0.12, 0.08, 0.06], scales)
        for claw in (-0.05, 0.02, 0.09):
            pen.limb([(x + 0.02 + kick, y + 0.36), (x + 0.04 + kick + claw, y + 0.44)], [0.03, 0.01], gold)
    pen.limb(spine, widths, scales)
    belly = [(x, y + w * 0.26) for (x, y), w in zip(spine, widths, strict=True)]
    pen.limb(belly[4:], [w * 0.34 for w in widths[4:]], mix(scales, gold, 0.55))
    x, y = spine[-1]
    for lean in (-0.04, 0.06):
        pen.tube(
            [(x - 0.02, y - 0.1), (x - 0.2 + lean, y - 0.3), (x - 0.34 + lean, y - 0.36)], [0.05, 0.035, 0.015], gold
        )
    pen.blob(
        [
            (x - 0.18, y - 0.14),
            (x + 0.08, y - 0.17),
            (x + 0.36, y - 0.06),
            (x + 0.38, y + 0.04),
            (x + 0.1, y + 0.1),
            (x - 0.16, y + 0.14),
        ],
        scales,
    )
    pen.blob(
        [(x + 0.02, y + 0.1), (x + 0.3, y + 0.1), (x + 0.2, y + 0.18), (x, y + 0.17)],
        mix(scales, (0.0, 0.0, 0.0), 0.25),
    )
    pen.oval(x + 0.06, y - 0.06, 0.05, 0.045, pose.lit("fff6d8"))
    pen.oval(x + 0.075, y - 0.055, 0.022, 0.028, pose.lit("16161c"))
    sway = 0.06 * pose.swing(0.2)
    pen.tube([(x + 0.34, y), (x + 0.5, y + 0.1 + sway), (x + 0.36, y + 0.3 + sway)], [0.025, 0.02, 0.008], gold)
    for drop in (0.0, 0.08, 0.16):
        pen.tube(
            [(x - 0.12, y + drop * 0.6), (x - 0.3, y - 0.02 + drop + sway), (x - 0.46, y + drop)],
            [0.07, 0.05, 0.01],
            crest,
        )


DRAGON = {
    "dragon": Figure(_dragon, 0.34, (-2.0, -1.15, 1.65, 0.1), rgb("b5382f"), "air", {"fly": Gait(1.8, 0.9)}),
}
