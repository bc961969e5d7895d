"""How a body in clothes is drawn over a skeleton: legs and shoes, arms and hands, trunk, skirts and robes."""

from __future__ import annotations

import cv2
import numpy as np

from reelgate.animatic.drawing.palette import Colour, mix
from reelgate.animatic.subjects.base import Pen, Pose
from reelgate.animatic.subjects.faces import Looks
from reelgate.animatic.subjects.skeleton import Limb, Skeleton

INK = "1f2230"
_WHITE = (255.0, 255.0, 255.0)
SKIRTS = {"dress": 1, "gown": 2, "robe": 2, "coat": 1, "skirt": 1, "tutu": 1}
"""What hangs over the legs, and down to which of their joints."""


class Outfit(Looks, frozen=True):
    """How someone is dressed. `wear`: shirt, jacket, coat, uniform, dress, skirt, gown, robe, tutu or armour; `shape`:
    man or woman; `tall` scales them among their kind; `sash`: the colour of a robe's; `socks`: over whose
    bare legs they are."""

    top: str = "3f6d9e"
    trousers: str = "2f3850"
    shoes: str = "2a2327"
    wear: str = "shirt"
    shape: str = "man"
    sash: str = ""
    socks: str = ""
    tall: float = 1.0


def shaded(colour: Colour, pose: Pose, share: float = 0.3) -> Colour:
    """Return a colour on the side away from the viewer."""
    return mix(colour, pose.lit(INK), share)


def leg(pen: Pen, outfit: Outfit, limb: Limb, colour: Colour, pose: Pose) -> None:
    """Draw a leg and its shoe."""
    root, knee, ankle = limb.joints
    slim = 0.82 if outfit.wear in ("dress", "gown", "skirt", "tutu") else 1.0
    pen.tube([root, knee, ankle], [0.122 * slim, 0.084 * slim, 0.056 * slim], colour)
    toe = np.array([np.cos(limb.tilt), np.sin(limb.tilt)])
    heel, at, shoe = np.array([-toe[1], toe[0]]), np.array(ankle), pose.lit(outfit.shoes)
    outline = ((-0.036, -0.022), (0.02, -0.026), (0.058, -0.002), (0.096, 0.014), (0.096, 0.036), (-0.036, 0.036))
    pen.blob([tuple(at + toe * x + heel * y) for x, y in outline], shoe)
    sole = [tuple(at + toe * x + heel * 0.034) for x in (-0.03, 0.088)]
    pen.limb(sole, [0.011, 0.011], mix(shoe, pose.lit("f4f0ea"), 0.45))


def shin(pen: Pen, limb: Limb, skin: Colour, sock: Colour) -> None:
    """Draw what shorts leave bare of a leg, and the sock below."""
    (rx, ry), (kx, ky), (ax, ay) = limb.joints
    hem, cuff = (rx + (kx - rx) * 0.74, ry + (ky - ry) * 0.74), (kx + (ax - kx) * 0.4, ky + (ay - ky) * 0.4)
    pen.tube([hem, (kx, ky), cuff], [0.08, 0.076, 0.066], skin)
    pen.limb([cuff, (kx + (ax - kx) * 0.9, ky + (ay - ky) * 0.9)], [0.072, 0.056], sock)


def arm(pen: Pen, outfit: Outfit, limb: Limb, sleeve: Colour, pose: Pose) -> None:
    """Draw an arm with its sleeve and hand."""
    shoulder, elbow, hand = (np.array(joint) for joint in limb.joints)
    skin = pose.lit(outfit.skin)
    along = (hand - elbow) / max(float(np.hypot(*(hand - elbow))), 1e-6)
    across = np.array([-along[1], along[0]])
    _hand(pen, hand, along, across, skin, pose)
    if outfit.wear in ("dress", "tutu", "skirt"):
        pen.tube([tuple(shoulder), tuple(elbow), tuple(hand)], [0.066, 0.05, 0.034], skin)
        short = 0.2 if outfit.wear == "tutu" else 0.55
        pen.tube([tuple(shoulder), tuple(shoulder + (elbow - shoulder) * short)], [0.086, 0.078], sleeve)
        return
    cuff = hand - along * 0.012
    if outfit.wear == "robe":
        low = cuff + np.array([0.0, 0.075])
        pen.tube([tuple(shoulder), tuple(elbow), tuple(cuff)], [0.094, 0.088, 0.07], sleeve)
        pen.polygon([tuple(elbow), tuple(cuff - across * 0.03), tuple(cuff + across * 0.03), tuple(low)], sleeve)
        pen.limb([tuple(cuff), tuple(low)], [0.014, 0.01], mix(sleeve, _WHITE, 0.4))
        return
    pen.tube([tuple(shoulder), tuple(elbow), tuple(cuff)], [0.09, 0.071, 0.05], sleeve)
    trim = "f0ece2" if outfit.wear == "jacket" else outfit.skin
    pen.limb(
        [tuple(cuff - across * 0.018), tuple(cuff + across * 0.018)], [0.013] * 2, mix(sleeve, pose.lit(trim), 0.4)
    )
    if outfit.wear == "armour":
        for joint, radius in ((elbow, 0.04), (shoulder, 0.056)):
            pen.oval(float(joint[0]), float(joint[1]), radius, radius, mix(sleeve, _WHITE, 0.3))


def _hand(pen: Pen, hand: np.ndarray, along: np.ndarray, across: np.ndarray, skin: Colour, pose: Pose) -> None:
    tip, thumb = hand + along * 0.046, hand + along * 0.026 - across * 0.027
    pen.tube([tuple(hand - along * 0.02), tuple(hand + along * 0.014), tuple(tip)], [0.034, 0.044, 0.026], skin)
    pen.limb([tuple(hand + along * 0.004), tuple(thumb)], [0.022, 0.014], mix(skin, pose.lit(INK), 0.06))
    pen.limb([tuple(hand + along * 0.024 + across * 0.006), tuple(tip + across * 0.004)], [0.004, 0.003],
             mix(skin, pose.lit(INK), 0.25))  # fmt: skip


def trunk(pen: Pen, outfit: Outfit, body: Skeleton, top: Colour, pose: Pose) -> None:
    """Draw the trunk in what it wears, down to the skirt."""
    waist, hips = (0.06, 0.08) if outfit.shape == "woman" else (0.077, 0.081)
    shoulder = 0.088 if outfit.shape == "woman" else 0.1
    if outfit.wear in ("shirt", "skirt", "uniform", "armour"):
        pen.blob(body.round([(-hips, 0.12), (hips, 0.12), (0.07, -0.16), (-0.07, -0.16)]), pose.lit(outfit.trousers))
    outline = [
        (-0.034, 1.04), (-shoulder + 0.018, 0.985), (-shoulder, 0.86), (-waist - 0.016, 0.6), (-waist, 0.36),
        (-hips, 0.04), (0.0, -0.03), (hips, 0.04), (waist, 0.36), (waist + 0.02, 0.6), (shoulder, 0.84),
        (shoulder - 0.014, 0.97), (0.042, 1.04),
    ]  # fmt: skip
    if outfit.wear in SKIRTS and pose.half != "above":
        _skirt(pen, outfit, body, top if outfit.wear != "skirt" else pose.lit(outfit.trousers), pose)
    pen.blob(body.round(outline), top)
    fold = body.round([(-0.03, 0.8), (-0.045, 0.5), (-0.036, 0.1)])
    pen.tube(fold, [0.03, 0.05, 0.03], shaded(top, pose, 0.35), 0.28)
    _neckline(pen, outfit, body, pose)
    _TRIMS.get(outfit.wear, _plain)(pen, outfit, body, top, pose)


def _neckline(pen: Pen, outfit: Outfit, body: Skeleton, pose: Pose) -> None:
    deep = {"dress": 0.9, "tutu": 0.84, "gown": 0.88}.get(outfit.wear, 0.96)
    shade = mix(pose.lit(outfit.skin), pose.lit("8a4a3a"), 0.18)
    pen.blob(
        body.round([(-0.03, 1.05), (0.044, 1.05), (0.036, deep + 0.05), (0.014, deep), (-0.014, deep + 0.04)]), shade
    )


def _plain(pen: Pen, outfit: Outfit, body: Skeleton, top: Colour, pose: Pose) -> None:
    """A shirt, or a top over a skirt: its collar, its hem."""
    dark = shaded(top, pose)
    pen.tube(body.round([(-0.036, 1.02), (0.012, 0.955), (0.05, 1.02)]), [0.016, 0.02, 0.016], mix(top, dark, 0.7))
    hips = 0.078
    pen.limb(body.round([(-hips, 0.035), (hips, 0.035)]), [0.018, 0.018], dark)


def _dress(pen: Pen, outfit: Outfit, body: Skeleton, top: Colour, pose: Pose) -> None:
    sash = pose.lit(outfit.sash) if outfit.sash else shaded(top, pose, 0.28)
    pen.limb(body.round([(-0.056, 0.34), (0.056, 0.34)]), [0.026, 0.026], sash)


def _suit(pen: Pen, outfit: Outfit, body: Skeleton, top: Colour, pose: Pose) -> None:
    """Shirt, tie and lapels; a doctor's coat has the same."""
    dark, tie = shaded(top, pose, 0.34), pose.lit(outfit.sash or "8a3540")
    pen.polygon(body.round([(-0.016, 1.03), (0.056, 1.03), (0.046, 0.42)]), pose.lit("f4f0e8"))
    pen.polygon(body.round([(0.018, 0.98), (0.042, 0.98), (0.05, 0.6), (0.04, 0.5), (0.03, 0.6)]), tie)
    for inner, outer in ((-0.016, -0.04), (0.056, 0.07)):
        lapel = [(inner, 1.04), (outer, 0.84), (0.02 if inner < 0 else 0.062, 0.7), (0.046, 0.4)]
        pen.polygon(body.round(lapel), mix(top, dark, 0.55))
    pen.limb(body.round([(0.046, 0.4), (0.044, -0.01)]), [0.006, 0.006], dark)
    for up in (0.34, 0.22):
        (x, y) = body.round([(0.034, up)])[0]
        pen.oval(x, y, 0.007, 0.007, dark)


def _uniform(pen: Pen, outfit: Outfit, body: Skeleton, top: Colour, pose: Pose) -> None:
    """Buttons, a belt with a buckle, pockets, and boards on the shoulders."""
    dark, brass = shaded(top, pose, 0.4), pose.lit("e2bd55")
    pen.tube(body.round([(-0.036, 1.03), (0.016, 0.965), (0.05, 1.03)]), [0.022, 0.024, 0.022], dark)
    for up in (0.84, 0.68, 0.52):
        (x, y) = body.round([(0.05, up)])[0]
        pen.oval(x, y, 0.0075, 0.0075, brass)
    pen.limb(body.round([(-0.02, 0.74), (0.022, 0.74)]), [0.02, 0.02], mix(top, dark, 0.4))
    pen.limb(body.round([(-0.076, 0.2), (0.076, 0.2)]), [0.032, 0.032], pose.lit("2a2327"))
    pen.limb(body.round([(0.036, 0.2), (0.05, 0.2)]), [0.026, 0.026], brass)


def _robe(pen: Pen, outfit: Outfit, body: Skeleton, top: Colour, pose: Pose) -> None:
    """A hanfu, kimono or monk's robe: its collar crosses over the chest, a sash about the waist."""
    trim, sash = mix(top, _WHITE, 0.55), pose.lit(outfit.sash) if outfit.sash else shaded(top, pose, 0.45)
    pen.tube(body.round([(0.05, 1.03), (0.036, 0.88), (0.012, 0.74)]), [0.022, 0.026, 0.022], shaded(trim, pose, 0.12))
    pen.tube(body.round([(-0.036, 1.03), (0.022, 0.72), (0.058, 0.44)]), [0.022, 0.028, 0.022], trim)
    pen.limb(body.round([(-0.062, 0.32), (0.062, 0.32)]), [0.062, 0.062], sash)
    ends = body.round([(0.03, 0.24), (0.046, -0.16)])
    pen.limb(ends, [0.02, 0.026], mix(sash, _WHITE, 0.14))


def _armour(pen: Pen, outfit: Outfit, body: Skeleton, top: Colour, pose: Pose) -> None:
    dark = shaded(top, pose)
    pen.limb(body.round([(-0.078, 0.34), (0.078, 0.34)]), [0.03, 0.03], dark)
    for up in (0.2, 0.08, -0.04):
        pen.limb(body.round([(-0.08, up), (0.08, up)]), [0.028, 0.028], mix(top, dark, 0.3 + 1.2 * (0.2 - up)))
    pen.limb(body.round([(0.04, 0.94), (0.052, 0.45)]), [0.022, 0.012], mix(top, _WHITE, 0.45))
    pen.tube(body.round([(-0.04, 1.03), (0.01, 0.97), (0.05, 1.03)]), [0.03, 0.034, 0.03], mix(top, dark, 0.5))


_TRIMS = {
    "dress": _dress, "gown": _dress, "tutu": _dress, "jacket": _suit, "coat": _suit, "uniform": _uniform,
    "robe": _robe, "armour": _armour,
}  # fmt: skip


def _skirt(pen: Pen, outfit: Outfit, body: Skeleton, cloth: Colour, pose: Pose) -> None:
    """Hang cloth over the legs: what spans waist, hips and hem, whatever they do."""
    low, flare = SKIRTS[outfit.wear], {"coat": 0.064, "robe": 0.075, "tutu": 0.19}.get(outfit.wear, 0.088)
    points = [np.array(point) for point in body.round([(-0.056, 0.34), (0.056, 0.34), (-0.078, 0.1), (0.078, 0.1)])]
    points += [np.array(body.hip) + np.array([dx, 0.03]) for dx in (-0.082, 0.082)]
    hems = [_hem(limb, low, 0.32 if outfit.wear == "tutu" else 1.0, pose) for limb in (body.near_leg, body.far_leg)]
    for at, along in hems:
        across = np.array([-along[1], along[0]])
        points += [at + across * flare + along * 0.012, at - across * flare + along * 0.012, at + along * 0.03]
    if low == 2:
        points += [np.array(limb.joints[1]) + np.array([dx, 0.0]) for limb in (body.near_leg, body.far_leg)
                   for dx in (-0.05, 0.052)]  # fmt: skip
    hull = cv2.convexHull(np.array(points, np.float32))[:, 0].astype(np.float64)
    pen.polygon(hull, mix(cloth, pose.lit(INK), 0.06))
    waist, middle = np.array(body.round([(0.0, 0.26)])[0]), (hems[0][0] + hems[1][0]) / 2
    for share, wide in ((-0.5, 0.014), (-0.1, 0.01), (0.4, 0.014)):
        end = middle + np.array([share * 1.5 * flare, 0.0])
        pen.limb([tuple(waist * 0.8 + end * 0.2), tuple(end)], [0.004, wide], mix(cloth, pose.lit(INK), 0.2), 0.8)


def _hem(limb: Limb, low: int, share: float, pose: Pose) -> tuple[np.ndarray, np.ndarray]:
    """Return where a leg meets the hem and which way the cloth falls there."""
    root, end = np.array(limb.joints[0]), np.array(limb.joints[low])
    above = np.array(limb.joints[low - 1]) if low == 2 else root
    along = (end - above) / max(float(np.hypot(*(end - above))), 1e-6)
    if low == 2:
        along = np.array([0.0, 1.0]) if end[1] - root[1] > 0.15 else along
        end = end + np.array([0.01 * pose.swing(0.2), 0.014])
    return root + (end - root) * share, along
