"""Nouns without a drawing of their own: they are shapes or cards, in a place that fits, and nothing else is seen."""

from __future__ import annotations

import numpy as np
import pytest

from reelgate.animatic.language.shots import shots_of
from reelgate.animatic.language.storyboard import Storyboard, understand
from reelgate.animatic.staging.scene_builder import build, described
from reelgate.animatic.subjects import FIGURES
from reelgate.animatic.subjects.shapes import is_card, is_shape
from reelgate.render.planes import Planes
from tests.animatic.drawing import job_of


def read(prompt: str, seed: int = 1) -> Storyboard:
    return understand(prompt, "", seed, 5.0)


def kinds(prompt: str) -> list[str]:
    return [who.kind for who in read(prompt).subjects]


@pytest.mark.parametrize(("prompt", "kind", "places"), [
    ("a rusty bucket", "bucket", {"room", "kitchen", "studio"}), ("一个红色的水桶", "bucket", {"room", "kitchen"}),
    ("a loaf of bread", "bread", {"kitchen", "cafe"}), ("三明治", "sandwich", {"kitchen"}),
    ("an old lighthouse keeper's telescope", "telescope", {"room", "office", "studio"}),
    ("two pyramids", "pyramid", {"desert"}), ("一座教堂", "church", {"village", "oldtown"}),
    ("a harpsichord", "harpsichord", {"room", "studio", "concert"}), ("a forklift", "forklift", {"city", "road"}),
])  # fmt: skip
def test_a_thing_is_where_such_things_are_whatever_the_seed(prompt: str, kind: str, places: set[str]) -> None:
    for seed in range(6):
        board = read(prompt, seed)
        assert kind in [who.kind for who in board.subjects]
        assert board.place in places


@pytest.mark.parametrize(("prompt", "place"), [
    ("people stroll along a street while a waiter stands outside a cafe", "street"),
    ("a cupboard in the corner of the kitchen", "kitchen"), ("a student reads in the bus", "subway"),
    ("a fairy dances on the clouds", "sky"), ("乘客坐在地铁车厢里", "subway"),
    ("a fox stands under a blue sky", "forest"),
    ("a man waits in front of a library", "street"),
    ("a grandmother tells a story by the fireplace", "room"), ("a wolf trots along a trail in the forest", "forest"),
    ("a nurse waits at the pharmacy", "corridor"), ("pensioners chat at a marina", "harbour"),
    ("girls look at pictures in an art gallery", "museum"), ("孩子们参观博物馆", "museum"),
    ("a waltz in a ballroom", "ballroom"), ("a man in a suit in an elevator", "elevator"), ("爷爷在银行排队", "bank"),
    ("a policeman at a desk in the police station", "police_station"), ("a girl runs up the stairs", "stairs"),
    ("妈妈推着购物车在超市里", "shop"), ("a woman lifts weights in a gym", "gym"), ("爸爸在浴室刷牙", "bathroom"),
    ("a boy jumps into the swimming pool", "pool"), ("a girl tries on a hat in a shopping mall", "boutique"),
    ("an old man sits on the bank of a river", "river"), ("a polar bear", "snowfield"), ("一只北极熊", "snowfield"),
    ("a brown bear", "forest"), ("reindeer", "snowfield"), ("a snow leopard", "mountains"), ("a hamster", "room"),
    ("a polar bear in a forest", "forest"), ("a duck", "lake"), ("ducks on the grass", "grassland"),
    ("一群鸭子在农场里走", "farm"), ("ducks swim by a farm", "lake"), ("a duck on a pond in the grass", "lake"),
    ("监狱里的囚犯望着铁窗", "prison"), ("an ambulance drives to the hospital", "street"), ("救护车驶向医院", "street"),
    ("a woman rides a bike to the bank", "street"), ("a man stands at the bank", "bank"),
    ("大学生在图书馆看书", "library"), ("火锅冒着热气,一家人围坐", "kitchen"), ("a sneaker, advert", "studio"),
    ("a father teaches his daughter to ride a bicycle", "grassland"),
    ("一位厨师在食堂里炒菜", "kitchen"), ("孩子们在游乐园里玩", "market"), ("渔民在码头上休息", "harbour"),
])  # fmt: skip
def test_a_told_place_wins_over_what_only_occurs(prompt: str, place: str) -> None:
    assert read(prompt).place == place


@pytest.mark.parametrize(("prompt", "seen"), [
    ("a flower pot", ["pot"]), ("a girl wears a butterfly mask", ["woman", "mask"]), ("a family of foxes", ["fox"]),
    ("a lion with the wings of an eagle", ["lion"]), ("a bottle of milk", ["bottle"]), ("惊人的速度", []),
    ("a red van on a road with no other cars", ["van"]), ("a female violinist", ["woman"]), ("a plumber", ["person"]),
    ("小明在跑步", ["person"]), ("艾米丽站在窗边", ["person"]), ("李雷坐在图书馆看书", ["person"]),
    ("an odd flumox", ["flumox"]), ("镜头跟随一名跑步者", ["person"]), ("a purple backpack", ["backpack"]),
    ("a skeleton playing guitar", ["skeleton", "guitar"]), ("a baby giraffe", ["giraffe"]),
    ("人民广场", []), ("马丘比丘", []), ("摄影师们", ["person"]), ("an unstoppable barometer", ["barometer"]),
])  # fmt: skip
def test_the_head_of_a_phrase_is_what_is_seen(prompt: str, seen: list[str]) -> None:
    assert kinds(prompt) == seen


def test_several_are_meant_by_a_plural() -> None:
    assert [(who.kind, who.count) for who in read("a family of otters").subjects] == [("otter", 3)]
    assert read("drummers on a stage").subjects[0].count == 3


def test_a_wall_is_only_seen_where_nobody_is() -> None:
    assert kinds("a brick wall") == ["wall"]
    assert kinds("a cat before a brick wall") == ["cat"]


def test_the_notes_name_shapes_and_cards() -> None:
    notes = described(shots_of(job_of("a vase and a harpsichord", frames=24)))
    assert notes["shapes"] == ["vase"]
    assert notes["placeholders"] == ["harpsichord"]
    assert [(who["kind"], who.get("name", "")) for who in notes["subjects"]] == [
        ("vase", ""), ("placeholder", "harpsichord"),
    ]  # fmt: skip
    assert is_shape("vase")
    assert not is_card("vase")
    assert is_card("harpsichord")


@pytest.mark.parametrize(
    "prompt", ["a green vase", "a harpsichord", "an orange pumpkin rolls", "a cloud", "一座金字塔"]
)
def test_a_shape_is_drawn(prompt: str) -> None:
    board = read(prompt)
    job = job_of(prompt, frames=24)
    there, gone = Planes.empty(job.width, job.height), Planes.empty(job.width, job.height)
    build(job)[0].frame(12, there)
    without = job_of(prompt, frames=24, negative=board.subjects[0].kind.replace("_", " "))
    build(without)[0].frame(12, gone)
    assert FIGURES[board.subjects[0].kind].size > 0.05
    assert np.abs(there.y.astype(int) - gone.y.astype(int)).max() > 40


@pytest.mark.parametrize(("prompt", "who"), [
    ("an old sailor in a boat while gulls circle overhead", [("man", "stand"), ("rowboat", "stand"), ("gull", "fly")]),
    ("a boy flies a kite", [("boy", "stand"), ("kite", "stand")]),
    ("Ada Byron dances in a library", [("person", "dance")]),
    ("a 3/4 view of a samurai", [("samurai", "stand")]), ("热带雨林中的鹦鹉", [("parrot", "stand")]),
])  # fmt: skip
def test_a_verb_stays_with_its_subject(prompt: str, who: list[tuple[str, str]]) -> None:
    board = read(prompt)
    assert [(subject.kind, subject.action) for subject in board.subjects] == who
    assert all(subject.count in (1, 3) for subject in board.subjects)
    assert board.weather == "clear"


@pytest.mark.parametrize(("prompt", "kind"), [
    ("a glass of red wine", "wine"), ("一杯红酒", "wine"), ("a glass of white wine", "white_wine"),
    ("a cup of green tea", "green_tea"), ("一杯绿茶", "green_tea"), ("一杯奶茶", "milk_tea"),
    ("a glass of milk", "milk"), ("a glass of orange juice", "orange_juice"), ("a bottle of red wine", "bottle"),
    ("a cup of coffee", "cup"),
])  # fmt: skip
def test_a_drink_in_a_glass_is_what_is_seen(prompt: str, kind: str) -> None:
    assert kinds(prompt) == [kind]


@pytest.mark.parametrize(("drink", "strong", "weak"), [
    ("red wine", 0, 1), ("green tea", 1, 2), ("orange juice", 0, 2), ("cola", 0, 2),
])  # fmt: skip
def test_a_drink_in_a_glass_has_its_own_colour(drink: str, strong: int, weak: int) -> None:
    own, water = FIGURES[kinds(f"a glass of {drink}")[0]].colour, FIGURES[kinds("a glass of water")[0]].colour
    assert own[strong] > 1.5 * own[weak]
    assert water[strong] < 1.5 * water[weak]
