"""Animals' tails, and the hair of their necks."""

from __future__ import annotations

import math

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.proportions import Build

Spot = tuple[float, float]


def draw_tail(pen: Pen, build: Build, root: Spot, coat: Colour, pose: Pose) -> None:
    """Draw a tail of hair, a bush or a whip, a wave running down it."""
    if build.extra == "horse":
        _hairy(pen, root, pose)
        return
    points = _whip(build, root, pose)
    taper = 0.92 if build.tail_width > 0.15 else 0.45
    bushy = build.extra in ("bush", "brush", "mask")
    shares = [i / (len(points) - 1) for i in range(len(points))]
    swell = [2.5 * math.sin(math.pi * min(share * 1.05, 1.0)) if bushy else -taper * share for share in shares]
    widths = [build.tail_width * (1 + more) for more in swell]
    pen.tube(points, widths, coat)
    if build.extra == "brush":
        pen.tube(points[-3:], [widths[-3] * 0.8, widths[-2] * 0.92, widths[-1] * 0.8], pose.lit("f4ece0"))
    if build.extra == "mask":
        for i in (3, 5, 7):
            pen.tube(points[i : i + 2], widths[i : i + 2], mix(coat, pose.lit("20222c"), 0.6))
    if build.extra in ("mane", "patches", "mosaic", "camel", "zebra", "ass"):  # a tassel at its end
        pen.tube(points[-3:], [widths[-3], 0.09, 0.03], mix(coat, pose.lit("3a2a20"), 0.7))


def _whip(build: Build, root: Spot, pose: Pose) -> list[Spot]:
    length, lift = build.tail
    running = pose.action == "run"
    lift *= 0.62 if running and lift > 0.4 else 1.0
    x, y = root
    points = [root]
    for i in range(1, 9):
        share = i / 8
        wave = (0.3 if running else 0.14) * share * math.sin(2 * math.pi * (pose.phase - 0.55 * share))
        turn = (-0.35 + 1.6 * share) * lift + wave
        down = -0.15 if pose.action in ("sit", "play", "sleep") else 1.0
        x -= length / 8 * math.cos(turn)
        y -= length / 8 * math.sin(turn) * (down if turn > 0 else 1.0)
        points.append((x, min(y, -build.tail_width * 0.4)))
    return points


def _hairy(pen: Pen, root: Spot, pose: Pose) -> None:
    """Draw a horse's tail: locks that hang, and stream behind it when it runs."""
    x, y = root
    flow = {"run": 1.0, "walk": 0.3}.get(pose.action, 0.0)
    for i, (tone, lag) in enumerate(((0.78, 0.0), (0.66, 0.06), (0.55, 0.12))):
        wave = 0.05 * (0.5 + flow) * pose.swing(-lag)
        after = 0.09 * (0.5 + flow) * pose.swing(-0.3 - lag)
        fall = 0.06 * i
        lock = [
            (x + 0.05, y - 0.03),
            (x - 0.1 - 0.1 * flow, y - 0.04 + 0.02 * i),
            (x - 0.17 - 0.3 * flow, y + 0.2 - 0.13 * flow + wave),
            (x - 0.2 - 0.52 * flow + fall * 0.3, y + 0.48 - 0.3 * flow + after + fall * flow),
            (x - 0.14 - 0.76 * flow + fall, y + 0.66 - 0.38 * flow + after * 1.3 + fall * flow),
        ]
        pen.tube(lock, [0.07, 0.12, 0.14, 0.1, 0.015], pose.lit(hair(pose, tone)))


def hair(pose: Pose, share: float = 0.6) -> Colour:
    """Return the colour of a mane: darker than the coat, on a white one silver."""
    pale = sum(pose.colour) > 600
    return mix(pose.colour, rgb("8f8aa0" if pale else "2a2026"), share * (0.62 if pale else 1.0))


def crest_hair(pen: Pen, crest: list[Spot], pose: Pose, *, bristly: bool) -> None:
    """Draw the mane along a neck, from the withers to the poll, and the forelock: locks in the wind, or bristles."""
    flow = {"run": 1.0, "walk": 0.35}.get(pose.action, 0.12)
    for i, (x, y) in enumerate(crest):
        share = i / (len(crest) - 1)
        if bristly:
            pen.limb([(x + 0.03, y + 0.03), (x - 0.05, y - 0.06)], [0.1, 0.05], pose.lit(hair(pose, 0.85)))
            continue
        wave = 0.045 * math.sin(2 * math.pi * (pose.phase - 0.5 * share))
        long = 0.13 + 0.09 * math.sin(math.pi * share)
        lock = [
            (x + 0.045, y + 0.02),
            (x - long * (0.35 + 0.25 * flow), y - 0.02 + long * (0.25 - 0.25 * flow)),
            (x - long * (0.45 + 0.75 * flow), y + long * (0.85 - 0.75 * flow) + wave * (0.4 + flow)),
        ]
        pen.tube(lock, [0.1, 0.085, 0.012], pose.lit(hair(pose, 0.62 if i % 2 else 0.72)))
