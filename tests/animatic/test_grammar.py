"""What the grammar of a prompt decides: which words are names, verbs, shades or dishes, who is told apart from whom,
and what is denied of whom."""

from __future__ import annotations

import pytest

from reelgate.animatic.drawing.compose import Actor
from reelgate.animatic.language.binding import Subject
from reelgate.animatic.language.shots import shots_of
from reelgate.animatic.language.storyboard import Storyboard, understand
from reelgate.animatic.places.base import Backdrop
from reelgate.animatic.staging.casting import cast
from tests.animatic.drawing import job_of


def read(prompt: str) -> Storyboard:
    return understand(prompt, "", 1, 5.0)


def brief(who: Subject) -> str:
    many, colour = f"{who.count}x" if who.count > 1 else "", f"{who.colour}-" if who.colour else ""
    return f"{many}{colour}{who.kind}:{who.action}"


def seen(prompt: str) -> list[str]:
    return [brief(who) for who in read(prompt).subjects]


@pytest.mark.parametrize(("prompt", "who"), [
    ("three babies sleep", ["3xbaby:sleep"]), ("two ladies laugh", ["2xwoman:laugh"]),
    ("policemen walk in a street", ["3xpolice:walk"]), ("fairies dance", ["3xprincess:dance"]),
    ("ferries in a harbour", ["3xship:stand"]), ("fishermen sit by a lake", ["3xman:sit"]),
    ("polar bears in the snow", ["3xwhite-bear:stand"]), ("robots dance", ["3xrobot:dance"]),
    ("loaves of bread", ["bread:stand"]), ("two knives", ["2xknife:stand"]), ("two dwarves walk", ["2xperson:walk"]),
])  # fmt: skip
def test_plurals_of_every_form_are_several(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who


@pytest.mark.parametrize(("prompt", "who"), [
    ("a black bear beside a brown bear", ["black-bear:stand", "brown-bear:stand"]),
    ("一只棕熊和一只北极熊", ["brown-bear:stand", "white-bear:stand"]), ("a red lantern", ["red-lantern:stand"]),
    ("一头蓝鲸", ["blue-whale:stand"]), ("a school bus", ["yellow-bus:stand"]), ("青蛙", ["frog:stand"]),
    ("a black-and-white cow in a field", ["black-cow:stand"]),
])  # fmt: skip
def test_a_kind_that_is_called_by_its_colour_has_it(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who


@pytest.mark.parametrize(("prompt", "who", "place"), [
    ("a jade green vase in a room", ["green-vase:stand"], "room"),
    ("a cherry red car", ["red-car:stand"], "road"), ("a sky blue car on a beach", ["blue-car:stand"], "beach"),
    ("a forest green jeep", ["green-car:stand"], "road"), ("salmon pink flowers", ["3xpink-flower:stand"], "flowers"),
    ("a woman in a midnight blue dress on a beach", ["blue-woman:stand"], "beach"),
    ("湖蓝色裙子的女孩在花园里", ["blue-woman:stand"], "flowers"),
])  # fmt: skip
def test_a_shade_is_nothing_but_a_colour(prompt: str, who: list[str], place: str) -> None:
    board = read(prompt)
    assert [brief(one).replace("3x", "") for one in board.subjects] == [one.replace("3x", "") for one in who]
    assert (board.place, board.time, board.weather) == (place, "day", "clear")


@pytest.mark.parametrize(("prompt", "who"), [
    ("a train leaves the station", ["train:drive"]), ("a woman seals an envelope", ["woman:stand", "envelope:stand"]),
    ("he swallows a pill", ["man:eat", "pill:stand"]), ("Spider-Man swings over the street", ["man:hang"]),
    ("a boxer ducks under a rope", ["person:squat", "rope:stand"]), ("a snail crosses a road", ["snail:walk"]),
    ("a nurse leaves her office", ["nurse:walk"]), ("red leaves on the ground", ["red-leaf:stand"]),
    ("a pair of seals on a beach", ["2xseal:stand"]), ("a woman does her work", ["woman:stand"]),
])  # fmt: skip
def test_a_noun_that_the_grammar_makes_a_verb_is_not_seen(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who


@pytest.mark.parametrize(("prompt", "who"), [
    ("Rose walks through a park", ["woman:walk"]), ("Violet dances in the rain", ["woman:dance"]),
    ("A boy gives a book to Lily.", ["boy:give", "book:stand", "woman:stand"]),
    ("Mr. Brown drinks coffee in a cafe", ["man:drink"]), ("Mrs. Green sings", ["woman:sing"]),
    ("Otto Black plays guitar on stage", ["person:play", "guitar:play"]), ("Ben laughs", ["man:laugh"]),
    ("Ann and Otto dance", ["person:dance", "woman:dance"]), ("小明和李雷在跑步", ["person:run", "woman:run"]),
    ("张小虎在跑步", ["person:run"]), ("一条狗追着一辆自行车", ["dog:run", "bicycle:drive"]),
    ("Rose, a young woman, walks", ["woman:walk"]), ("Pearl wears a white dress", ["white-woman:stand"]),
    ("A red rose in a vase", ["red-rose:stand", "vase:stand"]), ("A robin sings", ["bird:sing"]),
    ("Rose petals on water", ["rose:stand"]), ("Sky diving over a lake", []), ("a bazaar in Turkey", []),
    ("Istanbul, Turkey, gulls at dusk", ["3xgull:stand"]), ("a turkey on a farm", ["turkey:stand"]),
    ("A Red Fox Runs With A Rose", ["red-fox:run", "rose:stand"]), ("a navy seal runs", ["soldier:run"]),
])  # fmt: skip
def test_a_name_is_somebody_though_it_is_a_word_too(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who


@pytest.mark.parametrize(("prompt", "who"), [
    ("two cats, one black and one white, on a sofa", ["black-cat:stand", "white-cat:stand"]),
    ("Two dogs: a small white one and a big black one run", ["white-dog:run", "black-dog:run"]),
    ("Two knights fight, one in red, the other in blue", ["red-knight:fight", "blue-knight:fight"]),
    ("两只猫,一只黑的,一只白的,坐在窗台上", ["black-cat:sit", "white-cat:sit"]),
    ("两个女孩,一个穿红裙子,一个穿蓝裙子,在跳舞", ["red-woman:dance", "blue-woman:dance"]),
    ("三个女孩在海边,一个穿红色泳衣,另外两个穿蓝色泳衣", ["red-woman:stand", "2xblue-woman:stand"]),
    ("Two dogs, one runs, one sleeps", ["dog:run", "dog:sleep"]), ("two cats on one red sofa", ["2xcat:stand"]),
    ("一群人,一个在唱歌,一个在跳舞", ["3xperson:sing", "person:sing", "person:dance"]),
    ("Two men: one plays guitar, one sings", ["man:play", "guitar:play", "man:sing"]),
    ("Two cats sit. One is black. The other is white.", ["black-cat:sit", "white-cat:sit"]),
    ("three cars, red, blue and white, on a road", ["red-car:stand", "blue-car:stand", "white-car:stand"]),
    ("三只气球,红的黄的蓝的", ["red-balloon:stand", "yellow-balloon:stand", "blue-balloon:stand"]),
    ("two cows, black and white", ["2xcow:stand"]), ("一位戴着黑帽子、穿着灰色大衣的老人", ["grey-elder:stand"]),
    ("a fat cat and a thin cat", ["2xcat:stand"]),
    ("the small dog follows the big dog", ["dog:walk", "dog:stand"]),
    ("two men shake hands, one smiles", ["2xman:shake"]), ("two cats and one dog", ["2xcat:stand", "dog:stand"]),
])  # fmt: skip
def test_those_who_are_told_apart_are_each_seen(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who


@pytest.mark.parametrize("prompt", [
    "Two dogs: a small white one and a big black one", "a small dog follows a big dog", "两只狗,一只小小的,一只巨大的",
])  # fmt: skip
def test_two_of_a_kind_are_as_large_as_they_are_told_to_be(prompt: str) -> None:
    backdrop = Backdrop(read(prompt), 640, 360)
    cast(backdrop, follow=False)
    tall = sorted(actor.poses[0].keep.shape[0] for actor in backdrop.actors if isinstance(actor, Actor))
    assert tall[-1] > 1.5 * tall[-2]


def test_two_of_a_kind_are_two_if_they_wear_other_things_or_stand_elsewhere() -> None:
    one, other = read("The man on the left wears a green hat; the man on the right wears a red hat").subjects
    assert [(who.side, who.clothes[0].colour) for who in (one, other)] == [("left", "green"), ("right", "red")]


@pytest.mark.parametrize(("prompt", "who"), [
    ("a woman in white walks on a beach", ["white-woman:walk"]), ("a man dressed all in black", ["black-man:stand"]),
    ("a woman in red shoes", ["woman:stand"]), ("a man in golden light", ["man:stand"]),
])  # fmt: skip
def test_who_is_in_a_colour_is_dressed_in_it(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who


@pytest.mark.parametrize(("prompt", "who", "without"), [
    ("a child without a hat eats a cake", ["child:eat", "cake:stand"], ()),
    ("一个没有戴帽子的男孩在跑步", ["boy:run"], ()), ("the dog does not see the cat", ["dog:stand", "cat:stand"], ()),
    ("do not show any cars, a street", [], ("car",)), ("a man is not running, he reads", ["man:read"], ()),
    ("nobody is in the kitchen", [], ("person",)), ("空无一人的街道", [], ("person",)),
    ("a street with no one in sight", [], ("person",)), ("a woman who is not smiling looks up", ["woman:stand"], ()),
    ("一个没有家具的房间", [], ()), ("a room with no furniture in it", [], ()), ("没有人的海滩", [], ("person",)),
    ("neither a car nor a dog, a road", [], ("car", "dog")),
])  # fmt: skip
def test_what_is_denied_is_denied_of_that_alone(prompt: str, who: list[str], without: tuple[str, ...]) -> None:
    board = read(prompt)
    assert [brief(one) for one in board.subjects] == who
    assert board.without == without
    assert not any(garment.kind != "bareheaded" for one in board.subjects for garment in one.clothes)


@pytest.mark.parametrize(("prompt", "worn"), [
    ("a policeman without a hat", ["bareheaded"]), ("没戴帽子的警察", ["bareheaded"]), ("a policeman", []),
    ("a knight without a helmet rides a horse", ["bareheaded"]), ("a farmer wears no hat", ["bareheaded"]),
    ("a woman in a red dress without shoes", ["dress", "barefoot"]), ("a barefoot boy runs", ["barefoot"]),
])  # fmt: skip
def test_what_somebody_does_not_wear_is_off(prompt: str, worn: list[str]) -> None:
    assert [garment.kind for garment in read(prompt).subjects[0].clothes] == worn


@pytest.mark.parametrize(("prompt", "place", "time"), [
    ("nobody is in the kitchen", "kitchen", "day"), ("一个没有家具的房间", "room", "day"),
    ("没有月亮的夜晚,森林", "forest", "night"), ("not at night but at dawn, a lake", "lake", "dawn"),
])  # fmt: skip
def test_where_and_when_something_is_not_stays_so(prompt: str, place: str, time: str) -> None:
    assert (read(prompt).place, read(prompt).time) == (place, time)


@pytest.mark.parametrize(("prompt", "who"), [
    ("a white sneaker, product shot", ["white-shoes:stand"]), ("one high heel rotates", ["high_heels:spin"]),
    ("white sneakers on a plain background", ["white-shoes:stand"]), ("红色连衣裙挂在墙上", ["red-dress:stand"]),
    ("a leather jacket on a chair", ["jacket:stand", "chair:stand"]), ("a straw hat on the beach", ["hat:stand"]),
    ("a girl in white sneakers", ["woman:stand"]), ("red dress, dancing in a park", []),
])  # fmt: skip
def test_a_garment_that_nobody_wears_is_a_thing(prompt: str, who: list[str]) -> None:
    assert seen(prompt)[: len(who) or 9] == who


@pytest.mark.parametrize(("prompt", "who", "place"), [
    ("roast chicken and potatoes", ["chicken_leg:stand", "potato:stand"], "kitchen"),
    ("清蒸鱼,特写", ["plate:stand"], "room"),
    ("a turkey on a dinner table", ["chicken_leg:stand", "table:stand"], "kitchen"),
    ("a lamb in a meadow", ["sheep:stand"], "grassland"), ("鱼香肉丝", ["plate:stand"], "room"),
    ("a cat eats an orange", ["cat:eat", "orange_fruit:stand"], "grassland"),
    ("an orange and white cat", ["white-cat:stand"], "grassland"),
])  # fmt: skip
def test_what_is_served_is_a_dish(prompt: str, who: list[str], place: str) -> None:
    board = read(prompt)
    assert ([brief(one) for one in board.subjects], board.place) == (who, place)


@pytest.mark.parametrize(("prompt", "who"), [
    ("a crane lifts a container", ["crane_machine:stand", "container:stand"]), ("a crane in a marsh", ["crane:stand"]),
    ("a mouse beside a keyboard", ["computer_mouse:stand", "keyboard:stand"]), ("a mouse eats", ["mouse:eat"]),
    ("a jaguar drives down a highway", ["car:drive"]), ("a jaguar in the jungle", ["leopard:stand"]),
    ("a boy hits a ball, a bat in his hands", ["boy:swing"]), ("a bat in a cave", ["bat:stand"]),
    ("a cricket match", []), ("a cricket in the grass", ["cricket:stand"]), ("a coach and his team", ["person:stand"]),
])  # fmt: skip
def test_a_word_of_two_meanings_is_what_its_company_says(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who


@pytest.mark.parametrize(("prompt", "who"), [
    ("a man with a fox tattoo sings", ["man:sing"]), ("a dog-shaped cloud", ["cloud:stand"]),
    ("a girl in a tiger onesie", ["woman:stand"]), ("a photo of a dog on a beach", ["dog:stand"]),
    ("a statue of a lion", ["statue:stand"]), ("狮子雕像", ["statue:stand"]), ("鸭妈妈在湖里游泳", ["duck:swim"]),
    ("女孩骑马", ["woman:ride", "horse:ride"]), ("一家咖啡馆", []), ("一瓶红色香水", ["red-perfume:stand"]),
    ("a woman in a blue sari and a gold bangle", ["blue-woman:stand"]), ("一位女选手", ["woman:stand"]),
    ("a man hugs a woman", ["man:hug", "woman:stand"]),
])  # fmt: skip
def test_what_is_only_said_of_another_is_not_seen(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who


@pytest.mark.parametrize(("prompt", "who"), [
    ("a skier races down a slope", ["person:ski"]), ("a singer on a stage", ["person:sing"]),
    ("a surfer sits on a beach", ["person:sit"]), ("a bear on melting ice", ["bear:stand"]),
    ("将军骑着白马挥剑", ["soldier:ride", "white-horse:stand"]), ("taxis passing by", ["3xtaxi:drive"]),
    ("The girl looks up. The boy waits. They walk away.", ["woman:walk", "boy:walk"]),
    ("an eagle flying over mountains", ["eagle:fly"]), ("一列火车穿过田野", ["train:drive"]),
    ("镜头穿过竹林", []), ("camera flying over a forest", []), ("a crying child", ["child:cry"]),
    ("A farmer milks a cow; at night he sleeps", ["farmer:pet", "cow:stand"]), ("the children wave", ["3xchild:wave"]),
    ("A man drives a car, a woman sits beside him", ["man:drive", "car:stand", "woman:sit"]),
    ("Hail falls on a roof", []), ("a girl does a cartwheel", ["woman:jump"]),
    ("a dog follows a man", ["dog:walk", "man:stand"]),
])  # fmt: skip
def test_a_verb_is_of_who_can_do_it(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who


@pytest.mark.parametrize(("prompt", "slot", "values"), [
    ("Day turns into night over a city", "time", ["day", "night"]),
    ("白天的城市,然后变成夜晚", "time", ["day", "night"]),
    ("a forest from spring to winter", "season", ["spring", "winter"]),
    ("a city street turns from day to night", "time", ["day", "night"]),
    ("Spring turns into autumn: a tree on a hill", "season", ["spring", "autumn"]),
])  # fmt: skip
def test_a_time_or_season_that_passes_is_two_shots_of_one_scene(prompt: str, slot: str, values: list[str]) -> None:
    shots = shots_of(job_of(prompt, frames=96)).shots
    assert [getattr(shot.board, slot) for shot in shots] == values
    assert shots[1].dissolve
    assert len({(shot.board.place, tuple(who.kind for who in shot.board.subjects)) for shot in shots}) == 1


@pytest.mark.parametrize("prompt", ["the rain stopped, a village", "雨停了,村庄", "it stops raining in a village"])
def test_rain_that_has_stopped_does_not_fall(prompt: str) -> None:
    assert read(prompt).weather == "clear"


@pytest.mark.parametrize("prompt", [
    "Shot 1 (2s): a dog runs. Shot 2 (6s): a cat sleeps.", "镜头1(2秒):一只狗。镜头2(6秒):一只猫。",
    "Shot 1: (2s) a dog runs. Shot 2: (6s) a cat sleeps.", "【镜头1 2秒】一只狗。【镜头2 6秒】一只猫。",
])  # fmt: skip
def test_a_shot_lasts_as_long_as_its_heading_says(prompt: str) -> None:
    assert [shot.frames for shot in shots_of(job_of(prompt, frames=192)).shots] == [48, 144]


@pytest.mark.parametrize("prompt", [
    "In the morning a farmer milks a cow; at night he sleeps", "早上,妈妈在做饭;晚上,爸爸看电视",
    "A sunny park, then it starts to rain", "先下雨的村庄,后来天晴了",
])  # fmt: skip
def test_what_is_later_is_another_shot(prompt: str) -> None:
    first, second = shots_of(job_of(prompt, frames=96)).shots
    assert (first.board.time, first.board.weather) != (second.board.time, second.board.weather)


def test_a_sunset_that_is_near_passes_no_time() -> None:
    assert len(shots_of(job_of("a beach close to sunset", frames=96)).shots) == 1


@pytest.mark.parametrize(("prompt", "place"), [
    ("the four seasons of a tree", "grassland"), ("四季变化的山村", "village"), ("春夏秋冬,森林里的小屋", "forest"),
    ("a lake in spring, summer, autumn and winter", "lake"),
])  # fmt: skip
def test_a_year_is_four_shots_of_one_scene(prompt: str, place: str) -> None:
    shots = shots_of(job_of(prompt, frames=192)).shots
    assert [shot.board.season for shot in shots] == ["spring", "summer", "autumn", "winter"]
    assert {shot.board.place for shot in shots} == {place}
    assert len({shot.board.layout for shot in shots}) == 1
    assert all(shot.dissolve for shot in shots[1:])


@pytest.mark.parametrize("prompt", ["the Four Seasons hotel at night", "四季如春的花园", "a dish with 四季豆"])
def test_a_name_with_seasons_in_it_is_no_year(prompt: str) -> None:
    assert len(shots_of(job_of(prompt, frames=192)).shots) == 1


@pytest.mark.parametrize(("prompt", "who"), [
    ("女孩在楼梯上哭", ["woman:cry"]), ("大学生在图书馆看书", ["person:read"]),
    ("爷爷和孙子下象棋", ["elder:game", "boy:game", "chess:stand"]),
    ("妈妈给宝宝讲睡前故事", ["woman:talk", "baby:talk"]),
])  # fmt: skip
def test_everyday_words_are_read(prompt: str, who: list[str]) -> None:
    assert seen(prompt) == who
    assert not read(prompt).relations
