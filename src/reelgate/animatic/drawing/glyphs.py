"""Outlines of a font of symbols as cut-outs: filled, tinted, inked; and cards with a name for what has no outline."""

from __future__ import annotations

import functools
from importlib import resources

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from reelgate.animatic.drawing.palette import Colour, mix

_SIZE = 256  # pixels at which an outline is set
_FONT = "NotoEmoji[wght].ttf"
_WEIGHT = 500

Picture = npt.NDArray[np.uint8]
"""Premultiplied BGRA, shape (rows, columns, 4), trimmed."""


def cutout(glyph: str, colour: Colour) -> Picture:
    """Return a glyph filled with a colour, lighter above than below, and its lines in a darker one."""
    line, filled = _outline(glyph)
    rows = np.linspace(0.14, -0.16, len(line), dtype=np.float32)[:, None, None]
    inside = np.array(colour[::-1], np.float32) * (1 + rows)
    ink = np.array(mix(colour, (20.0, 16.0, 26.0), 0.72)[::-1], np.float32)
    share = line[..., None].astype(np.float32) / 255
    body = np.clip(inside * (1 - share) + ink * share, 0, 255)
    alpha = np.maximum(line, filled).astype(np.float32)
    return np.dstack([body * (alpha[..., None] / 255), alpha]).round().astype(np.uint8)


def card(name: str, paper: Colour) -> Picture:
    """Return a card with a name on it, as tall as a line or two, in ink."""
    font, size = cv2.FontFace("uni"), 44
    lines = _lines(name)
    boxes = [cv2.getTextSize((0, 0), line, (0, 0), font, size) for line in lines]
    width = max(box[2] for box in boxes) + 2 * size
    height = round(len(lines) * 1.35 * size) + size
    paper = mix(paper, (255.0, 255.0, 255.0), 0.55)
    ink = mix(paper, (20.0, 16.0, 26.0), 0.88)
    plain = np.zeros((height, width, 4), np.uint8)
    for inset, tone in ((0, ink), (4, paper)):
        _rounded(plain, inset, 22, tone)
    for number, (line, box) in enumerate(zip(lines, boxes, strict=True)):
        at = (round((width - box[2]) / 2) - box[0], round(size * 1.3 + number * 1.35 * size))
        cv2.putText(plain, line, at, (*(round(c) for c in ink[::-1]), 255), font, size)
    return plain


def _lines(name: str) -> list[str]:
    words = name.replace("_", " ").split()
    if len(words) < 2 or len(name) < 12:
        return [" ".join(words)[:20]]
    half = (len(words) + 1) // 2
    return [" ".join(words[:half])[:20], " ".join(words[half:])[:20]]


def _rounded(picture: Picture, inset: int, radius: int, colour: Colour) -> None:
    height, width = picture.shape[:2]
    paint = (*(round(c) for c in colour[::-1]), 255)
    low, high = (inset, inset), (width - 1 - inset, height - 1 - inset)
    cv2.rectangle(picture, (low[0] + radius, low[1]), (high[0] - radius, high[1]), paint, -1)
    cv2.rectangle(picture, (low[0], low[1] + radius), (high[0], high[1] - radius), paint, -1)
    for x in (low[0] + radius, high[0] - radius):
        for y in (low[1] + radius, high[1] - radius):
            cv2.circle(picture, (x, y), radius, paint, -1, cv2.LINE_AA)


@functools.cache
def _outline(glyph: str) -> tuple[Picture, Picture]:
    """Return the coverage of a glyph's lines and of what they enclose, trimmed to what is painted."""
    font = _font()
    left, top, right, bottom = font.getbbox(glyph)
    image = Image.new("L", (round(right - left) + 8, round(bottom - top) + 8))
    ImageDraw.Draw(image).text((4 - left, 4 - top), glyph, 255, font)
    line = np.array(image, np.uint8)
    outside = cv2.copyMakeBorder(cv2.threshold(line, 96, 255, cv2.THRESH_BINARY)[1], 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    outside = cv2.morphologyEx(outside, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))  # small gaps let nothing out
    cv2.floodFill(outside, None, (0, 0), 128)
    filled = np.asarray(np.where(outside[1:-1, 1:-1] == 128, 0, 255), np.uint8)
    x, y, width, height = cv2.boundingRect(cv2.max(line, filled))
    return line[y : y + height, x : x + width].copy(), filled[y : y + height, x : x + width].copy()


@functools.cache
def _font() -> ImageFont.FreeTypeFont:
    with resources.as_file(resources.files("manimgx_fonts").joinpath(_FONT)) as path:
        font = ImageFont.truetype(str(path), _SIZE)
    font.set_variation_by_axes([_WEIGHT])
    return font
