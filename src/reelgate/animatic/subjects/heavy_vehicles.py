"""Long and heavy vehicles: buses, trams, trucks, fire engines, ambulances, excavators."""

from __future__ import annotations

import functools
import math

from reelgate.animatic.drawing.palette import Colour, mix, rgb
from reelgate.animatic.subjects.base import Figure, Gait, Pen, Pose
from reelgate.animatic.subjects.vehicles import lamps, rolling, slab, wheel

_WHEEL = 0.2


def _glass(pen: Pen, pose: Pose, x: float, y: float, wide: float, tall: float) -> None:
    """Draw a pane: lit from inside at night, by day with the sky in it."""
    tone = rgb("ffe3a0") if pose.lamps else pose.lit("3a5068")
    slab(pen, x, y, wide, tall, tone, 0.035)
    shine = [(x + wide * 0.2, y + tall * 0.92), (x + wide * 0.5, y + tall * 0.08), (x + wide * 0.68, y + tall * 0.08)]
    pen.polygon([*shine, (x + wide * 0.38, y + tall * 0.92)], mix(tone, (255.0, 255.0, 255.0), 0.5), 0.45)


def _driver(pen: Pen, pose: Pose, x: float, sill: float, below: Colour) -> None:
    """Draw the driver behind a pane, down to its sill, and the door below it again."""
    if pose.rider:
        pose.rider(pen.moved(x, sill + 0.13, 0.5), pose.phase, "above")
        pen.rect(x - 0.2, sill, 0.42, 0.12, below)


def _wheels(pen: Pen, pose: Pose, places: tuple[float, ...], arch: Colour) -> None:
    for x in places:
        pen.oval(x, -_WHEEL - 0.02, _WHEEL * 1.24, _WHEEL * 1.24, arch)
        wheel(pen, pose, x, -_WHEEL + 0.01, _WHEEL)


def _beacon(pen: Pen, pose: Pose, x: float, y: float, colours: tuple[str, str]) -> None:
    """Draw a pair of lights that flash in turn."""
    for i, colour in enumerate(colours):
        on = pose.swing(0.5 * i) > 0
        at = x + 0.13 * i
        slab(pen, at - 0.06, y - 0.07, 0.12, 0.09, rgb(colour) if on else mix(rgb(colour), (0.0, 0.0, 0.0), 0.45), 0.03)
        if on:
            pen.halo(at, y - 0.03, 0.3, rgb(colour), 0.5)


def _coach(pen: Pen, pose: Pose, *, rails: bool) -> None:
    """A bus, or with rails a tram."""
    paint, dark = pose.lit(pose.colour), pose.lit("23242c")
    sway = 0.006 * pose.swing(0.2)
    pale, shade = mix(paint, (255.0, 255.0, 255.0), 0.72), mix(paint, pose.lit("14121e"), 0.32)
    if rails:
        pen.tube([(-0.2, -1.02), (0.06, -1.14), (-0.14, -1.26)], [0.025, 0.025, 0.025], dark)
    pen.rect(-1.45, -0.3, 2.95, 0.16, dark)
    slab(pen, -1.6, -1.04 + sway, 3.2, 0.84, paint, 0.14 if rails else 0.1)
    slab(pen, -1.6, -1.04 + sway, 3.2, 0.15, pale, 0.07)
    slab(pen, -1.6, -0.34 + sway, 3.2, 0.15, shade, 0.06)
    for i in range(6):
        _glass(pen, pose, -1.48 + 0.445 * i, -0.88 + sway, 0.4, 0.33)
    for x in (-0.15, 1.1) if rails else (1.17,):
        _glass(pen, pose, x, -0.88 + sway, 0.3, 0.62)
        pen.limb([(x + 0.15, -0.87 + sway), (x + 0.15, -0.26 + sway)], [0.014, 0.014], shade)
    _glass(pen, pose, 1.47, -0.9 + sway, 0.11, 0.4)
    _driver(pen, pose, 0.9, -0.55 + sway, paint)
    pen.limb([(-1.55, -0.47 + sway), (1.14, -0.47 + sway)], [0.025, 0.025], pale)
    lamps(pen, pose, (1.57, -0.36 + sway), (-1.57, -0.44 + sway))
    if rails:
        for x in (-1.15, -0.8, 0.75, 1.1):
            wheel(pen, pose, x, -0.13, 0.1)
        return
    _wheels(pen, pose, (-0.98, 1.0), dark)


def _cab(pen: Pen, pose: Pose, paint: Colour, sway: float) -> None:
    """Draw a lorry's cab, from x 0.5 to 1.55."""
    body = [(0.55, -0.94), (1.16, -0.94), (1.36, -0.86), (1.5, -0.5), (1.54, -0.22), (0.55, -0.22)]
    pen.polygon([(x, y + sway) for x, y in body], paint)
    slab(pen, 0.55, -0.36 + sway, 1.0, 0.16, mix(paint, pose.lit("14121e"), 0.3), 0.05)
    pane = rgb("ffe3a0") if pose.lamps else pose.lit("3a5068")
    pen.polygon(
        [(x, y + sway) for x, y in ((0.74, -0.84), (1.14, -0.84), (1.28, -0.78), (1.36, -0.54), (0.74, -0.54))], pane
    )
    _driver(pen, pose, 0.94, -0.54 + sway, paint)
    shine = ((0.84, -0.55), (0.98, -0.83), (1.1, -0.83), (0.96, -0.55))
    pen.polygon([(x, y + sway) for x, y in shine], mix(pane, (255.0, 255.0, 255.0), 0.5), 0.45)
    pen.limb([(0.74, -0.5 + sway), (0.74, -0.24 + sway)], [0.012, 0.012], mix(paint, (0.0, 0.0, 0.0), 0.35))
    pen.limb([(0.8, -0.46 + sway), (0.9, -0.46 + sway)], [0.025, 0.025], mix(paint, (255.0, 255.0, 255.0), 0.6))
    pen.limb([(1.46, -0.74 + sway), (1.48, -0.6 + sway)], [0.04, 0.04], pose.lit("23242c"))
    lamps(pen, pose, (1.51, -0.37 + sway), (-1.54, -0.4 + sway))


def _truck(pen: Pen, pose: Pose) -> None:
    paint, dark, sway = pose.lit(pose.colour), pose.lit("23242c"), 0.008 * pose.swing(0.2)
    hold = pose.lit("eceae4")
    pen.rect(-1.5, -0.34, 2.9, 0.16, dark)
    slab(pen, -1.58, -1.12 + sway, 2.08, 0.86, hold, 0.03)
    for i in range(8):
        pen.limb(
            [(-1.46 + 0.26 * i, -1.08 + sway), (-1.46 + 0.26 * i, -0.3 + sway)], [0.01, 0.01], mix(hold, dark, 0.18)
        )
    pen.rect(-1.58, -0.6 + sway, 2.08, 0.07, paint)
    _cab(pen, pose, paint, sway)
    _wheels(pen, pose, (-1.12, -0.66, 1.04), dark)


def _fire_engine(pen: Pen, pose: Pose) -> None:
    paint, dark, steel = pose.lit(pose.colour), pose.lit("23242c"), pose.lit("c8ced6")
    sway = 0.008 * pose.swing(0.2)
    pen.rect(-1.5, -0.34, 2.9, 0.16, dark)
    slab(pen, -1.58, -0.84 + sway, 2.1, 0.62, paint, 0.04)
    for i in range(3):
        x = -1.4 + 0.62 * i
        slab(pen, x, -0.76 + sway, 0.5, 0.32, mix(steel, dark, 0.12), 0.03)
        for k in range(4):
            pen.limb(
                [(x + 0.04, -0.7 + 0.075 * k + sway), (x + 0.46, -0.7 + 0.075 * k + sway)],
                [0.01, 0.01],
                mix(steel, dark, 0.4),
            )
    pen.rect(-1.58, -0.38 + sway, 2.1, 0.06, pose.lit("f4f0e6"))
    for y in (-0.9, -1.04):
        pen.limb([(-1.66, y + sway), (0.72, y - 0.06 + sway)], [0.032, 0.032], steel)
    for i in range(15):
        x = -1.6 + 0.155 * i
        pen.limb([(x, -0.9 - 0.004 * i + sway), (x, -1.04 - 0.004 * i + sway)], [0.02, 0.02], steel)
    pen.oval(-1.5, -0.86 + sway, 0.09, 0.09, dark)
    _cab(pen, pose, paint, sway)
    pen.rect(0.55, -0.5 + sway, 0.98, 0.06, pose.lit("f4f0e6"))
    _beacon(pen, pose, 0.86, -0.95 + sway, ("2f6cff", "2f6cff"))
    _wheels(pen, pose, (-0.95, 1.04), dark)


def _ambulance(pen: Pen, pose: Pose) -> None:
    paint, dark, red = pose.lit(pose.colour), pose.lit("23242c"), pose.lit("d2322d")
    sway = 0.008 * pose.swing(0.2)
    pen.rect(-1.4, -0.34, 2.8, 0.16, dark)
    slab(pen, -1.5, -1.08 + sway, 2.1, 0.86, paint, 0.07)
    _cab(pen, pose, paint, sway)
    pen.rect(-1.5, -0.5 + sway, 3.0, 0.11, red)
    for i in range(10):
        x = -1.46 + 0.3 * i
        pen.polygon(
            [(x, -0.39 + sway), (x + 0.08, -0.5 + sway), (x + 0.16, -0.5 + sway), (x + 0.08, -0.39 + sway)], paint
        )
    _glass(pen, pose, 0.06, -0.94 + sway, 0.42, 0.3)
    for wide, tall in ((0.13, 0.38), (0.38, 0.13)):
        pen.rect(-0.75 - wide / 2, -0.77 - tall / 2 + sway, wide, tall, red)
    _beacon(pen, pose, 0.34, -1.07 + sway, ("2f6cff", "ff3a30"))
    _wheels(pen, pose, (-0.95, 1.04), dark)


def _excavator(pen: Pen, pose: Pose) -> None:
    """An excavator on tracks: its arm reaches out, digs in and lifts."""
    paint, dark, steel = pose.lit(pose.colour), pose.lit("23242c"), pose.lit("8d95a3")
    work = pose.swing() if pose.action == "stand" else 0.25 * pose.swing()
    slab(pen, -0.95, -0.3, 1.7, 0.3, dark, 0.15)
    turn = pose.phase if pose.action == "drive" else 0.0
    for i in range(10):
        x = -0.86 + 1.52 * ((i + turn * 2) % 10) / 10
        pen.rect(x, -0.03, 0.08, 0.035, mix(dark, steel, 0.35))
        pen.rect(1.52 - 0.86 - (x + 0.86) - 0.08, -0.31, 0.08, 0.03, mix(dark, steel, 0.35))
    for x in (-0.76, -0.34, 0.1, 0.54):
        pen.oval(x, -0.15, 0.1, 0.1, steel)
        pen.oval(x, -0.15, 0.04, 0.04, dark)
    pen.rect(-0.4, -0.37, 0.6, 0.09, dark)
    shoulder = (0.3, -0.5)
    elbow = (0.98 + 0.08 * work, -1.24 - 0.1 * work)
    bucket = (1.62 + 0.16 * work, -0.5 - 0.32 * work)
    slab(pen, -1.0, -0.72, 0.9, 0.36, paint, 0.08)
    pen.rect(-0.96, -0.5, 0.82, 0.06, mix(paint, dark, 0.6))
    slab(pen, -0.2, -1.08, 0.52, 0.72, paint, 0.06)
    _glass(pen, pose, -0.13, -1.02, 0.38, 0.4)
    _driver(pen, pose, 0.04, -0.62, paint)
    pen.limb([(-0.62, -0.72), (-0.62, -0.9)], [0.06, 0.06], dark)
    pen.limb([(0.46, -0.56), ((shoulder[0] + elbow[0]) / 2 + 0.06, (shoulder[1] + elbow[1]) / 2)], [0.05, 0.05], steel)
    pen.tube([shoulder, (0.56, -1.02), elbow], [0.2, 0.18, 0.14], paint)
    pen.limb([(elbow[0] - 0.1, elbow[1] - 0.08), bucket], [0.15, 0.1], mix(paint, dark, 0.1))
    pen.limb([(0.66, -1.16), (elbow[0] + 0.08, elbow[1] - 0.1)], [0.05, 0.05], steel)
    pen.oval(*elbow, 0.05, 0.05, dark)
    curl = 0.5 * work - 0.3
    scoop = [(0.08, -0.06), (0.12, 0.2), (-0.1, 0.36), (-0.32, 0.26), (-0.18, 0.12), (-0.1, 0.0)]
    turned = [
        (bucket[0] + x * math.cos(curl) - y * math.sin(curl), bucket[1] + x * math.sin(curl) + y * math.cos(curl))
        for x, y in scoop
    ]
    pen.blob(turned, mix(dark, steel, 0.4))


_DRIVE = {"drive": rolling(0.5, _WHEEL, 5), "stand": Gait(1.0, 0.0)}
_BOX = (-1.75, -1.25, 2.45, 0.06)
_ALIASES = {"run": "drive", "walk": "drive"}


HEAVY = {
    "truck": Figure(_truck, 0.3, _BOX, rgb("3a6fb0"), "road", _DRIVE, 12, shadow=0.8, metres=3.0, aliases=_ALIASES),
    "bus": Figure(
        functools.partial(_coach, rails=False), 0.3, _BOX, rgb("d8a032"), "road", _DRIVE, 12, shadow=0.8, metres=3.0,
        aliases=_ALIASES,
    ),
    "tram": Figure(
        functools.partial(_coach, rails=True), 0.3, (-1.75, -1.32, 2.45, 0.04), rgb("2f8f6a"), "road",
        {"drive": rolling(0.5, 0.1, 7), "stand": Gait(1.0, 0.0)}, 12, shadow=0.0, metres=3.4, aliases=_ALIASES,
    ),
    "fire_engine": Figure(
        _fire_engine, 0.3, _BOX, rgb("cf2f28"), "road", _DRIVE, 12, shadow=0.8, metres=3.0, aliases=_ALIASES
    ),
    "ambulance": Figure(
        _ambulance, 0.28, _BOX, rgb("f4f5f6"), "road", _DRIVE, 12, shadow=0.8, metres=2.6, aliases=_ALIASES
    ),
    "excavator": Figure(
        _excavator, 0.32, (-1.1, -1.6, 2.05, 0.06), rgb("f0b428"), "road",
        {"stand": Gait(3.6, 0.0), "drive": Gait(1.0, 0.304)}, 24, shadow=0.7, metres=3.0, aliases=_ALIASES,
    ),
}  # fmt: skip
