"""What a style does to a picture while it is painted: outlines, paper edges, washes, glowing contours, film curves.

A treatment sees one painted sheet (premultiplied BGRA) and costs nothing per frame. `styles` says which style has
which, and what else it does.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.palette import Colour, rgb
from reelgate.animatic.drawing.pixels import most_of, softened

Pixels = npt.NDArray[np.uint8]
"""A premultiplied BGRA picture, shape (rows, columns, 4)."""

_SOLID = 150  # what is thinner than this is mist, light or shadow, and has no outline
_TILE = 256


class Brushed(NamedTuple):
    """What is treated: the scene's unit in pixels, its distance (1: the subjects'), whether it repeats sideways."""

    unit: float
    z: float
    wrap: bool


def cartoon(pixels: Pixels, sheet: Brushed) -> Pixels:
    """Draw a line of ink around everything solid, thinner in the distance."""
    if np.isinf(sheet.z):
        return pixels
    width = sheet.unit * (0.0044 if sheet.z < 1.5 else 0.0026)
    return _under(pixels, _grown(_solid(pixels), width, sheet), rgb("1d1a26"))


def paper(pixels: Pixels, sheet: Brushed) -> Pixels:
    """Let every sheet be cut from card: even tones, a light cut edge, a shadow on what lies behind."""
    steps = np.round(np.arange(256) / 20) * 20
    flat = _mapped(pixels, np.stack([steps, steps, steps], 1))
    flat = _scaled(flat, 1 + 0.05 * _noise(flat.shape[:2], 1.2, 5))
    if np.isinf(sheet.z):
        return flat
    solid = _solid(flat)
    edge = cv2.subtract(solid, _blurred(solid, sheet.unit * 0.0022, sheet))
    light = cv2.merge([cv2.convertScaleAbs(edge, alpha=1.1)] * 4)
    cv2.add(flat, cv2.multiply(cv2.subtract(most_of(flat), flat), light, scale=1 / 255), dst=flat)
    fallen = np.roll(_blurred(_grown(solid, sheet.unit * 0.006, sheet), sheet.unit * 0.008, sheet), -1, axis=0)
    return _under(flat, np.asarray(cv2.convertScaleAbs(fallen, alpha=0.5), np.uint8), rgb("14101e"))


def watercolour(pixels: Pixels, sheet: Brushed) -> Pixels:
    """Let colours run a little: ragged edges, blotches of pigment, darker where a wash has dried."""
    size = (pixels.shape[0], pixels.shape[1])
    reach, pad = np.float32(sheet.unit * 0.004), int(sheet.unit * 0.01) + 2
    border = cv2.BORDER_WRAP if sheet.wrap else cv2.BORDER_REPLICATE
    rows, columns = np.indices(size, np.float32)
    columns += pad + reach * _noise(size, sheet.unit * 0.02, 1)
    rows += reach * _noise(size, sheet.unit * 0.02, 2)
    wide = cv2.copyMakeBorder(pixels, 0, 0, pad, pad, border)
    mapped = cv2.remap(wide, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    ragged = np.asarray(mapped, np.uint8)
    solid = _solid(ragged)
    dried = cv2.subtract(solid, _blurred(solid, sheet.unit * 0.006, sheet)).astype(np.float32) * np.float32(0.75 / 255)
    wash = 1 + 0.11 * _noise(size, sheet.unit * 0.07, 3) + 0.06 * _noise(size, sheet.unit * 0.02, 4)
    return _scaled(ragged, wash * (1 - dried))


def neon(pixels: Pixels, sheet: Brushed) -> Pixels:
    """Trace what is solid with glowing tubes, pink in the distance, cyan close by."""
    if np.isinf(sheet.z) or sheet.z < 0.9:
        return pixels
    colour = rgb("38e1ff") if sheet.z < 1.5 else rgb("ff4fa3")
    strength = 1.0 if sheet.z < 1.5 else 0.7
    solid = _solid(pixels)
    tube = np.asarray(cv2.subtract(_grown(solid, sheet.unit * 0.003, sheet), solid), np.uint8)
    glow = cv2.convertScaleAbs(_blurred(tube, sheet.unit * 0.012, sheet), alpha=1.5 * strength)
    return _under(pixels, np.maximum(glow, cv2.convertScaleAbs(tube, alpha=strength)).astype(np.uint8), colour)


def noir(pixels: Pixels, sheet: Brushed) -> Pixels:
    """Crush the shadows and lift the lights."""
    x = np.arange(256) / 255
    curve = 255 * (x + 0.55 * (x * x * (3 - 2 * x) - x)) ** 1.15
    return _mapped(pixels, np.stack([curve, curve, curve], 1))


def cinematic(pixels: Pixels, sheet: Brushed) -> Pixels:
    """Grade as for the cinema: a soft S-curve, shadows towards teal, lights towards orange."""
    x = np.arange(256) / 255
    curve = x + 0.3 * (x * x * (3 - 2 * x) - x)
    split = np.sin(2 * np.pi * x) * 0.045  # above nought in the shadows, below it in the lights, none at either end
    return _mapped(pixels, 255 * np.stack([curve + split, curve + 0.3 * split, curve - split], 1))


def ink(pixels: Pixels, sheet: Brushed) -> Pixels:
    """Paint with a brush and ink on rice paper: dark where a shape begins, paler towards its middle and its foot."""
    alpha = pixels[..., 3].astype(np.float32) / 255
    light = cv2.cvtColor(pixels, cv2.COLOR_BGRA2GRAY).astype(np.float32) / 255 / np.maximum(alpha, 1 / 255)
    size = (pixels.shape[0], pixels.shape[1])
    dark = np.clip(1.02 - light, 0, 1) ** 1.25 * (0.16 if np.isinf(sheet.z) else 0.8 if sheet.z < 2.5 else 0.5)
    if not np.isinf(sheet.z):
        solid = _solid(pixels)
        for reach, strength in ((0.05, 0.55), (0.006, 0.5)):
            rim = cv2.subtract(solid, _blurred(solid, sheet.unit * reach, sheet)).astype(np.float32) / 255
            dark += rim * np.float32(strength * (1.0 if sheet.z < 2.5 else 0.75))
        dark *= 1 + 0.22 * _noise(size, sheet.unit * 0.05, 6) + 0.07 * _noise(size, sheet.unit * 0.008, 7)
    dark = np.clip(dark, 0, 0.94)
    red = pixels[..., 2].astype(np.float32) - np.maximum(pixels[..., 0], pixels[..., 1])
    seal = np.clip(red / 90 - 0.45, 0, 0.8)  # vermilion stays what it is
    out = pixels.copy()
    for channel, (rice, soot) in enumerate(_INKS):  # all three at once would take 100 MB more
        tone = (rice + (soot - rice) * dark) * alpha * (1 - seal)
        out[..., channel] = np.rint(tone + pixels[..., channel] * seal)
    return _bounded(out)


_INKS = ((214.0, 44.0), (231.0, 38.0), (240.0, 34.0))
"""Paper and ink in blue, green and red."""


def _solid(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.threshold(cv2.extractChannel(pixels, 3), _SOLID, 0, cv2.THRESH_TOZERO)[1], np.uint8)


def _grown(mask: Pixels, reach: float, sheet: Brushed) -> Pixels:
    """Return a mask made larger by `reach` pixels all around."""
    size = max(1, round(reach)) * 2 + 1
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return _around(mask, size, sheet, lambda wide: cv2.dilate(wide, brush))


def _blurred(mask: Pixels, sigma: float, sheet: Brushed) -> Pixels:
    deep = max(sigma, 0.6)
    return _around(mask, int(3 * deep) + 1, sheet, lambda wide: softened(wide, deep))


def _around(mask: Pixels, pad: int, sheet: Brushed, change: Callable[[Pixels], object]) -> Pixels:
    """Apply a neighbourhood operation, the left and the right side being neighbours where the sheet repeats."""
    border = cv2.BORDER_WRAP if sheet.wrap else cv2.BORDER_REPLICATE
    wide = np.asarray(cv2.copyMakeBorder(mask, 0, 0, pad, pad, border), np.uint8)
    return np.asarray(change(wide), np.uint8)[:, pad : pad + mask.shape[1]]


def _under(pixels: Pixels, mask: Pixels, colour: Colour) -> Pixels:
    """Lay a colour, as strong as the mask, behind a picture."""
    free = cv2.multiply(mask, cv2.bitwise_not(cv2.extractChannel(pixels, 3)), scale=1 / 255)
    inks = [cv2.convertScaleAbs(free, alpha=channel / 255) for channel in (*colour[::-1], 255.0)]
    return np.asarray(cv2.add(pixels, cv2.merge(inks)), np.uint8)


def _mapped(pixels: Pixels, curves: npt.NDArray[np.float64]) -> Pixels:
    """Apply a curve to each of blue, green, red; `curves` has shape (256, 3)."""
    tables = np.clip(np.round(curves), 0, 255).astype(np.uint8).T.copy()
    *colours, alpha = cv2.split(pixels)  # plane by plane: twice as quick as all at once
    mapped = [cv2.min(cv2.LUT(plane, table), alpha) for plane, table in zip(colours, tables, strict=True)]
    return np.asarray(cv2.merge([*mapped, alpha]), np.uint8)


def _scaled(pixels: Pixels, share: npt.NDArray[np.float32]) -> Pixels:
    """Multiply the colours by 0 to 2, leaving the alpha alone."""
    level = cv2.convertScaleAbs(share, alpha=128)
    out = cv2.multiply(pixels, cv2.merge([level, level, level, np.full_like(level, 128)]), scale=1 / 128)
    return _bounded(np.asarray(out, np.uint8))


def _bounded(pixels: Pixels) -> Pixels:
    """Keep, in place, every premultiplied colour from being above its alpha."""
    most = cv2.cvtColor(cv2.extractChannel(pixels, 3), cv2.COLOR_GRAY2BGRA)
    return np.asarray(cv2.min(pixels, most, dst=pixels), np.uint8)


def _noise(size: tuple[int, int], grain: float, seed: int) -> npt.NDArray[np.float32]:
    """Return smooth noise of about -1 to 1, `grain` pixels coarse; always the same, so that nothing boils."""
    step = max(1, round(grain))
    height, width = size
    fold = min(4 * step, width)  # over so many columns the right end passes into the left one
    shape = (-(-height // step) + 1, -(-(width + fold) // step) + 1)
    repeats = (-(-shape[0] // _TILE), -(-shape[1] // _TILE))
    part = np.tile(_tile(seed), repeats)[: shape[0], : shape[1]]
    wide = np.asarray(cv2.resize(part, (shape[1] * step, shape[0] * step), interpolation=cv2.INTER_CUBIC), np.float32)
    out = wide[:height, :width].copy()
    share = np.linspace(0, 1, fold, dtype=np.float32)
    out[:, :fold] = out[:, :fold] * share + wide[:height, width : width + fold] * (1 - share)
    return out


@functools.cache
def _tile(seed: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).uniform(-1, 1, (_TILE, _TILE)).astype(np.float32)
