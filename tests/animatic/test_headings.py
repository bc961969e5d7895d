"""Which way somebody goes: as the prompt says, and so that the camera follows."""

from __future__ import annotations

import numpy as np
import pytest

from reelgate.animatic.drawing.compose import Actor
from reelgate.animatic.language.storyboard import Storyboard, understand
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.places.places import PLACES
from reelgate.animatic.sketch import not_read
from reelgate.animatic.staging.casting import cast
from reelgate.animatic.staging.scene_builder import build
from reelgate.render.planes import Planes
from tests.animatic.drawing import job_of


def read(prompt: str) -> Storyboard:
    return understand(prompt, "", 1, 5.0)


@pytest.mark.parametrize(("prompt", "way", "move"), [
    ("a fox runs to the left, static camera", "left", "static"), ("一匹马向左奔跑,固定镜头", "left", "static"),
    ("a man walks from left to right, static camera", "right", "static"), ("鸟从右向左飞过,固定镜头", "left", "static"),
    ("a man walks left, static camera", "left", "static"), ("camera pans left as a dog runs", "", "pan_left"),
    ("镜头左移,一只狗在跑", "", "pan_left"), ("a train moves from left to right", "right", ""),
    ("the camera moves from left to right past a dog", "", "pan_right"),
    ("a knight rides a horse left.", "left", ""),
    ("a snail moves slowly to the left", "left", ""), ("a girl walks in from the left", "right", ""),
    ("女孩从右边走进画面", "left", ""), ("a boy runs down the stairs", "left", ""), ("女孩走上楼梯", "", ""),
    ("女孩走下楼梯", "left", ""),
    ("a boy walks to the left of a car", "", ""), ("a horse on the left walks", "", ""),
])  # fmt: skip
def test_somebody_goes_the_way_that_is_told(prompt: str, way: str, move: str) -> None:
    board = read(prompt)
    assert board.subjects[0].heading == way
    assert move in ("", board.camera.move)


def actors(prompt: str) -> list[Actor]:
    backdrop = Backdrop(read(prompt), 640, 360)
    assert cast(backdrop, follow=False) == 0.0
    return [actor for actor in backdrop.actors if isinstance(actor, Actor)]


def outline(prompt: str) -> np.ndarray:
    """Return how much of each column the largest actor paints."""
    painted = [(255 - actor.poses[0].keep.astype(int)).sum(0) for actor in actors(prompt)]
    columns = np.asarray(max(painted, key=lambda one: int(one.sum())))
    return np.asarray(columns[columns > 0])


def alike(one: np.ndarray, other: np.ndarray) -> float:
    columns = min(len(one), len(other))
    return float(np.corrcoef(one[:columns], other[:columns])[0, 1])


@pytest.mark.parametrize(("prompt", "sign"), [
    ("a dog runs to the right, static camera", 1), ("a dog runs to the left, static camera", -1),
    ("a car drives left, static camera", -1), ("a knight rides a horse left, static camera", -1),
])  # fmt: skip
def test_who_is_told_to_go_left_moves_left(prompt: str, sign: int) -> None:
    for actor in actors(prompt):
        assert np.sign(actor.path(1.0).x - actor.path(0.5).x) == sign


@pytest.mark.parametrize(("prompt", "sign"), [
    ("a man walks up the stairs", 1), ("a man climbs the stairs", 1), ("a boy runs down the stairs", -1),
    ("老奶奶走下楼梯", -1),
])  # fmt: skip
def test_who_is_on_the_stairs_goes_up_or_down_with_them_and_stays_in_the_picture(prompt: str, sign: int) -> None:
    board = read(prompt)
    backdrop = Backdrop(board, 640, 360)
    PLACES[board.place](backdrop)
    there = len(backdrop.actors)
    assert cast(backdrop, follow=True) == 0.0
    for actor in backdrop.actors[there:]:
        assert isinstance(actor, Actor)
        steps = [actor.path(t) for t in (0.1, 2.5, 4.9)]
        assert sign * (steps[0].y - steps[2].y) > 20
        assert all(0 < step.x < 640 for step in steps)


def test_who_goes_left_looks_to_the_left() -> None:
    left, right = outline("a dog runs left, static camera"), outline("a dog runs right, static camera")
    assert alike(left[::-1], right) > 0.97 > alike(left, right)


def test_the_camera_follows_to_the_left_too() -> None:
    def shown(prompt: str) -> np.ndarray:
        job = job_of(prompt, frames=48)
        picture = Planes.empty(job.width, job.height)
        build(job)[0].frame(40, picture)
        return picture.y.astype(int)

    def middle(picture: np.ndarray, empty: np.ndarray) -> float:
        columns = np.abs(picture - empty).sum(0)
        return float((columns * np.arange(len(columns))).sum() / columns.sum())

    left = shown("a black horse runs left on a snowfield, tracking shot")
    assert np.abs(left - shown("a black horse runs right on a snowfield, tracking shot")).max() > 40
    width = left.shape[1]
    assert 0.2 * width < middle(left, np.full_like(left, int(np.median(left)))) < 0.8 * width


def test_the_way_counts_as_read() -> None:
    assert not_read(job_of("a man walks left across the street")) == []


def test_who_is_led_goes_the_same_way() -> None:
    assert {who.heading for who in read("a girl leads a horse to the left").subjects} == {"left"}
