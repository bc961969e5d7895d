"""Cuts a reference's figure out of its picture: by its own alpha, or from a plain background."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.pictures import load, opaque

WORKING_SIDE = 320  # pixels of the longer side while looking for the background
PLAIN_DEVIATION = 22.0  # of the border's colours; a photo's border has more
FLOOD_TOLERANCE = 14
_LEAST, _MOST = 0.04, 0.93  # the shares of the picture that a cut-out may cover

Bgra = npt.NDArray[np.uint8]


def cut(path: Path, longest: int) -> tuple[Bgra, bool]:
    """Load a picture with its longer side at most `longest`: premultiplied BGRA, and whether a figure was cut out.

    A cut-out is cropped to the figure; where none is found the picture comes whole and opaque.
    Raises UnusableInput when the picture can't be decoded.
    """
    picture = _fitted(load(path), longest)
    alpha = picture[..., 3]
    if _sensible(alpha):
        return _cropped(_premultiplied(picture[..., :3], alpha)), True
    bgr = opaque(picture)
    mask = _foreground(bgr)
    if mask is not None:
        return _cropped(_premultiplied(bgr, mask)), True
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA), np.uint8), False


def _fitted(picture: Bgra, longest: int) -> Bgra:
    scale = longest / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = (max(2, round(picture.shape[1] * scale)), max(2, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _foreground(bgr: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
    """Return the alpha of what does not belong to a plain background that touches the border; None if there is none."""
    scale = min(1.0, WORKING_SIDE / max(bgr.shape[:2]))
    small = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    border = np.concatenate(
        [small[:2].reshape(-1, 3), small[-2:].reshape(-1, 3), small[:, :2].reshape(-1, 3), small[:, -2:].reshape(-1, 3)]
    )
    if border.std(0).max() > PLAIN_DEVIATION:
        return None
    framed = cv2.copyMakeBorder(small, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=[float(c) for c in np.median(border, 0)])
    flooded = np.zeros((framed.shape[0] + 2, framed.shape[1] + 2), np.uint8)
    tolerance = (FLOOD_TOLERANCE,) * 3
    cv2.floodFill(
        framed,
        flooded,
        (0, 0),
        (0, 0, 0),
        tolerance,
        tolerance,
        4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (255 << 8),
    )
    mask = 255 - flooded[2:-2, 2:-2]
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    soft = cv2.resize(cv2.GaussianBlur(mask, (0, 0), 0.8), (bgr.shape[1], bgr.shape[0]), interpolation=cv2.INTER_LINEAR)
    alpha = np.asarray(np.clip((soft.astype(np.int16) - 96) * 2, 0, 255), np.uint8)
    return alpha if _sensible(alpha) else None


def _sensible(alpha: npt.NDArray[np.uint8]) -> bool:
    return bool(_LEAST < float((alpha > 127).mean()) < _MOST)


def _premultiplied(bgr: npt.NDArray[np.uint8], alpha: npt.NDArray[np.uint8]) -> Bgra:
    colours = bgr * (alpha[..., None].astype(np.float32) / 255) + np.float32(0.5)
    return np.dstack([colours.astype(np.uint8), alpha])


def _cropped(picture: Bgra) -> Bgra:
    rows, columns = (np.flatnonzero(picture[..., 3].max(axis) > 8) for axis in (1, 0))
    return np.ascontiguousarray(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
