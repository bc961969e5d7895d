"""Cuts a reference's figure out of its picture: by its own alpha, or from a plain background."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.render.pictures import load, opaque

WORKING_SIDE = 320  # pixels of the longer side while looking for the background
PLAIN_DEVIATION = 22.0  # of a plain border's colours, at most
FLOOD_TOLERANCE = 14
_PLAIN_SHARE, _PLAIN_ABOVE = 0.6, 0.2  # of the border that has to be plain, more of it above; the rest is the figure's
_ONE_THING = 0.42  # of what stands out has to hang together
_HALF = 0.4  # of a figure's width at the lower edge of its picture
_CLEAR = 2.0  # tolerances by which a figure's rim differs from its background
_LEAST, _MOST = 0.04, 0.93  # the shares of the picture that a cut-out may cover

Bgra = npt.NDArray[np.uint8]


class Cutting(NamedTuple):
    """A premultiplied BGRA picture; whether a figure was cut out, and whether its picture cuts it off below, as a
    portrait does.
    """

    pixels: Bgra
    is_figure: bool
    is_half: bool = False


def cut(path: Path, longest: int) -> Cutting:
    """Load a picture with its longer side at most `longest`, and cut out its figure if it has one.

    A cut-out is cropped to the figure; where none is found the picture comes whole and opaque.
    Raises UnusableInput when the picture can't be decoded.
    """
    picture = _fitted(load(path), longest)
    alpha: npt.NDArray[np.uint8] | None = picture[..., 3]
    colours = picture[..., :3]
    if alpha is not None and not _sensible(alpha):
        colours = opaque(picture)
        alpha = _foreground(colours)
    if alpha is None:
        return Cutting(np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2BGRA), np.uint8), is_figure=False)
    is_half = float((alpha[-2] > 127).mean()) > _HALF * float((alpha > 127).any(0).mean())
    return Cutting(_cropped(_premultiplied(colours, alpha)), is_figure=True, is_half=is_half)


def _fitted(picture: Bgra, longest: int) -> Bgra:
    scale = longest / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = (max(2, round(picture.shape[1] * scale)), max(2, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _foreground(bgr: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
    """Return the alpha of all that is not a plain background that touches the border; None without such a
    background."""
    scale = min(1.0, WORKING_SIDE / max(bgr.shape[:2]))
    small = np.asarray(cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    away = _distance(small)
    if away is None:
        return None
    framed = cv2.copyMakeBorder(np.asarray(away <= 1, np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(1,))
    cv2.floodFill(framed, None, (0, 0), (2,))  # what has the background's colour inside a figure is the figure's
    mask = np.asarray(np.where(framed[1:-1, 1:-1] == 2, 0, 255), np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    if not _stands_out(mask, away):
        return None
    soft = cv2.resize(cv2.GaussianBlur(mask, (0, 0), 0.8), (bgr.shape[1], bgr.shape[0]), interpolation=cv2.INTER_LINEAR)
    alpha = np.asarray(np.clip((soft.astype(np.int16) - 96) * 2, 0, 255), np.uint8)
    return alpha if _sensible(alpha) else None


def _stands_out(mask: npt.NDArray[np.uint8], away: npt.NDArray[np.float32]) -> bool:
    """Tell whether what was found is one thing with an outline, not text, specks or a part of a sky's colours."""
    _, _, found, _ = cv2.connectedComponentsWithStats(mask)
    areas = found[1:, cv2.CC_STAT_AREA]
    if not areas.size or areas.max() < _ONE_THING * areas.sum():
        return False
    outer, inner = (cv2.erode(mask, np.ones((size, size), np.uint8)) for size in (3, 7))
    ring = (outer > 0) & (inner == 0)
    return bool(np.median(away[ring]) > _CLEAR) if ring.any() else False


def _distance(small: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32] | None:
    """Return how far each pixel is from the background, which ends at 1; None where the border shows no plain one.

    The background may get lighter or darker to one side, and a part of the border may be a figure's: a portrait
    usually reaches its lower edge.
    """
    rows, columns = np.indices(small.shape[:2], np.float32)
    places = np.stack([np.ones_like(rows), rows / small.shape[0], columns / small.shape[1]], 2)
    edge = np.ones(small.shape[:2], bool)
    edge[2:-2, 2:-2] = False
    known, colours = places[edge], small[edge].astype(np.float32)
    plane = np.zeros((3, 3), np.float32)
    upper = known[:, 1] < 0.5
    plane[0] = np.median(colours[upper], 0)
    inside = np.zeros(len(colours), bool)
    for reach in (2.0, 1.5, 1.0):
        inside = np.abs(colours - known @ plane).max(1) <= reach * PLAIN_DEVIATION
        if min(inside.mean(), inside[upper].mean() - _PLAIN_ABOVE) < _PLAIN_SHARE:
            return None
        plane = np.asarray(np.linalg.lstsq(known[inside], colours[inside], rcond=None)[0], np.float32)
    rough = float((colours[inside] - known[inside] @ plane).std(0).max())
    tolerance = np.float32(FLOOD_TOLERANCE + rough)
    return np.asarray(np.abs(small - places @ plane).max(2) / tolerance, np.float32)


def _sensible(alpha: npt.NDArray[np.uint8]) -> bool:
    return bool(_LEAST < float((alpha > 127).mean()) < _MOST)


def _premultiplied(bgr: npt.NDArray[np.uint8], alpha: npt.NDArray[np.uint8]) -> Bgra:
    colours = bgr * (alpha[..., None].astype(np.float32) / 255) + np.float32(0.5)
    return np.dstack([colours.astype(np.uint8), alpha])


def _cropped(picture: Bgra) -> Bgra:
    rows, columns = (np.flatnonzero(picture[..., 3].max(axis) > 8) for axis in (1, 0))
    return np.ascontiguousarray(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
