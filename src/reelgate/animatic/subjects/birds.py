"""Birds in the air: one body that beats its wings, told apart by the plumage of `birds.toml`."""

from __future__ import annotations

import functools
import math
import tomllib
from importlib import resources
from typing import TypeAlias

import msgspec

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose

Spot: TypeAlias = tuple[float, float]

_UPRIGHT = 0.95
"""How far one that sits is turned up from flying, in radians."""


class Plumage(msgspec.Struct, frozen=True):
    """Proportions in wing lengths, roughly. Colours are six hexadecimal digits; an empty one is the bird's own."""

    size: float
    colour: str
    body: tuple[float, float] = (0.72, 0.26)
    """Length and depth."""
    wing: tuple[float, float] = (0.72, 0.4)
    """Length and breadth."""
    tail: tuple[float, float] = (0.34, 0.14)
    """Length, and how far it is spread; forked where that is negative."""
    head: float = 0.13
    neck: float = 0.1
    beak: tuple[float, float] = (0.16, 0.08)
    hooked: bool = False
    fingered: bool = False
    """The outer feathers of its wings stand apart."""
    legs: float = 0.0
    """How far its legs trail behind it."""
    belly: str = "f4f1ea"
    tips: str = "2a2c38"
    face: str = ""
    crown: str = ""
    bill: str = "e8a33a"
    seconds: float = 0.55
    stride: float = 0.55
    lift: float = 1.0
    """How high it raises its wings, in radians."""


def _draw(look: Plumage, pen: Pen, pose: Pose) -> None:
    (_perched if pose.action == "sit" else _flying)(look, pen, pose)


def _perched(look: Plumage, pen: Pen, pose: Pose) -> None:
    """A bird that sits upright with its wings folded, its feet at y = 0."""
    coat, (long, deep), legs = pose.lit(pose.colour), look.body, 0.12 + look.legs
    dark, middle = mix(coat, pose.lit("1c2034"), 0.34), -legs - 0.36 * long + 0.008 * pose.swing()
    cos, sin = math.cos(-_UPRIGHT), math.sin(-_UPRIGHT)

    def turned(*points: Spot) -> list[Spot]:
        return [(x * cos - y * sin, middle + x * sin + y * cos) for x, y in points]

    root, (reach, spread) = -long * 0.4, look.tail
    for share in (-1.0, 0.0, 1.0):
        tip = (root - reach * (1.0 if share else 0.9), abs(spread) * 0.4 * share)
        pen.limb(turned((root, 0.0), tip), [0.12, 0.07], mix(dark, pose.lit(look.tips), 0.2 * abs(share)))
    for x in (-0.03, 0.06):
        pen.limb([(x, -legs - 0.1), (x + 0.01, -0.02), (x + 0.09, -0.005)], [0.035, 0.03, 0.03], pose.lit(look.bill))
    body = [(-long * 0.56, -0.02), (-long * 0.2, -deep * 0.5), (long * 0.2, -deep * 0.54), (long * 0.46, -deep * 0.2),
            (long * 0.42, deep * 0.3), (long * 0.1, deep * 0.58), (-long * 0.26, deep * 0.36)]  # fmt: skip
    pen.blob(turned(*body), coat)
    if not pose.dyed:
        under = [body[4], (long * 0.2, deep * 0.06), (-long * 0.3, deep * 0.12), body[6], body[5]]
        pen.blob(turned(*under), mix(coat, pose.lit(look.belly), 0.85))
    wing = [(long * 0.3, -deep * 0.22), (0.0, -deep * 0.5), (-long * 0.5, -deep * 0.34), (-long * 0.82, -0.01),
            (-long * 0.3, deep * 0.2), (long * 0.16, deep * 0.12)]  # fmt: skip
    pen.blob(turned(*wing), mix(coat, dark, 0.5))
    for share in (0.0, 0.4, 0.8):
        feather = turned((-long * 0.2, deep * (0.14 - 0.3 * share)), (-long * 0.72, deep * (0.08 - 0.2 * share)))
        pen.limb(feather, [0.04, 0.05], mix(dark, pose.lit(look.tips), 0.5))
    (x, y), raised = turned((long * 0.4, -deep * 0.05))[0], 0.8 * max(look.neck - 0.12, 0.0)
    pen.limb([(x, y), (x + 0.04, y - raised)], [0.2, 0.14], coat)
    _head(pen, look, (x - look.neck * 0.75, y - raised - 0.02), coat, pose)


def _flying(look: Plumage, pen: Pen, pose: Pose) -> None:
    coat, beat = pose.lit(pose.colour), pose.swing()
    dark, y = mix(coat, pose.lit("1c2034"), 0.34), -0.5 + 0.045 * pose.swing(0.1)
    long, deep = look.body
    _wing(pen, look, (0.1, y - 0.02), pose, 0.03, dark)
    _tail(pen, look, (-long * 0.5, y), pose, dark)
    if look.legs:
        for dy in (0.0, 0.035):
            feet = [(-long * 0.3, y + deep * 0.2 + dy), (-long * 0.5 - look.legs, y + 0.05 + dy - 0.02 * beat)]
            pen.limb(feet, [0.04, 0.02], pose.lit(look.bill))
    body = [
        (-long * 0.56, y - 0.02), (-long * 0.2, y - deep * 0.44), (long * 0.2, y - deep * 0.52),
        (long * 0.46, y - deep * 0.2), (long * 0.42, y + deep * 0.22), (long * 0.1, y + deep * 0.5),
        (-long * 0.26, y + deep * 0.3),
    ]  # fmt: skip
    pen.blob(body, coat)
    under = [body[4], (long * 0.2, y + deep * 0.02), (-long * 0.3, y + deep * 0.1), body[6], body[5]]
    if not pose.dyed:
        pen.blob(under, mix(coat, pose.lit(look.belly), 0.85))
    _head(pen, look, (long * 0.36, y - deep * 0.18), coat, pose)
    _wing(pen, look, (0.0, y + 0.01), pose, 0.0, mix(coat, dark, 0.22))


def _wing(pen: Pen, look: Plumage, root: Spot, pose: Pose, lag: float, tone: Colour) -> None:
    """Draw a wing: the hand follows the arm, and folds a little as it comes up."""
    (long, broad), (x, y) = look.wing, root
    arm, hand = (look.lift * pose.swing(-lag - after) + 0.2 for after in (0.0, 0.09))
    fold = 0.82 + 0.18 * pose.swing(-lag + 0.25)
    wrist = (x + 0.1 + 0.05 * math.cos(arm), y - long * 0.46 * math.sin(arm))
    tip = (wrist[0] - 0.2 - 0.34 * long * math.cos(hand), wrist[1] - long * 0.56 * fold * math.sin(hand))
    rear, front = (x - broad * 0.72, y + 0.03), (x + broad * 0.42, y - 0.02)
    hem = (x - broad * 0.62, y - long * 0.34 * math.sin(arm) + 0.02)
    outer = ((tip[0] + hem[0]) / 2 - 0.06, (tip[1] + hem[1]) / 2 + 0.02)
    pen.blob([front, wrist, _between(wrist, tip, 0.55), tip, outer, hem, rear], tone)
    dark = mix(tone, pose.lit(look.tips), 0.75)
    count = 5 if look.fingered else 4
    for i in range(count):
        share = i / (count - 1)
        start = _between(_between(wrist, tip, 0.5), hem, share * 0.75)
        end = _between(tip, outer, share * 1.1)
        reach = 1.12 if look.fingered else 1.0
        end = (start[0] + (end[0] - start[0]) * reach, start[1] + (end[1] - start[1]) * reach)
        pen.limb([start, end], [broad * 0.17, broad * (0.07 if look.fingered else 0.1)], dark)
    covert = [front, _between(front, wrist, 0.8), _between(hem, wrist, 0.45), _between(rear, front, 0.4)]
    pen.blob(covert, mix(tone, (255.0, 255.0, 255.0), 0.12))


def _between(a: Spot, b: Spot, share: float) -> Spot:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _tail(pen: Pen, look: Plumage, root: Spot, pose: Pose, tone: Colour) -> None:
    (long, spread), (x, y), sway = look.tail, root, 0.02 * pose.swing(0.4)
    forked = spread < 0
    for share in (-1.0, -0.4, 0.4, 1.0):
        reach = long * ((1.0 if abs(share) > 0.5 else 0.62) if forked else 1.08 - 0.1 * abs(share))
        end = (x - reach, y + abs(spread) * share * (0.5 + 0.5 * reach / long) + sway)
        pen.limb(
            [(x + 0.12, y), end], [0.1, 0.03 if forked else 0.075], mix(tone, pose.lit(look.tips), 0.2 * abs(share))
        )


def _head(pen: Pen, look: Plumage, root: Spot, coat: Colour, pose: Pose) -> None:
    radius, (long, deep), ink = look.head, look.beak, pose.lit("1a1820")
    x, y = root[0] + look.neck, root[1] - look.neck * 0.28 + 0.012 * pose.swing(0.35)
    tone = pose.lit(look.face) if look.face and not pose.dyed else coat
    bend = [root, ((root[0] + x) / 2, (root[1] + y) / 2 + look.neck * 0.14), (x, y)]
    pen.tube(bend, [max(0.2, radius * 1.5) if look.neck < 0.2 else 0.17, radius * 1.2, radius * 1.7], tone)
    pen.oval(x, y, radius * 1.06, radius, tone)
    if look.crown:
        pen.blob(
            [
                (x - radius * 0.7, y - radius * 0.6),
                (x + radius * 0.2, y - radius * 1.12),
                (x + radius * 0.8, y - radius * 0.5),
            ],
            pose.lit(look.crown),
        )
    bill, tip = pose.lit(look.bill), (x + radius * 0.8 + long, y + deep * (0.9 if look.hooked else 0.25))
    if look.hooked:
        pen.blob(
            [
                (x + radius * 0.7, y - deep * 0.7),
                (x + radius * 0.8 + long * 0.8, y - deep * 0.3),
                tip,
                (x + radius * 0.75, y + deep * 0.75),
            ],
            bill,
        )
    else:
        pen.polygon([(x + radius * 0.72, y - deep * 0.55), tip, (x + radius * 0.72, y + deep * 0.6)], bill)
    pen.limb([(x + radius * 0.8, y + deep * 0.12), tip], [0.01, 0.004], mix(bill, ink, 0.5))
    pen.oval(x + radius * 0.34, y - radius * 0.18, radius * 0.2, radius * 0.22, ink)
    pen.oval(x + radius * 0.4, y - radius * 0.27, radius * 0.07, radius * 0.07, (255.0, 255.0, 255.0))


def _birds() -> dict[str, Figure]:
    rows = tomllib.loads(resources.files(__package__).joinpath("birds.toml").read_text("utf-8"))
    return {name: _bird(look) for name, look in msgspec.convert(rows, dict[str, Plumage]).items()}


def _bird(look: Plumage) -> Figure:
    reach = look.wing[0] + 0.25
    box = (
        -look.body[0] * 0.5 - max(look.tail[0], look.legs) - 0.3,
        -0.55 - reach,
        0.55 + look.neck + look.beak[0],
        -0.35 + reach * 0.9,
    )
    gaits = {"fly": Gait(look.seconds, look.stride), "sit": Gait(3.0, 0.0)}
    aliases = {"sleep": "sit", "sing": "sit", "eat": "sit"}
    return Figure(functools.partial(_draw, look), look.size, box, rgb(look.colour), "air", gaits, aliases=aliases)


BIRDS = _birds()
