"""People's heads, turned a little towards the viewer: face, hair, beard, hat."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Pen, Pose

_INK = "241f24"
_BLINK = (0.5, 0.57)
"""The time in the slow cycles when eyes are closed."""

_IDLE = frozenset({"stand", "sit", "wave", "talk", "phone", "fish", "drink", "photograph", "violin", "held", "hold"})
_SHUT = frozenset({"sleep", "lie", "pray", "meditate", "hug", "violin", "flute", "bow"})
"""What is done with the eyes shut."""

_OPEN = {"sing": 0.017, "talk": 0.009, "eat": 0.007, "cheer": 0.016, "dance": 0.008}
"""How far the mouth opens, at most."""


class Looks(msgspec.Struct, frozen=True):
    """What tells heads apart. `cut`: short, crop, long, bob, pony, bun, topknot, curl, bald or shaven; `hat`: "", cap,
    felt, nurse, straw, chef, crown or helm; `head` scales it."""

    skin: str = "e8b690"
    hair: str = "33262a"
    cut: str = "short"
    beard: bool = False
    hat: str = ""
    hat_colour: str = ""
    head: float = 1.0


class Head:
    """A head to draw on: points about its middle. It is turned about the neck by `nod` radians."""

    def __init__(self, pen: Pen, neck: tuple[float, float], nod: float, size: float) -> None:
        self.pen, self.size, self.neck, self.nod = pen, size, neck, nod
        self.across, self.down = math.cos(nod), math.sin(nod)

    def points(self, outline: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Return points of the head as the pen has them."""
        s = self.size
        return [self._turned(0.012 + dx * s, -0.026 + (dy - 0.078) * s) for dx, dy in outline]

    def blob(self, outline: list[tuple[float, float]], colour: Colour) -> None:
        """Fill a smooth closed curve."""
        self.pen.blob(self.points(outline), colour)

    def tube(self, outline: list[tuple[float, float]], widths: list[float], colour: Colour) -> None:
        """Draw a smooth, tapering stroke."""
        self.pen.tube(self.points(outline), [width * self.size for width in widths], colour)

    def oval(self, dx: float, dy: float, rx: float, ry: float, colour: Colour, opacity: float = 1.0) -> None:
        """Fill an ellipse, turned as the head is."""
        (x, y) = self.points([(dx, dy)])[0]
        self.pen.oval(x, y, rx * self.size, ry * self.size, colour, opacity, self.nod)

    def _turned(self, x: float, y: float) -> tuple[float, float]:
        return self.neck[0] + x * self.across - y * self.down, self.neck[1] + x * self.down + y * self.across


Detail = Callable[[Head, Looks, Colour, Colour, Pose], None]


def back_hair(pen: Pen, looks: Looks, neck: tuple[float, float], nod: float, pose: Pose) -> None:
    """Draw the hair that hangs behind the shoulders."""
    at, hair = Head(pen, neck, nod, looks.head), mix(pose.lit(looks.hair), pose.lit(_INK), 0.25)
    sway = 0.02 * pose.swing(0.3) + (0.05 if pose.action == "run" else 0.0)
    if looks.cut == "long":
        outline = [
            (-0.06, -0.07), (0.02, -0.06), (0.02, 0.08), (-0.02 - sway, 0.2), (-0.09 - sway, 0.22),
            (-0.115 - sway * 0.6, 0.1),
        ]  # fmt: skip
        at.blob(outline, hair)
    elif looks.cut == "bob":
        at.blob([(-0.07, -0.06), (0.03, -0.05), (0.03, 0.07), (-0.04, 0.1), (-0.1, 0.075), (-0.105, 0.0)], hair)
    elif looks.cut == "pony":
        tail = [(-0.07, -0.04), (-0.125 - sway, 0.0), (-0.13 - 2 * sway, 0.09), (-0.115 - 2.6 * sway, 0.15)]
        at.tube(tail, [0.04, 0.055, 0.045, 0.012], hair)


def face(
    pen: Pen, looks: Looks, neck: tuple[float, float], nod: float, pose: Pose, detail: Detail | None = None
) -> None:
    """Draw neck and head, with features of its own size or as `detail` draws them."""
    at = Head(pen, neck, nod, looks.head)
    skin, hair, ink = pose.lit(looks.skin), pose.lit(looks.hair), pose.lit(_INK)
    shade = mix(skin, mix(ink, pose.lit("a0503a"), 0.5), 0.28)
    pen.tube([(neck[0] + 0.004, neck[1] + 0.012), at.points([(-0.006, 0.05)])[0]], [0.058, 0.058], shade)
    head = [
        (-0.066, -0.03), (-0.03, -0.084), (0.035, -0.08), (0.066, -0.035), (0.066, 0.02), (0.056, 0.056),
        (0.03, 0.084), (0.0, 0.08), (-0.042, 0.05), (-0.068, 0.02),
    ]  # fmt: skip
    at.blob(head, skin)
    at.oval(0.052, 0.036, 0.016, 0.011, mix(skin, pose.lit("e0604a"), 0.4), 0.55)
    at.oval(-0.006, 0.038, 0.017, 0.012, mix(skin, pose.lit("e0604a"), 0.4), 0.55)
    if looks.beard:
        _beard(at, hair, pose)
    (detail or _features)(at, looks, skin, ink, pose)
    _hair(at, looks, hair)
    at.oval(-0.036, 0.016, 0.014, 0.02, mix(skin, shade, 0.35))
    at.oval(-0.034, 0.017, 0.006, 0.011, shade)
    _HATS.get(looks.hat, _bare)(at, looks, pose)


def _features(at: Head, looks: Looks, skin: Colour, ink: Colour, pose: Pose) -> None:
    brow = mix(pose.lit(looks.hair), ink, 0.3)
    shut = pose.action in _SHUT or (pose.action in _IDLE and _BLINK[0] <= pose.phase < _BLINK[1])
    for dx, narrow in ((0.012, 1.0), (0.05, 0.82)):
        if shut:
            at.tube([(dx - 0.009, 0.008), (dx, 0.011), (dx + 0.009, 0.008)], [0.004, 0.005, 0.004], ink)
        else:
            at.oval(dx, 0.006, 0.0085 * narrow, 0.0125, ink)
            at.oval(dx + 0.003, 0.002, 0.003, 0.0038, pose.lit("ffffff"))
        at.tube(
            [(dx - 0.011 * narrow, -0.021), (dx, -0.026), (dx + 0.009 * narrow, -0.023)], [0.003, 0.006, 0.003], brow
        )
    at.tube([(0.038, 0.012), (0.046, 0.028), (0.036, 0.03)], [0.006, 0.009, 0.006], mix(skin, ink, 0.24))
    smile, lips = [(0.016, 0.05), (0.03, 0.056), (0.044, 0.049)], mix(skin, pose.lit("9a2f35"), 0.75)
    if gape := _OPEN.get(pose.action, 0.0) * abs(math.sin(4 * math.pi * pose.phase)):
        at.oval(0.03, 0.054, 0.012, gape + 0.003, mix(lips, ink, 0.5))
    at.tube(smile, [0.005, 0.008, 0.005], lips)


def _beard(at: Head, hair: Colour, pose: Pose) -> None:
    outline = [
        (-0.045, 0.02), (-0.02, 0.045), (0.01, 0.042), (0.05, 0.04), (0.06, 0.05), (0.045, 0.09), (0.01, 0.1),
        (-0.03, 0.075),
    ]  # fmt: skip
    at.blob(outline, mix(hair, pose.lit("ffffff"), 0.06))


def _hair(at: Head, looks: Looks, hair: Colour) -> None:
    light = mix(hair, (255.0, 240.0, 225.0), 0.14)
    if looks.cut == "bald":
        at.blob([(-0.07, -0.02), (-0.06, -0.045), (-0.04, -0.01), (-0.045, 0.035), (-0.068, 0.03)], hair)
        return
    if looks.cut == "shaven":
        return
    if looks.cut == "curl":
        at.tube([(-0.03, -0.085), (0.0, -0.105), (0.026, -0.09), (0.012, -0.076)], [0.012, 0.016, 0.014, 0.006], hair)
        return
    if looks.cut == "bun":
        at.oval(-0.05, -0.096, 0.04, 0.036, hair)
    if looks.cut == "topknot":
        at.tube([(-0.03, -0.09), (-0.03, -0.14), (0.0, -0.15)], [0.03, 0.04, 0.03], hair)
    if looks.cut in ("short", "crop", "topknot"):
        fringe = (0.05, -0.05) if looks.cut == "short" else (0.045, -0.058)
        outline = [
            (-0.058, 0.03), (-0.082, -0.02), (-0.066, -0.076), (-0.015, -0.108), (0.04, -0.1), (0.074, -0.062),
            (0.066, -0.034), fringe, (0.0, -0.04), (-0.022, -0.03), (-0.03, 0.0), (-0.044, 0.03),
        ]  # fmt: skip
    else:
        low = {"long": 0.075, "bob": 0.07}.get(looks.cut, 0.02)
        outline = [
            (-0.07, low), (-0.09, -0.01), (-0.07, -0.08), (-0.012, -0.112), (0.045, -0.102), (0.078, -0.055),
            (0.07, -0.02), (0.056, -0.045), (0.02, -0.06), (-0.012, -0.045), (-0.03, -0.008), (-0.044, low),
        ]  # fmt: skip
    at.blob(outline, hair)
    at.tube([(-0.05, -0.07), (-0.01, -0.092), (0.035, -0.086)], [0.006, 0.014, 0.006], light)


def _bare(at: Head, looks: Looks, pose: Pose) -> None:
    """Draw no hat."""


def _cap(at: Head, looks: Looks, pose: Pose) -> None:
    cloth = pose.lit(looks.hat_colour or mix(pose.colour, rgb(_INK), 0.25))
    at.blob([(-0.085, -0.035), (-0.08, -0.09), (-0.01, -0.125), (0.06, -0.105), (0.08, -0.05), (0.0, -0.045)], cloth)
    at.tube([(0.02, -0.05), (0.1, -0.042), (0.125, -0.034)], [0.018, 0.022, 0.012], mix(cloth, pose.lit(_INK), 0.4))
    at.oval(0.03, -0.075, 0.012, 0.012, pose.lit("e8c254"))


def _felt(at: Head, looks: Looks, pose: Pose) -> None:
    felt = pose.lit(looks.hat_colour or "5a4436")
    at.blob([(-0.072, -0.05), (-0.066, -0.135), (-0.01, -0.15), (0.05, -0.14), (0.066, -0.05)], felt)
    at.tube([(-0.125, -0.045), (0.0, -0.06), (0.125, -0.045)], [0.016, 0.026, 0.016], mix(felt, pose.lit(_INK), 0.12))
    at.tube([(-0.068, -0.075), (0.064, -0.075)], [0.022, 0.022], mix(felt, pose.lit(_INK), 0.5))


def _nurse(at: Head, looks: Looks, pose: Pose) -> None:
    white = pose.lit("fbfcfc")
    at.blob([(-0.05, -0.085), (-0.056, -0.13), (0.0, -0.146), (0.056, -0.128), (0.05, -0.085), (0.0, -0.1)], white)
    at.tube([(-0.012, -0.114), (0.014, -0.114)], [0.007, 0.007], pose.lit("d2463c"))
    at.tube([(0.001, -0.127), (0.001, -0.101)], [0.007, 0.007], pose.lit("d2463c"))


def _straw(at: Head, looks: Looks, pose: Pose) -> None:
    straw = pose.lit("e0bd6e")
    at.blob([(-0.07, -0.055), (-0.05, -0.13), (0.035, -0.135), (0.065, -0.055)], straw)
    at.tube([(-0.15, -0.045), (0.0, -0.062), (0.155, -0.045)], [0.014, 0.03, 0.014], mix(straw, pose.lit(_INK), 0.08))
    at.tube([(-0.064, -0.072), (0.06, -0.072)], [0.018, 0.018], pose.lit("a8483c"))


def _toque(at: Head, looks: Looks, pose: Pose) -> None:
    white = pose.lit("f8f6f2")
    at.blob([(-0.07, -0.06), (-0.11, -0.16), (-0.03, -0.2), (0.05, -0.2), (0.105, -0.15), (0.066, -0.06)], white)
    at.tube([(-0.07, -0.065), (0.066, -0.065)], [0.034, 0.034], mix(white, pose.lit(_INK), 0.08))


def _crown(at: Head, looks: Looks, pose: Pose) -> None:
    gold = pose.lit("eec04a")
    spikes = [(-0.07, -0.07), (-0.085, -0.15), (-0.045, -0.115), (-0.005, -0.165), (0.035, -0.115), (0.075, -0.15)]
    at.pen.polygon(at.points([*spikes, (0.062, -0.07)]), gold)
    at.oval(-0.005, -0.092, 0.012, 0.014, pose.lit("d2323c"))


def _helm(at: Head, looks: Looks, pose: Pose) -> None:
    steel = pose.lit("a9b1bd")
    outline = [
        (-0.075, 0.07), (-0.09, -0.02), (-0.07, -0.09), (0.0, -0.122), (0.06, -0.095), (0.084, -0.02), (0.08, 0.06),
        (0.03, 0.098),
    ]  # fmt: skip
    at.blob(outline, steel)
    at.tube([(0.0, 0.0), (0.078, -0.006)], [0.02, 0.016], pose.lit("181a22"))
    at.tube([(0.03, 0.04), (0.07, 0.036)], [0.007, 0.007], pose.lit("383c48"))
    at.tube([(0.0, -0.115), (-0.06, -0.16), (-0.13, -0.11)], [0.03, 0.05, 0.014], pose.lit("c23a3a"))


_HATS = {"cap": _cap, "felt": _felt, "nurse": _nurse, "straw": _straw, "chef": _toque, "crown": _crown, "helm": _helm}
