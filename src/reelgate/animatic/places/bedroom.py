"""A bedroom."""

from __future__ import annotations

from reelgate.animatic.drawing.palette import rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior, pictures, plant
from reelgate.animatic.places.room import interior


def bedroom(b: Backdrop) -> None:
    """A made bed between its lamps, a window, a rug."""
    interior(b, ("d9c7c9", "c9d2dc", "d8d3c4"), _bedroom, wood="a97f5c", rug="6f7fa8")


def _bedroom(inside: Interior) -> None:
    b, u, floor = inside.b, inside.b.unit, inside.floor
    pictures(inside)
    x, foot = b.width * 0.34, floor + u * 0.1
    if not any(subject.action == "sleep" for subject in b.board.subjects):  # who sleeps brings a bed
        _bed(inside, x, foot)
    for left in (x - u * 0.56, x + u * 0.44):
        _bedside(inside, left, foot)
    plant(inside, b.width * 1.1)
    b.seat = (x + u * 0.12, foot + u * 0.02)


def _bed(inside: Interior, x: float, foot: float) -> None:
    u, front, tone = inside.b.unit, inside.front, inside.tone
    front.limb([(x - u * 0.36, foot - u * 0.3), (x - u * 0.36, foot - u * 0.04)], [u * 0.05, u * 0.04], tone("6b4630"))
    front.rect(x - u * 0.37, foot - u * 0.36, u * 0.05, u * 0.36, tone("7a5236"))
    front.rect(x - u * 0.36, foot - u * 0.12, u * 0.72, u * 0.09, tone("7a5236"))
    front.rect(x + u * 0.33, foot - u * 0.2, u * 0.04, u * 0.2, tone("6b4630"))
    front.limb([(x - u * 0.31, foot - u * 0.16), (x + u * 0.31, foot - u * 0.16)], [u * 0.1, u * 0.1], tone("f3ece4"))
    front.limb(
        [(x - u * 0.06, foot - u * 0.185), (x + u * 0.29, foot - u * 0.175)], [u * 0.12, u * 0.13], tone("7f93b8")
    )
    front.rect(x - u * 0.1, foot - u * 0.17, u * 0.42, u * 0.115, tone("7f93b8"))
    front.rect(x - u * 0.13, foot - u * 0.235, u * 0.05, u * 0.17, tone("e8e0d4"))
    front.limb(
        [(x - u * 0.28, foot - u * 0.25), (x - u * 0.18, foot - u * 0.235)], [u * 0.085, u * 0.075], tone("ffffff")
    )


def _bedside(inside: Interior, left: float, foot: float) -> None:
    """Stand a small cupboard beside a bed, a lamp on it, lit when it is dark."""
    u, front, tone = inside.b.unit, inside.front, inside.tone
    front.rect(left, foot - u * 0.2, u * 0.13, u * 0.2, tone("8a5f3c"))
    front.rect(left + u * 0.01, foot - u * 0.13, u * 0.11, u * 0.006, tone("5a3d28"))
    middle = left + u * 0.065
    if inside.dim:
        front.halo(middle, foot - u * 0.31, u * 0.36, rgb("ffcf86"), 0.65)
    front.rect(middle - u * 0.008, foot - u * 0.28, u * 0.016, u * 0.08, tone("5a4334"))
    front.polygon(
        [(middle + u * dx, foot - u * dy) for dx, dy in ((-0.03, 0.36), (0.03, 0.36), (0.055, 0.27), (-0.055, 0.27))],
        rgb("ffe3ae"),
    )
