"""Painted sheets laid over each other, frame by frame, in the encoder's own planes.

A layer is painted once and kept as premultiplied Y, U, V with what it lets through (255 - alpha), so that laying it
over a picture is `dst * keep / 255 + sheet`. Layers only move sideways; one zoom of the finished stage gives push and
tilt. Parts of a layer that are empty, or hidden by an opaque nearer one, are not touched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.pixels import painted_rows
from reelgate.animatic.drawing.sheets import SUBPIXEL, Sheet, lay
from reelgate.animatic.staging.camera import View
from reelgate.render.planes import Plane, Planes

BLOCK = 32  # columns that are culled together: `_blocks` looks at eight by four of them
_CALL = 16_000  # how many blended pixels take as long as the calls for one more strip


@dataclass(frozen=True, slots=True)
class Strip:
    """Columns `left` to `right` of a sheet: rows from `top` are painted, rows from `solid` on hide what is behind."""

    left: int
    right: int
    top: int
    solid: int
    bottom: int


@dataclass(slots=True)
class Layer:
    """A sheet across the whole frame, its first row at `top`.

    `z` is its distance: 1 is where the subjects are, the view moves it by 1/z. With a `period` (pixels) it repeats
    sideways without end, and `drift` (pixels a second) moves it on its own. `wave` (pixels) sways it to and fro.
    """

    sheet: Sheet
    top: int
    z: float
    period: int = 0
    drift: float = 0.0
    wave: float = 0.0
    phase: float = 0.0
    strips: list[Strip] = field(default_factory=list)

    @classmethod
    def of(
        cls, pixels: npt.NDArray[np.uint8], grade: npt.NDArray[np.float64], z: float, period: int, view_width: int
    ) -> Layer | None:
        """Return the layer of a painted canvas, cut to its painted rows; None when nothing is painted."""
        rows = painted_rows(pixels)
        if rows.stop == 0:
            return None
        top, bottom = rows.start & ~1, rows.stop
        sheet = Sheet.of(pixels[top:bottom], grade)
        if period:
            sheet = sheet.going_on(view_width + 2)
        return cls(sheet, top, z, period, strips=_strips(sheet.keep))

    def offset(self, view: View, t: float) -> float:
        """Return the sheet's column at the left edge of the view."""
        if not self.period:
            return 0.0
        moved = view.x / self.z - self.drift * t + self.wave * math.sin(1.1 * t + self.phase)
        return moved % self.period


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a pose stands: `x`, `y` of its anchor in pixels, at the subjects' depth of the view."""

    x: float
    y: float
    pose: int = 0
    scale: float = 1.0
    opacity: float = 1.0


class Poses(Protocol):
    """The pictures of one cycle of a movement."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> Sheet: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Something smaller than a layer that moves by itself. `path` says where it is `t` seconds into the clip.

    With a `span` (pixels) it comes back at the other side once it has left the frame by that much.
    """

    poses: Poses
    anchor: tuple[float, float]
    z: float
    path: Callable[[float], Stamp]
    span: float = 0.0
    pinned: bool = False
    """It stays where it is in the frame, however the view travels."""

    def draw(self, out: Planes, view: View, t: float) -> None:
        """Lay the pose of this moment over the picture."""
        stamp = self.path(t)
        x = stamp.x if self.pinned else stamp.x - view.x / self.z
        if self.span:
            x = (x + self.span) % (out.width + 2 * self.span) - self.span
        sheet = self.poses[stamp.pose % len(self.poses)]
        left, top = x - self.anchor[0] * stamp.scale, stamp.y - self.anchor[1] * stamp.scale
        lay(out, sheet, left, top, stamp.scale, stamp.opacity)


class Player(Protocol):
    """Something at a distance that draws itself: an actor, a clip that plays in the scene."""

    @property
    def z(self) -> float:
        """Its distance, as a layer's."""
        ...

    def draw(self, out: Planes, view: View, t: float) -> None:
        """Draw this moment over the picture."""
        ...


class Compositor:
    """Lays layers and players over each other, the far ones first, into one picture."""

    def __init__(self, layers: Sequence[Layer], players: Sequence[Player]) -> None:
        everything: list[Layer | Player] = [*layers, *players]
        self._order = sorted(everything, key=lambda item: -item.z)
        self._layers = [item for item in self._order if isinstance(item, Layer)]
        largest = max((layer.sheet.y.size for layer in self._layers), default=0)
        self._scratch = np.empty((2, largest), np.uint8)

    def draw(self, out: Planes, view: View, t: float) -> None:
        """Draw the moment `t` as seen from `view`, before its zoom."""
        offsets = {id(layer): layer.offset(view, t) for layer in self._layers}
        limits = self._occlusion(out, offsets)
        for item in self._order:
            if isinstance(item, Layer):
                self._lay_strips(out, item, offsets[id(item)], limits[id(item)])
            else:
                item.draw(out, view, t)

    def _occlusion(self, out: Planes, offsets: dict[int, float]) -> dict[int, npt.NDArray[np.int64]]:
        """Return for each layer, block by block of output columns, the row from which nearer layers hide it."""
        cover = np.full(-(-out.width // BLOCK), out.height)
        limits = {}
        for layer in reversed(self._layers):
            limits[id(layer)] = cover.copy()
            if layer.top + layer.sheet.y.shape[0] < out.height:
                continue
            shift = int(offsets[id(layer)])
            for strip in layer.strips:
                first, last = -(-(strip.left - shift) // BLOCK), (strip.right - shift - 1) // BLOCK
                if strip.right - shift >= out.width:
                    last = len(cover)
                np.minimum(
                    cover[max(first, 0) : max(last, 0)],
                    layer.top + strip.solid,
                    out=cover[max(first, 0) : max(last, 0)],
                )
        return limits

    def _lay_strips(self, out: Planes, layer: Layer, offset: float, limit: npt.NDArray[np.int64]) -> None:
        whole = int(offset)
        for strip in layer.strips:
            left, right = max(strip.left, whole), min(strip.right, whole + out.width)
            if right <= left:
                continue
            hidden = limit[(left - whole) // BLOCK : -(-(right - whole) // BLOCK)].max()
            bottom = min(strip.bottom, int(hidden) - layer.top, out.height - layer.top)
            for first, last, opaque in ((strip.top, min(strip.solid, bottom), False), (strip.solid, bottom, True)):
                if last > first:
                    self._lay_block(out, layer, (left, right, first, last), offset, opaque=opaque)

    def _lay_block(
        self, out: Planes, layer: Layer, box: tuple[int, int, int, int], offset: float, *, opaque: bool
    ) -> None:
        left, right, first, last = box
        sheet, whole = layer.sheet, int(offset)
        share = offset - whole
        dst = out.y[layer.top + first : layer.top + last, left - whole : right - whole]
        self._over(dst, sheet.y, sheet.keep, (first, last, left, right), share if layer.period else 0.0, opaque)
        half = whole // 2
        l2, r2 = max(left // 2, half), min(-(-right // 2), half + out.width // 2)
        f2, e2, t2 = first // 2, -(-last // 2), layer.top // 2
        e2 = min(e2, out.height // 2 - t2)
        for target, source in ((out.u, sheet.u), (out.v, sheet.v)):
            dst = target[t2 + f2 : t2 + e2, l2 - half : r2 - half]
            self._over(dst, source, sheet.keep_half, (f2, e2, l2, r2), 0.0, opaque)

    def _over(
        self, dst: Plane, src: Plane, keep: Plane, box: tuple[int, int, int, int], share: float, opaque: bool
    ) -> None:
        colour = self._shifted(src, box, share, 0)
        if opaque:
            np.copyto(dst, colour)
            return
        cv2.multiply(dst, self._shifted(keep, box, share, 1), dst=dst, scale=1 / 255)
        cv2.add(dst, colour, dst=dst)

    def _shifted(self, plane: Plane, box: tuple[int, int, int, int], share: float, slot: int) -> Plane:
        """Return a part of a plane, seen `share` of a pixel farther right."""
        first, last, left, right = box
        here = plane[first:last, left:right]
        if share < SUBPIXEL or right >= plane.shape[1]:
            return here
        scratch = self._scratch[slot, : here.size].reshape(here.shape)
        cv2.addWeighted(here, 1 - share, plane[first:last, left + 1 : right + 1], share, 0, dst=scratch)
        return scratch


def _strips(keep: Plane) -> list[Strip]:
    """Cut a sheet into few upright strips with little empty space in each."""
    height, width = keep.shape
    strips: list[Strip] = []
    for index, (painted, clear) in enumerate(zip(_blocks(255 - keep), _blocks(keep), strict=True)):
        if not painted.size:
            continue
        left = index * BLOCK
        top, bottom = int(painted[0]) & ~1, min(-(-(int(painted[-1]) + 1) // 2) * 2, height)
        solid = min(-(-(int(clear[-1]) + 1 if clear.size else 0) // 2) * 2, bottom)
        strip = Strip(left, min(left + BLOCK, width), top, max(solid, top), bottom)
        if (
            strips
            and strips[-1].right == left
            and _cost(_joined(strips[-1], strip)) <= _cost(strips[-1]) + _cost(strip)
        ):
            strip = _joined(strips.pop(), strip)
        strips.append(strip)
    return strips


def _blocks(plane: Plane) -> list[npt.NDArray[np.intp]]:
    """Return for each block of columns the rows in which not all is 0."""
    missing = -plane.shape[1] % BLOCK
    whole = cv2.copyMakeBorder(plane, 0, 0, 0, missing, cv2.BORDER_REPLICATE)
    anything = (whole.view(np.uint64) != 0).view(np.uint32) != 0  # eight samples, then four times eight at once
    return [np.flatnonzero(column) for column in anything.T]


def _cost(strip: Strip) -> float:
    """Estimate the work of a strip, in blended pixels; copying is cheaper."""
    return (strip.right - strip.left) * ((strip.solid - strip.top) + 0.3 * (strip.bottom - strip.solid)) + _CALL


def _joined(a: Strip, b: Strip) -> Strip:
    return Strip(a.left, b.right, min(a.top, b.top), max(a.solid, b.solid), max(a.bottom, b.bottom))
