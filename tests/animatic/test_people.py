from __future__ import annotations

import numpy as np
import pytest

from reelgate.animatic.drawing.palette import TIMES
from reelgate.animatic.language.shots import shots_of
from reelgate.animatic.language.storyboard import understand
from reelgate.animatic.staging.role_assignment import roles_of
from reelgate.animatic.staging.scene_builder import described
from reelgate.animatic.subjects.base import Pose
from reelgate.animatic.subjects.body import Outfit
from reelgate.animatic.subjects.people import dressed
from reelgate.render.job import FPS
from tests.animatic.drawing import Picture, difference, drawn, job_of

DOING = {
    "read": ("a man reads a book", "一个男人看书"),
    "write": ("a man writes a letter", "一个男人写信"),
    "type": ("a man works on a laptop", "一个男人敲代码"),
    "eat": ("a man eats noodles", "一个男人吃面"),
    "drink": ("a man drinks coffee", "一个男人喝茶"),
    "cook": ("a man cooks", "一个男人炒菜"),
    "sing": ("a man sings", "一个男人唱歌"),
    "phone": ("a man talks on the phone", "一个男人打电话"),
    "hug": ("a man hugs a woman", "一个男人拥抱一个女人"),
    "hold": ("a man and a woman hold hands", "一个男人和一个女人手牵手"),
    "fight": ("a man practices kung fu", "一个男人练武"),
    "fence": ("a man wields a sword", "一个男人舞剑"),
    "taichi": ("a man practices tai chi", "一个男人打太极"),
    "climb": ("a man climbs a ladder", "一个男人爬梯子"),
    "ski": ("a man skis", "一个男人滑雪"),
    "skate": ("a man skates", "一个男人滑冰"),
    "surf": ("a man surfs", "一个男人冲浪"),
    "fish": ("a man goes fishing", "一个男人钓鱼"),
    "paint": ("a man is painting", "一个男人画画"),
    "pray": ("a man prays", "一个男人祈祷"),
    "meditate": ("a man meditates", "一个男人打坐"),
    "bow": ("a man bows", "一个男人鞠躬"),
    "cheer": ("a man cheers", "一个男人庆祝"),
    "clap": ("a man claps", "一个男人鼓掌"),
    "kick": ("a man plays football", "一个男人踢足球"),
    "basket": ("a man plays basketball", "一个男人打篮球"),
    "umbrella": ("a man holds an umbrella", "一个男人撑伞"),
    "violin": ("a man plays the violin", "一个男人拉小提琴"),
    "flute": ("a man plays the flute", "一个男人吹笛子"),
    "photograph": ("a man takes a photo", "一个男人拍照"),
}


@pytest.mark.parametrize("action", DOING)
def test_both_languages_know_what_people_do(action: str) -> None:
    for prompt in DOING[action]:
        assert {subject.action for subject in understand(prompt, "", 1, 5.0).subjects if subject.kind == "man"} == {
            action
        }


def test_everything_that_people_do_is_a_picture_of_its_own() -> None:
    pictures = {
        action: drawn(job_of(f"{said}, on grass, static camera", (256, 144)), at=(9,))[0][0]
        for action, (said, _) in DOING.items()
    }
    standing = drawn(job_of("a man stands, on grass, static camera", (256, 144)), at=(9,))[0][0]
    for action, picture in pictures.items():
        assert difference(picture, standing) > 0.4, action


@pytest.mark.parametrize(
    ("prompt", "worn"),
    [
        ("a girl in a red dress and a boy in a blue shirt with a black hat", ["red dress", "blue shirt, black hat"]),
        ("穿红裙子的女孩和穿黑色西装的男人", ["red dress", "black suit"]),
        ("一个穿着白色衬衫和黑色裤子的男人", ["white shirt, black trousers"]),
        ("a woman with red hair in a green coat", ["red hair, green coat"]),
        ("a red car and a woman in a white kimono", ["", "white robe"]),
        ("a man in a red coat and a woman", ["red coat", ""]),
        ("a bride and a businessman", ["white gown", "suit"]),
    ],
)
def test_clothes_have_the_colours_that_are_told_of_them(prompt: str, worn: list[str]) -> None:
    told = [subject.clothes for subject in understand(prompt, "", 1, 5.0).subjects]
    assert [", ".join(f"{garment.colour} {garment.kind}".strip() for garment in clothes) for clothes in told] == worn


def test_the_garment_is_coloured_that_is_named() -> None:
    def of(clothes: str) -> Picture:
        return drawn(job_of(f"a man {clothes} stands on grass, static camera"), at=(5,))[0][0].astype(np.int16)

    plain, trousers = of("in a blue shirt"), of("in a blue shirt and red trousers")
    changed = np.argwhere((trousers[..., 2] - plain[..., 2] > 40) & (trousers[..., 2] - trousers[..., 0] > 40))
    assert len(changed) > 60
    assert (changed[:, 0] > 105).mean() > 0.85  # below the belt: the shirt is as blue as it was


def test_what_somebody_is_not_drawn_doing_is_told() -> None:
    def undrawn(prompt: str) -> list[str]:
        return list(described(shots_of(job_of(prompt, frames=5 * FPS))).get("undrawn", []))

    assert undrawn("a dog reads a book") == ["dog: read"]
    assert undrawn("a woman reads a book, a man rides a horse") == []


@pytest.mark.parametrize("prompt", ["close-up of a woman's face", "一个老人的特写", "portrait of a boy"])
def test_a_face_fills_a_close_shot(prompt: str) -> None:
    for size in ((320, 180), (180, 320)):
        (near,), notes = drawn(job_of(f"{prompt}, at a lake, static camera", size), at=(5,))
        (far,), _ = drawn(
            job_of(f"{prompt}, at a lake, static camera", size, negative="person,man,woman,老人,男孩"), at=(5,)
        )
        assert notes["framing"] == "close"
        changed = np.abs(near.astype(int) - far).max(2) > 30
        assert changed.mean() > 0.12
        assert changed[-4:].mean() > 0.3  # cut off by the frame, not standing in it


@pytest.mark.parametrize(("prompt", "who", "what"), [
    ("男人骑着自行车穿过街道", "man", "bicycle"), ("a robot drives a car on a road", "robot", "car"),
    ("一个老人开着蓝色汽车", "elder", "car"), ("a girl rides a bike", "woman", "bicycle"),
    ("an old man fishes in a boat on a lake", "elder", "boat"), ("a girl in a canoe", "woman", "rowboat"),
    ("a king rides an elephant", "king", "elephant"),
])  # fmt: skip
def test_whoever_is_carried_is_drawn_with_what_carries_them(prompt: str, who: str, what: str) -> None:
    roles = roles_of(understand(prompt, "", 1, 5.0))
    assert [subject.kind for subject in roles.players] == [what]
    assert who in (roles.rider.kind if roles.rider else "", *(crew.kind for crew in roles.aboard.values()))


def test_a_rider_is_who_was_named() -> None:
    boy, woman = (
        drawn(job_of(f"{who} rides a bicycle on a road, static camera"), at=(5,)) for who in ("a boy", "a woman in red")
    )
    assert [subject["kind"] for subject in boy[1]["subjects"]] == ["boy", "bicycle"]
    assert difference(boy[0][0], woman[0][0]) > 1


def test_two_who_do_something_together_are_close() -> None:
    def apart(prompt: str) -> int:
        (both,), _ = drawn(job_of(f"{prompt}, in a snowy field, static camera"), at=(5,))
        (none,), _ = drawn(job_of(f"{prompt}, in a snowy field, static camera", negative="couple"), at=(5,))
        columns = np.flatnonzero((np.abs(both.astype(int) - none).max(2) > 40).any(0))
        return int(columns[-1] - columns[0])

    assert apart("a couple hugs") < 0.6 * apart("a couple stands")


@pytest.mark.parametrize(("clothes", "hat"), [((), "cap"), ((("bareheaded", ""),), ""), ((("hat", ""),), "felt")])
def test_a_hat_that_is_not_worn_is_not_drawn(clothes: tuple[tuple[str, str], ...], hat: str) -> None:
    pose = Pose(0.0, "stand", (0.0, 0.0, 0.0), TIMES["day"], clothes=clothes)
    assert dressed([Outfit(hat="cap")], pose).hat == hat
