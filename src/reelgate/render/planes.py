"""Pictures the way the encoder takes them: I420 planes in BT.709, limited range.

Everything is drawn straight into these planes: handing the encoder BGR costs a conversion per frame. The matrix is
Rec. ITU-R BT.709-6, section 3 (Kr = 0.2126, Kb = 0.0722), scaled to 16..235 and 16..240. OpenCV's own I420
conversion is BT.601 and therefore not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]
"""One plane of samples, shape (rows, columns)."""

Bgr = npt.NDArray[np.uint8]
"""A picture of shape (height, width, 3) in blue, green, red."""

_KR, _KB = 0.2126, 0.0722
_KG = 1.0 - _KR - _KB
_LUMA = np.array([_KB, _KG, _KR])

BGR_TO_YUV: npt.NDArray[np.float64] = np.vstack(
    [
        np.append(_LUMA * 219 / 255, 16.0),
        np.append((np.array([1.0, 0.0, 0.0]) - _LUMA) / (2 * (1 - _KB)) * 224 / 255, 128.0),
        np.append((np.array([0.0, 0.0, 1.0]) - _LUMA) / (2 * (1 - _KR)) * 224 / 255, 128.0),
    ]
)
"""3x4: full-range BGR and 1 to limited-range Y, U, V; fit for `cv2.transform`."""

_INVERSE = np.linalg.inv(BGR_TO_YUV[:, :3])
YUV_TO_BGR: npt.NDArray[np.float64] = np.hstack([_INVERSE, -_INVERSE @ BGR_TO_YUV[:, 3:]])
"""3x4: the way back."""


@dataclass(frozen=True, slots=True)
class Planes:
    """One I420 picture: `y` of (height, width), `u` and `v` of half that, all views of the contiguous `buffer`.

    `buffer` has shape (height * 3 / 2, width). Sides are even.
    """

    buffer: Plane
    y: Plane
    u: Plane
    v: Plane

    @classmethod
    def empty(cls, width: int, height: int) -> Self:
        """Return planes of undefined content. ValueError when a side is odd."""
        if width % 2 or height % 2:
            raise ValueError(f"I420 needs even sides, not {width}x{height}")
        return cls.around(np.empty((height * 3 // 2, width), np.uint8))

    @classmethod
    def around(cls, buffer: Plane) -> Self:
        """Return planes that live in a contiguous buffer of shape (height * 3 / 2, width)."""
        height, width = buffer.shape[0] * 2 // 3, buffer.shape[1]
        flat, luma, chroma = buffer.reshape(-1), width * height, width * height // 4
        half = (height // 2, width // 2)
        return cls(
            buffer=buffer,
            y=flat[:luma].reshape(height, width),
            u=flat[luma : luma + chroma].reshape(half),
            v=flat[luma + chroma :].reshape(half),
        )

    @classmethod
    def of(cls, bgr: Bgr) -> Self:
        """Return the planes of a BGR picture with even sides."""
        planes = cls.empty(bgr.shape[1], bgr.shape[0])
        planes.draw(bgr)
        return planes

    @property
    def width(self) -> int:
        """Columns of the luma plane."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Rows of the luma plane."""
        return int(self.y.shape[0])

    def each(self) -> tuple[Plane, Plane, Plane]:
        """Return y, u and v."""
        return self.y, self.u, self.v

    def copy_to(self, out: Planes) -> None:
        """Copy this picture over one of the same size."""
        np.copyto(out.buffer, self.buffer)

    def draw(self, bgr: Bgr) -> None:
        """Convert a BGR picture of the same size into these planes."""
        yuv = cv2.transform(bgr, BGR_TO_YUV)
        cv2.extractChannel(yuv, 0, self.y)
        for channel, plane in ((1, self.u), (2, self.v)):
            size = (plane.shape[1], plane.shape[0])
            cv2.resize(cv2.extractChannel(yuv, channel), size, dst=plane, interpolation=cv2.INTER_AREA)

    def bgr(self) -> Bgr:
        """Return the picture as BGR, chroma interpolated."""
        size = (self.width, self.height)
        u, v = (cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in (self.u, self.v))
        return np.asarray(cv2.transform(cv2.merge([self.y, u, v]), YUV_TO_BGR), np.uint8)
