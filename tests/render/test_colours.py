"""Colours stay where they belong: in every size that a model has, in every codec and mode, first rows and last."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from reelgate.catalog import load
from reelgate.catalog.shapes import size, size_like, tiers
from reelgate.render.mux import Encoder
from reelgate.render.planes import Planes
from reelgate.request import Codec, Mode, Role
from tests.animatic.media import Image, job, picture, rendered, source

RED, BLUE = (40, 30, 210), (200, 60, 30)
ODD_SHAPES = [(1000, 997), (3, 7), (211, 500), (1366, 768), (9, 21), (21, 9), (5, 4)]
TOLERANCE = 12


def every_size() -> set[tuple[int, int]]:
    """Return every size that some model can be asked for, and what odd inputs of its tiers come to."""
    found = set()
    for model in load():
        ratios = {ratio for mode in model.modes for ratio in model.ratios_in(mode) if ":" in ratio}
        for tier in tiers(model.shapes):
            found |= {size(model.shapes, tier, ratio) for ratio in ratios}
            found |= {size_like(model.shapes, tier, *shape) for shape in ODD_SHAPES}
    return found


def card(width: int, height: int) -> Image:
    """Return red over blue: the edge between them, the first rows and the last show what has moved."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[: height // 2], pixels[height // 2 :] = RED, BLUE
    return pixels


def rows_of(shown: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.float64]]:
    """Return the mean colours at the top, above and below the middle, and at the bottom."""
    height = shown.shape[0]
    places = {"top": 0, "above": height // 2 - 8, "below": height // 2 + 4, "bottom": height - 4}
    return {name: shown[at : at + 4].mean((0, 1)) for name, at in places.items()}


def misplaced(shown: npt.NDArray[np.uint8], tolerance: float = 12) -> list[str]:
    """Return where a card's rows have another colour than they should."""
    wanted = {"top": RED, "above": RED, "below": BLUE, "bottom": BLUE}
    found = rows_of(shown)
    return [name for name, colour in wanted.items() if np.abs(found[name] - colour).max() > tolerance]


@pytest.mark.parametrize("codec", Codec)
def test_every_size_of_every_model_has_its_colours_in_place(tmp_path: Path, codec: Codec) -> None:
    sizes = every_size()
    assert {height % 4 for _, height in sizes} == {0, 2}
    flat, two = Planes.of(np.full((4, 4, 3), RED, np.uint8)), Planes.of(card(4, 8))
    cards = [flat, two] if codec is Codec.H264 else [two]  # the others take longer; the card's upper half is flat too
    wrong = {}
    for width, height in sizes:
        path = tmp_path / "a.mp4"
        with Encoder(path, width, height, None, {}, codec) as encoder:
            for wanted in cards:
                encoder.write(spread(wanted, width, height))
        with av.open(str(path)) as file:
            shown = [Planes.around(np.asarray(frame.to_ndarray(), np.uint8)) for frame in file.decode(video=0)]
        bad = [strays(*pair) for pair in zip(shown, cards, strict=True)]
        if any(bad):
            wrong[width, height] = bad
    assert wrong == {}


def spread(planes: Planes, width: int, height: int) -> Planes:
    """Return a small picture's upper half over the upper half of a large one, its lower half over the lower one."""
    out = Planes.empty(width, height)
    for source_plane, plane in zip(planes.each(), out.each(), strict=True):
        plane[: len(plane) // 2], plane[len(plane) // 2 :] = source_plane[0, 0], source_plane[-1, 0]
    return out


def strays(shown: Planes, wanted: Planes) -> dict[str, list[int]]:
    """Return for each plane the rows, of the first, the last and those about the middle, that have a wrong value."""
    found = {}
    for name, plane, want in zip("yuv", shown.each(), wanted.each(), strict=True):
        height, middle = len(plane), len(plane) // 2
        rows = [0, 1, 2, 3, middle - 7, middle + 6, height - 3, height - 2, height - 1]  # an encoder blurs the edge
        halves = [int(want[-1 if row >= middle else 0, 0]) for row in rows]
        means = plane[rows].mean(1)
        bad = [row for row, mean, half in zip(rows, means, halves, strict=True) if abs(mean - half) > TOLERANCE]
        if bad:
            found[name] = bad
    return found


@pytest.mark.parametrize(
    ("mode", "shape"), list(product((Mode.IMAGE, Mode.FRAMES, Mode.EDIT, Mode.EXTEND), ((154, 206), (238, 134))))
)
def test_every_mode_has_its_colours_in_place(tmp_path: Path, mode: Mode, shape: tuple[int, int]) -> None:
    width, height = shape
    still = picture(tmp_path / "a.png", card(width, height))
    match mode:
        case Mode.IMAGE:
            inputs = [still]
        case Mode.FRAMES:
            inputs = [still, picture(tmp_path / "b.png", card(width, height), Role.LAST_FRAME)]
        case _:
            path = tmp_path / "clip.mp4"
            with Encoder(path, width, height, None, {}) as encoder:
                for _ in range(4):
                    encoder.write(Planes.of(card(width, height)))
            inputs = [source(path, 4 / 24, Role.SOURCE if mode is Mode.EDIT else Role.FIRST_CLIP)]

    said = rendered(
        job(mode, *inputs, width=width, height=height, frames=4, prompt="static shot", last_frame=True),
        tmp_path / "out.mp4",
    )

    with av.open(str(said.path)) as file:
        first = next(file.decode(video=0)).to_ndarray(format="bgr24")
    assert said.last_frame
    pictures = {"frame": np.asarray(first, np.uint8)}
    pictures |= {path.name: np.asarray(cv2.imread(str(path)), np.uint8) for path in (said.last_frame, said.thumbnail)}
    assert {name: places for name, shown in pictures.items() if (places := misplaced(shown, 16))} == {}
