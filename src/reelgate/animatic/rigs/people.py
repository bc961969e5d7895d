"""People: their wardrobe, from `people.toml`, and how a body in clothes is drawn over a skeleton."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

import cv2
import msgspec
import numpy as np

from reelgate.animatic.palette import Colour, mix, rgb
from reelgate.animatic.rigs.base import Figure, Pen, Pose
from reelgate.animatic.rigs.faces import Looks, back_hair, face
from reelgate.animatic.rigs.skeleton import ALIASES, GAITS, WATERLINE, Limb, Skeleton, skeleton

_INK = "1f2230"
_SIZES = {"child": 0.35, "girl": 0.35, "woman": 0.45, "princess": 0.46, "grandmother": 0.42}


class Outfit(Looks, frozen=True):
    """How someone is dressed. `wear`: shirt, jacket, coat, dress, gown or armour; `shape`: man or woman."""

    top: str = "3f6d9e"
    trousers: str = "2f3850"
    shoes: str = "2a2327"
    wear: str = "shirt"
    shape: str = "man"


def _draw(wardrobe: list[Outfit], pen: Pen, pose: Pose) -> None:
    outfit = wardrobe[pose.who % len(wardrobe)]
    top = pose.lit(pose.colour) if pose.dyed or not pose.who else pose.lit(outfit.top)
    body = skeleton(pose)
    skirted = outfit.wear in ("dress", "gown")
    legs = pose.lit(outfit.skin if skirted else outfit.trousers)
    back_hair(pen, outfit, body.neck, pose)
    _arm(pen, outfit, body.far_arm, _shaded(top, pose), pose)
    _leg(pen, outfit, body.far_leg, _shaded(legs, pose), pose)
    _leg(pen, outfit, body.near_leg, legs, pose)
    _torso(pen, outfit, body, top, pose)
    face(pen, outfit, body.neck, pose)
    if pose.action == "strum":
        _guitar(pen, pose)
    _arm(pen, outfit, body.near_arm, mix(top, (255.0, 255.0, 255.0), 0.06), pose)
    if pose.action == "swim":
        _submerge(pen, pose)


def _shaded(colour: Colour, pose: Pose) -> Colour:
    return mix(colour, pose.lit(_INK), 0.3)


def _leg(pen: Pen, outfit: Outfit, leg: Limb, colour: Colour, pose: Pose) -> None:
    root, knee, ankle = leg.joints
    slim = 0.86 if outfit.wear in ("dress", "gown") else 1.0
    pen.tube([root, knee, ankle], [0.118 * slim, 0.086 * slim, 0.056 * slim], colour)
    toe, heel = np.array([np.cos(leg.tilt), np.sin(leg.tilt)]), np.array([-np.sin(leg.tilt), np.cos(leg.tilt)])
    shoe, at = pose.lit(outfit.shoes), np.array(ankle)
    outline = ((-0.036, -0.02), (0.022, -0.022), (0.062, 0.002), (0.094, 0.02), (0.09, 0.036), (-0.034, 0.036))
    pen.blob([tuple(at + toe * x + heel * y) for x, y in outline], shoe)
    sole = [tuple(at + toe * x + heel * 0.034) for x in (-0.03, 0.086)]
    pen.limb(sole, [0.011, 0.011], mix(shoe, pose.lit("f4f0ea"), 0.55))


def _arm(pen: Pen, outfit: Outfit, arm: Limb, sleeve: Colour, pose: Pose) -> None:
    shoulder, elbow, hand = (np.array(joint) for joint in arm.joints)
    skin = pose.lit(outfit.skin)
    bare = outfit.wear == "dress"
    along = (hand - elbow) / max(float(np.hypot(*(hand - elbow))), 1e-6)
    across = np.array([-along[1], along[0]])
    tip, thumb = hand + along * 0.04, hand + along * 0.022 - across * 0.026
    pen.tube([tuple(hand - along * 0.02), tuple(hand + along * 0.012), tuple(tip)], [0.034, 0.042, 0.026], skin)
    pen.limb([tuple(hand), tuple(thumb)], [0.02, 0.014], mix(skin, pose.lit(_INK), 0.06))
    if bare:
        pen.tube([tuple(shoulder), tuple(elbow), tuple(hand)], [0.066, 0.05, 0.034], skin)
        pen.tube([tuple(shoulder), tuple(shoulder + (elbow - shoulder) * 0.5)], [0.085, 0.078], sleeve)
        return
    cuff = hand - along * 0.012
    pen.tube([tuple(shoulder), tuple(elbow), tuple(cuff)], [0.09, 0.07, 0.05], sleeve)
    pen.limb([tuple(cuff - across * 0.018), tuple(cuff + across * 0.018)], [0.014] * 2, mix(sleeve, skin, 0.3))
    if outfit.wear == "armour":
        pen.oval(float(elbow[0]), float(elbow[1]), 0.04, 0.04, mix(sleeve, (255.0, 255.0, 255.0), 0.3))


def _torso(pen: Pen, outfit: Outfit, body: Skeleton, top: Colour, pose: Pose) -> None:
    dark = mix(top, pose.lit(_INK), 0.28)
    waist = 0.062 if outfit.shape == "woman" else 0.076
    hips = 0.08 if outfit.shape == "woman" else 0.082
    if outfit.wear == "shirt":
        pen.blob(body.round([(-hips, 0.12), (hips, 0.12), (0.075, -0.16), (-0.075, -0.16)]), pose.lit(outfit.trousers))
    outline = [
        (-0.036, 1.02), (-0.085, 0.96), (-0.096, 0.78), (-waist - 0.006, 0.36), (-hips, 0.02), (0.0, -0.05),
        (hips, 0.02), (waist, 0.36), (0.096, 0.74), (0.08, 0.95), (0.036, 1.02),
    ]  # fmt: skip
    pen.blob(body.round(outline), top)
    if outfit.wear in ("dress", "gown", "coat"):
        _skirt(pen, outfit, body, top, pose)
    if outfit.wear in ("jacket", "coat"):
        pen.blob(body.round([(0.02, 1.0), (0.062, 0.98), (0.056, 0.3), (0.036, 0.1)]), pose.lit("f0ece2"))
        pen.limb(body.round([(0.048, 0.9), (0.046, 0.5)]), [0.016, 0.022], pose.lit("8a3540"))
    elif outfit.wear == "armour":
        pen.limb(body.round([(-0.07, 0.32), (0.075, 0.32)]), [0.03, 0.03], dark)
        pen.limb(body.round([(0.05, 0.9), (0.052, 0.45)]), [0.02, 0.012], mix(top, (255.0, 255.0, 255.0), 0.45))
    elif outfit.wear == "shirt":
        pen.limb(body.round([(-hips * 0.95, 0.01), (hips * 0.95, 0.01)]), [0.02, 0.02], dark)
        pen.limb(body.round([(0.056, 0.94), (0.058, 0.1)]), [0.007, 0.007], dark, 0.8)
    else:
        pen.limb(body.round([(-waist, 0.33), (waist, 0.33)]), [0.022, 0.022], dark)
    pen.tube(body.round([(-0.03, 1.0), (0.02, 0.95), (0.056, 1.0)]), [0.016, 0.022, 0.016], mix(top, dark, 0.6))


def _skirt(pen: Pen, outfit: Outfit, body: Skeleton, top: Colour, pose: Pose) -> None:
    """Hang cloth over the legs: what spans waist, hips and knees, or ankles, whatever they do."""
    low = 2 if outfit.wear == "gown" else 1
    rounds = [(*body.round([(0.0, 0.3)])[0], 0.066), (*body.hip, 0.088)]
    for leg in (body.near_leg, body.far_leg):
        (x, y), flare = leg.joints[low], 0.062 if outfit.wear == "coat" else 0.085
        rounds.append((x + 0.012 * pose.swing(0.2), y + (0.0 if low == 2 else 0.02), flare))
    turns = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    circle = np.stack([np.cos(turns), np.sin(turns)], 1)
    points = np.concatenate([np.array([x, y]) + radius * circle for x, y, radius in rounds]).astype(np.float32)
    hull = cv2.convexHull(points)[:, 0].astype(np.float64)
    pen.polygon(hull, mix(top, pose.lit(_INK), 0.06))
    (hip_x, hip_y), (knee_x, knee_y) = body.hip, body.near_leg.joints[low]
    for aside in (-0.03, 0.035):
        fold = [(hip_x + aside * 0.4, hip_y + 0.02), (knee_x + aside, knee_y + 0.04)]
        pen.limb(fold, [0.006, 0.012], mix(top, pose.lit(_INK), 0.22), 0.8)


def _submerge(pen: Pen, pose: Pose) -> None:
    """Take away what is under water, and foam where the body meets it."""
    row = int(pen.at([(0.0, -WATERLINE)])[0][1])
    pen.canvas.pixels[row:] = 0
    foam = pose.lit("f4fafc")
    for x, wide in ((-0.16, 0.1), (-0.02, 0.16), (0.13, 0.1)):
        pen.oval(x + 0.02 * pose.swing(x), -WATERLINE, wide, 0.016, foam, 0.75)


def _guitar(pen: Pen, pose: Pose) -> None:
    wood, dark = pose.lit("c98a4a"), pose.lit("4a2f20")
    pen.limb([(0.12, -0.42), (0.36, -0.55)], [0.034, 0.026], dark)
    pen.limb([(0.36, -0.55), (0.41, -0.58)], [0.045, 0.04], dark)
    pen.oval(0.03, -0.37, 0.11, 0.1, wood)
    pen.oval(0.13, -0.42, 0.08, 0.075, wood)
    pen.oval(0.09, -0.4, 0.036, 0.034, dark)


def _figure(kind: str, wardrobe: list[Outfit]) -> Figure:
    return Figure(
        draw=functools.partial(_draw, wardrobe), size=_SIZES.get(kind, 0.47), box=(-0.46, -1.2, 0.5, 0.06),
        colour=rgb(wardrobe[0].top), gaits=GAITS, aliases=ALIASES, shadow=0.22,
        metres=1.25 if kind in ("child", "girl") else 1.72,
    )  # fmt: skip


def _people() -> dict[str, Figure]:
    rows = tomllib.loads(resources.files(__package__).joinpath("people.toml").read_text("utf-8"))
    return {kind: _figure(kind, dressed) for kind, dressed in msgspec.convert(rows, dict[str, list[Outfit]]).items()}


PEOPLE = _people()
