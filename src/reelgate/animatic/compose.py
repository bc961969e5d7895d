"""Painted sheets laid over each other, frame by frame, in the encoder's own planes.

A layer is painted once and kept as premultiplied Y, U, V with what it lets through (255 - alpha), so that laying it
over a picture is `dst * keep / 255 + sheet`. Layers only move sideways; one zoom of the finished stage gives push and
tilt. Parts of a layer that are empty, or hidden by an opaque nearer one, are not touched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.camera import View
from reelgate.animatic.planes import Plane, Planes

MARGIN = 128
BLOCK = 32  # columns that are culled together
_CALL = 16_000  # how many blended pixels take as long as the calls for one more strip
_SUBPIXEL = 1 / 12  # smaller shifts than this are not seen


@dataclass(frozen=True, slots=True)
class Sheet:
    """A premultiplied picture: `y` and `keep` at full size, `u`, `v` and `keep_half` at half. Sides are even.

    `left` and `top` say what was trimmed off the picture that it comes from.
    """

    y: Plane
    keep: Plane
    u: Plane
    v: Plane
    keep_half: Plane
    left: int = 0
    top: int = 0

    @classmethod
    def of(cls, pixels: npt.NDArray[np.uint8], grade: npt.NDArray[np.float64]) -> Sheet:
        """Return the sheet of a premultiplied BGRA picture under a 4x4 colour matrix."""
        height, width = pixels.shape[:2]
        even = cv2.copyMakeBorder(pixels, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
        y, u, v, alpha = cv2.split(cv2.transform(even, grade))
        size = (y.shape[1] // 2, y.shape[0] // 2)
        half = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (u, v, alpha)]
        u, v, alpha_half = (np.asarray(plane, np.uint8) for plane in half)
        return cls(np.asarray(y, np.uint8), np.asarray(255 - alpha, np.uint8), u, v, 255 - alpha_half)

    @classmethod
    def trimmed(cls, pixels: npt.NDArray[np.uint8], grade: npt.NDArray[np.float64]) -> Sheet:
        """Return the sheet of the painted part of a picture, with an empty pixel or two around it."""
        rows, columns = (np.flatnonzero(pixels[..., 3].any(axis)) for axis in (1, 0))
        if not rows.size:
            return cls.of(pixels[:2, :2], grade)
        top, left = (max(int(edge[0]) - 2, 0) & ~1 for edge in (rows, columns))
        part = cls.of(np.ascontiguousarray(pixels[top : rows[-1] + 3, left : columns[-1] + 3]), grade)
        return replace(part, left=left, top=top)


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
        rows = np.flatnonzero(pixels[..., 3].max(1))
        if not rows.size:
            return None
        top, bottom = int(rows[0]) & ~1, int(rows[-1]) + 1
        cut = pixels[top:bottom]
        if period:
            cut = np.concatenate([cut, cut[:, : view_width + 2]], 1)
        sheet = Sheet.of(np.ascontiguousarray(cut), grade)
        return cls(sheet, top, z, period, strips=_strips(sheet.keep))

    def offset(self, view: View, t: float) -> float:
        """Return which column of the sheet stands at the left edge of the view."""
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


@dataclass(frozen=True, slots=True)
class Actor:
    """Something smaller than a layer that moves by itself. `path` says where it is `t` seconds into the clip.

    With a `span` (pixels) it comes back at the other side once it has left the frame by that much.
    """

    poses: Sequence[Sheet]
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
        self._scratch: dict[tuple[int, tuple[int, ...]], Plane] = {}

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
        if share < _SUBPIXEL or right >= plane.shape[1]:
            return here
        scratch = self._scratch.get((slot, here.shape))
        if scratch is None:
            scratch = self._scratch[slot, here.shape] = np.empty(here.shape, np.uint8)
        cv2.addWeighted(here, 1 - share, plane[first:last, left + 1 : right + 1], share, 0, dst=scratch)
        return scratch


def lay(out: Planes, sheet: Sheet, left: float, top: float, scale: float = 1.0, opacity: float = 1.0) -> None:
    """Lay a sheet over a picture, its upper left corner at (left, top) pixels; parts outside are left out."""
    left, top = left + sheet.left * scale, top + sheet.top * scale
    if opacity > 0.004:
        _lay_plane(out.y, sheet.y, sheet.keep, (left, top), scale, opacity)
        corner = (left / 2, top / 2)
        _lay_plane(out.u, sheet.u, sheet.keep_half, corner, scale, opacity)
        _lay_plane(out.v, sheet.v, sheet.keep_half, corner, scale, opacity)


def _lay_plane(dst: Plane, src: Plane, keep: Plane, corner: tuple[float, float], scale: float, opacity: float) -> None:
    left, top = corner
    if scale == 1:
        _lay_shifted(dst, src, keep, corner, opacity)
        return
    x0, y0 = max(math.floor(left), 0), max(math.floor(top), 0)
    x1 = min(math.ceil(left + src.shape[1] * scale), dst.shape[1])
    y1 = min(math.ceil(top + src.shape[0] * scale), dst.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    centre = 0.5 / scale - 0.5
    matrix = np.array([[1 / scale, 0, (x0 - left) / scale + centre], [0, 1 / scale, (y0 - top) / scale + centre]])
    flags, size = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, (x1 - x0, y1 - y0)
    colour = cv2.warpAffine(src, matrix, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=(0,))
    through = cv2.warpAffine(keep, matrix, size, flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,))
    _blend(dst[y0:y1, x0:x1], np.asarray(colour, np.uint8), np.asarray(through, np.uint8), opacity)


def _lay_shifted(dst: Plane, src: Plane, keep: Plane, corner: tuple[float, float], opacity: float) -> None:
    """Lay at full size: whole pixels by slicing, the rest by mixing neighbours, far cheaper than a warp."""
    exact_x, exact_y = (round(c) if abs(c - round(c)) < _SUBPIXEL else c for c in corner)
    left, top = math.floor(exact_x), math.floor(exact_y)
    x0, y0 = max(-left, 0), max(-top, 0)
    x1, y1 = min(src.shape[1], dst.shape[1] - left), min(src.shape[0], dst.shape[0] - top)
    share_x, share_y = exact_x - left, exact_y - top
    x0, y0 = max(x0, int(share_x > 0)), max(y0, int(share_y > 0))
    if x1 <= x0 or y1 <= y0:
        return
    colour, through = (_mixed(plane, (y0, y1, x0, x1), share_x, share_y) for plane in (src, keep))
    _blend(dst[top + y0 : top + y1, left + x0 : left + x1], colour, through, opacity)


def _mixed(plane: Plane, box: tuple[int, int, int, int], share_x: float, share_y: float) -> Plane:
    """Return a part of a plane moved right and down by shares of a pixel."""
    y0, y1, x0, x1 = box
    above = y0 - int(share_y > 0)
    part = plane[above:y1, x0:x1]
    if share_x:
        part = _between(part, plane[above:y1, x0 - 1 : x1 - 1], share_x)
    if share_y:
        part = _between(part[1:], part[:-1], share_y)
    return part


def _between(a: Plane, b: Plane, share: float) -> Plane:
    return np.asarray(cv2.addWeighted(a, 1 - share, b, share, 0), np.uint8)


def _blend(region: Plane, colour: Plane, through: Plane, opacity: float) -> None:
    if opacity < 1:
        colour = np.asarray(cv2.convertScaleAbs(colour, alpha=opacity), np.uint8)
        through = np.asarray(cv2.convertScaleAbs(through, alpha=opacity, beta=255 * (1 - opacity)), np.uint8)
    cv2.multiply(region, through, dst=region, scale=1 / 255)
    cv2.add(region, colour, dst=region)


class Loupe:
    """A stage to draw on, of which a part can be enlarged to the whole frame."""

    def __init__(self, width: int, height: int) -> None:
        # The margin lets `resize` start farther left and higher, where its grid meets the wanted one.
        self._whole = Planes.empty(width + MARGIN, height + MARGIN)
        self._whole.buffer.fill(0)
        y, u, v = self._whole.each()
        half = MARGIN // 2
        self.stage = Planes(self._whole.buffer, y[MARGIN:, MARGIN:], u[half:, half:], v[half:, half:])

    def enlarge(self, out: Planes, view: View) -> None:
        """Draw the part of the stage that the view is centred on over the whole of `out`."""
        share = 1 / view.zoom
        left = min(max(view.centre_x - share / 2, 0.0), 1 - share) * out.width + MARGIN
        top = min(max(view.centre_y - share / 2, 0.0), 1 - share) * out.height + MARGIN
        for source, target, part in zip(self._whole.each(), out.each(), (1.0, 0.5, 0.5), strict=True):
            _zoom_plane(source, target, view.zoom, left * part, top * part)


def _zoom_plane(src: Plane, dst: Plane, scale: float, left: float, top: float) -> None:
    """Sample `src` from (left, top) on. `resize` is three times faster than a warp where a crop of it fits exactly."""
    height, width = dst.shape
    x, y = _phase(left, scale), _phase(top, scale)
    if x is None or y is None:
        matrix = np.array([[1 / scale, 0, left + 0.5 / scale - 0.5], [0, 1 / scale, top + 0.5 / scale - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cv2.warpAffine(src, matrix, (width, height), dst=dst, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return
    (x0, skip_x), (y0, skip_y) = x, y
    x1, y1 = x0 + math.ceil((width + skip_x + 1) / scale) + 1, y0 + math.ceil((height + skip_y + 1) / scale) + 1
    part = cv2.resize(src[y0:y1, x0:x1], None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    part = part[skip_y : skip_y + height, skip_x : skip_x + width]
    if part.shape != dst.shape:
        part = cv2.copyMakeBorder(part, 0, height - part.shape[0], 0, width - part.shape[1], cv2.BORDER_REPLICATE)
    np.copyto(dst, part)


def _phase(start: float, scale: float) -> tuple[int, int] | None:
    """Return a whole source column at or before `start` and how many enlarged columns lie between, within 0.06."""
    candidates = np.arange(math.floor(start), max(math.floor(start) - MARGIN, -1), -1)
    ahead = (start - candidates) * scale
    errors = np.abs(ahead - np.round(ahead))
    best = int(np.argmax(errors < 0.06))
    return (int(candidates[best]), round(float(ahead[best]))) if errors[best] < 0.06 else None


def _strips(keep: Plane) -> list[Strip]:
    """Cut a sheet into few upright strips with little empty space in each."""
    height, width = keep.shape
    strips: list[Strip] = []
    for left in range(0, width, BLOCK):
        block = keep[:, left : left + BLOCK]
        painted = np.flatnonzero(block.min(1) < 255)
        if not painted.size:
            continue
        clear = np.flatnonzero(block.max(1) > 0)
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


def _cost(strip: Strip) -> float:
    """Estimate the work of a strip, in blended pixels; copying is cheaper."""
    return (strip.right - strip.left) * ((strip.solid - strip.top) + 0.3 * (strip.bottom - strip.solid)) + _CALL


def _joined(a: Strip, b: Strip) -> Strip:
    return Strip(a.left, b.right, min(a.top, b.top), max(a.solid, b.solid), max(a.bottom, b.bottom))
