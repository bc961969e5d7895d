"""A table with something on it: a cup, a cake, a bowl of fruit."""

from __future__ import annotations

from collections.abc import Callable

from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose

BARE = "bare"
"""The half of what stands on a table that is drawn where it stands on something else, or is held."""

TOP = -0.54
"""Where things stand on the table, in heights of the whole."""


def table(pen: Pen, pose: Pose) -> None:
    """Draw the table that things stand on, its top half a height up; not under what is bare, on something else."""
    if pose.half == BARE:
        return
    wood = pose.lit("8a5a36")
    for x in (-0.5, 0.46):
        pen.polygon([(x, -0.5), (x + 0.07, -0.5), (x + 0.05, 0.0), (x + 0.01, 0.0)], mix(wood, (0, 0, 0), 0.25))
    pen.limb([(-0.62, -0.5), (0.62, -0.5)], [0.08, 0.08], wood)
    pen.limb([(-0.6, -0.525), (0.6, -0.525)], [0.02, 0.02], mix(wood, (255, 230, 190), 0.35))


def steam(pen: Pen, pose: Pose, places: tuple[float, ...], low: float) -> None:
    """Draw wisps that rise from `low` and curl."""
    for i, x in enumerate(places):
        rise = [
            (x, low),
            (x + 0.05 * pose.swing(0.3 * i), low - 0.12),
            (x - 0.04 * pose.swing(0.2 + 0.3 * i), low - 0.24),
        ]
        pen.tube(rise, [0.03, 0.05, 0.015], (255.0, 255.0, 255.0), 0.4)


def laid(draw: Callable[[Pen, Pose], None], colour: str, seconds: float, poses: int) -> Figure:
    """Return the figure of something on a table."""
    gaits = {"stand": Gait(seconds, 0.0)}
    return Figure(draw, 0.42, (-0.75, -1.75, 0.75, 0.03), rgb(colour), "fixed", gaits, poses, rim=0.4, spot="table")


def _cup(pen: Pen, pose: Pose) -> None:
    """A steaming cup on a table."""
    table(pen, pose)
    china = pose.lit(pose.colour)
    steam(pen, pose, (-0.08, 0.06), -0.86)
    pen.tube([(0.16, -0.76), (0.29, -0.74), (0.26, -0.64), (0.14, -0.62)], [0.04, 0.045, 0.04, 0.035], china)
    pen.oval(0, -0.55, 0.28, 0.03, mix(china, (60, 60, 90), 0.15))
    pen.blob([(-0.18, -0.8), (0.18, -0.8), (0.15, -0.64), (0.08, -0.56), (-0.08, -0.56), (-0.15, -0.64)], china)
    pen.oval(0, -0.81, 0.165, 0.03, pose.lit("4a2f20"))


def _cake(pen: Pen, pose: Pose) -> None:
    """A cake with burning candles on a table."""
    table(pen, pose)
    base, cream = pose.lit(pose.colour), pose.lit("fff6ec")
    for i in range(5):
        x = -0.16 + 0.08 * i
        pen.limb([(x, -0.85), (x, -0.96)], [0.024, 0.024], pose.lit(("5a9ce0", "f0c257", "e0607a")[i % 3]))
        pen.halo(x, -1.0, 0.1, rgb("ffcf86"), 0.5)
        pen.oval(x, -1.0 - 0.006 * pose.swing(0.2 * i), 0.014, 0.026, rgb("ffe9a0"))
    pen.oval(0, -0.55, 0.36, 0.03, pose.lit("e8e6e0"))
    pen.rect(-0.3, -0.71, 0.6, 0.16, base)
    pen.rect(-0.22, -0.85, 0.44, 0.14, mix(base, cream, 0.35))
    for y, wide in ((-0.71, 0.3), (-0.85, 0.22)):
        for i in range(7):
            x = -wide + wide * 2 * (i + 0.5) / 7
            pen.oval(x, y + 0.02, wide / 7, 0.035, cream)
        pen.limb([(-wide, y), (wide, y)], [0.03, 0.03], cream)


def _fruit(pen: Pen, pose: Pose) -> None:
    """A bowl of fruit on a table."""
    table(pen, pose)
    for x, y, tone in ((-0.13, -0.75, "e0a832"), (0.14, -0.75, "7fae4a"), (0.0, -0.8, "d2322d")):
        colour = pose.lit(pose.colour) if tone == "d2322d" else pose.lit(tone)
        pen.oval(x, y, 0.12, 0.115, colour)
        pen.oval(x - 0.04, y - 0.04, 0.03, 0.025, mix(colour, (255, 255, 255), 0.6))
        pen.tube([(x, y - 0.1), (x + 0.02, y - 0.16)], [0.016, 0.012], pose.lit("5a4030"))
    pen.blob(
        [(-0.3, -0.7), (0.3, -0.7), (0.22, -0.58), (0.1, -0.54), (-0.1, -0.54), (-0.22, -0.58)], pose.lit("5f8a9c")
    )


LAID = {
    "cup": laid(_cup, "f4efe6", 4.0, 12),
    "cake": laid(_cake, "e8a0a8", 1.2, 8),
    "fruit": laid(_fruit, "d2322d", 4.0, 1),
}
