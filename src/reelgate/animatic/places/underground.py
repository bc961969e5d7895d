"""A station under the ground."""

from __future__ import annotations

from reelgate.animatic.drawing.canvas import Canvas
from reelgate.animatic.drawing.palette import mix, rgb
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.room import pale_wall
from reelgate.animatic.places.streetscape import glyph


def subway(b: Backdrop) -> None:
    """A platform under the ground: tiles, posters, a lit train, the yellow line."""
    u = b.unit
    edge, rails = b.height * 0.74, any(subject.kind == "train" for subject in b.board.subjects)
    b.horizon, b.ground = edge, b.height * (0.8 if rails else 0.9)
    wall = b.canvas()
    pale_wall(b, wall, edge, rgb("cfd8d6"))
    _tiles(wall, b, edge)
    b.add(wall, 2.4)
    if not rails:
        train = b.canvas()
        _carriages(train, b, edge - u * 0.02)
        b.add(train, 1.5)
    floor = b.canvas()
    floor.rect(0, edge - u * 0.03, b.period, b.height, rgb("3a3f46"))
    if not rails:
        _platform(floor, b, edge)
    else:
        for dy in (0.05, 0.075):
            floor.rect(0, b.ground + u * (dy - 0.06), b.period, u * 0.008, rgb("b9c0c6"))
    b.add(floor, 1.0)
    if rails:
        near = b.canvas()
        _platform(near, b, b.height * 0.86)
        b.add(near, 0.9)
    columns = b.canvas()
    count = max(2, round(b.period / (u * 0.95)))
    for i in range(count):
        x = b.period * (i + 0.1) / count
        columns.rect(x, 0, u * 0.085, edge + u * 0.03, rgb("8d979c"))
        columns.rect(x, 0, u * 0.028, edge + u * 0.03, rgb("b4bec2"))
        columns.rect(x - u * 0.008, edge - u * 0.01, u * 0.1, u * 0.04, rgb("5f686e"))
    b.add(columns, 1.2)


def _tiles(wall: Canvas, b: Backdrop, edge: float) -> None:
    u, rng = b.unit, b.rng("posters")
    wall.rect(0, 0, b.period, b.height * 0.1, rgb("59636a"))
    for i in range(max(2, round(b.period / (u * 0.5)))):
        wall.glow(u * (0.25 + 0.5 * i), b.height * 0.1, u * 0.34, rgb("fffbe8"), 0.5)
        wall.rect(u * (0.12 + 0.5 * i), b.height * 0.1 - u * 0.008, u * 0.26, u * 0.02, rgb("fffdf0"))
    for i in range(int(b.period / (u * 0.05))):
        wall.rect(u * 0.05 * i, b.height * 0.14, u * 0.002, edge, rgb("b3bdbb"))
    wall.rect(0, b.height * 0.3, b.period, u * 0.03, rgb("c8403c"))
    for i in range(max(2, round(b.period / (u * 0.6)))):
        x = u * (0.1 + 0.6 * i)
        tint = rgb(str(rng.choice(["3f7fae", "e0a23a", "4c9a6a", "b0508a"])))
        wall.rect(x, b.height * 0.37, u * 0.34, u * 0.2, rgb("f4f2ec"))
        wall.rect(x + u * 0.01, b.height * 0.37 + u * 0.01, u * 0.32, u * 0.18, mix(tint, rgb("ffffff"), 0.3))
        wall.ellipse(x + u * 0.23, b.height * 0.37 + u * 0.09, u * 0.06, u * 0.06, mix(tint, rgb("ffffff"), 0.6))
        for k in range(5):
            glyph(wall, rng, x + u * (0.03 + 0.03 * k), b.height * 0.37 + u * 0.05, u * 0.024, tint)


def _carriages(canvas: Canvas, b: Backdrop, foot: float) -> None:
    u, steel = b.unit, rgb("c4ccd0")
    canvas.rect(0, foot - u * 0.48, b.period, u * 0.5, steel)
    canvas.rect(0, foot - u * 0.48, b.period, u * 0.02, rgb("8d979c"))
    canvas.rect(0, foot - u * 0.13, b.period, u * 0.03, rgb("c8403c"))
    count = max(2, round(b.period / (u * 0.62)))
    wide = b.period / count
    for i in range(count):
        x = wide * i
        for side in (0, 1):
            left = x + u * 0.015 + side * u * 0.108
            canvas.rect(left, foot - u * 0.42, u * 0.1, u * 0.42, rgb("aab4b9"))
            canvas.rect(left + u * 0.018, foot - u * 0.38, u * 0.064, u * 0.18, rgb("fff0c8"))
        for k in range(2):
            left = x + u * 0.27 + (wide - u * 0.29) * k / 2
            canvas.rect(left, foot - u * 0.38, (wide - u * 0.33) / 2, u * 0.17, rgb("fff0c8"))
            canvas.rect(left, foot - u * 0.25, (wide - u * 0.33) / 2, u * 0.04, rgb("d9c9a0"))


def _platform(canvas: Canvas, b: Backdrop, top: float) -> None:
    u = b.unit
    canvas.rect(0, top, b.period, b.height, rgb("a4a9ab"))
    canvas.rect(0, top, b.period, u * 0.018, rgb("d9dcdc"))
    canvas.rect(0, top + u * 0.03, b.period, u * 0.028, rgb("f0c23c"))
    for i in range(int(b.period / (u * 0.022))):
        canvas.ellipse(u * 0.022 * i, top + u * 0.044, u * 0.006, u * 0.004, rgb("d8a528"))
    for i in range(max(4, round(b.period / (u * 0.2)))):
        x = u * 0.2 * i
        canvas.polygon(
            [(x, top + u * 0.06), (x + u * 0.004, top + u * 0.06), (x - u * 0.05, b.height), (x - u * 0.056, b.height)],
            rgb("858b8e"),
        )
    canvas.shade(top, b.height, rgb("20242c"), 0.0, 0.3)
