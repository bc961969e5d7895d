"""Two-legged figures in suits: a robot and an astronaut."""

from __future__ import annotations

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Pen, Pose
from reelgate.animatic.subjects.props import before, in_hand
from reelgate.animatic.subjects.skeleton import ALIASES, GAITS, Limb, Skeleton, skeleton

_EYES = rgb("59e6ff")


def _robot(pen: Pen, pose: Pose) -> None:
    body, metal = skeleton(pose), pose.lit(pose.colour)
    far = mix(metal, pose.lit("1f2230"), 0.34)
    _segments(pen, body.far_arm, [0.075, 0.06, 0.056], far)
    _segments(pen, body.far_leg, [0.11, 0.09, 0.075], far)
    _boot(pen, body.far_leg, mix(far, (0, 0, 0), 0.3))
    _segments(pen, body.near_leg, [0.11, 0.09, 0.075], mix(metal, (0, 0, 0), 0.12))
    _boot(pen, body.near_leg, mix(metal, (0, 0, 0), 0.42))
    pen.limb([body.hip, (body.hip[0], body.hip[1] - 0.03)], [0.16, 0.13], mix(metal, (0, 0, 0), 0.35))
    trunk = [(-0.12, 1.0), (0.11, 1.02), (0.14, 0.86), (0.085, 0.16), (-0.075, 0.16), (-0.14, 0.86)]
    pen.polygon(body.round(trunk), metal)
    pen.polygon(body.round([(0.0, 0.82), (0.105, 0.84), (0.09, 0.55), (0.0, 0.55)]), mix(metal, (10, 20, 40), 0.72))
    (x, y) = body.round([(0.05, 0.7)])[0]
    pen.oval(x, y, 0.024, 0.024, _EYES)
    pen.halo(x, y, 0.09, _EYES, 0.35)
    for up in (0.42, 0.33):
        pen.limb(body.round([(0.0, up), (0.08, up)]), [0.009] * 2, mix(metal, (0, 0, 0), 0.4))
    _machine_head(pen, body, metal, pose)
    before(pen, body, pose)
    in_hand(pen, body, pose)
    _segments(pen, body.near_arm, [0.085, 0.066, 0.06], mix(metal, (255, 255, 255), 0.08))


def _machine_head(pen: Pen, body: Skeleton, metal: Colour, pose: Pose) -> None:
    x, y = body.neck[0] + 0.012, body.neck[1] - 0.1
    ink = pose.lit("1c2030")
    pen.rect(x - 0.035, y + 0.05, 0.055, 0.07, mix(metal, (0, 0, 0), 0.5))
    pen.limb([(x - 0.02, y - 0.09), (x - 0.03, y - 0.15)], [0.014, 0.014], ink)
    pen.oval(x - 0.03, y - 0.155, 0.018, 0.018, rgb("ff5c5c"))
    pen.blob([(x - 0.09, y - 0.075), (x + 0.08, y - 0.08), (x + 0.1, y + 0.045), (x - 0.085, y + 0.065)], metal)
    pen.limb([(x - 0.005, y - 0.012), (x + 0.08, y - 0.012)], [0.068, 0.066], ink)
    shut = pose.action in ("stand", "sit") and 0.5 <= pose.phase < 0.57
    for dx in (0.012, 0.064):
        pen.oval(x + dx, y - 0.012, 0.017, 0.004 if shut else 0.019, _EYES)
    pen.limb([(x + 0.016, y + 0.04), (x + 0.066, y + 0.038)], [0.008, 0.008], mix(metal, (0, 0, 0), 0.5))
    pen.oval(x - 0.075, y - 0.005, 0.022, 0.03, mix(metal, (0, 0, 0), 0.3))


def _segments(pen: Pen, limb: Limb, widths: list[float], metal: Colour) -> None:
    """Draw two rods with a ball at their joint, and one at the end."""
    pen.limb(limb.joints, widths, metal)
    for (x, y), radius in zip(limb.joints[1:], (widths[1] * 0.56, widths[2] * 0.6), strict=True):
        pen.oval(x, y, radius, radius, mix(metal, (0, 0, 0), 0.42))


def _boot(pen: Pen, leg: Limb, colour: Colour) -> None:
    x, y = leg.joints[2]
    toe = (x + 0.075, y + 0.012 + 0.07 * leg.tilt)
    pen.limb([(x - 0.02, y + 0.004), toe], [0.075, 0.05], colour)


def _astronaut(pen: Pen, pose: Pose) -> None:
    body, suit, ink = skeleton(pose), pose.lit(pose.colour), pose.lit("26344f")
    far = mix(suit, ink, 0.26)
    boots = pose.lit("8791a3")
    _padded(pen, body.far_arm, [0.11, 0.095, 0.075], far)
    _padded(pen, body.far_leg, [0.145, 0.115, 0.095], far)
    _boot(pen, body.far_leg, mix(boots, ink, 0.3))
    pen.tube(body.round([(-0.13, 0.95), (-0.135, 0.25)]), [0.15, 0.14], mix(suit, ink, 0.4))
    _padded(pen, body.near_leg, [0.145, 0.115, 0.095], suit)
    _boot(pen, body.near_leg, boots)
    trunk = [(-0.1, 0.98), (0.09, 0.98), (0.12, 0.6), (0.1, -0.04), (-0.1, -0.04), (-0.12, 0.6)]
    pen.blob(body.round(trunk), suit)
    pen.polygon(body.round([(0.0, 0.72), (0.1, 0.72), (0.1, 0.5), (0.0, 0.5)]), mix(suit, ink, 0.3))
    for ahead, tone in ((0.03, "e2483c"), (0.07, "4f9fe0")):
        (x, y) = body.round([(ahead, 0.61)])[0]
        pen.oval(x, y, 0.013, 0.013, pose.lit(tone))
    x, y = body.neck[0] + 0.014, body.neck[1] - 0.085
    pen.oval(x, y, 0.125, 0.125, mix(suit, (255, 255, 255), 0.3))
    visor = [(x - 0.03, y - 0.075), (x + 0.07, y - 0.075), (x + 0.115, y), (x + 0.075, y + 0.07), (x - 0.025, y + 0.06)]
    pen.blob(visor, ink)
    pen.tube(
        [(x - 0.01, y - 0.03), (x + 0.02, y - 0.056), (x + 0.07, y - 0.05)], [0.01, 0.02, 0.01], pose.lit("9fc4e8")
    )
    before(pen, body, pose)
    in_hand(pen, body, pose)
    _padded(pen, body.near_arm, [0.12, 0.1, 0.08], mix(suit, (255, 255, 255), 0.2))


def _padded(pen: Pen, limb: Limb, widths: list[float], cloth: Colour) -> None:
    pen.tube(limb.joints, widths, cloth)
    x, y = limb.joints[2]
    pen.oval(x, y, widths[2] * 0.6, widths[2] * 0.55, mix(cloth, (120, 130, 150), 0.4))


_BOX = (-0.66, -1.2, 0.66, 0.26)

SUITED = {
    "astronaut": Figure(_astronaut, 0.48, _BOX, rgb("eceef2"), gaits=GAITS, aliases=ALIASES, shadow=0.22, metres=1.8),
    "robot": Figure(_robot, 0.47, _BOX, rgb("aab4c4"), gaits=GAITS, aliases=ALIASES, shadow=0.22, metres=1.8),
}
