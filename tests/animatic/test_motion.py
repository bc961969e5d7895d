"""Which way pictures move: the camera's moves by the flow of the picture, gaits by the feet on the ground."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import cast

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from reelgate.animatic.drawing.palette import Palette
from reelgate.animatic.subjects.base import Pose
from reelgate.animatic.subjects.legs import legs
from reelgate.animatic.subjects.proportions import Build
from tests.animatic.drawing import drawn, job_of

SIZE = (320, 180)


def flow(prompt: str) -> npt.NDArray[np.float32]:
    """Return how far each pixel of the middle of a clip travels within eight frames, right and down."""
    (before, after), _ = drawn(job_of(prompt, SIZE), at=(20, 28))
    first, second = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in (before, after))
    start = np.zeros((*first.shape, 2), np.float32)
    return np.asarray(cv2.calcOpticalFlowFarneback(first, second, start, 0.5, 3, 21, 3, 5, 1.1, 0), np.float32)


@pytest.mark.parametrize(
    ("move", "axis", "sign"),
    [("pan right", 0, -1), ("pan left", 0, 1), ("tilt up", 1, 1), ("tilt down", 1, -1)],
)
def test_the_camera_turns_the_way_that_was_told(move: str, axis: int, sign: int) -> None:
    moved = flow(f"a castle in the mountains, {move}")[..., axis]
    assert sign * float(np.mean(moved)) > 0.2


@pytest.mark.parametrize(("move", "sign"), [("push in", 1), ("pull out", -1)])
def test_the_picture_grows_as_the_camera_comes_near(move: str, sign: int) -> None:
    across = flow(f"a castle in the mountains, {move}")[..., 0]
    left, right = float(np.mean(across[:, : SIZE[0] // 3])), float(np.mean(across[:, -SIZE[0] // 3 :]))
    assert sign * (right - left) > 0.2


ANIMALS: dict[str, dict[str, object]] = tomllib.loads(
    resources.files("reelgate.animatic.subjects").joinpath("animals.toml").read_text("utf-8")
)


@pytest.mark.parametrize("action", ["walk", "run"])
@pytest.mark.parametrize("animal", sorted(ANIMALS))
def test_feet_on_the_ground_go_back_under_an_animal_that_goes_ahead(animal: str, action: str) -> None:
    """All of them alike, so that none slides where it stands; an animal's head is on the right of its own picture."""
    build = msgspec.convert(ANIMALS[animal], Build)
    for phase in np.arange(0.0, 1.0, 0.02):
        before, after = feet(build, action, phase), feet(build, action, phase + 0.004)
        moved = [b[0] - a[0] for a, b in zip(before, after, strict=True) if a[1] == b[1] == 0.0]
        assert all(step < 0 for step in moved), phase
        assert moved == pytest.approx([moved[0]] * len(moved) if moved else [])


def feet(build: Build, action: str, phase: float) -> list[tuple[float, float]]:
    """Return where the four feet are at a phase of a stride."""
    pose = Pose(phase, action, (0.0, 0.0, 0.0), cast("Palette", None))
    sides = (legs(build, pose, (-0.5, -0.8), (0.5, -0.8), far=far) for far in (False, True))
    return [leg.foot for side in sides for leg in side]
