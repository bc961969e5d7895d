"""How two stand to each other, what is in whose hand, what is done to a thing, and one thing after another."""

from __future__ import annotations

import numpy as np
import pytest

from reelgate.animatic.drawing.compose import Actor
from reelgate.animatic.language.shots import shots_of
from reelgate.animatic.language.storyboard import Storyboard, understand
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.staging.casting import cast
from reelgate.animatic.staging.scene_builder import build, described
from reelgate.render.planes import Planes
from tests.animatic.drawing import job_of


def read(prompt: str) -> Storyboard:
    return understand(prompt, "", 1, 5.0)


@pytest.mark.parametrize(("prompt", "told"), [
    ("a parrot on a bench", ("on", "parrot", "bench")), ("长凳上坐着一个老人", ("on", "elder", "bench")),
    ("a lemon in a bowl", ("in", "lemon", "bowl")), ("碗里有一个柠檬", ("in", "lemon", "bowl")),
    ("a rabbit under a chair", ("under", "rabbit", "chair")), ("一只兔子在椅子下面", ("under", "rabbit", "chair")),
    ("a boy next to a tractor", ("beside", "boy", "tractor")), ("a fox behind a barrel", ("behind", "fox", "barrel")),
    ("a nurse holding a lamp", ("holding", "nurse", "lamp")), ("厨师拿着一个南瓜", ("holding", "chef", "pumpkin")),
    ("a king gives a crown to a princess", ("giving", "king", "crown")),
    ("a monkey eats a banana", ("holding", "monkey", "banana")),
    ("a woman leans against a tree", ("beside", "woman", "tree")),
    ("a drone and a kite fly side by side", ("beside", "drone", "kite")),
    ("a bucket on the left of a barrel", ("left_of", "bucket", "barrel")),
    ("一个水桶在木桶的右边", ("right_of", "bucket", "barrel")),
    ("a beaver gnaws on a carrot", ("holding", "beaver", "carrot")),
    ("他把南瓜放在桌子上", ("on", "pumpkin", "table")),
])  # fmt: skip
def test_a_relation_is_read(prompt: str, told: tuple[str, str, str]) -> None:
    assert told in [(one.type, one.a, one.b) for one in read(prompt).relations]


@pytest.mark.parametrize(("prompt", "done"), [
    ("a nurse is shaking hands with a soldier", "shake"), ("the king weeps", "cry"), ("一个孩子在哭", "cry"),
    ("a monk doing push-ups", "pushup"), ("农民在挖土", "dig"), ("a boy plays badminton", "swing"),
    ("farmers playing cards", "game"), ("奶奶在织毛衣", "knit"), ("a soldier salutes, then shouts", "salute"),
    ("a princess brushes her hair", "groom"), ("a chef smoking", "smoke"), ("姑娘们在打排球", "volley"),
    ("a baby crawls across a carpet", "crawl"), ("a girl pats a donkey", "pet"), ("a king on a throne", "sit"),
])  # fmt: skip
def test_what_people_do(prompt: str, done: str) -> None:
    assert done in [who.action for who in read(prompt).subjects]


@pytest.mark.parametrize(("prompt", "kind", "done"), [
    ("an airplane takes off", "plane", "fly"), ("a camel bends down to drink", "camel", "drink"),
    ("a bus glides through the rain", "bus", "drive"), ("a swan glides on a lake", "swan", "swim"),
    ("ice melts in a glass", "glass", "stand"), ("a monk drops a bowl and the bowl falls", "monk", "stand"),
])  # fmt: skip
def test_who_can_not_do_a_thing_does_not(prompt: str, kind: str, done: str) -> None:
    assert [who.action for who in read(prompt).subjects if who.kind == kind] == [done]


def test_a_relation_ends_with_its_sentence() -> None:
    assert read("A cat sleeps. On the left a chair.").relations == ()
    assert read("two men in a temple courtyard").relations == ()
    assert read("a boy in a shirt, on the left a dog").relations == ()


def marks(prompt: str) -> dict[str, tuple[float, float]]:
    """Return where the largest picture of each actor's first frame is, by the order in which they were cast."""
    backdrop = Backdrop(read(prompt), 640, 360)
    cast(backdrop, follow=False)
    stamps = [actor.path(0.0) for actor in backdrop.actors if isinstance(actor, Actor)]
    return {str(number): (stamp.x, stamp.y) for number, stamp in enumerate(stamps)}


def test_what_is_on_another_is_above_it() -> None:
    (_, low), *others = list(marks("a parrot sits on a bench").values())
    assert min(y for _, y in others) < low - 10


def test_who_is_under_another_is_where_it_is() -> None:
    places = list(marks("a rabbit under a table").values())
    assert max(x for x, _ in places) - min(x for x, _ in places) < 40


@pytest.mark.parametrize(("prompt", "action"), [
    ("a gardener pushes a cart", "push"), ("a waiter pours wine", "pour"), ("a seamstress is cutting cloth", "cut"),
    ("一个工人在搅拌油漆", "stir"), ("a butler opens the door", "open"), ("a boy throws a ball", "throw"),
    ("两个人在拔河", "pull"), ("a maid sweeps the floor", "sweep"), ("一位顾客在倾听", "listen"),
])  # fmt: skip
def test_what_is_done_to_a_thing(prompt: str, action: str) -> None:
    board = read(prompt)
    assert board.subjects[0].action == action
    assert "undrawn" not in described(shots_of(job_of(prompt, frames=24)))


@pytest.mark.parametrize("prompt", ["a sheep eats grass", "一只山羊在吃草", "a kangaroo jumps", "a frog jumps"])
def test_animals_do_what_animals_do(prompt: str) -> None:
    assert "undrawn" not in described(shots_of(job_of(prompt, frames=24)))


@pytest.mark.parametrize(("prompt", "first", "second"), [
    ("a pony walks in a field, then suddenly runs", "walk", "run"), ("一个演员在跳舞,突然鼓掌", "dance", "clap"),
    ("A woman reads in a library. She suddenly claps.", "read", "clap"),
])  # fmt: skip
def test_two_things_one_after_the_other_are_in_one_shot(prompt: str, first: str, second: str) -> None:
    script = shots_of(job_of(prompt, frames=48))
    assert [(who.action, who.then) for who in script.shots[0].board.subjects] == [(first, second)]
    notes = described(script)
    assert [(who["action"], who.get("starts", 0.0)) for who in notes["subjects"]] == [(first, 0.0), (second, 1.0)]


def test_one_and_the_other_are_two() -> None:
    assert read("one singer bows while the other claps").subjects[0].count == 2
    assert read("一个和尚把灯笼递给另一个和尚").subjects[0].count == 2


def test_a_thing_in_a_hand_moves_with_it() -> None:
    def frames(prompt: str) -> list[np.ndarray]:
        job = job_of(prompt, frames=48)
        scene, picture = build(job)[0], Planes.empty(job.width, job.height)
        found = []
        for index in (0, 12, 24):
            scene.frame(index, picture)
            found.append(picture.y.copy())
        return found

    held, alone = frames("a man throws a ball in a stadium"), frames("a man throws in a stadium")
    assert all(np.abs(a.astype(int) - b.astype(int)).max() > 30 for a, b in zip(held, alone, strict=True))
