"""Puts a job's reference pictures and clips into the scene: figures on the ground, other pictures as cards."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from reelgate.animatic.drawing.compose import Actor, Stamp
from reelgate.animatic.drawing.cutout import cut
from reelgate.animatic.drawing.palette import PLAIN
from reelgate.animatic.drawing.sheets import Sheet, lay
from reelgate.animatic.language.lexicon import lexicon, normalise
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.staging.camera import Camera, View
from reelgate.animatic.staging.poses import shadow
from reelgate.render.clips import pictures
from reelgate.render.job import FPS, RenderInput
from reelgate.render.planes import Planes
from reelgate.render.scene import UnusableInput
from reelgate.request import MediaKind, Role

MAX_SHOWN = 9
_SEATED = 0.6
"""How much of a rider, from the top, is seen behind the back of what they ride."""

TALLEST = 0.58  # of the frame's height, for one row of references
Z = 0.95  # in front of the subjects, behind the nearest grass

_IMAGE_NAMES = re.compile(r"(?:character|subject|角色|主体|image|picture|photo|图片?|图像|参考图)\s*_?(\d)")
_VIDEO_NAMES = re.compile(r"(?:video|clip|视频)\s*_?(\d)")


class ShownReference(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one reference is shown: its number among its kind, whether cut out or as a card, and what names it."""

    number: int
    kind: str
    shown_as: str
    named: bool = False


class Projector:
    """A clip that plays inside a card, decoded as it goes and begun again at its end. Raises UnusableInput."""

    def __init__(self, source: RenderInput, size: tuple[int, int], corner: tuple[float, float], z: float) -> None:
        self.z = z
        self._source, self._size, self._corner = source, size, corner
        self._opaque = np.zeros((size[1], size[0]), np.uint8)
        self._frames = self._play()
        first = next(self._frames, None)
        if first is None:
            raise UnusableInput("a reference clip holds no picture that can be decoded")
        self._picture: Planes = first
        self._shown = 0

    def draw(self, out: Planes, view: View, t: float) -> None:
        """Lay the clip's picture of this moment over the scene."""
        while self._shown < round(t * FPS):
            self._picture = self._next()
            self._shown += 1
        half = self._opaque[::2, ::2]
        sheet = Sheet(self._picture.y, self._opaque, self._picture.u, self._picture.v, half)
        lay(out, sheet, *self._corner)

    def _play(self) -> Iterator[Planes]:
        return pictures(self._source, *self._size)

    def _next(self) -> Planes:
        following = next(self._frames, None)
        if following is None:
            self._frames = self._play()
            following = next(self._frames, self._picture)
        return following


def stage_references(b: Backdrop, camera: Camera, inputs: Sequence[RenderInput], prompt: str) -> list[ShownReference]:
    """Put every reference where it stays in sight for the whole clip. Returns how each is shown, in the input's order.

    Raises UnusableInput when one can't be decoded.
    """
    references = [item for item in inputs if item.role is Role.REFERENCE and item.kind is not MediaKind.AUDIO][
        :MAX_SHOWN
    ]
    named = _named(references, prompt)
    order = [*named, *(i for i in range(len(references)) if i not in named)]
    area = _safe_area(b, camera)
    pair = len(order) == len(named) == 2 and all(item.kind is MediaKind.IMAGE for item in references)
    riding = pair and any(term.value == "ride" for term in lexicon().find(prompt))
    if b.board.subjects:
        area = _beside(b, area)
    shown: dict[int, ShownReference] = {}
    if riding and _saddled(b, [references[index] for index in order], area):
        return [ShownReference(index + 1, MediaKind.IMAGE.value, "figure", named=True) for index in range(2)]
    cells = _cells(len(references), area, b)
    for cell, index in zip(cells, order, strict=True):
        item = references[index]
        in_front = cell[1] == max(foot for _, foot, *_ in cells)
        if item.kind is MediaKind.VIDEO:
            how = _clip_card(b, item, cell, index)
        else:
            how = _picture(b, item, cell, index, in_front=in_front)
        number = 1 + sum(other.kind is item.kind for other in references[:index])
        shown[index] = ShownReference(number, item.kind.value, how, index in named)
    return [shown[index] for index in sorted(shown)]


def _named(references: Sequence[RenderInput], prompt: str) -> list[int]:
    """Return the positions of the references that the prompt names, in the order of their first mention."""
    text = normalise(prompt)
    found: list[tuple[int, int]] = []
    for kind, names in ((MediaKind.IMAGE, _IMAGE_NAMES), (MediaKind.VIDEO, _VIDEO_NAMES)):
        positions = [i for i, item in enumerate(references) if item.kind is kind]
        found += [
            (m.start(), positions[int(m[1]) - 1]) for m in names.finditer(text) if 1 <= int(m[1]) <= len(positions)
        ]
    called = ((text.find(f"@{normalise(item.name)}"), i) for i, item in enumerate(references) if item.name)
    found += [(at, i) for at, i in called if at >= 0]
    return list(dict.fromkeys(index for _, index in sorted(found)))


def _safe_area(b: Backdrop, camera: Camera) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of what the camera sees all the time, in pixels."""
    left, top, right, bottom = 0.0, 0.0, 1.0, 1.0
    for step in range(25):
        view = camera.at(camera.seconds * step / 24)
        share = 1 / view.zoom
        x, y = (min(max(c - share / 2, 0.0), 1 - share) for c in (view.centre_x, view.centre_y))
        left, top, right, bottom = max(left, x), max(top, y), min(right, x + share), min(bottom, y + share)
    return (left + 0.015) * b.width, (top + 0.02) * b.height, (right - 0.015) * b.width, (bottom - 0.05) * b.height


def _beside(b: Backdrop, area: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return the part of an area that leaves the prompt's own subjects in sight: the right, in tall frames the top."""
    left, top, right, bottom = area
    if b.width > b.height:
        return left + 0.64 * (right - left), top, right, bottom
    return left, top, right, top + 0.45 * (bottom - top)


def _saddled(b: Backdrop, ridden: Sequence[RenderInput], area: tuple[float, float, float, float]) -> bool:
    """Show one cut-out in the saddle of another: behind its back, from the hips up. False unless both are cut-outs."""
    pictures = [cut(item.path, 2 * max(b.width, b.height)) for item in ridden]
    if not all(cutting.is_figure for cutting in pictures):
        return False
    left, top, right, bottom = area
    foot, middle = min(bottom, b.ground + 0.05 * b.unit), (left + right) / 2
    tall = min(0.5 * b.unit, 0.56 * (foot - top))
    mount = _fitted(pictures[1].pixels, (min(right - left, 1.1 * b.unit), tall))
    rider = _fitted(pictures[0].pixels, (mount.shape[1] * 0.8, mount.shape[0] * 1.06))
    if not pictures[0].is_half:
        rider = np.ascontiguousarray(rider[: round(rider.shape[0] * _SEATED)])
    x, back = _back(mount)
    _stand(b, mount, (middle, foot), 0, is_figure=True)
    seat = (middle - mount.shape[1] / 2 + x, foot - mount.shape[0] + back + 0.14 * rider.shape[0])
    _stand(b, rider, seat, 0, is_figure=True, seated=True)
    return True


def _fitted(picture: npt.NDArray[np.uint8], room: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """Return a premultiplied picture as large as fits."""
    scale = min(room[0] / picture.shape[1], room[1] / picture.shape[0])
    size = (max(2, round(picture.shape[1] * scale)), max(2, round(picture.shape[0] * scale)))
    smaller = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    done = np.asarray(smaller, np.uint8)
    done[..., :3] = np.minimum(done[..., :3], done[..., 3:])  # a cubic may overshoot its alpha
    return done


def _back(mount: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """Return the column and row of a cut-out's saddle: where its outline from above is lowest, about its middle."""
    tops = np.argmax(mount[..., 3] > 128, axis=0)
    first, last = round(mount.shape[1] * 0.34), round(mount.shape[1] * 0.6)
    row = int(np.median(tops[first:last]))
    return (first + last) // 2, row


def _cells(count: int, area: tuple[float, float, float, float], b: Backdrop) -> list[tuple[float, float, float, float]]:
    """Return a cell (middle, foot, width, height) for each reference, in the rows that give the largest pictures."""
    if not count:
        return []
    left, top, right, bottom = area
    foot = min(bottom, max(b.ground + 0.03 * b.unit, bottom - 0.06 * b.height))
    wide, best = right - left, (0.0, 1)
    for rows in range(1, min(count, 4) + 1):
        tall = min(TALLEST + 0.1 * (rows - 1), 0.78) * b.height / rows
        best = max(best, (min(wide / math.ceil(count / rows), 1.2 * tall) * 0.8 ** (rows - 1), -rows))
    rows = abs(best[1])
    tall = min(min(TALLEST + 0.1 * (rows - 1), 0.78) * b.height, foot - top) / rows
    cells = []
    for row in range(rows):  # the front row first: it takes what the rows behind leave over
        first, last = count * row // rows, count * (row + 1) // rows
        width = wide / max(last - first, 1)
        cells += [(left + width * (i + 0.5), foot - row * tall, width, tall) for i in range(last - first)]
    return cells


def _picture(
    b: Backdrop, item: RenderInput, cell: tuple[float, float, float, float], index: int, *, in_front: bool = False
) -> str:
    middle, foot, wide, tall = cell
    picture, is_figure, is_half = cut(item.path, 2 * max(b.width, b.height))
    if is_half and in_front:  # a bust on the ground would look like a chessman
        foot, tall = b.height + 0.01 * b.unit, tall + b.height - foot
    edge = 0 if is_figure else _edge(b)
    picture = _fitted(picture, (wide * 0.9 - 2 * edge, tall * 0.92 - 2 * edge))
    if not is_figure:
        picture = _card(picture, edge)
    _stand(b, picture, (middle, foot), index, is_figure=is_figure)
    return "figure" if is_figure else "card"


def _stand(
    b: Backdrop, picture: npt.NDArray[np.uint8], spot: tuple[float, float], index: int, *, is_figure: bool,
    seated: bool = False,
) -> None:  # fmt: skip
    """Stand a picture on its foot, breathing a little, with a shadow under it. Its own colours stay as they are.

    Who is `seated` is behind what was stood there before, and has no shadow.
    """
    (x, y), height, width = spot, picture.shape[0], picture.shape[1]
    lift = 0.004 * b.unit if is_figure else 0.0

    def path(t: float) -> Stamp:
        return Stamp(x, y - lift * (1 + math.sin(1.5 * t + index)))

    depth = Z + (0.002 if seated else 0.001 * (b.height - y) / b.height)
    b.actors.append(Actor([Sheet.of(picture, PLAIN)], (width / 2, height), depth, path, pinned=True))
    if seated:
        return
    half = width * (0.42 if is_figure else 0.5)
    under = shadow(half, max(0.012 * b.unit, half * 0.09))
    anchor = (under.shape[1] / 2, under.shape[0] / 2)
    b.actors.append(Actor([b.sheet(under)], anchor, depth + 1e-5, lambda t: Stamp(x, y), pinned=True))


def _clip_card(b: Backdrop, item: RenderInput, cell: tuple[float, float, float, float], index: int) -> str:
    middle, foot, wide, tall = cell
    edge = _edge(b)
    shape = (item.facts.width or 16) / (item.facts.height or 9)
    inner_height = min(tall * 0.92 - 2 * edge, (wide * 0.9 - 2 * edge) / shape)
    size = (max(2, round(inner_height * shape / 2) * 2), max(2, round(inner_height / 2) * 2))
    blank = np.full((size[1], size[0], 4), 255, np.uint8)
    card = _card(blank, edge)
    _stand(b, card, (middle, foot), index, is_figure=False)
    left, top = round((middle - size[0] / 2) / 2) * 2, round((foot - edge - size[1]) / 2) * 2
    b.actors.append(Projector(item, size, (left, top), Z - 0.0005))
    return "playing card"


def _edge(b: Backdrop) -> int:
    return max(2, round(b.unit * 0.008))


def _card(picture: npt.NDArray[np.uint8], edge: int) -> npt.NDArray[np.uint8]:
    return np.asarray(
        cv2.copyMakeBorder(picture, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=[250, 250, 250, 255]), np.uint8
    )
