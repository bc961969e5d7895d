"""Birds on foot and afloat."""

from __future__ import annotations

import functools

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose, step

_WADDLE, _STANCE = 0.12, 0.6
"""How far a foot reaches, and for which share of a step it stands."""


def _penguin(pen: Pen, pose: Pose) -> None:
    coat, white, beak = pose.lit(pose.colour), pose.lit("f4f4f0"), pose.lit("f0a03a")
    moving = pose.action in ("walk", "run")
    waddle = 0.05 * pose.swing() if moving else 0.01 * pose.swing()
    for at in (0.5, 0.0):
        dx, dy = step(pose.phase + at, _WADDLE, 0.06, _STANCE) if moving else (0.1 - 0.2 * at, 0.0)
        pen.limb([(dx, -0.1), (dx + 0.08, -0.04 + dy), (dx + 0.2, -0.03 + dy)], [0.08, 0.09, 0.06], beak)
    pen.blob([(-0.3, -0.06), (-0.14, -0.2), (-0.1, -0.06)], coat)
    pen.blob(
        [(-0.22, -0.06), (-0.26, -0.4), (-0.16 + waddle, -0.74), (0.16 + waddle, -0.74), (0.26, -0.4), (0.2, -0.06)],
        coat,
    )
    pen.blob(
        [(-0.06, -0.07), (-0.06, -0.42), (0.02 + waddle, -0.68), (0.17 + waddle, -0.66), (0.23, -0.36), (0.17, -0.07)],
        white,
    )
    pen.oval(0.02 + waddle, -0.84, 0.16, 0.15, coat)
    pen.oval(0.08 + waddle, -0.81, 0.085, 0.09, white)
    pen.polygon([(0.14 + waddle, -0.86), (0.32 + waddle, -0.8), (0.14 + waddle, -0.77)], beak)
    pen.oval(0.08 + waddle, -0.86, 0.022, 0.026, pose.lit("16161c"))
    pen.tube(
        [(-0.13 + waddle, -0.66), (-0.24, -0.46), (-0.2 - waddle, -0.24)], [0.07, 0.1, 0.04], mix(coat, white, 0.1)
    )


def _hen(pen: Pen, pose: Pose) -> None:
    coat, red, beak = pose.lit(pose.colour), pose.lit("d2322d"), pose.lit("eba53a")
    peck = 0.12 * max(0.0, pose.swing()) if pose.action != "run" else 0.03 * pose.swing()
    for at, leg in ((0.5, mix(beak, pose.lit("402818"), 0.3)), (0.0, beak)):
        dx, dy = (
            step(pose.phase + at, _WADDLE, 0.09, _STANCE) if pose.action in ("walk", "run") else (0.06 - at * 0.12, 0.0)
        )
        pen.tube([(0.0, -0.3), (dx * 0.5 - 0.04, -0.16 + dy), (dx, -0.03 + dy)], [0.06, 0.04, 0.035], leg)
        for toe in (-0.04, 0.06, 0.1):
            pen.limb([(dx, -0.03 + dy), (dx + toe, -0.015 + dy)], [0.03, 0.016], leg)
    for lift, tone in ((0.3, 0.45), (0.18, 0.3), (0.05, 0.15)):
        pen.tube(
            [(-0.22, -0.5), (-0.5, -0.62 - lift), (-0.62, -0.5 - lift)],
            [0.2, 0.16, 0.04],
            mix(coat, pose.lit("203038"), tone),
        )
    pen.blob([(-0.36, -0.56), (-0.1, -0.58), (0.16, -0.62), (0.3, -0.44), (0.14, -0.24), (-0.18, -0.24)], coat)
    head = (0.3 + peck * 0.6, -0.84 + peck)
    pen.tube([(0.16, -0.5), (0.26, -0.66), head], [0.28, 0.2, 0.16], coat)
    for dx in (-0.06, 0.0, 0.06):
        pen.oval(head[0] + dx, head[1] - 0.1, 0.04, 0.06, red)
    pen.oval(head[0] + 0.08, head[1] + 0.1, 0.035, 0.06, red)
    pen.polygon(
        [(head[0] + 0.06, head[1] - 0.04), (head[0] + 0.2, head[1] + 0.01), (head[0] + 0.06, head[1] + 0.05)], beak
    )
    pen.oval(head[0] + 0.02, head[1] - 0.02, 0.02, 0.022, pose.lit("16161c"))
    pen.blob([(-0.2, -0.5), (0.1, -0.48), (0.04, -0.34), (-0.14, -0.34)], mix(coat, pose.lit("402818"), 0.22))


def _waterfowl(pen: Pen, pose: Pose, *, neck: float, head: str = "", lift: float = 0.0) -> None:
    """Ducks, geese and swans: a body under a short or a long neck, on the water, or `lift` high on legs."""
    coat, beak = pose.lit(pose.colour), pose.lit("eba53a")
    poll = pose.lit(head) if head else coat
    nod = 0.02 * pose.swing()
    if lift:
        _webbed(pen, pose, lift, beak)
    pen.blob(_up([(-0.62, -0.42), (-0.3, -0.3), (0.2, -0.34), (0.5, -0.2), (0.3, -0.02), (-0.3, -0.02)], lift), coat)
    x, y = 0.46 + nod, -0.34 - neck - lift
    bend = _up([(0.38, -0.16), (0.42 - 0.1 * neck, -0.3 - neck * 0.35), (0.34 + 0.1 * neck, -0.3 - neck * 0.8)], lift)
    pen.tube([*bend, (x, y)], [0.26, 0.15, 0.12, 0.15], poll)
    pen.oval(x, y, 0.12, 0.1, poll)
    pen.tube([(x + 0.08, y), (x + 0.24, y + 0.03)], [0.08, 0.05], beak)
    pen.oval(x + 0.03, y - 0.02, 0.02, 0.022, pose.lit("16161c"))
    wing = _up([(-0.5, -0.36), (0.0, -0.4), (0.24, -0.22), (-0.1, -0.1), (-0.4, -0.18)], lift)
    pen.blob(wing, mix(coat, pose.lit("506080"), 0.14))
    if not lift:
        pen.tube([(-0.7, 0.0), (0.0, 0.02), (0.75, 0.0)], [0.012, 0.03, 0.012], pose.lit("ffffff"), 0.5)


def _up(points: list[tuple[float, float]], lift: float) -> list[tuple[float, float]]:
    return [(x, y - lift) for x, y in points]


def _webbed(pen: Pen, pose: Pose, lift: float, colour: Colour) -> None:
    """Paint two legs that walk, with webbed feet."""
    moving = pose.action in ("walk", "run")
    for at, tone in ((0.5, mix(colour, pose.lit("402818"), 0.3)), (0.0, colour)):
        dx, dy = step(pose.phase + at, _WADDLE, 0.07, _STANCE) if moving else (0.05 - at * 0.1, 0.0)
        pen.tube([(0.02, -lift - 0.06), (dx * 0.6, -lift * 0.5 + dy * 0.5), (dx, -0.03 + dy)], [0.1, 0.05, 0.045], tone)
        pen.polygon([(dx - 0.04, -0.035 + dy), (dx + 0.17, -0.012 + dy), (dx - 0.05, dy)], tone)


_LEGS = 0.24
"""How long the legs of waterfowl are."""

_STRIDE = 2 * _WADDLE / _STANCE
_ON_FOOT = {"stand": Gait(1.6, 0.0), "walk": Gait(1.0, _STRIDE), "run": Gait(0.5, _STRIDE)}
_ALIASES = {"swim": "walk", "fly": "run", "dance": "walk", "jump": "walk"}
_BOX = (-0.75, -1.15, 0.7, 0.06)


def _waterfowls(
    kind: str, size: float, colour: str, box: tuple[float, float, float, float], *, neck: float, head: str = ""
) -> dict[str, Figure]:
    """Return the figures of one kind: on the water and on foot."""
    draw, seconds = functools.partial(_waterfowl, neck=neck, head=head), 2.4 if kind == "swan" else 2.0
    afloat = Figure(draw, size, box, rgb(colour), "surface", {"swim": Gait(seconds, 0.25)}, 12)
    left, top, right, foot = box
    on_foot = Figure(
        functools.partial(draw, lift=_LEGS), size, (left, top - _LEGS, right, foot), rgb(colour), gaits=_ON_FOOT,
        poses=24, aliases=_ALIASES, shadow=0.34, metres=0.5 + neck,
    )  # fmt: skip
    return {kind: afloat, f"{kind}_on_foot": on_foot}


FOWL = {
    "penguin": Figure(
        _penguin, 0.26, _BOX, rgb("26303f"), gaits=_ON_FOOT, poses=24, aliases=_ALIASES, shadow=0.24, metres=0.8
    ),
    "chicken": Figure(
        _hen, 0.17, _BOX, rgb("c9793c"), gaits=_ON_FOOT, poses=24, aliases=_ALIASES, shadow=0.26, metres=0.45
    ),
    **_waterfowls("duck", 0.15, "a98a68", (-0.8, -0.9, 0.85, 0.06), neck=0.2, head="2f7a4f"),
    **_waterfowls("tame_goose", 0.17, "f4f1e8", (-0.8, -1.2, 0.85, 0.06), neck=0.5),
    **_waterfowls("swan", 0.18, "f6f5f0", (-0.8, -1.25, 0.85, 0.06), neck=0.62),
}  # fmt: skip
