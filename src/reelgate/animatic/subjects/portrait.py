"""People at close range: head and shoulders, their faces drawn in full."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import replace

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose
from reelgate.animatic.subjects.body import Outfit, shaded
from reelgate.animatic.subjects.faces import Head, Looks, back_hair, face
from reelgate.animatic.subjects.humanoid import SUITED
from reelgate.animatic.subjects.people import WARDROBES, dressed

_HEAD = 3.6
"""How much larger a head is than that of a whole figure in the same units."""

_NECK = (0.0, -0.56)
_WHITE = (255.0, 255.0, 255.0)
_OLD = frozenset({"e4e2e0", "d8d6d6", "dcdad8"})
"""Hair of those who have wrinkles."""

_GAITS = {"stand": Gait(4.2, 0.0), "talk": Gait(1.3, 0.0), "sing": Gait(1.7, 0.0)}
_ALIASES = {"hug": "stand", "eat": "talk", "cheer": "talk"}


def _draw(wardrobe: list[Outfit], pen: Pen, pose: Pose) -> None:
    outfit = dressed(wardrobe, pose)
    small = 1.0 if outfit.head == 1 else 0.86
    top = pose.lit(pose.colour) if pose.dyed else pose.lit(outfit.top)
    scale = _HEAD * small * (outfit.head**0.4)
    looks = _scaled(outfit, scale)
    back_hair(pen, looks, _NECK, 0.0, replace(pose, phase=0.2))
    _shoulders(pen, outfit, top, pose, small)
    _collar(pen, outfit, top, pose)
    face(pen, looks, _NECK, 0.0, pose, functools.partial(_features, outfit))


def _scaled(outfit: Outfit, scale: float) -> Looks:
    fields = {name: getattr(outfit, name) for name in Looks.__struct_fields__}
    return Looks(**{**fields, "head": scale})


def _shoulders(pen: Pen, outfit: Outfit, top: Colour, pose: Pose, small: float) -> None:
    """Draw what is seen of the body below the neck."""
    wide = (0.5 if outfit.shape == "woman" else 0.58) * small
    skin = pose.lit(outfit.skin)
    neck = mix(skin, pose.lit("8a4a3a"), 0.2)
    outline = [(-0.11, -0.6), (-0.2, -0.5), (-wide + 0.1, -0.42), (-wide, -0.24), (-wide - 0.04, 0.2), (-wide, 0.85),
               (wide, 0.85), (wide + 0.06, 0.2), (wide + 0.02, -0.24), (wide - 0.1, -0.42), (0.22, -0.5),
               (0.13, -0.6)]  # fmt: skip
    pen.blob(outline, top)
    for x, bend in ((-wide + 0.12, 0.02), (wide - 0.1, -0.03)):
        pen.tube([(x, 0.06), (x + bend, 0.3), (x, 0.8)], [0.004, 0.02, 0.03], shaded(top, pose, 0.4), 0.6)
    deep = {"dress": 0.26, "tutu": 0.3, "gown": 0.28}.get(outfit.wear, 0.03)
    wide = 0.13 if deep > 0.1 else 0.09
    pen.blob(
        [(-wide, -0.62), (wide + 0.02, -0.62), (wide + 0.03, -0.5), (0.02, -0.5 + deep), (-wide, -0.5)],
        mix(skin, neck, 0.5),
    )
    pen.limb([(0.0, -0.5), (0.012, -0.72)], [0.2, 0.2], neck)


def _collar(pen: Pen, outfit: Outfit, top: Colour, pose: Pose) -> None:
    dark, light = shaded(top, pose, 0.3), mix(top, _WHITE, 0.55)
    if outfit.wear in ("jacket", "coat"):
        tie = pose.lit(outfit.sash or "8a3540")
        pen.polygon([(-0.15, -0.56), (0.02, -0.42), (0.19, -0.56), (0.13, 0.4), (0.02, 0.62), (-0.09, 0.4)],
                    pose.lit("f4f0e8"))  # fmt: skip
        knot = [(-0.03, -0.42), (0.07, -0.42), (0.05, -0.32), (0.1, 0.3), (0.02, 0.5), (-0.06, 0.3), (-0.01, -0.32)]
        pen.polygon(knot, tie)
        for side in (-1, 1):
            lapel = [(0.02 + side * 0.16, -0.6), (0.02 + side * 0.3, -0.3), (0.02 + side * 0.22, -0.22), (0.02, 0.6),
                     (0.02 + side * 0.1, 0.0)]  # fmt: skip
            pen.polygon(lapel, mix(top, dark, 0.6))
    elif outfit.wear == "robe":
        pen.tube([(0.12, -0.64), (0.17, -0.46), (0.1, -0.2)], [0.07, 0.1, 0.1], shaded(light, pose, 0.15))
        pen.tube([(-0.12, -0.64), (-0.1, -0.42), (0.08, -0.1), (0.3, 0.5)], [0.07, 0.1, 0.11, 0.11], light)
    elif outfit.wear in ("uniform", "shirt", "armour", "skirt"):
        pen.tube([(-0.14, -0.57), (0.0, -0.44), (0.17, -0.57)], [0.05, 0.06, 0.05], mix(top, dark, 0.75))
        if outfit.wear == "uniform":
            for row in (-0.28, -0.04, 0.2):
                pen.oval(0.03, row, 0.026, 0.026, pose.lit("e2bd55"))
    else:
        pen.oval(0.015, -0.3, 0.016, 0.016, pose.lit("f2d98a"))
        pen.tube([(-0.12, -0.52), (0.015, -0.31), (0.15, -0.52)], [0.006, 0.006, 0.006], pose.lit("e2bd55"))


def _features(outfit: Outfit, at: Head, looks: Looks, skin: Colour, ink: Colour, pose: Pose) -> None:
    warm = mix(skin, pose.lit("d2604a"), 0.4)
    _flesh(at, outfit, skin, warm, pose)
    lids = _lids(pose)
    round_eyes = 1.3 if outfit.head > 1 else 1.08 if outfit.shape == "woman" else 0.92
    for dx, narrow in ((0.0115, 1.0), (0.0485, 0.84)):
        _eye(at, outfit, dx, narrow * (1.12 if outfit.head > 1 else 1.0), round_eyes, lids, skin, ink, pose)
    _nose(at, skin, warm, ink)
    _mouth(at, outfit, skin, ink, pose)
    if looks.hair in _OLD:
        _wrinkles(at, skin, ink)


def _lids(pose: Pose) -> float:
    """Return how far the lids are down, 0 to 1: a blink is over in a quarter of a second."""
    if pose.action == "sing":
        return 0.75
    return 1.0 if pose.action == "stand" and pose.phase >= 0.5 else 0.1


def _flesh(at: Head, outfit: Outfit, skin: Colour, warm: Colour, pose: Pose) -> None:
    """Model the head: the side away from the light, cheeks, the hollow under the brow."""
    shade = mix(skin, pose.lit("8a4a3a"), 0.4)
    for share in (1.0, 0.7, 0.4):
        at.oval(-0.04, 0.012, 0.02 * share, 0.03 * share, shade, 0.12)
        at.oval(0.012, 0.068, 0.03 * share, 0.009 * share, shade, 0.12)
        for x in (-0.008, 0.042):
            at.oval(x, 0.034, 0.017 * share, 0.014 * share, warm, 0.2 if outfit.shape == "woman" else 0.12)
            at.oval(x + 0.01, -0.006, 0.014 * share, 0.012 * share, shade, 0.08)


def _eye(
    at: Head, outfit: Outfit, dx: float, narrow: float, tall: float, lids: float, skin: Colour, ink: Colour, pose: Pose
) -> None:
    wide, high, y = 0.0135 * narrow, 0.0088 * tall, 0.006
    brow = mix(pose.lit(outfit.hair), ink, 0.35)
    female = outfit.shape == "woman"
    at.tube([(dx - 0.0135, y - 0.021), (dx - 0.001, y - 0.0265), (dx + 0.0125, y - 0.0225)],
            [0.0026, 0.0044 if female else 0.0066, 0.0022], brow)  # fmt: skip
    if lids >= 0.7:
        at.tube([(dx - wide, y), (dx, y + 0.006), (dx + wide, y)], [0.0024, 0.0038, 0.0024], ink)
        return
    white = [(dx - wide, y + 0.001), (dx - wide * 0.4, y - high * 0.9), (dx + wide * 0.45, y - high * 0.88),
             (dx + wide, y), (dx + wide * 0.4, y + high * 0.8), (dx - wide * 0.4, y + high * 0.82)]  # fmt: skip
    at.blob(white, mix(pose.lit("fbf8f4"), skin, 0.08))
    iris = pose.lit({"woman": "6b4526", "man": "3f5a6a"}[outfit.shape] if outfit.hair != "1f1a1c" else "3a2418")
    ahead, size = dx + 0.0018, high * 0.86
    at.oval(ahead, y - 0.0006, size * 0.9, size, mix(iris, ink, 0.45))
    at.oval(ahead, y + 0.0004, size * 0.76, size * 0.82, iris)
    at.oval(ahead, y + size * 0.34, size * 0.5, size * 0.34, mix(iris, _WHITE, 0.35), 0.7)
    at.oval(ahead, y - 0.0004, size * 0.42, size * 0.46, ink)
    at.oval(ahead + size * 0.34, y - size * 0.42, size * 0.24, size * 0.26, pose.lit("ffffff"))
    at.oval(ahead - size * 0.3, y + size * 0.36, size * 0.11, size * 0.12, pose.lit("ffffff"), 0.8)
    lid = [(dx - wide * 1.06, y + 0.0015), (dx - wide * 0.4, y - high * 0.95), (dx + wide * 0.45, y - high * 0.93),
           (dx + wide * 1.04, y)]  # fmt: skip
    at.tube([(x, top - 0.004) for x, top in lid], [0.0012, 0.002, 0.002, 0.0012], mix(skin, ink, 0.3))
    at.tube(lid, [0.0022, 0.004, 0.0042, 0.0024], ink)
    at.tube([(dx - wide * 0.7, y + high * 0.66), (dx, y + high * 0.9), (dx + wide * 0.8, y + high * 0.6)],
            [0.001, 0.0014, 0.001], mix(skin, ink, 0.45))  # fmt: skip
    if female:
        side = -1 if dx < 0.03 else 1
        for share, length in ((1.0, 0.0045), (0.78, 0.006)):
            root = (dx + side * wide * share, y - high * (1.0 - share) * 1.2)
            at.tube([root, (root[0] + side * 0.0045, root[1] - length)], [0.0026, 0.0008], ink)


def _nose(at: Head, skin: Colour, warm: Colour, ink: Colour) -> None:
    shade = mix(skin, mix(warm, ink, 0.4), 0.34)
    at.tube(
        [(0.0335, -0.004), (0.038, 0.014), (0.0445, 0.026)],
        [0.002, 0.004, 0.003],
        shade,
    )
    at.tube([(0.0455, 0.026), (0.041, 0.0325), (0.031, 0.031)], [0.003, 0.0036, 0.002], shade)
    at.oval(0.0395, 0.0235, 0.0042, 0.0034, _WHITE, 0.28)
    at.oval(0.0355, 0.0318, 0.0026, 0.0014, mix(skin, ink, 0.6), 0.8)


def _mouth(at: Head, outfit: Outfit, skin: Colour, ink: Colour, pose: Pose) -> None:
    red = mix(
        skin, pose.lit("c03a44" if outfit.shape == "woman" else "a8564a"), 0.72 if outfit.shape == "woman" else 0.5
    )
    gape = 0.0
    if pose.action in ("talk", "sing"):
        gape = (0.006 if pose.action == "talk" else 0.012) * (0.35 + 0.65 * abs(math.sin(2 * math.pi * pose.phase)))
    x, y = 0.031, 0.0515
    if gape:
        at.oval(x, y + gape * 0.5, 0.0115, gape + 0.001, mix(red, ink, 0.7))
        at.oval(x, y - gape * 0.2, 0.0085, 0.0018, pose.lit("f8f6f2"))
    upper = [(x - 0.0165, y - 0.001), (x - 0.005, y - 0.0052), (x + 0.001, y - 0.0038), (x + 0.006, y - 0.005),
             (x + 0.0145, y - 0.002), (x + 0.001, y + 0.0014)]  # fmt: skip
    at.blob(upper, mix(red, ink, 0.14))
    low = y + gape * 1.4
    lower = [(x - 0.013, low), (x, low + 0.0012), (x + 0.0115, low - 0.001), (x + 0.006, low + 0.0062),
             (x - 0.006, low + 0.0066)]  # fmt: skip
    at.blob(lower, red)
    at.oval(x + 0.001, low + 0.0034, 0.005, 0.0012, _WHITE, 0.35)
    if not gape:
        corners = [(x - 0.0175, y - 0.0025), (x - 0.006, y + 0.0014), (x + 0.006, y + 0.0012), (x + 0.0155, y - 0.0035)]
        at.tube(corners, [0.0016, 0.0018, 0.0018, 0.0014], mix(red, ink, 0.5))


def _wrinkles(at: Head, skin: Colour, ink: Colour) -> None:
    line = mix(skin, ink, 0.24)
    for path in (
        [(-0.002, -0.046), (0.026, -0.05), (0.052, -0.045)], [(0.004, -0.038), (0.028, -0.041), (0.05, -0.037)],
        [(0.024, 0.03), (0.014, 0.042), (0.014, 0.05)], [(0.05, 0.03), (0.054, 0.04), (0.051, 0.048)],
        [(-0.004, 0.02), (0.008, 0.023), (0.02, 0.02)], [(-0.012, 0.004), (-0.022, 0.0), (-0.028, -0.006)],
        [(-0.012, 0.009), (-0.022, 0.011), (-0.028, 0.014)],
    ):  # fmt: skip
        at.tube(path, [0.0008, 0.0016, 0.0008], line)


def look_at(action: str, phase: float) -> int:
    """Return which picture shows a face at a phase of what it does: few differ, and large ones are dear."""
    return int(phase * 8) % 4 if action != "stand" else 4 if 0.5 <= phase < 0.55 else 0


def _enlarged(figure: Figure, pen: Pen, pose: Pose) -> None:
    """Draw one whose face shows no more than its whole figure does."""
    figure.draw(pen.moved(0.0, 2.36, 3.5), pose)


def _portrait(draw: Callable[[Pen, Pose], None], colour: Colour) -> Figure:
    box = (-0.8, -1.8, 0.8, 0.8)
    return Figure(draw, 0.6, box, colour, gaits=_GAITS, poses=8, rim=0.7, aliases=_ALIASES, shadow=0.0)


PORTRAITS = {
    **{kind: _portrait(functools.partial(_draw, outfits), rgb(outfits[0].top)) for kind, outfits in WARDROBES.items()},
    **{kind: _portrait(functools.partial(_enlarged, figure), figure.colour) for kind, figure in SUITED.items()},
}
"""Each kind of people as head and shoulders; their heights are about half of what is seen of them."""
