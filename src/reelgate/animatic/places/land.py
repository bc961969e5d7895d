"""The land: hills, trees, grass, mist."""

from __future__ import annotations

import math

import numpy as np

from reelgate.animatic.drawing.canvas import Canvas, ridge
from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.places.base import FAR, Backdrop
from reelgate.animatic.places.sky import gradient


def slope(canvas: Canvas, tops: np.ndarray, colour: Colour, bottom: float | None = None) -> None:
    """Fill what lies below a crest, a row for each column, down to row `bottom` or out of the picture."""
    foot = canvas.height if bottom is None else bottom
    x = np.arange(len(tops), dtype=float)
    outline = np.concatenate([np.stack([x, tops], 1), [(len(tops), tops[0]), (len(tops), foot), (0, foot)]])
    canvas.polygon(outline, colour)


def hill(
    b: Backdrop,
    name: str,
    top: float,
    swell: float,
    colour: Colour,
    z: float,
    *,
    trees: str = "",
    below: Colour | None = None,
    bottom: float | None = None,
) -> None:
    """Paint a rolling hill whose crest lies about row `top`, `swell` pixels high, with trees on it if named.

    It reaches down to row `bottom`, or out of the picture.
    """
    rng, canvas = b.rng(f"hill {name}"), b.canvas()
    crest = top - (ridge(rng, b.period, 3) - 0.5) * swell
    if trees:
        size = b.unit * (0.05 + 0.11 / max(z, 1))
        for _ in range(int(7 * b.period / (b.unit * 2))):
            x = rng.uniform(0, b.period)
            tree(
                canvas,
                b,
                rng,
                x,
                crest[int(x) % b.period] + size * 0.08,
                size * rng.uniform(0.7, 1.25),
                trees,
                depth=min(0.14 * z, 0.6),
            )
    slope(canvas, crest, colour, bottom)
    if bottom is None:
        _mottle(canvas, rng, crest, b.unit * 0.05, mix(colour, below or colour, 0.6))
    canvas.shade(top - swell / 2, top + b.unit * 0.34, below or mix(colour, b.palette.near, 0.6), 0.0, 0.85)
    b.add(canvas, z)


def _mottle(canvas: Canvas, rng: np.random.Generator, crest: np.ndarray, size: float, colour: Colour) -> None:
    """Lay soft streaks on the slope so that its movement can be seen."""
    for _ in range(26):
        x = rng.uniform(0, canvas.width)
        y = crest[int(x)] + size * rng.uniform(0.5, 6)
        canvas.ellipse(x, y, size * rng.uniform(0.8, 2.8), size * rng.uniform(0.06, 0.16), colour, 0.28)


def tree(
    canvas: Canvas,
    b: Backdrop,
    rng: np.random.Generator,
    x: float,
    y: float,
    size: float,
    kind: str,
    depth: float = 0.0,
) -> None:
    """Paint a tree with its foot at (x, y): `pine`, `round`, `palm`, `bare` or `birch`."""
    p = b.palette
    leaf = mix(p.leaf, p.horizon, depth)
    if kind == "round" and b.board.season == "autumn":
        leaf = mix(p.lit(rgb(str(rng.choice(["d9772b", "c4502a", "e3a536", "b8862f"])))), p.horizon, depth)
    if kind in ("round", "birch") and snowy(b) and rng.random() < 0.65:
        kind = "bare"
    if kind in ("round", "blossom") and p.blossom and (kind == "blossom" or rng.random() < 0.5):
        leaf = mix(p.blossom, p.horizon, depth)
    trunk = mix(p.lit(rgb("5a4334")), p.horizon, depth)
    _TREES[kind](canvas, rng, x, y, size, leaf, trunk)
    if snowy(b) and kind == "pine":
        _laden(canvas, x, y, size, mix(p.lit(rgb("f4f8fc")), p.horizon, depth))


def snowy(b: Backdrop) -> bool:
    """Tell whether snow lies."""
    return b.board.weather == "snow" or b.board.season == "winter"


def _laden(canvas: Canvas, x: float, y: float, size: float, white: Colour) -> None:
    """Lay snow on the boughs of a fir."""
    for i in range(4):
        wide, low, high = size * (0.25 - 0.05 * i), y - size * (0.1 + 0.2 * i), y - size * (0.42 + 0.195 * i)
        share = 0.55
        edge = [(x + wide * share * side, high + (low - high) * share) for side in (-1.0, -0.4, 0.1, 0.55, 1.0)]
        ragged = [(px, py + size * 0.03 * (k % 2)) for k, (px, py) in enumerate(edge)]
        canvas.polygon([(x, high), *ragged[::-1]], white, 0.9)


def _pine(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, leaf: Colour, trunk: Colour
) -> None:
    canvas.rect(x - size * 0.03, y - size * 0.16, size * 0.06, size * 0.16, trunk)
    for i in range(4):
        wide, low, high = size * (0.25 - 0.05 * i), y - size * (0.1 + 0.2 * i), y - size * (0.42 + 0.195 * i)
        canvas.polygon([(x - wide, low), (x, high), (x + wide, low)], mix(leaf, (0, 0, 0), 0.08 * (3 - i) / 3))
        canvas.polygon([(x, high), (x + wide, low), (x, low)], mix(leaf, (0, 0, 0), 0.2), 0.6)


def _round(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, leaf: Colour, trunk: Colour
) -> None:
    canvas.limb([(x, y), (x + size * 0.02, y - size * 0.5)], [size * 0.085, size * 0.05], trunk)
    canvas.limb([(x, y - size * 0.3), (x + size * 0.16, y - size * 0.5)], [size * 0.04, size * 0.03], trunk)
    puffs = [(0, 0.66, 0.27), (-0.2, 0.56, 0.19), (0.2, 0.57, 0.2), (-0.09, 0.82, 0.18), (0.12, 0.8, 0.17)]
    for dx, dy, r in puffs:
        canvas.ellipse(x + dx * size, y - dy * size, r * size, r * size * 0.92, mix(leaf, (0, 0, 0), 0.22))
    for dx, dy, r in puffs:
        canvas.ellipse(x + (dx - 0.035) * size, y - (dy + 0.04) * size, r * size * 0.84, r * size * 0.76, leaf)
    for dx, dy, r in puffs[:3]:
        canvas.ellipse(
            x + (dx - 0.07) * size,
            y - (dy + 0.08) * size,
            r * size * 0.5,
            r * size * 0.42,
            mix(leaf, (min(leaf[0] * 1.3, 255), min(leaf[1] * 1.26, 255), min(leaf[2] * 1.16, 255)), 0.45),
        )


def _palm(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, leaf: Colour, trunk: Colour
) -> None:
    lean = size * rng.uniform(0.08, 0.22) * rng.choice([-1, 1])
    top = (x + lean, y - size * 0.8)
    bend = [(x, y), (x + lean * 0.2, y - size * 0.3), (x + lean * 0.55, y - size * 0.58), top]
    canvas.limb(bend, [size * 0.07, size * 0.05, size * 0.04, size * 0.034], trunk)
    for ring in np.linspace(0.1, 0.9, 9):
        at = (x + lean * ring**1.6, y - size * 0.8 * ring)
        half = size * (0.03 - 0.014 * ring)
        canvas.limb([(at[0] - half, at[1]), (at[0] + half, at[1])], [size * 0.008] * 2, mix(trunk, (0, 0, 0), 0.3))
    for turn, reach in ((-2.9, 0.9), (-0.25, 0.9), (-2.5, 1.1), (-0.65, 1.1), (-2.05, 0.9), (-1.1, 0.95), (-1.57, 0.7)):
        _frond(canvas, top, turn, reach * size * 0.42, mix(leaf, (0, 0, 0), 0.16 * abs(math.cos(turn)) ** 2))
    for dx in (-0.02, 0.02):
        canvas.ellipse(top[0] + dx * size, top[1] + size * 0.02, size * 0.026, size * 0.028, mix(trunk, (0, 0, 0), 0.2))


def _frond(canvas: Canvas, top: tuple[float, float], turn: float, reach: float, leaf: Colour) -> None:
    """Paint one feathered leaf that springs from the top of a palm and bends down."""
    share = np.linspace(0, 1, 12)
    out, down = math.cos(turn) * reach * share, math.sin(turn) * reach * share * 0.9 + 0.75 * reach * share**2.2
    spine = np.stack([top[0] + out, top[1] + down], 1)
    across = np.sin(np.pi * np.clip(share * 0.9 + 0.08, 0, 1)) * reach * 0.17
    comb = np.where(np.arange(12) % 2 == 0, 1.0, 0.45)
    lower = np.stack([spine[:, 0] - 0.04 * reach, spine[:, 1] + across * comb], 1)
    canvas.polygon(np.concatenate([spine, lower[::-1]]), mix(leaf, (0, 0, 0), 0.14))
    upper = np.stack([spine[:, 0] + 0.03 * reach, spine[:, 1] - across * 0.55 * comb], 1)
    canvas.polygon(np.concatenate([spine, upper[::-1]]), leaf)


def _bare(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, leaf: Colour, trunk: Colour
) -> None:
    canvas.limb([(x, y), (x, y - size * 0.6)], [size * 0.07, size * 0.035], trunk)
    for share, reach in ((0.3, 0.26), (0.42, -0.28), (0.52, 0.22), (0.6, -0.14), (0.6, 0.1)):
        fork = (x + reach * size * 0.5, y - size * (share + 0.14))
        canvas.limb(
            [(x, y - size * share), fork, (x + reach * size, y - size * (share + 0.36))],
            [size * 0.035, size * 0.022, size * 0.008],
            trunk,
        )


def _blossom(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, leaf: Colour, trunk: Colour
) -> None:
    _bare(canvas, rng, x, y, size, leaf, trunk)
    _round(canvas, rng, x, y, size, leaf, trunk)


_TREES = {"pine": _pine, "round": _round, "palm": _palm, "bare": _bare, "blossom": _blossom}


def meadow(b: Backdrop, name: str, top: float, colour: Colour, near: Colour) -> None:
    """Paint the plain that subjects stand on, with patches and tufts that show its movement."""
    rng, canvas = b.rng(f"meadow {name}"), b.canvas()
    gradient(b, canvas, [(top, colour), (b.height, near)], top)
    for _ in range(int(90 * b.period / (2 * b.unit))):
        depth = rng.uniform(0, 1) ** 0.7
        x, y = rng.uniform(0, b.period), top + (b.height - top) * depth
        size = b.unit * (0.006 + 0.022 * depth)
        tone = mix(colour, near, depth)
        if rng.random() < 0.45:
            canvas.ellipse(x, y, size * 6, size * 0.5, mix(tone, near if rng.random() < 0.6 else colour, 0.5), 0.35)
        else:
            _tuft(canvas, rng, x, y, size * 1.3, mix(tone, (0, 0, 0), 0.16), 4)
    b.add(canvas, 1.0)


def _tuft(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, colour: Colour, blades: int
) -> None:
    for _ in range(blades):
        root, tip = x + size * rng.uniform(-0.7, 0.7), x + size * rng.uniform(-1.4, 1.4)
        canvas.polygon(
            [(root - size * 0.1, y), (root + size * 0.1, y), (tip, y - size * rng.uniform(0.8, 1.7))], colour
        )


def foreground(b: Backdrop, colour: Colour, *, flowers: bool = False, tall: float = 0.1) -> None:
    """Paint dark grass close to the camera, swaying."""
    for row, z in ((0, 0.8), (1, 0.62)):
        rng, canvas = b.rng(f"foreground {row}"), b.canvas()
        for _ in range(int(150 * b.period / (2 * b.unit))):
            x, size = rng.uniform(0, b.period), b.unit * tall * rng.uniform(0.35, 1.0) * (0.7 + 0.3 * row)
            lean, thick = size * rng.uniform(-0.4, 0.4), size * 0.055 + b.unit * 0.002
            y = b.height + b.unit * 0.01
            canvas.polygon(
                [(x - thick, y), (x + thick, y), (x + lean * 0.4 + thick * 0.4, y - size * 0.6), (x + lean, y - size)],
                mix(colour, (0, 0, 0), rng.uniform(0, 0.3)),
            )
            if flowers and rng.random() < 0.3:
                blossom(canvas, rng, x + lean, y - size, b.unit * 0.012, b)
        b.add(canvas, z, wave=b.unit * 0.004, phase=row * 1.7)


_MIXED = ("e8506a", "f2b632", "f4f0fa", "a76ad0", "ee8fb8")
_BEDS = {
    "lavender field": ("8a6ad0", "a78ae0", "7055b8"), "薰衣草": ("8a6ad0", "a78ae0", "7055b8"),
    "油菜花": ("f2cf3a", "f7dc5c", "e8bd2a"), "tulip field": ("e0404a", "f2b632", "ee8fb8"),
}  # fmt: skip
"""What grows in a field of one kind, by the phrase that named it."""


def blossom(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, b: Backdrop) -> None:
    """Paint one flower's head."""
    grown = next((_BEDS[phrase] for phrase in b.board.understood if phrase in _BEDS), _MIXED)
    colour = b.palette.lit(rgb(str(rng.choice(grown))))
    for i in range(5):
        turn = i * 2 * math.pi / 5
        canvas.ellipse(
            x + math.cos(turn) * size * 0.6, y + math.sin(turn) * size * 0.5, size * 0.5, size * 0.45, colour
        )
    canvas.ellipse(x, y, size * 0.35, size * 0.32, b.palette.lit(rgb("f8d64e")))


def mist(b: Backdrop, rows: tuple[float, ...], strength: float = 0.55) -> None:
    """Lay drifting bands of mist about the given rows."""
    colour = mix(b.palette.horizon, b.palette.cloud, 0.5)
    for i, y in enumerate(rows):
        rng, canvas = b.rng(f"mist {i}"), b.canvas()
        for _ in range(9):
            x, wide = rng.uniform(0, b.period), b.unit * rng.uniform(0.3, 0.6)
            tall = b.unit * rng.uniform(0.02, 0.045)
            for share in (1.0, 0.75, 0.5, 0.25):
                canvas.ellipse(
                    x, y + rng.uniform(-0.2, 0.2) * tall, wide * share, tall * share, colour, strength * 0.24
                )
        canvas.blur(b.unit * 0.012)
        b.add(canvas, 3.5 - i, drift=b.width * 0.012 * (1 + i))


def ground_gradient(b: Backdrop, top: float, colour: Colour, near: Colour, z: float = FAR) -> Canvas:
    """Return a canvas with a plain from row `top` down, to be painted on and added."""
    canvas = b.flat() if z == FAR else b.canvas()
    gradient(b, canvas, [(top, colour), (b.height, near)], top)
    return canvas
