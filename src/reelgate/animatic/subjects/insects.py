"""What hums in the air: butterflies, bees, dragonflies, beetles, fireflies; and bats."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose
from reelgate.animatic.subjects.hoppers import eye


def _butterfly(pen: Pen, pose: Pose) -> None:
    """A butterfly, seen from above and a little aside: its wings close and open about its body."""
    wing, dark = pose.lit(pose.colour), pose.lit("2a2228")
    open_ = 0.28 + 0.72 * (0.5 + 0.5 * pose.swing())
    lift = 0.04 * pose.swing(0.25)
    upper = [(0.03, -0.52), (0.22, -0.92), (0.62, -1.0), (0.68, -0.72), (0.46, -0.48), (0.1, -0.44)]
    lower = [(0.03, -0.46), (0.4, -0.46), (0.5, -0.24), (0.34, -0.06), (0.16, -0.14), (0.04, -0.34)]
    for side in (-1, 1):
        wide = side * open_ * (0.92 if side < 0 else 1.0)
        tone = mix(wing, dark, 0.14 if side < 0 else 0.0)
        for shape, share in ((lower, 0.12), (upper, 0.0)):
            pen.blob([(x * wide, y + lift) for x, y in shape], dark)
            middle = (sum(x for x, _ in shape) / 6, sum(y for _, y in shape) / 6)
            inner = [(x + (middle[0] - x) * 0.2, y + (middle[1] - y) * 0.2) for x, y in shape]
            pen.blob([(x * wide, y + lift) for x, y in inner], mix(tone, (255.0, 240.0, 190.0), share))
        for x, y, r in ((0.5, -0.82, 0.06), (0.42, -0.66, 0.045), (0.33, -0.27, 0.05)):
            pen.oval(x * wide, y + lift, r * open_, r, mix(tone, (255.0, 245.0, 210.0), 0.75))
        for x, y in ((0.58, -0.93), (0.62, -0.8), (0.44, -0.18)):
            pen.oval(x * wide, y + lift, 0.022 * open_, 0.022, (250.0, 248.0, 240.0))
        pen.tube([(side * 0.01, -0.74), (side * 0.08, -0.94), (side * 0.16, -1.02)], [0.018, 0.014, 0.03], dark)
    pen.limb([(0, -0.74), (0, -0.56), (0, -0.2)], [0.08, 0.09, 0.04], dark)


def _bee(pen: Pen, pose: Pose) -> None:
    coat, dark = pose.lit(pose.colour), pose.lit("2a2024")
    hum, glass = 0.5 + 0.5 * pose.swing(), mix(pose.palette.sky, (255.0, 255.0, 255.0), 0.75)
    for dx, tone in ((0.1, 0.4), (0.0, 0.6)):
        pen.oval(-0.1 + dx, -0.92 - 0.1 * hum, 0.2 + 0.08 * hum, 0.3, glass, tone, angle=-0.7 + 0.5 * hum)
    for i in range(3):
        pen.tube(
            [(-0.12 + 0.2 * i, -0.3), (-0.14 + 0.2 * i, -0.16), (-0.06 + 0.2 * i, -0.08)], [0.05, 0.04, 0.03], dark
        )
    pen.polygon([(-0.66, -0.52), (-0.9, -0.44), (-0.66, -0.4)], dark)
    pen.oval(-0.16, -0.5, 0.56, 0.34, coat)
    for x in (-0.5, -0.2, 0.1):
        tall = 0.3 * math.sqrt(1 - ((x + 0.16) / 0.6) ** 2)
        pen.tube([(x, -0.5 - tall), (x + 0.05, -0.5), (x, -0.5 + tall)], [0.09, 0.13, 0.09], dark)
    pen.oval(0.42, -0.54, 0.25, 0.25, mix(coat, dark, 0.12))
    for dx in (0.0, 0.1):
        pen.tube([(0.48 + dx, -0.76), (0.56 + dx, -0.94), (0.68 + dx, -0.98)], [0.035, 0.03, 0.05], dark)
    eye(pen, pose, 0.5, -0.57, 0.09)
    pen.tube([(0.6, -0.4), (0.53, -0.36), (0.45, -0.38)], [0.02, 0.025, 0.02], dark)
    pen.oval(-0.3, -0.7, 0.18, 0.06, (255.0, 255.0, 255.0), 0.3, -0.2)


def _dragonfly(pen: Pen, pose: Pose) -> None:
    coat, dark = pose.lit(pose.colour), mix(pose.lit(pose.colour), pose.lit("14202c"), 0.5)
    glass = mix(pose.palette.sky, (255.0, 255.0, 255.0), 0.6)
    for lag, lean, tone in ((0.5, 0.12, 0.4), (0.3, -0.2, 0.45), (0.2, 0.16, 0.62), (0.0, -0.16, 0.68)):
        tip = (0.24 + lean * 2.4, -0.52 - 0.62 * (0.35 + 0.65 * pose.swing(lag)))
        pen.tube(
            [(0.24, -0.5), ((0.24 + tip[0]) / 2 + lean * 0.3, (tip[1] - 0.5) / 2), tip], [0.06, 0.2, 0.1], glass, tone
        )
        pen.oval(*tip, 0.035, 0.02, dark, 0.7)
    pen.tube([(0.2, -0.46), (-0.4, -0.42), (-1.1, -0.36 - 0.03 * pose.swing(0.3))], [0.13, 0.09, 0.05], coat)
    for i in range(6):
        pen.limb([(-0.1 - 0.16 * i, -0.49 + 0.012 * i), (-0.1 - 0.16 * i, -0.4 + 0.012 * i)], [0.02, 0.02], dark)
    pen.oval(0.26, -0.48, 0.2, 0.13, mix(coat, dark, 0.2))
    for i in range(3):
        pen.tube(
            [(0.2 + 0.08 * i, -0.38), (0.26 + 0.08 * i, -0.26), (0.2 + 0.08 * i, -0.2)], [0.03, 0.025, 0.015], dark
        )
    pen.oval(0.5, -0.52, 0.13, 0.12, mix(coat, pose.lit("d23a2a"), 0.6))
    pen.oval(0.53, -0.56, 0.04, 0.035, (255.0, 255.0, 255.0), 0.7)


def _ladybird(pen: Pen, pose: Pose) -> None:
    """A beetle in flight, its wing cases up."""
    shell, dark, hum = pose.lit(pose.colour), pose.lit("231e24"), 0.5 + 0.5 * pose.swing()
    glass = mix(pose.palette.sky, (255.0, 255.0, 255.0), 0.7)
    for dx in (0.0, -0.12):
        pen.oval(-0.36 + dx, -0.74 - 0.12 * hum, 0.42, 0.13 + 0.05 * hum, glass, 0.55, 0.5 + 0.4 * hum)
    for i in range(3):
        pen.tube(
            [(-0.2 + 0.24 * i, -0.3), (-0.24 + 0.24 * i, -0.14), (-0.14 + 0.24 * i, -0.07)], [0.06, 0.05, 0.03], dark
        )
    pen.oval(-0.05, -0.42, 0.5, 0.2, dark)
    pen.oval(0.44, -0.46, 0.2, 0.19, dark)
    pen.oval(0.5, -0.54, 0.06, 0.05, (250.0, 250.0, 244.0))
    for side, tone in ((-1, 0.3), (1, 0.0)):
        turn = -0.5 + 0.12 * side
        pen.oval(-0.08 + 0.06 * side, -0.68 + 0.03 * side, 0.5, 0.3, mix(shell, dark, tone), angle=turn + math.pi)
    for x, y in ((-0.2, -0.56), (0.06, -0.76), (0.2, -0.64), (-0.02, -0.52)):
        pen.oval(x, y, 0.075, 0.06, dark, angle=-0.4)
    for dx in (0.0, 0.08):
        pen.tube([(0.52 + dx, -0.6), (0.62 + dx, -0.76), (0.7 + dx, -0.76)], [0.03, 0.025, 0.035], dark)


def _firefly(pen: Pen, pose: Pose) -> None:
    """A firefly: its lamp swells and fades."""
    lamp = 0.55 + 0.45 * pose.swing()
    coat, glass = pose.lit("3a2f36"), mix(pose.palette.sky, (255.0, 255.0, 255.0), 0.6)
    pen.halo(-0.32, -0.42, 1.5, rgb("e4f88a"), 0.8 * lamp)
    pen.oval(0.0, -0.72, 0.34, 0.12, glass, 0.5, -0.6)
    pen.oval(-0.34, -0.42, 0.3, 0.2, mix(rgb("8f9a3c"), rgb("f4ffa8"), lamp), angle=-0.2)
    pen.oval(0.04, -0.5, 0.26, 0.17, coat)
    pen.oval(0.3, -0.53, 0.14, 0.13, mix(coat, pose.lit("c8502c"), 0.5))
    pen.tube([(0.38, -0.62), (0.5, -0.76)], [0.03, 0.02], coat)


def _bat(pen: Pen, pose: Pose) -> None:
    coat, beat = pose.lit(pose.colour), pose.swing()
    skin = mix(coat, pose.lit("7a4a5a"), 0.4)
    for side in (-1, 1):
        wrist = (side * 0.48, -0.72 - 0.28 * beat)
        tip = (side * (1.02 - 0.12 * abs(beat)), -0.56 - 0.42 * pose.swing(-0.09))
        hem = [
            (side * 0.78, -0.34 - 0.22 * beat),
            (side * 0.56, -0.44 - 0.12 * beat),
            (side * 0.36, -0.26 - 0.06 * beat),
            (side * 0.1, -0.3),
        ]
        pen.polygon([(side * 0.06, -0.62), wrist, tip, *hem], mix(skin, coat, 0.3 if side < 0 else 0.0))
        for end in (tip, hem[0], hem[2]):
            pen.limb([wrist, end], [0.035, 0.012], coat)
        pen.limb([(side * 0.06, -0.58), wrist], [0.06, 0.04], coat)
        pen.polygon([(side * 0.04, -0.76), (side * 0.14, -1.0), (side * 0.18, -0.74)], coat)
    pen.oval(0, -0.46, 0.14, 0.2, coat)
    pen.oval(0, -0.7, 0.16, 0.14, coat)
    for side in (-1, 1):
        eye(pen, pose, side * 0.07, -0.73, 0.035, "f2d75a")


INSECTS = {
    "butterfly": Figure(_butterfly, 0.13, (-0.85, -1.15, 0.85, 0.1), rgb("f08a34"), "air", {"fly": Gait(0.5, 0.3)}),
    "bee": Figure(_bee, 0.13, (-1.0, -1.4, 0.9, 0.05), rgb("f2b632"), "air", {"fly": Gait(0.25, 0.14)}, 6),
    "dragonfly": Figure(_dragonfly, 0.16, (-1.25, -1.25, 0.75, 0.1), rgb("3fa0a8"), "air", {"fly": Gait(0.25, 0.2)}, 6),
    "ladybird": Figure(_ladybird, 0.12, (-1.0, -1.3, 0.85, 0.05), rgb("d2322d"), "air", {"fly": Gait(0.25, 0.12)}, 6),
    "firefly": Figure(
        _firefly, 0.08, (-1.9, -1.95, 1.25, 1.15), rgb("d8f070"), "air", {"fly": Gait(1.6, 0.8)}, 12, rim=0.0
    ),
    "bat": Figure(_bat, 0.16, (-1.15, -1.25, 1.15, 0.2), rgb("3c3440"), "air", {"fly": Gait(0.5, 0.5)}),
}  # fmt: skip
