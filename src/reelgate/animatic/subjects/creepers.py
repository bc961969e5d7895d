"""What slithers, scuttles and crawls: snakes, spiders, crabs, ants, snails."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.canvas import curve
from reelgate.animatic.drawing.palette import Colour, mix
from reelgate.animatic.subjects.base import Pen, Pose, step
from reelgate.animatic.subjects.hoppers import crawler, eye, gaits


def _snake(pen: Pen, pose: Pose) -> None:
    """A snake: waves run down its body, its head raised, its tongue out now and then."""
    skin, belly = pose.lit(pose.colour), pose.lit("e8e0a8")
    spine = []
    for i in range(41):
        share = i / 40
        x = -2.1 + 3.5 * share
        wave = math.sin(2 * math.pi * (1.9 * share + pose.phase)) * (0.22 - 0.1 * share)
        spine.append((x + 0.1 * math.cos(2 * math.pi * (1.9 * share + pose.phase)), -0.36 + wave))
    neck = spine[-1]
    rise = 0.03 * pose.swing(0.3)
    raised = [(neck[0] + 0.2, neck[1] - 0.1), (1.66, -0.66 - rise), (1.84, -0.92 - rise), (2.06, -0.98 - rise)]
    bend = curve([spine[-2], neck, *raised], closed=False, steps=4)[4:]
    spine += [(float(x), float(y)) for x, y in bend[1:]]
    count = len(spine)
    widths = [0.05 + 0.21 * math.sin(math.pi * min(0.06 + 0.8 * i / count, 1.0)) ** 0.6 for i in range(count)]
    pen.limb([(x + 0.02, y + 0.06) for x, y in spine], widths, mix(skin, pose.lit("10200c"), 0.45))
    pen.limb(spine, widths, skin)
    for i in range(3, 38, 3):
        (x, y), (nx, ny) = spine[i], spine[i + 1]
        turn = math.atan2(ny - y, nx - x)
        pen.oval(
            x, y - widths[i] * 0.12, widths[i] * 0.42, widths[i] * 0.27, mix(skin, pose.lit("2a2410"), 0.55), angle=turn
        )
        pen.oval(x, y - widths[i] * 0.12, widths[i] * 0.2, widths[i] * 0.12, mix(skin, belly, 0.6), angle=turn)
    x, y = spine[-1]
    if pose.phase % 0.5 < 0.2:
        for dy in (-0.04, 0.05):
            pen.tube(
                [(x + 0.2, y + 0.04), (x + 0.4, y + 0.05), (x + 0.52, y + 0.05 + dy)],
                [0.02, 0.018, 0.008],
                pose.lit("d2322d"),
            )
    pen.blob(
        [
            (x - 0.22, y - 0.02),
            (x - 0.06, y - 0.14),
            (x + 0.14, y - 0.08),
            (x + 0.28, y + 0.02),
            (x + 0.1, y + 0.1),
            (x - 0.12, y + 0.12),
        ],
        skin,
    )
    pen.tube(
        [(x + 0.26, y + 0.04), (x + 0.08, y + 0.06), (x - 0.08, y + 0.04)],
        [0.012, 0.016, 0.01],
        mix(skin, pose.lit("10200c"), 0.6),
    )
    eye(pen, pose, x + 0.06, y - 0.05, 0.045, "f0c63a")


def _legged(
    pen: Pen, pose: Pose, *, pairs: int, body: float, spread: float, high: float, colour: Colour, thick: float
) -> None:
    """Draw pairs of jointed legs around the body's middle, alternate ones stepping together."""
    moving = pose.action in ("run", "walk")
    for far in (True, False):
        for i in range(pairs):
            across = (i / (pairs - 1) - 0.5) * 2
            at = pose.phase + 0.5 * ((i + far) % 2)
            dx, dy = step(at, 0.13, 0.12, 0.6) if moving else (0.0, 0.0)
            root = (across * body, -high + 0.02 * far)
            foot = (across * spread + dx + (0.1 if far else 0.0), dy - (0.05 if far else 0.0))
            knee = ((root[0] + foot[0]) / 2 + across * 0.12, -high - 0.3 + dy * 0.6 - 0.06 * far)
            tone = mix(colour, pose.lit("181420"), 0.4 if far else 0.0)
            pen.tube([root, knee, foot], [thick * 1.3, thick, thick * 0.45], tone)


def _spider(pen: Pen, pose: Pose) -> None:
    coat = pose.lit(pose.colour)
    _legged(pen, pose, pairs=4, body=0.16, spread=0.85, high=0.42, colour=coat, thick=0.07)
    bob = 0.015 * pose.swing(0.1)
    pen.oval(-0.34, -0.52 + bob, 0.36, 0.3, coat)
    for i in range(3):
        pen.oval(-0.46 + 0.13 * i, -0.62 + bob + 0.03 * i, 0.07, 0.05, mix(coat, pose.lit("e0703c"), 0.7))
    pen.oval(0.1, -0.45 + bob, 0.2, 0.17, mix(coat, (255.0, 255.0, 255.0), 0.08))
    for dx, dy, r in ((0.2, -0.5, 0.05), (0.12, -0.54, 0.045), (0.26, -0.44, 0.03)):
        eye(pen, pose, dx, dy + bob, r, "f4f0e6")
    pen.tube(
        [(0.24, -0.38 + bob), (0.32, -0.3 + bob), (0.28, -0.22 + bob)], [0.05, 0.04, 0.015], mix(coat, (0, 0, 0), 0.3)
    )


def _ant(pen: Pen, pose: Pose) -> None:
    coat = pose.lit(pose.colour)
    _legged(pen, pose, pairs=3, body=0.14, spread=0.5, high=0.4, colour=coat, thick=0.06)
    bob = 0.012 * pose.swing(0.1)
    pen.oval(-0.5, -0.5 + bob, 0.34, 0.22, coat, angle=-0.15)
    pen.oval(0.0, -0.46 + bob, 0.17, 0.12, coat)
    pen.oval(0.38, -0.54 + bob, 0.21, 0.18, coat)
    for dx in (0.0, 0.08):
        feeler = [(0.46 + dx, -0.66 + bob), (0.58 + dx, -0.9 + bob), (0.78 + dx, -0.86 + 0.03 * pose.swing(dx * 3))]
        pen.tube(feeler, [0.035, 0.03, 0.02], coat)
    pen.tube([(0.54, -0.48 + bob), (0.66, -0.44 + bob), (0.62, -0.36 + bob)], [0.05, 0.04, 0.015], coat)
    eye(pen, pose, 0.44, -0.58 + bob, 0.05, "16161c")


def _crab(pen: Pen, pose: Pose) -> None:
    """A crab, facing us and going sideways."""
    shell = pose.lit(pose.colour)
    dark = mix(shell, pose.lit("4a0f18"), 0.4)
    _legged(pen, pose, pairs=6, body=0.42, spread=0.95, high=0.34, colour=dark, thick=0.09)
    bob, snap = 0.02 * pose.swing(), 0.08 * max(0.0, pose.swing(0.3))
    for side in (-1, 1):
        pen.tube(
            [(side * 0.45, -0.5 + bob), (side * 0.85, -0.62 + bob), (side * 0.8, -0.95 + bob)],
            [0.14, 0.12, 0.14],
            shell,
        )
        x, y = side * 0.78, -1.08 + bob
        pen.blob(
            [(x - 0.15, y + 0.1), (x - 0.2, y - 0.14), (x - 0.04 - snap * 0.5, y - 0.3), (x - 0.01, y - 0.06)], shell
        )
        pen.blob(
            [(x + 0.15, y + 0.1), (x + 0.2, y - 0.12), (x + 0.08 + snap, y - 0.27), (x + 0.01, y - 0.04)],
            mix(shell, dark, 0.3),
        )
        pen.tube([(side * 0.16, -0.6 + bob), (side * 0.19, -0.88 + bob)], [0.05, 0.045], shell)
        eye(pen, pose, side * 0.19, -0.92 + bob, 0.085)
    pen.blob(
        [
            (-0.58, -0.42 + bob),
            (-0.4, -0.66 + bob),
            (0, -0.73 + bob),
            (0.4, -0.66 + bob),
            (0.58, -0.42 + bob),
            (0.34, -0.2 + bob),
            (-0.34, -0.2 + bob),
        ],
        shell,
    )
    pen.tube([(-0.14, -0.38 + bob), (0, -0.34 + bob), (0.14, -0.38 + bob)], [0.02, 0.03, 0.02], dark)
    for x, y in ((-0.28, -0.54), (0.3, -0.55), (0.0, -0.62)):
        pen.oval(x, y + bob, 0.05, 0.035, mix(shell, (255, 240, 220), 0.3))


def _snail(pen: Pen, pose: Pose) -> None:
    shell, skin = pose.lit(pose.colour), pose.lit("d9b98c")
    ripple = 0.05 * pose.swing()
    pen.blob(
        [
            (-0.95 - ripple, -0.03),
            (-0.5, -0.16),
            (0.3, -0.2),
            (0.62, -0.5),
            (0.86, -0.5),
            (0.92, -0.24),
            (0.86 + ripple, -0.03),
            (0.0, 0.0),
        ],
        skin,
    )
    for dx, lean in ((0.66, 0.02), (0.8, 0.1)):
        tip = (dx + lean + 0.03 * pose.swing(dx), -0.9)
        pen.tube([(dx, -0.46), tip], [0.06, 0.035], skin)
        pen.oval(*tip, 0.05, 0.05, pose.lit("2a2028"))
    pen.oval(-0.12, -0.52, 0.5, 0.46, shell)
    spiral = []
    for i in range(28):
        turn, radius = 0.42 * i + 0.5, 0.43 * (1 - i / 29)
        spiral.append((-0.12 + radius * math.cos(turn), -0.52 + radius * 0.92 * math.sin(turn)))
    pen.limb(spiral, [0.05 - 0.0012 * i for i in range(28)], mix(shell, pose.lit("3a1c14"), 0.55))
    pen.oval(-0.26, -0.74, 0.12, 0.07, (255.0, 255.0, 255.0), 0.3, -0.5)
    pen.tube([(0.9, -0.26), (0.82, -0.22)], [0.018, 0.012], mix(skin, pose.lit("3a1c14"), 0.6))


CREEPERS = {
    "snake": crawler(_snake, 0.15, (-2.4, -1.2, 2.75, 0.1), "5c8f3e", 0.12, gaits(2.0, 1.85), 1.5),
    "spider": crawler(_spider, 0.19, (-1.2, -1.0, 1.2, 0.06), "3a3038", 0.08, gaits(1.0, 0.43), 0.7),
    "ant": crawler(_ant, 0.16, (-1.0, -1.05, 1.0, 0.06), "6a2f22", 0.05, gaits(0.5, 0.43), 0.6),
    "crab": crawler(_crab, 0.2, (-1.25, -1.5, 1.25, 0.06), "d8502f", 0.15, gaits(0.5, 0.43), 0.75),
    "snail": crawler(_snail, 0.17, (-1.15, -1.1, 1.15, 0.06), "c98a54", 0.06, gaits(2.0, 0.12), 0.75),
}
