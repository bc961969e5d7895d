"""What is asked for from above is drawn from above: the ground fills the frame, and who is there stands on it."""

from __future__ import annotations

import numpy as np
import pytest

from reelgate.animatic.language.lexicon import lexicon
from reelgate.animatic.language.storyboard import understand
from reelgate.animatic.places.places import GROUNDS
from reelgate.animatic.staging.placement import laid_flat
from reelgate.animatic.staging.scene_builder import build
from reelgate.render.planes import Planes
from tests.animatic.drawing import job_of

SKY_ROWS = 6
"""Rows at the top in which there is sky at eye level."""


def frame(prompt: str, size: tuple[int, int] = (160, 90)) -> Planes:
    scene, _ = build(job_of(prompt, frames=24, size=size))
    picture = Planes.empty(*size)
    scene.frame(0, picture)
    return picture


@pytest.mark.parametrize("prompt", [
    "aerial view of a village", "drone footage of a valley", "a bird's-eye view of a harbour",
    "a top-down shot of a desk", "overhead shot of a market", "无人机航拍一片麦田", "俯瞰整个城市",
    "俯拍一桌菜", "鸟瞰长城", "a street from a high angle",
])  # fmt: skip
def test_words_for_the_view_from_above(prompt: str) -> None:
    assert understand(prompt, "", 1, 5.0).view == "above"


@pytest.mark.parametrize("prompt", ["a drone hovers over a street", "an eagle flies over a lake", "a man looks down"])
def test_who_flies_is_not_the_camera(prompt: str) -> None:
    assert understand(prompt, "", 1, 5.0).view == ""


def test_every_place_with_a_ground_is_drawn_from_above() -> None:
    assert set(lexicon().places) - set(GROUNDS) == {"cave", "cockpit", "sky", "space", "underwater", "window"}


@pytest.mark.parametrize("place", sorted(GROUNDS))
def test_no_sky_is_seen_from_above(place: str) -> None:
    words = lexicon().places[place].words
    named = next((word for word in words if understand(word, "", 1, 5.0).place == place), "")
    above = frame(f"aerial view, {named}")
    top = above.bgr()[:SKY_ROWS].reshape(-1, 3).astype(float).mean(0)
    low = above.bgr()[-SKY_ROWS:].reshape(-1, 3).astype(float).mean(0)
    assert understand(f"aerial view, {named}", "", 1, 5.0).place == place
    assert np.abs(top - low).max() < 130


def test_a_car_keeps_to_its_road_and_a_plate_to_its_table() -> None:
    car = build(job_of("aerial view of a red car on a road", frames=24))
    assert car[1]["place"] == "road"
    assert laid_flat(understand("a top-down shot of a plate and a fork", "", 1, 5.0))
    assert not laid_flat(understand("a top-down shot of a chef with a plate", "", 1, 5.0))
