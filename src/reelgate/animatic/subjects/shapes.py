"""Nouns without a drawing of their own: a glyph's outline as a cut-out, else a card with the noun on it."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

from reelgate.animatic.drawing.glyphs import Picture, card, cutout
from reelgate.animatic.drawing.palette import Colour, rgb
from reelgate.animatic.language.lexicon import families, lexicon
from reelgate.animatic.language.records import Family, SubjectKind
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose
from reelgate.animatic.subjects.plain_objects import SIMPLE
from reelgate.animatic.subjects.table import TOP, table

_STILL = {"stand": Gait(4.0, 0.0)}
_MOVED = {
    "fall": Gait(2.4, 0.0), "roll": Gait(1.2, 1.6), "spin": Gait(1.6, 0.0), "fly": Gait(4.0, 0.0),
    "pour": Gait(2.4, 0.0), "push": Gait(2.0, 0.0), "stir": Gait(1.2, 0.0), "boil": Gait(0.5, 0.0),
    "melt": Gait(4.0, 0.0), "break": Gait(3.0, 0.0),
}  # fmt: skip
"""The actions of every thing."""

_TURNING = frozenset({"roll", "spin"})
_TALLEST, _LEAST = 0.5, 0.12
_A_METRE = 0.27  # of the frame's height, as people have it
_OF_THE_LEFT = frozenset("🚐🛵🏎🛷🚤🛶🦦🦨🦥🦣🦙🦂🦗🦟🦃🐛🦤🦫🛒")
"""Glyphs that look to the left; what travels goes to the right."""


def is_shape(kind: str) -> bool:
    """Tell whether a kind is drawn as a plain shape, from a glyph or as a card."""
    return bool(lexicon().kinds[kind].family)


def is_card(kind: str) -> bool:
    """Tell whether a kind is only a card with its name."""
    facts = lexicon().kinds[kind]
    return bool(facts.family) and not facts.glyph and kind not in SIMPLE


def shape_of(name: str) -> Figure:
    """Return the figure of a noun that has only a family."""
    kind = lexicon().kinds[name]
    family = families()[kind.family]
    draw, wide = _drawing(name, kind)
    make = {"table": _on_table, "floor": _on_floor, "land": _on_land, "ground": _on_ground, "road": _on_ground,
            "surface": _on_water, "air": _in_air}[kind.stands or family.stands]  # fmt: skip
    return make(family, draw, wide, rgb(kind.colour))


Draw = Callable[[Pen, Pose, float, float, float], None]
"""Draws a thing `tall` heights tall with its foot at (x, y), turned with the pose's phase where it rolls or spins."""


def _drawing(name: str, kind: SubjectKind) -> tuple[Draw, float]:
    """Return what draws a thing, and its width in its heights."""
    if name in SIMPLE:
        simple = SIMPLE[name]

        def draw_simple(pen: Pen, pose: Pose, x: float, y: float, tall: float) -> None:
            simple.draw(pen.moved(x, y, tall), pose)

        return draw_simple, simple.wide
    picture = functools.partial(_cut, kind.glyph) if kind.glyph else functools.partial(_named, name)
    height, width = picture((128.0, 128.0, 128.0)).shape[:2]
    aspect, flip = width / height, kind.glyph in _OF_THE_LEFT

    def draw(pen: Pen, pose: Pose, x: float, y: float, tall: float) -> None:
        wide, high, up, turn = _moment(pose)
        y -= up * tall
        pen.picture(picture(pose.lit(pose.colour)), x, y, tall * aspect * wide, tall * high, turn, flip)

    return draw, aspect


def _moment(pose: Pose) -> tuple[float, float, float, float]:
    """Return how wide and high a thing is at this moment, how far up (shares of its height), and how far turned."""
    phase, swing = pose.phase, pose.swing()
    moments = {
        **dict.fromkeys(_TURNING, (1.0, 1.0, 0.0, 2 * math.pi * phase)),
        "fall": (1.0, 1.0, 1.2 * max(0.0, 1 - (2 * phase) ** 2), 0.5 * max(0.0, 0.5 - phase)),
        "pour": (1.0, 1.0, 0.35, 1.1 * math.sin(math.pi * phase)),
        "push": (1.0, 1.0, 0.12 * abs(swing), 0.0),
        "stir": (1.0 + 0.05 * swing, 1.0 - 0.05 * swing, 0.0, 0.1 * pose.swing(0.25)),
        "boil": (1.0, 1.0 + 0.03 * swing, 0.0, 0.04 * pose.swing(0.3)),
        "melt": (1.0 + 0.5 * phase, 1.0 - 0.55 * phase, 0.0, 0.0),
        "break": (1.0 + 0.2 * phase, 1.0 - 0.5 * phase, 0.0, 0.7 * phase),
        "fly": (1.0, 1.0, 0.25 + 0.1 * swing, 0.0),
    }
    return moments.get(pose.action, (1.0, 1.0, 0.0, 0.0))


@functools.lru_cache(maxsize=16)
def _cut(glyph: str, colour: Colour) -> Picture:
    return cutout(glyph, colour)


@functools.lru_cache(maxsize=16)
def _named(name: str, colour: Colour) -> Picture:
    return card(name, colour)


def _on_table(family: Family, draw: Draw, wide: float, colour: Colour) -> Figure:
    tall = min(0.5, 1.0 / wide) * (1.0 if family.metres > 0.2 else 0.84)

    def drawn(pen: Pen, pose: Pose) -> None:
        table(pen, pose)
        draw(pen, pose, 0.0, TOP, tall)

    gaits = {**_STILL, **_MOVED, "roll": Gait(1.2, 0.0)}
    return Figure(drawn, 0.42, (-0.75, -1.75, 0.75, 0.03), colour, "fixed", gaits, 12, rim=0.4, spot="table")


def _alone(draw: Draw) -> Callable[[Pen, Pose], None]:
    return lambda pen, pose: draw(pen, pose, 0.0, 0.0, 1.0)


def _box(wide: float) -> tuple[float, float, float, float]:
    half = max(wide / 2, 0.5) * 1.15 + 0.05
    return (-half, -1.2, half, 0.2)


def _size(family: Family, wide: float) -> float:
    return min(max(family.metres * _A_METRE, _LEAST), _TALLEST, 0.62 / wide)


def _on_floor(family: Family, draw: Draw, wide: float, colour: Colour) -> Figure:
    gaits = {**_STILL, **_MOVED, "roll": Gait(1.2, 0.0)}
    return Figure(
        _alone(draw), _size(family, wide), _box(wide), colour, "fixed", gaits, 12, rim=0.4, spot="beside",
        shadow=0.4 * wide, metres=family.metres,
    )  # fmt: skip


def _on_land(family: Family, draw: Draw, wide: float, colour: Colour) -> Figure:
    return Figure(_alone(draw), min(0.5, 0.8 / wide), _box(wide), colour, "fixed", _STILL, 1, rim=0.5, flat=True)


def _on_ground(family: Family, draw: Draw, wide: float, colour: Colour) -> Figure:
    alive = family.sort == "animal"
    gaits = {"stand": Gait(3.0, 0.0), "walk": Gait(0.9, 0.7), "run": Gait(0.55, 1.2), **_MOVED}
    if family.stands == "road":
        gaits = {"drive": Gait(1.0, 2.2), "stand": Gait(2.0, 0.0), **_MOVED}

    def drawn(pen: Pen, pose: Pose) -> None:
        hop = abs(pose.swing()) * 0.06 if pose.action in ("walk", "run") and alive else 0.0
        draw(pen, pose, 0.0, -hop, 1.0)

    home = "road" if family.stands == "road" else "ground"
    return Figure(
        drawn, _size(family, wide), _box(wide), colour, home, gaits, 12, shadow=0.4 * wide, metres=family.metres,
        aliases={"ride": "drive", "jump": "run"},
    )  # fmt: skip


def _on_water(family: Family, draw: Draw, wide: float, colour: Colour) -> Figure:
    return Figure(_alone(draw), 0.2, _box(wide), colour, "surface", {"drive": Gait(4.0, 0.5)}, 8, metres=family.metres)


def _in_air(family: Family, draw: Draw, wide: float, colour: Colour) -> Figure:
    size = min(max(0.04 * family.metres, 0.14), 0.3)
    gaits = {"fly": Gait(8.0, 0.08), **_MOVED}
    return Figure(_alone(draw), size, _box(wide), colour, "air", gaits, 12, rim=0.5, metres=family.metres)
