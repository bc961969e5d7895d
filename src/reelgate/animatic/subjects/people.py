"""People: their wardrobe, from `people.toml`, what the prompt has them wear, and the order in which they are drawn."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

import msgspec

from reelgate.animatic.drawing.palette import COLOURS, mix, rgb
from reelgate.animatic.subjects.base import Figure, Pen, Pose
from reelgate.animatic.subjects.body import Outfit, arm, leg, shaded, shin, trunk
from reelgate.animatic.subjects.faces import back_hair, face
from reelgate.animatic.subjects.props import before, behind, in_hand
from reelgate.animatic.subjects.skeleton import ALIASES, GAITS, WATERLINE, skeleton

_SIZES = {
    "baby": 0.26, "child": 0.35, "boy": 0.35, "girl": 0.35, "woman": 0.45, "princess": 0.46, "dancer": 0.45,
    "grandmother": 0.42, "nurse": 0.45,
}  # fmt: skip
_METRES = {"baby": 0.8, "nurse": 1.66, "child": 1.25, "boy": 1.25, "girl": 1.2, "woman": 1.66, "grandmother": 1.6}
_BAREFOOT = frozenset({"swim", "dive", "surf", "sleep"})
_SINGLE = {
    "trousers": ("trousers", "3f5f8a"), "skirt": ("trousers", "3f4f7a"), "hat": ("hat_colour", ""),
    "hair": ("hair", ""), "shoes": ("shoes", ""),
}  # fmt: skip
"""The parts with a colour of their own beside the top's: the field, and the default colour."""


def dressed(wardrobe: list[Outfit], pose: Pose) -> Outfit:
    """Return what somebody wears: their own outfit, and over it what the prompt names."""
    outfit = wardrobe[pose.who % len(wardrobe)]
    for garment, colour in pose.clothes:
        outfit = msgspec.structs.replace(outfit, **_worn(outfit, garment, colour))
    return outfit


def _worn(outfit: Outfit, garment: str, colour: str) -> dict[str, str]:
    """Return what a garment changes of an outfit."""
    tone = "{:02x}{:02x}{:02x}".format(*(round(channel) for channel in COLOURS[colour])) if colour else ""
    if garment in ("bareheaded", "barefoot"):
        return {"hat": ""} if garment == "bareheaded" else {"shoes": outfit.skin}
    if garment in _SINGLE:
        field, plain = _SINGLE[garment]
        changed = {field: tone or plain or getattr(outfit, field)}
        return changed | ({"hat": "felt"} if garment == "hat" else {"wear": "skirt"} if garment == "skirt" else {})
    if garment == "suit":
        return {"wear": "jacket", "trousers": tone or "2c3040", "top": tone or "2c3040"}
    return {"wear": garment, **({"top": tone} if tone else {})}


def _draw(wardrobe: list[Outfit], pen: Pen, pose: Pose) -> None:
    outfit = dressed(wardrobe, pose)
    pen = pen.moved(0.0, 0.0, outfit.tall) if outfit.tall != 1 else pen
    if pose.action in _BAREFOOT:
        outfit = msgspec.structs.replace(outfit, shoes=outfit.skin)
    top = pose.lit(pose.colour) if pose.dyed else pose.lit(outfit.top)
    body = skeleton(pose)
    bare = outfit.wear in ("dress", "gown", "skirt", "tutu")
    legs = pose.lit(outfit.skin if bare else outfit.trousers)
    if pose.half != "near":
        behind(pen, body, pose)
        back_hair(pen, outfit, body.neck, body.nod, pose)
        arm(pen, outfit, body.far_arm, shaded(top, pose), pose)
    if pose.half not in ("near", "above"):
        leg(pen, outfit, body.far_leg, shaded(legs, pose), pose)
        if outfit.socks:
            shin(pen, body.far_leg, shaded(pose.lit(outfit.skin), pose), shaded(pose.lit(outfit.socks), pose))
    if pose.half == "far":
        return
    if pose.half != "above":
        leg(pen, outfit, body.near_leg, legs, pose)
        if outfit.socks:
            shin(pen, body.near_leg, pose.lit(outfit.skin), pose.lit(outfit.socks))
    trunk(pen, outfit, body, top, pose)
    face(pen, outfit, body.neck, body.nod, pose)
    before(pen, body, pose)
    in_hand(pen, body, pose)
    if pose.half and pose.action in ("cycle", "bike"):  # the other arm was behind what is ridden
        arm(pen, outfit, body.far_arm, shaded(top, pose), pose)
    arm(pen, outfit, body.near_arm, mix(top, (255.0, 255.0, 255.0), 0.06), pose)
    if pose.action == "swim":
        _submerge(pen, pose)


def _submerge(pen: Pen, pose: Pose) -> None:
    """Take away what is under water, and foam where the body meets it."""
    row = int(pen.at([(0.0, -WATERLINE)])[0][1])
    pen.canvas.pixels[row:] = 0
    foam = pose.lit("f4fafc")
    for x, wide in ((-0.4, 0.12), (-0.16, 0.16), (0.06, 0.14)):
        pen.oval(x + 0.02 * pose.swing(x), -WATERLINE, wide, 0.016, foam, 0.75)


def _figure(kind: str, wardrobe: list[Outfit]) -> Figure:
    grounded = {action: gait for action, gait in GAITS.items() if action not in ("stand", "sit")}
    gaits = {"floor": GAITS["floor"], **grounded} if kind == "baby" else GAITS
    return Figure(
        draw=functools.partial(_draw, wardrobe), size=_SIZES.get(kind, 0.47), box=(-0.66, -1.5, 0.66, 0.26),
        colour=rgb(wardrobe[0].top), gaits=gaits, shadow=0.22, metres=_METRES.get(kind, 1.72),
        aliases={"stand": "floor", "sit": "floor"} if kind == "baby" else ALIASES,
    )  # fmt: skip


def _wardrobes() -> dict[str, list[Outfit]]:
    rows = tomllib.loads(resources.files(__package__).joinpath("people.toml").read_text("utf-8"))
    return msgspec.convert(rows, dict[str, list[Outfit]])


WARDROBES = _wardrobes()
"""The outfits of each kind: the first of it wears the first, and so on, round and round."""

PEOPLE = {kind: _figure(kind, wardrobe) for kind, wardrobe in WARDROBES.items()}
