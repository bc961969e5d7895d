"""Premultiplied pictures in the encoder's own planes: laid over others, moved by parts of a pixel, enlarged."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.pixels import weighed
from reelgate.animatic.staging.camera import View
from reelgate.render.planes import Plane, Planes

SUBPIXEL = 1 / 12  # smaller shifts than this are not seen
MARGIN = 128


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
        even = pixels
        if height % 2 or width % 2:
            even = np.asarray(cv2.copyMakeBorder(pixels, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE), np.uint8)
        size = (even.shape[1] // 2, even.shape[0] // 2)
        half = np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), np.uint8)
        keep, keep_half = (cv2.bitwise_not(cv2.extractChannel(picture, 3)) for picture in (even, half))
        y, u, v = weighed(even, grade[0]), weighed(half, grade[1]), weighed(half, grade[2])
        return cls(y, np.asarray(keep, np.uint8), u, v, np.asarray(keep_half, np.uint8))

    @classmethod
    def trimmed(cls, pixels: npt.NDArray[np.uint8], grade: npt.NDArray[np.float64]) -> Sheet:
        """Return the sheet of the painted part of a picture, with an empty pixel or two around it."""
        rows, columns = (np.flatnonzero(pixels[..., 3].any(axis)) for axis in (1, 0))
        if not rows.size:
            return cls.of(pixels[:2, :2], grade)
        top, left = (max(int(edge[0]) - 2, 0) & ~1 for edge in (rows, columns))
        part = cls.of(np.ascontiguousarray(pixels[top : rows[-1] + 3, left : columns[-1] + 3]), grade)
        return replace(part, left=left, top=top)

    def going_on(self, columns: int) -> Sheet:
        """Return the sheet with so many of its first columns, an even number, again at its right."""
        y, keep = (np.concatenate([plane, plane[:, :columns]], 1) for plane in (self.y, self.keep))
        halves = (self.u, self.v, self.keep_half)
        u, v, keep_half = (np.concatenate([plane, plane[:, : columns // 2]], 1) for plane in halves)
        return Sheet(y, keep, u, v, keep_half)


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
    exact_x, exact_y = (round(c) if abs(c - round(c)) < SUBPIXEL else c for c in corner)
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
    """A stage to draw on; a part of it can be enlarged to the whole frame."""

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
