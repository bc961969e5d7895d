"""The proportions that tell one four-legged animal from another."""

from __future__ import annotations

import msgspec


class Build(msgspec.Struct, frozen=True):
    """Proportions in shoulder heights. `neck` is (length, radians above level), `head` (length, depth).

    `ears`: point, long, flop, side, round, fan or none. `extra` names what only some have: horse (mane and tail of
    hair), zebra, mane, bush and brush (tails), antlers, stripes, spots, mosaic, patches, wool, panda, hump, camel,
    snout, ape, spines, scutes, tabby, mask, ass, goat, hide, collar. `feet` is their colour, six hexadecimal digits.
    """

    size: float
    colour: str
    body: float = 1.05
    chest: float = 0.42
    waist: float = 0.34
    rump: float = 0.4
    leg: float = 0.1
    neck: tuple[float, float] = (0.3, 0.7)
    neck_width: float = 0.24
    head: tuple[float, float] = (0.3, 0.26)
    muzzle: float = 0.6
    ears: str = "point"
    tail: tuple[float, float] = (0.7, 0.6)
    tail_width: float = 0.09
    extra: str = ""
    feet: str = ""
    hoofed: bool = False
    belly: str = ""
    """The colour of its throat and belly, where that is not its coat's."""
    horn: str = ""
    """The colour of a horn on its forehead, if it has one."""
    metres: float = 0.7
    """How tall it is at the shoulder in the world."""
    gait: str = "gallop"
    """How it hurries: gallop, hop or amble."""
    supple: float = 0.05
    """How much its back bends in a run."""
