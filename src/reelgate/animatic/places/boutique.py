"""A clothes shop: garments on rails, folded on shelves and on dummies, a mirror, a till."""

from __future__ import annotations

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.furniture import Interior
from reelgate.animatic.places.room import interior

_CLOTH = ("d8564c", "3f6fa8", "efe2c8", "2f3540", "e6a63c", "5f9a6a", "b06a94", "8fb8cc")


def boutique(b: Backdrop) -> None:
    """A bright shop in a mall."""
    interior(b, ("f0e9e0", "e9ebea", "f2e6e2"), _boutique, wood="c9b79f", view="", planks=False)


def _boutique(inside: Interior) -> None:
    b, u, wall, floor = inside.b, inside.b.unit, inside.wall, inside.floor
    bays = max(3, round(b.period / (u * 0.62)))
    wide = b.period / bays
    for i in range(bays):
        left = wide * i
        wall.rect(left + u * 0.02, floor - u * 0.62, wide - u * 0.04, u * 0.6, mix(inside.paint, (255, 255, 255), 0.4))
        (_mirror if i % 4 == 3 else _rail)(inside, left + wide / 2, wide * 0.42)
        if i % 4 != 3:
            _folded(inside, left + wide / 2, wide * 0.42)
        for share in (0.3, 0.7):
            x = left + wide * share
            wall.glow(x, u * 0.02, u * 0.26, rgb("fff4dc"), 0.4)
            wall.ellipse(x, u * 0.02, u * 0.03, u * 0.012, rgb("fffaf0"))
    for share, colour in ((0.07, "b06a94"), (0.94, "3f6fa8"), (1.26, "d8564c")):
        _dummy(inside.front, b.width * share, floor + u * 0.05, u, (inside.tone("efe0d0"), inside.tone(colour)))


def _garment(canvas: Canvas, x: float, y: float, size: float, colour: Colour, *, long: bool) -> None:
    """Hang a shirt, or a dress, from a rail."""
    foot, hem = (1.0, 0.24) if long else (0.66, 0.15)
    half = [(0.08, 0.0), (0.25, 0.1), (0.2, 0.34), (0.15, 0.3), (hem, foot)]
    outline = [*half, *[(-dx, dy) for dx, dy in reversed(half)]]
    canvas.limb([(x, y - size * 0.1), (x, y)], [size * 0.02] * 2, (120, 120, 125))
    canvas.polygon([(x + size * dx, y + size * dy) for dx, dy in outline], colour)
    dark = mix(colour, (30, 20, 40), 0.22)
    canvas.rect(x - size * 0.012, y + size * 0.06, size * 0.024, size * (foot - 0.1), dark)
    canvas.ellipse(x, y + size * 0.005, size * 0.07, size * 0.03, dark)


def _rail(inside: Interior, x: float, half: float) -> None:
    u, wall, tone, y = inside.b.unit, inside.wall, inside.tone, inside.floor - inside.b.unit * 0.53
    rng = inside.b.rng(f"rail {x:.0f}")
    wall.limb([(x - half, y - u * 0.02), (x + half, y - u * 0.02)], [u * 0.012] * 2, tone("8d8f94"))
    count = max(4, int(2 * half / (u * 0.1)))
    for i in range(count):
        at = x - half + 2 * half * (i + 0.5) / count
        colour = tone(str(rng.choice(_CLOTH)))
        _garment(wall, at, y, u * 0.24, colour, long=bool(rng.random() < 0.4))


def _folded(inside: Interior, x: float, half: float) -> None:
    u, wall, tone = inside.b.unit, inside.wall, inside.tone
    rng = inside.b.rng(f"folded {x:.0f}")
    for row in range(2):
        y = inside.floor - u * (0.15 - 0.12 * row)
        wall.rect(x - half, y, half * 2, u * 0.014, tone("a9835c"))
        count = max(3, int(2 * half / (u * 0.14)))
        for i in range(count):
            left = x - half + 2 * half * (i + 0.12) / count
            for k in range(int(rng.integers(2, 5))):
                cloth = tone(str(rng.choice(_CLOTH)))
                wall.rect(left, y - u * (0.02 + 0.02 * k), 1.5 * half / count, u * 0.017, cloth)


def _mirror(inside: Interior, x: float, half: float) -> None:
    u, wall, tone, floor = inside.b.unit, inside.wall, inside.tone, inside.floor
    wide = min(half, u * 0.2)
    wall.rect(x - wide, floor - u * 0.58, wide * 2, u * 0.56, tone("c9a24c"))
    wall.rect(x - wide + u * 0.016, floor - u * 0.564, wide * 2 - u * 0.032, u * 0.53, tone("cfe0e4"))
    for dx in (-0.6, -0.1):
        streak = [(dx + 0.3, 0.55), (dx + 0.55, 0.55), (dx + 0.1, 0.05), (dx - 0.15, 0.05)]
        wall.polygon([(x + wide * max(a, -0.9), floor - u * d) for a, d in streak], (255, 255, 255), 0.35)


def _dummy(canvas: Canvas, x: float, foot: float, u: float, colours: tuple[Colour, Colour]) -> None:
    """Stand a dressed figure without a face."""
    skin, cloth = colours
    canvas.ellipse(x, foot, u * 0.08, u * 0.014, (30, 20, 20), 0.3)
    canvas.rect(x - u * 0.07, foot - u * 0.012, u * 0.14, u * 0.014, (140, 140, 145))
    for side in (-1, 1):
        canvas.limb(
            [(x + side * u * 0.02, foot - u * 0.2), (x + side * u * 0.018, foot - u * 0.01)],
            [u * 0.03, u * 0.018],
            skin,
        )
        canvas.limb(
            [(x + side * u * 0.055, foot - u * 0.36), (x + side * u * 0.08, foot - u * 0.2)],
            [u * 0.026, u * 0.016],
            skin,
        )
    canvas.ellipse(x, foot - u * 0.44, u * 0.03, u * 0.04, skin)
    canvas.rect(x - u * 0.012, foot - u * 0.41, u * 0.024, u * 0.04, skin)
    canvas.polygon(
        [(x + u * dx, foot - u * dy) for dx, dy in
         ((-0.055, 0.38), (0.055, 0.38), (0.036, 0.27), (0.09, 0.11), (-0.09, 0.11), (-0.036, 0.27))],
        cloth,
    )  # fmt: skip
    canvas.rect(x - u * 0.037, foot - u * 0.277, u * 0.074, u * 0.014, mix(cloth, (255, 255, 255), 0.5))
