"""The colours of a storyboard: by time of day, then season and weather; style is a matrix over the finished colours."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.storyboard import Storyboard
from reelgate.render.planes import BGR_TO_YUV

Colour: TypeAlias = tuple[float, float, float]
"""Red, green, blue, each 0 to 255."""


def rgb(text: str) -> Colour:
    """Return the colour of six hexadecimal digits."""
    value = int(text, 16)
    return float(value >> 16), float(value >> 8 & 255), float(value & 255)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return `a` with `share` (0 to 1) of it replaced by `b`."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


class Palette(msgspec.Struct, frozen=True):
    """Named colours of one scene. `sun_height` is a fraction of the sky above the horizon; `lamps`: lights are on."""

    zenith: Colour
    sky: Colour
    horizon: Colour
    sun: Colour
    cloud: Colour
    far: Colour
    land: Colour
    near: Colour
    leaf: Colour
    sea: Colour
    deep: Colour
    light: Colour
    """What the light does to a thing's own colour: multiplied, 255 leaves it as it is."""
    sun_height: float
    lamps: bool = False
    blossom: Colour | None = None
    """The crowns of trees in blossom, in spring."""

    def lit(self, colour: Colour, depth: float = 0.0) -> Colour:
        """Return a thing's own colour under this light, faded towards the horizon by `depth` (0 near, 1 far)."""
        r, g, b = (channel * light / 255 for channel, light in zip(colour, self.light, strict=True))
        return mix((r, g, b), self.horizon, depth)


def _palette(colours: str, sun_height: float, *, lamps: bool = False) -> Palette:
    named = zip(Palette.__struct_fields__, map(rgb, colours.split()), strict=False)
    return msgspec.convert({**dict(named), "sun_height": sun_height, "lamps": lamps}, Palette)


#            zenith  sky    horizon sun    cloud   far    land   near   leaf   sea    deep   light
TIMES = {
    "dawn": _palette("4a64a8 a79cc9 fbd3ae fff3c4 f2d3cd 9c8fa6 93a56a 3f5b3c 4d7048 d9b7a8 5f7d9c ffeada", 0.16),
    "day": _palette("2f7fd0 77b6ea d9eef5 fffbe0 ffffff 7f9fb4 86b354 4a7f35 4f8a3c 5fb3d4 1d6fa8 ffffff", 0.66),
    "dusk": _palette("33275e 8a3f7d fb9a55 ffe27a e58a72 6d4a6c 7d6248 33293a 4a3a3c ec9464 58344f e9b9a8", 0.13),
    "night": _palette(
        "0a1030 1a2d60 4468a6 f4f1dc 3a4a7a 2a4280 33586a 1a323f 25494a 305592 10224a 92a6da", 0.7, lamps=True
    ),
}

SEASONS = {
    "spring": ("9ccf62", "5f9c45", "6fae55"),
    "autumn": ("c9a24e", "7d5a2c", "d9772b"),
    "winter": ("e6edf4", "b9c8d8", "8fa3ad"),
}
"""Land, near land and leaves where the season has its own."""

COLOURS = {
    "white": rgb("f1eee8"),
    "black": rgb("2b2a30"),
    "grey": rgb("8d9199"),
    "red": rgb("d2322d"),
    "orange": rgb("e58a35"),
    "yellow": rgb("f0c445"),
    "green": rgb("4c9a52"),
    "blue": rgb("3568c4"),
    "purple": rgb("7d4fb0"),
    "pink": rgb("f08fb0"),
    "brown": rgb("80502f"),
}


def palette_of(board: Storyboard) -> Palette:
    """Return the storyboard's palette, before its style."""
    palette = TIMES[board.time]
    season = "winter" if board.weather == "snow" and board.season == "summer" else board.season
    if season in SEASONS and "seasonless" not in lexicon().places[board.place].traits:
        land, near, leaf = (palette.lit(rgb(c)) for c in SEASONS[season])
        blossom = palette.lit(rgb("f0a9c0")) if season == "spring" else None
        palette = msgspec.structs.replace(palette, land=land, near=near, leaf=leaf, blossom=blossom)
    if board.weather in ("rain", "storm", "cloud"):
        return _clouded(palette, 0.8, 0.72) if board.weather == "storm" else _clouded(palette, 0.6)
    if board.weather == "snow":
        palette = _clouded(palette, 0.2 if palette.lamps else 0.62)  # snow keeps a night blue
    if board.weather in ("mist", "snow"):
        veil, thick = mix(palette.horizon, palette.cloud, 0.5), 1.0 if board.weather == "mist" else 0.5
        return msgspec.structs.replace(
            palette,
            zenith=mix(palette.zenith, veil, 0.5 * thick),
            sky=mix(palette.sky, veil, 0.75 * thick),
            sun=mix(palette.sun, veil, 0.4 * thick),
            cloud=mix(palette.cloud, veil, 0.6 * thick),
            far=mix(palette.far, veil, 0.72 * thick),
            land=mix(palette.land, veil, 0.34 * thick),
            leaf=mix(palette.leaf, veil, 0.22 * thick),
            sea=mix(palette.sea, veil, 0.4 * thick),
            near=mix(palette.near, veil, 0.1 * thick),
        )
    return palette


def _clouded(palette: Palette, share: float, light: float = 1.0) -> Palette:
    """Return the palette under a closed sky: greyer, darker, without a bright horizon."""
    changed = {}
    for name in ("zenith", "sky", "horizon", "cloud", "far", "land", "near", "leaf", "sea", "deep", "light"):
        r, g, b = getattr(palette, name)
        grey = (0.3 * r + 0.55 * g + 0.15 * b) * light
        changed[name] = mix((r, g, b), (grey * 0.78, grey * 0.84, grey * 0.92), share)
    changed["zenith"] = mix(changed["zenith"], changed["cloud"], 0.5)  # no gap between the clouds stands out
    return msgspec.structs.replace(palette, **changed)


def saturated(amount: float) -> npt.NDArray[np.float64]:
    """Return the matrix from BGR to BGR that makes colours stronger (above 1) or greyer (below 1)."""
    grey = np.tile([0.0722, 0.7152, 0.2126], (3, 1))
    return np.asarray(grey + (np.eye(3) - grey) * amount)


def to_planes(colours: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the 4x4 matrix from premultiplied BGRA to premultiplied Y, U, V, A behind one from BGRA to BGRA."""
    to_yuv = np.eye(4)
    to_yuv[:3] = BGR_TO_YUV / [1, 1, 1, 255]
    return np.asarray(to_yuv @ colours)


PLAIN = to_planes(np.eye(4))
"""The matrix of a picture without a style."""
